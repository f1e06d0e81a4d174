import {
	AlignmentType,
	Document,
	Footer,
	Header,
	LevelFormat,
	Packer,
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
import { markingOf, markingWordOf } from '#lib/exercise/exercise/kind.ts';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import { annex, body, speakAs, titlePage } from './sections.ts';
import type { ReportData } from './data.ts';
import { Numbering, orderedList, pageWidth, plain } from './words.ts';

/*
 * The after-action report as DOCX. Marking and label stand in header and footer of every page, also of the first
 * (DOMAIN 8.5, PROMISES P8). Pure: runs in a worker, because a large exercise takes seconds.
 */
export async function writeReport(data: ReportData): Promise<Uint8Array> {
	const numbering = new Numbering();
	const say = translator('en', data.exercise.kind);
	speakAs(data.exercise.kind);
	const document = new Document({
		title: plain(`${data.exercise.name}: ${say('review.report.title')}`),
		subject: `${markingOf(data.exercise)} · ${tlpLabel(data.tlp)}`,
		keywords: `${markingWordOf(data.exercise)}, ${tlpLabel(data.tlp)}`,
		creator: 'Muster',
		lastModifiedBy: plain(data.madeBy),
		styles: {
			default: {
				document: { run: { font: 'Calibri', size: 22, language: { value: 'en-GB' } } },
				heading1: style(32, 360),
				heading2: style(26, 280),
				heading3: style(23, 220),
				heading4: style(22, 180)
			}
		},
		numbering: { config: [{ reference: orderedList, levels: orderedLevels }] },
		sections: [
			section(data.exercise, data.tlp, 'portrait', [...titlePage(data), ...body(data, numbering)]),
			section(data.exercise, data.tlp, 'landscape', annex(data))
		]
	});
	return new Uint8Array(await Packer.toArrayBuffer(document));
}

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

export function section(
	space: Pick<Exercise, 'kind'>,
	tlp: Tlp,
	orientation: 'portrait' | 'landscape',
	children: ISectionOptions['children']
): ISectionOptions {
	const right = pageWidth[orientation];
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
		headers: { default: new Header({ children: [edge(right, [marking(space)], [label(tlp)])] }) },
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
const label = (tlp: Tlp) =>
	new TextRun({
		text: ` ${tlpLabel(tlp)} `,
		bold: true,
		size: 24,
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
