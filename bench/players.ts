import { randomBytes } from 'node:crypto';
import type { ExercisePulse } from '#lib/protocol/wire.ts';
import { LightClient } from './clients.ts';
import { readMarkers } from './events.ts';
import type { MeasuredServer } from './servers.ts';
import { dialects, type Dialect } from './wire.ts';

/** One person's browser without the browser: the event socket, timelines (segment after segment); all come back after a cut. */

const retryMs = 400;

const answersWithinMs = 60_000;

/** The event socket speaks Socket.IO, with the exercise as the room. */
const eventDialect: Dialect = dialects.rooms;

interface Reply {
	ok: boolean;
	result?: unknown;
	error?: { message: string };
}

export class Player {
	readonly place: number;
	readonly team: number;
	readonly #server: MeasuredServer;
	readonly #exercise: string;
	readonly #pages: readonly string[];
	readonly cookie: string;
	/** markers of injects and log entries, and when each came for the first time */
	readonly seen = new Map<number, number>();
	/** STARTEX by the database's clock, which runs on this machine */
	startedAt = 0;
	/** the exercise clock as it was told last */
	clock: ExercisePulse['clock'] = [];
	/** when the exercise was stopped, as told on the event socket */
	stoppedAt = 0;
	/** when all sockets were there again after a cut */
	backAt = 0;
	/** each message of its first page, as it comes */
	read: ((message: Buffer) => void) | null = null;
	/** topics that it is told to read again */
	told: ((topics: string[]) => void) | null = null;
	#events: LightClient | null = null;
	/** open sockets by page; a page goes on in its next segment */
	readonly #open = new Map<string, LightClient>();
	#number = 0;
	readonly #waiting = new Map<number, (answer: Reply | null) => void>();
	#closing = false;

	constructor(
		server: MeasuredServer,
		place: number,
		who: { cookie: string; team: number; exercise: string; pages: readonly string[] }
	) {
		this.#server = server;
		this.place = place;
		this.team = who.team;
		this.#exercise = who.exercise;
		this.#pages = who.pages;
		this.cookie = who.cookie;
	}

	get isHere(): boolean {
		return this.#events !== null && this.#open.size >= this.#pages.length;
	}

	async connect(): Promise<void> {
		await Promise.all([this.#openEvents(), ...this.#pages.map((name) => this.#openPage(name))]);
	}

	/** Tries again until it is there, as a browser does: after a moment that is another one for everybody. */
	async #again(open: () => Promise<void>): Promise<void> {
		while (!this.#closing) {
			await new Promise((resolve) => setTimeout(resolve, retryMs * (0.5 + Math.random())));
			try {
				await open();
				if (this.isHere) this.backAt = Date.now();
				return;
			} catch {
				// not there yet
			}
		}
	}

	async #openEvents(): Promise<void> {
		const client = new LightClient(this.#server, this.#exercise, this.place, this.cookie, {}, eventDialect);
		await client.joined();
		// closed before anybody listened
		if (client.closed) throw new Error('closed');
		this.#events = client;
		client.hears = {
			message: (message) => this.#hear(message),
			closed: () => {
				this.#events = null;
				for (const answer of this.#waiting.values()) answer(null);
				this.#waiting.clear();
				void this.#again(() => this.#openEvents());
			}
		};
	}

	async #openPage(name: string): Promise<void> {
		// what is read as a document is the first page alone, in all its segments
		const isOwn = pageOf(name) === pageOf(this.#pages[0]!);
		const note = (bytes: Buffer) => {
			const now = Date.now();
			readMarkers(bytes, (id) => {
				if (!this.seen.has(id)) this.seen.set(id, now);
			});
		};
		const hears = (message: Buffer) => {
			note(message);
			if (isOwn) this.read?.(message);
			// the last entry of a full segment
			if (message.includes('continued')) this.#goOn(name);
		};
		const client = new LightClient(this.#server, name, this.place, this.cookie, { message: hears });
		await client.joined();
		if (client.closed) throw new Error('closed');
		this.#open.set(name, client);
		client.hears = {
			message: hears,
			closed: () => {
				this.#open.delete(name);
				void this.#again(() => this.#openPage(name));
			}
		};
	}

	readonly #continued = new Set<string>();
	#goOn(name: string): void {
		if (this.#continued.has(name)) return;
		this.#continued.add(name);
		const next = Number(name.slice(name.lastIndexOf('/') + 1)) + 1;
		void this.#again(() => this.#openPage(`${pageOf(name)}/${next}`));
	}

	#hear(message: Buffer): void {
		const text = message.toString();
		if (text.startsWith('43')) {
			const at = text.indexOf('[');
			const number = Number(text.slice(2, at));
			const answer = this.#waiting.get(number);
			this.#waiting.delete(number);
			const [reply] = JSON.parse(text.slice(at)) as [Reply];
			answer?.(reply);
		} else if (text.startsWith('42["pulse"')) {
			const [, pulse] = JSON.parse(text.slice(2)) as [string, ExercisePulse];
			this.clock = pulse.clock;
			this.startedAt ||= pulse.clock[0]?.wallStart ?? 0;
			if (pulse.state === 'stopped') this.stoppedAt ||= Date.now();
		} else if (this.told && text.startsWith('42["changed"')) {
			const [, change] = JSON.parse(text.slice(2)) as [string, { topics: string[] }];
			this.told(change.topics);
		}
	}

	/** A command, sent again with the same key until somebody answers with its result. Throws when it is refused. */
	async command(name: string, input: unknown): Promise<unknown> {
		const key = randomBytes(12).toString('hex');
		for (let tries = 0; tries < 200; tries++) {
			const events = this.#events;
			const answer =
				events &&
				(await new Promise<Reply | null>((resolve, reject) => {
					const number = ++this.#number;
					const silent = setTimeout(
						() => reject(new Error(`${name} was not answered in a minute`)),
						answersWithinMs
					);
					this.#waiting.set(number, (reply) => {
						clearTimeout(silent);
						resolve(reply);
					});
					events.send(
						`42${number}${JSON.stringify(['command', { exercise: this.#exercise, name, key, input }])}`
					);
				}));
			if (answer?.ok) return answer.result;
			if (answer) throw new Error(`${name}: ${answer.error?.message}`);
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		throw new Error(`${name} was never answered`);
	}

	close(): void {
		this.#closing = true;
		this.#events?.end();
		for (const page of this.#open.values()) page.end();
	}
}

/** A timeline without its segment. */
const pageOf = (name: string) => name.slice(0, name.lastIndexOf('/'));
