import { z } from 'zod';
import type { Tlp } from '#lib/standards/tlp.ts';
import { longText } from '../exercise/schema.ts';
import type { AccountId } from '../ids.ts';
import { reportKeyPattern, reportName } from '../notification/schema.ts';
import type { Act, Happened, OpenItem, OpenWork, RecordDefinition, RecordFact } from '../working/record.ts';

/**
 * One shift hands over to the next (DOMAIN 5.2): to a named person, who accepts by name. What is open is listed by the
 * server and frozen as it was then; what people know beside it, they write.
 */
export const handoverTextSchema = z.object({
	/** what the next shift must know: the situation, who was called, what was promised */
	note: longText('What the next shift must know'),
	risks: z.string().trim().max(4000).default('')
});
export type HandoverText = z.infer<typeof handoverTextSchema>;

/** More would be read by nobody; the rest is counted. */
export const handoverItems = 300;

export interface HandoverPerson {
	account: AccountId;
	name: string;
}

type Of<Kind extends string, Body> = RecordFact & { kind: Kind; number: number; to: HandoverPerson } & Body;
export type HandoverFact =
	| Of<'handover-offered', { from: HandoverPerson; text: HandoverText; open: OpenItem[]; leftOut?: number }>
	| Of<'handover-accepted', { note: string }>
	| Of<'handover-withdrawn', { reason: string }>;

export const handoverStates = ['offered', 'accepted', 'withdrawn'] as const;
export type HandoverState = (typeof handoverStates)[number];

export interface Handover {
	number: number;
	from: HandoverPerson;
	to: HandoverPerson;
	text: HandoverText;
	/** what was open then; it does not change any more */
	open: OpenItem[];
	/** so many more were open than are listed */
	leftOut: number;
	/** never less strict than what is listed */
	tlp: Tlp;
	state: HandoverState;
	offered: Act;
	/** when it was accepted or withdrawn, by whom, and what they said */
	ended: (Act & { text: string }) | null;
}

function evolve(handover: Handover | null, { fact, by, at, wallAt }: Happened<HandoverFact>): Handover {
	const act: Act = { by, at, wallAt };
	if (fact.kind === 'handover-offered') {
		const { number, from, to, text, open, leftOut = 0, tlp } = fact;
		return { number, from, to, text, open, leftOut, tlp, state: 'offered', offered: act, ended: null };
	}
	if (!handover) throw new Error(`a handover begins by being offered, not with ${fact.kind}`);
	return fact.kind === 'handover-accepted'
		? { ...handover, state: 'accepted', ended: { ...act, text: fact.note } }
		: { ...handover, state: 'withdrawn', ended: { ...act, text: fact.reason } };
}

/** An offered one waits for the person to whom it was offered. */
function open({ number, state, from, to }: Handover): OpenWork[] {
	if (state !== 'offered') return [];
	return [{ title: from.name, number, state, dueAt: null, whose: to.name, account: to.account }];
}

/** A case of notification is open several times, report by report: each says which. */
const titleOf = ({ of, state, title }: OpenItem): string =>
	of === 'notification' && reportKeyPattern.test(state) ? `${reportName(state)}: ${title}` : title;

export const handoverRecord: RecordDefinition<HandoverFact, Handover> = {
	shown: {
		'handover-offered': 'watched',
		'handover-accepted': 'watched',
		'handover-withdrawn': 'watched'
	},
	group: 'log',
	needs: ['people', 'open'],
	open,
	evolve,
	words(fact) {
		const title = fact.to.name;
		switch (fact.kind) {
			case 'handover-offered':
				return {
					title,
					text: [
						fact.text.note,
						fact.text.risks,
						...fact.open.map((item) => `– ${titleOf(item)}${item.whose ? ` (${item.whose})` : ''}`)
					]
						.filter((line) => line !== '')
						.join('\n')
				};
			case 'handover-accepted':
				return { title, text: fact.note };
			case 'handover-withdrawn':
				return { title, text: fact.reason };
		}
	}
};
