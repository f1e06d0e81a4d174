import * as Y from 'yjs';
import { generateKeyBetween } from 'fractional-indexing';
import { capabilities, type Capability } from '#lib/standards/capabilities.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { readFragment, writeFragment, type RichText } from '../rich-text.ts';

/*
 * The page on which the consolidated report is written: passages in chapters, each with its own label, so that a version for
 * others is made by leaving passages out and never by cutting into a text. Where a passage came from is not on this page,
 * because whoever may write a page may write anything on it: it is in the facts (schema.ts), under the passage's id.
 */

/** What is written by hand; the rest of a report comes from the record. */
export const mainChapters = ['summary', 'course', 'analysis', 'conclusions'] as const;
export type MainChapter = (typeof mainChapters)[number];
/** A main chapter, or one about an objective, a capability, a country. */
export type ChapterId =
	MainChapter | `objective:${string}` | `capability:${Capability}` | `country:${CountryCode}`;

/** an objective's code is short; the rest of the name is ours */
const longestChapter = 80;

export function isChapter(name: string): name is ChapterId {
	if (mainChapters.some((one) => one === name)) return true;
	const [kind, ...rest] = name.split(':');
	const of = rest.join(':');
	if (name.length > longestChapter || of === '') return false;
	if (kind === 'objective') return true;
	if (kind === 'capability') return capabilities.some((one) => one === of);
	return kind === 'country' && countryCodes.some((one) => one === of);
}

/** The country whose chapter it is; null: nobody's own. */
export function countryOf(chapter: ChapterId): CountryCode | null {
	return chapter.startsWith('country:') ? (chapter.slice('country:'.length) as CountryCode) : null;
}

/** In the order of the report: as told, then what was analysed, the countries, what follows. */
export function compareChapters(a: ChapterId, b: ChapterId): number {
	const rank = (one: ChapterId) =>
		['summary', 'course', 'analysis', 'objective', 'capability', 'country', 'conclusions'].indexOf(
			one.split(':')[0]!
		);
	return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true });
}

export interface PagePassage {
	id: string;
	order: string;
	chapter: ChapterId;
	/** null: none was given */
	tlp: Tlp | null;
	/** the findings on which it rests */
	cites: string[];
	text: RichText;
}

export function reportPassages(doc: Y.Doc): Y.Map<Y.Map<unknown>> {
	return doc.getMap('passages');
}

export function passageText(doc: Y.Doc, id: string): Y.XmlFragment | null {
	const text = reportPassages(doc).get(id)?.get('text');
	return text instanceof Y.XmlFragment ? text : null;
}

export function readPassages(doc: Y.Doc): PagePassage[] {
	return [...reportPassages(doc).entries()]
		.flatMap(([id, record]): PagePassage[] => {
			if (!(record instanceof Y.Map)) return [];
			const [chapter, tlp, cites, text] = ['chapter', 'tlp', 'cites', 'text'].map((key) => record.get(key));
			if (typeof chapter !== 'string' || !isChapter(chapter)) return [];
			return [
				{
					id,
					order: String(record.get('order') ?? ''),
					chapter,
					tlp: tlpIds.find((one) => one === tlp) ?? null,
					cites: cites instanceof Y.Map ? [...cites.keys()].sort() : [],
					text: text instanceof Y.XmlFragment ? readFragment(text) : { type: 'doc', content: [] }
				}
			];
		})
		.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.id < b.id ? -1 : 1));
}

/** A new passage at the end of its chapter. Call inside a transaction. */
export function addPassage(
	doc: Y.Doc,
	passage: { id: string; chapter: ChapterId; tlp: Tlp | null; text: RichText }
): void {
	const last = readPassages(doc).findLast(({ chapter }) => chapter === passage.chapter);
	const record = new Y.Map<unknown>();
	reportPassages(doc).set(passage.id, record);
	record.set('order', keyBetween(last?.order, undefined));
	record.set('chapter', passage.chapter);
	if (passage.tlp) record.set('tlp', passage.tlp);
	record.set('cites', new Y.Map());
	const text = new Y.XmlFragment();
	record.set('text', text);
	if (passage.text.content.length > 0) writeFragment(text, passage.text);
}

export function labelPassage(doc: Y.Doc, id: string, tlp: Tlp): void {
	const record = reportPassages(doc).get(id);
	if (record && record.get('tlp') !== tlp) record.set('tlp', tlp);
}

export function citeInPassage(doc: Y.Doc, id: string, finding: string, on: boolean): void {
	const record = reportPassages(doc).get(id);
	if (!record) return;
	const cites = record.get('cites');
	if (cites instanceof Y.Map) {
		if (on) cites.set(finding, true);
		else cites.delete(finding);
	} else if (on) record.set('cites', new Y.Map([[finding, true]]));
}

/** One place up or down among the passages of its chapter. */
export function movePassage(doc: Y.Doc, id: string, by: -1 | 1): void {
	const all = readPassages(doc);
	const one = all.find((passage) => passage.id === id);
	if (!one) return;
	const list = all.filter(({ chapter }) => chapter === one.chapter);
	const from = list.indexOf(one);
	const to = from + by;
	if (to < 0 || to >= list.length) return;
	const [before, after] = by < 0 ? [list[to - 1], list[to]] : [list[to], list[to + 1]];
	reportPassages(doc).get(id)!.set('order', keyBetween(before?.order, after?.order));
}

export function removePassage(doc: Y.Doc, id: string): void {
	reportPassages(doc).delete(id);
}

/** Between two others, or as near as it goes: two that were added at the same moment share a key. */
function keyBetween(before: string | undefined, after: string | undefined): string {
	for (const high of [after, undefined])
		try {
			return generateKeyBetween(before || null, high || null);
		} catch {
			continue;
		}
	return generateKeyBetween(null, null);
}
