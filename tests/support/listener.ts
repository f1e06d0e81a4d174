import { io, type Socket } from 'socket.io-client';
import type { ChangeTopic, ExercisePulse, ServerEvents } from '#lib/protocol/wire.ts';
import type { TestExercise } from './exercise.ts';
import type { Person } from './people.ts';

/** An event socket that keeps what it is told. */
export class Listener {
	readonly socket: Socket<ServerEvents>;
	pulses: ExercisePulse[] = [];
	changes: { topics: ChangeTopic[]; team?: string }[] = [];
	connected: number | null = null;

	private constructor(url: string, person: Person) {
		this.socket = io(url, {
			transports: ['websocket'],
			extraHeaders: { cookie: person.cookie, origin: url },
			reconnection: false,
			forceNew: true
		});
		this.socket.on('pulse', (pulse) => this.pulses.push(pulse));
		this.socket.on('changed', (change) => this.changes.push(change));
		this.socket.on('presence', ({ connected }) => (this.connected = connected));
	}

	static async join(url: string, person: Person, exercise: string): Promise<Listener> {
		const listener = new Listener(url, person);
		await new Promise<void>((resolve, reject) => {
			listener.socket.on('connect', resolve);
			listener.socket.on('connect_error', reject);
		});
		const socket = listener.socket as unknown as Socket;
		const answer = (await socket.timeout(5000).emitWithAck('join', exercise)) as { ok: boolean };
		if (!answer.ok) throw new Error(`${person.name} may not join`);
		return listener;
	}

	/** How often something was told to be read again. */
	told(topic: ChangeTopic): number {
		return this.changes.filter(({ topics }) => topics.includes(topic)).length;
	}

	close(): void {
		this.socket.disconnect();
	}
}

/** Moves the clock of a running exercise, and waits for the witness: whether the other one was told too. */
export async function hearsPulse(
	exercise: TestExercise,
	listener: Listener,
	witness: Listener
): Promise<boolean> {
	const rate = 1 + Math.random();
	const told = (one: Listener) => one.pulses.some(({ clock }) => clock.at(-1)?.rate === rate);
	await exercise.must(exercise.director, 'clock.setRate', { rate });
	const until = Date.now() + 5000;
	while (!told(witness)) {
		if (Date.now() > until) throw new Error('the witness was not told within 5 s');
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	return told(listener);
}
