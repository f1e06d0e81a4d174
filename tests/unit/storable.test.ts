import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { addInject, newInject, readScript } from '#lib/exercise/inject/schema.ts';
import { cleanRichText, richTextFromText } from '#lib/exercise/rich-text.ts';
import { addTranslation, readTranslations } from '#lib/exercise/inject/translations.ts';
import { storable } from '#lib/storable.ts';

describe('what the database cannot hold', () => {
	test('goes from texts, lists and keys; the rest stays', () => {
		expect(storable('a\0b\ud800c')).toBe('ab\ufffdc');
		expect(storable({ 'k\0': ['x\0', { deep: 'y\0' }], n: 1, none: null })).toEqual({
			k: ['x', { deep: 'y' }],
			n: 1,
			none: null
		});
		expect(storable('smile 😀\n\t')).toBe('smile 😀\n\t');
	});

	test('what is clean is the same object, and dates and shared types are left alone', () => {
		const clean = { a: ['b', { c: 'd' }] };
		expect(storable(clean)).toBe(clean);
		const others = { at: new Date(0), map: new Y.Map() };
		expect(storable(others)).toBe(others);
	});

	test('does not reach a reader of injects, formatted text or translations', () => {
		expect(
			cleanRichText({
				type: 'doc',
				content: [
					{
						type: 'paragraph',
						content: [
							{ type: 'text', text: 'a\0' },
							{ type: 'text', text: '\0' }
						]
					}
				]
			})
		).toEqual({ type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'a' }] }] });
		const doc = new Y.Doc();
		doc.transact(() => {
			const record = addInject(
				doc,
				newInject('a'.repeat(24) as never, {
					title: 'Odd\0 logins',
					body: richTextFromText('Many\0 of them'),
					from: 'Wa\0tch'
				}),
				'a0'
			);
			addTranslation(record, 'el');
			(record.get('translations') as Y.Map<Y.Map<unknown>>).get('el')!.set('title', 'Ti\0tle');
			expect(readTranslations(record)['el']!.title).toBe('Title');
		});
		const [inject] = readScript(doc);
		expect(inject).toMatchObject({ title: 'Odd logins', from: 'Watch' });
		expect(JSON.stringify(inject)).not.toContain('\\u0000');
	});
});
