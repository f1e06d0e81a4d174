import type { Clause, Condition } from './schema.ts';

/**
 * Conditions judged for one team (DOMAIN 4.3, `on_condition`): each team goes at its own pace. Everything here is
 * exercise time, ms, and asks what is known now: a later act can make a time earlier, later, or take it away.
 */

/** What one team did with one inject. `releasedAt` null: it has not come to the team. */
export interface ReferredFacts {
	/** when it came to the team */
	releasedAt: number | null;
	acknowledgedAt: number | null;
	respondedAt: number | null;
	/** when expected actions were marked as done, by the action's id */
	actions: ReadonlyMap<string, number>;
	/** taken back: what the team did with it sets nothing off any more, and neither does what it left undone */
	isRecalled?: boolean;
}

export type TeamFacts = (inject: string) => ReferredFacts | undefined;

/** The injects that a condition asks about, each once. */
export function referredInjects({ clauses }: Pick<Condition, 'clauses'>): Clause['inject'][] {
	return [...new Set(clauses.map((clause) => clause.inject))];
}

/**
 * What a team did with an inject that a clause names, or with what stands in its place there: a central inject never
 * comes to the teams of a country that has a variant of it, so the variant is asked about instead. Where more than one
 * of them came to the team (a country may make two of one), the first counts: limits run from when the event came. What
 * was recalled counts as if it had not come.
 * `standIns`: the variants of the team's country, by the central inject.
 */
export function withVariants(factsOf: TeamFacts, standIns: (inject: string) => readonly string[]): TeamFacts {
	return (inject) => {
		let first: ReferredFacts | undefined;
		for (const id of [inject, ...standIns(inject)]) {
			const facts = factsOf(id);
			if (facts?.releasedAt == null || facts.isRecalled) continue;
			if (first === undefined || facts.releasedAt < first.releasedAt!) first = facts;
		}
		return first ?? factsOf(inject);
	};
}

/** When the team did what the clause speaks of; whoever has answered has taken note too. */
function actAt({ act, action }: Clause, facts: ReferredFacts): number | null {
	if (act === 'responded') return facts.respondedAt;
	if (act === 'did') return facts.actions.get(action ?? '') ?? null;
	const times = [facts.acknowledgedAt, facts.respondedAt].filter((time) => time !== null);
	return times.length === 0 ? null : Math.min(...times);
}

/** The end of the clause's limit; null: without limit, or the team does not have the inject. */
function limitOf({ withinSeconds }: Clause, { releasedAt }: ReferredFacts): number | null {
	return withinSeconds === null || releasedAt === null ? null : releasedAt + withinSeconds * 1000;
}

/**
 * The moment at which a clause becomes true if nothing else happens; null: not yet, or never. An act at the very end of
 * the limit is in time. `not` needs the inject to have come to the team: who was not asked has not failed to answer.
 */
export function clauseDueAt(clause: Clause, facts: ReferredFacts | undefined): number | null {
	if (!facts || facts.isRecalled) return null;
	const at = actAt(clause, facts);
	const limit = limitOf(clause, facts);
	const inTime = at !== null && (limit === null || at <= limit);
	if (clause.not) return inTime ? null : limit;
	// a limit counts from when the inject came
	if (clause.withinSeconds !== null && limit === null) return null;
	return inTime ? at : null;
}

/** The same for the whole condition: all of its clauses, or the first of any. */
export function conditionHoldsAt(condition: Condition, factsOf: TeamFacts): number | null {
	const times = condition.clauses.map((clause) => clauseDueAt(clause, factsOf(clause.inject)));
	const known = times.filter((time) => time !== null);
	if (known.length === 0) return null;
	if (condition.match === 'any') return Math.min(...known);
	return known.length === times.length ? Math.max(...known) : null;
}

/** When the inject is due at the team, as things stand: so long after its condition holds, and never before. */
export function conditionDueAt(
	schedule: { when: Condition; seconds: number },
	factsOf: TeamFacts
): number | null {
	const holds = conditionHoldsAt(schedule.when, factsOf);
	return holds === null ? null : holds + Math.max(schedule.seconds, 0) * 1000;
}

/** Whether the condition cannot come true any more for this team, whatever it does from now on. */
export function conditionNeverHolds(condition: Condition, factsOf: TeamFacts, now: number): boolean {
	const isLost = (clause: Clause) => {
		const facts = factsOf(clause.inject);
		if (!facts || clauseDueAt(clause, facts) !== null) return false;
		// it is not released again
		if (facts.isRecalled) return true;
		// what was done in time cannot be left undone
		if (clause.not) return facts.releasedAt !== null;
		const limit = limitOf(clause, facts);
		return limit !== null && (actAt(clause, facts) !== null || now > limit);
	};
	return condition.match === 'all' ? condition.clauses.some(isLost) : condition.clauses.every(isLost);
}
