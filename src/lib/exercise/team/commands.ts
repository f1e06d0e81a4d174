import { z } from 'zod';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { DeliveryId, QuestionId, TeamId } from '../ids.ts';
import { isControl, leads, moderatesCountry, playsIn } from '../exercise/access.ts';
import { id, longText, type Actor, type Exercise, type Team } from '../exercise/schema.ts';
import { decisionSchema, lateLogMs, logKinds } from './schema.ts';

export interface DeliveryRow {
	delivery: DeliveryId;
	team: TeamId;
	title: string;
	releasedAt: number;
	seenAt: number | null;
	acknowledgedAt: number | null;
	respondedAt: number | null;
}

export interface TeamCommandState {
	exercise: Exercise;
	/** the team that the command names or its delivery belongs to; null: no such team here */
	team: Team | null;
	/** the deliveries that the command names */
	deliveries: ReadonlyMap<string, DeliveryRow>;
	decisions: number;
	question?: { question: QuestionId; text: string; answered: boolean } | null;
}

/** Why a player cannot act in play now; null: go on. */
export function notInPlay(exercise: Exercise): Decision | null {
	if (exercise.state === 'running' || exercise.state === 'paused') return null;
	if (exercise.state === 'stopped') return refuse('not-now', 'The exercise is stopped for a real emergency.');
	return refuse('not-now', `This is possible between STARTEX and ENDEX; the exercise is ${exercise.state}.`);
}

/** The log stays open for an hour after ENDEX; such entries are marked late. */
export function logPhase(exercise: Exercise, wall: number): { late: boolean } | Decision {
	const refusal = notInPlay(exercise);
	if (!refusal) return { late: false };
	const endedAt = exercise.state === 'ended' ? exercise.clock.at(-1)?.wallStart : undefined;
	return endedAt !== undefined && wall - endedAt <= lateLogMs ? { late: true } : refusal;
}

function delivery(state: TeamCommandState, wanted: DeliveryId, actor: Actor): DeliveryRow | null {
	const row = state.deliveries.get(wanted);
	return row && playsIn(actor, row.team) ? row : null;
}

/** Exercise time between release and answer; none when the clock has jumped back behind the release. */
const afterRelease = (row: DeliveryRow, now: number | null) =>
	Math.max((now ?? row.releasedAt) - row.releasedAt, 0);

/** A player's screen showed them. Those that are seen already, or not the player's, are passed over. */
export const seeDeliveries = command({
	name: 'delivery.see',
	input: z.object({ deliveries: z.array(id<DeliveryId>()).min(1).max(200) }),
	decide(state: TeamCommandState, { deliveries }, actor): Decision {
		return {
			facts: deliveries.flatMap((wanted) => {
				const row = delivery(state, wanted, actor);
				return row && row.seenAt === null
					? [{ kind: 'delivery-seen' as const, team: row.team, delivery: row.delivery }]
					: [];
			})
		};
	}
});

export const acknowledgeDelivery = command({
	name: 'delivery.acknowledge',
	input: z.object({ delivery: id<DeliveryId>() }),
	decide(state: TeamCommandState, input, actor, { exercise: now }): Decision {
		const row = delivery(state, input.delivery, actor);
		if (!row) return notFound();
		const refusal = notInPlay(state.exercise);
		if (refusal) return refusal;
		if (row.acknowledgedAt !== null) return refuse('stale', 'Your team has acknowledged this already.');
		const { team, title } = row;
		return {
			facts: [
				{
					kind: 'delivery-acknowledged',
					team,
					delivery: row.delivery,
					title,
					afterMs: afterRelease(row, now)
				}
			]
		};
	}
});

export const respondToDelivery = command({
	name: 'delivery.respond',
	input: z.object({ delivery: id<DeliveryId>(), text: longText('Response') }),
	decide(state: TeamCommandState, { delivery: wanted, text }, actor, { exercise: now }): Decision {
		const row = delivery(state, wanted, actor);
		if (!row) return notFound();
		const refusal = notInPlay(state.exercise);
		if (refusal) return refusal;
		const { team, title } = row;
		return {
			facts: [
				{
					kind: 'delivery-responded',
					team,
					delivery: row.delivery,
					title,
					text,
					afterMs: afterRelease(row, now)
				}
			]
		};
	}
});

export const addToLog = command({
	name: 'log.add',
	input: z.object({
		team: id<TeamId>(),
		log: z.enum(logKinds).default('note'),
		text: longText('Log entry'),
		/** the entry that this one corrects: a log is never edited */
		correctionOf: z.string().max(40).optional()
	}),
	decide(state: TeamCommandState, { team, log, text, correctionOf }, actor, { wall }): Decision {
		if (!state.team || !playsIn(actor, team)) return notFound();
		const phase = logPhase(state.exercise, wall);
		if (!('late' in phase)) return phase;
		return {
			facts: [
				{
					kind: 'log-added',
					team,
					log,
					text,
					...(correctionOf && { correctionOf }),
					...(phase.late && { late: true })
				}
			]
		};
	}
});

export const recordDecision = command({
	name: 'decision.record',
	input: z.object({ team: id<TeamId>(), decision: decisionSchema }),
	decide(state: TeamCommandState, { team, decision }, actor, { wall }): Decision {
		if (!state.team || !playsIn(actor, team)) return notFound();
		if (!leads(actor, team)) return forbidden('The team lead records decisions.');
		const phase = logPhase(state.exercise, wall);
		if (!('late' in phase)) return phase;
		return { facts: [{ kind: 'decision-recorded', team, number: state.decisions + 1, decision }] };
	}
});

export const askQuestion = command({
	name: 'question.ask',
	input: z.object({ team: id<TeamId>(), text: longText('Question') }),
	decide(state: TeamCommandState, { team, text }, actor, { mint }: Moment): Decision {
		if (!state.team || !playsIn(actor, team)) return notFound();
		const refusal = notInPlay(state.exercise);
		if (refusal) return refusal;
		return { facts: [{ kind: 'question-asked', team, question: mint<QuestionId>(), text }] };
	}
});

export const answerQuestion = command({
	name: 'question.answer',
	input: z.object({ question: id<QuestionId>(), answer: longText('Answer') }),
	decide({ team, question }: TeamCommandState, { answer }, actor): Decision {
		if (!team || !question) return notFound();
		if (!isControl(actor) && !moderatesCountry(actor, team.country)) return notFound();
		if (question.answered) return refuse('stale', 'Somebody has answered this question already.');
		return {
			facts: [
				{
					kind: 'question-answered',
					team: team.id,
					question: question.question,
					asked: question.text,
					answer
				}
			]
		};
	}
});
