import { getContext, setContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { AppError } from '#lib/errors.ts';
import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import { documentName, type WorksheetPage } from '#lib/exercise/documents.ts';
import type { AccountId, DeliveryId, EntryId, ExerciseId, RecordId } from '#lib/exercise/ids.ts';
import { askedSince, nextReportDue, type ReportRhythm } from '#lib/exercise/report/due.ts';
import { reportAsText } from '#lib/exercise/report/content.ts';
import { readReport } from '#lib/exercise/report/page.ts';
import { textOfRichText, type RichText } from '#lib/exercise/rich-text.ts';
import {
	draftOf,
	foldRoom,
	reachesTeam,
	type ReportItem,
	type RoomItem,
	type RoomReport
} from '#lib/exercise/team/room.ts';
import type { RecordKind, StandingOf } from '#lib/exercise/working/kinds.ts';
import { foldRecords, type FoldedRecord, type FoldedRecords } from '#lib/exercise/working/fold.ts';
import { openItems } from '#lib/exercise/working/open.ts';
import type { KeptRecord, OpenItem, TeamMember } from '#lib/exercise/working/record.ts';
import { asksAcknowledgement, openDeadlines } from '#lib/exercise/team/deadlines.ts';
import type { EntryBody, TimelineEntry } from '#lib/exercise/timeline.ts';
import { lateLogMs } from '#lib/exercise/team/schema.ts';
import { openDocument, type LiveDocument } from '#lib/live/document.svelte.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import { openTimeline, type LiveTimeline } from '#lib/live/timeline.svelte.ts';
import { notifyFailure } from '#lib/ui/sending.svelte.ts';
import type { TeamRoomView } from '#server/views/team-room.ts';
import type { Everyone } from '../../shell/everyone.svelte.ts';
import { reportWords } from './report/words.ts';

/** What was written on a report after the lead had approved it: shown once more, so that nobody's words vanish. */
export interface Leftover {
	number: number;
	text: RichText;
}

/**
 * A team's room as this browser lives it: its timeline folded, its pages open, and every act on it. Components show and
 * call; what the rules are is in `exercise/team`.
 */
export class TeamRoomState {
	readonly live: LiveExercise;
	readonly #everyone: Everyone;
	readonly #view: () => TeamRoomView;
	readonly #account: AccountId;
	readonly #timeZone: () => string;
	#timeline = $state.raw<LiveTimeline | null>(null);
	/** the team's notes: open as long as the room, so that they also say who is here */
	notes = $state.raw<LiveDocument | null>(null);
	/** the report that is being written */
	draftPage = $state.raw<{ report: RoomReport; document: LiveDocument } | null>(null);
	leftover = $state.raw<Leftover | null>(null);
	respondingTo = $state<DeliveryId | null>(null);
	/** what was typed as a response and not sent */
	readonly responses = new SvelteMap<DeliveryId, string>();
	/** items that came while the page was open and have been told */
	readonly #told = new Set<EntryId>();
	readonly #since: number;

	constructor(
		live: LiveExercise,
		everyone: Everyone,
		account: AccountId,
		view: () => TeamRoomView,
		timeZone: () => string
	) {
		this.live = live;
		this.#everyone = everyone;
		this.#account = account;
		this.#view = view;
		this.#timeZone = timeZone;
		this.#since = live.pulse.now;
	}

	/** Call in the browser; returns what closes it. */
	enter(): () => void {
		const { timeline } = this.#view();
		this.#timeline = openTimeline(timeline.name, timeline.segment);
		this.notes = this.#openPage('notes');
		return () => {
			this.#timeline?.close();
			this.notes?.close();
			this.#timeline = null;
			this.notes = null;
		};
	}

	/** Opens the page of the draft; returns what closes it. Call when `draft` names another page. */
	openDraft(report: RoomReport): () => void {
		const document = this.#openPage(report.page as WorksheetPage);
		this.draftPage = { report, document };
		return () => {
			if (this.draftPage?.document === document) this.draftPage = null;
			// while an effect ends, everything still reads as it was before: look a moment later
			queueMicrotask(() => {
				this.#keepLeftover(report, document);
				document.close();
			});
		};
	}

	/** Opens a page of the team's; whoever opens it closes it. */
	openPage(page: WorksheetPage): LiveDocument {
		return this.#openPage(page);
	}

	#openPage(page: WorksheetPage): LiveDocument {
		const name = documentName({ exercise: this.exercise, kind: 'worksheet', team: this.team.id, page });
		return openDocument(name, this.plays ? { offlineFor: this.#account } : {});
	}

	get exercise(): ExerciseId {
		return this.live.id as ExerciseId;
	}
	get team() {
		return this.#view().team;
	}
	get plays(): boolean {
		return this.#view().plays;
	}
	/** how alert the team's networks are */
	get modes() {
		return this.#view().modes;
	}
	get leads(): boolean {
		return this.#view().leads;
	}
	/** this reader's account */
	get me(): AccountId {
		return this.#account;
	}
	/** the players of the team; empty for readers */
	get people(): readonly TeamMember[] {
		return this.#view().people;
	}
	get synced(): boolean {
		return this.#timeline?.synced === true && this.#everyone.synced;
	}
	get problem(): string | null {
		return this.#timeline?.problem ?? this.#everyone.problem;
	}

	// --- what there is ----------------------------------------------------------------------------------------------------

	readonly folded = $derived.by(() =>
		foldRoom([...(this.#timeline?.entries ?? []), ...this.#everyone.entries])
	);

	/** As the timeline says; until it is here, as the page was loaded. */
	readonly reports: RoomReport[] = $derived.by(() => {
		const known = new Map(this.#view().reports.map((report) => [report.page, asReport(report)]));
		for (const report of this.folded.reports) known.set(report.page, report);
		return [...known.values()].sort((a, b) => a.number - b.number);
	});
	/** The team's incidents, tasks, requests: as the page was loaded, with what the timeline has told since. */
	readonly records: FoldedRecords = $derived.by(() =>
		foldRecords(this.#view().records, this.#timeline?.entries ?? [])
	);
	/** The records of one kind, in the order in which they were made. */
	recordsOf<Kind extends RecordKind>(kind: Kind): KeptRecord<StandingOf<Kind>>[] {
		return [...this.records.records.values()].filter(
			(one): one is FoldedRecord & KeptRecord<StandingOf<Kind>> => one.of === kind
		);
	}
	/** One record by its id; null: there is none of that kind, or it is not here yet. */
	recordOf<Kind extends RecordKind>(kind: Kind, id: string): KeptRecord<StandingOf<Kind>> | null {
		const found = this.records.records.get(id as RecordId);
		return found?.of === kind ? (found as FoldedRecord & KeptRecord<StandingOf<Kind>>) : null;
	}
	/** All that happened to a record, first to last, with the facts themselves. */
	entriesOf(record: string): (TimelineEntry & { body: Extract<EntryBody, { kind: 'working' }> })[] {
		return (this.#timeline?.entries ?? [])
			.filter(
				(entry): entry is TimelineEntry & { body: Extract<EntryBody, { kind: 'working' }> } =>
					entry.body.kind === 'working' && entry.body.record === record
			)
			.sort((a, b) => a.body.act - b.body.act);
	}
	/** Everything that the team may still have to do, what is due first in front. */
	readonly open: OpenItem[] = $derived.by(() =>
		openItems({
			records: this.records.records.values(),
			deadlines: this.folded.injects.flatMap((item) =>
				openDeadlines([item]).map((deadline) => ({ ...deadline, tlp: item.inject.tlp }))
			),
			questions: this.folded.questions.filter((item) => !item.answer),
			decisions: new Map(
				this.folded.decisions.map(({ number, decision, state }) => [
					number,
					{ chosen: decision.chosen, state, reviewAt: decision.reviewAt ?? null }
				])
			),
			timeZone: this.#timeZone()
		})
	);
	readonly approved: ReportItem[] = $derived(
		this.reports.flatMap(({ approved }) => approved ?? []).reverse()
	);
	/** Numbers of approved reports that a later one has replaced. */
	readonly superseded: ReadonlySet<number> = $derived(
		new Set(this.approved.flatMap(({ supersedes }) => supersedes ?? []))
	);
	/** How often reports are due: as exercise control set it last. */
	readonly rhythm: ReportRhythm = $derived.by(() => this.folded.rhythm ?? this.#view().rhythm);
	/** Exercise time at which the next situation report is due; null: none is asked for, or play has not begun. */
	readonly nextDue: number | null = $derived.by(() => {
		const startsAt = this.live.pulse.clock[0]?.exerciseStart;
		if (startsAt === undefined) return null;
		return nextReportDue({
			level: this.team.level,
			rhythm: this.rhythm,
			startsAt,
			lastAt: this.approved[0]?.at ?? null,
			asked: askedSince(
				this.modes.flatMap(({ asked }) => asked),
				startsAt
			)
		});
	});
	readonly draft: RoomReport | null = $derived(draftOf({ reports: this.reports }));
	readonly draftKey: string | null = $derived(this.draft?.page ?? null);

	/** Players act between STARTEX and ENDEX; the log stays open an hour longer. */
	readonly inPlay: boolean = $derived.by(
		() => this.plays && (this.live.state === 'running' || this.live.state === 'paused')
	);
	readonly logOpen: boolean = $derived.by(() => {
		if (this.inPlay || !this.plays || this.live.state !== 'ended') return this.inPlay;
		const endedAt = this.live.pulse.clock.at(-1)?.wallStart;
		return endedAt !== undefined && this.live.now() - endedAt <= lateLogMs;
	});

	/** What reached the team since the last call; what was there when the page opened is read on the page. */
	takeNew(): RoomItem[] {
		const fresh = this.folded.items.filter(
			(item) => reachesTeam(item) && item.wallAt > this.#since && !this.#told.has(item.id)
		);
		for (const item of fresh) this.#told.add(item.id);
		return fresh.reverse();
	}

	// --- acts -------------------------------------------------------------------------------------------------------------

	/** Sends a command; what went wrong is told in the corner. True when it was done. */
	async act<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<boolean> {
		try {
			await this.live.send(name, input);
			return true;
		} catch (error) {
			notifyFailure(error);
			return false;
		}
	}

	acknowledge(delivery: DeliveryId): Promise<boolean> {
		return this.act('delivery.acknowledge', { delivery });
	}

	/** A response says that the inject was received, too. Throws, for the form to show it. */
	async respond(delivery: DeliveryId, text: string): Promise<void> {
		await this.live.send('delivery.respond', { delivery, text });
		const item = this.folded.injects.find((one) => one.delivery === delivery);
		if (item && asksAcknowledgement(item))
			await this.live.send('delivery.acknowledge', { delivery }).catch((error: unknown) => {
				// a teammate was faster
				if (!(error instanceof AppError && error.code === 'stale')) throw error;
			});
		this.responses.delete(delivery);
		this.respondingTo = null;
	}

	async openNextReport(): Promise<void> {
		await this.act('report.open', { team: this.team.id });
	}

	#keepLeftover({ page, number }: RoomReport, document: LiveDocument): void {
		const approved = this.reports.find((report) => report.page === page)?.approved;
		if (!approved?.text || !this.plays || !document.synced) return;
		if (document.saved !== 'unsaved' && document.saved !== 'saving' && document.saved !== 'refused') return;
		const text = reportWords(readReport(document.doc));
		const signed = approved.content
			? reportAsText(approved.content, null, (at) => new Date(at).toISOString())
			: approved.text;
		if (textOfRichText(text) !== textOfRichText(signed)) this.leftover = { number, text };
	}
}

function asReport({ page, number, approved }: TeamRoomView['reports'][number]): RoomReport {
	if (!approved) return { page, number, approved: null };
	return {
		page,
		number,
		approved: { kind: 'report', id: `loaded-${page}` as EntryId, page, number, ...approved }
	};
}

const key = Symbol('team room');
export const setTeamRoom = (room: TeamRoomState): TeamRoomState => setContext(key, room);
export const getTeamRoom = (): TeamRoomState => getContext<TeamRoomState>(key);
