import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { PassageId } from '../ids.ts';
import type { ContributionSection } from './contribution.ts';
import type { ChapterId } from './page.ts';

/*
 * What was done about the after-action report, as facts. None holds a text: contributions are kept beside them, for
 * those who may read them (ADR 15). None of them is on a timeline.
 */

export const aarLimits = {
	/** of a reason, a remark */
	words: 4000,
	/** what a country says about one version */
	answers: 50,
	/** DOMAIN 4.6: from the draft to the last action check it is a year */
	deadlineMs: 366 * 24 * 3_600_000,
	/** frozen versions of one exercise: each is some megabytes */
	versions: 200
} as const;

/** Full: for those who read the review. National: for one country. Public: for everybody. */
export const reportExtents = ['full', 'national', 'public'] as const;
export type ReportExtent = (typeof reportExtents)[number];

/** What a country says about a frozen version. `sha256`: of the content that it read, the same in every version that has it. */
interface SaidOfVersion {
	version: number;
	sha256: string;
	country: CountryCode;
	words: string;
}

export type AarFact =
	| {
			kind: 'contribution-handed-over';
			country: CountryCode;
			version: number;
			sha256: string;
			tlp: Tlp;
	  }
	| { kind: 'contribution-taken-back'; country: CountryCode; version: number }
	/** a part of a contribution, or one paragraph of it, became a passage of the report */
	| {
			kind: 'passage-taken-over';
			passage: PassageId;
			chapter: ChapterId;
			country: CountryCode;
			version: number;
			section: ContributionSection;
			/** which paragraph, from 0; null: the whole part */
			block: number | null;
			/** of the contribution */
			sha256: string;
			/** the source's label: the passage is never below it */
			tlp: Tlp;
			/** SHA-256 of the text as it was taken over: another one was edited since */
			words: string;
	  }
	/** a frozen version was put to countries */
	| {
			kind: 'aar-circulated';
			version: number;
			extent: ReportExtent;
			sha256: string;
			countries: CountryCode[];
			/** wall time, ms */
			deadline: number;
			/** it was announced that who has said nothing by then has agreed */
			silence: boolean;
	  }
	| ({ kind: 'aar-commented' } & SaidOfVersion)
	| ({ kind: 'aar-agreed' } & SaidOfVersion)
	| ({ kind: 'aar-objected' } & SaidOfVersion)
	| { kind: 'aar-published'; version: number; sha256: string };

export const aarFactKinds = [
	'contribution-handed-over',
	'contribution-taken-back',
	'passage-taken-over',
	'aar-circulated',
	'aar-commented',
	'aar-agreed',
	'aar-objected',
	'aar-published'
] as const satisfies readonly AarFact['kind'][];

export const isAarFact = (fact: { kind: string }): fact is AarFact =>
	aarFactKinds.some((kind) => kind === fact.kind);
