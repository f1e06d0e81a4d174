import http from 'node:http';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { TestExercise, type Person } from '../support/exercise.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/** What an attack may cost others at most (PROMISES P9). */
export const costsAtMostMs = 5000;

/** A room under attack, people who work in it, and people who work in another one. */
export class Scene {
	readonly server: TestServer;
	readonly exercise: TestExercise;
	readonly team: Team;
	readonly other: Team;
	readonly #pairs: [RawClient, RawClient][] = [];
	#written = 0;

	private constructor(server: TestServer, exercise: TestExercise, team: Team, other: Team) {
		this.server = server;
		this.exercise = exercise;
		this.team = team;
		this.other = other;
	}

	static async create(): Promise<Scene> {
		const server = await startTestServer();
		const exercise = await TestExercise.create(server);
		const scene = new Scene(
			server,
			exercise,
			await exercise.team('GR CSIRT'),
			await exercise.team('IT CSIRT', 'IT')
		);
		await scene.#watch(scene.team);
		await scene.#watch(scene.other);
		return scene;
	}

	async #watch(team: Team): Promise<void> {
		const two = await Promise.all([this.attacker(team), this.attacker(team)]);
		this.#pairs.push(
			(await Promise.all(two.map((one) => this.open(one, this.exercise.notes(team.id))))) as [
				RawClient,
				RawClient
			]
		);
	}

	get room(): string {
		return this.exercise.notes(this.team.id);
	}

	/** A player of the team, with an account of its own. */
	attacker(team = this.team): Promise<Person> {
		return this.exercise.member('Player', { role: 'player', teamId: team.id });
	}

	open(person: Person, name = this.room): Promise<RawClient> {
		return RawClient.synced({ url: this.server.url, name, cookie: person.cookie });
	}

	async attack(name = this.room): Promise<RawClient> {
		return this.open(await this.attacker(), name);
	}

	/** A change still goes from one to another in both rooms; returns the longer time, ms. */
	async goesOn(): Promise<number> {
		const times = await Promise.all(
			this.#pairs.map(async ([writer, reader]) => {
				const begun = performance.now();
				const word = `word-${++this.#written}`;
				const saved = writer.saved;
				writer.edit((doc) => doc.getMap('words').set(word, true));
				await reader.until(
					() => reader.doc.getMap('words').has(word),
					'the change of a neighbour',
					costsAtMostMs
				);
				await writer.until(() => writer.saved > saved, 'the word that it is saved', costsAtMostMs);
				return performance.now() - begun;
			})
		);
		return Math.max(...times);
	}

	/** The document as the watcher in the attacked room has it. */
	get watcher(): RawClient {
		return this.#pairs[0]![1];
	}

	close(): Promise<void> {
		for (const pair of this.#pairs) for (const one of pair) one.close();
		return this.server.close();
	}
}

/** Asks for an upgrade with exactly this path and these headers; the status that comes, 101 included. */
export function upgrade(
	url: string,
	path: string,
	headers: Record<string, string | string[]> = {}
): Promise<number> {
	const { hostname, port } = new URL(url);
	return new Promise((resolve, reject) => {
		const request = http.request({
			hostname,
			port,
			path,
			headers: {
				connection: 'Upgrade',
				upgrade: 'websocket',
				'sec-websocket-version': '13',
				'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
				origin: url,
				...headers
			},
			timeout: 10_000
		});
		request.on('upgrade', (response, socket) => {
			socket.destroy();
			resolve(response.statusCode!);
		});
		request.on('response', (response) => {
			response.resume();
			resolve(response.statusCode!);
		});
		request.on('timeout', () => request.destroy(new Error('no answer to the upgrade')));
		request.on('error', reject);
		request.end();
	});
}
