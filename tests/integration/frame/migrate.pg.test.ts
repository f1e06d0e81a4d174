import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '#server/database/migrate.ts';
import type { Database } from '#server/database/open.ts';
import { freshDatabase, testLog } from '../../support/database.ts';

let database: Database;
beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(() => database.close());

test('[R15] migrating twice changes nothing', async () => {
	await migrate(database, testLog);
	const { rows } = await database.pool.query('select count(*)::int as n from drizzle.__drizzle_migrations');
	await migrate(database, testLog);
	const again = await database.pool.query('select count(*)::int as n from drizzle.__drizzle_migrations');
	expect(again.rows).toEqual(rows);
});

test('[R15] a database of a newer version is refused in one sentence', async () => {
	await database.pool.query(
		`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)`
	);
	await expect(migrate(database, testLog)).rejects.toThrow(/another version of Muster/);
});

test('[R13] facts and audit rows cannot be changed or deleted', async () => {
	await database.pool.query(
		`insert into audit (scope, sequence, at, act, detail, hash) values ('x', 1, now(), 'a', '{}', 'h')`
	);
	await expect(database.pool.query(`update audit set act = 'b'`)).rejects.toThrow(/never changed or deleted/);
	await expect(database.pool.query('delete from audit')).rejects.toThrow(/never changed or deleted/);
	await expect(database.pool.query('truncate fact')).rejects.toThrow(/never changed or deleted/);
});
