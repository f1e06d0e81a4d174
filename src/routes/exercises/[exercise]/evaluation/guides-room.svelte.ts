import * as Y from 'yjs';
import { documentName } from '#lib/exercise/documents.ts';
import {
	addGuide,
	addTask,
	editGuide,
	editTask,
	guideTypes,
	readGuides,
	removeGuide,
	removeTask,
	type Guide,
	type GuideValues,
	type TaskValues
} from '#lib/exercise/evaluation/guide.ts';
import type { ExerciseId, GuideId, GuideTaskId } from '#lib/exercise/ids.ts';
import { outlineTypes, readOutline, type Objective } from '#lib/exercise/scenario/schema.ts';
import { openDocument, type LiveDocument } from '#lib/live/document.svelte.ts';
import { observed } from '#lib/live/reactive.ts';
import { mintInjectId } from '../script/[cell]/mint.ts';
import { Spots } from '../script/[cell]/spots.svelte.ts';

/** The open page of guides with the scenario's objectives beside it, and every act on it. */
export class GuidesRoom {
	readonly document: LiveDocument;
	readonly scenario: LiveDocument;
	/** who is in which field: the guide's or task's id and the field's name */
	readonly spots: Spots;
	readonly #undo: Y.UndoManager;
	readonly #origin = { own: true };
	readonly #trackGuides: () => void;
	readonly #trackScenario: () => void;

	constructor(exercise: ExerciseId) {
		this.document = openDocument(documentName({ exercise, kind: 'evaluation' }));
		this.scenario = openDocument(documentName({ exercise, kind: 'scenario' }));
		this.spots = new Spots(this.document);
		const types = guideTypes(this.document.doc);
		const views = types.map((type) => observed(type as never));
		const outline = outlineTypes(this.scenario.doc).map((type) => observed(type as never));
		this.#trackGuides = () => views.forEach((view) => view.track());
		this.#trackScenario = () => outline.forEach((view) => view.track());
		this.#undo = new Y.UndoManager(types as never, {
			trackedOrigins: new Set([this.#origin]),
			captureTimeout: 0
		});
	}

	readonly guides: Guide[] = $derived.by(() => {
		this.#trackGuides();
		return readGuides(this.document.doc);
	});
	readonly objectives: Objective[] = $derived.by(() => {
		this.#trackScenario();
		return readOutline(this.scenario.doc).objectives;
	});

	get canWrite(): boolean {
		return this.document.synced && this.document.canWrite;
	}

	/** The id of the new guide; null when the page is full. */
	add(values: Partial<GuideValues> & { tasks?: readonly TaskValues[] }): GuideId | null {
		const id = mintId<GuideId>();
		const added =
			this.canWrite && addGuide(this.document.doc, id, values, () => mintId<GuideTaskId>(), this.#origin);
		return added ? id : null;
	}
	edit(id: GuideId, values: Partial<GuideValues>): void {
		if (this.canWrite) editGuide(this.document.doc, id, values, this.#origin);
	}
	remove(id: GuideId): void {
		if (this.canWrite) removeGuide(this.document.doc, id, this.#origin);
	}
	/** The id of the new task; null when the guide has enough. */
	addTask(guide: GuideId): GuideTaskId | null {
		const id = mintId<GuideTaskId>();
		return this.canWrite && addTask(this.document.doc, guide, id, {}, this.#origin) ? id : null;
	}
	editTask(id: GuideTaskId, values: Partial<TaskValues>): void {
		if (this.canWrite) editTask(this.document.doc, id, values, this.#origin);
	}
	removeTask(id: GuideTaskId): void {
		if (this.canWrite) removeTask(this.document.doc, id, this.#origin);
	}
	undo(): void {
		this.#undo.undo();
	}

	close(): void {
		this.spots.close();
		this.#undo.destroy();
		this.document.close();
		this.scenario.close();
	}
}

/** Unguessable, and minted in the browser so that nobody waits: players never see it. */
const mintId = <Id extends string>() => mintInjectId() as string as Id;
