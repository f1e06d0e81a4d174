/*
 * Finds people in text. Whoever writes “Maria Papadopoulou called” has written a name, so it is looked for in every
 * text and not only where the server put it.
 */

/** What stands in a name's place. */
export const erasedName = '[name erased]';
export const erasedAddress = '[address erased]';

export interface Person {
	id: string;
	name: string;
	email: string;
}

export interface Found {
	from: number;
	to: number;
	by: string;
}

const word = /[\p{L}\p{N}]+/gu;
const isWord = (sign: string | undefined) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
/** Lower case sign by sign, so that places stay the same: “İ” has two signs in lower case. */
const lower = (text: string) =>
	text.replaceAll(/\p{Lu}/gu, (sign) => {
		const small = sign.toLowerCase();
		return small.length === sign.length ? small : sign;
	});

/** Keys whose values are words of the program, never of people. */
const wordsOfTheProgram = new Set(['kind', 'state', 'role', 'tlp', 'level', 'country', 'trigger', 'topic']);

/** Looks for many people at once: by the first word of a name, however many there are. */
export class Eraser {
	readonly #byFirst = new Map<string, { text: string; exact: boolean; by: string }[]>();
	readonly #ids = new Map<string, string>();

	/** @param names further names that people had in the exercise. @param mint a new id: the same person keeps it, and nobody else can tell who it is. */
	constructor(people: readonly Person[], names: readonly string[], mint: () => string) {
		for (const { id, name, email } of people) {
			this.#ids.set(id, mint());
			this.#add(id, this.#ids.get(id)!, true);
			this.#add(email, erasedAddress, false);
			this.#addName(name);
		}
		for (const name of names) this.#addName(name);
		for (const all of this.#byFirst.values()) all.sort((a, b) => b.text.length - a.text.length);
	}

	/** Of one word only as it is written: “May” is a name, “may” is none. */
	#addName(name: string): void {
		this.#add(name, erasedName, (name.match(word) ?? []).length < 2);
	}

	#add(given: string, by: string, exact: boolean): void {
		const text = given.trim();
		const first = lower(text.match(word)?.[0] ?? '');
		if (first === '') return;
		// what stands in front of the first word stays
		const from = lower(text).indexOf(first);
		const known = this.#byFirst.get(first) ?? [];
		if (known.some((one) => one.text === text.slice(from))) return;
		this.#byFirst.set(first, [
			...known,
			{ text: exact ? text.slice(from) : lower(text.slice(from)), exact, by }
		]);
	}

	/** A new id for an account's; null for anybody else's. */
	idFor(id: string): string | null {
		return this.#ids.get(id) ?? null;
	}

	/** Where people are named, in order, not overlapping. */
	find(text: string): Found[] {
		const found: Found[] = [];
		const small = lower(text);
		let done = 0;
		for (const match of small.matchAll(word)) {
			const from = match.index;
			if (from < done) continue;
			const one = this.#byFirst
				.get(match[0])
				?.find(
					(each) =>
						(each.exact ? text : small).startsWith(each.text, from) && !isWord(text[from + each.text.length])
				);
			if (!one) continue;
			done = from + one.text.length;
			found.push({ from, to: done, by: one.by });
		}
		return found;
	}

	inText(text: string): string {
		const found = this.find(text);
		if (found.length === 0) return text;
		let result = '';
		let at = 0;
		for (const { from, to, by } of found) {
			result += text.slice(at, from) + by;
			at = to;
		}
		return result + text.slice(at);
	}

	/** In every string of a JSON value, keys that are people's ids with them; the same object where nothing was found. */
	inValue<T>(value: T): T {
		if (typeof value === 'string') return this.inText(value) as T;
		if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
		if (Array.isArray(value)) {
			const items = value.map((one: unknown) => this.inValue(one));
			return items.some((one, i) => one !== value[i]) ? (items as T) : value;
		}
		const entries = Object.entries(value).map(([key, one]): [string, unknown] => [
			this.idFor(key) ?? key,
			wordsOfTheProgram.has(key) && typeof one === 'string' ? one : this.inValue(one)
		]);
		return Object.entries(value).some(([key, one], i) => key !== entries[i]![0] || one !== entries[i]![1])
			? (Object.fromEntries(entries) as T)
			: value;
	}
}
