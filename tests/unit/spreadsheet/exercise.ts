import type { CountryCode } from '#lib/standards/countries.ts';
import type { TeamLevel } from '#lib/exercise/exercise/schema.ts';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import type { Inject } from '#lib/exercise/inject/schema.ts';
import type { ReadContext } from '#lib/exercise/inject/spreadsheet/candidates.ts';
import { proposeMapping } from '#lib/exercise/inject/spreadsheet/headings.ts';
import { makePlan } from '#lib/exercise/inject/spreadsheet/plan.ts';
import { readRows } from '#lib/exercise/inject/spreadsheet/rows.ts';
import type { Cell, Sheet } from '#lib/exercise/inject/spreadsheet/table.ts';

/** STARTEX on Wednesday 10 June 2026, 09:00 in Brussels. */
export const startsAt = Date.UTC(2026, 5, 10, 7, 0);

const team = (id: string, name: string, country: CountryCode, level: TeamLevel) => ({
	id: id as TeamId,
	name,
	country,
	level
});
export const teams = [
	team('team-gr-csirt', 'GR CSIRT', 'GR', 'technical'),
	team('team-fr-csirt', 'FR CSIRT', 'FR', 'technical'),
	team('team-port-auth', 'Port, Authority', 'BE', 'entity'),
	team('team-minister', 'Ministère français', 'FR', 'political'),
	team('team-semicolon', 'Odd; name', 'DE', 'operational')
];

export function contextOf(script: readonly Inject[] = [], more: Partial<ReadContext> = {}): ReadContext {
	return { startsAt, timeZone: 'Europe/Brussels', teams, script, ...more };
}

export const sheetOf = (...rows: Cell[][]): Sheet => ({ name: 'MSEL', rows });

/** Proposes, reads and compares, as the page does when nobody corrects anything. */
export function importSheet(sheet: Sheet, context: ReadContext = contextOf()) {
	const proposal = proposeMapping(sheet);
	const read = readRows(sheet, proposal, context);
	return { proposal, ...read, plan: makePlan(read.candidates, context) };
}

/** Ids in order: `new-000001` … */
export function minting(): () => InjectId {
	let last = 0;
	return () => `new-${String((last += 1)).padStart(6, '0')}` as InjectId;
}
