import type { Database } from '../database/open.ts';
import type { Ring } from '../exercises/change.ts';
import { createAccountActs } from './account.ts';
import { createInvitations } from './invitations.ts';
import { createPasswords } from './passwords.ts';
import { createSessions } from './sessions.ts';
import { createSignIn } from './sign-in.ts';

export type Accounts = ReturnType<typeof createAccounts>;

/** Accounts, sessions, invitations: who somebody is. What somebody may do is asked of the exercise. */
export function createAccounts({ database, origin, ring }: { database: Database; origin: string; ring: Ring }) {
	const passwords = createPasswords();
	const signIn = createSignIn({ database, passwords });
	return {
		...createAccountActs({ database, passwords, signIn }),
		signIn,
		sessions: createSessions({ database, origin, ring }),
		invitations: createInvitations({ database, passwords, ring })
	};
}
