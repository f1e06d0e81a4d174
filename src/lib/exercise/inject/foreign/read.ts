import { isBlueprint, readBlueprint } from './blueprint.ts';
import { isIcebergTtx, readIcebergTtx } from './icebergttx.ts';
import { isOpenAev, readOpenAev } from './openaev.ts';
import type { Json } from './json.ts';
import { foreignLimits, type ForeignExercise } from './shape.ts';

export const unknownJson =
	'This is JSON, but not an export that Muster knows. It reads those of OpenAEV, Blueprint and IcebergTTX, and spreadsheets as XLSX and CSV.';

/** Recognises another tool's export by its content; a sentence where it is none. Never throws. */
export function readForeign(words: string): ForeignExercise | { refused: string } {
	if (words.length > foreignLimits.characters)
		return { refused: 'This file is far larger than a script can be. Muster does not open it.' };
	let file: Json;
	try {
		file = JSON.parse(words.replace(/^\ufeff/, '')) as Json;
	} catch {
		return { refused: 'This file is cut off or damaged: it is no complete JSON. Export it again.' };
	}
	// an export may be wrapped in a list of one
	const value: Json = Array.isArray(file) && file.length === 1 ? (file as Json[])[0] : file;
	const read = isOpenAev(value)
		? readOpenAev(value)
		: isIcebergTtx(value)
			? readIcebergTtx(value)
			: isBlueprint(value)
				? readBlueprint(value)
				: null;
	if (!read) return { refused: unknownJson };
	if (read.injects.length === 0) return { refused: `This ${read.tool} export has no injects in it.` };
	return read;
}
