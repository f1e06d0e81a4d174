import { readFileSync } from 'node:fs';
import { drizzle } from 'drizzle-orm/node-postgres';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { StartRefused } from '../config.ts';
import type { Log } from '../log.ts';
import type { Database } from './open.ts';

const migrationsFolder = new URL('../../drizzle', import.meta.url).pathname;
/** drizzle's migrator takes no lock of its own: two nodes that start at once would both apply the same migration. */
const migrating = 7_061_003;

/** Brings the database to this version's schema. Refuses a schema that this version does not know (PROMISES R15). */
export async function migrate(database: Database, log: Log, folder = migrationsFolder): Promise<void> {
	const client = new pg.Client({ ...database.connection, application_name: `muster migrate ${process.pid}` });
	await client.connect();
	try {
		await client.query('select pg_advisory_lock($1)', [migrating]);
		const known = knownMigrations(folder);
		const before = await appliedMigrations(client);
		const unknown = before.filter((hash) => !known.has(hash));
		if (unknown.length > 0) {
			throw new StartRefused(
				`The database was last used by another version of Muster (${unknown.length} ${unknown.length === 1 ? 'migration is' : 'migrations are'} not known here); start that version, or restore the backup from before.`
			);
		}
		await applyMigrations(drizzle(client), { migrationsFolder: folder });
		const names = [...known.values()].slice(before.length);
		if (names.length > 0) log.info({ migrations: names }, 'migrated the database');
	} finally {
		// Ends the lock with the connection, also after an error.
		await client.end();
	}
}

/** Content hash and name, in order. */
function knownMigrations(folder: string): Map<string, string> {
	const journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as {
		entries: { tag: string }[];
	};
	const files = readMigrationFiles({ migrationsFolder: folder });
	return new Map(files.map((file, index) => [file.hash, journal.entries[index]!.tag]));
}

async function appliedMigrations(client: pg.Client): Promise<string[]> {
	const table = await client.query<{ name: string | null }>(
		`select to_regclass('drizzle.__drizzle_migrations') as name`
	);
	if (!table.rows[0]?.name) return [];
	const rows = await client.query<{ hash: string }>(
		'select hash from drizzle.__drizzle_migrations order by created_at'
	);
	return rows.rows.map((row) => row.hash);
}
