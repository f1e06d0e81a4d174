import { countryName } from '#lib/standards/countries.ts';
import { papLabel } from '#lib/standards/judgement.ts';
import { sectorName } from '#lib/standards/sectors.ts';
import { emptyRichText, isEmptyRichText, textOfRichText, type Block, type RichText } from '../rich-text.ts';
import type { ReportPage } from './page.ts';
import {
	reportSections,
	sectionNames,
	type DecisionRow,
	type FrozenReport,
	type NeedRow,
	type ReportContent,
	type ReportImpact,
	type ReportIncident,
	type ReportSection
} from './schema.ts';

/** The page as plain values, for approval: rows that say nothing yet are not in it, nor is any id. */
export function freezeReport({ head, sections, rows }: ReportPage): ReportContent {
	const named = (quoted: { number: number; title: string } | null) =>
		quoted && { number: quoted.number, title: quoted.title };
	return {
		to: head.to.trim(),
		pap: head.pap,
		confidence: head.confidence,
		spread: head.spread,
		sections: Object.fromEntries(
			reportSections.flatMap((section) =>
				isEmptyRichText(sections[section]) ? [] : [[section, sections[section]]]
			)
		),
		incidents: rows.incidents.map(({ number, title, cause, threat, state }) => ({
			number,
			title,
			cause,
			threat,
			state
		})),
		impacts: rows.impacts.flatMap(({ country, sector, severity, quoted, id: _id, ...rest }) =>
			country && sector && severity ? [{ ...rest, country, sector, severity, incident: named(quoted) }] : []
		),
		needs: rows.needs.map(({ id: _id, ...need }) => need),
		decisions: rows.decisions.map(({ id: _id, ...decision }) => decision)
	};
}

/** `D1 10:42` */
type Time = (exerciseAt: number) => string;

export function impactLine(row: ReportImpact, time: Time): string {
	const sector = row.subsector
		? `${sectorName(row.sector)} (${sectorName(row.subsector)})`
		: sectorName(row.sector);
	const parts = [
		`${row.severity}, ${row.outlook} for the next 6 h`,
		...(row.usersAffected === null ? [] : [`${row.usersAffected} users affected`]),
		...(row.crossBorder ? ['across borders'] : []),
		...(row.source || row.asOf !== null
			? [[row.source, row.asOf === null ? '' : `as of ${time(row.asOf)}`].filter(Boolean).join(', ')]
			: []),
		...(row.incident ? [`incident ${row.incident.number}`] : [])
	];
	return `${countryName(row.country)}, ${sector}: ${parts.join('; ')}`;
}

export function incidentLine({ number, title, cause, threat, state }: ReportIncident): string {
	const parts = [state, ...(cause ? [cause] : []), ...(threat ? [`threat ${threat}`] : [])];
	return `Incident ${number}, ${title}: ${parts.join('; ').replaceAll('-', ' ')}`;
}

export const needLine = ({ type, what, to, urgency }: NeedRow): string =>
	`${type.replaceAll('_', ' ')}: ${what}${to ? `, from ${to}` : ''} (${urgency})`;

export const decisionLine = ({ question, options, by }: DecisionRow, time: Time): string =>
	`${question}${options ? ` Options: ${options}` : ''}${by === null ? '' : ` By ${time(by)}.`}`;

/** What stands in a section besides its text, line by line. */
export function sectionRows(content: ReportContent, section: ReportSection, time: Time): string[] {
	switch (section) {
		case 'situation':
			return content.incidents.map(incidentLine);
		case 'impact':
			return content.impacts.map((row) => impactLine(row, time));
		case 'needs':
			return content.needs.map(needLine);
		case 'decisions':
			return content.decisions.map((row) => decisionLine(row, time));
		case 'assessment':
			return [
				...(content.confidence ? [`Confidence: ${content.confidence}`] : []),
				...(content.spread ? [`A further spread is ${content.spread.replaceAll('_', ' ')}`] : [])
			];
		case 'summary':
			return [...(content.to ? [`To: ${content.to}`] : []), ...(content.pap ? [papLabel(content.pap)] : [])];
		default:
			return [];
	}
}

/** The whole report as one text with headings: for whoever reads it without its tables, and for search. */
export function reportAsText(content: ReportContent, older: RichText | null, time: Time): RichText {
	const paragraph = (text: string): Block => ({ type: 'paragraph', content: [{ type: 'text', text }] });
	const blocks = reportSections.flatMap((section): Block[] => {
		const written = content.sections[section]?.content ?? [];
		const rows = sectionRows(content, section, time);
		if (written.length === 0 && rows.length === 0) return [];
		return [
			{
				type: 'heading',
				attrs: { level: 3 },
				content: [{ type: 'text', text: sectionNames[section] }]
			},
			...written,
			...(rows.length > 0
				? [
						{
							type: 'bulletList' as const,
							content: rows.map((row) => ({ type: 'listItem' as const, content: [paragraph(row)] }))
						}
					]
				: [])
		];
	});
	return { type: 'doc', content: [...blocks, ...(older ?? emptyRichText()).content] };
}

/** What two versions of a report are compared by: each section's words and rows as lines. */
export function comparedSections(
	{ title, text, content }: Pick<FrozenReport, 'title' | 'text' | 'content'>,
	time: Time
): { section: ReportSection | 'title' | 'text'; text: string }[] {
	// a report from before there were sections has its text alone
	if (!content)
		return [
			{ section: 'title', text: title },
			{ section: 'text', text: textOfRichText(text) }
		];
	return [
		{ section: 'title', text: title },
		...reportSections.map((section) => ({
			section,
			text: [
				textOfRichText(content.sections[section] ?? emptyRichText()),
				...sectionRows(content, section, time)
			]
				.filter((line) => line !== '')
				.join('\n')
		}))
	];
}
