import { command } from '../drive.ts';
import { fixed, type Options, type Section } from '../report.ts';
import { withServers, type MeasuredServer } from '../servers.ts';
import { sizes } from '../sizes.ts';
import { median } from '../statistics.ts';

/** so many at once: as in play, acts of one exercise wait for each other */
const atOnce = 4;
const warmUp = 40;

/** What a team does most. */
const kinds: Record<string, (team: string, n: number) => object> = {
	'log.add': (team, n) => ({ team, log: 'note', text: `Seen ${n} by us` }),
	'task.add': (team, n) => ({
		team,
		content: { title: `Do ${n}`, detail: '', dueAt: null, priority: 'normal', tlp: 'amber', from: null },
		assignee: null
	})
};

/** Processor time of one act, ms: of the server with PostgreSQL. */
async function costs(server: MeasuredServer, count: number): Promise<Record<string, number>> {
	const { exercise, director, players, teams } = await server.ask('play', {
		...sizes['M']!,
		scheduled: { count: 0, firstAfterMs: 0, everyMs: 0 },
		toAll: 1
	});
	await command(server, exercise, director, 'exercise.start', {});
	const found: Record<string, number> = {};
	for (const [kind, input] of Object.entries(kinds)) {
		let next = 0;
		const act = async (until: number) => {
			while (next < until) {
				const n = next++;
				const by = players[n % players.length]!;
				await command(server, exercise, by.cookie, kind, input(teams[by.team]!.id, n));
			}
		};
		await act(warmUp);
		const before = server.cpu();
		await Promise.all(Array.from({ length: atOnce }, () => act(warmUp + count)));
		found[kind] = (server.cpu() - before) / count;
	}
	return found;
}

/**
 * What one act of a team costs, with statements that come again prepared in each connection, and without: an hour of
 * play is made of these.
 */
export async function acts({ quick, rounds }: Options): Promise<Section> {
	const count = quick ? 20 : 400;
	const figures: { prepares: 'yes' | 'no'; kind: string; cpuMs: number }[] = [];
	for (let round = 0; round < (quick ? 1 : rounds); round++)
		for (const prepares of ['yes', 'no'] as const)
			for (const [kind, cpuMs] of await withServers(
				['ours'],
				async ([server]) => Object.entries(await costs(server!, count)),
				{ DATABASE_PREPARE: prepares }
			))
				figures.push({ prepares, kind, cpuMs });
	const of = (kind: string, prepares: 'yes' | 'no') =>
		median(figures.filter((one) => one.kind === kind && one.prepares === prepares).map((one) => one.cpuMs));
	return {
		title: 'What an act costs',
		notes: [
			`${count} acts, ${atOnce} at once, over HTTP, in an exercise of size M; server and PostgreSQL together.`
		],
		tables: [
			{
				title: 'Processor time of an act, ms',
				head: ['act', 'prepared', 'not prepared', 'ratio'],
				rows: Object.keys(kinds).map((kind) => {
					const [yes, no] = [of(kind, 'yes'), of(kind, 'no')];
					return [kind, fixed(yes), fixed(no), fixed(yes / no)];
				})
			}
		],
		goals: [],
		figures
	};
}
