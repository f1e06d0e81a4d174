import { z } from 'zod';
import { joiningTargets, targets, type Target } from './columns.ts';
import type { Proposal } from './headings.ts';
import { foldWord } from './table.ts';

/** How a workbook is read, kept by its headings: columns may stand elsewhere in the next file. */
export const savedMappingSchema = z.object({
	columns: z
		.array(z.object({ heading: z.string().min(1).max(200), target: z.enum(targets) }))
		.min(1)
		.max(200),
	dateOrder: z.enum(['dmy', 'mdy']),
	bareTimes: z.enum(['clock', 'elapsed']).nullable()
});
export type SavedMapping = z.infer<typeof savedMappingSchema>;

export interface NamedMapping {
	id: string;
	name: string;
	mapping: SavedMapping;
}

export const savedMappingLimits = { perPerson: 50, name: 80 } as const;

type Reading = Pick<Proposal, 'columns' | 'dateOrder'> & {
	bareTimes?: 'clock' | 'elapsed' | null | undefined;
};

/** What there is to keep of a reading; null where the file has no headings to know it again by. */
export function mappingToSave(headings: readonly string[], reading: Reading): SavedMapping | null {
	const columns = headings.flatMap((heading, column) => {
		const words = foldWord(heading).slice(0, 200);
		return words === '' ? [] : [{ heading: words, target: reading.columns[column] ?? ('ignore' as const) }];
	});
	if (columns.length === 0) return null;
	return {
		columns: columns.slice(0, 200),
		dateOrder: reading.dateOrder,
		bareTimes: reading.bareTimes ?? null
	};
}

/** 0 to 1: how many headings the file and the mapping share, of all that either has. */
export function fitOf(mapping: SavedMapping, headings: readonly string[]): number {
	const own = new Set(mapping.columns.map(({ heading }) => heading));
	const file = new Set(headings.map(foldWord).filter((heading) => heading !== ''));
	const shared = [...own].filter((heading) => file.has(heading)).length;
	return shared / Math.max(own.size + file.size - shared, 1);
}

/** Those that fit at all, the best first. */
export function fitting(mappings: readonly NamedMapping[], headings: readonly string[]) {
	return mappings
		.map((one) => ({ ...one, fit: fitOf(one.mapping, headings) }))
		.filter(({ fit }) => fit > 0)
		.sort((a, b) => b.fit - a.fit || (a.name < b.name ? -1 : 1));
}

/** From here on a mapping is proposed without being asked for. */
export const goodFit = 0.6;

/** The mapping for this file: known headings as kept, others as Muster proposes where that target is still free. */
export function withMapping(mapping: SavedMapping, proposal: Proposal): Target[] {
	const left = new Map<string, Target[]>();
	for (const { heading, target } of mapping.columns)
		left.set(heading, [...(left.get(heading) ?? []), target]);
	const kept = proposal.headings.map((heading) => left.get(foldWord(heading))?.shift());
	const taken = new Set<Target>();
	const free = (target: Target | undefined): Target | undefined => {
		if (target === undefined || (taken.has(target) && !joiningTargets.has(target))) return undefined;
		taken.add(target);
		return target;
	};
	const first = kept.map((target) => (target === undefined ? undefined : (free(target) ?? 'ignore')));
	return first.map((target, column) => target ?? free(proposal.columns[column]) ?? 'ignore');
}
