import type * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addInject, newInject } from '#lib/exercise/inject/schema.ts';
import {
	contributionFingerprint,
	contributionText,
	freezeContribution
} from '#lib/exercise/aar/contribution.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { archiveParts } from '#server/exchange/archive/parts.ts';
import { verifyReports } from '#server/exchange/report/verify.ts';
import { verifyDocuments } from '#server/documents/verify.ts';
import { musterOn } from '../../support/muster-command.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { PlayedExercise } from '../review/played.ts';

/* A played exercise whose day has come. Each test goes on from the one before. */

let server: TestServer;
let played: PlayedExercise;
let id: string;
/** who was in it, with the director; each name is of two words */
let names: string[];
let addresses: string[];
let accounts: string[];

const query = async (text: string, values: unknown[] = []) =>
	(await server.services.database.pool.query(text, values)).rows as Record<string, unknown>[];
const open = (person: { id: string }) => server.services.exercises.open(id, person as never);
const verdict = () => verifyAudit(server.services.database, id);
const notes = () => played.play.notes(played.teams.gr.id);
const moveDay = (day: string) =>
	query(`update exercise set erase_on = ${day}, erase_reason = 'test' where id = $1`, [id]);

beforeAll(async () => {
	server = await startTestServer({
		environment: { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'muster@example.test' }
	});
	played = await PlayedExercise.create(server);
	id = played.play.id;
	const { greek, lead } = played.people;
	await query(`update account set name = 'Diana Director' where id = $1`, [played.play.director.id]);
	const people = [...Object.values(played.people), { ...played.play.director, name: 'Diana Director' }];
	names = people.map(({ name }) => name);
	addresses = people.map(({ email }) => email);
	accounts = people.map((one) => one.id);
	// somebody writes of others: in a fact, in a page at once and key by key, and takes it out again
	await played.play.must({ ...played.play.director, name: 'Diana Director' }, 'announcement.make', {
		text: `Ask ${greek.name} or LEDA LEAD <${lead.email}>, the greek team knows.`,
		tlp: 'green'
	});
	const write = (change: (text: Y.Text) => void) =>
		server.services.documents.edit(notes(), greek.id, (doc) => change(doc.getText('written')));
	await write((text) => text.insert(0, `Called ${lead.name} at ten.`));
	await write((text) => text.insert(text.length, ` Then ${lead.name} left.`));
	for (const sign of ' Otto Observer saw it') await write((text) => text.insert(text.length, sign));
	await write((text) => text.insert(0, 'Eva Evaluator was wrong. '));
	await write((text) => text.delete(0, 'Eva Evaluator was wrong. '.length));
	await server.services.documents.edit(
		documentName({ exercise: played.play.id, kind: 'script', cell: 'central' }),
		greek.id,
		(doc) =>
			addInject(doc, newInject('inject-naming-0001' as never, { title: `As ${greek.name} said` }), 'zz')
	);
	await report();
}, 120_000);
afterAll(() => server.close());

/** A country names somebody in its contribution; a full report and a public one are frozen. */
async function report(): Promise<void> {
	const { services } = server;
	const { moderator, greek } = played.people;
	const name = documentName({ exercise: played.play.id, kind: 'contribution', country: 'GR' });
	await services.documents.edit(name, moderator.id, (doc) =>
		writeFragment(contributionText(doc, 'did'), richTextFromText(`${greek.name} did it all.`))
	);
	const draft = freezeContribution(await services.documents.read(name), 'GR', 'amber');
	await played.play.must(moderator, 'contribution.handOver', {
		country: 'GR',
		fingerprint: contributionFingerprint(draft)
	});
	const { exercise, actor } = await open(played.play.director);
	for (const [i, extent] of ['full', 'public'].entries())
		await services.views.aar.freezeReport(services, exercise, actor, {
			extent,
			country: null,
			number: i + 1
		});
}

/** Everything that the database has of the exercise, as text: rows, and pages as they are stored. */
async function everything(): Promise<{ where: string; text: string }[]> {
	const found: { where: string; text: string }[] = [];
	for (const { table, scope } of archiveParts) {
		const rows = await query(`select t::text as text from (select * from ${table} where ${scope}) t`, [id]);
		for (const { text } of rows) found.push({ where: table, text: String(text) });
	}
	for (const table of ['mail', 'invitation', 'looked', 'notice_cursor'])
		for (const { text } of await query(`select t::text as text from ${table} t where exercise_id = $1`, [id]))
			found.push({ where: table, text: String(text) });
	for (const [table, column] of [
		['document_update', 'bytes'],
		['document_snapshot', 'bytes'],
		['document_snapshot', 'deletes']
	])
		for (const row of await query(
			`select ${column} as bytes from ${table} where document in (select name from document where exercise_id = $1)`,
			[id]
		))
			found.push({ where: `${table}.${column}`, text: (row['bytes'] as Buffer).toString('utf8') });
	return found;
}

const holds = async (words: readonly string[]) =>
	(await everything()).flatMap(({ where, text }) =>
		words.filter((word) => text.toLowerCase().includes(word.toLowerCase())).map((word) => `${where}: ${word}`)
	);

test('the director alone chooses the day, with a reason; everybody in the exercise reads it', async () => {
	const { erasure } = server.services;
	const director = await open(played.play.director);
	const before = await erasure.view(director.exercise, director.actor);
	expect(before).toMatchObject({ day: null, proposed: '2027-06-10', erasedAt: null, mayChoose: true });
	for (const person of Object.values(played.people)) {
		const { exercise, actor } = await open(person);
		await expect(
			erasure.choose(exercise, actor, { day: '2028-01-01', reason: 'because' })
		).rejects.toMatchObject({ code: 'forbidden' });
		expect(await erasure.view(exercise, actor)).toMatchObject({ day: null, mayChoose: false });
	}
	const choose = (day: string, reason = 'The audit office wants it.') =>
		erasure.choose(director.exercise, director.actor, { day, reason });
	for (const day of ['2020-01-01', 'soon', '2027-02-30', '2199-01-01'])
		await expect(choose(day)).rejects.toMatchObject({ code: 'invalid' });
	await expect(choose('2028-01-01', ' ')).rejects.toMatchObject({ code: 'invalid' });
	await choose('2028-01-01');
	await choose('2028-02-01', 'One month more for the report.');
	const { exercise, actor } = await open(played.people.italian);
	expect(await erasure.view(exercise, actor)).toMatchObject({
		day: '2028-02-01',
		reason: 'One month more for the report.'
	});
	const acts = await query(
		`select detail from audit where scope = $1 and act = 'erasure.chosen' order by sequence`,
		[id]
	);
	expect(acts.map(({ detail }) => detail)).toMatchObject([
		{ from: null, to: '2028-01-01' },
		{ from: '2028-01-01', to: '2028-02-01', reason: 'One month more for the report.' }
	]);
	const outsider = await server.person('Nobody Here');
	const none = { accountId: outsider.id, memberships: [] } as never;
	await expect(erasure.view(exercise, none)).rejects.toMatchObject({ code: 'not-found' });
	await expect(erasure.choose(exercise, none, { day: '2028-01-01', reason: 'x' })).rejects.toMatchObject({
		code: 'not-found'
	});
});

test('the command says the day, moves it with a reason, and erases nothing before it', async () => {
	const muster = (...words: string[]) =>
		musterOn(server.services.database, ['exercise', 'erase', id, ...words]);
	const moved = await muster('--on', '2028-03-01', '--reason', 'As the ministry asked.', '--json');
	expect(moved).toMatchObject({ code: 0, err: '' });
	expect(JSON.parse(moved.out)).toMatchObject({ ok: true, day: '2028-03-01', erasedAt: null });
	const said = await muster();
	expect(said).toMatchObject({
		code: 0,
		out: 'The names of Test exercise are erased on 2028-03-01: As the ministry asked.\n'
	});
	const early = await muster('--now');
	expect(early.code).toBe(1);
	expect(early.err).toContain('Nothing was erased');
	expect(await muster('--on', '2020-01-01', '--reason', 'too early')).toMatchObject({ code: 1 });
	expect(await muster('--on', '2029-01-01')).toMatchObject({ code: 2 });
	const { exercise, actor } = await open(played.people.italian);
	expect(await server.services.erasure.view(exercise, actor)).toMatchObject({ day: '2028-03-01' });
}, 120_000);

test('directors are reminded 30 and 7 days before, once each, and nothing is erased before the day', async () => {
	const { erasure } = server.services;
	const queued = () =>
		query(`select subject, to_address from mail where kind = 'erasure' and exercise_id = $1`, [id]);
	await moveDay(`current_date + 40`);
	expect(await erasure.look()).toEqual([]);
	expect(await queued()).toHaveLength(0);
	for (const [days, count] of [
		[30, 1],
		[12, 1],
		[7, 2],
		[1, 2]
	] as const) {
		// the same day, seen from nearer: the mail names the day
		await query(
			`update mail set once = replace(once, substring(once from '\\d{4}-\\d{2}-\\d{2}'), (current_date + ${days})::text) where kind = 'erasure'`
		);
		await moveDay(`current_date + ${days}`);
		for (const again of [1, 2]) expect({ again, done: await erasure.look() }).toEqual({ again, done: [] });
		expect(await queued()).toHaveLength(count);
	}
	expect((await queued())[0]).toMatchObject({ to_address: played.play.director.email });
	expect((await verdict()).erased).toEqual({ rows: 0, facts: 0 });
});

test('[R13] before its day, nobody gets past the triggers by saying that it is an erasure', async () => {
	const attempt = async (statement: string) => {
		const client = await server.services.database.pool.connect();
		try {
			await client.query('begin');
			await client.query(`select set_config('muster.erasing', $1, true)`, [id]);
			await client.query(statement, [id]);
		} finally {
			await client.query('rollback');
			client.release();
		}
	};
	const naming = `update fact set actor_name = 'x' where exercise_id = $1`;
	await expect(attempt(naming)).rejects.toThrow('never changed or deleted');
	await moveDay('current_date');
	await expect(attempt(naming)).resolves.toBeUndefined();
	// and on its day in the columns of names alone, and no row goes
	for (const statement of [
		`update fact set wall_at = now() where exercise_id = $1`,
		`update audit set hash = 'x' where scope = $1`,
		`update audit set act = 'x' where scope = $1`,
		`delete from fact where exercise_id = $1`,
		`delete from audit where scope = $1`
	])
		await expect(attempt(statement)).rejects.toThrow('never changed or deleted');
});

test('an exercise in play, or with a broken chain, is left alone', async () => {
	const { erasure } = server.services;
	const [row] = await query('select state from exercise where id = $1', [id]);
	await query(`update exercise set state = 'running' where id = $1`, [id]);
	expect(await erasure.look()).toEqual([]);
	await query('update exercise set state = $2 where id = $1', [id, row!['state']]);
	await query('update audit_head set sequence = sequence + 1 where scope = $1', [id]);
	expect(await erasure.look()).toEqual([]);
	await query('update audit_head set sequence = sequence - 1 where scope = $1', [id]);
	expect(await holds([names[0]!])).not.toEqual([]);
});

test('[R13] on its day the names are gone from everywhere, and the chain still verifies', async () => {
	// the test can fail: who did something is named in rows and in pages
	const before = await holds([...names, ...addresses]);
	for (const word of [
		'Gina Greek',
		'Leda Lead',
		'Carla Controller',
		'Diana Director',
		played.people.lead.email
	])
		expect(before.filter((one) => one.endsWith(word))).not.toEqual([]);
	for (const where of ['fact', 'document_update.bytes', 'mail'])
		expect(before.filter((one) => one.startsWith(`${where}: `))).not.toEqual([]);
	const facts = await query(
		'select kind, wall_at, exercise_at, team_id from fact where exercise_id = $1 order by sequence',
		[id]
	);
	const page = (await server.services.documents.read(notes())).getText('written').toString();
	expect(page).toContain('Otto Observer');

	const [done] = await server.services.erasure.look();
	expect(done).toMatchObject({ exercise: id, people: expect.any(Number) });
	expect(done!.people).toBeGreaterThanOrEqual(names.length);
	expect(await holds([...names, ...addresses])).toEqual([]);
	// nor who somebody was by the account's id: the director's role alone says that
	const ids = await holds(accounts);
	expect(ids).toEqual([`membership: ${played.play.director.id}`]);

	const after = await verdict();
	expect(after.broken).toBeNull();
	expect(after.facts).toBe(facts.length);
	expect(after.erased.facts).toBe(done!.facts);
	expect(after.erased.rows).toBe(done!.rows);
	expect(done!.facts).toBeGreaterThan(10);
	// what happened stays
	expect(
		await query(
			'select kind, wall_at, exercise_at, team_id from fact where exercise_id = $1 order by sequence',
			[id]
		)
	).toEqual(facts);
	const [said] = await query(
		`select fact->>'text' as text from fact where exercise_id = $1 and fact->>'text' like 'Ask %'`,
		[id]
	);
	expect(said!['text']).toBe('Ask [name erased] or [name erased] <[address erased]>, the greek team knows.');
	const now = (await server.services.documents.read(notes())).getText('written').toString();
	const blotted = (text: string, name: string) => text.replaceAll(name, '█'.repeat(name.length));
	expect(now).toBe(blotted(blotted(page, 'Leda Lead'), 'Otto Observer'));
	for await (const one of verifyDocuments(server.services.database, id))
		expect(one).toMatchObject({ damagedAt: null });
});

test('[R13] of frozen reports the public one stays; those with names are emptied, and their sums stay', async () => {
	const { versions, contributions, missing } = await verifyReports(server.services.database, id as never);
	expect(versions).toEqual([
		{ number: 1, changed: [], erased: ['data', 'docx', 'pdf'] },
		{ number: 2, changed: [], erased: [] }
	]);
	expect(contributions).toEqual([{ country: 'GR', version: 1, is: 'erased' }]);
	expect(missing).toEqual([]);
});

test('[R14] a copy of a page from before cannot come back: its epoch is over', async () => {
	const [row] = await query('select epoch, sequence from document where name = $1', [notes()]);
	expect(row).toMatchObject({ epoch: 1, sequence: '1' });
	const old = await query('select 1 from document_update where document = $1 and epoch < 1', [notes()]);
	expect(old).toEqual([]);
	const clients = await query('select distinct account from document_client where document = $1', [notes()]);
	expect(clients).toEqual([{ account: null }]);
});

test('people who have nothing else here have no account any more; the director and others elsewhere do', async () => {
	const rows = await query('select id, name, email, disabled_at from account where id = any($1)', [accounts]);
	for (const row of rows)
		if (row['id'] === played.play.director.id)
			expect(row).toMatchObject({ name: 'Diana Director', disabled_at: null });
		else {
			expect(row['name']).toBe('erased');
			expect(row['email']).toMatch(/^erased-.*@erased\.invalid$/);
			expect(row['disabled_at']).not.toBeNull();
		}
	const { exercise, actor } = await open(played.play.director);
	expect(actor.memberships).toHaveLength(1);
	expect((await server.services.erasure.view(exercise, actor)).erasedAt).not.toBeNull();
	await expect(
		server.services.erasure.choose(exercise, actor, { day: '2028-01-01', reason: 'again' })
	).rejects.toMatchObject({ code: 'not-now' });
	expect(await server.services.erasure.look()).toEqual([]);
});

test('[R13] erased is told from changed: what somebody changes afterwards is found', async () => {
	const past = async (statement: string) => {
		const client = await server.services.database.pool.connect();
		try {
			await client.query('begin');
			for (const table of ['audit', 'fact']) await client.query(`alter table ${table} disable trigger all`);
			await client.query(statement, [id]);
			const still = {
				...server.services.database,
				db: (await import('drizzle-orm/node-postgres')).drizzle({ client }) as never
			};
			return (await verifyAudit(still, id)).broken;
		} finally {
			await client.query('rollback');
			client.release();
		}
	};
	const fact = `(select sequence from fact where exercise_id = $1 and actor_name = '[name erased]' limit 1)`;
	expect(
		await past(`update fact set actor_name = 'Ivo Italian' where exercise_id = $1 and sequence = ${fact}`)
	).toMatchObject({ kind: 'fact-changed' });
	for (const what of [`actor_id = 'x'`, `detail = '{}'`, `hash = 'x'`, `at = at + interval '1 second'`])
		expect(await past(`update audit set ${what} where scope = $1 and sequence = 9`)).toMatchObject({
			kind: 'changed'
		});
	expect(
		await past(`update audit set detail = '{}' where scope = $1 and act = 'exercise.erased'`)
	).not.toBeNull();
	expect(await past(`select $1::text`)).toBeNull();
});
