import { createClient } from '@redis/client';
import { againAfter, lineLimits, type Line, type LineEnds } from './line.ts';

const channel = 'muster';

/**
 * Publish and subscribe on Redis, for installations whose bell rings more often than PostgreSQL's single queue of
 * notifications likes. Nothing is kept there, so nothing is lost with it.
 *
 * A connection lives once and is replaced by a new one when it breaks or falls silent: the client's own repair does not
 * notice a Redis that hangs.
 */
export function createRedisLine(url: string): Line {
	const connection = () =>
		createClient({
			url,
			// what cannot be sent now is found in the database sooner than a queue here empties
			disableOfflineQueue: true,
			socket: { connectTimeout: lineLimits.openWithinMs, reconnectStrategy: false }
		});
	let hearing: ReturnType<typeof connection> | null = null;
	let speaking: Promise<ReturnType<typeof connection>> | null = null;
	let attempts = 0;
	let closed = false;
	let timer: NodeJS.Timeout | undefined;

	async function listen(ends: LineEnds): Promise<void> {
		if (closed) return;
		const client = connection();
		hearing = client;
		let broken = false;
		const broke = (error: unknown) => {
			if (broken) return;
			broken = true;
			clearTimeout(timer);
			if (client.isOpen) client.destroy();
			if (closed) return;
			ends.down(error);
			timer = setTimeout(() => void listen(ends), againAfter(attempts++));
			timer.unref();
		};
		client.on('error', broke);
		client.on('end', () => broke(new Error('the connection ended')));
		try {
			await within(client.connect());
			await within(client.subscribe(channel, (text) => ends.heard(text)));
		} catch (error) {
			return broke(error);
		}
		if (closed || broken) return;
		attempts = 0;
		ends.up();
		ask();

		function ask(): void {
			timer = setTimeout(() => void within(client.ping()).then(ask, broke), lineLimits.askEveryMs);
			timer.unref();
		}
	}

	/** A connection of its own, made when something is to be said: the command line speaks without listening. */
	function speaker(): ReturnType<typeof connection> | Promise<ReturnType<typeof connection>> {
		if (speaking) return speaking;
		const client = connection();
		const opening = within(client.connect()).then(() => client);
		const forget = () => {
			if (speaking === opening) speaking = null;
			if (client.isOpen) client.destroy();
		};
		client.on('error', forget);
		client.on('end', forget);
		opening.catch(forget);
		speaking = opening;
		return opening;
	}

	return {
		// Redis would take more; a ring that is heard in parts is handled in parts
		maxBytes: 64 * 1024,
		open: listen,
		send: async (texts) => {
			const client = await speaker();
			try {
				await within(Promise.all(texts.map((text) => client.publish(channel, text))));
			} catch (error) {
				if (client.isOpen) client.destroy();
				speaking = null;
				throw error;
			}
		},
		close: async () => {
			closed = true;
			clearTimeout(timer);
			// not `close()`, which waits for answers that may never come
			if (hearing?.isOpen) hearing.destroy();
			void speaking?.then((client) => client.isOpen && client.destroy()).catch(() => undefined);
		}
	};
}

/** A Redis that hangs answers nothing, not even with an error. */
function within<T>(answer: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout;
	const late = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new Error('Redis does not answer')), lineLimits.answerWithinMs);
	});
	answer.catch(() => undefined);
	return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
