import { z } from 'zod';
import { command, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { HelpId } from '../ids.ts';
import { id, longText, type Actor, type Exercise } from '../exercise/schema.ts';
import { deskIsOpen, helpLimits, helps, helpTopics, type HelpRow } from './schema.ts';

export interface HelpCommandState {
	exercise: Exercise;
	/** the request that is named; null: no such one here */
	request: HelpRow | null;
	/** of whoever acts: the requests that wait, the teams by name, and the countries that these and the roles say */
	own: { open: number; teams: readonly string[]; countries: readonly CountryCode[] };
}

const closed = () => refuse('not-now', 'The help desk is closed: the exercise is over.');
const mayRead = (request: HelpRow, actor: Actor) =>
	request.person === actor.accountId || helps(actor, request.countries);

/** Anybody in the exercise, from any page, in any phase. */
export const askForHelp = command({
	name: 'help.ask',
	input: z.object({
		topic: z.enum(helpTopics),
		text: longText('Question'),
		/** the page on which it was asked */
		place: z.string().trim().max(200).default('')
	}),
	decide({ exercise, own }: HelpCommandState, { topic, text, place }, actor, { mint }: Moment): Decision {
		if (actor.memberships.length === 0) return notFound();
		if (!deskIsOpen(exercise.state)) return closed();
		if (own.open >= helpLimits.open)
			return refuse(
				'slow-down',
				`${own.open} of your requests wait already. Close one that has settled itself, or wait for an answer.`
			);
		const request = mint<HelpId>();
		return {
			facts: [
				{
					kind: 'help-asked',
					request,
					person: actor.accountId,
					topic,
					text,
					place,
					teams: [...own.teams],
					countries: [...own.countries]
				}
			],
			result: { request }
		};
	}
});

export const answerHelp = command({
	name: 'help.answer',
	input: z.object({ request: id<HelpId>(), answer: longText('Answer') }),
	decide({ exercise, request }: HelpCommandState, { answer }, actor): Decision {
		if (!request || !helps(actor, request.countries)) return notFound();
		if (!deskIsOpen(exercise.state)) return closed();
		if (request.state !== 'open')
			return refuse(
				'stale',
				request.state === 'answered'
					? 'Somebody has answered this already.'
					: 'The request was closed meanwhile.'
			);
		const { request: of, person, text: asked, askedBy } = request;
		return { facts: [{ kind: 'help-answered', request: of, person, askedBy, asked, answer }] };
	}
});

/** Settled without an answer: by whoever asked, or by the desk. */
export const closeHelp = command({
	name: 'help.close',
	input: z.object({ request: id<HelpId>() }),
	decide({ request }: HelpCommandState, _input, actor): Decision {
		if (!request || !mayRead(request, actor)) return notFound();
		if (request.state === 'closed') return refuse('stale', 'The request is closed already.');
		const { request: of, person, askedBy } = request;
		return { facts: [{ kind: 'help-closed', request: of, person, askedBy }] };
	}
});

export const helpCommands = {
	'help.ask': askForHelp,
	'help.answer': answerHelp,
	'help.close': closeHelp
} as const;
