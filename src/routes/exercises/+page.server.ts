import { error, redirect } from '@sveltejs/kit';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import { isDirector } from '#lib/exercise/exercise/access.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { isLibrarian } from '#lib/exercise/library/access.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { t } from '#lib/text/index.ts';
import { expected, refused, textOf } from '../refusals.ts';
import { instantOf } from '#lib/exercise/exercise/local-time.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { muster, session } = locals;
	if (!session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`);
	const view = await expected(muster.views.exercises.list(muster.exercises, session.account));
	const needsZones = view.mayCreate || view.exercises.some((one) => one.mayChange);
	return {
		...view,
		me: { name: session.account.name },
		library: view.exercises.some((one) => !isReal(one) && one.roles.some((role) => isLibrarian(role))),
		improvement: await muster.improvement.opensTo({ id: session.account.id as AccountId }),
		timeZones: needsZones ? Intl.supportedValuesOf('timeZone') : []
	};
};

const nothing = () => error(404, 'There is nothing here, or it is not open to you.');

/** What the form says; times are told in the exercise's zone. The services check it. */
function exerciseOf(form: FormData, timeZone: string) {
	const time = (name: string) => instantOf(textOf(form, name), timeZone) ?? -1;
	return {
		name: textOf(form, 'name'),
		// one of a closed list, which the services know
		tlp: textOf(form, 'tlp') as 'amber',
		timeZone,
		startsAt: time('startsAt'),
		endsAt: time('endsAt'),
		settings: {
			authorMayApprove: form.has('authorMayApprove'),
			evaluatorsReadScript: form.has('evaluatorsReadScript'),
			reviewOpen: form.has('reviewOpen'),
			anonymousHotWash: form.has('anonymousHotWash'),
			// what the form does not have stays as it is
			...(form.has('catchUpPerMinute') && { catchUpPerMinute: Number(textOf(form, 'catchUpPerMinute')) }),
			...(form.has('simulatedBodies') && {
				simulatedBodies: textOf(form, 'simulatedBodies')
					.split('\n')
					.map((line) => line.trim())
					.filter(Boolean)
			})
		}
	};
}

/** A time that is none has one sentence of its own, whatever the schema says of -1. */
function refusedExercise(problem: unknown, { startsAt, endsAt }: { startsAt: number; endsAt: number }) {
	const answer = refused(problem);
	if (startsAt < 0) answer.data.fields['startsAt'] = t('exercise.create.timeMissing');
	if (endsAt < 0) answer.data.fields['endsAt'] = t('exercise.create.timeMissing');
	return answer;
}

export const actions: Actions = {
	create: async ({ locals, request }) => {
		const { muster, session } = locals;
		if (!session?.account.isAdministrator) nothing();
		const form = await request.formData();
		const wanted = exerciseOf(form, textOf(form, 'timeZone'));
		let id: string;
		try {
			id = await muster.exercises.create(wanted, session!.account.id);
		} catch (problem) {
			return refusedExercise(problem, wanted);
		}
		redirect(303, `/exercises/${id}`);
	},

	/** A room for a real incident: open at once, so it asks for little. */
	openRoom: async ({ locals, request }) => {
		const { muster, session } = locals;
		if (!session?.account.isAdministrator) nothing();
		const form = await request.formData();
		let id: string;
		try {
			id = await muster.exercises.openRoom(
				{
					kind: 'real',
					name: textOf(form, 'name'),
					// closed lists, which the services know
					tlp: textOf(form, 'tlp') as 'amber',
					timeZone: textOf(form, 'timeZone'),
					countries: form.getAll('countries').map(String) as CountryCode[]
				},
				session!.account
			);
		} catch (problem) {
			return refused(problem);
		}
		redirect(303, `/exercises/${id}`);
	},

	change: async ({ locals, request }) => {
		const { muster, session } = locals;
		if (!session) nothing();
		const form = await request.formData();
		const { exercise, actor } = await expected(
			muster.exercises.open(textOf(form, 'exercise'), session!.account)
		);
		if (!isDirector(actor)) nothing();
		// fields that are fixed by now are not sent
		const moves = form.has('startsAt');
		const { timeZone, startsAt, endsAt, ...rest } = exerciseOf(
			form,
			moves ? textOf(form, 'timeZone') : exercise.timeZone
		);
		try {
			await muster.exercises.updateSettings(
				exercise.id,
				moves ? { ...rest, timeZone, startsAt, endsAt } : rest,
				session!.account.id
			);
		} catch (problem) {
			return moves ? refusedExercise(problem, { startsAt, endsAt }) : refused(problem);
		}
		return { done: true };
	}
};
