import type { MarkAnswer } from '#lib/standards/evaluation.ts';
import type { InjectId, TeamId } from '../ids.ts';
import type { Inject } from '../inject/schema.ts';

/*
 * Contingency injects are held in reserve: used when players did not do what an objective needs (DOMAIN 1). When an
 * expected action of a released inject was not done in time at a team, and a contingency inject is meant for that, it is
 * suggested for that team. A suggestion does nothing by itself: a person releases it, or says why not.
 */

/** One inject at one team, with what was expected of it. */
export interface Expectation {
	inject: InjectId;
	team: TeamId;
	/** exercise time, ms */
	releasedAt: number;
}

/** An expected action of a released inject. */
export interface ExpectedOf {
	reference: string;
	title: string;
	actions: Inject['expectedActions'];
}

/** A contingency inject that waits in reserve. */
export interface Reserve {
	inject: InjectId;
	reference: string;
	title: string;
	/** in words: what to look for */
	condition: string;
	/** the expected action that it makes up for; null: only its words say */
	missed: { inject: InjectId; action: string } | null;
	/** the teams that it is written for and that do not have it */
	teams: ReadonlySet<string>;
}

export interface Suggestion {
	/** the contingency inject */
	inject: InjectId;
	reference: string;
	title: string;
	team: TeamId;
	/** what was not done */
	missed: {
		inject: InjectId;
		action: string;
		reference: string;
		title: string;
		text: string;
		critical: boolean;
	};
	/** its link says so, or only the words of its condition, which name the other inject's number */
	by: 'link' | 'words';
	/** exercise time at which the limit is over: before, it is no suggestion yet */
	at: number;
}

/** A number is named when it stands there whole: `CM-3` is not in `CM-31`. */
function names(condition: string, reference: string): boolean {
	if (reference === '') return false;
	const escaped = reference.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`(?<![\\p{L}\\p{N}-])${escaped}(?![\\p{L}\\p{N}]|-[\\p{L}\\p{N}])`, 'iu').test(condition);
}

export const suggestionKey = ({
	inject,
	team,
	missed
}: {
	inject: string;
	team: string;
	missed: { inject: string; action: string };
}): string => `${inject} ${team} ${missed.inject} ${missed.action}`;

/**
 * What is suggested, and what will be when its time comes and nothing is marked until then: the earliest first. One team
 * gets one inject suggested once: for what is linked rather than for what its words name, then for what was missed first.
 */
export function suggestions(given: {
	expectations: readonly Expectation[];
	expectedOf: (inject: InjectId) => ExpectedOf | undefined;
	/** what is marked of the action at the team, and when, exercise time; undefined: nothing yet */
	markOf: (inject: InjectId, team: TeamId, action: string) => { seen: MarkAnswer; at: number } | undefined;
	reserve: readonly Reserve[];
	isDismissed: (suggestion: Pick<Suggestion, 'inject' | 'team' | 'missed'>) => boolean;
}): Suggestion[] {
	const byInject = new Map<string, Expectation[]>();
	for (const one of given.expectations) byInject.set(one.inject, [...(byInject.get(one.inject) ?? []), one]);
	const found = new Map<string, Suggestion>();
	for (const reserve of given.reserve)
		for (const [inject, places] of byInject) {
			const expected = given.expectedOf(inject as InjectId);
			if (!expected || inject === reserve.inject) continue;
			const linked = reserve.missed?.inject === inject;
			// a link is exact: its words are not asked as well
			if (!linked && (reserve.missed !== null || !names(reserve.condition, expected.reference))) continue;
			for (const action of expected.actions) {
				if (linked && reserve.missed!.action !== action.id) continue;
				for (const { team, releasedAt } of places) {
					if (!reserve.teams.has(team)) continue;
					const at = missedAt(releasedAt, action, given.markOf(inject as InjectId, team, action.id));
					if (at === null) continue;
					const suggestion: Suggestion = {
						inject: reserve.inject,
						reference: reserve.reference,
						title: reserve.title,
						team,
						missed: {
							inject: inject as InjectId,
							action: action.id,
							reference: expected.reference,
							title: expected.title,
							text: action.text,
							critical: action.critical
						},
						by: linked ? 'link' : 'words',
						at
					};
					if (given.isDismissed(suggestion)) continue;
					const key = `${reserve.inject} ${team}`;
					const other = found.get(key);
					if (!other || comesBefore(suggestion, other)) found.set(key, suggestion);
				}
			}
		}
	return [...found.values()].sort(
		(a, b) => a.at - b.at || (a.reference < b.reference ? -1 : 1) || (a.team < b.team ? -1 : 1)
	);
}

/** When an action counts as missed: at the end of its limit, or as soon as somebody has said that it was not met; null: never. */
function missedAt(
	releasedAt: number,
	{ withinSeconds }: Inject['expectedActions'][number],
	mark: { seen: MarkAnswer; at: number } | undefined
): number | null {
	if (mark?.seen === 'yes') return null;
	const limit = withinSeconds === null ? Infinity : releasedAt + withinSeconds * 1000;
	// a limit still holds at its very end; what somebody has said holds at once, also while the clock stands still
	const said = mark?.seen === 'no' ? mark.at - 1 : Infinity;
	const at = Math.min(limit, said);
	return Number.isFinite(at) ? at : null;
}

const comesBefore = (a: Suggestion, b: Suggestion) => (a.by === b.by ? a.at < b.at : a.by === 'link');

/** Exactly at the end of its limit an action is still in time, as deadlines are. */
export const isDue = (suggestion: Pick<Suggestion, 'at'>, now: number | null): boolean =>
	now !== null && now > suggestion.at;
