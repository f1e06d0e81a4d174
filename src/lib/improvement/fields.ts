import { z } from 'zod';
import { capabilities, capabilityElements } from '#lib/standards/capabilities.ts';
import { countryCodes } from '#lib/standards/countries.ts';
import { tlpIds, tlpLabel, tlpLevels, type Tlp } from '#lib/standards/tlp.ts';
import { isMailAddress } from '#lib/mail-address.ts';
import { shortText } from '../exercise/exercise/schema.ts';
import { isDay, isOfFinding, priorities, sourceKinds } from './action.ts';

export const improvementLimits = {
	title: 200,
	text: 4000,
	measure: 1000,
	note: 2000,
	link: 1000,
	organisation: 200,
	source: 300,
	/** what a page lists; filters find the rest */
	listed: 500
} as const;

const optionalText = (label: string, max: number) =>
	z.string().trim().max(max, `${label}: at most ${max} characters.`);
const optionalDay = (label: string) =>
	z
		.string()
		.trim()
		.refine((text) => text === '' || isDay(text), `${label}: this is no day.`)
		.transform((text) => text || null);

/** RED is for named people in one exchange: a register has no such list. */
const label = z
	.enum(tlpIds)
	.refine((tlp) => tlp !== 'red', 'TLP:RED is for named people only and cannot be kept here.');

/** A link that a reader may follow without harm. */
export const evidenceLink = z
	.string()
	.trim()
	.max(improvementLimits.link, 'Link: too long.')
	.refine((text) => {
		if (text === '') return true;
		try {
			return new URL(text).protocol === 'https:';
		} catch {
			return false;
		}
	}, 'Link: a complete address that begins with https://.');

export const noteText = (name: string) => shortText(name, improvementLimits.note);

export const evidenceSchema = z.object({ text: noteText('Evidence'), link: evidenceLink });

/** What is written in an action. The owner's address is of an account, or empty: nobody is invented. */
const written = {
	title: shortText('Title', improvementLimits.title),
	text: optionalText('Text', improvementLimits.text),
	ownerOrganisation: shortText('Owner organisation', improvementLimits.organisation),
	ownerEmail: z
		.string()
		.trim()
		.refine((text) => text === '' || isMailAddress(text), 'Owner: this is no e-mail address.'),
	capability: z.enum(capabilities, 'Choose a capability.'),
	element: z.enum(capabilityElements, 'Choose what of the capability it is about.'),
	priority: z.enum(priorities, 'Choose a priority.'),
	startOn: optionalDay('Start'),
	dueOn: optionalDay('Due'),
	successMeasure: optionalText('Measure of success', improvementLimits.measure),
	verificationMethod: optionalText('Verification', improvementLimits.measure),
	tlp: label
};
const inOrder = <T extends { startOn: string | null; dueOn: string | null }>({ startOn, dueOn }: T) =>
	startOn === null || dueOn === null || startOn <= dueOn;
const disorder = { message: 'Due: before its start.', path: ['dueOn'] };

export const actionFieldsSchema = z.object(written).refine(inOrder, disorder);
export type ActionFields = z.infer<typeof actionFieldsSchema>;

/** A new one, with its country, which never changes, and where it comes from. */
export const newActionSchema = z
	.object({
		...written,
		country: z.enum(countryCodes, 'Choose a country or the EU level.'),
		source: z.enum(sourceKinds, 'Choose where it comes from.'),
		sourceTitle: optionalText('Source', improvementLimits.source),
		/** a finding of the review of an exercise or a real room; empty: none */
		exercise: z.string().max(60),
		finding: z.string().max(60)
	})
	.refine(inOrder, disorder)
	.refine(
		({ source, finding, sourceTitle }) => (isOfFinding(source) && finding !== '') || sourceTitle !== '',
		{
			message: 'Source: say which one.',
			path: ['sourceTitle']
		}
	);

export const lessonFieldsSchema = z.object({
	title: shortText('Title', improvementLimits.title),
	text: optionalText('Text', improvementLimits.text),
	capability: z.enum(capabilities, 'Choose a capability.'),
	tlp: label
});
export const newLessonSchema = lessonFieldsSchema.extend({
	country: z.enum(countryCodes, 'Choose a country or the EU level.'),
	exercise: z.string().max(60),
	finding: z.string().max(60)
});

const rank = (tlp: Tlp) => tlpLevels.find((one) => one.id === tlp)!.rank;

/** What is made from a finding is never labelled lower than its exercise (PROMISES P8). A sentence, or null. */
export function labelBelow(wanted: Tlp, source: Tlp): string | null {
	if (rank(wanted) >= rank(source)) return null;
	return `Where it comes from is ${tlpLabel(source)}: what comes from it cannot be labelled lower.`;
}
