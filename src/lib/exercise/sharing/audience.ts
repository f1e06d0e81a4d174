import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { ChannelKind, ChannelMembers } from '../channel/schema.ts';
import type { Actor, Role, Team } from '../exercise/schema.ts';
import type { AccountId, ChannelId, TeamId } from '../ids.ts';
import { keptFrom, mayReceive, reachOf, type Party, type Reader } from './sharing.ts';

/*
 * Whom a team addresses when it sends something to teams and channels at once: who they are, whom the label keeps out,
 * and how many people it reaches. One answer for the dialog before it is sent and for the command that sends it.
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
	/** every team that these people play in */
	parties: ReadonlyMap<TeamId, Addressee>;
}

export const partyOf = ({
	id,
	country,
	organisationId
}: Pick<Team, 'id' | 'country' | 'organisationId'>): Party => ({
	team: id,
	country,
	organisation: organisationId ?? null
});
export const addresseeOf = (team: Team): Addressee => ({ ...partyOf(team), name: team.name });

/** Those who run or watch the exercise: they read what passes between teams, and nobody in play counts them. */
const staff: readonly Role[] = ['director', 'controller', 'moderator', 'planner', 'facilitator', 'evaluator'];

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
export function reachedTeams({ teams, channels, parties }: Audience, own: TeamId): Addressee[] {
	const everybody = channels.some(({ members }) => members.roles.includes('player'))
		? [...parties.values()]
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
	/** who made it, and sends it */
	from: Addressee;
}

const sharedOf = ({ tlp, from }: Sent, audience: Audience) => ({
	tlp,
	from,
	to: reachedTeams(audience, from.team),
	people: namedPeople(audience)
});

type Counted = Reader & { name: string; countries: CountryCode[] };

/** The people in play who would read it, outside the sender's team. */
function readersOf({ from }: Sent, audience: Audience): Counted[] {
	const reached = new Set(reachedTeams(audience, from.team).map(({ team }) => team));
	const named = new Set(namedPeople(audience));
	const roles = new Set(
		audience.channels.flatMap(({ members }) => members.roles).filter((role) => !staff.includes(role))
	);
	return audience.people.flatMap(({ accountId, name, memberships }): Counted[] => {
		const parties = memberships.flatMap(({ role, teamId }) =>
			role === 'player' && teamId ? (audience.parties.get(teamId) ?? []) : []
		);
		const isOwn = parties.some(({ team }) => team === from.team);
		const reads =
			parties.some(({ team }) => reached.has(team)) ||
			named.has(accountId) ||
			memberships.some(({ role }) => roles.has(role));
		if (isOwn || !reads) return [];
		return [
			{
				account: accountId,
				name,
				parties,
				takesPart: memberships.length > 0,
				countries: [...new Set(parties.map(({ country }) => country))]
			}
		];
	});
}

/** Whom the label keeps out: teams first, then people who are in a channel without a team. Empty: all may have it. */
export function keptOut(sent: Sent, audience: Audience): { name: string }[] {
	const { tlp, from } = sent;
	const item = sharedOf(sent, audience);
	const teams = keptFrom({ tlp, originator: from }, from, item.to).map(({ team }) => team);
	const names = item.to.filter(({ team }) => teams.includes(team)).map(({ name }) => ({ name }));
	const others = readersOf(sent, audience).filter(
		(reader) => !mayReceive(item, reader) && !reader.parties.some(({ team }) => teams.includes(team))
	);
	return [...names, ...others.map(({ name }) => ({ name }))];
}

/** How far it goes: people in play outside the own team, and their countries. */
export function reachOfAudience(
	sent: Sent,
	audience: Audience
): { people: number; countries: CountryCode[] } {
	return reachOf(sharedOf(sent, audience), readersOf(sent, audience));
}
