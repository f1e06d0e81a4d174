import { setTimeout as wait } from 'node:timers/promises';

/** Waits for a condition, never for a time alone. Every wait has a deadline. */
export async function eventually(
	holds: () => boolean | Promise<boolean>,
	what: string | (() => string),
	milliseconds = 15_000
): Promise<void> {
	const end = Date.now() + milliseconds;
	while (!(await holds())) {
		if (Date.now() > end)
			throw new Error(`waited ${milliseconds} ms for ${typeof what === 'string' ? what : what()}`);
		await wait(25);
	}
}
