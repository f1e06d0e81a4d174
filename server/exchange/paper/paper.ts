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
	/**
	 * A report of many pages: a title page, contents, numbered headings. Its name beside the marking on every page, as
	 * `Public version 4`; '' where it is no version.
	 */
	book?: { version: string };
}

export interface PaperColumn {
	title: string;
	share: number;
	/** numbers stand at the right */
	right?: boolean;
}

export type PaperPart =
	/** level 1 to 3 of a book; other papers have one level. `isNewPage`: it begins one */
	| { is: 'heading'; text: string; level?: 1 | 2 | 3; isNewPage?: true }
	| { is: 'text'; text: RichText }
	| { is: 'paragraph'; text: string; tone?: 'soft' | 'bold' }
	| { is: 'lines'; lines: string[] }
	| { is: 'table'; columns: PaperColumn[]; rows: string[][]; isSmall?: true }
	/** a question of a form, and its answer */
	| { is: 'field'; label: string; text: RichText | string }
	/** from here on pages that can lie on their side do */
	| { is: 'wide' };

export type PaperFormat = 'docx' | 'pdf';
export interface PaperWork {
	format: PaperFormat;
	paper: Paper;
}
