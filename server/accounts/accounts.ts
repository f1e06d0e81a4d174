import type { AccountId } from '#lib/exercise/ids.ts';
import type { Database } from '../database/open.ts';
import type { Ring } from '../exercises/change.ts';
import { createExercises } from '../exercises/exercises.ts';
import type { MailQueue } from '../mail/queue.ts';
import { createAccountActs, findAccount } from './account.ts';
import { createAdministration } from './administration.ts';
import { createInvitations } from './invitations.ts';
import { viewJoin } from './joining.ts';
import { createPasswords } from './passwords.ts';
import { createPeopleImport } from './people-import.ts';
import { createPeople } from './people.ts';
import { createSessions } from './sessions.ts';
import { createSetup } from './setup.ts';
import { createSignIn } from './sign-in.ts';

export type Accounts = ReturnType<typeof createAccounts>;

/** Accounts, sessions, invitations, people: who somebody is. What somebody may do is asked of the exercise. */
export function createAccounts({
	database,
	origin,
	ring,
	mail
}: {
	database: Database;
	origin: string;
	ring: Ring;
	mail?: MailQueue;
}) {
	const passwords = createPasswords();
	const signIn = createSignIn({ database, passwords });
	const sessions = createSessions({ database, origin, ring });
	const setup = createSetup({ database, passwords });
	const invitations = createInvitations({ database, passwords, ring });
	const passwordLink = async (email: string): Promise<string | null> => {
		const found = await findAccount(database.db, email);
		return found && `${origin}/setup/${await setup.createPasswordLink(found.id as AccountId)}`;
	};
	return {
		...createAccountActs({ database, passwords, signIn }),
		signIn: signIn.signIn,
		sessions,
		invitations,
		setup: {
			look: setup.look,
			acceptAdministrator: setup.acceptAdministrator,
			async acceptPassword(token: string, password: string): Promise<AccountId> {
				const accountId = await setup.acceptPassword(token, password);
				await sessions.endAll(accountId);
				return accountId;
			},
			/** the address for the operator's screen; null when there is an administrator */
			async link(): Promise<string | null> {
				const token = await setup.createLink();
				return token && `${origin}/setup/${token}`;
			},
			/** the same for somebody who forgot the password; null when there is no such account */
			passwordLink
		},
		administration: createAdministration({ database, sessions, passwordLink }),
		/** what a join page says; null for a link that opens nothing */
		viewJoin: (token: string, reader: AccountId | null) => viewJoin(database, token, reader),
		people: createPeople({
			database,
			origin,
			// without a state of its own, so it need not be the one that others use
			exercises: createExercises({ database, ring }),
			invitations,
			peopleImport: createPeopleImport({ database, ring }),
			...(mail && { mail })
		})
	};
}
