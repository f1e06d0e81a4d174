/**
 * At most `atOnce` acts of one exercise at a time; the others wait here, in the order in which they came. In the database
 * they would wait for each other all the same, each with a connection that somebody who only reads could use.
 */
export function createTurns(atOnce: number) {
	const lines = new Map<string, { running: number; waiting: (() => void)[] }>();

	return async function inTurn<T>(exercise: string, act: () => Promise<T>): Promise<T> {
		const line = lines.get(exercise) ?? { running: 0, waiting: [] };
		lines.set(exercise, line);
		// whoever goes hands the place on, so that nobody new slips in
		if (line.running < atOnce) line.running++;
		else await new Promise<void>((resolve) => line.waiting.push(resolve));
		try {
			return await act();
		} finally {
			const next = line.waiting.shift();
			if (next) next();
			else if (--line.running === 0) lines.delete(exercise);
		}
	};
}
