import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { lastTouch, rebuild, type LoggedChange } from '#lib/exercise/replay/rebuild.ts';
import { chance } from '../../support/chance.ts';

/** A page that is written on, with its log and what it was after each change. */
class Written {
	readonly doc = new Y.Doc();
	readonly log: LoggedChange[] = [];
	readonly states: unknown[] = [];
	readonly #keep = (bytes: Uint8Array) => {
		this.log.push({ bytes, author: this.#author, at: this.log.length + 1 });
		this.states.push(this.doc.toJSON());
	};
	#author: string | null = null;

	constructor() {
		this.doc.on('update', this.#keep);
	}
	write(author: string | null, change: (doc: Y.Doc) => void): void {
		this.#author = author;
		this.doc.transact(() => change(this.doc));
	}
}

/** The same types as the page has: an update alone does not say what a shared type is. */
function read(state: Uint8Array): unknown {
	const doc = new Y.Doc();
	doc.getText('text');
	doc.getMap('items');
	Y.applyUpdate(doc, state);
	return doc.toJSON();
}

describe('a page as it stood', () => {
	it('is at every moment what it was then, also built on from an earlier one', () => {
		const { below } = chance();
		const page = new Written();
		page.doc.getText('text');
		page.doc.getMap('items');
		for (let i = 0; i < 60; i++)
			page.write(`person-${below(3)}`, (doc) => {
				const text = doc.getText('text');
				const items = doc.getMap<Y.Map<unknown>>('items');
				const key = `item-${below(4)}`;
				if (below(5) === 0 && text.length > 0) text.delete(below(text.length), 1);
				else if (below(3) === 0) items.delete(key);
				else if (below(2) === 0) text.insert(below(text.length + 1), `w${i} `);
				else if (!items.has(key)) items.set(key, new Y.Map(Object.entries({ title: `t${i}` })));
				else items.get(key)!.set('title', `t${i}`);
			});
		for (let k = 1; k <= page.log.length; k++) {
			const whole = rebuild(page.log.slice(0, k));
			expect(read(whole.state)).toEqual(page.states[k - 1]);
			const from = below(k);
			const onto = rebuild(page.log.slice(0, from));
			const continued = rebuild(page.log.slice(from, k), onto);
			expect(read(continued.state)).toEqual(page.states[k - 1]);
			expect(continued.touched).toEqual(whole.touched);
		}
	});

	it('says who touched which part last', () => {
		const page = new Written();
		page.write('anna', (doc) =>
			doc.getXmlFragment('section/summary').insert(0, [new Y.XmlElement('paragraph')])
		);
		page.write('bert', (doc) => doc.getMap('items').set('one', new Y.Map()));
		page.write('anna', (doc) => {
			(doc.getMap('items').get('one') as Y.Map<unknown>).set('body', new Y.XmlFragment());
		});
		page.write('carl', (doc) => {
			const body = (doc.getMap('items').get('one') as Y.Map<unknown>).get('body') as Y.XmlFragment;
			body.insert(0, [new Y.XmlText('deep')]);
		});
		const { touched } = rebuild(page.log);
		expect(touched['section/summary']).toEqual({ author: 'anna', at: 1 });
		expect(touched['items/one']).toEqual({ author: 'carl', at: 4 });
		expect(touched['items/one/body']).toEqual({ author: 'carl', at: 4 });
		expect(lastTouch(touched, ['section/summary', 'items/one', 'items/none'])).toMatchObject({
			author: 'carl'
		});
		expect(lastTouch(touched, ['nothing'])).toBeNull();
	});
});
