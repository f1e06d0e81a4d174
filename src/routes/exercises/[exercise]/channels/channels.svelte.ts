import { AppError, type Refusal } from '#lib/errors.ts';
import { getContext, setContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import type { ChannelsView, ListedChannel } from '#server/views/channels.ts';
import { Refresher } from '../control/refresher.ts';
import { Looked } from './looked.ts';

/** The counts of channels that are not open here come with this delay at most; who reads one has it live. */
const everyMs = 12_000;

/** The reader's channels, with what is new in each since they looked. */
export class Channels {
	readonly live: LiveExercise;
	readonly looked: Looked;
	view: ChannelsView = $state.raw()!;
	failed = $state(false);
	/** what was typed and not sent, by channel and thread */
	readonly drafts = new SvelteMap<string, string>();
	readonly #refresher = new Refresher(() => this.#read(), 1500);

	constructor(live: LiveExercise, account: string, view: ChannelsView) {
		this.live = live;
		this.looked = new Looked(account, live.id);
		this.view = view;
	}

	/** Call in the browser; returns what ends it. */
	connect(): () => void {
		this.#refresher.request();
		const stop = this.live.on(['channels', 'rights', 'mentions'], () => this.#refresher.request());
		const timer = setInterval(() => {
			if (document.visibilityState === 'visible') this.#refresher.request();
		}, everyMs);
		return () => {
			stop();
			clearInterval(timer);
			this.#refresher.close();
		};
	}

	refresh(): void {
		this.#refresher.request();
	}

	of(id: string): ListedChannel | undefined {
		return this.view.channels.find((one) => one.id === id);
	}

	/** Everything up to now was on the screen. */
	look(id: string): void {
		this.looked.set(id, this.live.now());
		const channels = this.view.channels.map((one) =>
			one.id === id && (one.unread > 0 || one.mentions > 0) ? { ...one, unread: 0, mentions: 0 } : one
		);
		if (channels.some((one, i) => one !== this.view.channels[i])) this.view = { ...this.view, channels };
	}

	async #read(): Promise<void> {
		try {
			const looked = [...this.looked.all()].map(([id, at]) => `${id}.${Math.floor(at)}`).join(',');
			this.view = await getJson<ChannelsView>(`/api/exercises/${this.live.id}/channels?looked=${looked}`);
			this.failed = false;
		} catch (error) {
			this.failed = true;
			throw error;
		}
	}
}

/** Reads an answer of the API; throws with the sentence of the refusal. */
export async function getJson<T>(address: string): Promise<T> {
	const response = await fetch(address, { signal: AbortSignal.timeout(15_000) });
	const body = (await response.json().catch(() => null)) as (T & Partial<Refusal>) | null;
	if (body?.code && body.message && !response.ok) throw AppError.from(body as Refusal);
	if (!response.ok || body === null) throw new Error(`${response.status}`);
	return body;
}

const key = Symbol('channels');
export const setChannels = (channels: Channels): Channels => setContext(key, channels);
export const getChannels = (): Channels => getContext<Channels>(key);
