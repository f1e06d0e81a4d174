import { AppError } from '#lib/errors.ts';
import { verifyDocuments, type DocumentVerdict } from '../documents/verify.ts';
import { UsageError, type Command } from './command.ts';
import { accountOf, asOption, exerciseOption } from './who.ts';

export const documentsVerify: Command = {
	name: 'documents verify',
	purpose: 'reads every stored change of every document and says which is damaged or missing',
	help: [[exerciseOption[0], 'of this exercise only; without it of all']],
	options: { exercise: { type: 'string' } },
	async run(given, { services: open }) {
		const wanted = given.text('exercise') ?? null;
		const services = await open();
		if (wanted !== null && !(await services.exercises.load(wanted as never)))
			throw new AppError('not-found', `There is no exercise with the id ${wanted}.`);
		const bad: DocumentVerdict[] = [];
		let documents = 0;
		let updates = 0;
		for await (const verdict of verifyDocuments(services.database, wanted)) {
			documents++;
			updates += verdict.updates;
			if (verdict.damagedAt !== null || verdict.snapshotAgrees === false) bad.push(verdict);
		}
		return {
			lines: [
				...bad.map(({ name, damagedAt }) =>
					damagedAt === null
						? `${name}: the snapshot does not say what the log says.`
						: `${name}: change ${damagedAt} is damaged or missing; restore it to ${damagedAt - 1} or earlier.`
				),
				`${documents} documents with ${updates} changes were read, ${bad.length === 0 ? 'all of them sound' : `${bad.length} of them damaged`}.`
			],
			data: { documents, updates, damaged: bad },
			failed: bad.length > 0
		};
	}
};

export const documentsRestore: Command = {
	name: 'documents restore',
	purpose: 'sets a page back to what it was after a change; the later ones stay in the log',
	help: [
		['--name <name>', 'the document, as `documents verify` or the log of the server names it'],
		['--to <number>', 'the last change that is kept'],
		[asOption[0], 'records this person as the one who did it; without it the operator']
	],
	options: { name: { type: 'string' }, to: { type: 'string' }, as: { type: 'string' } },
	async run(given, { services: open }) {
		const name = given.required('name');
		const to = Number(given.required('to'));
		if (!Number.isSafeInteger(to) || to < 0) throw new UsageError('--to must be the number of a change.');
		const services = await open();
		const email = given.text('as');
		const by = email === undefined ? null : (await accountOf(services, email)).id;
		await services.documents.restore(name, to, by);
		return {
			lines: [`${name} is what it was after change ${to}. Whoever has it open is told to load it again.`],
			data: { name, to }
		};
	}
};
