import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, injectFingerprint, readScript, type Inject } from '#lib/exercise/inject/schema.ts';
import { takeOver } from '#lib/exercise/inject/variant.ts';
import type { BoardAnswer } from '#server/views/board.ts';
import { createBoardAnswers } from '#server/views/board-answers.ts';
import { createBoardChanges } from '#server/views/board-changes.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { foldBoard, type Board } from '../../../src/routes/exercises/[exercise]/control/board.ts';

/*
 * What is new on the board, cut out of what all consoles share, beside the whole board as the database says it: whatever
 * happens in an exercise and whenever a console looks, both show the same, and nobody is told of what others have.
 */
let server: TestServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server.close());

const mint = () => randomBytes(12).toString('hex') as InjectId;

async function scene() {
	const play = await TestExercise.create(server);
	const teams = [
		await play.team('GR Athens', 'GR'),
		await play.team('GR Piraeus', 'GR'),
		await play.team('FR Paris', 'FR'),
		await play.team('IT Rome', 'IT')
	];
	const players = await Promise.all(
		teams.map((team) =>
			play.member(`Player of ${team.name}`, { role: 'player', teamId: team.id, lead: true })
		)
	);
	const both = await play.member('Two countries', { role: 'moderator', country: 'IT' });
	await server.services.exercises.addMembership(
		play.id,
		{ accountId: both.id, role: 'moderator', country: 'FR' },
		play.director.id
	);
	const readers = [
		play.director,
		await play.member('Greece', { role: 'moderator', country: 'GR' }),
		await play.member('France', { role: 'moderator', country: 'FR' }),
		both
	];
	const to = (...countries: Team['country'][]) => ({ ...toAll, all: false, countries });
	const toTeams = (...some: Team[]) => ({ ...toAll, all: false, teams: some.map(({ id }) => id) });
	const injects = await play.approved(
		{ title: 'To all', to: toAll },
		{ title: 'To Greece', to: to('GR') },
		{ title: 'To Athens', to: toTeams(teams[0]!) },
		{ title: 'To France and Italy', to: to('FR', 'IT') },
		{
			title: 'In reserve for Greece',
			to: to('GR'),
			schedule: { mode: 'contingency', condition: 'as needed' }
		},
		{ title: 'Follows', to: toAll, schedule: { mode: 'manual' } }
	);
	const [central] = injects;
	await play.must(play.director, 'exercise.start', {});
	return { play, teams, players, readers, injects, central: central! };
}
type Scene = Awaited<ReturnType<typeof scene>>;

/** Greece makes a variant of the first inject, as its own cell approves it. */
async function makeVariant({ play, teams, central }: Scene): Promise<void> {
	const cell = documentName({ exercise: play.id, kind: 'script', cell: 'GR' });
	const variant: Inject = takeOver(central, mint(), { country: 'GR', teams, variantOf: () => undefined });
	await server.services.documents.edit(cell, play.director.id, (doc) =>
		addInject(doc, variant, `a${randomBytes(3).toString('hex')}1`)
	);
	const written = readScript(await server.services.documents.read(cell)).find(({ id }) => id === variant.id)!;
	await play.send(play.director, 'inject.approve', {
		cell: 'GR',
		injects: [{ inject: variant.id, fingerprint: injectFingerprint(written) }]
	});
}

/** Acts by number; what is not possible at that moment is refused, which is fine here. */
async function act(at: Scene, what: number, which: number): Promise<void> {
	const { play, teams, players, injects } = at;
	const inject = injects[which % injects.length]!.id;
	const delivery = async (by: number) => {
		const { rows } = await server.services.database.pool.query<{ id: string }>(
			'select id from delivery where exercise_id = $1 and inject_id = $2 and team_id = $3',
			[play.id, inject, teams[by]!.id]
		);
		return (rows[0]?.id ?? 'none-of-these') as never;
	};
	const by = which % players.length;
	if (what === 0) await play.send(play.director, 'inject.release', { inject });
	else if (what === 1)
		await play.send(play.director, 'inject.release', {
			inject,
			to: { ...toAll, all: false, countries: ['IT'] }
		});
	else if (what === 2) await play.send(play.director, 'inject.hold', { inject, reason: '' });
	else if (what === 3) await play.send(play.director, 'inject.liftHold', { inject });
	else if (what === 4) await play.send(play.director, 'inject.skip', { inject, reason: 'No time' });
	else if (what === 5) await play.send(players[by]!, 'delivery.see', { deliveries: [await delivery(by)] });
	else if (what === 6)
		await play.send(players[by]!, 'delivery.acknowledge', { delivery: await delivery(by) });
	else if (what === 7) await makeVariant(at);
	else if (what === 8) await play.team(`FR ${randomBytes(3).toString('hex')}`, 'FR');
	else
		await play.send(play.director, 'inject.releaseAdHoc', {
			title: 'Now',
			body: { type: 'doc', content: [] },
			to: { ...toAll, all: false, teams: [teams[by]!.id] }
		} as never);
}

describe('what is new on the board', () => {
	it('[P1] is what the database says, for each reader, whatever happened and whenever one looks', async () => {
		const step = fc.record({
			what: fc.nat({ max: 9 }),
			which: fc.nat({ max: 11 }),
			looks: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 })
		});
		let shared = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 14 }), async (steps) => {
				const at = await scene();
				const changes = createBoardChanges(0);
				const answers = createBoardAnswers(undefined, async (database, exercise) => {
					const found = await changes(database, exercise);
					return {
						answer: (actor, since) => {
							const text = found.answer(actor, since);
							if (text) shared++;
							return text;
						}
					};
				});
				const read = async (person: Person, board: Board | null): Promise<BoardAnswer> => {
					const { exercise, actor } = await server.services.exercises.open(at.play.id, person);
					const since = board && { sequence: board.sequence, teamsKey: board.teamsKey };
					return JSON.parse(
						(await answers(server.services.database, exercise, actor, since)).text
					) as BoardAnswer;
				};
				const whole = async (person: Person): Promise<Board> => {
					const { exercise, actor } = await server.services.exercises.open(at.play.id, person);
					const text = await server.services.views.board.boardJson(
						server.services.database,
						exercise,
						actor,
						null
					);
					return foldBoard(null, JSON.parse(text) as BoardAnswer);
				};
				// everybody has a board before anything happens
				const boards = await Promise.all(at.readers.map((person) => whole(person)));
				for (const { what, which, looks } of steps) {
					await act(at, what, which);
					for (const [i, person] of at.readers.entries()) {
						if (!looks[i]) continue;
						const answer = await read(person, boards[i]!);
						boards[i] = foldBoard(boards[i]!, answer);
						const expected = await whole(person);
						expect(shown(boards[i])).toEqual(shown(expected));
						// and nothing in it that the whole board does not have
						for (const { id } of answer.injects) expect(expected.rows.has(id)).toBe(true);
						for (const { inject } of answer.deliveries) expect(expected.rows.has(inject)).toBe(true);
					}
				}
			}),
			{ numRuns: 12 }
		);
		expect(shared).toBeGreaterThan(50);
	}, 180_000);

	it('is read once for all who ask at the same time', async () => {
		const { play, readers, injects } = await scene();
		const changes = createBoardChanges(20);
		const { database } = server.services;
		await changes(database, play);
		await play.must(play.director, 'inject.release', { inject: injects[0]!.id });
		let begun = 0;
		const { transaction } = database.db;
		const counting = {
			...database,
			db: Object.assign(Object.create(database.db) as typeof database.db, {
				transaction: (...given: Parameters<typeof transaction>) => {
					begun++;
					return transaction.apply(database.db, given);
				}
			})
		};
		const fresh = createBoardChanges(20);
		const all = await Promise.all(Array.from({ length: 40 }, () => fresh(counting, play)));
		expect(begun).toBe(1);
		expect(new Set(all).size).toBe(1);
		const { exercise, actor } = await server.services.exercises.open(play.id, readers[1]!);
		expect(exercise.id).toBe(play.id);
		// older than what is kept: the database is asked
		expect(all[0]!.answer(actor, { sequence: 0, teamsKey: '' })).toBeNull();
	});
});

/** The board as people see it. */
function shown(board: Board) {
	return {
		teams: board.teams,
		rows: board.order
			.map(({ inject, cells, recipients }) => ({ inject, cells: [...cells], recipients }))
			.sort((a, b) => (a.inject.id < b.inject.id ? -1 : 1))
	};
}
