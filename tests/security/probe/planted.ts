import { readable, unpacked } from './readable.ts';

/**
 * Of what a planted word is, and so who may know it beside exercise control:
 * `central` the central script, for all teams: planners and moderators of all countries;
 * `narrow` the central script, for Greek teams alone: planners of all countries, no Italian moderator;
 * `planning` scenario, comments, readiness, library: planners of all countries, no moderator;
 * `greek` what the Greek cell writes: nobody else;
 * `own` one person's own: not even exercise control.
 */
export type Scope = 'central' | 'narrow' | 'planning' | 'greek' | 'own';
export const scopes: readonly Scope[] = ['central', 'narrow', 'planning', 'greek', 'own'];

const bird = 'Zeisig';
/** what people look for who know nothing: in every planted word, and none of them by itself */
export const searchWord = bird;
const planted = /zeisig(central|narrow|planning|greek|own)q([a-z0-9]+?)q/gi;

/** Words and ids of planning, each with its scope: what arrives somewhere can be told from what must not. */
export class Planted {
	readonly words = new Map<string, Scope>();
	readonly #ids = new Map<string, { scope: Scope; what: string }>();

	/** A word for one place, letters alone, so that no format writes it in another way. */
	word(scope: Scope, place: string): string {
		if (!/^[A-Za-z0-9]+$/.test(place)) throw new Error(`${place} is no place`);
		const word = `${bird}${scope}Q${place}Q`;
		this.words.set(word.toLowerCase(), scope);
		return word;
	}

	/** Something that the server minted or worked out: an id, a hash, a planned time. */
	id(scope: Scope, what: string, id: string): string {
		if (id.length < 8) throw new Error(`${id} stands in many answers by chance`);
		this.#ids.set(id, { scope, what });
		return id;
	}

	/** What of it stands in an answer, beside what was asked for: `greek title`, `central id of the kit`. */
	in(text: string, asked: readonly string[] = []): { scope: Scope; label: string }[] {
		let rest = text;
		for (const one of asked) rest = rest.replaceAll(one, '').replaceAll(one.toLowerCase(), '');
		const found = new Map<string, Scope>();
		for (const [, scope, place] of rest.matchAll(planted))
			found.set(`${scope!.toLowerCase()} ${place!.toLowerCase()}`, scope!.toLowerCase() as Scope);
		for (const [id, { scope, what }] of this.#ids)
			if (rest.includes(id)) found.set(`${scope} id ${what}`, scope);
		return [...found].map(([label, scope]) => ({ scope, label }));
	}

	/** Labels of what stands there and may not. */
	leaked(text: string, hidden: readonly Scope[], asked: readonly string[] = []): string[] {
		return this.in(text, asked).flatMap(({ scope, label }) => (hidden.includes(scope) ? [label] : []));
	}

	/** The planted words that stand nowhere in what was found: each was really placed, or the probe looks for nothing. */
	async missingFrom(bytes: readonly Uint8Array[]): Promise<string[]> {
		const texts = await Promise.all(bytes.map((one) => unpacked(one)));
		const all = texts.map(readable).join('\n').toLowerCase();
		return [...this.words.keys()].filter((word) => !all.includes(word));
	}
}
