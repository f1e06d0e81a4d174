import { getContext, setContext } from 'svelte';
import { stepsFrom } from '#lib/exercise/channel/mode.ts';
import { foldConversation, newSince, type MessageItem } from '#lib/exercise/channel/fold.ts';
import { whyNotDecide } from '#lib/exercise/channel/mode-commands.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import type { MessageId } from '#lib/exercise/ids.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import { openTimeline, type LiveTimeline } from '#lib/live/timeline.svelte.ts';
import type { ChannelPage, MembersView, Place } from '#server/views/channels.ts';
import { getJson, type Channels } from '../channels.svelte.ts';

/** Whom a message can mention: everybody who is named in the channel. */
export interface Mentionable {
	id: string;
	name: string;
	note: string | null;
}

/** One channel as this browser lives it: its timeline folded, and what is being written. Components show and call. */
export class ChannelRoomState {
	readonly live: LiveExercise;
	readonly channels: Channels;
	readonly #view: () => ChannelPage;
	readonly #me: () => Actor;
	#timeline = $state.raw<LiveTimeline | null>(null);
	/** wall clock, ms: what came later is new, for as long as the page is open */
	readonly lookedAt: number;
	/** quoted in the message that is being written, outside threads */
	quotes = $state.raw<MessageItem[]>([]);
	/** the thread that lies open */
	thread = $state<MessageId | null>(null);
	/** the message that keys act on */
	chosen = $state<MessageId | null>(null);
	correcting = $state.raw<MessageItem | null>(null);
	members = $state.raw<MembersView | null>(null);

	constructor(live: LiveExercise, channels: Channels, me: () => Actor, view: () => ChannelPage) {
		this.live = live;
		this.channels = channels;
		this.#me = me;
		this.#view = view;
		this.lookedAt = typeof localStorage === 'undefined' ? 0 : channels.looked.at(view().id);
	}

	/** Call in the browser; returns what closes it. */
	open(): () => void {
		const { timeline } = this.#view();
		this.#timeline = openTimeline(timeline.name, timeline.segment, { from: timeline.from });
		return () => {
			this.#timeline?.close();
			this.#timeline = null;
		};
	}

	get view(): ChannelPage {
		return this.#view();
	}
	get me(): Actor {
		return this.#me();
	}
	get exercise(): string {
		return this.live.id;
	}
	get synced(): boolean {
		return this.#timeline?.synced === true;
	}
	get problem(): string | null {
		return this.#timeline?.problem ?? null;
	}

	readonly conversation = $derived.by(() => foldConversation(this.#timeline?.entries ?? []));
	readonly fresh = $derived.by(() => newSince(this.conversation, this.lookedAt, this.#me().accountId));
	readonly openThread: MessageItem | null = $derived.by(() =>
		this.thread === null ? null : (this.conversation.messages.get(this.thread) ?? null)
	);

	/** Players write between STARTEX and ENDEX, exercise control also before and after. */
	readonly mayWrite: boolean = $derived.by(() => {
		const { speaks, isClosed, voices } = this.#view();
		if (!speaks || isClosed) return false;
		const { state } = this.live;
		if (voices.length === 0) return state !== 'closed' && state !== 'cancelled';
		return state === 'running' || state === 'paused';
	});

	isMine(item: MessageItem): boolean {
		const { voices, controls } = this.#view();
		if (item.message.author === this.#me().accountId) return true;
		const { from } = item.message;
		return 'team' in from
			? voices.some((one) => one.name === from.team.name)
			: controls && item.message.author === undefined;
	}

	/** Modes that may be proposed now. */
	readonly steps = $derived.by(() => {
		const { mode } = this.#view();
		return mode && !mode.proposal ? stepsFrom(mode) : [];
	});
	readonly whyNotDecide: string | null = $derived.by(() => {
		const { mode } = this.#view();
		return mode?.proposal ? whyNotDecide(mode, this.#me()) : null;
	});

	async readMembers(): Promise<MembersView> {
		const view = await getJson<MembersView>(this.#api('members'));
		this.members = view;
		return view;
	}
	readonly mentionable: Mentionable[] = $derived.by(() => {
		const { members } = this;
		if (!members) return [];
		const own = this.#me().accountId;
		const named = new Map<string, Mentionable>();
		for (const team of members.teams)
			for (const one of team.people) named.set(one.id, { ...one, note: team.name });
		for (const one of members.people) named.set(one.id, { id: one.id, name: one.name, note: one.team });
		for (const one of members.staff) named.set(one.id, { ...one, note: null });
		named.delete(own);
		return [...named.values()];
	});

	/** Where something lies that a message quotes, or the summaries of it; empty: nowhere that the reader reads. */
	links(message: MessageId, quote: number | null): Promise<Place[]> {
		const query = quote === null ? '' : `?quote=${quote}`;
		return getJson<Place[]>(this.#api(`messages/${message}/links${query}`));
	}

	#api(path: string): string {
		return `/api/exercises/${this.exercise}/channels/${this.view.id}/${path}`;
	}
	reachAddress(query: URLSearchParams): string {
		return this.#api(`reach?${query}`);
	}
	get filesAddress(): string {
		return `/api/channels/${this.exercise}/${this.view.id}/files`;
	}
}

const key = Symbol('channel room');
export const setChannelRoom = (room: ChannelRoomState): ChannelRoomState => setContext(key, room);
export const getChannelRoom = (): ChannelRoomState => getContext<ChannelRoomState>(key);
