import type { Team } from '#lib/exercise/exercise/schema.ts';
import { Audiences } from '#lib/exercise/plan/audiences.ts';
import { filterEntries, noPlanFilter, type PlanFilter } from '#lib/exercise/plan/filter.ts';
import { lanesOf, type LaneKind } from '#lib/exercise/plan/lanes.ts';
import { coveredRange, snapOf, spanFor } from '#lib/exercise/plan/scale.ts';
import type { PlanRoom } from './plan-room.svelte.ts';

export type ColourBy = 'state' | 'level';

/** What of the plan is on the screen, and how. */
export class PlanDeskView {
	readonly #room: () => PlanRoom | null;
	readonly #context: () => {
		teams: readonly Team[];
		storylines: readonly string[];
		startsAt: number;
		endsAt: number;
	};
	kind = $state<LaneKind>('storyline');
	colourBy = $state<ColourBy>('state');
	/** how much time the picture shows */
	span = $state(0);
	/** what depends on a moved inject keeps its moment */
	alone = $state(false);
	filter = $state<PlanFilter>({ ...noPlanFilter });
	focused = $state<string | null>(null);
	/** moved together */
	selected = $state.raw<ReadonlySet<string>>(new Set());

	constructor(
		room: () => PlanRoom | null,
		context: () => { teams: readonly Team[]; storylines: readonly string[]; startsAt: number; endsAt: number }
	) {
		this.#room = room;
		this.#context = context;
		const { startsAt, endsAt } = context();
		this.span = spanFor((endsAt - startsAt) * 1.05);
	}

	readonly audiences = $derived.by(() => new Audiences(this.#context().teams));
	readonly entries = $derived.by(() => this.#room()?.entries ?? []);
	readonly shown = $derived.by(() => filterEntries(this.entries, this.filter, this.audiences));
	readonly lanes = $derived.by(() => lanesOf(this.shown, this.kind, this.#context()));
	/** a person or a condition decides when */
	readonly untimed = $derived.by(() => this.shown.filter(({ at }) => at === null));
	readonly range = $derived.by(() =>
		coveredRange(
			this.shown.map(({ at }) => at),
			this.#context()
		)
	);
	readonly snap = $derived(snapOf(this.span));
	/** the storylines that there are: those of the scenario, and those that only injects name */
	readonly storylines = $derived.by(() => {
		const names = new Map(this.#context().storylines.map((name) => [name.toLowerCase(), name]));
		for (const { inject } of this.entries) {
			const name = inject.storyline.trim();
			if (name !== '' && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
		}
		return [...names.values()];
	});

	/** What a move of this inject moves: with it whatever else is chosen. */
	movedWith(id: string): ReadonlySet<string> {
		return this.selected.has(id) ? this.selected : new Set([id]);
	}

	toggle(id: string): void {
		const next = new Set(this.selected);
		if (!next.delete(id)) next.add(id);
		this.selected = next;
	}
}
