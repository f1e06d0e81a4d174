import { getContext, setContext } from 'svelte';
import { innerHeight, innerWidth } from 'svelte/reactivity/window';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import type { QueueView } from '#server/views/conduct/queue.ts';
import type { WallView } from '#server/views/conduct/wall.ts';
import { Refresher } from '../refresher.ts';

/** Figures of the system change without a ring: they are read this often, milliseconds. */
const lookEvery = 5000;
/** After so long without an answer the wall says that it stands still. */
const staleAfter = 15_000;

/** What the wall shows beside the board and the questions of the console. */
export class Wall {
	readonly live: LiveExercise;
	view = $state.raw<WallView | null>(null);
	queue = $state.raw<QueueView | null>(null);
	/** wall time of the latest answer, ms */
	#answeredAt = $state<number | null>(null);

	readonly #reader = new Refresher(async () => {
		const [view, queue] = await Promise.all([this.#get<WallView>('wall'), this.#get<QueueView>('queue')]);
		this.view = view;
		this.queue = queue;
		this.#answeredAt = this.live.now();
	}, 1000);

	constructor(live: LiveExercise) {
		this.live = live;
	}

	/** Call in the browser; returns what ends it. */
	connect(): () => void {
		this.#answeredAt ??= this.live.now();
		this.#reader.request();
		const timer = setInterval(() => this.#reader.request(), lookEvery);
		const stop = this.live.on(['help', 'claims', 'board', 'people', 'rights'], () => this.#reader.request());
		return () => {
			clearInterval(timer);
			stop();
			this.#reader.close();
		};
	}

	/** For how long there has been no answer, ms; 0: all is up to date. */
	readonly silentFor = $derived.by(() => {
		if (this.#answeredAt === null) return 0;
		const silent = this.live.now() - this.#answeredAt;
		return silent > staleAfter ? silent : 0;
	});

	async #get<T>(what: string): Promise<T> {
		const response = await fetch(`/api/exercises/${this.live.id}/${what}`, {
			signal: AbortSignal.timeout(15_000)
		});
		if (!response.ok) throw new Error(`${what}: ${response.status}`);
		return (await response.json()) as T;
	}
}

/** A hundredth of the wall: everything on it is measured in it, so that it fills any screen alike (`--u` in the page). */
export const wallUnit = (): number =>
	Math.max(12, Math.min((innerWidth.current ?? 1920) / 100, ((innerHeight.current ?? 1080) * 1.78) / 100));

const key = Symbol('wall');
export const setWall = (wall: Wall): Wall => setContext(key, wall);
export const getWall = (): Wall => getContext<Wall>(key);
