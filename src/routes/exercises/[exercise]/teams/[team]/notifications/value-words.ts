import { countryName, type CountryCode } from '#lib/standards/countries.ts';
import type { FormField } from '#lib/standards/notification-forms.ts';
import { sectorName, type Sector } from '#lib/standards/sectors.ts';
import { formatNumber, t } from '#lib/text/index.ts';

/** What stands in a field that holds no long text, to read. `time` writes an exercise time. */
export function valueWords(field: FormField, value: unknown, time: (exercise: number) => string): string {
	if (Array.isArray(value)) return value.map((code) => countryName(code as CountryCode)).join(', ');
	if (field.type === 'time' && typeof value === 'number') return time(value);
	if (typeof value === 'number') return formatNumber(value);
	const text = String(value);
	if (field.type === 'sector') return sectorName(text as Sector);
	if (field.type === 'yes-no-unknown') return t(`notify.said.${text as 'yes' | 'no' | 'unknown'}`);
	return field.options?.find(({ id }) => id === text)?.label ?? text;
}
