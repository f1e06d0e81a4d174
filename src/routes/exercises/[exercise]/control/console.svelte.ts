import { getContext, setContext } from 'svelte';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import { isInjectOver } from '#lib/exercise/inject/release.ts';
import type { Recipients } from '#lib/exercise/inject/schema.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import { t } from '#lib/text/index.ts';
import { notify } from '#lib/ui/notify.svelte.ts';
import { notifyFailure } from '#lib/ui/sending.svelte.ts';
import type { BoardAnswer, BoardInject } from '#server/views/board.ts';
import type { QuestionsView } from '#server/views/questions.ts';
import { foldBoard, type Board, type BoardRow } from './board.ts';
import { dueLists } from './due.ts';
import { Refresher } from './refresher.ts';
import type { Times } from '../shell/times.svelte.ts';

/** What lies open over the console. */
export type Opened =
	| { kind: 'inject'; inject: InjectId }
	| { kind: 'cell'; inject: InjectId; team: TeamId }
	| { kind: 'release'; inject: InjectId }
	| { kind: 'skip'; inject: InjectId }
	| { kind: 'recall'; inject: InjectId }
	| { kind: 'others'; inject: InjectId }
	| { kind: 'adapt'; inject: InjectId }
	| { kind: 'prompt'; team: TeamId }
	| { kind: 'ad-hoc' };

/** The teams that the person knows, and the countries of a moderator; null: exercise control, all. */
interface Known {
	teams: readonly Team[];
	scope: readonly CountryCode[] | null;
	/** whom players can ask that nobody plays */
	simulatedBodies: readonly string[];
}

/** The console's state: the board and the questions as last read, what is chosen, and what can be done with it. */
export class Console {
	readonly live: LiveExercise;
	readonly times: Times;
	board = $state.raw<Board | null>(null);
	boardFailed = $state(false);
	questions = $state.raw<QuestionsView | null>(null);
	questionsFailed = $state(false);
	opened = $state.raw<Opened | null>(null);
	/** the inject that R, H and Enter mean */
	chosen = $state<InjectId | null>(null);
	/** under way, so that no button is pressed twice */
	busy = $state<InjectId | null>(null);

	readonly #known: () => Known;
	readonly #board = new Refresher(() => this.#readBoard());
	readonly #questions = new Refresher(() => this.#readQuestions());

	constructor(live: LiveExercise, times: Times, known: () => Known) {
		this.live = live;
		this.times = times;
		this.#known = known;
	}

	/** Reads, and reads again whenever something may have changed. Call in the browser; returns what ends it. */
	connect(): () => void {
		this.#board.request();
		this.#questions.request();
		const stops = [
			this.live.on(['board', 'people', 'rights'], () => this.#board.request()),
			this.live.on(['questions', 'rights'], () => this.#questions.request())
		];
		return () => {
			for (const stop of stops) stop();
			this.#board.close();
			this.#questions.close();
		};
	}

	/** The teams that this person may release to. */
	readonly ownTeams: readonly Team[] = $derived.by(() => {
		const { teams, scope } = this.#known();
		return scope === null ? teams : teams.filter((team) => scope.includes(team.country));
	});
	/** A moderator stays inside the own countries. */
	readonly limited = $derived.by(() => this.#known().scope !== null);
	readonly simulatedBodies = $derived.by(() => this.#known().simulatedBodies);
	readonly teamsById: ReadonlyMap<string, Team> = $derived.by(
		() => new Map(this.#known().teams.map((team) => [team.id as string, team]))
	);
	/** Minutes and not seconds: what is due within the hour need not be sorted again sixty times a minute. */
	readonly coarseNow = $derived.by(() => Math.floor(this.times.now / 15_000) * 15_000);
	readonly lists = $derived.by(() => dueLists(this.board?.order ?? [], this.coarseNow));

	row(inject: InjectId): BoardRow | undefined {
		return this.board?.rows.get(inject);
	}

	/** Before its release, of one's own teams; what lies in reserve and has come to some is not written anew for the next. */
	mayAdapt({ inject, recipients }: BoardRow): boolean {
		return inject.state !== 'released' && inject.releasedAt === null && recipients > 0;
	}

	// --- acts; each tells what became of it, a refusal in its own sentence --------------------------------------------

	/** Throws, for dialogs that show the refusal themselves. */
	async release(inject: InjectId, to?: Recipients): Promise<void> {
		const name = this.nameOf(inject);
		const result = (await this.live.send('inject.release', { inject, ...(to && { to }) })) as {
			teams: number;
			leftOut?: number;
		};
		const released = t('control.due.released', { reference: name, teams: this.teamsText(result.teams) });
		const leftOut = result.leftOut ? t('variant.release.leftOut', { count: result.leftOut }) : '';
		notify(`${released} ${leftOut}`.trim(), { tone: 'success' });
	}

	async skip(inject: InjectId, reason: string): Promise<void> {
		const name = this.nameOf(inject);
		await this.live.send('inject.skip', { inject, reason });
		notify(t('control.due.skippedDone', { reference: name }), { tone: 'success' });
	}

	async recall(inject: InjectId, reason: string): Promise<void> {
		const name = this.nameOf(inject);
		const result = (await this.live.send('inject.recall', { inject, reason })) as {
			teams: number;
			held: number;
		};
		const done = t('recall.done', { reference: name, teams: this.teamsText(result.teams) });
		const held = result.held > 0 ? t('recall.heldToo', { count: result.held }) : '';
		notify(`${done} ${held}`.trim(), { tone: 'success' });
	}

	/** What would not go on by itself after a recall: the injects scheduled after it, and those that wait for its answers. */
	dependentsOf(inject: InjectId): { followers: BoardInject[]; conditions: BoardInject[] } {
		const open = (this.board?.order ?? [])
			.map((row) => row.inject)
			.filter(({ state }) => !isInjectOver(state));
		// its teams are asked about it where the central inject is named
		const named = [inject, this.row(inject)?.inject.variantOf?.inject];
		return {
			followers: open.filter((one) => one.after === inject && one.state === 'ready' && one.dueAt !== null),
			conditions: open.filter((one) =>
				one.waits?.when.clauses.some((clause) => named.includes(clause.inject))
			)
		};
	}

	hold = (inject: InjectId) =>
		this.#act(inject, () => this.live.send('inject.hold', { inject }), 'control.due.heldDone');
	lift = (inject: InjectId) =>
		this.#act(inject, () => this.live.send('inject.liftHold', { inject }), 'control.due.liftedDone');

	async #act(
		inject: InjectId,
		send: () => Promise<unknown>,
		done: 'control.due.heldDone' | 'control.due.liftedDone'
	): Promise<void> {
		if (this.busy !== null) return;
		this.busy = inject;
		try {
			await send();
			notify(t(done, { reference: this.nameOf(inject) }), { tone: 'success' });
		} catch (error) {
			notifyFailure(error);
		} finally {
			this.busy = null;
		}
	}

	/** The variants on the board, by their central inject. */
	readonly #variants: ReadonlyMap<string, readonly BoardInject[]> = $derived.by(() => {
		const found = new Map<string, BoardInject[]>();
		for (const { inject } of this.board?.order ?? []) {
			if (!inject.variantOf) continue;
			const { inject: central } = inject.variantOf;
			found.set(central, [...(found.get(central) ?? []), inject]);
		}
		return found;
	});
	variantsOf = (inject: InjectId): readonly BoardInject[] => this.#variants.get(inject) ?? [];

	nameOf(inject: InjectId): string {
		const found = this.row(inject)?.inject;
		return found ? found.reference || `“${found.title}”` : '';
	}

	teamsText(count: number): string {
		return t('control.due.teams', { count });
	}

	/** Moves the choice in the list of what waits and what is due. */
	choose(step: 1 | -1): void {
		const list = [...this.lists.waiting, ...this.lists.due];
		const at = list.findIndex((row) => row.inject.id === this.chosen);
		const next = list[at === -1 ? (step === 1 ? 0 : list.length - 1) : at + step];
		if (next) this.chosen = next.inject.id;
	}

	/** What keys act on: the choice, or the first that waits or is due. */
	get current(): BoardRow | undefined {
		const chosen = this.chosen === null ? undefined : this.row(this.chosen);
		return chosen ?? this.lists.waiting[0] ?? this.lists.due[0];
	}

	// --- reading ------------------------------------------------------------------------------------------------------

	async #readBoard(): Promise<void> {
		const { board } = this;
		const since = board ? `?since=${board.sequence}&teams=${board.teamsKey}` : '';
		try {
			const answer = await this.#get<BoardAnswer>(`board${since}`);
			this.board = foldBoard(board, answer);
			this.boardFailed = false;
			// a whole board is shared by many and may be two seconds old
			if (answer.whole) this.#board.request();
		} catch (error) {
			this.boardFailed = true;
			throw error;
		}
	}

	async #readQuestions(): Promise<void> {
		try {
			this.questions = await this.#get<QuestionsView>('questions');
			this.questionsFailed = false;
		} catch (error) {
			this.questionsFailed = true;
			throw error;
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

const key = Symbol('console');
export const setConsole = (console: Console): Console => setContext(key, console);
export const getConsole = (): Console => getContext<Console>(key);
