import { timelineEntries } from '#lib/exercise/timeline.ts';
import { each, readWhole } from '../drive.ts';
import type { Edits } from '../edits.ts';
import { readMarkers } from '../events.ts';
import type { Play } from '../play.ts';
import type { Player } from '../players.ts';
import type { MeasuredServer } from '../servers.ts';
import type { Channels } from './channels.ts';

/** What is there when the day is over, read anew: nothing that was answered may be missing or there twice. */

/** entries that there is one of for each inject, log entry and message */
const once: ReadonlySet<string> = new Set(['inject', 'log', 'message']);

/** What ought to be there; the numbers are markers. */
interface Expected {
	/** what was released to a team, by its place */
	injects: (team: number) => number[];
	logs: ReadonlyMap<number, { team: number; answered: boolean }>;
	messages: ReadonlyMap<number, { channel: number; answered: boolean }>;
	edits: Edits;
}

export async function whatIsThere(
	server: MeasuredServer,
	play: Play,
	channels: Channels,
	people: readonly Player[],
	{ injects, logs, messages, edits }: Expected
): Promise<{ lost: number; twice: number; editsLost: number; editsSaved: number }> {
	const found = await readBack(server, play, channels, people);
	let lost = 0;
	let twice = 0;
	for (const [n, team] of play.teams.entries()) {
		const counts = found.get(team.timeline)!;
		const expected = [
			...injects(n),
			...[...logs].filter(([, one]) => one.team === n && one.answered).map(([id]) => id)
		];
		for (const id of expected) if (!counts.has(id)) lost++;
	}
	for (const [id, one] of messages)
		if (one.answered && !found.get(channels.all[one.channel]!.page)!.has(id)) lost++;
	for (const counts of found.values()) for (const n of counts.values()) twice += n - 1;
	let editsLost = 0;
	let editsSaved = 0;
	await each([...edits.saved], 20, async ([document, ids]) => {
		const n = play.teams.findIndex((team) => team.notes === document);
		const reader = play.players.find((one) => one.team === n)!;
		const doc = await readWhole(server, document, reader.cookie);
		const there = new Set(doc.getMap('events').keys());
		editsSaved += ids.length;
		for (const id of ids) if (!there.has(`event-${id}`)) editsLost++;
	});
	return { lost, twice, editsLost, editsSaved };
}

/** How often each marker stands in each timeline, all segments together. */
async function readBack(
	server: MeasuredServer,
	play: Play,
	channels: Channels,
	people: readonly Player[]
): Promise<Map<string, Map<number, number>>> {
	const pages = [
		...play.teams.map((team, n) => ({
			page: team.timeline,
			cookie: play.players.find((one) => one.team === n)!.cookie
		})),
		...channels.all.map(({ page, members }) => ({ page, cookie: people[members[0]!]!.cookie }))
	];
	const found = new Map<string, Map<number, number>>();
	await each(pages, 20, async ({ page, cookie }) => {
		const counts = new Map<number, number>();
		found.set(page, counts);
		let name: string | null = page;
		while (name !== null) {
			const doc = await readWhole(server, name, cookie);
			let following: string | null = null;
			for (const entry of timelineEntries(doc).values()) {
				if (entry.body.kind === 'continued')
					following = `${page.slice(0, page.lastIndexOf('/'))}/${entry.body.segment}`;
				// acknowledgements and answers repeat the title
				if (once.has(entry.body.kind))
					readMarkers(Buffer.from(JSON.stringify(entry)), (id) => counts.set(id, (counts.get(id) ?? 0) + 1));
			}
			name = following;
		}
	});
	return found;
}
