import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { eventLimits } from '#server/events/limits.ts';
import type { Person } from '../support/exercise.ts';
import { Scene, costsAtMostMs, upgrade } from './bystanders.ts';

/*
 * Raw engine.io and Socket.IO frames at the event socket. Each attack ends its own socket at most; a neighbour is still
 * answered, and documents go on.
 */
let scene: Scene;
let neighbour: RawEvents;

/** A Socket.IO connection by hand: what a library would not send, this one does. */
class RawEvents {
	readonly socket: WebSocket;
	readonly received: string[] = [];
	closed: number | null = null;
	#number = 0;

	constructor(person: Person) {
		const { url } = scene.server;
		this.socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
			headers: { origin: url, cookie: person.cookie }
		});
		this.socket.on('message', (data: Buffer) => {
			const text = data.toString();
			if (text === '2') this.socket.send('3');
			this.received.push(text);
		});
		this.socket.on('close', (code) => (this.closed = code));
		this.socket.on('error', () => undefined);
	}

	/** Opens and joins the main namespace; how that was answered: `40{…}`, or `44{…}` with the refusal. */
	static async open(person: Person): Promise<[RawEvents, string]> {
		const client = new RawEvents(person);
		await client.until(() => client.received.length > 0, 'the handshake');
		client.socket.send('40');
		await client.until(
			() => client.received.some((one) => /^4[04]/.test(one)),
			'an answer to the connection'
		);
		return [client, client.received.find((one) => /^4[04]/.test(one))!];
	}

	async until(done: () => boolean, what: string, milliseconds = 5000): Promise<void> {
		const end = Date.now() + milliseconds;
		while (!done()) {
			if (Date.now() > end) throw new Error(`waited ${milliseconds} ms for ${what}`);
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}

	/** Sends an event that wants an answer, and waits for it. */
	async ask(...event: unknown[]): Promise<{ ok: boolean; error?: { code: string } }> {
		const number = ++this.#number;
		this.socket.send(`42${number}${JSON.stringify(event)}`);
		const is = (one: string) => one.startsWith(`43${number}[`);
		await this.until(() => this.received.some(is), `an answer to ${String(event[0])}`, costsAtMostMs);
		return (JSON.parse(this.received.find(is)!.slice(`43${number}`.length)) as { ok: boolean }[])[0]!;
	}

	end(): Promise<void> {
		return this.until(() => this.closed !== null, 'the end of the socket');
	}
}

async function goesOn(): Promise<void> {
	expect(await neighbour.ask('join', scene.exercise.id)).toMatchObject({ ok: true });
	expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
}

beforeAll(async () => {
	scene = await Scene.create();
	neighbour = (await RawEvents.open(await scene.attacker()))[0];
}, 60_000);
afterAll(async () => {
	neighbour.socket.close();
	await scene.close();
});

describe('who may connect', () => {
	test('[R5] no session, another origin, none: refused before the upgrade', async () => {
		const { cookie } = await scene.attacker();
		const path = '/socket.io/?EIO=4&transport=websocket';
		const { url } = scene.server;
		for (const [headers, status] of [
			[{}, 401],
			[{ cookie: '' }, 401],
			[{ cookie: cookie.slice(0, -5) + 'aaaaa' }, 401],
			[{ cookie, origin: 'https://evil.example' }, 403],
			[{ cookie, origin: 'null' }, 403],
			[{ cookie, origin: '' }, 403],
			[{ cookie }, 101]
		] as [Record<string, string>, number][])
			expect(await upgrade(url, path, headers), JSON.stringify(headers)).toBe(status);
		await goesOn();
	});

	test('[R5] polling, and transports that do not exist: no session is ever begun', async () => {
		const { cookie } = await scene.attacker();
		for (const query of [
			'',
			'?EIO=4&transport=polling',
			'?EIO=3&transport=polling',
			'?EIO=4&transport=telepathy',
			'?EIO=4&transport=__proto__'
		])
			for (const origin of [scene.server.url, 'https://evil.example']) {
				const answer = await fetch(`${scene.server.url}/socket.io/${query}`, { headers: { cookie, origin } });
				expect(answer.status, query).toBe(400);
				expect(await answer.text()).not.toContain('sid');
			}
		const nobody = '/socket.io/?EIO=4&transport=websocket&sid=nobody';
		expect(await upgrade(scene.server.url, nobody, { cookie })).toBe(400);
		await goesOn();
	});

	test('[P6] [R7] a session that ends, ends its socket; commands are refused before', async () => {
		const person = await scene.attacker();
		const [client] = await RawEvents.open(person);
		expect(await client.ask('join', scene.exercise.id)).toMatchObject({ ok: true });
		await scene.server.services.database.pool.query('delete from session where user_id = $1', [person.id]);
		const key = 'a'.repeat(20);
		expect(
			await client.ask('command', {
				exercise: scene.exercise.id,
				name: 'exercise.stop',
				key,
				input: {}
			})
		).toMatchObject({ ok: false, error: { code: 'unauthenticated' } });
		await client.end();
	}, 15_000);
});

describe('what it says', () => {
	test('[R5] [P1] exercises that are not yours, that do not exist, and what is no id: one answer', async () => {
		const [client] = await RawEvents.open(await scene.server.person('Somebody else'));
		const answers = new Set<string>();
		for (const id of [
			scene.exercise.id,
			'nobodys-exercise',
			'',
			'x'.repeat(1000),
			null,
			7,
			{},
			[],
			['a'],
			{ toString: 'x' },
			'__proto__',
			"' or 1=1 --"
		])
			answers.add(JSON.stringify(await client.ask('join', id)));
		expect([...answers]).toHaveLength(1);
		expect([...answers][0]).toContain('not-found');
		client.socket.close();
		await goesOn();
	});

	test('[R12] [P9] commands that are none are refused, and nothing is done', async () => {
		const [client] = await RawEvents.open(await scene.attacker());
		const { rows: before } = await scene.server.services.database.pool.query('select count(*) from fact');
		const exercise = scene.exercise.id;
		for (const one of [
			undefined,
			null,
			'x',
			{},
			{ exercise, name: 'exercise.stop', input: {} },
			{ exercise, name: 'exercise.stop', key: 'short', input: {} },
			{ exercise, name: 'exercise.stop', key: 'a b c d e f g h', input: {} },
			{ exercise, name: '__proto__', key: 'k'.repeat(20), input: {} },
			{ exercise, name: 'constructor', key: 'k'.repeat(21), input: {} },
			{ exercise, name: 'log.add', key: 'k'.repeat(22), input: { team: { $ne: '' }, text: 'x' } },
			{ exercise: '../..', name: 'log.add', key: 'k'.repeat(23), input: {} }
		])
			expect(await client.ask('command', one), JSON.stringify(one)).toMatchObject({ ok: false });
		const { rows: after } = await scene.server.services.database.pool.query('select count(*) from fact');
		expect(after).toEqual(before);
		client.socket.close();
		await goesOn();
	});

	test('[R6] [P9] events that nobody knows, and reserved ones, do nothing', async () => {
		const [client] = await RawEvents.open(await scene.attacker());
		for (const event of ['pulse', 'changed', 'moving', '__proto__', 'toString'])
			client.socket.send(`42${JSON.stringify([event, scene.exercise.id])}`);
		expect(await client.ask('join', scene.exercise.id)).toMatchObject({ ok: true });
		client.socket.close();
		await goesOn();
	});

	test('[L11] [P9] a flood is told to slow down, and others are answered', async () => {
		const [client] = await RawEvents.open(await scene.attacker());
		const sent = eventLimits.burst * 5;
		for (let i = 1; i <= sent; i++)
			client.socket.send(`42${1000 + i}${JSON.stringify(['join', scene.exercise.id])}`);
		await goesOn();
		await client.until(
			() => client.received.filter((one) => one.startsWith('43')).length === sent,
			'an answer to each'
		);
		const slowed = client.received.filter((one) => one.includes('"slow-down"')).length;
		expect(slowed).toBeGreaterThan(sent - eventLimits.burst - eventLimits.perSecond * 5);
		expect(await neighbour.ask('join', scene.exercise.id)).toMatchObject({ ok: true });
		client.socket.close();
	});
});

describe('frames that end their socket', () => {
	test.each([
		[
			'a message over 64 KB',
			(c: RawEvents) => c.socket.send(`42["join","${'x'.repeat(eventLimits.messageBytes)}"]`)
		],
		['no engine.io packet', (c: RawEvents) => c.socket.send('x')],
		['no Socket.IO packet', (c: RawEvents) => c.socket.send('49[]')],
		['JSON that is none', (c: RawEvents) => c.socket.send('42[')],
		['an event without a name', (c: RawEvents) => c.socket.send('42[]')],
		['a reserved event', (c: RawEvents) => c.socket.send('42["disconnecting"]')],
		[
			'a million attachments',
			(c: RawEvents) => c.socket.send('451000000-["join",{"_placeholder":true,"num":0}]')
		],
		[
			'a placeholder without its bytes',
			(c: RawEvents) => {
				c.socket.send('451-["join",{"_placeholder":true,"num":7}]');
				c.socket.send(Buffer.from([1]));
			}
		],
		['bytes that nobody announced', (c: RawEvents) => c.socket.send(Buffer.from([1, 2, 3]))]
	])('[R6] [L10] [P9] %s', async (_what, act) => {
		const [client] = await RawEvents.open(await scene.attacker());
		act(client);
		await client.end();
		await goesOn();
	});

	test('[P9] bits of real frames flipped, one at a time: the server goes on', async () => {
		const whole = Buffer.from(`42${JSON.stringify(['join', scene.exercise.id])}`);
		const person = await scene.attacker();
		let [client] = await RawEvents.open(person);
		for (let bit = 0; bit < Math.min(whole.length, 16) * 8; bit++) {
			const flipped = Buffer.from(whole);
			flipped[bit >> 3]! ^= 1 << (bit & 7);
			if (client.closed !== null || client.socket.readyState !== WebSocket.OPEN)
				[client] = await RawEvents.open(person);
			client.socket.send(flipped.toString('latin1'));
		}
		client.socket.close();
		await goesOn();
	}, 30_000);
});
