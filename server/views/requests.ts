import { reachableFrom } from '#lib/exercise/channel/reach.ts';
import { readsChannel } from '#lib/exercise/channel/access.ts';
import { rhythmsAsked, rungOf } from '#lib/exercise/channel/mode.ts';
import { playsIn } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, TeamId } from '#lib/exercise/ids.ts';
import { readChannels } from '../channels/rows.ts';
import type { Database } from '../database/open.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';

/** Whom a team may ask, beside exercise control. */
export interface RequestTargets {
	teams: { id: TeamId; name: string; country: string }[];
	networks: { id: ChannelId; name: string }[];
}

/** For the players of a team. */
export async function targets(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	teamId: string
): Promise<RequestTargets> {
	if (!playsIn(actor, teamId as TeamId)) throw noExercise();
	const [teams, channels] = await Promise.all([
		readTeams(database.db, exercise.id),
		readChannels(database.db, exercise.id)
	]);
	const team = teams.find((one) => one.id === teamId);
	if (!team) throw noExercise();
	const { addressable, duty } = reachableFrom(team, teams, channels);
	return {
		teams: teams
			.filter((one) => addressable.has(one.id))
			.map(({ id, name, country }) => ({ id, name, country })),
		networks: [...duty]
			.filter(([, network]) => network.teams.some((one) => one !== team.id))
			.map(([id, { name }]) => ({ id, name }))
	};
}

/** How alert the networks of a team are: for the head of its room. */
export interface TeamMode {
	/** null: whoever watches the room does not read the channel */
	channel: ChannelId | null;
	network: string;
	label: string;
	isCalm: boolean;
	/** hours of exercise time between reports; null: as the team decides */
	rhythmHours: number | null;
	/** what it asks for, and from which exercise time on: none or one */
	asked: { minutes: number; from: number | null }[];
}

export async function modesOf(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	team: { id: TeamId }
): Promise<TeamMode[]> {
	const channels = await readChannels(database.db, exercise.id);
	return channels.flatMap(({ id, name, members, mode, isClosed }) => {
		if (!mode || isClosed || !members.teams.some((one) => one.id === team.id)) return [];
		const rung = rungOf(mode);
		return [
			{
				channel: readsChannel(members, actor) ? id : null,
				network: name,
				label: rung.label,
				isCalm: rung.id === mode.ladder[0]!.id,
				rhythmHours: rung.rhythmHours,
				asked: rhythmsAsked([{ members, mode }], team)
			}
		];
	});
}
