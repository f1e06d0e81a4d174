import type * as Y from 'yjs';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { AccountId, ChannelId, OrganisationId, RecordId, TeamId } from '../ids.ts';
import type { TeamFile } from '../team/files.ts';
import type { Exercise, OrganisationKind, Team } from '../exercise/schema.ts';
import type { WorksheetPage } from '../documents.ts';
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

/** Who did it, and when on both clocks. */
export interface Act {
	/** null: exercise control, whose names players do not read */
	by: string | null;
	/** exercise time, ms; null before STARTEX */
	at: number | null;
	wallAt: number;
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

/** A person of the team. */
export interface TeamMember {
	account: AccountId;
	name: string;
	lead: boolean;
}

/** Something that is still to be done about a record: it waits in the room, and is handed over at the end of a shift. */
export interface OpenWork {
	title: string;
	/** of the record within the team; null: it has none */
	number: number | null;
	/** the state, as the kind calls it; empty: simply open */
	state: string;
	/** exercise time, ms; null: no time is set */
	dueAt: number | null;
	/** the person or position whose it is; null: the whole team's */
	whose: string | null;
	/** of the person; null: nobody's in particular */
	account: AccountId | null;
	/** its label; left out: TLP:AMBER */
	tlp?: Tlp;
}

/** What a command needs beside its record: only what a kind asks for is loaded. */
export type WorkingNeed = 'people' | 'files' | 'open';

export interface RecordDefinition<F extends RecordFact, Standing> {
	/** every kind of fact, and whether it shows to the team alone or also to exercise control and the country's moderators */
	shown: Record<F['kind'], 'team' | 'watched'>;
	group: RecordGroup;
	/** commands need every team of the exercise and its organisations, not only the acting one */
	addressesTeams?: true;
	/** commands need more: the people of the team, the files that the input names, all that is open in the team */
	needs?: readonly WorkingNeed[];
	/** what is still to be done about it, in an exercise whose days are of this zone; left out: nothing ever is */
	open?: (standing: Standing, timeZone: string) => OpenWork[];
	/** kinds of other records of the same team that commands look at */
	beside?: readonly string[];
	/** a page that several people write on before it becomes facts */
	page?: {
		/** the page that a fact opens, under the row of the acting team */
		openedBy: (fact: F) => WorksheetPage | null;
		/** null: this side of the exchange has none */
		of: (standing: Standing) => WorksheetPage | null;
		/** the page as plain values; commands that name a fingerprint are decided on it */
		read: (doc: Y.Doc, standing: Standing) => unknown;
	};
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
	/** only where the kind needs them */
	people?: ReadonlyMap<AccountId, TeamMember>;
	/** those of the input that are the team's; only where the kind needs them */
	files?: ReadonlyMap<string, TeamFile>;
	/** all that is open in the team; only where the kind needs it */
	open?: readonly OpenItem[];
	organisations?: ReadonlyMap<OrganisationId, OrganisationKind>;
	/** the team's records of the kinds that the definition names as `beside` */
	beside?: readonly (KeptRecord & { of: string })[];
	/** the record's page, for commands that name a fingerprint */
	page?: unknown;
}

/** A record and the team that keeps it. */
export interface RecordPlace {
	team: TeamId;
	record: RecordId;
}

/** What is open in a team, whatever it is: a record, an inject that waits, a question, a decision to look at again. */
export interface OpenItem extends OpenWork {
	/** the kind of record, or `inject`, `question`, `decision` */
	of: string;
	/** a record's id, a delivery's, a question's, a decision's number: what opens it */
	id: string;
	/** of an inject: what it asks for */
	asks?: 'acknowledge' | 'respond';
}

/** A record as pages read it. `acts` is how many facts it stands on: a timeline's entry says which one it is. */
export interface KeptRecord<Standing = unknown> {
	id: RecordId;
	acts: number;
	standing: Standing;
}
