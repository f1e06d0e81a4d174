import { countryName, type CountryCode } from '#lib/standards/countries.ts';
import type { ImpactColour, Outlook } from '#lib/standards/incidents.ts';
import type { BoardCell, BoardRow, SituationBoard } from '#lib/exercise/situation/board.ts';
import { t } from '#lib/text/index.ts';
import type { MapMark, MapMarks } from '#lib/ui/map/EuropeMap.svelte';

/** How the board says what it shows: a level and an outlook in words and signs. */
export type Level = ImpactColour | 'unknown';
export const levels: readonly Level[] = ['red', 'yellow', 'green', 'white', 'unknown'];

export const levelWords = (level: Level): string => t(`situation.level.${level}`);
const arrows: Record<Outlook, string> = { improving: '↘', stable: '→', worsening: '↗' };
export const arrowOf = (outlook: Outlook | null): string => (outlook === null ? '' : arrows[outlook]);

/** `Energy: large, worsening` */
export function cellWords(name: string, cell: BoardCell | undefined): string {
	if (!cell) return `${name}: ${levelWords('unknown')}`;
	const parts = [levelWords(cell.colour), t(`situation.outlook.${cell.outlook}`)];
	if (cell.secondHand) parts.push(t('situation.secondHand'));
	return `${name}: ${parts.join(', ')}`;
}

export function marksOf(board: SituationBoard): MapMarks {
	return Object.fromEntries(
		board.rows.map((row): [CountryCode, MapMark] => [row.country, markOf(row)])
	) as MapMarks;
}

function markOf(row: BoardRow): MapMark {
	const level = row.worst ?? 'unknown';
	const words = [levelWords(level), ...(row.outlook ? [t(`situation.outlook.${row.outlook}`)] : [])];
	return { level, arrow: arrowOf(row.outlook), words: `${countryName(row.country)}: ${words.join(', ')}` };
}
