import { currentLocale } from './locale.ts';

/** `820 B`, `12 kB`, `3.4 MB`. */
export function formatBytes(bytes: number): string {
	const [value, unit] =
		bytes < 1000 ? [bytes, 'B'] : bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
	const number = new Intl.NumberFormat(currentLocale(), { maximumFractionDigits: value < 10 ? 1 : 0 });
	return `${number.format(value)} ${unit}`;
}
