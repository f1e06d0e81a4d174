import { and, eq, inArray, sql } from 'drizzle-orm';
import { networks, type ChannelRow } from '#lib/exercise/channel/schema.ts';
import type { ChannelState } from '#lib/exercise/channel/state.ts';
import type { AccountId, ChannelId, MessageId, RecordId, TeamId } from '#lib/exercise/ids.ts';
import type { LabelState } from '#lib/exercise/relaxation/commands.ts';
import type { Relaxation, RelaxationFact } from '#lib/exercise/relaxation/schema.ts';
import type { Transaction } from '../database/open.ts';
import { channel, channelMessage, fact, workingRecord } from '../database/schema.ts';
import { together } from '../database/together.ts';
import type { LoadContext } from '../commands/load.ts';
import { loadKeptCopy } from '../commands/kept-copy.ts';
import { loadSharedCopy } from '../commands/shared-copy.ts';
import { lockRecord } from '../commands/working.ts';
import { readActors } from '../exercises/actor.ts';
import { readTeams } from '../exercises/teams.ts';
import { readChannels, readFiles, readMessages, toChannel, type StoredChannel } from './rows.ts';

type Input = Record<string, unknown>;

/** Who changes a channel waits for whoever writes in it, and they for it: a label is checked against those who then read. */
const changing = new Set([
	'channel.addMembers',
	'channel.removeMembers',
	'channel.close',
	'channel.setDuty',
	'mode.setUp',
	'mode.propose',
	'mode.decide'
]);

/** What a command about channels and their modes is decided on. */
export async function loadChannelState(
	context: LoadContext,
	name: string,
	input: Input
): Promise<ChannelState> {
	const { tx, exercise } = context;
	// who may be named, and what there is already, depends on all of them
	const needsAll = ['channel.open', 'channel.openStandard', 'channel.addMembers', 'channel.bringUp'];
	const all = needsAll.includes(name) ? await readChannels(tx, exercise.id) : [];
	const messages = await readMessages(tx, exercise.id, [
		...texts(input['quotes']),
		...texts([input['message'], input['thread']])
	]);
	const said = typeof input['message'] === 'string' ? messages.get(input['message'] as MessageId) : undefined;
	const named = typeof input['channel'] === 'string' ? input['channel'] : said?.channel;
	// a summary is written into the channel above, so that one stands still too
	const above = name === 'channel.bringUp' && said ? channelOver(all, said.channel) : undefined;
	const wanted = [...messages.values()].map((one) => one.channel as string);
	const locked = await lockChannels(
		tx,
		exercise.id,
		[named, above, ...wanted].filter((one) => one !== undefined),
		changing.has(name) ? 'no key update' : 'share'
	);
	const channels = new Map([...all, ...locked].map((one) => [one.id, one]));
	return {
		...(await around(context, [...channels.values()], input)),
		channel: (named === undefined ? undefined : channels.get(named as ChannelId)) ?? null,
		messages,
		channels,
		files: await readFiles(tx, exercise.id, texts(input['files']))
	};
}

function channelOver(all: readonly StoredChannel[], of: ChannelId): string | undefined {
	const standard = all.find((one) => one.id === of)?.standard;
	const next = networks[networks.findIndex((one) => one.standard === standard) + 1];
	return all.find((one) => next && one.standard === next.standard && !one.isClosed)?.id;
}

/** Teams of the exercise, and the people that the command and these channels name. */
async function around(
	{ tx, exercise, actor }: LoadContext,
	channels: readonly ChannelRow[],
	input: Input
): Promise<Pick<ChannelState, 'exercise' | 'teams' | 'people'>> {
	const named = [
		actor.accountId,
		...texts(input['people']),
		...texts(input['mentions']),
		...texts(input['deciders']),
		...channels.flatMap((one) => one.members.people.map((person) => person.id as string))
	];
	const [teams, people] = await together([
		readTeams(tx, exercise.id),
		readActors(tx, exercise.id, [...new Set(named)] as AccountId[])
	]);
	return { exercise, teams: new Map(teams.map((team) => [team.id, team])), people };
}

async function lockChannels(
	tx: Transaction,
	exerciseId: string,
	ids: readonly string[],
	lock: 'share' | 'no key update'
): Promise<StoredChannel[]> {
	if (ids.length === 0) return [];
	const rows = await tx
		.select()
		.from(channel)
		.where(and(eq(channel.exerciseId, exerciseId), inArray(channel.id, [...new Set(ids)])))
		.orderBy(channel.id)
		.for(lock);
	return rows.map(toChannel);
}

/** A label command: about a message that is named, or the one that a record of an exchange is about. */
export async function loadLabelState(context: LoadContext, name: string, input: Input): Promise<LabelState> {
	const { tx, exercise } = context;
	if (name === 'label.requestRelax' && typeof input['shared'] === 'string') {
		const report = await loadSharedCopy(context, input['shared'], false);
		return {
			...(await loadChannelState(context, name, {})),
			record: null,
			about: null,
			report,
			kept: null,
			isAsked: report !== null && (await isAsked(context, 'shared', report.shared))
		};
	}
	if (name === 'label.requestRelax' && typeof input['record'] === 'string') {
		const kept = await loadKeptCopy(context, input['record']);
		return {
			...(await loadChannelState(context, name, {})),
			record: null,
			about: null,
			report: null,
			kept,
			isAsked: kept !== null && (await isAsked(context, 'kept', kept.place.record))
		};
	}
	if (name === 'label.requestRelax') {
		const state = await loadChannelState(context, name, input);
		const about = await quotedOr(context, state, input);
		// the quoted one may lie where the asker reads nothing: its channel stays out of the state
		const waits = about !== null && (await isAsked(context, 'message', about.id));
		return { ...state, record: null, about, report: null, kept: null, isAsked: waits };
	}
	const row =
		typeof input['record'] === 'string'
			? await lockRecord(tx, exercise.id, 'relaxation', input['record'])
			: null;
	const asked =
		row && (await askedAbout(context, [row.id, ...row.others.map((one) => one.record as string)]));
	const message = asked?.['message'] ?? null;
	const shared = asked?.['shared'];
	const kept = asked?.['kept'];
	const state = await loadChannelState(context, name, message === null ? {} : { message });
	return {
		...state,
		about: message === null ? null : (state.messages.get(message as MessageId) ?? null),
		report: shared === undefined ? null : await loadSharedCopy(context, shared, true),
		kept: kept === undefined ? null : await loadKeptCopy(context, kept),
		record: row && {
			id: row.id as RecordId,
			team: row.teamId as TeamId,
			standing: row.standing as Relaxation,
			others: row.others
		},
		isAsked: false
	};
}

async function quotedOr(
	{ tx, exercise }: LoadContext,
	{ messages }: ChannelState,
	input: Input
): Promise<LabelState['about']> {
	const named = messages.get(String(input['message']) as MessageId);
	if (!named) return null;
	if (typeof input['quote'] !== 'number') return named;
	const [row] = await tx
		.select({ quoted: channelMessage.quoted })
		.from(channelMessage)
		.where(eq(channelMessage.id, named.id));
	const id = row?.quoted[input['quote']];
	return id === undefined ? null : ((await readMessages(tx, exercise.id, [id])).get(id as MessageId) ?? null);
}

/** The message, shared report or record of a relaxation, which no side's record names. */
async function askedAbout(
	{ tx, exercise }: LoadContext,
	records: string[]
): Promise<Readonly<Record<string, string>> | null> {
	const [row] = await tx
		.select({ fact: fact.fact })
		.from(fact)
		.where(
			and(
				eq(fact.exerciseId, exercise.id),
				eq(fact.kind, 'relax-asked'),
				sql`${fact.fact} ->> 'record' = any(${sql.param(records)}::text[])`
			)
		);
	return (row?.fact as RelaxationFact | undefined)?.unseen ?? null;
}

/** Whether a team of the actor has asked about this message, copy of a report or record, and waits. */
async function isAsked(
	{ tx, exercise, actor }: LoadContext,
	of: 'message' | 'shared' | 'kept',
	asked: string
): Promise<boolean> {
	const teams = actor.memberships.flatMap((one) =>
		one.role === 'player' && one.teamId ? [one.teamId as string] : []
	);
	if (teams.length === 0) return false;
	const rows = await tx
		.select({ standing: workingRecord.standing })
		.from(fact)
		.innerJoin(workingRecord, sql`${workingRecord.id} = ${fact.fact} ->> 'record'`)
		.where(
			and(
				eq(fact.exerciseId, exercise.id),
				eq(fact.kind, 'relax-asked'),
				inArray(fact.teamId, teams),
				sql`${fact.fact} -> 'unseen' ->> ${of}::text = ${asked}`
			)
		);
	return rows.some((row) => (row.standing as Relaxation).state === 'asked');
}

const texts = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
