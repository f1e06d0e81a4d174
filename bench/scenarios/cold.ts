import { closeClients, openClients } from '../clients.ts';
import { readMarkers } from '../events.ts';
import { filledPage } from '../fill.ts';
import { Figures, say, type Goal, type Options, type Section } from '../report.ts';
import { withServers, type MeasuredServer } from '../servers.ts';
import type { Pages } from '../stage.ts';
import type { ServerName } from '../wire.ts';

const compared: ServerName[] = ['hocuspocus', 'ours'];

/** The first reader after a start: until the first answer, until everything is here, and what was in the first answer. */
async function firstReader(server: MeasuredServer, pages: Pages, events: number) {
	const seen = new Set<number>();
	const begun = performance.now();
	let first = 0;
	let inFirst = 0;
	let whole = 0;
	const [client] = (
		await openClients(server, pages, 1, {
			message: (message) => {
				const update = server.dialect.update?.(message);
				if (!update) return;
				readMarkers(Buffer.from(update.bytes), (id) => seen.add(id));
				if (update.step === 1 && first === 0) {
					first = performance.now() - begun;
					inFirst = seen.size;
				}
				if (seen.size >= events && whole === 0) whole = performance.now() - begun;
			}
		})
	).flat();
	const until = performance.now() + 20_000;
	while (whole === 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
	await closeClients([client!]);
	if (whole === 0) throw new Error(`${server.name}: ${seen.size} of ${events} events after a restart`);
	return { first, whole, inFirst };
}

/** A document that nobody has open, after a restart. */
export async function cold({ rounds, quick }: Options): Promise<Section> {
	const events = quick ? 1000 : 10_000;
	const cell = `${events} changes stored`;
	const first = new Figures();
	const whole = new Figures();
	const inFirst = new Figures();
	await withServers(compared, async (servers) => {
		say('cold load');
		const pages = new Map<MeasuredServer, Pages>();
		for (const server of servers) pages.set(server, await filledPage(server, events, 5));
		// Hocuspocus stores two seconds after the last change, ours merges what is quiet for as long
		await new Promise((resolve) => setTimeout(resolve, 4000));
		for (let round = 0; round < rounds; round++)
			for (const server of servers) {
				await server.kill();
				await server.run();
				// not while it is still busy with its own start
				await new Promise((resolve) => setTimeout(resolve, 500));
				const found = await firstReader(server, pages.get(server)!, events);
				first.add(cell, server.name, found.first);
				whole.add(cell, server.name, found.whole);
				inFirst.add(cell, server.name, found.inFirst);
			}
	});
	const empty = (inFirst.cells.get(cell)?.get('ours') ?? []).filter((count) => count < events).length;
	const goals: Goal[] = [
		...whole.goal(cell, 'hocuspocus', 0.4).map((goal) => ({ ...goal, what: `cold, ${goal.what}` })),
		{
			what: 'first answers of ours that do not hold everything',
			wanted: '0',
			found: String(empty),
			hit: empty === 0
		}
	];
	return {
		title: 'Cold load',
		notes: [
			'The server is killed and started again; then the first reader comes. Ratios to Hocuspocus in brackets.'
		],
		tables: [
			first.table('Until the answer to the first question (step 2), ms', [cell], compared, 'hocuspocus'),
			whole.table('Until the whole document is here, ms', [cell], compared, 'hocuspocus'),
			inFirst.table('Events that are here with that answer', [cell], compared, null)
		],
		goals,
		figures: { first: first.all, whole: whole.all, inFirst: inFirst.all }
	};
}
