import type { Membership, Team } from '../exercise/schema.ts';
import type { TeamId } from '../ids.ts';
import type { SurveyGroup } from './schema.ts';

/*
 * How little may be told of a group, so that nobody is recognised in it. Not the tables are cut, but what is kept: before
 * anybody reads a figure, answers are put into blocks of at least `least`, and of an answer no more is kept than its block
 * has in common. Every table is then a union of whole blocks, and so is whatever can be computed from several of them, by
 * subtracting, intersecting or comparing: nothing smaller than a block can come out. The same holds for whoever has the
 * database, because it has nothing finer.
 */

/** Of fewer nothing is shown. */
export const least = 5;

/** One answer for sorting into blocks. */
export interface Sorted extends SurveyGroup {
	/** the person's name is kept with it: then whoever has the database can take it out of its block */
	named?: boolean;
}

const detail = ['country', 'level', 'role'] as const;

/** Large enough, also for those in it who gave no name once the others are taken out. */
function isBlock(some: readonly Sorted[]): boolean {
	const nameless = some.filter(({ named }) => !named).length;
	return some.length >= least && (nameless === 0 || nameless >= least);
}

/** As much of a group as the first `depth` details say. */
const upTo = (group: SurveyGroup, depth: number): SurveyGroup => ({
	country: depth > 0 ? group.country : null,
	level: depth > 1 ? group.level : null,
	role: depth > 2 ? group.role : null
});

/**
 * What is kept of each one's group, in the order given. From the finest on: what is too small goes into its country's and
 * level's remainder, that into its country's, that into everybody's. A remainder that is itself too small takes the
 * smallest of its neighbours with it: it would be known by what it is not.
 *
 * null: not even all together are a block.
 */
export function keptGroups(all: readonly Sorted[]): SurveyGroup[] | null {
	if (all.length === 0) return [];
	if (!isBlock(all)) return null;
	const kept: SurveyGroup[] = all.map(() => ({ country: null, level: null, role: null }));
	divide(
		all.map((one, at) => ({ one, at })),
		0
	);
	return kept;

	/** Puts what is a block of its own at this depth or below in its place; answers what is left over, all of it or a block. */
	function divide(some: Placed[], depth: number): void {
		const by = detail[depth];
		if (by === undefined) {
			place(some, depth);
			return;
		}
		const parts = [...Map.groupBy(some, ({ one }) => one[by] ?? '').values()];
		const whole = parts.filter(isWhole).sort((a, b) => a.length - b.length);
		const rest = parts.filter((part) => !isWhole(part)).flat();
		while (rest.length > 0 && !isWhole(rest) && whole.length > 0) rest.push(...whole.shift()!);
		place(rest, depth);
		for (const part of whole) divide(part, depth + 1);
	}

	function place(some: readonly Placed[], depth: number): void {
		for (const { one, at } of some) kept[at] = upTo(one, depth);
	}
}

interface Placed {
	one: Sorted;
	at: number;
}
const isWhole = (part: readonly Placed[]) => isBlock(part.map(({ one }) => one));

/** For whom somebody answers: in the team they play in, else where else they take part. */
export function groupOf(
	memberships: readonly Membership[],
	teamOf: (team: TeamId) => Pick<Team, 'country' | 'level'> | undefined
): SurveyGroup {
	const [first] = [...memberships].sort((a, b) => rank(a) - rank(b));
	if (!first) return { country: null, level: null, role: null };
	const team = first.teamId ? teamOf(first.teamId) : undefined;
	const cell = first.cell === 'central' ? undefined : first.cell;
	return {
		country: team?.country ?? first.country ?? cell ?? null,
		level: team?.level ?? null,
		role: first.role
	};
}

const order: readonly Membership['role'][] = [
	'player',
	'facilitator',
	'evaluator',
	'moderator',
	'director',
	'controller',
	'planner',
	'simcell',
	'media_player',
	'observer'
];
const rank = ({ role }: Membership) => order.indexOf(role);
