import { closeClients, openClients, type LightClient } from '../clients.ts';
import { MarkerReader, readMarkers } from '../events.ts';
import { filledPage } from '../fill.ts';
import { watchResident, treeOf, proportionalOf } from '../process-figures.ts';
import { Figures, say, type Goal, type Options, type Section } from '../report.ts';
import { withServers, type MeasuredServer } from '../servers.ts';
import type { Pages } from '../stage.ts';
import type { ServerName } from '../wire.ts';

export const withDocuments: ServerName[] = ['reference', 'hocuspocus', 'ours'];

/** From opening the socket until everything is here, ms. */
async function join(server: MeasuredServer, pages: Pages, events: number): Promise<number> {
	const seen = new Set<number>();
	const begun = performance.now();
	const parts: Buffer[] = [];
	const [client] = (
		await openClients(server, pages, 1, { message: (message) => parts.push(message) })
	).flat();
	const ms = performance.now() - begun;
	for (const part of parts) readMarkers(part, (id) => seen.add(id));
	await closeClients([client!]);
	if (seen.size < events) throw new Error(`${server.name}: a joiner has ${seen.size} of ${events} events`);
	return ms;
}

async function herd(server: MeasuredServer, pages: Pages, size: number, events: number) {
	const reader = new MarkerReader();
	const counts = new Int32Array(size);
	const count = (message: Buffer, client: LightClient) => {
		counts[client.index]! += reader.read(message).length;
	};
	await server.sweep();
	const before = server.resident();
	const treeBefore = proportionalOf(treeOf(server.processes()));
	const peak = watchResident(server.pid);
	const begun = performance.now();
	const clients = (await openClients(server, pages, size, { message: count }, size)).flat();
	const ms = performance.now() - begun;
	const growth = peak() - before;
	const treeGrowth = proportionalOf(treeOf(server.processes())) - treeBefore;
	const short = counts.filter((count) => count < events).length;
	await closeClients(clients);
	if (short > 0) throw new Error(`${server.name}: ${short} of a herd were not sent everything`);
	return { ms, growth, treeGrowth };
}

/** Somebody opens a page with a history; and a whole herd does, as after a cut of the network. */
export async function joining({ rounds, quick }: Options): Promise<Section> {
	const sizes = quick
		? [{ events: 500, herd: 20 }]
		: [
				{ events: 1000, herd: 500 },
				{ events: 10_000, herd: 100 },
				{ events: 50_000, herd: 50 }
			];
	const one = new Figures();
	const herds = new Figures();
	const growth = new Figures();
	const treeGrowth = new Figures();
	await withServers(withDocuments, async (servers) => {
		for (const { events, herd: size } of sizes) {
			const cell = `${events / 1000}k`;
			const together = `${size} x ${cell}`;
			say(`joining ${cell} events`);
			const pages = new Map<MeasuredServer, Pages>();
			for (const server of servers) {
				const filled = await filledPage(server, events, size + 10);
				// the first one loads the document: scenario `cold`
				await join(server, filled, events);
				pages.set(server, filled);
			}
			// Hocuspocus stores two seconds after the last change, ours merges what is quiet for as long
			await new Promise((resolve) => setTimeout(resolve, 4000));
			for (let round = 0; round < rounds; round++)
				for (const server of servers)
					for (let n = 0; n < 5; n++)
						one.add(cell, server.name, await join(server, pages.get(server)!, events));
			for (let round = 0; round < (events > 10_000 ? 1 : rounds); round++)
				for (const server of servers) {
					const found = await herd(server, pages.get(server)!, size, events);
					herds.add(together, server.name, found.ms);
					growth.add(together, server.name, found.growth);
					treeGrowth.add(together, server.name, found.treeGrowth);
				}
		}
	});
	const cells = [...one.cells.keys()];
	const groups = [...herds.cells.keys()];
	const goals: Goal[] = [
		...one.goal('10k', 'hocuspocus', 0.2).map((goal) => ({ ...goal, what: `one joiner, ${goal.what}` })),
		...herds.goal('500 x 1k', 'hocuspocus', 0.2).map((goal) => ({ ...goal, what: `herd ${goal.what}` })),
		...herds.goal('100 x 10k', 'hocuspocus', 0.1).map((goal) => ({ ...goal, what: `herd ${goal.what}` }))
	];
	for (const group of ['500 x 1k', '100 x 10k'])
		goals.push(
			...growth
				.goal(group, 'hocuspocus', 0.3)
				.map((goal) => ({ ...goal, what: `memory growth ${goal.what}` }))
		);
	return {
		title: 'Joining',
		notes: [
			'From opening the socket until everything is here, for one and for a herd at once; the document is loaded already. Ratios to Hocuspocus in brackets.'
		],
		tables: [
			one.table('One joiner, by events in the document, ms', cells, withDocuments, 'hocuspocus'),
			herds.table('A herd, all have everything, ms', groups, withDocuments, 'hocuspocus'),
			growth.table('Peak growth of the server process, MiB', groups, withDocuments, 'hocuspocus'),
			treeGrowth.table('Growth afterwards with PostgreSQL, MiB', groups, withDocuments, null)
		],
		goals,
		figures: { one: one.all, herds: herds.all, growth: growth.all, treeGrowth: treeGrowth.all }
	};
}
