import { open as openFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#lib/errors.ts';
import { exportArchive } from '../exchange/archive/archive.ts';
import { restoreArchive } from '../exchange/archive/restore.ts';
import type { Command } from './command.ts';
import { asOption, openExercise } from './who.ts';

/** what takes long, beside the answer */
const tell = (sentence: string) => process.stderr.write(`${sentence}\n`);
const rowsIn = (parts: readonly { rows: number }[]) => parts.reduce((sum, { rows }) => sum + rows, 0);

export const exerciseArchive: Command = {
	name: 'exercise archive',
	purpose: 'writes all of an exercise to one file, to be restored on another server',
	help: [
		['<id>', 'the exercise, as in its address (or --exercise <id>)'],
		['<file>', 'the archive, a new .zip (or --out <file>)'],
		asOption
	],
	positionals: ['exercise', 'out'],
	options: { exercise: { type: 'string' }, out: { type: 'string' }, as: { type: 'string' } },
	async run(given, { services: open }) {
		const id = given.required('exercise');
		const out = given.required('out');
		const services = await open();
		const { exercise, actor } = await openExercise(services, id, given.text('as'));
		const half = `${out}.${process.pid}.part`;
		const cannot = (error: unknown) => {
			throw new AppError('unavailable', `The file ${out} cannot be written: ${(error as Error).message}.`);
		};
		const file = await openFile(half, 'wx').catch(cannot);
		try {
			let bytes = 0;
			const manifest = await exportArchive(
				services.database,
				services.files.store,
				exercise,
				actor,
				new WritableStream<Uint8Array>({
					async write(chunk) {
						await file.write(chunk).catch(cannot);
						bytes += chunk.length;
					}
				}),
				tell
			);
			await file.sync();
			await file.close();
			await rename(half, out).catch(cannot);
			const rows = rowsIn(manifest.parts);
			return {
				lines: [
					`Wrote ${exercise.name} to ${out}: ${rows.toLocaleString('en')} rows, ${bytes.toLocaleString('en')} bytes.`,
					'Whoever has this file has everything of the exercise: keep it as you keep a backup.'
				],
				data: { file: path.resolve(out), exercise: exercise.id, rows, bytes, parts: manifest.parts }
			};
		} catch (error) {
			await file.close().catch(() => undefined);
			await rm(half, { force: true });
			throw error;
		}
	}
};

export const exerciseRestore: Command = {
	name: 'exercise restore',
	purpose: 'puts an archived exercise on this server, all of it or nothing',
	help: [['<file>', 'an archive that `exercise archive` wrote (or --file <file>)']],
	positionals: ['file'],
	options: { file: { type: 'string' } },
	async run(given, { services: open }) {
		const file = given.required('file');
		const { database, files } = await open();
		const { manifest, known } = await restoreArchive(database, files.store, file, tell);
		const rows = rowsIn(manifest.parts);
		return {
			lines: [
				`Restored ${manifest.exercise.name}: ${rows.toLocaleString('en')} rows, each with its sum; its address ends in /exercises/${manifest.exercise.id}.`,
				'People without a password here need a link: muster user link --email <address>.'
			],
			data: { exercise: manifest.exercise.id, rows, known, parts: manifest.parts }
		};
	}
};
