import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Database } from '#server/database/open.ts';

export interface Ran {
	code: number | null;
	out: string;
	err: string;
}

/** The `muster` command as a process of its own, on the database of a test. */
export async function musterOn(database: Database, words: readonly string[]): Promise<Ran> {
	const { host, user } = database.pool.options;
	const { rows } = await database.pool.query<{ name: string }>('select current_database() as name');
	const child = spawn(process.execPath, ['server/cli.ts', ...words], {
		cwd: path.join(import.meta.dirname, '../..'),
		env: {
			PATH: process.env['PATH'],
			HOME: process.env['HOME'],
			ORIGIN: 'http://localhost:3999',
			DATABASE_URL: `postgres://${user}@localhost/${rows[0]!.name}?host=${encodeURIComponent(host!)}`
		}
	});
	const ran = { out: '', err: '' };
	child.stdout.on('data', (chunk: Buffer) => (ran.out += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (ran.err += chunk.toString()));
	return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...ran })));
}
