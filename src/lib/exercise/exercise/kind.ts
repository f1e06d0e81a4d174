import type { Exercise, ExerciseKind } from './schema.ts';

/*
 * What a space is marked as (DOMAIN 4.5): the one place that says it, for screens, files, mails and what other tools
 * read. An exercise that is taken for real, or the reverse, is the worst mistake that a page of paper can make.
 */

interface Marking {
	/** above and below whatever leaves: header and footer, first and last line */
	whole: string;
	/** one word, where there is room for one: the subject of a mail, the title of a window, keywords of a file */
	word: string;
	/** in front of the name of a file, on the disk of whoever has it */
	file: string;
}

const markings: Record<ExerciseKind, Marking> = {
	exercise: { whole: 'EXERCISE EXERCISE EXERCISE', word: 'EXERCISE', file: 'EX' },
	real: { whole: 'REAL REAL REAL', word: 'REAL', file: 'REAL' }
};

type Space = Pick<Exercise, 'kind'>;

/** `EXERCISE EXERCISE EXERCISE`, or `REAL REAL REAL`. */
export const markingOf = ({ kind }: Space): string => markings[kind].whole;
/** `EXERCISE`, or `REAL`. */
export const markingWordOf = ({ kind }: Space): string => markings[kind].word;
/** `EX`, or `REAL`. */
export const filePrefixOf = ({ kind }: Space): string => markings[kind].file;

export const isReal = ({ kind }: Space): boolean => kind === 'real';

const inText: Record<ExerciseKind, RegExp> = {
	exercise: /\bexercise\s+exercise\s+exercise\b/gi,
	real: /\breal\s+real\s+real\b/gi
};

/** How a text is marked that comes from somewhere else: by the marking that Muster writes, wherever it stands; null: not. */
export function kindMarkedIn(text: string): ExerciseKind | null {
	// `search` begins at the beginning, whatever was looked for before
	if (text.search(inText.exercise) >= 0) return 'exercise';
	return text.search(inText.real) >= 0 ? 'real' : null;
}

/** The text with the marking of this kind wherever one stood. */
export const withMarking = (text: string, kind: ExerciseKind): string =>
	Object.values(inText).reduce((said, marking) => said.replace(marking, markings[kind].whole), text);

/** The text without a marking of either kind in front of it: `EXERCISE EXERCISE EXERCISE: Odd logins` is `Odd logins`. */
export function withoutMarking(text: string): string {
	for (const { whole } of Object.values(markings))
		if (text.startsWith(`${whole}: `)) return text.slice(whole.length + 2);
	return text;
}
