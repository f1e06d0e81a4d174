import * as Y from 'yjs';
import { documentName } from '#lib/exercise/documents.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import type { InjectStatus } from '#lib/exercise/inject/approval.ts';
import { editInjects, ScriptPage } from '#lib/exercise/inject/page.ts';
import { RowBuilder, warm, type RowContext } from '#lib/exercise/inject/rows.ts';
import { scriptInjects, type Schedule } from '#lib/exercise/inject/schema.ts';
import type { ScriptRow } from '#lib/exercise/inject/view.ts';
import { openDocument, type LiveDocument } from '#lib/live/document.svelte.ts';
import { Spots } from '../script/[cell]/spots.svelte.ts';

/** One cell's script as the plan of play has it open. */
export class PlanScript {
	readonly cell: CellId;
	readonly document: LiveDocument;
	/** who is at which inject */
	readonly spots: Spots;
	readonly #page: ScriptPage;
	readonly #builder = new RowBuilder();
	readonly #undo: Y.UndoManager;
	/** marks own acts, so that Undo takes back nobody else's */
	readonly #origin = { own: true };
	#built: { rows: readonly ScriptRow[]; statuses: unknown; context: unknown } | null = null;

	constructor(exercise: ExerciseId, cell: CellId, changed: () => void) {
		this.cell = cell;
		this.document = openDocument(documentName({ exercise, kind: 'script', cell }));
		this.spots = new Spots(this.document);
		this.#page = new ScriptPage(this.document.doc);
		this.#page.onChange(() => {
			this.#built = null;
			changed();
		});
		this.#undo = new Y.UndoManager(scriptInjects(this.document.doc), {
			trackedOrigins: new Set([this.#origin]),
			captureTimeout: 0
		});
	}

	get canWrite(): boolean {
		return this.document.synced && this.document.canWrite;
	}

	/** Kept until the page or the statuses change: of thirty cells mostly one does. */
	rows(statuses: ReadonlyMap<string, InjectStatus>, context: RowContext): readonly ScriptRow[] {
		const kept = this.#built;
		if (kept && kept.statuses === statuses && kept.context === context) return kept.rows;
		const rows = this.#builder.build(this.#page.rows(), statuses, context);
		this.#built = { rows, statuses, context };
		return rows;
	}

	/** Works out what states compare, until there is no more time; true when all is known. */
	warm(statuses: ReadonlyMap<string, InjectStatus>, hasTime: () => boolean): boolean {
		const before = this.#page.rows().some((row) => !row.hasFingerprint && statuses.has(row.id));
		const isDone = warm(this.#page.rows(), statuses, hasTime);
		if (before && isDone) this.#built = null;
		return isDone;
	}

	/** One act of Undo; false when nothing of it is in this cell. */
	write(schedules: ReadonlyMap<InjectId, Schedule>): boolean {
		const ids = [...schedules.keys()].filter((id) => scriptInjects(this.document.doc).has(id));
		if (ids.length === 0) return false;
		editInjects(this.document.doc, ids, ({ id }) => ({ schedule: schedules.get(id)! }), this.#origin);
		return true;
	}

	undo = () => void this.#undo.undo();
	redo = () => void this.#undo.redo();

	close(): void {
		this.spots.close();
		this.#undo.destroy();
		this.#page.close();
		this.document.close();
	}
}
