import { z } from 'zod';
import { command, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { AccountId, DeliveryId, EntryId, GuideId, GuideTaskId, ObservationId, TeamId } from '../ids.ts';
import { exerciseTimeAt } from '../exercise/clock.ts';
import { notesOn } from '../exercise/access.ts';
import { id, type Exercise, type Team } from '../exercise/schema.ts';
import type { Guide } from './guide.ts';
import {
	evaluationLimits,
	observationInput,
	rateInput,
	seeActionInput,
	type Evidence,
	type GuideRef,
	type Noted,
	type ObservationContent
} from './schema.ts';

export interface EvaluationState {
	exercise: Exercise;
	team: Team | null;
	/** the guide that the command names; null: none, or there is no such guide */
	guide: Guide | null;
	/** the observation that the command names, of that team */
	observation: { id: ObservationId; author: AccountId | null; isWithdrawn: boolean } | null;
	/** those of the named entries that the team's own timelines have */
	evidence: ReadonlyMap<EntryId, Evidence>;
	/** the inject that came to the team with the named delivery */
	delivered: { delivery: DeliveryId; title: string; expected: { id: string; text: string }[] } | null;
}

/** From STARTEX until the report is made: forms are completed days after ENDEX (DOMAIN 9.5). */
function notNow({ state }: Exercise): Decision | null {
	return ['running', 'paused', 'stopped', 'ended', 'evaluating'].includes(state)
		? null
		: refuse('not-now', 'Observations are noted from STARTEX until the report is made.');
}

/** What came at once has the server's times; a clock that runs ahead, or lies back further than a device keeps things, says nothing: the server's own times stand. */
function noted(exercise: Exercise, at: number | undefined, now: number): { noted?: Noted } {
	if (at === undefined || at > now - evaluationLimits.promptMs || at < now - evaluationLimits.notedMs)
		return {};
	return { noted: { wallAt: at, exerciseAt: exerciseTimeAt(exercise.clock, at) } };
}

/** The place in a guide, in its words; a refusal where there is none. The guide need not be assigned: evaluators may look further. */
function placeIn(guide: Guide | null, task: GuideTaskId | null): GuideRef | Decision {
	const found = guide?.tasks.find((one) => one.id === task);
	if (!guide || (task !== null && !found))
		return refuse('invalid', 'This guide or task is not there any more. Choose it again.');
	return {
		guide: guide.id,
		task,
		objective: guide.objective,
		capability: guide.capability,
		words: found?.text ?? (guide.objectiveText || guide.target)
	};
}

interface Written extends Omit<ObservationContent, 'evidence' | 'about'> {
	evidence: EntryId[];
	about: { guide: GuideId; task: GuideTaskId | null } | null;
}

function contentOf({ guide, evidence }: EvaluationState, written: Written): ObservationContent | Decision {
	const { sort, text, rating } = written;
	if (text === '' && written.evidence.length === 0)
		return refuse('invalid', 'Write what you saw, or choose an entry of the timeline as evidence.');
	const found = [...new Set(written.evidence)].map((entry) => evidence.get(entry));
	if (found.some((one) => one === undefined))
		return refuse('invalid', 'An entry that you chose is not on this team’s timeline.');
	const about = written.about === null ? null : placeIn(guide, written.about.task);
	if (about !== null && !('guide' in about)) return about;
	return { sort, text, evidence: found as Evidence[], about, rating };
}

export const observe = command({
	name: 'evaluation.observe',
	input: z.object({ team: id<TeamId>(), ...observationInput }),
	decide(state: EvaluationState, { notedAt, ...input }, actor, { mint, wall }: Moment): Decision {
		const { exercise, team } = state;
		if (!team || !notesOn(actor, team.id)) return notFound();
		const refusal = notNow(exercise);
		if (refusal) return refusal;
		const content = contentOf(state, input);
		if (!('sort' in content)) return content;
		const observation = mint<ObservationId>();
		return {
			facts: [
				{
					kind: 'observation-recorded',
					team: team.id,
					observation,
					content,
					...noted(exercise, notedAt, wall)
				}
			],
			result: { observation }
		};
	}
});

/** The whole of it again, by whoever noted it. */
export const correctObservation = command({
	name: 'evaluation.correct',
	input: z.object({ team: id<TeamId>(), observation: id<ObservationId>(), ...observationInput }),
	decide(state: EvaluationState, { notedAt, ...input }, actor, { wall }: Moment): Decision {
		const { exercise, team, observation } = state;
		if (!team || !notesOn(actor, team.id) || !observation) return notFound();
		const refusal = notNow(exercise) ?? ownAndStanding(observation, actor.accountId);
		if (refusal) return refusal;
		const content = contentOf(state, input);
		if (!('sort' in content)) return content;
		return {
			facts: [
				{
					kind: 'observation-corrected',
					team: team.id,
					observation: observation.id,
					content,
					...noted(exercise, notedAt, wall)
				}
			]
		};
	}
});

export const withdrawObservation = command({
	name: 'evaluation.withdraw',
	input: z.object({
		team: id<TeamId>(),
		observation: id<ObservationId>(),
		reason: z.string().trim().max(evaluationLimits.reason).default('')
	}),
	decide({ exercise, team, observation }: EvaluationState, { reason }, actor): Decision {
		if (!team || !notesOn(actor, team.id) || !observation) return notFound();
		const refusal = notNow(exercise) ?? ownAndStanding(observation, actor.accountId);
		if (refusal) return refusal;
		return {
			facts: [{ kind: 'observation-withdrawn', team: team.id, observation: observation.id, reason }]
		};
	}
});

function ownAndStanding(
	{ author, isWithdrawn }: NonNullable<EvaluationState['observation']>,
	me: AccountId
): Decision | null {
	if (author !== me)
		return refuse('forbidden', 'Who noted an observation corrects it: note your own beside it.');
	return isWithdrawn ? refuse('stale', 'This observation was withdrawn: note a new one.') : null;
}

/** Each evaluator has a rating of their own for each task and objective; the last one counts, all stay in the record. */
export const rate = command({
	name: 'evaluation.rate',
	input: rateInput,
	decide(
		{ exercise, team, guide }: EvaluationState,
		{ task, rating, reason, notedAt },
		actor,
		{ wall }: Moment
	): Decision {
		if (!team || !notesOn(actor, team.id)) return notFound();
		const refusal = notNow(exercise);
		if (refusal) return refusal;
		const about = placeIn(guide, task);
		if (!('guide' in about)) return about;
		return {
			facts: [
				{
					kind: 'rating-given',
					team: team.id,
					about,
					rating,
					reason,
					...noted(exercise, notedAt, wall)
				}
			]
		};
	}
});

/** Whether an expected action was seen; what did not come to the team does not exist for its evaluators (P1). */
export const seeAction = command({
	name: 'evaluation.seeAction',
	input: seeActionInput,
	decide(
		{ exercise, team, delivered }: EvaluationState,
		{ action, seen, notedAt },
		actor,
		{ wall }: Moment
	): Decision {
		if (!team || !notesOn(actor, team.id) || !delivered) return notFound();
		const refusal = notNow(exercise);
		if (refusal) return refusal;
		const expected = delivered.expected.find((one) => one.id === action);
		if (!expected) return refuse('invalid', 'This inject expects no such action. Choose one of its list.');
		return {
			facts: [
				{
					kind: 'action-observed',
					team: team.id,
					delivery: delivered.delivery,
					title: delivered.title,
					action,
					text: expected.text,
					seen,
					...noted(exercise, notedAt, wall)
				}
			]
		};
	}
});

export const evaluationCommands = {
	'evaluation.observe': observe,
	'evaluation.correct': correctObservation,
	'evaluation.withdraw': withdrawObservation,
	'evaluation.rate': rate,
	'evaluation.seeAction': seeAction
} as const;
