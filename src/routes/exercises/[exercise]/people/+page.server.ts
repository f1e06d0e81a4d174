import { error } from '@sveltejs/kit';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { TeamId } from '#lib/exercise/ids.ts';
import type { CellId, Membership, Role, TeamLevel } from '#lib/exercise/exercise/schema.ts';
import type { InvitationId } from '#server/accounts/invitations.ts';
import type { MembershipId } from '#server/exercises/memberships.ts';
import { expected, refused, textOf } from '../../../refusals.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, depends }) => {
	depends('exercise:people');
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	return {
		mailIsSetUp: muster.mail.isSetUp,
		page: await expected(muster.views.people.people(muster.database, exercise, actor))
	};
};

/** Asks once whether the person may manage; a refusal of the act itself goes back beside the form. */
function act<T extends Record<string, unknown>>(
	work: (people: Awaited<ReturnType<typeof open>>, form: FormData) => Promise<T | void>
) {
	return async (event: RequestEvent) => {
		const people = await expected(open(event));
		try {
			return (await work(people, await event.request.formData())) ?? {};
		} catch (problem) {
			return refused(problem);
		}
	};
}

function open({ locals, params }: Pick<RequestEvent, 'locals' | 'params'>) {
	if (!locals.session) error(401, 'Sign in first.');
	return locals.muster.accounts.people.open(params.exercise, locals.session.account);
}

/** What the form says, with the scope of its role; the services check it. */
function membershipOf(form: FormData): Membership {
	const given = <T extends string>(name: string) => (textOf(form, name) || undefined) as T | undefined;
	return {
		role: textOf(form, 'role') as Role,
		teamId: given<TeamId>('team'),
		country: given<CountryCode>('country'),
		cell: given<CellId>('cell'),
		lead: form.has('lead')
	};
}

async function fileOf(form: FormData): Promise<Uint8Array | null> {
	const file = form.get('file');
	return file instanceof File && file.size > 0 ? new Uint8Array(await file.arrayBuffer()) : null;
}

export const actions: Actions = {
	addTeam: act((people, form) =>
		people.addTeam({
			name: textOf(form, 'name'),
			country: textOf(form, 'country') as CountryCode,
			level: textOf(form, 'level') as TeamLevel,
			...(textOf(form, 'language') && { language: textOf(form, 'language') })
		})
	),

	setLanguage: act((people, form) =>
		people.setTeamLanguage(textOf(form, 'team'), textOf(form, 'language') || null)
	),

	addPerson: act(async (people, form) => {
		const { notes } = await people.addPerson({
			name: textOf(form, 'name'),
			email: textOf(form, 'email'),
			membership: membershipOf(form)
		});
		return { notes };
	}),

	remove: act((people, form) => people.removeMembership(textOf(form, 'membership') as MembershipId)),

	invite: act((people, form) =>
		people.invite({
			membership: membershipOf(form),
			quota: Number(textOf(form, 'quota')),
			days: Number(textOf(form, 'days'))
		})
	),

	mailInvitation: act(async (people, form) => ({
		...(await people.mailInvitation({
			link: textOf(form, 'link'),
			addresses: textOf(form, 'addresses')
		}))
	})),

	revoke: act((people, form) => people.revoke(textOf(form, 'invitation') as InvitationId)),

	mailLinks: act(async (people, form) => ({ sent: await people.mailLinks(textOf(form, 'person') || null) })),

	preview: act(async (people, form) => {
		const bytes = await fileOf(form);
		return bytes ? { preview: await people.previewImport(bytes) } : undefined;
	}),

	/** All of it, or nothing; the problems of a file that changed meanwhile come back as in the preview. */
	import: act(async (people, form) => {
		const bytes = await fileOf(form);
		return bytes ? { preview: await people.runImport(bytes) } : undefined;
	})
};
