import { eq } from 'drizzle-orm';
import * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import { parseDocumentName } from '#lib/exercise/documents.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Transaction } from '../database/open.ts';
import { document, documentClient } from '../database/schema.ts';
import { insertUpdates, loadDocument } from './log.ts';
import { merge } from './merging.ts';

/**
 * Begins a new epoch of a page with what it was at a sequence (R14); the old epoch's log stays until the exercise is
 * purged. Client ids of the old epoch belong to nobody in the new one, so a browser that still holds the old text cannot
 * merge it in. A timeline is never restored: facts are not taken back.
 */
export async function restoreIn(
	tx: Transaction,
	name: string,
	sequence: number,
	by: string | null
): Promise<void> {
	const ref = parseDocumentName(name);
	const loaded = await loadDocument(tx, name, { forUpdate: true, upTo: sequence });
	if (!ref || !loaded) throw new AppError('not-found', 'There is no such document.');
	if (ref.kind === 'timeline')
		throw new AppError('invalid', 'A timeline shows what happened and cannot be restored.');
	if (loaded.sequence < sequence)
		throw new AppError(
			'invalid',
			`The last change that can be read is number ${loaded.sequence}: restore to that one or an earlier one.`
		);
	const epoch = loaded.epoch + 1;
	const { state } = await merge([loaded.snapshot.state, ...loaded.tail.map((one) => one.bytes)]);
	await insertUpdates(tx, [{ document: name, epoch, sequence: 1, bytes: state, author: by, session: null }]);
	await tx
		.update(document)
		.set({ epoch, sequence: 1, quarantinedSequence: null })
		.where(eq(document.name, name));
	const old = await tx
		.select({ client: documentClient.client })
		.from(documentClient)
		.where(eq(documentClient.document, name));
	const clients = new Set([...old.map((one) => one.client), ...Y.parseUpdateMeta(state).to.keys()]);
	if (clients.size > 0)
		await tx
			.insert(documentClient)
			.values([...clients].map((client) => ({ document: name, epoch, client, account: null, session: null })))
			.onConflictDoNothing();
	await writeAudit(tx, {
		scope: ref.exercise,
		actorId: by,
		act: 'document.restored',
		detail: { document: name, fromEpoch: loaded.epoch, sequence, epoch }
	});
}
