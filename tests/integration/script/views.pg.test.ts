import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Y from 'yjs';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { approvalProblem, planState } from '#lib/exercise/inject/approval.ts';
import {
	addInject,
	injectFingerprint,
	newInject,
	readScript,
	scriptInjects,
	type Inject
} from '#lib/exercise/inject/schema.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let play: TestExercise;
let people: Record<
	'ana' | 'ben' | 'grit' | 'moderator' | 'evaluator' | 'player' | 'observer' | 'stranger',
	Person
>;

beforeAll(async () => {
	server = await startTestServer();
	play = await TestExercise.create(server);
	await server.services.exercises.updateSettings(
		play.id,
		{ settings: { authorMayApprove: false } },
		play.director.id
	);
	const team = await play.team('GR CSIRT', 'GR');
	people = {
		ana: await play.member('Ana', { role: 'planner', cell: 'central' }),
		ben: await play.member('Ben', { role: 'planner', cell: 'central' }),
		grit: await play.member('Grit', { role: 'planner', cell: 'GR' }),
		moderator: await play.member('Milo', { role: 'moderator', country: 'GR' }),
		evaluator: await play.member('Eva', { role: 'evaluator', teamId: team.id }),
		player: await play.member('Pia', { role: 'player', teamId: team.id }),
		observer: await play.member('Olaf', { role: 'observer' }),
		stranger: await server.person('Stranger')
	};
});
afterAll(() => server.close());

const scriptName = (cell: CellId) => documentName({ exercise: play.id, kind: 'script', cell });

async function written(cell: CellId, ...values: Partial<Omit<Inject, 'id'>>[]): Promise<Inject[]> {
	const ids = values.map(() => randomBytes(12).toString('hex') as InjectId);
	await server.services.documents.edit(scriptName(cell), null, (doc) => {
		for (const [i, one] of values.entries())
			addInject(doc, newInject(ids[i]!, { title: `Inject ${i}`, to: toAll, ...one }), `a${i}`);
	});
	return page(cell, ids);
}
async function page(cell: CellId, ids: readonly InjectId[]): Promise<Inject[]> {
	const all = readScript(await server.services.documents.read(scriptName(cell)));
	return ids.map((id) => all.find((one) => one.id === id)!);
}
const named = (injects: readonly Inject[]) =>
	injects.map((one) => ({ inject: one.id, fingerprint: injectFingerprint(one) }));

/** Asks a view as somebody, as its page does. */
async function as<T>(
	person: Person,
	ask: (
		views: TestServer['services']['views']['script'],
		open: Awaited<ReturnType<TestServer['services']['exercises']['open']>>
	) => Promise<T> | T
): Promise<T> {
	const { exercises, views } = server.services;
	return ask(views.script, await exercises.open(play.id, person));
}
const statuses = (person: Person, cell: string, since: number | null = null) =>
	as(person, (views, { exercise, actor }) =>
		views.scriptStatuses(server.services.database, exercise, actor, cell, since)
	);
const outcome = (asked: Promise<unknown>) =>
	asked.then(
		() => 'open',
		(error: { code?: string }) => error.code
	);

describe('who may ask what of a script', () => {
	it('[P1] opens statuses, versions and summaries to those who may open the document, and to nobody else', async () => {
		const [inject] = await written('GR', { title: 'Secret of GR' });
		await play.must(people.grit, 'inject.submit', { cell: 'GR', injects: named([inject!]) });
		await play.must(play.director, 'inject.approve', { cell: 'GR', injects: named([inject!]) });
		const expected: [Person, Partial<Record<'central' | 'GR', string>>][] = [
			[play.director, { central: 'open', GR: 'open' }],
			[people.ana, { central: 'open', GR: 'not-found' }],
			// reads the central script to take injects over into the own one
			[people.grit, { central: 'open', GR: 'open' }],
			[people.moderator, { central: 'not-found', GR: 'open' }],
			[people.evaluator, { central: 'not-found', GR: 'not-found' }],
			[people.player, { central: 'not-found', GR: 'not-found' }],
			[people.observer, { central: 'not-found', GR: 'not-found' }],
			[people.stranger, { central: 'not-found', GR: 'not-found' }]
		];
		for (const [person, cells] of expected) {
			for (const [cell, answer] of Object.entries(cells)) {
				expect(`${person.name} ${cell} ${await outcome(statuses(person, cell))}`).toBe(
					`${person.name} ${cell} ${answer}`
				);
			}
			const version = as(person, (views, { exercise, actor }) =>
				views.approvedInject(server.services.database, exercise, actor, 'GR', inject!.id)
			);
			expect(`${person.name} ${await outcome(version)}`).toBe(`${person.name} ${cells.GR}`);
			const summary = as(person, (views, { exercise, actor }) =>
				views.scriptOverview(server.services.database, exercise, actor, server.services.documents.read)
			).then(
				(found) => found.map(({ cell }) => cell as string),
				(error: { code?: string }) => error.code
			);
			const open = Object.entries(cells).flatMap(([cell, answer]) => (answer === 'open' ? [cell] : []));
			expect(await summary).toEqual(open.length === 0 ? 'not-found' : open);
		}
	});

	it('a cell that does not exist looks like one that is not open', async () => {
		expect(await outcome(statuses(people.ana, 'XX'))).toBe('not-found');
		expect(await outcome(statuses(people.ana, 'FR'))).toBe('not-found');
		expect(await outcome(statuses(people.ana, '__proto__'))).toBe('not-found');
	});

	it('opens scripts to evaluators when the director allows it, to read', async () => {
		const set = (evaluatorsReadScript: boolean) =>
			server.services.exercises.updateSettings(
				play.id,
				{ settings: { evaluatorsReadScript } },
				play.director.id
			);
		await set(true);
		expect(await outcome(statuses(people.evaluator, 'central'))).toBe('open');
		const right = await as(people.evaluator, (views, { exercise, actor }) =>
			views.scriptRight(exercise, actor, 'central')
		);
		expect(right.right).toBe('read');
		await set(false);
		expect(await outcome(statuses(people.evaluator, 'central'))).toBe('not-found');
	});

	it('an inject of another cell is not found under this one', async () => {
		const [inject] = await written('GR', {});
		await play.must(people.grit, 'inject.submit', { cell: 'GR', injects: named([inject!]) });
		await play.must(play.director, 'inject.approve', { cell: 'GR', injects: named([inject!]) });
		const asked = as(people.ana, (views, { exercise, actor }) =>
			views.approvedInject(server.services.database, exercise, actor, 'central', inject!.id)
		);
		expect(await outcome(asked)).toBe('not-found');
		expect((await statuses(people.ana, 'central')).statuses.some((one) => one.inject === inject!.id)).toBe(
			false
		);
	});

	it('the scenario is written by planners and read by evaluators', async () => {
		const right = (person: Person) =>
			as(person, (views, { exercise, actor }) => views.scenarioRight(exercise, actor)).catch(() => 'none');
		expect(await right(people.grit)).toBe('write');
		expect(await right(play.director)).toBe('write');
		expect(await right(people.evaluator)).toBe('read');
		expect(await right(people.moderator)).toBe('none');
		expect(await right(people.player)).toBe('none');
		expect(await right(people.stranger)).toBe('none');
	});
});

describe('the way of an inject to approval, as the page is told', () => {
	const seen = async (person: Person, inject: Inject) => {
		const status = (await statuses(person, 'central')).statuses.find((one) => one.inject === inject.id);
		const [now] = await page('central', [inject.id]);
		const { settings } = (await server.services.exercises.load(play.id))!;
		const teams = await server.services.exercises.teams(play.id);
		const fingerprint = injectFingerprint(now!);
		return {
			status,
			state: planState(status, () => fingerprint),
			problem: approvalProblem(now!, status, fingerprint, { ...settings, teams })
		};
	};
	const approve = (person: Person, inject: Inject) =>
		play.send(person, 'inject.approve', { cell: 'central', injects: named([inject]) });
	const edit = (inject: Inject, title: string) =>
		server.services.documents.edit(scriptName('central'), null, (doc: Y.Doc) => {
			scriptInjects(doc).get(inject.id)!.set('title', title);
		});

	it('goes from draft to submitted, approved, changed and approved again', async () => {
		const [inject] = await written('central', { title: 'First' });
		expect(await seen(people.ana, inject!)).toMatchObject({ state: 'draft', problem: 'not-submitted' });
		await play.must(people.ana, 'inject.submit', { cell: 'central', injects: named([inject!]) });
		expect(await seen(people.ana, inject!)).toMatchObject({
			state: 'submitted',
			problem: 'own',
			status: { submittedBy: 'Ana', submittedByYou: true, version: 0 }
		});
		expect(await seen(people.ben, inject!)).toMatchObject({
			state: 'submitted',
			problem: null,
			status: { submittedBy: 'Ana', submittedByYou: false }
		});
		expect((await approve(people.ana, inject!)).ok).toBe(false);
		expect((await approve(people.ben, inject!)).ok).toBe(true);
		expect(await seen(people.ana, inject!)).toMatchObject({
			state: 'approved',
			status: { version: 1, approvedBy: 'Ben' }
		});
		await edit(inject!, 'Second');
		expect(await seen(people.ana, inject!)).toMatchObject({ state: 'changed', status: { version: 1 } });
		const approved = await as(people.ana, (views, { exercise, actor }) =>
			views.approvedInject(server.services.database, exercise, actor, 'central', inject!.id)
		);
		expect(approved).toMatchObject({ version: 1, approvedBy: 'Ben', content: { title: 'First' } });

		const [changed] = await page('central', [inject!.id]);
		await play.must(people.ben, 'inject.submit', { cell: 'central', injects: named([changed!]) });
		expect(await seen(people.ana, inject!)).toMatchObject({
			state: 'submitted',
			problem: null,
			status: { version: 1 }
		});
		await play.must(people.ana, 'inject.approve', { cell: 'central', injects: named([changed!]) });
		expect(await seen(people.ben, inject!)).toMatchObject({
			state: 'approved',
			status: { version: 2, approvedBy: 'Ana' }
		});
	});

	it('is a draft again when it is edited after it was submitted, and returned with a reason', async () => {
		const [inject] = await written('central', { title: 'To return' });
		await play.must(people.ana, 'inject.submit', { cell: 'central', injects: named([inject!]) });
		await edit(inject!, 'Edited meanwhile');
		expect(await seen(people.ben, inject!)).toMatchObject({ state: 'draft', problem: 'not-submitted' });
		await play.must(people.ben, 'inject.return', { inject: inject!.id, reason: 'Name the sender.' });
		expect(await seen(people.ana, inject!)).toMatchObject({
			state: 'returned',
			status: { returnReason: 'Name the sender.', submittedFingerprint: null }
		});
	});

	it('tells only what changed since the last reading, and begins again for a number it does not know', async () => {
		const [one, two] = await written('central', { title: 'One' }, { title: 'Two' });
		await play.must(people.ana, 'inject.submit', { cell: 'central', injects: named([one!, two!]) });
		const first = await statuses(people.ben, 'central');
		expect(first.whole).toBe(true);
		expect((await statuses(people.ben, 'central', first.sequence)).statuses).toEqual([]);
		await play.must(people.ben, 'inject.approve', { cell: 'central', injects: named([two!]) });
		const next = await statuses(people.ben, 'central', first.sequence);
		expect(next).toMatchObject({ whole: false, statuses: [{ inject: two!.id, version: 1 }] });
		expect(next.statuses).toHaveLength(1);
		expect((await statuses(people.ben, 'central', next.sequence + 1000)).whole).toBe(true);
	});
});

describe('the summary of all cells', () => {
	it('counts states and warnings of the page as it is', async () => {
		const other = await TestExercise.create(server);
		const planner = await other.member('Paula', { role: 'planner', cell: 'central' });
		await other.team('IT CSIRT', 'IT');
		const ids = ['a', 'b', 'c'].map(() => randomBytes(12).toString('hex') as InjectId);
		await server.services.documents.edit(
			documentName({ exercise: other.id, kind: 'script', cell: 'central' }),
			null,
			(doc) => {
				addInject(doc, newInject(ids[0]!, { title: 'Good', to: toAll }), 'a0');
				addInject(doc, newInject(ids[1]!, { title: 'Reaches nobody' }), 'a1');
				addInject(
					doc,
					newInject(ids[2]!, {
						title: 'Too late',
						to: toAll,
						schedule: { mode: 'offset', seconds: 99 * 3600 }
					}),
					'a2'
				);
			}
		);
		const { exercise, actor } = await server.services.exercises.open(other.id, planner);
		const found = await server.services.views.script.scriptOverview(
			server.services.database,
			exercise,
			actor,
			server.services.documents.read
		);
		expect(found).toEqual([
			{
				cell: 'central',
				canWrite: true,
				total: 3,
				states: expect.objectContaining({ draft: 3, approved: 0 }),
				warnings: 2,
				kinds: { unapproved: 3, 'no-recipients': 1, 'outside-play': 1 }
			}
		]);
	});
});
