import type { RecordId } from '../ids.ts';
import type { EntryBody, TimelineEntry } from '../timeline.ts';
import { definitionOf, type RecordKind } from './kinds.ts';
import type { KeptRecord } from './record.ts';

export interface FoldedRecord extends KeptRecord {
	of: RecordKind;
}

export interface FoldedRecords {
	records: ReadonlyMap<RecordId, FoldedRecord>;
	/** an act is missing in between (it stands in an older part of the timeline): read the records again */
	hasGap: boolean;
}

/**
 * How a team's records stand: as the page was loaded, and what its timeline has told since. An act that was counted
 * already is left out, so the order and the overlap of the two do not matter.
 */
export function foldRecords(
	start: readonly FoldedRecord[],
	entries: readonly TimelineEntry[]
): FoldedRecords {
	const records = new Map(start.map((one) => [one.id, one]));
	const acts = entries
		.filter(
			(entry): entry is TimelineEntry & { body: Extract<EntryBody, { kind: 'working' }> } =>
				entry.body.kind === 'working'
		)
		.sort((a, b) => a.body.act - b.body.act);
	let hasGap = false;
	for (const { body, by, exerciseAt, wallAt } of acts) {
		const { of, record, act, side, from, fact } = body;
		const known = records.get(record);
		const seen = known?.acts ?? 0;
		if (act <= seen) continue;
		if (act > seen + 1) {
			hasGap = true;
			continue;
		}
		const standing = definitionOf(of).evolve(known?.standing ?? null, {
			fact,
			side,
			...(from !== undefined && { from }),
			by,
			at: exerciseAt,
			wallAt
		});
		records.set(record, { of, id: record, acts: act, standing });
	}
	return { records, hasGap };
}
