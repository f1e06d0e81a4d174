import { closeClients, openClients } from '../clients.ts';
import { proportionalOf } from '../process-figures.ts';
import { Figures, fixed, say, type Options, type Section } from '../report.ts';
import { withServers } from '../servers.ts';
import { everyServer } from './fan-out.ts';

const perDocument = 100;

/** Connections that do nothing: what each takes of the server's memory, and what its coming costs. */
export async function idle({ quick }: Options): Promise<Section> {
	const count = quick ? 500 : 5000;
	const each = new Figures();
	const connect = new Figures();
	const rows: string[][] = [];
	const cell = `${count} connections`;
	await withServers(everyServer, async (servers) => {
		say(`idle: ${count} connections`);
		for (const server of servers) {
			const pages = await server.pages(count / perDocument, perDocument);
			// code that connecting needs is loaded before it is counted
			await closeClients(
				(await openClients(server, { ...pages, names: pages.names.slice(0, 1) }, 20)).flat()
			);
			const heapBefore = await server.sweep();
			const before = server.resident();
			const cpu = server.cpu();
			const clients = (await openClients(server, pages, perDocument)).flat();
			const spent = server.cpu() - cpu;
			await new Promise((resolve) => setTimeout(resolve, 1000));
			const heap = (await server.sweep()) - heapBefore;
			await new Promise((resolve) => setTimeout(resolve, 500));
			const after = server.resident();
			const all = proportionalOf(server.processes());
			await closeClients(clients);
			// a process may have room left from its start: then only the heap tells what the connections take
			const grown = Math.max(after - before, heap);
			each.add(cell, server.name, (grown / count) * 1024);
			connect.add(cell, server.name, spent / count);
			rows.push([
				server.name,
				fixed(before),
				fixed(after),
				fixed(heap),
				fixed((grown / count) * 1024),
				fixed(spent / count),
				fixed(all)
			]);
		}
	});
	return {
		title: 'Idle connections',
		notes: [
			`${perDocument} connections a document, after a collection of garbage; one run. A connection is counted with the larger of what the process and what its heap grew by.`
		],
		tables: [
			{
				title: cell,
				head: [
					'server',
					'before, MiB',
					'with them, MiB',
					'growth of heap in use, MiB',
					'KiB a connection',
					'CPU ms a connect',
					'all processes, MiB'
				],
				rows
			}
		],
		goals: [
			...each.goal(cell, 'hocuspocus', 0.5).map((goal) => ({ ...goal, what: `memory, ${goal.what}` })),
			...each.goal(cell, 'relay', 1.5).map((goal) => ({ ...goal, what: `memory, ${goal.what}` }))
		],
		figures: { kibibytes: each.all, connect: connect.all }
	};
}
