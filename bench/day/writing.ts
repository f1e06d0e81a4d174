import * as Y from 'yjs';
import { LightClient } from '../clients.ts';
import type { MeasuredServer } from '../servers.ts';
import { updateMessage } from '#server/documents/frames.ts';

const savedWithinMs = 60_000;

/** Somebody who reads and writes a document with Yjs, as a browser does. */
export class Writing {
	readonly doc = new Y.Doc();
	readonly #client: LightClient;
	#sent = 0;
	#saved = 0;

	private constructor(server: MeasuredServer, name: string, cookie: string) {
		const { dialect } = server;
		this.#client = new LightClient(server, name, 0, cookie, {
			message: (message) => {
				const update = dialect.update!(message);
				if (update) Y.applyUpdate(this.doc, update.bytes, this);
				else this.#saved = dialect.saved!(message, this.#saved);
			}
		});
		this.doc.on('update', (bytes: Uint8Array, from: unknown) => {
			if (from === this) return;
			this.#sent++;
			this.#client.send(updateMessage(bytes));
		});
	}

	static async open(server: MeasuredServer, name: string, cookie: string): Promise<Writing> {
		const one = new Writing(server, name, cookie);
		await one.#client.joined();
		return one;
	}

	/** False: the line broke before all was called saved. Throws when the server is silent. */
	async saved(): Promise<boolean> {
		const until = Date.now() + savedWithinMs;
		while (this.#saved < this.#sent) {
			if (this.#client.closed) return false;
			if (Date.now() > until) throw new Error('what was written was not called saved within a minute');
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		return true;
	}

	end(): void {
		this.#client.end();
	}
}
