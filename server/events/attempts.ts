import type { IncomingMessage } from 'node:http';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { AppError } from '#lib/errors.ts';
import { limitKey } from '../accounts/addresses.ts';
import { addressHeader } from '../client-address.ts';

export const attemptLimits = {
	/** a browser whose session ended tries again every five seconds, in each of its windows */
	attempts: 30,
	windowSeconds: 60
} as const;

/**
 * Sockets that are asked for without a session, counted by address on this node. Only what was refused counts, and only
 * what would be refused hears "slow down": who is signed in behind the same router notices nothing.
 */
export function createAttempts() {
	const limiter = new RateLimiterMemory({
		points: attemptLimits.attempts,
		duration: attemptLimits.windowSeconds
	});

	/** What to answer instead of a refusal. */
	return async function counted(request: IncomingMessage, refusal: AppError): Promise<AppError> {
		if (refusal.code !== 'unauthenticated') return refusal;
		const address = [request.headers[addressHeader]].flat()[0] ?? request.socket.remoteAddress ?? '';
		try {
			await limiter.consume(limitKey(address));
			return refusal;
		} catch {
			return new AppError('slow-down', 'Too many attempts without a session. Sign in, or wait a minute.');
		}
	};
}
