import * as Y from 'yjs';
import { fallbacks, languagePattern } from '#lib/standards/languages.ts';
import { storableText } from '#lib/storable.ts';
import { isEmptyRichText, readFragment, writeFragment } from '../rich-text.ts';
import type { Inject, InjectText } from './schema.ts';

/*
 * Title and body of an inject in other languages. In the script page they are shared types, so that a translation is
 * written together letter by letter like the original: key `translations`, a Y.Map by language, in each a title and the
 * fragment `body`.
 */

type TranslationRecord = Y.Map<unknown>;
type TranslationRecords = Y.Map<TranslationRecord>;

/** Bounds what a hostile page makes a reader do; what planners may have is in `injectLimits`. */
const mostLanguages = 40;
const titleLimit = 200;

function recordsOf(record: Y.Map<unknown>): TranslationRecords | null {
	const found = record.get('translations');
	return found instanceof Y.Map ? (found as TranslationRecords) : null;
}

/** What a translation's editor works on. */
export function translationBody(record: Y.Map<unknown>, language: string): Y.XmlFragment | null {
	const one = recordsOf(record)?.get(language);
	const body = one instanceof Y.Map ? one.get('body') : null;
	return body instanceof Y.XmlFragment ? body : null;
}

/** All translations by language, in the order of their tags; what is of the wrong shape is not there. */
export function readTranslations(record: Y.Map<unknown>): Record<string, InjectText> {
	const records = recordsOf(record);
	if (!records || records.size === 0) return {};
	const found: Record<string, InjectText> = {};
	for (const language of [...records.keys()].sort().slice(0, mostLanguages)) {
		const one = records.get(language);
		const body = translationBody(record, language);
		if (!languagePattern.test(language) || !(one instanceof Y.Map) || !body) continue;
		const title = one.get('title');
		found[language] = {
			title: typeof title === 'string' ? storableText(title).trim().slice(0, titleLimit) : '',
			body: readFragment(body)
		};
	}
	return found;
}

/** Makes the page say these translations and no others; what says so already stays untouched. In a transaction. */
export function writeTranslations(record: Y.Map<unknown>, wanted: Record<string, InjectText>): void {
	let records = recordsOf(record);
	if (!records) {
		records = new Y.Map() as TranslationRecords;
		record.set('translations', records);
	}
	for (const language of [...records.keys()]) if (!Object.hasOwn(wanted, language)) records.delete(language);
	for (const [language, text] of Object.entries(wanted)) {
		const body = translationBody(record, language);
		if (!body) setTranslation(records, language, text);
		else {
			const one = records.get(language)!;
			if (one.get('title') !== text.title) one.set('title', text.title);
			if (JSON.stringify(readFragment(body)) !== JSON.stringify(text.body)) writeFragment(body, text.body);
		}
	}
}

/** An empty translation to write in; nothing happens where there is one. In a transaction. */
export function addTranslation(record: Y.Map<unknown>, language: string): void {
	if (!languagePattern.test(language) || translationBody(record, language)) return;
	let records = recordsOf(record);
	if (!records) {
		records = new Y.Map() as TranslationRecords;
		record.set('translations', records);
	}
	setTranslation(records, language, null);
}

export function removeTranslation(record: Y.Map<unknown>, language: string): void {
	recordsOf(record)?.delete(language);
}

/** Only the title of one translation: its body may be under somebody else's hands. */
export function setTranslatedTitle(record: Y.Map<unknown>, language: string, title: string): void {
	const one = recordsOf(record)?.get(language);
	if (one instanceof Y.Map && one.get('title') !== title) one.set('title', title);
}

function setTranslation(records: TranslationRecords, language: string, text: InjectText | null): void {
	const one: TranslationRecord = new Y.Map();
	records.set(language, one);
	one.set('title', text?.title ?? '');
	const body = new Y.XmlFragment();
	one.set('body', body);
	if (text) writeFragment(body, text.body);
}

/**
 * What a team reads that wants a language: the translation, or the nearest that it falls back to (`fr-BE`, then `fr`);
 * null: the original, because it is in that language or nothing else is there. What of a translation was not written is
 * the original's.
 */
export function textIn(
	inject: Pick<Inject, 'title' | 'body' | 'language' | 'translations'>,
	wanted: string | null | undefined
): { language: string; text: InjectText } | null {
	if (!wanted) return null;
	const written = new Map(
		Object.entries(inject.translations)
			.filter(([, text]) => text.title.trim() !== '' || !isEmptyRichText(text.body))
			.map(([language, text]) => [language.toLowerCase(), { language, text }])
	);
	for (const tag of fallbacks(wanted)) {
		const found = written.get(tag);
		if (found) {
			const { title, body } = found.text;
			return {
				language: found.language,
				text: { title: title.trim() || inject.title, body: isEmptyRichText(body) ? inject.body : body }
			};
		}
		if (inject.language.toLowerCase() === tag) return null;
	}
	return null;
}
