import { timelineName } from '#lib/exercise/documents.ts';
import { consoleScope, facilitatesTeam, playsIn, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import { leadsTable } from '#lib/exercise/table/access.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Discussion } from '#lib/exercise/table/schema.ts';
import { readDiscussion } from '../commands/table.ts';
import type { Database } from '../database/open.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { openSegments, type TimelineStart } from './timelines.ts';

/** What the page of one table starts from. What was released comes with the team's own timeline, live. */
export interface TableView {
	team: Pick<Team, 'id' | 'name' | 'country' | 'level'>;
	timeline: TimelineStart;
	/** what is discussed, as the page is loaded; from then on the timeline says it */
	discussion: Discussion | null;
	/** writes in the team's log */
	logs: boolean;
	/** null: no console, and nothing of what is planned; else the countries that the reader moderates, or null for all */
	console: { scope: CountryCode[] | null } | null;
}

/** The facilitator's own page, and the projector's: the same door, so that nobody finds the one without the other. */
export async function table(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	teamId: string
): Promise<TableView> {
	const team = (await readTeams(database.db, exercise.id)).find((one) => one.id === teamId);
	if (!team || !leadsTable(actor, team)) throw noExercise();
	const name = timelineName(exercise.id, { to: 'team', team: team.id });
	const [timeline] = await openSegments(database, [name]);
	const discussion = await readDiscussion(database.db, exercise.id, team.id);
	const scope = consoleScope(actor);
	const { id, country, level } = team;
	// who facilitates here and moderates elsewhere has a console, and not for this table
	const isTheirs = seesConsole(actor) && (scope === null || scope.has(country));
	return {
		team: { id, name: team.name, country, level },
		timeline: timeline!,
		discussion,
		logs: facilitatesTeam(actor, team.id) || playsIn(actor, team.id),
		console: isTheirs ? { scope: scope && [...scope] } : null
	};
}
