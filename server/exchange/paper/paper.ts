import type { ExerciseKind } from '#lib/exercise/exercise/schema.ts';
import type { RichText } from '#lib/exercise/rich-text.ts';
import type { Tlp } from '#lib/standards/tlp.ts';

/** One report on paper, in words: the same for every kind of file. */
export interface Paper {
	/** what it is marked as, on every page */
	space: ExerciseKind;
	/** the name of the exercise */
	exercise: string;
	tlp: Tlp;
	/** `Situation report 3`, above the title */
	kind: string;
	title: string;
	/** what the reader must know of it first: from, as of, approved by … */
	about: { label: string; text: string }[];
	parts: PaperPart[];
	/** who took it out, and when, for the last line */
	note: string;
}

export type PaperPart =
	| { is: 'heading'; text: string }
	| { is: 'text'; text: RichText }
	| { is: 'lines'; lines: string[] }
	| { is: 'table'; columns: { title: string; share: number }[]; rows: string[][] }
	/** a question of a form, and its answer */
	| { is: 'field'; label: string; text: RichText | string };

export type PaperFormat = 'docx' | 'pdf';
export interface PaperWork {
	format: PaperFormat;
	paper: Paper;
}
