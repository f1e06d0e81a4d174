import { isControl, moderatesCountry } from '#lib/exercise/exercise/access.ts';
import { readsChannelFrom } from '#lib/exercise/channel/access.ts';
import type { ChannelKind } from '#lib/exercise/channel/schema.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { situationBoard, type SituationBoard } from '#lib/exercise/situation/board.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { eq } from 'drizzle-orm';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import { databaseNow, type Database } from '../database/open.ts';
import type { ExportFile } from '../exchange/record/file.ts';
import { writeBoard } from '../exchange/situation.ts';
import { channel } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { sharedReports } from './shared-reports.ts';

export interface SituationView {
	board: SituationBoard;
	/** exercise time for which it stands, ms; null: now */
	at: number | null;
}

/** Channels whose members work with the common picture (DOMAIN 5.3). */
const pictured: ReadonlySet<string> = new Set<ChannelKind>(['network', 'political', 'sector']);

/**
 * Whether somebody sees the board: exercise control, moderators, and the members of the networks and levels above the
 * teams. What each of them finds on it is what each may receive.
 */
export async function seesSituation(
	database: Database,
	exercise: Pick<Exercise, 'id'>,
	actor: Actor
): Promise<boolean> {
	if (isControl(actor) || countryCodes.some((country) => moderatesCountry(actor, country))) return true;
	const channels = await database.db
		.select({ kind: channel.kind, members: channel.members })
		.from(channel)
		.where(eq(channel.exerciseId, exercise.id));
	return channels.some(
		({ kind, members }) => pictured.has(kind) && readsChannelFrom(members, actor) !== null
	);
}

/**
 * The board of one reader, now or as it stood at an exercise time; or at a moment of the record (`recorded`, wall time), which
 * a jump back of the exercise's clock does not make ambiguous. Who may not see it is told that nothing is there.
 */
export async function situation(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	at: number | { recorded: number } | null
): Promise<SituationView> {
	if (!(await seesSituation(database, exercise, actor))) throw noExercise();
	const [teams, reports] = await Promise.all([
		readTeams(database.db, exercise.id),
		sharedReports(database, exercise, actor, at ?? undefined)
	]);
	const countries = [...new Set(teams.map((team): CountryCode => team.country))].sort();
	return {
		board: situationBoard(
			countries,
			reports.map(({ country, team, title, tlp, asOf, approvedAt, content }) => ({
				country,
				team,
				title,
				tlp,
				asOf,
				approvedAt,
				impacts: content?.impacts ?? []
			}))
		),
		at: at !== null && typeof at === 'object' ? exerciseTimeAt(exercise.clock, at.recorded) : at
	};
}

/** The same board as a table that leaves. */
export async function exportBoard(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	{ at, format }: { at: number | null; format: 'csv' | 'xlsx' }
): Promise<ExportFile> {
	const view = await situation(database, exercise, actor, at);
	return writeBoard(
		database,
		exercise,
		actor,
		view,
		exerciseTimeAt(exercise.clock, await databaseNow(database.db)),
		format
	);
}
