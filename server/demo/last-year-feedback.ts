import type { FindingSection } from '#lib/exercise/review/schema.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { titles } from './last-year-words.ts';

/* What countries said of the findings of the year before, and people of the exercise. All of it is invented. */

/** The finding that one country objected to: what was said of it in its first round, and how it read in the second. */
export const settled: {
	title: string;
	said: { country: CountryCode; says: 'comment' | 'agree' | 'object'; text: string }[];
	/** lets the other countries read what it says */
	opens: CountryCode;
	rewritten: Partial<Record<FindingSection, string>>;
} = {
	title: titles.provider,
	said: [
		{ country: 'GR', says: 'agree', text: '' },
		{
			country: 'NL',
			says: 'comment',
			text: 'From 10:30 on one of our teams called for all. Please say that it helped: others will want to do the same.'
		},
		{
			country: 'DE',
			says: 'object',
			text: 'We called once, and wrote down the hour with the answer. “Everybody” is not true for us.'
		}
	],
	opens: 'NL',
	rewritten: {
		text: 'The shared provider was called by nearly everybody who was concerned, and its answers contradicted each other. Where one team called for all and wrote the hour beside each answer, it was known which was the newest.',
		recommendation:
			'Agree with shared providers on one page that they keep up to date, and read it before calling. Name one team of each country that calls for all.'
	}
};

/** Who agreed in words to the texts that stand; of everybody else silence is agreement. */
export const answered: { of: string; country: CountryCode; text: string }[] = [
	{ of: titles.provider, country: 'DE', text: 'With the second sentence it is right: we agree.' },
	{ of: titles.warning, country: 'GR', text: 'The form is being changed.' }
];

/** Who answered the survey, and what, by their place in this list. */
export const feedback: {
	people: string[];
	/** gave their name */
	named: string[];
	/** of scales and choices, in turn; null: left out */
	steps: Record<string, (number | null)[]>;
	/** of questions in words, by place */
	words: Record<string, Record<number, string>>;
} = {
	people: [
		...['GR', 'NL'].flatMap((country) => [
			...['CSIRT', 'Port', 'Crisis'].flatMap((team) => [
				`${country} ${team} lead`,
				`${country} ${team} analyst`
			]),
			`${country} moderator`,
			`${country} planner`
		]),
		// fewer than five: their country is not told apart
		'DE CSIRT lead',
		'DE CSIRT analyst',
		'DE moderator',
		'Exercise director',
		'Controller',
		'Second controller',
		'Central planner'
	],
	named: ['GR CSIRT lead', 'GR Port lead', 'NL Crisis lead'],
	steps: {
		informed: [4, 3, 4, 5, 2, 4, 3],
		access: [0, 0, 1, 0, 1, 0, 2, 0, 0],
		realistic: [5, 4, 4, 5, 3],
		pace: [2, 2, 3, 2, 1, 2, 3, 2, 2, 2, 4],
		'injects-clear': [4, 4, 5, 3, 4, null, 4],
		'platform-easy': [4, 5, 3, 4, 4, 5, 2, 4],
		'own-team': [5, 4, 5, 4, 4, 3],
		'other-teams': [2, 3, 2, 4, 3, 2, 1, 3, null],
		information: [1, 2, 1, 1, 2, 0, 1, 3],
		plans: [3, 4, 3, 2, 4, 3, 5],
		prepared: [4, 4, 3, 5, 4],
		overall: [5, 4, 4, 5, 3, 4, 5, 4]
	},
	words: {
		'platform-missing': {
			3: 'A search over what other teams of my country have logged.',
			12: 'On the telephone the table of deliveries had to be pushed sideways.'
		},
		change: {
			0: 'One of us calls the provider, and writes the hour beside each answer.',
			2: 'We now ask at once which load cannot wait.',
			5: 'A deputy for whoever signs the early warning.',
			9: 'Keep the paper list up to date, also when nothing happens.',
			12: 'Send the warning without the figures.',
			16: 'Exercise the first hour at night.'
		},
		more: {
			1: 'Half a day more would have shown how we hand over.',
			10: 'Please invite the providers as well.',
			17: 'More than one inject, next time.'
		}
	}
};

export const conclusions =
	'The exercise was worth the time to nearly everybody, and the scenario was found realistic. Weakest is cooperation with other teams and countries: information came too late for one in three. The next exercise has an inject at the provider, and a handover between two shifts.';
