import { redirect } from '@sveltejs/kit';
import { noticeKinds } from '#lib/exercise/notice/choices.ts';
import { refused, textOf } from '../refusals.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

function signedIn({ locals, url }: Pick<RequestEvent, 'locals' | 'url'>) {
	if (!locals.session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`);
	return { session: locals.session, accounts: locals.muster.accounts };
}

export const load: PageServerLoad = async (event) => {
	const { session, accounts } = signedIn(event);
	const { name, email, timeZone, organisation } = session.account;
	const open = await accounts.sessions.list(session.account.id);
	return {
		notices: await event.locals.muster.notices.choices(session.account.id),
		mailIsSetUp: event.locals.muster.mail.isSetUp,
		me: { name, email, timeZone, organisation },
		timeZones: Intl.supportedValuesOf('timeZone'),
		sessions: open.map(({ id, createdAt, endsAt }) => ({
			id,
			since: createdAt.getTime(),
			until: endsAt.getTime(),
			here: id === session.sessionId
		}))
	};
};

export const actions: Actions = {
	profile: async (event) => {
		const { session, accounts } = signedIn(event);
		const form = await event.request.formData();
		try {
			const kept = await accounts.updateProfile(session.account.id, {
				name: textOf(form, 'name'),
				timeZone: textOf(form, 'timeZone') || null
			});
			// the page that answers this request shows what is now so
			event.locals.session = { ...session, account: { ...session.account, ...kept } };
		} catch (problem) {
			return refused(problem, { form: 'profile' as const });
		}
		return { form: 'profile' as const, done: true };
	},

	notices: async (event) => {
		const { session } = signedIn(event);
		const form = await event.request.formData();
		const chosen = (kind: string) => form.getAll(kind).filter((way) => typeof way === 'string');
		try {
			await event.locals.muster.notices.save(session.account.id, {
				ways: Object.fromEntries(noticeKinds.map((kind) => [kind, chosen(kind)])),
				digestMinutes: Number(textOf(form, 'digestMinutes'))
			});
		} catch (problem) {
			return refused(problem, { form: 'notices' as const });
		}
		return { form: 'notices' as const, done: true };
	},

	password: async (event) => {
		const { session, accounts } = signedIn(event);
		const form = await event.request.formData();
		try {
			await accounts.changePassword(session.account.id, {
				current: textOf(form, 'current'),
				next: textOf(form, 'next'),
				address: event.getClientAddress()
			});
			await accounts.sessions.endAll(session.account.id, session.sessionId);
		} catch (problem) {
			return refused(problem, { form: 'password' as const });
		}
		return { form: 'password' as const, done: true };
	},

	end: async (event) => {
		const { session, accounts } = signedIn(event);
		const form = await event.request.formData();
		await accounts.sessions.end(session.account.id, textOf(form, 'session'));
		return { form: 'sessions' as const, done: true };
	},

	everywhere: async (event) => {
		const { session, accounts } = signedIn(event);
		await accounts.sessions.endAll(session.account.id);
		const { name, value, options } = accounts.sessions.noCookie();
		event.cookies.set(name, value, options);
		redirect(303, '/sign-in?signed-out');
	}
};
