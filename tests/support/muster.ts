import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');

/** A Muster of its own as `npm start` runs it: a process, an embedded PostgreSQL, an empty data folder. */
export interface RunningMuster {
	url: string;
	/** with which the first administrator sets name and password */
	setupLink: string;
	output: () => string;
	/** SIGTERM; resolves with the exit code */
	stop: () => Promise<number | null>;
}

export async function startMuster(
	args: string[] = [],
	environment: Record<string, string> = {}
): Promise<RunningMuster> {
	const data = await mkdtemp(path.join(os.tmpdir(), 'muster-browser-'));
	const port = await freePort();
	const url = `http://localhost:${port}`;
	const child = spawn(process.execPath, ['--enable-source-maps', 'server/main.ts', ...args], {
		cwd: root,
		env: {
			...process.env,
			NODE_ENV: 'production',
			PORT: String(port),
			ORIGIN: url,
			DATA_DIR: data,
			LOG_LEVEL: 'info',
			LOG_FORMAT: 'text',
			...environment
		},
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let output = '';
	child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
	const wanted = new RegExp(`${url}/setup/\\S+`);
	await waitFor(
		child,
		() => /Muster answers at/.test(output) && (args.length > 0 || wanted.test(output)),
		() => output
	);
	return {
		url,
		setupLink: wanted.exec(output)?.[0] ?? '',
		output: () => output,
		stop: async () => {
			const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
			child.kill('SIGTERM');
			const result = child.exitCode ?? (await code);
			await rm(data, { recursive: true, force: true });
			return result;
		}
	};
}

/** The pages are built at the first start, which may take a minute on a small machine. */
async function waitFor(child: ChildProcess, done: () => boolean, output: () => string): Promise<void> {
	const end = Date.now() + 180_000;
	while (!done()) {
		if (child.exitCode !== null) throw new Error(`Muster ended with ${child.exitCode}:\n${output()}`);
		if (Date.now() > end) throw new Error(`Muster did not start in time:\n${output()}`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

async function freePort(): Promise<number> {
	const probe = createServer();
	await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
	const { port } = probe.address() as AddressInfo;
	await new Promise((resolve) => probe.close(resolve));
	return port;
}
