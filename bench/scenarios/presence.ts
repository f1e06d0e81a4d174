import { closeClients, openClients } from '../clients.ts';
import { MarkerReader, marker } from '../events.ts';
import { Figures, atMost, say, type Goal, type Options, type Section } from '../report.ts';
import { withServers, type MeasuredServer } from '../servers.ts';
import type { ServerName } from '../wire.ts';

const compared: ServerName[] = ['relay', 'reference', 'hocuspocus', 'ours'];
const movesPerSecond = 2;
/** how long a server may take to send the rest when nobody moves any more */
const drainMs = 10_000;
const stepsPerMs = 4;
/** a marker names the client and its move: four digits each */
const base = 10_000;

/** Everybody moves the cursor twice a second; a move is fresh at a receiver when that or a newer one of its author came. */
async function storm(server: MeasuredServer, size: number, seconds: number) {
	const pages = await server.pages(1, size);
	const clients = (await openClients(server, pages, size)).flat();
	const name = pages.names[0]!;
	const last = Math.ceil(seconds * movesPerSecond) + 2;
	const sentAt = new Float64Array(size * last);
	const newest = new Int32Array(size * size).fill(-1);
	const moves = new Int32Array(size);
	const delays = new Uint32Array(60_000 * stepsPerMs);
	const reader = new MarkerReader();
	let fresh = 0;
	const ids = clients.map((_, n) => 300_000_000 + n);
	for (const client of clients) {
		const row = client.index * size;
		client.hears = {
			bytes: (bytes) => {
				const now = performance.now();
				const found = reader.read(bytes);
				for (let k = 0; k < found.length; k++) {
					const author = Math.floor(found[k]! / base);
					const move = found[k]! % base;
					if (author === client.index || author >= size) continue;
					for (let next = newest[row + author]! + 1; next <= move; next++) {
						fresh++;
						const step = Math.floor((now - sentAt[author * last + next]!) * stepsPerMs);
						delays[Math.min(step, delays.length - 1)]!++;
					}
					if (move > newest[row + author]!) newest[row + author] = move;
				}
			}
		};
	}
	const move = (n: number) => {
		const clock = moves[n]!;
		if (clock >= last) return;
		moves[n] = clock + 1;
		sentAt[n * last + clock] = performance.now();
		const state = {
			user: { name: `Player ${n}`, color: '#1d4ed8' },
			cursor: { anchor: { type: null, tname: 'default', item: null, assoc: 0 }, at: clock },
			m: marker(n * base + clock)
		};
		clients[n]!.send(server.dialect.presence(name, ids[n]!, clock + 1, state));
	};
	const before = server.cpu();
	const from = performance.now();
	let due = 0;
	// spread evenly: each client moves at its own moment of the half second
	const timer = setInterval(() => {
		const until = Math.floor(((performance.now() - from) / 1000) * movesPerSecond * size);
		for (; due < until; due++) move(due % size);
	}, 1);
	await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
	const freshInTime = fresh;
	const cpu = server.cpu() - before;
	clearInterval(timer);
	const wanted = moves.reduce((sum, count) => sum + count, 0) * (size - 1);
	const until = performance.now() + drainMs;
	while (fresh < wanted && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
	await closeClients(clients);
	// what never came is older than everything
	const delay = (share: number) => {
		let seen = 0;
		for (let step = 0; step < delays.length; step++) {
			seen += delays[step]!;
			if (seen >= wanted * share) return (step + 0.5) / stepsPerMs;
		}
		return Infinity;
	};
	return { p50: delay(0.5), p95: delay(0.95), core: cpu / (seconds * 1000), share: freshInTime / wanted };
}

export async function presence({ rounds, quick }: Options): Promise<Section> {
	const size = quick ? 50 : 500;
	const seconds = quick ? 3 : 6;
	const [p50, p95, core, share] = Array.from({ length: 4 }, () => new Figures()) as [
		Figures,
		Figures,
		Figures,
		Figures
	];
	const cell = `${size} clients`;
	await withServers(compared, async (servers) => {
		say(`presence of ${size}`);
		for (let round = 0; round < rounds; round++)
			for (const server of servers) {
				const found = await storm(server, size, seconds);
				p50.add(cell, server.name, found.p50);
				p95.add(cell, server.name, found.p95);
				core.add(cell, server.name, found.core);
				share.add(cell, server.name, found.share);
			}
	});
	const goals: Goal[] = [
		...atMost('everything fresh, p95, ours', p95.of(cell, 'ours'), 250, 'ms'),
		...core.goal(cell, 'hocuspocus', 0.2).map((goal) => ({ ...goal, what: `CPU, ${goal.what}` }))
	];
	const row = (name: string) => [
		name,
		...[p50, p95, core, share].map((figures) => figures.table('', [cell], [name], null).rows[0]![1]!)
	];
	return {
		title: 'Presence',
		notes: [
			`${size} clients in one document, each moves its cursor twice a second for ${seconds} s. A move is fresh at a receiver when that one or a newer one of the same client arrived; "never": not within ${drainMs / 1000} s after the end.`
		],
		tables: [
			{
				title: `${size * movesPerSecond * (size - 1)} deliveries a second, were each move sent to each`,
				head: ['server', 'fresh p50, ms', 'fresh p95, ms', 'CPU, share of a core', 'fresh before the end'],
				rows: compared.map(row)
			}
		],
		goals,
		figures: { p50: p50.all, p95: p95.all, core: core.all, share: share.all }
	};
}
