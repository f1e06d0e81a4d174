import { formatDateTime } from '#lib/text/index.ts';

/** A deadline is in wall time, as the reader's own zone has it: `12 Jun 2026, 17:00 CEST`. */
export const wallTime = (wall: number, zone: string): string => formatDateTime(wall, zone);

/** The deadline that a dialog proposes, as its field holds it: at five in the afternoon, two weeks from now. */
export function inTwoWeeks(): string {
	const day = new Date(Date.now() + 14 * 24 * 3_600_000);
	const two = (n: number) => String(n).padStart(2, '0');
	return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T17:00`;
}
