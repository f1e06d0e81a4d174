import { documentName } from '#lib/exercise/documents.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import { objectivesOf, storylinesOf, type ScriptRow } from '#lib/exercise/inject/view.ts';
import { outlineTypes, readOutline, type Objective, type Storyline } from '#lib/exercise/scenario/schema.ts';
import { openDocument, type LiveDocument } from '#lib/live/document.svelte.ts';
import { observed } from '#lib/live/reactive.ts';
import { storylineColour } from '../../scenario/storyline-colours.ts';

/**
 * The storylines and objectives that a script can name: those of the scenario, where the reader may open it, and those
 * that the injects name themselves.
 */
export class ScriptLists {
	readonly #scenario: LiveDocument | null;
	readonly #rows: () => readonly ScriptRow[];
	readonly scenarioHref: string | null;

	constructor(exercise: ExerciseId, opensScenario: boolean, rows: () => readonly ScriptRow[]) {
		this.#rows = rows;
		this.#scenario = opensScenario ? openDocument(documentName({ exercise, kind: 'scenario' })) : null;
		this.scenarioHref = opensScenario ? `/exercises/${exercise}/scenario` : null;
		const views = this.#scenario
			? outlineTypes(this.#scenario.doc).map((type) => observed(type as never))
			: [];
		this.#track = () => views.forEach((view) => view.track());
	}
	readonly #track: () => void;

	readonly #outline: { storylines: readonly Storyline[]; objectives: readonly Objective[] } = $derived.by(
		() => {
			this.#track();
			return this.#scenario ? readOutline(this.#scenario.doc) : { storylines: [], objectives: [] };
		}
	);

	/** By name, those of the scenario first; with how many injects name each. */
	readonly storylines: readonly { name: string; count: number }[] = $derived.by(() =>
		storylinesOf(this.#rows(), this.#outline.storylines.map(({ name }) => name).filter(Boolean))
	);
	readonly objectiveNames: readonly { name: string; count: number }[] = $derived.by(() =>
		objectivesOf(this.#rows(), this.#outline.objectives.map(({ code }) => code).filter(Boolean))
	);
	readonly objectives: readonly Objective[] = $derived(this.#outline.objectives);

	readonly #colours: ReadonlyMap<string, string> = $derived(
		new Map(
			this.#outline.storylines.map(({ name, colour }) => [name.trim().toLowerCase(), storylineColour(colour)])
		)
	);

	storylineColour(name: string): string {
		return this.#colours.get(name.trim().toLowerCase()) ?? 'var(--edge)';
	}

	close(): void {
		this.#scenario?.close();
	}
}
