import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, newInject, readScript, scriptInjects } from '#lib/exercise/inject/schema.ts';
import { richTextFromText, textOfRichText } from '#lib/exercise/rich-text.ts';
import {
	bodyFragment,
	duplicateInject,
	editInjects,
	insertInject,
	insertInjects,
	moveInject,
	nextReference,
	removeInjects,
	ScriptPage
} from '#lib/exercise/inject/page.ts';
import type { InjectStatus } from '#lib/exercise/inject/approval.ts';
import { RowBuilder, warm } from '#lib/exercise/inject/rows.ts';

const injectId = (name: string | number) => `inject_${name}`.padEnd(12, '_') as InjectId;

function scriptOf(count: number) {
	const doc = new Y.Doc();
	const page = new ScriptPage(doc);
	for (let i = 0; i < count; i++)
		insertInject(doc, page.rows(), injectId(i), { after: i === 0 ? null : injectId(i - 1) });
	return { doc, page, ids: () => page.rows().map((row) => row.id) };
}

/** Both ways, as the server would relay it. */
function exchange(a: Y.Doc, b: Y.Doc) {
	Y.applyUpdate(a, Y.encodeStateAsUpdate(b, Y.encodeStateVector(a)));
	Y.applyUpdate(b, Y.encodeStateAsUpdate(a, Y.encodeStateVector(b)));
}

describe('several injects at once', () => {
	it('stand one after the other where they were put, and one undo takes them back', () => {
		const { doc, page, ids } = scriptOf(3);
		const undo = new Y.UndoManager(scriptInjects(doc), { trackedOrigins: new Set(['own']) });
		const made = ['a', 'b', 'c'].map((name) => newInject(injectId(name), { title: name }));
		insertInjects(doc, page.rows(), made, { after: injectId(1) }, 'own');
		expect(ids()).toEqual([0, 1, 'a', 'b', 'c', 2].map(injectId));
		undo.undo();
		expect(ids()).toEqual([0, 1, 2].map(injectId));
		insertInjects(doc, page.rows(), made, { after: null });
		expect(ids().slice(0, 3)).toEqual(['a', 'b', 'c'].map(injectId));
	});

	it('begin an empty script, and follow rows with equal keys', () => {
		const { doc, page, ids } = scriptOf(0);
		const made = ['a', 'b'].map((name) => newInject(injectId(name)));
		insertInjects(doc, page.rows(), made, { after: null });
		expect(ids()).toEqual(['a', 'b'].map(injectId));
		for (const record of scriptInjects(doc).values()) record.set('order', 'a0');
		const more = ['c', 'd'].map((name) => newInject(injectId(name)));
		insertInjects(doc, page.rows(), more, { after: page.rows().at(-1)!.id });
		expect(ids()).toEqual(['a', 'b', 'c', 'd'].map(injectId));
	});
});

describe('the rows of a script page', () => {
	it('keeps a row as it is until its inject changes', () => {
		const { doc, page } = scriptOf(3);
		const before = page.rows();
		editInjects(doc, [injectId(1)], { title: 'New' });
		const after = page.rows();
		expect(after[0]).toBe(before[0]);
		expect(after[1]).not.toBe(before[1]);
		expect(after[1]!.inject.title).toBe('New');
		expect(after[1]!.fingerprint).not.toBe(before[1]!.fingerprint);
		expect(after[2]).toBe(before[2]);
	});

	it('reads a row anew when its body is written', () => {
		const { doc, page } = scriptOf(2);
		const before = page.rows()[0]!;
		const paragraph = new Y.XmlElement('paragraph');
		paragraph.insert(0, [new Y.XmlText('Written')]);
		bodyFragment(doc, injectId(0))!.insert(0, [paragraph]);
		expect(page.rows()[0]).not.toBe(before);
		expect(textOfRichText(page.rows()[0]!.inject.body)).toBe('Written');
	});

	it('says what the plain reading of the document says, whatever was done', () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.record({
						act: fc.constantFrom('insert', 'move', 'remove', 'edit', 'copy'),
						at: fc.nat(20),
						to: fc.nat(20)
					}),
					{ maxLength: 40 }
				),
				(acts) => {
					const { doc, page, ids } = scriptOf(4);
					let minted = 100;
					for (const { act, at, to } of acts) {
						const all = ids();
						const one = all[at % Math.max(all.length, 1)];
						const after = to % 5 === 0 ? null : (all[to % Math.max(all.length, 1)] ?? null);
						if (act === 'insert' || !one) insertInject(doc, page.rows(), injectId(minted++), { after });
						else if (act === 'move') moveInject(doc, page.rows(), one, { after });
						else if (act === 'remove') removeInjects(doc, [one]);
						else if (act === 'edit') editInjects(doc, [one], { title: `t${to}` });
						else duplicateInject(doc, page.rows(), one, injectId(minted++));
						expect(page.rows().map((row) => row.inject)).toEqual(readScript(doc));
					}
				}
			),
			{ numRuns: 60 }
		);
	});

	it('survives records that are no injects', () => {
		const { doc, page } = scriptOf(1);
		(scriptInjects(doc) as Y.Map<unknown>).set('hostile_one_', 'text');
		scriptInjects(doc).get(injectId(0))!.set('schedule', { mode: 'at', at: 'never' });
		scriptInjects(doc).get(injectId(0))!.set('to', null);
		expect(page.rows()).toHaveLength(1);
		expect(page.rows()[0]!.inject.schedule).toEqual({ mode: 'manual' });
	});
});

describe('the order of the script', () => {
	it('puts a new inject where it was asked for', () => {
		const { doc, page, ids } = scriptOf(3);
		insertInject(doc, page.rows(), injectId('x'), { after: injectId(0) });
		insertInject(doc, page.rows(), injectId('y'), { after: null });
		expect(ids()).toEqual([injectId('y'), injectId(0), injectId('x'), injectId(1), injectId(2)]);
	});

	it('moves one without touching what others write in it', () => {
		const { doc, page } = scriptOf(4);
		const other = new Y.Doc();
		exchange(doc, other);
		moveInject(doc, page.rows(), injectId(3), { after: null });
		editInjects(other, [injectId(3)], { title: 'Edited meanwhile' });
		exchange(doc, other);
		expect(page.rows()[0]!.inject.title).toBe('Edited meanwhile');
		expect(readScript(other)[0]!.id).toBe(injectId(3));
	});

	it('keeps both when two people insert at the same place, and goes on from there', () => {
		const { doc, page, ids } = scriptOf(2);
		const other = new Y.Doc();
		exchange(doc, other);
		const otherPage = new ScriptPage(other);
		insertInject(doc, page.rows(), injectId('a'), { after: injectId(0) });
		insertInject(other, otherPage.rows(), injectId('b'), { after: injectId(0) });
		exchange(doc, other);
		expect(ids()).toEqual([injectId(0), injectId('a'), injectId('b'), injectId(1)]);
		insertInject(doc, page.rows(), injectId('c'), { after: injectId('a') });
		expect(ids()).toHaveLength(5);
		expect(ids().at(-1)).toBe(injectId(1));
	});

	it('numbers a script anew whose keys were made by something else', () => {
		const doc = new Y.Doc();
		for (const [i, order] of ['', '!!', 'zzz!', ''].entries()) addInject(doc, newInject(injectId(i)), order);
		const page = new ScriptPage(doc);
		const before = page.rows().map((row) => row.id);
		insertInject(doc, page.rows(), injectId('x'), { after: before[1]! });
		expect(page.rows().map((row) => row.id)).toEqual([
			before[0],
			before[1],
			injectId('x'),
			before[2],
			before[3]
		]);
	});
});

describe('acts on the script', () => {
	it('copies everything but the id and the reference', () => {
		const { doc, page } = scriptOf(2);
		const body = richTextFromText('Read this.\nThen that.');
		editInjects(doc, [injectId(0)], { reference: 'CM-009', title: 'Original', storyline: 'Port' });
		addInject(doc, { ...newInject(injectId('b')), reference: 'CM-010', body }, 'zz');
		duplicateInject(doc, page.rows(), injectId('b'), injectId('copy'));
		const copy = page.rows().find((row) => row.id === injectId('copy'))!.inject;
		expect(copy.reference).toBe('CM-011');
		expect(copy.body).toEqual(body);
	});

	it('takes back a deletion as one act, with the body', () => {
		const { doc, page } = scriptOf(0);
		addInject(doc, { ...newInject(injectId(1), { title: 'Kept' }), body: richTextFromText('Words') }, 'a0');
		addInject(doc, newInject(injectId(2)), 'a1');
		const origin = {};
		const undo = new Y.UndoManager(scriptInjects(doc), {
			trackedOrigins: new Set([origin]),
			captureTimeout: 0
		});
		removeInjects(doc, [injectId(1), injectId(2)], origin);
		expect(page.rows()).toHaveLength(0);
		undo.undo();
		expect(page.rows()).toHaveLength(2);
		expect(page.rows()[0]!.inject.title).toBe('Kept');
		expect(textOfRichText(page.rows()[0]!.inject.body)).toBe('Words');
	});

	it('continues the numbering that the script uses most', () => {
		const { doc, page } = scriptOf(4);
		expect(nextReference([])).toBe('INJ-001');
		for (const [i, reference] of ['CM-007', 'CM-031', 'X9', 'odd'].entries())
			editInjects(doc, [injectId(i)], { reference });
		expect(nextReference(page.rows())).toBe('CM-032');
	});

	it('loses nothing when two people write different fields of one inject', () => {
		const { doc, page } = scriptOf(1);
		const other = new Y.Doc();
		exchange(doc, other);
		editInjects(doc, [injectId(0)], { title: 'Mine' });
		editInjects(other, [injectId(0)], { storyline: 'Theirs', tlp: 'green' });
		exchange(doc, other);
		expect(page.rows()[0]!.inject).toMatchObject({ title: 'Mine', storyline: 'Theirs', tlp: 'green' });
	});
});

describe('rows with what the server says of them', () => {
	const context = { startsAt: 0, endsAt: 3_600_000, teams: [], warns: true };
	const approved = (id: InjectId, fingerprint: string): InjectStatus => ({
		inject: id,
		state: 'ready',
		version: 1,
		approvedFingerprint: fingerprint,
		approvedName: null,
		approvedBy: 'Ana',
		approvedAt: 1,
		submittedFingerprint: null,
		submittedBy: 'Ben',
		submittedByYou: false,
		submittedAt: 1,
		returnReason: null,
		reason: null,
		dueAt: null,
		releasedAt: null
	});

	it('works out what changed and keeps the rest', () => {
		const { doc, page } = scriptOf(3);
		const builder = new RowBuilder();
		const none = new Map<string, InjectStatus>();
		const before = builder.build(page.rows(), none, context);
		expect(before[0]!.warnings).toEqual(['no-recipients', 'unapproved']);
		editInjects(doc, [injectId(1)], { schedule: { mode: 'offset', seconds: 7200 } });
		const after = builder.build(page.rows(), none, context);
		expect(after[0]).toBe(before[0]);
		expect(after[1]!.warnings).toEqual(['no-recipients', 'outside-play', 'unapproved']);
		removeInjects(doc, [injectId(0)]);
		expect(builder.build(page.rows(), none, context).map((row) => row.number)).toEqual([1, 2]);
	});

	it('warns nobody who does not know all teams', () => {
		const { page } = scriptOf(1);
		const rows = new RowBuilder().build(page.rows(), new Map(), { ...context, warns: false });
		expect(rows[0]!.warnings).toEqual([]);
	});

	it('notices that the inject it follows is gone', () => {
		const { doc, page } = scriptOf(2);
		const builder = new RowBuilder();
		const none = new Map<string, InjectStatus>();
		editInjects(doc, [injectId(1)], { schedule: { mode: 'after', inject: injectId(0), seconds: 0 } });
		expect(builder.build(page.rows(), none, context)[1]!.warnings).not.toContain('unknown-predecessor');
		removeInjects(doc, [injectId(0)]);
		expect(builder.build(page.rows(), none, context)[0]!.warnings).toContain('unknown-predecessor');
	});

	it('reads fingerprints in slices, and says "changed" only when it knows', () => {
		const { page } = scriptOf(3);
		const builder = new RowBuilder();
		const statuses = new Map(page.rows().map((row) => [row.id as string, approved(row.id, 'other')]));
		expect(builder.build(page.rows(), statuses, context).map((row) => row.state)).toEqual(
			Array(3).fill('approved')
		);
		let turns = 2;
		expect(warm(page.rows(), statuses, () => turns-- > 0)).toBe(false);
		expect(builder.build(page.rows(), statuses, context).map((row) => row.state)).toEqual([
			'changed',
			'changed',
			'approved'
		]);
		expect(warm(page.rows(), statuses, () => true)).toBe(true);
		expect(builder.build(page.rows(), statuses, context)[2]!.state).toBe('changed');
		const known = page.rows()[0]!;
		statuses.set(known.id, approved(known.id, known.fingerprint));
		expect(builder.build(page.rows(), statuses, context)[0]!.state).toBe('approved');
	});
});
