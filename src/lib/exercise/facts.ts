import type { CountryCode } from '#lib/standards/countries.ts';
import type { MarkAnswer } from '#lib/standards/evaluation.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type {
	AccountId,
	CardId,
	ChannelId,
	DeliveryId,
	HelpId,
	InjectId,
	QuestionId,
	RecordId,
	SharedReportId,
	TeamId
} from './ids.ts';
import type { ClaimSubject } from './claim/schema.ts';
import type { CellId, ExerciseState, TeamLevel } from './exercise/schema.ts';
import type { ClockSegment } from './exercise/clock.ts';
import type { HelpTopic } from './help/schema.ts';
import type { GivenAttachment } from './inject/attachments.ts';
import type { DeliveredInject, Inject, InjectText } from './inject/schema.ts';
import type { TableFact } from './table/schema.ts';
import type { DecisionState } from './team/decision.ts';
import type { TeamFile } from './team/files.ts';
import type { Methane } from './team/methane.ts';
import type { Decision, LogKind } from './team/schema.ts';
import type { MediaFact } from './media/schema.ts';
import type { ReportRhythm } from './report/due.ts';
import type { ReportContent } from './report/schema.ts';
import type { HotWashColumn } from './review/schema.ts';
import type { RichText } from './rich-text.ts';
import type { ChannelFact } from './channel/facts.ts';
import type { WorkingFact } from './working/kinds.ts';
import type { EvaluationFact } from './evaluation/schema.ts';
import type { FindingFact } from './finding/schema.ts';
import type { SharingFact } from './statistics/commands.ts';
import type { AarFact } from './aar/schema.ts';
import type { AffectedFact } from './real/affected.ts';
import type { RelabelledFact } from './interchange/relabel.ts';

/**
 * What happened: the closed list of facts (DESIGN, idea 1). A fact is made by a command, stored once, never edited.
 * The record, the statistics and every timeline are read from facts.
 */
export type Fact =
	| ExerciseFact
	| InjectFact
	| TeamFact
	| ReportFact
	| WorkingFact
	| ChannelFact
	| MediaFact
	| ConductFact
	| HelpFact
	| HotWashFact
	| EvaluationFact
	| FindingFact
	| SharingFact
	| AarFact
	| AffectedFact
	| RelabelledFact
	| TableFact;

export type ExerciseFact =
	| { kind: 'exercise-advanced'; from: ExerciseState; to: ExerciseState; reason?: string }
	| { kind: 'exercise-started'; segment: ClockSegment }
	| { kind: 'clock-paused'; segment: ClockSegment; reason?: string }
	| { kind: 'clock-resumed'; segment: ClockSegment }
	| { kind: 'clock-rate-set'; segment: ClockSegment; rate: number }
	| { kind: 'clock-jumped'; segment: ClockSegment; from: number; to: number; reason: string }
	| { kind: 'exercise-stopped'; segment: ClockSegment | null; reason: string }
	| { kind: 'stop-lifted'; to: 'paused' | 'ended' }
	| { kind: 'exercise-ended'; segment: ClockSegment }
	| {
			kind: 'announcement-made';
			text: string;
			tlp: Tlp;
			/** to teams of these countries or levels alone; missing: to everybody */
			to?: { countries: CountryCode[]; levels: TeamLevel[]; teams: TeamId[] };
	  };

export type InjectFact =
	| {
			kind: 'inject-submitted';
			inject: InjectId;
			cell: CellId;
			reference: string;
			title: string;
			fingerprint: string;
	  }
	| { kind: 'inject-returned'; inject: InjectId; reference: string; title: string; reason: string }
	| {
			kind: 'inject-approved';
			inject: InjectId;
			cell: CellId;
			version: number;
			content: Inject;
			fingerprint: string;
			/** exercise time, ms; null: by hand, or after another */
			dueAt: number | null;
	  }
	| {
			kind: 'inject-held';
			inject: InjectId;
			reference: string;
			title: string;
			reason: string;
			late?: { dueAt: number };
	  }
	| { kind: 'inject-hold-lifted'; inject: InjectId; reference: string; title: string; dueAt: number | null }
	| { kind: 'inject-skipped'; inject: InjectId; reference: string; title: string; reason: string }
	| {
			kind: 'inject-released';
			inject: InjectId;
			version: number;
			content: Inject;
			/** in the language in which it was written */
			delivered: DeliveredInject;
			/** title and body in the languages in which some of the teams received it */
			texts?: Record<string, InjectText>;
			trigger: 'schedule' | 'hand' | 'ad-hoc';
			/** `language`: the one of `texts` that the team received; none: as it was written */
			deliveries: {
				delivery: DeliveryId;
				team: TeamId;
				language?: string;
				/** with the addresses that they have for that team alone */
				attachments?: GivenAttachment[];
			}[];
			/** recipients that did not get it, because their country has a variant of its own */
			leftOut?: TeamId[];
			/** it comes team by team, and other recipients still wait for it */
			partly?: true;
			/** it waited in the line of what became due while the clock stood still (line.ts) */
			paced?: true;
	  }
	| {
			/** taken back from all teams that have it; what they read is not undone by that */
			kind: 'inject-recalled';
			inject: InjectId;
			reference: string;
			title: string;
			tlp: Tlp;
			/** as the teams read it */
			reason: string;
			/** `title`: in the team's language, where that is another one */
			deliveries: { delivery: DeliveryId; team: TeamId; title?: string }[];
	  }
	/** written anew during play, by who moderates it: on the page of its cell, and as the facts beside this one say */
	| {
			kind: 'inject-adapted';
			inject: InjectId;
			cell: CellId;
			reference: string;
			title: string;
			/** as the page has it from now on */
			content: Inject;
			/** the central inject of which it is a variant from now on */
			of?: InjectId;
	  };

/** What exercise control does beside the script. Nothing of it is for players but what it says to a team. */
export type ConductFact =
	| { kind: 'team-prompted'; team: TeamId; text: string; tlp: Tlp }
	| {
			kind: 'suggestion-dismissed';
			team: TeamId;
			/** the contingency inject */
			inject: InjectId;
			reference: string;
			title: string;
			missed: { inject: InjectId; action: string; reference: string; text: string };
			note: string;
	  }
	| { kind: 'catch-up-held' }
	| { kind: 'catch-up-resumed' }
	| { kind: 'catch-up-rate-set'; perMinute: number }
	| {
			kind: 'work-claimed';
			of: ClaimSubject;
			label: string;
			/** taken over from */
			from?: { accountId: AccountId; name: string };
	  }
	| {
			kind: 'work-returned';
			of: ClaimSubject;
			label: string;
			from: { accountId: AccountId; name: string };
			why: 'given-back' | 'by-others' | 'left';
	  };

/** Between one person and the help desk: nobody else reads it. */
export type HelpFact =
	| {
			kind: 'help-asked';
			request: HelpId;
			person: AccountId;
			topic: HelpTopic;
			text: string;
			place: string;
			/** names of the asker's teams */
			teams: string[];
			/** whose moderators may help */
			countries: CountryCode[];
	  }
	| {
			kind: 'help-answered';
			request: HelpId;
			person: AccountId;
			askedBy: string;
			asked: string;
			answer: string;
	  }
	| { kind: 'help-closed'; request: HelpId; person: AccountId; askedBy: string };

export type TeamFact =
	| { kind: 'delivery-seen'; team: TeamId; delivery: DeliveryId }
	| { kind: 'delivery-acknowledged'; team: TeamId; delivery: DeliveryId; title: string; afterMs: number }
	| {
			kind: 'delivery-responded';
			team: TeamId;
			delivery: DeliveryId;
			title: string;
			text: string;
			afterMs: number;
	  }
	/** whether a team did what was expected of it, as who watches the team saw it: never for players */
	| {
			kind: 'action-marked';
			team: TeamId;
			inject: InjectId;
			reference: string;
			title: string;
			/** the expected action, and its words */
			action: string;
			text: string;
			/** missing: it was met */
			seen?: Exclude<MarkAnswer, 'yes'>;
	  }
	| LogFact
	| { kind: 'decision-recorded'; team: TeamId; number: number; decision: Decision }
	| {
			kind: 'decision-moved';
			team: TeamId;
			number: number;
			/** what was decided, for who reads only this */
			chosen: string;
			to: Exclude<DecisionState, 'decided'>;
			reason: string;
			/** the number of the decision that came in its place */
			by?: number;
	  }
	/** `to`: the simulated body that it is put to; none: exercise control itself */
	| { kind: 'question-asked'; team: TeamId; question: QuestionId; text: string; to?: string }
	/** `as`: in whose name it is answered */
	| {
			kind: 'question-answered';
			team: TeamId;
			question: QuestionId;
			asked: string;
			answer: string;
			as?: string;
	  };

export type ReportFact =
	| {
			kind: 'report-opened';
			team: TeamId;
			page: `report-${number}`;
			number: number;
	  }
	| {
			kind: 'report-approved';
			team: TeamId;
			page: `report-${number}`;
			number: number;
			title: string;
			tlp: Tlp;
			/** all of it as one text */
			text: RichText;
			fingerprint: string;
			/** exercise time, ms */
			asOf: number;
			/** missing: a report from before there were sections and tables */
			content?: ReportContent;
			/** the names of those who wrote on it */
			authors?: string[];
			/** the number of the report that it replaces */
			supersedes?: number;
			/** exercise time at which the team's next one is due, as things stood; null: none is asked for */
			nextDue?: number | null;
	  }
	/** an approved report went to other teams and to channels: the same words, under an id for each place */
	| {
			kind: 'report-shared';
			team: TeamId;
			page: `report-${number}`;
			number: number;
			title: string;
			tlp: Tlp;
			asOf: number;
			text: RichText;
			content: ReportContent | null;
			/** exercise time, ms */
			approvedAt: number | null;
			approvedBy: string | null;
			/** `relaxes`: the copy there that had a stricter label */
			copies: { team: TeamId; shared: SharedReportId; relaxes?: SharedReportId }[];
			channels: { channel: ChannelId; name: string; shared: SharedReportId; relaxes?: SharedReportId }[];
			/** every team that it reached, also through a channel */
			reached: TeamId[];
			/** how many people in play, of which countries, could read it then */
			people: number;
			countries: CountryCode[];
	  }
	| { kind: 'report-rhythm-set'; rhythm: ReportRhythm };

export interface LogFact {
	kind: 'log-added';
	team: TeamId;
	log: LogKind;
	/** of a METHANE report: its headline, in the words of its fields */
	text: string;
	methane?: Methane;
	files?: TeamFile[];
	/** the incident that it is about, as the team's own record */
	incident?: RecordId;
	correctionOf?: string;
	late?: boolean;
}

/** An anonymous card is recorded without a name (see `isNameless`). */
export type HotWashFact =
	| {
			kind: 'card-added';
			team: TeamId;
			card: CardId;
			column: HotWashColumn;
			text: string;
			anonymous: boolean;
	  }
	| { kind: 'card-withdrawn'; team: TeamId; card: CardId }
	/** who voted is kept beside the card, not in the fact */
	| { kind: 'card-voted'; team: TeamId; card: CardId; on: boolean };

export type FactKind = Fact['kind'];

/** Recorded without who did it: anonymous cards, and votes. */
export function isNameless(fact: Fact): boolean {
	return fact.kind === 'card-voted' || (fact.kind === 'card-added' && fact.anonymous);
}

/** The team whose fact it is; null for what concerns the whole exercise. */
export function teamOfFact(fact: Fact): TeamId | null {
	return 'team' in fact ? fact.team : null;
}

/** A fact with what the server adds: who and when, on both clocks. */
export interface Recorded<F extends Fact = Fact> {
	fact: F;
	/** the person's name and role as shown; null: the schedule, or anonymous */
	by: { account: string; name: string } | null;
	wallAt: number;
	/** null before STARTEX */
	exerciseAt: number | null;
}

/** The report was there already: it comes again under a lower label. */
export const isRelaxing = ({ copies, channels }: Extract<Fact, { kind: 'report-shared' }>): boolean =>
	[...copies, ...channels].some(({ relaxes }) => relaxes !== undefined);
