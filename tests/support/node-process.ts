import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { eventually } from './eventually.ts';
import { freePort } from './people.ts';

const root = path.join(import.meta.dirname, '../..');

export interface NodeOptions {
	/** what browsers type: the same for all nodes of an installation */
	origin: string;
	port?: number;
	environment: Record<string, string>;
}

/** A Muster node (`server/main.ts` in production, without pages) as a process that can be stopped, paused and killed. */
export class NodeProcess {
	readonly port: number;
	readonly url: string;
	readonly child: ChildProcess;
	readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
	#output = '';

	private constructor(child: ChildProcess, port: number) {
		this.child = child;
		this.port = port;
		this.url = `http://127.0.0.1:${port}`;
		child.stdout!.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
		child.stderr!.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
		this.ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
	}

	/** Returns at once: the caller may kill it while it starts. */
	static async spawn(options: NodeOptions): Promise<NodeProcess> {
		const port = options.port ?? (await freePort());
		const child = spawn(
			process.execPath,
			['--import', path.join(root, 'tests/support/without-pages.ts'), 'server/main.ts'],
			{
				cwd: root,
				env: {
					PATH: process.env['PATH'],
					HOME: process.env['HOME'],
					NODE_ENV: 'production',
					LOG_FORMAT: 'json',
					LOG_LEVEL: 'info',
					PORT: String(port),
					ORIGIN: options.origin,
					...options.environment
				},
				stdio: ['ignore', 'pipe', 'pipe']
			}
		);
		return new NodeProcess(child, port);
	}

	static async start(options: NodeOptions): Promise<NodeProcess> {
		const node = await NodeProcess.spawn(options);
		await node.ready();
		return node;
	}

	async ready(milliseconds = 30_000): Promise<void> {
		await eventually(
			async () => {
				if (!this.isAlive) throw new Error(`the node did not start:\n${this.#output}`);
				const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2000) }).catch(
					() => null
				);
				return answer?.ok ?? false;
			},
			() => `a node to be ready:\n${this.#output.slice(-2000)}`,
			milliseconds
		);
	}

	get isAlive(): boolean {
		return this.child.exitCode === null && this.child.signalCode === null;
	}

	get output(): string {
		return this.#output;
	}

	async signal(signal: NodeJS.Signals): Promise<void> {
		if (this.isAlive) this.child.kill(signal);
		if (signal === 'SIGKILL' || signal === 'SIGTERM') await this.ended;
	}

	/** `kill -9`; resolves when it is gone. */
	kill(): Promise<void> {
		return this.signal('SIGKILL');
	}
}
