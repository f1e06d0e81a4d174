import { eq } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import { rhythmOf } from '#lib/exercise/report/due.ts';
import { comparedScope, statisticsScope, type StatisticsScope } from '#lib/exercise/statistics/access.ts';
import {
	figuresBy,
	figuresOf,
	filtered,
	loadByHour,
	objectivesOf,
	type Figures,
	type FiguresFilter,
	type FiguresRow,
	type Grouping,
	type LoadHour
} from '#lib/exercise/statistics/figures.ts';
import { Measuring, measuredKinds, type Measures } from '#lib/exercise/statistics/measures.ts';
import { readChannels } from '../channels/rows.ts';
import { readSharing } from '../commands/statistics.ts';
import type { Database } from '../database/open.ts';
import { exercise as exerciseTable } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { exerciseNow } from '../exchange/record/deliveries.ts';
import { eachMeasured } from '../exchange/record/measured.ts';

export interface StatisticsQuery {
	filter: FiguresFilter;
	by: Grouping;
}

/** What the page is about, before anything is counted. */
export interface StatisticsPage {
	/** whose figures the reader has, each team by itself */
	teams: Pick<Team, 'id' | 'name' | 'country' | 'level'>[];
	/** expected actions and objectives are counted for this reader */
	watches: boolean;
	/** of the countries that the reader moderates, whether they share their figures */
	sharing: { country: CountryCode; shared: boolean }[];
}

export interface StatisticsView {
	all: Figures;
	/** a row for each of what was asked for */
	rows: FiguresRow[];
	/** null: load is not told by objective */
	load: LoadHour[] | null;
	objectives: string[];
	/** other countries that share their figures, each as a whole */
	compared: FiguresRow[];
}

export interface OpenStatistics {
	database: Database;
	exercise: Exercise;
	scope: StatisticsScope;
	teams: Team[];
	/** of the countries that share with the reader */
	compared: Team[];
	page: StatisticsPage;
	upTo: number;
}

/** Whose figures the reader has. Whoever has none finds nothing here. */
export async function open(database: Database, exercise: Exercise, actor: Actor): Promise<OpenStatistics> {
	const [all, channels, sharing, head] = await Promise.all([
		readTeams(database.db, exercise.id),
		readChannels(database.db, exercise.id),
		readSharing(database.db, exercise.id),
		database.db
			.select({ sequence: exerciseTable.sequence })
			.from(exerciseTable)
			.where(eq(exerciseTable.id, exercise.id))
	]);
	const scope = statisticsScope(actor, exercise, all, channels, sharing);
	if (!scope || !head[0]) throw noExercise();
	const teams = all.filter(({ id }) => scope.teams.has(id));
	const moderated = new Set(
		actor.memberships.flatMap((one) => (one.role === 'moderator' && one.country ? [one.country] : []))
	);
	return {
		database,
		exercise,
		scope,
		teams,
		compared: all.filter(({ country }) => scope.compared.has(country)),
		upTo: head[0].sequence,
		page: {
			teams: teams.map(({ id, name, country, level }) => ({ id, name, country, level })),
			watches: scope.watched.size > 0,
			sharing: [...moderated].sort().map((country) => ({ country, shared: sharing.has(country) }))
		}
	};
}

/** Folds the facts that the reader may read; another's turn comes between two batches. */
export async function figures(
	opened: OpenStatistics,
	{ filter, by }: StatisticsQuery
): Promise<StatisticsView> {
	const { database, exercise, scope, teams, compared } = opened;
	const now = await exerciseNow({ database, exercise });
	const [measures, others] = [
		await measure(opened, teams, scope, now),
		// of others what a country's own moderator has of it: marks, and no evaluator's note
		compared.length === 0
			? null
			: await measure(
					opened,
					compared,
					{
						record: comparedScope(compared.map(({ id }) => id)),
						watched: new Set(compared.map(({ id }) => id))
					},
					now
				)
	];
	const wanted = filtered(measures, teams, filter);
	return {
		all: figuresOf(wanted, now, filter.objective !== null),
		rows: figuresBy(wanted, teams, by, now, filter.objective !== null),
		load: filter.objective === null ? loadByHour(wanted) : null,
		objectives: objectivesOf(measures),
		compared: others ? figuresBy(others, compared, 'country', now) : []
	};
}

async function measure(
	{ database, exercise, upTo }: OpenStatistics,
	teams: readonly Team[],
	{ record, watched }: Pick<StatisticsScope, 'record' | 'watched'>,
	now: number
): Promise<Measures> {
	const measuring = new Measuring({
		teams,
		watched,
		startsAt: exercise.startsAt,
		timeZone: exercise.timeZone,
		rhythm: rhythmOf(exercise.settings)
	});
	for await (const batch of eachMeasured(database, exercise, record, measuredKinds, upTo))
		for (const recorded of batch) measuring.add(recorded);
	return measuring.end(now);
}
