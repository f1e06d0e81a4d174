import { writeCondition } from '#lib/exercise/inject/condition-text.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { conditionLengths } from '#lib/exercise/inject/schedule.ts';
import type { BoardInject } from '#server/views/board.ts';

/** What an inject waits for, as the script page writes it. Injects of others that the reader does not see are `?`. */
export function conditionText(
	{ when, seconds }: NonNullable<BoardInject['waits']>,
	{ nameOf }: { nameOf: (inject: InjectId) => string }
): string {
	return writeCondition(
		when,
		seconds,
		{ referenceOf: (inject) => nameOf(inject) || undefined, injectOf: () => undefined },
		conditionLengths
	);
}
