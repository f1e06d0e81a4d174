import type { Team } from '#lib/exercise/exercise/schema.ts';
import { TestExercise, toAll } from './exercise.ts';
import type { Person, Stage } from './people.ts';
import { stageChannelActs, type ChannelIds } from '../security/access/channel-acts.ts';
import { stageEvaluation } from '../security/access/evaluation-acts.ts';
import { stageReporting, type ReportingIds } from '../security/access/reporting-acts.ts';

/** An exercise in play in which every page of the crisis rooms has something to show, with people of all roles in it. */
export interface PlayedExercise {
	exercise: TestExercise;
	people: Record<
		| 'director'
		| 'controller'
		| 'moderator'
		| 'simcell'
		| 'lead'
		| 'mate'
		| 'neighbour'
		| 'abroad'
		| 'observer'
		| 'evaluator',
		Person
	>;
	team: Team;
	incident: string;
	task: string;
	reporting: ReportingIds;
	channels: ChannelIds;
}

export async function playedExercise(stage: Stage): Promise<PlayedExercise> {
	const exercise = await TestExercise.create(stage);
	const { services } = stage;
	const teams = await services.exercises.addTeams(
		exercise.id,
		[
			{ name: 'GR CSIRT', country: 'GR', level: 'technical' },
			{ name: 'GR Port', country: 'GR', level: 'technical' },
			{ name: 'IT CSIRT', country: 'IT', level: 'technical' }
		],
		exercise.director.id
	);
	const named = (name: string) => teams.find((team) => team.name === name)!;
	const [a, b, c] = [named('GR CSIRT'), named('GR Port'), named('IT CSIRT')];
	const people = {
		director: exercise.director,
		controller: await exercise.member('Controller', { role: 'controller' }),
		moderator: await exercise.member('Greek moderator', { role: 'moderator', country: 'GR' }),
		simcell: await exercise.member('Simulation cell', { role: 'simcell' }),
		lead: await exercise.member('Greek lead', { role: 'player', teamId: a.id, lead: true }),
		mate: await exercise.member('Greek analyst', { role: 'player', teamId: a.id }),
		neighbour: await exercise.member('Port officer', { role: 'player', teamId: b.id, lead: true }),
		abroad: await exercise.member('Italian lead', { role: 'player', teamId: c.id, lead: true }),
		observer: await exercise.member('Observer', { role: 'observer' }),
		evaluator: await exercise.member('Evaluator', { role: 'evaluator', teamId: a.id })
	};
	const { director, controller, lead, mate } = people;
	await services.exercises.updateSettings(
		exercise.id,
		{ settings: { simulatedBodies: ['Port authority'] } },
		director.id
	);
	const contingency = {
		schedule: { mode: 'contingency' as const, condition: 'Nobody has called the port.' }
	};
	const [released] = await exercise.approved(
		{
			title: 'Gates stay shut at both terminals',
			to: toAll,
			acknowledgeWithin: 600,
			responseRequired: true,
			respondWithin: 3600,
			expectedActions: [{ id: 'act-1', text: 'Calls the port', withinSeconds: 60, critical: true }],
			schedule: { mode: 'manual' }
		},
		{ title: 'The ministry calls', to: toAll, ...contingency },
		{ title: 'A second wave', to: toAll, schedule: { mode: 'offset', seconds: 3000 } }
	);
	await exercise.must(director, 'exercise.start', {});
	await exercise.must(director, 'inject.release', { inject: released!.id });
	await exercise.must(director, 'announcement.make', { text: 'Good morning to all rooms.', tlp: 'green' });
	await exercise.must(lead, 'question.ask', { team: a.id, text: 'May we call the harbour master?' });
	await exercise.must(lead, 'request.ask', {
		team: a.id,
		to: { control: true, as: 'Port authority' },
		question: 'Who is in charge at the quay?'
	});
	await exercise.must(mate, 'help.ask', { topic: 'technical', text: 'I hear no sound.' });
	await exercise.must(controller, 'claim.take', { kind: 'country', subject: 'IT' });
	const reporting = await stageReporting(exercise, lead, [a, b, c]);
	await stageEvaluation(exercise, people.evaluator, [a]);
	const channels = await stageChannelActs(
		exercise,
		{ leadA: lead, playerB: people.neighbour, playerC: people.abroad },
		[a, b, c]
	);
	await exercise.must(lead, 'report.share', { team: a.id, page: 'report-1', channels: [channels.network] });
	await exercise.must(lead, 'decision.record', {
		team: a.id,
		decision: {
			question: 'Do we close remote maintenance?',
			options: [{ text: 'Close it' }, { text: 'Watch it' }],
			chosen: 'Close it',
			reason: 'The supplier is silent.'
		}
	});
	const record = async (name: 'incident.open' | 'task.add', input: object) =>
		((await exercise.must(mate, name, input as never)) as { record: string }).record;
	const incident = await record('incident.open', {
		team: a.id,
		content: {
			title: 'Gate system does not answer',
			description: 'None of the gates opens.',
			cause: 'malicious-actions',
			threat: 'high',
			types: ['availability/outage'],
			impacts: [
				{
					country: 'GR',
					sector: 'transport',
					severity: 'red',
					outlook: 'worsening',
					usersAffected: 280,
					crossBorder: true,
					source: 'Gate shift, counted by hand',
					asOf: Date.UTC(2026, 5, 10, 7)
				}
			]
		}
	});
	const task = await record('task.add', {
		team: a.id,
		content: { title: 'Call the operator of pier two', dueAt: Date.UTC(2026, 5, 10, 8), priority: 'high' },
		assignee: { person: mate.id }
	});
	await exercise.must(mate, 'indicator.add', {
		team: a.id,
		content: { type: 'ipv4', value: '198.51.100.7', description: 'Asked by both gates' } as never
	});
	await exercise.must(mate, 'log.methane', {
		team: a.id,
		report: {
			form: 'methane',
			major: true,
			location: 'Pier two',
			type: 'Gates do not open',
			hazards: '',
			access: '',
			casualties: '',
			services: ''
		}
	});
	await exercise.must(lead, 'handover.offer', {
		team: a.id,
		to: mate.id,
		text: { note: 'Quiet since eleven.' } as never
	});
	await exercise.must(controller, 'media.publish', {
		kind: 'article',
		outlet: 'Harbour Gazette',
		title: 'Trucks wait for miles',
		text: 'Nobody says why.'
	} as never);
	await exercise.must(lead, 'media.state', {
		team: a.id,
		title: 'Statement on the gates',
		text: 'We work on it.'
	} as never);
	return { exercise, people, team: a, incident, task, reporting, channels };
}
