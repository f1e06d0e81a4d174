import type * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import { sentenceOf } from '#lib/ui/sending.svelte.ts';

/**
 * What somebody reads before it is signed: exactly that goes out. If a teammate changes the page meanwhile, nothing is
 * signed until it was read again.
 */
export class Signing<T> {
	/** the page as it was read */
	shown = $state.raw<T | null>(null);
	/** the page is no longer what is shown */
	changed = $state(false);
	refused = $state('');
	busy = $state(false);
	readonly #read: () => T;
	readonly #fingerprint: (value: T) => string;

	constructor(read: () => T, fingerprint: (value: T) => string) {
		this.#read = read;
		this.#fingerprint = fingerprint;
	}

	/** Reads the page and looks at its changes; returns what ends it. */
	watch(doc: Y.Doc): () => void {
		this.readAgain();
		let timer: ReturnType<typeof setTimeout> | undefined;
		const compare = () => {
			timer = undefined;
			this.changed = this.shown !== null && this.#fingerprint(this.#read()) !== this.#fingerprint(this.shown);
		};
		const later = () => (timer ??= setTimeout(compare, 150));
		doc.on('update', later);
		return () => {
			doc.off('update', later);
			clearTimeout(timer);
		};
	}

	readAgain(): void {
		this.shown = this.#read();
		this.changed = false;
		this.refused = '';
	}

	/** Says something that keeps the page from being signed, and is no fault of its text. */
	refuse(sentence: string): void {
		this.refused = sentence;
	}

	/** Signs what is shown; true when it was done. */
	async sign(send: (fingerprint: string) => Promise<unknown>): Promise<boolean> {
		if (this.shown === null || this.busy) return false;
		this.busy = true;
		this.refused = '';
		try {
			await send(this.#fingerprint(this.shown));
			return true;
		} catch (error) {
			this.refused = sentenceOf(error);
			// what the server has may be a moment ahead of what is here
			if (error instanceof AppError && error.code === 'stale') this.changed = true;
			return false;
		} finally {
			this.busy = false;
		}
	}
}
