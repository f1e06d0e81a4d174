import { getContext, setContext } from 'svelte';
import type { TimelineEntry } from '#lib/exercise/timeline.ts';
import { openTimeline, type LiveTimeline } from '#lib/live/timeline.svelte.ts';

/** The timeline that everybody reads, opened once for the shell's announcements and for the pages that show it. */
export class Everyone {
	#timeline = $state.raw<LiveTimeline | null>(null);

	/** Call in the browser; returns what closes it. */
	open(start: { name: string; segment: number }): () => void {
		const timeline = openTimeline(start.name, start.segment);
		this.#timeline = timeline;
		return () => {
			this.#timeline = null;
			timeline.close();
		};
	}

	get entries(): readonly TimelineEntry[] {
		return this.#timeline?.entries ?? [];
	}
	get synced(): boolean {
		return this.#timeline?.synced ?? false;
	}
	/** with its closed segments */
	get whole(): boolean {
		return this.#timeline?.whole ?? false;
	}
	get problem(): string | null {
		return this.#timeline?.problem ?? null;
	}
}

const key = Symbol('everyone');
export const setEveryone = (everyone: Everyone): Everyone => setContext(key, everyone);
export const getEveryone = (): Everyone => getContext<Everyone>(key);
