import type { Team } from '../exercise/schema.ts';
import type { InjectId } from '../ids.ts';
import { referredInjects } from './condition.ts';
import { recipientTeams, type ScriptWarning } from './release.ts';
import type { Clause, Inject, Recipients } from './schema.ts';

/**
 * What is wrong with how injects hang together: through `after` and through conditions. Asked while planners write, so
 * that nobody waits in play for what cannot come.
 */
export interface DependencyProblem {
	inject: InjectId;
	kind: DependencyKind;
	/** the inject that is followed or asked about; of a circle: the inject itself */
	other: InjectId;
	/** the clause of the condition; null: not of one */
	clause: number | null;
}

export const dependencyKinds = [
	/** it follows itself, by whatever way */
	'circle',
	'unknown-inject',
	/** the other one was taken out of play */
	'skipped',
	/** acknowledgement or response of an inject that asks for none */
	'asks-nothing',
	'unknown-action',
	/** no team gets both, and a condition is judged team by team */
	'no-common-team',
	/** a hint, no fault: the other one comes only when a person releases it */
	'waits-for-person'
] as const;
export type DependencyKind = (typeof dependencyKinds)[number];

export interface DependencyContext {
	teams: readonly Pick<Team, 'id' | 'country' | 'level'>[];
	isSkipped?: (inject: string) => boolean;
	/** it stands in another script that the reader knows: nothing more is judged of it here */
	isElsewhere?: (inject: string) => boolean;
}

/** In the order of the injects. Linear in what is written, however long a chain is. */
export function dependencyProblems(
	injects: readonly Inject[],
	{ teams, isSkipped = () => false, isElsewhere = () => false }: DependencyContext
): DependencyProblem[] {
	const byId = new Map<string, Inject>(injects.map((inject) => [inject.id, inject]));
	const circular = inCircles(injects, byId);
	const problems: DependencyProblem[] = [];
	for (const inject of injects) {
		const { schedule } = inject;
		if (schedule.mode !== 'after' && schedule.mode !== 'condition') continue;
		const add = (kind: DependencyKind, other: InjectId, clause: number | null) =>
			problems.push({ inject: inject.id, kind, other, clause });
		if (circular.has(inject.id)) add('circle', inject.id, null);
		const follow = (id: InjectId, clause: number | null): Inject | undefined => {
			const other = byId.get(id);
			if (!other) {
				if (!isElsewhere(id)) add('unknown-inject', id, clause);
			} else if (isSkipped(id)) add('skipped', id, clause);
			else if (other.schedule.mode === 'manual' || other.schedule.mode === 'contingency')
				add('waits-for-person', id, clause);
			return other;
		};
		if (schedule.mode === 'after') {
			follow(schedule.inject, null);
			continue;
		}
		for (const [index, clause] of schedule.when.clauses.entries()) {
			const other = follow(clause.inject, index);
			if (!other) continue;
			const asked = askedProblem(clause, other);
			if (asked) add(asked, other.id, index);
			if (!haveCommonTeam(inject.to, other.to, teams)) add('no-common-team', other.id, index);
		}
	}
	return problems;
}

const warningOf: Record<DependencyKind, ScriptWarning['kind'] | null> = {
	circle: 'circle',
	'unknown-inject': 'unknown-predecessor',
	skipped: 'follows-skipped',
	'asks-nothing': 'never-holds',
	'unknown-action': 'never-holds',
	'no-common-team': 'never-holds',
	'waits-for-person': null
};

/** The same as warnings of the script page, each once for an inject. */
export function dependencyWarnings(
	injects: readonly Inject[],
	context: DependencyContext
): Map<string, ScriptWarning['kind'][]> {
	const warnings = new Map<string, ScriptWarning['kind'][]>();
	for (const { inject, kind } of dependencyProblems(injects, context)) {
		const warning = warningOf[kind];
		if (warning === null) continue;
		const known = warnings.get(inject);
		if (!known) warnings.set(inject, [warning]);
		else if (!known.includes(warning)) known.push(warning);
	}
	return warnings;
}

function askedProblem({ act, action }: Clause, other: Inject): DependencyKind | null {
	if (act === 'did') return other.expectedActions.some(({ id }) => id === action) ? null : 'unknown-action';
	// who answers has acknowledged too
	const asked =
		act === 'responded' ? other.responseRequired : other.acknowledgementRequired || other.responseRequired;
	return asked ? null : 'asks-nothing';
}

/** Recipients stay the same objects while nobody changes them: their teams are found once. */
const reached = new WeakMap<Recipients, { teams: DependencyContext['teams']; ids: ReadonlySet<string> }>();
function teamsOf(to: Recipients, teams: DependencyContext['teams']): ReadonlySet<string> {
	const known = reached.get(to);
	if (known?.teams === teams) return known.ids;
	const ids = new Set<string>(recipientTeams(to, teams).map(({ id }) => id));
	reached.set(to, { teams, ids });
	return ids;
}

/** Who reaches nobody at all has another warning. */
function haveCommonTeam(a: Recipients, b: Recipients, teams: DependencyContext['teams']): boolean {
	const [one, other] = [teamsOf(a, teams), teamsOf(b, teams)];
	if (one.size === 0 || other.size === 0) return true;
	for (const id of one) if (other.has(id)) return true;
	return false;
}

/** The injects that an inject waits for. */
export function followed({ schedule }: Inject): readonly InjectId[] {
	if (schedule.mode === 'after') return [schedule.inject];
	return schedule.mode === 'condition' ? referredInjects(schedule.when) : [];
}

/** Injects that wait for themselves (Tarjan's components), walked without recursion: a script may be one long chain. */
function inCircles(injects: readonly Inject[], byId: ReadonlyMap<string, Inject>): ReadonlySet<string> {
	const circular = new Set<string>();
	const number = new Map<string, number>();
	const lowest = new Map<string, number>();
	const open: string[] = [];
	const isOpen = new Set<string>();
	const enter = (inject: Inject) => {
		number.set(inject.id, number.size);
		lowest.set(inject.id, number.get(inject.id)!);
		open.push(inject.id);
		isOpen.add(inject.id);
		return { inject, next: 0, others: followed(inject) };
	};
	for (const start of injects) {
		if (number.has(start.id)) continue;
		const way = [enter(start)];
		while (way.length > 0) {
			const place = way.at(-1)!;
			const { id } = place.inject;
			const other = place.others[place.next++];
			if (other !== undefined) {
				const found = byId.get(other);
				if (!found) continue;
				if (other === id) circular.add(id);
				if (!number.has(other)) way.push(enter(found));
				else if (isOpen.has(other)) lowest.set(id, Math.min(lowest.get(id)!, number.get(other)!));
				continue;
			}
			way.pop();
			const before = way.at(-1)?.inject.id;
			if (before !== undefined) lowest.set(before, Math.min(lowest.get(before)!, lowest.get(id)!));
			if (lowest.get(id) !== number.get(id)) continue;
			const component = open.splice(open.lastIndexOf(id));
			for (const one of component) isOpen.delete(one);
			if (component.length > 1) for (const one of component) circular.add(one);
		}
	}
	return circular;
}
