import { z } from 'zod';
import { command, notFound, refuse, type Decision } from '../decision.ts';
import type { CardId, TeamId } from '../ids.ts';
import { facilitatesTeam, hasRole, playsIn } from '../exercise/access.ts';
import { id, shortText, type Actor, type Exercise, type Team } from '../exercise/schema.ts';
import { hotWashColumns, hotWashLimits, type HotWashColumn } from './schema.ts';

export interface HotWashCommandState {
	exercise: Exercise;
	team: Team | null;
	cards: readonly { card: CardId; column: HotWashColumn; mine: boolean; myVote: boolean }[];
}

/** Leads a team's hot wash: its facilitator, or one of the whole exercise. */
export function facilitatesHotWash(actor: Actor, team: TeamId): boolean {
	return facilitatesTeam(actor, team) || actor.memberships.some((m) => m.role === 'facilitator' && !m.teamId);
}

/** A team's hot wash: its players, and whoever facilitates it. */
export function joinsHotWash(actor: Actor, team: TeamId): boolean {
	return playsIn(actor, team) || facilitatesHotWash(actor, team);
}

/** May read a team's board: who joins it, exercise control, and its evaluators. */
export function readsHotWash(actor: Actor, team: Pick<Team, 'id' | 'country'>): boolean {
	return (
		joinsHotWash(actor, team.id) ||
		hasRole(actor, 'director', 'controller') ||
		actor.memberships.some(
			(m) =>
				(m.role === 'evaluator' && m.teamId === team.id) ||
				(m.role === 'moderator' && m.country === team.country)
		)
	);
}

const open = (exercise: Exercise): Decision | null =>
	exercise.state === 'ended' || exercise.state === 'evaluating'
		? null
		: refuse('not-now', 'The hot wash opens at ENDEX and closes when the report is made.');

export const addCard = command({
	name: 'hotWash.add',
	input: z.object({
		team: id<TeamId>(),
		column: z.enum(hotWashColumns),
		text: shortText('Card', hotWashLimits.text),
		anonymous: z.boolean().default(false)
	}),
	decide(
		{ exercise, team, cards }: HotWashCommandState,
		{ column, text, anonymous },
		actor,
		{ mint }
	): Decision {
		if (!team || !joinsHotWash(actor, team.id)) return notFound();
		const refusal = open(exercise);
		if (refusal) return refusal;
		if (anonymous && !exercise.settings.anonymousHotWash)
			return refuse('forbidden', 'In this exercise cards carry a name.');
		if (cards.filter((card) => card.column === column).length >= hotWashLimits.cards)
			return refuse('too-large', `This column has ${hotWashLimits.cards} cards: merge some first.`);
		return {
			facts: [{ kind: 'card-added', team: team.id, card: mint<CardId>(), column, text, anonymous }]
		};
	}
});

export const withdrawCard = command({
	name: 'hotWash.withdraw',
	input: z.object({ team: id<TeamId>(), card: id<CardId>() }),
	decide({ exercise, team, cards }: HotWashCommandState, { card }, actor): Decision {
		if (!team || !joinsHotWash(actor, team.id)) return notFound();
		const refusal = open(exercise);
		if (refusal) return refusal;
		const found = cards.find((one) => one.card === card);
		if (!found) return notFound();
		// nobody's name stands on an anonymous card, so only a facilitator can take it off
		if (!found.mine && !facilitatesHotWash(actor, team.id))
			return refuse('forbidden', 'Your own cards you can take off; for others ask the facilitator.');
		return { facts: [{ kind: 'card-withdrawn', team: team.id, card }] };
	}
});

export const voteForCard = command({
	name: 'hotWash.vote',
	input: z.object({ team: id<TeamId>(), card: id<CardId>(), on: z.boolean() }),
	decide({ exercise, team, cards }: HotWashCommandState, { card, on }, actor): Decision {
		if (!team || !joinsHotWash(actor, team.id)) return notFound();
		const refusal = open(exercise);
		if (refusal) return refusal;
		const found = cards.find((one) => one.card === card);
		if (!found) return notFound();
		if (found.myVote === on) return { facts: [] };
		const used = cards.filter((one) => one.column === found.column && one.myVote).length;
		if (on && used >= hotWashLimits.votesPerPerson)
			return refuse(
				'not-now',
				`You have ${hotWashLimits.votesPerPerson} votes in each column: take one back first.`
			);
		return { facts: [{ kind: 'card-voted', team: team.id, card, on }] };
	}
});
