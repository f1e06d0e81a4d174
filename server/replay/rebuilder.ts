import { AppError } from '#lib/errors.ts';
import type { Rebuilt } from '#lib/exercise/replay/rebuild.ts';
import type { Database } from '../database/open.ts';
import { createTurns } from '../turns.ts';
import { replayLimits, type ReplayLimits } from './limits.ts';
import { readMaterial, type Position } from './position.ts';
import { rebuildPage } from './thread.ts';

/** A page rebuilt at a position, with how far its log could be read. */
export interface Kept {
	rebuilt: Rebuilt;
	sequence: number;
}

/**
 * Rebuilds pages as they stood: one at a time, each position once however many ask for it, from the nearest position that is
 * still in memory. Nothing here asks for a right: who may read what is asked before, each time (replay.ts).
 */
export function createRebuilder(database: Database, limits: ReplayLimits = replayLimits) {
	const turns = createTurns(limits.atOnce);
	/** the longest unused first: a Map keeps the order in which they were put in */
	const kept = new Map<string, Kept & Position & { bytes: number }>();
	const underWay = new Map<string, Promise<Kept>>();
	let keptBytes = 0;
	let waiting = 0;
	const byPerson = new Map<string, number>();

	const keyOf = ({ name, epoch, sequence }: Position) => `${name} ${epoch} ${sequence}`;

	function keep(position: Position, made: Kept): void {
		const bytes = made.rebuilt.state.length + Object.keys(made.rebuilt.touched).length * 100;
		if (bytes > limits.keptBytes / 4) return;
		kept.set(keyOf(position), { ...position, ...made, bytes });
		keptBytes += bytes;
		for (const [key, old] of kept) {
			if (keptBytes <= limits.keptBytes && kept.size <= limits.keptPages) break;
			kept.delete(key);
			keptBytes -= old.bytes;
		}
	}

	function nearest({ name, epoch, sequence }: Position): { sequence: number; rebuilt: Rebuilt } | null {
		let best: Kept | null = null;
		for (const one of kept.values())
			if (
				one.name === name &&
				one.epoch === epoch &&
				one.sequence <= sequence &&
				one.sequence > (best?.sequence ?? 0)
			)
				best = one;
		return best;
	}

	async function make(position: Position): Promise<Kept> {
		const material = await readMaterial(database, position, nearest(position));
		const made = {
			rebuilt: material.changes.length === 0 && material.onto ? material.onto : await rebuildPage(material),
			sequence: material.sequence
		};
		keep(position, made);
		return made;
	}

	/** For one person; throws `slow-down` when too many wait, so that nobody's slider can fill the line. */
	return async function rebuildAt(position: Position, person: string): Promise<Kept> {
		const key = keyOf(position);
		const known = kept.get(key);
		if (known) {
			kept.delete(key);
			kept.set(key, known);
			return known;
		}
		const running = underWay.get(key);
		if (running) return running;
		const own = byPerson.get(person) ?? 0;
		if (own >= limits.perPerson || waiting >= limits.atOnce + limits.waitingAtMost)
			throw new AppError('slow-down', 'Many are looking back at this moment. Try again in some seconds.', {
				retry: { after: 2000 }
			});
		waiting++;
		byPerson.set(person, own + 1);
		const making = turns('replay', () => make(position)).finally(() => {
			waiting--;
			underWay.delete(key);
			const left = (byPerson.get(person) ?? 1) - 1;
			if (left > 0) byPerson.set(person, left);
			else byPerson.delete(person);
		});
		underWay.set(key, making);
		return making;
	};
}
