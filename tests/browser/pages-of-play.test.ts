import { test, type Page } from '../support/browser.ts';
import { playedExercise, type PlayedExercise } from '../support/played-exercise.ts';
import type { Stage } from '../support/people.ts';
import { asOnALaptop, button, expectSound, tab, type SoundPage } from '../support/sound-pages.ts';

/** Every page of play, with an exercise in which each has something to show. */

type Played = SoundPage<PlayedExercise>;

// looking at so much is slow enough without a film of it
test.use({ trace: 'off' });

const room =
	(query = '') =>
	({ team }: PlayedExercise) =>
		`/teams/${team.id}${query}`;

const scale = (page: Page) => page.getByText('What the ratings mean').click();

const pages: Record<string, [who: keyof PlayedExercise['people'], list: Played[]]> = {
	'a team lead': [
		'lead',
		[
			{ name: 'report', at: room('?tab=report'), shows: 'Two terminals stand still.' },
			{ name: 'notifications', at: room('?tab=notifications'), shows: 'Port down' },
			{ name: 'incidents', at: room('?tab=incidents'), shows: 'Gate system does not answer' },
			{
				name: 'incident',
				at: ({ team, incident }) => `/teams/${team.id}?tab=incidents&record=${incident}`,
				shows: 'None of the gates opens.'
			},
			{ name: 'tasks', at: room('?tab=tasks'), shows: 'Call the operator of pier two' },
			{
				name: 'task',
				at: ({ team, task }) => `/teams/${team.id}?tab=tasks&record=${task}`,
				shows: 'Call the operator of pier two'
			},
			{ name: 'requests', at: room('?tab=requests'), shows: 'Which versions?' },
			{ name: 'decisions', at: room('?tab=decisions'), shows: 'Do we close remote maintenance?' },
			{ name: 'log and handover', at: room('?tab=log'), shows: 'Quiet since eleven.' },
			{ name: 'exchange', at: room('/exchange'), shows: '198.51.100.7' },
			{
				name: 'replay of the own timeline',
				at: ({ team }) => `/replay?show=timeline/team/${team.id}`,
				shows: 'Gates stay shut at both terminals'
			},
			{
				name: 'replay of a report',
				at: ({ team }) => `/replay?show=worksheet/${team.id}/report-1`,
				shows: 'Two terminals stand still.'
			}
		]
	],
	'a player': [
		'mate',
		[
			{ name: 'channels', at: () => '/channels', shows: 'Calm network' },
			{
				name: 'channel',
				at: ({ channels }) => `/channels/${channels.network}`,
				shows: 'Seen here'
			},
			{ name: 'media', at: () => '/media', shows: 'Trucks wait for miles' },
			{ name: 'announcements', at: () => '/announcements', shows: 'Good morning to all rooms.' }
		]
	],
	'a duty officer abroad': [
		'abroad',
		[
			{ name: 'situation', at: () => '/situation', shows: 'Greece' },
			{ name: 'situation of a country', shows: 'Close', then: button('Greece') },
			{
				name: 'replay of the situation',
				at: () => '/replay?show=board/situation',
				shows: 'countries have reported'
			},
			{
				name: 'replay of a channel',
				at: ({ channels }) => `/replay?show=timeline/channel/${channels.network}`,
				shows: 'Seen here'
			}
		]
	],
	'exercise control': [
		'controller',
		[
			{ name: 'console', at: () => '/control', shows: 'Gates stay shut at both terminals' },
			{ name: 'questions', shows: 'May we call the harbour master?', then: tab(/^Questions/) },
			{ name: 'help desk', shows: 'I hear no sound.', then: tab(/^Help/) },
			{ name: 'who handles what', shows: 'Italy', then: button('Countries') },
			{ name: 'wall', at: () => '/control/wall', shows: 'A second wave' },
			{ name: 'reports due', at: () => '/reports', shows: 'GR CSIRT' },
			{ name: 'record', at: () => '/record', shows: 'Gate system does not answer' },
			{ name: 'times', at: () => '/record/times', shows: 'GR CSIRT' },
			{ name: 'statistics', at: () => '/statistics', shows: 'GR CSIRT' },
			{ name: 'statistics by country', at: () => '/statistics?by=country&level=technical', shows: 'Italy' },
			{ name: 'survey, none yet', at: () => '/survey', shows: 'Feedback survey' },
			{ name: 'table', at: ({ team }) => `/table/${team.id}`, shows: 'Gates stay shut at both terminals' },
			{
				name: 'projector',
				at: ({ team }) => `/table/${team.id}/projector`,
				shows: 'Gates stay shut at both terminals'
			},
			{ name: 'statistics of nothing', at: () => '/statistics?level=political', shows: 'Nothing matches' },
			{
				name: 'replay',
				at: () => '/replay?show=timeline/control',
				shows: 'Gates stay shut at both terminals'
			},
			{ name: 'replay of deliveries', at: () => '/replay?show=board/deliveries', shows: 'By inject' },
			{ name: 'replay of a script', at: () => '/replay?show=script/central', shows: 'A second wave' },
			{
				name: 'replay of a NIS2 case',
				at: ({ team }) => `/replay?show=worksheet/${team.id}/notification-1`,
				shows: 'Early warning'
			},
			{
				name: 'replay of media',
				at: () => '/replay?show=timeline/channel/media',
				shows: 'Statement on the gates'
			},
			{
				name: 'replay on a projector',
				at: ({ team }) => `/replay?projector=yes&show=timeline/team/${team.id}`,
				shows: 'Gates stay shut at both terminals'
			},
			{ name: 'channel', at: ({ channels }) => `/channels/${channels.network}`, shows: 'Seen here' },
			{ name: 'media', at: () => '/media', shows: 'Statement on the gates' },
			{ name: 'evaluation', at: () => '/evaluation', shows: 'GR CSIRT' },
			{ name: 'evaluation of a team', at: ({ team }) => `/evaluation/${team.id}`, shows: 'You read what' }
		]
	],
	'a moderator': [
		'moderator',
		[
			{ name: 'at a glance', at: () => '/control', shows: 'May we call the harbour master?' },
			{ name: 'console', shows: 'Gates stay shut at both terminals', then: button('Console') },
			{ name: 'teams', at: () => '/teams', shows: 'GR Port' },
			{ name: 'a room', at: room(), shows: 'Gates stay shut at both terminals' },
			{ name: 'statistics', at: () => '/statistics', shows: 'No other country shares its figures' }
		]
	],
	'the simulation cell': [
		'simcell',
		[{ name: 'questions', at: () => '/simulation', shows: 'Who is in charge at the quay?' }]
	],
	'an evaluator': [
		'evaluator',
		[
			{ name: 'guides', at: () => '/evaluation', shows: 'Critical task 1' },
			{
				name: 'adding a guide',
				shows: 'Everything can be changed afterwards.',
				then: button('Add a guide')
			},
			{
				name: 'observing',
				at: ({ team }) => `/evaluation/${team.id}`,
				shows: 'Gates stay shut at both terminals'
			},
			{ name: 'an entry chosen', shows: 'Chosen', then: button(/^Observe: Gates stay shut/) },
			{ name: 'what the ratings mean', shows: 'Nobody saw it', then: scale },
			{ name: 'expected actions', shows: 'Calls the port', then: tab('Expected actions') },
			{ name: 'observations', shows: 'First', then: tab(/^Observations/) }
		]
	],
	'an observer': [
		'observer',
		[
			{ name: 'announcements', at: () => '/announcements', shows: 'Good morning to all rooms.' },
			{ name: 'replay', at: () => '/replay', shows: 'Good morning to all rooms.' }
		]
	]
};

let made: Promise<PlayedExercise> | null = null;
const played = (stage: Stage) => (made ??= playedExercise(stage));

for (const [who, [person, list]] of Object.entries(pages))
	test(`the pages of play are sound for ${who}`, async ({ pageOf, stage }) => {
		test.setTimeout(240_000);
		const exercise = await played(stage);
		await expectSound(await pageOf(exercise.people[person], asOnALaptop), exercise, list);
	});
