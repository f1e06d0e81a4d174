import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InjectId } from '#lib/exercise/ids.ts';
import { planEntries, type PlanEntry } from '#lib/exercise/plan/entries.ts';
import { lanesOf, stack, visibleOf } from '#lib/exercise/plan/lanes.ts';
import { coveredRange, snapOf, spanFor, ticks, zoomSpans, zoomStep } from '#lib/exercise/plan/scale.ts';
import { newInject, type Inject } from '#lib/exercise/inject/schema.ts';
import { french, greek, greekPort, idOf, minute, startex, teams } from '../domain/factories.ts';

const hour = 60 * minute;
const entry = (n: number, minutes: number | null, values: Partial<Inject> = {}): PlanEntry => ({
	inject: newInject(idOf<InjectId>(`inject ${n}`), values),
	cell: 'central',
	state: 'draft',
	at: minutes === null ? null : startex + minutes * minute
});
const none = { all: false, countries: [], levels: [], teams: [] };

describe('the scripts of several cells as one play', () => {
	const source = (n: number, values: Partial<Inject>, releasedAt: number | null = null) => ({
		inject: newInject(idOf<InjectId>(`inject ${n}`), values),
		cell: n % 2 ? ('GR' as const) : ('central' as const),
		state: 'draft' as const,
		isApproved: releasedAt !== null,
		releasedAt
	});

	it('injects follow one another across cells, from when they were really released', () => {
		const play = (releasedAt: number | null) =>
			planEntries(
				[
					source(1, { schedule: { mode: 'after', inject: idOf('inject 2'), seconds: 600 } }),
					source(2, { schedule: { mode: 'offset', seconds: 600 } }, releasedAt),
					source(3, { schedule: { mode: 'manual' } })
				],
				startex
			).map(({ at }) => (at === null ? null : (at - startex) / minute));
		expect(play(null)).toEqual([10, 20, null]);
		expect(play(startex + 3 * minute)).toEqual([3, 13, null]);
	});

	it('the order is the same however the cells came', () => {
		const some = [5, 3, 1, 2].map((n) => source(n, { schedule: { mode: 'offset', seconds: 60 } }));
		const ids = (list: typeof some) => planEntries(list, startex).map(({ inject }) => inject.id);
		expect(ids(some)).toEqual(ids([...some].reverse()));
	});
});

describe('lanes', () => {
	it('by storyline: those of the scenario first, without a name last', () => {
		const entries = ['Rail', 'press', '', 'Sea'].map((storyline, n) => entry(n, n, { storyline }));
		const lanes = lanesOf(entries, 'storyline', { storylines: ['Sea', 'Press'], teams });
		expect(lanes.map(({ of }) => ('storyline' in of ? of.storyline : '?'))).toEqual([
			'Sea',
			'press',
			'Rail',
			''
		]);
	});

	it('by country and by team: as addressed, in no lane twice', () => {
		const entries = [
			entry(1, 1, { to: { ...none, all: true } }),
			entry(2, 2, { to: { ...none, countries: ['GR'], teams: [greek.id, french.id] } }),
			entry(3, 3, { to: { ...none, levels: ['technical'] } }),
			entry(4, 4, { to: none }),
			entry(5, null, { to: { ...none, all: true } })
		];
		const keys = (kind: 'country' | 'team') =>
			lanesOf(entries, kind, { storylines: [], teams }).map(
				({ key, entries: own }) => `${key}: ${own.length}`
			);
		expect(keys('country')).toEqual([
			'everyone: 1',
			'level technical: 1',
			'country FR: 1',
			'country GR: 1',
			'nobody: 1'
		]);
		expect(keys('team')).toContain(`team ${greek.id}: 1`);
		expect(keys('team')).not.toContain(`team ${greekPort.id}: 1`);
	});

	it('marks of one row never lie over each other, whatever the script, and rows do not jump while scrolling', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(300)), fc.integer({ min: 1, max: 60 }), (minutes, wide) => {
				const sorted = minutes.sort((a, b) => a - b).map((at, n) => entry(n, at));
				const { placed, rows } = stack(sorted, wide * minute);
				for (let row = 0; row < rows; row++) {
					const own = placed.filter((one) => one.row === row);
					for (const [i, one] of own.entries()) {
						const next = own[i + 1];
						expect(one.until).toBe(next?.at ?? Infinity);
						if (next) expect(next.at - one.at).toBeGreaterThanOrEqual(wide * minute);
					}
				}
				const [from, to] = [startex + 60 * minute, startex + 120 * minute];
				const shown = visibleOf(placed, from, to, wide * minute);
				for (const one of placed)
					if (one.at + wide * minute > from && one.at < to) expect(shown).toContain(one);
			}),
			{ numRuns: 50 }
		);
	});
});

describe('the scale', () => {
	it('zooms from two days to ten minutes and back', () => {
		let span: number = zoomSpans[0];
		for (const _ of zoomSpans) span = zoomStep(span, 1);
		expect(span).toBe(10 * minute);
		for (const _ of zoomSpans) span = zoomStep(span, -1);
		expect(span).toBe(48 * hour);
		expect(spanFor(5 * hour)).toBe(8 * hour);
		expect(spanFor(400 * hour)).toBe(48 * hour);
		expect([48, 4, 1].map((hours) => snapOf(hours * hour) / minute)).toEqual([15, 5, 1]);
	});

	it('ticks stand on round times of the zone, days at its midnight', () => {
		const found = ticks(startex, startex + 48 * hour, 'Europe/Brussels', 12);
		expect(found.length).toBeLessThanOrEqual(13);
		const days = found.filter(({ kind }) => kind === 'day').map(({ at }) => new Date(at).toISOString());
		expect(days).toEqual(['2026-06-10T22:00:00.000Z', '2026-06-11T22:00:00.000Z']);
		const close = ticks(startex + minute / 2, startex + 10 * minute, 'Europe/Brussels', 10);
		expect(close).toHaveLength(10);
		expect(close[0]).toEqual({ at: startex + minute, kind: 'minute' });
	});

	it('neither doubles nor loses an hour when the clock is changed', () => {
		const spring = Date.parse('2026-03-28T23:00:00Z');
		const hours = ticks(spring, spring + 6 * hour, 'Europe/Brussels', 8).map(
			({ at }) => (at - spring) / hour
		);
		expect(hours).toEqual([0, 1, 2, 3, 4, 5, 6]);
	});

	it('covers play and what is planned beside it, but not a slip of the pen', () => {
		const bounds = { startsAt: startex, endsAt: startex + 8 * hour };
		const { from, to } = coveredRange([startex - hour, null, startex + 365 * 24 * hour], bounds);
		expect(from).toBeLessThan(startex - hour);
		expect(to).toBeGreaterThan(bounds.endsAt);
		expect(to).toBeLessThan(bounds.endsAt + 2 * hour);
	});
});
