import * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { CellId, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { approvalProblem, maySubmit, type InjectStatus } from '#lib/exercise/inject/approval.ts';
import type { HistoryEntry } from '#lib/exercise/inject/history.ts';
import * as page from '#lib/exercise/inject/page.ts';
import { RowBuilder, warm, type RowContext } from '#lib/exercise/inject/rows.ts';
import { keepingLink } from '#lib/exercise/inject/schedule.ts';
import { bodyOf, scriptInjects, setFields, type Inject } from '#lib/exercise/inject/schema.ts';
import {
	addTranslation,
	removeTranslation,
	setTranslatedTitle,
	translationBody
} from '#lib/exercise/inject/translations.ts';
import { applyDecision } from '#lib/exercise/inject/variant-page.ts';
import { takeOver, type VariantField } from '#lib/exercise/inject/variant.ts';
import { sameWords, type CellContext } from '#lib/exercise/inject/cells.ts';
import { type ScriptRow } from '#lib/exercise/inject/view.ts';
import { writeFragment } from '#lib/exercise/rich-text.ts';
import { openDocument, type LiveDocument } from '#lib/live/document.svelte.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import type { CentralScript } from './central.svelte.ts';
import { mintInjectId } from './mint.ts';
import { Spots } from './spots.svelte.ts';

interface RoomContext {
	exercise: Pick<Exercise, 'id' | 'startsAt' | 'endsAt' | 'timeZone' | 'settings'>;
	cell: CellId;
	teams: readonly Team[];
	/** who writes knows all teams; others only those of their own */
	mayWrite: boolean;
}
interface StatusAnswer {
	sequence: number;
	whole: boolean;
	statuses: InjectStatus[];
}

/** Work in one piece while the page opens, ms: less than a frame. */
const sliceMs = 8;
/** One command names at most this many injects: the server answers within its ten seconds. */
const injectsAtOnce = 500;

/**
 * The open script of a cell: the shared document as rows, with what the server says of each inject, and every act on it.
 * Components show and call; what the rules are is in `exercise/inject`.
 */
export class ScriptRoom {
	readonly document: LiveDocument;
	/** where everybody is */
	readonly spots: Spots;
	readonly #live: LiveExercise;
	readonly #context: () => RoomContext;
	readonly #page: page.ScriptPage;
	readonly #builder = new RowBuilder();
	readonly #undo: Y.UndoManager;
	/** marks own acts, so that Undo takes back nobody else's */
	readonly #origin = { own: true };
	#version = $state(0);
	#frame: number | null = null;
	canUndo = $state(false);
	canRedo = $state(false);
	/** chosen for acts on several */
	selected = $state.raw<ReadonlySet<string>>(new Set());

	#statuses = $state.raw<ReadonlyMap<string, InjectStatus>>(new Map());
	#sequence: number | null = null;
	#refreshing: Promise<void> | null = null;
	#stale = false;

	/** what the cell takes injects over from; null: this is it, or the reader may not open it */
	readonly central: CentralScript | null;

	constructor(
		live: LiveExercise,
		context: () => RoomContext,
		first: StatusAnswer,
		central: CentralScript | null = null
	) {
		this.#live = live;
		this.central = central;
		this.#context = context;
		const { exercise, cell } = context();
		this.document = openDocument(documentName({ exercise: exercise.id, kind: 'script', cell }));
		this.spots = new Spots(this.document);
		this.#take(first);
		this.#page = new page.ScriptPage(this.document.doc);
		this.#page.onChange(() => this.#later());
		this.#undo = new Y.UndoManager(scriptInjects(this.document.doc), {
			trackedOrigins: new Set([this.#origin]),
			captureTimeout: 0
		});
		for (const event of ['stack-item-added', 'stack-item-popped', 'stack-cleared'] as const)
			this.#undo.on(event, () => {
				this.canUndo = this.#undo.undoStack.length > 0;
				this.canRedo = this.#undo.redoStack.length > 0;
			});
	}

	close(): void {
		if (this.#frame !== null) cancelAnimationFrame(this.#frame);
		this.spots.close();
		this.central?.close();
		this.#undo.destroy();
		this.#page.close();
		this.document.close();
	}

	// --- rows -----------------------------------------------------------------------------------------------------------

	readonly #rowContext: RowContext = $derived.by(() => {
		const { exercise, cell, teams, mayWrite } = this.#context();
		const { central } = this;
		const beside = central && { elsewhere: central.times, central: central.injects };
		const { startsAt, endsAt } = exercise;
		return { startsAt, endsAt, teams, cell, warns: mayWrite, ...beside };
	});
	/** In script order. A row object stays the same while nothing of it has changed. */
	readonly rows: readonly ScriptRow[] = $derived.by(() => {
		void this.#version;
		const rows = this.#builder.build(this.#page.rows(), this.#statuses, this.#rowContext);
		return this.central ? this.central.mark(rows, this.#context().teams) : rows;
	});
	readonly byId: ReadonlyMap<string, ScriptRow> = $derived(
		new Map(this.rows.map((row) => [row.row.id, row]))
	);
	/** For reading and writing cells as text. */
	readonly cellContext: CellContext = $derived.by(() => {
		const { exercise, teams } = this.#context();
		return {
			startsAt: exercise.startsAt,
			timeZone: exercise.timeZone,
			teams,
			referenceOf: (id) =>
				this.byId.get(id)?.row.inject.reference ?? this.central?.byId.get(id)?.inject.reference,
			injectOf: (reference) =>
				this.rows.find(({ row }) => reference !== '' && sameWords(row.inject.reference, reference))?.row.id ??
				this.central?.injectOf(reference),
			actionsOf: (id) =>
				(this.byId.get(id)?.row.inject ?? this.central?.byId.get(id)?.inject)?.expectedActions.map(
					(action) => action.id
				)
		};
	});
	/** Approved and not released, but no longer on the page: they would be released all the same. */
	readonly missing: readonly InjectStatus[] = $derived.by(() =>
		this.document.synced
			? [...this.#statuses.values()].filter(
					(status) => (status.state === 'ready' || status.state === 'held') && !this.byId.has(status.inject)
				)
			: []
	);

	status(id: string): InjectStatus | undefined {
		return this.#statuses.get(id);
	}

	/** Changes of one frame are read together. */
	#later(): void {
		this.#frame ??= requestAnimationFrame(() => this.flush());
	}

	/** Reads what has changed at once: after an own act whose result must be there to be focused. */
	flush(): void {
		if (this.#frame !== null) cancelAnimationFrame(this.#frame);
		this.#frame = null;
		const isWarm = this.#warmUp();
		this.#version++;
		if (!isWarm) this.#warmLater();
	}

	/** The fingerprints of a long script in slices, so that the page answers meanwhile; shown when all are known. */
	#warmLater(): void {
		this.#frame ??= requestAnimationFrame(() => {
			this.#frame = null;
			if (this.#warmUp()) this.#version++;
			else this.#warmLater();
		});
	}

	#warmUp(): boolean {
		const until = performance.now() + sliceMs;
		return warm(this.#page.rows(), this.#statuses, () => performance.now() < until);
	}

	body(id: string): Y.XmlFragment | null {
		void this.#version;
		const record = scriptInjects(this.document.doc).get(id);
		return record ? bodyOf(record) : null;
	}

	translation(id: string, language: string): Y.XmlFragment | null {
		void this.#version;
		const record = scriptInjects(this.document.doc).get(id);
		return record ? translationBody(record, language) : null;
	}

	// --- what the server says of the injects ------------------------------------------------------------------------------

	/** Call when the topic `script` has changed. Several rings in a row are one reading. */
	refresh(): Promise<void> {
		this.#stale = true;
		this.#refreshing ??= this.#readStatuses().finally(() => (this.#refreshing = null));
		return this.#refreshing;
	}

	async #readStatuses(): Promise<void> {
		const { exercise, cell } = this.#context();
		while (this.#stale) {
			this.#stale = false;
			const since = this.#sequence === null ? '' : `?since=${this.#sequence}`;
			const response = await fetch(`/api/scripts/${exercise.id}/${cell}${since}`).catch(() => null);
			// the next ring, or the next connection, asks again
			if (!response?.ok) return;
			this.#take((await response.json()) as StatusAnswer);
			this.flush();
		}
	}

	#take({ sequence, whole, statuses }: StatusAnswer): void {
		this.#sequence = sequence;
		if (!whole && statuses.length === 0) return;
		const next = new Map(whole ? [] : this.#statuses);
		for (const status of statuses) next.set(status.inject, status);
		this.#statuses = next;
	}

	// --- editing: each is one act that Undo takes back as a whole ----------------------------------------------------------

	get canWrite(): boolean {
		return this.document.synced && this.document.canWrite;
	}

	edit(ids: readonly string[], values: Partial<Inject> | ((inject: Inject) => Partial<Inject>)): void {
		if (!this.canWrite) return;
		page.editInjects(this.document.doc, ids as readonly InjectId[], values, this.#origin);
		this.flush();
	}

	/** A new inject after another one, or first; answers with its id. */
	insert(after: string | null, values: Partial<Omit<Inject, 'id'>> = {}): InjectId | null {
		if (!this.canWrite) return null;
		const id = mintInjectId();
		page.insertInject(
			this.document.doc,
			this.#page.rows(),
			id,
			{ after: after as InjectId | null },
			values,
			this.#origin
		);
		this.flush();
		return id;
	}

	/** A pasted block: values for rows that are there, and new injects after the last one; one act. */
	paste(edits: ReadonlyMap<string, Partial<Inject>>, extra: readonly Partial<Inject>[]): void {
		if (!this.canWrite) return;
		const { doc } = this.document;
		doc.transact(() => {
			const written = ({ id, schedule: before }: Inject): Partial<Inject> => {
				const values = edits.get(id) ?? {};
				return values.schedule ? { ...values, schedule: keepingLink(before, values.schedule) } : values;
			};
			page.editInjects(doc, [...edits.keys()] as InjectId[], written, this.#origin);
			for (const values of extra) {
				const rows = this.#page.rows();
				page.insertInject(
					doc,
					rows,
					mintInjectId(),
					{ after: rows.at(-1)?.id ?? null },
					values,
					this.#origin
				);
			}
		}, this.#origin);
		this.flush();
	}

	duplicate(original: string): InjectId | null {
		if (!this.canWrite) return null;
		const id = mintInjectId();
		page.duplicateInject(this.document.doc, this.#page.rows(), original as InjectId, id, this.#origin);
		this.flush();
		return id;
	}

	move(id: string, after: string | null): void {
		if (!this.canWrite) return;
		page.moveInject(
			this.document.doc,
			this.#page.rows(),
			id as InjectId,
			{ after: after as InjectId | null },
			this.#origin
		);
		this.flush();
	}

	remove(ids: readonly string[]): void {
		if (!this.canWrite) return;
		page.removeInjects(this.document.doc, ids as readonly InjectId[], this.#origin);
		this.selected = new Set([...this.selected].filter((id) => !ids.includes(id)));
		this.flush();
	}

	/** Central injects as variants of this cell, after the others, in one act; answers with their ids. */
	takeOver(injects: readonly Inject[], shiftSeconds: number): InjectId[] {
		const { cell, teams } = this.#context();
		if (!this.canWrite || cell === 'central') return [];
		const ids = new Map(injects.map((inject) => [inject.id, mintInjectId()]));
		const own = this.central?.ownVariants(this.rows);
		const place = {
			country: cell,
			teams,
			variantOf: (central: InjectId) => ids.get(central) ?? own?.get(central)
		};
		const references = new Set(this.rows.map(({ row }) => row.inject.reference));
		const made = injects.map((inject) => {
			const variant = takeOver(inject, ids.get(inject.id)!, place, { shiftSeconds, references });
			references.add(variant.reference);
			return variant;
		});
		const rows = this.#page.rows();
		page.insertInjects(this.document.doc, rows, made, { after: rows.at(-1)?.id ?? null }, this.#origin);
		this.flush();
		return made.map((inject) => inject.id);
	}

	/** Takes or declines what the centre changed, field by field. */
	decide(id: InjectId, central: Inject, decisions: ReadonlyMap<VariantField, 'take' | 'decline'>): void {
		const place = this.central?.place(this.rows, this.#context().teams);
		if (!this.canWrite || !place) return;
		applyDecision(this.document.doc, id, central, decisions, place, this.#origin);
		this.flush();
	}

	addLanguage(id: string, language: string): void {
		this.#onRecord(id, (record) => addTranslation(record, language));
	}

	removeLanguage(id: string, language: string): void {
		this.#onRecord(id, (record) => removeTranslation(record, language));
	}

	setTranslatedTitle(id: string, language: string, title: string): void {
		this.#onRecord(id, (record) => setTranslatedTitle(record, language, title));
	}

	#onRecord(id: string, write: (record: Y.Map<unknown>) => void): void {
		const record = scriptInjects(this.document.doc).get(id);
		if (!this.canWrite || !record) return;
		this.document.doc.transact(() => write(record), this.#origin);
		this.flush();
	}

	/** The page says again what was approved. */
	takeBack(content: Inject): void {
		const record = scriptInjects(this.document.doc).get(content.id);
		if (!this.canWrite || !record) return;
		this.document.doc.transact(() => {
			setFields(record, content);
			const body = bodyOf(record);
			if (body) writeFragment(body, content.body);
		}, this.#origin);
		this.flush();
	}

	/** What an entry of the history says was before: a field's value, or an inject that was deleted, under its own id. */
	restore(entry: Pick<HistoryEntry, 'act' | 'inject' | 'field' | 'before' | 'was'>): boolean {
		const { doc } = this.document;
		if (!this.canWrite) return false;
		const record = scriptInjects(doc).get(entry.inject);
		if (entry.act === 'removed' && entry.was && !record) {
			const { id, ...values } = entry.was;
			page.insertInject(
				doc,
				this.#page.rows(),
				id,
				{ after: this.#page.rows().at(-1)?.id ?? null },
				values,
				this.#origin
			);
		} else if (entry.act === 'changed' && entry.field && record)
			doc.transact(() => {
				const body = bodyOf(record);
				if (entry.field === 'body' && body) writeFragment(body, entry.before as Inject['body']);
				else setFields(record, { [entry.field!]: entry.before });
			}, this.#origin);
		else return false;
		this.flush();
		return true;
	}

	undo(): void {
		this.#undo.undo();
		this.flush();
	}

	redo(): void {
		this.#undo.redo();
		this.flush();
	}

	// --- submit, approve, return: commands; the page as it stands is what is meant -----------------------------------------

	/** Those of the given injects that can be submitted or approved now. */
	submittable(ids: Iterable<string>): ScriptRow[] {
		return this.#pick(ids, ({ row }) => maySubmit(this.status(row.id), row.fingerprint));
	}

	approvable(ids: Iterable<string>): ScriptRow[] {
		return this.#pick(ids, (row) => this.approvalProblem(row) === null);
	}

	approvalProblem({ row }: ScriptRow) {
		const { exercise, teams } = this.#context();
		return approvalProblem(row.inject, this.status(row.id), row.fingerprint, {
			authorMayApprove: exercise.settings.authorMayApprove,
			teams
		});
	}

	#pick(ids: Iterable<string>, test: (row: ScriptRow) => boolean): ScriptRow[] {
		return [...ids].flatMap((id) => {
			const row = this.byId.get(id);
			return row && test(row) ? [row] : [];
		});
	}

	submit = (rows: readonly ScriptRow[]) => this.#send('inject.submit', rows);
	approve = (rows: readonly ScriptRow[]) => this.#send('inject.approve', rows);

	async return(id: string, reason: string): Promise<void> {
		await this.#live.send('inject.return', { inject: id as InjectId, reason });
		await this.refresh();
	}

	async #send(name: 'inject.submit' | 'inject.approve', rows: readonly ScriptRow[]): Promise<void> {
		const { cell } = this.#context();
		// the server reads the page: it must have what is on this screen
		await this.#saved();
		const injects = rows.map(({ row }) => ({ inject: row.id, fingerprint: row.fingerprint }));
		try {
			for (let from = 0; from < injects.length; from += injectsAtOnce)
				await this.#live.send(name, { cell, injects: injects.slice(from, from + injectsAtOnce) });
		} finally {
			await this.refresh();
		}
	}

	async #saved(): Promise<void> {
		const until = Date.now() + 8000;
		while (this.document.saved !== 'saved') {
			if (Date.now() > until || this.document.saved === 'refused')
				throw new AppError('unavailable', 'The page is not saved yet. Try again when it is.');
			await new Promise((resolve) => setTimeout(resolve, 40));
		}
	}
}
