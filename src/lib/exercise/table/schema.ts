import type { TeamId } from '../ids.ts';

export const tableLimits = {
	/** read from the last row of a room: one sentence */
	question: 200,
	/** a show of hands, and the longest block without a break (DOMAIN 9.4: 5 to 10 min a question) */
	leastSeconds: 30,
	mostSeconds: 3600
} as const;

/**
 * What a table discusses, and until when: it stands on the team's own timeline, so that every screen of the team that is
 * open anywhere shows the same, also one that is opened later. The time is a moment of the server's clock: a clock of the
 * exercise that jumps takes nothing from the people who talk.
 */
export type TableFact =
	| {
			kind: 'table-asked' | 'table-extended';
			team: TeamId;
			/** '': a time alone */
			question: string;
			/** how long there is, or how much was added */
			seconds: number;
			/** wall clock, ms */
			endsAt: number;
	  }
	| { kind: 'table-cleared'; team: TeamId; question: string };

export const tableFactKinds = [
	'table-asked',
	'table-extended',
	'table-cleared'
] as const satisfies readonly TableFact['kind'][];

/** What stands on the projector of a table. */
export interface Discussion {
	question: string;
	/** wall clock, ms */
	endsAt: number;
}

/** What is discussed after a fact; null: nothing any more. */
export const discussionAfter = (fact: TableFact): Discussion | null =>
	fact.kind === 'table-cleared' ? null : { question: fact.question, endsAt: fact.endsAt };
