import { getContext, setContext } from 'svelte';
import type { ObservationKind, Rating, SeenAnswer } from '#lib/standards/evaluation.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { evidenceOf } from '#lib/exercise/evaluation/evidence.ts';
import {
	actsOf,
	readActions,
	readObservations,
	readRatings,
	type Observation
} from '#lib/exercise/evaluation/fold.ts';
import { guidesOf, guideTypes, readGuides, type Guide } from '#lib/exercise/evaluation/guide.ts';
import { evaluationLimits, type Evidence } from '#lib/exercise/evaluation/schema.ts';
import type {
	AccountId,
	DeliveryId,
	EntryId,
	ExerciseId,
	GuideId,
	GuideTaskId,
	ObservationId,
	TeamId
} from '#lib/exercise/ids.ts';
import { foldRoom, type RoomItem } from '#lib/exercise/team/room.ts';
import type { TimelineEntry } from '#lib/exercise/timeline.ts';
import { openDocument, type LiveDocument } from '#lib/live/document.svelte.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import type { KeptAct } from '#lib/live/kept-acts.ts';
import type { Outbox } from '#lib/live/outbox.svelte.ts';
import { observed } from '#lib/live/reactive.ts';
import { openTimeline, type LiveTimeline } from '#lib/live/timeline.svelte.ts';
import type { ExpectedOf, TeamEvaluationView } from '#server/views/evaluation.ts';
import type { Everyone } from '../../shell/everyone.svelte.ts';

/** A note as it is sent. */
export interface Written {
	team: TeamId;
	sort: ObservationKind;
	text: string;
	evidence: EntryId[];
	about: { guide: GuideId; task: GuideTaskId | null } | null;
	rating: Rating | null;
	notedAt: number;
}
/** A rating, or what was seen of an expected action, as they are sent. */
interface Rated {
	team: TeamId;
	guide: GuideId;
	task: GuideTaskId | null;
	rating: Rating;
	notedAt: number;
}
interface Seen {
	team: TeamId;
	delivery: DeliveryId;
	action: string;
	seen: SeenAnswer;
	notedAt: number;
}

/** What is noted and has not arrived: shown in its place, and marked so. */
export interface PendingNote {
	key: string;
	written: Written;
	/** its words for the evidence, as far as the timeline here has them */
	evidence: Evidence[];
	at: number;
	sending: boolean;
}

/** What is being corrected: something that arrived, or something that waits on this device. */
export type Correcting = { observation: ObservationId } | { key: string };

const none = { text: '', evidence: [] as Evidence[], about: '', rating: null as Rating | null };

/** The page on which one team is observed: its timeline, the guides, what was noted, and the note being written. */
export class TeamNotes {
	readonly live: LiveExercise;
	readonly outbox: Outbox;
	readonly #everyone: Everyone;
	readonly #view: () => TeamEvaluationView;
	readonly #account: AccountId;
	#room = $state.raw<LiveTimeline | null>(null);
	#noted = $state.raw<LiveTimeline | null>(null);
	#page = $state.raw<{ document: LiveDocument; track: () => void } | null>(null);
	/** as it was read last; the page began with what it was loaded with */
	#expected = $state.raw<ExpectedOf[] | null>(null);

	// the note that is being written
	text = $state('');
	evidence = $state.raw<Evidence[]>([]);
	/** `<guide> <task>`, `<guide> `, or none */
	about = $state('');
	rating = $state<Rating | null>(null);
	correcting = $state.raw<Correcting | null>(null);

	constructor(
		live: LiveExercise,
		outbox: Outbox,
		everyone: Everyone,
		account: AccountId,
		view: () => TeamEvaluationView
	) {
		this.live = live;
		this.outbox = outbox;
		this.#everyone = everyone;
		this.#account = account;
		this.#view = view;
	}

	/** Call in the browser; returns what closes it. */
	enter(): () => void {
		const { room, noted } = this.#view();
		const document = openDocument(documentName({ exercise: this.live.id as ExerciseId, kind: 'evaluation' }));
		const views = guideTypes(document.doc).map((type) => observed(type as never));
		this.#room = openTimeline(room.name, room.segment);
		this.#noted = openTimeline(noted.name, noted.segment);
		this.#page = { document, track: () => views.forEach((view) => view.track()) };
		return () => {
			this.#room?.close();
			this.#noted?.close();
			document.close();
		};
	}

	get team() {
		return this.#view().team;
	}
	/** notes on this team; others read */
	get notes(): boolean {
		return this.#view().notes;
	}
	get mayNote(): boolean {
		return this.notes && ['running', 'paused', 'stopped', 'ended', 'evaluating'].includes(this.live.state);
	}
	get synced(): boolean {
		return this.#room?.synced === true && this.#everyone.synced;
	}
	get notedSynced(): boolean {
		return this.#noted?.synced === true;
	}
	get problem(): string | null {
		return this.#room?.problem ?? this.#noted?.problem ?? this.#everyone.problem;
	}

	// --- what there is ----------------------------------------------------------------------------------------------------

	readonly #entries: TimelineEntry[] = $derived.by(() => [
		...(this.#room?.entries ?? []),
		...this.#everyone.entries
	]);
	readonly #byId: ReadonlyMap<string, TimelineEntry> = $derived.by(
		() => new Map(this.#entries.map((entry) => [entry.id, entry]))
	);
	readonly #folded = $derived.by(() => foldRoom(this.#entries));
	/** newest first */
	readonly items: readonly RoomItem[] = $derived.by(() => this.#folded.items);
	readonly guides: Guide[] = $derived.by(() => {
		this.#page?.track();
		return this.#page ? guidesOf(readGuides(this.#page.document.doc), this.team.id) : [];
	});
	get guidesSynced(): boolean {
		return this.#page?.document.synced === true;
	}

	readonly #acts = $derived.by(() => actsOf(this.#noted?.entries ?? []));
	/** newest first */
	readonly observations: Observation[] = $derived.by(() => readObservations(this.#acts).reverse());
	readonly ratings = $derived.by(() => readRatings(this.#acts));
	readonly actions = $derived.by(
		() => new Map(readActions(this.#acts).map((one) => [`${one.delivery} ${one.action}`, one]))
	);
	get expected(): readonly ExpectedOf[] {
		return this.#expected ?? this.#view().expected;
	}
	/** What came to the team, and was taken back from it, since the expected actions were read. */
	readonly deliveries: number = $derived.by(
		() => this.#folded.items.filter(({ kind }) => kind === 'inject' || kind === 'recalled').length
	);

	async readExpected(): Promise<void> {
		try {
			const response = await fetch(`/api/exercises/${this.live.id}/evaluation/${this.team.id}`);
			if (response.ok) this.#expected = (await response.json()) as ExpectedOf[];
		} catch {
			// no network: what is known stays
		}
	}

	// --- what waits on this device ------------------------------------------------------------------------------------------

	readonly #own: KeptAct[] = $derived.by(() =>
		this.outbox.acts.filter((act) => (act.input as { team?: string }).team === this.team.id)
	);
	readonly refused: KeptAct[] = $derived.by(() =>
		this.#own.filter(({ refused }) => refused !== undefined).reverse()
	);
	/** newest first */
	readonly pending: PendingNote[] = $derived.by(() =>
		this.#own
			.filter(({ name, refused }) => name === 'evaluation.observe' && refused === undefined)
			.map(({ key, input, at, tried }) => {
				const written = (this.#follower(key) ?? input) as Written;
				return { key, written, evidence: this.#wordsOf(written.evidence), at, sending: tried };
			})
			.reverse()
	);
	/** corrections of what has arrived that have not arrived themselves */
	readonly pendingCorrections: ReadonlyMap<string, Written> = $derived.by(
		() =>
			new Map(
				this.#own.flatMap(({ name, input, refused }) =>
					name === 'evaluation.correct' && refused === undefined
						? [[(input as { observation: string }).observation, input as Written] as const]
						: []
				)
			)
	);

	#follower(key: string): unknown {
		return this.#own.findLast(({ after, refused }) => after?.key === key && refused === undefined)?.input;
	}
	#wordsOf(entries: readonly EntryId[]): Evidence[] {
		return entries.flatMap((id) => {
			const entry = this.#byId.get(id);
			return entry ? [evidenceOf(entry)] : [];
		});
	}

	/** The own rating of a task or objective; what waits on this device is newer than what arrived. */
	ratingOf(guide: GuideId, task: GuideTaskId | null): { rating: Rating | null; waits: boolean } {
		const waiting = this.#own.findLast(
			({ name, input, refused }) =>
				name === 'evaluation.rate' &&
				refused === undefined &&
				(input as Rated).guide === guide &&
				(input as Rated).task === task
		);
		if (waiting) return { rating: (waiting.input as Rated).rating, waits: true };
		const given = this.ratings.find(
			({ about, author }) => about.guide === guide && about.task === task && author.id === this.#account
		);
		return { rating: given?.rating ?? null, waits: false };
	}
	ratingsOfOthers(guide: GuideId, task: GuideTaskId | null) {
		return this.ratings.filter(
			({ about, author }) => about.guide === guide && about.task === task && author.id !== this.#account
		);
	}
	seenOf(delivery: DeliveryId, action: string): { seen: SeenAnswer | null; waits: boolean } {
		const waiting = this.#own.findLast(
			({ name, input, refused }) =>
				name === 'evaluation.seeAction' &&
				refused === undefined &&
				(input as Seen).delivery === delivery &&
				(input as Seen).action === action
		);
		if (waiting) return { seen: (waiting.input as Seen).seen, waits: true };
		return { seen: this.actions.get(`${delivery} ${action}`)?.seen ?? null, waits: false };
	}

	/** The findings of the review that rest on an observation, as they were when the page was loaded. */
	findingsOf(observation: ObservationId): TeamEvaluationView['findings'] {
		return this.#view().findings.filter((one) => one.observation === observation);
	}

	isMine(observation: Observation): boolean {
		return observation.author.id === this.#account;
	}
	/** how many observations rest on an entry, those that wait included */
	observedOn(entry: EntryId): number {
		const has = ({ evidence }: { evidence: readonly Evidence[] }) =>
			evidence.some((one) => one.entry === entry);
		return (
			this.observations.filter((one) => !one.withdrawn && has(one)).length + this.pending.filter(has).length
		);
	}

	// --- the note that is being written ---------------------------------------------------------------------------------------

	isChosen(entry: EntryId): boolean {
		return this.evidence.some((one) => one.entry === entry);
	}
	/** Takes an entry as evidence, or off again; false: there are enough. */
	toggle(entry: EntryId): boolean {
		if (this.isChosen(entry)) {
			this.evidence = this.evidence.filter((one) => one.entry !== entry);
			return true;
		}
		const found = this.#byId.get(entry);
		if (!found) return true;
		if (this.evidence.length >= evaluationLimits.evidence) return false;
		this.evidence = [...this.evidence, evidenceOf(found)];
		return true;
	}
	get isEmpty(): boolean {
		return this.text.trim() === '' && this.evidence.length === 0;
	}
	clear(): void {
		Object.assign(this, none);
		this.correcting = null;
	}

	/** Opens what was noted again, to add words or to put it right. */
	correct(
		what: Correcting,
		from: { text: string; evidence: Evidence[]; about: string; rating: Rating | null }
	): void {
		Object.assign(this, from);
		this.correcting = what;
	}

	/** Saves the note; `kept`: it waits for the network. Null: the device has no room for it. */
	save(sort: ObservationKind): 'sent' | 'kept' | null {
		const [guide, task] = this.about.split(' ');
		const input: Written = {
			team: this.team.id,
			sort,
			text: this.text,
			evidence: this.evidence.map(({ entry }) => entry),
			about: guide ? { guide: guide as GuideId, task: (task || null) as GuideTaskId | null } : null,
			rating: this.rating,
			notedAt: Math.round(this.live.now())
		};
		if (!this.#keep(input)) return null;
		this.clear();
		return this.outbox.reaches ? 'sent' : 'kept';
	}
	#keep(input: Written): boolean {
		const { correcting } = this;
		if (correcting === null) return this.outbox.add('evaluation.observe', input) !== null;
		if ('observation' in correcting)
			return this.outbox.add('evaluation.correct', { ...input, ...correcting }) !== null;
		// on this device still: written anew, or, where it may have left, followed by a correction
		if (this.outbox.change(correcting.key, input)) return true;
		return (
			this.outbox.add(
				'evaluation.correct',
				{ ...input, observation: '' as ObservationId },
				{ key: correcting.key, field: 'observation' }
			) !== null
		);
	}

	rate(guide: GuideId, task: GuideTaskId | null, rating: Rating): void {
		this.outbox.add('evaluation.rate', {
			team: this.team.id,
			guide,
			task,
			rating,
			notedAt: Math.round(this.live.now())
		});
	}
	see(delivery: DeliveryId, action: string, seen: SeenAnswer): void {
		this.outbox.add('evaluation.seeAction', {
			team: this.team.id,
			delivery,
			action,
			seen,
			notedAt: Math.round(this.live.now())
		});
	}
	async withdraw(observation: ObservationId, reason: string): Promise<void> {
		await this.live.send('evaluation.withdraw', { team: this.team.id, observation, reason });
	}
}

const key = Symbol('team notes');
export const setTeamNotes = (notes: TeamNotes): TeamNotes => setContext(key, notes);
export const getTeamNotes = (): TeamNotes => getContext<TeamNotes>(key);
