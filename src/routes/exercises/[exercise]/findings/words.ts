import { formatDateTime } from '#lib/text/index.ts';

/** A deadline is in wall time, as the reader's own zone has it: `12 Jun 2026, 17:00 CEST`. */
export const wallTime = (wall: number, zone: string): string => formatDateTime(wall, zone);
