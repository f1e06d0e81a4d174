import { Readable } from 'node:stream';
import type * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import type { ForeignExercise } from '#lib/exercise/inject/foreign/shape.ts';
import {
	injectLimits,
	readInject,
	scriptInjects,
	setFields,
	type InjectAttachment
} from '#lib/exercise/inject/schema.ts';
import type { Plan } from '#lib/exercise/inject/spreadsheet/plan.ts';
import type { Files } from '../files/files.ts';

/** A document that did not become an attachment, and why, as a sentence for the planner. */
export interface LeftOutDocument {
	name: string;
	why: string;
}

/** What becomes of another tool's documents: attachments by what the file calls them, and what is left out. */
export interface TakenDocuments {
	attachments: ReadonlyMap<string, InjectAttachment>;
	leftOut: LeftOutDocument[];
}

const isAmong = (
	files: readonly InjectAttachment[],
	{ name, bytes }: Pick<InjectAttachment, 'name' | 'bytes'>
) => files.some((one) => one.name === name && one.bytes === bytes);

/**
 * Gives the documents of the injects that an import writes to the cell, each once, with the checks that an upload has to
 * pass. One that does not pass keeps none of the rest out: its name stays with the inject.
 */
export async function takeDocuments(
	files: Pick<Files, 'add'>,
	to: { exercise: ExerciseId; cell: CellId; by: AccountId },
	foreign: ForeignExercise,
	documents: ReadonlyMap<string, Uint8Array>,
	plan: Plan
): Promise<TakenDocuments> {
	const attachments = new Map<string, InjectAttachment>();
	const refused = new Map<string, LeftOutDocument>();
	const written = [
		...plan.added.map(({ row }) => ({ row, there: [] })),
		...plan.changed.map(({ row, inject }) => ({ row, there: inject.attachments }))
	];
	for (const { row, there } of written)
		for (const { entry, name } of foreign.injects[row]?.documents ?? []) {
			const bytes = documents.get(entry);
			if (!bytes || attachments.has(entry) || refused.has(entry)) continue;
			// nothing is stored for an inject that has it
			if (isAmong(there, { name, bytes: bytes.length })) continue;
			try {
				const given = {
					name,
					bytes: bytes.length,
					// it was here in whole before anybody asked
					stillMay: () => Promise.resolve()
				};
				attachments.set(entry, await files.add(to, Readable.from([Buffer.from(bytes)]), given));
			} catch (error) {
				if (!(error instanceof AppError)) throw error;
				refused.set(entry, { name, why: error.message });
			}
		}
	return { attachments, leftOut: [...refused.values()] };
}

/**
 * Attaches them to the injects that an import has just written. An inject that has such a file already does not get it
 * twice; beyond the limit they are left out, and said.
 *
 * @param ids of what was added, by row
 * @returns how many were attached
 */
export function attachDocuments(
	page: Y.Doc,
	plan: Plan,
	ids: ReadonlyMap<number, InjectId>,
	foreign: ForeignExercise,
	taken: TakenDocuments
): number {
	let attached = 0;
	const written = [
		...plan.added.map(({ row }) => ({ row, id: ids.get(row)! })),
		...plan.changed.map(({ row, inject }) => ({ row, id: inject.id }))
	];
	for (const { row, id } of written) {
		const record = scriptInjects(page).get(id);
		if (!record) continue;
		const { attachments, reference } = readInject(id, record);
		const next = [...attachments];
		for (const { entry } of foreign.injects[row]?.documents ?? []) {
			const file = taken.attachments.get(entry);
			if (!file || isAmong(next, file)) continue;
			if (next.length < injectLimits.attachments) next.push(file);
			else
				taken.leftOut.push({
					name: file.name,
					why: `${reference} has ${injectLimits.attachments} attachments already; no inject can have more.`
				});
		}
		if (next.length === attachments.length) continue;
		setFields(record, { attachments: next });
		attached += next.length - attachments.length;
	}
	return attached;
}
