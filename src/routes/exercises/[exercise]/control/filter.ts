import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectState } from '#lib/exercise/inject/release.ts';
import { overdueTeams, type Board, type BoardRow } from './board.ts';

/** What of the board is shown. Empty text: all. */
export interface BoardFilter {
	storyline: string;
	state: '' | Exclude<InjectState, 'submitted'> | 'overdue' | 'unacknowledged';
	country: string;
	search: string;
}

export const noFilter = (): BoardFilter => ({ storyline: '', state: '', country: '', search: '' });

/** The columns: numbers of teams in the board, by country and name, with one country's teams only when it is chosen. */
export function shownTeams(
	board: Board,
	team: (id: string) => Pick<Team, 'country' | 'name'> | undefined,
	country: string
): number[] {
	return board.teams
		.map((id, number) => ({ number, country: team(id)?.country ?? '', name: team(id)?.name ?? '' }))
		.filter((one) => country === '' || one.country === country)
		.sort((a, b) => collator.compare(a.country, b.country) || collator.compare(a.name, b.name))
		.map((one) => one.number);
}

// Team 9 before Team 10
const collator = new Intl.Collator('en', { numeric: true });

/** The rows: what fits the filter, and with a country chosen only what reaches one of its teams. */
export function shownRows(
	board: Board,
	filter: BoardFilter,
	teams: readonly number[],
	now: number | null
): BoardRow[] {
	const words = filter.search.trim().toLowerCase().split(/\s+/).filter(Boolean);
	return board.order.filter((row) => {
		const { inject } = row;
		if (filter.storyline !== '' && inject.storyline !== filter.storyline) return false;
		if (!hasState(row, filter.state, now)) return false;
		if (words.length > 0) {
			const text = `${inject.reference} ${inject.title} ${inject.storyline}`.toLowerCase();
			if (!words.every((word) => text.includes(word))) return false;
		}
		return filter.country === '' || teams.some((team) => row.cells[team] !== undefined || row.reaches(team));
	});
}

function hasState(row: BoardRow, state: BoardFilter['state'], now: number | null): boolean {
	if (state === '') return true;
	if (state === 'overdue') return overdueTeams(row, now) > 0;
	if (state === 'unacknowledged') return row.inject.state === 'released' && row.missing.acknowledgement > 0;
	return row.inject.state === state;
}

export function storylines(board: Board): string[] {
	return [...new Set(board.order.map((row) => row.inject.storyline).filter(Boolean))].sort((a, b) =>
		a.localeCompare(b)
	);
}
