import { error, redirect } from '@sveltejs/kit';
import { t } from '#lib/text/index.ts';
import { expected, refused, textOf } from '../refusals.ts';
import { instantOf } from './local-time.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { muster, session } = locals;
	if (!session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`);
	const { account } = session;
	return {
		...(await expected(muster.views.exercises.list(muster.exercises, account))),
		me: { name: account.name },
		timeZones: account.isAdministrator ? Intl.supportedValuesOf('timeZone') : []
	};
};

export const actions: Actions = {
	create: async ({ locals, request }) => {
		const { muster, session } = locals;
		if (!session?.account.isAdministrator) error(404, 'There is nothing here, or it is not open to you.');
		const form = await request.formData();
		const timeZone = textOf(form, 'timeZone');
		let id: string;
		try {
			id = await muster.exercises.create(
				{
					name: textOf(form, 'name'),
					// the values of a closed list: `create` checks them
					tlp: textOf(form, 'tlp') as 'amber',
					timeZone,
					startsAt: instantOf(textOf(form, 'startsAt'), timeZone) ?? -1,
					endsAt: instantOf(textOf(form, 'endsAt'), timeZone) ?? -1,
					settings: {
						authorMayApprove: form.has('authorMayApprove'),
						evaluatorsReadScript: form.has('evaluatorsReadScript'),
						reviewOpen: form.has('reviewOpen'),
						anonymousHotWash: form.has('anonymousHotWash')
					}
				},
				session.account.id
			);
		} catch (problem) {
			const answer = refused(problem);
			for (const field of ['startsAt', 'endsAt'])
				if (instantOf(textOf(form, field), timeZone) === null)
					answer.data.fields[field] = t('exercise.create.timeMissing');
			return answer;
		}
		redirect(303, `/exercises/${id}`);
	}
};
