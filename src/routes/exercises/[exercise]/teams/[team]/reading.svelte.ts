import type { Attachment } from 'svelte/attachments';
import { SvelteSet } from 'svelte/reactivity';
import type { DeliveryId, EntryId } from '#lib/exercise/ids.ts';
import type { RoomItem } from '#lib/exercise/team/room.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';

/** So long must an item be in view of a visible page to count as seen. */
const lookMs = 800;
/** The share of an item that must show, or so many pixels of a long one. */
const share = 0.5;
const tall = 140;
/** What is reported at once. */
const batchMs = 400;
const retryMs = 10_000;
const batchMost = 200;
/** More than an exercise brings to one team. */
const remembered = 3000;

/**
 * What this person has had on the screen, kept on this device; and, for players, the report that the team has seen a
 * delivery. Whoever only watches a room reports nothing.
 */
export class Reading {
	readonly #read = new SvelteSet<EntryId>();
	readonly #key: string;
	readonly #live: LiveExercise;
	readonly #reports: boolean;
	readonly #reported: Set<DeliveryId>;
	readonly #queue = new Set<DeliveryId>();
	#timer: ReturnType<typeof setTimeout> | undefined;
	#closed = false;

	constructor(
		live: LiveExercise,
		reader: { account: string; team: string; reports: boolean; seen: readonly DeliveryId[] }
	) {
		this.#live = live;
		this.#key = `muster:read:${reader.account}:${reader.team}`;
		this.#reports = reader.reports;
		this.#reported = new Set(reader.seen);
	}

	/** Call in the browser; returns what ends it. */
	open(): () => void {
		for (const id of stored(this.#key)) this.#read.add(id);
		return () => {
			this.#closed = true;
			clearTimeout(this.#timer);
		};
	}

	has(id: EntryId): boolean {
		return this.#read.has(id);
	}

	/** Watches the element of an item until it has been seen. */
	watch(item: RoomItem): Attachment<HTMLElement> {
		return (element) => {
			if (this.#read.has(item.id) && !this.#toReport(item)) return;
			return whenSeen(element, () => this.#seen(item));
		};
	}

	#seen(item: RoomItem): void {
		this.#read.add(item.id);
		store(this.#key, [...this.#read].slice(-remembered));
		if (!this.#toReport(item) || item.kind !== 'inject') return;
		this.#queue.add(item.delivery);
		this.#timer ??= setTimeout(() => void this.#send(), batchMs);
	}

	#toReport(item: RoomItem): boolean {
		return this.#reports && item.kind === 'inject' && !this.#reported.has(item.delivery);
	}

	async #send(): Promise<void> {
		this.#timer = undefined;
		const deliveries = [...this.#queue].slice(0, batchMost);
		try {
			await this.#live.send('delivery.see', { deliveries });
			for (const delivery of deliveries) {
				this.#queue.delete(delivery);
				this.#reported.add(delivery);
			}
			if (this.#queue.size > 0 && !this.#closed) this.#timer = setTimeout(() => void this.#send(), batchMs);
		} catch {
			// nobody waits for it: later
			if (!this.#closed) this.#timer = setTimeout(() => void this.#send(), retryMs);
		}
	}
}

function stored(key: string): EntryId[] {
	try {
		const list = JSON.parse(localStorage.getItem(key) ?? '[]') as unknown;
		return Array.isArray(list) ? (list.filter((id) => typeof id === 'string') as EntryId[]) : [];
	} catch {
		return [];
	}
}

function store(key: string, ids: EntryId[]): void {
	try {
		localStorage.setItem(key, JSON.stringify(ids));
	} catch {
		// a full or forbidden store costs only the marks of the next visit
	}
}

/** Calls back once, when the element has been in view of a visible page for a moment. */
function whenSeen(element: HTMLElement, seen: () => void): () => void {
	let inView = false;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const look = () => {
		clearTimeout(timer);
		if (inView && document.visibilityState === 'visible') timer = setTimeout(done, lookMs);
	};
	const observer = new IntersectionObserver(
		([entry]) => {
			inView =
				entry!.isIntersecting &&
				(entry!.intersectionRatio >= share || entry!.intersectionRect.height >= tall);
			look();
		},
		{ threshold: [0, 0.25, share, 1] }
	);
	const stop = () => {
		clearTimeout(timer);
		observer.disconnect();
		document.removeEventListener('visibilitychange', look);
	};
	function done() {
		stop();
		seen();
	}
	observer.observe(element);
	document.addEventListener('visibilitychange', look);
	return stop;
}
