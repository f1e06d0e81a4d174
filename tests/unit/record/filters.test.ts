import { describe, expect, it } from 'vitest';
import { instantOf, localTime, zonedTime } from '#lib/exercise/exercise/local-time.ts';
import { noFilters, readFilters, writeFilters } from '#lib/exercise/record/filters.ts';
import type { TeamId } from '#lib/exercise/ids.ts';

describe('filters in the address', () => {
	const zone = 'Europe/Brussels';
	it('survive the way there and back', () => {
		const filters = {
			team: 'team-gr-csirt' as TeamId,
			groups: ['injects' as const, 'decisions' as const],
			text: 'ransom & "note"',
			from: Date.parse('2026-05-12T08:00:00Z'),
			to: null,
			newestFirst: true
		};
		expect(readFilters(new URLSearchParams(writeFilters(filters, zone).toString()), zone)).toEqual(filters);
		expect(writeFilters(noFilters, zone).toString()).toBe('');
	});

	it('leave out what is not understood', () => {
		const hostile = "team=' or 1=1&kind=secrets&from=yesterday&to=2026-13-99T00:00&order=random&text=%00a";
		expect(readFilters(new URLSearchParams(hostile), zone)).toEqual({ ...noFilters, text: 'a' });
		expect(readFilters(new URLSearchParams({ text: 'x'.repeat(5000) }), zone).text).toHaveLength(100);
	});
});

describe('local times', () => {
	it.each([
		['2026-05-12T10:42', 'Europe/Brussels', '2026-05-12T08:42:00.000Z'],
		['2026-01-12T10:42', 'Europe/Athens', '2026-01-12T08:42:00.000Z'],
		['2026-01-12T10:42', 'Atlantic/Azores', '2026-01-12T11:42:00.000Z'],
		['2026-03-29T01:30', 'Europe/Brussels', '2026-03-29T00:30:00.000Z'],
		['2026-03-29T03:30', 'Europe/Brussels', '2026-03-29T01:30:00.000Z']
	])('%s in %s', (local, zone, utc) => {
		expect(new Date(instantOf(local, zone)!).toISOString()).toBe(utc);
		expect(localTime(Date.parse(utc), zone)).toBe(local);
	});
	it('carry their distance from UTC', () => {
		expect(zonedTime(Date.parse('2026-05-12T08:42:17Z'), 'Europe/Brussels')).toBe(
			'2026-05-12T10:42:17+02:00'
		);
		expect(zonedTime(Date.parse('2026-01-12T08:42:17.900Z'), 'Atlantic/Azores')).toBe(
			'2026-01-12T07:42:17-01:00'
		);
		expect(zonedTime(0, 'UTC')).toBe('1970-01-01T00:00:00+00:00');
	});
});
