import * as Y from 'yjs';
import type { z } from 'zod';
import { generateKeyBetween } from 'fractional-indexing';
import { isEmptyRichText, readFragment, type RichText } from '../rich-text.ts';
import {
	emptyHead,
	emptyRows,
	headSchema,
	reportSections,
	reportTables,
	rowFields,
	type Kept,
	type ReportHead,
	type ReportSection,
	type ReportTable,
	type RowOf
} from './schema.ts';

/*
 * The page of a situation report in drafting: a head of plain values, a shared text for each section, and tables whose
 * rows are maps of fields. A section cannot be lost by deleting its heading, and two people in two sections, or in two
 * fields of one row, never meet. Pages from before there were sections have one text named `text`: it stays where it is,
 * is shown and frozen with the rest, and can be written on.
 */

/** The one text of notes, and of report pages from before there were sections. */
export const pageText = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('text');
export const sectionText = (doc: Y.Doc, section: ReportSection): Y.XmlFragment =>
	doc.getXmlFragment(`section/${section}`);
export const reportHead = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('head');
export const reportRows = (doc: Y.Doc, table: ReportTable): Y.Map<Y.Map<unknown>> =>
	doc.getMap(`rows/${table}`);

export interface ReportPage {
	head: ReportHead;
	sections: Record<ReportSection, RichText>;
	/** of an older page; null: there is none */
	text: RichText | null;
	rows: { [T in ReportTable]: Kept<T>[] };
}

/** Written once by the server when the page is opened. */
export function writeReportPage(doc: Y.Doc): void {
	for (const [key, value] of Object.entries(emptyHead)) reportHead(doc).set(key, value);
}

/** What the page says. A value that cannot be is read as missing: pages are written by browsers. */
export function readReport(doc: Y.Doc): ReportPage {
	const text = readFragment(pageText(doc));
	return {
		head: readHead(doc),
		sections: Object.fromEntries(
			reportSections.map((section) => [section, readFragment(sectionText(doc, section))])
		) as ReportPage['sections'],
		text: isEmptyRichText(text) ? null : text,
		rows: Object.fromEntries(reportTables.map((table) => [table, readRows(doc, table)])) as ReportPage['rows']
	};
}

export function readHead(doc: Y.Doc): ReportHead {
	return readFields(headSchema.shape, emptyHead, reportHead(doc)) as unknown as ReportHead;
}

/** Only the rows of one table, in their order. */
export function readRows<T extends ReportTable>(doc: Y.Doc, table: T): Kept<T>[] {
	const rows: { row: Kept<T>; order: string }[] = [];
	for (const [id, map] of reportRows(doc, table)) {
		if (!(map instanceof Y.Map)) continue;
		const row = readFields(rowFields[table], emptyRows[table], map) as RowOf[T];
		rows.push({ row: { ...row, id }, order: String(map.get('order') ?? '') });
	}
	return rows
		.sort((a, b) => (a.order === b.order ? (a.row.id < b.row.id ? -1 : 1) : a.order < b.order ? -1 : 1))
		.map(({ row }) => row);
}

function readFields(
	fields: Record<string, z.ZodType>,
	fallback: object,
	map: Y.Map<unknown>
): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).map(([key, type]) => {
			const checked = type.safeParse(map.get(key));
			return [key, checked.success ? checked.data : (fallback as Record<string, unknown>)[key]];
		})
	);
}

// --- editing ----------------------------------------------------------------------------------------------------------

/** Adds a row at the end. Ids are made by the browser: nobody outside the page ever reads them. */
export function addRow<T extends ReportTable>(
	doc: Y.Doc,
	table: T,
	id: string,
	values: Partial<RowOf[T]> = {}
): void {
	const rows = reportRows(doc, table);
	let last: string | null = null;
	for (const map of rows.values()) {
		const order = map instanceof Y.Map ? map.get('order') : null;
		if (typeof order === 'string' && (last === null || order > last)) last = order;
	}
	doc.transact(() => {
		const map = new Y.Map<unknown>();
		for (const [key, value] of Object.entries({ ...emptyRows[table], ...values })) map.set(key, value);
		map.set('order', orderAfter(last));
		rows.set(id, map);
	});
}

/** An order that a hostile page has made up may be none. */
function orderAfter(last: string | null): string {
	try {
		return generateKeyBetween(last, null);
	} catch {
		return `${last ?? ''}a`;
	}
}

export function setCells<T extends ReportTable>(
	doc: Y.Doc,
	table: T,
	id: string,
	values: Partial<RowOf[T]>
): void {
	const map = reportRows(doc, table).get(id);
	if (!(map instanceof Y.Map)) return;
	doc.transact(() => {
		for (const [key, value] of Object.entries(values)) if (map.get(key) !== value) map.set(key, value);
	});
}

export function removeRow(doc: Y.Doc, table: ReportTable, id: string): void {
	reportRows(doc, table).delete(id);
}

export function setHead<K extends keyof ReportHead>(doc: Y.Doc, key: K, value: ReportHead[K]): void {
	if (reportHead(doc).get(key) !== value) reportHead(doc).set(key, value);
}
