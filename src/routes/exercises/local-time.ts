import { Temporal } from 'temporal-polyfill';

/** `2026-11-24T09:00`, as a `datetime-local` field gives it, in a time zone: ms since 1970. Null when it is none. */
export function instantOf(local: string, timeZone: string): number | null {
	try {
		return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds;
	} catch {
		return null;
	}
}

/** The other way round, to the minute. */
export function localTimeOf(ms: number, timeZone: string): string {
	return Temporal.Instant.fromEpochMilliseconds(ms)
		.toZonedDateTimeISO(timeZone)
		.toPlainDateTime()
		.toString({ smallestUnit: 'minute' });
}
