import type { Fact } from '../facts.ts';

/** The life of a decision after it was taken (DOMAIN 7.6): new facts beside it, it never changes itself. */
export const decisionStates = ['decided', 'implemented', 'reviewed', 'superseded', 'revoked'] as const;
export type DecisionState = (typeof decisionStates)[number];

/** What is said by hand; `superseded` comes with the decision that takes its place. */
export const movedTo = ['implemented', 'reviewed', 'revoked'] as const;

const steps: Record<DecisionState, readonly DecisionState[]> = {
	decided: ['implemented', 'superseded', 'revoked'],
	implemented: ['reviewed'],
	reviewed: [],
	superseded: [],
	revoked: []
};
export const nextDecisionStates = (state: DecisionState): readonly DecisionState[] => steps[state];

export interface DecisionStanding {
	chosen: string;
	state: DecisionState;
	/** exercise time, ms; null: no time is set */
	reviewAt: number | null;
}

/** Whether it still waits to be looked at again. */
export const awaitsReview = ({ state, reviewAt }: Pick<DecisionStanding, 'state' | 'reviewAt'>) =>
	reviewAt !== null && (state === 'decided' || state === 'implemented');

/** How the decisions of one team stand, by number, from its facts in their order. */
export function foldDecisions(facts: readonly Fact[]): Map<number, DecisionStanding> {
	const decisions = new Map<number, DecisionStanding>();
	for (const fact of facts) {
		if (fact.kind === 'decision-recorded') {
			const { number, decision } = fact;
			const { chosen, reviewAt = null } = decision;
			decisions.set(number, { chosen, state: 'decided', reviewAt });
		}
		const known = fact.kind === 'decision-moved' && decisions.get(fact.number);
		if (known) known.state = fact.to;
	}
	return decisions;
}
