import type { InjectId } from '../ids.ts';
import { scheduleSchema, type Inject, type Schedule } from '../inject/schema.ts';

/** What a move in time changes: the schedules to write, and how far each inject goes. */
export interface Retiming {
	schedules: ReadonlyMap<InjectId, Schedule>;
	/** every inject whose time changes, those that follow by themselves too, ms */
	shifts: ReadonlyMap<InjectId, number>;
}

/** An inject in time; `follows`: what it counts from, where that is not the one that its schedule names. */
export type Timed = Pick<Inject, 'id' | 'schedule'> & { follows?: InjectId };
const before = ({ schedule, follows }: Timed): InjectId | null =>
	schedule.mode === 'after' ? (follows ?? schedule.inject) : null;

/**
 * Moves injects in time, with the fewest schedules written. What is planned after one that moves follows by itself,
 * because its distance stays; `alone` keeps it at its moment instead, by changing that distance. Injects that have no
 * time (by hand, on a condition, in a circle) cannot be moved. Null: one of them would leave the years that there are.
 */
export function retime(
	injects: readonly Timed[],
	moved: ReadonlySet<string>,
	milliseconds: number,
	{ alone = false, isFixed = () => false }: { alone?: boolean; isFixed?: (id: InjectId) => boolean } = {}
): Retiming | null {
	const delta = Math.round(milliseconds / 1000);
	const byId = new Map<string, Timed>(injects.map((inject) => [inject.id, inject]));
	const shifts = new Map<InjectId, number>();
	const schedules = new Map<InjectId, Schedule>();
	if (delta === 0) return { schedules, shifts };
	const timed = new Set(injects.filter(({ id }) => !isFixed(id)).map(({ id }) => id as string));
	const goes = shiftOf(byId, (id) => moved.has(id) && timed.has(id), isFixed, alone);
	for (const inject of injects) {
		const { id, schedule } = inject;
		const own = goes(id);
		if (own === 'no time') continue;
		if (own) shifts.set(id, delta * 1000);
		// what was released is a fact: its schedule is history
		if (isFixed(id)) continue;
		const next = shifted(schedule, delta, own, goes(before(inject) ?? '') === true);
		if (!next) continue;
		if (!scheduleSchema.safeParse(next).success) return null;
		schedules.set(id, next);
	}
	return { schedules, shifts };
}

type Goes = boolean | 'no time';

/** Whether an inject goes along; walked back to where its chain begins, without recursion. */
function shiftOf(
	byId: ReadonlyMap<string, Timed>,
	isMoved: (id: string) => boolean,
	isFixed: (id: InjectId) => boolean,
	alone: boolean
): (id: string) => Goes {
	const known = new Map<string, Goes>();
	return (id) => {
		const chain: string[] = [];
		const inChain = new Set<string>();
		let at = id;
		let result = known.get(at);
		while (result === undefined) {
			const inject = byId.get(at);
			// a circle has no time, and neither has what follows an inject that is not there
			if (!inject || inChain.has(at)) {
				result = 'no time';
				break;
			}
			chain.push(at);
			inChain.add(at);
			const { mode } = inject.schedule;
			if (isFixed(inject.id)) result = false;
			else if (mode === 'at' || mode === 'offset') result = isMoved(at);
			else if (mode !== 'after') result = 'no time';
			else {
				at = before(inject)!;
				result = known.get(at);
				continue;
			}
			known.set(at, result);
			chain.pop();
		}
		for (const one of chain.reverse()) {
			result = result === 'no time' ? result : isMoved(one) || (!alone && result);
			known.set(one, result);
		}
		return known.get(id) ?? result;
	};
}

function shifted(
	schedule: Schedule,
	delta: number,
	goes: boolean,
	predecessorGoes: boolean
): Schedule | null {
	switch (schedule.mode) {
		case 'at':
			return goes ? { mode: 'at', at: schedule.at + delta * 1000 } : null;
		case 'offset':
			return goes ? { mode: 'offset', seconds: schedule.seconds + delta } : null;
		case 'after':
			if (goes === predecessorGoes) return null;
			return { ...schedule, seconds: schedule.seconds + (goes ? delta : -delta) };
		default:
			return null;
	}
}

/** The injects that are planned after one, directly or further along: they go with it. */
export function dependentsOf(injects: readonly Timed[], of: ReadonlySet<string>): Set<InjectId> {
	const after = new Map<string, InjectId[]>();
	for (const inject of injects) {
		const other = before(inject);
		if (other === null) continue;
		const list = after.get(other);
		if (list) list.push(inject.id);
		else after.set(other, [inject.id]);
	}
	const found = new Set<InjectId>();
	const open: string[] = [...of];
	for (let id = open.pop(); id !== undefined; id = open.pop())
		for (const next of after.get(id) ?? []) {
			if (found.has(next) || of.has(next)) continue;
			found.add(next);
			open.push(next);
		}
	return found;
}
