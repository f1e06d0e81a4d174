import type { Logger } from 'pino';
import { z } from 'zod';
import type { Ring } from '../commands/topics.ts';
import { mintId } from '../mint.ts';
import type { Line } from './line.ts';

/** Rings of one moment go out together: a commit with a notification takes a lock that all nodes share. */
const gatherMs = 5;

/** numbers of each node's last texts that are remembered, so that one which comes again is known */
const remembered = 1000;

const message = z.object({
	node: z.string(),
	number: z.number().int(),
	ring: z.object({
		exercise: z.string(),
		topics: z.array(
			z.enum([
				'board',
				'script',
				'questions',
				'records',
				'reports',
				'hot-wash',
				'people',
				'rights',
				'check',
				'readiness'
			])
		),
		team: z.string().optional(),
		pulse: z.boolean().optional(),
		documents: z.array(z.string()).optional(),
		frozen: z.array(z.string()).optional(),
		facts: z.tuple([z.number().int(), z.number().int()]).optional()
	})
});

export type Bell = ReturnType<typeof createBell>;
export type Heard = 'here' | 'elsewhere';

/**
 * The bell between nodes (DESIGN, idea 5): names and topics, never content. A ring may be lost, repeated or late:
 * everybody reads the database again anyway, and looks for what no ring told of (look-again.ts).
 */
export function createBell({ line, log }: { line: Line; log: Logger }) {
	const node = mintId<string>();
	const listeners = new Set<(ring: Ring, from: Heard) => void>();
	const gapListeners = new Set<() => void>();
	let waiting: Ring[] = [];
	let timer: NodeJS.Timeout | null = null;
	let isDown = false;
	let sent = 0;
	const heardOf = new Map<string, Set<number>>();

	/** After a commit. Listeners on this node hear it at once, other nodes in a moment. */
	function ring(what: Ring): void {
		tell(listeners, what, 'here');
		waiting.push(what);
		timer ??= setTimeout(() => {
			timer = null;
			void send();
		}, gatherMs);
	}

	async function send(): Promise<void> {
		const batch = waiting;
		waiting = [];
		const texts = batch.flatMap((one) => split(one, line.maxBytes - 200)).map(textOf);
		if (texts.length === 0) return;
		try {
			await line.send(texts);
		} catch (error) {
			// said once by the line itself; the others find it in the database
			if (!isDown) log.warn({ err: error }, 'the bell could not be rung');
		}
	}

	const textOf = (part: Ring) => JSON.stringify({ node, number: sent++, ring: part });

	function hear(text: string): void {
		const parsed = message.safeParse(jsonOf(text));
		if (!parsed.success) {
			log.warn({ bytes: text.length }, 'what came on the bell is no ring');
			return;
		}
		const { node: from, number, ring: heard } = parsed.data;
		if (from !== node && isFirst(from, number)) tell(listeners, heard as Ring, 'elsewhere');
	}

	function isFirst(from: string, number: number): boolean {
		const numbers = heardOf.get(from) ?? new Set();
		if (numbers.has(number)) return false;
		numbers.add(number);
		for (const old of numbers) {
			if (numbers.size <= remembered) break;
			numbers.delete(old);
		}
		// at the end of the map are those that spoke last: nodes that are gone are forgotten
		heardOf.delete(from);
		heardOf.set(from, numbers);
		for (const gone of heardOf.keys()) {
			if (heardOf.size <= 50) break;
			heardOf.delete(gone);
		}
		return true;
	}

	function tell<Told extends unknown[]>(whom: Set<(...told: Told) => void>, ...what: Told): void {
		for (const listener of whom) {
			try {
				listener(...what);
			} catch (error) {
				log.error({ err: error }, 'a listener of the bell failed');
			}
		}
	}

	return {
		node,
		ring,
		/** Hears the other nodes. A line that is not there does not keep anybody from starting. */
		start: () =>
			line.open({
				heard: hear,
				up: () => {
					if (isDown) log.info('the bell has its line again');
					isDown = false;
					tell(gapListeners);
				},
				down: (error) => {
					if (!isDown)
						log.warn({ err: error }, 'the bell has no line: changes elsewhere are seen within seconds');
					isDown = true;
				}
			}),
		async stop(): Promise<void> {
			if (timer) clearTimeout(timer);
			timer = null;
			// a line that hangs must not keep us: the database has it all
			await Promise.race([send(), elapsed(1000)]);
			await Promise.race([line.close(), elapsed(1000)]);
		},
		listen: (listener: (ring: Ring, from: Heard) => void) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		/** Calls back when rings may have been lost: everything may have changed. */
		onGap: (listener: () => void) => {
			gapListeners.add(listener);
			return () => gapListeners.delete(listener);
		}
	};
}

/** A release to 300 teams names 300 documents: in parts that fit. */
export function split(ring: Ring, maxBytes: number): Ring[] {
	if (Buffer.byteLength(JSON.stringify(ring)) < maxBytes) return [ring];
	const { documents = [], frozen = [], ...rest } = ring;
	const names = [
		...documents.map((name) => ['documents', name] as const),
		...frozen.map((name) => ['frozen', name] as const)
	];
	if (names.length < 2) return [ring];
	const half = Math.ceil(names.length / 2);
	const part = (head: Omit<Ring, 'documents' | 'frozen'>, of: typeof names): Ring => {
		const pick = (kind: 'documents' | 'frozen') => of.flatMap(([k, name]) => (k === kind ? [name] : []));
		return {
			...head,
			...(pick('documents').length > 0 && { documents: pick('documents') }),
			...(pick('frozen').length > 0 && { frozen: pick('frozen') })
		};
	};
	return [
		...split(part(rest, names.slice(0, half)), maxBytes),
		...split(part({ exercise: ring.exercise, topics: [] }, names.slice(half)), maxBytes)
	];
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const elapsed = (milliseconds: number) =>
	new Promise<void>((resolve) => setTimeout(resolve, milliseconds).unref());
