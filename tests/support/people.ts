import { randomBytes } from 'node:crypto';
import type { AccountId } from '#lib/exercise/ids.ts';
import type { Services } from '#server/services.ts';

/** Somebody with an account and an open session. */
export interface Person {
	id: AccountId;
	name: string;
	email: string;
	/** what a browser would send */
	cookie: string;
}

/** Running services, wherever they run, and people who are signed in. */
export interface Stage {
	url: string;
	services: Services;
	person: (name: string, options?: { isAdministrator?: boolean; password?: string }) => Promise<Person>;
}

export function personOf(services: Services): Stage['person'] {
	return async (name, options = {}) => {
		const email = `${name.toLowerCase().replace(/\W+/g, '.')}.${randomBytes(3).toString('hex')}@example.test`;
		const id = await services.accounts.createAccount({ name, email, ...options }, null);
		const { name: cookieName, value } = await services.accounts.sessions.create(id);
		return { id, name, email, cookie: `${cookieName}=${value}` };
	};
}

/** Free now; somebody may take it before we do, which a test run survives by failing loudly. */
export async function freePort(): Promise<number> {
	const { createServer } = await import('node:net');
	const probe = createServer();
	await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
	const { port } = probe.address() as { port: number };
	await new Promise((resolve) => probe.close(resolve));
	return port;
}
