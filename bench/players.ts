import { randomBytes } from 'node:crypto';
import type { ExercisePulse } from '#lib/protocol/wire.ts';
import { LightClient } from './clients.ts';
import { readMarkers } from './events.ts';
import type { MeasuredServer } from './servers.ts';
import { dialects, type Dialect } from './wire.ts';

/** One person's browser without the browser: the event socket, the team's timeline; both come back after a cut. */

const retryMs = 400;

/** The event socket speaks Socket.IO, with the exercise as the room. */
const eventDialect: Dialect = dialects.rooms;

export class Player {
	readonly place: number;
	readonly team: number;
	readonly #server: MeasuredServer;
	readonly #exercise: string;
	readonly #timeline: string | null;
	readonly #cookie: string;
	/** markers of injects and log entries, and when each came for the first time */
	readonly seen = new Map<number, number>();
	/** STARTEX by the database's clock, which runs on this machine */
	startedAt = 0;
	/** when the exercise was stopped, as told on the event socket */
	stoppedAt = 0;
	/** when both sockets were there again after a cut */
	backAt = 0;
	#events: LightClient | null = null;
	#page: LightClient | null = null;
	#number = 0;
	readonly #waiting = new Map<
		number,
		(answer: { ok: boolean; error?: { message: string } } | null) => void
	>();
	#closing = false;

	constructor(
		server: MeasuredServer,
		place: number,
		who: { cookie: string; team: number; exercise: string; timeline: string | null }
	) {
		this.#server = server;
		this.place = place;
		this.team = who.team;
		this.#exercise = who.exercise;
		this.#timeline = who.timeline;
		this.#cookie = who.cookie;
	}

	get isHere(): boolean {
		return this.#events !== null && (this.#timeline === null || this.#page !== null);
	}

	async connect(): Promise<void> {
		await Promise.all([
			this.#openEvents(),
			this.#timeline === null ? undefined : this.#openPage(this.#timeline)
		]);
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
		const client = new LightClient(this.#server, this.#exercise, this.place, this.#cookie, {}, eventDialect);
		await client.joined();
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
		const note = (bytes: Buffer) => {
			const now = Date.now();
			readMarkers(bytes, (id) => {
				if (!this.seen.has(id)) this.seen.set(id, now);
			});
		};
		const client = new LightClient(this.#server, name, this.place, this.#cookie, { message: note });
		await client.joined();
		this.#page = client;
		client.hears = {
			bytes: note,
			closed: () => {
				this.#page = null;
				void this.#again(() => this.#openPage(name));
			}
		};
	}

	#hear(message: Buffer): void {
		const text = message.toString();
		if (text.startsWith('43')) {
			const at = text.indexOf('[');
			const number = Number(text.slice(2, at));
			const answer = this.#waiting.get(number);
			this.#waiting.delete(number);
			const [reply] = JSON.parse(text.slice(at)) as [{ ok: boolean; error?: { message: string } }];
			answer?.(reply);
		} else if (text.startsWith('42["pulse"')) {
			const [, pulse] = JSON.parse(text.slice(2)) as [string, ExercisePulse];
			this.startedAt ||= pulse.clock[0]?.wallStart ?? 0;
			if (pulse.state === 'stopped') this.stoppedAt ||= Date.now();
		}
	}

	/** A command, sent again with the same key until somebody answers. Throws when it is refused. */
	async command(name: string, input: unknown): Promise<void> {
		const key = randomBytes(12).toString('hex');
		for (let tries = 0; tries < 200; tries++) {
			const events = this.#events;
			const answer =
				events &&
				(await new Promise<{ ok: boolean; error?: { message: string } } | null>((resolve) => {
					const number = ++this.#number;
					this.#waiting.set(number, resolve);
					events.send(
						`42${number}${JSON.stringify(['command', { exercise: this.#exercise, name, key, input }])}`
					);
				}));
			if (answer?.ok) return;
			if (answer) throw new Error(`${name}: ${answer.error?.message}`);
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		throw new Error(`${name} was never answered`);
	}

	close(): void {
		this.#closing = true;
		this.#events?.end();
		this.#page?.end();
	}
}
