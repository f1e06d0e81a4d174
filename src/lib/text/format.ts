import { currentLocale, dateLocale } from './locale.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

// Intl formatters are slow to make and rooms show hundreds of times
const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = dateLocale() + JSON.stringify(options);
	let format = formats.get(key);
	if (!format) formats.set(key, (format = new Intl.DateTimeFormat(dateLocale(), options)));
	return format;
}

/** `11:42 CET`: a moment on the wall clock of a place, always with its zone. */
export function formatLocalTime(ms: number, timeZone: string): string {
	return dateFormat({
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23',
		timeZone,
		timeZoneName: 'short'
	}).format(ms);
}

/** `12 May 2026` */
export function formatDate(ms: number, timeZone: string): string {
	return dateFormat({ day: 'numeric', month: 'short', year: 'numeric', timeZone }).format(ms);
}

/** `12 May 2026, 11:42 CEST` */
export function formatDateTime(ms: number, timeZone: string): string {
	return `${formatDate(ms, timeZone)}, ${formatLocalTime(ms, timeZone)}`;
}

/** `1 min 50 s`, `3 h 12 min`, `2 d 4 h`: the two largest parts, without sign. */
export function formatDuration(ms: number): string {
	const parts: [number, string][] = [
		[day, 'd'],
		[hour, 'h'],
		[minute, 'min'],
		[second, 's']
	];
	let rest = Math.round(Math.abs(ms) / second) * second;
	const first = parts.findIndex(([size]) => rest >= size);
	if (first === -1) return '0 s';
	const shown: string[] = [];
	for (const [size, unit] of parts.slice(first, first + 2)) {
		const count = Math.floor(rest / size);
		rest -= count * size;
		if (count > 0) shown.push(`${count} ${unit}`);
	}
	return shown.join(' ');
}

/** `in 5 minutes`, `2 hours ago`: a moment seen from now. */
export function formatRelative(ms: number, now: number = Date.now()): string {
	const distance = ms - now;
	const size = Math.abs(distance);
	const format = new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto' });
	if (size < minute) return format.format(Math.round(distance / second), 'second');
	if (size < hour) return format.format(Math.round(distance / minute), 'minute');
	if (size < day) return format.format(Math.round(distance / hour), 'hour');
	return format.format(Math.round(distance / day), 'day');
}

export function formatNumber(value: number): string {
	return new Intl.NumberFormat(dateLocale()).format(value);
}

export function formatPercent(share: number): string {
	return new Intl.NumberFormat(dateLocale(), { style: 'percent', maximumFractionDigits: 0 }).format(share);
}
