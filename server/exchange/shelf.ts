import { AppError } from '#lib/errors.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import type { ForeignExercise } from '#lib/exercise/inject/foreign/shape.ts';
import type { Sheet } from '#lib/exercise/inject/spreadsheet/table.ts';
import { mintId } from '../mint.ts';

/*
 * Files that were read, between upload and import. They are kept in memory, for their owner alone, so that correcting
 * a mapping does not mean sending and opening the file again. On another node, after a restart or after half an hour
 * a file is gone; the page, which still has it, sends it again by itself.
 */
export const shelfLimits = {
	/** correcting a mapping takes minutes */
	milliseconds: 30 * 60_000,
	/** of one person: a second try in another window */
	perAccount: 2,
	/** of all; the oldest leaves */
	files: 30,
	/** cells of all files; some hundred MB at most */
	cells: 6_000_000,
	/** as many bytes of a document count as a cell */
	cellBytes: 64
} as const;

export interface ShelvedFile {
	name: string;
	sheets: Sheet[];
	/** the export of another tool; null: a spreadsheet */
	foreign: ForeignExercise | null;
	/** documents of its injects, by what the file calls them */
	documents: ReadonlyMap<string, Uint8Array>;
}

export function createShelf(now: () => number = Date.now) {
	const files = new Map<string, ShelvedFile & { owner: AccountId; until: number; cells: number }>();

	const tidy = (): void => {
		for (const [id, file] of files) if (file.until <= now()) files.delete(id);
	};
	// a file that nobody asks for again must not stay for ever
	setInterval(tidy, 60_000).unref();

	function put(owner: AccountId, file: ShelvedFile): string {
		tidy();
		const documentBytes = [...file.documents.values()].reduce((sum, one) => sum + one.length, 0);
		const cells = file.sheets.reduce(
			(sum, sheet) => sum + sheet.rows.reduce((width, row) => width + row.length, 0),
			Math.ceil(documentBytes / shelfLimits.cellBytes)
		);
		const id = mintId();
		files.set(id, { ...file, owner, cells, until: now() + shelfLimits.milliseconds });
		const own = [...files].filter(([, other]) => other.owner === owner).map(([other]) => other);
		for (const other of own.slice(0, Math.max(own.length - shelfLimits.perAccount, 0))) files.delete(other);
		let sum = [...files.values()].reduce((total, other) => total + other.cells, 0);
		for (const [other, { cells: size }] of files) {
			if ((sum <= shelfLimits.cells && files.size <= shelfLimits.files) || other === id) break;
			files.delete(other);
			sum -= size;
		}
		return id;
	}

	/** The file, if it is still there and this person's; otherwise the page has to send it again. */
	function take(owner: AccountId, id: string): ShelvedFile {
		const file = files.get(id);
		if (!file || file.owner !== owner || file.until <= now())
			throw new AppError('not-found', 'The uploaded file is no longer here: upload it again.', {
				details: { reason: 'file-gone' }
			});
		file.until = now() + shelfLimits.milliseconds;
		return file;
	}

	function drop(owner: AccountId, id: string): void {
		if (files.get(id)?.owner === owner) files.delete(id);
	}

	return { put, take, drop };
}
