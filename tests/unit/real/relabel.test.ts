import { describe, expect, test } from 'vitest';
import { importItems } from '#lib/exercise/interchange/command.ts';
import type { Incoming } from '#lib/exercise/interchange/items.ts';
import { readInterchange } from '#lib/exercise/interchange/read.ts';
import { isOwnName, marksOf, otherKind, relabelled } from '#lib/exercise/interchange/relabel.ts';
import { incidentContentSchema } from '#lib/exercise/incident/schema.ts';
import type { ExerciseKind } from '#lib/exercise/exercise/schema.ts';
import type { TeamId } from '#lib/exercise/ids.ts';
import { exercise } from '../domain/factories.ts';

const gr = 'team-gr-0001' as TeamId;
const item = (title: string): Incoming => ({
	kind: 'incident',
	external: 'misp:1',
	content: incidentContentSchema.parse({ title })
});

function take(
	kind: ExerciseKind,
	input: { marks?: ExerciseKind[]; relabel?: string; title?: string }
): { code: string; marked?: unknown } | string[] {
	const decision = importItems.decide(
		{
			exercise: exercise('running', { kind }),
			team: { id: gr, name: 'GR CSIRT', country: 'GR', level: 'technical' },
			known: { incidents: [], indicators: [] },
			own: new Map(),
			counts: { incidents: 0, indicators: 0 }
		},
		{
			team: gr,
			format: 'misp',
			items: [item(input.title ?? 'Gate')] as never,
			marks: input.marks ?? [],
			relabel: input.relabel ?? ''
		},
		{ accountId: 'a' as never, name: 'Maria  Papadopoulou', memberships: [{ role: 'player', teamId: gr }] },
		{ wall: 0, exercise: 0, mint: () => 'record' as never }
	);
	if ('refused' in decision)
		return { code: decision.refused.code, ...(decision.refused.details && { ...decision.refused.details }) };
	return decision.facts.map((fact) => fact.kind);
}

describe('[P11] what is marked as the other does not come in by itself', () => {
	test('into a real room: refused, unless a person writes the own name, which is a fact', () => {
		expect(take('real', { marks: ['exercise'] })).toEqual({ code: 'invalid', marked: 'exercise' });
		expect(take('real', { marks: ['exercise'], relabel: 'Somebody Else' })).toMatchObject({
			code: 'invalid'
		});
		expect(take('real', { marks: ['exercise'], relabel: 'maria papadopoulou' })).toEqual([
			'records-relabelled',
			'incident-opened'
		]);
	});

	test('and the reverse', () => {
		expect(take('exercise', { marks: ['real'] })).toEqual({ code: 'invalid', marked: 'real' });
		expect(take('exercise', { marks: ['real'], relabel: 'Maria Papadopoulou' })).toEqual([
			'records-relabelled',
			'incident-opened'
		]);
	});

	test('also when the caller says nothing of the file, but the text is marked', () => {
		const title = 'EXERCISE EXERCISE EXERCISE: Gate';
		expect(take('real', { title })).toEqual({ code: 'invalid', marked: 'exercise' });
		expect(take('exercise', { title })).toEqual(['incident-opened']);
	});

	test('a file that carries both is the other’s on either side', () => {
		expect(otherKind('real', ['real', 'exercise'])).toBe('exercise');
		expect(otherKind('exercise', ['exercise', 'real'])).toBe('real');
		expect(otherKind('real', ['real'])).toBeNull();
		expect(otherKind('real', [])).toBeNull();
	});

	test('what is unmarked, or marked as this, needs nobody’s name', () => {
		for (const kind of ['exercise', 'real'] as const) {
			expect(take(kind, {})).toEqual(['incident-opened']);
			expect(take(kind, { marks: [kind] })).toEqual(['incident-opened']);
		}
	});
});

describe('[P11] how a file is marked', () => {
	test('by labels of STIX, tags of MISP, and the marking in any text', () => {
		expect(marksOf({ objects: [{ labels: ['exercise'] }] })).toEqual(['exercise']);
		expect(marksOf({ objects: [{ labels: ['real'] }] })).toEqual(['real']);
		expect(marksOf({ Event: { Tag: [{ name: 'exercise:name="cyber-europe"' }] } })).toEqual(['exercise']);
		expect(marksOf({ Event: { info: 'Exercise exercise exercise: Gate' } })).toEqual(['exercise']);
		expect(marksOf({ objects: [{ definition: { statement: 'REAL REAL REAL' } }] })).toEqual(['real']);
	});

	test('not by words that only speak of one', () => {
		expect(
			marksOf({ name: 'exercise', description: 'A real exercise', objects: [{ labels: ['real estate'] }] })
		).toEqual([]);
	});

	test('a hostile depth is not followed', () => {
		const deep = `${'['.repeat(3000)}"EXERCISE EXERCISE EXERCISE"${']'.repeat(3000)}`;
		expect(marksOf(JSON.parse(deep))).toEqual([]);
	});

	test('the reading of a file says it', () => {
		const event = {
			Event: { uuid: 'u-1', info: 'EXERCISE EXERCISE EXERCISE: Gate', Tag: [{ name: 'exercise' }] }
		};
		const read = readInterchange(JSON.stringify(event));
		expect('marks' in read && read.marks).toEqual(['exercise']);
		expect('items' in read && read.items[0]!.content).toMatchObject({ title: 'Gate' });
	});
});

test('[P11] what comes in by name carries this marking from then on', () => {
	expect(
		relabelled(
			{ title: 'EXERCISE EXERCISE EXERCISE: Gate', more: ['exercise exercise exercise'], n: 1 },
			'real'
		)
	).toEqual({ title: 'REAL REAL REAL: Gate', more: ['REAL REAL REAL'], n: 1 });
});

test('[P11] the own name, however it is spaced and capitalised; never an empty one', () => {
	expect(isOwnName(' maria PAPADOPOULOU ', 'Maria  Papadopoulou')).toBe(true);
	expect(isOwnName('Maria', 'Maria Papadopoulou')).toBe(false);
	expect(isOwnName('', '')).toBe(false);
});
