import { ink, page, PdfSheets, soft, textWidth } from '../../exchange/paper/sheet.ts';

/** The plan on paper, in the words of the page: everything is a text by now. */
export interface PaperPlan {
	/** `EXERCISE EXERCISE EXERCISE · TLP:AMBER` */
	marking: string;
	title: string;
	/** what and when, below the title */
	about: string[];
	words: { contents: string; page: string; of: string };
	injects: PaperInject[];
}
export interface PaperInject {
	/** `D1 10:42`, or why there is none */
	time: string;
	reference: string;
	title: string;
	/** label and text, in order; empty ones are left out */
	fields: { label: string; text: string }[];
}

/** A4, with the marking above and below each page, `page x of y`, and the list by time. */
export async function writePdf(plan: PaperPlan): Promise<Uint8Array> {
	const sheets = new PdfSheets(plan.title);
	sheets.y = page.top + 40;
	sheets.write(plan.title, 22, { bold: true });
	sheets.y += 6;
	for (const line of plan.about) sheets.write(line, 10, { colour: soft });
	sheets.y += 16;
	sheets.write(plan.words.contents, 13, { bold: true });
	sheets.y += 4;

	// the list is written when the pages of the injects are known; it takes as many lines as there are injects
	const rowHeight = 13;
	const rows: { page: number; y: number }[] = [];
	for (let i = 0; i < plan.injects.length; i++) {
		sheets.room(rowHeight);
		rows.push({ page: sheets.pages - 1, y: sheets.y });
		sheets.y += rowHeight;
	}
	const startsOn: number[] = [];
	if (plan.injects.length > 0) sheets.newPage();
	for (const inject of plan.injects) {
		// a heading does not stand alone at the foot of a page
		sheets.room(90);
		startsOn.push(sheets.pages);
		sheets.line();
		sheets.y += 6;
		sheets.write([inject.time, inject.reference].filter(Boolean).join(' · '), 9, { colour: soft });
		sheets.write(inject.title, 13, { bold: true });
		sheets.y += 2;
		for (const { label, text } of inject.fields) {
			if (text.trim() === '') continue;
			sheets.room(30);
			sheets.write(label, 8, { colour: soft, bold: true });
			sheets.write(text, 10, { x: page.margin + 10 });
			sheets.y += 2;
		}
		sheets.y += 10;
	}

	for (const [i, inject] of plan.injects.entries()) {
		sheets.doc.switchToPage(rows[i]!.page);
		sheets.y = rows[i]!.y;
		const [time] = sheets.linesOf(inject.time, 9, 96);
		sheets.draw(time ?? '', page.margin, 9, soft, false);
		const [name] = sheets.linesOf(
			[inject.reference, inject.title].filter(Boolean).join('  '),
			9,
			textWidth - 140
		);
		sheets.draw(name ?? '', page.margin + 100, 9, ink, false);
		const number = String(startsOn[i]);
		sheets.draw(number, page.margin + textWidth - sheets.measure(number, 9), 9, soft, false);
	}
	return sheets.finish(plan.marking, plan.words);
}
