import type { LiveDocument, Other } from '#lib/live/document.svelte.ts';
import type { Person } from '#lib/ui/types.ts';

/** Who has a page open, each person once, however many windows. */
export function peopleIn(document: LiveDocument | null): Person[] {
	const people = new Map<string, Person>();
	for (const { name, colour } of document?.others ?? []) {
		const id = personKey({ name, colour });
		people.set(id, { id, name, colour });
	}
	return [...people.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Names are stamped by the server, colours follow from the account: together they tell two people apart. */
const personKey = ({ name, colour }: Pick<Other, 'name' | 'colour'>) => `${colour} ${name}`;
