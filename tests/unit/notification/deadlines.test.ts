import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	continueAt,
	exerciseTimeAt,
	lastRate,
	wallTimeOf,
	type ClockSegment
} from '#lib/exercise/exercise/clock.ts';
import { wallParts } from '#lib/exercise/inject/schedule.ts';
import {
	earlyWarningDue,
	finalDue,
	monthAfter,
	notificationDue,
	progressDue,
	type CaseTimes
} from '#lib/exercise/notification/deadlines.ts';
import { notificationRecord } from '#lib/exercise/notification/record.ts';
import {
	caseContentSchema,
	type Notification,
	type NotificationFact
} from '#lib/exercise/notification/schema.ts';
import { reportClocks } from '#lib/exercise/notification/standing.ts';
import { itemStanding, pressingReports } from '#lib/exercise/team/deadlines.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import { openItems } from '#lib/exercise/working/open.ts';
import { idOf, startex, wallAtStart } from '../domain/factories.ts';

const hour = 3_600_000;
const zone = 'Europe/Brussels';
const times = (values: Partial<CaseTimes> = {}): CaseTimes => ({
	awareAt: startex,
	provider: null,
	notifiedAt: null,
	progressAt: null,
	handledAt: null,
	...values
});

describe('deadlines of NIS2 Art. 23(4)', () => {
	it('24 and 72 elapsed hours from becoming aware; trust service providers 24', () => {
		expect(earlyWarningDue(times())).toBe(startex + 24 * hour);
		expect(notificationDue(times())).toBe(startex + 72 * hour);
		expect(notificationDue(times({ provider: 'trust-services' }))).toBe(startex + 24 * hour);
		expect(notificationDue(times({ provider: 'cloud' }))).toBe(startex + 72 * hour);
	});

	it('hours are elapsed hours also over a change of the clock', () => {
		// the night of 25 October 2026 has 25 hours in Brussels
		const awareAt = Date.UTC(2026, 9, 24, 10);
		const due = earlyWarningDue({ awareAt });
		expect(due - awareAt).toBe(24 * hour);
		expect(wallParts(due, zone).hour).toBe(11);
	});

	const at = (text: string) => Date.parse(text);
	it.each([
		['2026-06-10T09:30:00+02:00', '2026-07-10T09:30:00+02:00'],
		['2026-01-31T09:30:00+01:00', '2026-02-28T09:30:00+01:00'],
		['2028-01-31T09:30:00+01:00', '2028-02-29T09:30:00+01:00'],
		['2026-08-31T23:59:59+02:00', '2026-09-30T23:59:59+02:00'],
		['2026-12-31T12:00:00+01:00', '2027-01-31T12:00:00+01:00'],
		// another distance from UTC in the next month, the same time of day
		['2026-10-10T09:30:00+02:00', '2026-11-10T09:30:00+01:00'],
		['2026-03-10T09:30:00+01:00', '2026-04-10T09:30:00+02:00'],
		// a day of the zone, not of UTC
		['2026-01-31T00:30:00+01:00', '2026-02-28T00:30:00+01:00']
	])('a month after %s is %s', (from, to) => {
		expect(new Date(monthAfter(at(from), zone)).toISOString()).toBe(new Date(at(to)).toISOString());
	});

	it('a month keeps the day, or is the last day of the next month, for every moment and zone', () => {
		const moments = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2032, 0, 1) });
		const zones = fc.constantFrom('Europe/Brussels', 'Atlantic/Azores', 'Asia/Nicosia', 'UTC');
		fc.assert(
			fc.property(moments, zones, (moment, timeZone) => {
				const before = wallParts(moment, timeZone);
				const after = wallParts(monthAfter(moment, timeZone), timeZone);
				expect(after.month).toBe((before.month % 12) + 1);
				const last = new Date(Date.UTC(after.year, after.month, 0)).getUTCDate();
				expect(after.day).toBe(Math.min(before.day, last));
			}),
			{ numRuns: 500 }
		);
	});

	it('the final report: a month after the notification was submitted, not after it was due', () => {
		const notifiedAt = startex + 100 * hour;
		expect(finalDue(times(), zone)).toBeNull();
		expect(finalDue(times({ notifiedAt }), zone)).toBe(monthAfter(notifiedAt, zone));
		expect(finalDue(times({ notifiedAt, handledAt: notifiedAt + hour }), zone)).toBe(
			monthAfter(notifiedAt, zone)
		);
	});

	it('while it goes on: a progress report at that date, then the final one a month after the handling ended', () => {
		const notifiedAt = startex;
		const first = monthAfter(notifiedAt, zone);
		const going = times({ notifiedAt, progressAt: first - hour });
		expect(progressDue(times({ notifiedAt }), zone)).toBe(first);
		expect(finalDue(going, zone)).toBeNull();
		const handledAt = first + 10 * 24 * hour;
		expect(finalDue({ ...going, handledAt }, zone)).toBe(monthAfter(handledAt, zone));
		expect(progressDue(times({ notifiedAt, handledAt: first - hour }), zone)).toBeNull();
	});
});

/** What exercise control may do to the clock, so many wall milliseconds after the last thing. */
type ClockAct = { after: number } & (
	{ pause: true } | { resume: true } | { rate: number } | { jump: number }
);
const clockActs: fc.Arbitrary<ClockAct[]> = fc.array(
	fc
		.tuple(
			fc.integer({ min: 1, max: 6 * hour }),
			fc.oneof(
				fc.constant({ pause: true as const }),
				fc.constant({ resume: true as const }),
				fc.record({ rate: fc.constantFrom(0.5, 1, 2, 24, 60) }),
				fc.record({ jump: fc.integer({ min: -12 * hour, max: 40 * hour }) })
			)
		)
		.map(([after, act]) => ({ after, ...act })),
	{ maxLength: 12 }
);

function clockAfter(acts: readonly ClockAct[]): { segments: ClockSegment[]; walls: number[] } {
	const segments: ClockSegment[] = [{ wallStart: wallAtStart, exerciseStart: startex, rate: 1 }];
	const walls: number[] = [];
	let wall = wallAtStart;
	for (const act of acts) {
		wall += act.after;
		walls.push(wall);
		const now = exerciseTimeAt(segments, wall)!;
		if ('pause' in act) segments.push(continueAt(segments, wall, { rate: 0 }));
		else if ('resume' in act) segments.push(continueAt(segments, wall, { rate: lastRate(segments) }));
		else if ('rate' in act) segments.push(continueAt(segments, wall, { rate: act.rate }));
		else segments.push(continueAt(segments, wall, { exercise: Math.max(now + act.jump, startex) }));
	}
	return { segments, walls };
}

const opened = (): Notification =>
	notificationRecord.evolve(null, {
		fact: {
			kind: 'notification-opened',
			title: 'Port down',
			tlp: 'amber',
			number: 1,
			content: caseContentSchema.parse({ title: 'Port down', entity: 'Port', awareAt: startex }),
			incident: null,
			form: { id: 'nis2-early-warning', version: 2 }
		},
		side: 'own',
		by: 'Lead',
		at: startex,
		wallAt: wallAtStart
	});

describe('clocks of a case under a clock that pauses, runs at any rate and jumps', () => {
	it('what is left, or how late it is, is what the exercise clock says, and the due time never moves', () => {
		const standing = opened();
		const due = startex + 24 * hour;
		fc.assert(
			fc.property(clockActs, fc.integer({ min: 0, max: 12 * hour }), (acts, more) => {
				const { segments, walls } = clockAfter(acts);
				for (const wall of [...walls, (walls.at(-1) ?? wallAtStart) + more]) {
					const now = exerciseTimeAt(segments, wall)!;
					const [warning] = reportClocks(standing, zone, now);
					expect(warning!.due).toBe(due);
					expect(warning!.leftMs).toBe(now <= due ? due - now : null);
					expect(warning!.lateBy).toBe(now > due ? now - due : null);
				}
			}),
			{ numRuns: 400 }
		);
	});

	it('the wall time at which it runs out is when the exercise clock gets there', () => {
		const due = startex + 24 * hour;
		fc.assert(
			fc.property(clockActs, (acts) => {
				const { segments } = clockAfter(acts);
				const wall = wallTimeOf(segments, due);
				if (wall === null) return;
				expect(exerciseTimeAt(segments, wall)!).toBeGreaterThanOrEqual(due);
			}),
			{ numRuns: 400 }
		);
	});

	it('late is submitted after due, whatever the clock did in between; both times are kept', () => {
		fc.assert(
			fc.property(clockActs, (acts) => {
				const { segments, walls } = clockAfter(acts);
				const wallAt = (walls.at(-1) ?? wallAtStart) + 1;
				const at = exerciseTimeAt(segments, wallAt)!;
				const due = startex + 24 * hour;
				const before = opened();
				const fact: Omit<
					Extract<NotificationFact, { kind: 'notification-submitted' }>,
					'team' | 'record' | 'copies'
				> = {
					kind: 'notification-submitted',
					title: 'Port down',
					tlp: 'amber',
					report: 'early_warning',
					version: 1,
					form: { id: 'nis2-early-warning', version: 2 },
					values: {},
					fingerprint: 'f',
					due,
					to: 'GR CSIRT',
					content: before.content,
					met: []
				};
				const standing = notificationRecord.evolve(before, { fact, side: 'own', by: 'Lead', at, wallAt });
				// long after, and after a jump back as well
				for (const now of [startex, at + 500 * hour]) {
					const [warning] = reportClocks(standing, zone, now);
					expect(warning!.lateBy).toBe(at > due ? at - due : null);
					expect(warning!.leftMs).toBeNull();
					expect(warning!.report.versions[0]).toMatchObject({ at, wallAt, due });
				}
			}),
			{ numRuns: 200 }
		);
	});
});

describe('what waits in the room: each report of a case that is still to be sent', () => {
	const id = idOf<RecordId>('case');
	const openOf = (standing: Notification) =>
		openItems({
			records: [{ id, of: 'notification', standing }],
			deadlines: [],
			questions: [],
			decisions: new Map(),
			timeZone: zone
		});
	const submitted = (report: string, at: number, before = opened()) =>
		notificationRecord.evolve(before, {
			fact: {
				kind: 'notification-submitted',
				title: 'Port down',
				tlp: 'amber',
				report,
				version: 1,
				form: { id: 'nis2-early-warning', version: 2 },
				values: {},
				fingerprint: 'f',
				due: startex + 24 * hour,
				to: 'GR CSIRT',
				content: before.content,
				met: []
			},
			side: 'own',
			by: 'Lead',
			at,
			wallAt: wallAtStart
		});
	const dueOf = (standing: Notification) => openOf(standing).map(({ state, dueAt }) => [state, dueAt]);

	it('in the order in which they are due; what was sent waits no longer, and a final report has its day from then on', () => {
		expect(dueOf(opened())).toEqual([
			['early_warning', startex + 24 * hour],
			['incident_notification', startex + 72 * hour]
		]);
		const warned = submitted('early_warning', startex + hour);
		expect(dueOf(warned)).toEqual([['incident_notification', startex + 72 * hour]]);
		const notified = submitted('incident_notification', startex + 30 * hour, warned);
		expect(dueOf(notified)).toEqual([['final_report', monthAfter(startex + 30 * hour, zone)]]);
		expect(openOf(opened())[0]).toMatchObject({ of: 'notification', id, title: 'Port down', tlp: 'amber' });
	});

	it('near from three hours before, late after, and told once of each', () => {
		const [warning, notification] = openOf(opened());
		const at = startex + 24 * hour;
		expect(itemStanding(warning!, null)).toEqual({ state: 'waiting', ms: null });
		expect(itemStanding(warning!, at - 3 * hour - 1)).toEqual({ state: 'waiting', ms: 3 * hour + 1 });
		expect(itemStanding(warning!, at - 3 * hour)).toEqual({ state: 'near', ms: 3 * hour });
		expect(itemStanding(warning!, at)).toEqual({ state: 'near', ms: 0 });
		expect(itemStanding(warning!, at + 1)).toEqual({ state: 'overdue', ms: 1 });
		const told = (now: number | null) =>
			pressingReports([warning!, notification!], now).map(({ key }) => key.replace(id, '').trim());
		expect(told(null)).toEqual([]);
		expect(told(startex)).toEqual([]);
		expect(told(at)).toEqual(['early_warning near']);
		expect(told(startex + 70 * hour)).toEqual(['early_warning overdue', 'incident_notification near']);
	});

	it('what is no report is near a quarter of an hour before its time', () => {
		const item = { of: 'task', dueAt: startex + hour };
		expect(itemStanding(item, startex).state).toBe('waiting');
		expect(itemStanding(item, startex + 45 * 60_000).state).toBe('near');
	});

	it('of the authority: its reply to the early warning, and nothing once the case is closed', () => {
		const authority = { ...submitted('early_warning', startex + hour), side: 'authority' as const };
		expect(dueOf(authority)).toEqual([['reply', startex + 25 * hour]]);
		const closed = { by: null, at: startex, wallAt: wallAtStart, withdrawn: false, reason: '' };
		expect(dueOf({ ...authority, closed })).toEqual([]);
		expect(dueOf({ ...opened(), closed })).toEqual([]);
	});
});
