import { createServer, Socket, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { PostgresFrames } from './postgres-frames.ts';

/**
 * What becomes of a statement on its way to PostgreSQL:
 * - `cut`: both lines end, the statement never arrives
 * - `hold`: it does not arrive, and nobody is told
 * - `hold-answer`: it is carried out; the answer, and everything after it, stays here
 * - `cut-answer`: it is carried out; both lines end when the answer is here
 */
export type Verdict = 'pass' | 'cut' | 'hold' | 'hold-answer' | 'cut-answer';
export type Rule = (statement: string, line: Line) => Verdict;

/** Where a connection to PostgreSQL stands; `isMeant` is the rule's own mark. */
export interface Line {
	inTransaction: boolean;
	isMeant: boolean;
}

/**
 * Holds the answer to the commit of what says so: the commit of its transaction, or of the statement itself where it
 * stands alone. At this moment it is durable, and nobody was told.
 */
export function holdCommitOf(statement: RegExp): Rule {
	return (text, line) => {
		if (statement.test(text)) line.isMeant = true;
		if (!line.isMeant) return 'pass';
		return !line.inTransaction || /^commit/i.test(text) ? 'hold-answer' : 'pass';
	};
}

interface Link {
	client: Socket;
	server: Socket;
	/** null: the other side is no PostgreSQL, bytes are bytes */
	frames: PostgresFrames | null;
	/** what is done with the next bytes from the server */
	answer: 'pass' | 'hold' | 'cut';
	line: Line;
	/** nothing of the client goes on */
	isHeld: boolean;
	toClient: number;
}

/** A TCP proxy that breaks lines in the ways networks do, and knows enough of PostgreSQL to do it at an exact statement. */
export class FaultProxy {
	/** decides on each statement; set only where the other side is PostgreSQL */
	rule: Rule | null = null;
	/** how many answers, or statements, are held */
	held = 0;
	/** lines end after so many bytes to the client */
	dropAfter = Infinity;
	/** ms that everything takes longer, each way */
	delay = 0;
	readonly port: number;
	readonly #server: Server;
	readonly #links = new Set<Link>();
	#refuses = false;
	#stalled = { toServer: false, toClient: false };

	private constructor(server: Server, port: number) {
		this.#server = server;
		this.port = port;
	}

	static async start(targetPort: number, kind: 'postgres' | 'bytes' = 'bytes'): Promise<FaultProxy> {
		let proxy: FaultProxy | null = null;
		const server = createServer({ allowHalfOpen: true }, (client) =>
			proxy!.#connect(client, targetPort, kind)
		);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		proxy = new FaultProxy(server, (server.address() as AddressInfo).port);
		return proxy;
	}

	/** Ends all lines at once, without a goodbye. */
	cut(): void {
		for (const link of this.#links) this.#end(link);
	}

	/** New lines are refused, as by a machine that is not there; `accept` ends that. */
	refuse(): void {
		this.#refuses = true;
	}
	accept(): void {
		this.#refuses = false;
	}

	/** Bytes wait in the network: both ends believe that all is well. With both ways, and never ended: half-open. */
	stall(which: { toServer?: boolean; toClient?: boolean } = { toServer: true, toClient: true }): void {
		this.#stalled = { toServer: which.toServer ?? false, toClient: which.toClient ?? false };
		for (const link of this.#links) this.#pauseOrResume(link);
	}
	flow(): void {
		this.stall({});
	}

	get lines(): number {
		return this.#links.size;
	}

	async stop(): Promise<void> {
		this.refuse();
		this.cut();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#connect(client: Socket, targetPort: number, kind: 'postgres' | 'bytes'): void {
		if (this.#refuses) {
			client.resetAndDestroy();
			return;
		}
		const server = new Socket({ allowHalfOpen: true });
		server.connect(targetPort, '127.0.0.1');
		client.setNoDelay(true);
		server.setNoDelay(true);
		const link: Link = {
			client,
			server,
			frames: kind === 'postgres' ? new PostgresFrames() : null,
			answer: 'pass',
			line: { inTransaction: false, isMeant: false },
			isHeld: false,
			toClient: 0
		};
		this.#links.add(link);
		for (const socket of [client, server]) {
			socket.on('error', () => this.#end(link));
			socket.on('close', () => this.#end(link));
		}
		client.on('end', () => this.#later(() => server.end()));
		server.on('end', () => this.#later(() => client.end()));
		client.on('data', (chunk: Buffer) => this.#later(() => this.#fromClient(link, chunk)));
		server.on('data', (chunk: Buffer) => this.#later(() => this.#fromServer(link, chunk)));
		this.#pauseOrResume(link);
	}

	#fromClient(link: Link, chunk: Buffer): void {
		if (!link.frames) return this.#write(link, link.server, chunk);
		for (const { bytes, statement } of link.frames.read(chunk)) {
			const verdict = statement === null ? 'pass' : this.#decide(link.line, statement);
			if (verdict === 'cut') return this.#end(link);
			if (verdict === 'hold') {
				link.isHeld = true;
				this.held++;
			}
			if (verdict === 'hold-answer') link.answer = 'hold';
			if (verdict === 'cut-answer') link.answer = 'cut';
			this.#write(link, link.server, bytes);
		}
	}

	#decide(line: Line, statement: string): Verdict {
		if (/^begin/i.test(statement)) {
			line.inTransaction = true;
			line.isMeant = false;
		}
		const verdict = this.rule?.(statement, line) ?? 'pass';
		if (/^(commit|rollback)/i.test(statement)) line.inTransaction = false;
		return verdict;
	}

	#fromServer(link: Link, chunk: Buffer): void {
		if (link.answer === 'cut') return this.#end(link);
		if (link.answer === 'hold') {
			if (!link.isHeld) this.held++;
			link.isHeld = true;
			return;
		}
		link.toClient += chunk.length;
		if (link.toClient > this.dropAfter) {
			const fits = chunk.length - (link.toClient - this.dropAfter);
			if (fits > 0) link.client.write(chunk.subarray(0, fits));
			return this.#end(link);
		}
		if (!link.client.destroyed) link.client.write(chunk);
	}

	#write(link: Link, to: Socket, bytes: Buffer): void {
		if (!link.isHeld && !to.destroyed) to.write(bytes);
	}

	#later(act: () => void): void {
		if (this.delay > 0) setTimeout(act, this.delay);
		else act();
	}

	#pauseOrResume({ client, server }: Link): void {
		if (this.#stalled.toServer) client.pause();
		else client.resume();
		if (this.#stalled.toClient) server.pause();
		else server.resume();
	}

	#end(link: Link): void {
		this.#links.delete(link);
		link.client.destroy();
		link.server.destroy();
	}
}
