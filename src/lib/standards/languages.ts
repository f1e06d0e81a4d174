/** The 24 official languages of the Union, and those of EFTA, by their BCP 47 tags. */
export const languages = [
	{ tag: 'bg', name: 'Bulgarian' },
	{ tag: 'hr', name: 'Croatian' },
	{ tag: 'cs', name: 'Czech' },
	{ tag: 'da', name: 'Danish' },
	{ tag: 'nl', name: 'Dutch' },
	{ tag: 'en', name: 'English' },
	{ tag: 'et', name: 'Estonian' },
	{ tag: 'fi', name: 'Finnish' },
	{ tag: 'fr', name: 'French' },
	{ tag: 'de', name: 'German' },
	{ tag: 'el', name: 'Greek' },
	{ tag: 'hu', name: 'Hungarian' },
	{ tag: 'ga', name: 'Irish' },
	{ tag: 'it', name: 'Italian' },
	{ tag: 'lv', name: 'Latvian' },
	{ tag: 'lt', name: 'Lithuanian' },
	{ tag: 'mt', name: 'Maltese' },
	{ tag: 'pl', name: 'Polish' },
	{ tag: 'pt', name: 'Portuguese' },
	{ tag: 'ro', name: 'Romanian' },
	{ tag: 'sk', name: 'Slovak' },
	{ tag: 'sl', name: 'Slovenian' },
	{ tag: 'es', name: 'Spanish' },
	{ tag: 'sv', name: 'Swedish' },
	{ tag: 'is', name: 'Icelandic' },
	{ tag: 'nb', name: 'Norwegian Bokmål' },
	{ tag: 'nn', name: 'Norwegian Nynorsk' }
] as const;

/** A language tag as browsers and documents know it: `el`, `fr-BE`. */
export const languagePattern = /^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}$/;

const names = new Map<string, string>(languages.map(({ tag, name }) => [tag, name]));

/** `Greek`, `French (BE)`; a tag that is not on the list is its own name. */
export function languageName(tag: string): string {
	const [language, ...rest] = tag.split('-');
	const name = names.get(language?.toLowerCase() ?? '');
	if (!name) return tag;
	return rest.length === 0 ? name : `${name} (${rest.join('-').toUpperCase()})`;
}

/** Reads a tag (`EL`, `fr-BE`) or an English name (`Greek`); null if it is neither. */
export function parseLanguage(text: string): string | null {
	const word = text.trim();
	const named = languages.find(({ name }) => name.toLowerCase() === word.toLowerCase());
	if (named) return named.tag;
	if (!languagePattern.test(word)) return null;
	const [language, ...rest] = word.split('-');
	const tag = language!.toLowerCase();
	if (!names.has(tag)) return null;
	return [tag, ...rest.map((part) => (part.length === 2 ? part.toUpperCase() : part))].join('-');
}

/** The tag and what it falls back to, the nearest first: `fr-BE`, `fr`. In lower case, for comparing. */
export function fallbacks(tag: string): string[] {
	const parts = tag.toLowerCase().split('-').filter(Boolean);
	return parts.map((_, i) => parts.slice(0, parts.length - i).join('-'));
}
