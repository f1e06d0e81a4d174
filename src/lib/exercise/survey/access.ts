import { hasRole, isControl, isDirector, isFacilitator } from '../exercise/access.ts';
import type { Actor, ExerciseState } from '../exercise/schema.ts';
import { isAfterEndex } from '../statistics/access.ts';
import type { SurveyState } from './schema.ts';

/** Makes, opens and closes the survey: who writes the review. */
export const leadsSurvey = (actor: Actor) => isFacilitator(actor) || isDirector(actor);

/** Everybody in the exercise answers once, while it is open. */
export const answersSurvey = (actor: Actor, state: SurveyState) =>
	state === 'open' && actor.memberships.length > 0;

/**
 * How much of the results somebody reads. `all`: groups and words, from the moment it is closed, for whoever writes the
 * after-action report; `counts`: what all together answered, once somebody has drawn the conclusions, for everybody who
 * was asked. Nothing while it is open: what two looks differ by would be one person's answer.
 */
export function resultsFor(actor: Actor, state: SurveyState): 'all' | 'counts' | null {
	if (actor.memberships.length === 0 || (state !== 'closed' && state !== 'analysed')) return null;
	if (leadsSurvey(actor) || isControl(actor) || hasRole(actor, 'evaluator')) return 'all';
	return state === 'analysed' ? 'counts' : null;
}

/**
 * A survey is made and written until the exercise is closed: then its report is out, and nobody is asked any more. One that is
 * open by then goes on: people were promised to be heard, and it is closed and concluded as any other (DOMAIN 9.7).
 */
export const mayBeMade = (state: ExerciseState) => state !== 'closed' && state !== 'cancelled';

/** From ENDEX on, until the exercise is closed. */
export const mayBeOpened = (state: ExerciseState) => isAfterEndex(state) && mayBeMade(state);

/** Why the survey cannot go from one state to another; null: it can. Never back, because figures were read. */
export function moveProblem(from: SurveyState, to: SurveyState, exercise: ExerciseState): string | null {
	const next: Partial<Record<SurveyState, SurveyState>> = {
		draft: 'open',
		open: 'closed',
		closed: 'analysed'
	};
	if (next[from] !== to) return 'The survey is not at that point: reload the page.';
	if (to === 'open' && !mayBeOpened(exercise))
		return 'The survey opens after ENDEX, as long as the exercise is not closed.';
	return null;
}
