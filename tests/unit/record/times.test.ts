import { describe, expect, it } from 'vitest';
import {
	responseTimes,
	sortTimes,
	shareBelow,
	timesOf,
	type DeliveryTimes
} from '#lib/exercise/record/times.ts';

const minute = 60_000;
const delivery = (values: Partial<DeliveryTimes>): DeliveryTimes => ({
	team: 'GR CSIRT',
	injectKey: 'a',
	inject: 'CM-1 Odd logins',
	releasedAt: 100 * minute,
	acknowledgeBy: 105 * minute,
	respondBy: null,
	seenAt: null,
	acknowledgedAt: null,
	respondedAt: null,
	...values
});
const acknowledged = (after: number, values: Partial<DeliveryTimes> = {}) =>
	delivery({ seenAt: 101 * minute, acknowledgedAt: (100 + after) * minute, ...values });

describe('response times', () => {
	const sample = [
		acknowledged(1),
		acknowledged(2, { team: 'IT CSIRT' }),
		acknowledged(6, { team: 'IT CSIRT', injectKey: 'b', inject: 'CM-2 Leak' }),
		delivery({ injectKey: 'b', inject: 'CM-2 Leak' })
	];

	it('median, ninetieth percentile, counts and overdue, of all, by team and by inject', () => {
		const times = responseTimes(sample, 200 * minute);
		expect(times.all).toMatchObject({ deliveries: 4, seen: 3 });
		expect(times.all.acknowledged).toEqual({
			count: 3,
			median: 2 * minute,
			ninetieth: 5.2 * minute,
			overdue: 2
		});
		expect(times.teams.map(({ label, deliveries }) => [label, deliveries])).toEqual([
			['GR CSIRT', 2],
			['IT CSIRT', 2]
		]);
		expect(times.injects[1]).toMatchObject({
			label: 'CM-2 Leak',
			deliveries: 2,
			acknowledged: { count: 1, overdue: 2 }
		});
		expect(times.all.responded).toEqual({ count: 0, median: null, ninetieth: null, overdue: 0 });
	});

	it('what is due later is not overdue yet; without a limit nothing is', () => {
		expect(responseTimes([delivery({})], 104 * minute).all.acknowledged.overdue).toBe(0);
		expect(responseTimes([delivery({})], 105 * minute).all.acknowledged.overdue).toBe(0);
		expect(responseTimes([delivery({})], 105 * minute + 1).all.acknowledged.overdue).toBe(1);
		expect(responseTimes([delivery({ acknowledgeBy: null })], 900 * minute).all.acknowledged.overdue).toBe(0);
	});

	it('injects of one title stay apart; nothing is no median', () => {
		const two = responseTimes([delivery({}), delivery({ injectKey: 'b' })], 0);
		expect(two.injects).toHaveLength(2);
		expect(shareBelow([], 0.5)).toBeNull();
		expect(responseTimes([], 0)).toEqual({
			all: expect.objectContaining({ deliveries: 0 }),
			teams: [],
			injects: []
		});
	});

	it('a clock that jumped back makes no negative time', () => {
		expect(timesOf([delivery({ acknowledgedAt: 40 * minute })], 'acknowledgedAt')).toEqual([0]);
	});

	it('sorts either way; who never did it comes last both times', () => {
		const rows = responseTimes(
			[acknowledged(3, { team: 'B' }), acknowledged(1, { team: 'A' }), delivery({ team: 'C' })],
			0
		).teams;
		const labels = (down: boolean) => sortTimes(rows, 'acknowledged', down).map((row) => row.label);
		expect(labels(false)).toEqual(['A', 'B', 'C']);
		expect(labels(true)).toEqual(['B', 'A', 'C']);
		expect(sortTimes(rows, 'label', true).map((row) => row.label)).toEqual(['C', 'B', 'A']);
		expect(sortTimes(rows, 'overdue', true)[0]?.label).toBe('A');
	});
});
