import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { DeliveryId, InjectId } from '#lib/exercise/ids.ts';
import type { Clause, Inject, Schedule } from '#lib/exercise/inject/schema.ts';
import { databaseNow } from '#server/database/open.ts';
import { loadOpen } from '#server/commands/open.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { timelineEntries, type EntryBody } from '#lib/exercise/timeline.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { readDeliveries } from '#server/exchange/record/deliveries.ts';
import { openRecord } from '#server/exchange/record/read.ts';
import type { BoardAnswer } from '#server/views/board.ts';
import { eventually } from '../../support/eventually.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startNodes, type TestNode, type TestNodes } from '../../support/nodes.ts';
import { RawClient } from '../../support/raw-client.ts';
import { readMail, startSmtp, type TestSmtp } from '../../support/smtp.ts';

/** Taking a released inject back, on two nodes, with mail and files, on a real PostgreSQL. */

let folder: string;
let smtp: TestSmtp;
let cluster: TestNodes;
let server: TestNode;
let exercise: TestExercise;
let greek: Team;
let italian: Team;
let people: Record<'greek' | 'italian' | 'moderator' | 'evaluator' | 'controller', Person>;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'muster-recall-'));
	smtp = await startSmtp();
	cluster = await startNodes(2, undefined, {
		FILES_DIR: folder,
		SMTP_URL: smtp.url,
		MAIL_FROM: 'Muster <muster@example.test>'
	});
	server = cluster.nodes[0]!;
	exercise = await TestExercise.create(server);
	[greek, italian] = (await server.services.exercises.addTeams(
		exercise.id,
		[
			{ name: 'GR CSIRT', country: 'GR', level: 'technical', language: 'el' },
			{ name: 'IT CSIRT', country: 'IT', level: 'technical' }
		],
		exercise.director.id
	)) as [Team, Team];
	people = {
		greek: await exercise.member('Greek', { role: 'player', teamId: greek.id }),
		italian: await exercise.member('Italian', { role: 'player', teamId: italian.id }),
		moderator: await exercise.member('Moderator', { role: 'moderator', country: 'GR' }),
		evaluator: await exercise.member('Evaluator', { role: 'evaluator', teamId: greek.id }),
		controller: await exercise.member('Controller', { role: 'controller' })
	};
	await exercise.approved({ title: 'First', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
}, 120_000);
afterAll(async () => {
	await cluster.close();
	await smtp.stop();
	await rm(folder, { recursive: true, force: true });
});
beforeEach(() => void smtp.arrived.splice(0));

const query = async <T extends object>(sql: string, values: unknown[] = []) =>
	(await server.services.database.pool.query(sql, values)).rows as T[];
const clause = (inject: string, values: Partial<Clause> = {}): Clause => ({
	inject: inject as InjectId,
	act: 'acknowledged',
	action: null,
	not: false,
	withinSeconds: null,
	...values
});
const when = (seconds: number, ...clauses: Clause[]): Schedule => ({
	mode: 'condition',
	when: { match: 'all', clauses },
	seconds
});
const asks = {
	acknowledgementRequired: true,
	acknowledgeWithin: 600,
	responseRequired: true,
	respondWithin: 1200
} as const;
const release = (inject: Inject) => exercise.must(exercise.director, 'inject.release', { inject: inject.id });
const recall = (inject: Inject, person = people.controller) =>
	exercise.send(person, 'inject.recall', { inject: inject.id, reason: 'Sent to the wrong teams' });
const row = async (inject: Inject) =>
	(
		await query<{ state: string; reason: string | null; due_at: string | null; recalled_at: string | null }>(
			'select state, reason, due_at, recalled_at from inject where id = $1',
			[inject.id]
		)
	)[0]!;
const delivery = async (inject: Inject, team: Team) =>
	(
		await query<{ id: DeliveryId }>('select id from delivery where inject_id = $1 and team_id = $2', [
			inject.id,
			team.id
		])
	)[0]!.id;
const dues = async (inject: Inject) =>
	(await query<{ team_id: string }>('select team_id from team_due where inject_id = $1', [inject.id])).map(
		(one) => one.team_id
	);
async function entries(name: string): Promise<EntryBody[]> {
	const doc = await server.services.documents.read(name);
	return [...timelineEntries(doc).values()].sort((a, b) => a.order - b.order).map(({ body }) => body);
}
async function as(person: Person) {
	const { exercise: found, actor } = await server.services.exercises.open(exercise.id, person);
	return { found, actor, views: server.services.views, database: server.services.database };
}
async function board(person: Person): Promise<BoardAnswer> {
	const { found, actor, views, database } = await as(person);
	return JSON.parse(await views.board.boardJson(database, found, actor, null)) as BoardAnswer;
}
const codeOf = (answer: Awaited<ReturnType<typeof recall>>) => (answer.ok ? 'ok' : answer.error.code);

test('[P7] the teams read that it was recalled and why, each its own title; what they read stays; who did it is for exercise control', async () => {
	const client = await RawClient.synced({
		url: server.url,
		name: exercise.timeline(italian.id),
		cookie: people.italian.cookie
	});
	const [inject] = await exercise.approved({
		title: 'Cranes',
		reference: 'KANARIE-41',
		controllerNotes: 'KANARIE',
		translations: { el: { title: 'Γερανοί', body: richTextFromText('…') } },
		to: toAll
	});
	await release(inject!);
	expect(await recall(inject!)).toEqual({ ok: true, result: { teams: 2, held: 0 } });
	await client.until(() => client.bytes().includes('Sent to the wrong teams'), 'the recall');
	// neither planning nor another team's language, nor whoever recalled it
	for (const word of ['KANARIE', 'Γερανοί', 'Controller', inject!.id, greek.id])
		expect([word, client.bytes().includes(word)]).toEqual([word, false]);
	client.close();
	const recalled = (await entries(exercise.timeline(greek.id))).slice(-2);
	expect(recalled).toMatchObject([
		{ kind: 'inject', inject: { title: 'Γερανοί' } },
		{ kind: 'inject-recalled', title: 'Γερανοί', tlp: inject!.tlp, reason: 'Sent to the wrong teams' }
	]);
	expect((await entries(exercise.timeline('control'))).at(-1)).toMatchObject({
		kind: 'recalled',
		reference: 'KANARIE-41',
		teams: expect.arrayContaining([
			{ id: greek.id, name: greek.name },
			{ id: italian.id, name: italian.name }
		])
	});
	expect(await row(inject!)).toMatchObject({ state: 'recalled', reason: 'Sent to the wrong teams' });
	// once
	expect(codeOf(await recall(inject!))).toBe('stale');
	expect(codeOf(await exercise.send(exercise.director, 'inject.release', { inject: inject!.id }))).toBe(
		'stale'
	);
});

test('[P1] [P2] a moderator recalls what stayed in the own country; more is refused, and to players it does not exist', async () => {
	const [national, everywhere] = await exercise.approved(
		{ title: 'National', to: { ...toAll, all: false, countries: ['GR'] } },
		{ title: 'Everywhere', to: toAll }
	);
	await release(national!);
	await release(everywhere!);
	expect(codeOf(await recall(everywhere!, people.moderator))).toBe('forbidden');
	for (const person of [people.greek, people.evaluator])
		expect([person.name, codeOf(await recall(national!, person))]).toEqual([person.name, 'not-found']);
	const detail = async (inject: Inject) => {
		const { found, actor, views, database } = await as(people.moderator);
		return views.injects.injectDetail(database, found, actor, inject.id);
	};
	expect([(await detail(everywhere!)).mayRecall, (await detail(national!)).mayRecall]).toEqual([false, true]);
	expect(codeOf(await recall(national!, people.moderator))).toBe('ok');
	expect(await detail(national!)).toMatchObject({
		state: 'recalled',
		mayRecall: false,
		teams: [greek.id],
		reason: 'Sent to the wrong teams'
	});
	expect((await detail(national!)).recalledAt).not.toBeNull();
});

test('nothing more is asked of the teams, and nothing of it is overdue', async () => {
	const [inject] = await exercise.approved({ title: 'Asks', to: toAll, ...asks });
	await release(inject!);
	const own = await delivery(inject!, greek);
	await exercise.must(people.italian, 'delivery.acknowledge', { delivery: await delivery(inject!, italian) });
	await exercise.must(exercise.director, 'clock.jump', {
		to:
			Number(
				(await query<{ t: string }>('select released_at as t from inject where id = $1', [inject!.id]))[0]!.t
			) + 7_200_000,
		reason: 'Two hours later'
	});
	const overdue = async () => {
		const { found, actor, database } = await as(exercise.director);
		const record = await openRecord(database, found, actor);
		return (await readDeliveries(record, null)).filter((one) => one.injectKey === inject!.id);
	};
	expect((await overdue()).every((one) => one.respondBy !== null)).toBe(true);
	expect(codeOf(await recall(inject!))).toBe('ok');
	for (const one of await overdue())
		expect([one.team, one.acknowledgeBy === null, one.respondBy === null]).toEqual([
			one.team,
			// it was acknowledged in time, which stays true
			one.team === 'GR CSIRT',
			true
		]);
	const refused = [
		await exercise.send(people.greek, 'delivery.acknowledge', { delivery: own }),
		await exercise.send(people.greek, 'delivery.respond', { delivery: own, text: 'Done' })
	];
	expect(refused.map(codeOf)).toEqual(['not-now', 'not-now']);
	// that a screen showed it is still told
	await exercise.must(people.greek, 'delivery.see', { deliveries: [own] });
	const shown = (await board(exercise.director)).injects.find(({ id }) => id === inject!.id);
	expect(shown).toMatchObject({ state: 'recalled', reason: 'Sent to the wrong teams' });
	expect(shown).not.toHaveProperty('to');
});

test('[P5] conditions that depend on it hold no more; what is out by then stays out', async () => {
	const [asked] = await exercise.approved({ title: 'Asked', reference: 'Q', to: toAll, ...asks });
	const [fast, slow, undone] = await exercise.approved(
		{ title: 'At once', to: toAll, schedule: when(0, clause(asked!.id)) },
		{ title: 'Later', to: toAll, schedule: when(86_400, clause(asked!.id)) },
		{ title: 'Undone', to: toAll, schedule: when(0, clause(asked!.id, { not: true, withinSeconds: 86_400 })) }
	);
	await release(asked!);
	await exercise.must(people.greek, 'delivery.acknowledge', { delivery: await delivery(asked!, greek) });
	await eventually(
		async () => (await query('select 1 from delivery where inject_id = $1', [fast!.id])).length === 1,
		'the Greek delivery'
	);
	expect(await dues(slow!)).toEqual([greek.id]);
	expect(await dues(undone!)).toEqual([italian.id]);
	expect(codeOf(await recall(asked!))).toBe('ok');
	expect([await dues(slow!), await dues(undone!)]).toEqual([[], []]);
	expect((await query('select 1 from delivery where inject_id = $1', [fast!.id])).length).toBe(1);
	// approved afterwards, it does not count what was done with the recalled one
	const [later] = await exercise.approved({
		title: 'Approved later',
		to: toAll,
		schedule: when(3600, clause(asked!.id))
	});
	expect(await dues(later!)).toEqual([]);
});

test('one that goes team by team is over for those too that still wait', async () => {
	const [asked] = await exercise.approved({ title: 'Asked', to: toAll, ...asks });
	const [waits] = await exercise.approved({
		title: 'Waits',
		to: toAll,
		schedule: when(0, clause(asked!.id))
	});
	await release(asked!);
	await exercise.must(people.greek, 'delivery.acknowledge', { delivery: await delivery(asked!, greek) });
	await eventually(
		async () => (await query('select 1 from delivery where inject_id = $1', [waits!.id])).length === 1,
		'the Greek delivery'
	);
	expect(await recall(waits!)).toEqual({ ok: true, result: { teams: 1, held: 0 } });
	await exercise.must(people.italian, 'delivery.acknowledge', { delivery: await delivery(asked!, italian) });
	expect(await dues(waits!)).toEqual([]);
	expect((await row(waits!)).state).toBe('recalled');
});

test('what is scheduled after it is held until somebody decides, and goes on at its time when it is let go', async () => {
	const [first] = await exercise.approved({ title: 'First', reference: 'A-1', to: toAll });
	const [soon, handed] = await exercise.approved(
		{ title: 'Follows', to: toAll, schedule: { mode: 'after', inject: first!.id, seconds: 86_400 } },
		{ title: 'Handed out', to: toAll, schedule: { mode: 'after', inject: first!.id, seconds: 86_400 } }
	);
	await release(first!);
	await release(handed!);
	const { due_at: due } = await row(soon!);
	expect(await recall(first!)).toEqual({ ok: true, result: { teams: 2, held: 1 } });
	expect(await row(soon!)).toMatchObject({
		state: 'held',
		reason: 'It follows A-1, which was recalled.'
	});
	expect((await row(handed!)).state).toBe('released');
	await exercise.must(people.controller, 'inject.liftHold', { inject: soon!.id });
	expect(await row(soon!)).toMatchObject({ state: 'ready', due_at: due });
	await exercise.must(people.controller, 'inject.skip', { inject: soon!.id, reason: 'Done' });
});

test('replay shows it as delivered and late before the recall, and from then on as recalled', async () => {
	const [inject] = await exercise.approved({ title: 'Replayed', to: toAll, ...asks });
	await release(inject!);
	const { found } = await as(exercise.director);
	await exercise.must(exercise.director, 'clock.jump', {
		to: exerciseTimeAt(found.clock, await databaseNow(server.services.database.db))! + 7_200_000,
		reason: 'Two hours later'
	});
	const before = await databaseNow(server.services.database.db);
	expect(codeOf(await recall(inject!))).toBe('ok');
	const after = await databaseNow(server.services.database.db);
	const at = async (person: Person, wall: number) => {
		const { found: now, actor, views, database } = await as(person);
		const { injects, teams } = await views.replayDeliveries.replayDeliveries(database, now, actor, wall);
		return { inject: injects.find(({ id }) => id === inject!.id)!, teams };
	};
	expect((await at(exercise.director, before)).inject).toMatchObject({
		released: 2,
		overdue: 2,
		recalled: false
	});
	expect((await at(exercise.director, after)).inject).toMatchObject({
		released: 2,
		overdue: 0,
		recalled: true
	});
	// a moderator reads the same of the own country
	const own = (await at(people.moderator, after)).inject;
	expect(own).toMatchObject({ released: 1, overdue: 0, recalled: true });
});

test('a handover lists nothing of it, evaluators read when it was taken back, and no contingency is suggested for it', async () => {
	const [inject] = await exercise.approved({
		title: 'Expects',
		reference: 'X-1',
		to: toAll,
		...asks,
		expectedActions: [{ id: 'call', text: 'Calls', withinSeconds: 60, critical: true }]
	});
	await exercise.approved({
		title: 'In reserve',
		to: toAll,
		schedule: {
			mode: 'contingency',
			condition: 'Nobody called',
			missed: { inject: inject!.id, action: 'call' }
		}
	});
	await release(inject!);
	const handover = async () => {
		const { found, database } = await as(exercise.director);
		return database.db.transaction((tx) => loadOpen(tx, found, greek));
	};
	const expected = async () => {
		const { found, actor, views, database } = await as(people.evaluator);
		return (await views.evaluation.expected(database, found, actor, greek.id)).find(
			({ title }) => title === 'Expects'
		);
	};
	const suggested = async () => {
		const { found, actor, views, database } = await as(exercise.director);
		return (await views.conduct.suggestions(database, found, actor)).filter(
			({ missed }) => missed.inject === inject!.id
		).length;
	};
	expect(JSON.stringify(await handover())).toContain('Expects');
	expect((await expected())?.recalledAt).toBeNull();
	expect(await suggested()).toBe(2);
	expect(codeOf(await recall(inject!))).toBe('ok');
	expect(JSON.stringify(await handover())).not.toContain('Expects');
	expect((await expected())?.recalledAt).toBe(Number((await row(inject!)).recalled_at));
	await eventually(async () => (await suggested()) === 0, 'no suggestion');
});

test('its files open for nobody who reads the team’s room any more', async () => {
	const response = await fetch(`${server.url}/api/scripts/${exercise.id}/central/files`, {
		method: 'POST',
		headers: {
			'content-type': 'application/octet-stream',
			'x-file-name': 'note.txt',
			origin: server.url,
			cookie: exercise.director.cookie
		},
		body: 'synthetic'
	});
	const file = (await response.json()) as Inject['attachments'][number];
	const [inject] = await exercise.approved({ title: 'With a file', to: toAll, attachments: [file] });
	await release(inject!);
	const [{ grant }] = (await query<{ grant: string }>(
		'select g.id as grant from attachment_grant g join delivery d on d.id = g.delivery_id where d.inject_id = $1 and d.team_id = $2',
		[inject!.id, greek.id]
	)) as [{ grant: string }];
	const open = async (person: Person) =>
		(await fetch(`${server.url}/files/${grant}`, { headers: { cookie: person.cookie } })).status;
	const archive = async () => {
		const { found, actor } = await as(exercise.director);
		const { body } = await server.services.transfer.country(found, actor, 'GR');
		return Buffer.from(await new Response(body).arrayBuffer()).toString('latin1');
	};
	expect(await open(people.greek)).toBe(200);
	expect(await archive()).toContain('note.txt');
	await exercise.must(people.controller, 'inject.recall', { inject: inject!.id, reason: 'Wrong file' });
	expect(await archive()).not.toContain('note.txt');
	expect([await open(people.greek), await open(people.evaluator)]).toEqual([404, 404]);
});

test('[P8] sent by mail, the same people are told by mail; what has not left never leaves', async () => {
	const [inject] = await exercise.approved({
		title: 'Odd logins',
		reference: 'KANARIE-77',
		channel: 'email',
		tlp: 'green',
		to: toAll
	});
	// one address takes nothing: its mail waits, and is given up in the end
	const failing = people.italian.email;
	smtp.answer(failing, 451);
	await release(inject!);
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(1);
	await expect
		.poll(
			async () =>
				(await query('select 1 from mail where to_address = $1 and attempts = 1', [failing])).length,
			{
				timeout: 10_000
			}
		)
		.toBe(1);
	expect(codeOf(await recall(inject!))).toBe('ok');
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(2);
	const { headers, text } = readMail(smtp.arrived[1]!);
	expect(smtp.arrived[1]!.to).toEqual([people.greek.email]);
	expect(headers.get('subject')).toBe('[EXERCISE] [TLP:GREEN] Recalled: Odd logins');
	expect(text).toMatch(
		/^EXERCISE EXERCISE EXERCISE\n[^]*Reason: Sent to the wrong teams[^]*Do not act on it/
	);
	expect(text).toContain(`/exercises/${exercise.id}/teams/${greek.id}`);
	expect(smtp.arrived[1]!.raw).not.toMatch(/KANARIE|Controller|IT CSIRT/);
	// tried once, so nobody knows whether it arrived: it is told too, and not tried again
	const waiting = await query<{ kind: string }>(
		"select kind from mail where to_address = $1 and state = 'queued'",
		[failing]
	);
	expect(waiting).toEqual([{ kind: 'recall' }]);
	smtp.answer(failing, null);
});

test('TLP:RED: the mail says that something was recalled, and nothing of it', async () => {
	const [inject] = await exercise.approved({
		title: 'ZEISIG title',
		channel: 'email',
		tlp: 'red',
		to: toAll
	});
	await release(inject!);
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
	const before = smtp.arrived.length;
	await exercise.must(people.controller, 'inject.recall', { inject: inject!.id, reason: 'ZEISIG reason' });
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(before + 2);
	for (const arrived of smtp.arrived.slice(before)) {
		expect(readMail(arrived).headers.get('subject')).toBe(
			'[EXERCISE] Something for your team was recalled, TLP:RED'
		);
		expect(arrived.raw).not.toContain('ZEISIG');
	}
});

test('released and recalled before anything left: nobody hears of it by mail', async () => {
	// a post that was closed opens no more: the last of these tests that sends
	for (const node of cluster.nodes) await node.services.mail.stop();
	const [quick] = await exercise.approved({ title: 'Quick', channel: 'email', to: toAll });
	await release(quick!);
	expect(codeOf(await recall(quick!))).toBe('ok');
	expect(
		await query(
			"select 1 from mail where once like 'inject/%' and state = 'queued' or kind = 'recall' and subject like '%Quick%'"
		)
	).toEqual([]);
});

test('[P4] [R10] recalled and released at one moment, on two nodes and by several hands: once, and no team gets it afterwards', async () => {
	for (let round = 0; round < 6; round++) {
		const [asked] = await exercise.approved({ title: `Asked ${round}`, to: toAll, ...asks });
		const [waits] = await exercise.approved({
			title: `Waits ${round}`,
			to: toAll,
			schedule: when(0, clause(asked!.id))
		});
		await release(asked!);
		await exercise.must(people.greek, 'delivery.acknowledge', { delivery: await delivery(asked!, greek) });
		await eventually(
			async () => (await query('select 1 from delivery where inject_id = $1', [waits!.id])).length === 1,
			'the Greek delivery'
		);
		const italians = await delivery(asked!, italian);
		const answers = await Promise.all([
			recall(waits!),
			recall(waits!, exercise.director),
			exercise.send(people.italian, 'delivery.acknowledge', { delivery: italians }),
			exercise.send(exercise.director, 'inject.release', { inject: waits!.id }),
			cluster.nodes[1]!.services.commands.releaseDue(exercise.id, waits!.id)
		]);
		const recalls = (answers.slice(0, 2) as Awaited<ReturnType<typeof recall>>[]).map(codeOf).sort();
		expect(recalls).toEqual(['ok', 'stale']);
		const facts = await query<{ kind: string }>(
			`select kind from fact where fact ->> 'inject' = $1 and kind in ('inject-released', 'inject-recalled') order by sequence`,
			[waits!.id]
		);
		expect(facts.map(({ kind }) => kind).lastIndexOf('inject-released')).toBeLessThan(
			facts.findIndex(({ kind }) => kind === 'inject-recalled')
		);
		// whoever has it was told
		const told = await query<{ n: number }>(
			`select jsonb_array_length(fact -> 'deliveries') as n from fact where kind = 'inject-recalled' and fact ->> 'inject' = $1`,
			[waits!.id]
		);
		const has = await query('select 1 from delivery where inject_id = $1', [waits!.id]);
		expect(told).toEqual([{ n: has.length }]);
		expect(await dues(waits!)).toEqual([]);
	}
});

test('[R17] the record tells it in each reader’s words, and the text that was read stays in it', async () => {
	const [inject] = await exercise.approved({
		title: 'Cranes again',
		reference: 'KANARIE-99',
		body: richTextFromText('They stand still'),
		to: { ...toAll, all: false, countries: ['GR'] }
	});
	await release(inject!);
	await recall(inject!);
	const lines = async (person: Person) => {
		const { found, actor, views, database } = await as(person);
		return JSON.stringify(
			await views.record.facts(database, found, actor, { ...noFilters, groups: ['injects'] }, {
				before: null,
				after: null
			} as never)
		);
	};
	for (const person of [people.controller, people.evaluator]) {
		const said = await lines(person);
		expect(said).toContain('Recalled from GR CSIRT: inject KANARIE-99 “Cranes again”.');
		expect(said).toContain('They stand still');
	}
	const own = await lines(people.greek);
	expect(own).toContain('Exercise control recalled “Cranes again”.');
	expect(own).not.toMatch(/KANARIE|Controller/);
	expect(await lines(people.italian)).not.toContain('Cranes again');
});

test('[R13] the audit chain is whole, and each recall is in it', async () => {
	expect((await verifyAudit(server.services.database, exercise.id)).broken).toBeNull();
	const recalls = await query("select 1 from audit where scope = $1 and act = 'inject.recall'", [
		exercise.id
	]);
	const facts = await query("select 1 from fact where exercise_id = $1 and kind = 'inject-recalled'", [
		exercise.id
	]);
	expect(recalls.length).toBe(facts.length);
	expect(facts.length).toBeGreaterThan(10);
});
