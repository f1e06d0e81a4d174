import * as Y from 'yjs';
import { capabilities, type Capability } from '#lib/standards/capabilities.ts';
import { observationKinds, type ObservationKind } from '#lib/standards/evaluation.ts';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { fingerprint } from '../fingerprint.ts';
import type { FrozenFinding } from '../finding/schema.ts';
import { emptyRichText, readFragment, textOfRichText } from '../rich-text.ts';

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

/**
 * A finding (DOMAIN 4.6), drafted from cards and observations. Its texts are shared fragments, so that several may write.
 * The page may be opened to players: what evaluators noted is never on it, not even by its id (finding/schema.ts).
 */
export interface Finding {
	id: string;
	kind: ObservationKind;
	/** '': not said yet */
	capability: Capability | '';
	tlp: Tlp;
	title: string;
	/** the cards merged into it */
	cards: string[];
}

/** Its texts: what was found, why it came to that, what is to be done. */
export const findingSections = ['text', 'cause', 'recommendation'] as const;
export type FindingSection = (typeof findingSections)[number];

/** What a card of a column comes down to, until somebody says otherwise. */
export const kindOfColumn: Record<HotWashColumn, ObservationKind> = {
	'went-well': 'strength',
	'did-not': 'area_for_improvement',
	change: 'area_for_improvement'
};

/** a title is one line */
export const findingTitleLimit = 300;

export function reviewFindings(doc: Y.Doc): Y.Map<Y.Map<unknown>> {
	return doc.getMap('findings');
}

/** The free text of the review: executive summary and analysis. */
export function reviewText(doc: Y.Doc, section: 'summary' | 'analysis'): Y.XmlFragment {
	return doc.getXmlFragment(section);
}

/** One of a finding's texts, letter by letter; null: a finding from before there was such a text. */
export function findingText(finding: Y.Map<unknown>, section: FindingSection = 'text'): Y.XmlFragment | null {
	const text = finding.get(section);
	return text instanceof Y.XmlFragment ? text : null;
}

/** Adds a finding. Call inside a transaction. */
export function addFinding(
	doc: Y.Doc,
	finding: Pick<Finding, 'id' | 'kind' | 'title' | 'cards'> & Partial<Finding>,
	order: string
): Y.Map<unknown> {
	const record = new Y.Map<unknown>();
	reviewFindings(doc).set(finding.id, record);
	record.set('order', order);
	record.set('kind', finding.kind);
	record.set('capability', finding.capability ?? '');
	record.set('tlp', finding.tlp ?? 'amber');
	record.set('title', finding.title);
	record.set('cards', new Y.Map(finding.cards.map((card) => [card, true])));
	for (const section of findingSections) record.set(section, new Y.XmlFragment());
	return record;
}

/** Gives findings from before there were several texts those that they lack. Call inside a transaction. */
export function completeFindings(doc: Y.Doc): void {
	for (const record of reviewFindings(doc).values())
		if (record instanceof Y.Map)
			for (const section of findingSections)
				if (findingText(record, section) === null) record.set(section, new Y.XmlFragment());
}

/**
 * Puts one finding into another: its cards and its texts go over, below what is there, and it is gone. False: one of them
 * is not there. Its evidence goes with it by the fact that tells of it (finding/fold.ts). Call inside a transaction.
 */
export function mergeFindings(doc: Y.Doc, from: string, into: string): boolean {
	const [old, kept] = [reviewFindings(doc).get(from), reviewFindings(doc).get(into)];
	if (!(old instanceof Y.Map) || !(kept instanceof Y.Map) || from === into) return false;
	const cards = old.get('cards');
	if (cards instanceof Y.Map) mergeCards(doc, into, [...cards.keys()]);
	for (const section of findingSections) {
		const text = findingText(old, section);
		if (!text || textOfRichText(readFragment(text)).trim() === '') continue;
		if (findingText(kept, section) === null) kept.set(section, new Y.XmlFragment());
		const target = findingText(kept, section)!;
		const parts = text.toArray().filter((part) => part instanceof Y.XmlElement);
		target.insert(
			target.length,
			parts.map((part) => part.clone())
		);
	}
	reviewFindings(doc).delete(from);
	return true;
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
			const { kind, capability, tlp, column } = Object.fromEntries(
				['kind', 'capability', 'tlp', 'column'].map((field) => [field, record.get(field)])
			);
			const cards = record.get('cards');
			return {
				id,
				order: String(record.get('order') ?? ''),
				// findings from before they had a kind have the column that they were made of
				kind:
					observationKinds.find((one) => one === kind) ??
					(typeof column === 'string' && Object.hasOwn(kindOfColumn, column)
						? kindOfColumn[column as HotWashColumn]
						: 'area_for_improvement'),
				capability: capabilities.find((one) => one === capability) ?? ('' as const),
				tlp: tlpIds.find((one) => one === tlp) ?? ('amber' as const),
				title: String(record.get('title') ?? '').slice(0, findingTitleLimit),
				cards: cards instanceof Y.Map ? [...cards.keys()].sort() : []
			};
		})
		.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.id < b.id ? -1 : 1));
}

/** A finding as it stands at this moment, as plain values; null: there is none. */
export function freezeFinding(doc: Y.Doc, id: string): FrozenFinding | null {
	const found = readFindings(doc).find((one) => one.id === id);
	const record = reviewFindings(doc).get(id);
	if (!found || !record) return null;
	const text = (section: FindingSection) => {
		const fragment = findingText(record, section);
		return fragment ? readFragment(fragment) : emptyRichText();
	};
	const { title, kind, capability, tlp } = found;
	return {
		title: title.trim(),
		kind,
		capability,
		tlp,
		text: text('text'),
		cause: text('cause'),
		recommendation: text('recommendation')
	};
}

/** Of all that is put to countries: whoever circulates a finding says which text was on the screen. */
export const findingFingerprint = (finding: FrozenFinding): string => fingerprint(finding);
