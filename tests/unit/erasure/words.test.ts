import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { dayProblem, erasureDaySchema, proposedDay, reminderDue } from '#lib/exercise/erasure/day.ts';
import { eraseState } from '#server/erasure/pages.ts';
import { Eraser } from '#server/erasure/words.ts';

const maria = { id: 'acc-1234567890', name: 'Maria Papadopoulou', email: 'maria.p@example.test' };
const may = { id: 'acc-0987654321', name: 'May', email: 'may@example.test' };
let minted = 0;
const eraser = (names: string[] = []) => new Eraser([maria, may], names, () => `new-${++minted}`);

test.each([
	['Maria Papadopoulou called.', '[name erased] called.'],
	['maria papadopoulou, MARIA PAPADOPOULOU', '[name erased], [name erased]'],
	['Maria Papadopoulous and AnnaMaria Papadopoulou', 'Maria Papadopoulous and AnnaMaria Papadopoulou'],
	['May says that it may rain in Mayday', '[name erased] says that it may rain in Mayday'],
	['write to <Maria.P@example.test>', 'write to <[address erased]>'],
	['Nothing here', 'Nothing here']
])('in “%s” people are found as whole words', (text, clean) => {
	expect(eraser().inText(text)).toBe(clean);
});

test('the longer of two names is taken, and a name that somebody had before', () => {
	const one = new Eraser([maria], ['Maria', 'Maria Papadopoulou Nikou'], () => 'new');
	expect(one.inText('Maria Papadopoulou Nikou met Maria')).toBe('[name erased] met [name erased]');
});

test('in values: every string, keys that are ids, never the words of the program', () => {
	const one = eraser();
	const id = one.idFor(maria.id)!;
	expect(
		one.inValue({ kind: 'May', by: 'May', [maria.id]: [maria.id, 7, null, { name: maria.name }], n: 1 })
	).toEqual({ kind: 'May', by: '[name erased]', [id]: [id, 7, null, { name: '[name erased]' }], n: 1 });
	const clean = { a: ['nothing', { b: 1 }] };
	expect(one.inValue(clean)).toBe(clean);
});

test('whatever stands around it, a name of two words does not survive as a word of its own', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
			const clean = eraser().inText(`${before} ${maria.name} ${after}`);
			expect(clean).not.toContain(maria.name);
		})
	);
});

test('in a page a name typed by two people is blotted out, and what was deleted leaves the state', () => {
	const one = new Y.Doc();
	one.getText('t').insert(0, 'I met Maria yesterday');
	const other = new Y.Doc();
	Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
	other.getText('t').insert('I met Maria'.length, ' Papadopoulou');
	other.getText('t').insert(0, 'Maria Papadopoulou! ');
	other.getText('t').delete(0, 'Maria Papadopoulou! '.length);
	other.getMap('m').set('who', { name: maria.name, at: 3 });
	const state = eraseState([Y.encodeStateAsUpdate(one), Y.encodeStateAsUpdate(other)], eraser());
	const clean = new Y.Doc();
	Y.applyUpdate(clean, state);
	expect(clean.getText('t').toString()).toBe(`I met ${'█'.repeat(maria.name.length)} yesterday`);
	expect(clean.getMap('m').get('who')).toEqual({ name: '[name erased]', at: 3 });
	expect(Buffer.from(state).toString('utf8')).not.toContain('Papadopoulou');
	expect(Y.encodeStateVector(clean)).toEqual(Y.encodeStateVector(other));
});

test('days: twelve months are proposed, and what cannot be chosen says why', () => {
	expect(proposedDay(Date.UTC(2026, 5, 10, 15))).toBe('2027-06-10');
	expect(proposedDay(Date.UTC(2028, 1, 29))).toBe('2029-02-28');
	expect(proposedDay(Date.UTC(2026, 11, 31))).toBe('2027-12-31');
	const at = { endsAt: Date.UTC(2026, 5, 10), now: Date.UTC(2026, 5, 20, 23) };
	expect(dayProblem('2026-06-20', at)).toContain('tomorrow');
	expect(dayProblem('2026-06-21', at)).toBeNull();
	expect(dayProblem('2026-06-09', { ...at, now: Date.UTC(2026, 0, 1) })).toContain('ENDEX');
	expect(dayProblem('2040-01-01', at)).toContain('ten years');
	expect(erasureDaySchema.safeParse({ day: '2027-02-30', reason: 'x' }).success).toBe(false);
	const now = Date.UTC(2026, 5, 1, 12);
	const due = (day: string) => reminderDue(day, now);
	expect(
		['2026-07-02', '2026-07-01', '2026-06-09', '2026-06-08', '2026-06-02', '2026-06-01'].map(due)
	).toEqual([null, 30, 30, 7, 7, null]);
});
