let current = 'en';

export function currentLocale(): string {
	return current;
}

export function setCurrentLocale(locale: string): void {
	current = locale;
}

/** Dates in English are written the European way: day first, 24 hours. */
export function dateLocale(): string {
	return current === 'en' ? 'en-GB' : current;
}
