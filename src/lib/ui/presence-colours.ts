/** Caret and avatar colours: white text on each of them reaches 4.5:1. None is near the marking's yellow. */
export const presenceColours = [
	'#7c3aed',
	'#c2410c',
	'#0e7490',
	'#be185d',
	'#15803d',
	'#1d4ed8',
	'#a21caf',
	'#4d6b0f',
	'#9f1239',
	'#4338ca',
	'#0f766e',
	'#854d0e'
] as const;

/** The same person has the same colour everywhere. */
export function colourFor(id: string): string {
	let hash = 0;
	for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) >>> 0;
	return presenceColours[hash % presenceColours.length]!;
}

export function initialsOf(name: string): string {
	const words = name.trim().split(/\s+/).filter(Boolean);
	const first = words[0]?.[0] ?? '?';
	const last = words.length > 1 ? (words.at(-1)?.[0] ?? '') : '';
	return (first + last).toUpperCase();
}
