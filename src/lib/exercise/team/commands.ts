import { z } from 'zod';
import type { Refusal } from '#lib/errors.ts';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { LogFact } from '../facts.ts';
import type { DeliveryId, QuestionId, RecordId, TeamId } from '../ids.ts';
import { facilitatesTeam, isControl, leads, moderatesCountry, playsIn } from '../exercise/access.ts';
import { id, longText, type Actor, type Exercise, type Team } from '../exercise/schema.ts';
import { movedTo, nextDecisionStates, type DecisionStanding } from './decision.ts';
import { fileIds, namedFiles, type TeamFile } from './files.ts';
import { methaneHeadline, methaneSchema } from './methane.ts';
import { decisionSchema, lateLogMs, logKinds } from './schema.ts';

export interface DeliveryRow {
	delivery: DeliveryId;
	team: TeamId;
	title: string;
	releasedAt: number;
	seenAt: number | null;
	acknowledgedAt: number | null;
	respondedAt: number | null;
	/** exercise control took the inject back */
	isRecalled?: boolean;
}

export interface TeamCommandState {
	exercise: Exercise;
	/** the team that the command names or its delivery belongs to; null: no such team here */
	team: Team | null;
	/** the deliveries that the command names */
	deliveries: ReadonlyMap<string, DeliveryRow>;
	decisions: number;
	/** how the team's decisions stand, by number; only where a command concerns one */
	decided?: ReadonlyMap<number, DecisionStanding>;
	/** those of the input that are the team's */
	files?: ReadonlyMap<string, TeamFile>;
	/** the named incident is the team's */
	hasIncident?: boolean;
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

/** Why nothing can be added to a team's log now; null: go on. */
export function logClosed(exercise: Exercise, wall: number): Refusal | null {
	const phase = logPhase(exercise, wall);
	return 'refused' in phase ? phase.refused : null;
}

/** What was taken back asks nothing of the team any more. */
const recalled = (row: DeliveryRow): Decision | null =>
	row.isRecalled
		? refuse('not-now', 'Exercise control has recalled this inject. Nothing more is asked of your team.')
		: null;

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
		const refusal = notInPlay(state.exercise) ?? recalled(row);
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
		const refusal = notInPlay(state.exercise) ?? recalled(row);
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

/** What an entry of the log is linked to: files of the team, and the incident that it is about. */
const logLinks = {
	files: fileIds.default([]),
	incident: id<RecordId>().optional(),
	/** the entry that this one corrects: a log is never edited */
	correctionOf: z.string().max(40).optional()
};
type LogLinks = z.infer<z.ZodObject<typeof logLinks>>;

/** Who may write in the log now, and what the entry is linked to; else the refusal. */
export function logEntry(
	state: TeamCommandState,
	{ team, files: wanted, incident, correctionOf }: LogLinks & { team: TeamId },
	actor: Actor,
	wall: number,
	/** at a table the facilitator types what is said (DOMAIN 9.4): the entry has the facilitator's name */
	{ facilitatorsToo = false }: { facilitatorsToo?: boolean } = {}
): { entry: Pick<LogFact, 'team' | 'files' | 'incident' | 'correctionOf' | 'late'> } | Decision {
	const writes = playsIn(actor, team) || (facilitatorsToo && facilitatesTeam(actor, team));
	if (!state.team || !writes) return notFound();
	const phase = logPhase(state.exercise, wall);
	if (!('late' in phase)) return phase;
	const files = namedFiles(wanted, state.files);
	if (!files || (incident && !state.hasIncident)) return notFound();
	return {
		entry: {
			team,
			...(files.length > 0 && { files }),
			...(incident && { incident }),
			...(correctionOf && { correctionOf }),
			...(phase.late && { late: true })
		}
	};
}

export const addToLog = command({
	name: 'log.add',
	input: z.object({
		team: id<TeamId>(),
		log: z.enum(logKinds).default('note'),
		text: longText('Log entry'),
		...logLinks
	}),
	decide(state: TeamCommandState, { log, text, ...links }, actor, { wall }): Decision {
		const found = logEntry(state, links, actor, wall, { facilitatorsToo: true });
		if (!('entry' in found)) return found;
		return { facts: [{ kind: 'log-added', log, text, ...found.entry }] };
	}
});

/** A METHANE report: said in one breath on a telephone, kept field by field (DOMAIN 5.2). */
export const addMethane = command({
	name: 'log.methane',
	input: z.object({ team: id<TeamId>(), report: methaneSchema, ...logLinks }),
	decide(state: TeamCommandState, { report, ...links }, actor, { wall }): Decision {
		const found = logEntry(state, links, actor, wall);
		if (!('entry' in found)) return found;
		const text = methaneHeadline(report);
		return { facts: [{ kind: 'log-added', log: 'methane', text, methane: report, ...found.entry }] };
	}
});

export const recordDecision = command({
	name: 'decision.record',
	input: z.object({
		team: id<TeamId>(),
		decision: decisionSchema,
		/** the number of the decision in whose place this one comes */
		supersedes: z.number().int().min(1).optional()
	}),
	decide(state: TeamCommandState, { team, decision, supersedes }, actor, { wall }): Decision {
		if (!state.team || !playsIn(actor, team)) return notFound();
		if (!leads(actor, team)) return forbidden('The team lead records decisions.');
		const phase = logPhase(state.exercise, wall);
		if (!('late' in phase)) return phase;
		const number = state.decisions + 1;
		const recorded = { kind: 'decision-recorded' as const, team, number, decision };
		if (supersedes === undefined) return { facts: [recorded] };
		const before = state.decided?.get(supersedes);
		if (!before) return notFound();
		if (!nextDecisionStates(before.state).includes('superseded'))
			return refuse('stale', `Decision ${supersedes} is ${before.state} already.`);
		const { chosen } = before;
		return {
			facts: [
				recorded,
				{ kind: 'decision-moved', team, number: supersedes, chosen, to: 'superseded', reason: '', by: number }
			]
		};
	}
});

/** New facts about a decision, never a change of it (DOMAIN 7.6). */
export const moveDecision = command({
	name: 'decision.move',
	input: z.object({
		team: id<TeamId>(),
		number: z.number().int().min(1),
		to: z.enum(movedTo),
		reason: z.string().trim().max(4000).default('')
	}),
	decide(state: TeamCommandState, { team, number, to, reason }, actor, { wall }): Decision {
		if (!state.team || !playsIn(actor, team)) return notFound();
		const decision = state.decided?.get(number);
		if (!decision) return notFound();
		if (!leads(actor, team)) return forbidden('The team lead keeps the decisions.');
		const phase = logPhase(state.exercise, wall);
		if (!('late' in phase)) return phase;
		if (decision.state === to) return refuse('stale', `Decision ${number} is ${to} already.`);
		if (!nextDecisionStates(decision.state).includes(to))
			return refuse('not-now', `A decision that is “${decision.state}” cannot become “${to}” next.`);
		if (to !== 'implemented' && reason === '')
			return refuse('invalid', to === 'revoked' ? 'Say why it no longer holds.' : 'Say what came of it.');
		const { chosen } = decision;
		return { facts: [{ kind: 'decision-moved', team, number, chosen, to, reason }] };
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
	input: z.object({
		question: id<QuestionId>(),
		answer: longText('Answer'),
		/** the simulated body in whose name; none: exercise control itself */
		as: z.string().trim().min(1).max(80).optional()
	}),
	decide({ exercise, team, question }: TeamCommandState, { answer, as }, actor): Decision {
		if (!team || !question) return notFound();
		if (!isControl(actor) && !moderatesCountry(actor, team.country)) return notFound();
		if (question.answered) return refuse('stale', 'Somebody has answered this question already.');
		if (as !== undefined && !exercise.settings.simulatedBodies.includes(as))
			return refuse('invalid', 'There is no such simulated body. Choose one of the list.');
		return {
			facts: [
				{
					kind: 'question-answered',
					team: team.id,
					question: question.question,
					asked: question.text,
					answer,
					...(as && { as })
				}
			]
		};
	}
});
