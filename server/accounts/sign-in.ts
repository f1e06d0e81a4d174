import { createHash } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { AppError } from '#lib/errors.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import { account } from '../database/schema.ts';
import { limitKey } from './addresses.ts';
import { emailKey } from './names.ts';
import type { Passwords } from './passwords.ts';

export const signInLimits = {
	/** failures at one account from one address: enough for a forgotten password, not for guessing one */
	failures: 5,
	/** failures from one address at any account: a room full of people behind one router mistypes less */
	failuresOfAddress: 50,
	windowSeconds: 15 * 60,
	/** how long to wait after the first, second … failure; after the last one, the window */
	delays: [0, 1, 4, 15, 15 * 60]
} as const;

/** Where the counts are kept, so that they hold over all nodes and restarts. The limiter makes it when it is missing. */
const tableName = 'sign_in_limit';

export interface SignInAttempt {
	email: string;
	password: string;
	/** of the browser, as the outermost trusted proxy saw it */
	address: string;
}

/**
 * Signing in (PROMISES R19). Failures count for account and address together: a stranger who guesses at somebody's
 * password locks out the own address, never the person. The answer and the work are the same whether the account exists
 * or not; what is counted, is counted for any text.
 */
export function createSignIn({ database, passwords }: { database: Database; passwords: Passwords }) {
	const { db, pool } = database;
	let made: Promise<Limiters> | null = null;
	const limiters = () =>
		(made ??= makeLimiters(pool).catch((error: unknown) => {
			made = null;
			throw error;
		}));

	async function requireLeft(keys: Keys): Promise<void> {
		const { wait, ofAddress } = await limiters();
		const [waiting, address] = await Promise.all([wait.get(keys.pair), ofAddress.get(keys.address)]);
		const used = address !== null && address.consumedPoints >= signInLimits.failuresOfAddress;
		const ms = Math.max(waiting?.msBeforeNext ?? 0, used ? address.msBeforeNext : 0);
		if (ms > 0) throw slowDown(ms);
	}

	async function countFailure(keys: Keys): Promise<void> {
		const { pair, wait, ofAddress } = await limiters();
		const [failures] = await Promise.all([pair.penalty(keys.pair), ofAddress.penalty(keys.address)]);
		const { delays } = signInLimits;
		const seconds = delays[Math.min(failures.consumedPoints, delays.length) - 1] ?? 0;
		if (seconds > 0) await wait.block(keys.pair, seconds);
	}

	async function forget(keys: Keys): Promise<void> {
		const { pair, wait } = await limiters();
		await Promise.all([pair.delete(keys.pair), wait.delete(keys.pair)]);
	}

	/** Whether the password is right; a failure counts. `slow-down` with the time to wait when there were too many. */
	async function matches(attempt: SignInAttempt, stored: string | null): Promise<boolean> {
		const keys = keysOf(attempt.email, attempt.address);
		await requireLeft(keys);
		return passwords.inTurn(async (compare) => {
			// while this one waited in line, others may have used up what was left
			await requireLeft(keys);
			const same = await compare(stored, attempt.password);
			await (same ? forget(keys) : countFailure(keys));
			return same;
		});
	}

	return {
		matches,

		/** The account, or `invalid` with one sentence for all that can be wrong. */
		async signIn(attempt: SignInAttempt): Promise<AccountId> {
			const [found] = await db
				.select({ id: account.id, passwordHash: account.passwordHash, disabledAt: account.disabledAt })
				.from(account)
				.where(eq(sql`lower(${account.email})`, emailKey(attempt.email.slice(0, 1000))));
			const usable = found && found.disabledAt === null ? found : null;
			if (!(await matches(attempt, usable?.passwordHash ?? null)) || !usable)
				throw new AppError('invalid', 'E-mail address or password is wrong.');
			await db.transaction((tx) =>
				writeAudit(tx, { scope: 'installation', actorId: usable.id, act: 'account.signedIn', detail: {} })
			);
			return usable.id as AccountId;
		}
	};
}

export type SignIn = ReturnType<typeof createSignIn>;

interface Keys {
	pair: string;
	address: string;
}

/** Hashed: the table holds nobody's address, and a key of any length fits. */
function keysOf(email: string, address: string): Keys {
	const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
	const from = limitKey(address);
	return { pair: digest(`${emailKey(email.slice(0, 1000))}\n${from}`), address: digest(from) };
}

function slowDown(ms: number): AppError {
	const seconds = Math.max(1, Math.ceil(ms / 1000));
	const wait = seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
	return new AppError(
		'slow-down',
		`Too many attempts. Wait ${seconds === 1 ? 'a second' : wait}, then try again.`,
		{
			retry: { after: ms },
			details: { seconds }
		}
	);
}

interface Limiters {
	pair: RateLimiterPostgres;
	wait: RateLimiterPostgres;
	ofAddress: RateLimiterPostgres;
}

async function makeLimiters(storeClient: Database['pool']): Promise<Limiters> {
	const { failures, failuresOfAddress, windowSeconds } = signInLimits;
	const shared = { storeClient, storeType: 'pool', tableName, duration: windowSeconds };
	// the first makes the table; two nodes that do so at once are told apart by the library
	const pair = await new Promise<RateLimiterPostgres>((resolve, reject) => {
		const limiter = new RateLimiterPostgres(
			{ ...shared, keyPrefix: 'pair', points: failures },
			(error?: Error) => (error ? reject(error) : resolve(limiter))
		);
	});
	const rest = { ...shared, tableCreated: true, clearExpiredByTimeout: false };
	return {
		pair,
		wait: new RateLimiterPostgres({ ...rest, keyPrefix: 'wait', points: 0 }),
		ofAddress: new RateLimiterPostgres({ ...rest, keyPrefix: 'address', points: failuresOfAddress })
	};
}
