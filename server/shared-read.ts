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

/** a key that nobody asks for is forgotten after this, ms */
const idleMs = 300_000;

/**
 * The same for what is kept apart by a key, such as an exercise and the countries that the reader sees. `make` is called
 * once for a key, and what it returns reads; it may know nothing that the key does not say.
 */
export function createSharedReads<T>(
	gapMs: number
): (key: string, make: () => () => Promise<T>) => Promise<T> {
	const kept = new Map<string, { usedAt: number; ask: () => Promise<T> }>();
	return (key, make) => {
		const now = Date.now();
		for (const [old, { usedAt }] of kept) if (usedAt < now - idleMs) kept.delete(old);
		let one = kept.get(key);
		if (!one) kept.set(key, (one = { usedAt: now, ask: createSharedRead(make(), gapMs) }));
		one.usedAt = now;
		return one.ask();
	};
}
