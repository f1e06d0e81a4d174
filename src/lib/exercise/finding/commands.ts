import { z } from 'zod';
import { countryCodes } from '#lib/standards/countries.ts';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { id, type Actor, type Exercise, type Team } from '../exercise/schema.ts';
import type { FindingId, ObservationId, TeamId } from '../ids.ts';
import { findingFingerprint } from '../review/schema.ts';
import { textOfRichText } from '../rich-text.ts';
import {
	asksCountries,
	belongsTo,
	citesObservations,
	leadsReview,
	readsReview,
	speaksFor
} from './access.ts';
import { isOpen, type Circulation } from './fold.ts';
import { findingLimits, type FindingFact, type FrozenFinding } from './schema.ts';

export interface FindingState {
	exercise: Exercise;
	teams: readonly Pick<Team, 'id' | 'country'>[];
	/** as the review page has it; null: it has no such finding */
	finding: FrozenFinding | null;
	into: FrozenFinding | null;
	/** the observation that the command names, of the team that it names */
	observation: { isWithdrawn: boolean; isCited: boolean } | null;
	/** what was put to countries of it; null: nothing */
	circulation: Circulation | null;
}

const closed = ({ state }: Exercise): Decision | null =>
	['running', 'paused', 'stopped', 'ended', 'evaluating', 'reported'].includes(state)
		? null
		: refuse('not-now', 'Findings are worked on from STARTEX until the exercise is closed.');

const notAfterPlay = ({ state }: Exercise): Decision | null =>
	asksCountries(state)
		? null
		: refuse('not-now', 'Findings are put to countries after ENDEX, until the exercise is closed.');

const findingId = id<FindingId>();

export const citeObservation = command({
	name: 'finding.cite',
	input: z.object({
		finding: findingId,
		team: id<TeamId>(),
		observation: id<ObservationId>(),
		/** false: it is no evidence of this finding any more */
		on: z.boolean().default(true)
	}),
	decide(state: FindingState, { finding, team, observation, on }, actor): Decision {
		if (!citesObservations(actor, team) || !state.finding || !state.observation) return notFound();
		const refusal = closed(state.exercise);
		if (refusal) return refusal;
		if (state.observation.isCited === on) return { facts: [] };
		if (on && state.observation.isWithdrawn)
			return refuse('stale', 'This observation was withdrawn: it is no evidence any more.');
		const { title } = state.finding;
		return { facts: [{ kind: 'finding-evidenced', finding, title, of: team, observation, on }] };
	}
});

/** One finding becomes part of another: cards, texts and evidence go with it. */
export const mergeFinding = command({
	name: 'finding.merge',
	input: z.object({ finding: findingId, into: findingId }),
	decide(state: FindingState, { finding, into }, actor, { wall }: Moment): Decision {
		const [from, kept] = [state.finding, state.into];
		if (!readsReview(actor, state.exercise) || !from || !kept) return notFound();
		if (!leadsReview(actor)) return forbidden('Facilitators and the director merge findings.');
		const refusal = closed(state.exercise);
		if (refusal) return refusal;
		if (finding === into) return refuse('invalid', 'Choose another finding to merge it into.');
		const round = state.circulation?.rounds.at(-1);
		if (round && isOpen(round, wall))
			return refuse('not-now', 'Countries are commenting on this finding: merge it after the deadline.');
		return {
			facts: [{ kind: 'finding-merged', finding, title: from.title, into, intoTitle: kept.title }]
		};
	}
});

/** Puts the text as it stands to countries. A changed text is a new round: nobody has agreed to it yet. */
export const circulateFinding = command({
	name: 'finding.circulate',
	input: z.object({
		finding: findingId,
		countries: z.array(z.enum(countryCodes)).min(1, 'Choose at least one country.').max(countryCodes.length),
		/** wall time, ms */
		deadline: z.number().int(),
		/** of all that was on the screen: `findingFingerprint` */
		fingerprint: z.string().regex(/^[0-9a-f]{64}$/)
	}),
	decide(state: FindingState, input, actor, { wall }: Moment): Decision {
		const { exercise, finding: content, teams, circulation } = state;
		if (!readsReview(actor, exercise) || !content) return notFound();
		if (!leadsReview(actor)) return forbidden('Facilitators and the director put findings to countries.');
		const refusal = notAfterPlay(exercise);
		if (refusal) return refusal;
		if (content.title === '' || textOfRichText(content.text).trim() === '')
			return refuse('invalid', 'Give the finding a title and a description first.');
		if (findingFingerprint(content) !== input.fingerprint)
			return refuse('stale', 'The text changed while you were looking at it. Read it again, then circulate.');
		const playing = new Set(teams.map(({ country }) => country));
		const countries = [...new Set(input.countries)];
		if (countries.some((country) => !playing.has(country)))
			return refuse('invalid', 'A country that you chose has no team in this exercise.');
		if (input.deadline <= wall) return refuse('invalid', 'The deadline is in the past. Choose a later one.');
		if (input.deadline > wall + findingLimits.deadlineMs)
			return refuse('invalid', 'The deadline is more than a year away. Choose an earlier one.');
		const last = circulation?.rounds.at(-1);
		if (last && isOpen(last, wall) && last.fingerprint === input.fingerprint)
			return refuse('duplicate', 'This text is with the countries already, until its deadline.');
		return {
			facts: [
				{
					kind: 'finding-circulated',
					finding: input.finding,
					title: content.title,
					round: (last?.number ?? 0) + 1,
					countries,
					deadline: input.deadline,
					content,
					fingerprint: input.fingerprint
				}
			]
		};
	}
});

const words = (empty?: string) => {
	const text = z.string().trim().max(findingLimits.words, `At most ${findingLimits.words} characters.`);
	return empty ? text.min(1, empty) : text.default('');
};
const said = {
	finding: findingId,
	country: z.enum(countryCodes),
	/** which text was read: another round is another text */
	round: z.number().int().min(1)
};
interface SaidInput {
	finding: FindingId;
	country: (typeof countryCodes)[number];
	round: number;
}
type SaidKind = Extract<FindingFact, { words: string }>['kind'];

/** What all answers of a country have in common. */
function say(
	kind: SaidKind,
	{ exercise, teams, circulation }: FindingState,
	{ finding, country, round: number }: SaidInput,
	text: string,
	actor: Actor,
	wall: number
): Decision {
	const round = circulation?.rounds.at(-1);
	const own = round?.said.get(country);
	if (!round || !own || !belongsTo(actor, country, teams)) return notFound();
	if (!speaksFor(actor, country, teams))
		return forbidden('A moderator of the country, or the lead of one of its teams, speaks for it.');
	const refusal = notAfterPlay(exercise);
	if (refusal) return refusal;
	if (round.number !== number)
		return refuse('stale', 'The text has changed since: read the new round, then answer.');
	if (!isOpen(round, wall))
		return refuse('not-now', 'The deadline has passed: who had said nothing has agreed.');
	if (own.length >= findingLimits.comments)
		return refuse('too-large', 'Your country has said enough in this round: talk to the facilitators.');
	return { facts: [{ kind, finding, title: round.content.title, round: number, country, words: text }] };
}

export const commentOnFinding = command({
	name: 'finding.comment',
	input: z.object({ ...said, text: words('Write the comment.') }),
	decide: (state: FindingState, input, actor, { wall }: Moment): Decision =>
		say('finding-commented', state, input, input.text, actor, wall)
});

export const agreeToFinding = command({
	name: 'finding.agree',
	input: z.object({ ...said, text: words() }),
	decide: (state: FindingState, input, actor, { wall }: Moment): Decision =>
		say('finding-agreed', state, input, input.text, actor, wall)
});

export const objectToFinding = command({
	name: 'finding.object',
	input: z.object({ ...said, reason: words('Say why your country objects.') }),
	decide: (state: FindingState, input, actor, { wall }: Moment): Decision =>
		say('finding-objected', state, input, input.reason, actor, wall)
});

/** A country lets the other countries that were asked read what it says, or no longer. */
export const openComments = command({
	name: 'finding.open',
	input: z.object({ finding: findingId, country: z.enum(countryCodes), on: z.boolean() }),
	decide({ exercise, teams, circulation }: FindingState, { finding, country, on }, actor): Decision {
		const round = circulation?.rounds.findLast((one) => one.said.has(country));
		if (!circulation || !round || !belongsTo(actor, country, teams)) return notFound();
		if (!speaksFor(actor, country, teams))
			return forbidden('A moderator of the country, or the lead of one of its teams, speaks for it.');
		const refusal = notAfterPlay(exercise);
		if (refusal) return refusal;
		if (circulation.open.has(country) === on) return { facts: [] };
		return { facts: [{ kind: 'finding-opened', finding, title: round.content.title, country, on }] };
	}
});

export const findingCommands = {
	'finding.cite': citeObservation,
	'finding.merge': mergeFinding,
	'finding.circulate': circulateFinding,
	'finding.comment': commentOnFinding,
	'finding.agree': agreeToFinding,
	'finding.object': objectToFinding,
	'finding.open': openComments
} as const;
