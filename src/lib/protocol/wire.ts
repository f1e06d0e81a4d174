import { z } from 'zod';
import type { Refusal } from '#lib/errors.ts';
import { idPattern } from '#lib/exercise/ids.ts';
import type { Exercise, ExerciseState } from '#lib/exercise/exercise/schema.ts';

/** What crosses the wire beside Yjs' own messages. Raise when a shape changes. */
export const protocolVersion = 1;

/** A command, on Socket.IO as event `command` with acknowledgement, or as the body of POST /api/commands/<name>. */
export const commandMessage = z.object({
	exercise: z.string().regex(idPattern),
	name: z.string().max(60),
	/** idempotency key, minted by the browser: the same key is answered with the first result (PROMISES R12) */
	key: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/),
	input: z.unknown()
});
export type CommandMessage = z.infer<typeof commandMessage>;
export type CommandAnswer = { ok: true; result?: unknown } | { ok: false; error: Refusal };

/** A command that is not answered in time is given up by the browser, and refused by the server. */
export const commandDeadline = 10_000;

/** What everybody in an exercise may know of it: sent at once when it changes, and on every connection. */
export interface ExercisePulse {
	exercise: string;
	state: ExerciseState;
	clock: Exercise['clock'];
	/** the database's clock when this was sent, ms: browsers' clocks are wrong */
	now: number;
	/** why the exercise was stopped */
	stopReason?: string;
}

/** What may have changed; whoever hears it reads again under the own rights (PROMISES R11). Carries no content. */
export const changeTopics = [
	'board',
	'script',
	'questions',
	'claims',
	'help',
	'records',
	'channels',
	'mentions',
	'reports',
	'hot-wash',
	'people',
	'rights',
	'check',
	'readiness'
] as const;
export type ChangeTopic = (typeof changeTopics)[number];

export interface ServerEvents {
	pulse: (pulse: ExercisePulse) => void;
	changed: (change: { exercise: string; topics: ChangeTopic[]; team?: string }) => void;
	/** how many people are connected, for those who see the console */
	presence: (presence: { exercise: string; connected: number }) => void;
	/** the server is going down: another node, or the same in a moment */
	moving: () => void;
}

export interface ClientEvents {
	/** join an exercise's events; answers with its pulse, or a refusal */
	join: (
		exercise: string,
		answer: (reply: { ok: true; pulse: ExercisePulse } | { ok: false; error: Refusal }) => void
	) => void;
	leave: (exercise: string) => void;
	command: (message: CommandMessage, answer: (reply: CommandAnswer) => void) => void;
}

/** Our one message beside y-websocket's own on a document socket: what became of this socket's changes (PROMISES R3). */
export const documentMessage = {
	sync: 0,
	awareness: 1,
	/** varuint count of this socket's document messages that are committed */
	saved: 100,
	/** varstring code, varstring sentence */
	refused: 101
} as const;

/**
 * Why a document socket was closed. y-websocket takes 4400 to 4499 for final and connects again after 4500 to 4599, so
 * what passes by itself has a number from the second range, and any client of the published package behaves.
 */
export const closeCode = {
	restart: 1012,
	// final: the same would happen again
	unauthenticated: 4401,
	notFound: 4404,
	/** the document was restored: what this browser holds may not be merged into it (PROMISES R14) */
	otherEpoch: 4410,
	tooLarge: 4413,
	invalid: 4422,
	// connect again
	/** rights changed: you are told what you may */
	rightsChanged: 4503,
	/** out of step with the document */
	resync: 4509,
	slowDown: 4529
} as const;
