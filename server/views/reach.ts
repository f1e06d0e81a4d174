import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import type { ChannelKind } from '#lib/exercise/channel/schema.ts';
import { playsIn } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, Team, TeamLevel } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, TeamId } from '#lib/exercise/ids.ts';
import { authoritiesFor } from '#lib/exercise/notification/commands.ts';
import { addresseeOf, reachOfAudience } from '#lib/exercise/sharing/audience.ts';
import { keptFromSentence } from '#lib/exercise/sharing/sharing.ts';
import type { OrganisationId } from '#lib/exercise/ids.ts';
import type { OrganisationKind } from '#lib/exercise/exercise/schema.ts';
import type { Database } from '../database/open.ts';
import { organisation, reportShare } from '../database/schema.ts';
import { audienceOf, recipientsOf } from '../exercises/audience.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';

/*
 * Whom a team may write to, and how far something would go: asked by the dialogs before anything is sent. Both are
 * answered by the functions that the commands are decided with, for players about their own team alone.
 */

export interface RecipientsView {
	teams: { id: TeamId; name: string; country: CountryCode; level: TeamLevel }[];
	channels: { id: ChannelId; name: string; kind: ChannelKind; isClosed: boolean }[];
	/** the CSIRT or authority that the team may notify (NIS2 Art. 23) */
	authorities: { id: TeamId; name: string }[];
	/** ids of teams and channels that have a report already, by its number */
	shared: { number: number; to: (TeamId | ChannelId)[] }[];
}

async function ownTeam(database: Database, exercise: Exercise, actor: Actor, teamId: string): Promise<Team> {
	const team = (await readTeams(database.db, exercise.id)).find((one) => one.id === teamId);
	if (!team || !playsIn(actor, team.id)) throw noExercise();
	return team;
}

/** The names that a team may know, as recipients. */
export async function recipients(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	teamId: string
): Promise<RecipientsView> {
	const own = await ownTeam(database, exercise, actor, teamId);
	const [{ all, teams, channels }, kinds, shares] = await Promise.all([
		recipientsOf(database.db, exercise, actor, own),
		database.db.select({ id: organisation.id, kind: organisation.kind }).from(organisation),
		database.db.select().from(reportShare).where(eq(reportShare.teamId, own.id))
	]);
	const organisations = new Map(kinds.map((row) => [row.id as OrganisationId, row.kind as OrganisationKind]));
	return {
		teams: teams.map(({ id, name, country, level }) => ({ id, name, country, level })),
		channels: channels.map(({ id, name, kind, isClosed }) => ({ id, name, kind, isClosed })),
		authorities: authoritiesFor(own, all, organisations).map(({ id, name }) => ({ id, name })),
		shared: [...Map.groupBy(shares, (row) => row.number)].map(([number, rows]) => ({
			number,
			to: rows.flatMap((row) => (row.toTeam ?? row.toChannel ?? []) as TeamId | ChannelId)
		}))
	};
}

const ids = z.string().transform((text) => text.split(',').filter((id) => id !== ''));
const asked = z.object({
	team: z.string().max(40),
	tlp: z.enum(tlpIds),
	teams: ids.default([]),
	channels: ids.default([])
});

export interface Reach {
	/** people in play, outside the own team */
	people: number;
	countries: CountryCode[];
	/** whom the label keeps out, and why; null: nobody */
	keptOut: { names: string[]; sentence: string } | null;
}

/** How far something with a label would go: the people in play who would read it, or whom the label keeps out. */
export async function reach(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	query: URLSearchParams
): Promise<Reach> {
	const parsed = asked.safeParse(Object.fromEntries(query));
	if (!parsed.success) throw new AppError('invalid', 'Name a team, a label, and whom it is for.');
	const { team, tlp, ...named } = parsed.data as {
		team: string;
		tlp: Tlp;
		teams: string[];
		channels: string[];
	};
	const own = await ownTeam(database, exercise, actor, team);
	const audience = await audienceOf(database.db, exercise, actor, own, named);
	const sent = { tlp, from: addresseeOf(own) };
	const { people, countries, keptOut } = reachOfAudience(sent, audience);
	return {
		people,
		countries,
		keptOut:
			keptOut.length > 0
				? { names: keptOut.map(({ name }) => name), sentence: keptFromSentence(tlp, keptOut) }
				: null
	};
}
