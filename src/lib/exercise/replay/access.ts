import type { DocumentRef, Right } from '../documents.ts';
import { hasRole, isControl, seesConsole } from '../exercise/access.ts';
import type { Actor, ExerciseState } from '../exercise/schema.ts';

/** There is something to replay from STARTEX on. */
const beforeStart: readonly ExerciseState[] = ['draft', 'planned', 'ready'];
export const isReplayable = (state: ExerciseState): boolean => !beforeStart.includes(state);

/**
 * Whether a page may be read as it stood earlier, by somebody with this right to it as it is now. Never more than the right
 * says. Less for the review: whoever reads it only because it was opened to everybody gets what was opened, and not
 * what its writers had on it, and took off it, before.
 */
export function mayReplay(ref: DocumentRef, right: Right, actor: Actor): boolean {
	if (right === 'none') return false;
	if (ref.kind === 'review') return right === 'write' || isControl(actor) || hasRole(actor, 'evaluator');
	return true;
}

/** The console's figures as they stood: for those who see the console. */
export const replaysDeliveries = seesConsole;

/**
 * Whether something may be shown on a projector, before a whole room: what players read, or write themselves. Not what
 * exercise control, planners, moderators and evaluators have among themselves, nor an exchange between named people.
 */
export function isForProjector(
	ref: DocumentRef,
	/** of a channel: it is of named people, or of those alone who run the exercise */
	options: { isPrivate?: boolean; isForStaff?: boolean } = {}
): boolean {
	switch (ref.kind) {
		case 'timeline': {
			const { audience } = ref;
			if (audience.to === 'team') return true;
			if (audience.to !== 'channel') return false;
			return audience.channel.length !== 2 && options.isPrivate !== true && options.isForStaff !== true;
		}
		case 'worksheet':
		case 'review':
			return true;
		default:
			return false;
	}
}
