import * as decoding from 'lib0/decoding';
import { IndexeddbPersistence } from 'y-indexeddb';
import type { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { Refusal } from '#lib/errors.ts';
import { closeCode, documentMessage } from '#lib/protocol/wire.ts';
import { earlierCopies, isKept, nameOfCopy, offlineName, wipeOfflineCopies } from './offline.ts';

/**
 * What the reader is told of own changes (PROMISES R3): `saved` only when every one is durable; `unsaved` means kept on
 * this device only.
 */
export type SavedState = 'connecting' | 'saved' | 'saving' | 'unsaved' | 'refused' | 'read-only';

export interface Other {
	clientId: number;
	name: string;
	colour: string;
	/** what the page put there: the cell or field where the person is */
	state: Record<string, unknown>;
}

interface DocumentInfo {
	right: 'read' | 'write';
	epoch: number;
	closed: boolean;
	user: { name: string; colour: string };
}

/** Counts the document messages that went out on this very connection; the server counts the same. */
class CountingSocket extends WebSocket {
	sent = 0;
	override send(data: Parameters<WebSocket['send']>[0]): void {
		if (data instanceof Uint8Array && data[0] === documentMessage.sync && data[1] !== 0) this.sent++;
		super.send(data);
	}
}

/** One open document: the shared types, who else is here, and whether what was written is saved. */
export class LiveDocument {
	readonly name: string;
	readonly doc = new Y.Doc();
	/** all that the server has is here */
	synced = $state(false);
	canWrite = $state(false);
	/** why it could not be opened, or a change was refused */
	problem = $state<Refusal | null>(null);
	/** the reader as the server names him or her to others */
	user = $state<{ name: string; colour: string }>({ name: '', colour: '#64748b' });
	others = $state.raw<Other[]>([]);
	/**
	 * What this device kept of the page and may not merge into it any more, because the page was restored or closed
	 * meanwhile: to be shown, so that nobody's words are lost (PROMISES R14)
	 */
	earlier = $state.raw<Y.Doc | null>(null);

	#connected = $state(false);
	/** own changes of which we do not know that they are saved */
	#dirty = $state(false);
	#provider: WebsocketProvider | null = null;
	#offline: IndexeddbPersistence | null = null;
	#saved = 0;
	#closed = false;
	#epoch: number | null = null;
	readonly #offlineFor: string | undefined;

	constructor(name: string, options: { offlineFor?: string } = {}) {
		this.name = name;
		this.#offlineFor = options.offlineFor;
		this.doc.on('update', (_update: Uint8Array, origin: unknown) => {
			// a reader's copy may tidy formatting by itself: no change of this person
			if (this.canWrite && origin !== this.#provider && origin !== this.#offline) this.#dirty = true;
		});
		void this.#open();
	}

	get saved(): SavedState {
		if (this.problem && this.problem.code !== 'unavailable') return 'refused';
		if (!this.synced && !this.#dirty) return 'connecting';
		if (this.#dirty) return this.#connected ? 'saving' : 'unsaved';
		return this.canWrite ? 'saved' : 'read-only';
	}

	/** For editors that draw carets themselves. Null until connected the first time. */
	get awareness(): Awareness | null {
		return this.#awareness;
	}
	#awareness = $state.raw<Awareness | null>(null);

	/** Says where this person is: replaced as a whole per field, at most some ten times a second. */
	setPresence(field: string, value: unknown): void {
		this.#awareness?.setLocalStateField(field, value);
	}

	close(): void {
		this.#closed = true;
		this.#provider?.destroy();
		void this.#offline?.destroy();
		this.doc.destroy();
	}

	async #open(): Promise<void> {
		const info = await this.#ask();
		if (!info || this.#closed) return;
		if (this.#offlineFor) await this.#readEarlier(this.#offlineFor, info);
		if (this.#offlineFor && info.right === 'write' && !info.closed) {
			this.#offline = new IndexeddbPersistence(
				offlineName(this.#offlineFor, info.epoch, this.name),
				this.doc
			);
			await Promise.race([this.#offline.whenSynced, new Promise((resolve) => setTimeout(resolve, 1500))]);
			if (this.#closed) return;
		}
		this.#connect();
	}

	/** Reads a copy that may not be merged. It is forgotten when its time is over, or by `forgetEarlier`. */
	async #readEarlier(account: string, info: DocumentInfo): Promise<void> {
		const [other] = earlierCopies(account, info.epoch, this.name);
		const name =
			other ??
			(info.closed && isKept(account, info.epoch, this.name)
				? nameOfCopy(account, info.epoch, this.name)
				: null);
		if (!name) return;
		const doc = new Y.Doc();
		const copy = new IndexeddbPersistence(name, doc);
		await Promise.race([copy.whenSynced, new Promise((resolve) => setTimeout(resolve, 1500))]);
		void copy.destroy();
		if (!this.#closed) this.earlier = doc;
	}

	/** The reader has taken what was needed of it. */
	forgetEarlier(): void {
		this.earlier = null;
		wipeOfflineCopies(this.name);
	}

	/** What may I do here? Asked before each first connection, and when rights have changed. */
	async #ask(): Promise<DocumentInfo | null> {
		for (let wait = 500; !this.#closed; wait = Math.min(wait * 2, 5000)) {
			try {
				const response = await fetch(`/api/documents/${this.name}`, { signal: AbortSignal.timeout(10_000) });
				if (response.ok) {
					const info = (await response.json()) as DocumentInfo;
					if (this.#epoch !== null && info.epoch !== this.#epoch) return this.#endEpoch();
					this.#epoch = info.epoch;
					this.canWrite = info.right === 'write' && !info.closed;
					this.user = info.user;
					this.problem = null;
					return info;
				}
				if (response.status < 500) {
					this.canWrite = false;
					this.problem =
						response.status === 401
							? { code: 'unauthenticated', message: 'Your session has ended. Sign in again.' }
							: { code: 'not-found', message: 'There is nothing here, or it is not open to you.' };
					this.#provider?.disconnect();
					// taken out of the team, or signed out: nothing stays on this device
					void this.#offline?.clearData();
					wipeOfflineCopies(this.name);
					return null;
				}
			} catch {
				// no network: try again
			}
			await new Promise((resolve) => setTimeout(resolve, wait));
		}
		return null;
	}

	/** The page was restored: what is on this screen stays readable, and goes nowhere. */
	#endEpoch(): null {
		this.canWrite = false;
		this.#provider?.disconnect();
		this.problem = {
			code: 'stale',
			message:
				'This page was set back to an earlier state. You see the text as it was: copy what you still need, then load the page again.'
		};
		return null;
	}

	#connect(): void {
		const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/documents`;
		const provider = new WebsocketProvider(url, this.name, this.doc, {
			WebSocketPolyfill: CountingSocket,
			params: { epoch: String(this.#epoch ?? 0) },
			disableBc: true,
			maxBackoffTime: 5000,
			connect: false
		});
		this.#provider = provider;
		this.#awareness = provider.awareness;
		provider.messageHandlers[documentMessage.saved] = (_encoder, decoder) => {
			this.#saved = decoding.readVarUint(decoder);
			this.#settle();
		};
		provider.messageHandlers[documentMessage.refused] = (_encoder, decoder) => {
			const code = decoding.readVarString(decoder);
			const message = decoding.readVarString(decoder);
			if (code === 'read-only') this.canWrite = false;
			// nothing of ours is lost by becoming a reader
			if (code === 'read-only' && !this.#dirty) return;
			this.problem = { code: code === 'unavailable' ? 'unavailable' : 'forbidden', message };
		};
		provider.on('status', ({ status }: { status: string }) => {
			this.#connected = status === 'connected';
			this.#saved = 0;
		});
		provider.on('sync', (synced: boolean) => {
			if (synced) this.synced = true;
			this.#settle();
		});
		provider.on('connection-close', (event: CloseEvent | null) => {
			const code = event?.code;
			if (
				code === closeCode.rightsChanged ||
				code === closeCode.unauthenticated ||
				code === closeCode.otherEpoch ||
				code === closeCode.notFound
			)
				void this.#ask();
		});
		// the server refuses before the upgrade, which a browser shows as an error without a code: ask why
		let failures = 0;
		provider.on('connection-error', () => {
			if (++failures % 3 === 0) void this.#ask();
		});
		// y-websocket sends back what it hears of others, which counts as messages of ours: only own changes go out
		const echoing = provider._awarenessUpdateHandler;
		provider.awareness.off('update', echoing);
		provider.awareness.on('update', (change: Parameters<typeof echoing>[0], origin: unknown) => {
			if (origin !== provider) echoing(change, origin);
		});
		provider.awareness.on('change', () => this.#readOthers());
		provider.connect();
	}

	#settle(): void {
		const socket = this.#provider?.ws as CountingSocket | null | undefined;
		if (socket && this.#provider?.synced && this.#saved >= socket.sent) {
			this.#dirty = false;
			if (this.problem?.code === 'unavailable') this.problem = null;
		}
	}

	#readOthers(): void {
		const awareness = this.#awareness;
		if (!awareness) return;
		this.others = [...awareness.getStates()]
			.filter(([clientId]) => clientId !== awareness.clientID)
			.flatMap(([clientId, state]) => {
				const user = state['user'] as { name?: unknown; colour?: unknown } | undefined;
				return typeof user?.name === 'string'
					? [{ clientId, name: user.name, colour: String(user.colour ?? '#64748b'), state }]
					: [];
			});
	}
}

export function openDocument(name: string, options: { offlineFor?: string } = {}): LiveDocument {
	return new LiveDocument(name, options);
}
