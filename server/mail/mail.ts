import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Database } from '../database/open.ts';
import { countMails, listMails, retryMails } from './list.ts';
import { createMailQueue } from './queue.ts';
import { createSender } from './sender.ts';
import { createPost } from './smtp.ts';

export type Mail = ReturnType<typeof createMail>;

/** Mail that leaves: the queue for every act that sends something, the loop that sends, and what became of it. */
export function createMail({
	config,
	database,
	log
}: {
	config: Pick<Config, 'smtp' | 'origin'>;
	database: Database;
	log: Logger;
}) {
	const { smtp, origin } = config;
	const sender = smtp && createSender({ database, post: createPost(smtp, origin), log });
	return {
		...createMailQueue({ isSetUp: smtp !== null, origin }),
		list: listMails.bind(null, database),
		retry: retryMails.bind(null, database),
		counts: () => countMails(database),
		start: () => sender?.start(),
		look: () => sender?.look(),
		stop: async () => sender?.stop()
	};
}
