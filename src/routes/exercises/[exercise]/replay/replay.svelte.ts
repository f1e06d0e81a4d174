import { untrack } from 'svelte';
import * as Y from 'yjs';
import { parseDocumentName, type DocumentRef } from '#lib/exercise/documents.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import { axisOf, momentAt, placeOf, playOn, within, type Axis } from '#lib/exercise/replay/axis.ts';
import { asOf, marksOf, mergeMoments, momentsOf, step, type Mark } from '#lib/exercise/replay/moments.ts';
import type { TimelineEntry } from '#lib/exercise/timeline.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import { openTimeline, type LiveTimeline } from '#lib/live/timeline.svelte.ts';
import { t } from '#lib/text/index.ts';
import type { PageMoments, PageThen } from '#server/replay/replay.ts';
import type { ReplaySource, ReplayView } from '#server/views/replay.ts';
import type { DeliveriesThen } from '#server/views/replay-deliveries.ts';
import type { SituationView } from '#server/views/situation.ts';
import type { Everyone } from '../shell/everyone.svelte.ts';

/** What is shown besides timelines and pages. */
export const boards = ['board/deliveries', 'board/situation'] as const;

/** How fast it plays: seconds of the record in one. */
export const speeds = [10, 60, 300] as const;
export type Speed = (typeof speeds)[number];

/** Keys of the page step so far: moments at which something happened. */
export const largeStep = 10;
/** playing moves on so often, ms; with reduced motion by itself only so often */
const tickMs = 250;
const calmTickMs = 2000;
/** the slider has come to rest: only then the server is asked */
const restMs = 120;
/** answers that are kept, so that a step back is there at once */
const keptAnswers = 40;

/** What the server told of a moment, and for which moments it holds: wall times, `until` not among them. */
type Then = { path: string; from: number; until: number } & (
	{ page: PageThen } | { deliveries: DeliveriesThen } | { situation: SituationView }
);

/**
 * A reader looking back: one moment of the record (wall time, exercise/replay/axis.ts), and what is shown of it. Timelines
 * are opened as where they are live and cut at the moment, here; pages and boards are asked of the server.
 */
export class ReplayState {
	readonly #live: LiveExercise;
	readonly #everyone: Everyone;
	readonly #view: () => ReplayView;
	/** wall time, ms; null: the end of the line, moving on with the exercise */
	#at = $state<number | null>(null);
	path = $state('timeline/channel/everyone');
	playing = $state(false);
	speed = $state<Speed>(60);
	/** on a projector */
	projector = $state(false);
	/** answered last: stays in sight while the next one is on its way */
	then = $state.raw<Then | null>(null);
	asking = $state(false);
	problem = $state<string | null>(null);
	pageMoments = $state.raw<PageMoments | null>(null);

	#opened = $state.raw<LiveTimeline | null>(null);
	/** open as long as the page: its releases and escalations are the marks on the line, whatever is looked at */
	#marking = $state.raw<{ path: string; timeline: LiveTimeline } | null>(null);
	/** the newest last */
	#answers: Then[] = [];
	#question: AbortController | null = null;
	#rest: ReturnType<typeof setTimeout> | undefined;

	constructor(live: LiveExercise, everyone: Everyone, view: () => ReplayView) {
		this.#live = live;
		this.#everyone = everyone;
		this.#view = view;
	}

	// --- what there is ----------------------------------------------------------------------------------------------------

	readonly sources: readonly ReplaySource[] = $derived.by(() =>
		this.projector ? this.#view().sources.filter((one) => one.projector) : this.#view().sources
	);
	readonly teams = $derived.by(() => this.#view().teams);
	/** control's figures are no business of a whole room */
	readonly showsDeliveries = $derived.by(() => this.#view().deliveries && !this.projector);
	readonly showsSituation = $derived.by(() => this.#view().situation);
	/** what is looked at; null: a board */
	readonly source: ReplaySource | null = $derived.by(
		() => this.sources.find(({ path }) => path === this.path) ?? null
	);
	readonly ref: DocumentRef | null = $derived.by(() => this.source && this.refOf(this.source));
	refOf(source: ReplaySource): DocumentRef | null {
		const name = `exercise/${this.#live.id}/${source.path}`;
		return parseDocumentName(source.timeline ? `${name}/${source.timeline.segment}` : name);
	}
	teamName = (id: string | null): string => this.teams.find((team) => team.id === id)?.name ?? '';

	/** Whether there is such a thing for this reader. */
	has(path: string): boolean {
		if (path === 'board/deliveries') return this.showsDeliveries;
		if (path === 'board/situation') return this.showsSituation;
		return this.sources.some((one) => one.path === path);
	}

	// --- the line -----------------------------------------------------------------------------------------------------------

	readonly #clock = $derived.by(() => this.#live.pulse.clock);
	/** wall time of STARTEX; null: nothing has been played */
	readonly startedAt: number | null = $derived.by(() => this.#clock[0]?.wallStart ?? null);
	readonly #inPlay = $derived.by(() => ['running', 'paused', 'stopped'].includes(this.#live.state));
	/** wall time of ENDEX, or now */
	readonly #until: number = $derived.by(() => {
		if (this.#inPlay) return Math.floor(this.#live.now());
		const ended = this.#everyone.entries.findLast(
			({ body }) => body.kind === 'exercise' && body.event === 'ended'
		);
		return Math.max(ended?.wallAt ?? 0, this.#clock.at(-1)?.wallStart ?? 0);
	});
	readonly axis: Axis = $derived.by(() =>
		axisOf(this.#clock, {
			startedAt: this.startedAt ?? 0,
			until: this.#until,
			// from before its first change, where there was nothing
			first: this.pageMoments?.moments[0] ? this.pageMoments.moments[0].at - 1 : null,
			last: this.pageMoments?.moments.at(-1)?.at ?? null
		})
	);
	get at(): number {
		return this.#at === null ? this.axis.until : within(this.axis, this.#at);
	}
	/** at the end of the line, and moving on with it */
	get atEnd(): boolean {
		return this.#at === null || this.#at >= this.axis.until;
	}
	/** the moment as it is named in an address; null: none, the end */
	get named(): number | null {
		return this.#at;
	}
	readonly exerciseAt: number | null = $derived.by(() => exerciseTimeAt(this.#clock, this.at));
	exerciseTimeOf = (wall: number): number | null => exerciseTimeAt(this.#clock, wall);
	readonly place: number = $derived.by(() => placeOf(this.axis, this.at));

	// --- timelines ----------------------------------------------------------------------------------------------------------

	readonly #timeline: LiveTimeline | null = $derived.by(() =>
		this.#marking?.path === this.path ? this.#marking.timeline : this.#opened
	);
	/** exercise control's releases are not told to a whole room */
	readonly #marked: readonly TimelineEntry[] = $derived.by(() =>
		this.#marking && this.has(this.#marking.path) ? this.#marking.timeline.entries : []
	);
	readonly #entries: readonly TimelineEntry[] = $derived.by(() => {
		const own = this.#timeline?.entries ?? [];
		const { ref } = this;
		if (ref?.kind !== 'timeline') return [];
		// a team reads what everybody is told among its own
		if (ref.audience.to === 'team') return [...own, ...this.#everyone.entries];
		if (ref.audience.to === 'channel' && ref.audience.channel === 'everyone') return this.#everyone.entries;
		return own;
	});
	readonly entriesThen: readonly TimelineEntry[] = $derived.by(() => asOf(this.#entries, this.at));
	readonly synced: boolean = $derived.by(
		() => this.#everyone.whole && (this.#timeline === null || this.#timeline.whole)
	);
	readonly timelineProblem: string | null = $derived.by(
		() => this.#timeline?.problem ?? this.#everyone.problem
	);
	readonly marks: readonly Mark[] = $derived.by(() =>
		marksOf([...this.#everyone.entries, ...this.#marked, ...(this.#timeline?.entries ?? [])]).filter(
			({ at }) => at >= this.axis.from && at <= this.axis.until
		)
	);
	/** what the arrow keys step along */
	readonly moments: readonly number[] = $derived.by(() => {
		const marked = this.marks.map(({ at }) => at);
		const own =
			this.ref?.kind === 'timeline'
				? momentsOf(this.#entries)
				: (this.pageMoments?.moments.map(({ at }) => at) ??
					momentsOf([...this.#everyone.entries, ...this.#marked]));
		return mergeMoments(marked, own).filter((at) => at >= this.axis.from && at <= this.axis.until);
	});

	// --- moving -----------------------------------------------------------------------------------------------------------

	goTo(wall: number | null): void {
		const at = wall === null ? null : within(this.axis, Math.round(wall));
		this.#at = at !== null && at >= this.axis.until && this.#inPlay ? null : at;
	}
	goToPlace(place: number): void {
		this.goTo(place >= 1 ? null : momentAt(this.axis, place));
	}
	/** So many moments on or back; from the last one on, to the end of the line. */
	step(by: number): void {
		const next = step(this.moments, this.at, by);
		this.goTo(next ?? (by > 0 ? null : this.axis.from));
	}
	toStart = () => this.goTo(this.axis.from);
	toEnd = () => this.goTo(null);

	/** Shows something else of the same moment. */
	show(path: string): void {
		if (path === this.path) return;
		this.path = path;
	}

	/** From the address: `show`, `at`, `projector`. */
	read({ searchParams }: URL): void {
		this.projector = searchParams.get('projector') === 'yes';
		const shown = searchParams.get('show');
		if (shown !== null && this.has(shown)) this.path = shown;
		else if (shown === null) this.path = this.#markingPath() ?? this.path;
		// not for this reader, or not for a projector
		if (!this.has(this.path)) this.path = 'timeline/channel/everyone';
		const at = searchParams.get('at') ?? '';
		if (/^\d{1,15}$/.test(at)) this.#at = Number(at);
	}

	// --- what runs while the page is open. Call in an effect; each returns what ends it --------------------------------------

	/** Opens the timeline that is looked at. */
	openSource(): () => void {
		const { timeline } = this.source ?? {};
		this.pageMoments = null;
		this.problem = null;
		// everybody's is open already, in the shell
		if (!timeline || [this.#markingPath(), 'timeline/channel/everyone'].includes(this.path)) {
			if (this.source && !timeline) void this.#readMoments(this.path);
			return () => undefined;
		}
		const opened = openTimeline(timeline.name, timeline.segment, { from: timeline.from ?? 0 });
		this.#opened = opened;
		return () => {
			opened.close();
			if (this.#opened === opened) this.#opened = null;
		};
	}

	/** Exercise control's timeline; for whoever reads one team, that team's. */
	#markingPath(): string | null {
		const paths = this.#view().sources.map(({ path }) => path);
		if (paths.includes('timeline/control')) return 'timeline/control';
		const own = paths.filter((path) => path.startsWith('timeline/team/'));
		return own.length === 1 ? own[0]! : null;
	}

	/** Opens the timeline whose moments are marked. */
	openMarking(): () => void {
		const path = this.#markingPath();
		const start = this.#view().sources.find((one) => one.path === path)?.timeline;
		if (!path || !start) return () => undefined;
		const timeline = openTimeline(start.name, start.segment);
		this.#marking = { path, timeline };
		return () => {
			this.#marking = null;
			timeline.close();
		};
	}

	async #readMoments(path: string): Promise<void> {
		try {
			const read = await this.#get<PageMoments>('moments', { document: path }, new AbortController().signal);
			if (this.path === path) this.pageMoments = read;
		} catch (error) {
			if (this.path === path) this.problem = (error as Error).message;
		}
	}

	/** Plays on while `playing`. */
	play(): () => void {
		const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
		const every = calm ? calmTickMs : tickMs;
		if (untrack(() => this.atEnd)) this.toStart();
		const timer = setInterval(() => {
			// what is asked of the server is waited for, or the picture would be of another moment than the clock above it
			if (this.asking && this.ref?.kind !== 'timeline') return;
			this.goTo(playOn(this.axis, this.at, every * this.speed, this.moments));
			if (this.at >= this.axis.until) this.playing = false;
		}, every);
		return () => clearInterval(timer);
	}

	// --- asking the server ------------------------------------------------------------------------------------------------

	/** What has to be asked for: pages and boards at a moment. null: nothing, a timeline is here already. */
	readonly question: { path: string; at: number } | null = $derived.by(() => {
		if (this.ref?.kind === 'timeline' || this.startedAt === null) return null;
		const { at } = this;
		// while it moves on with the exercise, every few seconds
		return { path: this.path, at: this.#at === null && this.#inPlay ? at - (at % 5000) : at };
	});

	/** Asks once the slider rests, drops what is no longer wanted, keeps in sight what was answered last. */
	ask({ path, at }: { path: string; at: number }): void {
		clearTimeout(this.#rest);
		const kept = this.#known(path, at);
		if (kept) {
			this.#question?.abort();
			this.then = kept;
			this.problem = null;
			this.asking = false;
			return;
		}
		this.asking = true;
		this.#rest = setTimeout(() => void this.#read(path, at), restMs);
	}

	stopAsking(): void {
		clearTimeout(this.#rest);
		this.#question?.abort();
	}

	async #read(path: string, at: number): Promise<void> {
		this.#question?.abort();
		const question = new AbortController();
		this.#question = question;
		try {
			const then = await this.#fetch(path, at, question.signal);
			this.#keep(then);
			this.then = then;
			this.problem = null;
			this.asking = false;
			void this.#prefetch(path);
		} catch (error) {
			if (question.signal.aborted) return;
			this.problem = (error as Error).message;
			this.asking = false;
			// a full line empties again
			if (error instanceof Busy) this.#rest = setTimeout(() => void this.#read(path, at), error.after);
		}
	}

	/** While it plays, the next step of a page is fetched before it is due. */
	async #prefetch(path: string): Promise<void> {
		if (!this.playing || this.source === null) return;
		const next = step(this.moments, this.at, 1);
		if (next === null || this.#known(path, next)) return;
		try {
			this.#keep(await this.#fetch(path, next, this.#question?.signal ?? new AbortController().signal));
		} catch {
			// it is asked for when it is due
		}
	}

	#keep(then: Then): void {
		this.#answers = [...this.#answers.slice(1 - keptAnswers), then];
	}

	#known(path: string, at: number): Then | undefined {
		return this.#answers.findLast((one) => one.path === path && one.from <= at && at < one.until);
	}

	async #fetch(path: string, at: number, signal: AbortSignal): Promise<Then> {
		const query = { at: String(at) };
		const moment = { path, from: at, until: at + 1 };
		if (path === 'board/deliveries')
			return { ...moment, deliveries: await this.#get<DeliveriesThen>('deliveries', query, signal) };
		if (path === 'board/situation')
			return { ...moment, situation: await this.#get<SituationView>('situation', query, signal) };
		const page = await this.#get<PageThen>('page', { ...query, document: path }, signal);
		// a page stood so from one change to the next
		return page.is === 'kept'
			? { path, page, from: page.from, until: Math.max(page.until ?? 0, at + 1) }
			: { ...moment, page };
	}

	async #get<T>(what: string, query: Record<string, string>, signal: AbortSignal): Promise<T> {
		let response: Response;
		try {
			response = await fetch(
				`/api/exercises/${this.#live.id}/replay/${what}?${new URLSearchParams(query).toString()}`,
				{ signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]) }
			);
		} catch (cause) {
			throw new Error(t('replay.failed'), { cause });
		}
		if (response.ok) return (await response.json()) as T;
		const refusal = (await response.json().catch(() => ({}))) as {
			message?: string;
			retry?: { after?: number };
		};
		const words = refusal.message ?? t('replay.failed');
		if (response.status === 429 || response.status === 503)
			throw new Busy(words, refusal.retry?.after ?? 3000);
		throw new Error(words);
	}
}

class Busy extends Error {
	readonly after: number;
	constructor(message: string, after: number) {
		super(message);
		this.after = after + Math.random() * 1000;
	}
}

/** A page as it stood, as a document that the readers of its kind read. */
export function documentOf(state: string): Y.Doc {
	const doc = new Y.Doc();
	Y.applyUpdate(
		doc,
		Uint8Array.from(atob(state), (sign) => sign.charCodeAt(0))
	);
	return doc;
}
