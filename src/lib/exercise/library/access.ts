import { documentRight } from '../documents.ts';
import type { Actor, Exercise, ExerciseState, Role } from '../exercise/schema.ts';

/** Whoever plans or directs somewhere opens the library. */
export const librarianRoles = ['planner', 'director', 'controller'] as const;

const endedStates: ReadonlySet<ExerciseState> = new Set(['ended', 'evaluating', 'reported', 'closed']);

/** A cancelled exercise may be held another day with the same injects: its players wait too. */
export const hasEnded = (state: ExerciseState) => endedStates.has(state);

/**
 * Whether somebody must not see what comes from an exercise, or what it uses, because the person is there on the side
 * of those who are to be surprised (PROMISES P1). Until ENDEX every role but planning and exercise control counts, also
 * for whoever has another role beside it; evaluators count unless scripts are open to them.
 */
export function isSurprisedIn(exercise: Pick<Exercise, 'id' | 'state' | 'settings'>, actor: Actor): boolean {
	if (hasEnded(exercise.state)) return false;
	return actor.memberships.some((membership) => {
		if (isLibrarian(membership.role)) return false;
		if (membership.role !== 'evaluator') return true;
		const alone = { ...actor, memberships: [membership] };
		const right = documentRight({ exercise: exercise.id, kind: 'script', cell: 'central' }, alone, {
			settings: exercise.settings
		});
		return right === 'none';
	});
}

export const isLibrarian = (role: Role) => (librarianRoles as readonly Role[]).includes(role);
