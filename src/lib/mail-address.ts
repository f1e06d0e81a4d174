/** One mailbox: nothing that a mail server could read as two, or as a header. */
const address = /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@[^\s@<>()[\]\\,;:"\p{Cc}]{1,190}$/u;

export const isMailAddress = (value: string) => address.test(value);

/** Addresses that somebody typed or pasted. */
export interface GivenAddresses {
	/** each once, as it was written first */
	addresses: string[];
	/** what stands where an address should */
	wrong: string[];
}

/**
 * Reads a list as people have it: one a line, with commas or semicolons between them, or as mail programs copy it
 * (`Port desk <desk@port.example>; "Port, crisis" <crisis@port.example>`). A name beside an address in angle brackets is
 * passed over; everything else has to be an address.
 */
export function readMailAddresses(text: string): GivenAddresses {
	const found = new Map<string, string>();
	const wrong: string[] = [];
	const take = (word: string) => {
		if (word === '') return;
		const plain = word.replace(/^mailto:/i, '').replace(/\.$/, '');
		const key = plain.toLowerCase();
		if (!isMailAddress(plain)) wrong.push(word);
		else if (!found.has(key)) found.set(key, plain);
	};
	// a comma stands in a name too: only lines and semicolons part what has brackets
	for (const part of text.split(/[\r\n;]+/)) {
		const outside = part.replace(/<([^<>]*)>/g, (_, inside: string) => {
			take(inside.trim());
			return ' <> ';
		});
		const hasNames = outside.includes('<>');
		for (const word of outside.split(/[\s,]+/))
			if (word !== '<>' && (!hasNames || word.includes('@'))) take(word);
	}
	return { addresses: [...found.values()], wrong };
}
