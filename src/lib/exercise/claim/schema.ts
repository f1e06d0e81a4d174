import type { CountryCode } from '#lib/standards/countries.ts';
import type { AccountId } from '../ids.ts';

/** What those of exercise control divide among themselves (DOMAIN 9.6: 20 to 60 people). */
export const claimKinds = ['storyline', 'country', 'question', 'inject', 'help'] as const;
export type ClaimKind = (typeof claimKinds)[number];

export interface ClaimSubject {
	kind: ClaimKind;
	/** a storyline's name, a country, or an id */
	subject: string;
}

/** `Ana handles this`. */
export interface Claim extends ClaimSubject {
	accountId: AccountId;
	name: string;
	/** wall time, ms */
	claimedAt: number;
	/** the person is not connected any more, and loses it in a moment */
	away: boolean;
}

/** Whoever was not connected for this long has left, wall ms: longer than a page takes to load again on a bad line. */
export const claimAwayMs = 60_000;

/** What there is to claim, as exercise control speaks of it. */
export interface ClaimTarget {
	/** in the record: `Question of GR CSIRT` is made of it */
	label: string;
	/** the countries that it is about: moderators claim inside their own; null: all of the exercise's business */
	countries: readonly CountryCode[] | null;
	/** nothing is left to do about it */
	done: boolean;
}

export const claimKey = ({ kind, subject }: ClaimSubject): string => `${kind} ${subject}`;
