import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sent, together } from '#server/database/together.ts';
import { freshDatabase } from '../../support/database.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
	database = await freshDatabase();
	await database.pool.query('create table line (place serial, word text unique)');
});
afterAll(() => database.close());

const words = async () =>
	(await database.pool.query<{ word: string }>('select word from line order by place')).rows.map(
		({ word }) => word
	);

test('statements sent together are answered each with its own, and done in the order in which they were sent', async () => {
	const answers = await database.db.transaction(async (tx) => {
		const add = async (word: string) => tx.execute(sql`insert into line (word) values (${word})`);
		return together([
			sent(tx.execute<{ n: string }>(sql`select count(*) as n from line`)),
			add('one'),
			add('two'),
			tx.execute<{ n: string }>(sql`select count(*) as n from line`)
		]);
	});
	expect([answers[0].rows[0]!.n, answers[3].rows[0]!.n]).toEqual(['0', '2']);
	expect(await words()).toEqual(['one', 'two']);
});

test('none waits for the answer of the one before: the second is under way while the first waits for somebody', async () => {
	const holder = await database.pool.connect();
	await holder.query('begin');
	await holder.query('select pg_advisory_xact_lock(7)');
	let writes = 0;
	const waiting = database.db.transaction(async (tx) => {
		const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
		const { stream } = (
			tx as unknown as { session: { client: { connection: { stream: NodeJS.WriteStream } } } }
		).session.client.connection;
		const write = stream.write.bind(stream);
		stream.write = ((...given: Parameters<typeof write>) => {
			writes++;
			return write(...given);
		}) as typeof stream.write;
		const all = together([
			sent(tx.execute(sql`select pg_advisory_xact_lock(${7}::bigint)`)),
			tx.execute(sql`insert into line (word) values (${'behind'})`)
		]);
		await expect
			.poll(async () => {
				const { rows: found } = await database.pool.query(
					`select 1 from pg_stat_activity where pid = $1 and wait_event = 'advisory'`,
					[rows[0]!.pid]
				);
				return found.length;
			})
			.toBe(1);
		const before = writes;
		await holder.query('rollback');
		await all;
		// both had left before the first was answered
		expect(before).toBeGreaterThan(4);
		expect(writes).toBe(before);
	});
	await waiting;
	holder.release();
	expect(await words()).toContain('behind');
});

test('what made the transaction fail is told, not what failed behind it; nothing is kept, and the connection goes on', async () => {
	for (const place of [0, 1, 2]) {
		const failing = database.db.transaction(async (tx) => {
			const add = async (word: string) => tx.execute(sql`insert into line (word) values (${word})`);
			return together(['three', 'four', 'five'].map((word, i) => (i === place ? add('one') : add(word))));
		});
		await expect(failing).rejects.toMatchObject({ cause: { code: '23505' } });
	}
	expect(await words()).not.toContain('three');
	expect(await words()).not.toContain('five');
	const again = await Promise.all(
		Array.from({ length: 30 }, (_, i) => database.db.execute<{ n: number }>(sql`select ${i}::int as n`))
	);
	expect(again.map(({ rows }) => rows[0]!.n)).toEqual(Array.from({ length: 30 }, (_, i) => i));
});
