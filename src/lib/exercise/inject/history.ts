import * as Y from 'yjs';
import { canonical } from '../fingerprint.ts';
import type { InjectId } from '../ids.ts';
import { textOfRichText } from '../rich-text.ts';
import { newInject, readInject, scriptInjects, type Inject } from './schema.ts';

/** One change of a script page, as it is stored. */
export interface StoredChange {
	bytes: Uint8Array;
	/** the account; null: the server */
	author: string | null;
	/** wall time, ms */
	at: number;
}

export type HistoryField = Exclude<keyof Inject, 'id'>;

/** What one person did to one field of one inject in one go. */
export interface HistoryEntry {
	/** wall time of the first and of the last key stroke, ms */
	from: number;
	until: number;
	author: string | null;
	inject: InjectId;
	/** number and title as they were then */
	reference: string;
	title: string;
	act: 'added' | 'removed' | 'changed';
	/** `added` by one act, such as an import: how many; the inject is the first of them */
	count: number;
	/** where `changed` */
	field: HistoryField | null;
	/** what the field said; for `removed` the whole inject is in `was` */
	before: Inject[HistoryField] | null;
	after: Inject[HistoryField] | null;
	was: Inject | null;
}

/** Key strokes that are no further apart, ms, by one person in one field, are one entry. */
const pause = 60_000;

/**
 * Who changed what, read from the page's own log: applies one change after the other and compares the injects that it
 * touched. `onto` is the state that the first change was made on.
 */
export function scriptHistory(changes: Iterable<StoredChange>, onto?: Uint8Array): HistoryEntry[] {
	const doc = new Y.Doc();
	if (onto) Y.applyUpdate(doc, onto);
	const injects = scriptInjects(doc);
	const known = new Map<string, Inject>();
	for (const [id, record] of injects.entries())
		if (record instanceof Y.Map) known.set(id, readInject(id, record));
	const touched = new Set<string>();
	injects.observeDeep((events) => {
		for (const event of events) {
			if (event.path.length > 0) touched.add(String(event.path[0]));
			else for (const id of event.changes.keys.keys()) touched.add(id);
		}
	});

	const entries: HistoryEntry[] = [];
	/** the entry to which the next key stroke in a field may belong */
	const last = new Map<string, HistoryEntry>();
	for (const { bytes, author, at } of changes) {
		touched.clear();
		let added: HistoryEntry | null = null;
		Y.applyUpdate(doc, bytes);
		for (const id of touched) {
			const record = injects.get(id);
			const before = known.get(id);
			const after = record instanceof Y.Map ? readInject(id, record) : undefined;
			if (after) known.set(id, after);
			else known.delete(id);
			const { reference, title } = after ?? before ?? newInject(id as InjectId);
			const entry = (values: Pick<HistoryEntry, 'act'> & Partial<HistoryEntry>): HistoryEntry => ({
				from: at,
				until: at,
				author,
				inject: id as InjectId,
				reference,
				title,
				count: 1,
				field: null,
				before: null,
				after: null,
				was: null,
				...values
			});
			if (!before && after) {
				if (added) added.count++;
				else entries.push((added = entry({ act: 'added' })));
			} else if (before && !after) entries.push(entry({ act: 'removed', was: before }));
			else if (before && after)
				for (const field of differences(before, after)) {
					const key = `${id} ${field}`;
					const open = last.get(key);
					if (open && open.author === author && at - open.until <= pause) {
						open.until = at;
						open.after = after[field];
						Object.assign(open, { reference, title });
					} else {
						const made = entry({ act: 'changed', field, before: before[field], after: after[field] });
						entries.push(made);
						last.set(key, made);
					}
				}
		}
	}
	// typed and taken back: nothing happened
	return entries.filter((one) => one.act !== 'changed' || canonical(one.before) !== canonical(one.after));
}

function differences(before: Inject, after: Inject): HistoryField[] {
	return (Object.keys(after) as (keyof Inject)[]).filter(
		(field): field is HistoryField =>
			field !== 'id' && before[field] !== after[field] && canonical(before[field]) !== canonical(after[field])
	);
}

/** A field's value in one line, for a list; dates and teams are written by the page, which knows them. */
export function historyText(value: Inject[HistoryField] | null): string {
	if (value === null || value === '') return '';
	if (typeof value === 'string') return value;
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	if (typeof value === 'number') return String(value);
	if (Array.isArray(value))
		return value
			.map((one) =>
				typeof one === 'string' ? one : 'text' in one ? one.text : 'name' in one ? one.name : ''
			)
			.join('; ');
	if ('type' in value && value.type === 'doc') return textOfRichText(value as Inject['body']);
	return '';
}
