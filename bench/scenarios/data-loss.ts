import { closeClients, openClients } from '../clients.ts';
import { EventWriter, readMarkers } from '../events.ts';
import { Figures, none, say, type Options, type Section } from '../report.ts';
import { withServers, type MeasuredServer } from '../servers.ts';
import type { ServerName } from '../wire.ts';

const compared: ServerName[] = ['reference', 'hocuspocus', 'ours'];
const watchers = 2;
const perWriter = 25;

interface Loss {
	written: number;
	/** somebody else had it on the screen */
	seenAndGone: number;
	/** its author was told that it is saved */
	savedAndGone: number;
	saved: number;
}

/** Writes steadily, kills the server in the middle of it, starts it again, and looks for what is gone. */
async function killWhileWriting(server: MeasuredServer, perSecond: number, seconds: number): Promise<Loss> {
	const writers = Math.ceil(perSecond / perWriter);
	const pages = await server.pages(1, writers + watchers + 1);
	const { dialect } = server;
	const clients = (await openClients(server, pages, writers + watchers)).flat();
	const authors = clients.slice(watchers);
	const texts = authors.map(() => new EventWriter());
	const own = authors.map(() => [] as number[]);
	const saved = authors.map(() => 0);
	const seen = new Set<number>();
	for (const client of clients.slice(0, watchers))
		client.hears = { bytes: (bytes) => readMarkers(bytes, (id) => seen.add(id)) };
	for (const [n, author] of authors.entries())
		author.hears = { message: (message) => (saved[n] = dialect.saved?.(message, saved[n]!) ?? 0) };

	const begun = performance.now();
	let written = 0;
	const timer = setInterval(() => {
		const due = Math.floor(((performance.now() - begun) / 1000) * perSecond);
		for (; written < due; written++) {
			const n = written % authors.length;
			own[n]!.push(written);
			authors[n]!.send(dialect.event(pages.names[0]!, texts[n]!, written));
		}
	}, 1);
	await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
	await server.kill();
	clearInterval(timer);
	await closeClients(clients);

	await server.run();
	const there = new Set<number>();
	const [reader] = (
		await openClients(server, pages, 1, {
			message: (message) => {
				const update = dialect.update?.(message);
				if (update) readMarkers(Buffer.from(update.bytes), (id) => there.add(id));
			}
		})
	).flat();
	// a server that answers before it has loaded gets time to send the rest
	await new Promise((resolve) => setTimeout(resolve, 1500));
	await closeClients([reader!]);
	const told = own.flatMap((ids, n) => ids.slice(0, saved[n]));
	const gone = (ids: Iterable<number>) => [...ids].filter((id) => !there.has(id)).length;
	return { written, seenAndGone: gone(seen), savedAndGone: gone(told), saved: told.length };
}

/** What a `kill -9` takes along of what people had seen, or had been told is saved. */
export async function dataLoss({ rounds, quick }: Options): Promise<Section> {
	const cases = quick
		? [{ perSecond: 200, seconds: 2 }]
		: [
				{ perSecond: 200, seconds: 6 },
				{ perSecond: 1000, seconds: 3 }
			];
	const seen = new Figures();
	const saved = new Figures();
	const rows: string[][] = [];
	let lost = 0;
	await withServers(compared, async (servers) => {
		for (const { perSecond, seconds } of cases) {
			const cell = `${perSecond}/s for ${seconds} s`;
			say(`SIGKILL after ${cell}`);
			const sums = new Map<string, Loss>();
			for (let round = 0; round < rounds; round++)
				for (const server of servers) {
					// not at the same moment of somebody's timer each time
					const loss = await killWhileWriting(server, perSecond, seconds + round * 0.37);
					seen.add(cell, server.name, loss.seenAndGone);
					saved.add(cell, server.name, loss.savedAndGone);
					const sum = sums.get(server.name);
					sums.set(server.name, {
						written: loss.written + (sum?.written ?? 0),
						seenAndGone: loss.seenAndGone + (sum?.seenAndGone ?? 0),
						savedAndGone: loss.savedAndGone + (sum?.savedAndGone ?? 0),
						saved: loss.saved + (sum?.saved ?? 0)
					});
				}
			for (const [name, sum] of sums) {
				rows.push([
					cell,
					name,
					String(sum.written),
					String(sum.seenAndGone),
					name === 'reference' ? '-' : `${sum.savedAndGone} of ${sum.saved}`
				]);
				if (name === 'ours') lost += sum.seenAndGone + sum.savedAndGone;
				if (name === 'ours' && sum.saved === 0) throw new Error('ours called nothing saved');
			}
		}
	});
	return {
		title: 'Data loss',
		notes: [
			`SIGKILL in the middle of steady writing, then a new start on the same data; sums of ${rounds} kills each. The reference server stores nothing by default. "Saved" is the message by which a server tells the author so.`
		],
		tables: [
			{
				title: 'Gone after the restart',
				head: ['writing', 'server', 'written', 'seen by others and gone', 'called saved and gone'],
				rows
			}
		],
		goals: [none('changes seen or called saved that SIGKILL takes along, ours', lost)],
		figures: { seenAndGone: seen.all, savedAndGone: saved.all }
	};
}
