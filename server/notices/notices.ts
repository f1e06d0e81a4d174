import type { Logger } from 'pino';
import type { AccountId } from '#lib/exercise/ids.ts';
import type { Database } from '../database/open.ts';
import type { MailQueue } from '../mail/queue.ts';
import { choicesOf, saveChoices } from './choices.ts';
import { createDigest } from './digest.ts';

export type Notices = ReturnType<typeof createNotices>;

/** What people chose to be told of, and the mails that tell it. */
export function createNotices(given: {
	database: Database;
	mail: Pick<MailQueue, 'isSetUp' | 'queueMail' | 'origin'>;
	log: Logger;
}) {
	const { database } = given;
	return {
		choices: (accountId: AccountId) => choicesOf(database.db, accountId),
		save: (accountId: AccountId, wanted: unknown) => saveChoices(database, accountId, wanted),
		digest: createDigest(given)
	};
}
