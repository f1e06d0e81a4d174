import { z } from 'zod';
import type * as Y from 'yjs';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { readFragment, writeFragment, type RichText } from '../rich-text.ts';
import { instant, longText, shortText } from '../exercise/schema.ts';

/** Kinds of a team log's entries that are written as text (DOMAIN 5.2, ICS-214 style). */
export const logKinds = ['event', 'action', 'communication', 'handover', 'note'] as const;
/** A METHANE report is an entry with fields of its own (methane.ts). */
export type LogKind = (typeof logKinds)[number] | 'methane';

/** A decision as it was taken: what was known then, what was weighed, what was chosen and why (DOMAIN 5.2). */
export const decisionSchema = z.object({
	question: longText('Question'),
	factsKnown: z.string().trim().max(4000).default(''),
	assumptions: z.string().trim().max(4000).default(''),
	options: z
		.array(
			z.object({
				text: shortText('Option', 1000),
				pros: z.string().trim().max(2000).default(''),
				cons: z.string().trim().max(2000).default('')
			})
		)
		.max(8)
		.default([]),
	chosen: shortText('Decision', 2000),
	reason: z.string().trim().max(4000).default(''),
	consulted: z.string().trim().max(1000).default(''),
	dissent: z.string().trim().max(2000).default(''),
	/** exercise time at which it is looked at again, ms; missing or null: no time is set */
	reviewAt: instant.nullable().optional()
});
export type Decision = z.infer<typeof decisionSchema>;

/** A team may add to its log for an hour after ENDEX; such entries are marked late (DOMAIN 7.1). */
export const lateLogMs = 60 * 60_000;

// --- the situation report page: a head of plain values, the text as one shared fragment ------------------------------

export interface ReportHead {
	title: string;
	tlp: Tlp;
	/** exercise time for which it describes the situation, ms */
	asOf: number | null;
}

const headSchema = z.object({
	title: z.string().max(200),
	tlp: z.enum(tlpIds),
	asOf: z.number().int().nullable()
});

export function reportText(doc: Y.Doc): Y.XmlFragment {
	return doc.getXmlFragment('text');
}

export function reportHead(doc: Y.Doc): Y.Map<unknown> {
	return doc.getMap('head');
}

export function readReport(doc: Y.Doc): { head: ReportHead; text: RichText } {
	const head = reportHead(doc);
	const fallback: ReportHead = { title: '', tlp: 'amber', asOf: null };
	const read = <K extends keyof ReportHead>(key: K): ReportHead[K] => {
		const checked = headSchema.shape[key].safeParse(head.get(key));
		return (checked.success ? checked.data : fallback[key]) as ReportHead[K];
	};
	return {
		head: { title: read('title'), tlp: read('tlp'), asOf: read('asOf') },
		text: readFragment(reportText(doc))
	};
}

/** The sections of a situation report (DOMAIN 5.1), written once by the server when the page is opened. */
export function writeReportTemplate(doc: Y.Doc, headings: readonly string[]): void {
	reportHead(doc).set('title', '');
	reportHead(doc).set('tlp', 'amber');
	writeFragment(reportText(doc), {
		type: 'doc',
		content: headings.flatMap((text) => [
			{ type: 'heading' as const, attrs: { level: 3 }, content: [{ type: 'text' as const, text }] },
			{ type: 'paragraph' as const }
		])
	});
}

export const reportSections = [
	'Summary',
	'Situation',
	'Impact',
	'Actions taken',
	'Planned actions',
	'Needs and requests',
	'Assessment',
	'Public communication',
	'Decisions needed'
] as const;
