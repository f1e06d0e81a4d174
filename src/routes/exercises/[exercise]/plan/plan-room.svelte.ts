import { untrack } from 'svelte';
import type { CellId, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import type { InjectStatus } from '#lib/exercise/inject/approval.ts';
import { planEntries, type PlanEntry } from '#lib/exercise/plan/entries.ts';
import { retime, type Retiming, type Timed } from '#lib/exercise/plan/retime.ts';
import type { Schedule } from '#lib/exercise/inject/schema.ts';
import { PlanScript } from './plan-script.svelte.ts';

export interface PlanAnswer {
	sequence: number;
	whole: boolean;
	cells: { cell: CellId; canWrite: boolean }[];
	statuses: (InjectStatus & { cell: CellId })[];
}
interface RoomContext {
	exercise: Pick<Exercise, 'id' | 'startsAt' | 'endsAt' | 'timeZone'>;
	teams: readonly Team[];
}

/** Browsers hold back, for seconds, who opens many sockets in one go: so many at a time, the next as one is there. */
const opensAtOnce = 6;

/** Work in one piece while the page opens, ms: less than a frame. */
const sliceMs = 8;

/** Why a move cannot be; a word for a text. */
export type MoveProblem = 'no-time' | 'released' | 'read-only' | 'too-far' | 'other-cell';

/** What happened is not moved in time. */
const isOut = (entry: PlanEntry | undefined) => entry?.state === 'released' || entry?.state === 'recalled';

/** The scripts of all cells that the reader may open, as one play, and moving injects in it. */
export class PlanRoom {
	scripts = $state.raw<readonly PlanScript[]>([]);
	/** cells whose script is still to be opened */
	#waiting = $state.raw<readonly CellId[]>([]);
	readonly #stopOpening: () => void;
	readonly #context: () => RoomContext;
	#version = $state(0);
	#frame: number | null = null;
	#statuses = $state.raw<ReadonlyMap<string, InjectStatus>>(new Map());
	#sequence: number | null = null;
	#refreshing: Promise<void> | null = null;
	#stale = false;
	/** acts that can be taken back, each with the scripts that it changed */
	#done = $state.raw<readonly (readonly PlanScript[])[]>([]);
	#undone = $state.raw<readonly (readonly PlanScript[])[]>([]);

	constructor(context: () => RoomContext, first: PlanAnswer) {
		this.#context = context;
		this.#take(first);
		this.#stopOpening = $effect.root(() => {
			$effect(() => {
				const opening = this.scripts.filter(({ document }) => !document.synced && !document.problem).length;
				const next = this.#waiting.slice(0, Math.max(0, opensAtOnce - opening));
				if (next.length > 0) untrack(() => this.#open(next));
			});
		});
	}

	#open(cells: readonly CellId[]): void {
		const { exercise } = this.#context();
		this.scripts = [...this.scripts, ...cells.map((cell) => new PlanScript(exercise.id, cell, this.#later))];
		this.#waiting = this.#waiting.filter((cell) => !cells.includes(cell));
	}

	close(): void {
		this.#stopOpening();
		if (this.#frame !== null) cancelAnimationFrame(this.#frame);
		for (const script of this.scripts) script.close();
	}

	readonly synced: boolean = $derived.by(
		() => this.#waiting.length === 0 && this.scripts.every(({ document }) => document.synced)
	);
	/** why one of the scripts cannot be shown */
	readonly problem: string | null = $derived.by(
		() => this.scripts.find(({ document }) => document.problem)?.document.problem?.message ?? null
	);
	readonly saved = $derived.by(() => {
		const states = this.scripts.map(({ document }) => document.saved);
		return (['refused', 'unsaved', 'saving', 'connecting', 'saved'] as const).find((one) =>
			states.includes(one)
		);
	});
	readonly canWrite: boolean = $derived.by(() => this.scripts.some((script) => script.canWrite));

	readonly #rowContext = $derived.by(() => {
		const { exercise, teams } = this.#context();
		// warnings are shown where they can be put right: in the script; times are those of all scripts together
		return { startsAt: exercise.startsAt, endsAt: exercise.endsAt, teams, warns: false };
	});
	/** In time order. */
	readonly entries: readonly PlanEntry[] = $derived.by(() => {
		void this.#version;
		const statuses = this.#statuses;
		return planEntries(
			this.scripts.flatMap((script) =>
				script.rows(statuses, this.#rowContext).map(({ row, state }) => {
					const status = statuses.get(row.id);
					return {
						inject: row.inject,
						cell: script.cell,
						state,
						isApproved: (status?.version ?? 0) > 0,
						releasedAt: status?.releasedAt ?? null,
						...(status?.variants && { variants: status.variants })
					};
				})
			),
			this.#rowContext.startsAt
		);
	});
	readonly byId: ReadonlyMap<string, PlanEntry> = $derived(
		new Map(this.entries.map((entry) => [entry.inject.id, entry]))
	);
	readonly timed: readonly Timed[] = $derived(
		this.entries.map(({ inject: { id, schedule }, follows }) => ({
			id,
			schedule,
			...(follows && { follows })
		}))
	);

	/** Changes of one frame are read together. */
	#later = (): void => {
		this.#frame ??= requestAnimationFrame(() => {
			this.#frame = null;
			const until = performance.now() + sliceMs;
			const isDone = this.scripts.every((script) =>
				script.warm(this.#statuses, () => performance.now() < until)
			);
			this.#version++;
			if (!isDone) this.#later();
		});
	};

	// --- moving -----------------------------------------------------------------------------------------------------------

	isFixed = (id: string): boolean => isOut(this.byId.get(id));

	/** Why this inject stays where it is; null: it can be moved. */
	moveProblem(id: string): MoveProblem | null {
		const entry = this.byId.get(id);
		if (!entry || entry.at === null) return 'no-time';
		if (isOut(entry)) return 'released';
		return this.#scriptOf(entry.cell)?.canWrite ? null : 'read-only';
	}

	/** What a move would change, without doing it; what other cells' injects would need, the reader may not write. */
	preview(ids: ReadonlySet<string>, delta: number, alone: boolean): Retiming | MoveProblem {
		const moved = retime(this.timed, ids, delta, { alone, isFixed: this.isFixed });
		if (!moved) return 'too-far';
		for (const id of moved.schedules.keys()) {
			const cell = this.byId.get(id)?.cell;
			if (!cell || !this.#scriptOf(cell)?.canWrite) return 'other-cell';
		}
		return moved;
	}

	move(ids: ReadonlySet<string>, delta: number, alone: boolean): MoveProblem | null {
		const moved = this.preview(ids, delta, alone);
		if (typeof moved === 'string') return moved;
		if (moved.schedules.size > 0) this.#write(moved.schedules);
		return null;
	}

	#write(schedules: ReadonlyMap<InjectId, Schedule>): void {
		const changed = this.scripts.filter((script) => script.write(schedules));
		if (changed.length === 0) return;
		this.#done = [...this.#done, changed];
		this.#undone = [];
	}

	#scriptOf = (cell: CellId) => this.scripts.find((script) => script.cell === cell);

	get canUndo(): boolean {
		return this.#done.length > 0;
	}
	get canRedo(): boolean {
		return this.#undone.length > 0;
	}

	undo(): void {
		const act = this.#done.at(-1);
		if (!act) return;
		for (const script of act) script.undo();
		this.#done = this.#done.slice(0, -1);
		this.#undone = [...this.#undone, act];
	}

	redo(): void {
		const act = this.#undone.at(-1);
		if (!act) return;
		for (const script of act) script.redo();
		this.#undone = this.#undone.slice(0, -1);
		this.#done = [...this.#done, act];
	}

	/** Tells others at which inject the reader is. */
	tell(id: string | null): void {
		const cell = id === null ? null : this.byId.get(id)?.cell;
		for (const script of this.scripts)
			script.spots.tell(id !== null && script.cell === cell ? { inject: id, column: 'time' } : null);
	}

	readonly others: ReadonlyMap<string, { name: string; colour: string }> = $derived.by(
		() =>
			new Map(
				this.scripts.flatMap(({ spots }) =>
					spots.all.filter(({ inject }) => inject !== '').map((one) => [one.inject, one] as const)
				)
			)
	);

	// --- what the server says of the injects ------------------------------------------------------------------------------

	/** Call when the topic `script` has changed. Several rings in a row are one reading. */
	refresh(): Promise<void> {
		this.#stale = true;
		this.#refreshing ??= this.#read().finally(() => (this.#refreshing = null));
		return this.#refreshing;
	}

	async #read(): Promise<void> {
		while (this.#stale) {
			this.#stale = false;
			const since = this.#sequence === null ? '' : `?since=${this.#sequence}`;
			const response = await fetch(`/api/exercises/${this.#context().exercise.id}/plan${since}`).catch(
				() => null
			);
			// the next ring, or the next connection, asks again
			if (!response?.ok) return;
			this.#take((await response.json()) as PlanAnswer);
			this.#later();
		}
	}

	#take({ sequence, whole, cells, statuses }: PlanAnswer): void {
		this.#sequence = sequence;
		const missing = cells
			.map(({ cell }) => cell)
			.filter((cell) => !this.#scriptOf(cell) && !this.#waiting.includes(cell));
		if (missing.length > 0) this.#waiting = [...this.#waiting, ...missing];
		if (!whole && statuses.length === 0) return;
		const next = new Map(whole ? [] : this.#statuses);
		for (const status of statuses) next.set(status.inject, status);
		this.#statuses = next;
	}
}
