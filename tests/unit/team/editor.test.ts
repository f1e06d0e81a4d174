import { Awareness } from 'y-protocols/awareness';
import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { pageText } from '#lib/exercise/report/page.ts';
import { writeFragment } from '#lib/exercise/rich-text.ts';
import { caretAwareness } from '#lib/ui/editor/carets.ts';
import { mirrorOf } from '#lib/ui/editor/mirror.ts';
import { isSound, staysSound } from '#lib/ui/editor/soundness.ts';

function page(): Y.Doc {
	const doc = new Y.Doc();
	const heading = (text: string) => ({
		type: 'heading' as const,
		attrs: { level: 3 },
		content: [{ type: 'text' as const, text }]
	});
	doc.transact(() =>
		writeFragment(pageText(doc), {
			type: 'doc',
			content: [heading('Summary'), { type: 'paragraph' }, heading('Impact'), { type: 'paragraph' }]
		})
	);
	return doc;
}

/** What the editor would be asked after each change of the text. */
function watched(doc: Y.Doc, change: (fragment: Y.XmlFragment) => void): boolean {
	const fragment = pageText(doc);
	let sound = true;
	const observe = (events: Y.YEvent<Y.AbstractType<unknown>>[]) => {
		sound &&= staysSound(fragment, events);
	};
	fragment.observeDeep(observe as never);
	doc.transact(() => change(fragment));
	return sound;
}

describe('[R18] a shared text that the editor cannot hold', () => {
	const paragraph = (text: Y.XmlText | Y.XmlElement) => {
		const element = new Y.XmlElement('paragraph');
		element.insert(0, [text]);
		return element;
	};
	const marked = (attributes: Record<string, unknown>) => {
		const text = new Y.XmlText();
		text.applyDelta([{ insert: 'words', attributes }]);
		return text;
	};
	const hostile: Record<string, () => Y.XmlElement | Y.XmlText> = {
		'an element of the web': () => new Y.XmlElement('iframe'),
		'loose text': () => new Y.XmlText('loose'),
		'an unknown mark': () => paragraph(marked({ style: 'position:fixed' })),
		'an unknown element inside': () => paragraph(new Y.XmlElement('img')),
		'a name of Object': () => new Y.XmlElement('constructor')
	};

	it('takes what Muster itself writes', () => {
		expect(isSound(pageText(page()))).toBe(true);
		expect(
			watched(page(), (text) =>
				text.insert(0, [paragraph(marked({ bold: {}, 'link--a1b2': { href: 'x' } }))])
			)
		).toBe(true);
	});

	for (const [name, make] of Object.entries(hostile))
		it(`finds ${name}, on opening and on arrival`, () => {
			const doc = page();
			expect(watched(doc, (text) => text.insert(0, [make()]))).toBe(false);
			expect(isSound(pageText(doc))).toBe(false);
		});

	it('finds a mark that is set later', () => {
		const sound = watched(page(), (text) => {
			const heading = text.get(0) as Y.XmlElement;
			(heading.get(0) as Y.XmlText).format(0, 3, { onclick: 'x' });
		});
		expect(sound).toBe(false);
	});

	it('finds nesting made to overflow the stack', () => {
		let inner = new Y.XmlElement('blockquote');
		for (let i = 0; i < 30; i++) {
			const outer = new Y.XmlElement('blockquote');
			outer.insert(0, [inner]);
			inner = outer;
		}
		expect(watched(page(), (text) => text.insert(0, [inner]))).toBe(false);
	});
});

describe('carets of others', () => {
	/** The states that the editor sees of what `state` says. */
	function seen(state: Record<string, unknown>, doc = page()) {
		const awareness = new Awareness(doc);
		awareness.states.set(7, state);
		const [caret] = caretAwareness(awareness, doc, true).getStates().values();
		awareness.destroy();
		return caret;
	}
	const position = (doc: Y.Doc) =>
		Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(pageText(doc), 1)) as unknown;

	it('passes a place in the text', () => {
		const doc = page();
		const cursor = { anchor: position(doc), head: position(doc) };
		expect(seen({ user: { name: 'Ana', colour: '#7c3aed' }, cursor }, doc)).toEqual({
			user: { name: 'Ana', colour: '#7c3aed', color: '#7c3aed' },
			cursor
		});
	});

	for (const cursor of [
		'here',
		{ anchor: null, head: null },
		{ anchor: { item: { client: 'x', clock: -1 } }, head: {} },
		{ anchor: { item: 5 }, head: { type: [] } },
		{ anchor: { tname: 'made up', assoc: 0 }, head: { tname: 'made up', assoc: 0 } },
		{ anchor: { item: { client: 1, clock: 2 }, assoc: 'x' }, head: {} }
	])
		it(`drops the made-up place ${JSON.stringify(cursor)}, and makes no type for it`, () => {
			const doc = page();
			expect(seen({ user: { name: 'Eve' }, cursor }, doc)?.cursor).toBeNull();
			expect([...doc.share.keys()].sort()).toEqual(['text']);
		});

	it('takes no colour but a plain one, and no endless name', () => {
		const user = seen({ user: { name: 'x'.repeat(5000), colour: 'red;background:url(//x)' } })?.user;
		expect(user?.colour).toMatch(/^#[0-9a-f]{6}$/);
		expect(user?.name).toHaveLength(60);
		expect(seen({ user: { name: 5 } })?.user.name).toBe('');
		expect(seen({ user: 'x' })?.user.name).toBe('');
	});

	it('sends the newest caret only, some times a second, and says at once that it is gone', async () => {
		vi.useFakeTimers();
		const doc = page();
		const awareness = new Awareness(doc);
		const sent: unknown[] = [];
		awareness.on('update', () => sent.push(awareness.getLocalState()?.['cursor']));
		const writer = caretAwareness(awareness, doc, true);
		for (let i = 0; i < 50; i++) writer.setLocalStateField('cursor', { anchor: i, head: i });
		expect(writer.getLocalState()?.['cursor']).toEqual({ anchor: 49, head: 49 });
		await Promise.resolve();
		expect(sent).toEqual([{ anchor: 49, head: 49 }]);
		for (let i = 50; i < 60; i++) writer.setLocalStateField('cursor', { anchor: i, head: i });
		await Promise.resolve();
		expect(sent).toHaveLength(1);
		vi.advanceTimersByTime(200);
		expect(sent).toEqual([
			{ anchor: 49, head: 49 },
			{ anchor: 59, head: 59 }
		]);
		writer.setLocalStateField('cursor', { anchor: 60, head: 60 });
		writer.setLocalStateField('cursor', null);
		await Promise.resolve();
		expect(sent.at(-1)).toBeNull();
		vi.advanceTimersByTime(1000);
		expect(sent).toHaveLength(3);
		awareness.destroy();
		vi.useRealTimers();
	});

	it('leaves no trace of a reader', () => {
		const doc = page();
		const awareness = new Awareness(doc);
		const before = JSON.stringify(awareness.getLocalState());
		const reader = caretAwareness(awareness, doc, false);
		reader.setLocalStateField('user', { name: 'Evaluator' });
		reader.setLocalStateField('cursor', { anchor: position(doc), head: position(doc) });
		expect(JSON.stringify(awareness.getLocalState())).toBe(before);
		expect(reader.getLocalState()).toBeNull();
		awareness.destroy();
	});
});

describe('the copy that a reader sees', () => {
	it('follows the document and never writes into it', () => {
		const doc = page();
		const mirror = mirrorOf(pageText(doc));
		const before = Y.encodeStateAsUpdate(doc);
		doc.transact(() => (pageText(doc).get(1) as Y.XmlElement).insert(0, [new Y.XmlText('Gates closed')]));
		expect(mirror.fragment.toString()).toBe(pageText(doc).toString());
		const state = Y.encodeStateAsUpdate(doc);
		expect(state).not.toEqual(before);
		mirror.fragment.delete(0, mirror.fragment.length);
		expect(Y.encodeStateAsUpdate(doc)).toEqual(state);
		mirror.close();
	});

	it('finds a text inside a record, empty or not', () => {
		const doc = new Y.Doc();
		const record = doc.getMap<Y.Map<unknown>>('injects').set('one', new Y.Map());
		const body = new Y.XmlFragment();
		record.set('body', body);
		const empty = mirrorOf(body);
		body.insert(0, [new Y.XmlElement('paragraph')]);
		expect(empty.fragment.toString()).toBe('<paragraph></paragraph>');
		const filled = mirrorOf(body);
		expect(filled.fragment.toString()).toBe('<paragraph></paragraph>');
		expect(filled.fragment.doc).not.toBe(doc);
		empty.close();
		filled.close();
	});
});
