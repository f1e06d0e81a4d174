import { AppError } from '#lib/errors.ts';
import { countryCodes, countryName, type CountryCode } from '#lib/standards/countries.ts';
import { UsageError, type Answer, type Command, type Given, type Surroundings } from './command.ts';
import { asOption, openExercise } from './who.ts';

export const exerciseErase: Command = {
	name: 'exercise erase',
	purpose: 'says when the names of an exercise are erased, moves the day, or erases them when it has come',
	help: [
		['<id>', 'the exercise, as in its address (or --exercise <id>)'],
		['--on <day>', 'sets the day, as 2027-06-10; the earliest is tomorrow'],
		['--reason <text>', 'why on that day; everybody in the exercise reads it'],
		['--now', 'does what a running server does within a minute: erases, where the day has come'],
		[
			'--country <code>',
			'the names of one country’s people alone, as GR; without --on or --now: what that would change'
		],
		['--confirm <name>', 'with --country and --now: the country’s name, because nobody can undo it'],
		asOption
	],
	positionals: ['exercise'],
	options: {
		exercise: { type: 'string' },
		on: { type: 'string' },
		reason: { type: 'string' },
		now: { type: 'boolean' },
		country: { type: 'string' },
		confirm: { type: 'string' },
		as: { type: 'string' }
	},
	async run(given, { services: open }) {
		const id = given.required('exercise');
		const day = given.text('on');
		const reason = day === undefined ? undefined : given.required('reason');
		if (day !== undefined && given.flag('now')) throw new UsageError('--on and --now exclude each other.');
		const country = given.choice('country', countryCodes);
		if (country !== undefined) return eraseCountry(given, open, { id, country, day });
		const services = await open();
		const { exercise, actor } = await openExercise(services, id, given.text('as'));
		if (day !== undefined) await services.erasure.choose(exercise, actor, { day, reason });
		const done = given.flag('now')
			? (await services.erasure.look()).find((one) => one.exercise === exercise.id)
			: undefined;
		const view = await services.erasure.view(exercise, actor);
		if (given.flag('now') && !done)
			throw new AppError(
				'not-now',
				view.erasedAt !== null
					? 'The names of this exercise were erased already.'
					: 'Nothing was erased: the day has not come, the exercise is in play, or its audit chain is broken (see `muster audit verify`).'
			);
		return {
			lines: [
				view.erasedAt !== null
					? `The names of ${done ? 'this exercise' : exercise.name} were erased on ${new Date(view.erasedAt).toISOString().slice(0, 10)}.`
					: view.day === null
						? `No day is chosen on which the names of ${exercise.name} are erased; ${view.proposed} is proposed.`
						: `The names of ${exercise.name} are erased on ${view.day}: ${view.reason}`,
				...(done
					? [
							`Of ${done.people} people: ${done.facts} facts, ${done.rows} audit rows and ${done.documents} documents were changed, ${done.accounts} accounts emptied.`,
							'Backups and archives that were made before still hold the names.'
						]
					: [])
			],
			data: { exercise: exercise.id, ...view, ...(done && { erased: done }) }
		};
	}
};

async function eraseCountry(
	given: Given,
	open: Surroundings['services'],
	{ id, country, day }: { id: string; country: CountryCode; day: string | undefined }
): Promise<Answer> {
	const name = countryName(country);
	const confirm = given.flag('now') ? given.required('confirm') : '';
	const reason = given.flag('now') ? given.required('reason') : (given.text('reason') ?? '');
	const services = await open();
	const { exercise, actor } = await openExercise(services, id, given.text('as'));
	const { countryErasure } = services;
	if (day !== undefined) {
		await countryErasure.chooseDay(exercise, actor, { country, day, reason });
		return {
			lines: [`The names of ${name} in ${exercise.name} are erased on ${day}: ${reason}`],
			data: { exercise: exercise.id, country, day, reason }
		};
	}
	const done = given.flag('now')
		? await countryErasure.eraseNow(exercise, actor, { country, reason }, confirm)
		: await countryErasure.preview(exercise, actor, country);
	const { people, texts, documents, kept, shared } = done;
	return {
		lines: [
			given.flag('now')
				? `The names of ${name} were erased from ${exercise.name}.`
				: `Nothing was erased. To erase the names of ${name}, add --now --reason <text> --confirm "${name}".`,
			`${people} people, ${texts} texts, ${documents} documents that begin anew.`,
			...(kept.length > 0 ? [`Stay, because they have another part in it: ${kept.join(', ')}.`] : []),
			...(shared.length > 0
				? [`Names that somebody who stays bears too, erased from free text for both: ${shared.join(', ')}.`]
				: []),
			...(given.flag('now') ? ['Backups and archives that were made before still hold the names.'] : [])
		],
		data: { ...done, exercise: exercise.id, erased: given.flag('now') }
	};
}
