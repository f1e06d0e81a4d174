import { getContext, setContext } from 'svelte';
import type { HelpTopic } from '#lib/exercise/help/schema.ts';
import type { HelpId } from '#lib/exercise/ids.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import type { OwnHelp } from '#server/views/conduct/help.ts';

/** One's own requests to the help desk, from every page of the exercise. */
export class HelpDesk {
	readonly live: LiveExercise;
	open = $state(false);
	/** null: not read yet */
	requests = $state.raw<OwnHelp[] | null>(null);
	failed = $state(false);
	/** answers that were looked at on this device */
	#read = $state.raw<ReadonlySet<string>>(new Set());
	#reading = false;
	#again = false;

	constructor(live: LiveExercise) {
		this.live = live;
	}

	/** Call in the browser; returns what ends it. */
	connect(): () => void {
		this.#read = new Set(remembered(this.#key));
		void this.load();
		return this.live.on(['help'], () => void this.load());
	}

	/** Answers that wait to be read. */
	get unread(): number {
		return (this.requests ?? []).filter((one) => one.state === 'answered' && !this.#read.has(one.id)).length;
	}

	/** All that is answered by now is seen: kept on this device. */
	markRead(): void {
		const answered = (this.requests ?? []).filter((one) => one.state === 'answered').map((one) => one.id);
		if (answered.every((id) => this.#read.has(id))) return;
		this.#read = new Set([...this.#read, ...answered]);
		localStorage.setItem(this.#key, JSON.stringify([...this.#read].slice(-200)));
	}

	async load(): Promise<void> {
		this.#again = true;
		if (this.#reading) return;
		this.#reading = true;
		while (this.#again) {
			this.#again = false;
			try {
				const response = await fetch(`/api/exercises/${this.live.id}/help`, {
					signal: AbortSignal.timeout(15_000)
				});
				if (!response.ok) throw new Error(String(response.status));
				this.requests = (await response.json()) as OwnHelp[];
				this.failed = false;
			} catch {
				this.failed = true;
			}
		}
		this.#reading = false;
	}

	async ask(topic: HelpTopic, text: string, place: string): Promise<void> {
		await this.live.send('help.ask', { topic, text, place });
		await this.load();
	}

	async close(request: HelpId): Promise<void> {
		await this.live.send('help.close', { request });
		await this.load();
	}

	get #key(): string {
		return `muster:help-read:${this.live.id}`;
	}
}

function remembered(key: string): string[] {
	try {
		const list = JSON.parse(localStorage.getItem(key) ?? '[]') as unknown;
		return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
	} catch {
		return [];
	}
}

const key = Symbol('help desk');
export const setHelpDesk = (desk: HelpDesk): HelpDesk => setContext(key, desk);
export const getHelpDesk = (): HelpDesk => getContext<HelpDesk>(key);
