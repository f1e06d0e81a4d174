import { freezeReport, reportAsText } from '#lib/exercise/report/content.ts';
import type { ReportPage } from '#lib/exercise/report/page.ts';
import type { RichText } from '#lib/exercise/rich-text.ts';

/** Everything that a page says as one text: to compare, and to show once more what would be lost. */
export const reportWords = (page: ReportPage): RichText =>
	reportAsText(freezeReport(page), page.text, (at) => new Date(at).toISOString());
