import { describe, expect, it } from 'vitest';
import type { Command, Decision } from '#lib/exercise/decision.ts';
import {
	advanceExercise,
	endExercise,
	jumpClock,
	liftStop,
	makeAnnouncement,
	pauseClock,
	resumeClock,
	setClockRate,
	startExercise,
	stateAfter,
	stopExercise,
	type ExerciseCommandState
} from '#lib/exercise/exercise/commands.ts';
import { exerciseStates, type Actor, type ExerciseState } from '#lib/exercise/exercise/schema.ts';
import {
	answerOf,
	controller,
	director,
	exercise,
	factOf,
	factsOf,
	facilitator,
	frenchLead,
	greekEvaluator,
	greekModerator,
	greekPlanner,
	greekPlayer,
	minute,
	moment,
	observer,
	sentenceOf,
	startex,
	stranger,
	wallAtStart
} from './factories.ts';

const readiness = { teams: 2, approvedInjects: 3, directors: 1, communicationChecked: true };
const stateOf = (state: ExerciseState, ready = readiness): ExerciseCommandState => ({
	exercise: exercise(state),
	readiness: ready
});

/** Decides half an hour after STARTEX, with the input as the wire would give it. */
function decide<Name extends string, Input>(
	command: Command<Name, Input, ExerciseCommandState>,
	state: ExerciseState | ExerciseCommandState,
	actor: Actor,
	input: unknown = {}
): Decision {
	const given = typeof state === 'string' ? stateOf(state) : state;
	return command.decide(given, command.input.parse(input), actor, moment(given.exercise, 30));
}

/** The state that the facts lead to. */
const leadsTo = (decision: Decision): ExerciseState | null =>
	factsOf(decision).reduce<ExerciseState | null>((state, fact) => stateAfter(fact) ?? state, null);

describe('the lifecycle of an exercise', () => {
	/** What each act of the director makes of each state; a dash is refused as `not-now`. */
	const table: Record<ExerciseState, string> = {
		//          start    pause  resume  end   stop    lift to running, paused, ended
		draft: '    running  -      -       -     -       -       -      -',
		planned: '  running  -      -       -     -       -       -      -',
		ready: '    running  -      -       -     -       -       -      -',
		running: '  -        paused -       ended stopped -       -      -',
		paused: '   -        -      running ended stopped -       -      -',
		stopped: '  -        -      -       -     -       running paused ended',
		ended: '    -        -      -       -     -       -       -      -',
		evaluating: '-       -      -       -     -       -       -      -',
		reported: ' -        -      -       -     -       -       -      -',
		closed: '   -        -      -       -     -       -       -      -',
		cancelled: '-        -      -       -     -       -       -      -'
	};
	const acts: { name: string; of: (state: ExerciseState) => Decision }[] = [
		{ name: 'STARTEX', of: (state) => decide(startExercise, state, director) },
		{ name: 'pause', of: (state) => decide(pauseClock, state, director) },
		{ name: 'resume', of: (state) => decide(resumeClock, state, director) },
		{ name: 'ENDEX', of: (state) => decide(endExercise, state, director) },
		{ name: 'emergency stop', of: (state) => decide(stopExercise, state, director) },
		{ name: 'stop lifted, running', of: (state) => decide(liftStop, state, director, { to: 'running' }) },
		{ name: 'stop lifted, paused', of: (state) => decide(liftStop, state, director, { to: 'paused' }) },
		{ name: 'stop lifted, ended', of: (state) => decide(liftStop, state, director, { to: 'ended' }) }
	];
	for (const state of exerciseStates)
		for (const [i, act] of acts.entries()) {
			const expected = table[state].trim().split(/\s+/)[i]!;
			it(`[P7] ${act.name} while ${state}: ${expected === '-' ? 'refused' : expected}`, () => {
				const decision = act.of(state);
				if (expected === '-') expect(answerOf(decision)).toBe('not-now');
				else expect(leadsTo(decision)).toBe(expected);
			});
		}

	/** The steps that do not move the clock. */
	const steps: Record<ExerciseState, ExerciseState[]> = {
		draft: ['planned', 'ready', 'cancelled'],
		planned: ['draft', 'ready', 'cancelled'],
		ready: ['planned', 'cancelled'],
		running: [],
		paused: [],
		stopped: [],
		ended: ['evaluating'],
		evaluating: ['reported'],
		reported: ['evaluating', 'closed'],
		closed: [],
		cancelled: []
	};
	for (const from of exerciseStates)
		it(`[P7] from ${from} it advances to: ${steps[from].join(', ') || 'nothing'}`, () => {
			for (const to of exerciseStates) {
				const decision = decide(advanceExercise, from, director, { to });
				if (steps[from].includes(to)) expect(leadsTo(decision)).toBe(to);
				else expect(answerOf(decision)).toBe('not-now');
			}
		});
});

describe('STARTEX', () => {
	it('[P7] starts the clock at the time of STARTEX, at the moment of the database', () => {
		const segment = factOf(decide(startExercise, 'ready', director), 'exercise-started').segment;
		expect(segment).toEqual({ wallStart: wallAtStart + 30 * minute, exerciseStart: startex, rate: 1 });
	});

	it('[P7] from draft records that the exercise became ready first', () => {
		const facts = factsOf(decide(startExercise, 'draft', director));
		expect(facts.map((fact) => fact.kind)).toEqual(['exercise-advanced', 'exercise-started']);
	});

	it('is refused with each thing that is missing', () => {
		const missing = stateOf('ready', { ...readiness, teams: 0, approvedInjects: 0, directors: 0 });
		const sentence = sentenceOf(decide(startExercise, missing, director));
		expect(sentence).toContain('director');
		expect(sentence).toContain('no team');
		expect(sentence).toContain('No inject is approved');
		for (const none of ['teams', 'approvedInjects', 'directors'] as const) {
			const state = stateOf('planned', { ...readiness, [none]: 0 });
			expect(answerOf(decide(startExercise, state, director))).toBe('not-now');
			expect(answerOf(decide(advanceExercise, state, director, { to: 'ready' }))).toBe('not-now');
		}
	});
});

describe('who may do what to the exercise', () => {
	/** `+` may, `f` is told that somebody else does it, `n` learns nothing. */
	const table = {
		//                       start advance end lift pause resume rate jump announce stop
		director: [director, '   +     +       +   +    +     +      +    +    +        +'],
		controller: [controller, 'f    f       f   f    +     +      +    +    +        +'],
		moderator: [greekModerator, 'f f       f   f    f     f      f    f    f        +'],
		planner: [greekPlanner, 'f     f       f   f    f     f      f    f    f        +'],
		facilitator: [facilitator, 'f  f       f   f    f     f      f    f    f        +'],
		evaluator: [greekEvaluator, 'f f       f   f    f     f      f    f    f        +'],
		'team lead': [frenchLead, 'f   f       f   f    f     f      f    f    f        +'],
		player: [greekPlayer, 'f       f       f   f    f     f      f    f    f        +'],
		observer: [observer, 'f          f       f   f    f     f      f    f    f        +'],
		stranger: [stranger, 'f          f       f   f    f     f      f    f    f        n']
	} satisfies Record<string, [Actor, string]>;
	const acts: ((actor: Actor) => Decision)[] = [
		(actor) => decide(startExercise, 'ready', actor),
		(actor) => decide(advanceExercise, 'draft', actor, { to: 'planned' }),
		(actor) => decide(endExercise, 'running', actor),
		(actor) => decide(liftStop, 'stopped', actor, { to: 'running' }),
		(actor) => decide(pauseClock, 'running', actor),
		(actor) => decide(resumeClock, 'paused', actor),
		(actor) => decide(setClockRate, 'running', actor, { rate: 24 }),
		(actor) => decide(jumpClock, 'running', actor, { to: startex + 90 * minute, reason: 'Next morning' }),
		(actor) => decide(makeAnnouncement, 'running', actor, { text: 'Lunch at one' }),
		(actor) => decide(stopExercise, 'running', actor, { reason: 'Fire alarm' })
	];
	const codes: Record<string, string> = { '+': 'facts', f: 'forbidden', n: 'not-found' };
	for (const [role, [actor, row]] of Object.entries(table) as [string, [Actor, string]][])
		it(`[P7] a ${role} does what the table allows, and nothing else`, () => {
			const expected = row.trim().split(/\s+/);
			expect(expected).toHaveLength(acts.length);
			for (const [i, act] of acts.entries())
				expect([i, answerOf(act(actor))]).toEqual([i, codes[expected[i]!]]);
		});
});

describe('the emergency stop', () => {
	it('[P9] stands the clock still where it is, and keeps the reason', () => {
		const fact = factOf(
			decide(stopExercise, 'running', observer, { reason: ' Fire alarm ' }),
			'exercise-stopped'
		);
		expect(fact.reason).toBe('Fire alarm');
		expect(fact.segment).toEqual({
			wallStart: wallAtStart + 30 * minute,
			exerciseStart: startex + 30 * minute,
			rate: 0
		});
	});

	it('[P9] needs no words', () => {
		expect(factOf(decide(stopExercise, 'paused', greekPlayer), 'exercise-stopped').reason).toBe('');
	});

	it('[P5] lifted, goes on from where it stood, at the rate it had', () => {
		const stopped = stateOf('stopped');
		stopped.exercise = exercise('stopped', {
			clock: [
				{ wallStart: wallAtStart, exerciseStart: startex, rate: 24 },
				{ wallStart: wallAtStart + minute, exerciseStart: startex + 24 * minute, rate: 0 }
			]
		});
		const decision = decide(liftStop, stopped, director, { to: 'running' });
		expect(factsOf(decision).map((fact) => fact.kind)).toEqual(['stop-lifted', 'clock-resumed']);
		expect(factOf(decision, 'clock-resumed').segment).toEqual({
			wallStart: wallAtStart + 30 * minute,
			exerciseStart: startex + 24 * minute,
			rate: 24
		});
	});

	it('[P7] lifted into ENDEX, ends the exercise now and not when it was stopped: the log stays open for an hour', () => {
		const decision = decide(liftStop, 'stopped', director, { to: 'ended' });
		expect(factsOf(decision).map((fact) => fact.kind)).toEqual(['stop-lifted', 'exercise-ended']);
		expect(factOf(decision, 'exercise-ended').segment).toEqual({
			wallStart: wallAtStart + 30 * minute,
			exerciseStart: startex + 10 * minute,
			rate: 0
		});
	});
});

describe('changes of the clock', () => {
	it('[P5] each is one segment that continues where the clock is', () => {
		const wallStart = wallAtStart + 30 * minute;
		const at = startex + 30 * minute;
		expect(factOf(decide(pauseClock, 'running', controller), 'clock-paused').segment).toEqual({
			wallStart,
			exerciseStart: at,
			rate: 0
		});
		expect(
			factOf(decide(setClockRate, 'running', controller, { rate: 24 }), 'clock-rate-set').segment
		).toEqual({
			wallStart,
			exerciseStart: at,
			rate: 24
		});
		expect(factOf(decide(resumeClock, 'paused', controller), 'clock-resumed').segment).toEqual({
			wallStart,
			exerciseStart: startex + 10 * minute,
			rate: 1
		});
	});

	it('[P7] a jump, forward or back, says from where, to where and why', () => {
		for (const to of [startex + 24 * 60 * minute, startex + 5 * minute]) {
			const fact = factOf(
				decide(jumpClock, 'running', controller, { to, reason: 'Next day' }),
				'clock-jumped'
			);
			expect(fact).toMatchObject({ from: startex + 30 * minute, to, reason: 'Next day' });
			expect(fact.segment).toEqual({ wallStart: wallAtStart + 30 * minute, exerciseStart: to, rate: 1 });
		}
	});

	it('[P5] a jump while paused stays paused', () => {
		const input = { to: startex + 60 * minute, reason: 'After lunch' };
		expect(factOf(decide(jumpClock, 'paused', controller, input), 'clock-jumped').segment.rate).toBe(0);
	});

	it('a jump without a reason, a rate out of bounds, an instant out of bounds are not accepted', () => {
		expect(jumpClock.input.safeParse({ to: startex, reason: '  ' }).success).toBe(false);
		expect(jumpClock.input.safeParse({ to: -1, reason: 'x' }).success).toBe(false);
		expect(jumpClock.input.safeParse({ to: 1.5, reason: 'x' }).success).toBe(false);
		for (const rate of [0, 0.05, 1001, Infinity, NaN, '2'])
			expect(setClockRate.input.safeParse({ rate }).success).toBe(false);
	});

	it('is refused while stopped and after ENDEX', () => {
		for (const state of ['stopped', 'ended', 'draft'] as const) {
			expect(answerOf(decide(setClockRate, state, director, { rate: 2 }))).toBe('not-now');
			expect(answerOf(decide(jumpClock, state, director, { to: startex, reason: 'x' }))).toBe('not-now');
		}
	});
});

describe('announcements', () => {
	it('[P8] carry their label, green unless said otherwise', () => {
		expect(
			factOf(decide(makeAnnouncement, 'running', controller, { text: ' Hello ' }), 'announcement-made')
		).toEqual({
			kind: 'announcement-made',
			text: 'Hello',
			tlp: 'green'
		});
	});

	it('are possible in every state but after the end of everything', () => {
		for (const state of exerciseStates)
			expect(answerOf(decide(makeAnnouncement, state, director, { text: 'Hello' }))).toBe(
				['closed', 'cancelled'].includes(state) ? 'not-now' : 'facts'
			);
	});
});
