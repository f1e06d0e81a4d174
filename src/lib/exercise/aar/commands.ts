import { z } from 'zod';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { isDirector } from '../exercise/access.ts';
import type { Actor, Exercise, Team } from '../exercise/schema.ts';
import { leadsReview } from '../finding/access.ts';
import { isOpen } from '../finding/fold.ts';
import { fingerprint } from '../fingerprint.ts';
import type { PassageId } from '../ids.ts';
import { contributesFor, readsHandedOver, signsFor } from './access.ts';
import {
	contributionBytes,
	contributionFingerprint,
	contributionLimits,
	contributionSections,
	isEmptyContribution,
	partOf,
	type FrozenContribution
} from './contribution.ts';
import type { HandedOver, SignOffRound } from './fold.ts';
import { countryOf, isChapter, type ChapterId } from './page.ts';
import { missingForPublication } from './publication.ts';
import { aarLimits, type AarFact, type ReportExtent } from './schema.ts';

/** A frozen version, as far as a decision needs it. */
export interface VersionState {
	number: number;
	extent: ReportExtent;
	country: CountryCode | null;
	/** SHA-256 of its content */
	sha256: string;
	/** the countries whose agreement is missing, as its title page says */
	missing: readonly CountryCode[];
	isPublished: boolean;
}

export interface AarState {
	exercise: Exercise;
	teams: readonly Pick<Team, 'id' | 'country'>[];
	/** whom it is about: the states that a real incident hit; of an exercise, all that took part */
	affected: readonly CountryCode[];
	/** the country's draft as it stands; null: not the actor's */
	draft: FrozenContribution | null;
	/** what the country that the command names has handed over */
	handedOver: readonly HandedOver[];
	/** the version that the command names, for whoever takes over; null: there is none */
	source: FrozenContribution | null;
	version: VersionState | null;
	/** what was said to the content of that version; null: nobody was asked */
	signOffs: SignOffRound | null;
}

const afterPlay = ({ state }: Exercise): Decision | null =>
	['ended', 'evaluating', 'reported'].includes(state)
		? null
		: refuse('not-now', 'The after-action report is made after ENDEX, until the exercise is closed.');

const country = z.enum(countryCodes);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const number = z.number().int().min(1);

/** Freezes the draft as the country's contribution. A further one is a further version; earlier ones stay as they were. */
export const handOver = command({
	name: 'contribution.handOver',
	input: z.object({
		country,
		/** of all that was on the screen: `contributionFingerprint` */
		fingerprint: sha256
	}),
	decide({ exercise, draft, handedOver }: AarState, input, actor): Decision {
		if (!contributesFor(actor, input.country) || !draft) return notFound();
		const refusal = afterPlay(exercise);
		if (refusal) return refusal;
		if (isEmptyContribution(draft)) return refuse('invalid', 'Write something first: every part is empty.');
		if (contributionBytes(draft) > contributionLimits.bytes)
			return refuse('too-large', 'The contribution is longer than some forty pages. Shorten it.');
		const made = contributionFingerprint(draft);
		if (made !== input.fingerprint)
			return refuse(
				'stale',
				'The text changed while you were looking at it. Read it again, then hand it over.'
			);
		const last = handedOver.at(-1);
		if (last && !last.isTakenBack && last.sha256 === made)
			return refuse('duplicate', 'This text was handed over already.');
		if (handedOver.length >= contributionLimits.versions)
			return refuse('too-large', 'Your country has handed over often enough: talk to the facilitators.');
		return {
			facts: [
				{
					kind: 'contribution-handed-over',
					country: input.country,
					version: (last?.version ?? 0) + 1,
					sha256: made,
					tlp: draft.tlp
				}
			]
		};
	}
});

export const takeBack = command({
	name: 'contribution.takeBack',
	input: z.object({ country, version: number }),
	decide({ exercise, handedOver }: AarState, { country, version }, actor): Decision {
		const one = handedOver.find((each) => each.version === version);
		if (!contributesFor(actor, country) || !one) return notFound();
		const refusal = afterPlay(exercise);
		if (refusal) return refusal;
		if (one.isTakenBack) return { facts: [] };
		if (one.isUsed)
			return refuse(
				'not-now',
				'Something of this version is in the report already. Hand over a new one instead.'
			);
		return { facts: [{ kind: 'contribution-taken-back', country, version }] };
	}
});

/** A part of a contribution, or one paragraph, becomes a passage of the report that says where it came from. */
export const takeOver = command({
	name: 'aar.takeOver',
	input: z.object({
		country,
		version: number,
		section: z.enum(contributionSections),
		block: z.number().int().min(0).nullable().default(null),
		chapter: z.string().refine(isChapter, 'The report has no such chapter.')
	}),
	decide({ exercise, source, handedOver }: AarState, input, actor, { mint }: Moment): Decision {
		const { country, version, section, block } = input;
		const one = handedOver.find((each) => each.version === version);
		if (!readsHandedOver(actor) || !source || !one || one.isTakenBack) return notFound();
		const part = partOf(source, section, block);
		if (!part) return notFound();
		const refusal = afterPlay(exercise);
		if (refusal) return refusal;
		const chapter = input.chapter as ChapterId;
		const of = countryOf(chapter);
		if (of !== null && of !== country)
			return refuse('invalid', 'This is another country’s chapter. Choose its own, or one of all.');
		const passage = mint<PassageId>();
		return {
			facts: [
				{
					kind: 'passage-taken-over',
					passage,
					chapter,
					country,
					version,
					section,
					block,
					sha256: one.sha256,
					tlp: part.tlp,
					words: fingerprint(part.text)
				}
			],
			result: { passage }
		};
	}
});

/** Puts a frozen version to countries: a national one to its country, a public one to those whom it is about. */
export const circulateVersion = command({
	name: 'aar.circulate',
	input: z.object({
		version: number,
		countries: z.array(country).min(1, 'Choose at least one country.').max(countryCodes.length),
		/** wall time, ms */
		deadline: z.number().int(),
		/** whoever has said nothing by then has agreed; the countries are told so */
		silence: z.boolean()
	}),
	decide({ exercise, version, teams, signOffs }: AarState, input, actor, { wall }: Moment): Decision {
		if (!leadsReview(actor) || !version) return notFound();
		const refusal = afterPlay(exercise);
		if (refusal) return refusal;
		if (version.extent === 'full')
			return refuse(
				'invalid',
				'The full version is not for countries. Freeze a national or public one, and put that to them.'
			);
		const countries = [...new Set(input.countries)];
		if (version.country && countries.some((one) => one !== version.country))
			return refuse('forbidden', 'A national version is for its own country alone.');
		const playing = new Set(teams.map((team) => team.country));
		if (countries.some((one) => !playing.has(one)))
			return refuse('invalid', 'A country that you chose has no team in this exercise.');
		if (input.deadline <= wall) return refuse('invalid', 'The deadline is in the past. Choose a later one.');
		if (input.deadline > wall + aarLimits.deadlineMs)
			return refuse('invalid', 'The deadline is more than a year away. Choose an earlier one.');
		if (signOffs && isOpen(signOffs, wall) && countries.every((one) => signOffs.said.has(one)))
			return refuse('duplicate', 'This text is with these countries already, until its deadline.');
		return {
			facts: [
				{
					kind: 'aar-circulated',
					version: version.number,
					extent: version.extent,
					sha256: version.sha256,
					countries,
					deadline: input.deadline,
					silence: input.silence
				}
			]
		};
	}
});

const answer = (empty?: string) => {
	const words = z.string().trim().max(aarLimits.words, `At most ${aarLimits.words} characters.`);
	return empty ? words.min(1, empty) : words.default('');
};
const said = { version: number, country, sha256 };

function say(
	kind: Extract<AarFact, { words: string; version: number; sha256: string }>['kind'] & `aar-${string}`,
	{ exercise, version, signOffs }: AarState,
	input: { version: number; country: CountryCode; sha256: string },
	words: string,
	actor: Actor,
	wall: number
): Decision {
	const own = signOffs?.said.get(input.country);
	if (!signsFor(actor, input.country) || !version || !signOffs || !own) return notFound();
	const refusal = afterPlay(exercise);
	if (refusal) return refusal;
	if (version.sha256 !== input.sha256)
		return refuse('stale', 'This is not the text that you read. Load it again, then answer.');
	if (!isOpen(signOffs, wall))
		return refuse('not-now', 'The deadline has passed. Ask the facilitators to put it to you again.');
	if (own.length >= aarLimits.answers)
		return refuse('too-large', 'Your country has answered often enough: talk to the facilitators.');
	return {
		facts: [{ kind, version: version.number, sha256: version.sha256, country: input.country, words }]
	};
}

export const commentOnVersion = command({
	name: 'aar.comment',
	input: z.object({ ...said, text: answer('Write the comment.') }),
	decide: (state: AarState, input, actor, { wall }: Moment): Decision =>
		say('aar-commented', state, input, input.text, actor, wall)
});

export const agreeToVersion = command({
	name: 'aar.agree',
	input: z.object({ ...said, text: answer() }),
	decide: (state: AarState, input, actor, { wall }: Moment): Decision =>
		say('aar-agreed', state, input, input.text, actor, wall)
});

export const objectToVersion = command({
	name: 'aar.object',
	input: z.object({ ...said, reason: answer('Say why your country objects.') }),
	decide: (state: AarState, input, actor, { wall }: Moment): Decision =>
		say('aar-objected', state, input, input.reason, actor, wall)
});

/** Opens a frozen public version to everybody in the exercise. */
export const publishVersion = command({
	name: 'aar.publish',
	input: z.object({ version: number, sha256 }),
	decide({ exercise, version, affected, signOffs }: AarState, input, actor, { wall }: Moment): Decision {
		if (!leadsReview(actor) || !version) return notFound();
		if (!isDirector(actor)) return forbidden('Only the exercise director publishes the report.');
		const refusal = afterPlay(exercise);
		if (refusal) return refusal;
		if (version.extent !== 'public')
			return refuse('invalid', 'Only a public version is published. The others are for their readers alone.');
		if (version.sha256 !== input.sha256)
			return refuse('stale', 'This is not the version that you looked at. Load the page again.');
		if (version.isPublished) return { facts: [] };
		const { missing, mayPublish } = missingForPublication({
			kind: exercise.kind,
			affected,
			signOffs,
			now: wall
		});
		if (!mayPublish)
			return refuse('not-now', 'Not every state that it is about has agreed.', {
				missing: missing.map((one) => one.country)
			});
		// what the title page says must be true when it goes out
		if (missing.some((one) => !version.missing.includes(one.country)))
			return refuse(
				'stale',
				'A country that the title page names as having agreed has not. Freeze the version again, then publish it.'
			);
		return { facts: [{ kind: 'aar-published', version: version.number, sha256: version.sha256 }] };
	}
});

export const aarCommands = {
	'contribution.handOver': handOver,
	'contribution.takeBack': takeBack,
	'aar.takeOver': takeOver,
	'aar.circulate': circulateVersion,
	'aar.comment': commentOnVersion,
	'aar.agree': agreeToVersion,
	'aar.object': objectToVersion,
	'aar.publish': publishVersion
} as const;
