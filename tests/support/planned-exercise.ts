import { Readable } from 'node:stream';
import { randomBytes } from 'node:crypto';
import { documentName } from '#lib/exercise/documents.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import {
	addInject,
	injectFingerprint,
	newInject,
	readScript,
	scriptInjects,
	type Inject
} from '#lib/exercise/inject/schema.ts';
import { takeOver } from '#lib/exercise/inject/variant.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { addItem, groundTruthOf, narrativeOf, setTitle } from '#lib/exercise/scenario/schema.ts';
import { TestExercise, toAll } from './exercise.ts';
import type { Person, Stage } from './people.ts';

/** An exercise in planning in which every planning page has something to show, with one person of each role in it. */
export interface PlannedExercise {
	exercise: TestExercise;
	people: Record<
		'director' | 'planner' | 'approver' | 'greek' | 'moderator' | 'evaluator' | 'player' | 'administrator',
		Person
	>;
	/** of the central script, in its order */
	injects: readonly InjectId[];
	/** the Greek variant of the first */
	variant: InjectId;
	libraryItem: string;
}

const mint = () => randomBytes(12).toString('hex') as InjectId;

export async function plannedExercise(stage: Stage): Promise<PlannedExercise> {
	const exercise = await TestExercise.create(stage);
	const { services } = stage;
	await services.exercises.addTeams(
		exercise.id,
		[
			{ name: 'GR CSIRT', country: 'GR', level: 'technical', language: 'el' },
			{ name: 'GR Port', country: 'GR', level: 'entity', language: 'el' },
			{ name: 'FR CSIRT', country: 'FR', level: 'technical', language: 'fr' },
			{ name: 'EU-CyCLONe', country: 'EU', level: 'operational' }
		],
		exercise.director.id
	);
	const teams = await services.exercises.teams(exercise.id);
	const greekTeam = teams.find((team) => team.name === 'GR CSIRT')!;
	const people = {
		director: exercise.director,
		planner: await exercise.member('Central planner', { role: 'planner', cell: 'central' }),
		approver: await exercise.member('Controller', { role: 'controller' }),
		greek: await exercise.member('Greek planner', { role: 'planner', cell: 'GR' }),
		moderator: await exercise.member('Greek moderator', { role: 'moderator', country: 'GR' }),
		evaluator: await exercise.member('Greek evaluator', { role: 'evaluator', teamId: greekTeam.id }),
		player: await exercise.member('Greek player', { role: 'player', teamId: greekTeam.id, lead: true }),
		administrator: await stage.person('Administrator', { isAdministrator: true })
	};

	await services.documents.edit(
		documentName({ exercise: exercise.id, kind: 'scenario' }),
		people.planner.id,
		(doc) => {
			setTitle(doc, 'Low tide');
			writeFragment(
				narrativeOf(doc),
				richTextFromText(
					'A supplier of port software sends a spoiled update.\nGates and cranes stop one by one.'
				)
			);
			writeFragment(groundTruthOf(doc), richTextFromText('The build server was taken over in March.'));
			addItem(doc, 'storylines', 'story1', {
				name: 'Port',
				colour: 'blue',
				description: 'Gates and cranes.'
			});
			addItem(doc, 'storylines', 'story2', { name: 'Press', colour: 'pink', description: 'Questions.' });
			for (const [i, text] of ['Report within 24 hours', 'Inform the public with one voice'].entries())
				addItem(doc, 'objectives', `objective${i}`, {
					code: `OBJ-${i + 1}`,
					text,
					capability: 'Incident reporting',
					measure: 'Time from awareness to the early warning',
					deadline: '24 h'
				});
		}
	);

	const picture = await services.files.add(
		{ exercise: exercise.id, cell: 'central', by: people.planner.id },
		Readable.from(Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n')),
		{
			name: 'Photograph of the locked gate, as the guard sent it.pdf',
			bytes: 49,
			stillMay: () => Promise.resolve()
		}
	);
	const injects = [mint(), mint(), mint(), mint(), mint(), mint()] as const;
	const [first, second, third, fourth, fifth, sixth] = injects;
	const action = 'action_isolate';
	const central: Inject[] = [
		newInject(first, {
			reference: 'CM-001',
			title: 'Gates stay shut',
			storyline: 'Port',
			schedule: { mode: 'offset', seconds: 600 },
			to: toAll,
			from: 'Duty officer of the terminal',
			language: 'en',
			body: richTextFromText('None of the gates opens.\nTrucks queue as far as the motorway.'),
			translations: {
				el: { title: 'Οι πύλες μένουν κλειστές', body: richTextFromText('Καμία πύλη δεν ανοίγει.') }
			},
			objectives: ['OBJ-1'],
			expectedActions: [
				{ id: action, text: 'Isolate the gate system', withinSeconds: 1800, critical: true },
				{ id: 'action_report', text: 'Send the early warning', withinSeconds: null, critical: false }
			],
			attachments: [picture],
			acknowledgeWithin: 600,
			responseRequired: true,
			respondWithin: 3600,
			controllerNotes: 'Say by telephone that it is an exercise.',
			evaluatorNotes: 'Who is told first?'
		}),
		newInject(second, {
			reference: 'CM-002',
			title: 'A reporter asks why trucks wait',
			storyline: 'Press',
			channel: 'phone',
			level: 'media',
			tlp: 'green',
			schedule: { mode: 'after', inject: first, seconds: 1800 },
			to: { ...toAll, all: false, countries: ['GR', 'FR'] },
			body: richTextFromText('Is it true that the port was attacked?'),
			objectives: ['OBJ-2']
		}),
		newInject(third, {
			reference: 'CM-003',
			title: 'The ministry calls because nobody answered',
			storyline: 'Port',
			category: 'contingency',
			schedule: {
				mode: 'condition',
				when: {
					match: 'any',
					clauses: [
						{ inject: first, act: 'acknowledged', action: null, not: true, withinSeconds: 900 },
						{ inject: first, act: 'did', action, not: true, withinSeconds: 3600 }
					]
				},
				seconds: 300
			},
			to: { ...toAll, all: false, countries: ['GR'] },
			body: richTextFromText('Why do we hear of it from the press?')
		}),
		newInject(fourth, {
			reference: 'CM-004',
			title: 'Second terminal stops, if play is too quiet',
			schedule: { mode: 'contingency', condition: 'Nobody has asked the other ports.' },
			to: toAll
		}),
		newInject(fifth, { reference: 'CM-005', title: 'Not written yet' }),
		newInject(sixth, {
			reference: 'CM-006',
			title: 'End of the first day',
			category: 'administrative',
			schedule: { mode: 'manual' },
			to: toAll,
			body: richTextFromText('Play goes on tomorrow.')
		})
	];
	const nameOf = (cell: CellId) => documentName({ exercise: exercise.id, kind: 'script', cell });
	await services.documents.edit(nameOf('central'), people.planner.id, (doc) => {
		for (const [i, inject] of central.entries()) addInject(doc, inject, `a${i}`);
	});
	const stored = readScript(await services.documents.read(nameOf('central')));
	const stand = (...ids: InjectId[]) =>
		stored
			.filter(({ id }) => ids.includes(id))
			.map((inject) => ({ inject: inject.id, fingerprint: injectFingerprint(inject) }));
	await exercise.must(people.planner, 'inject.submit', {
		cell: 'central',
		injects: stand(first, second, third)
	});
	await exercise.must(people.approver, 'inject.approve', { cell: 'central', injects: stand(first, second) });

	const variant = mint();
	await services.documents.edit(nameOf('GR'), people.greek.id, (doc) => {
		const taken = takeOver(stored[0]!, variant, { country: 'GR', teams, variantOf: () => undefined });
		addInject(doc, { ...taken, title: 'Gates of Piraeus stay shut' }, 'a0');
		addInject(doc, newInject(mint(), { reference: 'GR-001', title: 'The harbour office calls' }), 'a1');
	});
	// what was approved, and taken over, has changed since
	await services.documents.edit(nameOf('central'), people.planner.id, (doc) => {
		const record = scriptInjects(doc).get(first)!;
		record.set('title', 'Gates stay shut at both terminals');
		record.set('from', 'Harbour master');
	});

	const opened = await services.exercises.open(exercise.id, {
		id: people.director.id,
		name: people.director.name
	} as never);
	await services.comments.add(opened.exercise, opened.actor, 'central', {
		inject: first,
		text: 'Too early for the night shift? @Central planner',
		mentions: [people.planner.id]
	});
	await services.readiness.goList.seed(opened.exercise, opened.actor);
	await services.readiness.communication.start(opened.exercise, opened.actor, {
		text: 'Please confirm that you can read this.',
		minutes: 60
	});
	const reader = { id: people.planner.id, isAdministrator: false };
	const [libraryItem] = await services.library.save(reader, exercise.id, 'central', {
		kind: 'kit',
		title: 'Port gates and what follows',
		summary: 'Two injects that belong together.',
		tags: ['port', 'press'],
		tlp: 'amber',
		injects: [first, second]
	});
	return { exercise, people, injects, variant, libraryItem: libraryItem! };
}
