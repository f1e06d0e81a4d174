/* Local times of the exercise, as `<input type="datetime-local">` writes them. */

/** `2026-05-12T10:42` in a zone. */
export function localTime(instant: number, timeZone: string): string {
	return wallClock(instant, timeZone).slice(0, 16);
}

/** `2026-05-12T10:42:17+02:00`: a moment with its place's distance from UTC. */
export function zonedTime(instant: number, timeZone: string): string {
	const minutes = Math.round(offsetAt(instant, timeZone) / 60_000);
	const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
	const size = Math.abs(minutes);
	return `${wallClock(instant, timeZone)}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}

/** The moment that a clock in that zone shows so; null when the text is no local time. */
export function instantOf(local: string, timeZone: string): number | null {
	if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(local)) return null;
	const asUtc = Date.parse(`${local}Z`);
	if (Number.isNaN(asUtc)) return null;
	// the distance from UTC depends on the moment that we look for: twice is enough on either side of a change
	const first = asUtc - offsetAt(asUtc, timeZone);
	return asUtc - offsetAt(first, timeZone);
}

function offsetAt(instant: number, timeZone: string): number {
	const whole = Math.floor(instant / 1000) * 1000;
	return Date.parse(`${wallClock(whole, timeZone)}Z`) - whole;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(instant: number, timeZone: string): string {
	let format = formats.get(timeZone);
	if (!format) {
		format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
		formats.set(timeZone, format);
	}
	return format.format(instant).replace(' ', 'T');
}
