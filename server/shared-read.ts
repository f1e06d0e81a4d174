import { setTimeout as pause } from 'node:timers/promises';

/**
 * One reading at a time, for all who asked before it began: a hundred consoles that are told of the same change at the
 * same moment cost one. Nobody gets what was read before they asked. Readings begin at least `gapMs` apart.
 */
export function createSharedRead<T>(read: () => Promise<T>, gapMs: number): () => Promise<T> {
	let begunAt = Number.NEGATIVE_INFINITY;
	let running: Promise<unknown> = Promise.resolve();
	/** has not begun yet: whoever asks now may still wait for it */
	let next: Promise<T> | null = null;

	async function begin(): Promise<T> {
		await running;
		const wait = begunAt + gapMs - performance.now();
		if (wait > 0) await pause(wait);
		next = null;
		begunAt = performance.now();
		const reading = read();
		running = reading.catch(() => undefined);
		return reading;
	}
	return () => (next ??= begin());
}
