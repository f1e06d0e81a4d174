import { countryName } from '#lib/standards/countries.ts';
import { sectorName, sectors } from '#lib/standards/sectors.ts';
import { strictestTlp, tlpLabel } from '#lib/standards/tlp.ts';
import { markingOf } from '#lib/exercise/exercise/kind.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { neutralise, type Cell } from '#lib/exercise/inject/spreadsheet/table.ts';
import type { BoardRow } from '#lib/exercise/situation/board.ts';
import { translator } from '#lib/text/index.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import type { SituationView } from '../views/situation.ts';
import { exerciseClock, exportFileName, type ExportFile } from './record/file.ts';
import { writeCsv, writeXlsx } from './spreadsheet/write.ts';

/**
 * The situation board as a table, one line for each country and sector, also for those of which nobody has spoken: they
 * say so. Marking and label stand above; who took it out is recorded first (PROMISES P7, P8).
 */
export async function writeBoard(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	{ board, at }: SituationView,
	now: number | null,
	format: 'csv' | 'xlsx'
): Promise<ExportFile> {
	const tlp = strictestTlp([exercise.tlp, board.tlp]);
	await database.db.transaction((tx) =>
		writeAudit(tx, {
			scope: exercise.id,
			actorId: actor.accountId,
			act: 'situation.exported',
			detail: { format, tlp, at }
		})
	);
	const title = [markingOf(exercise), tlpLabel(tlp), exercise.name, exerciseClock(exercise, at ?? now)].join(
		' · '
	);
	const rows = [columns(), ...board.rows.flatMap((row) => linesOf(row, exercise))];
	const content = { title, sheetName: 'Situation', rows };
	const bytes = format === 'csv' ? writeCsv(content) : await writeXlsx(content);
	return {
		name: exportFileName(exercise, 'situation', tlp, format),
		type:
			format === 'csv'
				? 'text/csv; charset=utf-8'
				: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
		body: new Blob([Buffer.from(bytes)]).stream()
	};
}

const columns = (): Cell[] => [
	'country',
	'reported_by',
	'report',
	'report_tlp',
	'as_of',
	'sector',
	'impact',
	'outlook_6h',
	'users_affected',
	'cross_border',
	'said_by',
	'sources'
];

function linesOf(row: BoardRow, exercise: Exercise): Cell[][] {
	const t = translator('en');
	const { report } = row;
	const head: Cell[] = [
		countryName(row.country),
		neutralise(report?.team ?? ''),
		neutralise(report?.title ?? ''),
		report ? tlpLabel(report.tlp) : '',
		report ? exerciseClock(exercise, report.asOf) : ''
	];
	return sectors.map((sector) => {
		const cell = row.cells[sector.id];
		if (!cell) return [...head, sectorName(sector.id), t('situation.level.unknown'), '', null, '', '', ''];
		return [
			...head,
			sectorName(sector.id),
			t(`situation.level.${cell.colour}`),
			t(`situation.outlook.${cell.outlook}`),
			cell.usersAffected,
			cell.crossBorder ? 'yes' : 'no',
			[...new Set(cell.said.map(({ by }) => countryName(by)))].join('; '),
			neutralise([...new Set(cell.said.map(({ impact }) => impact.source).filter(Boolean))].join('; '))
		];
	});
}
