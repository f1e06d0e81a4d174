import { sql } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { timelineName } from '#lib/exercise/documents.ts';
import {
	isNamedIn,
	joinedAt,
	mayKnow,
	playedTeams,
	readsChannel,
	teamsIn,
	voiceIn
} from '#lib/exercise/channel/access.ts';
import { noticeOfMessage } from '#lib/exercise/channel/fold.ts';
import { excerptOf } from '#lib/exercise/relaxation/schema.ts';
import { rungOf, type NetworkMode } from '#lib/exercise/channel/mode.ts';
import {
	channelLimits,
	isForStaff,
	isPrivate,
	neighbour,
	type ChannelKind,
	type Speaker,
	type Teams
} from '#lib/exercise/channel/schema.ts';
import { isControl } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, Role, Team, TeamLevel } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ChannelId, MessageId, TeamId } from '#lib/exercise/ids.ts';
import { readChannels, type StoredChannel } from '../channels/rows.ts';
import type { Database } from '../database/open.ts';
import { readEverybody } from '../exercises/actor.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { openSegments, type TimelineStart } from './timelines.ts';

/** A channel in the list of one reader. */
export interface ListedChannel {
	id: ChannelId;
	kind: ChannelKind;
	name: string;
	isClosed: boolean;
	isPrivate: boolean;
	/** the mode in words, and whether a change is proposed */
	mode: { label: string; isCalm: boolean; proposed: boolean } | null;
	/** since the reader looked, at most `channelLimits.unread`; of the reader's own nothing */
	unread: number;
	mentions: number;
	last: { from: Speaker; excerpt: string; tlp: Tlp; at: number | null; wallAt: number } | null;
}

export interface ChannelsView {
	channels: ListedChannel[];
	/** opens channels and fills them */
	controls: boolean;
	/** may open a private exchange */
	exchanges: boolean;
}

/** The channels of one reader, with what is new in each. `looked`: when the reader last looked, wall clock, ms. */
export async function list(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	looked: ReadonlyMap<string, number>
): Promise<ChannelsView> {
	const own = (await readChannels(database.db, exercise.id)).flatMap((channel) => {
		const joined = readsChannel(channel.members, actor);
		return joined ? [{ channel, since: joined.since }] : [];
	});
	const news = await readNews(
		database,
		exercise,
		actor,
		own.map(({ channel, since }) => ({ id: channel.id, since, looked: looked.get(channel.id) ?? 0 }))
	);
	return {
		channels: own.map(({ channel }) => {
			const { id, kind, name, isClosed } = channel;
			const found = news.get(id);
			return {
				id,
				kind,
				name,
				isClosed,
				isPrivate: isPrivate(channel),
				mode: channel.mode && {
					label: rungOf(channel.mode).label,
					isCalm: rungOf(channel.mode).id === channel.mode.ladder[0]!.id,
					proposed: channel.mode.proposal !== null
				},
				unread: found?.unread ?? 0,
				mentions: found?.mentions ?? 0,
				last: found?.last ?? null
			};
		}),
		controls: isControl(actor),
		exchanges: playedTeams(actor).length > 0 || isStaffReader(actor)
	};
}

const isStaffReader = (actor: Actor) =>
	actor.memberships.some((one) => one.role !== 'player' && one.role !== 'observer');

interface News {
	unread: number;
	mentions: number;
	last: ListedChannel['last'];
}

/** Of each channel its newest messages are looked at, never all: the counts end at `channelLimits.unread`. */
async function readNews(
	{ db }: Database,
	exercise: Exercise,
	actor: Actor,
	of: readonly { id: ChannelId; since: number; looked: number }[]
): Promise<Map<string, News>> {
	if (of.length === 0) return new Map();
	const ids = sql.param(of.map((one) => one.id as string));
	const since = sql.param(of.map((one) => one.since));
	const looked = sql.param(of.map((one) => new Date(one.looked).toISOString()));
	const { rows } = await db.execute<{
		id: string;
		unread: string;
		mentions: string;
		text: string | null;
		source: Speaker | null;
		tlp: Tlp | null;
		exercise_at: string | null;
		wall_at: Date | null;
	}>(sql`
		select own.id, fresh.unread, fresh.mentions, newest.text, newest.source, newest.tlp, newest.exercise_at, newest.wall_at
		from unnest(${ids}::text[], ${since}::bigint[], ${looked}::timestamptz[]) as own(id, since, looked)
		cross join lateral (
			select count(*) filter (where m.at > own.looked and m.author_id is distinct from ${actor.accountId}) as unread,
				count(*) filter (where m.at > own.looked and m.mentions @> array[${actor.accountId}]::text[]) as mentions
			from (
				select at, author_id, mentions from channel_message
				where channel_id = own.id and sequence > own.since
				order by sequence desc limit ${channelLimits.unread}
			) m
		) fresh
		left join lateral (
			select f.fact ->> 'text' as text, f.fact -> 'from' as source, m.tlp, f.exercise_at, f.wall_at
			from channel_message m
			join fact f on f.exercise_id = m.exercise_id and f.sequence = m.sequence
			where m.channel_id = own.id and m.sequence > own.since and m.exercise_id = ${exercise.id}
			order by m.sequence desc limit 1
		) newest on true`);
	return new Map(
		rows.map((row) => [
			row.id,
			{
				unread: Number(row.unread),
				mentions: Number(row.mentions),
				last:
					row.source && row.tlp && row.wall_at
						? {
								from: row.source,
								excerpt: excerptOf(row.text ?? ''),
								tlp: row.tlp,
								at: row.exercise_at === null ? null : Number(row.exercise_at),
								wallAt: new Date(row.wall_at).getTime()
							}
						: null
			}
		])
	);
}

// --- one channel ------------------------------------------------------------------------------------------------------

/** What a channel's page starts from; what is said comes with its timeline, live. */
export interface ChannelPage {
	id: ChannelId;
	kind: ChannelKind;
	name: string;
	isClosed: boolean;
	isPrivate: boolean;
	/** nobody but exercise control's own people */
	isForStaff: boolean;
	timeline: TimelineStart;
	members: { teams: number; people: number; countries: number };
	mode: ShownMode | null;
	/** the teams for which the reader may speak; empty with `speaks`: for exercise control */
	voices: { id: TeamId; name: string }[];
	speaks: boolean;
	controls: boolean;
	/** may bring a summary up: the network above */
	above: string | null;
	/** the network below, whose teams on duty may be asked */
	below: { id: ChannelId; name: string } | null;
	/** teams on duty for this network */
	duty: { id: TeamId; name: string }[];
}

/** As members read it: accounts only where they are the reader's. */
export type ShownMode = NetworkMode;

export async function page(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	id: string
): Promise<ChannelPage> {
	const [channels, all] = await Promise.all([
		readChannels(database.db, exercise.id),
		readTeams(database.db, exercise.id)
	]);
	const channel = channels.find((one) => one.id === id);
	const joined = channel && readsChannel(channel.members, actor);
	if (!channel || !joined) throw noExercise();
	const teams: Teams = new Map(all.map((team) => [team.id, team]));
	const name = timelineName(exercise.id, { to: 'channel', channel: channel.id });
	const [timeline] = await openSegments(database, [name]);
	const voice = voiceIn(channel, actor);
	const named = channel.members.people.some((one) => one.id === actor.accountId);
	const voices = [...new Set([...teamsIn(channel.members, actor), ...(named ? playedTeams(actor) : [])])];
	return {
		id: channel.id,
		kind: channel.kind,
		name: channel.name,
		isClosed: channel.isClosed,
		isPrivate: isPrivate(channel),
		isForStaff: isForStaff(channel.members),
		timeline: { ...timeline!, from: joined.from },
		members: counts(channel, teams),
		mode: channel.mode && shownMode(channel.mode, actor),
		voices: voices.map((one) => ({ id: one, name: teams.get(one)?.name ?? '' })),
		speaks: voice !== null && !channel.isClosed,
		controls: isControl(actor),
		above: aboveFor(channel, channels, actor),
		below: belowFor(channel, channels, actor),
		duty: channel.duty.map((one) => ({ id: one, name: teams.get(one)?.name ?? '' }))
	};
}

function counts({ members }: StoredChannel, teams: Teams): ChannelPage['members'] {
	const countries = members.teams.flatMap((one) => teams.get(one.id)?.country ?? []);
	return {
		teams: members.teams.length,
		people: members.people.length,
		countries: new Set(countries).size
	};
}

function shownMode(mode: NetworkMode, { accountId }: Actor): ShownMode {
	const { proposal } = mode;
	if (!proposal) return mode;
	const account = proposal.by.account === accountId ? accountId : ('' as AccountId);
	return { ...mode, proposal: { ...proposal, by: { ...proposal.by, account } } };
}

/** Whoever may bring a summary up: members of both networks, teams on duty, exercise control. */
function aboveFor(channel: StoredChannel, channels: readonly StoredChannel[], actor: Actor): string | null {
	const next = neighbour(channel.standard, 1);
	const above = next && channels.find((one) => one.standard === next.standard && !one.isClosed);
	if (!above || channel.isClosed) return null;
	const onDuty = teamsIn(channel.members, actor).some((one) => channel.duty.includes(one));
	return onDuty || voiceIn(above, actor) !== null ? above.name : null;
}

function belowFor(
	channel: StoredChannel,
	channels: readonly StoredChannel[],
	actor: Actor
): ChannelPage['below'] {
	const next = neighbour(channel.standard, -1);
	const below = next && channels.find((one) => one.standard === next.standard && !one.isClosed);
	return below && teamsIn(channel.members, actor).length > 0 ? { id: below.id, name: below.name } : null;
}

// --- who is there -----------------------------------------------------------------------------------------------------

export interface MemberPerson {
	id: AccountId;
	name: string;
}

/** Names of teams and people: joining means that the others read them. Exercise control's own are named among themselves. */
export interface MembersView {
	teams: { id: TeamId; name: string; country: CountryCode; level: TeamLevel; people: MemberPerson[] }[];
	people: (MemberPerson & { team: string | null })[];
	/** who is there through a role; with names where everybody is of exercise control */
	roles: Role[];
	staff: MemberPerson[];
}

export async function members(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	id: string
): Promise<MembersView> {
	const [channels, all, everybody] = await Promise.all([
		readChannels(database.db, exercise.id),
		readTeams(database.db, exercise.id),
		readEverybody(database.db, exercise.id)
	]);
	const channel = channels.find((one) => one.id === id);
	if (!channel || !readsChannel(channel.members, actor)) throw noExercise();
	const byTeam = new Map<TeamId, MemberPerson[]>();
	for (const person of everybody.values())
		for (const team of teamsIn(channel.members, person)) {
			const known = byTeam.get(team) ?? [];
			known.push({ id: person.accountId, name: person.name });
			byTeam.set(team, known);
		}
	const there = new Set(channel.members.teams.map((one) => one.id));
	const teamName = (person: Actor) => all.find((team) => playedTeams(person).includes(team.id))?.name ?? null;
	const byName = (a: MemberPerson, b: MemberPerson) => a.name.localeCompare(b.name, 'en');
	return {
		teams: all
			.filter((team) => there.has(team.id))
			.map(({ id: teamId, name, country, level }) => ({
				id: teamId,
				name,
				country,
				level,
				people: (byTeam.get(teamId) ?? []).sort(byName)
			})),
		people: channel.members.people
			.flatMap((one) => {
				const person = everybody.get(one.id);
				return person ? [{ id: one.id, name: person.name, team: teamName(person) }] : [];
			})
			.sort(byName),
		roles: [
			...channel.members.roles,
			...(channel.members.moderators?.length ? (['moderator'] as const) : [])
		],
		staff: isForStaff(channel.members)
			? [...everybody.values()]
					.filter((one) => joinedAt(channel.members, one) !== null)
					.map((one) => ({ id: one.accountId, name: one.name }))
					.sort(byName)
			: []
	};
}

/** Whom the reader may name: for a private exchange. Exercise control may name everybody. */
export async function candidates(
	database: Database,
	exercise: Exercise,
	actor: Actor
): Promise<(MemberPerson & { team: string | null })[]> {
	const [channels, all, everybody] = await Promise.all([
		readChannels(database.db, exercise.id),
		readTeams(database.db, exercise.id),
		readEverybody(database.db, exercise.id)
	]);
	const open = channels.filter((one) => !one.isClosed);
	const teams: Teams = new Map(all.map((team) => [team.id, team]));
	return [...everybody.values()]
		.filter((one) => one.accountId !== actor.accountId && mayKnow(actor, one, open, teams))
		.map((one) => ({
			id: one.accountId,
			name: one.name,
			team: all.find((team) => playedTeams(one).includes(team.id))?.name ?? null
		}))
		.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Every team, for whoever sets up channels. */
export async function allTeams(database: Database, exercise: Exercise, actor: Actor): Promise<Team[]> {
	if (!isControl(actor)) throw noExercise();
	return readTeams(database.db, exercise.id);
}

// --- links ------------------------------------------------------------------------------------------------------------

export interface Place {
	channel: ChannelId;
	message: MessageId;
}

/**
 * Where something lies that a message quotes or sums up (`quote`: which, from 0), or the summaries that were made of it.
 * Only places that the reader may read; whoever may not learns nothing, not even that there is one.
 */
export async function linksOf(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	channelId: string,
	messageId: string,
	wanted: { quote: number } | { summaries: true }
): Promise<Place[]> {
	const { db } = database;
	const channels = new Map(
		(await readChannels(db, exercise.id)).map((one) => [one.id as string, one] as const)
	);
	const reads = (place: { channel_id: string; sequence: string }) => {
		const channel = channels.get(place.channel_id);
		const joined = channel && readsChannel(channel.members, actor);
		return joined ? joined.since < Number(place.sequence) : false;
	};
	type Row = { id: string; channel_id: string; sequence: string; quoted: string[] };
	const one = async (id: string): Promise<Row | undefined> =>
		(
			await db.execute<Row>(
				sql`select id, channel_id, sequence, quoted from channel_message where id = ${id} and exercise_id = ${exercise.id}`
			)
		).rows[0];
	const message = await one(messageId);
	if (!message || message.channel_id !== channelId || !reads(message)) throw noExercise();
	let found: Row[];
	if ('quote' in wanted) {
		const id = message.quoted[wanted.quote];
		const quoted = id === undefined ? undefined : await one(id);
		found = quoted ? [quoted] : [];
	} else {
		const { rows } = await db.execute<Row>(sql`
			select id, channel_id, sequence, quoted from channel_message
			where exercise_id = ${exercise.id} and quoted @> array[${messageId}]::text[] and channel_id <> ${channelId}
			order by sequence`);
		found = rows;
	}
	return found
		.filter(reads)
		.map((row) => ({ channel: row.channel_id as ChannelId, message: row.id as MessageId }));
}

// --- mentions ---------------------------------------------------------------------------------------------------------

export interface Mention {
	/** null: of a private exchange, whose name is shown there alone */
	channel: { id: ChannelId; name: string | null };
	message: MessageId;
	from: Speaker;
	by: string | null;
	tlp: Tlp;
	/** only under a label that lets everybody in the exercise read them */
	words: string;
	wallAt: number;
}

/** Messages since a moment (wall clock, ms) in which the reader is mentioned, in channels that they read. The newest ten. */
export async function mentions(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	since: number
): Promise<Mention[]> {
	const channels = new Map(
		(await readChannels(database.db, exercise.id)).map((one) => [one.id as string, one] as const)
	);
	const { rows } = await database.db.execute<{
		id: string;
		channel_id: string;
		sequence: string;
		tlp: Tlp;
		source: Speaker;
		named: boolean;
		text: string;
		actor_name: string | null;
		wall_at: Date;
	}>(sql`
		select m.id, m.channel_id, m.sequence, m.tlp, f.fact -> 'from' as source, (f.fact -> 'named')::boolean as named,
			f.fact ->> 'text' as text, f.actor_name, f.wall_at
		from channel_message m join fact f on f.exercise_id = m.exercise_id and f.sequence = m.sequence
		where m.exercise_id = ${exercise.id} and m.mentions @> array[${actor.accountId}]::text[]
			and m.at > ${new Date(since).toISOString()}::timestamptz
		order by m.sequence desc limit 10`);
	return rows.flatMap((row) => {
		const channel = channels.get(row.channel_id);
		const joined = channel && readsChannel(channel.members, actor);
		if (!channel || !joined || joined.since >= Number(row.sequence) || !isNamedIn(channel.members, actor))
			return [];
		const notice = noticeOfMessage(row, { name: channel.name, isPrivate: isPrivate(channel) });
		return [
			{
				channel: { id: channel.id, name: notice.channel },
				words: notice.words,
				message: row.id as MessageId,
				from: row.source,
				by: row.named ? row.actor_name : null,
				tlp: row.tlp,
				wallAt: new Date(row.wall_at).getTime()
			}
		];
	});
}
