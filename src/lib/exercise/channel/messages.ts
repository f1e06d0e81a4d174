import { z } from 'zod';
import { strictestTlp, tlpIds, tlpLabel, tlpLevels, type Tlp } from '#lib/standards/tlp.ts';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { id, type Actor } from '../exercise/schema.ts';
import type { AccountId, ChannelFileId, ChannelId, MessageId, TeamId } from '../ids.ts';
import { keptFromSentence, keptOut, keptOutSentence } from '../sharing/sharing.ts';
import { isNamedIn, voiceIn, type Voice } from './access.ts';
import { audienceOf, keptFromQuote, lacking, partyOfVoice, sourcesOf, withoutDoubles } from './audience.ts';
import type { MessageFact, Named } from './facts.ts';
import {
	channelLimits,
	messageText,
	neighbour,
	type ChannelRow,
	type MessageFile,
	type Source,
	type StoredMessage
} from './schema.ts';
import { quoteOf, readableMessage, speakerOf, speaking, type ChannelState } from './state.ts';

/*
 * What is said in channels. A label that would leave out somebody who is there is refused, with who it is; what a message
 * quotes keeps its own label wherever it goes, taken from what is stored and never from what was sent.
 */

const rankOf = (tlp: Tlp) => tlpLevels.find((one) => one.id === tlp)!.rank;

/** Is the first label less strict than the second? */
export const isLower = (tlp: Tlp, than: Tlp): boolean => rankOf(tlp) < rankOf(than);

export const postMessage = command({
	name: 'channel.post',
	input: z.object({
		channel: id<ChannelId>(),
		text: messageText,
		tlp: z.enum(tlpIds),
		thread: id<MessageId>().optional(),
		quotes: z.array(id<MessageId>()).max(channelLimits.quotes).default([]),
		files: z.array(id<ChannelFileId>()).max(channelLimits.files).default([]),
		mentions: z.array(id<AccountId>()).max(channelLimits.mentions).default([]),
		/** who plays in several of its teams says for which */
		team: id<TeamId>().optional()
	}),
	decide(state: ChannelState, input, actor, moment: Moment): Decision {
		const speaks = speaking(state, state.channel, actor, input.team);
		if ('refusal' in speaks) return speaks.refusal;
		const { channel, voice } = speaks;
		const quoted = quotedBy(state, input.quotes, actor);
		const files = filesFor(state, channel, input.files, actor);
		const thread = threadOf(state, channel, input.thread, actor);
		if (!quoted || !files || thread === null) return notFound();
		const mentions = mentionsIn(state, channel, input.mentions);
		if (!mentions) return refuse('invalid', 'You can mention people who are in this channel.');
		if (input.text.text === '' && files.length === 0 && quoted.length === 0)
			return refuse('invalid', 'Write something, or add a file.');
		return say(state, moment, {
			channel,
			voice,
			...input.text,
			tlp: input.tlp,
			quoted,
			...(thread && { thread }),
			...(files.length > 0 && { files }),
			...(mentions.length > 0 && { mentions })
		});
	}
});

export const correctMessage = command({
	name: 'channel.correct',
	input: z.object({ message: id<MessageId>(), text: messageText, tlp: z.enum(tlpIds) }),
	decide(state: ChannelState, input, actor, moment: Moment): Decision {
		const found = readableMessage(state, input.message, actor);
		if (!found) return notFound();
		const { message } = found;
		const speaks = speaking(state, found.in, actor, message.team ?? undefined);
		if ('refusal' in speaks) return speaks.refusal;
		const { channel, voice } = speaks;
		if (
			voice.team !== message.team ||
			(voice.team === null && message.author !== actor.accountId && voice.named)
		)
			return forbidden('Whoever said it corrects it.');
		if (input.text.text === '') return refuse('invalid', 'Write what it should say.');
		return say(state, moment, {
			channel,
			voice,
			...input.text,
			tlp: input.tlp,
			quoted: [],
			inherited: message.sources,
			corrects: message.id,
			...(message.thread && { thread: message.thread })
		});
	}
});

/**
 * A summary for the network above. Teams on duty bring it up without being members there; members of both may too. It
 * keeps the label of what it sums up, and the link back.
 */
export const bringUp = command({
	name: 'channel.bringUp',
	input: z.object({
		message: id<MessageId>(),
		text: messageText,
		tlp: z.enum(tlpIds),
		team: id<TeamId>().optional()
	}),
	decide(state: ChannelState, input, actor, moment: Moment): Decision {
		const found = readableMessage(state, input.message, actor);
		if (!found) return notFound();
		const speaks = speaking(state, found.in, actor, input.team);
		if ('refusal' in speaks) return speaks.refusal;
		const above = channelAbove(state, speaks.channel);
		if (!above) return refuse('not-now', 'There is no network above this one.');
		const member = voiceIn(above, actor);
		const { team } = speaks.voice;
		if (!member && !(team && speaks.channel.duty.includes(team)))
			return forbidden('Teams on duty for this network bring summaries up, and members of the one above.');
		if (input.text.text === '') return refuse('invalid', 'Write the summary.');
		return say(state, moment, {
			channel: above,
			voice: member ?? speaks.voice,
			...input.text,
			tlp: input.tlp,
			quoted: [found.message],
			hidesQuotes: true,
			broughtFrom: { channel: found.in.id, name: found.in.name, message: found.message.id }
		});
	}
});

/** The open channel of the next network up; null: none. */
export function channelAbove(
	{ channels }: Pick<ChannelState, 'channels'>,
	{ standard }: Pick<ChannelRow, 'standard'>
): ChannelRow | null {
	const next = neighbour(standard, 1);
	if (!next) return null;
	return [...channels.values()].find((one) => one.standard === next.standard && !one.isClosed) ?? null;
}

export interface Saying {
	channel: ChannelRow;
	voice: Voice;
	text: string;
	rich: MessageFact['rich'] | null;
	tlp: Tlp;
	quoted: StoredMessage[];
	/** sources that an earlier version had */
	inherited?: Source[];
	/** the quoted words are summed up, not repeated */
	hidesQuotes?: boolean;
	thread?: MessageId;
	files?: MessageFile[];
	mentions?: Named[];
	corrects?: MessageId;
	relaxes?: MessageId;
	broughtFrom?: MessageFact['broughtFrom'];
}

/** The message as a fact, if its label and those of what it quotes allow it there. */
export function say(state: ChannelState, { mint }: Pick<Moment, 'mint'>, saying: Saying): Decision {
	const checked = labelled(state, saying);
	if ('refused' in checked) return checked;
	const { channel, voice, text, rich, quoted, hidesQuotes } = saying;
	const { thread, files, mentions, corrects, relaxes, broughtFrom } = saying;
	const fact: MessageFact = {
		kind: 'message-posted',
		channel: channel.id,
		name: channel.name,
		speaker: voice.team,
		from: speakerOf(voice, state.teams),
		named: voice.named,
		message: mint<MessageId>(),
		tlp: checked.tlp,
		text,
		...(rich && { rich }),
		...(thread && { thread }),
		...(quoted.length > 0 &&
			!hidesQuotes && { quotes: quoted.map((one) => quoteOf(one, channel.id, state.teams)) }),
		sources: checked.sources,
		...(files && { files }),
		...(mentions && { mentions }),
		...(corrects && { corrects }),
		...(relaxes && { relaxes }),
		...(broughtFrom && { broughtFrom })
	};
	return { facts: [fact], result: { message: fact.message, tlp: fact.tlp } };
}

/**
 * The label that something gets in a channel: the strictest of the one wanted and all that it is made of (DOMAIN 3.1). A
 * refusal when that leaves somebody out who is there.
 */
export function labelled(
	state: Pick<ChannelState, 'teams' | 'people' | 'channels'>,
	{
		channel,
		voice,
		tlp: wanted,
		quoted,
		inherited = []
	}: Pick<Saying, 'channel' | 'voice' | 'tlp' | 'quoted' | 'inherited'>
): { tlp: Tlp; sources: Source[] } | Extract<Decision, { refused: unknown }> {
	const { teams, people } = state;
	const sources = withoutDoubles([...quoted.flatMap(sourcesOf), ...inherited]);
	const tlp = strictestTlp([wanted, ...sources.map((one) => one.tlp)]);
	const sender = partyOfVoice(voice, teams);
	const kept = keptOut({ tlp, originator: sender }, sender, audienceOf(channel.members, people, teams));
	if (kept.length > 0) return refusal(tlp, kept, keptOutSentence(tlp, kept, tlp !== wanted));
	for (const one of quoted) {
		const from = state.channels.get(one.channel);
		if (!from) continue;
		const others = lacking(channel.members, { members: from.members, sequence: one.sequence }, people);
		const found = keptFromQuote(one, sender, audienceOf(others, people, teams), teams);
		if (found) return refusal(found.tlp, found.kept, keptFromSentence(found.tlp, found.kept));
	}
	return { tlp, sources };
}

function refusal(tlp: Tlp, kept: readonly { name: string }[], sentence: string) {
	const decision = refuse('forbidden', sentence, {
		label: tlpLabel(tlp),
		kept: kept.map((one) => one.name)
	});
	return decision as Extract<Decision, { refused: unknown }>;
}

/** Null: one of them is not there, or not the actor's to read. */
function quotedBy(state: ChannelState, wanted: readonly MessageId[], actor: Actor): StoredMessage[] | null {
	const quoted: StoredMessage[] = [];
	for (const one of new Set(wanted)) {
		const found = readableMessage(state, one, actor);
		if (!found) return null;
		quoted.push(found.message);
	}
	return quoted;
}

/** The first message of the thread; null: there is none to read here. */
function threadOf(
	state: ChannelState,
	channel: ChannelRow,
	wanted: MessageId | undefined,
	actor: Actor
): MessageId | undefined | null {
	if (wanted === undefined) return undefined;
	const found = readableMessage(state, wanted, actor);
	if (!found || found.in.id !== channel.id) return null;
	return found.message.thread ?? found.message.id;
}

function filesFor(
	{ files }: ChannelState,
	channel: ChannelRow,
	wanted: readonly ChannelFileId[],
	actor: Actor
): MessageFile[] | null {
	const own: MessageFile[] = [];
	for (const one of new Set(wanted)) {
		const stored = files.get(one);
		if (!stored || stored.channel !== channel.id || stored.uploadedBy !== actor.accountId || stored.isPosted)
			return null;
		const { file, name, mediaType, bytes } = stored;
		own.push({ file, name, mediaType, bytes });
	}
	return own;
}

function mentionsIn(
	{ people }: ChannelState,
	channel: ChannelRow,
	wanted: readonly AccountId[]
): Named[] | null {
	const named: Named[] = [];
	for (const one of new Set(wanted)) {
		const person = people.get(one);
		if (!person || !isNamedIn(channel.members, person)) return null;
		named.push({ id: one, name: person.name });
	}
	return named;
}
