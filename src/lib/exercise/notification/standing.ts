import { criterionOf, type Criterion } from '#lib/standards/significance.ts';
import type { NotificationStep } from '#lib/standards/notification-forms.ts';
import { replyDue, stepDue, type CaseTimes } from './deadlines.ts';
import { reportOf, stepOf, type CaseReport, type Notification, type ReportKey } from './schema.ts';

/*
 * How a case and its reports stand: read from the record, the exercise's zone and its time of now, the same for the
 * team, for the authority and for exercise control.
 */

export type CaseState = 'aware' | 'early-warned' | 'notified' | 'progress' | 'final' | 'closed' | 'withdrawn';

/** DOMAIN 7.7; `asked`: the authority wants it, and nobody has begun. */
export type ReportState = 'not-started' | 'draft' | 'submitted' | 'acknowledged' | 'feedback-given';

const firstAt = (of: Notification, step: NotificationStep): number | null =>
	reportOf(of, step).versions[0]?.at ?? null;

export function caseState(of: Notification): CaseState {
	if (of.closed) return of.closed.withdrawn ? 'withdrawn' : 'closed';
	const isIn = (step: NotificationStep) => reportOf(of, step).versions.length > 0;
	if (isIn('final_report')) return 'final';
	if (isIn('progress_report')) return 'progress';
	if (isIn('incident_notification')) return 'notified';
	return isIn('early_warning') ? 'early-warned' : 'aware';
}

export function reportState({ form, versions, acknowledged, answers }: CaseReport): ReportState {
	if (answers.length > 0) return 'feedback-given';
	const last = versions.at(-1);
	if (last) return acknowledged?.version === last.version ? 'acknowledged' : 'submitted';
	return form ? 'draft' : 'not-started';
}

export function caseTimes(of: Notification): CaseTimes {
	return {
		awareAt: of.content.awareAt,
		provider: of.content.provider,
		notifiedAt: firstAt(of, 'incident_notification'),
		progressAt: firstAt(of, 'progress_report'),
		handledAt: of.handled?.at ?? null
	};
}

/** A report of a case with its clock. */
export interface ReportClock {
	key: ReportKey;
	step: NotificationStep;
	report: CaseReport;
	state: ReportState;
	/** exercise time, ms; null: no clock runs */
	due: number | null;
	/** when it was first submitted */
	doneAt: number | null;
	/** by how much: of what is still missing it grows, of what was submitted late it stays */
	lateBy: number | null;
	/** until it is due; null: done, late, or without a clock */
	leftMs: number | null;
}

/** When a report of a case is due; null: no clock runs. A voluntary notification has none but those that are agreed (Art. 30). */
export function dueOf(of: Notification, key: ReportKey, timeZone: string): number | null {
	const step = stepOf(key);
	const asked = reportOf(of, key).asked?.until ?? null;
	return of.content.basis === 'voluntary' && step !== 'intermediate_report'
		? null
		: stepDue(step, caseTimes(of), timeZone, asked);
}

/** Which reports a case has and still needs, in the order of the law. */
export function reportClocks(of: Notification, timeZone: string, now: number | null): ReportClock[] {
	const intermediate = of.reports
		.filter(({ key }) => stepOf(key) === 'intermediate_report')
		.map(({ key }) => key);
	// asked for only while the incident goes on when the final report would be due
	const wantsProgress =
		reportOf(of, 'progress_report').form !== null || dueOf(of, 'progress_report', timeZone) !== null;
	const keys: ReportKey[] = [
		'early_warning',
		'incident_notification',
		...intermediate,
		...(wantsProgress ? ['progress_report'] : []),
		'final_report'
	];
	return keys.map((key) => clockOf(of, key, timeZone, now));
}

function clockOf(of: Notification, key: ReportKey, timeZone: string, now: number | null): ReportClock {
	const report = reportOf(of, key);
	const step = stepOf(key);
	const first = report.versions[0];
	const due = first ? first.due : dueOf(of, key, timeZone);
	const doneAt = first ? (first.at ?? 0) : null;
	// a case that is closed asks for nothing more, and a final report takes the progress report's place
	const isOver =
		of.closed !== null || (step === 'progress_report' && reportOf(of, 'final_report').versions.length > 0);
	const measured = doneAt ?? (isOver ? null : now);
	const isLate = due !== null && measured !== null && measured > due;
	return {
		key,
		step,
		report,
		state: reportState(report),
		due,
		doneAt,
		lateBy: isLate ? measured - due : null,
		leftMs: doneAt === null && !isOver && due !== null && now !== null && now <= due ? due - now : null
	};
}

/** The reports that are still to come and whose clock runs, the most urgent first. */
export function openClocks(of: Notification, timeZone: string, now: number | null): ReportClock[] {
	if (of.closed) return [];
	const progress = reportOf(of, 'progress_report');
	const isHandled = of.handled !== null;
	return reportClocks(of, timeZone, now)
		.filter(({ doneAt, due, step }) => {
			if (doneAt !== null || due === null) return false;
			// while the incident goes on one of the two is due at that date: the one that the team has begun
			if (step === 'progress_report')
				return (isHandled || progress.form !== null) && reportOf(of, 'final_report').versions.length === 0;
			return step !== 'final_report' || isHandled || progress.form === null || progress.versions.length > 0;
		})
		.sort((a, b) => a.due! - b.due!);
}

/** For the authority: until when it should have answered the early warning; null: it has, or there is none. */
export function replyClock(
	of: Notification,
	now: number | null
): { due: number; lateBy: number | null } | null {
	if (of.closed) return null;
	const warning = reportOf(of, 'early_warning');
	const warnedAt = warning.versions[0]?.at ?? null;
	if (warnedAt === null || warning.answers.length > 0) return null;
	const due = replyDue(warnedAt);
	return { due, lateBy: now !== null && now > due ? now - due : null };
}

/** Why the incident counts as significant: the criteria that were met when it was last assessed. */
export function metCriteria(of: Notification): Criterion[] {
	return (of.assessments.at(-1)?.met ?? []).flatMap((id) => criterionOf(id) ?? []);
}
