import type { SurveyAnswers } from '#lib/exercise/survey/schema.ts';
import { surveyTemplate } from '#lib/exercise/survey/template.ts';
import { conclusions, feedback } from './last-year-feedback.ts';
import type { LastYear } from './last-year.ts';

/*
 * The feedback survey of the year before: sent with the questions that are proposed, answered by most people of two countries,
 * by too few of a third to be told apart, and closed.
 */
export async function surveyLastYear({ setting }: LastYear): Promise<void> {
	const { services, open } = setting;
	const lead = async () => open('Facilitator');
	{
		const { exercise, actor } = await lead();
		await services.survey.make(exercise, actor);
		await services.survey.open(exercise, actor);
	}
	for (const [at, name] of feedback.people.entries()) {
		const { exercise, actor } = await open(name);
		await services.survey.answer(exercise, actor, {
			answers: answersOf(at),
			anonymous: !feedback.named.includes(name),
			receipt: ''
		});
	}
	const { exercise, actor } = await lead();
	await services.survey.close(exercise, actor);
	await services.survey.conclude(exercise, actor, conclusions);
}

/** What the one at this place answers; `null` in the list: leaves the question out. */
function answersOf(at: number): SurveyAnswers {
	const answers: SurveyAnswers = {};
	for (const { id, kind } of surveyTemplate('').questions) {
		const value =
			kind === 'text'
				? feedback.words[id]?.[at]
				: feedback.steps[id]?.at(at % (feedback.steps[id]?.length ?? 1));
		if (value !== undefined && value !== null) answers[id] = value;
	}
	return answers;
}
