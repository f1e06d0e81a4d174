import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { readConfig } from '#server/config.ts';
import { embeddedPlace } from '#server/database/embedded-place.ts';
import { startEmbedded } from '#server/database/embedded.ts';
import { migrate } from '#server/database/migrate.ts';
import { openPool } from '#server/database/open.ts';
import { createLog } from '#server/log.ts';
import { freePort } from './people.ts';

/** A cluster that was set up and stopped: each PostgreSQL of a test starts from a copy of it. */
export interface ClusterTemplate {
	programs: string;
	cluster: string;
	owner: { uid: number; gid: number } | null;
}
declare module 'vitest' {
	interface ProvidedContext {
		cluster: ClusterTemplate;
	}
}

const log = createLog(readConfig({ LOG_LEVEL: 'error' }));

/** Vitest's global setup: databases `muster` (migrated) and `empty`, in a cluster from which tests copy. */
export default async function setup(project: TestProject): Promise<() => void> {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'muster-faults-'));
	const embedded = await startEmbedded(folder, { role: 'server', log, durable: false });
	const admin = new pg.Client(embedded.connection);
	await admin.connect();
	await admin.query('create database muster');
	await admin.query('create database empty');
	await admin.end();
	const database = openPool({ ...embedded.connection, database: 'muster' }, 4, log);
	await migrate(database, log);
	await database.close();
	await embedded.stop();
	const { programs, cluster, owner } = await embeddedPlace(folder, log);
	project.provide('cluster', { programs, cluster, owner });
	return () => rmSync(folder, { recursive: true, force: true });
}

/**
 * A PostgreSQL as an operator has it: durable, on a port of this machine, a process of its own that can be stopped,
 * killed and started again on the same data.
 */
export class PostgresProcess {
	readonly port: number;
	readonly folder: string;
	readonly #template: ClusterTemplate;
	#child: ChildProcess | null = null;

	private constructor(template: ClusterTemplate, folder: string, port: number) {
		this.#template = template;
		this.folder = folder;
		this.port = port;
	}

	static async start(): Promise<PostgresProcess> {
		const template = inject('cluster');
		const folder = mkdtempSync(path.join(os.tmpdir(), 'muster-faults-'));
		chmodSync(folder, 0o711);
		const copied = spawnSync('cp', ['-a', template.cluster, path.join(folder, 'database')]);
		if (copied.status !== 0) throw new Error(`the cluster could not be copied: ${copied.stderr.toString()}`);
		const postgres = new PostgresProcess(template, folder, await freePort());
		await postgres.resume();
		return postgres;
	}

	url(port = this.port, database = 'muster'): string {
		return `postgresql://app@127.0.0.1:${port}/${database}`;
	}

	/** Starts it on the data that are there: after a kill it replays its log first. */
	async resume(): Promise<void> {
		const end = Date.now() + 30_000;
		for (;;) {
			this.#child ??= this.#launch();
			const client = new pg.Client({ connectionString: this.url(), connectionTimeoutMillis: 2000 });
			client.on('error', () => undefined);
			try {
				await client.connect();
				await client.query('select 1');
				await client.end();
				return;
			} catch {
				await client.end().catch(() => undefined);
			}
			// sessions of a killed postmaster may still hold its memory: then it starts at another attempt
			if (this.#child.exitCode !== null || this.#child.signalCode !== null) this.#child = null;
			if (Date.now() > end) throw new Error(`PostgreSQL does not start: ${this.#said()}`);
			await wait(50);
		}
	}

	/** `pg_ctl stop -m fast` or `-m immediate`. */
	stop(mode: 'fast' | 'immediate'): Promise<void> {
		return this.#signal(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
	}

	/** `kill -9` of the postmaster; its sessions end when they notice. */
	kill(): Promise<void> {
		return this.#signal('SIGKILL');
	}

	async remove(): Promise<void> {
		await this.stop('immediate');
		rmSync(this.folder, { recursive: true, force: true });
	}

	async #signal(signal: NodeJS.Signals): Promise<void> {
		const child = this.#child;
		this.#child = null;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		await new Promise<void>((resolve) => {
			child.on('exit', () => resolve());
			child.kill(signal);
		});
	}

	#launch(): ChildProcess {
		const settings = {
			listen_addresses: '127.0.0.1',
			port: String(this.port),
			unix_socket_directories: '',
			fsync: 'on',
			full_page_writes: 'on',
			synchronous_commit: 'on',
			max_connections: '120',
			shared_buffers: '64MB',
			timezone: 'UTC'
		};
		const output = openSync(path.join(this.folder, 'postgres.log'), 'a');
		const child = spawn(
			path.join(this.#template.programs, 'bin', 'postgres'),
			[
				'-D',
				path.join(this.folder, 'database'),
				...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
			],
			{
				...this.#template.owner,
				cwd: '/',
				env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
				stdio: ['ignore', output, output]
			}
		);
		closeSync(output);
		return child;
	}

	#said(): string {
		return readFileSync(path.join(this.folder, 'postgres.log'), 'utf8').slice(-1000);
	}
}
