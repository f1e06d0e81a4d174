import type { CountryCode } from '#lib/standards/countries.ts';
import { strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import { joinedAt, mayKnow, voiceIn } from '#lib/exercise/channel/access.ts';
import { audienceOf, partyOfVoice, type People } from '#lib/exercise/channel/audience.ts';
import { labelled } from '#lib/exercise/channel/messages.ts';
import { reachableFrom } from '#lib/exercise/channel/reach.ts';
import type { Teams } from '#lib/exercise/channel/schema.ts';
import { readableMessage } from '#lib/exercise/channel/state.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ChannelId, MessageId, TeamId } from '#lib/exercise/ids.ts';
import { partyOf, readerOf } from '#lib/exercise/sharing/readers.ts';
import { keptFrom, keptFromSentence, reachOf, saidTo, type Party } from '#lib/exercise/sharing/sharing.ts';
import { readChannels, readMessages, type StoredChannel } from '../channels/rows.ts';
import type { Database } from '../database/open.ts';
import { readEverybody } from '../exercises/actor.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { knownTeams } from './shell.ts';

/** To whom something would go, under which label. */
export interface ReachWanted {
	tlp: Tlp;
	channels?: readonly ChannelId[];
	teams?: readonly TeamId[];
	people?: readonly AccountId[];
	/** messages that it quotes: their labels count */
	quotes?: readonly MessageId[];
	/** for which team it is sent; none: the first that fits, or exercise control */
	from?: TeamId;
}

/** How far it goes, before it is sent. */
export interface Reach {
	/** the label that it would get: with what it quotes */
	tlp: Tlp;
	/** without exercise control, which reads everything in play and is counted for nobody */
	people: number;
	countries: CountryCode[];
	/** why it cannot be sent so; null: it can */
	refusal: string | null;
}

/**
 * How many people, in which countries, would read something: asked of the same functions that let it through and that open
 * it to readers, so that the number is what happens. Whoever asks knows the channels, teams and people that they name;
 * others do not exist.
 */
export async function messageReach(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	wanted: ReachWanted
): Promise<Reach> {
	const { db } = database;
	const [all, channels, everybody] = await Promise.all([
		readTeams(db, exercise.id),
		readChannels(db, exercise.id),
		readEverybody(db, exercise.id)
	]);
	const teams: Teams = new Map(all.map((team) => [team.id, team]));
	const community = [...everybody.values()].map((one) => ({ ...readerOf(one, teams), actor: one }));
	const reached = new Set<AccountId>();
	const countries = new Set<CountryCode>();
	let { tlp } = wanted;
	let refusal: string | null = null;

	const count = (item: Parameters<typeof reachOf>[0], among: typeof community) => {
		for (const one of among)
			if (!one.isControl && reachOf(item, [one]).people === 1) {
				reached.add(one.actor.accountId);
				for (const country of one.countries) countries.add(country);
			}
	};

	for (const id of wanted.channels ?? []) {
		const found = channels.find((one) => one.id === id);
		const voice = found && voiceIn(found, actor, wanted.from);
		if (!found || !voice) throw noExercise();
		const quoted = await quotedMessages(database, exercise, channels, actor, wanted.quotes ?? []);
		const byId = new Map(channels.map((one) => [one.id, one]));
		const checked = labelled(
			{ teams, people: everybody, channels: byId },
			{ channel: found, voice, tlp: wanted.tlp, quoted }
		);
		if ('refused' in checked) refusal ??= checked.refused.message;
		tlp = strictestTlp([tlp, ...quoted.flatMap((one) => [one.tlp, ...one.sources.map((part) => part.tlp)])]);
		count(
			saidTo(audienceOf(found.members, everybody, teams), { tlp, from: partyOfVoice(voice, teams) }),
			community.filter((one) => joinedAt(found.members, one.actor) !== null)
		);
	}

	const direct = addressed(wanted, actor, { teams, channels, everybody });
	if (direct.teams.length + direct.people.length > 0) {
		const from = senderOf(wanted, actor, teams);
		const parties = direct.teams.map((team) => ({ ...partyOf(team), name: team.name }));
		const kept = keptFrom({ tlp, originator: from }, from, parties);
		if (kept.length > 0) refusal ??= keptFromSentence(tlp, kept);
		count(
			{ tlp, from, to: parties, people: direct.people },
			community.filter(
				(one) =>
					direct.people.includes(one.actor.accountId) ||
					one.parties.some((party) => direct.teams.some((team) => team.id === party.team))
			)
		);
	}
	return { tlp, people: reached.size, countries: [...countries].sort(), refusal };
}

async function quotedMessages(
	{ db }: Database,
	exercise: Exercise,
	channels: readonly StoredChannel[],
	actor: Actor,
	wanted: readonly MessageId[]
) {
	const messages = await readMessages(db, exercise.id, wanted);
	const byId = new Map(channels.map((one) => [one.id, one]));
	return wanted.map((one) => {
		const found = readableMessage({ messages, channels: byId }, one, actor);
		if (!found) throw noExercise();
		return found.message;
	});
}

/** Teams and people by name, if the actor may know of each. */
function addressed(
	{ teams: wantedTeams = [], people = [] }: ReachWanted,
	actor: Actor,
	{ teams, channels, everybody }: { teams: Teams; channels: readonly StoredChannel[]; everybody: People }
): { teams: Team[]; people: AccountId[] } {
	const all = [...teams.values()];
	const known = new Set(knownTeams(actor, all).map((team) => team.id));
	for (const { role, teamId } of actor.memberships) {
		const own = role === 'player' && teamId ? teams.get(teamId) : undefined;
		if (own) for (const id of reachableFrom(own, all, channels).addressable) known.add(id);
	}
	const open = channels.filter((one) => !one.isClosed);
	for (const one of people) {
		const person = everybody.get(one);
		if (!person || !mayKnow(actor, person, open, teams)) throw noExercise();
	}
	return {
		teams: wantedTeams.map((id) => {
			const team = known.has(id) ? teams.get(id) : undefined;
			if (!team) throw noExercise();
			return team;
		}),
		people: [...people]
	};
}

/** Null: exercise control. */
function senderOf({ from }: ReachWanted, actor: Actor, teams: Teams): Party | null {
	const own = actor.memberships.flatMap((one) =>
		one.role === 'player' && one.teamId && (from === undefined || from === one.teamId) ? [one.teamId] : []
	);
	if (from !== undefined && own.length === 0) throw noExercise();
	return partyOfVoice({ team: own[0] ?? null }, teams);
}
