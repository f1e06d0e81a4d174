import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, injectFingerprint, newInject, readScript } from '#lib/exercise/inject/schema.ts';
import { plan, type PlanView } from '#server/views/plan.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let play: TestExercise;
let people: Record<
	'central' | 'greek' | 'moderator' | 'evaluator' | 'player' | 'observer' | 'stranger',
	Person
>;

beforeAll(async () => {
	server = await startTestServer();
	play = await TestExercise.create(server);
	const team = await play.team('GR CSIRT', 'GR');
	await play.team('IT CSIRT', 'IT');
	people = {
		central: await play.member('Ana', { role: 'planner', cell: 'central' }),
		greek: await play.member('Grit', { role: 'planner', cell: 'GR' }),
		moderator: await play.member('Milo', { role: 'moderator', country: 'GR' }),
		evaluator: await play.member('Eva', { role: 'evaluator', teamId: team.id }),
		player: await play.member('Pia', { role: 'player', teamId: team.id }),
		observer: await play.member('Olaf', { role: 'observer' }),
		stranger: await server.person('Stranger')
	};
	for (const cell of ['central', 'GR', 'IT'] as const) await submitted(cell);
});
afterAll(() => server.close());

/** One inject on a cell's script, submitted. */
async function submitted(cell: CellId): Promise<void> {
	const name = documentName({ exercise: play.id, kind: 'script', cell });
	const id = randomBytes(12).toString('hex') as InjectId;
	await server.services.documents.edit(name, play.director.id, (doc) => {
		addInject(doc, newInject(id, { title: `Inject of ${cell}`, to: toAll }), 'a0');
	});
	const page = readScript(await server.services.documents.read(name));
	await play.must(play.director, 'inject.submit', {
		cell,
		injects: page
			.filter((one) => one.id === id)
			.map((one) => ({ inject: one.id, fingerprint: injectFingerprint(one) }))
	});
}

async function asked(person: Person, since?: number | string): Promise<PlanView> {
	const { exercise, actor } = await server.services.exercises.open(play.id, {
		id: person.id,
		name: person.name
	} as never);
	return plan(server.services.database, exercise, actor, since === undefined ? null : Number(since));
}
const cellsOf = ({ cells, statuses }: PlanView) => ({
	cells: cells.map(({ cell, canWrite }) => (canWrite ? `${cell} writes` : cell)),
	of: [...new Set(statuses.map(({ cell }) => cell))].sort()
});

describe('the plan of play', () => {
	it('[P1] holds the cells whose scripts the reader may open, and statuses of no other', async () => {
		expect(cellsOf(await asked(play.director))).toEqual({
			cells: ['central writes', 'GR writes', 'IT writes'],
			of: ['GR', 'IT', 'central']
		});
		const own = cellsOf(await asked(people.greek));
		expect(own.cells).toContain('GR writes');
		expect([...own.cells, ...own.of].join(' ')).not.toContain('IT');
		expect(cellsOf(await asked(people.moderator))).toEqual({ cells: ['GR'], of: ['GR'] });
		expect(cellsOf(await asked(people.central)).cells).toContain('central writes');
	});

	it('[P1] does not exist for those who may open none', async () => {
		for (const person of [people.evaluator, people.player, people.observer])
			await expect(asked(person)).rejects.toMatchObject({ code: 'not-found' });
		await expect(asked(people.stranger)).rejects.toMatchObject({ code: 'not-found' });
	});

	it('evaluators read it where the exercise says that they read scripts', async () => {
		const change = (evaluatorsReadScript: boolean) =>
			server.services.exercises.updateSettings(
				play.id,
				{ settings: { evaluatorsReadScript } },
				play.director.id
			);
		await change(true);
		expect(cellsOf(await asked(people.evaluator)).cells).toEqual(['central', 'GR', 'IT']);
		await change(false);
	});

	it('says what changed since it was asked last', async () => {
		const first = await asked(play.director);
		expect(first.whole).toBe(true);
		const nothing = await asked(play.director, first.sequence);
		expect(nothing).toMatchObject({ whole: false, statuses: [] });
		await submitted('IT');
		const more = await asked(play.director, first.sequence);
		expect(more.statuses.map(({ cell }) => cell)).toEqual(['IT']);
		// a number that this exercise never had: begin again
		expect((await asked(play.director, more.sequence + 1000)).whole).toBe(true);
	});
});
