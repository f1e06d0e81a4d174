import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
	chownSync,
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	renameSync,
	rmSync,
	statSync,
	truncateSync
} from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { StartRefused } from '../config.ts';
import type { Log } from '../log.ts';
import { embeddedPlace, type EmbeddedPlace } from './embedded-place.ts';

/*
 * The PostgreSQL that comes with Muster: a real one, with fsync, on a unix socket that only its owner reaches. We look
 * after the process ourselves, because it must survive a `kill -9` of ours (the next start adopts it), serve the
 * command line beside a running server, and never be shared by two servers.
 *
 * Two advisory locks do that, on a connection that each process keeps open; they end with the process, however it ends:
 * - `inUse`, shared: everybody who uses the database. Who leaves last (and so gets it alone) stops PostgreSQL.
 * - `isServer`: the one server of this data folder.
 */
const inUse = 7_061_001;
const isServer = 7_061_002;

export type EmbeddedRole = 'server' | 'command';

export interface EmbeddedDatabase {
	connection: pg.ClientConfig;
	/** it was running already */
	adopted: boolean;
	/** stops PostgreSQL, unless somebody else still uses it */
	stop(): Promise<void>;
}

export interface EmbeddedOptions {
	role: EmbeddedRole;
	log: Log;
	/** false in tests only: faster, and a power cut may lose data */
	durable?: boolean;
}

const startTimeout = 60_000;

export async function startEmbedded(dataFolder: string, options: EmbeddedOptions): Promise<EmbeddedDatabase> {
	const { role, log } = options;
	const place = await embeddedPlace(dataFolder, log);
	const connection: pg.ClientConfig = { host: place.socketFolder, user: 'app', database: 'postgres' };
	createCluster(place, options);

	let child: ChildProcess | null = null;
	let client: pg.Client | null = null;
	let reason = 'no connection';
	const giveUp = Date.now() + startTimeout;
	while (!client) {
		client = await join(connection, role);
		if (client) break;
		if (child && child.exitCode !== null) {
			reason = lastLine(place.logFile);
			// Another process starts it in this moment, or what is left of a killed one still ends: both pass.
			if (!/lock file|shared memory/.test(reason))
				throw new StartRefused(`PostgreSQL did not start: ${reason}`);
			child = null;
			await wait(200);
		}
		if (Date.now() > giveUp) {
			throw new StartRefused(`PostgreSQL did not answer within a minute: ${reason} (${place.logFile})`);
		}
		if (!child && !postmaster(place)) {
			clearLock(place);
			child = launch(place, options.durable ?? true);
		}
		await wait(20);
	}
	log.debug(
		{ adopted: !child, folder: place.cluster },
		child ? 'started PostgreSQL' : 'joined a running PostgreSQL'
	);

	if (role === 'server') {
		const taken = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
			isServer
		]);
		if (!taken.rows[0]?.taken) {
			const other = await client.query<{ name: string }>(
				`select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
				 where l.locktype = 'advisory' and l.objid = $1 and l.granted`,
				[isServer]
			);
			await client.end();
			throw new StartRefused(
				`The data folder ${dataFolder} is in use by another Muster (${other.rows[0]?.name.replace('muster server ', 'process ') ?? 'process unknown'}).`
			);
		}
	}
	// A restart of PostgreSQL ends this connection too; the pool copes, and nobody else can have taken the folder.
	client.on('error', (error) => log.warn({ err: error }, 'the connection that holds the data folder ended'));

	return { connection, adopted: !child, stop: () => leave(client, place, log) };
}

/** A real connection, or null: `pg_ctl status` calls a zombie "running", so only an answer counts. */
async function join(connection: pg.ClientConfig, role: EmbeddedRole): Promise<pg.Client | null> {
	const client = new pg.Client({
		...connection,
		application_name: `muster ${role} ${process.pid}`,
		connectionTimeoutMillis: 5_000
	});
	client.on('error', () => {});
	try {
		await client.connect();
		// Waits while a process that leaves stops PostgreSQL; that ends this connection, and we try again.
		await client.query('select pg_advisory_lock_shared($1)', [inUse]);
		client.removeAllListeners('error');
		return client;
	} catch {
		await client.end().catch(() => {});
		return null;
	}
}

async function leave(client: pg.Client, place: EmbeddedPlace, log: Log): Promise<void> {
	client.removeAllListeners('error');
	client.on('error', () => {});
	let alone = true;
	try {
		await client.query('select pg_advisory_unlock_shared($1)', [inUse]);
		const got = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [inUse]);
		alone = got.rows[0]?.alone === true;
	} catch {
		// PostgreSQL went away under us; what is left of it is stopped all the same.
	}
	if (alone) await stopPostmaster(place, log);
	else log.debug('left PostgreSQL running for another process');
	await client.end().catch(() => {});
}

function createCluster(place: EmbeddedPlace, { log, durable = true }: EmbeddedOptions): void {
	const major = programsMajor(place);
	if (existsSync(path.join(place.cluster, 'PG_VERSION'))) {
		const found = readFileSync(path.join(place.cluster, 'PG_VERSION'), 'utf8').trim();
		if (found === major) return;
		throw new StartRefused(
			`The database in ${place.cluster} is of PostgreSQL ${found}, and this Muster brings ${major}; see "Upgrading" in docs/operating.md.`
		);
	}
	// Made aside and renamed: an interrupted initdb leaves nothing that looks like a database.
	const half = `${place.cluster}.new-${process.pid}`;
	rmSync(half, { recursive: true, force: true });
	log.info({ folder: place.cluster }, 'creating the database');
	mkdirSync(half, { mode: 0o700 });
	if (place.owner) chownSync(half, place.owner.uid, place.owner.gid);
	const made = spawnSync(
		path.join(place.programs, 'bin', 'initdb'),
		[
			'-D',
			half,
			'-A',
			'trust',
			'-U',
			'app',
			'-E',
			'UTF8',
			'--locale=C.UTF-8',
			...(durable ? [] : ['--no-sync'])
		],
		{
			...place.owner,
			cwd: '/',
			env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe']
		}
	);
	if (made.status !== 0) {
		rmSync(half, { recursive: true, force: true });
		const reason = made.error?.message ?? made.stderr.trim().split('\n')[0];
		throw new StartRefused(`The database could not be created in ${place.cluster}: ${reason}`);
	}
	try {
		renameSync(half, place.cluster);
	} catch (error) {
		rmSync(half, { recursive: true, force: true });
		if (!existsSync(path.join(place.cluster, 'PG_VERSION'))) throw error;
	}
}

/** Its own session (`detached`), so that Ctrl-C in a terminal reaches us, and PostgreSQL only when we are done with it. */
function launch(place: EmbeddedPlace, durable: boolean): ChildProcess {
	if (existsSync(place.logFile) && statSync(place.logFile).size > 10_000_000) truncateSync(place.logFile);
	const logFile = openSync(place.logFile, 'a', 0o640);
	const settings = {
		listen_addresses: '',
		unix_socket_directories: place.socketFolder,
		unix_socket_permissions: '0700',
		fsync: durable ? 'on' : 'off',
		full_page_writes: durable ? 'on' : 'off',
		synchronous_commit: durable ? 'on' : 'off',
		max_connections: '200',
		shared_buffers: '128MB',
		log_checkpoints: 'off',
		timezone: 'UTC',
		log_timezone: 'UTC'
	};
	const child = spawn(
		path.join(place.programs, 'bin', 'postgres'),
		['-D', place.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
		{
			...place.owner,
			cwd: '/',
			env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
			detached: true,
			stdio: ['ignore', logFile, logFile]
		}
	);
	closeSync(logFile);
	child.on('error', () => {});
	child.unref();
	return child;
}

/** The running postmaster's process id. */
function postmaster(place: EmbeddedPlace): number | null {
	const pid = lockedBy(place);
	return pid !== null && whatIs(pid) === 'postgres' ? pid : null;
}

function lockedBy(place: EmbeddedPlace): number | null {
	try {
		const pid = Number.parseInt(readFileSync(path.join(place.cluster, 'postmaster.pid'), 'utf8'), 10);
		return pid > 0 ? pid : null;
	} catch {
		return null;
	}
}

function whatIs(pid: number): 'postgres' | 'corpse' | 'something else' | 'nothing' {
	try {
		const state = /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
		if (state === 'Z' || state === 'X') return 'corpse';
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres') ? 'postgres' : 'something else';
	} catch {
		return 'nothing';
	}
}

/**
 * PostgreSQL takes any process with the number in its lock file for itself: a corpse that nobody buries, or, after a
 * restart of the machine, an unrelated process. The file goes only when nobody works in the folder any more: sessions
 * of a killed PostgreSQL may still write.
 */
function clearLock(place: EmbeddedPlace): void {
	const pid = lockedBy(place);
	if (pid === null || !['corpse', 'something else'].includes(whatIs(pid))) return;
	const isWorkedIn = readdirSync('/proc').some((entry) => {
		try {
			return /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/cwd`) === place.cluster;
		} catch {
			return false;
		}
	});
	if (!isWorkedIn) rmSync(path.join(place.cluster, 'postmaster.pid'), { force: true });
}

async function stopPostmaster(place: EmbeddedPlace, log: Log): Promise<void> {
	const pid = postmaster(place);
	if (!pid) return;
	// SIGINT: a fast shutdown, which ends open sessions. SIGQUIT: at once; the log brings everything back at the next start.
	for (const [signal, patience] of [
		['SIGINT', 8_000],
		['SIGQUIT', 3_000]
	] as const) {
		process.kill(pid, signal);
		const until = Date.now() + patience;
		while (Date.now() < until) {
			if (postmaster(place) !== pid) {
				log.debug('stopped PostgreSQL');
				return;
			}
			await wait(20);
		}
	}
	log.error({ pid }, 'PostgreSQL does not stop');
}

function programsMajor(place: EmbeddedPlace): string {
	const asked = spawnSync(path.join(place.programs, 'bin', 'postgres'), ['--version'], {
		...place.owner,
		cwd: '/',
		encoding: 'utf8'
	});
	const major = /(\d+)\./.exec(asked.stdout ?? '')?.[1];
	if (major) return major;
	throw new StartRefused(
		`The PostgreSQL programs in ${place.programs} do not run here: ${asked.error?.message ?? asked.stderr}`
	);
}

function lastLine(file: string): string {
	const lines = readFileSync(file, 'utf8').trim().split('\n').slice(-20);
	return lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? 'no reason given';
}
