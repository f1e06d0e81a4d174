import type { Team } from '../exercise/schema.ts';
import type { ChannelId, TeamId } from '../ids.ts';
import { networks, type ChannelRow } from './schema.ts';

/** Whom a team may address by name: teams of its country and of its channels, and the networks around it. */
export interface Reachable {
	addressable: ReadonlySet<TeamId>;
	/** its own networks and those right below them, with the teams on duty there */
	duty: ReadonlyMap<ChannelId, { name: string; teams: readonly TeamId[] }>;
}

export function reachableFrom(
	team: Pick<Team, 'id' | 'country'>,
	teams: readonly Team[],
	channels: readonly ChannelRow[]
): Reachable {
	const addressable = new Set(teams.filter((one) => one.country === team.country).map((one) => one.id));
	const open = channels.filter((one) => !one.isClosed);
	const own = open.filter(({ members }) => members.teams.some((one) => one.id === team.id));
	for (const { members } of own) for (const one of members.teams) addressable.add(one.id);
	addressable.delete(team.id);
	const around = new Set<string>();
	for (const { standard } of own) {
		const at = networks.findIndex((one) => one.standard === standard);
		for (const one of [networks[at], networks[at - 1]]) if (at !== -1 && one) around.add(one.standard);
	}
	return {
		addressable,
		duty: new Map(
			open
				.filter((one) => one.standard !== null && around.has(one.standard))
				.map((one) => [one.id, { name: one.name, teams: one.duty }])
		)
	};
}
