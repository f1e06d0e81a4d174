import { z } from 'zod';
import { countryName, type CountryCode } from '#lib/standards/countries.ts';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { isControl } from '../exercise/access.ts';
import { isReal } from '../exercise/kind.ts';
import { id, type Actor, type Role } from '../exercise/schema.ts';
import type { AccountId, ChannelId, TeamId } from '../ids.ts';
import { isStaff } from '../sharing/readers.ts';
import { notInPlay } from '../team/commands.ts';
import { mayKnow, readsChannel } from './access.ts';
import type { ChannelFact, FoundingMembers, Named } from './facts.ts';
import { ipcrLadder, networkLadder, newMode } from './mode.ts';
import {
	channelKinds,
	channelLimits,
	channelName,
	membersInput,
	networks,
	type ChannelKind,
	type ChannelRow
} from './schema.ts';
import { isOver, type ChannelState } from './state.ts';

/** Who may open, fill and close channels: exercise control; private exchanges also whoever takes part in play. */

type Opened = Extract<ChannelFact, { kind: 'channel-opened' }>;
type NewChannel = Pick<Opened, 'name' | 'channelKind' | 'members'> &
	Partial<Pick<Opened, 'standard' | 'mode'>>;

const opened = (mint: Moment['mint'], channel: NewChannel): Opened => ({
	kind: 'channel-opened',
	channel: mint<ChannelId>(),
	standard: null,
	mode: null,
	...channel
});

const nobody: FoundingMembers = { teams: [], people: [], roles: [], moderators: [] };

/** How many private exchanges one person may open: a hostile one fills no list. */
export const exchangesOfOne = 40;

export const openChannel = command({
	name: 'channel.open',
	input: z.object({ name: channelName, kind: z.enum(channelKinds) }).and(membersInput),
	decide(state: ChannelState, input, actor, { mint }: Moment): Decision {
		const over = isOver(state.exercise);
		if (over) return over;
		const people = namedPeople(state, input.people, actor);
		if (!people) return notFound();
		const { name, kind: channelKind } = input;
		if (channelKind === 'private') return openExchange(state, { ...input, people }, actor, mint);
		if (!isControl(actor))
			return forbidden('Exercise control opens channels. You can open a private exchange.');
		if (input.teams.some((team) => !state.teams.has(team))) return notFound();
		if (state.channels.size >= channelLimits.channels)
			return refuse('too-large', `An exercise has at most ${channelLimits.channels} channels.`);
		if (isTaken(state, name)) return refuse('duplicate', `There is a channel called “${name}” already.`);
		const members = { ...input, teams: [...new Set(input.teams)], people };
		const { teams, roles, moderators } = members;
		if (teams.length + people.length + roles.length + moderators.length === 0)
			return refuse('invalid', 'Choose who is in the channel.');
		const fact = opened(mint, { name, channelKind, members: { teams, people, roles, moderators } });
		return { facts: [fact], result: { channel: fact.channel } };
	}
});

function openExchange(
	{ exercise, channels }: ChannelState,
	{ name, people, ...others }: Omit<FoundingMembers, 'people'> & { name: string; people: Named[] },
	actor: Actor,
	mint: Moment['mint']
): Decision {
	if (others.teams.length + others.roles.length + others.moderators.length > 0)
		return refuse('invalid', 'A private exchange has people, named one by one.');
	const control = isControl(actor);
	if (!control) {
		const plays = actor.memberships.some((one) => one.role === 'player');
		if (!plays && !isStaff(actor)) return forbidden('You read along: you cannot open an exchange.');
		const refusal = isStaff(actor) ? null : notInPlay(exercise);
		if (refusal) return refusal;
		const own = [...channels.values()].filter((one) => one.openedBy === actor.accountId && !one.isClosed);
		if (own.length >= exchangesOfOne)
			return refuse('slow-down', `You have opened ${exchangesOfOne} exchanges. Use one of them.`);
	}
	if (channels.size >= channelLimits.channels)
		return refuse('too-large', `An exercise has at most ${channelLimits.channels} channels.`);
	const included =
		control || people.some((one) => one.id === actor.accountId)
			? people
			: [{ id: actor.accountId, name: actor.name }, ...people];
	if (included.length < 2) return refuse('invalid', 'Name somebody to talk to.');
	if (included.length > channelLimits.people)
		return refuse('too-large', `Name at most ${channelLimits.people} people.`);
	const fact = opened(mint, { name, channelKind: 'private', members: { ...nobody, people: included } });
	return { facts: [fact], result: { channel: fact.channel } };
}

/** The people by name; null: somebody is not here, or the actor may not know that they are. */
function namedPeople(state: ChannelState, wanted: readonly AccountId[], actor: Actor): Named[] | null {
	const channels = [...state.channels.values()].filter((one) => !one.isClosed);
	const named: Named[] = [];
	for (const account of new Set(wanted)) {
		const person = state.people.get(account);
		if (!person || !mayKnow(actor, person, channels, state.teams)) return null;
		named.push({ id: account, name: person.name });
	}
	return named;
}

const isTaken = ({ channels }: ChannelState, name: string) =>
	[...channels.values()].some(
		(one) => one.kind !== 'private' && !one.isClosed && one.name.toLowerCase() === name.toLowerCase()
	);

/**
 * The channels that every exercise has: the networks by the level of their teams, exercise control's coordination, the
 * moderators' channel, and each country's exchange with central control. Pressed again, it adds what came since.
 */
export const openStandardChannels = command({
	name: 'channel.openStandard',
	input: z.object({}),
	decide(state: ChannelState, _input, actor, { mint }: Moment): Decision {
		if (!isControl(actor)) return forbidden('Exercise control makes the standard channels.');
		const over = isOver(state.exercise);
		if (over) return over;
		const known = new Map(
			[...state.channels.values()].flatMap((one) =>
				one.standard && !one.isClosed ? [[one.standard, one] as const] : []
			)
		);
		const facts: ChannelFact[] = [];
		const teams = [...state.teams.values()];
		for (const { standard, name, kind, level } of networks) {
			const of = teams.filter((team) => team.level === level);
			const existing = known.get(standard);
			if (existing) {
				const missing = of.filter((team) => !existing.members.teams.some((one) => one.id === team.id));
				if (missing.length > 0) facts.push(added(existing, missing, []));
			} else if (of.length > 0)
				facts.push(
					opened(mint, {
						name,
						channelKind: kind,
						standard,
						members: { ...nobody, teams: of.map((team) => team.id) },
						mode: newMode(standard === 'political' ? ipcrLadder : networkLadder)
					})
				);
		}
		for (const one of staffChannels([...new Set(teams.map((team) => team.country))], isReal(state.exercise)))
			if (!known.has(one.standard))
				facts.push(
					opened(mint, {
						name: one.name,
						channelKind: one.kind,
						standard: one.standard,
						members: { ...nobody, roles: one.roles, moderators: one.moderators }
					})
				);
		return { facts, result: { channels: facts.length } };
	}
});

interface StaffChannel {
	standard: string;
	name: string;
	kind: ChannelKind;
	roles: Role[];
	moderators: CountryCode[];
}

/** Under names that fit: in a real room nobody controls an exercise. */
function staffChannels(countries: readonly CountryCode[], real: boolean): StaffChannel[] {
	const control: Role[] = ['director', 'controller'];
	return [
		{
			standard: 'excon',
			name: real ? 'Coordination' : 'EXCON coordination',
			kind: 'control',
			roles: [...control, 'moderator'],
			moderators: []
		},
		{
			standard: 'moderators',
			name: real ? 'National coordinators' : 'Moderators',
			kind: 'moderators',
			roles: ['moderator'],
			moderators: []
		},
		...[...countries].sort().map((country) => ({
			standard: `moderators/${country}`,
			name: `${countryName(country)} and ${real ? 'the coordinator' : 'central control'}`,
			kind: 'moderators' as const,
			roles: control,
			moderators: [country]
		}))
	];
}

const added = (
	channel: ChannelRow,
	teams: readonly { id: TeamId; name: string }[],
	people: readonly Named[]
): ChannelFact => ({
	kind: 'channel-members-added',
	channel: channel.id,
	name: channel.name,
	teams: teams.map((one) => one.id),
	people: [...people],
	names: [...teams, ...people].map((one) => one.name)
});

const someMembers = z.object({
	channel: id<ChannelId>(),
	teams: z.array(id<TeamId>()).max(2000).default([]),
	people: z.array(id<AccountId>()).max(channelLimits.people).default([])
});

/** What only exercise control changes: to everybody else the same as what is not there, unless they read the channel. */
function controlled(
	{ exercise, channel }: ChannelState,
	actor: Actor
): { channel: ChannelRow } | { refusal: Decision } {
	if (!channel || readsChannel(channel.members, actor) === null) return { refusal: notFound() };
	if (!isControl(actor))
		return { refusal: forbidden('Exercise control sets up channels and who is in them.') };
	const over = isOver(exercise);
	if (over) return { refusal: over };
	if (channel.isClosed) return { refusal: refuse('not-now', 'This channel is closed.') };
	return { channel };
}

/** Whoever comes reads from now on: a new segment of the timeline begins with them. */
export const addMembers = command({
	name: 'channel.addMembers',
	input: someMembers,
	decide(state: ChannelState, input, actor): Decision {
		const found = controlled(state, actor);
		if ('refusal' in found) return found.refusal;
		const { channel } = found;
		const people = namedPeople(state, input.people, actor);
		const teams = [...new Set(input.teams)].map((team) => state.teams.get(team));
		if (!people || teams.some((team) => !team)) return notFound();
		if (channel.kind === 'private' && teams.length > 0)
			return refuse('invalid', 'A private exchange has people, named one by one.');
		const newTeams = teams.filter((team) => !channel.members.teams.some((one) => one.id === team!.id));
		const newPeople = people.filter((one) => !channel.members.people.some(({ id: own }) => own === one.id));
		if (newTeams.length + newPeople.length === 0) return refuse('stale', 'They are in this channel already.');
		if (channel.members.people.length + newPeople.length > channelLimits.people)
			return refuse('too-large', `A channel names at most ${channelLimits.people} people.`);
		return {
			facts: [
				added(
					channel,
					newTeams.map((team) => team!),
					newPeople
				)
			]
		};
	}
});

/** From the commit on their sockets are closed, and nothing of the channel opens for them. */
export const removeMembers = command({
	name: 'channel.removeMembers',
	input: someMembers,
	decide(state: ChannelState, input, actor): Decision {
		const found = controlled(state, actor);
		if ('refusal' in found) return found.refusal;
		const { channel } = found;
		const teams = channel.members.teams.filter((one) => input.teams.includes(one.id));
		const people = channel.members.people.filter((one) => input.people.includes(one.id));
		if (teams.length + people.length === 0) return refuse('stale', 'They are not in this channel any more.');
		const named = people.map(({ id: account }) => ({
			id: account,
			name: state.people.get(account)?.name ?? ''
		}));
		return {
			facts: [
				{
					kind: 'channel-members-removed',
					channel: channel.id,
					name: channel.name,
					teams: teams.map((one) => one.id),
					people: named,
					names: [...teams.map((one) => state.teams.get(one.id)?.name ?? ''), ...named.map((one) => one.name)]
				}
			]
		};
	}
});

/** Whoever read it still does; nobody writes there any more. */
export const closeChannel = command({
	name: 'channel.close',
	input: z.object({ channel: id<ChannelId>(), reason: z.string().trim().max(1000).default('') }),
	decide(state: ChannelState, { reason }, actor): Decision {
		const found = controlled(state, actor);
		if ('refusal' in found) return found.refusal;
		const { id: channel, name } = found.channel;
		return { facts: [{ kind: 'channel-closed', channel, name, reason }] };
	}
});

/** The member teams on duty for a network: they bring its summaries up, and questions from above come to them. */
export const setDuty = command({
	name: 'channel.setDuty',
	input: z.object({ channel: id<ChannelId>(), teams: z.array(id<TeamId>()).max(20) }),
	decide(state: ChannelState, { teams }, actor): Decision {
		const found = controlled(state, actor);
		if ('refusal' in found) return found.refusal;
		const { id: channel, name, members } = found.channel;
		const on = [...new Set(teams)];
		if (on.some((team) => !members.teams.some((one) => one.id === team)))
			return refuse('invalid', 'Teams on duty are members of the network.');
		const names = on.map((team) => state.teams.get(team)?.name ?? '');
		return { facts: [{ kind: 'channel-duty-set', channel, name, teams: on, names }] };
	}
});
