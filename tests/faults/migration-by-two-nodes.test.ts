import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { NodeProcess } from '../support/node-process.ts';
import { PostgresProcess } from '../support/postgres-process.ts';

let postgres: PostgresProcess;
let proxies: FaultProxy[];
let nodes: NodeProcess[];
const origin = 'http://localhost:3999';
const journal = new URL('../../drizzle/meta/_journal.json', import.meta.url);
const known = (JSON.parse(readFileSync(journal, 'utf8')) as { entries: unknown[] }).entries.length;

beforeEach(async () => {
	postgres = await PostgresProcess.start();
	proxies = [];
	nodes = [];
});
afterEach(async () => {
	for (const node of nodes) await node.kill();
	for (const proxy of proxies) await proxy.stop();
	await postgres.remove();
});

/** A node on the database without tables, not waited for. */
async function begin(rule: FaultProxy['rule'] = null): Promise<[NodeProcess, FaultProxy]> {
	const proxy = await FaultProxy.start(postgres.port, 'postgres');
	proxy.rule = rule;
	proxies.push(proxy);
	const environment = { DATABASE_URL: postgres.url(proxy.port, 'empty') };
	const node = await NodeProcess.spawn({ origin, environment });
	nodes.push(node);
	return [node, proxy];
}

async function inDatabase<T>(database: string, ask: (client: pg.Client) => Promise<T>): Promise<T> {
	const client = new pg.Client({ connectionString: postgres.url(postgres.port, database) });
	await client.connect();
	try {
		return await ask(client);
	} finally {
		await client.end();
	}
}
const tables = (database: string) =>
	inDatabase(database, async (client) => {
		const { rows } = await client.query<{ what: string }>(
			`select table_name || '.' || column_name || ' ' || data_type as what from information_schema.columns
			 where table_schema = 'public' order by 1`
		);
		return rows.map((row) => row.what);
	});
const applied = () =>
	inDatabase('empty', async (client) => {
		const { rows } = await client.query<{ hash: string }>('select hash from drizzle.__drizzle_migrations');
		return rows.map((row) => row.hash);
	});

test('[R15] two nodes start in one moment on an empty database: each migration is applied once, and both serve', async () => {
	await Promise.all([begin(), begin()]);
	await Promise.all(nodes.map((node) => node.ready()));
	const hashes = await applied();
	expect(hashes).toHaveLength(known);
	expect(new Set(hashes).size).toBe(known);
	expect(await tables('empty')).toEqual(await tables('muster'));
});

test('[R15] the node that migrates is killed in the middle: the one that waits finishes the work', async () => {
	let statements = 0;
	const [first, proxy] = await begin((text) =>
		/^\s*create table/i.test(text) && ++statements === 8 ? 'hold' : 'pass'
	);
	await eventually(() => proxy.held > 0, 'the first node to be in the middle of its work', 30_000);
	const [second] = await begin();
	// it waits for the lock, and does not begin beside the other
	await eventually(
		() =>
			inDatabase('empty', async (client) => {
				const { rows } = await client.query(
					`select 1 from pg_locks where locktype = 'advisory' and not granted`
				);
				return rows.length === 1;
			}),
		'the second node to wait',
		30_000
	);
	expect(await tables('empty')).toEqual([]);
	await first.kill();
	proxy.cut();
	await second.ready();
	expect(await applied()).toHaveLength(known);
	expect(await tables('empty')).toEqual(await tables('muster'));
});
