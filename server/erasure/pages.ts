import { asc, eq, sql } from 'drizzle-orm';
import * as Y from 'yjs';
import type { Transaction } from '../database/open.ts';
import { document, documentClient, documentSnapshot, documentUpdate } from '../database/schema.ts';
import { insertUpdates, loadDocument } from '../documents/log.ts';
import type { Eraser } from './words.ts';

/** stands for each character of a name in a page: the length stays, so everything else keeps its place */
const blot = '█';

/**
 * Every page and timeline of an exercise begins a new epoch with what it is now, without names, and its log and snapshots
 * before that are deleted: they hold each keystroke, and who made it. A copy on somebody's device is of the old epoch and
 * cannot bring a name back (R14).
 *
 * @returns the names of the documents
 */
export async function erasePages(tx: Transaction, exerciseId: string, eraser: Eraser): Promise<string[]> {
	const heads = await tx
		.select({ name: document.name })
		.from(document)
		.where(eq(document.exerciseId, exerciseId))
		.orderBy(asc(document.name));
	for (const { name } of heads) {
		const loaded = await loadDocument(tx, name, { forUpdate: true });
		if (!loaded) continue;
		const state = eraseState([loaded.snapshot.state, ...loaded.tail.map((one) => one.bytes)], eraser);
		const isEmpty = loaded.sequence === 0;
		const epoch = loaded.epoch + 1;
		const known = await tx
			.select({ client: documentClient.client })
			.from(documentClient)
			.where(eq(documentClient.document, name));
		await tx.delete(documentUpdate).where(eq(documentUpdate.document, name));
		await tx.delete(documentSnapshot).where(eq(documentSnapshot.document, name));
		await tx.delete(documentClient).where(eq(documentClient.document, name));
		if (!isEmpty)
			await insertUpdates(tx, [
				{ document: name, epoch, sequence: 1, bytes: state, author: null, session: null }
			]);
		await tx
			.update(document)
			.set({ epoch, sequence: isEmpty ? 0 : 1, quarantinedSequence: null })
			.where(eq(document.name, name));
		const clients = new Set([...known.map((one) => one.client), ...Y.parseUpdateMeta(state).to.keys()]);
		if (clients.size > 0)
			await tx.execute(sql`
				insert into document_client (document, epoch, client)
				select ${name}, ${epoch}::int, client from unnest(${sql.param([...clients])}::bigint[]) client`);
	}
	return heads.map(({ name }) => name);
}

/** The merged state without what was deleted in it, and with people blotted out. */
export function eraseState(updates: readonly Uint8Array[], eraser: Eraser): Uint8Array {
	// with garbage collection: deleted text leaves the state
	const doc = new Y.Doc({ gc: true });
	doc.transact(() => {
		for (const update of updates) Y.applyUpdate(doc, update);
	});
	for (const structs of doc.store.clients.values())
		for (const struct of structs) {
			if (!(struct instanceof Y.Item)) continue;
			if (!struct.deleted) eraseContent(struct.content, eraser);
			// the first of a list of characters: a name may have been typed by several people
			if (struct.left === null && struct.parentSub === null) eraseRun(struct, eraser);
		}
	const state = Y.encodeStateAsUpdate(doc);
	doc.destroy();
	return state;
}

function eraseContent(content: Y.Item['content'], eraser: Eraser): void {
	if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON)
		content.arr = content.arr.map((value: unknown) => eraser.inValue(value));
	else if (content instanceof Y.ContentEmbed) content.embed = eraser.inValue(content.embed);
	else if (content instanceof Y.ContentFormat) content.value = eraser.inValue(content.value);
	else if (content instanceof Y.ContentString) content.str = blotted(content.str, eraser);
}

function blotted(text: string, eraser: Eraser): string {
	let result = text;
	for (const { from, to } of eraser.find(text))
		result = result.slice(0, from) + blot.repeat(to - from) + result.slice(to);
	return result;
}

function eraseRun(first: Y.Item, eraser: Eraser): void {
	const parts: Y.ContentString[] = [];
	const end = () => {
		const text = parts.map((part) => part.str).join('');
		const clean = parts.length > 1 ? blotted(text, eraser) : text;
		let at = 0;
		for (const part of parts) {
			const { length } = part.str;
			part.str = clean.slice(at, at + length);
			at += length;
		}
		parts.length = 0;
	};
	for (let item: Y.Item | null = first; item !== null; item = item.right) {
		if (item.deleted || item.content instanceof Y.ContentFormat) continue;
		if (item.content instanceof Y.ContentString) parts.push(item.content);
		else end();
	}
	end();
}
