import type { RichText } from '../../rich-text.ts';
import type { InjectCategory, InjectChannel } from '../schema.ts';

/**
 * What other tools' files are read into, whatever tool: plain values in other tools' words, bounded, harmless. Names of
 * recipients are still names, and other injects are still called by the ids of the tool: `candidates.ts` compares them
 * with an exercise.
 */
export type ForeignKind = 'openaev' | 'blueprint' | 'icebergttx';

export interface ForeignExercise {
	kind: ForeignKind;
	/** the tool's name as people write it */
	tool: string;
	title: string;
	injects: ForeignInject[];
	/** what the file has beside injects: shown; the page says what becomes of it */
	found: ForeignFinding[];
	/** what the exercise is to show, for the scenario: one line or more each */
	objectives: string[];
	/** for the list that `People and teams` takes in */
	people: ForeignPerson[];
	/** sentences on the whole file that keep it out */
	problems: string[];
	/** sentences on the whole file that are only said */
	notes: string[];
}

export interface ForeignPerson {
	name: string;
	email: string;
	organisation: string;
	country: string;
	/** a person of two teams stands in the list twice */
	team: string;
}

export type FoundKind =
	'teams' | 'organisations' | 'users' | 'objectives' | 'articles' | 'documents' | 'moves';

export interface ForeignFinding {
	what: FoundKind;
	count: number;
	/** the first of them */
	names: string[];
}

export interface ForeignInject {
	/** by which the tool knows it; kept on the inject, so that the same file updates it */
	foreignId: string;
	/** proposed; '' lets the import number it */
	reference: string;
	title: string;
	body: RichText;
	from: string;
	channel: InjectChannel | null;
	category: InjectCategory | null;
	schedule: ForeignSchedule;
	everyone: boolean;
	recipients: string[];
	expectedActions: ForeignAction[];
	objectives: string[];
	storyline: string;
	controllerNotes: string;
	evaluatorNotes: string;
	/** everything without a place of its own */
	otherFields: { name: string; value: string }[];
	/** files of a zip; its attachments where their bytes are there */
	documents: ForeignDocument[];
	problems: ForeignProblem[];
}

export interface ForeignDocument {
	/** what the zip calls it */
	entry: string;
	/** what people call it */
	name: string;
}

export interface ForeignProblem {
	field: ForeignField | null;
	message: string;
	severity: 'error' | 'warning';
}

export interface ForeignAction {
	text: string;
	withinSeconds: number | null;
}

export type ForeignSchedule =
	| { mode: 'manual' }
	| { mode: 'offset'; seconds: number }
	| { mode: 'after'; foreignId: string; seconds: number }
	/** comes to a team that did one of these expected actions; `words` where Muster cannot judge that by itself */
	| { mode: 'did'; any: { foreignId: string; action: string }[]; words: string }
	| { mode: 'contingency'; condition: string };

/** The columns in which a foreign inject is shown, each of which may be left out. */
export const foreignFields = [
	'reference',
	'title',
	'time',
	'from',
	'to',
	'channel',
	'body',
	'expectedActions',
	'objectives',
	'storyline',
	'controllerNotes',
	'evaluatorNotes',
	'otherFields'
] as const;
export type ForeignField = (typeof foreignFields)[number];

export const toolNames: Record<ForeignKind, string> = {
	openaev: 'OpenAEV',
	blueprint: 'Blueprint',
	icebergttx: 'IcebergTTX'
};

/** The other field that keeps the tool's own id of an inject: by it the same file finds the inject again. */
export const foreignIdField = (kind: ForeignKind): string => `${toolNames[kind]} id`;

export const foreignLimits = {
	/** characters of one JSON text */
	characters: 40_000_000,
	/** of any other list than injects */
	list: 20_000,
	/** characters of HTML or text before they are read as a body */
	body: 200_000,
	/** rows of the list of people, as many as it takes in */
	people: 10_000,
	/** names shown of what was found */
	names: 200,
	/** characters of a value kept under another tool's name */
	otherValue: 4000,
	/** levels of JSON that are kept as text */
	depth: 6
} as const;
