import { z } from 'zod';
import {
	observationKinds,
	ratings,
	seenAnswers,
	type ObservationKind,
	type Rating,
	type SeenAnswer
} from '#lib/standards/evaluation.ts';
import type { DeliveryId, EntryId, GuideId, GuideTaskId, ObservationId, TeamId } from '../ids.ts';
import { id } from '../exercise/schema.ts';

/*
 * What evaluators note about a team is evidence, so it is facts: made once, corrected by a further fact, on a timeline of
 * its own beside the team's (`timeline/evaluation/<team>`), which the team never reads. What evaluators prepare together,
 * their guides, is a page (guide.ts). Copies of the guide's words go into the facts, so that rewording a guide changes no
 * evidence.
 */
export const evaluationLimits = {
	/** DOMAIN 9.5: 200 to 600 characters */
	text: 600,
	goodText: 200,
	reason: 600,
	/** entries of a timeline behind one observation */
	evidence: 8,
	/** of an entry's words, as they stand beside an observation */
	words: 240,
	/** what a device kept without network is taken for as long as its copies live (PROMISES R14) */
	notedMs: 24 * 3_600_000,
	/** a note that came this soon after it was written needs no time of its own */
	promptMs: 30_000
} as const;

/** An entry of the team's timeline on which an observation rests, as it read. */
export interface Evidence {
	entry: EntryId;
	/** the kind of the entry */
	what: string;
	words: string;
	/** null before STARTEX */
	exerciseAt: number | null;
	wallAt: number;
}

/** The place in a guide that something is about, in the guide's words of that moment. */
export interface GuideRef {
	guide: GuideId;
	/** null: the objective as a whole */
	task: GuideTaskId | null;
	/** the objective's code: `OBJ-3` */
	objective: string;
	capability: string;
	/** of the task, or of the objective */
	words: string;
}

/** Written on a device that had no network: when, as that device says. The fact's own times are the server's. */
export interface Noted {
	wallAt: number;
	exerciseAt: number | null;
}

export interface ObservationContent {
	sort: ObservationKind;
	/** '': nothing written yet, the evidence speaks */
	text: string;
	evidence: Evidence[];
	about: GuideRef | null;
	rating: Rating | null;
}

export type EvaluationFact =
	| {
			kind: 'observation-recorded';
			team: TeamId;
			observation: ObservationId;
			content: ObservationContent;
			noted?: Noted;
	  }
	/** the whole of it again: what was written before stays in the record */
	| {
			kind: 'observation-corrected';
			team: TeamId;
			observation: ObservationId;
			content: ObservationContent;
			noted?: Noted;
	  }
	| { kind: 'observation-withdrawn'; team: TeamId; observation: ObservationId; reason: string }
	| {
			kind: 'rating-given';
			team: TeamId;
			about: GuideRef;
			rating: Rating;
			reason: string;
			noted?: Noted;
	  }
	/** whether an expected action of an inject that came to the team was seen */
	| {
			kind: 'action-observed';
			team: TeamId;
			delivery: DeliveryId;
			title: string;
			action: string;
			text: string;
			seen: SeenAnswer;
			noted?: Noted;
	  };

export const evaluationFactKinds = [
	'observation-recorded',
	'observation-corrected',
	'observation-withdrawn',
	'rating-given',
	'action-observed'
] as const satisfies readonly EvaluationFact['kind'][];

export const isEvaluationFact = (fact: { kind: string }): fact is EvaluationFact =>
	evaluationFactKinds.some((kind) => kind === fact.kind);

// --- what commands take -------------------------------------------------------------------------------------------------

const text = (label: string, max: number) =>
	z.string().trim().max(max, `${label}: at most ${max} characters.`).default('');

/** When it was written, by the device's clock, ms. Kept where it took longer to arrive than with a network. */
const notedAt = z.number().int().min(0).optional();

export const observationInput = {
	sort: z.enum(observationKinds, 'Say whether it is a strength, an area for improvement, or neither.'),
	text: text('Observation', evaluationLimits.text),
	evidence: z
		.array(id<EntryId>())
		.max(evaluationLimits.evidence, `At most ${evaluationLimits.evidence} entries as evidence.`)
		.default([]),
	about: z
		.object({ guide: id<GuideId>(), task: id<GuideTaskId>().nullable().default(null) })
		.nullable()
		.default(null),
	rating: z.enum(ratings).nullable().default(null),
	notedAt
};

export const rateInput = z.object({
	team: id<TeamId>(),
	guide: id<GuideId>(),
	/** null: the objective as a whole */
	task: id<GuideTaskId>().nullable().default(null),
	rating: z.enum(ratings, 'Rate with P, S, M, U or N.'),
	reason: text('Reason', evaluationLimits.reason),
	notedAt
});

export const seeActionInput = z.object({
	team: id<TeamId>(),
	delivery: id<DeliveryId>(),
	action: z.string().min(1).max(40),
	seen: z.enum(seenAnswers),
	notedAt
});
