import { afterAll, beforeAll, expect, test } from 'vitest';
import { commands } from '#lib/exercise/commands.ts';
import type { Person } from '../support/exercise.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';
import { act, askedOf, wasDone } from './probe/acts.ts';
import { everyPost, type Ask } from './probe/asks.ts';
import { planCentral, planGreek } from './probe/plan.ts';
import { ProbeScene } from './probe/scene.ts';

/*
 * [P1] The same probe for what does something: every form, every endpoint that takes a body, every command, sent by who
 * may not, aimed at what is planned. Nothing of planning may come back, and nothing of it may have changed.
 */
let server: TestServer;
let smtp: TestSmtp;
let scene: ProbeScene;
let acts: Ask[];

beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		pages: true,
		environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Muster <muster@example.test>' }
	});
	scene = await ProbeScene.create(server);
	await planCentral(scene);
	await planGreek(scene);
	await aimAtPeople();
	// what imports a file takes it off the shelf, so it comes last
	const isImport = ({ route }: Ask) => Number(route.path.endsWith('/import/commit'));
	acts = (await everyPost(scene))
		.filter(({ route }) => !route.path.startsWith('/api/commands/'))
		.sort((a, b) => isImport(a) - isImport(b));
}, 300_000);
afterAll(async () => {
	await server.close();
	await smtp.stop();
});

/** What is of no planning, but acts are aimed at it: somebody's role, an invitation, who waits for a link, a check. */
async function aimAtPeople(): Promise<void> {
	const { ids, people, exercise } = scene;
	const { accounts, database, readiness } = server.services;
	const control = await scene.open(people.director);
	await readiness.communication.start(control.exercise, control.actor, {
		text: 'Are you there?',
		minutes: 60
	});
	ids.check = (await readiness.communication.view(control.exercise, control.actor)).current!.id;
	const desk = await accounts.people.open(exercise.id, { id: people.director.id });
	const observer = { role: 'observer' } as const;
	ids.invitation = (await desk.invite({ membership: observer, quota: 5, days: 5 })).id;
	await desk.addPerson({ name: 'Who waits', email: 'waits@example.test', membership: observer });
	const one = async (query: string, ...values: string[]) =>
		(await database.pool.query<{ id: string }>(query, values)).rows[0]!.id;
	ids.waiting = await one("select id from account where email = 'waits@example.test'");
	ids.membership = await one(
		'select id from membership where exercise_id = $1 and account_id = $2',
		exercise.id,
		people.observer.id
	);
	// one that nobody has started yet
	const greek = await scene.open(people.greekPlanner);
	ids.rehearsal = await readiness.rehearsals.make(greek.exercise, greek.actor);
	scene.planted.id('planning', 'second rehearsal', ids.rehearsal);
}

/** All that is planned and who takes part, but for remarks about the central script, to which all planners may add. */
async function standing(): Promise<unknown> {
	const { rows } = await server.services.database.pool.query(
		`select
			(select json_agg(i order by id) from inject i where exercise_id = $1) as injects,
			(select count(*) from inject_version v join inject i on i.id = v.inject_id where i.exercise_id = $1) as versions,
			(select json_agg(json_build_array(name, sequence) order by name) from document where name like $2) as scripts,
			(select json_agg(a order by id) from attachment a where exercise_id = $1) as attachments,
			(select json_agg(c order by id) from inject_comment c where exercise_id = $1 and cell <> 'central') as comments,
			(select json_agg(l order by id) from library_item l) as library,
			(select json_agg(m order by id) from import_mapping m) as mappings,
			(select json_agg(g order by id) from go_item g where exercise_id = $1) as go_list,
			(select json_agg(m order by id) from membership m where exercise_id = $1) as members,
			(select json_agg(t order by id) from team t where exercise_id = $1) as teams,
			(select json_agg(i order by id) from invitation i where exercise_id = $1) as invitations,
			(select count(*) from communication_check where exercise_id = $1) as checks,
			(select count(*) from mail where exercise_id = $1) as mails,
			(select json_build_array(name, state, settings, starts_at) from exercise where id = $1) as exercise,
			(select json_agg(id order by id) from exercise where rehearsal_of = $1 and created_by <> $3) as rehearsals`,
		[scene.exercise.id, `exercise/${scene.exercise.id}/s%`, scene.people.italianPlanner.id]
	);
	return rows[0];
}

/** The acts that somebody carried out, told by their keys; with what came back that may not. */
async function tryAll(person: Person | null): Promise<{ done: string[]; answers: Map<string, string> }> {
	const done: string[] = [];
	const answers = new Map<string, string>();
	for (const one of acts) {
		// some acts end the session
		const answer = await act(scene, one, person && (await scene.freshly(person)));
		if (wasDone(one, answer)) done.push(one.key);
		answers.set(one.key, answer.status >= 500 ? `${answer.status} ${answer.text}` : answer.text);
	}
	return { done, answers };
}

/** What anybody does with the own account, and who takes part does in the exercise. */
const own = [
	'/account?/profile',
	'/account?/end',
	'/account?/everywhere',
	'/account/active',
	'/sign-out'
].map((path) => `POST ${path}`);
const confirms = [
	...['/check', '/ready?/confirm'].map((path) => `POST /exercises/[exercise]${path} exercise=real`)
];
const remarks = 'POST /api/scripts/[exercise]/[cell]/comments';
const teamFiles = 'POST /api/teams/[exercise]/[team]/files exercise=real';
const allowed: Record<string, string[]> = {
	nobody: ['POST /sign-out'],
	'a stranger': own,
	'a player who plans elsewhere': [...own, ...confirms, `${teamFiles} team=greek`],
	'an Italian player': [...own, ...confirms, `${teamFiles} team=italian`],
	'an Italian planner': [
		...own,
		...confirms,
		`${remarks} exercise=real cell=central`,
		`${remarks}/[comment] exercise=real cell=central comment=central`,
		'POST /exercises/[exercise]/ready?/makeRehearsal exercise=real'
	]
};

test('[P1] [P2] whoever may not sends every form and body in vain: nothing of planning comes back or changes', async () => {
	expect(acts.length).toBeGreaterThan(50);
	const before = await standing();
	for (const { who, person, hidden } of scene.prying) {
		const { done, answers } = await tryAll(person);
		expect([who, done.sort()]).toEqual([who, [...(allowed[who] ?? [...own, ...confirms])].sort()]);
		const asked = askedOf(scene);
		for (const [key, text] of answers) {
			expect([who, key, scene.planted.leaked(text, hidden, asked)]).toEqual([who, key, []]);
			expect(text, `${who}: ${key}`).not.toMatch(/^5\d\d /);
		}
		expect(await standing(), `after ${who}`).toEqual(before);
	}
}, 300_000);

test('[P1] a planner who rehearses takes no other country’s injects along', async () => {
	const { rows } = await server.services.database.pool.query<{ content: string }>(
		`select v.content::text as content from inject_version v join inject i on i.id = v.inject_id
		join exercise e on e.id = i.exercise_id where e.rehearsal_of = $1 and e.created_by = $2`,
		[scene.exercise.id, scene.people.italianPlanner.id]
	);
	const found = rows.flatMap(({ content }) => scene.planted.in(content));
	expect(found.some(({ scope }) => scope === 'central')).toBe(true);
	expect(found.filter(({ scope }) => scope === 'greek')).toEqual([]);
});

test('[P1] no command tells anything of a planned inject, and unknown looks like not open', async () => {
	const { ids, exercise } = scene;
	const unknown = 'unknown-inject-id-000000';
	for (const { who, person, hidden } of scene.prying)
		for (const name of Object.keys(commands)) {
			// which of these somebody may know of depends on the scopes
			const secret = [
				...(hidden.includes('central') ? [ids.central, ids.held] : []),
				...(hidden.includes('narrow') ? [ids.narrow] : []),
				ids.greek,
				ids.greekDraft
			];
			const answers = new Set<string>();
			for (const inject of [...secret, unknown]) {
				const response = await fetch(`${server.url}/api/commands/${name}`, {
					method: 'POST',
					headers: {
						'content-type': 'application/json',
						origin: server.url,
						...(person && { cookie: person.cookie })
					},
					body: JSON.stringify({
						exercise: exercise.id,
						key: `probe-${name}-${inject}`.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 60),
						input: {
							inject,
							reason: 'x',
							cell: hidden.includes('central') ? 'central' : 'GR',
							injects: [{ inject, fingerprint: '0'.repeat(64) }],
							delivery: inject
						}
					})
				});
				const answer = (await response.text()).replaceAll(inject, '');
				expect([who, name, scene.planted.leaked(answer, hidden)]).toEqual([who, name, []]);
				answers.add(answer);
			}
			if (name.startsWith('inject.')) expect([who, name, answers.size]).toEqual([who, name, 1]);
		}
}, 300_000);

/** What takes something that nobody here has: a password, a link, an empty list. */
const unprovable = [
	'POST /account?/notices',
	'POST /account?/password',
	'POST /api/channels/[exercise]/[channel]/files',
	'POST /api/exercises/[exercise]/looked',
	'POST /api/teams/[exercise]/[team]/files',
	'POST /exercises/[exercise]/people?/mailInvitation',
	...['rate', 'retest', 'untest'].map((act) => `POST /exercises/[exercise]/plan?/${act}`),
	// not while the exercise is in play: tests/integration/erasure asks for them
	'POST /exercises/[exercise]/ready?/eraseCountry',
	'POST /exercises/[exercise]/ready?/lookCountry',
	'POST /exercises/[exercise]/ready?/seed',
	'POST /exercises/[exercise]/report?/freeze',
	// before ENDEX there is a draft at most: tests/integration/survey
	'POST /exercises/[exercise]/survey/results?/conclude',
	...['answer', 'close', 'mine', 'open', 'save'].map((act) => `POST /exercises/[exercise]/survey?/${act}`),
	'POST /exercises/[exercise]/teams/[team]/exchange/commit',
	'POST /exercises/[exercise]/teams/[team]/exchange/read',
	// nobody here has a part in improvement: tests/integration/improvement asks for each of them
	...['act', 'edit', 'evidence', 'note'].map((act) => `POST /improvement/[action]?/${act}`),
	'POST /improvement/countries?/share',
	...['act', 'edit', 'link', 'note'].map((act) => `POST /improvement/lessons/[lesson]?/${act}`),
	'POST /improvement/lessons/new?/add',
	'POST /improvement/lessons/new?/source',
	'POST /improvement/new',
	'POST /improvement/people?/remove',
	'POST /improvement?/act',
	'POST /join/[token]?/join',
	'POST /join/[token]?/register',
	'POST /setup/[token]?/administrator',
	'POST /setup/[token]?/password',
	'POST /sign-in',
	'POST /terms/[exercise]'
];

test('[P1] the same forms and bodies are carried out for who may send them, and the kit holds the plan', async () => {
	const { ids, people, exercise } = scene;
	const { pool } = server.services.database;
	// every command was tried, also the one with which anybody may stop the exercise
	if ((await server.services.exercises.load(exercise.id))!.state === 'stopped')
		await exercise.must(people.director, 'exercise.liftStop', { to: 'running' });
	await pool.query("update communication_answer set reminded_at = now() - interval '11 minutes'");
	const desk = await scene.open(people.greekPlanner);
	const selection = { sheet: 0, headerRow: 0, columns: ['title', 'from'], dateOrder: 'dmy' } as const;
	const preview = await server.services.scriptExchange.preview(desk.exercise, desk.actor, 'GR', ids.shelved, {
		...selection,
		columns: [...selection.columns],
		bareTimes: null,
		matches: [],
		leaveOut: []
	});
	ids.fingerprint = preview.fingerprint;
	const administrator = await server.person('Administrator', { isAdministrator: true });
	const done = new Set<string>();
	const shown = new Map<string, Set<string>>();
	// some acts wait for others: a check is started when the first has ended
	for (const person of [
		people.greekPlanner,
		people.centralPlanner,
		people.director,
		people.director,
		administrator
	]) {
		const { done: now, answers } = await tryAll(person);
		for (const key of now) {
			const id = key.replace(/ [a-z]+=.*$/, '');
			done.add(id);
			for (const { label } of scene.planted.in(answers.get(key)!, askedOf(scene)))
				shown.set(id, (shown.get(id) ?? new Set()).add(label));
		}
	}
	const never = [...new Set(acts.map(({ route }) => route.id))].filter((id) => !done.has(id));
	expect(never.sort()).toEqual(unprovable);
	const kit = [...shown.get('POST /exercises/[exercise]/ready/kit')!];
	expect(kit).toEqual(
		expect.arrayContaining([
			'central secondtitle',
			'narrow firstcontrol',
			'greek variantbody',
			'greek drafttitle'
		])
	);
	expect([...shown.get('POST /exercises/[exercise]/import/mappings')!]).toEqual([
		'own mapping',
		'own heading'
	]);
	// a file on the shelf shows to who put it there
	for (const at of ['preview', 'propose'])
		expect([...shown.get(`POST /exercises/[exercise]/import/${at}`)!]).toContain('own shelved');
}, 300_000);
