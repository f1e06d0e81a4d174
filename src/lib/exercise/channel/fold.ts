import { compareEntries, compareRecorded, type EntryBody, type TimelineEntry } from '../timeline.ts';
import type { EntryId, MessageId, SharedReportId } from '../ids.ts';
import type { ChannelEntry } from './projection.ts';
import type { Message, Speaker } from './schema.ts';

/*
 * A channel's page is folded from its timeline: messages with what became of them, threads, and the notes between. The
 * entries are facts that never change.
 */

interface Base {
	id: EntryId;
	/** the person; null: exercise control, where players read */
	by: string | null;
	/** exercise time, ms; null before STARTEX */
	at: number | null;
	wallAt: number;
}

export interface MessageItem extends Base {
	kind: 'message';
	message: Message;
	/** the one that corrects it, and the one in which its source relaxed the label: both stay */
	correctedBy: MessageId | null;
	relaxedBy: MessageId | null;
	/** the networks to which a summary of it went */
	broughtTo: { to: string; from: Speaker }[];
	/** replies in its thread, the newest last */
	replies: MessageItem[];
}

/** Who came and went, and changes of the network's mode: between the messages. */
export interface NoteItem extends Base {
	kind: 'note';
	note: Exclude<ChannelEntry, { kind: 'message' | 'brought-up' }>;
}

/** A situation report that was shared here. */
export interface ReportEntry extends Base {
	kind: 'report';
	report: Extract<EntryBody, { kind: 'shared-report' }>;
	/** it came again under a lower label: both stay */
	isRelaxed: boolean;
}

export type ConversationItem = MessageItem | NoteItem | ReportEntry;

export interface Conversation {
	/** the oldest first; replies stand in their threads */
	items: ConversationItem[];
	messages: ReadonlyMap<MessageId, MessageItem>;
}

export function foldConversation(entries: readonly TimelineEntry[]): Conversation {
	const items: ConversationItem[] = [];
	const messages = new Map<MessageId, MessageItem>();
	const reports = new Map<SharedReportId, ReportEntry>();
	const entryOf = new Map<string, TimelineEntry>();
	for (const entry of [...entries].sort(compareRecorded)) {
		const { body } = entry;
		entryOf.set(entry.id, entry);
		const base: Base = { id: entry.id, by: entry.by, at: entry.exerciseAt, wallAt: entry.wallAt };
		switch (body.kind) {
			case 'message': {
				const { kind: _kind, ...message } = body;
				const item: MessageItem = {
					...base,
					kind: 'message',
					message,
					correctedBy: null,
					relaxedBy: null,
					broughtTo: [],
					replies: []
				};
				messages.set(message.message, item);
				const corrected = message.corrects && messages.get(message.corrects);
				if (corrected) corrected.correctedBy = message.message;
				const relaxed = message.relaxes && messages.get(message.relaxes);
				if (relaxed) relaxed.relaxedBy = message.message;
				const root = message.thread && messages.get(message.thread);
				// a reply to what was said before the reader came stands by itself
				if (root) root.replies.push(item);
				else items.push(item);
				break;
			}
			case 'brought-up':
				messages.get(body.message)?.broughtTo.push({ to: body.to, from: body.from });
				break;
			case 'shared-report': {
				const item: ReportEntry = { ...base, kind: 'report', report: body, isRelaxed: false };
				const earlier = body.relaxes && reports.get(body.relaxes);
				if (earlier) earlier.isRelaxed = true;
				reports.set(body.shared, item);
				items.push(item);
				break;
			}
			case 'membership':
			case 'mode':
				items.push({ ...base, kind: 'note', note: body });
				break;
			default:
				// of another timeline
				break;
		}
	}
	// each item bears the id of its entry
	items.sort((a, b) => compareEntries(entryOf.get(a.id)!, entryOf.get(b.id)!));
	return { items, messages };
}

/** What came after a moment (wall clock, ms) and is not the reader's own: for "new since you looked". */
export function newSince({ messages }: Conversation, looked: number, me: string): ReadonlySet<MessageId> {
	return new Set(
		[...messages.values()]
			.filter((item) => item.wallAt > looked && item.message.author !== me)
			.map((item) => item.message.message)
	);
}

/** The open labels: what may stand on a screen that others see. */
const openLabels = new Set<string>(['clear', 'green']);

/**
 * What a notice outside the page says of a message: who wrote where, and the words only under a label that lets everybody
 * in the exercise read them (PROMISES P8). The name of a private exchange is nobody's business either.
 */
export function noticeOfMessage(
	{ tlp, text }: Pick<Message, 'tlp' | 'text'>,
	channel: { name: string; isPrivate: boolean }
): { channel: string | null; words: string } {
	return {
		channel: channel.isPrivate ? null : channel.name,
		words: openLabels.has(tlp) ? text.slice(0, 200) : ''
	};
}
