import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './people.ts';

export interface TestRedis {
	url: string;
	port: number;
	child: () => ChildProcess;
	/** one command, its raw answer: for what an operator would type into redis-cli */
	command: (...words: string[]) => Promise<string>;
	start: () => Promise<void>;
	stop: () => Promise<void>;
	close: () => Promise<void>;
}

/** A redis-server of its own on a free port of this machine. */
export async function startRedis(): Promise<TestRedis> {
	const program = redisProgram();
	const port = await freePort();
	const folder = await mkdtemp(path.join(os.tmpdir(), 'muster-redis-'));
	let child: ChildProcess | null = null;

	async function start(): Promise<void> {
		const started = spawn(
			program,
			['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder],
			{ stdio: 'ignore' }
		);
		child = started;
		const until = Date.now() + 10_000;
		for (;;) {
			if ((await command('PING').catch(() => '')).startsWith('+PONG')) return;
			if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}`);
			if (Date.now() > until) throw new Error('redis-server did not answer within 10 s');
			await wait(20);
		}
	}

	async function stop(): Promise<void> {
		const running = child;
		child = null;
		if (!running || running.exitCode !== null) return;
		const ended = new Promise((resolve) => running.once('exit', resolve));
		running.kill('SIGKILL');
		await ended;
	}

	function command(...words: string[]): Promise<string> {
		return new Promise((resolve, reject) => {
			const socket = net.connect(port, '127.0.0.1', () =>
				socket.write(
					`*${words.length}\r\n${words.map((w) => `$${Buffer.byteLength(w)}\r\n${w}\r\n`).join('')}`
				)
			);
			socket.setTimeout(3000, () => socket.destroy(new Error('Redis does not answer')));
			socket.once('data', (answer) => {
				socket.destroy();
				resolve(answer.toString());
			});
			socket.once('error', reject);
		});
	}

	await start();
	return {
		url: `redis://127.0.0.1:${port}`,
		port,
		child: () => child!,
		command,
		start,
		stop,
		close: async () => {
			await stop();
			await rm(folder, { recursive: true, force: true });
		}
	};
}

/** Installs Redis where that is possible; otherwise says what to do. */
function redisProgram(): string {
	const places = [process.env['REDIS_SERVER_PATH'], '/usr/bin/redis-server', '/usr/local/bin/redis-server'];
	const found = () => places.find((place) => place !== undefined && existsSync(place));
	const install = 'apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server';
	if (!found() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'))
		spawnSync('sh', ['-c', install], {
			stdio: ['ignore', 'ignore', 'inherit'],
			env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
		});
	const program = found();
	if (!program)
		throw new Error(
			`The tests of the bell need Redis: install it as root (${install}), or set REDIS_SERVER_PATH to one.`
		);
	return program;
}
