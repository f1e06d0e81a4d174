import { z } from 'zod';
import { tlpIds } from '#lib/standards/tlp.ts';
import { command, forbidden, notFound, refuse, type Decision } from '../decision.ts';
import type { InjectId, TeamId } from '../ids.ts';
import {
	consoleScope,
	facilitatesTeam,
	isControl,
	moderatesCountry,
	seesConsole
} from '../exercise/access.ts';
import { id, longText, type Exercise, type Team } from '../exercise/schema.ts';
import { catchUpLimits } from '../inject/line.ts';
import { staysInside } from '../inject/release.ts';
import type { Inject } from '../inject/schema.ts';
import { notInPlay, type TeamCommandState } from '../team/commands.ts';

/** A word from exercise control to one team: a nudge in the right direction, not a part of the scenario. */
export const promptTeam = command({
	name: 'team.prompt',
	input: z.object({ team: id<TeamId>(), text: longText('Message'), tlp: z.enum(tlpIds).default('green') }),
	decide({ exercise, team }: TeamCommandState, { text, tlp }, actor): Decision {
		if (!team) return notFound();
		if (!isControl(actor) && !moderatesCountry(actor, team.country) && !facilitatesTeam(actor, team.id))
			return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		return { facts: [{ kind: 'team-prompted', team: team.id, text, tlp }] };
	}
});

export interface CatchUpState {
	exercise: Exercise;
}
const controlOnly = () => forbidden('Only exercise control does this.');
const nothing = z.object({}).strict();
const isOver = ({ state }: Exercise) =>
	['ended', 'evaluating', 'reported', 'closed', 'cancelled'].includes(state);

/** Nothing that waits in line goes out; what is scheduled from now on does. */
export const holdCatchUp = command({
	name: 'catchUp.hold',
	// what is being released now is out before it is held
	exclusive: true,
	input: nothing,
	decide({ exercise }: CatchUpState, _input, actor): Decision {
		if (!isControl(actor)) return controlOnly();
		if (isOver(exercise)) return refuse('not-now', 'After ENDEX nothing is released.');
		if (exercise.catchUp?.held) return refuse('stale', 'The line is held already.');
		return { facts: [{ kind: 'catch-up-held' }] };
	}
});

export const resumeCatchUp = command({
	name: 'catchUp.resume',
	exclusive: true,
	input: nothing,
	decide({ exercise }: CatchUpState, _input, actor): Decision {
		if (!isControl(actor)) return controlOnly();
		if (!exercise.catchUp?.held) return refuse('stale', 'The line is not held.');
		return { facts: [{ kind: 'catch-up-resumed' }] };
	}
});

export const setCatchUpRate = command({
	name: 'catchUp.setRate',
	input: z.object({
		perMinute: z
			.number('Injects a minute: write a number.')
			.int('Injects a minute: write a whole number.')
			.min(catchUpLimits.slowest, `Injects a minute: at least ${catchUpLimits.slowest}.`)
			.max(catchUpLimits.fastest, `Injects a minute: at most ${catchUpLimits.fastest}.`)
	}),
	decide({ exercise }: CatchUpState, { perMinute }, actor): Decision {
		if (!isControl(actor)) return controlOnly();
		if (isOver(exercise)) return refuse('not-now', 'After ENDEX nothing is released.');
		return { facts: [{ kind: 'catch-up-rate-set', perMinute }] };
	}
});

export interface SuggestionState {
	exercise: Exercise;
	team: Team | null;
	/** the contingency inject, and the teams that it reaches; null: there is no such inject here */
	contingency: { inject: Inject; teams: readonly Team[]; waits: boolean } | null;
	/** the inject whose action was missed, if it has come to the team */
	missed: Inject | null;
}

/** Looked at, and not used: with the reason, so that nobody asks again. */
export const dismissSuggestion = command({
	name: 'suggestion.dismiss',
	input: z.object({
		inject: id<InjectId>(),
		team: id<TeamId>(),
		missed: z.object({ inject: id<InjectId>(), action: z.string().min(1).max(40) }),
		note: longText('Note')
	}),
	decide({ exercise, team, contingency, missed }: SuggestionState, { missed: of, note }, actor): Decision {
		if (!seesConsole(actor) || !team || !contingency || !missed) return notFound();
		if (!staysInside([team], consoleScope(actor))) return notFound();
		// what is not written for this team, a moderator need not know of
		if (!contingency.teams.some((one) => one.id === team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const { inject, waits } = contingency;
		if (!waits) return refuse('stale', 'This inject does not wait in reserve any more.');
		const action = missed.expectedActions.find((one) => one.id === of.action);
		if (inject.schedule.mode !== 'contingency' || !action)
			return refuse('invalid', 'This is no suggestion: look at the list again.');
		return {
			facts: [
				{
					kind: 'suggestion-dismissed',
					team: team.id,
					inject: inject.id,
					reference: inject.reference,
					title: inject.title,
					missed: { inject: missed.id, action: action.id, reference: missed.reference, text: action.text },
					note
				}
			]
		};
	}
});

export const conductCommands = {
	'team.prompt': promptTeam,
	'catchUp.hold': holdCatchUp,
	'catchUp.resume': resumeCatchUp,
	'catchUp.setRate': setCatchUpRate,
	'suggestion.dismiss': dismissSuggestion
} as const;
