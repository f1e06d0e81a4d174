import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/errors.ts';
import { KeptActs, wipeKeptActs, type Shelf } from '#lib/live/kept-acts.ts';

/** A device's storage, as long as the device lives. */
class Device implements Shelf {
	readonly kept = new Map<string, string>();
	get length() {
		return this.kept.size;
	}
	key = (i: number) => [...this.kept.keys()][i] ?? null;
	getItem = (place: string) => this.kept.get(place) ?? null;
	setItem = (place: string, value: string) => void this.kept.set(place, value);
	removeItem = (place: string) => void this.kept.delete(place);
}

/** A server that takes each key once, and a line to it that can be cut: before a message arrives, or before its answer. */
class Server {
	line: 'up' | 'cut' | 'known to be cut' | 'no answers' = 'up';
	refuse: AppError | null = null;
	readonly taken = new Map<string, { name: string; input: unknown }>();
	send = async (key: string, name: string, input: unknown): Promise<unknown> => {
		await Promise.resolve();
		if (this.line === 'cut') throw new AppError('unavailable', 'No network.');
		if (this.refuse) throw this.refuse;
		if (!this.taken.has(key)) this.taken.set(key, { name, input });
		if (this.line === 'no answers') throw new AppError('unavailable', 'No answer.');
		return { observation: `observation of ${key}` };
	};
	get texts() {
		return [...this.taken.values()].map(({ input }) => (input as { text?: string }).text);
	}
}

const team = 'team_greek' as never;
let minted = 0;
let clock = 1_000_000;
const note = (text: string) => ({ team, sort: 'neutral' as const, text });
const open = (device: Device, server: Server, owner = 'eva/exercise') =>
	new KeptActs({
		owner,
		shelf: device,
		send: server.send,
		mayTry: () => server.line !== 'known to be cut',
		now: () => clock++,
		mint: () => `key${minted++}`,
		onchange: () => undefined
	});

describe('[R12] what is written without network', () => {
	it('is kept, and sent once, in order, when the line is back', async () => {
		const [device, server] = [new Device(), new Server()];
		const kept = open(device, server);
		server.line = 'cut';
		for (const text of ['one', 'two', 'three']) kept.add('evaluation.observe', note(text));
		await kept.flush();
		expect(kept.standing).toBe('waiting');
		expect(server.texts).toEqual([]);
		expect(kept.acts.map(({ input }) => (input as { text: string }).text)).toEqual(['one', 'two', 'three']);
		server.line = 'up';
		await kept.flush();
		expect(server.texts).toEqual(['one', 'two', 'three']);
		expect(kept.acts).toEqual([]);
		expect(device.length).toBe(0);
	});

	it('outlives the page, and what arrived without an answer is not done twice', async () => {
		const [device, server] = [new Device(), new Server()];
		server.line = 'no answers';
		const before = open(device, server);
		before.add('evaluation.observe', note('one'));
		before.add('evaluation.observe', note('two'));
		await before.flush();
		expect(server.texts).toEqual(['one']);
		server.line = 'up';
		const after = open(device, server);
		expect(after.acts).toHaveLength(2);
		await after.flush();
		expect(server.texts).toEqual(['one', 'two']);
		expect(after.acts).toEqual([]);
	});

	it('is changed in place while it certainly has not left; afterwards only by another act that follows it', async () => {
		const [device, server] = [new Device(), new Server()];
		const kept = open(device, server);
		server.line = 'cut';
		const first = kept.add('evaluation.observe', note('first'));
		const second = kept.add('evaluation.observe', note('second'));
		await kept.flush();
		expect(kept.change(first, note('too late'))).toBe(false);
		expect(kept.discard(first)).toBe(false);
		expect(kept.change(second, note('second, better'))).toBe(true);
		kept.add(
			'evaluation.correct',
			{ ...note('first, better'), observation: '' as never },
			{
				key: first,
				field: 'observation'
			}
		);
		server.line = 'up';
		await kept.flush();
		expect(server.texts).toEqual(['first', 'second, better', 'first, better']);
		expect([...server.taken.values()].at(-1)!.input).toMatchObject({
			observation: `observation of ${first}`
		});
	});

	it('all of it may be changed where the device knows that there is no network', async () => {
		const [device, server] = [new Device(), new Server()];
		const kept = open(device, server);
		server.line = 'known to be cut';
		const key = kept.add('evaluation.observe', note('one'));
		await kept.flush();
		expect(kept.standing).toBe('waiting');
		expect(kept.change(key, note('one, better'))).toBe(true);
		server.line = 'up';
		await kept.flush();
		expect(server.texts).toEqual(['one, better']);
	});

	it('is not lost when it is refused: it stays with the reason, and does not hold up what follows', async () => {
		const [device, server] = [new Device(), new Server()];
		const kept = open(device, server);
		server.refuse = new AppError('not-now', 'The report is made.');
		const key = kept.add('evaluation.observe', note('one'));
		kept.add(
			'evaluation.correct',
			{ ...note('better'), observation: '' as never },
			{
				key,
				field: 'observation'
			}
		);
		await kept.flush();
		server.refuse = null;
		kept.add('evaluation.observe', note('two'));
		await kept.flush();
		expect(server.texts).toEqual(['two']);
		expect(kept.acts.map(({ refused }) => refused)).toEqual([
			'The report is made.',
			'The note that this belongs to was not taken.'
		]);
		expect(kept.discard(key)).toBe(true);
	});

	it('waits for a session that has ended', async () => {
		const [device, server] = [new Device(), new Server()];
		const kept = open(device, server);
		server.refuse = new AppError('unauthenticated', 'Sign in again.');
		kept.add('evaluation.observe', note('one'));
		await kept.flush();
		expect(kept.standing).toBe('signed-out');
		server.refuse = null;
		await kept.flush();
		expect(server.texts).toEqual(['one']);
	});
});

describe('[R14] what is kept on a device', () => {
	it('is one account’s, for a day, and gone at sign-out', async () => {
		const [device, server] = [new Device(), new Server()];
		server.line = 'cut';
		const kept = open(device, server);
		kept.add('evaluation.observe', note('one'));
		await kept.flush();
		expect(open(device, server, 'emil/exercise').acts).toEqual([]);
		clock += 25 * 3_600_000;
		expect(open(device, server).acts).toEqual([]);
		open(device, server).add('evaluation.observe', note('two'));
		wipeKeptActs(device, '/other/');
		expect(device.length).toBe(1);
		wipeKeptActs(device, '/exercise/');
		expect(device.length).toBe(0);
	});
});
