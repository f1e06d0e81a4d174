import type { Tlp } from '#lib/standards/tlp.ts';
import type { Actor, Role } from '../exercise/schema.ts';
import type { AccountId } from '../ids.ts';
import { partyOf, readerOf } from '../sharing/readers.ts';
import { keptOut, type Audience, type Party } from '../sharing/sharing.ts';
import { joinedAt, type Voice } from './access.ts';
import type { ChannelMembers, StoredMessage, Source, Teams } from './schema.ts';

/*
 * Who would receive what is said in a channel, and whom its label leaves out. The answer itself is given in `sharing`:
 * this file only says who is there.
 */

/** The people that a channel names, as they are in the exercise. */
export type People = ReadonlyMap<AccountId, Actor>;

export function audienceOf(members: ChannelMembers, people: People, teams: Teams): Audience {
	return {
		parties: members.teams.flatMap(({ id }) => {
			const team = teams.get(id);
			return team ? [{ ...partyOf(team), name: team.name }] : [];
		}),
		people: members.people.flatMap(({ id }) => {
			const person = people.get(id);
			return person ? [{ ...readerOf(person, teams), name: person.name }] : [];
		}),
		groups: [
			...members.roles.map((role) => ({
				name: groupNames[role],
				isStaff: !outsiders.has(role)
			})),
			...(members.moderators ?? []).map(() => ({ name: groupNames.moderator, isStaff: true }))
		]
	};
}

/** Who does not run the exercise: a label may keep things from them. */
const outsiders: ReadonlySet<Role> = new Set(['observer', 'player', 'media_player', 'simcell']);

/** In the sentences of refusals. */
const groupNames = {
	director: 'exercise control',
	controller: 'exercise control',
	moderator: 'the moderators',
	planner: 'the planners',
	facilitator: 'the facilitators',
	evaluator: 'the evaluators',
	player: 'all players',
	media_player: 'the media players',
	simcell: 'the simulation cell',
	observer: 'the observers'
} as const;

/** As whom sharing sees a voice; null: exercise control. */
export function partyOfVoice(voice: Pick<Voice, 'team'>, teams: Teams): Party | null {
	const team = voice.team === null ? undefined : teams.get(voice.team);
	return team ? partyOf(team) : null;
}

/** What a message carries of others when it is quoted: itself, and all that it quoted. */
export function sourcesOf(quoted: Pick<StoredMessage, 'id' | 'team' | 'tlp' | 'sources'>): Source[] {
	return [{ message: quoted.id, team: quoted.team, tlp: quoted.tlp }, ...quoted.sources];
}

/** Each once. */
export function withoutDoubles(sources: readonly Source[]): Source[] {
	return [...new Map(sources.map((one) => [one.message, one])).values()];
}

/** Those of a channel who have not received a message: another channel's, or from before they joined. */
export function lacking(
	members: ChannelMembers,
	quoted: { members: ChannelMembers; sequence: number },
	people: People
): ChannelMembers {
	const had = (since: number | undefined) => since !== undefined && since < quoted.sequence;
	const teams = new Map(quoted.members.teams.map((one) => [one.id, one.since]));
	return {
		teams: members.teams.filter((one) => !had(teams.get(one.id))),
		people: members.people.filter((one) => {
			const person = people.get(one.id);
			return !had(person && joinedAt(quoted.members, person)?.since);
		}),
		roles: members.roles.filter((one) => !quoted.members.roles.includes(one)),
		moderators: (members.moderators ?? []).filter(
			(one) => !quoted.members.moderators?.includes(one) && !quoted.members.roles.includes('moderator')
		)
	};
}

/** Whom passing something on would reach though its label keeps them out: the first source that does, and who they are. */
export function keptFromQuote(
	quoted: StoredMessage,
	sender: Party | null,
	audience: Audience,
	teams: Teams
): { tlp: Tlp; kept: { name: string }[] } | null {
	for (const { team, tlp } of sourcesOf(quoted)) {
		const originator = partyOfVoice({ team }, teams);
		const kept = keptOut({ tlp, originator }, sender, audience);
		if (kept.length > 0) return { tlp, kept };
	}
	return null;
}
