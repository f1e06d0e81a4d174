import { z } from 'zod';
import { teamLevels, type TeamLevel } from '../exercise/schema.ts';

/**
 * How often teams of a level report, in minutes of exercise time; null: nobody asks for it. DOMAIN 5.1: a team every
 * two hours, the national level every four.
 */
export type ReportRhythm = Record<TeamLevel, number | null>;

export const defaultRhythm: ReportRhythm = { entity: 120, technical: 120, operational: 240, political: 240 };

/** Between "every few minutes in a drill" and "once in two weeks". */
const minutes = z.number().int().min(5).max(20_160).nullable();
export const rhythmSchema = z.object(
	Object.fromEntries(teamLevels.map((level) => [level, minutes])) as Record<TeamLevel, typeof minutes>
);

/** What an exercise has set, and the default for what it has not. */
export function rhythmOf(settings: { reportRhythm?: Partial<ReportRhythm> }): ReportRhythm {
	return { ...defaultRhythm, ...settings.reportRhythm };
}

/** What asks a team to report more often than its level does, as a network mode does (DOMAIN 7.4). */
export interface AskedRhythm {
	minutes: number;
	/** exercise time from which it is asked, ms */
	from: number;
}

/** As the modes of networks say it (`rhythmsAsked`): null is since before STARTEX. */
export const askedSince = (
	asked: readonly { minutes: number; from: number | null }[],
	startsAt: number
): AskedRhythm[] => asked.map(({ minutes, from }) => ({ minutes, from: from ?? startsAt }));

export interface ReportClock {
	level: TeamLevel;
	rhythm: ReportRhythm;
	/** exercise time of STARTEX, ms */
	startsAt: number;
	/** exercise time at which the team's last report was approved, ms; null: none yet */
	lastAt: number | null;
	asked?: readonly AskedRhythm[];
}

/**
 * When a team's next situation report is due, in exercise time, ms; null: none is asked for. It counts from the last
 * approved report, or from STARTEX. What is asked more often from some moment on counts from that moment at the
 * earliest, so that nobody is late at the moment in which it is asked.
 */
export function nextReportDue({ level, rhythm, startsAt, lastAt, asked = [] }: ReportClock): number | null {
	const since = lastAt ?? startsAt;
	const own = rhythm[level];
	const dues = [
		...(own === null ? [] : [since + own * 60_000]),
		...asked.map((one) => Math.max(since, one.from) + one.minutes * 60_000)
	];
	return dues.length === 0 ? null : Math.min(...dues);
}

/** How a due time stands; exactly at its time it is still kept. Before STARTEX nothing is late. */
export function dueStanding(due: number | null, now: number | null): { late: boolean; ms: number | null } {
	if (due === null || now === null) return { late: false, ms: null };
	return { late: now > due, ms: Math.abs(due - now) };
}
