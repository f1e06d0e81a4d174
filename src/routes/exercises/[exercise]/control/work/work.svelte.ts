import { getContext, setContext } from 'svelte';
import { claimKey, type Claim, type ClaimSubject } from '#lib/exercise/claim/schema.ts';
import { isDue, type Suggestion } from '#lib/exercise/conduct/suggestions.ts';
import type { AccountId, HelpId, TeamId } from '#lib/exercise/ids.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import { t } from '#lib/text/index.ts';
import { notify } from '#lib/ui/notify.svelte.ts';
import { notifyFailure } from '#lib/ui/sending.svelte.ts';
import type { DeskView } from '#server/views/conduct/help.ts';
import type { QueueView } from '#server/views/conduct/queue.ts';
import { Refresher } from '../refresher.ts';

/**
 * How those of exercise control share the work: who handles what, the help desk's queue, the line of what is caught up,
 * what is suggested. Read beside the board, kept up to date by the same rings.
 */
export class Work {
	readonly live: LiveExercise;
	readonly me: AccountId;
	claims = $state.raw<ReadonlyMap<string, Claim>>(new Map());
	desk = $state.raw<DeskView | null>(null);
	deskFailed = $state(false);
	queue = $state.raw<QueueView | null>(null);
	#suggestions = $state.raw<readonly Suggestion[]>([]);
	/** under way, so that nothing is pressed twice */
	busy = $state(false);

	readonly #claimsReader = new Refresher(async () => {
		const all = await this.#get<Claim[]>('claims');
		this.claims = new Map(all.map((one) => [claimKey(one), one]));
	});
	readonly #deskReader = new Refresher(async () => {
		try {
			this.desk = await this.#get<DeskView>('help/desk');
			this.deskFailed = false;
		} catch (error) {
			this.deskFailed = true;
			throw error;
		}
	});
	readonly #queueReader = new Refresher(async () => {
		this.queue = await this.#get<QueueView>('queue');
	});
	readonly #suggestionReader = new Refresher(async () => {
		this.#suggestions = await this.#get<Suggestion[]>('suggestions');
	}, 1500);

	constructor(live: LiveExercise, me: AccountId) {
		this.live = live;
		this.me = me;
	}

	/** Call in the browser; returns what ends it. */
	connect(): () => void {
		const readers = [this.#claimsReader, this.#deskReader, this.#queueReader, this.#suggestionReader];
		for (const reader of readers) reader.request();
		const stops = [
			this.live.on(['claims', 'rights'], () => this.#claimsReader.request()),
			this.live.on(['help', 'rights'], () => this.#deskReader.request()),
			this.live.on(['board', 'rights'], () => {
				this.#queueReader.request();
				this.#suggestionReader.request();
			})
		];
		return () => {
			for (const stop of stops) stop();
			for (const reader of readers) reader.close();
		};
	}

	/** The clock was paused, or goes on: the line stands, or moves. */
	clockChanged(): void {
		this.#queueReader.request();
		this.#suggestionReader.request();
	}

	/** Those whose time has come, by exercise time. */
	suggestedAt(now: number | null): readonly Suggestion[] {
		return this.#suggestions.filter((one) => isDue(one, now));
	}

	claimOf(subject: ClaimSubject): Claim | undefined {
		return this.claims.get(claimKey(subject));
	}
	get own(): Claim[] {
		return [...this.claims.values()].filter((one) => one.accountId === this.me);
	}

	// --- acts; each tells what became of it ---------------------------------------------------------------------------

	take = (subject: ClaimSubject, from?: AccountId) =>
		this.#act(
			() =>
				this.live.send('claim.take', { kind: subject.kind, subject: subject.subject, ...(from && { from }) }),
			() => this.#claimsReader.request()
		);
	giveBack = (subject: ClaimSubject, of?: AccountId) =>
		this.#act(
			() =>
				this.live.send('claim.giveBack', { kind: subject.kind, subject: subject.subject, ...(of && { of }) }),
			() => this.#claimsReader.request()
		);
	giveBackAll = () =>
		this.#act(
			() => this.live.send('claim.giveBackAll', {}),
			() => this.#claimsReader.request(),
			t('console.claim.allBack')
		);
	holdLine = () =>
		this.#act(
			() => this.live.send('catchUp.hold', {}),
			() => this.#queueReader.request(),
			t('console.line.heldDone')
		);
	resumeLine = () =>
		this.#act(
			() => this.live.send('catchUp.resume', {}),
			() => this.#queueReader.request(),
			t('console.line.resumedDone')
		);
	closeHelp = (request: HelpId) =>
		this.#act(
			() => this.live.send('help.close', { request }),
			() => this.#deskReader.request()
		);

	/** Throws, for forms that show the refusal themselves. */
	async setRate(perMinute: number): Promise<void> {
		await this.live.send('catchUp.setRate', { perMinute });
		this.#queueReader.request();
		notify(t('console.line.rateDone', { count: perMinute }), { tone: 'success' });
	}
	async answerHelp(request: HelpId, answer: string): Promise<void> {
		await this.live.send('help.answer', { request, answer });
		this.#deskReader.request();
	}
	async dismiss({ inject, team, missed }: Suggestion, note: string): Promise<void> {
		await this.live.send('suggestion.dismiss', {
			inject,
			team,
			missed: { inject: missed.inject, action: missed.action },
			note
		});
		this.#suggestionReader.request();
		notify(t('console.suggest.dismissedDone'), { tone: 'success' });
	}
	async prompt(team: TeamId, text: string): Promise<void> {
		await this.live.send('team.prompt', { team, text });
	}

	async #act(send: () => Promise<unknown>, after: () => void, done = ''): Promise<void> {
		if (this.busy) return;
		this.busy = true;
		try {
			await send();
			if (done) notify(done, { tone: 'success' });
		} catch (error) {
			notifyFailure(error);
		} finally {
			this.busy = false;
			after();
		}
	}

	async #get<T>(what: string): Promise<T> {
		const response = await fetch(`/api/exercises/${this.live.id}/${what}`, {
			signal: AbortSignal.timeout(15_000)
		});
		if (!response.ok) throw new Error(`${what}: ${response.status}`);
		return (await response.json()) as T;
	}
}

const key = Symbol('work');
export const setWork = (work: Work): Work => setContext(key, work);
export const getWork = (): Work => getContext<Work>(key);
