import { closeClients, openClients } from './clients.ts';
import { Load } from './load.ts';
import type { MeasuredServer } from './servers.ts';

export interface Shape {
	documents: number;
	audience: number;
}
export const shapeName = ({ documents, audience }: Shape) => `${documents}x${audience}`;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** authors in a document that others read */
const fewWriters = 6;

/** Opens the audience of fresh documents, lets it write, and closes it, whatever happens. */
async function withLoad<T>(
	server: MeasuredServer,
	{ documents, audience }: Shape,
	writers: number,
	measure: (load: Load) => Promise<T>
): Promise<T> {
	const clients = await openClients(server, await server.pages(documents, audience), audience);
	const load = new Load(clients, writers);
	try {
		// every author has written before: code and sockets are warm, and nobody's first change is measured
		for (let round = 0; round < Math.min(writers, audience); round++)
			for (let document = 0; document < documents; document++) load.write(document);
		if (!(await load.settled(20_000)))
			throw new Error(failure(server, load, 'the first events did not arrive'));
		return await measure(load);
	} finally {
		await closeClients(clients.flat());
	}
}

const failure = (server: MeasuredServer, load: Load, what: string) =>
	`${server.name}: ${what} (${load.missing} deliveries missing, closed with ${[...new Set(load.closed)].join(', ') || 'nothing'})`;

export interface Saturation {
	/** server CPU for 1,000 deliveries, ms */
	cpu: number;
	perSecond: number;
}

/** As much as goes through: up to 64 events under way over all documents, at least two in each. */
export function saturate(server: MeasuredServer, shape: Shape, seconds: number): Promise<Saturation> {
	// with one document all must write, or the limit of messages a person would be what is measured
	return withLoad(server, shape, shape.documents === 1 ? shape.audience : fewWriters, async (load) => {
		const waiting = new Map<number, number>();
		let open = true;
		const write = (document: number) => {
			if (open && !load.write(document)) waiting.set(document, (waiting.get(document) ?? 0) + 1);
		};
		load.whole = write;
		const retry = setInterval(() => {
			for (const [document, count] of waiting) {
				waiting.delete(document);
				for (let n = 0; n < count; n++) write(document);
			}
		}, 5);
		const underWay = Math.max(2, Math.floor(64 / shape.documents));
		for (let n = 0; n < underWay; n++)
			for (let document = 0; document < shape.documents; document++) write(document);
		await pause(500);
		const before = { cpu: server.cpu(), delivered: load.delivered, at: performance.now() };
		await pause(seconds * 1000);
		const delivered = load.delivered - before.delivered;
		const cpu = server.cpu() - before.cpu;
		const took = performance.now() - before.at;
		open = false;
		clearInterval(retry);
		if (!(await load.settled(60_000))) throw new Error(failure(server, load, 'not everything arrived'));
		if (load.surplus > 0) throw new Error(`${server.name}: ${load.surplus} deliveries came twice`);
		return { cpu: (cpu / delivered) * 1000, perSecond: (delivered / took) * 1000 };
	});
}

export interface Steady {
	/** server CPU for 1,000 deliveries, ms; and of that, the server's own process */
	cpu: number;
	ownCpu: number;
	perSecond: number;
	/** ms from the author's socket to a receiver's */
	p50: number;
	p99: number;
}

/** So many deliveries a second, whatever the shape. */
export function steady(
	server: MeasuredServer,
	shape: Shape,
	seconds: number,
	perSecond = 10_000
): Promise<Steady> {
	return withLoad(server, shape, fewWriters, async (load) => {
		const eventsPerMs = perSecond / (shape.audience - 1) / 1000;
		const begun = performance.now();
		let written = 0;
		const timer = setInterval(() => {
			const due = Math.floor((performance.now() - begun) * eventsPerMs);
			for (; written < due; written++) load.write(written % shape.documents);
		}, 1);
		await pause(700);
		load.timeDeliveries();
		const before = { cpu: server.cpu(), ownCpu: server.ownCpu(), delivered: load.delivered };
		const from = performance.now();
		await pause(seconds * 1000);
		const delivered = load.delivered - before.delivered;
		const cpu = server.cpu() - before.cpu;
		const ownCpu = server.ownCpu() - before.ownCpu;
		const took = performance.now() - from;
		clearInterval(timer);
		if (!(await load.settled(60_000))) throw new Error(failure(server, load, 'not everything arrived'));
		return {
			cpu: (cpu / delivered) * 1000,
			ownCpu: (ownCpu / delivered) * 1000,
			perSecond: (delivered / took) * 1000,
			p50: load.delay(0.5),
			p99: load.delay(0.99)
		};
	});
}

/** Twenty injects at once into every document: milliseconds until everybody has all of them. */
export function burst(server: MeasuredServer, shape: Shape, bursts: number): Promise<number[]> {
	return withLoad(server, shape, fewWriters, async (load) => {
		const took: number[] = [];
		for (let n = 0; n < bursts; n++) {
			await pause(200);
			let left = shape.documents * 20;
			const all = new Promise<void>((resolve, reject) => {
				const timer = setTimeout(
					() => reject(new Error(failure(server, load, 'a burst did not arrive'))),
					60_000
				);
				load.whole = () => {
					if (--left > 0) return;
					clearTimeout(timer);
					resolve();
				};
			});
			const begun = performance.now();
			for (let document = 0; document < shape.documents; document++) load.writeBurst(document, 20);
			await all;
			took.push(performance.now() - begun);
			await load.settled(1000);
		}
		return took;
	});
}
