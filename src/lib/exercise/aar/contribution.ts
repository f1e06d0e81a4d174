import type * as Y from 'yjs';
import type { CountryCode } from '#lib/standards/countries.ts';
import { strictestTlp, tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { canonical, fingerprint } from '../fingerprint.ts';
import { isEmptyRichText, readFragment, type RichText } from '../rich-text.ts';

/**
 * A country's contribution to the after-action report: a page of its own, which only the country's own people open. What
 * others read of it is what was handed over: a frozen copy under a number, never this page.
 */
export const contributionSections = ['did', 'strengths', 'improvements', 'recommendations', 'facts'] as const;
/** What the country did; strengths; areas for improvement; recommendations; national facts. */
export type ContributionSection = (typeof contributionSections)[number];

export const contributionLimits = {
	/** bytes of one hand-over as JSON: some forty pages */
	bytes: 200_000,
	/** a country that hands over more often writes in the wrong place */
	versions: 200
} as const;

export interface ContributionPart {
	tlp: Tlp;
	text: RichText;
}

/** A contribution as plain values: what is handed over, and what its SHA-256 is of. */
export interface FrozenContribution {
	country: CountryCode;
	/** the strictest of its parts */
	tlp: Tlp;
	/** without those in which nothing is written */
	parts: Partial<Record<ContributionSection, ContributionPart>>;
}

export function contributionText(doc: Y.Doc, section: ContributionSection): Y.XmlFragment {
	return doc.getXmlFragment(section);
}

/** The label of each part; what has none is as strict as the exercise. */
export function contributionLabels(doc: Y.Doc): Y.Map<string> {
	return doc.getMap<string>('labels');
}

export function readLabel(doc: Y.Doc, section: ContributionSection): Tlp | null {
	const label = contributionLabels(doc).get(section);
	return tlpIds.find((one) => one === label) ?? null;
}

/** @param unlabelled the label of what was given none: the exercise's */
export function freezeContribution(doc: Y.Doc, country: CountryCode, unlabelled: Tlp): FrozenContribution {
	const parts: FrozenContribution['parts'] = {};
	for (const section of contributionSections) {
		const text = readFragment(contributionText(doc, section));
		if (!isEmptyRichText(text)) parts[section] = { tlp: readLabel(doc, section) ?? unlabelled, text };
	}
	return { country, tlp: strictestTlp(Object.values(parts).map(({ tlp }) => tlp)), parts };
}

export const isEmptyContribution = ({ parts }: FrozenContribution): boolean =>
	Object.keys(parts).length === 0;

export const contributionBytes = (content: FrozenContribution): number =>
	new TextEncoder().encode(canonical(content)).length;

/** SHA-256 of what is handed over: browser and server compute the same. */
export const contributionFingerprint = (content: FrozenContribution): string => fingerprint(content);

/** What a passage takes over: a part, or one paragraph of it. Null: there is no such part or paragraph. */
export function partOf(
	{ parts }: FrozenContribution,
	section: ContributionSection,
	block: number | null
): ContributionPart | null {
	const part = parts[section];
	if (!part) return null;
	if (block === null) return part;
	const one = part.text.content[block];
	return one ? { tlp: part.tlp, text: { type: 'doc', content: [one] } } : null;
}
