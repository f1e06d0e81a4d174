import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import { changeTopics } from '#lib/protocol/wire.ts';
import { createBell, type Bell } from '#server/bell/bell.ts';
import type { Line } from '#server/bell/line.ts';
import { createPostgresLine } from '#server/bell/postgres-line.ts';
import { createRedisLine } from '#server/bell/redis-line.ts';
import type { Ring } from '#server/commands/topics.ts';
import type { Database } from '#server/database/open.ts';
import { freshDatabase } from '../../support/database.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';

/** One way of carrying rings, and how it is broken. */
interface Carrier {
	start: () => Promise<void>;
	line: () => Line;
	/** text that is no ring, on the channel itself */
	shout: (text: string) => Promise<void>;
	/** ends the connections on which nodes listen */
	cut: () => Promise<void>;
	close: () => Promise<void>;
}

function postgres(): Carrier {
	let database: Database & { name: string };
	return {
		start: async () => {
			database = await freshDatabase();
		},
		line: () => createPostgresLine(database),
		shout: async (text) => {
			await database.pool.query(`select pg_notify('muster', $1)`, [text]);
		},
		cut: async () => {
			const { rowCount } = await database.pool.query(
				`select pg_terminate_backend(pid) from pg_stat_activity
				 where datname = $1 and application_name like 'muster bell %'`,
				[database.name]
			);
			expect(rowCount).toBeGreaterThan(0);
		},
		close: () => database.close()
	};
}

function redis(): Carrier {
	let server: TestRedis;
	return {
		start: async () => {
			server = await startRedis();
		},
		line: () => createRedisLine(server.url),
		shout: async (text) => {
			await server.command('PUBLISH', 'muster', text);
		},
		cut: async () => {
			await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
			const killed = await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
			expect(Number(killed.slice(1))).toBeGreaterThan(0);
		},
		close: () => server.close()
	};
}

interface Node {
	bell: Bell;
	heard: Ring[];
	gaps: () => number;
	log: { level: number; msg: string }[];
}

function node(line: Line): Node {
	const log: Node['log'] = [];
	const bell = createBell({
		line,
		log: pino({}, { write: (text: string) => log.push(JSON.parse(text) as Node['log'][number]) })
	});
	const heard: Ring[] = [];
	let gaps = 0;
	bell.listen((ring) => heard.push(ring));
	bell.onGap(() => gaps++);
	return { bell, heard, gaps: () => gaps, log };
}

const about = (exercise: string, more: Partial<Ring> = {}): Ring => ({
	exercise,
	topics: ['board'],
	...more
});
const within = { timeout: 5000, interval: 10 };

describe.each([
	['PostgreSQL', postgres],
	['Redis', redis]
])('[R11] the bell on %s', (_name, carrierOf) => {
	const carrier = carrierOf();
	let nodes: Node[] = [];
	beforeAll(() => carrier.start());
	afterAll(() => carrier.close());
	beforeEach(async () => {
		nodes = [node(carrier.line()), node(carrier.line()), node(carrier.line())];
		await Promise.all(nodes.map(({ bell }) => bell.start()));
	});
	afterEach(() => Promise.all(nodes.map(({ bell }) => bell.stop())));

	test('a ring is heard at once here, and once by each other node', async () => {
		const [a, b, c] = nodes as [Node, Node, Node];
		a.bell.ring(about('one', { team: 't', pulse: true, facts: [3, 4] }));
		expect(a.heard).toEqual([about('one', { team: 't', pulse: true, facts: [3, 4] })]);
		await expect.poll(() => [b.heard.length, c.heard.length], within).toEqual([1, 1]);
		expect(b.heard).toEqual(a.heard);
		b.bell.ring(about('two'));
		await expect.poll(() => nodes.map(({ heard }) => heard.length), within).toEqual([2, 2, 2]);
	});

	test('every topic is heard by the others, and whom it is about', async () => {
		const [a, b] = nodes as [Node, Node];
		const all = about('all', { topics: [...changeTopics], team: 't', person: 'p' });
		a.bell.ring(all);
		await expect.poll(() => b.heard, within).toEqual([all]);
		expect(b.log).toEqual([]);
	});

	test('rings of one moment arrive in their order', async () => {
		const [a, b] = nodes as [Node, Node];
		for (let i = 0; i < 300; i++) a.bell.ring(about(String(i)));
		await expect.poll(() => b.heard.length, within).toBe(300);
		expect(b.heard.map(({ exercise }) => Number(exercise))).toEqual([...Array(300).keys()]);
	});

	test('a ring that names thousands of documents arrives whole, its topics once', async () => {
		const [a, b] = nodes as [Node, Node];
		const documents = Array.from({ length: 5000 }, (_, i) => `exercise/e/timeline/team/${i}é/0`);
		const frozen = Array.from({ length: 300 }, (_, i) => `exercise/e/worksheet/${i}/report`);
		a.bell.ring(about('big', { documents, frozen, facts: [1, 9], pulse: true }));
		await expect.poll(() => b.heard.flatMap((ring) => ring.documents ?? []), within).toEqual(documents);
		await expect.poll(() => b.heard.flatMap((ring) => ring.frozen ?? []), within).toEqual(frozen);
		expect(b.heard.length).toBeGreaterThan(1);
		expect(b.heard.every(({ exercise }) => exercise === 'big')).toBe(true);
		expect(b.heard.filter(({ topics }) => topics.length > 0)).toHaveLength(1);
		expect(b.heard.filter(({ pulse, facts }) => pulse && facts)).toHaveLength(1);
	});

	test.each([
		['no JSON', '{'],
		['null', 'null'],
		['another shape', '{"node":"x","number":1,"ring":{"exercise":7,"topics":"board"}}'],
		['an unknown topic', '{"node":"x","number":1,"ring":{"exercise":"e","topics":["secrets"]}}'],
		['nothing', ' ']
	])(
		'what is no ring (%s) is ignored with a line in the log, and the next ring is heard',
		async (_, text) => {
			const [a, b] = nodes as [Node, Node];
			await carrier.shout(text);
			a.bell.ring(about('after'));
			await expect.poll(() => b.heard, within).toEqual([about('after')]);
			expect(b.log.filter(({ msg }) => msg === 'what came on the bell is no ring')).toHaveLength(1);
		}
	);

	test('what comes twice is told once', async () => {
		const [, b] = nodes as [Node, Node];
		const text = JSON.stringify({ node: 'elsewhere', number: 1, ring: about('twice') });
		await carrier.shout(text);
		await carrier.shout(text);
		await carrier.shout(JSON.stringify({ node: 'elsewhere', number: 2, ring: about('next') }));
		await expect.poll(() => b.heard.at(-1), within).toEqual(about('next'));
		expect(b.heard).toEqual([about('twice'), about('next')]);
	});

	test('a listener that throws keeps nobody else from hearing', async () => {
		const [a, b] = nodes as [Node, Node];
		const told: string[] = [];
		b.bell.listen(() => {
			throw new Error('of the test');
		});
		b.bell.listen(({ exercise }) => told.push(exercise));
		a.bell.ring(about('x'));
		await expect.poll(() => told, within).toEqual(['x']);
	});

	test('after the line is cut it comes back by itself, and everybody is told to look again', async () => {
		const before = nodes.map(({ gaps }) => gaps());
		await carrier.cut();
		await expect.poll(() => nodes.every(({ gaps }, i) => gaps() > before[i]!), within).toBe(true);
		for (const { log } of nodes)
			expect(log.some(({ msg }) => msg.startsWith('the bell has no line'))).toBe(true);
		const [a, b, c] = nodes as [Node, Node, Node];
		// the speaking side may need its moment too
		await expect
			.poll(() => {
				a.bell.ring(about('again'));
				return b.heard.length > 0 && c.heard.length > 0;
			}, within)
			.toBe(true);
	});

	test('stops at once, also with rings waiting, and tells what waited', async () => {
		const [a, b] = nodes as [Node, Node];
		a.bell.ring(about('last'));
		const begun = performance.now();
		await a.bell.stop();
		expect(performance.now() - begun).toBeLessThan(1000);
		await expect.poll(() => b.heard, within).toEqual([about('last')]);
	});

	test('who never listened may ring: the command line', async () => {
		const silent = node(carrier.line());
		silent.bell.ring(about('from the command line'));
		await silent.bell.stop();
		await expect.poll(() => nodes[0]!.heard, within).toEqual([about('from the command line')]);
	});
});

describe('Redis that is away', () => {
	let server: TestRedis;
	const nodes: Node[] = [];
	beforeAll(async () => {
		server = await startRedis();
	});
	afterEach(async () => {
		await Promise.all(nodes.splice(0).map(({ bell }) => bell.stop()));
	});
	afterAll(() => server.close());
	const started = async () => {
		const one = node(createRedisLine(server.url));
		nodes.push(one);
		await one.bell.start();
		return one;
	};

	test('a start without Redis goes on, says so once, and repairs itself', async () => {
		await server.stop();
		const begun = performance.now();
		const [a, b] = await Promise.all([started(), started()]);
		expect(performance.now() - begun).toBeLessThan(4000);
		a.bell.ring(about('lost'));
		expect(a.heard).toEqual([about('lost')]);
		expect(b.gaps()).toBe(0);
		await server.start();
		await expect.poll(() => a.gaps() > 0 && b.gaps() > 0, within).toBe(true);
		expect(b.log.filter(({ level }) => level >= 40)).toHaveLength(1);
		await expect
			.poll(() => {
				a.bell.ring(about('heard'));
				return b.heard.some(({ exercise }) => exercise === 'heard');
			}, within)
			.toBe(true);
	});

	test('a restart of Redis costs the rings meanwhile, and everybody looks again', async () => {
		const [a, b] = await Promise.all([started(), started()]);
		const before = b.gaps();
		await server.stop();
		a.bell.ring(about('meanwhile'));
		await server.start();
		await expect.poll(() => b.gaps(), within).toBeGreaterThan(before);
	});

	test('a Redis that hangs is noticed, and does not hold up a stop', async () => {
		const [a, b] = await Promise.all([started(), started()]);
		const before = b.gaps();
		server.child().kill('SIGSTOP');
		try {
			a.bell.ring(about('into the void'));
			await expect
				.poll(() => b.log.some(({ msg }) => msg.startsWith('the bell has no line')), { timeout: 12_000 })
				.toBe(true);
			const begun = performance.now();
			await a.bell.stop();
			expect(performance.now() - begun).toBeLessThan(2500);
		} finally {
			server.child().kill('SIGCONT');
		}
		await expect.poll(() => b.gaps(), within).toBeGreaterThan(before);
	});
});
