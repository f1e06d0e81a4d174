import * as Y from 'yjs';
import type { Moment } from '../decision.ts';
import type { CellId } from '../exercise/schema.ts';
import type { AttachmentId, GrantId } from '../ids.ts';
import { scriptInjects, type Inject, type InjectAttachment } from './schema.ts';

/** An attachment as it is stored: what a page says of it counts for nothing but its id. */
export interface StoredAttachment extends InjectAttachment {
	cell: CellId;
}

/** An attachment at one delivery: the address that its team has, and what stands behind it. */
export interface GivenAttachment {
	grant: GrantId;
	attachment: AttachmentId;
	name: string;
	mediaType: string;
	bytes: number;
}

/** What a team sees of an attachment: an address of its own, nothing of planning (PROMISES P1, R1). */
export type DeliveredAttachment = Omit<GivenAttachment, 'attachment'>;

export function deliveredAttachment({ grant, name, mediaType, bytes }: GivenAttachment): DeliveredAttachment {
	return { grant, name, mediaType, bytes };
}

type Known = ReadonlyMap<string, StoredAttachment> | undefined;

/**
 * The first attachment that a script of this cell may not give out: not stored in this exercise, or of another country's
 * cell. Variants of central injects carry central attachments.
 */
export function foreignAttachment(inject: Inject, cell: CellId, known: Known): InjectAttachment | null {
	return (
		inject.attachments.find((one) => {
			const stored = known?.get(one.id);
			return !stored || (stored.cell !== cell && stored.cell !== 'central');
		}) ?? null
	);
}

/** Whether any inject of a script page carries an attachment; reads that alone, whatever else the page holds. */
export function scriptCarries(page: Y.Doc, attachment: string): boolean {
	return [...scriptInjects(page).values()].some((record) => {
		const carried = record instanceof Y.Map ? record.get('attachments') : null;
		return Array.isArray(carried) && carried.some((one: { id?: unknown } | null) => one?.id === attachment);
	});
}

/** New addresses for one delivery. What is stored counts, not what the page says of name and size. */
export function giveAttachments(inject: Inject, known: Known, mint: Moment['mint']): GivenAttachment[] {
	const ids = [...new Set(inject.attachments.map((one) => one.id))];
	return ids.flatMap((id) => {
		const stored = known?.get(id);
		if (!stored) return [];
		const { name, mediaType, bytes } = stored;
		return [{ grant: mint<GrantId>(), attachment: id, name, mediaType, bytes }];
	});
}
