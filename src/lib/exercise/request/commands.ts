import { z } from 'zod';
import { tlpIds } from '#lib/standards/tlp.ts';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { hasRole, isControl, moderatesCountry, playsIn } from '../exercise/access.ts';
import { isReal } from '../exercise/kind.ts';
import { id, longText, type Actor, type Team } from '../exercise/schema.ts';
import type { RecordId, TeamId } from '../ids.ts';
import { partyOf } from '../sharing/readers.ts';
import { keptFrom, keptFromSentence } from '../sharing/sharing.ts';
import { notInPlay } from '../team/commands.ts';
import type { WorkingState } from '../working/record.ts';
import {
	requestInput,
	requestToSchema,
	waitsForAnswer,
	withAnswer,
	type Asked,
	type RequestFact,
	type TeamRequest
} from './schema.ts';

type State = WorkingState<TeamRequest>;

export const askRequest = command({
	name: 'request.ask',
	input: z.object({ team: id<TeamId>(), to: requestToSchema }).and(requestInput),
	decide(state: State, { to, question, neededBy, tlp }, actor, { mint }: Moment): Decision {
		const { exercise, team } = state;
		if (!team || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const found = asked(state, team, to);
		if (!('asked' in found)) return found;
		const kept = keptFrom(
			{ tlp, originator: partyOf(team) },
			partyOf(team),
			found.teams.map((one) => ({ ...partyOf(one), name: one.name }))
		);
		if (kept.length > 0) return refuse('forbidden', keptFromSentence(tlp, kept));
		const record = mint<RecordId>();
		const copies = found.teams.map((one) => ({ team: one.id, record: mint<RecordId>() }));
		return {
			facts: [
				{
					kind: 'request-asked',
					team: team.id,
					record,
					...(copies.length > 0 && { copies }),
					tlp,
					to: found.asked,
					question,
					neededBy
				}
			],
			result: { record }
		};
	}
});

/** Whom a team may ask: of its country or its channels, whoever is on duty for a network below, exercise control. */
function asked(
	{ exercise, teams, addressable, duty }: State,
	team: Team,
	to: z.infer<typeof requestToSchema>
): { asked: Asked; teams: Team[] } | Decision {
	if ('control' in to && isReal(exercise))
		return refuse('invalid', 'In a real room nobody answers for others. Ask a team, or say it in a channel.');
	if ('control' in to) return { asked: to.as ? { body: to.as } : { control: true }, teams: [] };
	if ('team' in to) {
		const other = teams.get(to.team);
		if (!other || other.id === team.id || !addressable?.has(other.id)) return notFound();
		return { asked: { team: other.name }, teams: [other] };
	}
	const network = duty?.get(to.network);
	if (!network) return notFound();
	const on = network.teams.flatMap((one) => teams.get(one) ?? []).filter((one) => one.id !== team.id);
	if (on.length === 0)
		return refuse('not-now', `No team is on duty for ${network.name}: exercise control names them.`);
	return { asked: { network: network.name }, teams: on };
}

const answering = z.object({ record: id<RecordId>() });

/**
 * The request, for whoever may answer it: a team that is asked; exercise control and the country's moderators where it went
 * to them; the simulation cell what is put to bodies that it plays, and nothing else.
 */
function answerable(
	{ team, record }: State,
	actor: Actor
): { of: Pick<RequestFact, 'team' | 'record' | 'copies' | 'byControl'>; standing: TeamRequest } | Decision {
	if (!team || !record) return notFound();
	const { standing, others = [] } = record;
	const forControl = 'control' in standing.to || 'body' in standing.to;
	const isOurs = playsIn(actor, team.id);
	const mayAnswer = watches(actor, team) || ('body' in standing.to && hasRole(actor, 'simcell'));
	if (forControl ? !mayAnswer : !isOurs) {
		// the team that asked knows that it is there
		return isOurs ? forbidden('Whoever is asked answers.') : notFound();
	}
	if (!forControl && standing.direction === 'sent') return forbidden('Whoever is asked answers.');
	if (!waitsForAnswer(standing)) return refuse('stale', 'Somebody has answered this already.');
	return {
		of: {
			team: team.id,
			record: record.id,
			...(others.length > 0 && { copies: [...others] }),
			...(forControl && { byControl: true as const })
		},
		standing
	};
}

const watches = (actor: Actor, team: Pick<Team, 'country'>) =>
	isControl(actor) || moderatesCountry(actor, team.country);

export const acknowledgeRequest = command({
	name: 'request.acknowledge',
	input: answering,
	decide(state: State, _input, actor): Decision {
		const found = answerable(state, actor);
		if (!('of' in found)) return found;
		const refusal = notInPlay(state.exercise);
		if (refusal) return refusal;
		const { of, standing } = found;
		if (standing.state !== 'sent') return refuse('stale', 'This is acknowledged already.');
		return {
			facts: [{ kind: 'request-acknowledged', ...of, tlp: standing.tlp, question: standing.question }]
		};
	}
});

export const answerRequest = command({
	name: 'request.answer',
	input: answering.extend({ answer: longText('Answer'), tlp: z.enum(tlpIds).optional() }),
	decide(state: State, { answer, tlp }, actor): Decision {
		const found = answerable(state, actor);
		if (!('of' in found)) return found;
		const refusal = notInPlay(state.exercise);
		if (refusal) return refusal;
		const { of, standing } = found;
		const answerTlp = tlp ?? standing.tlp;
		if (!of.byControl) {
			const sender = partyOf(state.team!);
			const readers = (of.copies ?? []).flatMap((one) => state.teams.get(one.team) ?? []);
			const kept = keptFrom(
				{ tlp: answerTlp, originator: sender },
				sender,
				readers.map((one) => ({ ...partyOf(one), name: one.name }))
			);
			if (kept.length > 0) return refuse('forbidden', keptFromSentence(answerTlp, kept));
		}
		return {
			facts: [
				{
					kind: 'request-answered',
					...of,
					tlp: withAnswer(standing, answerTlp),
					question: standing.question,
					answer,
					answerTlp
				}
			]
		};
	}
});

export const declineRequest = command({
	name: 'request.decline',
	input: answering.extend({ reason: longText('Reason') }),
	decide(state: State, { reason }, actor): Decision {
		const found = answerable(state, actor);
		if (!('of' in found)) return found;
		const refusal = notInPlay(state.exercise);
		if (refusal) return refusal;
		const { of, standing } = found;
		return {
			facts: [{ kind: 'request-declined', ...of, tlp: standing.tlp, question: standing.question, reason }]
		};
	}
});

/** Whoever asked has what they need, or needs it no more. */
export const closeRequest = command({
	name: 'request.close',
	input: answering,
	decide({ exercise, team, record }: State, _input, actor): Decision {
		if (!team || !record || !playsIn(actor, team.id)) return notFound();
		const { standing, others = [] } = record;
		if (standing.direction !== 'sent') return forbidden('Whoever asked closes it.');
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		if (standing.state === 'closed') return refuse('stale', 'This is closed already.');
		return {
			facts: [
				{
					kind: 'request-closed',
					team: team.id,
					record: record.id,
					...(others.length > 0 && { copies: [...others] }),
					tlp: standing.tlp,
					question: standing.question
				}
			]
		};
	}
});

export const requestCommands = {
	'request.ask': askRequest,
	'request.acknowledge': acknowledgeRequest,
	'request.answer': answerRequest,
	'request.decline': declineRequest,
	'request.close': closeRequest
} as const;
