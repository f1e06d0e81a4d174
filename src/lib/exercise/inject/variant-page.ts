import * as Y from 'yjs';
import type { InjectId } from '../ids.ts';
import { writeFragment } from '../rich-text.ts';
import { bodyOf, readInject, scriptInjects, setFields, type Inject } from './schema.ts';
import { decideFields, type CellPlace, type VariantField } from './variant.ts';

/**
 * Writes a decision into the page, as one act: read anew inside it, so that a decision of somebody else on another field
 * is kept. A body that is taken replaces the own one; one that is not is not touched.
 */
export function applyDecision(
	doc: Y.Doc,
	id: InjectId,
	central: Inject,
	decisions: ReadonlyMap<VariantField, 'take' | 'decline'>,
	place: CellPlace,
	origin?: unknown
): void {
	const record = scriptInjects(doc).get(id);
	if (!(record instanceof Y.Map)) return;
	doc.transact(() => {
		const values = decideFields(readInject(id, record), central, decisions, place);
		setFields(record, values);
		if (!values.body) return;
		const body = bodyOf(record);
		if (body) writeFragment(body, values.body);
	}, origin);
}
