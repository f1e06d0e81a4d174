import { z } from 'zod';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { AccountId, ChannelFileId, ChannelId, MessageId, TeamId } from '../ids.ts';
import { id, roles, type Role, type Team, type TeamLevel } from '../exercise/schema.ts';
import { cleanRichText, textOfRichText, type RichText } from '../rich-text.ts';
import type { NetworkMode } from './mode.ts';

/** Where several teams talk (DOMAIN 2.1, 6). A private one has named people, as TLP:RED wants it. */
export const channelKinds = ['network', 'political', 'sector', 'control', 'moderators', 'private'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** From where on somebody reads: a segment of the timeline, and the exercise's fact after which that segment begins. */
export interface Joined {
	from: number;
	since: number;
}

/**
 * Who is in a channel. Its timeline is a document with one audience, so whoever comes later reads from the segment on that
 * was opened for them: `from`, never what was said to a smaller circle before.
 */
export interface ChannelMembers {
	teams: ({ id: TeamId } & Joined)[];
	people: ({ id: AccountId } & Joined)[];
	/** everybody with this role, from the beginning: `controller`, `moderator`, `observer` */
	roles: Role[];
	/** the moderators of these countries, from the beginning */
	moderators?: CountryCode[];
}

export const noMembers = (): ChannelMembers => ({ teams: [], people: [], roles: [] });

export interface ChannelRow {
	id: ChannelId;
	kind: ChannelKind;
	name: string;
	members: ChannelMembers;
	/** which of the standard channels it is; null: one that somebody opened */
	standard: string | null;
	/** of a network: how alert it is */
	mode: NetworkMode | null;
	/** of a network: teams that bring its summaries up and answer what comes down */
	duty: TeamId[];
	isClosed: boolean;
}

export const channelLimits = {
	/** of one message: a page and a half; longer texts are reports or files */
	text: 8000,
	quotes: 5,
	files: 10,
	/** who wants everybody announces */
	mentions: 50,
	/** people named in one private exchange: above that it is a group */
	people: 60,
	/** channels of an exercise: every country has one, and networks, sectors and exchanges */
	channels: 500,
	name: 80,
	/** more new messages than this are "many" */
	unread: 99
} as const;

/** The networks that inform each other, from below: summaries go up, questions come down (DOMAIN 2.1, 5.3). */
export const networks = [
	{ standard: 'csirts-network', name: 'CSIRTs network', kind: 'network', level: 'technical' },
	{ standard: 'eu-cyclone', name: 'EU-CyCLONe', kind: 'network', level: 'operational' },
	{ standard: 'political', name: 'Political level', kind: 'political', level: 'political' }
] as const satisfies { standard: string; name: string; kind: ChannelKind; level: TeamLevel }[];

/** The standard network above or below another; null: there is none. */
export function neighbour(standard: string | null, step: 1 | -1): (typeof networks)[number] | null {
	const at = networks.findIndex((one) => one.standard === standard);
	return at === -1 ? null : (networks[at + step] ?? null);
}

/** Whether everybody in it works for exercise control: there they speak under their names. */
export function isForStaff({ teams, people, roles: own }: ChannelMembers): boolean {
	return teams.length === 0 && people.length === 0 && !own.includes('player') && !own.includes('observer');
}

/** Named people alone: only there may TLP:RED be said. */
export function isPrivate({ kind, members }: Pick<ChannelRow, 'kind' | 'members'>): boolean {
	return kind === 'private' && members.teams.length === 0 && members.roles.length === 0;
}

// --- what is said ---------------------------------------------------------------------------------------------------

/** Who spoke: a team, or exercise control. */
export type Speaker = { team: { name: string; country: CountryCode } } | { control: true };

/** Something said before, copied to those who read it now; who may read both finds the place through the server. */
export interface Quote {
	from: Speaker;
	/** null: exercise control, whose names players do not read */
	by: string | null;
	text: string;
	tlp: Tlp;
	/** exercise time, ms; null before STARTEX */
	at: number | null;
	wallAt: number;
}

export interface MessageFile {
	file: ChannelFileId;
	name: string;
	mediaType: string;
	bytes: number;
}

/** A message on the timeline of its channel: plain values, under an id that is of this channel alone. */
export interface Message {
	message: MessageId;
	from: Speaker;
	/** the account, where members read the name */
	author?: AccountId;
	tlp: Tlp;
	text: string;
	rich?: RichText;
	/** the message that began the thread */
	thread?: MessageId;
	quotes?: Quote[];
	files?: MessageFile[];
	mentions?: { id: AccountId; name: string }[];
	/** the earlier one that this corrects, or that it says again under a lower label */
	corrects?: MessageId;
	relaxes?: MessageId;
	/** the network below, from which this is a summary */
	broughtFrom?: string;
}

/** Where a part of a message comes from: who made it, and under which label. */
export interface Source {
	message: MessageId;
	/** null: exercise control */
	team: TeamId | null;
	tlp: Tlp;
}

/** A message as it is stored. */
export interface StoredMessage {
	id: MessageId;
	channel: ChannelId;
	/** the fact's number */
	sequence: number;
	tlp: Tlp;
	author: AccountId;
	/** the team for which it was said; null: exercise control */
	team: TeamId | null;
	thread: MessageId | null;
	/** everything that it quotes, and what that quoted: with labels as they were stored */
	sources: Source[];
	text: string;
	rich: RichText | null;
	/** null: members do not read the name */
	by: string | null;
	at: number | null;
	wallAt: number;
}

export interface StoredChannelFile extends MessageFile {
	channel: ChannelId;
	uploadedBy: AccountId;
	isPosted: boolean;
}

const tooLong = `A message has at most ${channelLimits.text} characters.`;

/** Plain text, or formatted as the editor makes it: the words alone, and their form if they have one. */
export const messageText = z
	.union([z.string().trim().max(channelLimits.text, tooLong), z.object({ type: z.literal('doc') }).loose()])
	.transform((given): { text: string; rich: RichText | null } => {
		if (typeof given === 'string') return { text: given, rich: null };
		const rich = cleanRichText(given);
		return { text: textOfRichText(rich).trim(), rich };
	})
	.refine(({ text }) => text.length <= channelLimits.text, { message: tooLong });

export const channelName = z
	.string()
	.trim()
	.min(1, 'Name: write something here.')
	.max(channelLimits.name, `Name: at most ${channelLimits.name} characters.`);

export const membersInput = z.object({
	teams: z.array(id<TeamId>()).max(2000).default([]),
	people: z
		.array(id<AccountId>())
		.max(channelLimits.people, `Name at most ${channelLimits.people} people.`)
		.default([]),
	roles: z.array(z.enum(roles)).max(roles.length).default([]),
	moderators: z.array(z.enum(countryCodes)).default([])
});

/** As commands need a team: for its name, its country, its organisation. */
export type Teams = ReadonlyMap<TeamId, Team>;
