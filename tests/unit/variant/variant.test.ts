import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { InjectId } from '#lib/exercise/ids.ts';
import { duplicateInject, editInjects, ScriptPage } from '#lib/exercise/inject/page.ts';
import { recipientTeams } from '#lib/exercise/inject/release.ts';
import {
	addInject,
	injectSchema,
	readInject,
	scriptInjects,
	type Inject,
	type Schedule
} from '#lib/exercise/inject/schema.ts';
import {
	compareVariant,
	decideFields,
	localRecipients,
	shiftSchedule,
	takeOver,
	variantFields,
	variantReference,
	variantStanding,
	waitsForDecision,
	type CellPlace,
	type VariantField
} from '#lib/exercise/inject/variant.ts';
import { applyDecision } from '#lib/exercise/inject/variant-page.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { french, greek, greekPort, idOf, inject, minute, startex, teams } from '../domain/factories.ts';

const variantId = idOf<InjectId>('variant_one');
const place: CellPlace = { country: 'GR', teams, variantOf: () => undefined };
const to = (part: Partial<Inject['to']>): Inject['to'] => ({
	all: false,
	countries: [],
	levels: [],
	teams: [],
	...part
});

describe('taking over', () => {
	it('makes an inject of its own that remembers what it was taken from', () => {
		const central = inject({
			controllerNotes: 'Call the port',
			translations: { el: { title: 'Γερανοί', body: richTextFromText('…') } },
			otherFields: [{ name: 'EXITO id', value: '77' }]
		});
		const variant = takeOver(central, variantId, place);
		expect(variant).toMatchObject({
			id: variantId,
			reference: 'CE-001-EL',
			title: central.title,
			controllerNotes: 'Call the port',
			to: to({ countries: ['GR'] }),
			origin: { inject: central.id, taken: { title: central.title, to: central.to } },
			otherFields: []
		});
		expect(injectSchema.safeParse(variant).success).toBe(true);
		expect(variantStanding(variant, central, place)).toEqual({ kind: 'present', changed: 0 });
	});

	it.each([
		['everyone', to({ all: true }), to({ countries: ['GR'] })],
		['the country and another', to({ countries: ['FR', 'GR'] }), to({ countries: ['GR'] })],
		['a level', to({ levels: ['technical'] }), to({ teams: [greek.id] })],
		['teams of two countries', to({ teams: [french.id, greekPort.id] }), to({ teams: [greekPort.id] })],
		['another country', to({ countries: ['FR'] }), to({})]
	])('[P2] goes to teams of the own country only: %s', (_, planned, own) => {
		const local = localRecipients(planned, place);
		expect(local).toEqual(own);
		expect(recipientTeams(local, teams).every((team) => team.country === 'GR')).toBe(true);
	});

	it('a copy of a variant is an inject of its own: a team gets the event once', () => {
		const doc = new Y.Doc();
		doc.transact(() => addInject(doc, takeOver(inject(), variantId, place), 'a0'));
		const script = new ScriptPage(doc);
		duplicateInject(doc, script.rows(), variantId, idOf('copy'));
		expect(script.rows().map((row) => row.inject.origin === null)).toEqual([false, true]);
		script.close();
	});

	it('continues the central number, and counts where it is taken', () => {
		expect(variantReference('CM-031', 'GR', new Set())).toBe('CM-031-EL');
		expect(variantReference('CM-031', 'FR', new Set(['CM-031-FR']))).toBe('CM-031-FR-2');
		expect(variantReference('', 'GR', new Set())).toBe('');
		const long = variantReference('X'.repeat(40), 'GR', new Set());
		expect(long).toHaveLength(40);
		expect(long.endsWith('-EL')).toBe(true);
	});

	it.each<[Schedule, Schedule]>([
		[
			{ mode: 'at', at: startex },
			{ mode: 'at', at: startex + 15 * minute }
		],
		[
			{ mode: 'offset', seconds: 60 },
			{ mode: 'offset', seconds: 960 }
		],
		[
			{ mode: 'after', inject: variantId, seconds: 0 },
			{ mode: 'after', inject: variantId, seconds: 900 }
		],
		[{ mode: 'manual' }, { mode: 'manual' }],
		[
			{ mode: 'offset', seconds: 366 * 86_400 },
			{ mode: 'offset', seconds: 366 * 86_400 }
		]
	])('moves in time by a quarter of an hour: %o', (schedule, moved) => {
		expect(shiftSchedule(schedule, 900)).toEqual(moved);
	});

	it('follows the cell’s own variant where there is one', () => {
		const before = idOf<InjectId>('before');
		const own = idOf<InjectId>('before_of_greece');
		const central = inject({ schedule: { mode: 'after', inject: before, seconds: 60 } });
		const withOwn: CellPlace = { ...place, variantOf: (id) => (id === before ? own : undefined) };
		expect(takeOver(central, variantId, withOwn).schedule).toMatchObject({ inject: own });
		expect(takeOver(central, variantId, place).schedule).toMatchObject({ inject: before });
		// a variant of what it follows that is made later is no change of the centre's
		expect(variantStanding(takeOver(central, variantId, withOwn), central, withOwn)).toMatchObject({
			changed: 0
		});
	});
});

// --- three ways -------------------------------------------------------------------------------------------------------

const short = fc.constantFrom('', 'a', 'b', 'c');
const someTo = fc.constantFrom(to({ all: true }), to({ countries: ['FR', 'GR'] }), to({ teams: [greek.id] }));
/** Any inject of few values, so that two of them often agree in a field. */
const text: fc.Arbitrary<Partial<Inject>> = fc.record({
	title: fc.constantFrom('a', 'b', 'c'),
	body: short.map(richTextFromText),
	from: short,
	to: someTo,
	storyline: short,
	windowSeconds: fc.constantFrom(null, 60, 120),
	responseRequired: fc.boolean(),
	schedule: fc.constantFrom<Schedule>({ mode: 'manual' }, { mode: 'offset', seconds: 60 }),
	objectives: fc.constantFrom([], ['A'], ['A', 'B']),
	translations: fc.constantFrom<Inject['translations']>(
		{},
		{ el: { title: 'α', body: richTextFromText('α') } }
	),
	language: fc.constantFrom('', 'en')
});
const scene = fc.record({ base: text, central: text, ours: text }).map(({ base, central, ours }) => {
	const taken = takeOver(inject(base), variantId, place);
	return { central: inject({ ...base, ...central }), variant: { ...taken, ...ours } as Inject };
});
const decisions = fc.dictionary(
	fc.constantFrom<VariantField>(...variantFields),
	fc.constantFrom('take' as const, 'decline' as const)
);
const all = (decision: 'take' | 'decline') =>
	new Map(variantFields.map((field) => [field, decision] as const));

describe('when the central text changes', () => {
	it('tells apart who changed a field', () => {
		const before = inject({ title: 'a', from: 'a', storyline: 'a', channel: 'email' });
		const taken = takeOver(before, variantId, place);
		const variant = { ...taken, from: 'ours', storyline: 'b', channel: 'phone' as const };
		const central = { ...before, title: 'b', from: 'theirs', storyline: 'b' };
		const standing = Object.fromEntries(
			compareVariant(variant, central, place).map((one) => [one.field, one.standing])
		);
		expect(standing).toMatchObject({
			title: 'central',
			from: 'both',
			storyline: 'same',
			channel: 'unchanged',
			body: 'unchanged'
		});
		expect(variantStanding(variant, central, place)).toEqual({ kind: 'present', changed: 2 });
	});

	it('recipients of other countries are no change for this one', () => {
		const before = inject({ to: to({ countries: ['GR'] }) });
		const variant = takeOver(before, variantId, place);
		const wider = { ...before, to: to({ all: true }) };
		expect(variantStanding(variant, wider, place)).toMatchObject({ changed: 0 });
	});

	it('says when the central inject is gone', () => {
		const variant = takeOver(inject(), variantId, place);
		expect(variantStanding(variant, undefined, place)).toEqual({ kind: 'gone' });
	});

	it('taking all gives the central values, for the own country', () => {
		fc.assert(
			fc.property(scene, ({ central, variant }) => {
				const after = { ...variant, ...decideFields(variant, central, all('take'), place) };
				const fresh = takeOver(central, variant.id, place);
				for (const field of variantFields) expect(after[field]).toEqual(fresh[field]);
				expect(compareVariant(after, central, place).some(waitsForDecision)).toBe(false);
			})
		);
	});

	it('declining all keeps ours, and is not asked about again', () => {
		fc.assert(
			fc.property(scene, ({ central, variant }) => {
				const values = decideFields(variant, central, all('decline'), place);
				expect(Object.keys(values)).toEqual(['origin']);
				const after = { ...variant, ...values };
				expect(compareVariant(after, central, place).some(waitsForDecision)).toBe(false);
				// what the centre changes next is asked about again
				const next = { ...central, title: `${central.title} once more` };
				expect(variantStanding(after, next, place)).toMatchObject({ changed: 1 });
			})
		);
	});

	it('writes the fields that are taken and nothing else: what others write meanwhile stays', () => {
		fc.assert(
			fc.property(scene, decisions, text, ({ central, variant }, chosen, meanwhile) => {
				const doc = new Y.Doc();
				doc.transact(() => addInject(doc, variant, 'a0'));
				// somebody else writes at the same moment, in a copy that comes back afterwards
				const other = new Y.Doc();
				Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
				const concurrent = { ...meanwhile };
				delete concurrent.body;
				for (const field of Object.keys(chosen) as VariantField[])
					if (chosen[field] === 'take') delete concurrent[field as keyof Inject];
				editInjects(other, [variant.id], concurrent);
				applyDecision(doc, variant.id, central, new Map(Object.entries(chosen) as never), place);
				Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
				Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
				const read = readInject(variant.id, scriptInjects(doc).get(variant.id)!);
				expect(readInject(variant.id, scriptInjects(other).get(variant.id)!)).toEqual(read);
				for (const field of variantFields) {
					if (chosen[field] === 'take') {
						const fresh = takeOver(central, variant.id, place);
						expect([field, read[field]]).toEqual([field, fresh[field]]);
					} else
						expect([field, read[field]]).toEqual([
							field,
							(field in concurrent ? concurrent : variant)[field]
						]);
				}
			}),
			{ numRuns: 200 }
		);
	});

	it('a decision on one field leaves the others waiting', () => {
		const before = inject({ title: 'a', from: 'a' });
		const variant = takeOver(before, variantId, place);
		const central = { ...before, title: 'b', from: 'b' };
		const after = { ...variant, ...decideFields(variant, central, new Map([['title', 'take']]), place) };
		expect(after.title).toBe('b');
		expect(variantStanding(after, central, place)).toEqual({ kind: 'present', changed: 1 });
	});

	it('an inject that is no variant has nothing to compare or decide', () => {
		expect(compareVariant(inject(), inject({ title: 'b' }), place)).toEqual([]);
		expect(decideFields(inject(), inject({ title: 'b' }), all('take'), place)).toEqual({});
	});
});
