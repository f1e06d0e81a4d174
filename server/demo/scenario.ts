import type { CountryCode } from '#lib/standards/countries.ts';
import { countries } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { TeamLevel } from '#lib/exercise/exercise/schema.ts';
import type { InjectCategory, InjectChannel, InjectLevel } from '#lib/exercise/inject/schema.ts';
import type { Objective, Storyline } from '#lib/exercise/scenario/schema.ts';

/**
 * The demonstration exercise as data. Everything in it is invented for the purpose: no organisation, product or event is
 * meant, and nobody has a name; senders and accounts are functions.
 */

/** An inject as it is written down here; `fill.ts` makes it one of the script page. Times are minutes of exercise time. */
export interface ScriptedInject {
	reference: string;
	title: string;
	/** after STARTEX, after another inject, on what a team does, on a condition that a controller watches for, or by hand */
	when:
		| number
		| { after: string; minutes: number }
		| Waiting
		| {
				if: string;
				/** suggested where this expected action, counted from 1, is not done in time */
				missed?: { reference: string; expected: number };
		  }
		| 'by hand';
	from: string;
	to: { everyone: true } | { levels: TeamLevel[] } | { countries: CountryCode[] } | { teams: string[] };
	channel: InjectChannel;
	level: InjectLevel;
	tlp: Tlp;
	/** a line is a paragraph */
	text: string;
	category?: InjectCategory;
	expect?: { text: string; within?: number; critical?: true }[];
	objectives?: string[];
	/** for controllers, and for evaluators: never to players */
	notes?: { controller?: string; evaluator?: string };
	/** minutes until it should be acknowledged (usually 10), or false */
	acknowledge?: number | false;
	/** minutes until an answer is due; absent: none is asked for */
	answer?: number;
	/** where it stands on its way to approval; absent: approved */
	stage?: Stage;
	/** what is attached to it: a drawing of `drawings.ts` */
	file?: 'notice' | 'connections';
	/** what simulated teams make of it */
	play?: Play;
}

export type Stage = 'draft' | 'submitted' | 'returned' | 'approved';

/** It comes to a team so long after that team has done all of this, or any of it. */
export interface Waiting {
	all?: Deed[];
	any?: Deed[];
	minutes: number;
}

/** What a team did with another inject, or left undone in time. `did`: the number of the expected action, from 1. */
export type Deed = { of: string; act: 'acknowledged' | 'responded' | { did: number } } & (
	{ within?: number; not?: undefined } | { within: number; not: true }
);

/** Texts in one language, by the reference of the inject. */
export type Texts = Record<string, { title: string; text: string }>;

/** A central inject that a country takes over. What is absent stays as it is. */
export interface ScriptedVariant {
	of: string;
	country: CountryCode;
	title?: string;
	from?: string;
	text?: string;
	/** of title and text, where they are not English */
	language?: string;
	translations?: Texts;
	laterByMinutes?: number;
	stage?: Stage;
}

/** What a simulated team may say: each line is for one member, at some moment after reading. */
export interface Play {
	log?: string[];
	answer?: string[];
	ask?: string;
	decide?: { question: string; factsKnown: string; options: string[]; chosen: string; reason: string };
}

export const exerciseName = 'Slack Water';
export const exerciseMinutes = 120;
/** where the visitor comes in: the first injects are out and answered */
export const arrivalMinutes = 13.5;

// --- teams ------------------------------------------------------------------------------------------------------------

export interface DemoTeam {
	name: string;
	country: CountryCode;
	level: TeamLevel;
	/** two people and everything a team does; otherwise one duty officer who acknowledges and answers */
	plays: boolean;
	/** in which it receives injects; absent: as they are written */
	language?: string;
	/** minute of exercise time at which its first situation report is opened */
	firstReport?: number;
}

const playing: DemoTeam[] = [
	{ name: 'GR CSIRT', country: 'GR', level: 'technical', plays: true, firstReport: 12.6 },
	{ name: 'GR Port', country: 'GR', level: 'entity', plays: true, language: 'el', firstReport: 15 },
	{ name: 'GR Crisis', country: 'GR', level: 'operational', plays: true, language: 'el', firstReport: 19 },
	{ name: 'NL CSIRT', country: 'NL', level: 'technical', plays: true, firstReport: 13 },
	{ name: 'NL Port', country: 'NL', level: 'entity', plays: true, firstReport: 26 },
	{ name: 'NL Crisis', country: 'NL', level: 'operational', plays: true, firstReport: 16.5 },
	{ name: 'DE CSIRT', country: 'DE', level: 'technical', plays: true, firstReport: 9 },
	{ name: 'DE Rail', country: 'DE', level: 'entity', plays: true, language: 'de', firstReport: 21 },
	{ name: 'DE Crisis', country: 'DE', level: 'operational', plays: true, language: 'de', firstReport: 32 },
	{ name: 'IT CSIRT', country: 'IT', level: 'technical', plays: true, firstReport: 23 },
	{ name: 'IT Port', country: 'IT', level: 'entity', plays: true, firstReport: 36 },
	{ name: 'PL CSIRT', country: 'PL', level: 'technical', plays: true, firstReport: 28 },
	{ name: 'PL Rail', country: 'PL', level: 'entity', plays: true, firstReport: 34 },
	{ name: 'FI CSIRT', country: 'FI', level: 'technical', plays: true, firstReport: 30 },
	{ name: 'FI Crisis', country: 'FI', level: 'operational', plays: true, firstReport: 38 }
];
/** Countries with a planner of their own. */
export const planningCountries = ['GR', 'DE', 'NL'] as const satisfies CountryCode[];
export const playingCountries = [...new Set(playing.map((team) => team.country))];

/** Officers on duty who receive their own language. */
const dutyLanguages: Partial<Record<CountryCode, string>> = { AT: 'de', CY: 'el', FR: 'fr', LU: 'fr' };

/** The Member States, and three of EFTA: thirty in all. Those that do not play have somebody on duty. */
const others: DemoTeam[] = countries
	.filter(({ code }) => code !== 'EU' && code !== 'LI' && !playingCountries.includes(code))
	.map(({ code }) => ({
		name: `${code} CSIRT`,
		country: code,
		level: 'technical',
		plays: false,
		...(dutyLanguages[code] && { language: dutyLanguages[code] })
	}));

export const demoTeams: readonly DemoTeam[] = [...playing, ...others];

// --- the scenario page --------------------------------------------------------------------------------------------------

export const storylines: Omit<Storyline, 'id'>[] = [
	{
		name: 'Terminal software',
		colour: 'blue',
		description: 'A spoiled update of the software that runs container terminals.'
	},
	{
		name: 'Positions at sea',
		colour: 'teal',
		description: 'Ships appear where they are not; traffic services go back to voice.'
	},
	{
		name: 'Freight paths',
		colour: 'olive',
		description: 'Train paths are booked twice; yards fill up behind the ports.'
	},
	{
		name: 'Leak and press',
		colour: 'pink',
		description: 'An extortion group publishes samples; the public asks questions.'
	},
	{
		name: 'Escalation',
		colour: 'violet',
		description: 'From one operator to the networks of the Union, and back.'
	},
	{ name: 'Administration', colour: 'brown', description: 'What the exercise itself needs to say.' }
];

export const objectives: Omit<Objective, 'id'>[] = [
	{
		code: 'OBJ-1',
		text: 'Technical teams find out together what the update does, and tell operators what to do about it.',
		capability: 'Analysis and triage',
		measure: 'A joint description of the behaviour, with indicators, agreed by at least three teams.',
		deadline: 'within 45 minutes of the first alert'
	},
	{
		code: 'OBJ-2',
		text: 'Operators decide whether the incident is significant, and send an early warning.',
		capability: 'Incident reporting under NIS2',
		measure:
			'The decision is recorded with what was known at that time; the early warning names suspected cause and cross-border impact.',
		deadline: 'within 40 minutes of awareness (24 hours in reality)'
	},
	{
		code: 'OBJ-3',
		text: 'Information is shared with those who need it, under the label that it carries.',
		capability: 'Information sharing',
		measure:
			'Nothing marked AMBER+STRICT leaves its organisation; requests to relax a label are made and answered.',
		deadline: 'throughout'
	},
	{
		code: 'OBJ-4',
		text: 'Each team keeps a situation picture that another shift could take over.',
		capability: 'Situational awareness',
		measure:
			'Situation reports separate what is known from what is assumed, and name the time for which they hold.',
		deadline: 'one report in the first 40 minutes, then at least one an hour'
	},
	{
		code: 'OBJ-5',
		text: 'The public hears one consistent account.',
		capability: 'Crisis communication',
		measure:
			'Lines to take are agreed before the first statement, and used by every spokesperson of a country.',
		deadline: 'before the first public statement'
	},
	{
		code: 'OBJ-6',
		text: 'Crisis authorities escalate, and later de-escalate, on grounds that they can explain.',
		capability: 'Escalation',
		measure: 'The proposal names trigger, options and the condition for stepping back.',
		deadline: 'within 20 minutes of the third country affected'
	}
];

export const narrative = `It is an ordinary Wednesday morning in the shipping season. Container terminals from the Aegean to the Baltic run the same terminal operating system, “Quayboard”. In the night its supplier has delivered a routine update.
Shortly after nine, terminal servers begin to do things that nobody asked them to do. Gates stop, cranes wait, lorries queue. Ships off the coast are shown in places where they are not. On the railways behind the ports, train paths are booked twice.
A group that calls itself Grey Halyard claims the credit and offers to sell what it took. By then the press has noticed the queues.`;

export const groundTruth = `The supplier’s build server was entered eleven days ago through a maintenance account without a second factor. Update 7.4 carries a component that collects configuration and credentials for six hours, then encrypts the yard database. The signing key was used, not stolen: it never left its module.
The position gateway of three traffic services and the path booking portal of two railways are maintained through the same remote access. They were not the target; the group found them on the way and sells the access to others.
Grey Halyard holds crew lists and gate pictures, no customs data. Whoever pays gets nothing: the keys were never kept.`;

export const welcome =
	'STARTEX. Good morning and welcome to Slack Water. Everything you receive from now on is exercise. Stay in your real role, use your real procedures, and keep all exercise traffic in this workspace. In a real emergency press the stop button on your screen: anybody may.';
