import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';

/*
 * The embedded PostgreSQL and the processes that use it, each a process of its own, because what matters is how they
 * end.
 */
interface Said {
	ready?: boolean;
	adopted?: boolean;
	refused?: string;
}

let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'muster-test-'));
	children = [];
});
afterEach(async () => {
	for (const child of children) await end(child, 'SIGTERM');
	// whatever a killed process left behind is taken over and stopped
	if (postmaster()) await end((await begin('command')).child, 'SIGTERM');
	expect(postmaster()).toBeNull();
	await rm(folder, { recursive: true, force: true });
});

function begin(role: 'server' | 'command'): Promise<{ child: ChildProcess; said: Said }> {
	const script = path.join(import.meta.dirname, '../../support/embedded-child.ts');
	const child = spawn(process.execPath, [script, folder, role], { stdio: ['ignore', 'pipe', 'inherit'] });
	children.push(child);
	return new Promise((resolve, reject) => {
		let text = '';
		child.stdout.on('data', (chunk: Buffer) => {
			text += chunk.toString();
			if (text.includes('\n')) resolve({ child, said: JSON.parse(text.split('\n')[0]!) as Said });
		});
		child.on('exit', () => reject(new Error(`it said nothing: ${text}`)));
	});
}

function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
	return new Promise((resolve) => {
		child.on('exit', () => resolve());
		child.kill(signal);
	});
}

function postmaster(): number | null {
	const file = path.join(folder, 'database/postmaster.pid');
	return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : null;
}

async function query<T extends pg.QueryResultRow>(statement: string): Promise<T[]> {
	const client = new pg.Client({ host: path.join(folder, 'run'), user: 'app', database: 'postgres' });
	client.on('error', () => undefined);
	await client.connect();
	const { rows } = await client.query<T>(statement);
	await client.end();
	return rows;
}

test('it starts, listens on no port, keeps strangers out of its socket, and stops with its process', async () => {
	const { child, said } = await begin('server');
	expect(said).toEqual({ ready: true, adopted: false });
	expect(await query('show listen_addresses')).toEqual([{ listen_addresses: '' }]);
	expect((await stat(path.join(folder, 'run'))).mode & 0o777).toBe(0o700);
	expect((await stat(path.join(folder, 'database'))).mode & 0o077).toBe(0);
	await end(child, 'SIGTERM');
	expect(postmaster()).toBeNull();
});

test('embedded-database-orphaned: after kill -9 it lives on, and the next start takes it over with all that was committed', async () => {
	const { child } = await begin('server');
	await query('create table kept (n int)');
	await query('insert into kept values (41)');
	const before = postmaster();
	await end(child, 'SIGKILL');
	expect(postmaster()).toBe(before);

	const second = await begin('server');
	expect(second.said).toEqual({ ready: true, adopted: true });
	expect(postmaster()).toBe(before);
	expect(await query('select n from kept')).toEqual([{ n: 41 }]);
	await end(second.child, 'SIGTERM');
	expect(postmaster()).toBeNull();
});

test('after kill -9 of PostgreSQL itself nothing committed is lost, and a corpse is not taken for the living', async () => {
	const first = await begin('server');
	await query('create table kept (n int)');
	await query('insert into kept values (42)');
	const before = postmaster()!;
	await end(first.child, 'SIGKILL');
	process.kill(before, 'SIGKILL');

	const second = await begin('server');
	expect(second.said).toEqual({ ready: true, adopted: false });
	expect(postmaster()).not.toBe(before);
	expect(await query('select n from kept')).toEqual([{ n: 42 }]);
});

test('[R16] a data folder in use is refused in one sentence, and the one who has it notices nothing', async () => {
	const first = await begin('server');
	const second = await begin('server');
	expect(second.said.refused).toMatch(
		new RegExp(`^The data folder ${folder} is in use by another Muster \\(process ${first.child.pid}\\)\\.$`)
	);
	expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
	await end(first.child, 'SIGTERM');
	expect((await begin('server')).said).toEqual({ ready: true, adopted: false });
});

test('a command works beside a server, and neither takes the database from the other', async () => {
	const server = await begin('server');
	const command = await begin('command');
	expect(command.said).toEqual({ ready: true, adopted: true });
	await end(command.child, 'SIGTERM');
	expect(await query('select 1 as one')).toEqual([{ one: 1 }]);

	const later = await begin('command');
	await end(server.child, 'SIGTERM');
	expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
	await end(later.child, 'SIGTERM');
	expect(postmaster()).toBeNull();
});

test('several that start in one moment share one database', async () => {
	const said = await Promise.all([begin('server'), begin('command'), begin('command')]);
	expect(said.every((one) => one.said.ready)).toBe(true);
	expect(said.filter((one) => one.said.adopted === false)).toHaveLength(1);
});

test('a database that was only half made is not taken for one', async () => {
	await mkdir(path.join(folder, 'database.new-1'));
	await writeFile(path.join(folder, 'database.new-1/PG_VERSION'), '18\n');
	expect((await begin('server')).said).toEqual({ ready: true, adopted: false });
});

test('a lock file of a process that is long gone, or of quite another one, does not keep it from starting', async () => {
	const first = await begin('server');
	await end(first.child, 'SIGTERM');
	const file = path.join(folder, 'database/postmaster.pid');
	await writeFile(file, `${process.pid}\n${folder}/database\n`);
	expect((await begin('server')).said).toEqual({ ready: true, adopted: false });
});

test('a database of another PostgreSQL version is refused in one sentence', async () => {
	const first = await begin('server');
	await end(first.child, 'SIGTERM');
	const file = path.join(folder, 'database/PG_VERSION');
	await rename(file, `${file}.kept`);
	await writeFile(file, '17\n');
	expect((await begin('server')).said.refused).toMatch(/is of PostgreSQL 17, and this Muster brings 18/);
	await rename(`${file}.kept`, file);
});

test('a long path gets a short socket', async () => {
	const outer = folder;
	folder = path.join(outer, 'a'.repeat(100), 'b'.repeat(60));
	await mkdir(folder, { recursive: true });
	expect((await begin('server')).said).toEqual({ ready: true, adopted: false });
	for (const child of children) await end(child, 'SIGTERM');
	expect(postmaster()).toBeNull();
	folder = outer;
});
