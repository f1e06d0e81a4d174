import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { fallbacks, languageName, parseLanguage } from '#lib/standards/languages.ts';
import { deliveredTo, translatedTexts } from '#lib/exercise/inject/delivered.ts';
import { duplicateInject, editInjects, ScriptPage } from '#lib/exercise/inject/page.ts';
import {
	addInject,
	deliveredInject,
	injectFingerprint,
	readInject,
	scriptInjects,
	type InjectText
} from '#lib/exercise/inject/schema.ts';
import {
	addTranslation,
	readTranslations,
	removeTranslation,
	setTranslatedTitle,
	textIn,
	translationBody,
	writeTranslations
} from '#lib/exercise/inject/translations.ts';
import { emptyRichText, richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { french, greek, greekPort, idOf, inject, injectId, startex } from '../domain/factories.ts';

const say = (title: string, body = title): InjectText => ({ title, body: richTextFromText(body) });
const translated = inject({
	title: 'Cranes',
	language: 'en',
	translations: { el: say('Γερανοί'), fr: say('Grues'), 'fr-BE': say('Grues belges') }
});

describe('languages', () => {
	it('are read from tags and names', () => {
		expect(['EL', 'fr-be', 'Greek', ' swedish '].map(parseLanguage)).toEqual(['el', 'fr-BE', 'el', 'sv']);
		expect(['', 'Klingon', 'xx', 'en_GB', '<b>'].map(parseLanguage)).toEqual([null, null, null, null, null]);
	});
	it('have names, and fall back to the nearest', () => {
		expect([languageName('el'), languageName('fr-BE'), languageName('tlh')]).toEqual([
			'Greek',
			'French (BE)',
			'tlh'
		]);
		expect(fallbacks('zh-Hant-TW')).toEqual(['zh-hant-tw', 'zh-hant', 'zh']);
	});
});

describe('the language that a team reads', () => {
	it.each([
		['el', 'el', 'Γερανοί'],
		['fr-BE', 'fr-BE', 'Grues belges'],
		['fr-CH', 'fr', 'Grues'],
		['FR', 'fr', 'Grues']
	])('%s: %s', (wanted, language, title) => {
		expect(textIn(translated, wanted)).toMatchObject({ language, text: { title } });
	});

	it.each([null, undefined, '', 'en', 'en-GB', 'sv'])('%s: as it was written', (wanted) => {
		expect(textIn(translated, wanted)).toBeNull();
	});

	it('an empty translation is none, and what of one is missing is the original’s', () => {
		const half = inject({
			translations: {
				el: { title: '', body: emptyRichText() },
				fr: { ...say('Grues'), body: emptyRichText() }
			}
		});
		expect(textIn(half, 'el')).toBeNull();
		expect(textIn(half, 'fr')?.text).toEqual({ title: 'Grues', body: half.body });
	});

	it('[P2] a team receives its language and the original, and no other', () => {
		const teams = [{ ...greek, language: 'el' }, { ...french, language: 'fr' }, greekPort];
		const { texts, languageOf } = translatedTexts(translated, teams);
		// only what somebody reads is kept with the fact
		expect(Object.keys(texts!)).toEqual(['el', 'fr']);
		const fact = { delivered: deliveredInject(translated, startex), texts: texts! };
		const of = (team: (typeof teams)[number]) => {
			const language = languageOf(team);
			return deliveredTo(fact, language ? { language } : {});
		};
		expect(of(teams[0]!)).toMatchObject({
			title: 'Γερανοί',
			language: 'el',
			original: { language: 'en', title: 'Cranes', body: translated.body }
		});
		expect(JSON.stringify(of(teams[0]!))).not.toContain('Grues');
		expect(of(teams[2]!)).toEqual({ ...deliveredInject(translated, startex) });
		expect(of(teams[2]!).original).toBeUndefined();
		expect(JSON.stringify(of(teams[2]!))).not.toContain('Γερανοί');
	});

	it('nothing is kept twice where nobody wants a translation', () => {
		expect(translatedTexts(translated, [greek, french]).texts).toBeNull();
	});
});

describe('translations in the script page', () => {
	function page() {
		const doc = new Y.Doc();
		const record = doc.transact(() => addInject(doc, inject(), 'a0'));
		return { doc, record };
	}
	const copyOf = (doc: Y.Doc) => {
		const copy = new Y.Doc();
		Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
		return copy;
	};

	it('are read as they were written, and part of the fingerprint', () => {
		const doc = new Y.Doc();
		const record = doc.transact(() => addInject(doc, translated, 'a0'));
		const read = readInject(injectId, record);
		expect(read.translations).toEqual(translated.translations);
		expect(injectFingerprint(read)).toBe(injectFingerprint(translated));
		expect(injectFingerprint(read)).not.toBe(injectFingerprint(inject({ title: 'Cranes', language: 'en' })));
	});

	it('two planners who add languages and write in them at once keep both', () => {
		const { doc } = page();
		const other = copyOf(doc);
		const of = (one: Y.Doc) => scriptInjects(one).get(injectId)!;
		addTranslation(of(doc), 'el');
		writeFragment(translationBody(of(doc), 'el')!, richTextFromText('Γερανοί'));
		addTranslation(of(other), 'fr');
		setTranslatedTitle(of(other), 'fr', 'Grues');
		Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
		Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
		expect(readTranslations(of(doc))).toEqual({
			el: { title: '', body: richTextFromText('Γερανοί') },
			fr: { title: 'Grues', body: emptyRichText() }
		});
		expect(readTranslations(of(other))).toEqual(readTranslations(of(doc)));
	});

	it('setting what is there already writes nothing', () => {
		const { doc, record } = page();
		doc.transact(() => writeTranslations(record, translated.translations));
		const before = Y.encodeStateVector(doc);
		doc.transact(() => writeTranslations(record, translated.translations));
		editInjects(doc, [injectId], { translations: translated.translations });
		expect(Y.encodeStateVector(doc)).toEqual(before);
	});

	it('adding twice keeps what is written; removing removes one', () => {
		const { record } = page();
		addTranslation(record, 'el');
		setTranslatedTitle(record, 'el', 'Γερανοί');
		addTranslation(record, 'el');
		addTranslation(record, 'no such language');
		addTranslation(record, 'fr');
		removeTranslation(record, 'fr');
		expect(readTranslations(record)).toEqual({ el: { title: 'Γερανοί', body: emptyRichText() } });
	});

	it('an older record without the map, and a hostile one, are read and written', () => {
		const { record } = page();
		record.delete('translations');
		expect(readTranslations(record)).toEqual({});
		for (const value of [null, 7, 'text', [], {}, new Y.Text('x')]) {
			record.set('translations', value);
			expect(readTranslations(record)).toEqual({});
		}
		const hostile = new Y.Map<unknown>();
		record.set('translations', hostile);
		hostile.set('el', 'text');
		hostile.set('__proto__', new Y.Map([['title', 'x']]));
		hostile.set('fr', new Y.Map<unknown>([['title', 7]]));
		expect(readTranslations(record)).toEqual({});
		addTranslation(record, 'el');
		expect(readTranslations(record)).toEqual({ el: { title: '', body: emptyRichText() } });
	});

	it('go with a copy of the inject', () => {
		const doc = new Y.Doc();
		doc.transact(() => addInject(doc, translated, 'a0'));
		const script = new ScriptPage(doc);
		duplicateInject(doc, script.rows(), injectId, idOf('copy'));
		expect(script.rows()[1]!.inject.translations).toEqual(translated.translations);
		script.close();
	});
});
