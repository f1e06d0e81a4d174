import { describe, expect, it } from 'vitest';
import type { DeliveryId, InjectId } from '#lib/exercise/ids.ts';
import { approveInjects, holdInject, releaseInject } from '#lib/exercise/inject/commands.ts';
import {
	clauseDueAt,
	conditionNeverHolds,
	withVariants,
	type ReferredFacts
} from '#lib/exercise/inject/condition.ts';
import { recallInject, type RecallState } from '#lib/exercise/inject/recall.ts';
import { injectFingerprint, type Clause } from '#lib/exercise/inject/schema.ts';
import { planState, maySubmit, type InjectStatus } from '#lib/exercise/inject/approval.ts';
import { exerciseStates, type Actor } from '#lib/exercise/exercise/schema.ts';
import { acknowledgeDelivery, respondToDelivery, seeDeliveries } from '#lib/exercise/team/commands.ts';
import {
	asksAcknowledgement,
	deadlinesOf,
	firstUnacknowledged,
	firstUnanswered,
	openDeadlines,
	stageOf
} from '#lib/exercise/team/deadlines.ts';
import { foldRoom, reachesTeam } from '#lib/exercise/team/room.ts';
import type { EntryBody, TimelineEntry } from '#lib/exercise/timeline.ts';
import { deliveredInject } from '#lib/exercise/inject/schema.ts';
import {
	answerOf,
	controller,
	delivery,
	deliveryId,
	director,
	exercise,
	facilitator,
	factOf,
	factsOf,
	french,
	frenchModerator,
	greek,
	greekEvaluator,
	greekLead,
	greekModerator,
	greekPlanner,
	greekPlayer,
	greekPort,
	idOf,
	inject,
	injectId,
	injectState,
	minute,
	moment,
	observer,
	row,
	sentenceOf,
	startex,
	stranger,
	teams,
	teamState,
	wallAtStart
} from './factories.ts';

/* Taking a released inject back: who may, when, once, and what ends with it. */

const running = exercise('running');
const released = row({ state: 'released', releasedAt: startex + minute });
const out = [greek, greekPort, french].map((team, i) => ({
	delivery: idOf<DeliveryId>(`delivery ${i}`),
	team: team.id,
	title: team === french ? 'Les grues' : inject().title
}));
const state = (values: Partial<RecallState> = {}): RecallState => ({
	exercise: running,
	teams,
	row: released,
	out,
	followers: [],
	...values
});
const recall = (of = state(), actor: Actor = controller, now = moment(of.exercise)) =>
	recallInject.decide(of, { inject: injectId, reason: 'Sent to the wrong teams' }, actor, now);
const toGreeks = out.slice(0, 2);

describe('recalling an inject', () => {
	it('[P7] takes it back from all teams that have it, with the reason and each team’s own title', () => {
		expect(recall()).toMatchObject({ result: { teams: 3, held: 0 } });
		expect(factOf(recall(), 'inject-recalled')).toEqual({
			kind: 'inject-recalled',
			inject: injectId,
			reference: 'CE-001',
			title: inject().title,
			tlp: inject().tlp,
			reason: 'Sent to the wrong teams',
			deliveries: [
				{ delivery: out[0]!.delivery, team: greek.id },
				{ delivery: out[1]!.delivery, team: greekPort.id },
				{ delivery: out[2]!.delivery, team: french.id, title: 'Les grues' }
			]
		});
	});

	it('a reason is needed, of a length that a page and a mail can show', () => {
		const parse = (reason: unknown) => recallInject.input.safeParse({ inject: injectId, reason }).success;
		expect([parse('  '), parse(undefined), parse('x'.repeat(1001)), parse('x'.repeat(1000))]).toEqual([
			false,
			false,
			false,
			true
		]);
	});

	it('[P1] [P2] is for exercise control, and for moderators of what stayed in their countries; for others there is nothing', () => {
		for (const actor of [director, controller]) expect(answerOf(recall(state(), actor))).toBe('facts');
		expect(answerOf(recall(state(), greekModerator))).toBe('forbidden');
		expect(answerOf(recall(state({ out: toGreeks }), greekModerator))).toBe('facts');
		expect(answerOf(recall(state({ out: toGreeks }), frenchModerator))).toBe('not-found');
		for (const actor of [
			greekLead,
			greekPlayer,
			greekPlanner,
			greekEvaluator,
			facilitator,
			observer,
			stranger
		])
			expect([actor.name, answerOf(recall(state(), actor))]).toEqual([actor.name, 'not-found']);
		expect(answerOf(recall(state({ row: null })))).toBe('not-found');
	});

	it('by hand it may have come to others than planned: what counts is who has it', () => {
		const toGreece = { all: false, countries: ['GR' as const], levels: [], teams: [] };
		const national = { ...released, content: inject({ to: toGreece }) };
		expect(answerOf(recall(state({ row: national }), greekModerator))).toBe('forbidden');
		// planned for all, and released to the Greek teams alone
		expect(answerOf(recall(state({ out: toGreeks }), greekModerator))).toBe('facts');
	});

	it('of one that goes team by team, who would still get it counts too', () => {
		const waiting = row({ state: 'ready', releasedAt: startex + minute, dueAt: null });
		expect(answerOf(recall(state({ row: waiting, out: toGreeks })))).toBe('facts');
		expect(answerOf(recall(state({ row: waiting, out: toGreeks }), greekModerator))).toBe('forbidden');
	});

	it('[P4] once, and only what is out', () => {
		expect(answerOf(recall(state({ row: { ...released, state: 'recalled' } })))).toBe('stale');
		for (const before of ['submitted', 'ready', 'held', 'skipped'] as const)
			expect(answerOf(recall(state({ row: row({ state: before }) })))).toBe('not-now');
		expect(sentenceOf(recall(state({ out: [] })))).toContain('has come to no team');
	});

	it.each(exerciseStates)('while the exercise is %s', (phase) => {
		const of = exercise(phase);
		const expected = ['running', 'paused'].includes(phase) ? 'facts' : 'not-now';
		expect(answerOf(recall(state({ exercise: of }), controller, moment(of)))).toBe(expected);
	});

	it('what is scheduled after it is held for a decision; what is out, held or skipped stays', () => {
		const follower = (name: string, values = {}) =>
			row({
				inject: idOf<InjectId>(name),
				content: inject({ id: idOf(name), reference: name }),
				dueAt: startex + 30 * minute,
				...values
			});
		const decision = recall(
			state({
				followers: [
					follower('F-1'),
					follower('F-2', { state: 'held' }),
					follower('F-3', { state: 'released', releasedAt: startex }),
					follower('F-4', { releasedAt: startex })
				]
			})
		);
		expect(factsOf(decision).map(({ kind }) => kind)).toEqual(['inject-recalled', 'inject-held']);
		expect(factOf(decision, 'inject-held')).toMatchObject({
			inject: idOf('F-1'),
			reference: 'F-1',
			reason: 'It follows CE-001, which was recalled.'
		});
	});

	it('afterwards nothing is done with it any more', () => {
		const over = { ...released, state: 'recalled' as const };
		const of = injectState(running, [over], [inject({ title: 'Another' })]);
		const input = { inject: injectId, reason: '' };
		expect(answerOf(releaseInject.decide(of, { inject: injectId }, controller, moment(running)))).toBe(
			'stale'
		);
		expect(answerOf(holdInject.decide(of, input, controller, moment(running)))).toBe('stale');
		const named = { inject: injectId, fingerprint: injectFingerprint(inject({ title: 'Another' })) };
		const approve = approveInjects.decide(
			of,
			{ cell: 'central', injects: [named] },
			director,
			moment(running)
		);
		expect(answerOf(approve)).toBe('not-now');
		const status = { state: 'recalled', version: 1, approvedFingerprint: '' } as InjectStatus;
		expect(planState(status, () => 'other')).toBe('recalled');
		expect(maySubmit(status, 'other')).toBe(false);
	});
});

describe('what it asked of a team', () => {
	const recalledRow = delivery({ isRecalled: true });
	const of = teamState(running, { deliveries: new Map([[deliveryId, recalledRow]]) });
	const now = moment(running);

	it('is not acknowledged or answered any more; that it was seen is still told', () => {
		const answers = [
			acknowledgeDelivery.decide(of, { delivery: deliveryId }, greekPlayer, now),
			respondToDelivery.decide(of, { delivery: deliveryId, text: 'Done' }, greekPlayer, now)
		];
		for (const decision of answers) {
			expect(answerOf(decision)).toBe('not-now');
			expect(sentenceOf(decision)).toContain('Nothing more is asked of your team');
		}
		expect(factsOf(seeDeliveries.decide(of, { deliveries: [deliveryId] }, greekPlayer, now))).toHaveLength(1);
		// of another team it does not exist, recalled or not
		expect(answerOf(acknowledgeDelivery.decide(of, { delivery: deliveryId }, stranger, now))).toBe(
			'not-found'
		);
	});
});

describe('what waits for it', () => {
	const facts = (values: Partial<ReferredFacts> = {}): ReferredFacts => ({
		releasedAt: 1000,
		acknowledgedAt: 2000,
		respondedAt: null,
		actions: new Map([['x', 3000]]),
		...values
	});
	const clause = (values: Partial<Clause> = {}): Clause => ({
		inject: injectId,
		act: 'acknowledged',
		action: null,
		not: false,
		withinSeconds: null,
		...values
	});
	const clauses = [
		clause(),
		clause({ act: 'did', action: 'x' }),
		clause({ act: 'responded', not: true, withinSeconds: 10 })
	];

	it('never holds by it: neither by what the team did, nor by what it left undone', () => {
		for (const one of clauses) {
			expect(clauseDueAt(one, facts())).not.toBeNull();
			expect(clauseDueAt(one, facts({ isRecalled: true }))).toBeNull();
			const condition = { match: 'all' as const, clauses: [one] };
			expect(conditionNeverHolds(condition, () => facts({ isRecalled: true }), 99_000)).toBe(true);
		}
	});

	it('a variant that was recalled counts as if it had not come', () => {
		const own = idOf<InjectId>('own');
		const of = (variant: ReferredFacts, central?: ReferredFacts) =>
			withVariants(
				(one) => (one === own ? variant : one === injectId ? central : undefined),
				(one) => (one === injectId ? [own] : [])
			);
		expect(clauseDueAt(clause(), of(facts({ isRecalled: true }))(injectId))).toBeNull();
		const later = facts({ releasedAt: 5000, acknowledgedAt: 6000 });
		expect(clauseDueAt(clause(), of(facts({ isRecalled: true }), later)(injectId))).toBe(6000);
	});
});

describe('the team’s room', () => {
	let order = 0;
	const entry = (body: EntryBody, minutes: number, by: string | null = null): TimelineEntry => ({
		id: idOf(`entry ${++order}`),
		exerciseAt: startex + minutes * minute,
		wallAt: wallAtStart + minutes * minute,
		order,
		by,
		body
	});
	const content = inject({
		acknowledgementRequired: true,
		acknowledgeWithin: 600,
		responseRequired: true,
		respondWithin: 1200
	});
	const came = entry({ kind: 'inject', delivery: deliveryId, inject: deliveredInject(content, startex) }, 0);
	const back = entry(
		{
			kind: 'inject-recalled',
			delivery: deliveryId,
			title: content.title,
			tlp: 'amber',
			reason: 'Wrong teams'
		},
		15
	);
	const late = startex + 60 * minute;

	it('keeps the entry as it was read, marks it, and tells of it as news', () => {
		const room = foldRoom([came, back]);
		const [item] = room.injects;
		expect(item).toMatchObject({
			inject: { title: content.title },
			recalled: { reason: 'Wrong teams', by: null }
		});
		expect(room.items.map(({ kind }) => kind)).toEqual(['recalled', 'inject']);
		expect(room.items.every(reachesTeam)).toBe(true);
	});

	it('nothing of it is open or overdue any more, and no key means it', () => {
		const [before] = foldRoom([came]).injects;
		expect([stageOf(before!, late), openDeadlines([before!]).length]).toEqual(['overdue', 2]);
		const [item] = foldRoom([came, back]).injects;
		expect(deadlinesOf(item!)).toEqual([]);
		expect(openDeadlines([item!])).toEqual([]);
		expect(stageOf(item!, late)).toBe('recalled');
		expect(asksAcknowledgement(item!)).toBe(false);
		expect([firstUnacknowledged([item!]), firstUnanswered([item!])]).toEqual([null, null]);
	});

	it('what the team did about it stays', () => {
		const acts = [
			entry({ kind: 'acknowledged', delivery: deliveryId, title: content.title, afterMs: 1 }, 5, 'Anna'),
			entry(
				{ kind: 'responded', delivery: deliveryId, title: content.title, text: 'Shut', afterMs: 1 },
				6,
				'Anna'
			)
		];
		const [item] = foldRoom([came, ...acts, back]).injects;
		expect(item).toMatchObject({ acknowledged: { by: 'Anna' }, responses: [{ text: 'Shut' }] });
	});

	it('without the inject, which may be in an older part, the recall stands by itself', () => {
		const room = foldRoom([back]);
		expect(room.injects).toEqual([]);
		expect(room.items).toMatchObject([{ kind: 'recalled', title: content.title, reason: 'Wrong teams' }]);
	});
});
