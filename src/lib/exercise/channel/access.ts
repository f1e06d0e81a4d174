import { hasRole, isControl } from '../exercise/access.ts';
import type { Actor } from '../exercise/schema.ts';
import type { AccountId, TeamId } from '../ids.ts';
import { isStaff } from '../sharing/readers.ts';
import { isForStaff, type ChannelMembers, type ChannelRow, type Joined, type Teams } from './schema.ts';

const fromTheBeginning: Joined = { from: 0, since: 0 };

/**
 * From where on somebody reads a channel; null: it is not theirs. Exercise control reads every channel of its exercise,
 * also private ones: it runs the play (DOMAIN 6).
 */
export function readsChannel(members: ChannelMembers, actor: Actor): Joined | null {
	if (isControl(actor)) return fromTheBeginning;
	return joinedAt(members, actor);
}

/** The first segment of a channel's timeline that somebody may read; null: the channel is not theirs. */
export function readsChannelFrom(members: ChannelMembers, actor: Actor): number | null {
	return readsChannel(members, actor)?.from ?? null;
}

/** The same by membership alone: whom a message reaches, exercise control not counted. */
export function joinedAt(members: ChannelMembers, actor: Actor): Joined | null {
	const joined: Joined[] = [];
	for (const { role, teamId, country } of actor.memberships) {
		if (members.roles.includes(role)) joined.push(fromTheBeginning);
		if (role === 'moderator' && country && members.moderators?.includes(country))
			joined.push(fromTheBeginning);
		if (role !== 'player' || !teamId) continue;
		const team = members.teams.find((one) => one.id === teamId);
		if (team) joined.push(team);
	}
	const person = actor.memberships.length > 0 && members.people.find((one) => one.id === actor.accountId);
	if (person) joined.push(person);
	if (joined.length === 0) return null;
	return joined.reduce((first, one) => (one.since < first.since ? one : first));
}

/** For whom somebody speaks in a channel. `named`: members read the name. */
export interface Voice {
	/** null: exercise control */
	team: TeamId | null;
	named: boolean;
}

/**
 * As what somebody may speak in a channel; null: not at all. `wanted`: who plays in several of its teams chooses. Who
 * observes reads along.
 */
export function voiceIn(
	{ members }: Pick<ChannelRow, 'members'>,
	actor: Actor,
	wanted?: TeamId
): Voice | null {
	const isNamed = isPersonIn(members, actor.accountId);
	const own = [...teamsIn(members, actor), ...(isNamed ? playedTeams(actor) : [])];
	const team = wanted === undefined ? own[0] : own.find((one) => one === wanted);
	if (team) return { team, named: true };
	if (wanted !== undefined || !readsChannel(members, actor) || !isStaff(actor)) return null;
	return { team: null, named: isNamed || isForStaff(members) };
}

/** The teams of a channel in which somebody plays. */
export function teamsIn(members: Pick<ChannelMembers, 'teams'>, actor: Actor): TeamId[] {
	const own = new Set(members.teams.map((one) => one.id));
	return actor.memberships.flatMap(({ role, teamId }) =>
		role === 'player' && teamId && own.has(teamId) ? [teamId] : []
	);
}

/** All teams in which somebody plays. */
export const playedTeams = (actor: Actor): TeamId[] =>
	actor.memberships.flatMap((one) => (one.role === 'player' && one.teamId ? [one.teamId] : []));

/**
 * Whether somebody may know that another person takes part, and so name them: exercise control everybody; moderators the
 * people of their countries; players their own team and those with whom they share a channel. What a channel tells of its
 * members is what joining it means; exercise control's people are named only to each other.
 */
export function mayKnow(
	actor: Actor,
	other: Actor,
	channels: readonly Pick<ChannelRow, 'members'>[],
	teams: Teams
): boolean {
	if (other.memberships.length === 0) return false;
	if (isControl(actor) || actor.accountId === other.accountId) return true;
	if (hasRole(actor, 'moderator') && hasRole(other, 'moderator', 'director', 'controller')) return true;
	const countries = new Set(
		actor.memberships.flatMap((one) => (one.role === 'moderator' && one.country ? [one.country] : []))
	);
	const own = new Set(playedTeams(actor));
	for (const { role, teamId } of other.memberships) {
		if (role !== 'player' || !teamId) continue;
		const team = teams.get(teamId);
		if (own.has(teamId) || (team && countries.has(team.country))) return true;
	}
	return channels.some(({ members }) => joinedAt(members, actor) && isNamedIn(members, other));
}

/** Whether members of a channel read that this person is in it. */
export function isNamedIn(members: ChannelMembers, person: Actor): boolean {
	if (isPersonIn(members, person.accountId)) return true;
	if (teamsIn(members, person).length > 0) return true;
	return isForStaff(members) && joinedAt(members, person) !== null;
}

/** Members by name, without those who are there through a role. */
export const isPersonIn = (members: ChannelMembers, account: AccountId) =>
	members.people.some((one) => one.id === account);
