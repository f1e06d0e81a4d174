import { randomInt } from 'node:crypto';
import { pause } from '../drive.ts';
import type { Player } from '../players.ts';
import type { MeasuredServer } from '../servers.ts';
import type { Times } from './times.ts';

/** One console: the board is read again when it is told to be, at most so often; questions are answered. */
const boardEveryMs = 3000;
const questionsEveryMs = 12_000;

/** A page or an API route as somebody; the answer's body, or null when the server was not there. */
export async function get(
	server: MeasuredServer,
	path: string,
	cookie: string
): Promise<{ status: number; body: Buffer } | null> {
	try {
		const reply = await fetch(`${server.origin}${path}`, {
			headers: { cookie },
			redirect: 'manual',
			signal: AbortSignal.timeout(60_000)
		});
		return { status: reply.status, body: Buffer.from(await reply.arrayBuffer()) };
	} catch {
		return null;
	}
}

export class Console {
	readonly #server: MeasuredServer;
	readonly #exercise: string;
	readonly #times: Times;
	readonly #person: Player;
	readonly #answers: boolean;
	/** what is not as it should be */
	readonly #problems: string[];
	#ended = false;
	#stale = true;
	#since = '';

	constructor(
		server: MeasuredServer,
		exercise: string,
		times: Times,
		person: Player,
		answers: boolean,
		problems: string[]
	) {
		this.#server = server;
		this.#exercise = exercise;
		this.#times = times;
		this.#person = person;
		this.#answers = answers;
		this.#problems = problems;
		person.told = (topics) => {
			if (topics.includes('board')) this.#stale = true;
		};
	}

	async run(): Promise<void> {
		await Promise.all([this.#readBoard(), this.#answers ? this.#answerQuestions() : undefined]);
	}

	end(): void {
		this.#ended = true;
	}

	async #api(path: string): Promise<Record<string, unknown> | null> {
		const answer = await get(this.#server, `/api/exercises/${this.#exercise}/${path}`, this.#person.cookie);
		if (!answer) return null;
		if (answer.status === 200) return JSON.parse(answer.body.toString()) as Record<string, unknown>;
		if (answer.status < 500) this.#problems.push(`${path}: ${answer.status}`);
		return null;
	}

	async #readBoard(): Promise<void> {
		await pause(randomInt(boardEveryMs));
		while (!this.#ended) {
			if (this.#stale) {
				this.#stale = false;
				const what = this.#since ? 'board, what is new' : 'board, first load';
				const at = Date.now();
				const board = await this.#api(`board${this.#since}`);
				if (board) {
					this.#times.add(what, at, Date.now() - at);
					this.#since = `?since=${String(board['sequence'])}&teams=${String(board['teamsKey'])}`;
				} else this.#stale = true;
			}
			await pause(boardEveryMs);
		}
	}

	async #answerQuestions(): Promise<void> {
		while (!this.#ended) {
			await pause(questionsEveryMs * (0.5 + Math.random()));
			const at = Date.now();
			const view = await this.#api('questions');
			if (!view) continue;
			this.#times.add('open questions', at, Date.now() - at);
			const open = view['open'] as { of: string; id: string }[];
			const one = open.filter(({ of }) => of === 'question')[0];
			if (!one) continue;
			// a colleague may be faster
			await this.#times
				.of('command question.answer', () =>
					this.#person.command('question.answer', { question: one.id, answer: 'Yes, he expects your call.' })
				)
				.catch((error: unknown) => {
					if (!String(error).includes('already')) this.#problems.push(String(error));
				});
		}
	}
}
