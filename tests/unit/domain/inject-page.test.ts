import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { canonical, fingerprint } from '#lib/exercise/fingerprint.ts';
import type { AttachmentId, InjectId } from '#lib/exercise/ids.ts';
import {
	addInject,
	injectFingerprint,
	injectLimits,
	injectSchema,
	newInject,
	readInject,
	readScript,
	scriptInjects,
	setFields,
	type Inject,
	type InjectRecord
} from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { idOf, inject, injectId } from './factories.ts';

/** The record of an inject as it stands in a page. */
function recordOf(value: Inject = inject()): { doc: Y.Doc; record: InjectRecord } {
	const doc = new Y.Doc();
	return { doc, record: doc.transact(() => addInject(doc, value, 'a0')) };
}

/** What a hostile peer can put into a shared map. */
const anyContent = fc.oneof(
	fc.anything({ withBigInt: true }).filter((value) => {
		try {
			new Y.Doc().getMap('try').set('key', value);
			return true;
		} catch {
			return false;
		}
	}),
	fc.constantFrom(
		null,
		NaN,
		Infinity,
		-0,
		'',
		'x'.repeat(5000),
		[],
		{},
		[null],
		{ mode: 'at' },
		{ mode: 'at', at: -1 }
	),
	fc.constantFrom('text', 'map', 'array', 'fragment').map((kind) => ({ shared: kind }))
);

function shared(value: unknown): unknown {
	switch ((value as { shared?: string } | null)?.shared) {
		case 'text':
			return new Y.Text('text');
		case 'map':
			return new Y.Map([['all', true]]);
		case 'array':
			return Y.Array.from(['GR']);
		case 'fragment':
			return new Y.XmlFragment();
		default:
			return value;
	}
}

const fields = Object.keys(injectSchema.shape) as (keyof Inject)[];

describe('reading a script page', () => {
	it('gives back what was written', () => {
		const value = inject({
			storyline: 'Port ransomware',
			expectedActions: [{ id: 'action_1', text: 'Call the port', withinSeconds: 600, critical: true }],
			evaluatorNotes: 'Look at the time of the call',
			schedule: { mode: 'after', inject: idOf<InjectId>('before'), seconds: 60 }
		});
		expect(readInject(injectId, recordOf(value).record)).toEqual(value);
	});

	it('[P9] survives whatever stands in a record, and gives an inject that keeps its limits', () => {
		const hostile = fc.dictionary(
			fc.constantFrom(...fields, 'order', '__proto__', 'constructor', 'other'),
			anyContent,
			{
				maxKeys: 12
			}
		);
		fc.assert(
			fc.property(hostile, (values) => {
				const { doc, record } = recordOf();
				for (const [field, value] of Object.entries(values)) record.set(field, shared(value));
				const [read] = readScript(doc);
				const checked = injectSchema.safeParse({ ...read, title: read!.title || 'untitled' });
				expect(checked.success ? [] : checked.error.issues).toEqual([]);
				expect(Object.keys(read!).sort()).toEqual([...fields].sort());
				expect(read!.id).toBe(injectId);
				expect(injectFingerprint(read!)).toMatch(/^[0-9a-f]{64}$/);
			}),
			{ numRuns: 200 }
		);
	});

	it('[P9] passes over what is no record', () => {
		const { doc } = recordOf();
		const injects = scriptInjects(doc) as Y.Map<unknown>;
		for (const [i, value] of [null, 7, 'text', [], {}, new Y.Text('x'), new Y.XmlElement('script')].entries())
			injects.set(`hostile_${i}_`, value);
		expect(readScript(doc).map((one) => one.id)).toEqual([injectId]);
		expect(readInject('empty_record', injects.set('empty_record', new Y.Map()) as InjectRecord)).toEqual(
			newInject('empty_record' as InjectId)
		);
	});

	it('[P9] cuts a title that is too long, so that it can be seen and mended', () => {
		const { record } = recordOf();
		record.set('title', 'x'.repeat(10_000));
		expect(readInject(injectId, record).title).toHaveLength(injectLimits.title);
	});

	it('is in the order of the page, whatever its keys', () => {
		const doc = new Y.Doc();
		const ids = ['inject_c', 'inject_a', 'inject_b'] as InjectId[];
		for (const [i, order] of ['a2', 'a0', 'a0'].entries()) addInject(doc, inject({ id: ids[i]! }), order);
		expect(readScript(doc).map((one) => one.id)).toEqual(['inject_a', 'inject_b', 'inject_c']);
		scriptInjects(doc).get('inject_c')!.set('order', { not: 'a key' });
		expect(readScript(doc)[0]!.id).toBe('inject_c');
	});

	it('makes no history of what is equal', () => {
		const { doc, record } = recordOf();
		const before = Y.encodeStateVector(doc);
		setFields(record, readInject(injectId, record));
		expect(Y.encodeStateVector(doc)).toEqual(before);
	});
});

describe('what approval compares', () => {
	it('[P7] changes with every field', () => {
		const base = inject();
		const changes: { [K in Exclude<keyof Inject, 'id'>]: Inject[K] } = {
			reference: 'CE-002',
			storyline: 'Other',
			title: 'Other',
			category: 'other',
			level: 'media',
			schedule: { mode: 'offset', seconds: 601 },
			from: 'Other',
			to: { all: false, countries: ['GR'], levels: [], teams: [] },
			channel: 'sms',
			tlp: 'red',
			body: richTextFromText('Other'),
			expectedActions: [{ id: 'a', text: 'Other', withinSeconds: null, critical: false }],
			windowSeconds: 60,
			objectives: ['OBJ-1'],
			capabilities: ['detection'],
			controller: 'Other',
			evaluatorNotes: 'Other',
			controllerNotes: 'Other',
			acknowledgementRequired: false,
			acknowledgeWithin: 60,
			responseRequired: true,
			respondWithin: 60,
			language: 'el',
			translations: { fr: { title: 'Autre', body: richTextFromText('Autre') } },
			attachments: [
				{ id: 'attachment-1' as AttachmentId, name: 'a.pdf', mediaType: 'application/pdf', bytes: 1 }
			],
			origin: { inject: 'central-01' as InjectId, taken: base },
			otherFields: [{ name: 'Phase', value: '2' }]
		};
		for (const [field, value] of Object.entries(changes))
			expect([field, injectFingerprint({ ...base, [field]: value }) === injectFingerprint(base)]).toEqual([
				field,
				false
			]);
	});

	it('[P7] is the same in browser and server, whatever the order of keys', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
				const turned = Object.fromEntries(Object.entries(value).reverse());
				expect(fingerprint(turned)).toBe(fingerprint(value));
				expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
			})
		);
		expect(fingerprint({ a: 1, b: undefined })).toBe(fingerprint({ a: 1 }));
		// SHA-256 of {"title":"a"}
		expect(fingerprint({ title: 'a' })).toBe(
			'c66a6f9e3a6339f6c80c5fb40a9c15c11878e8aae519469861478ff8643b0f4f'
		);
	});
});
