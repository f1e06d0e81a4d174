import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../server/database/embedded.ts';
import { migrateDatabase } from '../../server/database/migrate.ts';
import { openDatabase, type Database } from '../../server/database/open.ts';

declare module 'vitest' {
	interface ProvidedContext {
		postgres: { host: string; user: string };
	}
}

const template = 'muster_template';

/** Vitest's global setup: one real PostgreSQL for the run, and a migrated template from which each test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'muster-test-'));
	const embedded = await startEmbedded({ dataFolder: folder, durable: false });
	const { host, user } = embedded.connection;
	const admin = new pg.Client(embedded.connection);
	await admin.connect();
	await admin.query(`create database ${template}`);
	await admin.end();
	const database = openDatabase({ host, user, database: template });
	await migrateDatabase(database);
	await database.close();
	project.provide('postgres', { host, user });
	return async () => {
		await embedded.stop();
		await rm(folder, { recursive: true, force: true });
	};
}

/** A database of its own for one test file or test: a copy of the migrated template, in some 0.2 s. */
export async function freshDatabase(postgres?: { host: string; user: string }): Promise<Database & { name: string }> {
	const at = postgres ?? (await import('vitest')).inject('postgres');
	const name = `muster_${randomBytes(6).toString('hex')}`;
	const admin = new pg.Client({ ...at, database: 'postgres' });
	await admin.connect();
	await admin.query(`create database ${name} template ${template}`);
	await admin.end();
	return { ...openDatabase({ ...at, database: name, max: 12 }), name };
}
