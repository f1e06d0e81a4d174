/** One message of a PostgreSQL client; `statement` is its text where it makes the server carry one out. */
export interface PostgresFrame {
	bytes: Buffer;
	statement: string | null;
}

/**
 * Cuts what a client says to PostgreSQL into messages: the first has no type byte, all others have one, then their
 * length. A statement is carried out by a simple query (Q) or by an execute (E) of what was parsed and bound before.
 */
export class PostgresFrames {
	#rest: Buffer = Buffer.alloc(0);
	#begun = false;
	readonly #parsed = new Map<string, string>();
	#bound = '';

	*read(chunk: Buffer): Generator<PostgresFrame> {
		this.#rest = Buffer.concat([this.#rest, chunk]);
		for (;;) {
			const header = this.#begun ? 5 : 4;
			if (this.#rest.length < header) return;
			const length = this.#rest.readInt32BE(header - 4) + header - 4;
			if (this.#rest.length < length) return;
			const bytes = this.#rest.subarray(0, length);
			this.#rest = this.#rest.subarray(length);
			const statement = this.#begun ? this.#statementIn(bytes) : null;
			this.#begun = true;
			yield { bytes, statement };
		}
	}

	#statementIn(message: Buffer): string | null {
		const [first, second] = message.subarray(5).toString('latin1').split('\0', 2) as [string, string];
		switch (String.fromCharCode(message[0]!)) {
			case 'Q':
				return first;
			case 'P':
				this.#parsed.set(first, second);
				return null;
			case 'B':
				this.#bound = this.#parsed.get(second) ?? '';
				return null;
			case 'E':
				return this.#bound;
			default:
				return null;
		}
	}
}
