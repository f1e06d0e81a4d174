import { z } from 'zod';
import { command, forbidden, notFound, refuse, type Decision } from '../decision.ts';
import { isControl } from '../exercise/access.ts';
import { id, longText, type Actor } from '../exercise/schema.ts';
import type { AccountId, ChannelId, TeamId } from '../ids.ts';
import { readsChannel, type Voice } from './access.ts';
import type { ModeFact } from './facts.ts';
import { isUp, labelOf, ladderSchema, rungOf, stepsFrom, type NetworkMode } from './mode.ts';
import type { ChannelRow } from './schema.ts';
import { isOver, speakerOf, speaking, type ChannelState } from './state.ts';

/*
 * Escalation and de-escalation of a network: a member proposes with a reason, a named decider decides, and these are two
 * people unless exercise control allows one (DOMAIN 5.3, 7.4).
 */

export const setUpMode = command({
	name: 'mode.setUp',
	input: z.object({
		channel: id<ChannelId>(),
		ladder: ladderSchema,
		deciders: z.array(id<AccountId>()).max(20).default([]),
		proposerMayDecide: z.boolean().default(false)
	}),
	decide(state: ChannelState, input, actor): Decision {
		const { exercise, channel } = state;
		if (!channel || readsChannel(channel.members, actor) === null) return notFound();
		if (!isControl(actor)) return forbidden('Exercise control sets up the modes of a network.');
		const over = isOver(exercise);
		if (over) return over;
		if (channel.kind === 'private' || channel.kind === 'control' || channel.kind === 'moderators')
			return refuse('invalid', 'Networks have modes; this channel is none.');
		const deciders = [...new Set(input.deciders)].map((account) => state.people.get(account));
		if (deciders.some((one) => !one || readsChannel(channel.members, one) === null))
			return refuse('invalid', 'Whoever decides is in the channel.');
		return {
			facts: [
				{
					kind: 'mode-set-up',
					channel: channel.id,
					name: channel.name,
					ladder: input.ladder,
					deciders: deciders.map((one) => ({ id: one!.accountId, name: one!.name })),
					proposerMayDecide: input.proposerMayDecide
				}
			]
		};
	}
});

export const proposeMode = command({
	name: 'mode.propose',
	input: z.object({
		channel: id<ChannelId>(),
		to: z.string().max(40),
		reason: longText('Reason'),
		team: id<TeamId>().optional()
	}),
	decide(state: ChannelState, { to, reason, team }, actor): Decision {
		const speaks = speaking(state, state.channel, actor, team);
		if ('refusal' in speaks) return speaks.refusal;
		const { channel, voice } = speaks;
		const { mode } = channel;
		if (!mode) return refuse('not-now', 'This channel has no modes.');
		if (mode.proposal)
			return refuse(
				'stale',
				`“${labelOf(mode, mode.proposal.to)}” is proposed already: it has to be decided first.`
			);
		if (!stepsFrom(mode).some((one) => one.id === to))
			return refuse(
				'invalid',
				`A mode changes by one step: from “${rungOf(mode).label}” to ${stepsFrom(mode)
					.map((one) => `“${one.label}”`)
					.join(' or ')}.`
			);
		return { facts: [{ kind: 'mode-proposed', ...move(state, channel, mode, voice, to), reason }] };
	}
});

export const decideMode = command({
	name: 'mode.decide',
	input: z.object({
		channel: id<ChannelId>(),
		/** what was proposed when the decider read it */
		to: z.string().max(40),
		agree: z.boolean(),
		reason: z.string().trim().max(4000).default(''),
		team: id<TeamId>().optional()
	}),
	decide(state: ChannelState, { to, agree, reason, team }, actor): Decision {
		const speaks = speaking(state, state.channel, actor, team);
		if ('refusal' in speaks) return speaks.refusal;
		const { channel, voice } = speaks;
		const { mode } = channel;
		if (!mode?.proposal || mode.proposal.to !== to)
			return refuse('stale', 'This proposal is not open any more. Look at it again.');
		const why = whyNotDecide(mode, actor);
		if (why !== null) return forbidden(why);
		if (!agree && reason === '') return refuse('invalid', 'Say why not: the network reads it.');
		return {
			facts: [{ kind: 'mode-decided', ...move(state, channel, mode, voice, to), reason, agreed: agree }]
		};
	}
});

/** Why somebody does not decide the open proposal; null: they may. The same on the page and here. */
export function whyNotDecide(mode: NetworkMode, actor: Actor): string | null {
	const named = mode.deciders.some((one) => one.id === actor.accountId);
	if (!named && !isControl(actor))
		return mode.deciders.length === 0
			? 'Exercise control decides for this network: it has named nobody yet.'
			: `This is decided by ${mode.deciders.map((one) => one.name).join(', ')}.`;
	if (mode.proposal?.by.account === actor.accountId && !mode.proposerMayDecide)
		return 'You proposed it: somebody else decides.';
	return null;
}

type Move = Omit<Extract<ModeFact, { kind: 'mode-proposed' }>, 'kind' | 'reason'>;

function move(
	{ teams }: ChannelState,
	channel: ChannelRow,
	mode: NetworkMode,
	voice: Voice,
	to: string
): Move {
	const members = channel.members.teams.map((one) => one.id);
	const countries = members.flatMap((one) => teams.get(one)?.country ?? []);
	return {
		channel: channel.id,
		name: channel.name,
		speaker: voice.team,
		from: speakerOf(voice, teams),
		named: voice.named,
		to,
		labels: { from: rungOf(mode).label, to: labelOf(mode, to) },
		up: isUp(mode, mode.current, to),
		rhythmHours: mode.ladder.find((one) => one.id === to)?.rhythmHours ?? null,
		members,
		countries: [...new Set(countries)].sort()
	};
}
