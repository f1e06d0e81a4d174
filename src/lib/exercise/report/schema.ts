import { z } from 'zod';
import { countryCodes } from '#lib/standards/countries.ts';
import { impactColours, incidentCauses, outlooks, threatSeverities } from '#lib/standards/incidents.ts';
import {
	confidences,
	likelihoodIds,
	papIds,
	type Confidence,
	type Likelihood,
	type Pap
} from '#lib/standards/judgement.ts';
import { sectorIds, subsectorIds } from '#lib/standards/sectors.ts';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { instant } from '../exercise/schema.ts';
import { incidentStates, type Impact } from '../incident/schema.ts';
import { idPattern } from '../ids.ts';
import type { RichText } from '../rich-text.ts';

/** The sections of a situation report (DOMAIN 5.1), in order. */
export const reportSections = [
	'summary',
	'situation',
	'impact',
	'actionsTaken',
	'plannedActions',
	'needs',
	'assessment',
	'publicCommunication',
	'decisions',
	'annexes'
] as const;
export type ReportSection = (typeof reportSections)[number];

/** As they stand in the text of a report that leaves the page. */
export const sectionNames: Record<ReportSection, string> = {
	summary: 'Summary',
	situation: 'Situation',
	impact: 'Impact',
	actionsTaken: 'Actions taken',
	plannedActions: 'Planned actions',
	needs: 'Needs and requests',
	assessment: 'Assessment',
	publicCommunication: 'Public communication',
	decisions: 'Decisions needed',
	annexes: 'Annexes'
};

export const reportLimits = {
	/** characters of the summary: it is what a level above reads first (DOMAIN 5.1) */
	summary: 600,
	/** rows of one table: thirty countries by a few sectors; more is not read by anybody */
	rows: 120,
	/** characters of one line of a row */
	line: 300,
	/** characters of a longer cell */
	cell: 1000
} as const;

export interface ReportHead {
	title: string;
	tlp: Tlp;
	/** exercise time for which it describes the situation, ms; null: the moment of approval */
	asOf: number | null;
	/** whom it is addressed to, in the team's words */
	to: string;
	pap: Pap | null;
	/** the number of the approved report that this one replaces */
	supersedes: number | null;
	/** of the assessment */
	confidence: Confidence | null;
	spread: Likelihood | null;
}

export const headSchema = z.object({
	title: z.string().max(200),
	tlp: z.enum(tlpIds),
	asOf: instant.nullable(),
	to: z.string().max(reportLimits.line),
	pap: z.enum(papIds).nullable(),
	supersedes: z.number().int().min(1).max(9999).nullable(),
	confidence: z.enum(confidences).nullable(),
	spread: z.enum(likelihoodIds).nullable()
});

export const emptyHead: ReportHead = {
	title: '',
	tlp: 'amber',
	asOf: null,
	to: '',
	pap: null,
	supersedes: null,
	confidence: null,
	spread: null
};

// --- rows beside the text ---------------------------------------------------------------------------------------------

/** The incident of the own team that a row was taken over from; the report may not have a lower label (DOMAIN 3.1). */
export const quotedSchema = z.object({
	/** the record, known to the own team alone: it never leaves the page */
	record: z.string().regex(idPattern),
	number: z.number().int().min(1),
	title: z.string().max(200),
	tlp: z.enum(tlpIds)
});
export type Quoted = z.infer<typeof quotedSchema>;

const orNull = <T extends z.ZodType>(type: T) => type.nullable();
const line = z.string().max(reportLimits.line);
const cell = z.string().max(reportLimits.cell);

/** What an incident does to one sector of one country. A colour that nobody has chosen is unknown, never white. */
const impactRow = {
	country: orNull(z.enum(countryCodes)),
	sector: orNull(z.enum(sectorIds)),
	subsector: orNull(z.enum(subsectorIds)),
	severity: orNull(z.enum(impactColours)),
	outlook: z.enum(outlooks),
	usersAffected: orNull(z.number().int().min(0).max(1_000_000_000)),
	crossBorder: z.boolean(),
	source: line,
	asOf: orNull(instant),
	quoted: orNull(quotedSchema)
} as const;

const incidentRow = {
	number: z.number().int().min(1),
	title: z.string().max(200),
	cause: orNull(z.enum(incidentCauses)),
	threat: orNull(z.enum(threatSeverities)),
	state: z.enum(incidentStates),
	quoted: orNull(quotedSchema)
} as const;

export const needTypes = [
	'information',
	'expertise',
	'equipment',
	'mutual_assistance',
	'reserve',
	'decision'
] as const;
export const urgencies = ['immediate', 'urgent', 'routine'] as const;

const needRow = { type: z.enum(needTypes), what: cell, to: line, urgency: z.enum(urgencies) } as const;
const decisionRow = { question: cell, options: cell, by: orNull(instant) } as const;

/** The tables of a report page: field by field, so that two people in one row do not overwrite each other. */
export const rowFields = {
	incidents: incidentRow,
	impacts: impactRow,
	needs: needRow,
	decisions: decisionRow
} as const;
export type ReportTable = keyof typeof rowFields;
export const reportTables = Object.keys(rowFields) as ReportTable[];

type Row<Fields extends Record<string, z.ZodType>> = { [K in keyof Fields]: z.infer<Fields[K]> };
export type ImpactRow = Row<typeof impactRow>;
export type IncidentRow = Row<typeof incidentRow>;
export type NeedRow = Row<typeof needRow>;
export type DecisionRow = Row<typeof decisionRow>;
export interface RowOf {
	incidents: IncidentRow;
	impacts: ImpactRow;
	needs: NeedRow;
	decisions: DecisionRow;
}
/** A row as the page has it. */
export type Kept<T extends ReportTable> = RowOf[T] & { id: string };

export const emptyRows: RowOf = {
	incidents: { number: 1, title: '', cause: null, threat: null, state: 'new', quoted: null },
	impacts: {
		country: null,
		sector: null,
		subsector: null,
		severity: null,
		outlook: 'stable',
		usersAffected: null,
		crossBorder: false,
		source: '',
		asOf: null,
		quoted: null
	},
	needs: { type: 'information', what: '', to: '', urgency: 'routine' },
	decisions: { question: '', options: '', by: null }
};

// --- the frozen report ------------------------------------------------------------------------------------------------

/** Where a row comes from, as readers outside the team may know it: no id. */
export interface QuotedName {
	number: number;
	title: string;
}
export type ReportImpact = Impact & { incident: QuotedName | null };
export type ReportIncident = Omit<IncidentRow, 'quoted'>;

/** An approved report as plain values: what is kept, shared, compared, exported. It holds no id of the page. */
export interface ReportContent {
	to: string;
	pap: Pap | null;
	confidence: Confidence | null;
	spread: Likelihood | null;
	/** those with words in them */
	sections: Partial<Record<ReportSection, RichText>>;
	incidents: ReportIncident[];
	impacts: ReportImpact[];
	needs: NeedRow[];
	decisions: DecisionRow[];
}

/** A report as its readers get it, in the own team or elsewhere. */
export interface FrozenReport {
	number: number;
	title: string;
	tlp: Tlp;
	/** exercise time, ms */
	asOf: number;
	/** all of it as one text, also of reports from before there were tables */
	text: RichText;
	content: ReportContent | null;
}
