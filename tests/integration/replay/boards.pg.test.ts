import { setTimeout as wait } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { DeliveryId } from '#lib/exercise/ids.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import { databaseNow } from '#server/database/open.ts';
import { delivery } from '#server/database/schema.ts';
import type { DeliveryFigures } from '#server/views/replay-deliveries.ts';
import { chance } from '../../support/chance.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { playedExercise, type PlayedExercise } from '../../support/played-exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let teams: Team[];
let leads: Person[];
let moderator: Person;

beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	teams = [
		await exercise.team('GR CSIRT'),
		await exercise.team('GR Port'),
		await exercise.team('IT CSIRT', 'IT')
	];
	leads = await Promise.all(
		teams.map(({ id, name }) =>
			exercise.member(`Lead of ${name}`, { role: 'player', teamId: id, lead: true })
		)
	);
	moderator = await exercise.member('Greek moderator', { role: 'moderator', country: 'GR' });
});
afterAll(() => server.close());

const now = () => databaseNow(server.services.database.db);

/** What the console's rows say now, counted by hand. */
async function standing(): Promise<Map<string, DeliveryFigures>> {
	const rows = await server.services.database.db
		.select()
		.from(delivery)
		.where(eq(delivery.exerciseId, exercise.id));
	const { clock } = (await server.services.exercises.load(exercise.id))!;
	const at = exerciseTimeAt(clock, await now())!;
	return new Map(
		teams.map(({ id }) => {
			const own = rows.filter(({ teamId }) => teamId === id);
			const count = (holds: (row: (typeof rows)[number]) => boolean) => own.filter(holds).length;
			return [
				id,
				{
					released: own.length,
					seen: count(({ seenAt }) => seenAt !== null),
					acknowledged: count(({ acknowledgedAt }) => acknowledgedAt !== null),
					responded: count(({ respondedAt }) => respondedAt !== null),
					overdue: count(
						(row) =>
							(row.acknowledgeBy !== null && row.acknowledgedAt === null && row.acknowledgeBy < at) ||
							(row.respondBy !== null && row.respondedAt === null && row.respondBy < at)
					)
				}
			];
		})
	);
}

async function deliveriesAt(person: Person, wall: number) {
	const opened = await server.services.exercises.open(exercise.id, person);
	const { views, database } = server.services;
	return views.replayDeliveries.replayDeliveries(database, opened.exercise, opened.actor, wall);
}
const figuresOf = ({
	released,
	seen,
	acknowledged,
	responded,
	overdue
}: DeliveryFigures): DeliveryFigures => ({
	released,
	seen,
	acknowledged,
	responded,
	overdue
});

test(
	'the deliveries of any moment are counted as they stood at it, also after the clock jumped back',
	{ timeout: 60_000 },
	async () => {
		const { below } = chance();
		const injects = await exercise.approved(
			...Array.from({ length: 6 }, (_, i) => ({
				title: `Inject ${i}`,
				to: i % 2 === 0 ? toAll : { ...toAll, all: false, countries: ['GR' as const] },
				acknowledgeWithin: 600,
				responseRequired: true,
				respondWithin: 3600,
				schedule: { mode: 'manual' as const }
			}))
		);
		const { director } = exercise;
		const before = await now();
		await exercise.must(director, 'exercise.start', {});
		const startedAt = (await server.services.exercises.load(exercise.id))!.clock[0]!.exerciseStart;
		const seen: { at: number; figures: Map<string, DeliveryFigures> }[] = [];
		const left = [...injects];
		for (let round = 0; round < 40; round++) {
			const act = below(6);
			const team = below(3);
			const [found] = (
				await server.services.database.db
					.select({ id: delivery.id })
					.from(delivery)
					.where(eq(delivery.teamId, teams[team]!.id))
			).slice(below(3));
			const id = found?.id as DeliveryId | undefined;
			if (act === 0 && left.length > 0)
				await exercise.must(director, 'inject.release', { inject: left.shift()!.id });
			// it may have been done before
			else if (act === 1 && id) await exercise.send(leads[team]!, 'delivery.see', { deliveries: [id] });
			else if (act === 2 && id) await exercise.send(leads[team]!, 'delivery.acknowledge', { delivery: id });
			else if (act === 3 && id)
				await exercise.send(leads[team]!, 'delivery.respond', { delivery: id, text: 'done' });
			else
				await exercise.must(director, 'clock.jump', {
					to: startedAt + below(3 * 3_600_000),
					reason: 'The room was late.'
				});
			seen.push({ at: await now(), figures: await standing() });
			await wait(3);
		}
		expect((await deliveriesAt(director, before)).injects).toEqual([]);
		for (const { at, figures } of seen) {
			const then = await deliveriesAt(director, at);
			expect(new Map(then.teams.map((team) => [team.id as string, figuresOf(team)])), `at ${at}`).toEqual(
				figures
			);
			const all = [...figures.values()].reduce((sum, one) => sum + one.released, 0);
			expect(then.injects.reduce((sum, one) => sum + one.released, 0)).toBe(all);
		}
		expect(seen.some(({ figures }) => [...figures.values()].some(({ overdue }) => overdue > 0))).toBe(true);
	}
);

test('[P1] [P2] a moderator reads of the own countries alone, and nobody else reads any figure', async () => {
	const at = await now();
	const all = await deliveriesAt(exercise.director, at);
	const own = await deliveriesAt(moderator, at);
	expect(own.teams.map(({ name }) => name).sort()).toEqual(['GR CSIRT', 'GR Port']);
	for (const team of own.teams)
		expect(figuresOf(team)).toEqual(figuresOf(all.teams.find(({ id }) => id === team.id)!));
	// what went to all is counted at the own teams only
	for (const inject of own.injects) expect(inject.released).toBeLessThanOrEqual(2);
	const nothing = { code: 'not-found' };
	for (const person of leads) await expect(deliveriesAt(person, at)).rejects.toMatchObject(nothing);
});

test('[R17] the situation board of a moment is what the reader had on it then', async () => {
	const played: PlayedExercise = await playedExercise(server);
	const { views, database } = server.services;
	const boardOf = async (person: Person, at: { recorded: number } | null) => {
		const opened = await server.services.exercises.open(played.exercise.id, person);
		return (await views.situation.situation(database, opened.exercise, opened.actor, at)).board;
	};
	const { director, abroad, observer } = played.people;
	const before = await now();
	await wait(3);
	const live = await boardOf(director, null);
	expect(live.reported).toBeGreaterThan(0);
	// after a jump back the exercise time of the reports is still to come, but they had been shared
	const { clock } = (await server.services.exercises.load(played.exercise.id))!;
	await played.exercise.must(director, 'clock.jump', {
		to: clock[0]!.exerciseStart - 3_600_000,
		reason: 'Once more from the beginning.'
	});
	const after = await now();
	for (const person of [director, abroad]) {
		expect(await boardOf(person, { recorded: after })).toEqual(await boardOf(person, null));
		expect(await boardOf(person, { recorded: before })).toEqual(await boardOf(person, null));
	}
	const started = clock[0]!.wallStart;
	expect((await boardOf(director, { recorded: started })).reported).toBe(0);
	await expect(boardOf(observer, { recorded: after })).rejects.toMatchObject({ code: 'not-found' });
});
