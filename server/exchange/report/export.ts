import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { auditExport, exportFileName, type ExportFile } from '../record/file.ts';
import { bytesFromWorker, inTurn } from '../in-worker.ts';
import type { Paper, PaperFormat } from '../paper/paper.ts';
import { gatherReport, type ReportSources } from './data.ts';
import { reportPaper } from './paper.ts';

/** The after-action report as this reader may read it, written beside the main thread. */
export async function exportReport(
	sources: ReportSources,
	exercise: Exercise,
	actor: Actor
): Promise<ExportFile> {
	const { bytes, data } = await inTurn(async () => {
		const { data, record } = await gatherReport(sources, exercise, actor);
		await auditExport(record, 'docx', data.tlp, null);
		return { data, bytes: await writeReport(reportPaper(data, null), 'docx') };
	});
	return {
		name: exportFileName(exercise, 'report', data.tlp, 'docx'),
		type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
		body: new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
	};
}

/** Call in turn: a report takes a core for seconds. */
export const writeReport = (paper: Paper, format: PaperFormat): Promise<Uint8Array> =>
	bytesFromWorker(
		new URL('../paper/worker.ts', import.meta.url),
		{ format, paper },
		'The report could not be made. Try again.'
	);
