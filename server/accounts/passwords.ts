import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '#lib/errors.ts';

export const passwordLimits = {
	/** shorter ones are guessed from a stolen database, argon2id or not */
	lowestBytes: 12,
	/** more is no safer, and costs us to hash */
	highestBytes: 256,
	/** each takes 19 MiB and a thread that files and name look-ups also need (libuv has four) */
	atOnce: Math.min(2, availableParallelism()),
	/** some 20 s of work: who comes later is told to come again */
	waiting: 1000
} as const;

/** argon2id (the library's default) as OWASP recommends it: 19 MiB, two passes, one lane; some 35 ms. */
const settings = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/** Null, or what is wrong with it as a sentence. Length is all we ask: rules about signs make passwords worse. */
export function passwordProblem(password: string): string | null {
	const bytes = Buffer.byteLength(password, 'utf8');
	if (bytes < passwordLimits.lowestBytes)
		return `A password has at least ${passwordLimits.lowestBytes} characters.`;
	if (bytes > passwordLimits.highestBytes)
		return `A password has at most ${passwordLimits.highestBytes} bytes.`;
	return null;
}

/**
 * Hashes and compares passwords, a few at a time in the order of asking: a thousand people who sign in at STARTEX, or
 * somebody who floods the page, wait in line and leave the rest of the server its threads (PROMISES R19).
 */
export function createPasswords(limits: { atOnce: number; waiting: number } = passwordLimits) {
	let running = 0;
	const line: (() => void)[] = [];

	async function inTurn<T>(work: (compare: Compare) => Promise<T>): Promise<T> {
		if (running >= limits.atOnce) {
			if (line.length >= limits.waiting)
				throw new AppError('unavailable', 'Very many people are signing in. Try again in a minute.', {
					retry: { after: 30_000 }
				});
			await new Promise<void>((resolve) => line.push(resolve));
		} else running++;
		try {
			return await work(compare);
		} finally {
			const next = line.shift();
			// the place is handed on, not freed: nobody slips in between
			if (next) next();
			else running--;
		}
	}

	/** What is compared with when there is no password: the same work, and always wrong. */
	let decoy: Promise<string> | null = null;

	async function compare(stored: string | null, password: string): Promise<boolean> {
		decoy ??= hash('there is no such account', settings);
		const against = stored ?? (await decoy);
		// a long text is cut, so that it costs no more; no stored password is as long
		const given = password.slice(0, passwordLimits.highestBytes + 1).normalize('NFC');
		return (await verify(against, given)) && stored !== null;
	}

	return {
		async hash(password: string): Promise<string> {
			const problem = passwordProblem(password);
			if (problem) throw new AppError('invalid', problem, { details: { fields: { password: problem } } });
			return inTurn(() => hash(password.normalize('NFC'), settings));
		},

		/** What `work` does around comparing (is a limit used up? count this failure) is done in turn with it. */
		inTurn
	};
}

/** `stored` is null for an account that does not exist or has no password: that takes as long, and is false. */
type Compare = (stored: string | null, password: string) => Promise<boolean>;
export type Passwords = ReturnType<typeof createPasswords>;
