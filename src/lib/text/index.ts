import english from './en.json' with { type: 'json' };
import real from './real.json' with { type: 'json' };

export * from './format.ts';
import { localeIn, setCurrentLocale, wordsLocale } from './locale.ts';
export { currentLocale, setSpaceWords } from './locale.ts';

/*
 * The texts of the interface: one JSON file for each language, by area. English is complete and gives the type of the
 * keys; another language may be partial, and what it lacks is shown in English. A plural is an object with `one` and
 * `other` (and the other forms its language needs), chosen by the parameter `count`.
 */
interface Plural {
	one: string;
	other: string;
}

type KeysOf<T, Prefix extends string = ''> = {
	[K in keyof T & string]: T[K] extends string | Plural ? `${Prefix}${K}` : KeysOf<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** Every text of the interface: `common.save`, `common.state.seen`. */
export type TextKey = KeysOf<typeof english>;
export type TextParams = Record<string, string | number>;
type Tree = { readonly [key: string]: string | Tree };

const catalogues = new Map<string, Tree>([
	['en', english],
	['en-x-real', real]
]);
const found = new Map<string, string | Tree | null>();

/** Adds a language: the same tree as English, or a part of it. */
export function addLocale(locale: string, catalogue: Tree): void {
	catalogues.set(locale, catalogue);
	found.clear();
}

/** For the whole process: for browsers. The server, which serves many readers, uses `translator`. */
export function setLocale(locale: string): void {
	setCurrentLocale(locale);
}

/** The text in the current language, `{name}` replaced by its parameter. */
export function t(key: TextKey, params?: TextParams): string {
	return translate(wordsLocale(), key, params);
}

/** A `t` that is bound to one language, and to the words of an exercise or of a real room. */
export function translator(locale: string, kind: 'exercise' | 'real' = 'exercise'): typeof t {
	const own = localeIn(locale, kind);
	return (key, params) => translate(own, key, params);
}

function translate(locale: string, key: TextKey, params: TextParams = {}): string {
	const own = find(locale, key) ?? find(locale.split('-')[0] ?? locale, key);
	const entry = own ?? find('en', key);
	if (entry === null) return key;
	const text = typeof entry === 'string' ? entry : pluralForm(own === null ? 'en' : locale, entry, params);
	return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}

function pluralForm(locale: string, forms: Tree, params: TextParams): string {
	const form = forms[new Intl.PluralRules(locale).select(Number(params['count'] ?? 0))] ?? forms['other'];
	return typeof form === 'string' ? form : '';
}

function find(locale: string, key: string): string | Tree | null {
	const cached = found.get(`${locale} ${key}`);
	if (cached !== undefined) return cached;
	let node: string | Tree | undefined = catalogues.get(locale);
	for (const part of key.split('.')) {
		node = typeof node === 'object' && Object.hasOwn(node, part) ? node[part] : undefined;
	}
	const isText = typeof node === 'string' || typeof node?.['other'] === 'string';
	const result = isText ? (node ?? null) : null;
	found.set(`${locale} ${key}`, result);
	return result;
}
