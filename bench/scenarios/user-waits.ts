import { benchImport } from '../import.ts';
import { benchRelease } from '../release.ts';
import { fixed, type Options, type Section } from '../report.ts';

/** From a controller's command to the last player's screen. */
export async function release({ quick }: Options): Promise<Section> {
	const sizes = quick
		? ([[5, 2]] as const)
		: ([
				[20, 10],
				[200, 1]
			] as const);
	const found = [];
	for (const [teams, players] of sizes) found.push(await benchRelease(teams, players, quick ? 4 : 15));
	return {
		title: 'Release of an inject',
		notes: [],
		tables: [
			{
				title: 'From the command to the last player having it, ms',
				head: ['players', 'teams', 'answered, median', 'last has it, median', 'p95', 'releases'],
				rows: found.map((one) => [
					String(one.players),
					String(one.teams),
					fixed(one.answeredMedian),
					fixed(one.lastMedian),
					fixed(one.lastP95),
					String(one.rounds)
				])
			}
		],
		goals: [],
		figures: found
	};
}

/** A script of the largest exercise out to a workbook and in again. */
export async function importing({ quick }: Options): Promise<Section> {
	const found = await benchImport(quick ? 100 : 1500);
	return {
		title: 'Import of a workbook',
		notes: [],
		tables: [
			{
				title: `${found.rows} rows`,
				head: ['figure', 'value'],
				rows: Object.entries(found).map(([name, value]) => [name, fixed(value as number)])
			}
		],
		goals: [],
		figures: found
	};
}
