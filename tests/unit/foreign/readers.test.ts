import { readFileSync } from 'node:fs';
import * as Y from 'yjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignCandidates, foreignProposal, foreignSheet } from '#lib/exercise/inject/foreign/candidates.ts';
import { peopleCsv } from '#lib/exercise/inject/foreign/people.ts';
import { readForeign } from '#lib/exercise/inject/foreign/read.ts';
import { foreignIdField, type ForeignExercise } from '#lib/exercise/inject/foreign/shape.ts';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import { injectLimits, injectSchema, readScript } from '#lib/exercise/inject/schema.ts';
import { applyPlan } from '#lib/exercise/inject/spreadsheet/apply.ts';
import { makePlan } from '#lib/exercise/inject/spreadsheet/plan.ts';
import { makePreview, readSelection, type Selection } from '#lib/exercise/inject/spreadsheet/preview.ts';
import { textOfRichText } from '#lib/exercise/rich-text.ts';
import { readPeopleFile } from '#server/accounts/people-file.ts';

const fixture = (name: string) =>
	readFileSync(new URL(`../../fixtures/foreign/${name}`, import.meta.url), 'utf8');
function read(words: string): ForeignExercise {
	const found = readForeign(words);
	if ('refused' in found) throw new Error(found.refused);
	return found;
}
const teams = ['GR CSIRT', 'FR CSIRT'].map((name, index) => ({
	id: `team-000${index}` as TeamId,
	name,
	country: index === 0 ? ('GR' as const) : ('FR' as const),
	level: 'technical' as const
}));
const context = { startsAt: Date.UTC(2026, 5, 10, 7), timeZone: 'Europe/Athens', teams };
const selection = (changes: Partial<Selection> = {}): Selection => ({
	sheet: 0,
	headerRow: null,
	columns: foreignProposal((name) => name).columns,
	dateOrder: 'dmy',
	bareTimes: null,
	matches: [],
	leaveOut: [],
	...changes
});
let minted = 0;
const mint = () => `minted-${(minted += 1)}` as InjectId;
function importInto(doc: Y.Doc, exercise: ForeignExercise, chosen = selection()) {
	const found = readSelection(
		foreignSheet(exercise),
		chosen,
		{ ...context, script: readScript(doc) },
		exercise
	);
	applyPlan(doc, found.plan, mint);
	return found;
}

describe('OpenAEV', () => {
	const exercise = read(fixture('openaev-scenario.json'));

	it('reads injects with times, texts, names and what has no place', () => {
		const [first, second, third] = exercise.injects;
		expect(first).toMatchObject({
			reference: 'OA-73fb1354',
			title: 'Cranes stand still',
			channel: 'email',
			schedule: { mode: 'offset', seconds: 3600 },
			recipients: ['GR CSIRT'],
			expectedActions: [{ text: 'Inform the authority', withinSeconds: 1800 }],
			controllerNotes: 'Call the actor before.',
			problems: []
		});
		expect(textOfRichText(first!.body)).toBe('All cranes stopped.\nBerth 1\nBerth 2');
		expect(first!.otherFields).toEqual(
			expect.arrayContaining([
				{ name: 'City', value: 'Piraeus' },
				{ name: 'Title', value: 'First mail' },
				{ name: 'Tags', value: 'opening' },
				{ name: 'Documents', value: 'Map.pdf' }
			])
		);
		expect(second).toMatchObject({
			everyone: true,
			schedule: { mode: 'after', foreignId: first!.foreignId, seconds: 1800 }
		});
		expect(third).toMatchObject({ schedule: { mode: 'manual' }, recipients: ['FR CSIRT'] });
		expect(exercise.found.map(({ what, count }) => [what, count])).toEqual([
			['teams', 2],
			['organisations', 1],
			['users', 2],
			['objectives', 1],
			['articles', 2],
			['documents', 1]
		]);
	});

	it('gives an article to the readers of its inject, and keeps what the file says beside its injects', () => {
		const [first, , third] = exercise.injects;
		expect(textOfRichText(third!.body)).toBe(
			'Only when asked.\nShips wait at sea, Harbour Daily\nForty ships lie at anchor.'
		);
		expect(third!.otherFields).toContainEqual({
			name: 'inject_trigger_now_date',
			value: '2026-06-10T08:00:00Z'
		});
		expect(first!.otherFields).toEqual(
			expect.arrayContaining([
				{ name: 'File: description', value: 'A week without cranes.' },
				{ name: 'File: severity', value: 'high' },
				{ name: 'File: tags', value: 'opening' },
				{ name: 'File: variables', value: '[{"variable_key":"port","variable_value":"Piraeus"}]' },
				{ name: 'Article: Quiet day', value: 'Nothing happened.' }
			])
		);
		// people are no part of a script
		expect(JSON.stringify(exercise.injects)).not.toMatch(/first@example\.org|user_/);
	});

	it('its people are a list that the page of people takes in', () => {
		const text = peopleCsv(exercise.people);
		const { rows, problems } = readPeopleFile(text);
		expect(problems).toEqual([]);
		expect(rows).toMatchObject([
			{
				name: 'First Person',
				email: 'first@example.org',
				organisation: { name: 'Port authority', country: 'GR' },
				team: 'GR CSIRT',
				role: 'player'
			},
			{ email: 'second@example.org', organisation: null, team: 'FR CSIRT', country: null }
		]);
		// nothing that a spreadsheet program would run
		expect(text).toContain("'=Second");
	});

	it('reads a simulation the same way', () => {
		const simulation = read(fixture('openaev-scenario.json').replaceAll('"scenario_', '"exercise_'));
		expect(simulation.injects).toEqual(exercise.injects);
	});

	it('lets no ring of injects wait for itself', () => {
		const ring = ['a', 'b', 'c'].map((id, index, all) => ({
			inject_id: id,
			inject_title: id,
			inject_depends_duration: index,
			inject_depends_on: all[(index + 1) % 3]
		}));
		const { injects } = read(JSON.stringify({ export_version: 1, scenario_injects: ring }));
		expect(injects.filter(({ schedule }) => schedule.mode === 'manual')).toHaveLength(1);
	});
});

describe('Blueprint', () => {
	it('puts values where the same column of a spreadsheet goes', () => {
		const { injects, found, title } = read(fixture('blueprint-msel.json'));
		expect(title).toBe('Harbour MSEL');
		expect(injects[0]).toMatchObject({
			reference: 'C-1',
			title: 'Terminal offline',
			storyline: 'Move 1: The fun begins',
			from: 'Port authority',
			recipients: ['GR CSIRT'],
			schedule: { mode: 'offset', seconds: 900 },
			expectedActions: [{ text: 'Call the operator' }, { text: 'Open a ticket' }]
		});
		expect(injects[0]!.otherFields).toEqual(
			expect.arrayContaining([
				{ name: 'Weather at sea', value: 'Storm' },
				{ name: 'Status', value: '20 (Approved)' },
				{ name: 'ScenarioEventType', value: '20 (Information)' },
				{ name: 'IntegrationTarget', value: 'Gallery' },
				{ name: 'File: Description', value: 'Two days at the terminal' },
				{ name: 'File: DurationSeconds', value: '172800' },
				{ name: 'Move 1', value: 'The fun begins\nFog over the port.' }
			])
		);
		expect(injects[1]!.otherFields).toEqual([]);
		expect(injects[1]!.reference).toBe('BP-aaaaaaaa');
		expect(injects[2]!.problems).toMatchObject([{ severity: 'error', field: 'title' }]);
		expect(found.map(({ what }) => what)).toEqual(['teams', 'organisations', 'moves']);
	});

	it('follows references of files that name things once', () => {
		const file = {
			$id: '1',
			dataFields: { $id: '2', $values: [{ $id: '3', id: 'f', name: 'Title' }] },
			scenarioEvents: {
				$id: '4',
				$values: [{ $ref: '6' }, { $ref: '6' }, { $ref: '99' }]
			},
			more: {
				$id: '6',
				id: 'e-1',
				deltaSeconds: 60,
				dataValues: { $values: [{ dataFieldId: 'f', value: 'One' }] }
			}
		};
		const { injects } = read(JSON.stringify(file));
		expect(injects[0]).toMatchObject({
			title: 'One',
			schedule: { mode: 'offset', seconds: 60 },
			problems: []
		});
		expect(injects[1]!.problems).toMatchObject([{ message: 'The id “e-1” stands at number 1 already.' }]);
		expect(injects[2]!.problems.length).toBeGreaterThan(0);
	});
});

describe('Blueprint’s enumerations as numbers', () => {
	it('say what a field is for whose heading says nothing', () => {
		const { injects } = read(
			JSON.stringify({
				DataFields: [
					{ Id: 'a', Name: 'Title', DataType: 0 },
					{ Id: 'b', Name: 'Zulu one', DataType: 100 },
					{ Id: 'c', Name: 'Zulu two', DataType: 50 },
					{ Id: 'd', Name: 'Zulu three', DataType: 'Move' },
					{ Id: 'e', Name: 'Zulu four', DataType: 140 }
				],
				ScenarioEvents: [
					{
						Id: 'e-1',
						DeltaSeconds: 0,
						DataValues: [
							{ DataFieldId: 'a', Value: 'One' },
							{ DataFieldId: 'b', Value: 'GR CSIRT, FR CSIRT' },
							{ DataFieldId: 'c', Value: 'Port authority' },
							{ DataFieldId: 'd', Value: '1' },
							{ DataFieldId: 'e', Value: 'https://example.org' }
						]
					}
				]
			})
		);
		expect(injects[0]).toMatchObject({
			recipients: ['GR CSIRT', 'FR CSIRT'],
			from: 'Port authority',
			storyline: 'Zulu three 1',
			otherFields: [{ name: 'Zulu four', value: 'https://example.org' }]
		});
	});
});

describe('IcebergTTX', () => {
	const exercise = read(fixture('icebergttx.json'));

	it('makes conditions of options where each team can be judged by itself, and contingencies of the rest', () => {
		const schedules = exercise.injects.map(({ schedule }) => schedule);
		expect(schedules[0]).toEqual({ mode: 'offset', seconds: 0 });
		expect(schedules[1]).toMatchObject({
			mode: 'did',
			any: [{ foreignId: 'down', action: 'Use the workaround' }]
		});
		expect(schedules[2]).toEqual({ mode: 'contingency', condition: '“Wait” is chosen in down' });
		expect(schedules[3]).toEqual({ mode: 'manual' });
	});

	it('writes conditions that name the actions as they were stored', () => {
		const doc = new Y.Doc();
		importInto(doc, exercise);
		const [down, queues] = readScript(doc);
		expect(queues!.schedule).toEqual({
			mode: 'condition',
			when: {
				match: 'any',
				clauses: [
					{
						inject: down!.id,
						act: 'did',
						action: down!.expectedActions.find(({ text }) => text === 'Use the workaround')!.id,
						not: false,
						withinSeconds: null
					}
				]
			},
			seconds: 0
		});
	});
});

describe('an import', () => {
	it.each(['openaev-scenario.json', 'icebergttx.json', 'blueprint-msel.json'])(
		'%s: the same file again makes no difference',
		(name) => {
			const exercise = read(fixture(name));
			const errors = exercise.injects.flatMap(({ problems }, row) => (problems.length > 0 ? [row] : []));
			const doc = new Y.Doc();
			const first = importInto(doc, exercise, selection({ leaveOut: errors }));
			expect(first.plan.added).toHaveLength(exercise.injects.length - errors.length);
			const again = importInto(doc, exercise, selection({ leaveOut: errors }));
			expect(again.plan.changed.flatMap(({ fields }) => fields)).toEqual([]);
			expect(again.plan.added).toEqual([]);
			for (const inject of readScript(doc)) expect(injectSchema.safeParse(inject).error).toBeUndefined();
		}
	);

	it('updates the inject that has the tool’s id, keeps its renamed number, and takes only chosen columns', () => {
		const doc = new Y.Doc();
		importInto(doc, read(fixture('openaev-scenario.json')));
		const records = doc.getMap('injects') as Y.Map<Y.Map<unknown>>;
		const [id] = readScript(doc).map((inject) => inject.id);
		records.get(id!)!.set('reference', 'GR-001');
		const changed = read(
			fixture('openaev-scenario.json')
				.replace('Cranes stand still', 'Cranes move again')
				.replace('Piraeus', 'Athens')
		);
		const columns = selection().columns.map((target) => (target === 'otherFields' ? 'ignore' : target));
		const { plan } = importInto(doc, changed, selection({ columns }));
		expect(
			plan.changed.map(({ fields }) => fields.map(({ field, before, after }) => [field, before, after]))
		).toEqual([[['title', 'Cranes stand still', 'Cranes move again']]]);
		const [inject] = readScript(doc);
		expect(inject).toMatchObject({ reference: 'GR-001', title: 'Cranes move again' });
		expect(inject!.otherFields).toEqual(
			expect.arrayContaining([
				{ name: foreignIdField('openaev'), value: '73fb1354-7b85-482d-a9e7-0319c0efefbe' },
				{ name: 'City', value: 'Piraeus' }
			])
		);
	});

	it('says names that the exercise does not know, and takes a decision on them', () => {
		const exercise = read(fixture('openaev-scenario.json').replaceAll('GR CSIRT', 'Athens desk'));
		const sheet = foreignSheet(exercise);
		const preview = makePreview(sheet, selection(), { ...context, script: [] }, exercise);
		expect(preview.unknownNames).toMatchObject([{ name: 'Athens desk', rows: [0] }]);
		expect(preview.errorRows).toEqual([0]);
		const decided = selection({
			matches: [{ key: preview.unknownNames[0]!.key, match: { to: 'team', team: teams[0]!.id } }]
		});
		const { plan, problems } = readSelection(sheet, decided, { ...context, script: [] }, exercise);
		expect(problems).toEqual([]);
		expect(plan.added[0]!.values.to.teams).toEqual([teams[0]!.id]);
	});

	it('reads 1,500 injects', () => {
		const injects = Array.from({ length: 1500 }, (_, n) => ({
			inject_id: `id-${n}`,
			inject_title: `Inject ${n}`,
			inject_depends_duration: n * 60,
			inject_content: { body: `<p>${'word '.repeat(60)}${n}</p>` },
			inject_teams: ['t']
		}));
		const exercise = read(
			JSON.stringify({
				export_version: 1,
				scenario_teams: [{ team_id: 't', team_name: 'GR CSIRT' }],
				scenario_injects: injects
			})
		);
		const doc = new Y.Doc();
		expect(importInto(doc, exercise).plan.added).toHaveLength(1500);
		expect(importInto(doc, exercise).plan).toMatchObject({ added: [], changed: [] });
	});
});

describe('hostile files', () => {
	const hostile = `{"export_version":1,"__proto__":{"polluted":1},"scenario_injects":[
		{"inject_id":"a","inject_title":"<img src=x onerror=alert(1)>","inject_depends_duration":1e99,
		 "inject_content":{"__proto__":{"polluted":2},"constructor":{"x":[[[[[[[[[[1]]]]]]]]]]},
		  "body":"<a href='javascript:alert(1)'>x</a><iframe src=//evil></iframe>"},"inject_teams":[{"__proto__":1}]},
		{"inject_id":"a","inject_title":"again"},{"inject_title":"no id"},null,[],7,"x"]}`;

	it('are read item by item, with a sentence for each that is wrong', () => {
		const exercise = read(hostile);
		expect(exercise.injects).toHaveLength(7);
		expect(
			exercise.injects.map(({ problems }) => problems.some(({ severity }) => severity === 'error'))
		).toEqual(Array(7).fill(true));
		expect(JSON.stringify(exercise.injects[0]!.body)).not.toMatch(/javascript|iframe|onerror/);
		expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
		const { plan } = readSelection(foreignSheet(exercise), selection(), { ...context, script: [] }, exercise);
		expect(plan.added).toHaveLength(7);
	});

	it.each([
		['cut off', '{"export_version": 1, "scenario_inj', /cut off/],
		['something else', '{"a": [1, 2]}', /not an export that Muster knows/],
		['without injects', '{"export_version": 1, "scenario_injects": []}', /no injects/],
		['very deep', '['.repeat(200_000), /cut off|not an export/]
	])('%s is refused with a sentence', (_, words, sentence) => {
		expect(readForeign(words)).toMatchObject({ refused: expect.stringMatching(sentence) });
	});

	it('too many injects are said, and no more than a script holds are read', () => {
		const scenario_injects = Array.from({ length: injectLimits.injectsPerScript + 5 }, (_, n) => ({
			inject_id: n
		}));
		const exercise = read(JSON.stringify({ export_version: 1, scenario_injects }));
		expect(exercise.injects).toHaveLength(injectLimits.injectsPerScript);
		expect(exercise.problems[0]).toMatch(/at most 3,000/);
	});

	const values = fc.oneof(
		fc.jsonValue({ maxDepth: 4 }),
		fc.constantFrom('a', 'b', 'c', '<p>x</p>', '=1+1', '__proto__', 0, -1, 1e300, true, null)
	);
	const recordOf = (keys: string[]) =>
		fc.dictionary(fc.constantFrom(...keys), values, { maxKeys: keys.length, noNullPrototype: true });
	const shapes: [string, fc.Arbitrary<unknown>][] = [
		[
			'OpenAEV',
			fc.record({
				export_version: values,
				scenario_teams: values,
				scenario_injects: fc.array(
					recordOf(
						'inject_id inject_title inject_content inject_teams inject_depends_on inject_depends_duration inject_enabled inject_tags inject_documents inject_all_teams inject_injector_contract __proto__'.split(
							' '
						)
					)
				)
			})
		],
		[
			'Blueprint',
			fc.record({
				DataFields: fc.array(recordOf(['Id', 'Name', 'DisplayOrder', '$ref', '$id'])),
				Moves: values,
				Teams: values,
				ScenarioEvents: fc.array(
					fc.record({
						Id: values,
						$ref: fc.constantFrom('a', 'b', 3),
						$id: fc.constantFrom('a', 'b', 3),
						DeltaSeconds: values,
						DataValues: fc.array(recordOf(['DataFieldId', 'Value', '$ref']))
					})
				)
			})
		],
		[
			'IcebergTTX',
			fc.record({
				schema_version: values,
				start_inject_id: fc.constantFrom('a', 'b', 4),
				participant_teams: fc.array(recordOf(['id', 'label'])),
				injects: fc.array(
					fc.record({
						id: fc.constantFrom('a', 'b', 'c', '', null),
						title: values,
						target_teams: fc.array(fc.constantFrom('a', 'b', null)),
						options: fc.array(
							fc.record({ label: values, next_inject_id: fc.constantFrom('a', 'b', 'c', 'd', null) })
						)
					})
				)
			})
		]
	];
	it.each(shapes)('%s: whatever it holds, reading never throws and stays within the limits', (_, shape) => {
		fc.assert(
			fc.property(shape, (file) => {
				const found = readForeign(JSON.stringify(file));
				if ('refused' in found) return;
				expect(found.injects.length).toBeLessThanOrEqual(injectLimits.injectsPerScript);
				const isSound = (row: number) =>
					found.injects[row]!.problems.every((one) => one.severity !== 'error');
				const all = { ...context, script: [] };
				const { candidates } = foreignCandidates(found, selection().columns, all);
				for (const { row, values: of } of makePlan(candidates, all).added)
					if (isSound(row))
						expect(
							injectSchema.safeParse({
								...of,
								id: 'x'.repeat(22),
								schedule: { mode: 'manual' },
								expectedActions: of.expectedActions
							}).error
						).toBeUndefined();
			}),
			{ numRuns: 300 }
		);
	});
});
