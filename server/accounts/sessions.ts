import { createHash } from 'node:crypto';
import { DrizzlePostgreSQLAdapter } from '@lucia-auth/adapter-drizzle';
import { and, desc, eq, gt, inArray, lte, ne, or, sql } from 'drizzle-orm';
import { Lucia, TimeSpan, type Adapter } from 'lucia';
import type { CountryCode } from '#lib/standards/countries.ts';
import { idPattern, type AccountId, type ExerciseId } from '#lib/exercise/ids.ts';
import type { Database, Transaction } from '../database/open.ts';
import { account, organisation, session } from '../database/schema.ts';
import type { Ring } from '../exercises/change.ts';
import { raiseRightsOf } from '../exercises/rights.ts';

export const sessionLimits = {
	/** somebody left the desk */
	idleMinutes: 60,
	/** a long day of play, without signing in again in the middle of it */
	longestHours: 12
} as const;

/** Who is signed in, as pages may know it. */
export interface SessionAccount {
	id: AccountId;
	name: string;
	email: string;
	isAdministrator: boolean;
	/** null: the browser's */
	timeZone: string | null;
	organisation: { name: string; country: CountryCode } | null;
}

/** `sessionId` is the hash under which the session is stored: safe to keep beside what somebody wrote. */
export interface Identified {
	account: SessionAccount;
	sessionId: string;
}

/** A cookie in the words of SvelteKit's `cookies.set(name, value, options)`. */
export interface SessionCookie {
	name: string;
	value: string;
	options: { path: '/'; httpOnly: true; sameSite: 'lax'; secure: boolean; maxAge?: number };
}

declare module 'lucia' {
	interface Register {
		Lucia: Lucia<{ endsAt: Date }, { disabled: boolean }>;
		DatabaseSessionAttributes: { endsAt: Date };
		DatabaseUserAttributes: { disabledAt: Date | null };
	}
}

/** Only the browser holds the token; the table holds this, so a copy of the database opens no session (R19). */
export const sessionIdOf = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * Lucia's Drizzle adapter with every id hashed on its way to the table, and no session prolonged beyond its end. Lucia
 * itself is frozen upstream: nothing outside this file knows it.
 */
function hashing({ db }: Database): Adapter {
	const inner = new DrizzlePostgreSQLAdapter(db, session, account);
	return {
		async getSessionAndUser(token) {
			const [found, user] = await inner.getSessionAndUser(sessionIdOf(token));
			return found && user ? [{ ...found, id: token }, user] : [null, null];
		},
		getUserSessions: (userId) => inner.getUserSessions(userId),
		setSession: (created) => inner.setSession({ ...created, id: sessionIdOf(created.id) }),
		async updateSessionExpiration(token, expiresAt) {
			await db
				.update(session)
				.set({ expiresAt: sql`least(${session.endsAt}, ${expiresAt.toISOString()}::timestamptz)` })
				.where(eq(session.id, sessionIdOf(token)));
		},
		// asked for when a session turns out to be over: `sweep` deletes it, and tells the sockets that it opened
		deleteSession: async () => {},
		deleteUserSessions: (userId) => inner.deleteUserSessions(userId),
		deleteExpiredSessions: () => inner.deleteExpiredSessions()
	};
}

/**
 * `__Host-` keeps a neighbour on the same domain from planting a cookie; it needs https, or a loopback address (browsers
 * count http://localhost as safe). An installation that people reach by plain http on a network has no such protection
 * anyway: there the cookie has a plain name and no `Secure`, because browsers would not send it otherwise.
 */
export function cookieFor(origin: string): { name: string; secure: boolean } {
	const { protocol, hostname } = new URL(origin);
	const secure = protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
	return { name: secure ? '__Host-muster' : 'muster', secure };
}

export function createSessions({
	database,
	origin,
	ring
}: {
	database: Database;
	origin: string;
	ring: Ring;
}) {
	const { db } = database;
	const lucia = new Lucia(hashing(database), {
		sessionExpiresIn: new TimeSpan(sessionLimits.idleMinutes, 'm'),
		getSessionAttributes: ({ endsAt }) => ({ endsAt }),
		getUserAttributes: ({ disabledAt }) => ({ disabled: disabledAt !== null })
	});
	const { name, secure } = cookieFor(origin);
	const options = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;

	/** Rights end with the session that had them: open sockets hear of it (R7). */
	async function ending(owner: AccountId, act: (tx: Transaction) => Promise<void>): Promise<void> {
		const exercises = await db.transaction(async (tx): Promise<ExerciseId[]> => {
			await act(tx);
			return raiseRightsOf(tx, owner);
		});
		for (const exercise of exercises) ring({ exercise, topics: ['rights'] });
	}

	async function accountOf(id: string): Promise<SessionAccount | null> {
		const [row] = await db
			.select({
				name: account.name,
				email: account.email,
				isAdministrator: account.isAdministrator,
				timeZone: account.timeZone,
				organisation: organisation.name,
				country: organisation.country
			})
			.from(account)
			.leftJoin(organisation, eq(organisation.id, account.organisationId))
			.where(eq(account.id, id));
		if (!row) return null;
		const { organisation: of, country, ...shown } = row;
		return {
			id: id as AccountId,
			...shown,
			organisation: of && country ? { name: of, country: country as CountryCode } : null
		};
	}

	return {
		cookieName: name,

		/** Opens a session; the cookie goes when the browser is closed, or after 12 hours here. */
		async create(accountId: AccountId): Promise<SessionCookie> {
			const endsAt = new Date(Date.now() + sessionLimits.longestHours * 3_600_000);
			const created = await lucia.createSession(accountId, { endsAt });
			return { name, value: created.id, options };
		},

		/** What signing out sets. */
		noCookie: (): SessionCookie => ({ name, value: '', options: { ...options, maxAge: 0 } }),

		/** Who sends this cookie; being asked counts as a sign of life. */
		async identify(token: string | null | undefined): Promise<Identified | null> {
			if (!token || !idPattern.test(token)) return null;
			const { session: found, user } = await lucia.validateSession(token);
			if (!found || user.disabled || found.endsAt.getTime() <= Date.now()) return null;
			const shown = await accountOf(user.id);
			return shown && { account: shown, sessionId: sessionIdOf(token) };
		},

		/** The same from the `Cookie` header, for sockets. A header that is not one is nobody's. */
		identifyHeader(header: string | undefined): Promise<Identified | null> {
			return this.identify(readCookie(header, name));
		},

		/** Who sends these headers, in their order: one query for a crowd at the gate. No sign of life. */
		async identifyHeaders(
			headers: readonly (string | undefined)[]
		): Promise<({ accountId: AccountId; name: string; sessionId: string } | null)[]> {
			const ids = headers.map((header) => {
				const token = readCookie(header, name);
				return token && idPattern.test(token) ? sessionIdOf(token) : null;
			});
			const wanted = [...new Set(ids.filter((id) => id !== null))];
			if (wanted.length === 0) return ids.map(() => null);
			const rows = await db
				.select({ sessionId: session.id, accountId: account.id, name: account.name })
				.from(session)
				.innerJoin(account, eq(account.id, session.userId))
				.where(
					and(
						inArray(session.id, wanted),
						gt(session.expiresAt, sql`now()`),
						gt(session.endsAt, sql`now()`),
						sql`${account.disabledAt} is null`
					)
				);
			const found = new Map(
				rows.map((row) => [row.sessionId, { ...row, accountId: row.accountId as AccountId }])
			);
			return ids.map((id) => (id === null ? null : (found.get(id) ?? null)));
		},

		/** Whether a session still opens anything: asked again for sockets that stay open. */
		async lives(sessionId: string): Promise<boolean> {
			const rows = await db
				.select({ id: session.id })
				.from(session)
				.innerJoin(account, eq(account.id, session.userId))
				.where(
					and(
						eq(session.id, sessionId),
						gt(session.expiresAt, sql`now()`),
						gt(session.endsAt, sql`now()`),
						sql`${account.disabledAt} is null`
					)
				);
			return rows.length > 0;
		},

		/** The open sessions of somebody, latest first. */
		async list(
			accountId: AccountId
		): Promise<{ id: string; createdAt: Date; expiresAt: Date; endsAt: Date }[]> {
			const { id, createdAt, expiresAt, endsAt } = session;
			return db
				.select({ id, createdAt, expiresAt, endsAt })
				.from(session)
				.where(
					and(
						eq(session.userId, accountId),
						gt(session.expiresAt, sql`now()`),
						gt(session.endsAt, sql`now()`)
					)
				)
				.orderBy(desc(session.createdAt));
		},

		end: (accountId: AccountId, sessionId: string): Promise<void> =>
			ending(accountId, async (tx) => {
				await tx.delete(session).where(and(eq(session.id, sessionId), eq(session.userId, accountId)));
			}),

		/** Everywhere, or everywhere but here. */
		endAll: (accountId: AccountId, except?: string): Promise<void> =>
			ending(accountId, async (tx) => {
				await tx
					.delete(session)
					.where(and(eq(session.userId, accountId), except ? ne(session.id, except) : undefined));
			}),

		/** Deletes what has ended and closes the sockets that it opened; called every minute, on any node. */
		async sweep(): Promise<void> {
			const over = db
				.select({ id: session.id })
				.from(session)
				.where(or(lte(session.expiresAt, sql`now()`), lte(session.endsAt, sql`now()`)))
				.limit(1000)
				.for('update', { skipLocked: true });
			const gone = await db
				.delete(session)
				.where(inArray(session.id, over))
				.returning({ owner: session.userId });
			for (const owner of new Set(gone.map((row) => row.owner)))
				await ending(owner as AccountId, async () => {});
		}
	};
}

export function readCookie(header: string | undefined, name: string): string | null {
	for (const part of (header ?? '').slice(0, 16_384).split(';')) {
		const at = part.indexOf('=');
		if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
	}
	return null;
}
