import type { Tlp } from '#lib/standards/tlp.ts';
import type { TeamId } from '../ids.ts';
import type { Speaker } from '../channel/schema.ts';
import type { Happened, RecordDefinition, RecordFact } from '../working/record.ts';

/**
 * A request to relax a label: only the source may do it, so whoever wants to share further asks (TLP 2.0, DOMAIN 3.1). It
 * goes to the team that made it, or to exercise control.
 */
export const relaxationStates = ['asked', 'granted', 'declined'] as const;
export type RelaxationState = (typeof relaxationStates)[number];

/** What it is about, as both sides have read it. */
export interface About {
	/** null: who made it is not told before it answers */
	from: Speaker | null;
	/** the beginning of its words */
	excerpt: string;
	/** exercise time, ms; null before STARTEX */
	at: number | null;
	wallAt: number;
}

interface Common {
	about: About;
	wanted: Tlp;
}

type Of<Kind extends string, Body> = RecordFact & { kind: Kind } & Common & Body;
export type RelaxationFact =
	/** `unseen.message`, `unseen.shared` or `unseen.kept`: what it is about */
	| Of<'relax-asked', { reason: string }>
	| Of<'relax-granted', { note: string }>
	| Of<'relax-declined', { reason: string }>;

interface Act {
	from: string | null;
	by: string | null;
	at: number | null;
	wallAt: number;
}

export interface Relaxation {
	/** `sent`: the own team asked; `received`: the own team made it */
	direction: 'sent' | 'received';
	about: About;
	/** the label that it has, and the one that was asked for */
	tlp: Tlp;
	wanted: Tlp;
	reason: string;
	state: RelaxationState;
	asked: Act;
	/** what the source said to it */
	answer: (Act & { text: string }) | null;
	changed: Act;
}

function evolve(
	relaxation: Relaxation | null,
	{ fact, side, from, by, at, wallAt }: Happened<RelaxationFact>
): Relaxation {
	const act: Act = { from: from ?? null, by, at, wallAt };
	if (fact.kind === 'relax-asked') {
		const { about, tlp, wanted, reason } = fact;
		return {
			direction: side === 'own' ? 'sent' : 'received',
			about,
			tlp,
			wanted,
			reason,
			state: 'asked',
			asked: act,
			answer: null,
			changed: act
		};
	}
	if (!relaxation) throw new Error(`a relaxation begins by being asked for, not with ${fact.kind}`);
	return {
		...relaxation,
		state: fact.kind === 'relax-granted' ? 'granted' : 'declined',
		answer: { ...act, text: fact.kind === 'relax-granted' ? fact.note : fact.reason },
		changed: act
	};
}

/** What somebody asks, of whatever it is. */
export interface Asking {
	wanted: Tlp;
	reason: string;
	/** of several that have it, for which; left out: any */
	team: TeamId | undefined;
	/** the team waits for an answer already */
	isAsked: boolean;
}

/** Of a longer text, what is enough to know it again. */
export const excerptOf = (text: string): string => {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length <= 160 ? line : `${line.slice(0, 159).trimEnd()}…`;
};

export const relaxationRecord: RecordDefinition<RelaxationFact, Relaxation> = {
	shown: {
		'relax-asked': 'watched',
		'relax-granted': 'watched',
		'relax-declined': 'watched'
	},
	group: 'exchanges',
	addressesTeams: true,
	evolve,
	words(fact) {
		const title = fact.about.excerpt;
		return { title, text: fact.kind === 'relax-granted' ? fact.note : fact.reason };
	}
};
