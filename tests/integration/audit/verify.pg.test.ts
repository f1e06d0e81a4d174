import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '#server/audit/audit.ts';
import { musterOn } from '../../support/muster-command.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { PlayedExercise } from '../review/played.ts';

/* A played exercise, damaged directly in the database by somebody who switched the triggers off. */

let server: TestServer;
let exercise: string;
let rows: number;
/** of the act that recorded fact 5 */
let actOfFact: number;

const query = (text: string, values: unknown[] = []) => server.services.database.pool.query(text, values);
const verdict = () => verifyAudit(server.services.database, exercise);

beforeAll(async () => {
	server = await startTestServer();
	exercise = (await PlayedExercise.create(server)).play.id;
	await query('create table kept_audit as table audit');
	await query('create table kept_head as table audit_head');
	await query('create table kept_fact as table fact');
	rows = (await verdict()).rows;
	const found = await query(
		`select sequence from audit where scope = $1 and detail->'facts' @> '[{"sequence": 5}]'`,
		[exercise]
	);
	actOfFact = Number(found.rows[0].sequence);
});
afterAll(() => server.close());

/** Past the triggers. Placeholders: $1 the exercise. */
async function damage(...statements: string[]): Promise<void> {
	const client = await server.services.database.pool.connect();
	try {
		await client.query('begin');
		for (const table of ['audit', 'fact']) await client.query(`alter table ${table} disable trigger all`);
		for (const statement of statements)
			await client.query(statement, statement.includes('$1') ? [exercise] : []);
		for (const table of ['audit', 'fact']) await client.query(`alter table ${table} enable trigger all`);
		await client.query('commit');
	} catch (error) {
		await client.query('rollback');
		throw error;
	} finally {
		client.release();
	}
}

/** As it was before the damage. */
afterEach(() =>
	damage(
		'delete from audit',
		'insert into audit select * from kept_audit',
		'delete from audit_head',
		'insert into audit_head select * from kept_head',
		'delete from fact',
		'insert into fact select * from kept_fact'
	)
);

const muster = (...words: string[]) => musterOn(server.services.database, words);

test('[R13] what was played verifies: every row and every fact', async () => {
	const facts = await query('select count(*) as count from fact where exercise_id = $1', [exercise]);
	expect(await verdict()).toMatchObject({ broken: null, facts: Number(facts.rows[0].count) });
	expect(Number(facts.rows[0].count)).toBeGreaterThan(20);
	const said = await muster('audit', 'verify', '--exercise', exercise);
	expect(said).toMatchObject({ code: 0, err: '' });
	expect(said.out).toMatch(/: \d+ rows and \d+ facts, nothing was changed\.\n$/);
});

const inRow = (what: string) => `update audit set ${what} where scope = $1 and sequence = 7`;
test.each([
	['scope', inRow(`scope = scope || 'x'`), 'missing'],
	['sequence', `update audit set sequence = 0 where scope = $1 and sequence = 7`, 'misplaced'],
	['at, by a millisecond', inRow(`at = at + interval '1 millisecond'`), 'changed'],
	['at, by a microsecond', inRow(`at = at + interval '1 microsecond'`), 'changed'],
	['at, without an end', inRow(`at = 'infinity'`), 'changed'],
	['actor_id', inRow(`actor_id = overlay(coalesce(actor_id, 'a') placing '~' from 1)`), 'changed'],
	['actor_id, emptied', inRow(`actor_id = case when actor_id is null then '' end`), 'changed'],
	['act', inRow(`act = overlay(act placing '~' from 3)`), 'changed'],
	['detail', inRow(`detail = detail || '{"a": 1}'`), 'changed'],
	['detail, a number too fine for JavaScript', inRow(`detail = '{"a": 1.00000000000000000001}'`), 'changed'],
	['detail, no object any more', inRow(`detail = '7'`), 'changed'],
	['hash', inRow(`hash = overlay(hash placing '~' from 64)`), 'changed']
])('[R13] a change in %s of an audit row is found', async (_column, statement, kind) => {
	await damage(statement);
	const { broken } = await verdict();
	expect(broken).toMatchObject({ kind, sequence: kind === 'misplaced' ? 0 : 7 });
});

test('[R13] a number that only PostgreSQL tells from the one before is found', async () => {
	await damage(
		`update audit set detail = jsonb_set(detail, '{facts,0,sequence}', '5.00000000000000000001')
			where scope = $1 and sequence = ${actOfFact}`
	);
	expect((await verdict()).broken).toMatchObject({ kind: 'changed', sequence: actOfFact });
});

const inFact = (what: string) => `update fact set ${what} where exercise_id = $1 and sequence = 5`;
test.each([
	['kind', inFact(`kind = overlay(kind placing '~' from 1)`)],
	['team', inFact(`team_id = coalesce(team_id, '') || '~'`)],
	['account', inFact(`actor_id = coalesce(actor_id, '') || '~'`)],
	['name', inFact(`actor_name = coalesce(actor_name, '') || '~'`)],
	['wall time', inFact(`wall_at = wall_at + interval '1 microsecond'`)],
	['exercise time', inFact(`exercise_at = coalesce(exercise_at, 0) + 1`)],
	['words', inFact(`fact = fact || '{"text": "other"}'`)],
	['words, to none', inFact(`fact = 'null'`)]
])('[P7] a change of a fact in its %s is found', async (_column, statement) => {
	await damage(statement);
	expect((await verdict()).broken).toMatchObject({ kind: 'fact-changed', fact: 5, sequence: actOfFact });
});

test.each([
	['a deleted row', [`delete from audit where scope = $1 and sequence = 7`], 'at row 7: a row is missing'],
	[
		'a cut end',
		[
			`delete from audit where scope = $1 and sequence > (select max(sequence) - 2 from kept_audit where scope = $1)`
		],
		'rows are missing at the end'
	],
	[
		'a swapped pair',
		[
			`update audit set sequence = -7 where scope = $1 and sequence = 7`,
			`update audit set sequence = 7 where scope = $1 and sequence = 8`,
			`update audit set sequence = 8 where scope = $1 and sequence = -7`
		],
		'at row 7: the row that belongs here stands at 8'
	],
	['one flipped byte', [inRow(`act = overlay(act placing '~' from 1)`)], 'at row 7: the row was changed'],
	[
		'a changed fact',
		[inFact(`fact = fact || '{"text": "other"}'`)],
		'fact 5, which it records, has other words now'
	],
	[
		'a deleted fact',
		[`delete from fact where exercise_id = $1 and sequence = 5`],
		'fact 5, which it records, is missing'
	]
])('[R13] the command finds %s, names it, and does not end with 0', async (_what, statements, sentence) => {
	await damage(...statements);
	const said = await muster('audit', 'verify');
	expect(said).toMatchObject({ code: 1, err: '' });
	expect(said.out).toMatch(
		new RegExp(`^Test exercise \\(${exercise}\\): the chain is broken at row \\d+: `, 'm')
	);
	expect(said.out).toContain(sentence);
	// and nothing is said of the chain that is whole
	expect(said.out).toMatch(/^installation: \d+ rows, nothing was changed\.$/m);
});

test('[R13] rows that somebody put under a scope of their own are found', async () => {
	await damage(
		`insert into audit select 'elsewhere1', 1, at, actor_id, act, detail, hash from audit where scope = $1 and sequence = 3`
	);
	const said = await muster('audit', 'verify');
	expect(said.code).toBe(1);
	expect(said.out).toContain('elsewhere1: the chain is broken at row 1');
	expect(rows).toBeGreaterThan(20);
});
