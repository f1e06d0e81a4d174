import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import { deliveryState, isOverdue, type DeliveryTimes } from '#lib/exercise/inject/release.ts';
import type { BoardAnswer, BoardDeliveries, BoardInject } from '#server/views/board.ts';

/**
 * The board of injects by teams as the console holds it: the first answer whole, each later one folded in. Rows that an
 * answer does not touch stay the same objects, so that what is drawn from them is not drawn again.
 */
export interface Board {
	sequence: number;
	teamsKey: string;
	/** a team's number in cells is its place here */
	teams: readonly TeamId[];
	rows: ReadonlyMap<InjectId, BoardRow>;
	/** in the order of the script: what was released, what is due, what waits for a person */
	order: readonly BoardRow[];
}

/** One inject at one team: an inject that goes team by team has other times at each. */
export interface BoardCell extends DeliveryTimes {
	releasedAt: number;
	acknowledgeBy: number | null;
	respondBy: number | null;
}

export interface BoardRow {
	inject: BoardInject;
	/** by team number; undefined: not delivered there */
	cells: readonly (BoardCell | undefined)[];
	/** not released yet: whether it would reach a team */
	reaches: (team: number) => boolean;
	/** how many teams it reached, or would reach */
	recipients: number;
	acknowledgeBy: number | null;
	respondBy: number | null;
	/** the teams have it since different times: deadlines are asked of each cell */
	ownPace: boolean;
	missing: { acknowledgement: number; response: number };
}

export type CellState =
	'queued' | 'delivered' | 'seen' | 'acknowledged' | 'responded' | 'overdue' | 'recalled';

export function foldBoard(board: Board | null, answer: BoardAnswer): Board {
	if (!answer.whole && board && answer.sequence === board.sequence) return board;
	const teams = answer.teams ?? board?.teams ?? [];
	const before = answer.whole ? new Map<InjectId, BoardRow>() : (board?.rows ?? new Map());
	const rows = new Map<InjectId, BoardRow>(answer.allInjects ? [] : before);
	const delivered = new Map<InjectId, BoardDeliveries[]>();
	for (const one of answer.deliveries) delivered.set(one.inject, [...(delivered.get(one.inject) ?? []), one]);

	const known = new Map(answer.injects.map((inject) => [inject.id, inject]));
	for (const id of new Set([...known.keys(), ...delivered.keys()])) {
		const earlier = before.get(id);
		// when all are sent, one that is missing is not for this reader any more
		const inject = known.get(id) ?? (answer.allInjects ? undefined : earlier?.inject);
		if (!inject) continue;
		const parts = delivered.get(id);
		rows.set(
			id,
			earlier && !parts && sameInject(earlier.inject, inject)
				? earlier
				: makeRow(inject, earlier, parts ?? [], teams.length)
		);
	}
	return {
		sequence: answer.sequence,
		teamsKey: answer.teamsKey,
		teams,
		rows,
		order: [...rows.values()].sort(compareRows)
	};
}

const sameInject = (a: BoardInject, b: BoardInject) => JSON.stringify(a) === JSON.stringify(b);

function makeRow(
	inject: BoardInject,
	earlier: BoardRow | undefined,
	parts: readonly BoardDeliveries[],
	teams: number
): BoardRow {
	const cells: (BoardCell | undefined)[] = Array.from({ length: teams }, (_, team) => earlier?.cells[team]);
	let acknowledgeBy = earlier?.acknowledgeBy ?? null;
	let respondBy = earlier?.respondBy ?? null;
	for (const part of parts) {
		acknowledgeBy = part.acknowledgeBy;
		respondBy = part.respondBy;
		const at = (delta: number | null | undefined) => (delta == null ? null : part.releasedAt + delta);
		for (let i = 0; i < part.cells.length; i += 4) {
			cells[part.cells[i]!] = {
				releasedAt: part.releasedAt,
				acknowledgeBy: part.acknowledgeBy,
				respondBy: part.respondBy,
				seenAt: at(part.cells[i + 1]),
				acknowledgedAt: at(part.cells[i + 2]),
				respondedAt: at(part.cells[i + 3])
			};
		}
	}
	const planned = inject.to === 'all' || !inject.to ? null : new Set(inject.to);
	const present = cells.filter((cell) => cell !== undefined);
	return {
		inject,
		cells,
		reaches: (team) => (inject.to === 'all' ? true : (planned?.has(team) ?? false)),
		recipients: inject.to === 'all' ? teams : (planned?.size ?? present.length),
		acknowledgeBy,
		respondBy,
		ownPace: inject.schedule === 'condition' || inject.schedule === 'contingency',
		missing: {
			acknowledgement: present.filter((cell) => cell.acknowledgedAt === null && cell.respondedAt === null)
				.length,
			response: present.filter((cell) => cell.respondedAt === null).length
		}
	};
}

/** By time; what waits for a person comes last, by its reference. */
function compareRows(a: BoardRow, b: BoardRow): number {
	const first = rowTime(a) ?? Number.MAX_SAFE_INTEGER;
	const second = rowTime(b) ?? Number.MAX_SAFE_INTEGER;
	return first - second || collator.compare(a.inject.reference, b.inject.reference);
}
// CM-9 before CM-10
const collator = new Intl.Collator('en', { numeric: true });

/** When it was released, or is due. */
export const rowTime = ({ inject }: BoardRow) => inject.releasedAt ?? inject.dueAt;

/** What a team's cell shows; null: nothing reached it and nothing will. `now` is exercise time. */
export function cellState(row: BoardRow, team: number, now: number | null): CellState | null {
	const cell = row.cells[team];
	if (cell && row.inject.state === 'recalled') return 'recalled';
	if (cell) return now !== null && isOverdue(cell, cell, now) ? 'overdue' : deliveryState(cell);
	const waits = row.inject.state === 'ready' || row.inject.state === 'held';
	return waits && row.reaches(team) ? 'queued' : null;
}

/** At how many teams something asked for is missing although its time has passed. */
export function overdueTeams(row: BoardRow, now: number | null): number {
	// what was taken back asks nothing any more
	if (now === null || row.inject.state === 'recalled') return 0;
	if (row.ownPace) return row.cells.filter((cell) => cell && isOverdue(cell, cell, now)).length;
	if (row.respondBy !== null && now > row.respondBy) return row.missing.response;
	return row.acknowledgeBy !== null && now > row.acknowledgeBy ? row.missing.acknowledgement : 0;
}
