import { formatDate } from '#lib/text/index.ts';

/** A day of the calendar, `2027-06-10`, as people read it. */
export const dayText = (day: string): string => formatDate(Date.parse(`${day}T00:00:00Z`), 'UTC');
