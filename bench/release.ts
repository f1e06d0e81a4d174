import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { RawClient } from '../tests/support/raw-client.ts';
import { median, percentile } from './statistics.ts';

interface Ready {
	url: string;
	exercise: string;
	director: string;
	players: { cookie: string; timeline: string }[];
	injects: { id: string; title: string }[];
}

/**
 * From a controller's command to the last of the players having the inject, with real sockets, authorization and a
 * durable log. Milliseconds; the clients run in this process, the server in another.
 */
export async function benchRelease(teams = 20, playersPerTeam = 10, rounds = 15) {
	const child = fork(
		path.join(import.meta.dirname, 'release-server.ts'),
		[teams, playersPerTeam, rounds].map(String)
	);
	const ready = await new Promise<Ready>((resolve, reject) => {
		child.once('message', (message) => resolve(message as Ready));
		child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
	});
	const clients = await Promise.all(
		ready.players.map(({ cookie, timeline }) => RawClient.synced({ url: ready.url, name: timeline, cookie }))
	);
	const answered: number[] = [];
	const last: number[] = [];
	for (const { id, title } of ready.injects) {
		const marker = Buffer.from(`"${title}"`);
		const seen = clients.map((client) => {
			const from = client.received.length;
			return new Promise<void>((resolve) => {
				const look = () => {
					if (client.received.slice(from).some((frame) => frame.includes(marker.subarray(1, -1)))) {
						client.socket.off('message', look);
						resolve();
					}
				};
				client.socket.on('message', look);
			});
		});
		const begun = performance.now();
		const response = fetch(`${ready.url}/api/commands/inject.release`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin: ready.url, cookie: ready.director },
			body: JSON.stringify({
				exercise: ready.exercise,
				key: randomBytes(12).toString('hex'),
				input: { inject: id }
			})
		}).then((reply) => {
			if (!reply.ok) throw new Error(`release was answered with ${reply.status}`);
			answered.push(performance.now() - begun);
		});
		await Promise.all([...seen, response]);
		last.push(performance.now() - begun);
	}
	for (const client of clients) client.close();
	const gone = new Promise((resolve) => child.once('exit', resolve));
	child.send('stop');
	await gone;
	// the first round warms up what every later one uses
	const warm = last.slice(1);
	return {
		teams,
		players: clients.length,
		rounds: warm.length,
		answeredMedian: median(answered.slice(1)),
		lastMedian: median(warm),
		lastP95: percentile(warm, 0.95)
	};
}
