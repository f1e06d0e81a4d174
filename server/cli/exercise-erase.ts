import { AppError } from '#lib/errors.ts';
import { UsageError, type Command } from './command.ts';
import { asOption, openExercise } from './who.ts';

export const exerciseErase: Command = {
	name: 'exercise erase',
	purpose: 'says when the names of an exercise are erased, moves the day, or erases them when it has come',
	help: [
		['<id>', 'the exercise, as in its address (or --exercise <id>)'],
		['--on <day>', 'sets the day, as 2027-06-10; the earliest is tomorrow'],
		['--reason <text>', 'why on that day; everybody in the exercise reads it'],
		['--now', 'does what a running server does within a minute: erases, where the day has come'],
		asOption
	],
	positionals: ['exercise'],
	options: {
		exercise: { type: 'string' },
		on: { type: 'string' },
		reason: { type: 'string' },
		now: { type: 'boolean' },
		as: { type: 'string' }
	},
	async run(given, { services: open }) {
		const id = given.required('exercise');
		const day = given.text('on');
		const reason = day === undefined ? undefined : given.required('reason');
		if (day !== undefined && given.flag('now')) throw new UsageError('--on and --now exclude each other.');
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
