import { z } from 'zod';
import { countryCodes } from '#lib/standards/countries.ts';
import { tlpIds } from '#lib/standards/tlp.ts';
import { command, forbidden, notFound, refuse, type Decision } from '../decision.ts';
import { hasRole, isControl, isDirector } from './access.ts';
import { recipientTeams } from '../inject/release.ts';
import { isReal } from './kind.ts';
import { clockRateLimits, continueAt, lastRate } from './clock.ts';
import {
	exerciseStates,
	instant,
	longText,
	teamLevels,
	type Exercise,
	type ExerciseState,
	type Team
} from './schema.ts';

export interface ExerciseCommandState {
	exercise: Exercise;
	/** for the guards of STARTEX */
	readiness: {
		teams: number;
		approvedInjects: number;
		directors: number;
		/** the communication check was ended, or waived with a reason; always so in a rehearsal */
		communicationChecked: boolean;
	};
}

/** Lifecycle steps that do not move the clock (DOMAIN 7.1). */
const steps: Partial<Record<ExerciseState, ExerciseState[]>> = {
	draft: ['planned', 'ready', 'cancelled'],
	planned: ['draft', 'ready', 'cancelled'],
	ready: ['planned', 'cancelled'],
	ended: ['evaluating'],
	evaluating: ['reported'],
	reported: ['evaluating', 'closed']
};

/** The states to which the director may move it now, apart from the clock's own commands. */
export function nextStates(state: ExerciseState): readonly ExerciseState[] {
	return steps[state] ?? [];
}

/** What is missing before STARTEX, as sentences; empty when it can start. */
export function startProblems(
	readiness: Omit<ExerciseCommandState['readiness'], 'communicationChecked'>
): string[] {
	return [
		...(readiness.directors === 0 ? ['Nobody is the director.'] : []),
		...(readiness.teams === 0 ? ['There is no team yet.'] : []),
		...(readiness.approvedInjects === 0 ? ['No inject is approved yet.'] : [])
	];
}

/** `ready` is a promise to everybody that they were reached; STARTEX itself does not wait for it (DOMAIN 7.1). */
export function readyProblems(readiness: ExerciseCommandState['readiness']): string[] {
	return [
		...startProblems(readiness),
		...(readiness.communicationChecked
			? []
			: ['The communication check is not done. End one, or waive it with a reason, on the page Readiness.'])
	];
}

const directorOnly = () => forbidden('Only the exercise director does this.');
const controlOnly = () => forbidden('Only exercise control does this.');
const nothing = z.object({}).strict();

export const advanceExercise = command({
	name: 'exercise.advance',
	exclusive: true,
	input: z.object({ to: z.enum(exerciseStates), reason: z.string().trim().max(1000).optional() }),
	decide({ exercise, readiness }: ExerciseCommandState, { to, reason }, actor): Decision {
		if (!isDirector(actor)) return directorOnly();
		if (!nextStates(exercise.state).includes(to))
			return refuse('not-now', `An exercise that is ${exercise.state} cannot become ${to}.`);
		const problems = to === 'ready' ? readyProblems(readiness) : [];
		if (problems.length > 0) return refuse('not-now', problems.join(' '));
		return { facts: [{ kind: 'exercise-advanced', from: exercise.state, to, ...(reason && { reason }) }] };
	}
});

export const startExercise = command({
	name: 'exercise.start',
	exclusive: true,
	input: nothing,
	decide({ exercise, readiness }: ExerciseCommandState, _input, actor, { wall }): Decision {
		if (!isDirector(actor)) return directorOnly();
		if (!['draft', 'planned', 'ready'].includes(exercise.state))
			return refuse('not-now', `STARTEX is not possible: the exercise is ${exercise.state}.`);
		const problems = startProblems(readiness);
		if (problems.length > 0) return refuse('not-now', `STARTEX is not possible yet. ${problems.join(' ')}`);
		const segment = { wallStart: wall, exerciseStart: exercise.startsAt, rate: 1 };
		return {
			facts: [
				...(exercise.state === 'ready'
					? []
					: [{ kind: 'exercise-advanced' as const, from: exercise.state, to: 'ready' as const }]),
				{ kind: 'exercise-started', segment }
			]
		};
	}
});

export const pauseClock = command({
	name: 'clock.pause',
	exclusive: true,
	input: z.object({ reason: z.string().trim().max(1000).optional() }),
	decide({ exercise }: ExerciseCommandState, { reason }, actor, { wall }): Decision {
		if (!isControl(actor)) return controlOnly();
		if (exercise.state !== 'running') return refuse('not-now', 'The clock is not running.');
		return {
			facts: [
				{
					kind: 'clock-paused',
					segment: continueAt(exercise.clock, wall, { rate: 0 }),
					...(reason && { reason })
				}
			]
		};
	}
});

export const resumeClock = command({
	name: 'clock.resume',
	exclusive: true,
	input: nothing,
	decide({ exercise }: ExerciseCommandState, _input, actor, { wall }): Decision {
		if (!isControl(actor)) return controlOnly();
		if (exercise.state !== 'paused') return refuse('not-now', 'The clock is not paused.');
		return {
			facts: [
				{
					kind: 'clock-resumed',
					segment: continueAt(exercise.clock, wall, { rate: lastRate(exercise.clock) })
				}
			]
		};
	}
});

export const setClockRate = command({
	name: 'clock.setRate',
	exclusive: true,
	input: z.object({ rate: z.number().min(clockRateLimits.lowest).max(clockRateLimits.highest) }),
	decide({ exercise }: ExerciseCommandState, { rate }, actor, { wall }): Decision {
		if (!isControl(actor)) return controlOnly();
		if (exercise.state !== 'running')
			return refuse('not-now', 'The rate can be changed while the clock runs. Resume first.');
		return {
			facts: [{ kind: 'clock-rate-set', segment: continueAt(exercise.clock, wall, { rate }), rate }]
		};
	}
});

export const jumpClock = command({
	name: 'clock.jump',
	exclusive: true,
	input: z.object({ to: instant, reason: longText('Reason') }),
	decide({ exercise }: ExerciseCommandState, { to, reason }, actor, { wall, exercise: from }): Decision {
		if (!isControl(actor)) return controlOnly();
		if ((exercise.state !== 'running' && exercise.state !== 'paused') || from === null)
			return refuse('not-now', 'The clock can jump between STARTEX and ENDEX only.');
		return {
			facts: [
				{
					kind: 'clock-jumped',
					segment: continueAt(exercise.clock, wall, { exercise: to }),
					from,
					to,
					reason
				}
			]
		};
	}
});

export const endExercise = command({
	name: 'exercise.end',
	exclusive: true,
	input: nothing,
	decide({ exercise }: ExerciseCommandState, _input, actor, { wall }): Decision {
		if (!isDirector(actor)) return directorOnly();
		if (exercise.state !== 'running' && exercise.state !== 'paused')
			return refuse(
				'not-now',
				isReal(exercise)
					? 'The incident is closed already.'
					: `ENDEX is not possible: the exercise is ${exercise.state}.`
			);
		// the clock of a real room is the wall's: it goes on when the incident is over
		const rate = isReal(exercise) ? 1 : 0;
		return { facts: [{ kind: 'exercise-ended', segment: continueAt(exercise.clock, wall, { rate }) }] };
	}
});

/** Real emergency: anybody in the exercise stops it (DOMAIN 4.5, rule 6). */
export const stopExercise = command({
	name: 'exercise.stop',
	exclusive: true,
	input: z.object({ reason: z.string().trim().max(1000).default('') }),
	decide({ exercise }: ExerciseCommandState, { reason }, actor, { wall }): Decision {
		if (actor.memberships.length === 0) return notFound();
		if (exercise.state === 'stopped') return refuse('not-now', 'The exercise is stopped already.');
		if (exercise.state !== 'running' && exercise.state !== 'paused')
			return refuse('not-now', 'There is no play to stop.');
		return {
			facts: [{ kind: 'exercise-stopped', segment: continueAt(exercise.clock, wall, { rate: 0 }), reason }]
		};
	}
});

export const liftStop = command({
	name: 'exercise.liftStop',
	exclusive: true,
	input: z.object({ to: z.enum(['running', 'paused', 'ended']) }),
	decide({ exercise }: ExerciseCommandState, { to }, actor, { wall }): Decision {
		if (!isDirector(actor)) return forbidden('Only the exercise director ends the emergency stop.');
		if (exercise.state !== 'stopped') return refuse('not-now', 'The exercise is not stopped.');
		const rate = to === 'running' ? lastRate(exercise.clock) : 0;
		const segment = continueAt(exercise.clock, wall, { rate });
		return {
			facts: [
				{ kind: 'stop-lifted', to: 'paused' },
				...(to === 'running' ? [{ kind: 'clock-resumed' as const, segment }] : []),
				// ENDEX is now, not when it was stopped: the hour for late log entries counts from its segment
				...(to === 'ended' ? [{ kind: 'exercise-ended' as const, segment }] : [])
			]
		};
	}
});

export interface AnnouncementState {
	exercise: Exercise;
	/** those that there are, when it is not for everybody */
	teams?: readonly Team[];
}

/** To everybody, or to the teams of some countries or levels: those that are there when it is said. */
export const makeAnnouncement = command({
	name: 'announcement.make',
	input: z.object({
		text: longText('Announcement'),
		tlp: z.enum(tlpIds).default('green'),
		to: z
			.object({
				countries: z.array(z.enum(countryCodes)).max(countryCodes.length).default([]),
				levels: z.array(z.enum(teamLevels)).max(teamLevels.length).default([])
			})
			.optional()
	}),
	decide({ exercise, teams = [] }: AnnouncementState, { text, tlp, to }, actor): Decision {
		if (!hasRole(actor, 'director', 'controller')) return controlOnly();
		if (['closed', 'cancelled'].includes(exercise.state)) return refuse('not-now', 'The exercise is over.');
		if (!to) return { facts: [{ kind: 'announcement-made', text, tlp }] };
		const reached = recipientTeams({ all: false, teams: [], ...to }, teams).map((team) => team.id);
		if (reached.length === 0)
			return refuse('invalid', 'This reaches no team. Choose countries or levels, or tell everybody.');
		return {
			facts: [{ kind: 'announcement-made', text, tlp, to: { ...to, teams: reached } }],
			result: { teams: reached.length }
		};
	}
});

/** The state in which a fact leaves the exercise; null: unchanged. */
export function stateAfter(fact: { kind: string; to?: unknown }): ExerciseState | null {
	switch (fact.kind) {
		case 'exercise-advanced':
			return fact.to as ExerciseState;
		case 'exercise-started':
		case 'clock-resumed':
			return 'running';
		case 'clock-paused':
			return 'paused';
		case 'exercise-stopped':
			return 'stopped';
		case 'stop-lifted':
			return fact.to === 'ended' ? 'ended' : 'paused';
		case 'exercise-ended':
			return 'ended';
		default:
			return null;
	}
}
