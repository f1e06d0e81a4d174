import type { ChannelFact } from '../channel/facts.ts';
import type { FactWords, RecordContext } from './sentence.ts';

/** What happened in a channel, as sentences of the record. */
export type ChannelSentence =
	| 'opened'
	| 'added'
	| 'removed'
	| 'dutySet'
	| 'closed'
	| 'said'
	| 'corrected'
	| 'relaxed'
	| 'broughtUp'
	| 'modeSetUp'
	| 'proposed'
	| 'agreed'
	| 'declined';

export function channelWords(fact: ChannelFact, { say, teamName }: RecordContext): FactWords {
	const channel = fact.name;
	const who =
		'speaker' in fact && fact.speaker !== null ? teamName(fact.speaker) : say('channel.sentence.control');
	switch (fact.kind) {
		case 'channel-opened':
			return { sentence: say('channel.sentence.opened', { channel }), detail: '' };
		case 'channel-members-added':
			return { sentence: say('channel.sentence.added', { channel }), detail: fact.names.join(', ') };
		case 'channel-members-removed':
			return { sentence: say('channel.sentence.removed', { channel }), detail: fact.names.join(', ') };
		case 'channel-duty-set':
			return { sentence: say('channel.sentence.dutySet', { channel }), detail: fact.names.join(', ') };
		case 'channel-closed':
			return { sentence: say('channel.sentence.closed', { channel }), detail: fact.reason };
		case 'message-posted': {
			const name = fact.corrects
				? 'corrected'
				: fact.relaxes
					? 'relaxed'
					: fact.broughtFrom
						? 'broughtUp'
						: 'said';
			const quoted = (fact.quotes ?? []).map((one) => `> ${one.text}`);
			const files = (fact.files ?? []).map((one) => one.name);
			return {
				sentence: say(`channel.sentence.${name}`, { channel, who, from: fact.broughtFrom?.name ?? '' }),
				detail: [...quoted, fact.text, ...files].filter(Boolean).join('\n')
			};
		}
		case 'mode-set-up':
			return { sentence: say('channel.sentence.modeSetUp', { channel }), detail: '' };
		case 'mode-proposed':
			return {
				sentence: say('channel.sentence.proposed', { channel, who, ...fact.labels }),
				detail: fact.reason
			};
		case 'mode-decided':
			return {
				sentence: say(`channel.sentence.${fact.agreed ? 'agreed' : 'declined'}`, {
					channel,
					who,
					...fact.labels
				}),
				detail: fact.reason
			};
	}
}
