import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { AccountId, ChannelFileId, ChannelId, MessageId, TeamId } from '../ids.ts';
import type { Role } from '../exercise/schema.ts';
import type { RichText } from '../rich-text.ts';
import type { NetworkMode, Rung } from './mode.ts';
import type { ChannelKind, MessageFile, Quote, Source, Speaker } from './schema.ts';

/*
 * What happens in channels. These facts are no team's: whoever reads the channel reads them, and nobody because of a team
 * that spoke in it. So none of them has a `team`.
 */

interface InChannel {
	channel: ChannelId;
	/** the channel's name */
	name: string;
}

/** A person with the name that members read. */
export interface Named {
	id: AccountId;
	name: string;
}

/** For whom somebody acted. */
interface Spoken {
	/** null: exercise control */
	speaker: TeamId | null;
	from: Speaker;
	/** members read the person's name */
	named: boolean;
}

export interface FoundingMembers {
	teams: TeamId[];
	people: Named[];
	roles: Role[];
	moderators: CountryCode[];
}

export type ChannelFact =
	| (InChannel & {
			kind: 'channel-opened';
			channelKind: ChannelKind;
			standard: string | null;
			members: FoundingMembers;
			mode: NetworkMode | null;
	  })
	| (InChannel & { kind: 'channel-members-added'; teams: TeamId[]; people: Named[]; names: string[] })
	| (InChannel & { kind: 'channel-members-removed'; teams: TeamId[]; people: Named[]; names: string[] })
	| (InChannel & { kind: 'channel-duty-set'; teams: TeamId[]; names: string[] })
	| (InChannel & { kind: 'channel-closed'; reason: string })
	| MessageFact
	| ModeFact;

export type MessageFact = InChannel &
	Spoken & {
		kind: 'message-posted';
		message: MessageId;
		tlp: Tlp;
		text: string;
		rich?: RichText;
		thread?: MessageId;
		/** as copied, and the message that each is of */
		quotes?: (Quote & { message: MessageId })[];
		/** with what the quoted ones quoted */
		sources: Source[];
		files?: MessageFile[];
		mentions?: Named[];
		corrects?: MessageId;
		relaxes?: MessageId;
		broughtFrom?: { channel: ChannelId; name: string; message: MessageId };
	};

export type ModeFact =
	| (InChannel & {
			kind: 'mode-set-up';
			ladder: Rung[];
			deciders: Named[];
			proposerMayDecide: boolean;
	  })
	| (InChannel & Spoken & ModeMove & { kind: 'mode-proposed' })
	| (InChannel & Spoken & ModeMove & { kind: 'mode-decided'; agreed: boolean });

interface ModeMove {
	to: string;
	reason: string;
	/** in words, as the ladder had them */
	labels: { from: string; to: string };
	/** an escalation */
	up: boolean;
	/** of the mode that holds then: hours of exercise time */
	rhythmHours: number | null;
	/** the member teams and their countries: all are told */
	members: TeamId[];
	countries: CountryCode[];
}

const channelFactKinds = {
	'channel-opened': true,
	'channel-members-added': true,
	'channel-members-removed': true,
	'channel-duty-set': true,
	'channel-closed': true,
	'message-posted': true,
	'mode-set-up': true,
	'mode-proposed': true,
	'mode-decided': true
} as const satisfies Record<ChannelFact['kind'], true>;

export const kindsOfChannelFacts = Object.keys(channelFactKinds) as ChannelFact['kind'][];

export const isChannelFact = (fact: { kind: string }): fact is ChannelFact =>
	Object.hasOwn(channelFactKinds, fact.kind);

/** The files that a message gives to its channel. */
export const filesOf = (fact: MessageFact): ChannelFileId[] => (fact.files ?? []).map((one) => one.file);
