import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InjectId } from '#lib/exercise/ids.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { addInject, injectFingerprint, newInject, readScript } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { addItem, readOutline } from '#lib/exercise/scenario/schema.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/* An inject that is kept in the library and not released yet is a planned inject: it must not reach who plays there. */
let server: TestServer;
let source: TestExercise;
let other: TestExercise;
let ids: InjectId[];
let kit: string;
let planner: Person;
let elsewhere: Person;
/** players of the source who plan another exercise: the ones who could look ahead */
let prying: Person[];

const reader = (person: Person, isAdministrator = false) => ({ id: person.id, isAdministrator });
const library = () => server.services.library;
const everything = { text: '', kind: '', tag: '' } as const;
const found = async (
	person: Person,
	search: Partial<Parameters<ReturnType<typeof library>['search']>[1]> = {}
) => (await library().search(reader(person), { ...everything, ...search })).entries.map((one) => one.title);
const outcome = (asked: Promise<unknown>) =>
	asked.then(
		() => 'open',
		(error: { code?: string }) => error.code
	);
const scriptOf = (exercise: TestExercise, cell: 'central' | 'GR' = 'central') =>
	documentName({ exercise: exercise.id, kind: 'script', cell });

beforeAll(async () => {
	server = await startTestServer();
	source = await TestExercise.create(server);
	other = await TestExercise.create(server);
	const team = await source.team('GR CSIRT');
	await other.team('GR CSIRT');
	planner = await source.member('Planner', { role: 'planner', cell: 'central' });
	elsewhere = await other.member('Elsewhere', { role: 'planner', cell: 'central' });
	prying = [
		await source.member('Player', { role: 'player', teamId: team.id }),
		await source.member('Observer', { role: 'observer' }),
		await source.member('Evaluator', { role: 'evaluator', teamId: team.id }),
		await source.member('Facilitator', { role: 'facilitator' }),
		await source.member('Moderator', { role: 'moderator', country: 'GR' })
	];
	for (const person of prying)
		await server.services.exercises.addMembership(
			other.id,
			{ accountId: person.id, role: 'planner', cell: 'central' },
			other.director.id
		);
	ids = ['zeisig-first', 'zeisig-second'].map((id) => id.padEnd(20, '0') as InjectId);
	await server.services.documents.edit(scriptOf(source), planner.id, (doc) => {
		addInject(
			doc,
			newInject(ids[0]!, {
				reference: 'CM-001',
				title: 'Cranes stop',
				storyline: 'Port',
				objectives: ['OBJ-1'],
				controller: 'Somebody Named',
				to: { all: false, countries: [], levels: [], teams: [team.id] },
				schedule: { mode: 'at', at: Date.UTC(2026, 5, 10, 8) },
				body: richTextFromText('The terminal of Piraeus stands still.')
			}),
			'a0'
		);
		addInject(
			doc,
			newInject(ids[1]!, {
				reference: 'CM-002',
				title: 'Press calls',
				to: toAll,
				schedule: { mode: 'after', inject: ids[0]!, seconds: 600 }
			}),
			'a1'
		);
	});
	await server.services.documents.edit(
		documentName({ exercise: source.id, kind: 'scenario' }),
		planner.id,
		(doc) => {
			addItem(doc, 'storylines', 'storyline-1', { name: 'Port', colour: 'teal', description: 'x' });
			addItem(doc, 'objectives', 'objective-1', { code: 'OBJ-1', text: 'Report in time' });
		}
	);
	[kit] = (await library().save(reader(planner), source.id, 'central', {
		kind: 'kit',
		title: 'Port kit',
		summary: 'Two injects on a port.',
		tags: ['Maritime', 'maritime', 'NIS2'],
		tlp: 'amber',
		injects: ids
	})) as [string];
});
afterAll(() => server.close());

describe('who sees an item of the library', () => {
	it('planners, controllers and directors of any exercise', async () => {
		for (const person of [planner, source.director, elsewhere, other.director])
			expect(await found(person)).toEqual(['Port kit']);
		const { entry, content, targets } = await library().preview(reader(elsewhere), kit);
		expect(entry).toMatchObject({ tags: ['maritime', 'nis2'], injects: 2, mine: false });
		expect(content.injects.map((one) => one.title)).toEqual(['Cranes stop', 'Press calls']);
		expect(targets.map((one) => [one.exercise.id, one.cell])).toEqual([[other.id, 'central']]);
		const bytes = JSON.stringify(content);
		for (const secret of [...ids, 'Somebody Named', planner.id]) expect(bytes).not.toContain(secret);
	});

	it('[P1] not who plays, watches, evaluates, facilitates or moderates in the exercise it came from', async () => {
		for (const person of prying) {
			expect(await found(person), person.name).toEqual([]);
			expect(await found(person, { text: 'cranes' })).toEqual([]);
			const { tags } = await library().search(reader(person), everything);
			expect(tags).toEqual([]);
			expect(await outcome(library().preview(reader(person), kit))).toBe('not-found');
			const into = { exercise: other.id, cell: 'central', shiftSeconds: 0 };
			expect(await outcome(library().use(reader(person), kit, into))).toBe('not-found');
			expect(await outcome(library().remove(reader(person, true), kit))).toBe('not-found');
		}
	});

	it('[P1] not who plans for another country there, when it comes from a national script, or from a rehearsal of one', async () => {
		const [greek, italian, central] = [
			await source.member('Greek planner', { role: 'planner', cell: 'GR' }),
			await source.member('Italian planner', { role: 'planner', cell: 'IT' }),
			await source.member('Central planner', { role: 'planner', cell: 'central' })
		];
		const national = 'zeisig-national'.padEnd(20, '0') as InjectId;
		const written = newInject(national, { reference: 'CM-001-EL', title: 'Greek cranes', to: toAll });
		await server.services.documents.edit(scriptOf(source, 'GR'), greek.id, (doc) =>
			addInject(doc, written, 'a0')
		);
		await source.must(greek, 'inject.approve', {
			cell: 'GR',
			injects: [{ inject: national, fingerprint: injectFingerprint(written) }]
		});
		const opened = await server.services.exercises.open(source.id, greek);
		const rehearsal = await server.services.readiness.rehearsals.make(opened.exercise, opened.actor);
		const tried = readScript(
			await server.services.documents.read(
				documentName({ exercise: rehearsal, kind: 'script', cell: 'central' })
			)
		);
		const item = { kind: 'inject', summary: '', tags: ['piraeus'], tlp: 'amber' };
		const made = [
			...(await library().save(reader(greek), source.id, 'GR', {
				...item,
				title: 'Cranes',
				injects: [national]
			})),
			...(await library().save(reader(greek), rehearsal, 'central', {
				...item,
				title: 'Cranes, tried out',
				injects: [tried[0]!.id]
			}))
		];
		const titles = ['Cranes', 'Cranes, tried out'];
		for (const person of [greek, source.director, elsewhere])
			expect(await found(person, { tag: 'piraeus' }), person.name).toEqual(expect.arrayContaining(titles));
		for (const person of [italian, central]) {
			expect(await found(person), person.name).toEqual(['Port kit']);
			const { tags } = await library().search(reader(person), everything);
			expect(tags).not.toContainEqual(expect.objectContaining({ tag: 'piraeus' }));
			for (const id of made) expect(await outcome(library().preview(reader(person), id))).toBe('not-found');
		}
		for (const id of made) await library().remove(reader(greek), id);
	});

	it('[P1] hidden looks as if it were not there, word for word', async () => {
		const [person] = prying;
		const sentence = (asked: Promise<unknown>) => asked.catch((error: Error) => error.message);
		expect(await sentence(library().preview(reader(person!), kit))).toBe(
			await sentence(library().preview(reader(person!), 'no-such-item-at-all'))
		);
	});

	it('[P1] nobody without a planning role anywhere opens it: strangers, and administrators', async () => {
		const stranger = await server.person('Stranger');
		const administrator = await server.person('Admin', { isAdministrator: true });
		const player = await source.member('Only player', { role: 'observer' });
		for (const [person, admin] of [
			[stranger, false],
			[administrator, true],
			[player, false]
		] as const) {
			expect(await outcome(library().search(reader(person, admin), everything))).toBe('not-found');
			expect(await library().opensTo(reader(person, admin))).toBe(false);
		}
	});

	it('[P1] not who plays where it was used, either', async () => {
		const third = await TestExercise.create(server);
		const team = await third.team('FR CSIRT', 'FR');
		const looksAhead = await third.member('Looks ahead', { role: 'player', teamId: team.id });
		await server.services.exercises.addMembership(
			other.id,
			{ accountId: looksAhead.id, role: 'planner', cell: 'central' },
			other.director.id
		);
		expect(await found(looksAhead)).toEqual(['Port kit']);
		await library().use(reader(third.director), kit, {
			exercise: third.id,
			cell: 'central',
			shiftSeconds: 0
		});
		expect(await found(looksAhead)).toEqual([]);
	});
});

describe('using an item', () => {
	it('copies into a script with new ids, references that go on, shifted times and its scenario', async () => {
		const before = readScript(await server.services.documents.read(scriptOf(other))).length;
		const { injects } = await library().use(reader(elsewhere), kit, {
			exercise: other.id,
			cell: 'central',
			shiftSeconds: 1800
		});
		const script = readScript(await server.services.documents.read(scriptOf(other)));
		expect(script).toHaveLength(before + 2);
		const [first, second] = injects.map((id) => script.find((one) => one.id === id)!);
		expect(first).toMatchObject({
			title: 'Cranes stop',
			schedule: { mode: 'offset', seconds: 3600 + 1800 },
			to: { all: false, countries: ['GR'], teams: [] },
			controller: ''
		});
		expect(second!.schedule).toEqual({ mode: 'after', inject: first!.id, seconds: 600 });
		expect(ids).not.toContain(first!.id);
		const scenario = readOutline(
			await server.services.documents.read(documentName({ exercise: other.id, kind: 'scenario' }))
		);
		expect(scenario.storylines.map((one) => one.name)).toEqual(['Port']);
		expect(scenario.objectives.map((one) => one.code)).toEqual(['OBJ-1']);
		const again = await library().use(reader(elsewhere), kit, {
			exercise: other.id,
			cell: 'central',
			shiftSeconds: 0
		});
		const after = readScript(await server.services.documents.read(scriptOf(other)));
		expect(new Set(after.map((one) => one.id)).size).toBe(after.length);
		expect(new Set(after.map((one) => one.reference)).size).toBe(after.length);
		expect(again.injects.some((id) => injects.includes(id))).toBe(false);
		expect((await verifyAudit(server.services.database, other.id)).broken).toBeNull();
	});

	it('only into a script that the person may write, and only while it is planned or played', async () => {
		const into = (exercise: string, cell: string) =>
			outcome(library().use(reader(elsewhere), kit, { exercise, cell, shiftSeconds: 0 }));
		expect(await into(source.id, 'central')).toBe('not-found');
		expect(await into(other.id, 'GR')).toBe('not-found');
		expect(await into('no-such-exercise', 'central')).toBe('not-found');
	});

	it('saving asks for the same right, for injects that are there, and for a label that fits', async () => {
		const wanted = { kind: 'inject', title: 'X', summary: '', tags: [], tlp: 'amber', injects: [ids[0]] };
		const save = (person: Person, more: object = {}) =>
			outcome(library().save(reader(person), source.id, 'central', { ...wanted, ...more }));
		expect(await save(elsewhere)).toBe('not-found');
		for (const person of prying) expect(await save(person)).toBe('not-found');
		expect(await save(planner, { injects: ['gone-gone-gone'] })).toBe('stale');
		expect(await save(planner, { tlp: 'green' })).toBe('invalid');
		expect(await save(planner, { title: ' ' })).toBe('invalid');
		expect(await save(planner, { injects: [] })).toBe('invalid');
	});
});

describe('search', () => {
	it('finds words of title, summary, tags and texts, the better place first', async () => {
		await library().save(reader(planner), source.id, 'central', {
			kind: 'inject',
			title: 'A letter',
			summary: 'For 100% of cases',
			tags: ['press'],
			tlp: 'amber',
			injects: [ids[1]]
		});
		expect(await found(elsewhere, { text: 'press' })).toEqual(['A letter', 'Port kit']);
		expect(await found(elsewhere, { text: 'piraeus cranes' })).toEqual(['Port kit']);
		expect(await found(elsewhere, { text: 'piraeus nowhere' })).toEqual([]);
		expect(await found(elsewhere, { text: '100%' })).toEqual(['A letter']);
		expect(await found(elsewhere, { text: '%' })).toEqual(['A letter']);
		expect(await found(elsewhere, { kind: 'kit' })).toEqual(['Port kit']);
		expect(await found(elsewhere, { tag: 'NIS2' })).toEqual(['Port kit']);
		expect(await found(elsewhere, { tag: "'; drop table library_item; --" })).toEqual([]);
	});
});

describe('after ENDEX, and the end of an item', () => {
	it('its maker and administrators delete it, others do not', async () => {
		expect(await outcome(library().remove(reader(elsewhere), kit))).toBe('forbidden');
		const [made] = await library().save(reader(planner), source.id, 'central', {
			kind: 'kit',
			title: 'To go',
			summary: '',
			tags: [],
			tlp: 'amber',
			injects: ids
		});
		await library().remove(reader(planner), made!);
		expect(await outcome(library().preview(reader(planner), made!))).toBe('not-found');
	});

	it('[P1] opens to players of its exercise when that has ended, not before', async () => {
		await source.approved({ title: 'Any', to: toAll });
		await source.must(source.director, 'exercise.start', {});
		expect(await found(prying[0]!)).toEqual([]);
		await source.must(source.director, 'exercise.stop', { reason: 'test' });
		expect(await found(prying[0]!)).toEqual([]);
		await source.must(source.director, 'exercise.liftStop', { to: 'paused' });
		await source.must(source.director, 'exercise.end', {});
		for (const person of prying) expect(await found(person)).toContain('Port kit');
	});
});
