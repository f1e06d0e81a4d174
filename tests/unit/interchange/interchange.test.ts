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
import { strictestTlp, tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import {
	assessmentSubjects,
	incidentContentSchema,
	incidentStates,
	type Incident
} from '#lib/exercise/incident/schema.ts';
import {
	indicatorContentSchema,
	type Indicator,
	type IndicatorContent
} from '#lib/exercise/indicator/schema.ts';
import { ownNames, planImport, type Incoming, type Outgoing } from '#lib/exercise/interchange/items.ts';
import { toMisp } from '#lib/exercise/interchange/misp.ts';
import { readInterchange } from '#lib/exercise/interchange/read.ts';
import { patternOf, tlpMarkings, toStix } from '#lib/exercise/interchange/stix.ts';
import { valueOf } from '#lib/exercise/interchange/stix-read.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { mispEvent, stixBundle } from '../../support/stix-shapes.ts';
import { idOf, minute, startex, wallAtStart } from '../domain/factories.ts';

const act = { by: 'Somebody', at: startex, wallAt: wallAtStart };
const later = { ...act, wallAt: wallAtStart + 61_001 };
/** what records were called where they came from: names that a format takes, and names that none does */
const external = (type: string) =>
	fc.oneof(
		{ weight: 3, arbitrary: fc.constant(null) },
		fc.uuid({ version: [1, 4, 5] }).map((uuid) => `${type}--${uuid}`),
		fc.uuid({ version: 7 }).map((uuid) => `${type}--${uuid}`),
		fc.uuid({ version: [4, 7] }),
		fc.constantFrom(
			`${type}--1`,
			`${type}--A932FCC6-E032-476C-926F-CB970A5A1ADE`,
			`${type}--d81f86b9-975b-bc0b-775e-810c5ad45a4f`,
			'INC-2026/17'
		)
	);
const incidentContent = fc
	.record({
		title: fc.stringMatching(/^[A-Za-zÀ-ž '"<>&\\]{1,60}$/).filter((text) => text.trim() !== ''),
		description: fc.string({ maxLength: 80 }).map((text) => text.trim()),
		cause: fc.constantFrom(null, ...incidentCauses),
		threat: fc.constantFrom(null, ...threatSeverities),
		types: fc.uniqueArray(fc.constantFrom(...rsitTypes), { maxLength: 3 }),
		tlp: fc.constantFrom(...tlpIds),
		external: external('incident'),
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
	.record({
		of: fc.oneof(
			fc.ipV4().map((value) => ({ type: 'ipv4', value })),
			fc.ipV6().map((value) => ({ type: 'ipv6', value })),
			fc.domain().map((value) => ({ type: 'domain', value })),
			fc.webUrl().map((value) => ({ type: 'url', value })),
			fc.constantFrom(
				{ type: 'email', value: "o'crane@port.example" },
				{ type: 'md5', value: 'b'.repeat(32) },
				{ type: 'sha1', value: 'c'.repeat(40) },
				{ type: 'sha256', value: 'a'.repeat(64) }
			),
			fc
				.record({
					type: fc.constantFrom('file-name', 'other'),
					value: fc.stringMatching(/^[a-z'\\" =\]]{1,20}$/)
				})
				.filter(({ value }) => value.trim() !== '')
		),
		tlp: fc.constantFrom(...tlpIds),
		description: fc.constantFrom('', 'Seen at the crane.'),
		external: external('indicator')
	})
	.map(({ of, ...rest }) => indicatorContentSchema.parse({ ...of, ...rest }) as IndicatorContent);

const assessment = fc.record({
	of: fc.constantFrom(...assessmentSubjects),
	answer: fc.constantFrom('yes' as const, 'no' as const, 'unknown' as const)
});
const incident = fc.record({
	content: incidentContent,
	state: fc.constantFrom(...incidentStates),
	assessments: fc.array(
		assessment.map((one) => ({ ...one, ...later, criteria: [], reason: 'So it is.' })),
		{ maxLength: 3 }
	)
});
const indicator = fc.record({
	content: indicatorContent,
	withdrawn: fc.constantFrom(null, null, 'It was ours.')
});
const standingIncident = (rest: Partial<Incident>, number: number): Incident => ({
	number,
	content: incidentContentSchema.parse({ title: 'Down' }),
	state: 'open',
	opened: act,
	changed: later,
	assessments: [],
	history: [],
	files: [],
	...rest
});
const standingIndicator = (
	{ content, withdrawn }: Pick<Indicator, 'content' | 'withdrawn'>,
	number: number
): Indicator => ({ number, content, added: act, changed: later, withdrawn });

const outgoing = fc
	.record({
		incidents: fc.array(incident, { maxLength: 4 }),
		indicators: fc.array(indicator, { maxLength: 6 }),
		reportTlp: fc.constantFrom(...tlpIds)
	})
	.map(({ incidents, indicators, reportTlp }): Outgoing => ({
		exercise: {
			id: 'exercise-0001',
			kind: 'exercise',
			name: 'Exercise',
			createdAt: wallAtStart - 1000 * minute
		},
		team: { id: 'team-gr-0001', name: 'GR CSIRT', country: 'GR' },
		incidents: incidents.map((one, i) => ({
			id: idOf<RecordId>(`incident ${i}`),
			standing: standingIncident(one, i + 1)
		})),
		indicators: indicators.map(({ content, withdrawn }, i) => ({
			id: idOf<RecordId>(`indicator ${i}`),
			standing: standingIndicator(
				{
					content: {
						...content,
						incident: incidents.length > 0 && i % 2 === 0 ? idOf<RecordId>('incident 0') : null
					},
					withdrawn
				},
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
		now: wallAtStart + 1000 * minute,
		time: () => 'D1 09:00'
	}));

const read = (value: unknown) => {
	const file = readInterchange(JSON.stringify(value));
	if ('refused' in file) throw new Error(file.refused);
	return file;
};
const leaving = (tlp: Tlp) => tlp !== 'red';
/** what is withdrawn is marked so, and nobody takes it over */
const lookedFor = ({ standing }: Outgoing['indicators'][number]) =>
	leaving(standing.content.tlp) && standing.withdrawn === null;

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
				const labelOf = (id: string) => {
					const { object_marking_refs: [label] = [] } = bundle.objects.find((each) => each.id === id) as {
						object_marking_refs?: string[];
					};
					return tlpIds.find((tlp) => tlpMarkings[tlp] === label)!;
				};
				for (const object of bundle.objects)
					if (object.type === 'relationship')
						expect(labelOf(object.id)).toBe(
							strictestTlp([labelOf(object.source_ref), labelOf(object.target_ref)])
						);
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
				expect(
					indicators.map(({ content: { type, value, tlp, description } }) => ({
						type,
						value,
						tlp,
						description
					}))
				).toEqual(
					out.indicators.filter(lookedFor).map(
						({
							standing: {
								content: { type, value, tlp, description }
							}
						}) => ({ type, value, tlp, description })
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

	const one = (content: unknown, id: string, wallAt = wallAtStart): Outgoing => ({
		exercise: { id: 'exercise-0001', kind: 'exercise', name: 'Exercise', createdAt: wallAtStart },
		team: { id: 'team-gr-0001', name: 'GR CSIRT', country: 'GR' },
		incidents: [],
		indicators: [
			{
				id: idOf<RecordId>(id),
				standing: standingIndicator(
					{ content: indicatorContentSchema.parse(content) as IndicatorContent, withdrawn: null },
					1
				)
			}
		],
		reports: [],
		now: wallAt,
		time: () => 'D1 09:00'
	});
	const written = (out: Outgoing, type: string) => toStix(out).objects.filter((each) => each.type === type);

	it('what came with an id that STIX takes keeps it, once; any other gets one of its own', () => {
		const id = 'indicator--8cf9236f-1b96-493d-98be-0c1c1e8b62d7';
		const content = { type: 'domain', value: 'port.example', tlp: 'green' };
		const named = one({ ...content, external: id }, 'first');
		const twice = {
			...named,
			indicators: [...named.indicators, ...one({ ...content, external: id }, 'second').indicators]
		};
		const ids = written(twice, 'indicator').map((each) => each.id);
		expect(ids[0]).toBe(id);
		expect(new Set(ids).size).toBe(2);
		for (const external of [
			'indicator--d81f86b9-975b-bc0b-775e-810c5ad45a4f',
			'indicator--0190b7a4-7c1e-7cc0-8000-0123456789ab',
			'indicator--1',
			'incident--8cf9236f-1b96-493d-98be-0c1c1e8b62d7'
		]) {
			const out = one({ ...content, external }, 'first');
			expect(written(out, 'indicator').map((each) => each.id)).not.toContain(external);
			stixBundle.parse(toStix(out));
		}
	});

	it('a pattern that came in whole leaves as it came; what is no sound pattern leaves as a value', () => {
		const patternOfValue = (value: string, external: string | null) =>
			written(one({ type: 'other', value, tlp: 'green', external }, 'first'), 'indicator')[0]!.pattern;
		const id = 'indicator--8cf9236f-1b96-493d-98be-0c1c1e8b62d7';
		for (const pattern of [
			"[email-message:subject MATCHES '^[IMPORTANT] Please, it\\'s due']",
			"[email-message:body_multipart[*].body_raw_ref.name MATCHES '^Final.+\\\\.exe$']",
			"[domain-name:value = 'a.example' OR ipv4-addr:value = '192.0.2.7']",
			"([ipv4-addr:value='192.0.2.7'] FOLLOWEDBY [url:value = 'https://a.example/']) WITHIN 5 SECONDS"
		]) {
			expect(patternOfValue(pattern, id)).toBe(pattern);
			expect(patternOfValue(pattern, null)).toMatch(/^\[artifact:x_muster_value = /);
		}
		for (const value of [
			"[domain-name:value = 'a.example",
			"[domain-name:value = 'a.example' OR [ipv4-addr:value = '192.0.2.7']",
			'rule crane { condition: true }',
			'alert tcp any any -> any any (msg:"[a:b ]")'
		])
			expect(patternOfValue(value, id)).toMatch(/^\[artifact:x_muster_value = /);
	});

	it('a later export says the same of what was not changed', () => {
		const content = { type: 'domain', value: 'port.example', tlp: 'green' };
		const [first, second] = [0, 60].map((minutes) =>
			toStix(one(content, 'first', wallAtStart + minutes * minute)).objects.map((object) =>
				object.type === 'identity' ? { ...object, modified: null } : object
			)
		);
		expect(second).toEqual(first);
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

	it('what is marked in parts is as strict as its strictest part', () => {
		const parts = (...refs: string[]) => ({
			type: 'indicator',
			id: `indicator--${refs.length}`,
			pattern: "[domain-name:value = 'port.example']",
			object_marking_refs: ['marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da'],
			granular_markings: refs.map((marking_ref) => ({ marking_ref, selectors: ['pattern'] }))
		});
		const red = 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed';
		const clear = 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487';
		const { object_marking_refs: _none, ...unmarked } = parts(clear, clear, clear);
		const file = read({
			type: 'bundle',
			id: 'bundle--1',
			objects: [parts(), parts(red), parts(clear, red), unmarked]
		});
		expect(file.items.map((each) => each.content.tlp)).toEqual(['green', 'red', 'red', 'amber']);
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
						.filter(lookedFor)
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
				expect(planImport(items, known([]), new Map()).every((one) => one.state === 'new')).toBe(true);
				expect(planImport(items, known(items), new Map()).every((one) => one.state === 'same')).toBe(true);
			})
		);
	});

	it('what the team exported itself comes back to where it was written, and changes nothing', () => {
		fc.assert(
			fc.property(outgoing, fc.boolean(), (out, asStix) => {
				const { items } = read(asStix ? toStix(out) : toMisp(out));
				const own = ownNames(out.exercise.id, out.team.id, [
					...out.incidents.map(({ id }) => ({ id, kind: 'incident' })),
					...out.indicators.map(({ id }) => ({ id, kind: 'indicator' }))
				]);
				const foreign = new Set(
					[...out.incidents, ...out.indicators].map(({ standing }) => standing.content.external)
				);
				for (const item of planImport(items, known([]), own))
					if (!foreign.has(item.external)) expect(item.state).toBe('same');
			})
		);
	});

	it('a changed object is changed, not added', () => {
		const content = incidentContentSchema.parse({ title: 'Down', external: 'incident--1' });
		const item: Incoming = { kind: 'incident', external: 'incident--1', content };
		const changed = { ...item, content: { ...content, title: 'Two down' } };
		const [planned] = planImport([changed], known([item]), new Map());
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
