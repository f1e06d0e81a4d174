import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#lib/errors.ts';
import { copyCluster } from '../database/backup.ts';
import type { Command } from './command.ts';

export const backup: Command = {
	name: 'backup',
	purpose: 'copies the embedded database and the attachments to a folder, also while Muster runs',
	help: [['--to <folder>', 'a new folder; a start with DATA_DIR=<folder> goes on from it']],
	options: { to: { type: 'string' } },
	async run(given, { services: open }) {
		const folder = path.resolve(given.required('to'));
		if (existsSync(folder)) throw new AppError('invalid', `${folder} is there already; name a new folder.`);
		const { config, database } = await open();
		if (config.databaseUrl !== null)
			throw new AppError('not-now', 'The database is yours (DATABASE_URL): back it up with pg_dump.');
		await mkdir(folder, { recursive: true, mode: 0o755 });
		const { files, bytes } = await copyCluster(database.connection, path.join(folder, 'database'));
		// after the database: what it refers to is there by then, and files never change
		const attached = config.files.kind === 'disk' && existsSync(config.files.folder);
		if (attached && config.files.kind === 'disk')
			await cp(config.files.folder, path.join(folder, 'files'), {
				recursive: true,
				filter: (name) => path.basename(name) !== 'incoming'
			});
		return {
			lines: [
				`${files} files with ${Math.ceil(bytes / (1 << 20))} MB are in ${folder}.`,
				...(attached ? ['The attachments are in its folder files.'] : []),
				...(config.files.kind === 's3' ? ['The attachments are in your bucket: back that up too.'] : [])
			],
			data: { folder, files, bytes }
		};
	}
};
