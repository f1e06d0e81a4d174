import { getContext, setContext } from 'svelte';
import { io } from 'socket.io-client';
import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { ExerciseState } from '#lib/exercise/exercise/schema.ts';
import { changeTopics, type ChangeTopic, type ExercisePulse } from '#lib/protocol/wire.ts';
import { wipeKeptActs } from './kept-acts.ts';
import { wipeOfflineCopies } from './offline.ts';
import { sendCommand, type EventSocket } from './commands.ts';

const isOver: ReadonlySet<ExerciseState> = new Set(['evaluating', 'reported', 'closed', 'cancelled']);

const isDone: ReadonlySet<ExerciseState> = new Set(['reported', 'closed', 'cancelled']);

type ChangeListener = (change: { topics: ChangeTopic[]; team?: string }) => void;

/**
 * One exercise as this browser lives it: its state and clock, what has changed, and the way to act. Made once by the
 * exercise's layout; pages take it with `getLiveExercise`.
 */
export class LiveExercise {
	readonly id: string;
	pulse: ExercisePulse = $state.raw()!;
	/** the event socket is up; while it is not, what is shown may be old */
	connected = $state(false);
	/** people connected, for those who see the console */
	people = $state<number | null>(null);
	/** the session ended elsewhere, or the person was taken out of the exercise */
	shutOut = $state(false);

	#tick = $state(0);
	/** server clock minus browser clock, ms */
	#offset = 0;
	#socket: EventSocket | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	readonly #listeners = new Set<{ topics: readonly ChangeTopic[]; fn: ChangeListener }>();

	/** `pulse` as loaded with the page; the constructor opens nothing, so that it may run on the server too. */
	constructor(pulse: ExercisePulse) {
		this.id = pulse.exercise;
		this.#take(pulse);
	}

	/** Opens the event socket. Call in the browser; returns what closes it. */
	connect(): () => void {
		const socket: EventSocket = io({ transports: ['websocket'], reconnectionDelayMax: 5000 });
		this.#socket = socket;
		socket.on('connect', () => this.#join());
		socket.on('disconnect', () => (this.connected = false));
		// refused before it was open: the session has ended elsewhere
		socket.on('connect_error', ({ message }) => {
			if (message === 'unauthenticated') this.shutOut = true;
		});
		socket.on('pulse', (pulse) => {
			if (pulse.exercise === this.id) this.#take(pulse);
		});
		socket.on('presence', ({ exercise, connected }) => {
			if (exercise === this.id) this.people = connected;
		});
		socket.on('changed', ({ exercise, topics, team }) => {
			if (exercise !== this.id) return;
			this.#tell({ topics, ...(team && { team }) });
		});
		this.#schedule();
		return () => this.close();
	}

	close(): void {
		clearTimeout(this.#timer);
		this.#socket?.disconnect();
		this.#socket = null;
		this.connected = false;
	}

	get state(): ExerciseState {
		return this.pulse.state;
	}

	/** The server's clock, ms; changes each second. */
	now(): number {
		void this.#tick;
		return Date.now() + this.#offset;
	}

	/** Exercise time, ms; changes each second. Null before STARTEX. */
	get exerciseTime(): number | null {
		return exerciseTimeAt(this.pulse.clock, this.now());
	}

	/** Calls `fn` when one of the topics may have changed, and after each reconnection. Returns what ends it. */
	on(topics: readonly ChangeTopic[], fn: ChangeListener): () => void {
		const listener = { topics, fn };
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Sends a command; throws `AppError` with a sentence to show. */
	send<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<unknown> {
		return sendCommand(this.#socket, this.id, name, input);
	}

	/** The same with a key that was minted before: what is sent again with it acts once (PROMISES R12). */
	sendAs<Name extends CommandName>(key: string, name: Name, input: CommandInput<Name>): Promise<unknown> {
		return sendCommand(this.#socket, this.id, name, input, key);
	}

	#join(): void {
		this.#socket?.timeout(5000).emit('join', this.id, (error, reply) => {
			if (error) return;
			if (!reply.ok) {
				this.shutOut = true;
				return;
			}
			this.shutOut = false;
			this.connected = true;
			this.#take(reply.pulse);
			// whatever was rung while we were away is read again
			this.#tell({
				topics: changeTopics.filter((topic) => topic !== 'rights')
			});
		});
	}

	#tell(change: { topics: ChangeTopic[]; team?: string }): void {
		if (change.topics.includes('rights')) this.#join();
		for (const { topics, fn } of this.#listeners)
			if (topics.some((topic) => change.topics.includes(topic))) fn(change);
	}

	#take(pulse: ExercisePulse): void {
		// nothing of a team stays on devices when play is over (PROMISES R14)
		if (typeof indexedDB !== 'undefined' && isOver.has(pulse.state)) wipeOfflineCopies(`/${this.id}/`);
		// evaluators complete their notes after play
		if (typeof localStorage !== 'undefined' && isDone.has(pulse.state))
			wipeKeptActs(localStorage, `/${this.id}/`);
		this.#offset = pulse.now - Date.now();
		this.pulse = pulse;
		this.#tick++;
	}

	/** Ticks just after each full second of the server's clock, so that all screens change together. */
	#schedule(): void {
		const rest = 1000 - ((Date.now() + this.#offset) % 1000);
		this.#timer = setTimeout(() => {
			this.#tick++;
			this.#schedule();
		}, rest + 5);
	}
}

const contextKey = Symbol('exercise');

export function setLiveExercise(live: LiveExercise): LiveExercise {
	return setContext(contextKey, live);
}

export function getLiveExercise(): LiveExercise {
	return getContext<LiveExercise>(contextKey);
}
