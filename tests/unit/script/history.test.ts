import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { InjectId } from '#lib/exercise/ids.ts';
import { scriptHistory, type StoredChange } from '#lib/exercise/inject/history.ts';
import { addInject, bodyOf, newInject, scriptInjects, setFields } from '#lib/exercise/inject/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';

/** A page, and the log of what was done to it. */
function desk() {
	const doc = new Y.Doc();
	const changes: StoredChange[] = [];
	const done = (author: string, at: number, act: () => void) => {
		const before = Y.encodeStateVector(doc);
		const seen: Uint8Array[] = [];
		const keep = (update: Uint8Array) => seen.push(update);
		doc.on('update', keep);
		doc.transact(act);
		doc.off('update', keep);
		expect(before).toBeDefined();
		for (const bytes of seen) changes.push({ bytes, author, at });
	};
	return { doc, changes, done, record: (id: string) => scriptInjects(doc).get(id)! };
}
const id = (n: number) => `inject-${n}` as InjectId;

test('key strokes of one person in one field are one entry, of two people two', () => {
	const { doc, changes, done, record } = desk();
	done('anna', 0, () => addInject(doc, newInject(id(1), { reference: 'CE-1', title: 'Ga' }), 'a0'));
	done('anna', 10_000, () => setFields(record(id(1)), { title: 'Gat' }));
	done('anna', 20_000, () => setFields(record(id(1)), { title: 'Gate' }));
	done('bert', 30_000, () => setFields(record(id(1)), { title: 'Gates' }));
	done('anna', 200_000, () => setFields(record(id(1)), { title: 'Gates shut' }));
	expect(
		scriptHistory(changes).map(({ act, author, before, after, from, until }) => ({
			act,
			author,
			before,
			after,
			from,
			until
		}))
	).toEqual([
		{ act: 'added', author: 'anna', before: null, after: null, from: 0, until: 0 },
		{ act: 'changed', author: 'anna', before: 'Ga', after: 'Gate', from: 10_000, until: 20_000 },
		{ act: 'changed', author: 'bert', before: 'Gate', after: 'Gates', from: 30_000, until: 30_000 },
		{ act: 'changed', author: 'anna', before: 'Gates', after: 'Gates shut', from: 200_000, until: 200_000 }
	]);
});

test('a removed inject is kept whole in the entry; what is typed and taken back is no entry', () => {
	const { doc, changes, done, record } = desk();
	done('anna', 0, () => addInject(doc, newInject(id(1), { title: 'One' }), 'a0'));
	done('anna', 1000, () => setFields(record(id(1)), { title: 'On' }));
	done('anna', 2000, () => setFields(record(id(1)), { title: 'One' }));
	done('anna', 3000, () => writeFragment(bodyOf(record(id(1)))!, richTextFromText('All gates are shut.')));
	done('bert', 4000, () => scriptInjects(doc).delete(id(1)));
	const history = scriptHistory(changes);
	expect(history.map(({ act, field }) => [act, field])).toEqual([
		['added', null],
		['changed', 'body'],
		['removed', null]
	]);
	expect(history[2]!.was).toMatchObject({ title: 'One', body: richTextFromText('All gates are shut.') });
});

test('an import of many injects is one entry; a history may begin at a state', () => {
	const { doc, changes, done, record } = desk();
	done('anna', 0, () => {
		for (let n = 1; n <= 40; n++) addInject(doc, newInject(id(n), { title: `T${n}` }), `a${n}`);
	});
	const onto = Y.encodeStateAsUpdate(doc);
	expect(scriptHistory(changes).map(({ act, count }) => [act, count])).toEqual([['added', 40]]);
	changes.length = 0;
	done('bert', 5000, () => setFields(record(id(7)), { tlp: 'red' }));
	expect(scriptHistory(changes, onto)).toMatchObject([
		{ act: 'changed', field: 'tlp', before: 'amber', after: 'red', title: 'T7' }
	]);
});
