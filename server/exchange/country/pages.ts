import type * as Y from 'yjs';
import { documentName, parseDocumentName } from '#lib/exercise/documents.ts';
import type { Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import { readFragment, textOfRichText } from '#lib/exercise/rich-text.ts';
import type { Database } from '../../database/open.ts';
import type { Documents } from '../../documents/documents.ts';

/** What a team's pages say, as text: notes, reports and cases, each part under its name. */
export async function* pagesOf(
	{ database, documents }: { database: Database; documents: Pick<Documents, 'read'> },
	exercise: Exercise,
	team: Team
): AsyncGenerator<{ page: string; text: string }> {
	const any = documentName({ exercise: exercise.id, kind: 'worksheet', team: team.id, page: 'notes' });
	const { rows } = await database.pool.query<{ name: string }>(
		'select name from document where exercise_id = $1 and starts_with(name, $2) order by name',
		[exercise.id, any.slice(0, -'notes'.length)]
	);
	for (const { name } of rows) {
		const ref = parseDocumentName(name);
		if (ref?.kind !== 'worksheet' || ref.team !== team.id) continue;
		const text = textOfPage(await documents.read(name));
		if (text !== '') yield { page: ref.page, text };
	}
}

/** Texts as they read, and whatever else a page holds as it is kept. */
export function textOfPage(doc: Y.Doc): string {
	return [...doc.share.keys()]
		.sort()
		.flatMap((name) => {
			const own = doc.share.get(name);
			const isMap = own !== undefined && own._map.size > 0;
			const words = isMap
				? JSON.stringify(doc.getMap(name).toJSON(), null, '\t')
				: textOfRichText(readFragment(doc.getXmlFragment(name)));
			return words.trim() === '' ? [] : [`${name}\n\n${words}`];
		})
		.join('\n\n');
}
