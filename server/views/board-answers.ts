import { consoleScope } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { Database } from '../database/open.ts';
import { boardJson, type BoardCursor } from './board.ts';
import { createBoardChanges, scopeName, type BoardChanges } from './board-changes.ts';
import { BoardText } from './board-text.ts';

/**
 * Whole boards are read for all who have the same scope, and kept for two seconds: when a hundred consoles come back at
 * once after an outage, each country's is read once (`return-storm`). Such an answer may be two seconds old but says of
 * which sequence it is, so whoever takes one asks for the changes since then right away.
 */
const keptMs = 2000;

export function createBoardAnswers(
	read: typeof boardJson = boardJson,
	changes: (
		database: Database,
		exercise: Exercise
	) => Promise<Pick<BoardChanges, 'answer'>> = createBoardChanges(),
	now: () => number = Date.now
) {
	const kept = new Map<string, { until: number; answer: Promise<BoardText> }>();

	async function whole(database: Database, exercise: Exercise, actor: Actor): Promise<BoardText> {
		// the rights are of this moment; only those who see exactly the same share
		const key = `${exercise.id} ${scopeName(consoleScope(actor))}`;
		for (const [old, { until }] of kept) if (until <= now()) kept.delete(old);
		const found = kept.get(key);
		if (found) return found.answer;
		const answer = read(database, exercise, actor, null).then((text) => new BoardText(text));
		kept.set(key, { until: now() + keptMs, answer });
		// a failure is not kept
		answer.catch(() => kept.delete(key));
		return answer;
	}

	return async function boardAnswer(
		database: Database,
		exercise: Exercise,
		actor: Actor,
		since: BoardCursor | null
	): Promise<BoardText> {
		if (seesAsConsole(actor)) {
			if (since === null) return whole(database, exercise, actor);
			const shared = (await changes(database, exercise)).answer(actor, since);
			if (shared) return shared;
		}
		return new BoardText(await read(database, exercise, actor, since));
	};
}

/** Who has no console is refused by `boardJson`, not by what is kept. */
function seesAsConsole(actor: Actor): boolean {
	const scope = consoleScope(actor);
	return scope === null || scope.size > 0;
}

export const boardAnswer = createBoardAnswers();
