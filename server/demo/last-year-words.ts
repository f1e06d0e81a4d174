import type { Decision } from '#lib/exercise/team/schema.ts';
import type { HotWashColumn } from '#lib/exercise/review/schema.ts';
import type { ContributionSection } from '#lib/exercise/aar/contribution.ts';
import type { Capability } from '#lib/standards/capabilities.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { ObservationKind, Rating } from '#lib/standards/evaluation.ts';
import type { Tlp } from '#lib/standards/tlp.ts';

/** What was said and written in the exercise of the year before. All of it is invented. */
export const earlierName = 'Table-top exercise of the year before';

export const inject = {
	reference: 'TT-001',
	title: 'Berth planning stands still in three ports',
	from: 'Shared service provider',
	text: 'Since 09:40 the berth plan of three ports shows ships that left yesterday. The provider says that a change of last night is being taken back. Two pilots report that they were sent to the same berth.',
	tlp: 'green' as Tlp,
	objectives: ['OBJ-1'],
	acknowledgeWithin: 600,
	responseRequired: true,
	respondWithin: 3600
};

/** What a team decided on it, by the team. */
export const decisions: Record<string, Decision> = {
	'GR Port': {
		question: 'In which order do trucks and ships get a berth while the plan cannot be trusted?',
		factsKnown: 'Eleven ships wait, two of them ferries. The plan is right again at noon at the earliest.',
		assumptions: '',
		options: ['By arrival', 'Ferries first', 'As the plan of yesterday says'].map((text) => ({
			text,
			pros: '',
			cons: ''
		})),
		chosen: 'By arrival',
		reason: 'It is what everybody understands without a call.',
		consulted: '',
		dissent: ''
	},
	'NL Crisis': {
		question: 'Who calls the provider?',
		factsKnown: 'It was called four times in half an hour, and said something else each time.',
		assumptions: '',
		options: ['Each team for itself', 'One team for all'].map((text) => ({ text, pros: '', cons: '' })),
		chosen: 'One team for all',
		reason: 'Then one of us knows which answer is the newest.',
		consulted: 'NL CSIRT, NL Port',
		dissent: ''
	}
};
/** What the media showed of it, and what a team said in public. */
export const media = {
	article: {
		kind: 'article' as const,
		outlet: 'The Harbour Gazette',
		title: 'Trucks wait for ships that left yesterday',
		text: 'In three ports the plan of berths stands still. Drivers say that nobody could tell them when it goes on. A load for a hospital is among what waits.'
	},
	comment: { outlet: '@roadside', text: 'Two hours here, and no word from anybody.' },
	statement: {
		team: 'GR Port',
		title: 'Ships are served by telephone',
		text: 'Our plan of berths cannot be trusted since 09:40. Berths are given out by telephone; nobody is in danger. We speak again at noon.'
	},
	answer: 'Please see what we published at noon: a call costs one minute now.',
	counters: { views: 48_000, likes: 310, shares: 1200 }
};
export const guideText = 'Those who have to know hear of an incident within the hour, in their own words.';

export const seen: {
	log: string[];
	answers: string[];
	observations: { sort: ObservationKind; text: string; rating: Rating }[];
	cards: { team: string; column: HotWashColumn; text: string }[];
} = {
	log: [
		'Called the provider: no word yet of when the plan is right again.',
		'The harbour office keeps a list by hand from now on.',
		'Told the neighbouring port what is known, and what is not.'
	],
	answers: [
		'Berths are given out by telephone until the plan is right again.',
		'We keep to paper; the next call is at the full hour.'
	],
	observations: [
		{
			sort: 'strength',
			text: 'The list by hand was begun within ten minutes, before anybody asked for it, and every berth was given out by two people.',
			rating: 'P'
		},
		{
			sort: 'area_for_improvement',
			text: 'Berths were given out by arrival. Nobody asked who was waiting for what: the load of a hospital stood at the end of the line.',
			rating: 'S'
		},
		{
			sort: 'area_for_improvement',
			text: 'The authority heard of it after the press did: the early warning waited for a figure that nobody could know yet.',
			rating: 'M'
		},
		{
			sort: 'area_for_improvement',
			text: 'The provider was called four times by four people, each of whom was told something else. Nobody wrote down which answer was the newest.',
			rating: 'S'
		}
	],
	cards: [
		{ team: 'GR CSIRT', column: 'went-well', text: 'We had a list on paper before the second call' },
		{ team: 'GR CSIRT', column: 'did-not', text: 'Four of us called the same number' },
		{ team: 'NL CSIRT', column: 'change', text: 'Send the early warning without the figures' }
	]
};

export const titles = {
	paper: 'Ports that had kept paper lists never stood still',
	provider: 'Everybody asked the provider, and nobody knew which answer was the newest',
	warning: 'An early warning waited eleven hours for a figure',
	waiting: 'Nobody asked which load could not wait'
} as const;

export interface EarlierFinding {
	title: string;
	/** the observation on which it rests, by its place in `seen` */
	rests: number;
	kind: ObservationKind;
	capability: Capability;
	tlp: Tlp;
	text: string;
	cause: string;
	recommendation: string;
}

export const findings: EarlierFinding[] = [
	{
		title: titles.paper,
		rests: 0,
		kind: 'strength',
		capability: 'business_continuity',
		tlp: 'clear',
		text: 'Where the berth list was also kept on paper, ships moved on within a quarter of an hour.',
		cause: 'These ports exercise an hour without the system four times a year.',
		recommendation: 'Let every port work an hour on paper once a quarter.'
	},
	{
		title: titles.provider,
		rests: 3,
		kind: 'area_for_improvement',
		capability: 'information_sharing',
		tlp: 'clear',
		text: 'The shared provider was called by nearly everybody who was concerned, and its answers contradicted each other.',
		cause:
			'The contract names an address for questions and none for a situation in which all customers ask at once.',
		recommendation:
			'Agree with shared providers on one page that they keep up to date, and read it before calling.'
	},
	{
		title: titles.warning,
		rests: 2,
		kind: 'area_for_improvement',
		capability: 'incident_reporting',
		tlp: 'amber',
		text: 'One early warning was ready within the hour and left eleven hours later, when the number of affected calls was known.',
		cause: 'The form in use has the figure as a mandatory field, although the law asks for it only later.',
		recommendation: 'Take the figure out of the mandatory fields of the form, and say so to all operators.'
	},
	{
		title: titles.waiting,
		rests: 1,
		kind: 'area_for_improvement',
		capability: 'business_continuity',
		tlp: 'green',
		text: 'Berths were given out in the order of arrival. What a hospital on an island had waited for since the morning came last.',
		cause: 'No port has a list of who depends on the next ferry, and of whom to ask.',
		recommendation:
			'Keep a list of who cannot wait, at the duty desk, and look at it before an order is decided.'
	}
];

/** What countries wrote for the report, part by part. */
export const contributions: {
	country: CountryCode;
	by: string;
	parts: Partial<Record<ContributionSection, { tlp: Tlp; text: string }>>;
}[] = [
	{
		country: 'GR',
		by: 'GR moderator',
		parts: {
			did: {
				tlp: 'clear',
				text: 'Two teams took part. Berths were given out from a list on paper while the plan was wrong.\nThe neighbouring port was told what was known after twenty minutes.'
			},
			strengths: { tlp: 'green', text: 'The paper list is exercised, and it showed.' },
			improvements: {
				tlp: 'amber',
				text: 'At night one person alone may sign an early warning, and that person was on leave.'
			},
			recommendations: { tlp: 'green', text: 'A deputy for whoever may sign, at every hour.' }
		}
	},
	{
		country: 'NL',
		by: 'NL moderator',
		parts: {
			did: {
				tlp: 'clear',
				text: 'The teams agreed after half an hour that one of them calls the provider for all.'
			},
			improvements: {
				tlp: 'amber_strict',
				text: 'The alternative system was not switched on, because its licence had ended.'
			},
			facts: { tlp: 'green', text: 'Two teams, four people, one inject.' }
		}
	}
];

/** What was written for the report itself. `cites`: findings by their place. */
export const chapters: {
	chapter: 'summary' | 'course' | 'conclusions';
	tlp: Tlp;
	text: string;
	cites: number[];
}[] = [
	{
		chapter: 'summary',
		tlp: 'clear',
		text: 'Seven teams worked for a morning on a berth plan that could not be trusted. Ships kept moving where lists on paper were kept; where they were not, the first hour was lost with telephone calls.',
		cites: [0, 1]
	},
	{
		chapter: 'course',
		tlp: 'clear',
		text: 'The exercise began with one message from a shared provider and ended four hours later, when the plan was right again. All teams acknowledged it and answered.',
		cites: []
	},
	{
		chapter: 'conclusions',
		tlp: 'green',
		text: 'The early warning is what has to be exercised next: it must not wait for what nobody can know yet. So is the order in which a port serves those who wait.',
		cites: [2, 3]
	},
	{
		chapter: 'conclusions',
		tlp: 'clear',
		text: 'Paper is no step back. It is what the next hour is worked with while something else is mended.',
		cites: [0]
	}
];
