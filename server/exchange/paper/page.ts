import {
	AlignmentType,
	Footer,
	Header,
	LevelFormat,
	PageNumber,
	PageOrientation,
	Paragraph,
	ShadingType,
	TabStopType,
	TextRun,
	type ISectionOptions
} from 'docx';
import { translator } from '#lib/text/index.ts';
import { tlpColour, tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import { markingOf } from '#lib/exercise/exercise/kind.ts';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import { pageWidth, runs } from './words.ts';

/** A page of Word: its measures, and what stands in header and footer of every one (DOMAIN 8.5, PROMISES P8). */

export const style = (size: number, before: number) => ({
	run: { font: 'Calibri', size, bold: true, color: '102A43' },
	paragraph: { spacing: { before, after: 100 } }
});

export const orderedLevels = Array.from({ length: 9 }, (_, level) => ({
	level,
	format: LevelFormat.DECIMAL,
	text: `%${level + 1}.`,
	alignment: AlignmentType.START,
	style: { paragraph: { indent: { left: 720 * (level + 1), hanging: 360 } } }
}));

/** @param version of a book, beside the marking */
export function section(
	space: Pick<Exercise, 'kind'>,
	tlp: Tlp,
	orientation: 'portrait' | 'landscape',
	children: ISectionOptions['children'],
	version = ''
): ISectionOptions {
	const right = pageWidth[orientation];
	const left = [marking(space), ...(version ? runs(`   ${version}`, { size: 18, color: '52606D' }) : [])];
	return {
		properties: {
			page: {
				size: {
					width: 11906,
					height: 16838,
					orientation: orientation === 'portrait' ? PageOrientation.PORTRAIT : PageOrientation.LANDSCAPE
				},
				margin: { top: 1134, bottom: 1134, left: 1134, right: 1134, header: 510, footer: 510 }
			}
		},
		headers: { default: new Header({ children: [edge(right, left, [label(tlp)])] }) },
		footers: {
			default: new Footer({
				children: [edge(right, [marking(space)], [label(tlp), new TextRun('   '), pageOfPages()])]
			})
		},
		children
	};
}

function edge(right: number, first: TextRun[], last: TextRun[]): Paragraph {
	return new Paragraph({
		tabStops: [{ type: TabStopType.RIGHT, position: right }],
		children: [...first, new TextRun({ text: '\t' }), ...last]
	});
}

const marking = (space: Pick<Exercise, 'kind'>) =>
	new TextRun({ text: markingOf(space), bold: true, size: 20 });

/** The label's colour is for text on black (FIRST, TLP 2.0). */
export const label = (tlp: Tlp, size = 24) =>
	new TextRun({
		text: ` ${tlpLabel(tlp)} `,
		bold: true,
		size,
		color: tlpColour(tlp).slice(1).toUpperCase(),
		shading: { type: ShadingType.CLEAR, fill: '000000' }
	});

function pageOfPages(): TextRun {
	const [before = '', between = '', after = ''] =
		translator('en')('review.report.page').split(/\{page\}|\{pages\}/);
	return new TextRun({
		size: 20,
		children: [before, PageNumber.CURRENT, between, PageNumber.TOTAL_PAGES, after]
	});
}
