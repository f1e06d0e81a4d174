import { describe, expect, it } from 'vitest';
import {
	deadlinesOf,
	firstUnacknowledged,
	firstUnanswered,
	openDeadlines,
	pressingDeadlines,
	shareUsed,
	stageOf,
	standingOf,
	waits
} from '#lib/exercise/team/deadlines.ts';
import { foldRoom } from '#lib/exercise/team/room.ts';
import { delivered, deliveryId, entry, minute, start } from './entries.ts';

const at = (minutes: number) => start + minutes * minute;
const acknowledged = (minutes: number, title: string) =>
	entry(minutes, { kind: 'acknowledged', delivery: deliveryId(title), title, afterMs: 0 });
const responded = (minutes: number, title: string) =>
	entry(minutes, { kind: 'responded', delivery: deliveryId(title), title, text: 'done', afterMs: 0 });
const only = (...entries: Parameters<typeof foldRoom>[0]) => foldRoom(entries).injects[0]!;

describe('deadlines of a team', () => {
	it('is on time at the very moment, and late right after it', () => {
		const [deadline] = deadlinesOf(only(delivered(10, 'gates', { acknowledge: 5 })));
		expect(standingOf(deadline!, at(12))).toEqual({ state: 'waiting', ms: 3 * minute });
		expect(standingOf(deadline!, at(15))).toEqual({ state: 'waiting', ms: 0 });
		expect(standingOf(deadline!, at(15) + 1)).toEqual({ state: 'overdue', ms: 1 });
	});

	it('presses five minutes before the time and after it, each once, and never what was kept', () => {
		const injects = [
			only(delivered(10, 'gates', { acknowledge: 15 })),
			only(delivered(10, 'soon', { acknowledge: 4 }))
		];
		const pressing = (minutes: number, ms = 0) =>
			pressingDeadlines(injects, at(minutes) + ms).map((one) => `${one.deadline.title} ${one.state}`);
		expect(pressingDeadlines(injects, null)).toEqual([]);
		expect(pressing(11)).toEqual([]);
		// what was near from the beginning was told when it came
		expect(pressing(14, 1)).toEqual(['soon over']);
		expect(pressing(20)).toEqual(['soon over', 'gates near']);
		expect(pressing(25, 1)).toEqual(['soon over', 'gates over']);
		const kept = [only(delivered(10, 'gates', { acknowledge: 15 }), acknowledged(12, 'gates'))];
		expect(pressingDeadlines(kept, at(60))).toEqual([]);
	});

	it('remembers by how much something was late, and stops counting', () => {
		const late = deadlinesOf(only(delivered(10, 'a', { acknowledge: 5 }), acknowledged(17, 'a')))[0]!;
		const early = deadlinesOf(only(delivered(10, 'a', { acknowledge: 5 }), acknowledged(11, 'a')))[0]!;
		expect(standingOf(late, at(99))).toEqual({ state: 'late', ms: 2 * minute });
		expect(standingOf(early, at(99))).toEqual({ state: 'met', ms: 4 * minute });
	});

	it('takes the first response for the time asked', () => {
		const item = only(delivered(0, 'a', { respond: 30 }), responded(20, 'a'), responded(50, 'a'));
		expect(deadlinesOf(item).find((one) => one.asks === 'respond')?.doneAt).toBe(at(20));
	});

	it('asks nothing of an inject that asks for nothing', () => {
		const item = only(delivered(0, 'news', { acknowledge: null }));
		expect(deadlinesOf(item)).toEqual([]);
		expect(waits(item)).toBe(false);
		expect(stageOf(item, at(1000))).toBe('delivered');
	});

	it('waits without a limit as long as it takes', () => {
		const [deadline] = deadlinesOf(only(delivered(0, 'a')));
		expect(standingOf(deadline!, at(10_000))).toEqual({ state: 'waiting', ms: null });
		expect(shareUsed(deadline!, at(10_000))).toBe(0);
	});

	it('calls nothing late before STARTEX', () => {
		const [deadline] = deadlinesOf(only(delivered(0, 'a', { acknowledge: 5 })));
		expect(standingOf(deadline!, null)).toEqual({ state: 'waiting', ms: null });
	});

	it('goes through the stages of a delivery', () => {
		const inject = delivered(0, 'a', { acknowledge: 5, respond: 30 });
		expect(stageOf(only(inject), at(1))).toBe('delivered');
		expect(stageOf(only(inject), at(6))).toBe('overdue');
		expect(stageOf(only(inject, acknowledged(7, 'a')), at(8))).toBe('acknowledged');
		expect(stageOf(only(inject, acknowledged(7, 'a')), at(31))).toBe('overdue');
		expect(stageOf(only(inject, acknowledged(7, 'a'), responded(40, 'a')), at(41))).toBe('responded');
	});

	it('lists what waits, most urgent first and what has no limit last', () => {
		const { injects } = foldRoom([
			delivered(0, 'unlimited'),
			delivered(1, 'late', { acknowledge: 2, respond: 60 }),
			delivered(2, 'soon', { acknowledge: 5 }),
			delivered(3, 'done', { acknowledge: 1 }),
			acknowledged(3, 'done')
		]);
		expect(openDeadlines(injects).map(({ title, asks }) => `${asks} ${title}`)).toEqual([
			'acknowledge late',
			'acknowledge soon',
			'respond late',
			'acknowledge unlimited'
		]);
	});

	it('tells the share of the time used, never outside 0 to 1', () => {
		const [deadline] = deadlinesOf(only(delivered(0, 'a', { acknowledge: 10 })));
		expect([-5, 0, 4, 10, 20].map((minutes) => shareUsed(deadline!, at(minutes)))).toEqual([0, 0, 0.4, 1, 1]);
	});

	it('offers the inject that has waited longest to be acknowledged', () => {
		const { injects } = foldRoom([
			delivered(0, 'done'),
			acknowledged(1, 'done'),
			delivered(2, 'old'),
			delivered(3, 'new')
		]);
		expect(firstUnacknowledged(injects)?.inject.title).toBe('old');
		expect(firstUnacknowledged([])).toBeNull();
	});

	it('offers the response that is due first, else the newest inject without one', () => {
		const { injects } = foldRoom([
			delivered(0, 'due later', { respond: 60 }),
			delivered(1, 'due first', { respond: 10 }),
			delivered(2, 'newest')
		]);
		expect(firstUnanswered(injects)?.inject.title).toBe('due first');
		expect(
			firstUnanswered(foldRoom([delivered(0, 'a'), delivered(2, 'b'), responded(3, 'b')]).injects)?.inject
				.title
		).toBe('a');
	});
});
