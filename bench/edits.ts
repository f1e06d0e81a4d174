import { LightClient } from './clients.ts';
import { pause } from './drive.ts';
import { EventWriter, readMarkers } from './events.ts';
import type { MeasuredServer } from './servers.ts';

export const authorsPerPage = 3;
/** markers of what is written in pages, apart from those of injects and log entries */
export const firstEdit = 2_000_000;

/** Writes in worksheet pages while the rest goes on: knows what was called saved, and when the other authors saw it. */
export class Edits {
	readonly saved = new Map<string, number[]>();
	/** when a change was sent, and how long it took to each of the other authors, ms */
	readonly toOthers: { at: number; took: number }[] = [];
	readonly #sentAt = new Map<number, number>();
	#next = firstEdit;
	#ended = false;

	async write(server: MeasuredServer, document: string, cookie: string): Promise<void> {
		while (!this.#ended) {
			try {
				const own: number[] = [];
				const mine = new Set<number>();
				let told = 0;
				let gone = () => {};
				const closed = new Promise<void>((resolve) => (gone = resolve));
				const client = await new LightClient(server, document, 0, cookie).joined();
				client.hears = {
					message: (message) => {
						const now = Date.now();
						readMarkers(message, (id) => {
							const at = this.#sentAt.get(id);
							if (at !== undefined && !mine.has(id)) this.toOthers.push({ at, took: now - at });
						});
						const count = server.dialect.saved!(message, told);
						const list = this.saved.get(document) ?? [];
						this.saved.set(document, list);
						list.push(...own.slice(told, count));
						told = count;
					},
					closed: () => gone()
				};
				// who comes back is another Yjs client
				const text = new EventWriter();
				const timer = setInterval(() => {
					if (this.#ended) return client.end();
					const id = this.#next++;
					own.push(id);
					mine.add(id);
					this.#sentAt.set(id, Date.now());
					client.send(server.dialect.event(document, text, id));
				}, 500);
				await closed;
				clearInterval(timer);
			} catch {
				// not there yet
			}
			await pause(200 + Math.random() * 400);
		}
	}

	end(): void {
		this.#ended = true;
	}
}
