/** ISO 3166-1 alpha-2 codes of the EU27 and EFTA. EU usage writes Greece as EL; we store GR. */
export const countries = [
	{ code: 'AT', name: 'Austria', group: 'EU' },
	{ code: 'BE', name: 'Belgium', group: 'EU' },
	{ code: 'BG', name: 'Bulgaria', group: 'EU' },
	{ code: 'HR', name: 'Croatia', group: 'EU' },
	{ code: 'CY', name: 'Cyprus', group: 'EU' },
	{ code: 'CZ', name: 'Czechia', group: 'EU' },
	{ code: 'DK', name: 'Denmark', group: 'EU' },
	{ code: 'EE', name: 'Estonia', group: 'EU' },
	{ code: 'FI', name: 'Finland', group: 'EU' },
	{ code: 'FR', name: 'France', group: 'EU' },
	{ code: 'DE', name: 'Germany', group: 'EU' },
	{ code: 'GR', name: 'Greece', group: 'EU' },
	{ code: 'HU', name: 'Hungary', group: 'EU' },
	{ code: 'IE', name: 'Ireland', group: 'EU' },
	{ code: 'IT', name: 'Italy', group: 'EU' },
	{ code: 'LV', name: 'Latvia', group: 'EU' },
	{ code: 'LT', name: 'Lithuania', group: 'EU' },
	{ code: 'LU', name: 'Luxembourg', group: 'EU' },
	{ code: 'MT', name: 'Malta', group: 'EU' },
	{ code: 'NL', name: 'Netherlands', group: 'EU' },
	{ code: 'PL', name: 'Poland', group: 'EU' },
	{ code: 'PT', name: 'Portugal', group: 'EU' },
	{ code: 'RO', name: 'Romania', group: 'EU' },
	{ code: 'SK', name: 'Slovakia', group: 'EU' },
	{ code: 'SI', name: 'Slovenia', group: 'EU' },
	{ code: 'ES', name: 'Spain', group: 'EU' },
	{ code: 'SE', name: 'Sweden', group: 'EU' },
	{ code: 'IS', name: 'Iceland', group: 'EFTA' },
	{ code: 'LI', name: 'Liechtenstein', group: 'EFTA' },
	{ code: 'NO', name: 'Norway', group: 'EFTA' },
	{ code: 'CH', name: 'Switzerland', group: 'EFTA' },
	/** the Union's own bodies (ENISA, CERT-EU, the Commission): reserved in ISO 3166-1, used as a country here */
	{ code: 'EU', name: 'European Union', group: 'EU' }
] as const;

export type CountryCode = (typeof countries)[number]['code'];

export const countryCodes = countries.map((country) => country.code) as [CountryCode, ...CountryCode[]];

const names = new Map<string, string>(countries.map((country) => [country.code, country.name]));

export function countryName(code: CountryCode): string {
	return names.get(code) ?? code;
}

/** Reads a code (`EL` is Greece, `UK` is not in the list) or an English name; null if it is neither. */
export function parseCountry(text: string): CountryCode | null {
	const word = text.trim();
	const code = word.toUpperCase() === 'EL' ? 'GR' : word.toUpperCase();
	if (names.has(code)) return code as CountryCode;
	return countries.find((country) => country.name.toLowerCase() === word.toLowerCase())?.code ?? null;
}
