import * as Y from 'yjs';
import { documentName } from '#lib/exercise/documents.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import {
	addItem,
	editItem,
	groundTruthOf,
	moveItem,
	narrativeOf,
	outlineTypes,
	readOutline,
	removeItem,
	setTitle,
	type ItemOf,
	type Scenario,
	type ScenarioList
} from '#lib/exercise/scenario/schema.ts';
import { openDocument, type LiveDocument } from '#lib/live/document.svelte.ts';
import { observed } from '#lib/live/reactive.ts';
import { Spots } from '../script/[cell]/spots.svelte.ts';

/** The open scenario page, and every act on it. */
export class ScenarioRoom {
	readonly document: LiveDocument;
	/** who is in which field: the item's id and the field's name */
	readonly spots: Spots;
	readonly narrative: Y.XmlFragment;
	readonly groundTruth: Y.XmlFragment;
	readonly #undo: Y.UndoManager;
	readonly #origin = { own: true };
	readonly #track: () => void;

	constructor(exercise: ExerciseId) {
		this.document = openDocument(documentName({ exercise, kind: 'scenario' }));
		this.spots = new Spots(this.document);
		const { doc } = this.document;
		this.narrative = narrativeOf(doc);
		this.groundTruth = groundTruthOf(doc);
		const types = outlineTypes(doc);
		const views = types.map((type) => observed(type as never));
		this.#track = () => views.forEach((view) => view.track());
		this.#undo = new Y.UndoManager(types as never, {
			trackedOrigins: new Set([this.#origin]),
			captureTimeout: 0
		});
	}

	readonly outline: Pick<Scenario, 'title' | 'storylines' | 'objectives'> = $derived.by(() => {
		this.#track();
		return readOutline(this.document.doc);
	});

	get canWrite(): boolean {
		return this.document.synced && this.document.canWrite;
	}

	setTitle(title: string): void {
		if (this.canWrite) setTitle(this.document.doc, title, this.#origin);
	}
	add<List extends ScenarioList>(list: List, id: string, values: Partial<Omit<ItemOf<List>, 'id'>>): boolean {
		return this.canWrite && addItem(this.document.doc, list, id, values, this.#origin);
	}
	edit<List extends ScenarioList>(list: List, id: string, values: Partial<Omit<ItemOf<List>, 'id'>>): void {
		if (this.canWrite) editItem(this.document.doc, list, id, values, this.#origin);
	}
	remove(list: ScenarioList, id: string): void {
		if (this.canWrite) removeItem(this.document.doc, list, id, this.#origin);
	}
	move(list: ScenarioList, id: string, by: -1 | 1): void {
		if (this.canWrite) moveItem(this.document.doc, list, id, by, this.#origin);
	}
	undo(): void {
		this.#undo.undo();
	}

	close(): void {
		this.spots.close();
		this.#undo.destroy();
		this.document.close();
	}
}
