import type { AccountId, ChannelId } from '../ids.ts';
import type { Audience } from '../documents.ts';
import type { Recorded } from '../facts.ts';
import type { Projected } from '../timeline.ts';
import type { ChannelFact, MessageFact, ModeFact } from './facts.ts';
import type { Message, Speaker } from './schema.ts';

/** What a channel's timeline shows: messages, who joins and leaves, and the network's mode. */
export type ChannelEntry =
	| (Message & { kind: 'message' })
	/** a summary of a message went to the network above */
	| { kind: 'brought-up'; message: Message['message']; to: string; from: Speaker }
	| { kind: 'membership'; event: 'opened' | 'joined' | 'left' | 'closed'; names: string[]; text?: string }
	| {
			kind: 'mode';
			event: 'proposed' | 'agreed' | 'declined';
			network: string;
			/** labels of the ladder's rungs */
			from: string;
			to: string;
			up: boolean;
			reason: string;
			rhythmHours: number | null;
			by: Speaker;
	  };

const inChannel = (channel: ChannelId): Audience => ({ to: 'channel', channel });
const note = (audience: Audience, body: ChannelEntry, named = false): Projected => ({
	audience,
	body,
	named
});

/**
 * Who sees what of a fact in a channel: its members. A change of mode is also told to every member team in its room, to
 * the moderators of their countries, and to exercise control.
 */
export function channelAudiences(fact: ChannelFact, by: Recorded['by']): Projected[] {
	const own = inChannel(fact.channel);
	switch (fact.kind) {
		case 'channel-opened':
			return [note(own, { kind: 'membership', event: 'opened', names: [fact.name] })];
		case 'channel-members-added':
			return [note(own, { kind: 'membership', event: 'joined', names: fact.names })];
		case 'channel-members-removed':
			return [note(own, { kind: 'membership', event: 'left', names: fact.names })];
		case 'channel-closed':
			return [
				note(own, {
					kind: 'membership',
					event: 'closed',
					names: [],
					...(fact.reason && { text: fact.reason })
				})
			];
		case 'message-posted':
			return messageAudiences(fact, by);
		case 'mode-proposed':
		case 'mode-decided':
			return modeAudiences(fact);
		// set by exercise control; members see it on the page
		case 'channel-duty-set':
		case 'mode-set-up':
			return [];
	}
}

function messageAudiences(fact: MessageFact, by: Recorded['by']): Projected[] {
	const { channel, from, named, broughtFrom } = fact;
	const entries = [note(inChannel(channel), { kind: 'message', ...messageOf(fact, by) }, named)];
	if (broughtFrom)
		entries.push(
			note(
				inChannel(broughtFrom.channel),
				{ kind: 'brought-up', message: broughtFrom.message, to: fact.name, from },
				named
			)
		);
	return entries;
}

/** As the members of its channel read it: nothing of where a quote lies, and no account behind a name that is not shown. */
function messageOf(fact: MessageFact, by: Recorded['by']): Message {
	const { message, from, tlp, text, rich, thread, quotes, files, mentions, corrects, relaxes } = fact;
	return {
		message,
		from,
		...(fact.named && by && { author: by.account as AccountId }),
		tlp,
		text,
		...(rich && { rich }),
		...(thread && { thread }),
		...(quotes && { quotes: quotes.map(({ message: _message, ...quote }) => quote) }),
		...(files && { files }),
		...(mentions && { mentions }),
		...(corrects && { corrects }),
		...(relaxes && { relaxes }),
		...(fact.broughtFrom && { broughtFrom: fact.broughtFrom.name })
	};
}

function modeAudiences(fact: Exclude<ModeFact, { kind: 'mode-set-up' }>): Projected[] {
	const { labels, up, reason, rhythmHours, from, named } = fact;
	const body: ChannelEntry = {
		kind: 'mode',
		event: fact.kind === 'mode-proposed' ? 'proposed' : fact.agreed ? 'agreed' : 'declined',
		network: fact.name,
		from: labels.from,
		to: labels.to,
		up,
		reason,
		rhythmHours,
		by: from
	};
	const everywhere = [note(inChannel(fact.channel), body, named), note({ to: 'control' }, body, true)];
	// a proposal is the channel's business; what was decided is told to everybody whom it binds
	if (fact.kind === 'mode-proposed') return everywhere;
	return [
		...everywhere,
		...fact.members.map((team) => note({ to: 'team', team }, body)),
		...fact.countries.map((country) => note({ to: 'channel', channel: country }, body, named))
	];
}
