import { randomInt } from 'node:crypto';
import { parseDocumentName, timelineName } from '#lib/exercise/documents.ts';
import type { document } from '../database/schema.ts';

/** The row of a new document. The server's client id is random so that no two documents share one. */
export function newDocument(exerciseId: string, name: string): typeof document.$inferInsert {
	const ref = parseDocumentName(name);
	if (!ref) throw new Error(`${name} is no name of a document`);
	return {
		name,
		exerciseId,
		serverClient: randomInt(1, 2 ** 32 - 1),
		...(ref.kind === 'timeline' && {
			timeline: timelineName(ref.exercise, ref.audience),
			segment: ref.segment
		})
	};
}
