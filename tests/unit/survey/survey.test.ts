import { describe, expect, it } from 'vitest';
import { exerciseStates, type Actor, type ExerciseState } from '#lib/exercise/exercise/schema.ts';
import {
	answersSurvey,
	leadsSurvey,
	mayBeMade,
	moveProblem,
	resultsFor
} from '#lib/exercise/survey/access.ts';
import {
	readAnswers,
	surveyFormSchema,
	surveyLimits,
	surveyStates,
	type SurveyQuestion
} from '#lib/exercise/survey/schema.ts';
import { surveyTemplate } from '#lib/exercise/survey/template.ts';
import {
	centralPlanner,
	controller,
	director,
	facilitator,
	greekEvaluator,
	greekFacilitator,
	greekLead,
	greekModerator,
	observer,
	stranger
} from '../domain/factories.ts';

describe('who may what', () => {
	it.each<[string, Actor, boolean, boolean, 'all' | 'counts' | null, 'all' | 'counts' | null]>([
		['the director', director, true, true, 'all', 'all'],
		['a facilitator of the exercise', facilitator, true, true, 'all', 'all'],
		['a facilitator of a team', greekFacilitator, true, true, 'all', 'all'],
		['a controller', controller, false, true, 'all', 'all'],
		['an evaluator', greekEvaluator, false, true, 'all', 'all'],
		['a moderator', greekModerator, false, true, null, 'counts'],
		['a planner', centralPlanner, false, true, null, 'counts'],
		['a player', greekLead, false, true, null, 'counts'],
		['an observer', observer, false, true, null, 'counts'],
		['a stranger', stranger, false, false, null, null]
	])('[P2] %s', (_, actor, leads, answers, closed, analysed) => {
		expect(leadsSurvey(actor)).toBe(leads);
		expect(answersSurvey(actor, 'open')).toBe(answers);
		for (const state of ['draft', 'closed', 'analysed'] as const)
			expect(answersSurvey(actor, state)).toBe(false);
		expect(resultsFor(actor, 'closed')).toBe(closed);
		expect(resultsFor(actor, 'analysed')).toBe(analysed);
		// two looks while it is open would differ by one person's answer
		for (const state of ['draft', 'open'] as const) expect(resultsFor(actor, state)).toBeNull();
	});
});

describe('its life', () => {
	it('goes from draft to open, closed and analysed, never back and never past one', () => {
		const steps = surveyStates.flatMap((from) =>
			surveyStates.filter((to) => moveProblem(from, to, 'ended') === null).map((to) => `${from} ${to}`)
		);
		expect(steps).toEqual(['draft open', 'open closed', 'closed analysed']);
	});

	it('is opened from ENDEX on, and not in an exercise that is closed', () => {
		const may = exerciseStates.filter((state: ExerciseState) => moveProblem('draft', 'open', state) === null);
		expect(may).toEqual(['ended', 'evaluating', 'reported']);
	});

	it('is made as long as it can still be opened: not in an exercise that is over', () => {
		expect(exerciseStates.filter((state) => !mayBeMade(state))).toEqual(['closed', 'cancelled']);
	});

	it('that is open when the exercise is closed is closed and concluded as any other', () => {
		expect(moveProblem('open', 'closed', 'closed')).toBeNull();
		expect(moveProblem('closed', 'analysed', 'closed')).toBeNull();
	});
});

describe('the proposed questions', () => {
	const { questions, anonymity } = surveyTemplate('Feedback');

	it('are ten to twenty-five, under every heading, and may be sent as they are', () => {
		expect(questions.length).toBeGreaterThanOrEqual(10);
		expect(questions.length).toBeLessThanOrEqual(surveyLimits.questions);
		expect(new Set(questions.map(({ heading }) => heading)).size).toBe(6);
		expect(new Set(questions.map(({ kind }) => kind)).size).toBe(3);
		expect(surveyFormSchema.safeParse({ title: 'Feedback', anonymity, questions }).success).toBe(true);
	});

	it('are each survey’s own', () => {
		questions[0]!.text = 'Changed';
		expect(surveyTemplate('Other').questions[0]!.text).not.toBe('Changed');
	});
});

describe('a form is refused', () => {
	const { questions } = surveyTemplate('x');
	const one = questions[0]!;
	it.each<[string, unknown]>([
		['without questions', []],
		['with too many', Array.from({ length: 26 }, (_, at) => ({ ...one, id: `q-${at}` }))],
		['with an id twice', [one, one]],
		['with an empty question', [{ ...one, text: ' ' }]],
		['with one choice', [{ ...one, kind: 'choice', options: ['only'] }]],
		['with a choice twice', [{ ...one, kind: 'choice', options: ['a', 'a'] }]],
		['of an unknown kind', [{ ...one, kind: 'essay' }]],
		['with an id that is markup', [{ ...one, id: '<b>' }]]
	])('%s', (_, wrong) => {
		expect(surveyFormSchema.safeParse({ title: 'T', anonymity: 'choice', questions: wrong }).success).toBe(
			false
		);
	});
});

describe('answers', () => {
	const questions: SurveyQuestion[] = [
		{ id: 'scale', heading: 'overall', kind: 'scale', text: 'a' },
		{ id: 'choice', heading: 'overall', kind: 'choice', text: 'b', options: ['x', 'y'] },
		{ id: 'words', heading: 'overall', kind: 'text', text: 'c' }
	];
	it('are kept as they were given; what is left out is left out', () => {
		expect(readAnswers(questions, { scale: 5, choice: 0, words: ' yes ' })).toEqual({
			answers: { scale: 5, choice: 0, words: 'yes' }
		});
		expect(readAnswers(questions, { choice: 1, words: '  ' })).toEqual({ answers: { choice: 1 } });
	});
	it.each<[unknown, string]>([
		[null, ''],
		['text', ''],
		[{}, 'scale'],
		[{ scale: 0 }, 'scale'],
		[{ scale: 6 }, 'scale'],
		[{ scale: 2.5 }, 'scale'],
		[{ scale: '3' }, 'scale'],
		[{ choice: 2 }, 'choice'],
		[{ choice: -1 }, 'choice'],
		[{ words: 3 }, 'words'],
		[{ words: 'x'.repeat(surveyLimits.words + 1) }, 'words'],
		[{ other: 1 }, 'other'],
		[{ __proto__: { scale: 1 } }, 'scale']
	])('%j is none', (given, question) => {
		expect(readAnswers(questions, given)).toMatchObject({ question });
	});
});
