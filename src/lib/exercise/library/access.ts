import { documentRight } from '../documents.ts';
import { isControl } from '../exercise/access.ts';
import {
	cellIds,
	type Actor,
	type CellId,
	type Exercise,
	type ExerciseState,
	type Role
} from '../exercise/schema.ts';

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

/**
 * The cells of an exercise from whose scripts somebody there may see items before ENDEX; null: from all, and from where
 * nobody knows. A planner reads no other country's script, and must not read it in the library either (PROMISES P1).
 */
export function openSources(
	exercise: Pick<Exercise, 'id' | 'state' | 'settings'>,
	actor: Actor
): CellId[] | null {
	if (hasEnded(exercise.state) || isControl(actor)) return null;
	return cellIds.filter(
		(cell) =>
			documentRight({ exercise: exercise.id, kind: 'script', cell }, actor, {
				settings: exercise.settings
			}) !== 'none'
	);
}

export const isLibrarian = (role: Role) => (librarianRoles as readonly Role[]).includes(role);
