import type { ExerciseKind } from '../exercise/schema.ts';
import { kindMarkedIn, withMarking } from '../exercise/kind.ts';
import type { TeamId } from '../ids.ts';
import type { Incoming } from './items.ts';

/*
 * What is marked as exercise does not come into a real room, and the reverse, unless a person says by name that it is to
 * (DOMAIN 4.5): a copied indicator of an exercise would be hunted for in earnest.
 */

export interface RelabelledFact {
	kind: 'records-relabelled';
	team: TeamId;
	format: 'stix' | 'misp';
	/** as what it was marked before */
	from: ExerciseKind;
	objects: number;
	/** the name that was written to confirm it: the actor's own */
	confirmed: string;
}

/** As what a file of another tool is marked: by the marking in its texts, or by the label that Muster gives each object. */
export function marksOf(json: unknown): ExerciseKind[] {
	const found = new Set<ExerciseKind>();
	const look = (value: unknown, key: string, depth: number) => {
		// deeper than anything that is read of it, and than a stack is wise to go
		if (depth > deepest) return;
		if (typeof value === 'string') {
			const marked = kindMarkedIn(value);
			if (marked) found.add(marked);
			const word = value.toLowerCase();
			if (isLabel(key) && (word === 'exercise' || word.startsWith('exercise:'))) found.add('exercise');
			if (isLabel(key) && word === 'real') found.add('real');
		} else if (Array.isArray(value)) for (const one of value) look(one, key, depth + 1);
		else if (value !== null && typeof value === 'object')
			for (const [name, one] of Object.entries(value))
				look(one, key === 'Tag' && name === 'name' ? key : name, depth + 1);
	};
	look(json, '', 0);
	return [...found];
}

const deepest = 60;

/** Labels of STIX, tags of MISP. */
const isLabel = (key: string) => key === 'labels' || key === 'Tag';

/** As what the chosen objects are marked in their own words, whatever the caller says of their file. */
export function marksOfItems(items: readonly Incoming[]): ExerciseKind[] {
	return marksOf(items.map(({ content }) => content));
}

/** The other kind, if any of these marks is of it: what must be re-labelled by name before it may come in. */
export function otherKind(space: ExerciseKind, marks: readonly ExerciseKind[]): ExerciseKind | null {
	return marks.find((mark) => mark !== space) ?? null;
}

/** The texts with the marking of this space where the other kind's stood. */
export function relabelled<T>(value: T, space: ExerciseKind): T {
	if (typeof value === 'string') return withMarking(value, space) as T;
	if (Array.isArray(value)) return value.map((one: unknown) => relabelled(one, space)) as T;
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, relabelled(one, space)])) as T;
}

/** Whether what was written to confirm is the person's own name. */
export const isOwnName = (written: string, name: string): boolean => {
	const plain = (text: string) => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
	return plain(written) !== '' && plain(written) === plain(name);
};
