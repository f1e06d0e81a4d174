import { strictestTlp, tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import { isEmptyRichText, textOfRichText, type RichText } from '../rich-text.ts';
import type { ReportPage } from './page.ts';
import { reportLimits, reportTables, sectionNames } from './schema.ts';

/** What keeps a report from being approved, as a sentence; the same in the browser, which shows it, and the server, which refuses. */
export interface ReportProblem {
	at: 'report' | 'summary' | 'impacts' | 'needs' | 'decisions' | 'label' | 'supersedes';
	message: string;
}

/** What the page is judged beside: the team's incidents as they stand, and its approved reports. */
export interface ReportBeside {
	incidents: readonly { record: string; number: number; tlp: Tlp }[];
	/** numbers of approved reports, and which of them a later one has replaced */
	approved: readonly { number: number; superseded: boolean }[];
}

/** How the summary is counted: characters as people see them, a line break as one. */
export function summaryLength(summary: RichText): number {
	return [...textOfRichText(summary).trim()].length;
}

export function isEmptyReport({ sections, text, rows }: ReportPage): boolean {
	return (
		text === null &&
		Object.values(sections).every(isEmptyRichText) &&
		reportTables.every((table) => rows[table].length === 0)
	);
}

/** Every row is named by its place, as readers count them. */
export function reportProblems(page: ReportPage, beside: ReportBeside): ReportProblem[] {
	const problems: ReportProblem[] = [];
	const add = (at: ReportProblem['at'], message: string) => problems.push({ at, message });
	const { head, sections, rows } = page;
	if (isEmptyReport(page)) add('report', 'The report is empty.');
	const used = summaryLength(sections.summary);
	if (used > reportLimits.summary)
		add(
			'summary',
			`The summary has ${used} characters: at most ${reportLimits.summary}. Move what is more into the section “${sectionNames.situation}”.`
		);
	for (const table of reportTables)
		if (rows[table].length > reportLimits.rows)
			add('report', `A table has ${rows[table].length} rows: at most ${reportLimits.rows}.`);
	for (const [i, row] of rows.impacts.entries()) {
		const name = `Impact, row ${i + 1}`;
		if (row.country === null || row.sector === null) {
			add('impacts', `${name}: choose a country and a sector, or remove the row.`);
			continue;
		}
		if (row.severity === null)
			add('impacts', `${name}: choose a colour, or remove the row. What has no row counts as unknown.`);
		if (row.usersAffected === null) continue;
		const missing = [
			...(row.source.trim() === '' ? ['where it comes from'] : []),
			...(row.asOf === null ? ['for which time it holds'] : [])
		];
		if (missing.length > 0)
			add(
				'impacts',
				`${name}: the number of users needs ${missing.join(' and ')}. Add it, or take the number out.`
			);
	}
	for (const [i, { what }] of rows.needs.entries())
		if (what.trim() === '')
			add('needs', `Needs and requests, row ${i + 1}: say what is needed, or remove the row.`);
	for (const [i, { question }] of rows.decisions.entries())
		if (question.trim() === '')
			add('decisions', `Decisions needed, row ${i + 1}: write the question, or remove the row.`);
	const quoted = quotedLabel(page, beside);
	if (strictestTlp([head.tlp, quoted.tlp]) !== head.tlp)
		add(
			'label',
			`The report quotes ${quoted.names}, marked ${tlpLabel(quoted.tlp)}: its own label ${tlpLabel(head.tlp)} may not be lower. Raise it, or take those rows out.`
		);
	if (head.supersedes !== null) {
		const replaced = beside.approved.find(({ number }) => number === head.supersedes);
		if (!replaced)
			add('supersedes', `There is no approved report ${head.supersedes} that this one could replace.`);
		else if (replaced.superseded)
			add('supersedes', `Report ${head.supersedes} has been replaced already: choose the one that did.`);
	}
	return problems;
}

/**
 * The strictest label among the incidents that rows were taken over from: as they stand now, and as they were when they
 * were taken over. Whoever rewrites the page cannot make an incident's own label lower.
 */
function quotedLabel({ rows }: ReportPage, { incidents }: ReportBeside): { tlp: Tlp; names: string } {
	const known = new Map(incidents.map((one) => [one.record, one]));
	const labels = [...rows.impacts, ...rows.incidents].flatMap(({ quoted }) => {
		if (!quoted) return [];
		const now = known.get(quoted.record);
		return { number: quoted.number, tlp: strictestTlp([quoted.tlp, ...(now ? [now.tlp] : [])]) };
	});
	const tlp = strictestTlp(labels.map((one) => one.tlp));
	const numbers = [...new Set(labels.filter((one) => one.tlp === tlp).map((one) => one.number))].sort(
		(a, b) => a - b
	);
	return { tlp, names: `incident ${numbers.join(', ')}` };
}
