import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cpuOf, databaseIn, residentOf, treeOf } from './process-figures.ts';
import type { Pages, Stage } from './stage.ts';
import { dialects, type Dialect, type ServerName } from './wire.ts';

export const peersFolder = path.join(import.meta.dirname, 'peers');
const startsWithinMs = 90_000;
const answersWithinMs = 120_000;

/** The server has the first core for itself, the load the second one, where there are two and `taskset` is installed. */
export const pinned = os.cpus().length > 1 && spawnSync('taskset', ['--version']).status === 0;

/** Moves this process, which makes the load, off the server's core. */
export function leaveServersCore(): void {
	if (pinned) spawnSync('taskset', ['-a', '-c', '-p', `1-${os.cpus().length - 1}`, String(process.pid)]);
}

/** Installs the peers on first use: they are no dependencies of the product. */
export function installPeers(): void {
	if (existsSync(path.join(peersFolder, 'node_modules'))) return;
	console.log('installing the peers (bench/peers) …');
	const { status } = spawnSync('npm', ['ci', '--omit=optional'], { cwd: peersFolder, stdio: 'inherit' });
	if (status !== 0) throw new Error('the peers could not be installed: see bench/peers');
}

/** What a server's process tells us: once that it listens, then answers to what it is asked. */
interface FromServer {
	ready?: { port: number; origin: string };
	answer?: number;
	result?: unknown;
	error?: string;
}

/** A running server under measurement. */
export class MeasuredServer {
	readonly name: ServerName;
	readonly dialect: Dialect;
	readonly folder: string;
	port = 0;
	origin = '';
	#child: ChildProcess | null = null;
	#database: number | undefined;
	#asked = 0;
	readonly #environment: Record<string, string>;
	readonly #answers = new Map<
		number,
		{ resolve: (value: unknown) => void; reject: (error: Error) => void }
	>();

	private constructor(name: ServerName, folder: string, environment: Record<string, string>) {
		this.name = name;
		this.dialect = dialects[name];
		this.folder = folder;
		this.#environment = environment;
	}

	static async start(name: ServerName, environment: Record<string, string> = {}): Promise<MeasuredServer> {
		const folder = await mkdtemp(path.join(os.tmpdir(), `muster-bench-${name}-`));
		const server = new MeasuredServer(name, folder, environment);
		await server.run();
		return server;
	}

	get pid(): number {
		return this.#child!.pid!;
	}

	/** Starts the process, again after a kill: in the same folder, and ours on the same port. */
	async run(): Promise<void> {
		const script =
			this.name === 'ours'
				? path.join(import.meta.dirname, 'ours-server.ts')
				: path.join(peersFolder, `${this.name}.mjs`);
		const node = [process.execPath, '--expose-gc', script, this.folder, String(this.port)];
		const [command, ...rest] = pinned ? ['taskset', '-c', '0', ...node] : node;
		const child = spawn(command!, rest, {
			stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
			env: { ...process.env, NODE_ENV: 'production', ...this.#environment }
		});
		this.#child = child;
		const ready = await new Promise<{ port: number; origin: string }>((resolve, reject) => {
			const timer = setTimeout(() => {
				child.kill('SIGKILL');
				reject(new Error(`${this.name} did not start in time`));
			}, startsWithinMs);
			child.on('message', (message: FromServer) => {
				if (!message.ready) return this.#heard(message);
				clearTimeout(timer);
				resolve(message.ready);
			});
			child.once('exit', (code, signal) => {
				clearTimeout(timer);
				const error = new Error(`${this.name} ended with ${code ?? signal}`);
				reject(error);
				for (const { reject: refuse } of this.#answers.values()) refuse(error);
				this.#answers.clear();
			});
		});
		this.port = ready.port;
		this.origin = ready.origin;
		this.#database = this.name === 'ours' ? databaseIn(this.folder) : undefined;
	}

	#heard(message: FromServer): void {
		const waiting = this.#answers.get(message.answer ?? -1);
		this.#answers.delete(message.answer ?? -1);
		if (message.error !== undefined) waiting?.reject(new Error(message.error));
		else waiting?.resolve(message.result);
	}

	/** Asks the process for something; ours knows the stage, a peer only the sweep. */
	async ask<Name extends keyof Stage>(
		what: Name,
		input: Parameters<Stage[Name]>[0]
	): Promise<Awaited<ReturnType<Stage[Name]>>> {
		return (await this.#ask(what, input)) as Awaited<ReturnType<Stage[Name]>>;
	}

	/** Collects garbage, so that what is read then is needed; answers with the MiB that are in use inside the process. */
	async sweep(): Promise<number> {
		const { heapUsed, external } = (await this.#ask('sweep')) as NodeJS.MemoryUsage;
		return (heapUsed + external) / 2 ** 20;
	}

	#ask(ask: string, input?: unknown): Promise<unknown> {
		const number = ++this.#asked;
		return new Promise((resolve, reject) => {
			const timer = setTimeout(
				() => reject(new Error(`${this.name} did not answer ${ask}`)),
				answersWithinMs
			);
			this.#answers.set(number, {
				resolve: (value) => {
					clearTimeout(timer);
					resolve(value);
				},
				reject: (error) => {
					clearTimeout(timer);
					reject(error);
				}
			});
			this.#child!.send({ ask, number, input });
		});
	}

	/** Fresh documents, and who may write there; peers ask nobody. */
	async pages(documents: number, audience: number): Promise<Pages> {
		if (this.name === 'ours') return this.ask('pages', { documents, audience });
		const names = Array.from({ length: documents }, () => `page-${++fresh}`);
		return { names, cookies: names.map(() => ['']) };
	}

	/** CPU used so far, ms, with everything it started. */
	cpu(): number {
		return cpuOf(this.processes());
	}

	/** The same without what it started: for ours, without PostgreSQL. */
	ownCpu(): number {
		return cpuOf([this.pid]);
	}

	/** MiB that the process itself holds. */
	resident(): number {
		return residentOf(this.pid);
	}

	processes(): number[] {
		return treeOf(this.#database === undefined ? [this.pid] : [this.pid, this.#database]);
	}

	async kill(): Promise<void> {
		await this.#end('SIGKILL');
	}

	async stop(): Promise<void> {
		const child = this.#child!;
		if (child.exitCode === null && child.signalCode === null) {
			const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
			child.disconnect();
			const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
			await gone;
			clearTimeout(timer);
		}
		await rm(this.folder, { recursive: true, force: true });
	}

	async #end(signal: NodeJS.Signals): Promise<void> {
		const child = this.#child!;
		const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
		child.kill(signal);
		await gone;
	}
}

let fresh = 0;

/** Starts servers, hands them to the measurement, and stops them whatever happens. */
export async function withServers<T>(
	names: readonly ServerName[],
	measure: (servers: MeasuredServer[]) => Promise<T>,
	environment: Record<string, string> = {}
): Promise<T> {
	const servers: MeasuredServer[] = [];
	try {
		for (const name of names) servers.push(await MeasuredServer.start(name, environment));
		return await measure(servers);
	} finally {
		for (const server of servers) await server.stop();
	}
}
