import { AppError, type Refusal } from '#lib/errors.ts';
import type { Actor, ExerciseKind } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { inWordsOf } from '#lib/exercise/real/words.ts';

/**
 * In whose words something is said to a person about the space that an address names. To whoever has no part in it, as to
 * whoever names nothing, in those of an exercise: nobody learns from a refusal that there is a room (PROMISES R5).
 */
export type WordsFor = (space: unknown, account: AccountId) => Promise<ExerciseKind>;

const remembered = 10_000;

export function createWordsFor({
	load,
	actor
}: {
	load: (space: string) => Promise<{ id: ExerciseId; kind: ExerciseKind } | null>;
	actor: (space: ExerciseId, account: AccountId) => Promise<Actor>;
}): WordsFor {
	// no space ever becomes of the other kind, and it is asked of every request that names one
	const kinds = new Map<string, ExerciseKind>();
	return async (space, account) => {
		if (typeof space !== 'string') return 'exercise';
		let kind = kinds.get(space) ?? null;
		if (!kind) {
			kind = (await load(space))?.kind ?? null;
			// what is not there is not remembered: names that are tried out are without end
			if (!kind) return 'exercise';
			if (kinds.size >= remembered) kinds.clear();
			kinds.set(space, kind);
		}
		if (kind === 'exercise') return kind;
		return (await actor(space as ExerciseId, account)).memberships.length > 0 ? kind : 'exercise';
	};
}

/** A refusal on its way out. That its words could not be found is no reason to withhold it. */
export async function spokenIn(
	wordsFor: WordsFor,
	space: unknown,
	account: AccountId,
	refusal: Refusal
): Promise<Refusal> {
	return inWordsOf(await wordsFor(space, account).catch(() => 'exercise' as const), refusal);
}

/** The same of what was thrown; a fault of ours stays what it is. */
export async function thrownIn(
	wordsFor: WordsFor,
	space: unknown,
	account: AccountId | undefined,
	error: unknown
): Promise<unknown> {
	if (!(error instanceof AppError) || !account) return error;
	return AppError.from(await spokenIn(wordsFor, space, account, error.toRefusal()));
}
