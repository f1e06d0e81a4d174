import type { Tlp } from '#lib/standards/tlp.ts';
import type { People } from '../channel/audience.ts';
import type { ChannelKind, ChannelMembers, Teams } from '../channel/schema.ts';
import type { Actor, Team } from '../exercise/schema.ts';
import type { AccountId, ChannelId, TeamId } from '../ids.ts';
import { channelPlace, reach, teamPlace, type Reach } from './reach.ts';
import { partyOf } from './readers.ts';
import type { Party } from './sharing.ts';

/*
 * Whom a team addresses when it sends something to teams and channels at once, and whom it may address at all. How far it
 * then goes is answered by `reach`, as for messages.
 */

/** A team that can be named to the sender. */
export interface Addressee extends Party {
	name: string;
}

export interface AddressedChannel {
	id: ChannelId;
	kind: ChannelKind;
	name: string;
	members: ChannelMembers;
	isClosed: boolean;
	/** the teams that are members now */
	teams: readonly Addressee[];
}

export interface Audience {
	teams: readonly Addressee[];
	channels: readonly AddressedChannel[];
	/** everybody who plays in one of these teams, or is in one of these channels */
	people: readonly Actor[];
	/** every team of the exercise */
	all: Teams;
}

export const addresseeOf = (team: Team): Addressee => ({ ...partyOf(team), name: team.name });

/**
 * The teams whose names a team may know, and so may write to: those of its own country, and those in a channel with it.
 * Nobody learns by a list of recipients who else plays (PROMISES P2).
 */
export function teamsKnownTo(
	own: Pick<Team, 'id' | 'country'>,
	all: readonly Team[],
	channels: readonly { members: ChannelMembers; isClosed: boolean }[]
): Team[] {
	const met = new Set<TeamId>();
	for (const { members, isClosed } of channels)
		if (!isClosed && members.teams.some((one) => one.id === own.id))
			for (const { id } of members.teams) met.add(id);
	return all.filter((team) => team.id !== own.id && (team.country === own.country || met.has(team.id)));
}

/** Whether somebody who plays in a team speaks in a channel: as its team, or by name. */
export function speaksIn(members: ChannelMembers, actor: Pick<Actor, 'accountId'>, team: TeamId): boolean {
	return (
		members.roles.includes('player') ||
		members.teams.some((one) => one.id === team) ||
		members.people.some((one) => one.id === actor.accountId)
	);
}

/** Every team that is reached, each once, without the sender's own. */
export function reachedTeams({ teams, channels, all }: Audience, own: TeamId): Addressee[] {
	const everybody = channels.some(({ members }) => members.roles.includes('player'))
		? [...all.values()].map(addresseeOf)
		: [];
	const reached = new Map<TeamId, Addressee>();
	for (const one of [...teams, ...channels.flatMap((channel) => channel.teams), ...everybody])
		if (one.team !== own) reached.set(one.team, one);
	return [...reached.values()];
}

/** Named people in the channels: the only recipients that RED has. */
export function namedPeople({
	channels
}: {
	channels: readonly Pick<AddressedChannel, 'members'>[];
}): AccountId[] {
	return [...new Set(channels.flatMap(({ members }) => members.people.map(({ id }) => id)))];
}

interface Sent {
	tlp: Tlp;
	/** who made it, and sends it: its own people have it already */
	from: Addressee;
}

/** Whom it reaches outside the sender's team, and whom its label leaves out: for the dialog and for the command. */
export function reachOfAudience({ tlp, from }: Sent, { teams, channels, people, all }: Audience): Reach {
	const byId: People = new Map(people.map((one) => [one.accountId, one]));
	return reach({ tlp, from, besides: from.team }, [
		...teams.flatMap((one) => {
			const team = all.get(one.team);
			return team ? [teamPlace(team, byId, all)] : [];
		}),
		...channels.map(({ members }) => channelPlace(members, byId, all))
	]);
}
