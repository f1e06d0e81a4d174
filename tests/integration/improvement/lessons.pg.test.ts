import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CountryCode } from '#lib/standards/countries.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { addFinding } from '#lib/exercise/review/schema.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/* The register of lessons: searched within rights, recurring across exercises, tested again while planning. */
let server: TestServer;
let greek: Person;
let italian: Person;

const lessons = () => server.services.improvement.lessons;
const retests = () => server.services.improvement.retests;
const outcome = (asked: Promise<unknown>) =>
	asked.then(
		() => 'done',
		(error: { code?: string; message?: string }) => error.code ?? error.message
	);
const wanted = (change: object = {}) => ({
	title: 'Reserve lines are never tested',
	text: '',
	capability: 'recovery',
	tlp: 'amber',
	country: 'GR',
	exercise: '',
	finding: '',
	...change
});
const found = async (person: Person, text: string, change: object = {}) =>
	(
		await lessons().list(person, {
			text,
			country: '',
			state: '',
			capability: '',
			recurring: false,
			...change
		})
	).lessons.map(({ title }) => title);
const offer = (by: Person, country: CountryCode, offersPlanners: boolean) =>
	server.services.improvement.people.share(by.id, { country, level: 'private', offersPlanners });

async function reviewed(name: string, finding: string): Promise<TestExercise> {
	const exercise = await TestExercise.create(server);
	await exercise.team('GR CSIRT');
	await server.services.exercises.updateSettings(exercise.id, { name }, exercise.director.id);
	await server.services.exercises.addMembership(
		exercise.id,
		{ accountId: greek.id, role: 'facilitator' },
		exercise.director.id
	);
	await server.services.documents.edit(
		documentName({ exercise: exercise.id, kind: 'review' }),
		greek.id,
		(doc) =>
			void addFinding(
				doc,
				{ id: finding, kind: 'area_for_improvement', title: `Seen in ${name}`, cards: [] },
				'a0'
			)
	);
	return exercise;
}
/** As far as agreed, which is when it is offered. */
async function agreed(id: string): Promise<void> {
	await lessons().act(greek, id, { act: 'identify' });
	await lessons().act(greek, id, { act: 'agree' });
}

beforeAll(async () => {
	server = await startTestServer();
	const administrator = await server.person('Administrator', { isAdministrator: true });
	greek = await server.person('Greek representative');
	italian = await server.person('Italian representative');
	for (const [person, country] of [
		[greek, 'GR'],
		[italian, 'IT']
	] as const)
		await server.services.improvement.people.name(administrator.id, {
			email: person.email,
			role: 'representative',
			country
		});
});
afterAll(() => server.close());

test('[R17] words are found as written and by their stems, in rank, and never outside the reader’s rights', async () => {
	await lessons().add(greek, wanted({ title: 'Reserve lines are never tested', text: 'Two operators' }));
	await lessons().add(greek, wanted({ title: 'Call trees', text: 'Nobody was testing a reserve.' }));
	await lessons().add(greek, wanted({ title: 'Γραμμές εφεδρείας', tlp: 'amber_strict' }));
	await lessons().add(italian, wanted({ title: 'Reserve power', country: 'IT' }));
	expect(await found(greek, 'reserve')).toEqual(['Reserve lines are never tested', 'Call trees']);
	expect(await found(greek, 'tests reserve')).toEqual(['Reserve lines are never tested', 'Call trees']);
	expect(await found(greek, '"reserve lines"')).toEqual(['Reserve lines are never tested']);
	expect(await found(greek, 'reserve -trees')).toContain('Reserve lines are never tested');
	expect(await found(greek, 'γραμμές')).toEqual(['Γραμμές εφεδρείας']);
	expect(await found(greek, 'power')).toEqual([]);
	expect(await found(italian, 'reserve')).toEqual(['Reserve power']);
	// what people type is never a mistake
	for (const text of ['& | !', '"', "it's", '((', 'a <-> b', '\\'])
		expect(Array.isArray(await found(greek, text))).toBe(true);
	await server.services.improvement.people.share(greek.id, {
		country: 'GR',
		level: 'full',
		offersPlanners: false
	});
	expect((await found(italian, 'reserve')).sort()).toEqual([
		'Call trees',
		'Reserve lines are never tested',
		'Reserve power'
	]);
	expect(await found(italian, 'γραμμές')).toEqual([]);
	await offer(greek, 'GR', false);
});

test('a lesson that came from more than one exercise is recurring, with count', async () => {
	const first = await reviewed('First', 'finding-1');
	const second = await reviewed('Second', 'finding-2');
	const id = await lessons().add(
		greek,
		wanted({ title: 'Recurs', exercise: first.id, finding: 'finding-1' })
	);
	expect(await found(greek, 'recurs', { recurring: true })).toEqual([]);
	expect(await outcome(lessons().addSource(greek, id, first.id, 'finding-1'))).toBe('duplicate');
	expect(await outcome(lessons().addSource(greek, id, second.id, 'no-finding'))).toBe('not-found');
	expect(await outcome(lessons().addSource(italian, id, second.id, 'finding-2'))).toBe('not-found');
	await lessons().addSource(greek, id, second.id, 'finding-2');
	expect(await found(greek, 'recurs', { recurring: true })).toEqual(['Recurs']);
	expect(await lessons().view(greek, id)).toMatchObject({
		exercises: 2,
		sources: [
			{ exercise: 'First', finding: 'Seen in First' },
			{ exercise: 'Second', finding: 'Seen in Second' }
		]
	});
});

describe('lessons while planning', () => {
	test('[P1] [P2] offered to planners of the country that offers them, linked to an inject, read where the script is', async () => {
		const { exercises } = server.services;
		const before = await reviewed('Before', 'finding-3');
		const lesson = await lessons().add(
			greek,
			wanted({ title: 'Offered', exercise: before.id, finding: 'finding-3' })
		);
		const strict = await lessons().add(greek, wanted({ title: 'Strict', tlp: 'amber_strict' }));
		const raw = await lessons().add(greek, wanted({ title: 'Only observed' }));
		await agreed(strict);
		await agreed(lesson);

		const exercise = await TestExercise.create(server);
		const team = await exercise.team('GR CSIRT');
		const greekPlanner = await exercise.member('Greek planner', { role: 'planner', cell: 'GR' });
		const italianPlanner = await exercise.member('Italian planner', { role: 'planner', cell: 'IT' });
		const central = await exercise.member('Central planner', { role: 'planner', cell: 'central' });
		const player = await exercise.member('Player', { role: 'player', teamId: team.id });
		const [inject] = await exercise.approved({ title: 'The line is dead', to: toAll });
		const open = async (person: Person) => {
			const at = await exercises.open(exercise.id, person);
			return retests().open(at.exercise, at.actor);
		};
		const act = async (person: Person, wanted: { lesson: string; cell: string; inject: string }) => {
			const at = await exercises.open(exercise.id, person);
			return outcome(retests().link(at.exercise, at.actor, wanted));
		};
		// by itself a country offers nothing, whoever makes somebody its planner
		expect(await open(greekPlanner)).toMatchObject({ lessons: [], offered: [], notOffered: ['GR'] });
		expect(await act(greekPlanner, { lesson, cell: 'GR', inject: inject!.id })).toBe('not-found');
		await offer(greek, 'GR', true);
		const offered = (await open(greekPlanner))!;
		const titles = offered.lessons.map(({ title }) => title);
		expect(titles).toContain('Offered');
		for (const one of ['Strict', 'Only observed']) expect(titles).not.toContain(one);
		for (const person of [italianPlanner, central]) expect((await open(person))!.lessons).toEqual([]);
		expect(await open(player)).toBeNull();

		// a planner of the country writes its own cell, not the central one
		expect(await act(greekPlanner, { lesson, cell: 'central', inject: inject!.id })).toBe('not-found');
		expect(await act(greekPlanner, { lesson: raw, cell: 'GR', inject: inject!.id })).toBe('not-found');
		await exercises.addMembership(
			exercise.id,
			{ accountId: greekPlanner.id, role: 'planner', cell: 'central' },
			exercise.director.id
		);
		expect(await act(greekPlanner, { lesson, cell: 'central', inject: 'no-inject-of-this-script' })).toBe(
			'not-found'
		);
		expect(await act(greekPlanner, { lesson, cell: 'central', inject: inject!.id })).toBe('done');
		expect(await act(greekPlanner, { lesson, cell: 'central', inject: inject!.id })).toBe('duplicate');
		const [link] = (await open(greekPlanner))!.lessons.find(({ id }) => id === lesson)!.retests;
		expect(link).toMatchObject({ cell: 'central', title: 'The line is dead', rating: null });

		// the country's representative plans nothing there: neither the inject nor that there is one
		const shown = await lessons().view(greek, lesson);
		expect(shown.retests).toEqual([]);
		expect(JSON.stringify(shown)).not.toMatch(/The line is dead|Test exercise/);
		const rate = async (person: Person, rating: string) => {
			const at = await exercises.open(exercise.id, person);
			return outcome(retests().rate(at.exercise, at.actor, link!.id, rating));
		};
		expect(await rate(greekPlanner, 'S')).toBe('not-now');
		await server.services.database.pool.query("update exercise set state = 'ended' where id = $1", [
			exercise.id
		]);
		expect(await rate(player, 'S')).toBe('not-found');
		expect(await rate(italianPlanner, 'S')).toBe('not-found');
		expect(await rate(greekPlanner, 'excellent')).toBe('invalid');
		expect(await rate(greekPlanner, 'M')).toBe('done');
		expect((await lessons().view(greek, lesson)).retests).toEqual([{ rating: 'M', inject: null }]);

		// learned by it only once it went well
		const actions = server.services.improvement.actions;
		const action = await actions.propose(greek, {
			title: 'Test',
			text: '',
			ownerOrganisation: 'Port',
			ownerEmail: italian.email,
			capability: 'recovery',
			element: 'training',
			priority: 'low',
			startOn: '',
			dueOn: '2026-12-31',
			successMeasure: 'x',
			verificationMethod: 'x',
			tlp: 'amber',
			country: 'GR',
			source: 'incident',
			sourceTitle: 'x',
			exercise: '',
			finding: ''
		});
		await lessons().link(greek, lesson, action);
		await lessons().act(greek, lesson, { act: 'assign' });
		await actions.act(italian, action, { act: 'accept' });
		await actions.act(italian, action, { act: 'start' });
		await actions.addEvidence(italian, action, { text: 'x', link: '' });
		await actions.act(italian, action, { act: 'implement', note: '' });
		await lessons().act(greek, lesson, { act: 'implement' });
		expect(await outcome(lessons().act(greek, lesson, { act: 'learn' }))).toBe('not-now');
		expect(await rate(greekPlanner, 'S')).toBe('done');
		expect(await outcome(lessons().act(greek, lesson, { act: 'learn' }))).toBe('done');
		expect((await open(greekPlanner))!.lessons.map(({ id }) => id)).not.toContain(lesson);
	});
});
