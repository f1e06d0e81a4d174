import { closeClients, openClients } from './clients.ts';
import { EventWriter, readMarkers } from './events.ts';
import type { MeasuredServer } from './servers.ts';
import type { Pages } from './stage.ts';

const writers = 30;
const eventsAtOnce = 500;
const arrivesWithinMs = 60_000;

/**
 * A document with so many events of thirty authors, and one client in it that stays. Ours finds them in its log, a peer
 * is sent them.
 */
export async function filledPage(server: MeasuredServer, events: number, audience: number): Promise<Pages> {
	const pages = await server.pages(1, audience);
	if (server.name === 'ours') {
		await server.ask('fill', { name: pages.names[0]!, events });
		await openClients(server, pages, 1);
		return pages;
	}
	let seen = 0;
	const clients = (await openClients(server, pages, writers + 1)).flat();
	const [watcher, ...authors] = clients;
	watcher!.hears = { bytes: (bytes) => readMarkers(bytes, () => seen++) };
	const texts = authors.map(() => new EventWriter());
	for (let written = 0; written < events;) {
		for (const until = Math.min(events, written + eventsAtOnce); written < until; written++) {
			const author = written % writers;
			authors[author]!.send(server.dialect.event(pages.names[0]!, texts[author]!, written));
		}
		const until = performance.now() + arrivesWithinMs;
		while (seen < written) {
			if (performance.now() > until) throw new Error(`${server.name} did not take the events of a page`);
			await new Promise((resolve) => setTimeout(resolve, 2));
		}
	}
	await closeClients(clients.slice(1));
	watcher!.hears = {};
	return pages;
}
