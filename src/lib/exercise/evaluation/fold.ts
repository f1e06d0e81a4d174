import type { Rating, SeenAnswer } from '#lib/standards/evaluation.ts';
import type { AccountId, DeliveryId, ObservationId, TeamId } from '../ids.ts';
import type { TimelineEntry } from '../timeline.ts';
import type { EvaluationFact, GuideRef, Noted, ObservationContent } from './schema.ts';

/**
 * What evaluators noted, read from facts: the same from a team's evaluation timeline in the browser and from the stored
 * facts on the server. Nothing else reads them.
 */
export interface EvaluationAct {
	fact: EvaluationFact;
	author: AccountId;
	by: string;
	wallAt: number;
	/** null before STARTEX */
	exerciseAt: number | null;
}

export interface Observation extends ObservationContent {
	id: ObservationId;
	team: TeamId;
	/** objective's code and capability; '' where it is about no guide */
	objective: string;
	capability: string;
	author: { id: AccountId; name: string };
	/** when it came to the server, by both clocks */
	wallAt: number;
	exerciseAt: number | null;
	/** when it was written, where the device had no network */
	noted: Noted | null;
	/** what it said before, first to last */
	earlier: (ObservationContent & { wallAt: number })[];
	/** null: it stands */
	withdrawn: { reason: string; wallAt: number } | null;
}

export interface GivenRating {
	team: TeamId;
	about: GuideRef;
	rating: Rating;
	reason: string;
	author: { id: AccountId; name: string };
	wallAt: number;
	exerciseAt: number | null;
	noted: Noted | null;
}

export interface ObservedAction {
	team: TeamId;
	delivery: DeliveryId;
	title: string;
	action: string;
	text: string;
	seen: SeenAnswer;
	author: { id: AccountId; name: string };
	wallAt: number;
	exerciseAt: number | null;
}

/** Observations in the order in which they came; those that were withdrawn are told apart, and are no evidence any more. */
export function readObservations(acts: Iterable<EvaluationAct>): Observation[] {
	const found = new Map<ObservationId, Observation>();
	for (const { fact, author, by, wallAt, exerciseAt } of acts) {
		if (fact.kind === 'observation-recorded')
			found.set(fact.observation, {
				...read(fact.content),
				id: fact.observation,
				team: fact.team,
				author: { id: author, name: by },
				wallAt,
				exerciseAt,
				noted: fact.noted ?? null,
				earlier: [],
				withdrawn: null
			});
		else if (fact.kind === 'observation-corrected') {
			const before = found.get(fact.observation);
			if (!before) continue;
			const { sort, text, evidence, about, rating } = before;
			found.set(fact.observation, {
				...before,
				...read(fact.content),
				earlier: [
					...before.earlier,
					{ sort, text, evidence, about, rating, wallAt: before.earlier.length > 0 ? wallAt : before.wallAt }
				]
			});
		} else if (fact.kind === 'observation-withdrawn') {
			const before = found.get(fact.observation);
			if (before) found.set(fact.observation, { ...before, withdrawn: { reason: fact.reason, wallAt } });
		}
	}
	return [...found.values()];
}

const read = (content: ObservationContent) => ({
	...content,
	objective: content.about?.objective ?? '',
	capability: content.about?.capability ?? ''
});

/** The rating of each evaluator for each task and objective: the last one that they gave. */
export function readRatings(acts: Iterable<EvaluationAct>): GivenRating[] {
	const found = new Map<string, GivenRating>();
	for (const { fact, author, by, wallAt, exerciseAt } of acts) {
		if (fact.kind !== 'rating-given') continue;
		const { team, about, rating, reason, noted = null } = fact;
		const key = [team, about.guide, about.task ?? '', author].join(' ');
		found.delete(key);
		found.set(key, {
			team,
			about,
			rating,
			reason,
			author: { id: author, name: by },
			wallAt,
			exerciseAt,
			noted
		});
	}
	return [...found.values()];
}

/** Whether each expected action was seen: as somebody said last. */
export function readActions(acts: Iterable<EvaluationAct>): ObservedAction[] {
	const found = new Map<string, ObservedAction>();
	for (const { fact, author, by, wallAt, exerciseAt } of acts) {
		if (fact.kind !== 'action-observed') continue;
		const { team, delivery, title, action, text, seen } = fact;
		found.set(`${delivery} ${action}`, {
			team,
			delivery,
			title,
			action,
			text,
			seen,
			author: { id: author, name: by },
			wallAt,
			exerciseAt
		});
	}
	return [...found.values()];
}

/** The acts of a team's evaluation timeline, in the order in which the server wrote them. */
export const actsOf = (entries: readonly TimelineEntry[]): EvaluationAct[] =>
	[...entries]
		.sort((a, b) => a.order - b.order)
		.flatMap(({ body, by, wallAt, exerciseAt }) =>
			body.kind === 'evaluation'
				? [{ fact: body.fact, author: body.author, by: by ?? '', wallAt, exerciseAt }]
				: []
		);
