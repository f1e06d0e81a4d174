import type { Tlp } from '#lib/standards/tlp.ts';
import type { ChannelId, RecordId, TeamId } from '../ids.ts';
import type { Exercise, Team } from '../exercise/schema.ts';
import type { RecordGroup } from '../record/groups.ts';

/** What every fact about a working record says. Other sides of an exchange have records of their own, under ids of their own (R1). */
export interface RecordFact {
	kind: string;
	/** the team that acted, or, `byControl`, the one whose record exercise control acted on */
	team: TeamId;
	record: RecordId;
	copies?: RecordPlace[];
	/** what the server has to know later and no side reads: ids of things that are not theirs to see */
	unseen?: Record<string, string>;
	/** the label that the record has with this fact */
	tlp: Tlp;
	/** exercise control acted, whose names players do not read */
	byControl?: true;
}

/** A fact as one side reads it: without the ids of the others. */
export type Bare<F extends RecordFact> = F extends RecordFact
	? Omit<F, 'team' | 'record' | 'copies' | 'unseen'>
	: never;

export function bareOf<F extends RecordFact>(fact: F): Bare<F> {
	const { team: _team, record: _record, copies: _copies, unseen: _unseen, ...bare } = fact;
	return bare as Bare<F>;
}

/** A fact with who and when, as one side reads it: from the database and from a timeline alike. */
export interface Happened<F extends RecordFact> {
	fact: Bare<F>;
	/** `other`: another team, or exercise control, acted */
	side: 'own' | 'other';
	/** the other team's name; none: the own team, or exercise control */
	from?: string;
	/** the person; null: a controller, for players */
	by: string | null;
	/** exercise time, ms; null before STARTEX */
	at: number | null;
	wallAt: number;
}

export interface RecordDefinition<F extends RecordFact, Standing> {
	/** every kind of fact, and whether it shows to the team alone or also to exercise control and the country's moderators */
	shown: Record<F['kind'], 'team' | 'watched'>;
	group: RecordGroup;
	/** commands need every team of the exercise, not only the acting one */
	addressesTeams?: true;
	/** how the record stands after a fact; pure, the same in the server and the browser */
	evolve: (standing: Standing | null, happened: Happened<F>) => Standing;
	/** what a fact says, for the record of the exercise: a title for its sentence, and the words themselves */
	words: (fact: F | Bare<F>) => { title: string; text: string };
}

/** What a command about a working record is decided on. */
export interface WorkingState<Standing> {
	exercise: Exercise;
	/** the team that is named, or whose record it is */
	team: Team | null;
	/** the record that is named, and those that other teams keep of the same exchange */
	record: { id: RecordId; team: TeamId; standing: Standing; others?: readonly RecordPlace[] } | null;
	/** how many records of this kind the team has: the next one's number is one more */
	count: number;
	/** only where the kind addresses teams */
	teams: ReadonlyMap<TeamId, Team>;
	/** of those, whom the acting team may address: of its country, or in one of its channels */
	addressable?: ReadonlySet<TeamId>;
	/** the networks that it may address, with the teams on duty for them */
	duty?: ReadonlyMap<ChannelId, { name: string; teams: readonly TeamId[] }>;
}

/** A record and the team that keeps it. */
export interface RecordPlace {
	team: TeamId;
	record: RecordId;
}

/** A record as pages read it. `acts` is how many facts it stands on: a timeline's entry says which one it is. */
export interface KeptRecord<Standing = unknown> {
	id: RecordId;
	acts: number;
	standing: Standing;
}
