import { z } from 'zod';
import type { AccountId, TeamId } from '../ids.ts';
import type { Team } from '../exercise/schema.ts';
import type { ChannelMembers } from './schema.ts';

/*
 * How alert a network is (DOMAIN 7.4, 5.3). Each has a ladder of its own; a step up or down is proposed by a member with
 * a reason and decided by somebody else. The procedures of the real networks are not public, so rungs are data that
 * exercise control changes.
 */

export interface Rung {
	id: string;
	label: string;
	/** how often members report while it holds, in hours of exercise time; null: as each decides */
	rhythmHours: number | null;
}

export interface ModeChange {
	from: string;
	to: string;
	reason: string;
	proposedBy: string;
	/** the reason of whoever decided */
	decision: string;
	decidedBy: string;
	agreed: boolean;
	/** when it was decided: exercise time, ms, null before STARTEX; wall clock */
	at: number | null;
	wallAt: number;
}

export interface ModeProposal {
	to: string;
	reason: string;
	by: { account: AccountId; name: string };
	at: number | null;
	wallAt: number;
}

export interface NetworkMode {
	/** from below */
	ladder: Rung[];
	current: string;
	/** who decides; empty: exercise control alone */
	deciders: { id: AccountId; name: string }[];
	/** who proposed may decide too: a network of few people */
	proposerMayDecide: boolean;
	proposal: ModeProposal | null;
	/** first to last */
	history: ModeChange[];
}

export const rungSchema = z.object({
	id: z.string().regex(/^[a-z0-9_-]{1,40}$/),
	label: z.string().trim().min(1, 'Name every mode.').max(60),
	rhythmHours: z.number().min(0.25).max(168).nullable()
});

export const ladderSchema = z
	.array(rungSchema)
	.min(2, 'A ladder has at least two modes.')
	.max(8, 'A ladder has at most eight modes.')
	.refine((rungs) => new Set(rungs.map((one) => one.id)).size === rungs.length, {
		message: 'Two modes have the same id.'
	});

/** Names often used for the CSIRTs network and EU-CyCLONe; rhythms are a proposal (DOMAIN 2.11, 5.1). */
export const networkLadder: readonly Rung[] = [
	{ id: 'normal', label: 'Normal', rhythmHours: null },
	{ id: 'alert', label: 'Alert', rhythmHours: 4 },
	{ id: 'full', label: 'Full', rhythmHours: 2 }
];

/** Council Implementing Decision (EU) 2018/1993. */
export const ipcrLadder: readonly Rung[] = [
	{ id: 'inactive', label: 'Inactive', rhythmHours: null },
	{ id: 'monitoring', label: 'Monitoring', rhythmHours: 12 },
	{ id: 'information_sharing', label: 'Information sharing', rhythmHours: 8 },
	{ id: 'full_activation', label: 'Full activation', rhythmHours: 4 }
];

export function newMode(ladder: readonly Rung[]): NetworkMode {
	return {
		ladder: [...ladder],
		current: ladder[0]!.id,
		deciders: [],
		proposerMayDecide: false,
		proposal: null,
		history: []
	};
}

export function rungOf({ ladder, current }: Pick<NetworkMode, 'ladder' | 'current'>): Rung {
	return ladder.find((one) => one.id === current) ?? ladder[0]!;
}

export const labelOf = ({ ladder }: Pick<NetworkMode, 'ladder'>, rung: string): string =>
	ladder.find((one) => one.id === rung)?.label ?? rung;

/** One step up or down; a ladder is not jumped. */
export function stepsFrom({ ladder, current }: Pick<NetworkMode, 'ladder' | 'current'>): Rung[] {
	const at = ladder.findIndex((one) => one.id === current);
	return [ladder[at - 1], ladder[at + 1]].filter((one) => one !== undefined);
}

/** Up: escalation. */
export function isUp({ ladder }: Pick<NetworkMode, 'ladder'>, from: string, to: string): boolean {
	const at = (wanted: string) => ladder.findIndex((one) => one.id === wanted);
	return at(to) > at(from);
}

/** What happens to a mode. */
export type ModeAct =
	| {
			kind: 'mode-set-up';
			ladder: Rung[];
			deciders: { id: AccountId; name: string }[];
			proposerMayDecide: boolean;
	  }
	| { kind: 'mode-proposed'; to: string; reason: string }
	| { kind: 'mode-decided'; to: string; reason: string; agreed: boolean };

/** How a mode stands after an act; pure, the same in the server and in tests. */
export function modeAfter(
	mode: NetworkMode | null,
	act: ModeAct,
	by: { account: AccountId; name: string },
	when: { at: number | null; wallAt: number }
): NetworkMode {
	if (act.kind === 'mode-set-up') {
		const { ladder, deciders, proposerMayDecide } = act;
		const before = mode ?? newMode(ladder);
		const has = (rung: string) => ladder.some((one) => one.id === rung);
		return {
			...before,
			ladder,
			deciders,
			proposerMayDecide,
			// a rung that is taken away leaves the network at the bottom
			current: has(before.current) ? before.current : ladder[0]!.id,
			proposal: before.proposal && has(before.proposal.to) ? before.proposal : null
		};
	}
	if (!mode) throw new Error(`a mode begins by being set up, not with ${act.kind}`);
	if (act.kind === 'mode-proposed')
		return { ...mode, proposal: { to: act.to, reason: act.reason, by, ...when } };
	const { proposal } = mode;
	const change: ModeChange = {
		from: mode.current,
		to: act.to,
		reason: proposal?.reason ?? '',
		proposedBy: proposal?.by.name ?? '',
		decision: act.reason,
		decidedBy: by.name,
		agreed: act.agreed,
		...when
	};
	return {
		...mode,
		current: act.agreed ? act.to : mode.current,
		proposal: null,
		history: [...mode.history, change]
	};
}

/**
 * How often a team reports, by the modes of the networks that it is in: hours of exercise time, the shortest counts; null:
 * no mode says. Situation reports are due so long after the one before.
 */
export function rhythmOf(
	modes: readonly { members: Pick<ChannelMembers, 'teams'>; mode: NetworkMode | null }[],
	team: Pick<Team, 'id'>
): number | null {
	const hours = modes.flatMap(({ members, mode }) => {
		const isIn = members.teams.some((one: { id: TeamId }) => one.id === team.id);
		const rhythm = mode && isIn ? rungOf(mode).rhythmHours : null;
		return rhythm === null ? [] : [rhythm];
	});
	return hours.length === 0 ? null : Math.min(...hours);
}

/** The same with the time from which each mode asks for it (exercise time, ms; null: since before STARTEX), for due times. */
export function rhythmsAsked(
	modes: readonly { members: Pick<ChannelMembers, 'teams'>; mode: NetworkMode | null }[],
	team: Pick<Team, 'id'>
): { minutes: number; from: number | null }[] {
	return modes.flatMap(({ members, mode }) => {
		const rhythm = mode && rhythmOf([{ members, mode }], team);
		if (!mode || rhythm === null) return [];
		const since = mode.history.findLast((one) => one.agreed && one.to === mode.current);
		return [{ minutes: rhythm * 60, from: since?.at ?? null }];
	});
}
