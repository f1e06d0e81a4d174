let current = 'en';

export function currentLocale(): string {
	return current;
}

export function setCurrentLocale(locale: string): void {
	current = locale;
}

/** A real room has words of its own where an exercise's would be wrong: `en-x-real` lacks what is the same, and falls back. */
let words: SpaceKind = 'exercise';
type SpaceKind = 'exercise' | 'real';

/** Of which kind the space is that is on the screen. Each drawing of a page sets it, before anything is drawn. */
export function setSpaceWords(kind: SpaceKind): void {
	words = kind;
}

export const localeIn = (locale: string, kind: SpaceKind): string =>
	kind === 'real' ? `${locale}-x-real` : locale;
export const wordsLocale = (): string => localeIn(current, words);

/** Dates in English are written the European way: day first, 24 hours. */
export function dateLocale(): string {
	return current === 'en' ? 'en-GB' : current;
}
