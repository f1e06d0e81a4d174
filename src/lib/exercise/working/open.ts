import type { DecisionStanding } from '../team/decision.ts';
import { awaitsReview } from '../team/decision.ts';
import type { Deadline } from '../team/deadlines.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { definitionOf } from './kinds.ts';
import type { FoldedRecord } from './fold.ts';
import type { OpenItem, OpenWork } from './record.ts';

/** All that a team may still have to do, as it is known in the browser and on the server. */
export interface OpenSources {
	records: Iterable<Pick<FoldedRecord, 'id' | 'of' | 'standing'>>;
	/** what injects ask for and nobody has done */
	deadlines: readonly (Pick<Deadline, 'delivery' | 'title' | 'asks' | 'by'> & { tlp: Tlp })[];
	/** to exercise control, not answered yet */
	questions: readonly { question: string; text: string }[];
	decisions: ReadonlyMap<number, DecisionStanding>;
	/** the exercise's: some times are counted in its days and months */
	timeZone: string;
}

/** of a question or a decision, as a title */
const titleLength = 200;
const clip = (text: string) => {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length <= titleLength ? line : `${line.slice(0, titleLength - 1).trimEnd()}…`;
};
/** later than any exercise */
const never = Number.MAX_SAFE_INTEGER;
const nobodys: Pick<OpenWork, 'whose' | 'account'> = { whose: null, account: null };

/**
 * Everything that is open in a team, what is due first in front: what waits on its screen, and what one shift hands to the
 * next. The same in the browser and on the server.
 */
export function openItems({ records, deadlines, questions, decisions, timeZone }: OpenSources): OpenItem[] {
	const items: OpenItem[] = [];
	for (const { delivery, title, asks, by, tlp } of deadlines)
		items.push({
			of: 'inject',
			id: delivery,
			title,
			number: null,
			state: '',
			dueAt: by,
			asks,
			tlp,
			...nobodys
		});
	for (const { id, of, standing } of records)
		for (const work of definitionOf(of).open?.(standing, timeZone) ?? []) items.push({ ...work, of, id });
	for (const { question, text } of questions)
		items.push({
			of: 'question',
			id: question,
			title: clip(text),
			number: null,
			state: '',
			dueAt: null,
			...nobodys
		});
	for (const [number, decision] of decisions)
		if (awaitsReview(decision))
			items.push({
				of: 'decision',
				id: String(number),
				title: clip(decision.chosen),
				number,
				state: decision.state,
				dueAt: decision.reviewAt,
				...nobodys
			});
	return items.sort(
		(a, b) =>
			(a.dueAt ?? never) - (b.dueAt ?? never) ||
			compare(a.of, b.of) ||
			(a.number ?? 0) - (b.number ?? 0) ||
			compare(a.id, b.id) ||
			compare(a.state, b.state)
	);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
