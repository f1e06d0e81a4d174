import { z } from 'zod';
import { markAnswers, type MarkAnswer } from '#lib/standards/evaluation.ts';
import { command, notFound, refuse, type Decision } from '../decision.ts';
import type { InjectId, TeamId } from '../ids.ts';
import { evaluatesTeam, isControl, moderatesCountry } from '../exercise/access.ts';
import { id, type Exercise, type Team } from '../exercise/schema.ts';
import type { Inject } from './schema.ts';

/** What marking needs: the inject as it was released, at one team. */
export interface MarkState {
	exercise: Exercise;
	team: Team | null;
	/** null: no such inject here, or it was never approved */
	inject: Inject | null;
	/** it has come to the team */
	isDelivered: boolean;
	/** what is said of the expected actions for the team already */
	marked: ReadonlyMap<string, MarkAnswer>;
}

/**
 * Whether an expected action was met: said by who watches the team. Met is said once, and kept: conditions of other injects
 * may wait for it. What was met in part, or not, may still become better or be said again otherwise. Evaluators know what has come to their team and nothing else, so for them the rest does not exist.
 */
export const markAction = command({
	name: 'inject.markAction',
	input: z.object({
		inject: id<InjectId>(),
		team: id<TeamId>(),
		action: z.string().min(1).max(40),
		seen: z.enum(markAnswers, 'Say whether it was met, partly or not.').default('yes')
	}),
	decide({ exercise, team, inject, isDelivered, marked }: MarkState, { action, seen }, actor): Decision {
		if (!team || !inject) return notFound();
		if (!isControl(actor) && !moderatesCountry(actor, team.country) && !evaluatesTeam(actor, team.id))
			return notFound();
		if (!isDelivered)
			return isControl(actor)
				? refuse('not-now', 'This inject has not come to the team yet. Release it first.')
				: notFound();
		if (exercise.state !== 'running' && exercise.state !== 'paused')
			return refuse('not-now', 'Actions are marked between STARTEX and ENDEX.');
		const expected = inject.expectedActions.find((one) => one.id === action);
		if (!expected) return refuse('invalid', 'This inject expects no such action. Choose one of its list.');
		const before = marked.get(action);
		if (before === 'yes' || before === seen)
			return refuse('stale', 'Somebody has marked this action already.');
		return {
			facts: [
				{
					kind: 'action-marked',
					team: team.id,
					inject: inject.id,
					reference: inject.reference,
					title: inject.title,
					action,
					text: expected.text,
					...(seen !== 'yes' && { seen })
				}
			]
		};
	}
});
