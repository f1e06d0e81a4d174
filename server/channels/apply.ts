import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { documentName, timelineName } from '#lib/exercise/documents.ts';
import { isLower } from '#lib/exercise/channel/messages.ts';
import { modeAfter, type NetworkMode } from '#lib/exercise/channel/mode.ts';
import type { ChannelFact, MessageFact } from '#lib/exercise/channel/facts.ts';
import type { ChannelMembers } from '#lib/exercise/channel/schema.ts';
import type { Recorded } from '#lib/exercise/facts.ts';
import type { AccountId, ChannelId, ExerciseId } from '#lib/exercise/ids.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Transaction } from '../database/open.ts';
import { channel, channelFile, channelMessage, document } from '../database/schema.ts';
import { newDocument } from '../documents/create.ts';
import type { Stored } from '../documents/log.ts';
import { raiseRights } from '../exercises/rights.ts';
import { beginSegment } from '../timelines/write.ts';

interface Context {
	tx: Transaction;
	exercise: { id: ExerciseId };
	actorId: string | null;
}

/** Writes what a fact changes in the tables of channels; returns what was written on timelines for it. */
export async function applyChannel(
	context: Context,
	recorded: Recorded,
	fact: ChannelFact,
	sequence: number
): Promise<Stored[]> {
	const { tx, exercise } = context;
	switch (fact.kind) {
		case 'channel-opened':
			await open(context, fact, sequence);
			return [];
		case 'channel-members-added':
			return addMembers(context, recorded, fact, sequence);
		case 'channel-members-removed': {
			const gone = new Set<string>([...fact.teams, ...fact.people.map((one) => one.id)]);
			await change(context, fact.channel, (members) => ({
				...members,
				teams: members.teams.filter((one) => !gone.has(one.id)),
				people: members.people.filter((one) => !gone.has(one.id))
			}));
			await tx
				.update(channel)
				.set({
					duty: sql`array(select unnest(${channel.duty}) except select unnest(${sql.param([...gone])}::text[]))`
				})
				.where(eq(channel.id, fact.channel));
			// their open sockets end (PROMISES P6)
			await raiseRights(tx, exercise.id);
			return [];
		}
		case 'channel-duty-set':
			await tx.update(channel).set({ duty: fact.teams }).where(eq(channel.id, fact.channel));
			return [];
		case 'channel-closed':
			await tx
				.update(channel)
				.set({ closedAt: new Date(recorded.wallAt) })
				.where(eq(channel.id, fact.channel));
			return [];
		case 'message-posted':
			await post(context, recorded, fact, sequence);
			return [];
		case 'mode-set-up':
		case 'mode-proposed':
		case 'mode-decided': {
			const [row] = await tx.select({ mode: channel.mode }).from(channel).where(eq(channel.id, fact.channel));
			const by = { account: (recorded.by?.account ?? '') as AccountId, name: nameOf(recorded, fact) };
			const when = { at: recorded.exerciseAt, wallAt: recorded.wallAt };
			const mode: NetworkMode = modeAfter(row!.mode, fact, by, when);
			await tx.update(channel).set({ mode }).where(eq(channel.id, fact.channel));
			return [];
		}
	}
}

/** As members may read it: controllers stay unnamed among players. */
function nameOf({ by }: Recorded, fact: ChannelFact): string {
	return 'named' in fact && fact.named ? (by?.name ?? '') : '';
}

async function open(
	{ tx, exercise, actorId }: Context,
	fact: Extract<ChannelFact, { kind: 'channel-opened' }>,
	sequence: number
): Promise<void> {
	const { teams, people, roles, moderators } = fact.members;
	const joined = { from: 0, since: sequence - 1 };
	await tx.insert(channel).values({
		id: fact.channel,
		exerciseId: exercise.id,
		kind: fact.channelKind,
		name: fact.name,
		standard: fact.standard,
		mode: fact.mode,
		openedBy: actorId,
		members: {
			teams: teams.map((id) => ({ id, ...joined })),
			people: people.map(({ id }) => ({ id, ...joined })),
			roles,
			...(moderators.length > 0 && { moderators })
		}
	});
	const audience = { to: 'channel' as const, channel: fact.channel };
	await tx
		.insert(document)
		.values(
			newDocument(
				exercise.id,
				documentName({ exercise: exercise.id, kind: 'timeline', audience, segment: 0 })
			)
		);
}

/** Newcomers read from a segment of their own on; what was said before lies in documents that stay closed to them. */
async function addMembers(
	context: Context,
	recorded: Recorded,
	fact: Extract<ChannelFact, { kind: 'channel-members-added' }>,
	sequence: number
): Promise<Stored[]> {
	const { tx, exercise } = context;
	const name = timelineName(exercise.id, { to: 'channel', channel: fact.channel });
	const { segment, stored } = await beginSegment(tx, name, recorded);
	const joined = { from: segment, since: sequence - 1 };
	await change(context, fact.channel, (members) => ({
		...members,
		teams: [...members.teams, ...fact.teams.map((id) => ({ id, ...joined }))],
		people: [...members.people, ...fact.people.map(({ id }) => ({ id, ...joined }))]
	}));
	return stored;
}

async function change(
	{ tx }: Context,
	id: ChannelId,
	to: (members: ChannelMembers) => ChannelMembers
): Promise<void> {
	const [row] = await tx.select({ members: channel.members }).from(channel).where(eq(channel.id, id));
	await tx
		.update(channel)
		.set({ members: to(row!.members) })
		.where(eq(channel.id, id));
}

async function post(
	{ tx, exercise, actorId }: Context,
	recorded: Recorded,
	fact: MessageFact,
	sequence: number
): Promise<void> {
	await tx.insert(channelMessage).values({
		id: fact.message,
		exerciseId: exercise.id,
		channelId: fact.channel,
		sequence,
		tlp: fact.tlp,
		authorId: actorId,
		teamId: fact.speaker,
		threadId: fact.thread ?? null,
		sources: fact.sources,
		quoted: fact.broughtFrom ? [fact.broughtFrom.message] : (fact.quotes ?? []).map((one) => one.message),
		mentions: (fact.mentions ?? []).map((one) => one.id),
		at: new Date(recorded.wallAt)
	});
	const files = (fact.files ?? []).map((one) => one.file as string);
	if (files.length > 0) {
		const given = await tx
			.update(channelFile)
			.set({ messageId: fact.message })
			.where(and(inArray(channelFile.id, files), isNull(channelFile.messageId)))
			.returning({ id: channelFile.id });
		if (given.length < files.length)
			throw new AppError('stale', 'A file was sent with another message already.');
	}
	const earlier = fact.relaxes ?? fact.corrects;
	if (earlier) await relax(tx, earlier, fact.tlp);
}

/** Its source has said it again under a lower label: that holds wherever it is quoted from now on. */
async function relax(tx: Transaction, message: string, tlp: Tlp): Promise<void> {
	const [row] = await tx
		.select({ tlp: channelMessage.tlp, relaxed: channelMessage.relaxedTlp })
		.from(channelMessage)
		.where(eq(channelMessage.id, message))
		.for('no key update');
	if (row && isLower(tlp, (row.relaxed ?? row.tlp) as Tlp))
		await tx.update(channelMessage).set({ relaxedTlp: tlp }).where(eq(channelMessage.id, message));
}
