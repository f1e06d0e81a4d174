import { describe, expect, it } from 'vitest';
import type { Decision } from '#lib/exercise/decision.ts';
import { defaultSettings, exerciseStates, type Actor, type CellId } from '#lib/exercise/exercise/schema.ts';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import {
	approveInjects,
	returnInject,
	submitInjects,
	type InjectCommandState,
	type InjectRow
} from '#lib/exercise/inject/commands.ts';
import { injectFingerprint, type Inject } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import {
	answerOf,
	centralPlanner,
	controller,
	director,
	exercise,
	factOf,
	factsOf,
	greekEvaluator,
	greekLead,
	greekModerator,
	greekPlanner,
	idOf,
	inject,
	injectId,
	injectState,
	minute,
	moment,
	observer,
	row,
	secondPlanner,
	sentenceOf,
	startex,
	stranger,
	submitted
} from './factories.ts';

const planned = exercise('planned');
const over = ['ended', 'evaluating', 'reported', 'closed', 'cancelled'];

const named = (...injects: Inject[]) =>
	injects.map((one) => ({ inject: one.id, fingerprint: injectFingerprint(one) }));

function submit(
	state: InjectCommandState,
	actor: Actor,
	injects: Inject[],
	cell: CellId = 'central'
): Decision {
	return submitInjects.decide(state, { cell, injects: named(...injects) }, actor, moment(state.exercise));
}
function approve(
	state: InjectCommandState,
	actor: Actor,
	injects: Inject[],
	cell: CellId = 'central'
): Decision {
	return approveInjects.decide(state, { cell, injects: named(...injects) }, actor, moment(state.exercise));
}

const one = inject();
const waiting = injectState(planned, [submitted(one, centralPlanner)], [one]);

describe('submitting injects', () => {
	it('[P7] records which text was on the screen', () => {
		expect(factsOf(submit(injectState(planned, [], [one]), centralPlanner, [one]))).toEqual([
			{
				kind: 'inject-submitted',
				inject: injectId,
				cell: 'central',
				reference: 'CE-001',
				title: 'Cranes stand still',
				fingerprint: injectFingerprint(one)
			}
		]);
	});

	it('[P1] is for planners of the cell and exercise control; to others the inject does not exist', () => {
		const state = injectState(planned, [], [one]);
		for (const actor of [centralPlanner, controller, director])
			expect(answerOf(submit(state, actor, [one]))).toBe('facts');
		for (const actor of [greekPlanner, greekModerator, greekLead, greekEvaluator, observer, stranger])
			expect(answerOf(submit(state, actor, [one]))).toBe('not-found');
		expect(answerOf(submit(state, greekPlanner, [one], 'GR'))).toBe('facts');
	});

	it('is all or nothing', () => {
		const gone = inject({ id: idOf<InjectId>('gone') });
		expect(answerOf(submit(injectState(planned, [], [one]), centralPlanner, [one, gone]))).toBe('not-found');
	});

	it('is refused for what is released, and after ENDEX', () => {
		expect(
			answerOf(submit(injectState(planned, [row({ state: 'released' })], [one]), centralPlanner, [one]))
		).toBe('not-now');
		for (const state of exerciseStates)
			expect(answerOf(submit(injectState(exercise(state), [], [one]), centralPlanner, [one]))).toBe(
				over.includes(state) ? 'not-now' : 'facts'
			);
	});

	it('[R8] names each inject once', () => {
		expect(submitInjects.input.safeParse({ cell: 'central', injects: named(one) }).success).toBe(true);
		expect(submitInjects.input.safeParse({ cell: 'central', injects: named(one, one) }).success).toBe(false);
		expect(approveInjects.input.safeParse({ cell: 'central', injects: named(one, one) }).success).toBe(false);
		expect(approveInjects.input.safeParse({ cell: 'central', injects: [] }).success).toBe(false);
	});
});

describe('returning an inject', () => {
	const back = (state: InjectCommandState, actor: Actor) =>
		returnInject.decide(
			state,
			{ inject: injectId, reason: 'Who is the sender?' },
			actor,
			moment(state.exercise)
		);

	it('[P7] says why', () => {
		expect(factOf(back(waiting, secondPlanner), 'inject-returned')).toMatchObject({
			reason: 'Who is the sender?'
		});
	});

	it('[P1] is for planners of its own cell and exercise control', () => {
		expect(answerOf(back(waiting, controller))).toBe('facts');
		for (const actor of [greekPlanner, greekModerator, greekLead, stranger])
			expect(answerOf(back(waiting, actor))).toBe('not-found');
	});

	it('is stale when nothing waits', () => {
		expect(answerOf(back(injectState(planned, [row()], [one]), secondPlanner))).toBe('stale');
	});
});

describe('approving injects', () => {
	it('[R1] copies the text as it stands, as a numbered version', () => {
		const fact = factOf(approve(waiting, secondPlanner, [one]), 'inject-approved');
		expect(fact).toMatchObject({
			version: 1,
			content: one,
			fingerprint: injectFingerprint(one),
			cell: 'central'
		});
		const again = inject({ title: 'Cranes move again' });
		const state = injectState(
			planned,
			[submitted(again, centralPlanner, { state: 'ready', version: 3, content: one })],
			[again]
		);
		expect(factOf(approve(state, secondPlanner, [again]), 'inject-approved').version).toBe(4);
	});

	it('[P7] needs two people: whoever submitted it cannot approve it', () => {
		expect(answerOf(approve(waiting, centralPlanner, [one]))).toBe('forbidden');
		expect(answerOf(approve(waiting, secondPlanner, [one]))).toBe('facts');
		const own = injectState(planned, [submitted(one, director)], [one]);
		expect(answerOf(approve(own, director, [one]))).toBe('forbidden');
	});

	it('[P7] needs a submission of this very text', () => {
		expect(answerOf(approve(injectState(planned, [], [one]), secondPlanner, [one]))).toBe('not-now');
		const edited = inject({ title: 'Edited after it was submitted' });
		const state = injectState(planned, [submitted(one, centralPlanner)], [edited]);
		expect(answerOf(approve(state, secondPlanner, [edited]))).toBe('not-now');
	});

	it('[P7] one person is enough where the director decided so', () => {
		const small = exercise('planned', { settings: { ...defaultSettings, authorMayApprove: true } });
		expect(answerOf(approve(injectState(small, [], [one]), centralPlanner, [one]))).toBe('facts');
		expect(
			answerOf(approve(injectState(small, [submitted(one, centralPlanner)], [one]), centralPlanner, [one]))
		).toBe('facts');
	});

	it('[P7] is stale when the page is no longer what was on the screen', () => {
		for (const changed of [
			inject({ title: 'Another title' }),
			inject({ body: richTextFromText('Another text') }),
			inject({ evaluatorNotes: 'Another note' }),
			inject({ schedule: { mode: 'manual' } }),
			inject({ to: { all: false, countries: ['FR'], levels: [], teams: [] } })
		]) {
			const state = injectState(planned, [submitted(one, centralPlanner)], [changed]);
			expect(answerOf(approve(state, secondPlanner, [one]))).toBe('stale');
		}
	});

	it('[P1] is for planners of the cell and exercise control; to others the inject does not exist', () => {
		for (const actor of [controller, director])
			expect(answerOf(approve(waiting, actor, [one]))).toBe('facts');
		for (const actor of [greekPlanner, greekModerator, greekLead, greekEvaluator, observer, stranger])
			expect(answerOf(approve(waiting, actor, [one]))).toBe('not-found');
	});

	it('[P1] a country cannot take over an inject of another cell by writing its id into the own page', () => {
		const forged = inject({ title: 'Not what central planned' });
		const state = injectState(planned, [submitted(one, centralPlanner)], [forged]);
		expect(answerOf(submit(state, greekPlanner, [forged], 'GR'))).toBe('not-found');
		const alone = {
			...state,
			exercise: exercise('planned', { settings: { ...defaultSettings, authorMayApprove: true } })
		};
		expect(answerOf(approve(alone, greekPlanner, [forged], 'GR'))).toBe('not-found');
	});

	it('is refused without recipients, by name or by team that is not there', () => {
		for (const to of [
			{ all: false, countries: [], levels: [], teams: [] },
			{ all: false, countries: ['SE' as const], levels: [], teams: [] },
			{ all: false, countries: [], levels: ['political' as const], teams: [] },
			{ all: false, countries: [], levels: [], teams: [idOf<TeamId>('no such team')] }
		]) {
			const content = inject({ to });
			const decision = approve(
				injectState(planned, [submitted(content, centralPlanner)], [content]),
				secondPlanner,
				[content]
			);
			expect(answerOf(decision)).toBe('invalid');
			expect(sentenceOf(decision)).toContain('CE-001 reaches no team');
		}
	});

	it('is refused without a title, in words that name it', () => {
		const content = inject({ title: '' });
		const decision = approve(
			injectState(planned, [submitted(content, centralPlanner)], [content]),
			secondPlanner,
			[content]
		);
		expect(answerOf(decision)).toBe('invalid');
		expect(sentenceOf(decision)).toBe('CE-001: Title: write something here.');
	});

	it('in bulk is all or nothing', () => {
		const two = inject({ id: idOf<InjectId>('inject_two'), reference: 'CE-002' });
		const bad = inject({
			id: idOf<InjectId>('inject_bad'),
			reference: 'CE-003',
			to: { all: false, countries: [], levels: [], teams: [] }
		});
		const rows = [one, two, bad].map((content) => submitted(content, centralPlanner));
		const state = injectState(planned, rows, [one, two, bad]);
		expect(factsOf(approve(state, secondPlanner, [one, two]))).toHaveLength(2);
		expect(answerOf(approve(state, secondPlanner, [one, two, bad]))).toBe('invalid');
	});

	it('[P4] is refused for what is released', () => {
		const state = injectState(planned, [submitted(one, centralPlanner, { state: 'released' })], [one]);
		expect(answerOf(approve(state, secondPlanner, [one]))).toBe('not-now');
	});

	it('is possible until ENDEX, play included', () => {
		for (const state of exerciseStates)
			expect(
				answerOf(
					approve(injectState(exercise(state), [submitted(one, centralPlanner)], [one]), secondPlanner, [one])
				)
			).toBe(over.includes(state) ? 'not-now' : 'facts');
	});

	describe('works out when it is due', () => {
		const before = idOf<InjectId>('inject_zero');
		const due = (schedule: Inject['schedule'], others: InjectRow[] = []) => {
			const content = inject({ schedule });
			const state = injectState(planned, [submitted(content, centralPlanner), ...others], [content]);
			return factOf(approve(state, secondPlanner, [content]), 'inject-approved').dueAt;
		};
		it('[P5] at a moment, after STARTEX, after another inject once that is released', () => {
			expect(due({ mode: 'at', at: startex + 7 * minute })).toBe(startex + 7 * minute);
			expect(due({ mode: 'offset', seconds: 90 })).toBe(startex + 90_000);
			expect(due({ mode: 'after', inject: before, seconds: 60 })).toBeNull();
			const released = row({ inject: before, state: 'released', releasedAt: startex + 5 * minute });
			expect(due({ mode: 'after', inject: before, seconds: 60 }, [released])).toBe(startex + 6 * minute);
		});
		it('[P5] never by itself when a person decides', () => {
			expect(due({ mode: 'manual' })).toBeNull();
			expect(due({ mode: 'contingency', condition: 'nobody escalates' })).toBeNull();
		});
	});
});
