import * as Y from 'yjs';

/** The three columns of a hot wash (DOMAIN 4.6). */
export const hotWashColumns = ['went-well', 'did-not', 'change'] as const;
export type HotWashColumn = (typeof hotWashColumns)[number];

export const hotWashLimits = {
	/** a card is one thought */
	text: 600,
	/** per team and column: more is no list that a meeting can discuss */
	cards: 200,
	/** DOMAIN 9.4: the top three */
	votesPerPerson: 3
} as const;

// --- the review page: what facilitators and the director write together after ENDEX ----------------------------------

/** A finding drafted from one or more cards; `text` of each is a shared fragment so that several may write. */
export interface Finding {
	id: string;
	column: HotWashColumn;
	title: string;
	/** the cards merged into it */
	cards: string[];
}

/** a title is one line */
export const findingTitleLimit = 300;

export function reviewFindings(doc: Y.Doc): Y.Map<Y.Map<unknown>> {
	return doc.getMap('findings');
}

/** The free text of the review: executive summary and analysis. */
export function reviewText(doc: Y.Doc, section: 'summary' | 'analysis'): Y.XmlFragment {
	return doc.getXmlFragment(section);
}

/** One finding's text, letter by letter. */
export function findingText(finding: Y.Map<unknown>): Y.XmlFragment | null {
	const text = finding.get('text');
	return text instanceof Y.XmlFragment ? text : null;
}

/** Adds a finding. Call inside a transaction. */
export function addFinding(doc: Y.Doc, finding: Finding, order: string): Y.Map<unknown> {
	const record = new Y.Map<unknown>();
	reviewFindings(doc).set(finding.id, record);
	record.set('order', order);
	record.set('column', finding.column);
	record.set('title', finding.title);
	record.set('cards', new Y.Map(finding.cards.map((card) => [card, true])));
	record.set('text', new Y.XmlFragment());
	return record;
}

/**
 * Puts cards into a finding and takes them out of all others: a card is in one finding. They are keys of a shared map,
 * so that two facilitators who merge at the same moment lose neither's cards. Call inside a transaction.
 */
export function mergeCards(doc: Y.Doc, finding: string, cards: readonly string[]): void {
	for (const [id, record] of reviewFindings(doc)) {
		const merged = record instanceof Y.Map ? record.get('cards') : null;
		if (!(merged instanceof Y.Map)) continue;
		for (const card of cards) {
			if (id === finding) merged.set(card, true);
			else if (merged.has(card)) merged.delete(card);
		}
	}
}

/** Takes a card out of a finding again. */
export function takeOutCard(doc: Y.Doc, finding: string, card: string): void {
	const record = reviewFindings(doc).get(finding);
	const merged = record instanceof Y.Map ? record.get('cards') : null;
	if (merged instanceof Y.Map) merged.delete(card);
}

export function readFindings(doc: Y.Doc): (Finding & { order: string })[] {
	return [...reviewFindings(doc).entries()]
		.filter(([, record]) => record instanceof Y.Map)
		.map(([id, record]) => {
			const column = record.get('column') as HotWashColumn;
			const cards = record.get('cards');
			return {
				id,
				order: String(record.get('order') ?? ''),
				column: hotWashColumns.includes(column) ? column : 'change',
				title: String(record.get('title') ?? '').slice(0, findingTitleLimit),
				cards: cards instanceof Y.Map ? [...cards.keys()].sort() : []
			};
		})
		.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.id < b.id ? -1 : 1));
}
