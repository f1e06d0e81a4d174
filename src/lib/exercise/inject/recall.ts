import { z } from 'zod';
import { command, forbidden, notFound, refuse, type Decision } from '../decision.ts';
import type { Fact } from '../facts.ts';
import type { DeliveryId, InjectId, TeamId } from '../ids.ts';
import { consoleScope, isControl, seesConsole } from '../exercise/access.ts';
import { id, shortText, type Exercise, type Team } from '../exercise/schema.ts';
import type { InjectRow } from './commands.ts';
import { reachedTeams, staysInside } from './release.ts';
import type { Inject } from './schema.ts';

/*
 * Taking a released inject back (DOMAIN 7.2, `released → recalled`). What a team has read it has read: the entry stays and
 * says that it was recalled, nothing more is asked, and a corrected text is a new inject (ADR 18).
 */

/** One inject at one team, with the title that the team read: in its language. */
export interface OutDelivery {
	delivery: DeliveryId;
	team: TeamId;
	title: string;
}

export interface RecallState {
	exercise: Exercise;
	teams: readonly Team[];
	/** the inject, if it is approved */
	row: InjectRow | null;
	/** where it is */
	out: readonly OutDelivery[];
	/** injects that are scheduled after its release, and not released yet */
	followers: readonly InjectRow[];
}

/** Players read it. */
export const recallReasonLimit = 1000;

export const recallInject = command({
	name: 'inject.recall',
	input: z.object({ inject: id<InjectId>(), reason: shortText('Reason', recallReasonLimit) }),
	decide(
		{ exercise, teams, row, out, followers }: RecallState,
		{ inject, reason },
		actor,
		{ exercise: now }
	): Decision {
		if (!row?.content || !seesConsole(actor)) return notFound();
		const { content } = row;
		const whom = touchedTeams(row, content, out, teams);
		if (!isControl(actor) && !staysInside(whom, consoleScope(actor))) {
			const scope = consoleScope(actor);
			return whom.some((team) => scope?.has(team.country))
				? forbidden('It also reached other countries: ask exercise control.')
				: notFound();
		}
		const name = content.reference || `“${content.title || 'untitled'}”`;
		if (row.state === 'recalled') return refuse('stale', `${name} is recalled already.`);
		if (row.releasedAt === null)
			return refuse('not-now', `${name} is not released: hold it or skip it instead.`);
		if (out.length === 0)
			return refuse('not-now', `${name} has come to no team: there is nothing to recall.`);
		if (exercise.state === 'stopped')
			return refuse(
				'not-now',
				'The exercise is stopped for a real emergency. Nothing is recalled until the director resumes.'
			);
		if ((exercise.state !== 'running' && exercise.state !== 'paused') || now === null)
			return refuse('not-now', `Nothing can be recalled: the exercise is ${exercise.state}.`);
		const { reference, title, tlp } = content;
		const held = followers.flatMap((follower): Fact[] => {
			if (!follower.content || follower.state !== 'ready' || follower.releasedAt !== null) return [];
			const { reference: ownReference, title: ownTitle } = follower.content;
			return [
				{
					kind: 'inject-held',
					inject: follower.inject,
					reference: ownReference,
					title: ownTitle,
					reason: `It follows ${name}, which was recalled.`
				}
			];
		});
		return {
			facts: [
				{
					kind: 'inject-recalled',
					inject,
					reference,
					title,
					tlp,
					reason,
					deliveries: out.map(({ delivery, team, title: read }) => ({
						delivery,
						team,
						...(read !== title && { title: read })
					}))
				},
				// no schedule may release what was written for a course of events that was taken back
				...held
			],
			result: { teams: out.length, held: held.length }
		};
	}
});

/** Those that have it, and of one that goes team by team those that would still get it. */
function touchedTeams(
	{ state, variants }: InjectRow,
	content: Inject,
	out: readonly OutDelivery[],
	teams: readonly Team[]
): Team[] {
	const has = new Set<string>(out.map(({ team }) => team));
	const isWhole = state === 'released' || state === 'recalled';
	const would = isWhole ? [] : reachedTeams(content.to, variants, teams).reached;
	return teams.filter((team) => has.has(team.id) || would.includes(team));
}
