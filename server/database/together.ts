/*
 * Statements of one transaction that do not need each other's answers are sent together, without waiting in between
 * (pg's `pipeline`): one write and one read for all of them. The database still does one after the other.
 */

/** Sends a statement now. Drizzle sends one when it is awaited, which of several beside each other need not be the first. */
export const sent = <T>(statement: PromiseLike<T>): Promise<T> =>
	Promise.resolve(statement.then((answer) => answer));

/**
 * The answers of all. Throws what made the transaction fail: whatever stands behind that fails too, and may be heard of
 * first. It waits for all of them, so nothing is under way any more when the caller rolls back.
 */
export async function together<T extends readonly unknown[] | []>(
	asked: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
	const settled = await Promise.allSettled(asked);
	const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
	if (failures.length > 0) throw failures.find((error) => !failedBefore(error)) ?? failures[0];
	return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as never;
}

/** PostgreSQL's in_failed_sql_transaction. */
const failedBefore = (error: unknown) =>
	(error as { cause?: { code?: string } } | null)?.cause?.code === '25P02';
