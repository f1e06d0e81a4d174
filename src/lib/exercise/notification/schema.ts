import { z } from 'zod';
import {
	formOf,
	stepName,
	type NotificationForm,
	type NotificationStep
} from '#lib/standards/notification-forms.ts';
import { numberFigures, providerIds, statementFigures, type Figures } from '#lib/standards/significance.ts';
import { lowerTlp, tlpIds, tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import { instant, shortText } from '../exercise/schema.ts';
import { textOfRichText, type RichText } from '../rich-text.ts';
import type { Happened, RecordFact } from '../working/record.ts';
import type { FormValue, FormValues } from './form.ts';

/**
 * A case of NIS2 Art. 23: one incident, and what the law asks to be reported of it, step by step (DOMAIN 7.7). The
 * notifying team and the CSIRT or authority each keep a record of their own.
 */
export const caseContentSchema = z.object({
	title: shortText('Title', 200),
	/** the affected entity, as the team calls it */
	entity: shortText('Affected entity', 200),
	/** what kind of digital provider it is; null: none of those of IR (EU) 2024/2690 */
	provider: z.enum(providerIds).nullable().default(null),
	/** obliged by Art. 23, or voluntary (Art. 30), which uses the same procedure */
	basis: z.enum(['obliged', 'voluntary']).default('obliged'),
	/** exercise time, ms; the clocks run from here */
	awareAt: instant,
	tlp: z.enum(tlpIds).default('amber')
});
export type CaseContent = z.infer<typeof caseContentSchema>;

export const figuresSchema = z.object({
	...Object.fromEntries(numberFigures.map((id) => [id, z.number().min(0).max(1e15).optional()])),
	...Object.fromEntries(statementFigures.map((id) => [id, z.enum(['yes', 'no']).optional()]))
}) as unknown as z.ZodType<Figures>;

/** `early_warning`, and for each request one `intermediate_report-1`, `-2` … */
export type ReportKey = string;
export const reportKeyPattern =
	/^(early_warning|incident_notification|progress_report|final_report|intermediate_report-[1-9][0-9]?)$/;

export function stepOf(key: ReportKey): NotificationStep {
	return key.replace(/-\d+$/, '') as NotificationStep;
}

export function reportName(key: ReportKey): string {
	const number = /-(\d+)$/.exec(key)?.[1];
	return number ? `${stepName(stepOf(key))} ${number}` : stepName(stepOf(key));
}

export interface FormName {
	id: string;
	version: number;
}

export const answerKinds = ['feedback', 'guidance', 'law-enforcement'] as const;
export type AnswerKind = (typeof answerKinds)[number];

type Of<Kind extends string, Body = unknown> = RecordFact & { kind: Kind; title: string } & Body;
export type NotificationFact =
	| Of<
			'notification-opened',
			{
				/** counts the team's cases, so it is told to nobody else */
				number: number;
				content: CaseContent;
				incident: { number: number; title: string } | null;
				form: FormName;
			}
	  >
	| Of<'notification-corrected', { changes: Partial<CaseContent> }>
	/** its lead has lowered the label for whom it was sent to as well */
	| Of<'notification-relaxed', { was: Tlp }>
	| Of<'notification-assessed', { figures: Figures; met: string[] }>
	| Of<'notification-begun', { report: ReportKey; form: FormName }>
	| Of<
			'notification-submitted',
			{
				report: ReportKey;
				/** 1, then one more for each amendment */
				version: number;
				form: FormName;
				values: Record<string, FormValue>;
				fingerprint: string;
				/** exercise time; null: no clock runs for it */
				due: number | null;
				/** the name of the CSIRT or authority; null: exercise control answers for it */
				to: string | null;
				/** the case, for a reader who has only what was sent */
				content: CaseContent;
				/** criteria that make it significant, by their ids */
				met: string[];
			}
	  >
	| Of<'notification-acknowledged', { report: ReportKey; version: number }>
	| Of<'notification-answered', { report: ReportKey; answer: AnswerKind; text: string }>
	| Of<'notification-report-requested', { report: ReportKey; text: string; by: number | null }>
	| Of<'notification-handled'>
	| Of<'notification-closed', { reason: string }>
	| Of<'notification-withdrawn', { reason: string }>;

/** Who did it, and when on both clocks. */
export interface Act {
	by: string | null;
	at: number | null;
	wallAt: number;
}

export interface SubmittedReport extends Act {
	version: number;
	form: FormName;
	values: FormValues;
	due: number | null;
	fingerprint: string;
}

/** One report of a case. */
export interface CaseReport {
	key: ReportKey;
	/** the form that its draft is on; null: nobody has begun */
	form: FormName | null;
	/** why it is asked for, and until when; only of intermediate reports */
	asked: (Act & { text: string; until: number | null }) | null;
	/** first to last: amendments are new versions */
	versions: SubmittedReport[];
	/** of the last version that was acknowledged */
	acknowledged: (Act & { version: number }) | null;
	answers: (Act & { answer: AnswerKind; text: string })[];
}

export interface Notification {
	/** which end of it this record is */
	side: 'entity' | 'authority';
	/** at the notifying team; 0 at the authority */
	number: number;
	content: CaseContent;
	incident: { number: number; title: string } | null;
	/** at the authority: the team that notified */
	from: string | null;
	/** at the notifying team: whom it has been sent to; null: nobody yet, or exercise control */
	to: string | null;
	isSent: boolean;
	opened: Act;
	changed: Act;
	/** why it counts as significant, first to last */
	assessments: (Act & { figures: Figures; met: string[] })[];
	reports: CaseReport[];
	handled: Act | null;
	closed: (Act & { reason: string; withdrawn: boolean }) | null;
}

const emptyReport = (key: ReportKey): CaseReport => ({
	key,
	form: null,
	asked: null,
	versions: [],
	acknowledged: null,
	answers: []
});

export const reportOf = (of: Pick<Notification, 'reports'>, key: ReportKey): CaseReport =>
	of.reports.find((one) => one.key === key) ?? emptyReport(key);

function withReport(
	of: Notification,
	key: ReportKey,
	change: (report: CaseReport) => Partial<CaseReport>
): Notification {
	const report = reportOf(of, key);
	const next = { ...report, ...change(report) };
	const isKnown = of.reports.some((one) => one.key === key);
	return {
		...of,
		reports: isKnown ? of.reports.map((one) => (one.key === key ? next : one)) : [...of.reports, next]
	};
}

/** How a case stands after a fact. */
export function evolveCase(before: Notification | null, happened: Happened<NotificationFact>): Notification {
	const { fact, side, from = null, by, at, wallAt } = happened;
	const act: Act = { by, at, wallAt };
	const begun = (content: CaseContent): Notification => ({
		side: side === 'own' ? 'entity' : 'authority',
		number: fact.kind === 'notification-opened' ? fact.number : 0,
		content,
		incident: null,
		from,
		to: null,
		isSent: false,
		opened: act,
		changed: act,
		assessments: [],
		reports: [],
		handled: null,
		closed: null
	});
	if (fact.kind === 'notification-opened')
		return withReport({ ...begun(fact.content), incident: fact.incident }, 'early_warning', () => ({
			form: fact.form
		}));
	if (fact.kind === 'notification-submitted') {
		const { content, report, version, form, values, due, fingerprint, to, met } = fact;
		const known = before ?? begun(content);
		const isAuthority = known.side === 'authority';
		const next = withReport(
			{
				...known,
				// what was corrected since the last report reaches the authority with the next
				content,
				changed: act,
				to: isAuthority ? null : to,
				isSent: true,
				...(isAuthority && { assessments: [{ ...act, figures: {}, met }] })
			},
			report,
			({ versions }) => ({
				form,
				versions: [...versions, { ...act, version, form, values, due, fingerprint }]
			})
		);
		return next;
	}
	if (!before) throw new Error(`a case of notification does not begin with ${fact.kind}`);
	const known = { ...before, changed: act };
	switch (fact.kind) {
		case 'notification-corrected':
			return { ...known, content: { ...known.content, ...fact.changes } };
		case 'notification-relaxed':
			return { ...known, content: { ...known.content, tlp: lowerTlp(known.content.tlp, fact.tlp) } };
		case 'notification-assessed':
			return {
				...known,
				assessments: [...known.assessments, { ...act, figures: fact.figures, met: fact.met }]
			};
		case 'notification-begun':
			return withReport(known, fact.report, () => ({ form: fact.form }));
		case 'notification-acknowledged':
			return withReport(known, fact.report, () => ({ acknowledged: { ...act, version: fact.version } }));
		case 'notification-answered':
			return withReport(known, fact.report, ({ answers }) => ({
				answers: [...answers, { ...act, answer: fact.answer, text: fact.text }]
			}));
		case 'notification-report-requested':
			return withReport(known, fact.report, () => ({
				asked: { ...act, text: fact.text, until: fact.by }
			}));
		case 'notification-handled':
			return { ...known, handled: act };
		case 'notification-closed':
		case 'notification-withdrawn':
			return {
				...known,
				closed: { ...act, reason: fact.reason, withdrawn: fact.kind === 'notification-withdrawn' }
			};
	}
}

/** The page of a case: all its drafts, report by report. */
export interface CasePage {
	/** the drafts by report, on the form that each was begun on */
	drafts: Readonly<Record<ReportKey, FormValues>>;
}

/** What a fact of a case says. */
export function wordsOfCase(fact: NotificationFact | Omit<NotificationFact, 'team' | 'record' | 'copies'>): {
	title: string;
	text: string;
} {
	const of = fact as NotificationFact;
	switch (of.kind) {
		case 'notification-submitted':
			return {
				title: `${reportName(of.report)}${of.version > 1 ? ` (version ${of.version})` : ''}: ${of.title}`,
				text: valuesAsText(formOf(of.form), of.values)
			};
		case 'notification-begun':
		case 'notification-acknowledged':
			return { title: `${reportName(of.report)}: ${of.title}`, text: '' };
		case 'notification-answered':
		case 'notification-report-requested':
			return { title: `${reportName(of.report)}: ${of.title}`, text: of.text };
		case 'notification-relaxed':
			return { title: of.title, text: `${tlpLabel(of.was)} → ${tlpLabel(of.tlp)}` };
		case 'notification-closed':
		case 'notification-withdrawn':
			return { title: of.title, text: of.reason };
		default:
			return { title: of.title, text: '' };
	}
}

/** A submitted report as lines of text; times stand as they are asked for elsewhere, in exercise time. */
export function valuesAsText(form: NotificationForm | null, values: FormValues): string {
	const fields: readonly { id: string; label: string; type?: string }[] =
		form?.fields ?? Object.keys(values).map((id) => ({ id, label: id }));
	return fields
		.flatMap(({ id, label, type }) => {
			const value = values[id];
			if (value === undefined || value === null || type === 'time') return [];
			return [`${label}: ${valueAsText(value)}`];
		})
		.join('\n');
}

export function valueAsText(value: Exclude<FormValue, null>): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number') return String(value);
	return 'type' in value ? textOfRichText(value as RichText) : (value as readonly string[]).join(', ');
}
