import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountId } from '#lib/exercise/ids.ts';
import { readsAction, readsLesson, sharingLevels, type ImprovementPerson } from '#lib/improvement/access.ts';
import type { ActionAct, ActionState } from '#lib/improvement/action.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { addFinding } from '#lib/exercise/review/schema.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/* Improvement actions and lessons: who reads, who acts, and that nobody verifies their own. */
let server: TestServer;
let people: Record<
	'administrator' | 'secretariat' | 'greek' | 'greekTwo' | 'italian' | 'owner' | 'stranger',
	Person
>;

const improvement = () => server.services.improvement;
const outcome = (asked: Promise<unknown>) =>
	asked.then(
		() => 'done',
		(error: { code?: string; message?: string }) => error.code ?? error.message
	);
const everything = {
	country: '',
	state: '',
	capability: '',
	source: '',
	overdue: false,
	mine: false,
	sort: 'due'
};
const noLessonFilter = { text: '', country: '', state: '', capability: '', recurring: false };
const wanted = (change: object = {}) => ({
	title: 'Test the reserve line',
	text: '',
	ownerOrganisation: 'Port authority',
	ownerEmail: '',
	capability: 'recovery',
	element: 'equipment',
	priority: 'high',
	startOn: '',
	dueOn: '2026-12-31',
	successMeasure: 'A test a month',
	verificationMethod: 'Its report is read',
	tlp: 'amber',
	country: 'GR',
	source: 'incident',
	sourceTitle: 'Outage in May',
	exercise: '',
	finding: '',
	...change
});
const wantedLesson = (change: object = {}) => ({
	title: 'Reserve lines are never tested',
	text: 'Two operators found theirs dead.',
	capability: 'recovery',
	tlp: 'amber',
	country: 'GR',
	exercise: '',
	finding: '',
	...change
});
const owned = (change: object = {}) => wanted({ ownerEmail: people.owner.email, ...change });
const share = (country: CountryCode, level: string, offersPlanners = false) =>
	improvement().people.share(
		(country === 'EU' ? people.secretariat : country === 'GR' ? people.greek : people.italian).id,
		{
			country,
			level,
			offersPlanners
		}
	);

beforeAll(async () => {
	server = await startTestServer();
	people = {
		administrator: await server.person('Administrator', { isAdministrator: true }),
		secretariat: await server.person('Secretariat'),
		greek: await server.person('Greek representative'),
		greekTwo: await server.person('Second Greek representative'),
		italian: await server.person('Italian representative'),
		owner: await server.person('Owner'),
		stranger: await server.person('Stranger')
	};
	const { people: roles } = improvement();
	await roles.name(people.administrator.id, {
		email: people.secretariat.email,
		role: 'secretariat',
		country: ''
	});
	for (const [person, country] of [
		[people.greek, 'GR'],
		[people.greekTwo, 'GR'],
		[people.italian, 'IT']
	] as const)
		await roles.name(people.secretariat.id, { email: person.email, role: 'representative', country });
});
afterAll(() => server.close());
beforeEach(async () => {
	for (const country of ['GR', 'IT', 'EU'] as const) await share(country, 'private');
});

describe('who names whom', () => {
	test('administrators the secretariat, the secretariat representatives; nobody else anything', async () => {
		const { people: roles } = improvement();
		const name = (by: Person, role: string, country = 'DE') =>
			outcome(roles.name(by.id, { email: people.stranger.email, role, country }));
		for (const by of [people.greek, people.owner, people.stranger]) {
			expect(await name(by, 'representative')).toBe('not-found');
			expect(await name(by, 'secretariat')).toBe('not-found');
			expect(await outcome(roles.list(by.id))).toBe('not-found');
		}
		expect(await name(people.secretariat, 'secretariat')).toBe('not-found');
		expect(await name(people.secretariat, 'representative', 'EU')).toBe('invalid');
		expect(await name(people.secretariat, 'representative', 'XX')).toBe('invalid');
		expect(await name(people.secretariat, 'representative')).toBe('done');
		expect(await name(people.secretariat, 'representative')).toBe('duplicate');
		// nobody opens a country, or the EU level, to themselves
		const own = (by: Person, role: string) =>
			outcome(roles.name(by.id, { email: by.email, role, country: 'GR' }));
		expect(await own(people.secretariat, 'representative')).toBe('invalid');
		expect(await own(people.administrator, 'representative')).toBe('invalid');
		expect(await own(people.administrator, 'secretariat')).toBe('invalid');
		const remove = (by: Person, account: Person, country: string) =>
			outcome(roles.remove(by.id, { account: account.id, country }));
		expect(await remove(people.secretariat, people.secretariat, 'EU')).toBe('not-found');
		expect(await remove(people.greek, people.stranger, 'DE')).toBe('not-found');
		expect(await remove(people.secretariat, people.stranger, 'DE')).toBe('done');
		expect(
			await outcome(
				roles.name(people.administrator.id, {
					email: 'nobody@example.test',
					role: 'representative',
					country: 'GR'
				})
			)
		).toBe('invalid');
	});

	test('a country’s choice is its own', async () => {
		const choose = (by: Person, country: string, level = 'full') =>
			outcome(improvement().people.share(by.id, { country, level, offersPlanners: false }));
		for (const by of [people.italian, people.secretariat, people.administrator, people.owner])
			expect(await choose(by, 'GR')).toBe('not-found');
		expect(await choose(people.greek, 'GR', 'everything')).toBe('invalid');
		expect(await choose(people.greek, 'GR', 'statistics')).toBe('done');
	});
});

describe('who reads what', () => {
	test('[P2] every person and every object: the page, the list and the rule say the same, and unknown looks the same', async () => {
		const { actions, lessons } = improvement();
		const labels: Tlp[] = ['green', 'amber', 'amber_strict'];
		const made: { id: string; country: CountryCode; tlp: Tlp; owned: boolean; kind: 'action' | 'lesson' }[] =
			[];
		for (const country of ['GR', 'IT', 'EU'] as const) {
			const keeper = { GR: people.greek, IT: people.italian, EU: people.secretariat }[country];
			for (const tlp of labels) {
				for (const isOwned of [false, true])
					made.push({
						id: await actions.propose(keeper, isOwned ? owned({ country, tlp }) : wanted({ country, tlp })),
						country,
						tlp,
						owned: isOwned,
						kind: 'action'
					});
				made.push({
					id: await lessons.add(keeper, wantedLesson({ country, tlp })),
					country,
					tlp,
					owned: false,
					kind: 'lesson'
				});
			}
		}
		// who proposed keeps the country here, so nobody reads anything for having proposed it
		const persons: Record<keyof typeof people, Omit<ImprovementPerson, 'id'>> = {
			administrator: { keeps: [], isSecretariat: false, isAdministrator: true },
			secretariat: { keeps: ['EU'], isSecretariat: true, isAdministrator: false },
			greek: { keeps: ['GR'], isSecretariat: false, isAdministrator: false },
			greekTwo: { keeps: ['GR'], isSecretariat: false, isAdministrator: false },
			italian: { keeps: ['IT'], isSecretariat: false, isAdministrator: false },
			owner: { keeps: [], isSecretariat: false, isAdministrator: false },
			stranger: { keeps: [], isSecretariat: false, isAdministrator: false }
		};
		let asked = 0;
		for (const level of sharingLevels) {
			await share('GR', level);
			for (const [name, rights] of Object.entries(persons) as [
				keyof typeof people,
				(typeof persons)['greek']
			][]) {
				const person = { id: people[name].id, ...rights };
				const listed = new Set((await actions.list(person, everything)).actions.map(({ id }) => id));
				const found = new Set((await lessons.list(person, noLessonFilter)).lessons.map(({ id }) => id));
				for (const one of made) {
					const sharing = one.country === 'GR' ? level : 'private';
					const common = { country: one.country, tlp: one.tlp };
					// of their keepers, by the table of ADR 13, told here without the rule under test
					const expected =
						rights.keeps.includes(one.country) ||
						(one.owned && name === 'owner') ||
						(level === 'full' &&
							one.country === 'GR' &&
							rights.keeps.length > 0 &&
							one.tlp !== 'amber_strict');
					const by = 'somebody' as AccountId;
					const rule =
						one.kind === 'action'
							? readsAction(
									person,
									{
										...common,
										state: 'proposed',
										ownerId: one.owned ? people.owner.id : null,
										proposedBy: by
									},
									sharing
								)
							: readsLesson(person, { ...common, state: 'observed', createdBy: by }, sharing);
					const at = `${name} ${level} ${one.kind} ${one.country} ${one.tlp}`;
					expect([at, rule]).toEqual([at, expected]);
					const page = await outcome(
						one.kind === 'action' ? actions.view(person, one.id) : lessons.view(person, one.id)
					);
					expect([at, page]).toEqual([at, expected ? 'done' : 'not-found']);
					expect([at, (one.kind === 'action' ? listed : found).has(one.id)]).toEqual([at, expected]);
					asked++;
				}
			}
		}
		expect(asked).toBe(sharingLevels.length * 7 * made.length);
		const same = async (id: string) =>
			improvement()
				.actions.view(people.stranger, id)
				.catch((error: Error) => error.message);
		expect(await same(made[0]!.id)).toBe(await same('x'.repeat(22)));
	});

	test('[P2] what a country does not share is said to be not shared, never zero', async () => {
		await improvement().actions.propose(people.greek, owned({ title: 'Counted' }));
		const of = async (person: Person, country: CountryCode) =>
			(await improvement().actions.countries(person)).find((one) => one.country === country)!;
		expect((await of(people.greek, 'GR')).counts).not.toBeNull();
		expect((await of(people.secretariat, 'GR')).counts).toBeNull();
		expect((await of(people.italian, 'GR')).counts).toBeNull();
		// a country that has nothing at all looks the same
		expect((await of(people.italian, 'GR')).keepers).toEqual([]);
		expect((await of(people.greek, 'GR')).keepers).toEqual([
			'Greek representative',
			'Second Greek representative'
		]);
		expect(await of(people.italian, 'FI')).toEqual({ ...(await of(people.italian, 'GR')), country: 'FI' });
		await share('GR', 'statistics');
		expect((await of(people.italian, 'GR')).counts).toEqual((await of(people.greek, 'GR')).counts);
		for (const person of [people.owner, people.stranger, people.administrator])
			expect(await outcome(improvement().actions.countries(person))).toBe('not-found');
		const { actions } = await improvement().actions.list(people.italian, everything);
		expect(actions.filter(({ country }) => country === 'GR')).toEqual([]);
	});

	test('[P2] every act of somebody who may not read it is refused as if there were nothing', async () => {
		const { actions, lessons } = improvement();
		const id = await actions.propose(people.greek, owned());
		const lesson = await lessons.add(people.greek, wantedLesson());
		const acts: ActionAct[] = [
			{ act: 'accept' },
			{ act: 'reject', reason: 'x' },
			{ act: 'start' },
			{ act: 'defer', until: '2027-01-01', reason: 'x' },
			{ act: 'implement', note: '' },
			{ act: 'verify', note: 'x' },
			{ act: 'close', note: '' }
		];
		for (const person of [people.italian, people.secretariat, people.administrator, people.stranger]) {
			for (const act of acts) expect(await outcome(actions.act(person, id, act))).toBe('not-found');
			expect(await outcome(actions.edit(person, id, 1, owned()))).toBe('not-found');
			expect(await outcome(actions.addEvidence(person, id, { text: 'x', link: '' }))).toBe('not-found');
			expect(await outcome(actions.note(person, id, 'x'))).toBe('not-found');
			expect(await outcome(lessons.act(person, lesson, { act: 'identify' }))).toBe('not-found');
			expect(await outcome(lessons.edit(person, lesson, wantedLesson()))).toBe('not-found');
			expect(await outcome(lessons.note(person, lesson, 'x'))).toBe('not-found');
			expect(await outcome(lessons.link(person, lesson, id))).toBe('not-found');
			expect(await outcome(actions.propose(person, wanted()))).toMatch(/not-found|invalid/);
		}
		// what is shared is read, and nothing more
		await share('GR', 'full');
		for (const act of acts) expect(await outcome(actions.act(people.italian, id, act))).not.toBe('done');
		expect(await outcome(actions.note(people.italian, id, 'x'))).toBe('not-found');
		expect(await outcome(lessons.note(people.italian, lesson, 'x'))).toBe('forbidden');
		expect((await actions.view(people.greek, id)).history.map(({ kind }) => kind)).toEqual(['proposed']);
		expect((await actions.view(people.italian, id)).ownerEmail).toBeNull();
	});
});

describe('the story of an action', () => {
	test('finding, proposed, accepted by its owner, implemented with evidence, verified by somebody else, lesson learned', async () => {
		const { actions, lessons } = improvement();
		const exercise = await TestExercise.create(server);
		await exercise.team('GR CSIRT');
		const facilitator = await exercise.member('Facilitator', { role: 'facilitator' });
		const player = await exercise.member('Observer', { role: 'observer' });
		await server.services.documents.edit(
			documentName({ exercise: exercise.id, kind: 'review' }),
			facilitator.id,
			(doc) =>
				void addFinding(
					doc,
					{ id: 'finding-1', kind: 'area_for_improvement', title: 'Nobody tested the line', cards: [] },
					'a0'
				)
		);
		const source = { source: 'exercise', sourceTitle: '', exercise: exercise.id, finding: 'finding-1' };
		expect(await outcome(actions.propose(player, wanted(source)))).toBe('not-found');
		expect(await outcome(actions.propose(facilitator, wanted({ ...source, finding: 'finding-2' })))).toBe(
			'not-found'
		);
		expect(await outcome(actions.propose(facilitator, wanted({ ...source, country: 'IT' })))).toBe('invalid');
		expect(await outcome(actions.propose(facilitator, wanted({ ...source, tlp: 'green' })))).toBe('invalid');
		// who keeps no country cannot ask who has an account
		expect(await outcome(actions.propose(facilitator, owned(source)))).toBe('invalid');
		const id = await actions.propose(facilitator, wanted({ ...source, sourceTitle: 'made up' }));
		const seen = await actions.view(facilitator, id);
		expect(seen).toMatchObject({
			sourceTitle: 'Nobody tested the line',
			sourceExercise: 'Test exercise',
			may: []
		});

		expect(await outcome(actions.edit(people.greek, id, 7, owned()))).toBe('stale');
		await actions.edit(people.greek, id, seen.version, owned({ dueOn: '2026-01-31' }));
		expect(await outcome(actions.act(people.greek, id, { act: 'accept' }))).toBe('forbidden');
		await actions.act(people.owner, id, { act: 'accept' });
		// from here on it is the country's
		expect(await outcome(actions.view(facilitator, id))).toBe('not-found');
		expect((await actions.view(people.owner, id)).overdue).toBe(true);
		const late = await actions.list(people.greek, { ...everything, overdue: true });
		expect(late.actions.map((one) => one.id)).toContain(id);
		await actions.act(people.owner, id, { act: 'start' });
		expect(await outcome(actions.act(people.owner, id, { act: 'implement', note: '' }))).toBe('not-now');
		expect(
			await outcome(actions.addEvidence(people.owner, id, { text: 'x', link: 'javascript:alert(1)' }))
		).toBe('invalid');
		await actions.addEvidence(people.owner, id, {
			text: 'Report of the test',
			link: 'https://port.example/report'
		});
		await actions.act(people.greek, id, { act: 'implement', note: 'Done in June' });
		expect(await outcome(actions.act(people.owner, id, { act: 'verify', note: 'mine' }))).toBe('forbidden');
		expect(await outcome(actions.act(people.greek, id, { act: 'verify', note: 'reported by me' }))).toBe(
			'forbidden'
		);
		expect(await outcome(actions.act(people.greekTwo, id, { act: 'verify', note: ' ' }))).toBe('invalid');
		await actions.act(people.greekTwo, id, { act: 'verify', note: 'Was there' });
		expect(await outcome(actions.edit(people.greek, id, 99, owned()))).toBe('not-now');

		const lesson = await lessons.add(
			facilitator,
			wantedLesson({ exercise: exercise.id, finding: 'finding-1' })
		);
		await lessons.act(people.greek, lesson, { act: 'identify' });
		expect(await outcome(lessons.view(facilitator, lesson))).toBe('not-found');
		await lessons.act(people.greek, lesson, { act: 'agree' });
		expect(await outcome(lessons.act(people.greek, lesson, { act: 'assign' }))).toBe('not-now');
		await lessons.link(people.greek, lesson, id);
		await lessons.act(people.greek, lesson, { act: 'assign' });
		await lessons.act(people.greek, lesson, { act: 'implement' });
		const learned = { act: 'verify', evidence: 'Second test', link: '' } as const;
		expect(await outcome(lessons.act(people.greek, lesson, learned))).toBe('forbidden');
		expect(await outcome(lessons.act(people.greekTwo, lesson, { ...learned, evidence: '' }))).toBe('invalid');
		await lessons.act(people.greekTwo, lesson, learned);
		expect((await lessons.view(people.greek, lesson)).state).toBe('verified');
		expect((await actions.view(people.greek, id)).lessons).toEqual([
			{ id: lesson, title: 'Reserve lines are never tested' }
		]);
		expect((await actions.view(people.owner, id)).lessons).toEqual([]);

		const { history } = await actions.view(people.owner, id);
		expect(history.map(({ kind, by }) => `${kind} by ${by}`)).toEqual([
			'proposed by Facilitator',
			'changed by Greek representative',
			'accept by Owner',
			'start by Owner',
			'evidence by Owner',
			'implement by Greek representative',
			'verify by Second Greek representative'
		]);
		expect(history[1]!.detail).toMatchObject({ before: { ownerId: null }, after: { ownerId: 'Owner' } });
		expect(JSON.stringify(history)).not.toContain(people.owner.id);
	});

	test('somebody of the owner organisation does not verify', async () => {
		const { pool } = server.services.database;
		const { actions } = improvement();
		await pool.query(
			"insert into organisation (id, name, country, kind) values ('port', 'Port  Authority', 'GR', 'operator') on conflict do nothing"
		);
		await pool.query("update account set organisation_id = 'port' where id = $1", [people.greekTwo.id]);
		const id = await actions.propose(people.greek, owned());
		await actions.act(people.owner, id, { act: 'accept' });
		await actions.act(people.owner, id, { act: 'start' });
		await actions.addEvidence(people.owner, id, { text: 'Report', link: '' });
		await actions.act(people.owner, id, { act: 'implement', note: '' });
		const verify = (person: Person) => outcome(actions.act(person, id, { act: 'verify', note: 'Seen' }));
		expect(await verify(people.greekTwo)).toBe('forbidden');
		await pool.query('update account set organisation_id = null where id = $1', [people.greekTwo.id]);
		expect(await verify(people.greekTwo)).toBe('done');
	});

	test('whoever has owned it does not verify it, also after it was handed on', async () => {
		const { actions } = improvement();
		const id = await actions.propose(people.greek, owned({ ownerEmail: people.greekTwo.email }));
		await actions.act(people.greekTwo, id, { act: 'accept' });
		const { version } = await actions.view(people.greek, id);
		expect(await outcome(actions.edit(people.greek, id, version, owned({ ownerEmail: '' })))).toBe('invalid');
		await actions.edit(people.greek, id, version, owned());
		await actions.act(people.owner, id, { act: 'start' });
		await actions.addEvidence(people.owner, id, { text: 'Report', link: '' });
		await actions.act(people.owner, id, { act: 'implement', note: '' });
		expect(await outcome(actions.act(people.greekTwo, id, { act: 'verify', note: 'Seen' }))).toBe(
			'forbidden'
		);
		expect(await outcome(actions.act(people.greek, id, { act: 'verify', note: 'Seen' }))).toBe('done');
	});

	test('two who act at once: one is done, the other is told that it is too late', async () => {
		const { actions } = improvement();
		const id = await actions.propose(people.greek, owned());
		const both = await Promise.all([
			outcome(actions.act(people.owner, id, { act: 'accept' })),
			outcome(actions.act(people.greek, id, { act: 'reject', reason: 'No' }))
		]);
		expect([...both].sort()).toEqual(['done', 'not-now']);
	});

	test('who lost the role reads nothing from then on', async () => {
		const roles = improvement().people;
		const id = await improvement().actions.propose(people.italian, wanted({ country: 'IT' }));
		const { version } = await improvement().actions.view(people.italian, id);
		expect(version).toBe(1);
		await roles.remove(people.secretariat.id, { account: people.italian.id, country: 'IT' });
		// the proposal is the person's own until it is decided
		expect(await outcome(improvement().actions.view(people.italian, id))).toBe('done');
		expect(await outcome(improvement().actions.act(people.italian, id, { act: 'reject', reason: 'x' }))).toBe(
			'forbidden'
		);
		await server.services.database.pool.query(
			"update improvement_action set state = 'accepted' where id = $1",
			[id]
		);
		expect(await outcome(improvement().actions.view(people.italian, id))).toBe('not-found');
		await roles.name(people.secretariat.id, {
			email: people.italian.email,
			role: 'representative',
			country: 'IT'
		});
	});
});

test('[R13] the history is append-only, and every act is in the audit, without its texts', async () => {
	const { pool } = server.services.database;
	for (const attempt of [
		"update improvement_event set kind = 'x'",
		'delete from improvement_event',
		'truncate improvement_event'
	])
		await expect(pool.query(attempt)).rejects.toThrow(/never changed or deleted/);
	const { rows } = await pool.query<{ act: string; detail: object }>(
		"select act, detail from audit where scope = 'installation' and (act like 'improvement.%' or act like 'lesson.%')"
	);
	const acts = new Set(rows.map(({ act }) => act));
	for (const act of ['named', 'removed', 'shared', 'proposed', 'changed', 'accept', 'evidence', 'verify'])
		expect(acts).toContain(`improvement.${act}`);
	for (const act of ['observed', 'identify', 'linked', 'verify']) expect(acts).toContain(`lesson.${act}`);
	expect(JSON.stringify(rows)).not.toMatch(/reserve line|Reserve lines|Was there|port\.example/);
	expect(await verifyAudit(server.services.database, 'installation')).toMatchObject({ broken: null });
});

test('filters and sorting', async () => {
	const { actions } = improvement();
	const person = await server.person('Finnish representative');
	await improvement().people.name(people.secretariat.id, {
		email: person.email,
		role: 'representative',
		country: 'FI'
	});
	const make = (title: string, change: object) =>
		actions.propose(person, wanted({ country: 'FI', title, ...change }));
	await make('B', { priority: 'low', dueOn: '2027-01-01', capability: 'detection' });
	await make('A', { priority: 'high', dueOn: '', source: 'peer_review', sourceTitle: 'Review' });
	await make('C', { priority: 'medium', dueOn: '2026-12-01' });
	const titles = async (change: Partial<typeof everything>) =>
		(await actions.list(person, { ...everything, ...change })).actions.map(({ title }) => title).join('');
	expect(await titles({})).toBe('CBA');
	expect(await titles({ sort: 'priority' })).toBe('ACB');
	expect(await titles({ sort: 'title' })).toBe('ABC');
	expect(await titles({ sort: 'changed' })).toBe('CAB');
	expect(await titles({ capability: 'detection' })).toBe('B');
	expect(await titles({ source: 'peer_review' })).toBe('A');
	expect(await titles({ state: 'proposed' satisfies ActionState, country: 'FI' })).toBe('CBA');
	expect(await titles({ state: 'closed' })).toBe('');
	expect(await titles({ country: 'GR' })).toBe('');
});
