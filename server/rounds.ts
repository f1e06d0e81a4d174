/**
 * Looks again and again, a while after each look has ended; ends when told to, after the look that is under way. A look
 * that fails is told to `failed`, and the next one comes all the same.
 */
export function createRounds(
	look: () => Promise<unknown>,
	everyMs: number,
	failed: (error: unknown) => void
) {
	let timer: NodeJS.Timeout | null = null;
	let turn: Promise<unknown> | null = null;

	function start(): void {
		timer = setTimeout(() => {
			turn = look()
				.catch(failed)
				.then(() => {
					turn = null;
					if (timer) start();
				});
		}, everyMs);
		timer.unref();
	}

	return {
		start,
		stop: async () => {
			if (timer) clearTimeout(timer);
			timer = null;
			await turn;
		}
	};
}
