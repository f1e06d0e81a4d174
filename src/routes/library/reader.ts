import { error, redirect } from '@sveltejs/kit';
import type { AccountId } from '#lib/exercise/ids.ts';

/** Who reads the library, as the session says. */
export function readerOf(
	locals: App.Locals,
	url: URL
): { id: AccountId; isAdministrator: boolean; name: string } {
	const { session } = locals;
	if (!session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
	const { id, isAdministrator, name } = session.account;
	return { id: id as AccountId, isAdministrator, name };
}

/** For actions: whoever is not signed in is told so beside the form. */
export function actorOf(locals: App.Locals): { id: AccountId; isAdministrator: boolean } {
	const { session } = locals;
	if (!session) error(401, 'Sign in first.');
	return { id: session.account.id as AccountId, isAdministrator: session.account.isAdministrator };
}
