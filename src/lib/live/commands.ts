import type { Socket } from 'socket.io-client';
import { AppError, type Refusal } from '#lib/errors.ts';
import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import {
	commandDeadline,
	type ClientEvents,
	type CommandAnswer,
	type CommandMessage,
	type ServerEvents
} from '#lib/protocol/wire.ts';

export type EventSocket = Socket<ServerEvents, ClientEvents>;

/** The event socket takes 64 KB; a larger command goes by HTTP, which takes 256 KB. */
const socketBytes = 60_000;

/**
 * Sends a command and waits for its answer. The idempotency key stays the same when the event socket fails and HTTP is
 * tried, so a command acts once whatever happens on the way (PROMISES R12). Throws `AppError` with a sentence to show.
 */
export async function sendCommand<Name extends CommandName>(
	socket: EventSocket | null,
	exercise: string,
	name: Name,
	input: CommandInput<Name>,
	key = mintKey()
): Promise<unknown> {
	const message: CommandMessage = { exercise, name, key, input };
	const answer =
		socket?.connected && JSON.stringify(message).length < socketBytes
			? await viaSocket(socket, message).catch(() => viaHttp(message))
			: await viaHttp(message);
	if (answer.ok) return answer.result;
	throw AppError.from(answer.error);
}

function viaSocket(socket: EventSocket, message: CommandMessage): Promise<CommandAnswer> {
	return socket.timeout(commandDeadline).emitWithAck('command', message);
}

async function viaHttp(message: CommandMessage): Promise<CommandAnswer> {
	try {
		const response = await fetch(`/api/commands/${message.name}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(message),
			signal: AbortSignal.timeout(commandDeadline)
		});
		const body = (await response.json()) as CommandAnswer | { message?: string };
		if ('ok' in body) return body;
		return { ok: false, error: unreachable };
	} catch {
		return { ok: false, error: unreachable };
	}
}

const unreachable: Refusal = {
	code: 'unavailable',
	message: 'The server does not answer. Look whether it has happened before you try again.',
	retry: { after: 2000 }
};

/** Unguessable, and available on pages without TLS as well (`randomUUID` is not). */
export function mintKey(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
		byte.toString(16).padStart(2, '0')
	).join('');
}
