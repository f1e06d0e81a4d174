import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readConfig } from '#server/config.ts';
import { openDatabase } from '#server/database/open.ts';
import { createLog } from '#server/log.ts';
import { createServices } from '#server/services.ts';
import { freePort, personOf, type Stage } from './people.ts';

const root = path.join(import.meta.dirname, '../..');

export interface MusterProcess {
	url: string;
	dataFolder: string;
	child: ChildProcess;
	/** all that it printed */
	output: () => string;
	/** waits for its end; null: killed */
	ended: Promise<number | null>;
	/** SIGTERM, then its end */
	stop: () => Promise<number | null>;
}

export interface ProcessOptions {
	/** one that is there already is used again, and kept */
	dataFolder?: string;
	port?: number;
	environment?: Record<string, string>;
	arguments?: string[];
}

/** `npm start` as an operator has it: a process of its own on an embedded database. Returns once it is ready. */
export async function startMuster(options: ProcessOptions = {}): Promise<MusterProcess> {
	const muster = await spawnMuster(options);
	const until = Date.now() + 180_000;
	for (;;) {
		const answer = await fetch(`${muster.url}/health/ready`).catch(() => null);
		if (answer?.ok) return muster;
		if (muster.child.exitCode !== null) throw new Error(`Muster did not start:\n${muster.output()}`);
		if (Date.now() > until) {
			await muster.stop();
			throw new Error(`Muster was not ready in time:\n${muster.output()}`);
		}
		await wait(50);
	}
}

/** The same, without waiting. */
export async function spawnMuster(options: ProcessOptions = {}): Promise<MusterProcess> {
	const dataFolder = options.dataFolder ?? (await temporaryFolder());
	const port = options.port ?? (await freePort());
	const url = `http://localhost:${port}`;
	const child = spawn(process.execPath, ['server/main.ts', ...(options.arguments ?? [])], {
		cwd: root,
		env: {
			PATH: process.env['PATH'],
			HOME: process.env['HOME'],
			NODE_ENV: 'production',
			PORT: String(port),
			ORIGIN: url,
			DATA_DIR: dataFolder,
			LOG_FORMAT: 'json',
			...options.environment
		},
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let output = '';
	child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
	const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
	return {
		url,
		dataFolder,
		child,
		output: () => output,
		ended,
		stop: async () => {
			child.kill('SIGTERM');
			const code = await ended;
			if (!options.dataFolder) await rm(dataFolder, { recursive: true, force: true });
			return code;
		}
	};
}

export const temporaryFolder = () => mkdtemp(path.join(os.tmpdir(), 'muster-test-'));

/**
 * The services of this test process on the database of a running Muster, as the command line has them: what they do
 * reaches the server's sockets through the bell.
 */
export async function stageBeside(muster: MusterProcess): Promise<Stage & { close: () => Promise<void> }> {
	const config = readConfig({ ORIGIN: muster.url, DATA_DIR: muster.dataFolder, LOG_LEVEL: 'error' });
	const log = createLog(config);
	const database = await openDatabase(config, log, 'command');
	const services = createServices({ config, database, log });
	return {
		url: muster.url,
		services,
		person: personOf(services),
		close: async () => {
			await services.realtime.stop();
			await database.close();
		}
	};
}
