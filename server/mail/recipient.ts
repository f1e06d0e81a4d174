import type { Actor } from '../../src/lib/exercise/exercise/schema.ts';
import { playsIn } from '../../src/lib/exercise/exercise/access.ts';
import { fingerprint } from '../../src/lib/exercise/fingerprint.ts';

/*
 * A mail can wait in the queue for hours. What was true of its reader when it was queued is asked again before it leaves:
 * taken out of the exercise or the team, or not having accepted new terms, nothing of it arrives (PROMISES R17, P6).
 * The schema names this type, and drizzle-kit reads the schema by itself: imports are relative.
 */
export interface MailRecipient {
	account: string;
	/** still plays in this team */
	plays?: string;
	/** still has exactly these rights: `rightsOf` */
	rights?: string;
}

/** What somebody may in an exercise, as one word to compare. */
export const rightsOf = ({ memberships }: Pick<Actor, 'memberships'>): string =>
	fingerprint(memberships.map((one) => fingerprint(one)).sort());

export function mayStillReceive(recipient: MailRecipient, actor: Actor): boolean {
	if (actor.memberships.length === 0) return false;
	if (recipient.plays !== undefined && !playsIn(actor, recipient.plays as never)) return false;
	return recipient.rights === undefined || recipient.rights === rightsOf(actor);
}
