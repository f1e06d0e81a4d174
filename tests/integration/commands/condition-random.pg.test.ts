import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CountryCode } from '#lib/standards/countries.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { DeliveryId, InjectId } from '#lib/exercise/ids.ts';
import { conditionDueAt, withVariants, type ReferredFacts } from '#lib/exercise/inject/condition.ts';
import {
	addInject,
	injectFingerprint,
	readScript,
	type Clause,
	type Inject,
	type Schedule
} from '#lib/exercise/inject/schema.ts';
import { takeOver } from '#lib/exercise/inject/variant.ts';
import { databaseNow } from '#server/database/open.ts';
import { chance } from '../../support/chance.ts';
import { eventually } from '../../support/eventually.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startNodes, type TestNodes } from '../../support/nodes.ts';

/**
 * Teams do this and that, time passes, and two nodes release. After each step the deliveries must be those, and no
 * others, that the pure rule says from the facts alone: whatever was judged on the way, and in whatever order. Countries
 * have variants of some injects, of those that are asked about and of those that wait.
 */
let cluster: TestNodes;
let exercise: TestExercise;
let teams: Team[];
let players: Person[];

beforeAll(async () => {
	cluster = await startNodes(2);
	exercise = await TestExercise.create(cluster.nodes[0]!);
	teams = await Promise.all(
		(['GR', 'IT', 'FR'] as const).map((country) => exercise.team(`${country} CSIRT`, country))
	);
	players = await Promise.all(
		teams.map((team) => exercise.member(`Player ${team.name}`, { role: 'player', teamId: team.id }))
	);
});
afterAll(() => cluster.close());

const query = async <T extends object>(sql: string, values: unknown[] = []) =>
	(await cluster.nodes[0]!.services.database.pool.query(sql, values)).rows as T[];

async function factsOf(team: Team): Promise<Map<string, ReferredFacts>> {
	const rows = await query<
		Record<'inject_id' | 'released_at' | 'acknowledged_at' | 'responded_at', string | null>
	>('select inject_id, released_at, acknowledged_at, responded_at from delivery where team_id = $1', [
		team.id
	]);
	const marks = await query<{ inject_id: string; action: string; at: string }>(
		'select inject_id, action, at from action_mark where team_id = $1',
		[team.id]
	);
	const time = (value: string | null) => (value === null ? null : Number(value));
	return new Map(
		rows.map((row): [string, ReferredFacts] => [
			row.inject_id!,
			{
				releasedAt: time(row.released_at),
				acknowledgedAt: time(row.acknowledged_at),
				respondedAt: time(row.responded_at),
				actions: new Map(
					marks.flatMap((mark) => (mark.inject_id === row.inject_id ? [[mark.action, Number(mark.at)]] : []))
				)
			}
		])
	);
}

/** Takes a central inject over and approves it, as the page of a country's cell does. */
async function variantOf(
	central: Inject,
	country: CountryCode,
	values: Partial<Inject> = {}
): Promise<Inject> {
	const place = { country, teams, variantOf: () => undefined };
	const id = randomBytes(12).toString('hex') as InjectId;
	const name = documentName({ exercise: exercise.id, kind: 'script', cell: country });
	const { documents } = cluster.nodes[0]!.services;
	await documents.edit(name, exercise.director.id, (doc) => {
		addInject(doc, { ...takeOver(central, id, place), ...values }, `a${id}1`);
	});
	const written = readScript(await documents.read(name)).find((one) => one.id === id)!;
	await exercise.must(exercise.director, 'inject.approve', {
		cell: country,
		injects: [{ inject: id, fingerprint: injectFingerprint(written) }]
	});
	return written;
}

test('[P4] [P5] [R10] what is delivered is what the facts say, at every step', async () => {
	const { below } = chance();
	const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
	const asked = await exercise.approved(
		...Array.from({ length: 5 }, (_, i) => ({
			title: `Asked ${i}`,
			reference: `Q-${i}`,
			to: toAll,
			expectedActions: [{ id: 'act', text: 'Calls', withinSeconds: null, critical: false }]
		}))
	);
	const clause = (injects: readonly Inject[]): Clause => {
		const act = pick(['acknowledged', 'responded', 'did'] as const);
		const not = below(3) === 0;
		return {
			inject: pick(injects).id,
			act,
			action: act === 'did' ? 'act' : null,
			not,
			withinSeconds: not || below(3) === 0 ? 60 * (1 + below(60)) : null
		};
	};
	// some wait for others that wait: a chain of conditions
	const waiting: Inject[] = [];
	for (let i = 0; i < 24; i++) {
		const schedule: Schedule = {
			mode: 'condition',
			when: {
				match: pick(['all', 'any'] as const),
				clauses: Array.from({ length: 1 + below(3) }, () => clause([...asked, ...asked, ...waiting]))
			},
			seconds: below(2) * 60 * below(30)
		};
		const to = below(3) === 0 ? { ...toAll, all: false, teams: [pick(teams).id] } : toAll;
		waiting.push(...(await exercise.approved({ title: `Waits ${i}`, reference: `W-${i}`, to, schedule })));
	}
	const standing: { central: InjectId; country: CountryCode; inject: Inject }[] = [];
	const taken = async (central: Inject, country: CountryCode, values: Partial<Inject> = {}) => {
		standing.push({ central: central.id, country, inject: await variantOf(central, country, values) });
	};
	await taken(asked[0]!, 'GR', { schedule: { mode: 'manual' } });
	await taken(asked[1]!, 'IT', { schedule: { mode: 'manual' } });
	// a country may make two of one
	await taken(asked[2]!, 'GR', { schedule: { mode: 'manual' } });
	await taken(asked[2]!, 'GR', { schedule: { mode: 'manual' } });
	for (const country of ['GR', 'IT'] as const)
		for (const central of waiting.filter((one) => one.to.all && below(6) === 0))
			await taken(central, country);
	const variants = standing.map((one) => one.inject);
	waiting.push(...variants.filter((one) => one.schedule.mode === 'condition'));
	/** Whom it comes to, once its condition holds there. */
	const isFor = (one: Inject, team: Team) =>
		(one.to.all || one.to.teams.includes(team.id) || one.to.countries.includes(team.country)) &&
		!standing.some(({ central, country }) => central === one.id && country === team.country);
	const standIns = (central: string, team: Team) =>
		standing.flatMap((one) =>
			one.central === central && one.country === team.country ? [one.inject.id] : []
		);
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(exercise.director, 'clock.pause', {});
	let releases = 0;
	for (let round = 0; round < 12; round++) {
		// the clock stands still: these acts have one time, and nothing is released meanwhile
		const next = asked[round / 2];
		if (next) await exercise.must(exercise.director, 'inject.release', { inject: next.id });
		// their variants later, one by one
		const own = variants.filter((one) => one.schedule.mode === 'manual')[(round - 1) / 2];
		if (own) await exercise.must(exercise.director, 'inject.release', { inject: own.id });
		await Promise.all(
			teams.map(async (team, i) => {
				const rows = await query<{ id: DeliveryId; inject_id: InjectId }>(
					'select id, inject_id from delivery where team_id = $1',
					[team.id]
				);
				for (const row of rows.filter(() => below(3) === 0)) {
					const act = pick(['acknowledge', 'respond', 'mark', 'mark'] as const);
					if (act === 'acknowledge')
						await exercise.send(players[i]!, 'delivery.acknowledge', { delivery: row.id });
					else if (act === 'respond')
						await exercise.send(players[i]!, 'delivery.respond', { delivery: row.id, text: 'Done' });
					else
						await exercise.send(exercise.director, 'inject.markAction', {
							inject: row.inject_id,
							team: team.id,
							action: 'act'
						});
				}
			})
		);
		const [{ clock }] = (await query('select clock from exercise')) as [{ clock: never }];
		const { database } = cluster.nodes[0]!.services;
		const before = exerciseTimeAt(clock, await databaseNow(database.db))!;
		await exercise.must(exercise.director, 'clock.jump', {
			to: before + 60_000 * (1 + below(25)) + 137,
			reason: 'Time passes'
		});
		await exercise.must(exercise.director, 'clock.resume', {});
		await eventually(
			async () => (await wrong()).length === 0,
			() => `round ${round}`,
			// what became due by the jump comes one after the other
			60_000
		).catch(async (error) => {
			throw new Error(`${String(error)}: ${(await wrong()).join('; ')}`);
		});
		await exercise.must(exercise.director, 'clock.pause', {});
		expect(await wrong()).toEqual([]);
		releases = (await query("select 1 from fact where kind = 'inject-released'")).length;
	}
	expect(releases).toBeGreaterThan(asked.length + 5);
	const states = await query<{ id: string; state: string }>('select id, state from inject');
	for (const one of waiting) {
		const wanted = teams.filter((team) => isFor(one, team)).length;
		const [{ n }] = (await query<{ n: number }>(
			'select count(*)::int as n from delivery where inject_id = $1',
			[one.id]
		)) as [{ n: number }];
		expect(states.find(({ id }) => id === one.id)!.state).toBe(n === wanted ? 'released' : 'ready');
	}

	/** Deliveries that are missing, too many, or early, by the facts alone. */
	async function wrong(): Promise<string[]> {
		const [{ clock }] = (await query('select clock from exercise')) as [{ clock: never }];
		const now = exerciseTimeAt(clock, await databaseNow(cluster.nodes[0]!.services.database.db))!;
		const found: string[] = [];
		for (const team of teams) {
			const facts = await factsOf(team);
			const standingIn = withVariants(
				(other) => facts.get(other),
				(other) => standIns(other, team)
			);
			for (const one of waiting) {
				const { id, reference, schedule } = one;
				if (schedule.mode !== 'condition') continue;
				const releasedAt = facts.get(id)?.releasedAt ?? null;
				const due = isFor(one, team) ? conditionDueAt(schedule, standingIn) : null;
				if (releasedAt !== null && (due === null || releasedAt < due))
					found.push(`${reference} is at ${team.name} too early or for nothing`);
				if (releasedAt === null && due !== null && due <= now)
					found.push(`${reference} is missing at ${team.name}`);
			}
		}
		return found;
	}
}, 120_000);
