import type { IncomingMessage } from 'node:http';

/** Ours, and overwritten on every request: adapter-node and the sockets read who is calling from it. */
export const addressHeader = 'x-muster-address';

/**
 * Who is calling. Each trusted proxy adds the address that it saw at the end of X-Forwarded-For, so the one that the
 * outermost of them saw stands so many from the right; everything further left is what the caller claims.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
	const direct = request.socket.remoteAddress ?? '';
	if (trustedProxies === 0) return direct;
	const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',');
	const seen = forwarded
		.split(',')
		.map((address) => address.trim())
		.filter(Boolean);
	return seen[Math.max(0, seen.length - trustedProxies)] ?? direct;
}
