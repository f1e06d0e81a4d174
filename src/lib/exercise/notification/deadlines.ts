import type { NotificationStep } from '#lib/standards/notification-forms.ts';
import type { ProviderKind } from '#lib/standards/significance.ts';
import { instantOf } from '../exercise/local-time.ts';
import { wallParts } from '../inject/schedule.ts';

/*
 * The clocks of NIS2 Art. 23(4), in exercise time: a pause, a rate or a jump moves nothing here, because nothing here
 * knows the wall's clock. Hours are elapsed hours. Nothing is ever submitted by itself.
 */
const hour = 3_600_000;

export interface CaseTimes {
	awareAt: number;
	provider: ProviderKind | null;
	/** when the incident notification was first submitted; null: not yet */
	notifiedAt: number | null;
	/** when a progress report was first submitted */
	progressAt: number | null;
	/** when handling the incident ended */
	handledAt: number | null;
}

export const earlyWarningDue = ({ awareAt }: Pick<CaseTimes, 'awareAt'>): number => awareAt + 24 * hour;

/** 72 hours; trust service providers 24. */
export const notificationDue = ({ awareAt, provider }: Pick<CaseTimes, 'awareAt' | 'provider'>): number =>
	awareAt + (provider === 'trust-services' ? 24 : 72) * hour;

/** The reply of the CSIRT or authority: where possible within 24 hours of the early warning (Art. 23(5)). */
export const replyDue = (warnedAt: number): number => warnedAt + 24 * hour;

/** The same day of the next month, at the same time of day in the exercise's zone; the month's last day where it has no such day. */
export function monthAfter(instant: number, timeZone: string): number {
	const { year, month, day, hour, minute, second } = wallParts(instant, timeZone);
	const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
	const lastDay = new Date(Date.UTC(nextYear, nextMonth, 0)).getUTCDate();
	const two = (value: number) => String(value).padStart(2, '0');
	const date = `${nextYear}-${two(nextMonth)}-${two(Math.min(day, lastDay))}`;
	const local = instantOf(`${date}T${two(hour)}:${two(minute)}:${two(second)}`, timeZone)!;
	return local + (instant - Math.floor(instant / 1000) * 1000);
}

/**
 * The final report: one month after the notification was submitted. While the incident is still handled then, a progress
 * report is due in its place, and the final report one month after the handling ended. Null: its clock does not run.
 */
export function finalDue(times: CaseTimes, timeZone: string): number | null {
	if (times.notifiedAt === null) return null;
	const first = monthAfter(times.notifiedAt, timeZone);
	const { progressAt, handledAt } = times;
	if (handledAt === null) return progressAt === null ? first : null;
	return progressAt === null && handledAt <= first ? first : monthAfter(handledAt, timeZone);
}

/** Due at the final report's date when the incident is still handled then; null: not asked for. */
export function progressDue(times: CaseTimes, timeZone: string): number | null {
	if (times.notifiedAt === null) return null;
	const first = monthAfter(times.notifiedAt, timeZone);
	return times.handledAt !== null && times.handledAt <= first ? null : first;
}

/** When a report of a step is due; `askedBy` is what was set with a request for an intermediate report. */
export function stepDue(
	step: NotificationStep,
	times: CaseTimes,
	timeZone: string,
	askedBy: number | null
): number | null {
	switch (step) {
		case 'early_warning':
			return earlyWarningDue(times);
		case 'incident_notification':
			return notificationDue(times);
		case 'intermediate_report':
			return askedBy;
		case 'progress_report':
			return progressDue(times, timeZone);
		case 'final_report':
			return finalDue(times, timeZone);
	}
}
