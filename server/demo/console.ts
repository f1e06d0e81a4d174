import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import type { Services } from '../services.ts';
import type { DemoAccount } from './fill.ts';

/*
 * How those of exercise control work together, for the visitor to find: terms that everybody has accepted, bodies that
 * nobody plays, a word to a team, a help desk with people waiting, and a suggestion. Nobody has claimed anything: what
 * somebody handles who is not there comes back after a minute, and simulated people have no browser.
 */

type Run = <Name extends CommandName>(
	by: DemoAccount,
	name: Name,
	input: CommandInput<Name>
) => Promise<void>;

export const simulatedBodies = ['Harbour police', 'Supplier of Quayboard', 'National press agency'];

const terms = `Slack Water is invented: no organisation, product or event in it is real, and nothing of it is sent to anybody outside.

What you see and hear in an exercise stays with those who take part in it. Pass information on only as far as its TLP label allows; take no pictures of screens.

What you learn about how an organisation works, keep to yourself also after the exercise.`;

/** The terms, which the simulated people and the accounts of the visitor have accepted, and who nobody plays. */
export async function agreeOnTerms(
	services: Services,
	exerciseId: ExerciseId,
	director: DemoAccount,
	people: Iterable<DemoAccount>
): Promise<void> {
	await services.exercises.updateSettings(exerciseId, { settings: { simulatedBodies } }, director.accountId);
	const { exercise, actor } = await services.exercises.open(exerciseId, { id: director.accountId });
	await services.terms.publish(exercise, actor, terms);
	for (const { accountId, role } of people) {
		// whoever has no role in the exercise is not asked
		const page = role === 'administrator' ? null : await services.terms.page(exerciseId, accountId);
		if (page && page.acceptedAt === null)
			await services.terms.accept(exerciseId, accountId, { version: page.version, sha256: page.sha256 });
	}
}

/** A morning's work of exercise control, shortly before the visitor comes in. */
export async function controlAtWork({
	run,
	account,
	teams,
	ids
}: {
	run: Run;
	account: (name: string) => DemoAccount;
	teams: readonly Team[];
	ids: ReadonlyMap<string, InjectId>;
}): Promise<void> {
	const team = (name: string) => teams.find((one) => one.name === name)!.id;
	const second = account('Second controller');
	// at the third port nobody saw it: there the encrypted database is suggested
	for (const name of ['GR Port', 'NL Port'])
		await run(second, 'inject.markAction', {
			inject: ids.get('SW-001')!,
			team: team(name),
			action: 'action_1'
		});
	await run(second, 'team.prompt', {
		team: team('NL Crisis'),
		text: 'You have three open messages. A short acknowledgement is enough to begin with.',
		tlp: 'green'
	});
	await run(account('NL Port analyst'), 'help.ask', {
		topic: 'technical',
		text: 'On one of our two laptops the page does not play sounds. Where do we switch them on?',
		place: 'Team room'
	});
	await run(account('DE Crisis lead'), 'help.ask', {
		topic: 'exercise',
		text: 'May we bring in our legal adviser? She has no account yet.',
		place: 'Announcements'
	});
	await run(account('IT Port lead'), 'request.ask', {
		team: team('IT Port'),
		to: { control: true, as: 'Harbour police' },
		question:
			'Can you keep the approach road free for the fire brigade? About ninety lorries are waiting there.',
		neededBy: null,
		tlp: 'green'
	});
}
