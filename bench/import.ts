import { newInject, readScript, type Inject } from '#lib/exercise/inject/schema.ts';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import { bodyFromText } from '#lib/exercise/inject/spreadsheet/body.ts';
import { applyPlan } from '#lib/exercise/inject/spreadsheet/apply.ts';
import { exportRows, exportTitle } from '#lib/exercise/inject/spreadsheet/export.ts';
import { proposeMapping } from '#lib/exercise/inject/spreadsheet/headings.ts';
import { makePlan } from '#lib/exercise/inject/spreadsheet/plan.ts';
import { readRows } from '#lib/exercise/inject/spreadsheet/rows.ts';
import { readSpreadsheet } from '#server/exchange/spreadsheet/read.ts';
import { writeXlsx } from '#server/exchange/spreadsheet/write.ts';
import * as Y from 'yjs';

export interface ImportFigures {
	rows: number;
	/** of the workbook */
	kilobytes: number;
	/** from the bytes of the file to the difference on the screen: open, recognise, read, compare */
	milliseconds: number;
	/** the parts: in the thread that opens the file, then in the server's own */
	openMs: number;
	readMs: number;
	compareMs: number;
	/** writing all of it into the page */
	applyMs: number;
	/** making the workbook */
	exportMs: number;
	/** the same file again: rows that differ, which must be 0 */
	differences: number;
}

/** A script of the largest exercise (DOMAIN 10: 1,500 injects, 1,000 teams): out to XLSX, in again, in once more. */
export async function benchImport(rows = 1500): Promise<ImportFigures> {
	const startsAt = Date.UTC(2026, 5, 10, 7);
	const teams = Array.from({ length: 1000 }, (_, n) => ({
		id: `team-${String(n).padStart(6, '0')}` as TeamId,
		name: `Operator ${n}`,
		country: 'GR' as const,
		level: 'entity' as const
	}));
	const script = Array.from({ length: rows }, (_, n): Inject =>
		newInject(`inject-${String(n).padStart(6, '0')}` as InjectId, {
			reference: `CE-GR-${String(n).padStart(4, '0')}`,
			storyline: `storyline ${n % 12}`,
			title: `Inject number ${n}: something happens at the port`,
			schedule: { mode: 'at', at: startsAt + n * 40_000 },
			from: 'Port authority duty officer',
			to: { all: false, countries: [], levels: [], teams: [teams[n % 1000]!.id, teams[(n * 7) % 1000]!.id] },
			body: bodyFromText(
				`${'The crane control network answers slowly and operators report wrong positions. '.repeat(8)}\n- seen at ${n}\n- **reported**`
			),
			expectedActions: [
				{ id: `action-${n}`, text: `Inform the CSIRT about ${n}`, withinSeconds: 3600, critical: true }
			],
			objectives: ['Information sharing', 'Escalation'],
			evaluatorNotes: 'Watch who informs whom.'
		})
	);
	const timed = async <T>(act: () => T | Promise<T>): Promise<[T, number]> => {
		const from = performance.now();
		const value = await act();
		return [value, Math.round(performance.now() - from)];
	};
	const [file, exportMs] = await timed(() =>
		writeXlsx({
			title: exportTitle('Bench', 'GR', 'amber'),
			sheetName: 'Script',
			rows: exportRows(script, { timeZone: 'Europe/Athens', teams })
		})
	);
	const context = { startsAt, timeZone: 'Europe/Athens', teams, script: [] as Inject[] };
	const [sheets, openMs] = await timed(() => readSpreadsheet(file, 'bench.xlsx'));
	const [candidates, readMs] = await timed(
		() => readRows(sheets[0]!, proposeMapping(sheets[0]!), context).candidates
	);
	const [plan, compareMs] = await timed(() => makePlan(candidates, context));
	const page = new Y.Doc();
	let last = 0;
	const [, applyMs] = await timed(() =>
		applyPlan(page, plan, () => `new-${String((last += 1)).padStart(8, '0')}` as InjectId)
	);
	const again = { ...context, script: readScript(page) };
	const second = makePlan(readRows(sheets[0]!, proposeMapping(sheets[0]!), again).candidates, again);
	return {
		rows,
		kilobytes: Math.round(file.length / 1024),
		milliseconds: openMs + readMs + compareMs,
		openMs,
		readMs,
		compareMs,
		applyMs,
		exportMs,
		differences: second.added.length + second.changed.length
	};
}

if (import.meta.main) console.log(await benchImport());
