import type { Refusal } from '#lib/errors.ts';
import type { RetestRating } from '#lib/standards/capabilities.ts';
import type { AccountId } from '../exercise/ids.ts';
import { judgesOwn, type ActingPerson, type ActionStanding } from './action.ts';

/*
 * The life of a lesson (DOMAIN 7.8): observed -> identified -> agreed -> assigned -> implemented -> verified, which is
 * when it is learned: somebody else says so with evidence, or another exercise has tested it again and it went well.
 */
export const lessonStates = [
	'observed',
	'identified',
	'agreed',
	'assigned',
	'implemented',
	'verified'
] as const;
export type LessonState = (typeof lessonStates)[number];

export interface LessonStanding {
	state: LessonState;
	/** who reported it implemented */
	implementedBy: AccountId | null;
	/** the actions that it led to */
	actions: readonly ActionStanding[];
	/** the exercises that it came from, by id */
	sourceExercises: readonly string[];
	retests: readonly { exercise: string; rating: RetestRating | null; ratedBy: AccountId | null }[];
}

export type LessonAct =
	| { act: 'identify' }
	| { act: 'agree' }
	| { act: 'assign' }
	| { act: 'implement' }
	| { act: 'verify'; evidence: string; link: string }
	| { act: 'learn' };
export type LessonActKind = LessonAct['act'];
/** `learn`: by a retest in another exercise, instead of `verify`. */
export const lessonActs = ['identify', 'agree', 'assign', 'implement', 'verify', 'learn'] as const;

export const lessonTransitions: Readonly<Record<LessonActKind, { from: LessonState; to: LessonState }>> = {
	identify: { from: 'observed', to: 'identified' },
	agree: { from: 'identified', to: 'agreed' },
	assign: { from: 'agreed', to: 'assigned' },
	implement: { from: 'assigned', to: 'implemented' },
	verify: { from: 'implemented', to: 'verified' },
	learn: { from: 'implemented', to: 'verified' }
};

const done = (action: ActionStanding) => ['implemented', 'verified', 'closed'].includes(action.state);

/** Why somebody may not say that a lesson is learned; null where nothing is against it. */
function judgesOwnLesson(
	lesson: LessonStanding,
	by: Pick<ActingPerson, 'id' | 'organisation'>
): string | null {
	if (lesson.implementedBy === by.id)
		return 'You reported this lesson implemented: somebody else says whether it is learned.';
	return lesson.actions.some((action) => judgesOwn(action, by) !== null)
		? 'You or your organisation did what this lesson asked for: somebody else says whether it is learned.'
		: null;
}

/** A retest that shows the lesson learned: in an exercise that it did not come from, rated P or S by somebody else. */
export function provingRetest(lesson: LessonStanding): LessonStanding['retests'][number] | null {
	return (
		lesson.retests.find(
			({ exercise, rating, ratedBy }) =>
				(rating === 'P' || rating === 'S') &&
				!lesson.sourceExercises.includes(exercise) &&
				ratedBy !== null &&
				judgesOwnLesson(lesson, { id: ratedBy, organisation: null }) === null
		) ?? null
	);
}

export function lessonProblem(lesson: LessonStanding, kind: LessonActKind, by: ActingPerson): Refusal | null {
	const missing = (message: string): Refusal => ({ code: 'not-now', message });
	if (lesson.state !== lessonTransitions[kind].from)
		return missing(`This cannot be done while the lesson is ${lesson.state}.`);
	if (!by.keeps) return { code: 'forbidden', message: 'Who keeps the lessons of the country does this.' };
	const live = lesson.actions.filter(({ state }) => state !== 'rejected');
	switch (kind) {
		case 'assign':
			return live.length > 0 ? null : missing('Link the improvement action first that this lesson leads to.');
		case 'implement':
			return live.length > 0 && live.every(done)
				? null
				: missing('The actions of this lesson are not all implemented yet.');
		case 'verify': {
			const own = judgesOwnLesson(lesson, by);
			return own ? { code: 'forbidden', message: own } : null;
		}
		case 'learn':
			return provingRetest(lesson)
				? null
				: missing('No other exercise has tested this lesson again with rating P or S.');
		default:
			return null;
	}
}

export function decideLesson(
	lesson: LessonStanding,
	act: LessonAct,
	by: ActingPerson
): { ok: true; change: { state: LessonState; implementedBy?: AccountId } } | { ok: false; refusal: Refusal } {
	const refusal = lessonProblem(lesson, act.act, by);
	if (refusal) return { ok: false, refusal };
	if (act.act === 'verify' && !act.evidence.trim())
		return {
			ok: false,
			refusal: { code: 'invalid', message: 'Say by what it can be seen that the lesson is learned.' }
		};
	const { to: state } = lessonTransitions[act.act];
	return { ok: true, change: { state, ...(act.act === 'implement' && { implementedBy: by.id }) } };
}

/** How many exercises a lesson came from; it is recurring from two on. */
export const occurrences = (sourceExercises: readonly string[]): number => new Set(sourceExercises).size;
export const isRecurring = (sourceExercises: readonly string[]): boolean => occurrences(sourceExercises) > 1;
