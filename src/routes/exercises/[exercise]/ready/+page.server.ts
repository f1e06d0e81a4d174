import { error } from '@sveltejs/kit';
import { isControl, isDirector } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { Services } from '#server/services.ts';
import { expected, refused, textOf } from '../../../refusals.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, depends }) => {
	depends('exercise:readiness');
	const { muster, session } = locals;
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	const { communication, goList, rehearsals } = muster.readiness;
	const [check, go, rehearsed, erasure, countries] = await expected(
		Promise.all([
			communication.view(exercise, actor),
			goList.view(exercise, actor),
			rehearsals.list(exercise, actor),
			muster.erasure.view(exercise, actor),
			muster.countryErasure.list(exercise, actor)
		])
	);
	return {
		// who has accepted is for those who run the exercise
		terms: isControl(actor) ? await muster.terms.view(exercise, actor) : null,
		check,
		go,
		rehearsals: rehearsed,
		erasure,
		countries,
		mailIsSetUp: muster.mail.isSetUp,
		may: { control: isControl(actor), startChecks: isDirector(actor) }
	};
};

/** Every act asks for the right anew; a refusal goes back beside the form. */
function act(
	work: (readiness: Services['readiness'], exercise: Exercise, actor: Actor, form: FormData) => Promise<void>
) {
	return async ({ locals, params, request }: RequestEvent) => {
		const { muster, session } = locals;
		if (!session) error(401, 'Sign in first.');
		const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
		try {
			await work(muster.readiness, exercise, actor, await request.formData());
			return {};
		} catch (problem) {
			return refused(problem);
		}
	};
}

/** The same for an erasure, whose result the page shows. */
function erase(
	work: (services: Services, exercise: Exercise, actor: Actor, form: FormData) => Promise<unknown>
) {
	return async ({ locals, params, request }: RequestEvent) => {
		const { muster, session } = locals;
		if (!session) error(401, 'Sign in first.');
		const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
		try {
			return { erasure: await work(muster, exercise, actor, await request.formData()) };
		} catch (problem) {
			return refused(problem);
		}
	};
}

export const actions: Actions = {
	publishTerms: async ({ locals, params, request }) => {
		const { muster, session } = locals;
		if (!session) error(401, 'Sign in first.');
		const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
		try {
			await muster.terms.publish(exercise, actor, textOf(await request.formData(), 'text'));
			return {};
		} catch (problem) {
			return refused(problem);
		}
	},
	chooseErasure: async ({ locals, params, request }) => {
		const { muster, session } = locals;
		if (!session) error(401, 'Sign in first.');
		const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
		try {
			const form = await request.formData();
			await muster.erasure.choose(exercise, actor, {
				day: textOf(form, 'day'),
				reason: textOf(form, 'reason')
			});
			return {};
		} catch (problem) {
			return refused(problem);
		}
	},
	lookCountry: erase(({ countryErasure }, exercise, actor, form) =>
		countryErasure.preview(exercise, actor, textOf(form, 'country'))
	),
	chooseCountryDay: erase(({ countryErasure }, exercise, actor, form) =>
		countryErasure.chooseDay(exercise, actor, {
			country: textOf(form, 'country'),
			day: textOf(form, 'day'),
			reason: textOf(form, 'reason')
		})
	),
	eraseCountry: erase(({ countryErasure }, exercise, actor, form) =>
		countryErasure.eraseNow(
			exercise,
			actor,
			{ country: textOf(form, 'country'), reason: textOf(form, 'reason') },
			textOf(form, 'confirm')
		)
	),
	startCheck: act(({ communication }, exercise, actor, form) =>
		communication.start(exercise, actor, {
			text: textOf(form, 'text'),
			minutes: Number(textOf(form, 'minutes'))
		})
	),
	remind: act(async ({ communication }, exercise, actor) => {
		await communication.remind(exercise, actor);
	}),
	endCheck: act(({ communication }, exercise, actor) => communication.end(exercise, actor)),
	waive: act(({ communication }, exercise, actor, form) =>
		communication.waive(exercise, actor, textOf(form, 'reason'))
	),
	confirm: act(({ communication }, exercise, actor, form) =>
		communication.confirm(exercise, actor, textOf(form, 'check'))
	),
	makeRehearsal: act(async ({ rehearsals }, exercise, actor) => {
		await rehearsals.make(exercise, actor);
	}),
	startRehearsal: act(({ rehearsals }, exercise, actor, form) =>
		rehearsals.start(exercise, actor, textOf(form, 'rehearsal'))
	),
	removeRehearsal: act(({ rehearsals }, exercise, actor, form) =>
		rehearsals.remove(exercise, actor, textOf(form, 'rehearsal'))
	),
	addItem: act(({ goList }, exercise, actor, form) =>
		goList.add(exercise, actor, { text: textOf(form, 'text'), owner: textOf(form, 'owner') })
	),
	seed: act(({ goList }, exercise, actor) => goList.seed(exercise, actor)),
	change: act(({ goList }, exercise, actor, form) =>
		goList.change(exercise, actor, textOf(form, 'item'), {
			...(form.has('state') && { state: textOf(form, 'state') }),
			...(form.has('note') && { note: textOf(form, 'note') }),
			...(form.has('owner') && { owner: textOf(form, 'owner') })
		})
	),
	move: act(({ goList }, exercise, actor, form) =>
		goList.move(exercise, actor, textOf(form, 'item'), textOf(form, 'by') === '-1' ? -1 : 1)
	),
	remove: act(({ goList }, exercise, actor, form) => goList.remove(exercise, actor, textOf(form, 'item')))
};
