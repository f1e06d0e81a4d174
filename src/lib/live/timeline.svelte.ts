import { compareEntries, timelineEntries, type TimelineEntry } from '#lib/exercise/timeline.ts';
import { LiveDocument } from './document.svelte.ts';

export interface TimelineOptions {
	from?: number;
	history?: boolean;
}

/**
 * A timeline as one sorted list: the open segment live, the closed ones fetched once over HTTP. When a segment is full
 * its last entry names the next, which is then opened.
 */
export class LiveTimeline {
	readonly name: string;
	entries = $state.raw<TimelineEntry[]>([]);
	synced = $state(false);
	problem = $state<string | null>(null);
	/** closed segments that are still to come */
	#missing = $state(0);

	readonly #segments = new Map<number, TimelineEntry[]>();
	#live: LiveDocument | null = null;
	#segment = -1;
	#closed = false;
	#planned = false;
	#unwatch: (() => void) | null = null;

	/**
	 * `from`: the first segment that the reader may read. `history` false: only what is written on now, for whoever wants
	 * to hear of news.
	 */
	constructor(name: string, openSegment: number, { from = 0, history = true }: TimelineOptions = {}) {
		this.name = name;
		this.#open(openSegment);
		if (!history) return;
		this.#missing = Math.max(openSegment - from, 0);
		for (let segment = openSegment - 1; segment >= from; segment--) void this.#fetch(segment);
	}

	/** All that there is from the first segment on is here: what is counted, or looked back at, is not yet to be shown before. */
	get whole(): boolean {
		return this.synced && this.#missing === 0;
	}

	close(): void {
		this.#closed = true;
		this.#unwatch?.();
		this.#live?.close();
	}

	#open(segment: number): void {
		if (segment <= this.#segment || this.#closed) return;
		this.#unwatch?.();
		this.#live?.close();
		this.#segment = segment;
		const live = new LiveDocument(`${this.name}/${segment}`);
		this.#live = live;
		const entries = timelineEntries(live.doc);
		const read = () => {
			const list = [...entries.values()];
			this.#segments.set(segment, list);
			const next = list.find((entry) => entry.body.kind === 'continued')?.body;
			this.#publish();
			if (next?.kind === 'continued') queueMicrotask(() => this.#open(next.segment));
		};
		entries.observe(read);
		const stop = $effect.root(() => {
			$effect(() => {
				if (live.synced) this.synced = true;
				this.problem = live.problem?.message ?? null;
			});
		});
		this.#unwatch = () => {
			entries.unobserve(read);
			stop();
		};
	}

	async #fetch(segment: number): Promise<void> {
		try {
			const response = await fetch(`/api/segments/${this.name}/${segment}`);
			if (!response.ok) throw new Error(`segment ${segment}: ${response.status}`);
			this.#segments.set(segment, (await response.json()) as TimelineEntry[]);
			this.#missing--;
			this.#publish();
		} catch {
			this.problem = 'Older entries could not be loaded. Load the page again.';
		}
	}

	/** Once a turn, however many entries a burst brings. */
	#publish(): void {
		if (this.#planned) return;
		this.#planned = true;
		queueMicrotask(() => {
			this.#planned = false;
			this.entries = [...this.#segments.values()]
				.flat()
				.filter((entry) => entry.body.kind !== 'continued')
				.sort(compareEntries);
		});
	}
}

export function openTimeline(name: string, openSegment: number, options: TimelineOptions = {}): LiveTimeline {
	return new LiveTimeline(name, openSegment, options);
}
