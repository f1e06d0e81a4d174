import { AppError } from '#lib/errors.ts';
import { isWhole, verifyReports, type FrozenPart } from '../exchange/report/verify.ts';
import type { Command } from './command.ts';
import { exerciseOption } from './who.ts';

const partNames: Record<FrozenPart | 'sums', string> = {
	data: 'the data',
	docx: 'the DOCX',
	pdf: 'the PDF',
	sums: 'what the version says of itself'
};

export const reportVerify: Command = {
	name: 'report verify',
	purpose:
		'computes the sums of the frozen after-action reports and contributions of an exercise anew, and names what was changed or is gone',
	help: [exerciseOption],
	options: { exercise: { type: 'string' } },
	async run(given, { services: open }) {
		const id = given.required('exercise');
		const { database, exercises } = await open();
		const exercise = await exercises.load(id);
		if (!exercise) throw new AppError('not-found', `There is no exercise with the id ${id}.`);
		const verdict = await verifyReports(database, exercise.id);
		const { versions, contributions, missing } = verdict;
		return {
			lines: [
				...versions.map(({ number, changed, erased }) =>
					changed.length > 0
						? `Version ${number}: changed since it was frozen: ${changed.map((part) => partNames[part]).join(', ')}.`
						: erased.length > 0
							? `Version ${number}: its files were taken out with the names in them; its sums are those of the audit log.`
							: `Version ${number}: equal to what was frozen.`
				),
				...missing.map((number) => `Version ${number}: is in the audit log, and gone.`),
				...contributions.map(({ country, version, is }) =>
					is === 'equal'
						? `Contribution of ${country}, version ${version}: equal to what was handed over.`
						: is === 'erased'
							? `Contribution of ${country}, version ${version}: names were erased from it.`
							: `Contribution of ${country}, version ${version}: changed since it was handed over.`
				),
				...(versions.length + contributions.length + missing.length === 0
					? ['Nothing was frozen or handed over in this exercise.']
					: [])
			],
			data: { ...verdict },
			failed: !isWhole(verdict)
		};
	}
};
