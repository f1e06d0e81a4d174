import type { Capability } from '#lib/standards/capabilities.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { ObservationKind } from '#lib/standards/evaluation.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { FindingId, ObservationId, TeamId } from '../ids.ts';
import type { RichText } from '../rich-text.ts';

/*
 * What is said of findings beside their text, as facts. The text is on the review page, which may be opened to players; on
 * which observations a finding rests, and what countries say to it, is not theirs, and so on no page at all: it is read
 * from these facts, each by whoever may (access.ts). None of them is on a timeline.
 */
export const findingLimits = {
	/** of a comment, a reason */
	words: 4000,
	/** comments of one country in one round: more is a conversation, not a comment */
	comments: 50,
	/** DOMAIN 4.6: from the draft to the last action check it is a year */
	deadlineMs: 366 * 24 * 3_600_000
} as const;

/** A finding as it was put to countries: plain values that nobody edits any more. */
export interface FrozenFinding {
	title: string;
	kind: ObservationKind;
	capability: Capability | '';
	tlp: Tlp;
	text: RichText;
	cause: RichText;
	recommendation: RichText;
}

/** What a country says, in a round of comments. `title`: the finding's, as it read then. */
interface Said {
	finding: FindingId;
	title: string;
	round: number;
	country: CountryCode;
	/** never searched in the record: it is between the country and whoever leads the review */
	words: string;
}

export type FindingFact =
	/** an observation became evidence of a finding, or ceased to be. `of`: the team that was observed */
	| {
			kind: 'finding-evidenced';
			finding: FindingId;
			title: string;
			of: TeamId;
			observation: ObservationId;
			on: boolean;
	  }
	/** it is part of another finding from now on, with its evidence */
	| { kind: 'finding-merged'; finding: FindingId; title: string; into: FindingId; intoTitle: string }
	| {
			kind: 'finding-circulated';
			finding: FindingId;
			title: string;
			round: number;
			countries: CountryCode[];
			/** wall time, ms: who has said nothing by then has agreed */
			deadline: number;
			content: FrozenFinding;
			/** SHA-256 of the content */
			fingerprint: string;
	  }
	| ({ kind: 'finding-commented' } & Said)
	| ({ kind: 'finding-agreed' } & Said)
	| ({ kind: 'finding-objected' } & Said)
	/** a country lets the others that were asked read what it said, or no longer */
	| { kind: 'finding-opened'; finding: FindingId; title: string; country: CountryCode; on: boolean };

export const findingFactKinds = [
	'finding-evidenced',
	'finding-merged',
	'finding-circulated',
	'finding-commented',
	'finding-agreed',
	'finding-objected',
	'finding-opened'
] as const satisfies readonly FindingFact['kind'][];

export const isFindingFact = (fact: { kind: string }): fact is FindingFact =>
	findingFactKinds.some((kind) => kind === fact.kind);
