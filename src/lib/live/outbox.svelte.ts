import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import { mintKey } from './commands.ts';
import type { LiveExercise } from './exercise.svelte.ts';
import { KeptActs, type KeptAct, type KeptStanding } from './kept-acts.ts';

/** so often what waits is tried again while the page is open, ms */
const againMs = 5000;

/**
 * What a person writes down in an exercise, kept on this device until the server has it: for pages that must work without
 * network. `acts` is what has not arrived; the page shows it beside what has.
 */
export class Outbox {
	acts = $state.raw<KeptAct[]>([]);
	standing = $state<KeptStanding>('idle');
	/** the device had no room: what was written last is not kept */
	full = $state(false);
	readonly #live: LiveExercise;
	readonly #account: string;
	#online = $state(true);
	#kept: KeptActs | null = null;

	constructor(live: LiveExercise, account: string) {
		this.#live = live;
		this.#account = account;
	}

	/** Call in the browser; returns what closes it. What is kept stays, and goes when the page is opened again. */
	open(): () => void {
		const kept = new KeptActs({
			owner: `${this.#account}/${this.#live.id}`,
			shelf: localStorage,
			send: (key, name, input) => this.#live.sendAs(key, name, input as never),
			mayTry: () => navigator.onLine,
			now: () => this.#live.now(),
			mint: mintKey,
			onchange: () => {
				this.acts = kept.acts;
				this.standing = kept.standing;
			}
		});
		this.#kept = kept;
		this.acts = kept.acts;
		const flush = () => void kept.flush();
		const read = () => (this.acts = kept.acts);
		const look = () => (this.#online = navigator.onLine);
		look();
		const timer = setInterval(() => {
			if (kept.standing !== 'idle' && navigator.onLine) flush();
		}, againMs);
		window.addEventListener('online', flush);
		window.addEventListener('online', look);
		window.addEventListener('offline', look);
		// another page of this device has sent something
		window.addEventListener('storage', read);
		const stop = this.#live.on(['rights', 'board', 'reports'], flush);
		flush();
		return () => {
			stop();
			clearInterval(timer);
			window.removeEventListener('online', flush);
			window.removeEventListener('online', look);
			window.removeEventListener('offline', look);
			window.removeEventListener('storage', read);
			this.#kept = null;
		};
	}

	/** As far as this page can know: what is written now arrives at once. */
	get reaches(): boolean {
		return this.#online && this.#live.connected && this.standing !== 'waiting';
	}

	/** Keeps an act and sends it; its key, or null when the device has no room for it. */
	add<Name extends CommandName>(
		name: Name,
		input: CommandInput<Name>,
		after?: KeptAct['after']
	): string | null {
		try {
			const key = this.#kept?.add(name, input, after) ?? null;
			this.full = key === null;
			return key;
		} catch {
			this.full = true;
			return null;
		}
	}
	change(key: string, input: unknown): boolean {
		return this.#kept?.change(key, input) ?? false;
	}
	discard(key: string): boolean {
		return this.#kept?.discard(key) ?? false;
	}
	resultOf(key: string): unknown {
		return this.#kept?.resultOf(key);
	}
}
