import type { CountryCode } from '#lib/standards/countries.ts';
import type { Role, TeamLevel } from '../exercise/schema.ts';
import { least } from './groups.ts';
import { scaleSteps, type KeptAnswer, type SurveyQuestion } from './schema.ts';

/*
 * What a survey came to, of all or of one group. It counts answers whose groups were cut to what may be told (groups.ts);
 * nothing here makes a group smaller, and of fewer than `least` nothing is counted.
 */

export const surveyGroupings = ['country', 'level', 'role'] as const;
export type SurveyGrouping = (typeof surveyGroupings)[number];
/** One group: everybody where it is null. */
export type SurveyFilter =
	{ by: 'country'; is: CountryCode } | { by: 'level'; is: TeamLevel } | { by: 'role'; is: Role } | null;

export interface GroupSize {
	by: SurveyGrouping;
	is: string;
	answers: number;
}

export interface QuestionResult {
	question: SurveyQuestion;
	/** who said something to it */
	answered: number;
	/** who answered the survey and left this question out: counted, so that no table is of fewer than its group */
	left: number;
	/** of a scale: its mean; null: nobody said anything */
	mean: number | null;
	/** of a scale or a choice: how many chose each, in order */
	counts: number[];
	/** in words, in the order of the alphabet: the order of the answers would tell which belong together */
	words: { text: string; by: string | null }[];
}

export interface SurveyResults {
	/** null: of everybody */
	filter: SurveyFilter;
	answers: number;
	questions: QuestionResult[];
}

/** The groups that can be told apart, the largest first. */
export function groupsOf(kept: readonly KeptAnswer[]): GroupSize[] {
	return surveyGroupings.flatMap((by) =>
		[...Map.groupBy(kept, (one) => one[by])]
			.flatMap(([is, some]) =>
				is !== null && some.length >= least ? [{ by, is, answers: some.length }] : []
			)
			.sort((a, b) => b.answers - a.answers || a.is.localeCompare(b.is))
	);
}

/** null: there are too few, or there is no such group; the two look the same. */
export function resultsOf(
	questions: readonly SurveyQuestion[],
	kept: readonly KeptAnswer[],
	filter: SurveyFilter
): SurveyResults | null {
	const some = filter === null ? kept : kept.filter((one) => one[filter.by] === filter.is);
	if (some.length < least) return null;
	return {
		filter,
		answers: some.length,
		questions: questions.map((question) => resultOf(question, some))
	};
}

function resultOf(question: SurveyQuestion, some: readonly KeptAnswer[]): QuestionResult {
	const said = some.flatMap(({ answers, by }) => {
		const value = answers[question.id];
		return value === undefined ? [] : [{ value, by }];
	});
	const numbers = said.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
	const steps =
		question.kind === 'scale'
			? [...scaleSteps]
			: question.kind === 'choice'
				? question.options.map((_, at) => at)
				: [];
	return {
		question,
		answered: said.length,
		left: some.length - said.length,
		mean:
			question.kind === 'scale' && numbers.length > 0
				? numbers.reduce((sum, one) => sum + one, 0) / numbers.length
				: null,
		counts: steps.map((step) => numbers.filter((one) => one === step).length),
		words: said
			.flatMap(({ value, by }) => (typeof value === 'string' ? [{ text: value, by }] : []))
			.sort((a, b) => a.text.localeCompare(b.text, 'en') || (a.by ?? '').localeCompare(b.by ?? '', 'en'))
	};
}

/** The filter of an address; what is not understood is everybody. */
export function readFilter(by: string | null, is: string | null): SurveyFilter {
	const grouping = surveyGroupings.find((one) => one === by);
	// whether there is such a group is for `resultsOf` to say, which says the same of one that is too small
	return grouping && is ? ({ by: grouping, is } as SurveyFilter) : null;
}
