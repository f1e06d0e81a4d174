import { strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import { idPattern, type ExerciseId } from '../ids.ts';
import type { CellId } from '../exercise/schema.ts';
import type { LibraryKind } from './content.ts';

/*
 * Injects that were chosen in a script, on their way to the page that saves them. The choice stands behind the `#` of the
 * address: it reaches no server and no log, and no proxy cuts it short.
 */

export function saveAddress(exercise: ExerciseId, cell: CellId, injects: readonly string[]): string {
	return `/library/save?script=${encodeURIComponent(`${exercise}/${cell}`)}#${injects.join(',')}`;
}

/** What an address chooses, `#` and all; what is no id is not there. */
export function chosenIn(hash: string): string[] {
	return [...new Set(hash.replace(/^#/, '').split(','))].filter((one) => idPattern.test(one));
}

/** What the form begins with: one inject keeps its title, several become a kit; the label fits all of them. */
export function proposalFor(chosen: readonly { title: string; tlp: Tlp }[]): {
	kind: LibraryKind;
	title: string;
	tlp: Tlp;
} {
	const [first] = chosen;
	const strictest = strictestTlp(chosen.map(({ tlp }) => tlp));
	return {
		kind: chosen.length === 1 ? 'inject' : 'kit',
		title: chosen.length === 1 ? first!.title : '',
		// RED cannot be kept; the form says so when it is sent
		tlp: chosen.length === 0 ? 'amber' : strictest === 'red' ? 'amber_strict' : strictest
	};
}
