import { z } from 'zod';
import type { CountryCode } from '#lib/standards/countries.ts';
import { shortText, type Role, type TeamLevel } from '../exercise/schema.ts';

/*
 * The feedback survey of an exercise (DOMAIN 4.6, 9.2): one form that everybody in it answers once, without a name if they
 * wish. Its life is DOMAIN 7.13. What is said in it is no fact and has no audit row: both name their author.
 */

export const surveyStates = ['draft', 'open', 'closed', 'analysed'] as const;
export type SurveyState = (typeof surveyStates)[number];

/** `choice`: who answers says whether with their name; `always`: nobody's name is kept. */
export const anonymities = ['choice', 'always'] as const;
export type Anonymity = (typeof anonymities)[number];

/** Under these headings questions stand, in this order. */
export const surveyHeadings = [
	'preparation',
	'scenario',
	'platform',
	'cooperation',
	'learning',
	'overall'
] as const;
export type SurveyHeading = (typeof surveyHeadings)[number];

export const surveyLimits = {
	/** DOMAIN 9.2: 10 to 25; fewer are allowed, because a table of eight needs fewer */
	questions: 25,
	options: 10,
	option: 80,
	question: 240,
	/** of an answer in words: a paragraph */
	words: 2000,
	summary: 4000
} as const;

/** A scale has five steps: 1 is the worst, 5 the best. */
export const scaleSteps = [1, 2, 3, 4, 5] as const;

interface Asked {
	id: string;
	heading: SurveyHeading;
	text: string;
}
export type SurveyQuestion =
	(Asked & { kind: 'scale' }) | (Asked & { kind: 'choice'; options: string[] }) | (Asked & { kind: 'text' });

const asked = {
	id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'A question has an id of its own.'),
	heading: z.enum(surveyHeadings),
	text: shortText('Question', surveyLimits.question)
};

const questionSchema = z.discriminatedUnion('kind', [
	z.object({ ...asked, kind: z.literal('scale') }),
	z.object({
		...asked,
		kind: z.literal('choice'),
		options: z
			.array(shortText('Choice', surveyLimits.option))
			.min(2, 'A question with choices needs two of them.')
			.max(surveyLimits.options, `At most ${surveyLimits.options} choices.`)
			.refine((all) => new Set(all).size === all.length, 'Name each choice once.')
	}),
	z.object({ ...asked, kind: z.literal('text') })
]);

/** What can be changed while the survey is a draft. */
export const surveyFormSchema = z.object({
	title: shortText('Title'),
	anonymity: z.enum(anonymities),
	questions: z
		.array(questionSchema)
		.min(1, 'Ask at least one question.')
		.max(surveyLimits.questions, `Ask at most ${surveyLimits.questions} questions.`)
		.refine(
			(all) => new Set(all.map(({ id }) => id)).size === all.length,
			'Two questions have the same id: reload the page.'
		)
});
export type SurveyForm = z.infer<typeof surveyFormSchema>;

/** By question: the step of a scale, the number of a choice from 0, words. What is missing was not answered. */
export type SurveyAnswers = Record<string, number | string>;

/**
 * The answers to these questions, checked: a sentence for a person where they are none. Nothing is required, so whatever
 * was left out is left out; empty words are no answer; what was not asked is refused.
 */
export function readAnswers(
	questions: readonly SurveyQuestion[],
	given: unknown
): { answers: SurveyAnswers } | { problem: string; question: string } {
	const all = z.record(z.string(), z.union([z.number(), z.string()])).safeParse(given);
	if (!all.success) return { problem: 'This is no answer to the survey.', question: '' };
	const known = new Map(questions.map((question) => [question.id, question]));
	const answers: SurveyAnswers = {};
	for (const [id, value] of Object.entries(all.data)) {
		const question = known.get(id);
		if (!question) return { problem: 'The survey was changed: reload the page.', question: id };
		if (question.kind === 'text') {
			const words = typeof value === 'string' ? value.trim() : null;
			if (words === null) return { problem: 'Write words here.', question: id };
			if (words.length > surveyLimits.words)
				return { problem: `At most ${surveyLimits.words} characters.`, question: id };
			if (words !== '') answers[id] = words;
			continue;
		}
		const isOne =
			typeof value === 'number' &&
			(question.kind === 'scale'
				? scaleSteps.some((step) => step === value)
				: Number.isInteger(value) && value >= 0 && value < question.options.length);
		if (!isOne) return { problem: 'Choose one of the answers.', question: id };
		answers[id] = value;
	}
	if (Object.keys(answers).length === 0)
		return { problem: 'Answer at least one question.', question: questions[0]?.id ?? '' };
	return { answers };
}

/** What is kept beside an answer, to compare groups with: null where it is not told. */
export interface SurveyGroup {
	country: CountryCode | null;
	level: TeamLevel | null;
	role: Role | null;
}

/** One answer as it is kept. */
export interface KeptAnswer extends SurveyGroup {
	/** random: says neither who nor when */
	id: string;
	answers: SurveyAnswers;
	/** the name, of whoever answered with it; null: without a name */
	by: string | null;
}
