import { spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '#server/config.ts';
import { openDatabase, type Database } from '#server/database/open.ts';
import { createServices, type Services } from '#server/services.ts';
import { testLog } from '../../support/database.ts';
import { temporaryFolder } from '../../support/muster-process.ts';

/*
 * The command as an operator has it: a process of its own on the embedded PostgreSQL of a data folder. Each test goes
 * on from the one before.
 */
const root = path.join(import.meta.dirname, '../../..');
const password = 'correct horse battery';
const patience = 60_000;

let folder: string;
let database: Database;
let services: Services;
let exercise: string;

const config = () => readConfig({ DATA_DIR: path.join(folder, 'data'), ORIGIN: 'http://localhost:3999' });
const file = (name: string) => path.join(folder, name);

beforeAll(async () => {
	folder = await temporaryFolder();
});
afterAll(async () => {
	await services?.realtime.stop();
	await database?.close();
	await rm(folder, { recursive: true, force: true });
});

interface Ran {
	code: number | null;
	out: string;
	err: string;
}

function muster(words: string[], input = ''): Promise<Ran> {
	const child = spawn(process.execPath, ['server/cli.ts', ...words], {
		cwd: root,
		env: {
			PATH: process.env['PATH'],
			HOME: process.env['HOME'],
			DATA_DIR: path.join(folder, 'data'),
			ORIGIN: 'http://localhost:3999'
		}
	});
	const ran: Ran = { code: null, out: '', err: '' };
	child.stdout.on('data', (chunk: Buffer) => (ran.out += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (ran.err += chunk.toString()));
	// a command that refuses its options ends without reading
	child.stdin.on('error', () => undefined);
	child.stdin.end(input);
	return new Promise((resolve) => child.on('close', (code) => resolve({ ...ran, code })));
}

/** Has to succeed; the one JSON object that it answers. */
async function json(words: string[], input?: string): Promise<Record<string, unknown>> {
	const ran = await muster([...words, '--json'], input);
	expect(ran).toMatchObject({ code: 0, err: '' });
	return JSON.parse(ran.out) as Record<string, unknown>;
}

it(
	'explains itself, and answers what it does not understand with 2, before any database is there',
	async () => {
		const [overview, help, nothing, unknown, option, missing, time, cell, asJson] = await Promise.all([
			muster(['--help']),
			muster(['exercise', 'import', '--help']),
			muster([]),
			muster(['exercise', 'destroy']),
			muster(['user', 'create', '--colour', 'red']),
			muster(['user', 'create', '--email', 'a@example.test']),
			muster(
				'exercise create --name A --director a@b --end 2026-05-12T10:00Z --start 2026-05-12T09:00'.split(' ')
			),
			muster(['exercise', 'import', '--exercise', 'unknown1', '--file', 'a.csv', '--cell', 'XX']),
			muster(['exercise', 'export', '--exercise', 'unknown1', '--out', 'script.pdf', '--json'])
		]);
		for (const { code, out } of [overview, help]) {
			expect(code).toBe(0);
			expect(out).toContain('--json');
		}
		for (const name of ['user create', 'exercise create', 'exercise import', 'exercise export', 'demo'])
			expect(overview.out).toContain(name);
		expect(help.out).toContain('--dry-run');
		for (const { code, out, err } of [nothing, unknown, option, missing, time, cell]) {
			expect(code).toBe(2);
			expect(out).toBe('');
			expect(err).toMatch(/^[^\n]+\. See npm run -s muster -- .*--help\n$/);
		}
		expect(unknown.err).toContain('exercise destroy');
		expect(option.err).toContain('--colour');
		expect(missing.err).toContain('--name is missing');
		expect(time.err).toContain('--start must be a time with its zone');
		expect(asJson).toMatchObject({ code: 2, err: '' });
		expect(JSON.parse(asJson.out)).toMatchObject({ ok: false, error: { code: 'usage' } });
		expect(await readdir(folder)).toEqual([]);
	},
	patience
);

it(
	'creates accounts: with a password from standard input, or with a link to choose one',
	async () => {
		const words = ['user', 'create', '--email', 'director@example.test', '--name', 'Director'];
		const created = await muster([...words, '--administrator', '--password-stdin'], `${password}\n`);
		expect(created).toMatchObject({ code: 0, err: '' });
		expect(created.out).toMatch(/^Created the administrator director@example\.test \(.+\)\.\n$/);

		// from here on this process holds the database open, as a server would
		database = await openDatabase(config(), testLog, 'command');
		services = createServices({ config: config(), database, log: testLog });
		const signedIn = await services.accounts.signIn({
			email: 'director@example.test',
			password,
			address: '127.0.0.1'
		});
		expect(signedIn).toBeTruthy();

		const linked = await json(['user', 'create', '--email', 'planner@example.test', '--name', 'Planner']);
		expect(linked).toMatchObject({ administrator: false });
		const link = linked['passwordLink'] as string;
		expect(link).toMatch(/^http:\/\/localhost:3999\/setup\/.+/);
		expect(await services.accounts.setup.look(link.split('/').at(-1)!)).toEqual({
			name: 'Planner',
			email: 'planner@example.test'
		});

		const anew = await json(['user', 'link', '--email', 'planner@example.test']);
		expect(anew['passwordLink']).not.toBe(link);
		expect(await services.accounts.setup.look(link.split('/').at(-1)!)).toBe(null);

		const again = await muster(words);
		expect(again).toMatchObject({
			code: 1,
			out: '',
			err: 'There is an account with this e-mail address already.\n'
		});
		const short = await muster(
			['user', 'create', '--email', 'b@example.test', '--name', 'B', '--password-stdin'],
			'short'
		);
		expect(short).toMatchObject({ code: 1, err: 'A password has at least 12 characters.\n' });
	},
	patience
);

it(
	'creates an exercise for its director',
	async () => {
		const times = ['--start', '2026-05-12T09:00+02:00', '--end', '2026-05-12T15:00:00Z'];
		const words = ['exercise', 'create', '--name', 'Cyber Meridian', '--tlp', 'TLP:GREEN', ...times];
		const answer = await json([...words, '--director', 'Director@example.test']);
		expect(answer).toMatchObject({
			tlp: 'green',
			timeZone: 'Europe/Brussels',
			start: '2026-05-12T07:00:00.000Z',
			end: '2026-05-12T15:00:00.000Z'
		});
		exercise = answer['exercise'] as string;
		const { id } = (
			await database.pool.query<{ id: string }>(
				`select id from account where email = 'director@example.test'`
			)
		).rows[0]!;
		const opened = await services.exercises.open(exercise, { id: id as never });
		expect(opened.actor.memberships).toMatchObject([{ role: 'director' }]);

		expect(await json(['exercise', 'list'])).toMatchObject({
			exercises: [{ id: exercise, state: 'draft', name: 'Cyber Meridian' }]
		});

		expect(await muster([...words, '--director', 'nobody@example.test'])).toMatchObject({
			code: 1,
			out: '',
			err: 'There is no account with the e-mail address nobody@example.test.\n'
		});
	},
	patience
);

it(
	'imports a script once, says where a cell is wrong, and lets other nodes hear of it',
	async () => {
		await writeFile(file('script.csv'), 'ID,Time,Title,To\nA-1,+1h,First,ALL\nA-2,+2h,Second,ALL\n');
		await writeFile(file('wrong.csv'), 'ID,Time,Title,To\nA-1,+1h,First,ALL\nA-3,soonish,Third,ALL\n');
		const words = ['exercise', 'import', '--exercise', exercise, '--file'];

		const dry = await json([...words, file('script.csv'), '--dry-run']);
		expect(dry).toMatchObject({ imported: false, dryRun: true, added: 2, changed: 0, errors: 0 });

		const wrong = await muster([...words, file('wrong.csv')]);
		expect(wrong).toMatchObject({ code: 1, err: '' });
		expect(wrong.out).toMatch(/^B3: .+$/m);
		expect(wrong.out).toContain('Nothing was imported: one cell cannot be read.');

		const line = new pg.Client(database.connection);
		const heard: string[] = [];
		line.on('notification', ({ payload }) => heard.push(payload ?? ''));
		await line.connect();
		await line.query('listen muster');
		const first = await muster([...words, file('script.csv')]);
		expect(first).toMatchObject({
			code: 0,
			err: '',
			out: 'Imported into the script of central: 2 added, 0 changed, 0 unchanged.\n'
		});
		await line.query('select 1');
		expect(heard.some((payload) => payload.includes(`exercise/${exercise}/script/central`))).toBe(true);
		await line.end();

		expect(await json([...words, file('script.csv')])).toMatchObject({
			imported: false,
			added: 0,
			changed: 0,
			unchanged: 2
		});

		const stranger = await muster([...words, file('script.csv'), '--as', 'planner@example.test']);
		expect(stranger).toMatchObject({
			code: 1,
			err: 'planner@example.test has no role in this exercise.\n'
		});
		const missing = await muster([...words, file('missing.csv')]);
		expect(missing.code).toBe(1);
		expect(missing.err).toMatch(/^The file .*missing\.csv cannot be read: .+\n$/);
	},
	2 * patience
);

it(
	'exports script, record and report; what was exported makes no difference when it is imported',
	async () => {
		const words = ['exercise', 'export', '--exercise', exercise, '--out'];
		for (const name of ['out.csv', 'out.xlsx', 'out.json', 'out.docx'])
			expect(await json([...words, file(name)])).toMatchObject({ file: file(name) });
		expect(await readFile(file('out.csv'), 'utf8')).toContain('First');
		expect(await json([...words, file('record.csv'), '--what', 'record'])).toMatchObject({ kind: 'record' });
		expect(await readFile(file('record.csv'), 'utf8')).not.toContain('Second');
		for (const name of ['out.xlsx', 'out.docx'])
			expect((await readFile(file(name))).subarray(0, 2).toString()).toBe('PK');
		expect(JSON.parse(await readFile(file('out.json'), 'utf8'))).toMatchObject({
			format: 'muster-record',
			exercise: { name: 'Cyber Meridian' }
		});
		for (const name of ['out.csv', 'out.xlsx'])
			expect(await json(['exercise', 'import', '--exercise', exercise, '--file', file(name)])).toMatchObject({
				imported: false,
				added: 0,
				changed: 0,
				unchanged: 2,
				errors: 0
			});

		const nowhere = await muster([...words, file('no/such/folder/out.csv')]);
		expect(nowhere.code).toBe(1);
		expect(nowhere.err).toMatch(/^The file .* cannot be written: .+\n$/);
		expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
	},
	2 * patience
);

it(
	'verifies the audit log, and names the row that was changed',
	async () => {
		const intact = await json(['audit', 'verify']);
		expect(intact).toMatchObject({ ok: true });
		expect((intact['chains'] as { scope: string }[]).map(({ scope }) => scope)).toEqual([
			'installation',
			exercise
		]);
		const one = await muster(['audit', 'verify', '--exercise', exercise]);
		expect(one).toMatchObject({ code: 0, err: '' });
		expect(one.out).toMatch(/^Cyber Meridian \(.+\): \d+ rows( and \d+ facts?)?, nothing was changed\.\n$/);

		await database.pool.query('alter table audit disable trigger audit_append_only');
		await database.pool.query(
			`update audit set detail = detail || '{"cell": "GR"}' where scope = $1 and sequence = 2`,
			[exercise]
		);
		await database.pool.query('alter table audit enable trigger audit_append_only');
		const broken = await muster(['audit', 'verify']);
		expect(broken).toMatchObject({ code: 1, err: '' });
		expect(broken.out).toMatch(/^installation: \d+ rows, nothing was changed\.$/m);
		expect(broken.out).toMatch(
			/^Cyber Meridian \(.+\): the chain is broken at row 2: the row was changed\.$/m
		);
		const asJson = await muster(['audit', 'verify', '--exercise', exercise, '--json']);
		expect(asJson.code).toBe(1);
		expect(JSON.parse(asJson.out)).toMatchObject({
			ok: false,
			chains: [{ scope: exercise, broken: { sequence: 2 } }]
		});

		expect(await muster(['audit', 'verify', '--exercise', 'unknown1'])).toMatchObject({
			code: 1,
			err: 'There is no exercise with the id unknown1.\n'
		});
	},
	patience
);
