import type { InjectId } from '../../ids.ts';
import type { Inject } from '../schema.ts';
import type { KnownTeam, NameMatch } from './recipients.ts';

/** What a row of a file can say of an inject. */
export type ImportedField = Exclude<keyof Inject, 'id'>;
/** In the order in which differences are shown: what it is, when, from whom to whom, what it says, the rest. */
export const importedFields = [
	'reference',
	'title',
	'schedule',
	'from',
	'to',
	'channel',
	'tlp',
	'body',
	'expectedActions',
	'storyline',
	'category',
	'level',
	'windowSeconds',
	'objectives',
	'capabilities',
	'controller',
	'evaluatorNotes',
	'controllerNotes',
	'acknowledgementRequired',
	'acknowledgeWithin',
	'responseRequired',
	'respondWithin',
	'otherFields'
] as const satisfies readonly ImportedField[];

export type ImportedValues = Partial<Omit<Inject, 'id'>>;

/**
 * One row of a file as an inject. In `values.schedule` an inject of the same file that is not in the script yet is
 * named by `rowKey`; `plan.ts` and `apply.ts` put its id there. Expected actions have no ids yet ('').
 */
export interface Candidate {
	/** index of the row in the sheet */
	row: number;
	/** the id that our own export wrote, if the script has such an inject */
	musterId: InjectId | null;
	/** '' where the file gives none */
	reference: string;
	/** what the file says; compared with the script, and written */
	values: ImportedValues;
	/** what is taken for granted where the file says nothing: for new injects only */
	whenNew: ImportedValues;
	/** of another tool: compared with the inject itself, not with how a spreadsheet would carry it */
	direct?: true;
}

/** Stands for an inject of the file that has no id yet. */
export const rowKey = (row: number) => `row:${row}` as InjectId;

export interface RowProblem {
	/** index of the row; null: the whole file */
	row: number | null;
	/** index of the column; null: the whole row */
	column: number | null;
	/** at most 200 characters of what stands there */
	cellText: string;
	/** a sentence for the planner */
	message: string;
	/** an error keeps the row out until it is put right or left out; a warning is only said */
	severity: 'error' | 'warning';
}

export interface SkippedRow {
	row: number;
	reason: 'section' | 'repeated-heading' | 'marking' | 'left-out';
	text: string;
}

/** A name in a column of recipients that is no team, country or level of the exercise. */
export interface UnknownName {
	name: string;
	/** by which a decision on it is kept (`RecipientContext.matches`) */
	key: string;
	rows: number[];
	/** teams that look alike, best first */
	similar: KnownTeam[];
}

/** What rows are read against. Nothing here tells the time: reading the same file twice gives the same. */
export interface ReadContext {
	/** exercise time at STARTEX, ms */
	startsAt: number;
	/** the zone in which exercise time is told */
	timeZone: string;
	teams: readonly KnownTeam[];
	/** the script as it is */
	script: readonly Inject[];
	matches?: Readonly<Record<string, NameMatch>>;
	/** rows that the planner leaves out */
	leaveOut?: ReadonlySet<number>;
}

export interface ReadRows {
	candidates: Candidate[];
	problems: RowProblem[];
	skipped: SkippedRow[];
	unknownNames: UnknownName[];
}
