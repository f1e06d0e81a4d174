import { mkdtemp, readdir, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MembershipId } from '#server/exercises/memberships.ts';
import { httpLimits } from '#server/http.ts';
import { eventually } from '../../support/eventually.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/*
 * Files over slow lines, and those who only pretend to have one: real sockets that write a little at a time. All times are
 * those of an installation, divided by fifty; the rates are multiplied.
 */
const scale = 50;
const limits = {
	...httpLimits,
	requestMs: httpLimits.requestMs / scale,
	upload: {
		graceMs: httpLimits.upload.graceMs / scale,
		bytesPerSecond: httpLimits.upload.bytesPerSecond * scale,
		// long enough for 20 MB at the slow line's 1 Mbit/s, which is 160 s
		wholeMs: httpLimits.upload.wholeMs / scale,
		perAccount: httpLimits.upload.perAccount
	}
};

/** a machine that tests beside others looks late */
const patience = 5000;

let folder: string;
let server: TestServer;
let exercise: TestExercise;
let planner: Person;
let other: Person;
let player: Person;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'muster-slow-'));
	server = await startTestServer({ environment: { FILES_DIR: folder }, limits });
	exercise = await TestExercise.create(server);
	const team = await exercise.team('GR CSIRT');
	planner = await exercise.member('Planner', { role: 'planner', cell: 'central' });
	other = await exercise.member('Other', { role: 'planner', cell: 'central' });
	player = await exercise.member('Player', { role: 'player', teamId: team.id });
});
afterAll(async () => {
	await server.close();
	await rm(folder, { recursive: true, force: true });
});

interface Sent {
	/** everything that came back */
	answer: string;
	/** how many bytes of the body had been written */
	written: number;
	ms: number;
}

/** A body written piece by piece; ends when the connection does, or with the answer. */
async function trickle(
	person: Person | null,
	body: Buffer,
	{
		piece,
		everyMs,
		to = `/api/scripts/${exercise.id}/central/files`,
		stopAfter = Infinity
	}: {
		piece: number;
		everyMs: number;
		to?: string;
		/** then nothing more comes */
		stopAfter?: number;
	},
	type = 'application/octet-stream'
): Promise<Sent> {
	const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1');
	let answer = '';
	let isClosed = false;
	socket.on('data', (chunk) => (answer += chunk.toString()));
	socket.on('error', () => undefined);
	socket.on('close', () => (isClosed = true));
	await new Promise((resolve) => socket.once('connect', resolve));
	const begun = performance.now();
	socket.write(
		[
			`POST ${to} HTTP/1.1`,
			`Host: ${new URL(server.url).host}`,
			`Origin: ${server.url}`,
			...(person ? [`Cookie: ${person.cookie}`] : []),
			`Content-Type: ${type}`,
			'X-File-Name: slow.txt',
			`Content-Length: ${body.length}`,
			'Connection: close',
			'',
			''
		].join('\r\n')
	);
	let written = 0;
	while (!isClosed && performance.now() - begun < 25_000) {
		if (written < Math.min(body.length, stopAfter)) {
			socket.write(body.subarray(written, written + piece));
			written = Math.min(written + piece, body.length);
		}
		await wait(everyMs);
	}
	socket.destroy();
	return { answer, written, ms: performance.now() - begun };
}

const statusOf = ({ answer }: Sent) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
const incoming = () => readdir(path.join(folder, 'incoming')).catch(() => []);
/** 20 MB at 1 Mbit/s, at the scale of this test: 3.2 s where the limit for other requests is 0.6 s. */
const whole = Buffer.alloc(20_000_000, 'x');
const slowLine = { piece: (125_000 * scale) / 50, everyMs: 20 };

describe('an upload', () => {
	test('[L28] of 20 MB over a slow line arrives, long after other requests would have been cut off', async () => {
		const sent = await trickle(planner, whole, slowLine);
		expect(statusOf(sent)).toBe(201);
		expect(sent.ms).toBeGreaterThan(4 * limits.requestMs);
		expect(JSON.parse(/\{.*\}/s.exec(sent.answer)![0])).toMatchObject({
			name: 'slow.txt',
			bytes: 20_000_000
		});
	});

	test('[L28] may stall in its grace time', async () => {
		const small = Buffer.alloc(20_000, 'x');
		const sent = await trickle(planner, small, { piece: 10_000, everyMs: limits.upload.graceMs * 0.4 });
		expect(statusOf(sent)).toBe(201);
	});

	test('[L28] of a byte at a time is ended after its grace time, and leaves nothing behind', async () => {
		const sent = await trickle(planner, whole, { piece: 1, everyMs: 20 });
		expect(statusOf(sent)).toBe(422);
		expect(sent.answer).toContain('This line is too slow for the file');
		expect(sent.ms).toBeGreaterThan(limits.upload.graceMs);
		expect(sent.ms).toBeLessThan(limits.upload.graceMs + patience);
		await eventually(async () => (await incoming()).length === 0, 'nothing half');
		expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
	});

	test('[L28] that rushes in and then stops is ended in the end, however much it had', async () => {
		const sent = await trickle(planner, whole, { piece: 1_000_000, everyMs: 1, stopAfter: 19_000_000 });
		expect(statusOf(sent)).toBe(422);
		// 19 MB are enough for the rate, so it is the time in all that ends it
		expect(sent.ms).toBeGreaterThan(limits.upload.wholeMs * 0.95);
		expect(sent.ms).toBeLessThan(limits.upload.wholeMs + patience);
		await eventually(async () => (await incoming()).length === 0, 'nothing half');
	}, 40_000);

	test('[L28] one person sends three at once, another one is not in the way, and a place is free again', async () => {
		const slow = { piece: 80_000, everyMs: 20 };
		const body = Buffer.alloc(4_000_000, 'x');
		const first = Array.from({ length: 3 }, () => trickle(planner, body, slow));
		await eventually(async () => (await incoming()).length === 3, 'three under way');
		const refused = await trickle(planner, Buffer.alloc(100, 'x'), { piece: 100, everyMs: 20 });
		expect(statusOf(refused)).toBe(429);
		expect(refused.answer).toContain('You are sending 3 files already');
		expect(statusOf(await trickle(other, Buffer.alloc(100, 'x'), { piece: 100, everyMs: 20 }))).toBe(201);
		expect((await Promise.all(first)).map(statusOf)).toEqual([201, 201, 201]);
		expect(statusOf(await trickle(planner, Buffer.alloc(100, 'x'), { piece: 100, everyMs: 20 }))).toBe(201);
	});

	test('[L28] broken off by its sender frees its place and leaves nothing behind', async () => {
		for (let round = 0; round < 4; round++) {
			const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1');
			socket.on('error', () => undefined);
			await new Promise((resolve) => socket.once('connect', resolve));
			socket.write(
				`POST /api/scripts/${exercise.id}/central/files HTTP/1.1\r\nHost: x\r\nOrigin: ${server.url}\r\nCookie: ${planner.cookie}\r\n` +
					'Content-Type: application/octet-stream\r\nX-File-Name: x.txt\r\nContent-Length: 1000\r\n\r\nhalf'
			);
			await eventually(async () => (await incoming()).length === 1, 'it is under way');
			socket.destroy();
			await eventually(async () => (await incoming()).length === 0, 'nothing half');
		}
		expect(statusOf(await trickle(planner, Buffer.alloc(100, 'x'), { piece: 100, everyMs: 20 }))).toBe(201);
	});

	test('[P6] whose sender loses the right while it comes is not taken', async () => {
		const leaving = await exercise.member('Leaving', { role: 'planner', cell: 'central' });
		const sending = trickle(leaving, Buffer.alloc(6_000_000, 'x'), { piece: 80_000, everyMs: 20 });
		await eventually(async () => (await incoming()).length === 1, 'it is under way');
		const people = await server.services.accounts.people.open(exercise.id, exercise.director);
		const [membership] = (
			await server.services.database.pool.query<{ id: MembershipId }>(
				'select id from membership where account_id = $1',
				[leaving.id]
			)
		).rows;
		await people.removeMembership(membership!.id);
		const sent = await sending;
		expect(statusOf(sent)).toBe(404);
		const { rows } = await server.services.database.pool.query(
			'select 1 from attachment where uploaded_by = $1',
			[leaving.id]
		);
		expect(rows).toEqual([]);
	});
});

describe('everything else', () => {
	test('[L15] who may not upload has no more time than any other request', async () => {
		for (const person of [null, player]) {
			const sent = await trickle(person, whole, { piece: 1, everyMs: 20 });
			expect([401, 404]).toContain(statusOf(sent));
			expect(sent.ms).toBeLessThan(limits.requestMs + patience);
		}
	});

	test('[L15] a body that trickles in ends with its connection', async () => {
		for (const to of ['/api/commands/x', '/sign-in', '/no/such/place']) {
			const sent = await trickle(
				planner,
				Buffer.alloc(10_000, ' '),
				{ piece: 1, everyMs: 20, to },
				'application/json'
			);
			expect([to, [408, 404].includes(statusOf(sent))]).toEqual([to, true]);
			expect(sent.ms).toBeLessThan(limits.requestMs + patience);
		}
	});
});
