import { redirect } from '@sveltejs/kit';
import type { AccountId } from '#lib/exercise/ids.ts';
import { refused, textOf } from '../refusals.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

function signedIn({ locals, url }: Pick<RequestEvent, 'locals' | 'url'>) {
	if (!locals.session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`);
	return { me: locals.session.account.id, administration: locals.muster.accounts.administration };
}

export const load: PageServerLoad = async (event) => {
	const { me, administration } = signedIn(event);
	const words = (event.url.searchParams.get('words') ?? '').slice(0, 200);
	const page = Math.min(Math.max(Math.trunc(Number(event.url.searchParams.get('page'))) || 0, 0), 10_000);
	return { me, words, page, ...(await administration.list(me, words, page)) };
};

type Act = (administration: ReturnType<typeof signedIn>, id: AccountId) => Promise<object>;
const act =
	(run: Act) =>
	async (event: RequestEvent): Promise<object> => {
		const signed = signedIn(event);
		const form = await event.request.formData();
		try {
			return await run(signed, textOf(form, 'account') as AccountId);
		} catch (problem) {
			return refused(problem, {});
		}
	};

export const actions: Actions = {
	disable: act(async ({ me, administration }, id) => {
		await administration.disable(id, me);
		return {};
	}),
	enable: act(async ({ me, administration }, id) => {
		await administration.enable(id, me);
		return {};
	}),
	link: act(({ me, administration }, id) => administration.link(id, me))
};
