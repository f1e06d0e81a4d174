import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands, isCommandName, type CommandName } from '#lib/exercise/commands.ts';
import type { Command } from '#lib/exercise/decision.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import { exerciseStates, type CellId, type Exercise } from '#lib/exercise/exercise/schema.ts';
import { mayIn } from '#lib/exercise/real/place.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { scriptInjects, setFields } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { loadState } from '#server/commands/load.ts';
import { toAll } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { castPeople, stageScene, type Player, type Scene } from './cast.ts';
import { aarActs } from './aar-acts.ts';
import { channelActs } from './channel-acts.ts';
import { evaluationActs } from './evaluation-acts.ts';
import { findingActs } from './finding-acts.ts';
import { reportingActs } from './reporting-acts.ts';

/*
 * Every role x every command x every state of an exercise, sent to the real server. What must come of it is the pure
 * decision on the same rows. What a command changed is put back before the next one.
 */
let server: TestServer;
let scenes: Scene[];

/** Valid acts on what is there: more than one where the object decides. */
function acts(scene: Scene): { name: CommandName; input: Record<string, unknown> }[] {
	const { ids, teams } = scene;
	const [a, , c] = teams.map((team) => team.id);
	const reason = 'because';
	const act = (name: CommandName, input: Record<string, unknown> = {}) => ({ name, input });
	return [
		...['planned', 'evaluating', 'closed', 'cancelled'].map((to) => act('exercise.advance', { to })),
		act('exercise.start'),
		act('exercise.end'),
		act('exercise.stop', { reason }),
		act('exercise.liftStop', { to: 'running' }),
		act('clock.pause'),
		act('clock.resume'),
		act('clock.setRate', { rate: 2 }),
		act('clock.jump', { to: Date.UTC(2026, 5, 10, 9), reason }),
		act('announcement.make', { text: 'Lunch' }),
		act('announcement.make', { text: 'Lunch', to: { countries: ['GR'] } }),
		act('team.prompt', { team: a, text: 'Look again' }),
		act('team.prompt', { team: c, text: 'Look again' }),
		act('catchUp.hold'),
		act('catchUp.resume'),
		act('catchUp.setRate', { perMinute: 5 }),
		act('suggestion.dismiss', {
			inject: ids.ready,
			team: a,
			missed: { inject: ids.released, action: 'act-1' },
			note: 'They are about to'
		}),
		act('claim.take', { kind: 'question', subject: ids.question }),
		act('claim.take', { kind: 'country', subject: 'GR' }),
		act('claim.take', { kind: 'country', subject: 'IT', from: ids.handles }),
		act('claim.giveBack', { kind: 'country', subject: 'IT', of: ids.handles }),
		act('claim.giveBackAll'),
		act('help.ask', { topic: 'exercise', text: 'Where are we?' }),
		act('help.answer', { request: ids.help, answer: 'Click once.' }),
		act('help.close', { request: ids.help }),
		act('inject.adapt', {
			inject: ids.greek,
			fingerprint: ids.greekFingerprint,
			changes: { title: 'Greek again' }
		}),
		act('inject.submit', { cell: 'central', injects: [ids.draft] }),
		act('inject.return', { inject: ids.submitted.inject, reason }),
		act('inject.approve', { cell: 'central', injects: [ids.draft] }),
		act('inject.hold', { inject: ids.ready, reason }),
		act('inject.hold', { inject: ids.greek, reason }),
		act('inject.liftHold', { inject: ids.held }),
		act('inject.skip', { inject: ids.greek, reason }),
		act('inject.release', { inject: ids.ready }),
		act('inject.release', { inject: ids.greek }),
		act('inject.releaseAdHoc', {
			title: 'Ad hoc',
			body: richTextFromText('now'),
			to: { ...toAll, all: false, countries: ['GR'] }
		}),
		act('inject.recall', { inject: ids.released, reason }),
		act('inject.recall', { inject: ids.greek, reason }),
		act('inject.recall', { inject: ids.ready, reason }),
		act('inject.markAction', { inject: ids.released, team: a, action: 'act-1' }),
		act('inject.markAction', { inject: ids.released, team: c, action: 'act-1' }),
		act('inject.markAction', { inject: ids.ready, team: a, action: 'act-1' }),
		act('inject.markAction', { inject: ids.released, team: a, action: 'act-1', seen: 'partly' }),
		act('table.ask', { team: a, question: 'Whom do we tell?', seconds: 300 }),
		act('table.ask', { team: c, question: 'Whom do we tell?', seconds: 300 }),
		act('table.extend', { team: a, seconds: 120 }),
		act('table.clear', { team: a }),
		act('table.clear', { team: c }),
		act('delivery.see', { deliveries: [ids.deliveryA, ids.deliveryC] }),
		act('delivery.acknowledge', { delivery: ids.deliveryA }),
		act('delivery.acknowledge', { delivery: ids.deliveryC }),
		act('delivery.respond', { delivery: ids.deliveryA, text: 'Done' }),
		act('log.add', { team: a, text: 'Seen' }),
		act('log.add', { team: c, text: 'Seen' }),
		act('log.add', { team: a, text: 'Seen', files: [ids.fileA], incident: ids.incident }),
		act('log.add', { team: a, text: 'Seen', files: [ids.fileC] }),
		act('log.add', { team: c, text: 'Seen', incident: ids.incident }),
		act('log.methane', { team: a, report: { form: 'methane', location: 'Gate 3', type: 'Fire' } }),
		act('decision.record', { team: a, decision: { question: 'What?', chosen: 'That.' } }),
		act('decision.record', { team: a, decision: { question: 'What?', chosen: 'That.' }, supersedes: 1 }),
		act('decision.move', { team: a, number: 1, to: 'implemented' }),
		act('decision.move', { team: c, number: 1, to: 'implemented' }),
		act('incident.open', { team: a, content: { title: 'Down' } }),
		act('incident.update', { record: ids.incident, changes: { title: 'Two down' } }),
		act('incident.move', { record: ids.incident, to: 'open' }),
		act('incident.assess', { record: ids.incident, assessment: { of: 'significant', answer: 'unknown' } }),
		act('incident.attach', { record: ids.incident, files: [ids.fileA] }),
		act('incident.attach', { record: ids.incident, files: [ids.fileC] }),
		act('task.add', { team: a, content: { title: 'Call' }, assignee: { position: 'Desk' } }),
		act('task.add', { team: c, content: { title: 'Call' } }),
		act('task.change', { record: ids.task, changes: { priority: 'urgent' } }),
		act('task.assign', { record: ids.task, assignee: { position: 'Desk' } }),
		act('task.assign', { record: ids.task, assignee: { person: playerOf(scene, 'player A') } }),
		act('task.assign', { record: ids.task, assignee: { person: playerOf(scene, 'player C') } }),
		act('task.move', { record: ids.task, to: 'doing' }),
		act('task.note', { record: ids.task, note: 'Nobody answers' }),
		act('handover.offer', { team: a, to: playerOf(scene, 'player A'), text: { note: 'Quiet' } }),
		act('handover.offer', { team: c, to: playerOf(scene, 'player A'), text: { note: 'Quiet' } }),
		act('handover.accept', { record: ids.handover }),
		act('handover.withdraw', { record: ids.handover }),
		act('indicator.add', { team: a, content: { type: 'domain', value: 'gate.example' } }),
		act('indicator.withdraw', { record: ids.incident, reason: 'No indicator' }),
		act('interchange.import', {
			team: a,
			format: 'misp',
			items: [{ kind: 'incident', external: 'misp:event:1', content: { title: 'Gate' } }]
		}),
		act('media.publish', { kind: 'article', outlet: 'Daily', title: 'Gates', text: 'They stand open.' }),
		act('media.state', { team: a, title: 'Gates', text: 'We look into it.' }),
		// what is published by the press and by a team, and an id of something else
		...[ids.articles[0]!, ids.statements[0]!, ids.question].flatMap((item) => [
			act('media.comment', { item, text: 'Why?', outlet: '@harbourwatch' }),
			act('media.comment', { item, text: 'We answer.', team: a }),
			act('media.comment', { item, text: 'We answer.', team: c }),
			act('media.count', { item, counters: { likes: 1, shares: 1, views: 1 } })
		]),
		// what is taken back stays so: nobody gets through after the first
		...[ids.articles[1]!, ids.statements[1]!, ids.question].map((item) =>
			act('media.withdraw', { item, reason: 'Wrong' })
		),
		act('label.requestRelax', { shared: ids.sharedReport, wanted: 'clear', reason }),
		act('question.ask', { team: a, text: 'Who?' }),
		act('question.answer', { question: ids.question, answer: 'You.' }),
		...reportingActs(ids.reporting, teams),
		...channelActs(ids.channels, teams),
		...evaluationActs(ids.evaluation, teams, [ids.deliveryA, ids.deliveryC]),
		...findingActs(ids.findings, ids.evaluation, teams),
		...aarActs(ids.aar),
		act('statistics.share', { country: 'GR', shared: true }),
		act('statistics.share', { country: 'IT', shared: true }),
		act('statistics.share', { country: 'GR', shared: false }),
		act('statistics.share', { country: 'IT', shared: false }),
		act('affected.name', { country: 'FR', reason }),
		act('affected.takeBack', { country: 'FR', reason }),
		act('hotWash.add', { team: a, column: 'change', text: 'More coffee' }),
		act('hotWash.withdraw', { team: a, card: ids.card }),
		act('hotWash.vote', { team: a, card: ids.card, on: true })
	];
}

const playerOf = ({ cast }: Scene, who: string) => cast.find((one) => one.who === who)!.person!.id;

const tables = [
	'inject',
	'inject_version',
	'delivery',
	'question',
	'report',
	'channel',
	'channel_message',
	'report_share',
	'working_record',
	'hot_wash_card',
	'hot_wash_vote',
	'contribution',
	'report_version',
	'suggestion_dismissal',
	'work_claim',
	'help_request'
];

beforeAll(async () => {
	server = await startTestServer();
	const people = await castPeople(server);
	scenes = await Promise.all(
		exerciseStates.map((state) =>
			stageScene(server, people, state, { evaluatorsReadScript: false, reviewOpen: false })
		)
	);
	// so that nothing is released by itself while the matrix is run, and there is something to put back
	const { pool } = server.services.database;
	for (const table of [...tables, 'exercise'])
		await pool.query(`create table was_${table} as select * from ${table}`);
}, 120_000);
afterAll(() => server.close());

/** Puts back what a command changed. Facts and entries stay: nothing can take them away. */
async function putBack(scene: Scene, name: CommandName): Promise<void> {
	const { exercise, teams } = scene;
	if (name === 'inject.adapt') await putPagesBack(scene);
	const id = exercise.id.replace(/[^A-Za-z0-9_-]/g, '');
	const ofExercise = (table: string) =>
		table === 'inject_version' || table === 'suggestion_dismissal'
			? `inject_id in (select id from inject where exercise_id = '${id}')`
			: table === 'hot_wash_vote'
				? `card_id in (select id from hot_wash_card where exercise_id = '${id}')`
				: `exercise_id = '${id}'`;
	const was = (table: string) => ofExercise(table).replace('from ', 'from was_');
	await server.services.database.pool.query(
		[
			'begin',
			...[...tables].reverse().map((table) => `delete from ${table} where ${ofExercise(table)}`),
			...tables.map((table) => `insert into ${table} select * from was_${table} where ${was(table)}`),
			`update exercise set state = w.state, clock = w.clock, stop_reason = w.stop_reason,
				settings = w.settings || jsonb_build_object('authorMayApprove', exercise.settings -> 'authorMayApprove'),
				catch_up_held = w.catch_up_held, paced_at = w.paced_at
				from was_exercise w where w.id = exercise.id and exercise.id = '${id}'`,
			`update document set closed_at = null where name = 'exercise/${id}/worksheet/${teams[0]!.id}/report-2'`,
			`delete from document where exercise_id = '${id}' and (name like '%/report-3' or name like '%/notification-3' or name = 'exercise/${id}/worksheet/${teams[2]!.id}/report-1')`,
			'commit'
		].join(';\n')
	);
}

/** What a moderator adapts is written on the pages: the central one as it was, the country's empty. */
async function putPagesBack({ exercise, ids }: Scene): Promise<void> {
	const page = (cell: CellId) => documentName({ exercise: exercise.id, kind: 'script', cell });
	const { documents } = server.services;
	await documents.edit(page('central'), exercise.director.id, (doc) =>
		setFields(scriptInjects(doc).get(ids.greek)!, { title: 'Greek', translations: {} })
	);
	await documents.edit(page('GR'), exercise.director.id, (doc) => scriptInjects(doc).clear());
}

/** What the domain says: `ok`, or the code of the refusal. Read in a transaction that leaves nothing. */
async function decided(
	scene: Scene,
	player: Player,
	name: CommandName,
	input: Record<string, unknown>
): Promise<string> {
	if (!player.person) return 'unauthenticated';
	if (player.actor.memberships.length === 0) return 'not-found';
	const command = commands[name] as unknown as Command<CommandName, unknown, { exercise: Exercise }>;
	const parsed = command.input.parse(input);
	// what belongs to real rooms alone
	if (!mayIn('exercise', name)) return 'not-now';
	const { actor } = player;
	const exercise = (await server.services.exercises.load(scene.exercise.id))!;
	const state = await server.services.database.db.transaction((tx) =>
		loadState(
			{ tx, exercise, actor, documents: server.services.documents },
			name,
			parsed as Record<string, unknown>
		)
	);
	const wall = Date.now();
	const decision = command.decide(state as { exercise: Exercise }, parsed, actor, {
		wall,
		exercise: exerciseTimeAt(exercise.clock, wall),
		mint: <T extends string>() => randomBytes(12).toString('hex') as T
	});
	return 'refused' in decision ? decision.refused.code : 'ok';
}

async function send(
	player: Player,
	name: string,
	exercise: string,
	input: unknown
): Promise<{ status: number; body: string; came: string }> {
	const response = await fetch(`${server.url}/api/commands/${name}`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			origin: server.url,
			...(player.person && { cookie: player.person.cookie })
		},
		body: JSON.stringify({ exercise, key: randomBytes(12).toString('hex'), input })
	});
	const body = await response.text();
	const answer = JSON.parse(body) as { ok: boolean; error?: { code: string } };
	return { status: response.status, body, came: answer.ok ? 'ok' : answer.error!.code };
}

test('every command is in the matrix', () => {
	const names = new Set<string>(acts(scenes[0]!).map(({ name }) => name));
	expect(Object.keys(commands).filter((name) => !names.has(name))).toEqual([]);
	expect([...names].every(isCommandName)).toBe(true);
});

describe.concurrent('who may do what', () => {
	test.each(exerciseStates)(
		'[P1] [P2] [R12] while %s',
		async (state) => {
			const scene = scenes.find((one) => one.state === state)!;
			const wrong: string[] = [];
			const refusals = new Set<string>();
			let cells = 0;
			let done = 0;
			for (const { name, input } of acts(scene))
				for (const player of scene.cast) {
					const expected = await decided(scene, player, name, input);
					const { came, status, body } = await send(player, name, scene.exercise.id, input);
					cells++;
					const label = `${player.who}: ${name} ${JSON.stringify(input).slice(0, 60)}`;
					if (came !== expected) wrong.push(`${label}: ${came}, not ${expected}`);
					if ((came === 'ok') !== (status === 200)) wrong.push(`${label}: status ${status}`);
					if (came === 'not-found') refusals.add(body);
					if (came !== 'ok') continue;
					done++;
					await putBack(scene, name);
				}
			expect(wrong).toEqual([]);
			expect(cells).toBe(acts(scene).length * scene.cast.length);
			expect(done).toBeGreaterThan(5);
			// what is not there and what is not yours: one answer, whoever asks for whatever
			expect([...refusals]).toHaveLength(1);
		},
		// thousands of commands: on two cores that others use as well this takes its time
		600_000
	);
});

/** By hand: which commands each may ever get through, in any state, at A's and at everybody's things. */
const byHand: Record<string, string[]> = {
	'player A': [
		'channel.correct',
		'channel.open',
		'channel.post',
		'delivery.acknowledge',
		'delivery.respond',
		'delivery.see',
		'exercise.stop',
		'handover.accept',
		'help.ask',
		'help.close',
		'incident.assess',
		'incident.attach',
		'incident.move',
		'incident.open',
		'incident.update',
		'indicator.add',
		'interchange.import',
		'label.declineRelax',
		'label.grantRelax',
		'label.requestRelax',
		'log.add',
		'log.methane',
		'media.comment',
		'mode.propose',
		'notification.assess',
		'notification.begin',
		'notification.correct',
		'notification.endHandling',
		'notification.open',
		'question.ask',
		'request.ask',
		'request.close',
		'task.add',
		'task.assign',
		'task.change',
		'task.move',
		'task.note'
	],
	'player B': [
		'channel.open',
		'delivery.see',
		'exercise.stop',
		'help.ask',
		'label.requestRelax',
		'mode.propose',
		'notification.acknowledge',
		'notification.answer',
		'notification.requestReport',
		'request.acknowledge',
		'request.answer',
		'request.decline'
	],
	'player C': [
		'channel.open',
		'channel.post',
		'delivery.acknowledge',
		'delivery.see',
		'exercise.stop',
		'help.ask',
		'label.requestRelax',
		'log.add',
		'media.comment',
		'mode.decide',
		'mode.propose',
		'report.open',
		'request.ask',
		'task.add'
	],
	'evaluator A': [
		'delivery.see',
		'evaluation.correct',
		'evaluation.observe',
		'evaluation.rate',
		'evaluation.seeAction',
		'exercise.stop',
		'finding.cite',
		'help.ask',
		'inject.markAction'
	],
	'facilitator A': [
		'delivery.see',
		'exercise.stop',
		'help.ask',
		'log.add',
		'table.ask',
		'table.clear',
		'table.extend',
		'team.prompt'
	],
	'moderator GR': [
		'channel.open',
		'claim.giveBackAll',
		'claim.take',
		'delivery.see',
		'exercise.stop',
		'help.answer',
		'help.ask',
		'help.close',
		'inject.adapt',
		'inject.hold',
		'inject.markAction',
		'inject.release',
		'inject.releaseAdHoc',
		'inject.skip',
		'question.answer',
		'request.answer',
		'statistics.share',
		'suggestion.dismiss',
		'table.ask',
		'table.clear',
		'table.extend',
		'team.prompt'
	],
	'moderator IT': [
		'claim.giveBackAll',
		'delivery.see',
		'exercise.stop',
		'help.ask',
		'inject.markAction',
		'statistics.share',
		'table.ask',
		'table.clear',
		'team.prompt'
	],
	simcell: ['delivery.see', 'exercise.stop', 'help.ask', 'request.answer'],
	observer: ['delivery.see', 'exercise.stop', 'help.ask'],
	'planner GR': ['delivery.see', 'exercise.stop', 'help.ask'],
	'planner central': [
		'delivery.see',
		'exercise.stop',
		'help.ask',
		'inject.approve',
		'inject.return',
		'inject.submit'
	],
	stranger: [],
	'signed out': []
};

test.each(Object.keys(byHand))('[P1] [P2] the table written by hand, while running: %s', async (who) => {
	const scene = scenes.find((one) => one.state === 'running')!;
	const player = scene.cast.find((one) => one.who === who)!;
	const through = new Set<string>();
	await server.services.database.pool.query(
		`update exercise set settings = settings || '{"authorMayApprove": true}' where id = $1`,
		[scene.exercise.id]
	);
	for (const { name, input } of acts(scene)) {
		const { came } = await send(player, name, scene.exercise.id, input);
		if (came !== 'ok') continue;
		through.add(name);
		await putBack(scene, name);
	}
	expect([...through].sort()).toEqual(byHand[who]);
});

test('[R5] [P1] an unknown object, an unknown exercise and one that is not yours are refused in the same words', async () => {
	const scene = scenes.find((one) => one.state === 'running')!;
	for (const name of ['inject.submit', 'inject.approve'] as const)
		for (const player of scene.cast.filter(({ who }) =>
			['player B', 'planner GR', 'observer'].includes(who)
		)) {
			const asked = (cell: string) =>
				send(player, name, scene.exercise.id, { cell, injects: [scene.ids.draft] });
			// Italy has a script, France has none
			expect(await asked('IT'), `${player.who}: ${name}`).toEqual(await asked('FR'));
		}
	const outside = scene.cast.filter(({ who }) => ['stranger', 'player B', 'observer'].includes(who));
	for (const player of outside)
		for (const { name, input } of acts(scene)) {
			const real = await send(player, name, scene.exercise.id, input);
			if (player.who === 'stranger') {
				const elsewhere = await send(player, name, 'nobodys-exercise', input);
				expect(real, name).toEqual(elsewhere);
				expect(real.came).toBe('not-found');
				continue;
			}
			if (real.came !== 'not-found') continue;
			const text = JSON.stringify(input);
			const ids = [
				scene.ids.ready,
				scene.ids.greek,
				scene.ids.held,
				scene.ids.released,
				scene.ids.submitted.inject
			];
			const { reportFingerprint: _report, draftFingerprint: _draft, ...reporting } = scene.ids.reporting;
			ids.push(...Object.values(reporting));
			ids.push(...Object.values({ ...scene.ids.channels }));
			ids.push(scene.ids.findings.open, scene.ids.findings.circulated);
			const others = [scene.ids.draft.inject, scene.ids.deliveryA, scene.ids.deliveryC, scene.ids.question];
			ids.push(...scene.ids.articles, ...scene.ids.statements, scene.ids.sharedReport);
			const kept = [scene.ids.incident, scene.ids.task, scene.ids.handover, scene.ids.fileA, scene.ids.fileC];
			let unknown = text;
			const conduct = [scene.ids.help, scene.ids.handles, scene.ids.released];
			const teams = scene.teams.map((team) => team.id);
			for (const id of [...ids, ...others, ...conduct, ...kept, scene.ids.card, ...teams])
				unknown = unknown.replaceAll(id, 'nobodys-thing-0000');
			// a country whose script exists, and one that has none
			unknown = unknown.replace('"central"', '"FR"').replace('"GR"', '"FR"').replace('"IT"', '"FR"');
			if (!['inject.releaseAdHoc', 'claim.giveBackAll', 'aar.publish'].includes(name))
				expect(unknown, name).not.toBe(text);
			expect(await send(player, name, scene.exercise.id, JSON.parse(unknown)), name).toEqual(real);
		}
}, 60_000);
