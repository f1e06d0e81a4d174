import type { Capability, CapabilityElement } from '#lib/standards/capabilities.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { ObservationKind, Rating } from '#lib/standards/evaluation.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { ExerciseKind, ExerciseState, Role } from '../exercise/schema.ts';
import type { Standing } from '../finding/fold.ts';
import type { RecordLine } from '../record/line.ts';
import type { Extent } from '../record/scope.ts';
import type { TimesRow } from '../record/times.ts';
import type { HotWashColumn } from '../review/schema.ts';
import type { RichText } from '../rich-text.ts';
import type { Figures, FiguresRow } from '../statistics/figures.ts';
import type { ContributionSection } from './contribution.ts';
import type { MissingSignOff } from './publication.ts';
import type { ChapterId } from './page.ts';
import type { ReportExtent } from './schema.ts';

/** What the after-action report says, as plain values, for one reader: made on the main thread, written in a worker. */
export interface ReportData {
	exercise: {
		kind: ExerciseKind;
		name: string;
		state: ExerciseState;
		timeZone: string;
		startsAt: number;
		endsAt: number;
		/** wall clock of STARTEX and ENDEX; null while they have not been */
		startedAt: number | null;
		endedAt: number | null;
		/** the label of what was given none */
		tlp: Tlp;
	};
	tlp: Tlp;
	asOf: number;
	madeBy: string;
	extent: Extent;
	participants: { country: CountryCode; teams: number; players: number }[];
	/** people by role, each counted once; null when the reader reads a part only */
	people: { total: number; byRole: Partial<Record<Role, number>> } | null;
	/** null when it is not open to the reader */
	scenario: { title: string; objectives: { code: string; text: string }[] } | null;
	/** in the order of the report, none empty */
	chapters: ReportChapter[];
	findings: ReportFinding[];
	/** null: not open to the reader */
	ratings: { objectives: RatingRow[]; capabilities: RatingRow[] } | null;
	figures: { all: Figures; countries: FiguresRow[]; objectives: FiguresRow[] } | null;
	times: { all: TimesRow; teams: TimesRow[]; injects: TimesRow[] };
	/** what came of its findings */
	actions: ReportAction[];
	decisions: RecordLine[];
	reports: RecordLine[];
	hotWash: { team: string; columns: Record<HotWashColumn, ReportCard[]> }[];
	timeline: { lines: RecordLine[]; total: number };
}

export interface ReportChapter {
	chapter: ChapterId;
	passages: ReportPassage[];
}

export interface ReportPassage {
	text: RichText;
	tlp: Tlp;
	/** ids of findings */
	cites: string[];
	/** null: written here */
	source: {
		country: CountryCode;
		version: number;
		section: ContributionSection;
		sha256: string;
		by: string;
		at: number;
		isEdited: boolean;
	} | null;
}

export interface ReportCard {
	text: string;
	by: string | null;
	votes: number;
}

export interface ReportFinding {
	id: string;
	title: string;
	kind: ObservationKind;
	capability: Capability | '';
	tlp: Tlp;
	text: RichText;
	cause: RichText;
	recommendation: RichText;
	/** whose teams its evidence is about, and to which it was put */
	countries: CountryCode[];
	cards: (ReportCard & { team: string })[];
	/** cards of teams whose hot wash the reader may not read */
	hidden: number;
}

/** How often each rating was given: never by whom. */
export interface RatingRow {
	/** an objective's code, or a capability in the guides' words */
	key: string;
	counts: Record<Rating, number>;
	/** how many teams were rated */
	teams: number;
}

export interface ReportAction {
	/** an id of the review page; null: the finding is not there any more */
	finding: string | null;
	title: string;
	country: CountryCode;
	organisation: string;
	/** null: not known, or not for this version */
	person: string | null;
	capability: Capability;
	element: CapabilityElement;
	priority: 'high' | 'medium' | 'low';
	/** a day, `2027-06-10`; null: none yet */
	due: string | null;
	/** as improvement names it (improvement/action.ts) */
	state: string;
	tlp: Tlp;
}

/** The frame of a frozen version: what is not its content, and so no part of what countries agree to. */
export interface ReportEdition {
	number: number;
	extent: ReportExtent;
	/** of a national version */
	country: CountryCode | null;
	tlp: Tlp;
	/** wall time, ms */
	frozenAt: number;
	/** SHA-256 of the content */
	sha256: string;
	/** what the countries say to exactly this content */
	signOffs: { country: CountryCode; standing: Standing }[];
	missing: MissingSignOff[];
}

/** `F1`, `F2` … in the order of a version: each version numbers its own, so that no gap tells of a finding that is left out. */
export const findingReference = (index: number): string => `F${index + 1}`;
