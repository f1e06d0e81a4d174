/**
 * At most `atOnce` acts of one line at a time; the others wait here, in the order in which they came: acts of one exercise,
 * which would else wait for each other in the database, each with a connection that somebody who only reads could use;
 * reports, each of which takes a core.
 */
export function createTurns(atOnce: number) {
	const lines = new Map<string, { running: number; waiting: (() => void)[] }>();

	return async function inTurn<T>(name: string, act: () => Promise<T>): Promise<T> {
		const line = lines.get(name) ?? { running: 0, waiting: [] };
		lines.set(name, line);
		// whoever goes hands the place on, so that nobody new slips in
		if (line.running < atOnce) line.running++;
		else await new Promise<void>((resolve) => line.waiting.push(resolve));
		try {
			return await act();
		} finally {
			const next = line.waiting.shift();
			if (next) next();
			else if (--line.running === 0) lines.delete(name);
		}
	};
}
