import { createClient } from '@redis/client';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { chance } from '../support/chance.ts';
import { Cluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { toAll, type Person } from '../support/exercise.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let cluster: Cluster;
let redis: TestRedis | null = null;
let line: FaultProxy | null = null;
let stopEchoes: (() => Promise<void>) | null = null;

afterEach(async () => {
	await stopEchoes?.();
	stopEchoes = null;
	await cluster.stop();
	await line?.stop();
	await redis?.close();
	redis = line = null;
});

/** Says everything that it hears again: later, several times, in another order. */
function echo(say: (payload: string) => void, below: (limit: number) => number): (payload: string) => void {
	const said = new Map<string, number>();
	return (payload) => {
		// its own echoes come back too, and are not echoed for ever
		const times = said.get(payload) ?? 0;
		if (times >= 3) return;
		said.set(payload, times + 1);
		for (let i = below(3); i > 0; i--) setTimeout(() => say(payload), below(400));
	};
}

/** Work on both nodes at once: pages, log entries and releases, with readers of everything on each. */
async function work(disturb: () => Promise<void>): Promise<void> {
	const { exercise } = cluster;
	const team: Team = await exercise.team('GR CSIRT');
	const players: Person[] = await Promise.all(
		['Anna', 'Bert'].map((name) => exercise.member(name, { role: 'player', teamId: team.id }))
	);
	const injects = await exercise.approved(
		...Array.from({ length: 10 }, (_, i) => ({
			title: `Inject ${i}`,
			reference: `R-${i}`,
			to: toAll,
			schedule: { mode: 'offset' as const, seconds: 1 + Math.floor(i / 2) }
		}))
	);
	for (const node of cluster.nodes)
		for (const player of players) {
			cluster.peer(player, exercise.timeline(team.id), node);
			cluster.peer(player, exercise.notes(team.id), node);
		}
	cluster.peer(exercise.director, exercise.timeline('control'), cluster.nodes[1]!);
	await cluster.settled();
	await exercise.must(exercise.director, 'exercise.start', {});
	const disturbing = disturb();
	const writers = cluster.peers.filter((peer) => peer.name === exercise.notes(team.id));
	for (let i = 0; i < 25; i++) {
		for (const [w, writer] of writers.entries()) writer.write(`w${w}-${i}`, i % 2 ? 0 : undefined);
		const text = `entry ${i}`;
		await cluster.send(
			cluster.nodes[i % 2]!,
			players[i % 2]!,
			'log.add',
			{ team: team.id, text },
			{ mark: text }
		);
		await new Promise((resolve) => setTimeout(resolve, 60));
	}
	await eventually(
		async () =>
			(await cluster.query(`select 1 from inject where state = 'released'`)).length === injects.length,
		'all releases'
	);
	await disturbing;
	// nothing more happens: what the bell lost is found without it
	await cluster.settled(cluster.peers, 12_000);
	expect(await cluster.verdict()).toEqual([]);
	for (const node of cluster.nodes) expect(node.process.isAlive).toBe(true);
}

test('[R11] the bell of PostgreSQL loses a third of its rings, and repeats and reorders the others', async () => {
	const { next, below } = chance();
	cluster = await Cluster.start({ nodes: 2 });
	const ear = new pg.Client({ connectionString: cluster.postgres.url() });
	const mouth = new pg.Pool({ connectionString: cluster.postgres.url(), max: 1 });
	await ear.connect();
	const under = new Set<Promise<unknown>>();
	const again = echo((payload) => {
		if (mouth.ending) return;
		const said = mouth.query(`select pg_notify('muster', $1)`, [payload]).finally(() => under.delete(said));
		under.add(said);
	}, below);
	let heard = 0;
	ear.on('notification', ({ payload }) => {
		heard++;
		again(payload ?? '');
	});
	await ear.query('listen muster');
	stopEchoes = async () => {
		await ear.end();
		// echoes that are still to come find nobody to say them
		await Promise.all([...under, mouth.end()]);
	};
	let lost = 0;
	for (const { proxy } of cluster.nodes)
		proxy.rule = (text) => {
			if (!text.includes('pg_notify') || next() > 0.33) return 'pass';
			lost++;
			return 'cut';
		};
	await work(() => Promise.resolve());
	console.log(`${lost} rings lost, ${heard} heard and echoed`);
	expect(lost).toBeGreaterThan(5);
	expect(heard).toBeGreaterThan(20);
});

test('[R11] the bell of Redis is cut, falls silent, dies and comes back, and repeats and reorders what it says', async () => {
	const { below } = chance();
	const bell = (redis = await startRedis());
	const between = (line = await FaultProxy.start(bell.port));
	cluster = await Cluster.start({
		nodes: 2,
		environment: { REDIS_URL: `redis://127.0.0.1:${between.port}` }
	});
	const client = () => {
		const made = createClient({ url: bell.url });
		// it dies in this test
		made.on('error', () => undefined);
		return made;
	};
	const ear = await client().connect();
	const mouth = await client().connect();
	const again = echo((payload) => void mouth.publish('muster', payload).catch(() => undefined), below);
	let heard = 0;
	await ear.subscribe('muster', (payload) => {
		heard++;
		again(payload);
	});
	stopEchoes = async () => {
		ear.destroy();
		mouth.destroy();
		return Promise.resolve();
	};
	await work(async () => {
		await eventually(() => heard > 5, 'rings');
		between.cut();
		await new Promise((resolve) => setTimeout(resolve, 300));
		between.stall();
		await new Promise((resolve) => setTimeout(resolve, 700));
		between.flow();
		await bell.stop();
		await new Promise((resolve) => setTimeout(resolve, 300));
		await bell.start();
		between.cut();
	});
	console.log(`${heard} rings heard and echoed`);
});
