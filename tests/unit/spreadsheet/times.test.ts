import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isoTime, readOffset, readTime, type TimeContext } from '#lib/exercise/inject/spreadsheet/times.ts';
import { detectDateOrder } from '#lib/exercise/inject/spreadsheet/calendar.ts';
import type { Cell } from '#lib/exercise/inject/spreadsheet/table.ts';

// STARTEX on Wednesday 10 June 2026, 09:00 in Brussels
const startsAt = Date.UTC(2026, 5, 10, 7, 0);
const context: TimeContext = { startsAt, timeZone: 'Europe/Brussels', dateOrder: 'dmy' };

/** The reading in few words: a moment in the zone, `+seconds`, a mode, or `!` and what is wrong. */
function read(cell: Cell, more: Partial<TimeContext> = {}): string {
	const all = { ...context, ...more };
	const reading = readTime(cell, all);
	if ('problem' in reading) return `!${reading.problem}`;
	const { schedule } = reading;
	if (schedule.mode === 'at') return isoTime(schedule.at, all.timeZone);
	if (schedule.mode === 'offset') return `+${schedule.seconds}`;
	return schedule.mode;
}

describe('moments', () => {
	it.each([
		['2026-06-10 09:30', '2026-06-10T09:30:00+02:00'],
		['2026-06-10T09:30', '2026-06-10T09:30:00+02:00'],
		['2026-06-10T09:30:15+02:00', '2026-06-10T09:30:15+02:00'],
		['2026-06-10T07:30:00Z', '2026-06-10T09:30:00+02:00'],
		['2023-03-23T04:00:00.000Z', '2023-03-23T05:00:00+01:00'],
		['10/06/2026 09:30', '2026-06-10T09:30:00+02:00'],
		['10.06.2026 9:30', '2026-06-10T09:30:00+02:00'],
		['10.6.26, 9.30', '2026-06-10T09:30:00+02:00'],
		['Wed 10 June 2026, 9.30 am', '2026-06-10T09:30:00+02:00'],
		['June 10, 2026 9:30 AM', '2026-06-10T09:30:00+02:00'],
		['10-Jun-26 14:00', '2026-06-10T14:00:00+02:00'],
		['mercredi 10 juin 2026 à 9h30', '2026-06-10T09:30:00+02:00'],
		['10. Juni 2026 um 14 Uhr', '2026-06-10T14:00:00+02:00'],
		['10 de junio de 2026 14:00', '2026-06-10T14:00:00+02:00'],
		['10 giugno 14:00', '2026-06-10T14:00:00+02:00'],
		['14:00 10/06', '2026-06-10T14:00:00+02:00'],
		['Thursday 08:15', '2026-06-11T08:15:00+02:00'],
		['Mar 10 2026 10:00', '2026-03-10T10:00:00+01:00'],
		['101830ZJUN26', '2026-06-10T20:30:00+02:00'],
		['101830BJUN2026', '2026-06-10T18:30:00+02:00']
	])('reads %s', (text, expected) => expect(read(text)).toBe(expected));

	it('reads the month first where the column says so', () => {
		expect(read('06/10/2026 09:30', { dateOrder: 'mdy' })).toBe('2026-06-10T09:30:00+02:00');
		expect(read('06/13/2026 09:30')).toBe('2026-06-13T09:30:00+02:00');
		expect(detectDateOrder(['06/10/2026', '06/13/2026'])).toEqual({ order: 'mdy', certain: true });
		expect(detectDateOrder(['06/10/2026'])).toEqual({ order: 'dmy', certain: false });
	});

	it.each([
		'31/02/2026 10:00',
		'2026-06-10T25:00',
		'2026-13-01 10:00',
		'10/06/2026 25:61',
		'soon',
		'99/99/9999 09:00',
		'1850-01-01 10:00'
	])('says what is wrong with %s', (text) => expect(read(text)).toMatch(/^!.+\.$/));

	it('says that a day alone is no time', () => {
		expect(read('10 June')).toContain('says the day but not the time');
		expect(read('2026-06-10')).toContain('says the day but not the time');
	});
});

describe('times of day', () => {
	it.each([
		['09:30', '09:30:00'],
		['9.30', '09:30:00'],
		['9h30', '09:30:00'],
		['9h', '09:00:00'],
		['0930', '09:30:00'],
		['0930 hrs', '09:30:00'],
		['14 Uhr', '14:00:00'],
		['2:05 pm', '14:05:00'],
		['2 p.m.', '14:00:00'],
		['12:00 AM', '00:00:00'],
		['12:15 a.m.', '00:15:00'],
		['12:00 PM', '12:00:00'],
		['12:59 pm', '12:59:00'],
		['14:30 PM', '14:30:00'],
		['noon', '12:00:00'],
		['14:00 CEST', '14:00:00'],
		['14:00 CET', '15:00:00'],
		['12:00Z', '14:00:00'],
		['14:00 (local)', '14:00:00'],
		['14:00 UTC+3', '13:00:00']
	])('reads %s on the day of STARTEX', (text, clock) => expect(read(text)).toBe(`2026-06-10T${clock}+02:00`));

	it('takes the day from the column of days, in any form', () => {
		const day = (cell: Cell) => read('09:30', { day: cell }).slice(0, 16);
		expect(day('2026-06-11')).toBe('2026-06-11T09:30');
		expect(day(new Date(Date.UTC(2026, 5, 12)))).toBe('2026-06-12T09:30');
		expect(day('Day 2')).toBe('2026-06-11T09:30');
		expect(day('D+1')).toBe('2026-06-11T09:30');
		expect(day('J-1')).toBe('2026-06-09T09:30');
		expect(day('Tue 16 June')).toBe('2026-06-16T09:30');
		expect(day('Friday')).toBe('2026-06-12T09:30');
		expect(day(2)).toBe('2026-06-11T09:30');
		expect(read('09:30', { day: 'someday' })).toBe('!“someday” is no day, so the time has none either.');
	});

	it('midnight is the beginning of a day, 24:00 its end', () => {
		expect(read('00:00', { day: 'Day 2' })).toBe('2026-06-11T00:00:00+02:00');
		expect(read('24:00', { day: 'Day 2' })).toBe('2026-06-12T00:00:00+02:00');
		expect(read('12:00 am', { day: 'Day 2' })).toBe('2026-06-11T00:00:00+02:00');
	});

	it('decides whether 00:45 is elapsed time or a time of day', () => {
		expect(read('00:45')).toBe('+2700');
		expect(read('00:45', { bareTimes: 'clock' })).toBe('2026-06-10T00:45:00+02:00');
		expect(read('10:45', { bareTimes: 'elapsed' })).toBe('+38700');
		expect(read('10:45')).toBe('2026-06-10T10:45:00+02:00');
		expect(read('26:30')).toBe('+95400');
	});

	it.each(['25:00 pm', '14:30 am', '9:75', '12:00 XYZ'])('refuses %s', (text) =>
		expect(read(text)).toMatch(/^!/)
	);
});

describe('cells of a workbook', () => {
	it('a time cell is a fraction of a day, whatever the rounding', () => {
		expect(read(new Date(Date.UTC(1899, 11, 30, 9, 29, 59, 999)))).toBe('2026-06-10T09:30:00+02:00');
		expect(read(0.395833333)).toBe('2026-06-10T09:30:00+02:00');
		expect(read(new Date(Date.UTC(1899, 11, 30, 14, 0)), { day: 'Wed 10 June' })).toBe(
			'2026-06-10T14:00:00+02:00'
		);
		expect(read(0, { day: 'Day 2' })).toBe('2026-06-11T00:00:00+02:00');
	});

	it('a date cell has the digits that the planner sees, in the zone of the exercise', () => {
		expect(read(new Date(Date.UTC(2026, 5, 11, 8, 59, 59, 999)))).toBe('2026-06-11T09:00:00+02:00');
		expect(read(46_183.395833333)).toBe('2026-06-10T09:30:00+02:00');
		expect(read(new Date(Date.UTC(2026, 5, 11, 9, 0)), { timeZone: 'Europe/Helsinki' })).toBe(
			'2026-06-11T09:00:00+03:00'
		);
	});

	it('a cell of more than a day is elapsed time', () => {
		// [h]:mm 26:30
		expect(read(new Date(Date.UTC(1899, 11, 31, 2, 30)))).toBe('+95400');
	});

	it('does not guess what a bare number is', () => {
		expect(read(45)).toMatch(/could be minutes, hours or a day/);
		expect(read(1400)).toBe('2026-06-10T14:00:00+02:00');
		expect(read(1475)).toMatch(/^!/);
	});
});

describe('offsets', () => {
	it.each([
		['+2h', 7200],
		['+ 90 min', 5400],
		['-15 min', -900],
		['−1h30', -5400],
		['+00:45', 2700],
		['T+2', 7200],
		['T+0:30', 1800],
		['T-15 min', -900],
		['T+1h30', 5400],
		['H+3', 10_800],
		['STARTEX', 0],
		['STARTEX + 90 min', 5400],
		['2h after STARTEX', 7200],
		['30 min before STARTEX', -1800],
		['J', 0],
		['J-1', -86_400],
		['J+1 H+2 M-5', 93_300],
		['D+1', 86_400],
		['2 hours 15 minutes', 8100],
		['1 Stunde 30 Minuten', 5400],
		['PT2H30M', 9000],
		['1,5 h', 5400]
	])('reads %s', (text, seconds) => expect(read(text)).toBe(`+${seconds}`));

	it.each([
		['D+1 09:30', '2026-06-11T09:30:00+02:00'],
		['D-1 14h', '2026-06-09T14:00:00+02:00'],
		['J 14:00', '2026-06-10T14:00:00+02:00'],
		['J+1 9h30', '2026-06-11T09:30:00+02:00'],
		['Day 2 09:30', '2026-06-11T09:30:00+02:00'],
		['Day 1, 9:30 AM', '2026-06-10T09:30:00+02:00'],
		['Tag 2 14 Uhr', '2026-06-11T14:00:00+02:00'],
		['D+1T09:30', '2026-06-11T09:30:00+02:00']
	])('reads %s as a time on a day of play', (text, expected) => expect(read(text)).toBe(expected));

	it('a column of offsets has a unit', () => {
		expect(readOffset(90)).toEqual({ seconds: 5400 });
		expect(readOffset('90')).toEqual({ seconds: 5400 });
		expect(readOffset("'-30")).toEqual({ seconds: -1800 });
		expect(readOffset(1.5, 'hours')).toEqual({ seconds: 5400 });
		expect(readOffset('1:02:03')).toEqual({ seconds: 3723 });
		expect(readOffset('-0:00:30')).toEqual({ seconds: -30 });
		expect(readOffset(new Date(Date.UTC(1899, 11, 30, 1, 30)))).toEqual({ seconds: 5400 });
		expect(readOffset('a while')).toHaveProperty('problem');
		expect(readOffset(1e12)).toHaveProperty('problem');
	});

	it.each(['TBD', 'manual', 'by hand', '-', '???'])('%s is released by hand', (text) =>
		expect(read(text)).toBe('manual')
	);
	it.each(['as required', 'Contingency: if no team reports', 'si nécessaire'])(
		'%s is held in reserve',
		(text) => expect(read(text)).toBe('contingency')
	);
});

describe('summer and winter time', () => {
	it('refuses the hour that spring leaves out', () => {
		expect(read('2026-03-29 02:30')).toBe(
			'!2026-03-29 02:30 does not exist in Europe/Brussels: the clocks go forward.'
		);
		expect(read('2026-03-29 03:00')).toBe('2026-03-29T03:00:00+02:00');
		expect(read('2026-03-29 01:59')).toBe('2026-03-29T01:59:00+01:00');
	});

	it('takes the first of the two in autumn, and says so', () => {
		const reading = readTime('2026-10-25 02:30', context);
		expect(reading).toMatchObject({ schedule: { mode: 'at', at: Date.UTC(2026, 9, 25, 0, 30) } });
		expect('note' in reading && reading.note).toMatch(/comes twice/);
		expect(read('2026-10-25T02:30:00+01:00')).toBe('2026-10-25T02:30:00+01:00');
	});

	it('D+1 over the change keeps the time of day', () => {
		const autumn = { startsAt: Date.UTC(2026, 9, 24, 7, 0) };
		expect(read('D+1 09:00', autumn)).toBe('2026-10-25T09:00:00+01:00');
		expect(read('D+1', autumn)).toBe('+86400');
	});
});

describe('isoTime', () => {
	it('is read back to the millisecond, in every zone', () => {
		const zones = fc.constantFrom(
			'Europe/Brussels',
			'Europe/Helsinki',
			'Atlantic/Azores',
			'UTC',
			'Africa/Monrovia',
			'Asia/Kathmandu',
			'America/New_York'
		);
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 7_258_118_400_000 }), zones, (at, timeZone) => {
				expect(readTime(isoTime(at, timeZone), { ...context, timeZone })).toEqual({
					schedule: { mode: 'at', at }
				});
			}),
			{ numRuns: 500 }
		);
	});

	it('never throws on anything in a cell', () => {
		const cells = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.string(),
			fc.double(),
			fc.date({ noInvalidDate: false }),
			fc.boolean(),
			fc.stringMatching(/^[DJTH+\-0-9: .apm/]{0,20}$/)
		);
		fc.assert(
			fc.property(cells, cells, (cell, day) => {
				const reading = readTime(cell, { ...context, day });
				expect('problem' in reading || 'schedule' in reading).toBe(true);
			}),
			{ numRuns: 2000 }
		);
	});
});
