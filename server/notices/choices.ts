import { eq, sql } from 'drizzle-orm';
import type { AccountId } from '#lib/exercise/ids.ts';
import {
	mailedKinds,
	noticeChoicesSchema,
	readChoices,
	type NoticeChoices
} from '#lib/exercise/notice/choices.ts';
import type { Database, Transaction } from '../database/open.ts';
import { noticePreference } from '../database/schema.ts';
import { check } from '../exercises/check.ts';

/** What somebody chose to be told of, and how. */
export async function choicesOf(
	db: Pick<Transaction, 'select'>,
	accountId: AccountId
): Promise<NoticeChoices> {
	const [row] = await db
		.select({ choices: noticePreference.choices })
		.from(noticePreference)
		.where(eq(noticePreference.accountId, accountId));
	return readChoices(row?.choices);
}

/** Kept for the person on every device; a digest that is wanted begins now and tells of what comes from now on. */
export async function saveChoices(
	{ db }: Database,
	accountId: AccountId,
	wanted: unknown
): Promise<NoticeChoices> {
	const choices = check(noticeChoicesSchema, wanted);
	const digestAt =
		mailedKinds(choices).length > 0
			? sql`now() + make_interval(mins => ${choices.digestMinutes}::int)`
			: sql`null::timestamptz`;
	await db
		.insert(noticePreference)
		.values({ accountId, choices, digestAt })
		.onConflictDoUpdate({ target: noticePreference.accountId, set: { choices, digestAt } });
	return choices;
}
