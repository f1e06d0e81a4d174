import { constants } from 'node:fs';
import { chown, copyFile as duplicate, lstat, mkdir, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { Database } from './open.ts';

/** What belongs to the running PostgreSQL and not to its data; the log of changes (`pg_wal`) comes last. */
const left = new Set([
	'postmaster.pid',
	'postmaster.opts',
	'pg_wal',
	'pg_replslot',
	'pg_dynshmem',
	'pg_notify',
	'pg_serial',
	'pg_snapshots',
	'pg_stat_tmp',
	'pg_subtrans'
]);

/**
 * Copies the folder of the embedded PostgreSQL while it runs. What is written during the copy is in its log of changes,
 * which a slot keeps until it is copied too; the start on the copy puts both together (PostgreSQL 18 manual, 25.3.3).
 * Returns the number of files and bytes.
 */
export async function copyCluster(
	connection: Database['connection'],
	to: string
): Promise<{ files: number; bytes: number }> {
	const client = new pg.Client({ ...connection, application_name: `muster backup ${process.pid}` });
	const copied = { files: 0, bytes: 0 };
	// a connection that ends fails the query that is under way
	client.on('error', () => undefined);
	await client.connect();
	try {
		const shown = await client.query<{ data_directory: string }>('show data_directory');
		const from = shown.rows[0]!.data_directory;
		await client.query(`select pg_create_physical_replication_slot($1, true, true)`, [
			`muster_backup_${process.pid}`
		]);
		await client.query(`select pg_backup_start('muster', true)`);
		await copyFolder(from, to, copied, (name) => !left.has(name));
		for (const name of left)
			if (!name.startsWith('postmaster') && name !== 'pg_wal') await makeLike(from, path.join(to, name));
		const stopped = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
		await copyFolder(path.join(from, 'pg_wal'), path.join(to, 'pg_wal'), copied, (name) =>
			/^[0-9A-F]{24}$|\.history$/.test(name)
		);
		await makeLike(from, path.join(to, 'pg_wal/archive_status'));
		await write(path.join(to, 'backup_label'), stopped.rows[0]!.labelfile, from);
	} finally {
		// ends the backup and its slot, also after an error
		await client.end();
	}
	return copied;
}

async function copyFolder(
	from: string,
	to: string,
	copied: { files: number; bytes: number },
	wanted: (name: string) => boolean = () => true
): Promise<void> {
	await makeLike(from, to);
	for (const entry of await readdir(from, { withFileTypes: true })) {
		if (!wanted(entry.name) || /^pgsql_tmp|^pg_internal\.init/.test(entry.name)) continue;
		const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
		try {
			if (entry.isDirectory()) await copyFolder(source, target, copied);
			else if (entry.isFile()) {
				copied.bytes += await copyFile(source, target);
				copied.files++;
			}
		} catch (error) {
			// tables come and go while we copy; what mattered of them is in the log of changes
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		}
	}
}

/** On disk when it returns. */
async function copyFile(from: string, to: string): Promise<number> {
	await duplicate(from, to, constants.COPYFILE_EXCL);
	const target = await open(to, 'r+');
	try {
		await target.sync();
		const { uid, gid } = await lstat(from);
		if (process.getuid?.() === 0) await target.chown(uid, gid);
		return (await target.stat()).size;
	} finally {
		await target.close();
	}
}

/** PostgreSQL takes only folders that are its user's, and closed to others. */
async function makeLike(model: string, folder: string): Promise<void> {
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const { uid, gid } = await lstat(model);
	if (process.getuid?.() === 0) await chown(folder, uid, gid);
}

async function write(file: string, text: string, model: string): Promise<void> {
	const target = await open(file, 'wx', 0o600);
	try {
		await target.writeFile(text);
		await target.sync();
		const { uid, gid } = await lstat(model);
		if (process.getuid?.() === 0) await target.chown(uid, gid);
	} finally {
		await target.close();
	}
}
