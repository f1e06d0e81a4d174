import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '#lib/exercise/decision.ts';
import { continueAt, exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import { exerciseStates, type Actor, type ExerciseState } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import {
	holdInject,
	liftHold,
	releaseAdHoc,
	releaseInject,
	releaseOnSchedule,
	skipInject,
	type InjectRow
} from '#lib/exercise/inject/commands.ts';
import { injectStates, latestAutomaticRelease, type InjectState } from '#lib/exercise/inject/release.ts';
import type { Recipients } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import {
	answerOf,
	centralPlanner,
	controller,
	director,
	exercise,
	factOf,
	facilitator,
	french,
	frenchModerator,
	greek,
	greekEvaluator,
	greekLead,
	greekModerator,
	greekPlanner,
	greekPort,
	idOf,
	inject,
	injectId,
	injectState,
	minute,
	moment,
	observer,
	person,
	row,
	sentenceOf,
	startex,
	stranger,
	wallAtStart
} from './factories.ts';

const running = exercise('running');
const everyone: Recipients = { all: true, countries: [], levels: [], teams: [] };
const to = (part: Partial<Recipients>): Recipients => ({ ...everyone, all: false, ...part });
const toGreece = row({ content: inject({ to: to({ countries: ['GR'] }) }) });
const toFrance = row({ content: inject({ to: to({ teams: [french.id] }) }) });
const toAll = row();

type Handling = 'release' | 'hold' | 'skip' | 'lift';
function handle(
	act: Handling,
	of: InjectRow,
	actor: Actor,
	at: ExerciseState | typeof running = running
): Decision {
	const state = injectState(typeof at === 'string' ? exercise(at) : at, [of]);
	const now = moment(state.exercise, 8);
	const inject = of.inject;
	if (act === 'release') return releaseInject.decide(state, { inject }, actor, now);
	if (act === 'hold') return holdInject.decide(state, { inject, reason: '' }, actor, now);
	if (act === 'skip') return skipInject.decide(state, { inject, reason: 'Not needed' }, actor, now);
	return liftHold.decide(state, { inject }, actor, now);
}

describe('release by hand', () => {
	it('[P4] makes one delivery for each recipient team, each with an id of its own', () => {
		const fact = factOf(handle('release', toAll, controller), 'inject-released');
		expect(fact.trigger).toBe('hand');
		expect(fact.deliveries.map((one) => one.team)).toEqual([greek.id, greekPort.id, french.id]);
		expect(new Set(fact.deliveries.map((one) => one.delivery)).size).toBe(3);
	});

	it('[R1] copies what the team may read, with times counted from the release', () => {
		const content = inject({ acknowledgeWithin: 300, responseRequired: true, respondWithin: 1800 });
		const fact = factOf(handle('release', row({ content }), controller), 'inject-released');
		expect(fact.delivered).toEqual({
			title: content.title,
			from: content.from,
			channel: content.channel,
			tlp: content.tlp,
			body: content.body,
			acknowledgementRequired: true,
			acknowledgeBy: startex + 13 * minute,
			responseRequired: true,
			respondBy: startex + 38 * minute
		});
	});

	it('has no deadline for what is not asked for', () => {
		const content = inject({ acknowledgementRequired: false, acknowledgeWithin: 300, respondWithin: 600 });
		const { delivered } = factOf(handle('release', row({ content }), controller), 'inject-released');
		expect([delivered.acknowledgeBy, delivered.respondBy]).toEqual([null, null]);
	});

	it('can go to other recipients than planned', () => {
		const decision = releaseInject.decide(
			injectState(running, [toGreece]),
			{ inject: injectId, to: to({ teams: [french.id] }) },
			controller,
			moment(running)
		);
		const fact = factOf(decision, 'inject-released');
		expect(fact.deliveries.map((one) => one.team)).toEqual([french.id]);
		expect(fact.content.to).toEqual(to({ teams: [french.id] }));
	});

	it('is refused to nobody', () => {
		const decision = releaseInject.decide(
			injectState(running, [toGreece]),
			{ inject: injectId, to: to({}) },
			controller,
			moment(running)
		);
		expect(answerOf(decision)).toBe('invalid');
	});

	it('[P2] by a moderator stays inside the own country, also when the recipients are changed', () => {
		const other = (recipients: Recipients, actor: Actor) =>
			releaseInject.decide(
				injectState(running, [toGreece]),
				{ inject: injectId, to: recipients },
				actor,
				moment(running)
			);
		expect(answerOf(other(to({ teams: [greekPort.id] }), greekModerator))).toBe('facts');
		expect(answerOf(other(everyone, greekModerator))).toBe('forbidden');
		expect(answerOf(other(to({ teams: [french.id] }), greekModerator))).toBe('forbidden');
	});

	it('[P5] is possible between STARTEX and ENDEX, paused included, and while stopped says why not', () => {
		for (const state of exerciseStates)
			expect([state, answerOf(handle('release', toAll, director, state))]).toEqual([
				state,
				['running', 'paused'].includes(state) ? 'facts' : 'not-now'
			]);
		expect(sentenceOf(handle('release', toAll, director, 'stopped'))).toContain('real emergency');
	});
});

describe('handling an approved inject', () => {
	/** `+` may, `f` sees it and is told to ask, `n` learns nothing. Moderators see what reaches their country. */
	const table = {
		//                              to Greece  to France  to all
		director: [director, '          +          +          +'],
		controller: [controller, '      +          +          +'],
		'GR moderator': [greekModerator, '+        n          f'],
		'FR moderator': [frenchModerator, 'n       +          f'],
		'central planner': [centralPlanner, 'n     n          n'],
		'GR planner': [greekPlanner, '  n          n          n'],
		evaluator: [greekEvaluator, '   n          n          n'],
		facilitator: [facilitator, '    n          n          n'],
		'team lead': [greekLead, '      n          n          n'],
		observer: [observer, '          n          n          n'],
		stranger: [stranger, '          n          n          n']
	} satisfies Record<string, [Actor, string]>;
	const codes: Record<string, string> = { '+': 'facts', f: 'forbidden', n: 'not-found' };
	for (const [role, [actor, cells]] of Object.entries(table) as [string, [Actor, string]][])
		it(`[P1] a ${role} handles what the table allows, and learns nothing of the rest`, () => {
			for (const [i, code] of cells.trim().split(/\s+/).entries())
				for (const act of ['release', 'hold', 'skip'] as const)
					expect([i, act, answerOf(handle(act, [toGreece, toFrance, toAll][i]!, actor))]).toEqual([
						i,
						act,
						codes[code]
					]);
		});

	it('[P2] a moderator of two countries handles what reaches both and no other', () => {
		const both = person('Both', { role: 'moderator', country: 'GR' }, { role: 'moderator', country: 'FR' });
		expect(answerOf(handle('release', toAll, both))).toBe('facts');
		const released = { ...toAll, content: inject({ to: to({ countries: ['SE'] }) }) };
		expect(answerOf(handle('release', released, both))).toBe('not-found');
	});

	/** What may follow on what (DOMAIN 7.2). */
	const next: Record<Handling, InjectState[]> = {
		release: ['ready', 'held', 'skipped'],
		hold: ['ready'],
		skip: ['ready', 'held'],
		lift: ['held', 'skipped']
	};
	for (const act of Object.keys(next) as Handling[])
		it(`[P4] ${act} is possible when it is ${next[act].join(' or ')}; otherwise somebody was faster`, () => {
			for (const state of injectStates)
				expect([state, answerOf(handle(act, row({ state }), controller))]).toEqual([
					state,
					next[act].includes(state) ? 'facts' : 'stale'
				]);
		});

	it('[P1] one that was never approved does not exist for the console', () => {
		for (const act of Object.keys(next) as Handling[])
			expect(answerOf(handle(act, row({ content: null, state: 'submitted' }), director))).toBe('not-found');
	});

	it('[P5] nothing is handled after ENDEX', () => {
		for (const act of Object.keys(next) as Handling[])
			for (const state of ['ended', 'evaluating', 'reported', 'closed', 'cancelled'] as const)
				expect(answerOf(handle(act, row({ state: next[act][0]! }), director, state))).toBe('not-now');
	});

	it('holding and skipping are possible while stopped: they release nothing', () => {
		for (const act of ['hold', 'skip'] as const)
			expect(answerOf(handle(act, toAll, controller, 'stopped'))).toBe('facts');
	});

	it('skipping needs a reason', () => {
		expect(skipInject.input.safeParse({ inject: injectId }).success).toBe(false);
		expect(skipInject.input.safeParse({ inject: injectId, reason: ' ' }).success).toBe(false);
	});

	it('[P5] lifted, it is due as planned; what was due meanwhile is released by hand', () => {
		const held = row({ state: 'held' });
		expect(factOf(handle('lift', held, controller), 'inject-hold-lifted').dueAt).toBe(startex + 10 * minute);
		const late = row({ state: 'held', content: inject({ schedule: { mode: 'offset', seconds: 60 } }) });
		expect(answerOf(handle('lift', late, controller))).toBe('not-now');
		expect(answerOf(handle('release', late, controller))).toBe('facts');
		const manual = row({ state: 'skipped', content: inject({ schedule: { mode: 'manual' } }) });
		expect(factOf(handle('lift', manual, controller), 'inject-hold-lifted').dueAt).toBeNull();
	});
});

describe('ad hoc', () => {
	const make = (actor: Actor, values: Record<string, unknown> = {}, at = running) =>
		releaseAdHoc.decide(
			injectState(at, []),
			releaseAdHoc.input.parse({
				title: 'Call from the press',
				body: richTextFromText('Is it true?'),
				to: everyone,
				...values
			}),
			actor,
			moment(at)
		);

	it('[P7] is approved and released in one act, under ids of its own', () => {
		const decision = make(controller);
		const approved = factOf(decision, 'inject-approved');
		const released = factOf(decision, 'inject-released');
		expect(approved).toMatchObject({ cell: 'central', version: 1, dueAt: null });
		expect(released).toMatchObject({ inject: approved.inject, version: 1, trigger: 'ad-hoc' });
		expect(released.deliveries).toHaveLength(3);
	});

	it('has a reference, also when the form was left empty', () => {
		for (const reference of [undefined, ''])
			expect(factOf(make(controller, { reference }), 'inject-approved').content.reference).toMatch(
				/^AH-\d{6}$/
			);
		expect(factOf(make(controller, { reference: 'AH-PRESS' }), 'inject-approved').content.reference).toBe(
			'AH-PRESS'
		);
	});

	it('[P2] by a moderator stays inside the own country, in the country’s own script', () => {
		expect(factOf(make(greekModerator, { to: to({ countries: ['GR'] }) }), 'inject-approved').cell).toBe(
			'GR'
		);
		expect(answerOf(make(greekModerator))).toBe('forbidden');
		expect(answerOf(make(greekModerator, { to: to({ countries: ['GR', 'FR'] }) }))).toBe('forbidden');
	});

	it('[P1] is for those who see the console', () => {
		for (const actor of [
			centralPlanner,
			greekPlanner,
			greekEvaluator,
			greekLead,
			facilitator,
			observer,
			stranger
		])
			expect(answerOf(make(actor))).toBe('not-found');
	});

	it('[P5] is refused outside play, to nobody, and without a title', () => {
		expect(answerOf(make(director, {}, exercise('planned')))).toBe('not-now');
		expect(answerOf(make(director, {}, exercise('stopped')))).toBe('not-now');
		expect(answerOf(make(director, {}, exercise('ended')))).toBe('not-now');
		expect(answerOf(make(director, { to: to({}) }))).toBe('invalid');
		expect(releaseAdHoc.input.safeParse({ title: '', body: {}, to: everyone }).success).toBe(false);
	});

	it('[R1] ids, schedules and unknown fields of the caller are not taken over', () => {
		const fact = factOf(
			make(controller, { id: 'inject_of_mine', schedule: { mode: 'at', at: 1 }, evil: 1 }),
			'inject-approved'
		);
		expect(fact.content.id).toBe(idOf('minted_0'));
		expect(fact.content.schedule).toEqual({ mode: 'manual' });
		expect(fact.content).not.toHaveProperty('evil');
	});
});

describe('release by schedule', () => {
	const at = (wall: number, of = running) => ({
		...moment(of),
		wall,
		exercise: exerciseTimeAt(of.clock, wall)
	});
	const due = wallAtStart + 10 * minute;
	const decide = (wall: number, of = running, one = toAll) =>
		releaseOnSchedule(injectState(of, [one]), one, at(wall, of));

	it('[P5] never before its time, and then at once', () => {
		expect(answerOf(decide(due - 1))).toBe('not-now');
		expect(factOf(decide(due), 'inject-released').trigger).toBe('schedule');
	});

	it('[P5] up to a minute late by itself; later it waits for a controller', () => {
		expect(factOf(decide(due + latestAutomaticRelease), 'inject-released').deliveries).toHaveLength(3);
		const fact = factOf(decide(due + latestAutomaticRelease + 1), 'inject-held');
		expect(fact).toMatchObject({ inject: injectId, late: { dueAt: startex + 10 * minute } });
	});

	it('[P5] never while the clock stands still, and only from `ready`', () => {
		for (const state of exerciseStates)
			if (state !== 'running')
				expect([state, answerOf(decide(due, exercise(state)))]).toEqual([state, 'not-now']);
		for (const state of injectStates)
			if (state !== 'ready')
				expect([state, answerOf(decide(due, running, row({ state })))]).toEqual([state, 'stale']);
	});

	it('[P5] never without a time, as by hand or on a condition', () => {
		expect(answerOf(decide(due, running, row({ dueAt: null })))).toBe('not-now');
	});

	it('[P5] what fell due in a pause is released after it, not held', () => {
		const clock = [
			{ wallStart: wallAtStart, exerciseStart: startex, rate: 1 },
			{ wallStart: due - 1, exerciseStart: startex + 10 * minute - 1, rate: 0 },
			{ wallStart: due + 60 * minute, exerciseStart: startex + 10 * minute - 1, rate: 1 }
		];
		const paused = exercise('running', { clock });
		expect(answerOf(decide(due + 60 * minute, paused))).toBe('not-now');
		expect(factOf(decide(due + 60 * minute + 1, paused), 'inject-released')).toBeTruthy();
	});

	it('[P5] what a jump passes over is due at the jump', () => {
		const jump = wallAtStart + 5 * minute;
		const jumped = exercise('running', {
			clock: [...running.clock, continueAt(running.clock, jump, { exercise: startex + 60 * minute })]
		});
		expect(factOf(decide(jump, jumped), 'inject-released')).toBeTruthy();
		expect(factOf(decide(jump + latestAutomaticRelease + 1, jumped), 'inject-held')).toBeTruthy();
	});

	it('[P5] after a jump back it is due when its time comes again, neither at once nor held as late', () => {
		const jump = wallAtStart + 60 * minute;
		const back = exercise('running', {
			clock: [...running.clock, continueAt(running.clock, jump, { exercise: startex })]
		});
		expect(answerOf(decide(jump + 10 * minute - 1, back))).toBe('not-now');
		expect(factOf(decide(jump + 10 * minute, back), 'inject-released')).toBeTruthy();
	});

	it('[P5] whatever the rate: never early, and once due released or held', () => {
		const rates = fc.array(
			fc.record({ after: fc.nat(20 * minute), rate: fc.constantFrom(0, 0.3, 1, 2, 24, 1000) }),
			{
				maxLength: 8
			}
		);
		fc.assert(
			fc.property(rates, fc.nat(90 * minute), fc.nat(90 * minute), (changes, dueIn, look) => {
				let clock = [...running.clock];
				let wall = wallAtStart;
				for (const change of changes) {
					wall += change.after;
					clock = [...clock, continueAt(clock, wall, { rate: change.rate })];
				}
				const of = exercise('running', { clock });
				const one = row({ dueAt: startex + dueIn });
				const now = at(wall + look, of);
				const decision = releaseOnSchedule(injectState(of, [one]), one, now);
				if (now.exercise! < one.dueAt!) expect(answerOf(decision)).toBe('not-now');
				else expect(answerOf(decision)).toBe('facts');
			})
		);
	});

	it('[P5] one that reaches nobody any more is refused and stays', () => {
		const nobody = row({
			inject: idOf<InjectId>('nobody'),
			content: inject({ to: to({ countries: ['SE'] }) })
		});
		expect(answerOf(decide(due, running, nobody))).toBe('invalid');
	});
});
