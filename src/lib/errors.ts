/**
 * The closed list of error codes. Each mirrors one HTTP status and one socket close code (`4000 + status`).
 * `not-found` also means "exists, but not yours": the two must look the same from outside (PROMISES R5).
 */
export const errorStatus = {
	/** nobody is signed in */
	unauthenticated: 401,
	/** does not exist, or is not visible to the caller */
	'not-found': 404,
	/** the caller knows that it exists, but may not do this */
	forbidden: 403,
	/** the input is not of the right shape */
	invalid: 422,
	/** somebody else was faster: read again, then decide */
	stale: 409,
	/** it exists already */
	duplicate: 409,
	/** wrong phase of the exercise */
	'not-now': 409,
	/** larger than the limit named in the message */
	'too-large': 413,
	/** too many requests */
	'slow-down': 429,
	/** the browser runs an older version of Muster */
	'upgrade-required': 426,
	/** the server cannot do it now, but will be able to */
	unavailable: 503,
	/** a fault of ours; the request id leads to the log */
	internal: 500
} as const;

export type ErrorCode = keyof typeof errorStatus;

/** When the same request may succeed. */
export type Retry = 'never' | 'after-refresh' | { after: number };

/** A refusal as a value: what the domain returns, and what crosses the wire. `message` is a sentence for a person. */
export interface Refusal {
	code: ErrorCode;
	message: string;
	retry?: Retry;
	/** safe to show; never holds anything the reader may not know */
	details?: Record<string, unknown>;
}

/**
 * The built pages carry a copy of this module, the server another (STACK G7): `instanceof` asks for this mark, so that an
 * error thrown by the one is known by the other.
 */
const mark = Symbol.for('muster.AppError');

export class AppError extends Error {
	static override [Symbol.hasInstance](value: unknown): value is AppError {
		return typeof value === 'object' && value !== null && mark in value;
	}

	readonly [mark] = true;
	readonly code: ErrorCode;
	readonly retry: Retry;
	readonly details: Record<string, unknown> | undefined;

	constructor(
		code: ErrorCode,
		message: string,
		options: { retry?: Retry; details?: Record<string, unknown>; cause?: unknown } = {}
	) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.name = 'AppError';
		this.code = code;
		this.retry = options.retry ?? (code === 'stale' ? 'after-refresh' : 'never');
		this.details = options.details;
	}

	get status(): number {
		return errorStatus[this.code];
	}

	toRefusal(): Refusal {
		return {
			code: this.code,
			message: this.message,
			retry: this.retry,
			...(this.details && { details: this.details })
		};
	}

	static from(refusal: Refusal): AppError {
		return new AppError(refusal.code, refusal.message, {
			...(refusal.retry && { retry: refusal.retry }),
			...(refusal.details && { details: refusal.details })
		});
	}
}
