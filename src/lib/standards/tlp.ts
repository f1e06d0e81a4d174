/**
 * Traffic Light Protocol 2.0 (FIRST): who may receive a piece of information.
 * Labels are exact text without a space; colours are for text on black and never stand alone.
 */
export const tlpLevels = [
	{ id: 'clear', label: 'TLP:CLEAR', rank: 0, colour: '#ffffff' },
	{ id: 'green', label: 'TLP:GREEN', rank: 1, colour: '#33ff00' },
	{ id: 'amber', label: 'TLP:AMBER', rank: 2, colour: '#ffc000' },
	{ id: 'amber_strict', label: 'TLP:AMBER+STRICT', rank: 3, colour: '#ffc000' },
	{ id: 'red', label: 'TLP:RED', rank: 4, colour: '#ff2b2b' }
] as const;

export type Tlp = (typeof tlpLevels)[number]['id'];

export const tlpIds = tlpLevels.map((level) => level.id) as [Tlp, ...Tlp[]];

const byId = new Map(tlpLevels.map((level) => [level.id, level]));

export function tlpLabel(id: Tlp): string {
	return byId.get(id)!.label;
}

export function tlpColour(id: Tlp): string {
	return byId.get(id)!.colour;
}

/** The label of something made from parts: the strictest of them (DOMAIN 3.1). */
export function strictestTlp(parts: readonly Tlp[]): Tlp {
	let strictest: Tlp = 'clear';
	for (const part of parts) if (byId.get(part)!.rank > byId.get(strictest)!.rank) strictest = part;
	return strictest;
}

/** Of two labels the less strict one. */
export const lowerTlp = (one: Tlp, other: Tlp): Tlp =>
	byId.get(one)!.rank <= byId.get(other)!.rank ? one : other;

/** Reads `TLP:AMBER+STRICT`, `amber strict`, `TLP WHITE` …; null if it is no label. */
export function parseTlp(text: string): Tlp | null {
	const word = text
		.trim()
		.toLowerCase()
		.replace(/^tlp\s*[:\- ]?\s*/, '')
		.replace(/[\s+_-]+/g, '_');
	if (word === 'white') return 'clear';
	return byId.has(word as Tlp) ? (word as Tlp) : null;
}
