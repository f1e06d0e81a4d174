import type { z } from 'zod';
import type { ErrorCode, Refusal } from '#lib/errors.ts';
import type { Actor, Exercise } from './exercise/schema.ts';
import type { Fact } from './facts.ts';

/** What a command comes to: facts to store, or a refusal to show. Nothing else ever changes an exercise. */
export type Decision = { facts: Fact[]; result?: unknown } | { refused: Refusal };

/** When it is decided: the database's clock, the exercise's, and a mint of unguessable ids. */
export interface Moment {
	wall: number;
	/** null before STARTEX */
	exercise: number | null;
	mint: <T extends string>() => T;
}

/** One command: its name, what it accepts, and the pure decision. The server loads `State` and stores the facts. */
export interface Command<Name extends string, Input, State extends { exercise: Exercise }> {
	name: Name;
	input: z.ZodType<Input>;
	/** changes the exercise itself (state, clock): waits for every other command, and they for it */
	exclusive?: true;
	decide: (state: State, input: Input, actor: Actor, moment: Moment) => Decision;
}

export function command<Name extends string, Input, State extends { exercise: Exercise }>(
	definition: Command<Name, Input, State>
): Command<Name, Input, State> {
	return definition;
}

export const refuse = (code: ErrorCode, message: string, details?: Record<string, unknown>): Decision => ({
	refused: { code, message, ...(details && { details }) }
});

/** To whoever may not know that the thing exists, and to whoever asks for what does not: the same words. */
export const notFound = (): Decision =>
	refuse('not-found', 'There is nothing here, or it is not open to you.');
export const forbidden = (what: string): Decision => refuse('forbidden', what);
