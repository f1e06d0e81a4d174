import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '#server/audit/audit.ts';
import { archiveParts } from '#server/exchange/archive/parts.ts';
import type { Person } from '../../support/exercise.ts';
import { musterOn } from '../../support/muster-command.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { PlayedExercise } from '../review/played.ts';
import { unzip } from '../review/unzip.ts';

/* A played exercise that Greece leaves. Each test goes on from the one before. */

let server: TestServer;
let played: PlayedExercise;
let id: string;
/** of Greece and nothing else; of Greece and Italy; of nothing Greek */
let going: Person[];
let both: Person;
let staying: Person[];

const query = async (text: string, values: unknown[] = []) =>
	(await server.services.database.pool.query(text, values)).rows as Record<string, unknown>[];
const open = (person: { id: string }) => server.services.exercises.open(id, person as never);
const verdict = () => verifyAudit(server.services.database, id);
const outcome = (asked: Promise<unknown>) =>
	asked.then(
		() => 'done',
		(error: { code?: string }) => error.code
	);
const erasure = () => server.services.countryErasure;
const preview = async (person: Person, country = 'GR') => {
	const { exercise, actor } = await open(person);
	return erasure().preview(exercise, actor, country);
};
const eraseNow = async (person: Person, confirm: string, country = 'GR') => {
	const { exercise, actor } = await open(person);
	return erasure().eraseNow(exercise, actor, { country, reason: 'Greece left.' }, confirm);
};

beforeAll(async () => {
	server = await startTestServer({
		environment: { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'muster@example.test' }
	});
	played = await PlayedExercise.create(server);
	id = played.play.id;
	const { greek, lead, moderator, evaluator, italian, controller, observer, facilitator } = played.people;
	both = await played.play.member('Bella Both', { role: 'player', teamId: played.teams.gr.id });
	await server.services.exercises.addMembership(
		played.play.id,
		{ accountId: both.id, role: 'player', teamId: played.teams.it.id },
		played.play.director.id
	);
	going = [greek, lead, moderator, evaluator];
	staying = [italian, controller, observer, facilitator, both];
	await played.play.must(both, 'log.add', { team: played.teams.gr.id, text: 'Bella Both saw Leda Lead' });
	await played.play.must(italian, 'log.add', {
		team: played.teams.it.id,
		text: `${greek.name} told us, and Otto Observer nodded`
	});
	await server.services.documents.edit(played.play.notes(played.teams.it.id), italian.id, (doc) =>
		doc.getText('written').insert(0, 'Manos Moderator called Ivo Italian.')
	);
}, 120_000);
afterAll(() => server.close());

async function holds(words: readonly string[]): Promise<string[]> {
	const found: string[] = [];
	for (const { table, scope } of archiveParts)
		for (const { text } of await query(
			`select t::text as text from (select * from ${table} where ${scope}) t`,
			[id]
		))
			for (const word of words) if (String(text).includes(word)) found.push(`${table}: ${word}`);
	for (const column of ['bytes'])
		for (const row of await query(
			`select ${column} from document_update where document in (select name from document where exercise_id = $1)`,
			[id]
		))
			for (const word of words)
				if ((row[column] as Buffer).toString('utf8').includes(word)) found.push(`document: ${word}`);
	return found;
}

test('the director alone looks, and looking changes nothing', async () => {
	for (const person of [played.people.controller, played.people.moderator, played.people.greek])
		expect(await outcome(preview(person))).toBe('forbidden');
	expect(await outcome(preview(played.play.director, 'PT'))).toBe('invalid');
	expect(await outcome(preview(played.play.director, 'XX'))).toBe('invalid');
	const before = await query('select fact, actor_name from fact where exercise_id = $1 order by sequence', [
		id
	]);
	const epochs = await query('select name, epoch from document where exercise_id = $1 order by name', [id]);
	const looked = await preview(played.play.director);
	expect(looked).toMatchObject({ country: 'GR', people: going.length, kept: ['Bella Both'], shared: [] });
	expect(looked.texts).toBeGreaterThan(10);
	expect(
		await query('select fact, actor_name from fact where exercise_id = $1 order by sequence', [id])
	).toEqual(before);
	expect(await query('select name, epoch from document where exercise_id = $1 order by name', [id])).toEqual(
		epochs
	);
	expect(await query('select 1 from country_erasure where exercise_id = $1', [id])).toEqual([]);
	expect((await verdict()).erased).toEqual({ rows: 0, facts: 0 });
});

test('it is done by the director with the country’s name typed, never in play', async () => {
	for (const person of [played.people.controller, played.people.moderator])
		expect(await outcome(eraseNow(person, 'Greece'))).toBe('forbidden');
	for (const word of ['', 'GR', 'greece', 'Italy'])
		expect(await outcome(eraseNow(played.play.director, word))).toBe('invalid');
	const [row] = await query('select state from exercise where id = $1', [id]);
	await query(`update exercise set state = 'running' where id = $1`, [id]);
	expect(await outcome(eraseNow(played.play.director, 'Greece'))).toBe('not-now');
	expect(await outcome(preview(played.play.director))).toBe('not-now');
	await query('update exercise set state = $2 where id = $1', [id, row!['state']]);
	expect(await holds([going[0]!.name])).not.toEqual([]);
});

test('[R13] before the day of a country, nobody gets past the triggers; nor on it for another exercise', async () => {
	const attempt = async (of = id) => {
		const client = await server.services.database.pool.connect();
		try {
			await client.query('begin');
			await client.query(`select set_config('muster.erasing', $1, true)`, [of]);
			await client.query(`update fact set actor_name = 'x' where exercise_id = $1`, [id]);
		} finally {
			await client.query('rollback');
			client.release();
		}
	};
	await expect(attempt()).rejects.toThrow('never changed or deleted');
	const { exercise, actor } = await open(played.play.director);
	const choose = (day: string) =>
		erasure().chooseDay(exercise, actor, { country: 'GR', day, reason: 'Their ministry chose it.' });
	for (const day of ['2020-01-01', 'soon', '2199-01-01']) expect(await outcome(choose(day))).toBe('invalid');
	await choose('2030-01-01');
	expect(await erasure().list(exercise, actor)).toMatchObject([
		{ country: 'GR', day: '2030-01-01', reason: 'Their ministry chose it.', erasedAt: null },
		{ country: 'IT', day: null }
	]);
	expect(await erasure().look()).toEqual([]);
	await expect(attempt()).rejects.toThrow('never changed or deleted');
	await query(`update country_erasure set erase_on = current_date where exercise_id = $1`, [id]);
	await expect(attempt()).resolves.toBeUndefined();
	await expect(attempt('another-exercise')).rejects.toThrow('never changed or deleted');
	await query(`update country_erasure set erase_on = '2030-01-01' where exercise_id = $1`, [id]);
	// who is no director is told of no country's day
	const other = await open(played.people.moderator);
	expect(await erasure().list(other.exercise, other.actor)).toEqual([]);
});

test('[P2] [R17] what Greece takes along is its own part, for its moderators and the director', async () => {
	const take = async (person: Person, country: string | null) => {
		const { exercise, actor } = await open(person);
		const { name, body } = await server.services.transfer.country(exercise, actor, country);
		return { name, files: await unzip(new Uint8Array(await new Response(body).arrayBuffer())) };
	};
	for (const person of [
		played.people.greek,
		played.people.controller,
		played.people.italian,
		played.people.facilitator
	])
		expect(await outcome(take(person, 'GR'))).toBe('not-found');
	expect(await outcome(take(played.people.moderator, 'IT'))).toBe('not-found');
	expect(await outcome(take(played.play.director, null))).toBe('not-found');
	expect(await outcome(take(played.play.director, 'PT'))).toBe('not-now');
	const { name, files } = await take(played.people.moderator, 'GR');
	expect(name).toMatch(/^EX_Test-exercise_GR_TLP-RED\.zip$/);
	expect([...files.keys()].sort()).toEqual([
		'README.txt',
		'pages/GR-CSIRT/report-1.txt',
		'record.csv',
		'record.json'
	]);
	const all = [...files.values()].join('\n');
	expect(all).toContain('Called the harbour master');
	expect(files.get('pages/GR-CSIRT/report-1.txt')).toContain('Gates closed, cranes work.');
	for (const word of [
		'Italian secret',
		'Leak in Italy',
		'secretnote',
		'Unused call',
		'Manos Moderator called Ivo'
	])
		expect(all, word).not.toContain(word);
	const record = JSON.parse(files.get('record.json')!) as { extent: string; teams: { country: string }[] };
	expect(record.extent).toBe('national');
	expect(new Set(record.teams.map(({ country }) => country))).toEqual(new Set(['GR']));
	for (const file of files.values()) expect(file).toContain('EXERCISE EXERCISE EXERCISE');
	// the same for the director, who hands it over; each time it is recorded
	const again = await take(played.play.director, 'gr');
	expect([...again.files.keys()].sort()).toEqual([...files.keys()].sort());
	const acts = await query(
		"select actor_id, detail->>'country' as country from audit where scope = $1 and act = 'country.exported' order by sequence",
		[id]
	);
	expect(acts).toEqual([
		{ actor_id: played.people.moderator.id, country: 'GR' },
		{ actor_id: played.play.director.id, country: 'GR' }
	]);
});

test('the command takes a country’s part out, says what an erasure would change, and erases nothing by itself', async () => {
	const muster = (...words: string[]) => musterOn(server.services.database, ['exercise', ...words]);
	const looked = await muster('erase', id, '--country', 'gr', '--json');
	expect(looked).toMatchObject({ code: 0, err: '' });
	expect(JSON.parse(looked.out)).toMatchObject({ people: going.length, kept: ['Bella Both'], erased: false });
	expect(await muster('erase', id, '--country', 'GR', '--now')).toMatchObject({ code: 2 });
	const wrong = await muster('erase', id, '--country', 'GR', '--now', '--reason', 'x', '--confirm', 'Italy');
	expect(wrong).toMatchObject({ code: 1 });
	expect(wrong.err).toContain('Type “Greece”');
	expect(await muster('erase', id, '--country', 'XX')).toMatchObject({ code: 2 });
	expect(await muster('export', '--exercise', id, '--out', '/nonexistent/x.zip')).toMatchObject({ code: 2 });
	expect(
		await muster('export', '--exercise', id, '--out', '/nonexistent/x.json', '--country', 'GR')
	).toMatchObject({ code: 2 });
}, 120_000);

test('[R13] its people’s names are gone from everywhere, the others’ stay, and the chain still verifies', async () => {
	const gone = going.flatMap(({ name, email }) => [name, email]);
	const before = await holds(gone);
	// whom nothing names but a role has nothing to lose but that
	for (const { name } of going.slice(0, 3))
		expect(
			before.some((one) => one.endsWith(name)),
			name
		).toBe(true);
	const others = await holds(staying.map(({ name }) => name));
	const looked = await preview(played.play.director);
	const done = await eraseNow(played.play.director, 'Greece');
	expect(done).toMatchObject({ people: going.length, kept: ['Bella Both'], documents: looked.documents });
	// choosing the day is an act more than the look had
	expect(done.texts).toBe(looked.texts);
	expect(await holds(gone)).toEqual([]);
	expect(await holds(going.map((one) => one.id))).toEqual([]);
	// others are named where they were, less the keystrokes of pages
	const still = await holds(staying.map(({ name }) => name));
	expect(new Set(still)).toEqual(new Set(others));
	const after = await verdict();
	expect(after.broken).toBeNull();
	expect(after.erased.facts).toBeGreaterThan(5);
	const texts = await query(
		`select fact->>'text' as text from fact where exercise_id = $1 and kind = 'log-added'`,
		[id]
	);
	expect(texts.map((row) => row['text'])).toEqual(
		expect.arrayContaining([
			'Bella Both saw [name erased]',
			'[name erased] told us, and Otto Observer nodded',
			'Italian secret'
		])
	);
	const notes = await server.services.documents.read(played.play.notes(played.teams.it.id));
	expect(notes.getText('written').toString()).toBe(
		`${'█'.repeat('Manos Moderator'.length)} called Ivo Italian.`
	);
});

test('they have no part and no account any more; the others do, and go on', async () => {
	for (const person of going) await expect(open(person)).rejects.toMatchObject({ code: 'not-found' });
	for (const person of staying) expect((await open(person)).actor.memberships.length).toBeGreaterThan(0);
	const rows = await query('select name, disabled_at from account where id = any($1)', [
		going.map((one) => one.id)
	]);
	for (const row of rows) expect(row).toMatchObject({ name: 'erased', disabled_at: expect.any(Date) });
	const { exercise, actor } = await open(played.play.director);
	expect(await erasure().list(exercise, actor)).toMatchObject([
		{ country: 'GR', day: null, people: going.length, erasedAt: expect.any(Number) },
		{ country: 'IT', erasedAt: null }
	]);
	// nothing more is due
	expect(await erasure().look()).toEqual([]);
});

test('[R13] a second country on its day, then the whole exercise: one chain that verifies', async () => {
	const { exercise, actor } = await open(played.play.director);
	await erasure().chooseDay(exercise, actor, { country: 'IT', day: '2030-01-01', reason: 'IT leaves too.' });
	await query(
		`update country_erasure set erase_on = current_date where exercise_id = $1 and country = 'IT'`,
		[id]
	);
	const [done] = await erasure().look();
	// who was of both is of Italy alone now? No: the Greek part stays as long as it is held
	expect(done).toMatchObject({ country: 'IT', people: 1, kept: ['Bella Both'] });
	expect(await holds(['Ivo Italian'])).toEqual([]);
	expect((await verdict()).broken).toBeNull();
	await query(`update exercise set erase_on = current_date, erase_reason = 'test' where id = $1`, [id]);
	expect(await server.services.erasure.look()).toHaveLength(1);
	expect(await holds(staying.map(({ name }) => name))).toEqual([]);
	expect((await verdict()).broken).toBeNull();
	expect(await outcome(eraseNow(played.play.director, 'Greece'))).toBe('not-now');
});
