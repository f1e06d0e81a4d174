import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	impactColours,
	incidentCauses,
	outlooks,
	rsitTypes,
	threatSeverities
} from '#lib/standards/incidents.ts';
import { sectorIds } from '#lib/standards/sectors.ts';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import { incidentContentSchema, type Incident } from '#lib/exercise/incident/schema.ts';
import {
	indicatorContentSchema,
	type Indicator,
	type IndicatorContent
} from '#lib/exercise/indicator/schema.ts';
import { planImport, type Incoming, type Outgoing } from '#lib/exercise/interchange/items.ts';
import { toMisp } from '#lib/exercise/interchange/misp.ts';
import { readInterchange } from '#lib/exercise/interchange/read.ts';
import { patternOf, toStix } from '#lib/exercise/interchange/stix.ts';
import { valueOf } from '#lib/exercise/interchange/stix-read.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { mispEvent, stixBundle } from '../../support/stix-shapes.ts';
import { idOf, startex, wallAtStart } from '../domain/factories.ts';

const act = { by: 'Somebody', at: startex, wallAt: wallAtStart };
const incidentContent = fc
	.record({
		title: fc.stringMatching(/^[A-Za-zÀ-ž '"<>&\\]{1,60}$/).filter((text) => text.trim() !== ''),
		description: fc.string({ maxLength: 80 }).map((text) => text.trim()),
		cause: fc.constantFrom(null, ...incidentCauses),
		threat: fc.constantFrom(null, ...threatSeverities),
		types: fc.uniqueArray(fc.constantFrom(...rsitTypes), { maxLength: 3 }),
		tlp: fc.constantFrom(...tlpIds),
		impacts: fc.array(
			fc.record({
				country: fc.constantFrom('GR' as const, 'IT' as const),
				sector: fc.constantFrom(...sectorIds),
				severity: fc.constantFrom(...impactColours),
				outlook: fc.constantFrom(...outlooks)
			}),
			{ maxLength: 3 }
		)
	})
	.map((values) => incidentContentSchema.parse(values));
const indicatorContent = fc
	.oneof(
		fc.ipV4().map((value) => ({ type: 'ipv4', value })),
		fc.domain().map((value) => ({ type: 'domain', value })),
		fc.constantFrom({ type: 'sha256', value: 'a'.repeat(64) }, { type: 'md5', value: 'b'.repeat(32) }),
		fc
			.stringMatching(/^[a-z'\\" =\]]{1,20}$/)
			.filter((text) => text.trim() !== '')
			.map((value) => ({ type: 'file-name', value }))
	)
	.chain((one) => fc.constantFrom(...tlpIds).map((tlp) => ({ ...one, tlp })))
	.map((values) => indicatorContentSchema.parse(values) as IndicatorContent);

const incident = (content: Incident['content'], number: number): Incident => ({
	number,
	content,
	state: 'open',
	opened: act,
	changed: act,
	assessments: [],
	history: [],
	files: []
});
const indicator = (content: IndicatorContent, number: number): Indicator => ({
	number,
	content,
	added: act,
	changed: act,
	withdrawn: null
});

const outgoing = fc
	.record({
		incidents: fc.array(incidentContent, { maxLength: 4 }),
		indicators: fc.array(indicatorContent, { maxLength: 6 }),
		reportTlp: fc.constantFrom(...tlpIds)
	})
	.map(({ incidents, indicators, reportTlp }): Outgoing => ({
		exercise: { id: 'exercise-0001', name: 'Exercise' },
		team: { id: 'team-gr-0001', name: 'GR CSIRT', country: 'GR' },
		incidents: incidents.map((content, i) => ({
			id: idOf<RecordId>(`incident ${i}`),
			standing: incident(content, i + 1)
		})),
		indicators: indicators.map((content, i) => ({
			id: idOf<RecordId>(`indicator ${i}`),
			standing: indicator(
				{ ...content, incident: incidents.length > 0 && i % 2 === 0 ? idOf<RecordId>('incident 0') : null },
				i + 1
			)
		})),
		reports: [
			{
				number: 1,
				title: 'Situation report 1',
				tlp: reportTlp,
				asOf: startex,
				approvedAt: wallAtStart,
				text: richTextFromText('Two ports stand still.')
			}
		],
		now: wallAtStart,
		time: () => 'D1 09:00'
	}));

const read = (value: unknown) => {
	const file = readInterchange(JSON.stringify(value));
	if ('refused' in file) throw new Error(file.refused);
	return file;
};
const leaving = (tlp: Tlp) => tlp !== 'red';

describe('STIX 2.1', () => {
	it('every object is valid, marked as exercise, and TLP:RED never leaves', () => {
		fc.assert(
			fc.property(outgoing, (out) => {
				const bundle = stixBundle.parse(toStix(out));
				const defined = new Set(
					bundle.objects.filter((one) => one.type === 'marking-definition').map((one) => one.id)
				);
				for (const object of bundle.objects) {
					if (object.type === 'marking-definition') continue;
					expect(object.labels).toContain('exercise');
					expect(object.object_marking_refs).toHaveLength(2);
					for (const ref of object.object_marking_refs ?? []) expect(defined).toContain(ref);
				}
				const ids = bundle.objects.map((one) => one.id);
				expect(new Set(ids).size).toBe(ids.length);
				for (const object of bundle.objects)
					if (object.type === 'relationship')
						expect([object.source_ref, object.target_ref].every((ref) => ids.includes(ref))).toBe(true);
				expect(JSON.stringify(bundle)).not.toContain('e828b379-4e03-4974-9ac4-e53a884c97c1');
			})
		);
	});

	it('comes back as it left: labels, classification, impacts, values', () => {
		fc.assert(
			fc.property(outgoing, (out) => {
				const file = read(toStix(out));
				expect(file.problems).toEqual([]);
				const incidents = file.items.filter((one) => one.kind === 'incident');
				expect(
					incidents.map(({ content: { title, cause, threat, types, tlp, impacts } }) => ({
						title,
						cause,
						threat,
						types,
						tlp,
						impacts
					}))
				).toEqual(
					out.incidents
						.filter((one) => leaving(one.standing.content.tlp))
						.map(
							({
								standing: {
									content: { title, cause, threat, types, tlp, impacts }
								}
							}) => ({ title, cause, threat, types, tlp, impacts })
						)
				);
				const indicators = file.items.filter((one) => one.kind === 'indicator');
				expect(indicators.map(({ content: { type, value, tlp } }) => ({ type, value, tlp }))).toEqual(
					out.indicators
						.filter((one) => leaving(one.standing.content.tlp))
						.map(
							({
								standing: {
									content: { type, value, tlp }
								}
							}) => ({ type, value, tlp })
						)
				);
			})
		);
	});

	it('a value is one comparison, whatever it holds', () => {
		fc.assert(
			fc.property(indicatorContent, ({ type, value }) => {
				expect(valueOf(patternOf({ type, value }))).toEqual({ type, value });
			})
		);
	});

	it('a pattern of several comparisons is kept whole', () => {
		const pattern = "[ipv4-addr:value = '192.0.2.7'] FOLLOWEDBY [url:value = 'https://port.example/']";
		const file = read({
			type: 'bundle',
			id: 'bundle--1',
			objects: [{ type: 'indicator', id: 'indicator--1', pattern, pattern_type: 'stix' }]
		});
		expect(file.items[0]?.content).toMatchObject({ type: 'other', value: pattern });
	});

	it('reads the labels of TLP 1.0; what carries none is kept narrow', () => {
		const object = (refs: string[]) => ({
			type: 'incident',
			id: `incident--${refs.length}`,
			name: 'Down',
			object_marking_refs: refs
		});
		const file = read({
			type: 'bundle',
			id: 'bundle--1',
			objects: [
				object(['marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da']),
				object([]),
				{ type: 'malware', id: 'malware--1' },
				{ type: 'incident', id: 'incident--nameless' }
			]
		});
		expect(file.items.map((one) => one.content.tlp)).toEqual(['green', 'amber']);
		expect(file.leftOut).toEqual([{ kind: 'malware', count: 1 }]);
		expect(file.problems).toEqual([{ what: 'incident--nameless', why: 'Title: write something here.' }]);
	});
});

describe('MISP', () => {
	it('every event is valid, marked as exercise, and carries its label; TLP:RED never leaves', () => {
		fc.assert(
			fc.property(outgoing, (out) => {
				for (const { Event } of toMisp(out).response) {
					const event = mispEvent.parse(Event);
					expect(event.info).toMatch(/^EXERCISE EXERCISE EXERCISE: /);
					const names = event.Tag.map((one) => one.name);
					expect(names.filter((name) => name.startsWith('tlp:'))).toHaveLength(1);
					expect(names).not.toContain('tlp:red');
					if (!names.includes('tlp:clear') && !names.includes('tlp:green'))
						expect(event.distribution).toBe('0');
				}
			})
		);
	});

	it('comes back with its classification and its values', () => {
		fc.assert(
			fc.property(outgoing, (out) => {
				const file = read(toMisp(out));
				expect(file.problems).toEqual([]);
				const wanted = out.incidents.filter((one) => leaving(one.standing.content.tlp));
				const incidents = file.items.filter((one) => one.kind === 'incident').slice(0, wanted.length);
				expect(
					incidents.map(({ content: { title, types, impacts } }) => ({ title, types, impacts }))
				).toEqual(
					wanted.map(
						({
							standing: {
								content: { title, types, impacts }
							}
						}) => ({ title, types, impacts })
					)
				);
				const values = file.items
					.flatMap((one) => (one.kind === 'indicator' ? [one.content.value] : []))
					.sort();
				expect(values).toEqual(
					out.indicators
						.filter((one) => leaving(one.standing.content.tlp))
						.map((one) => one.standing.content.value)
						.sort()
				);
			})
		);
	});
});

describe('taking a file over', () => {
	const known = (items: Incoming[]) => ({
		incidents: items.flatMap((one, i) =>
			one.kind === 'incident'
				? [
						{
							id: idOf<RecordId>(`known ${i}`),
							standing: { content: { ...one.content, external: one.external, awareAt: startex } }
						}
					]
				: []
		),
		indicators: items.flatMap((one, i) =>
			one.kind === 'indicator'
				? [
						{
							id: idOf<RecordId>(`known ${i}`),
							standing: { content: { ...one.content, external: one.external } }
						}
					]
				: []
		)
	});

	it('twice makes no duplicates', () => {
		fc.assert(
			fc.property(outgoing, fc.boolean(), (out, asStix) => {
				const { items } = read(asStix ? toStix(out) : toMisp(out));
				expect(planImport(items, known([])).every((one) => one.state === 'new')).toBe(true);
				expect(planImport(items, known(items)).every((one) => one.state === 'same')).toBe(true);
			})
		);
	});

	it('a changed object is changed, not added', () => {
		const content = incidentContentSchema.parse({ title: 'Down', external: 'incident--1' });
		const item: Incoming = { kind: 'incident', external: 'incident--1', content };
		const [planned] = planImport([{ ...item, content: { ...content, title: 'Two down' } }], known([item]));
		expect(planned).toMatchObject({ state: 'changed' });
	});
});

describe('what is no such file gets one clear sentence', () => {
	it.each([
		['no JSON', 'EXERCISE', 'This is no JSON.'],
		['another JSON', '{"type":"playbook"}', 'This is neither'],
		['nothing', 'null', 'This is neither'],
		['a list of something else', '[{"Evening": 1}]', 'This is neither'],
		['too much', `{"type":"bundle","objects":[${'1,'.repeat(2_600_000)}1]}`, 'The file has more than 5 MB.']
	])('%s', (_what, text, sentence) => {
		expect(readInterchange(text)).toEqual({ refused: expect.stringContaining(sentence) as string });
	});

	it('[P9] survives any JSON of the right outline', () => {
		fc.assert(
			fc.property(fc.array(fc.jsonValue()), fc.boolean(), (objects, asStix) => {
				const text = JSON.stringify(
					asStix ? { type: 'bundle', objects } : { response: objects.map((Event) => ({ Event })) }
				);
				const file = readInterchange(text);
				if ('refused' in file) return;
				expect(file.items.length + file.problems.length + file.leftOut.length).toBeLessThanOrEqual(
					2 * objects.length + 1
				);
			})
		);
	});
});
