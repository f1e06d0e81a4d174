import type { CountryCode } from '#lib/standards/countries.ts';
import type { CellId, Team } from '../exercise/schema.ts';
import type { InjectId } from '../ids.ts';
import { referredInjects } from './condition.ts';
import { reachedTeams, recipientTeams, type ScriptWarning } from './release.ts';
import type { Clause, Inject, Recipients } from './schema.ts';
import { followedHere, variantsByCell } from './variant.ts';

/**
 * What is wrong with how injects hang together: through `after` and through conditions. Asked while planners write, so
 * that nobody waits in play for what cannot come. A central inject that is named means the variant of it wherever a
 * country has one: its teams get that.
 */
export interface DependencyProblem {
	inject: InjectId;
	kind: DependencyKind;
	/** the inject that is followed or asked about; of a circle: the inject itself; of `central-waits`: the one that waits */
	other: InjectId;
	/** the clause of the condition; null: not of one */
	clause: number | null;
	/** of the hints about variants: whose */
	countries?: readonly CountryCode[];
}

export const dependencyKinds = [
	/** it follows itself, by whatever way */
	'circle',
	'unknown-inject',
	/** the other one was taken out of play */
	'skipped',
	/** the other one was taken back: what teams do with it counts no more (what is scheduled after it still comes) */
	'recalled',
	/** acknowledgement or response of an inject that asks for none */
	'asks-nothing',
	'unknown-action',
	/** "has not done" of what nobody can do: true at the end of its time, whatever the teams do */
	'always-true',
	/** no team gets both, and a condition is judged team by team */
	'no-common-team',
	/** another clause asks that a team has not done by then what this one asks it to have done */
	'contradicts',
	/** as it is written the other one never comes, for a reason that is said there */
	'in-vain',
	/** of a variant: a central inject waits for what only the central text asks, so it never comes to its teams */
	'central-waits',
	/** a hint, no fault: the other one comes only when a person releases it */
	'waits-for-person',
	/** a hint: the teams of some countries are asked about their own variant */
	'asks-variants',
	/** a hint: it counts from the central release, and the teams of some countries get a variant at a time of its own */
	'variants-apart'
] as const;
export type DependencyKind = (typeof dependencyKinds)[number];

export interface DependencyContext {
	teams: readonly Pick<Team, 'id' | 'country' | 'level'>[];
	isSkipped?: (inject: string) => boolean;
	isRecalled?: (inject: string) => boolean;
	/** it stands in another script that the reader knows: nothing more is judged of it here */
	isElsewhere?: (inject: string) => boolean;
	/** whose script an inject stands in; left out: all are central */
	cellOf?: (inject: string) => CellId;
	/** of a central inject: the countries with an approved variant, whose text may not be at hand here */
	variants?: (inject: string) => readonly CountryCode[];
	/** beside a national script: the central one, to see whether its injects wait for the cell's variants in vain */
	central?: readonly Inject[];
}

/** In the order of the injects. Linear in what is written, however long a chain is. */
export function dependencyProblems(
	injects: readonly Inject[],
	context: DependencyContext
): DependencyProblem[] {
	const {
		teams,
		isSkipped = () => false,
		isRecalled = () => false,
		isElsewhere = () => false,
		cellOf = () => 'central',
		variants = () => []
	} = context;
	const byId = new Map<string, Inject>(injects.map((inject) => [inject.id, inject]));
	const own = variantsByCell(injects, cellOf);
	const nowhere: readonly CountryCode[] = [];
	const countriesOf = (id: string): readonly CountryCode[] => {
		const [known, found] = [variants(id), own.get(id)];
		if (known.length === 0 && !found) return nowhere;
		return [...new Set([...known, ...(found?.keys() ?? [])])].sort();
	};

	/** What a clause asks about: the inject, and in the place of it the variants of the countries of those asked. */
	const asked = (inject: Inject, id: InjectId): InjectId[] => {
		const found = own.get(id);
		if (!found) return [id];
		const whom = reachedTeams(inject.to, countriesOf(inject.id), teams).reached;
		if (whom.length === 0) return [id];
		const ofCountry = ({ country }: (typeof whom)[number]) =>
			found.get(country)?.map((variant) => variant.id) ?? [id];
		return [...new Set(whom.flatMap(ofCountry))];
	};
	const after = (inject: Inject, id: InjectId) =>
		followedHere(id, { id: inject.id, cell: cellOf(inject.id) }, own.get(id));
	const follows = (inject: Inject): readonly InjectId[] =>
		inject.schedule.mode === 'after'
			? [after(inject, inject.schedule.inject)]
			: followed(inject).flatMap((id) => asked(inject, id));

	const circular = inCircles(injects, byId, follows);
	const problems: DependencyProblem[] = [];
	const needs = new Map<string, Needs>();
	for (const inject of injects) {
		const { schedule } = inject;
		if (schedule.mode !== 'after' && schedule.mode !== 'condition') continue;
		const dead = new Set<string>();
		const add = (kind: DependencyKind, other: InjectId, clause: number | null) => {
			problems.push({ inject: inject.id, kind, other, clause });
			if (kind !== 'waits-for-person' && kind !== 'always-true') dead.add(`${clause} ${other}`);
		};
		const needing = (ids: readonly InjectId[], clause: number | null) => ({
			ids,
			alive: ids.filter((id) => !dead.has(`${clause} ${id}`))
		});
		if (circular.has(inject.id)) add('circle', inject.id, null);
		const follow = (id: InjectId, clause: number | null): Inject | undefined => {
			const other = byId.get(id);
			if (!other) {
				if (!isElsewhere(id)) add('unknown-inject', id, clause);
			} else if (isSkipped(id)) add('skipped', id, clause);
			else if (clause !== null && isRecalled(id)) add('recalled', id, clause);
			else if (other.schedule.mode === 'manual' || other.schedule.mode === 'contingency')
				add('waits-for-person', id, clause);
			return other;
		};
		const hint = (kind: DependencyKind, id: InjectId, clause: number | null) => {
			const countries = countriesOf(id);
			if (countries.length === 0 || cellOf(inject.id) !== 'central') return;
			const whom = reachedTeams(inject.to, countriesOf(inject.id), teams).reached;
			const those = countries.filter((country) => whom.some((team) => team.country === country));
			if (those.length > 0) problems.push({ inject: inject.id, kind, other: id, clause, countries: those });
		};
		if (schedule.mode === 'after') {
			const before = after(inject, schedule.inject);
			follow(before, null);
			needs.set(inject.id, { any: false, clauses: [needing([before], null)] });
			hint('variants-apart', schedule.inject, null);
			continue;
		}
		const clauses: Needs['clauses'] = [];
		for (const [index, clause] of schedule.when.clauses.entries()) {
			const others = asked(inject, clause.inject).map((id) => [id, follow(id, index)] as const);
			for (const [id, other] of others) {
				const problem = other && askedProblem(clause, other);
				if (problem) add(clause.not ? 'always-true' : problem, id, index);
			}
			const ids = others.map(([id]) => id);
			if (schedule.when.match === 'all' && excludedBy(clause, schedule.when.clauses))
				for (const id of ids) add('contradicts', id, index);
			// what stands in another script may reach anybody
			const isCommon = ([, other]: (typeof others)[number]) =>
				!other || haveCommonTeam(inject.to, other.to, teams);
			if (!others.some(isCommon)) add('no-common-team', others[0]![0], index);
			hint('asks-variants', clause.inject, index);
			clauses.push(needing(ids, index));
		}
		needs.set(inject.id, { any: schedule.when.match === 'any', clauses });
	}
	return [
		...withThoseInVain(injects, problems, needs, (id) => !byId.has(id) && isElsewhere(id)),
		...centralWaits(own, context)
	];
}

/** What must come before an inject: all clauses, or any one; of a clause one of its injects, without those that it cannot be. */
interface Needs {
	any: boolean;
	clauses: { ids: readonly InjectId[]; alive: readonly InjectId[] }[];
}

/** Hints say what to know, and are no faults. */
export const dependencyHints: ReadonlySet<DependencyKind> = new Set([
	'waits-for-person',
	'asks-variants',
	'variants-apart'
]);

/** Adds those who wait for what never comes, and have no fault of their own: found from those that can come onwards. */
function withThoseInVain(
	injects: readonly Inject[],
	problems: readonly DependencyProblem[],
	needs: ReadonlyMap<string, Needs>,
	isElsewhere: (id: string) => boolean
): DependencyProblem[] {
	const waiting = new Map<string, string[]>();
	for (const [id, { clauses }] of needs)
		for (const other of new Set(clauses.flatMap(({ alive }) => alive))) {
			const list = waiting.get(other);
			if (list) list.push(id);
			else waiting.set(other, [id]);
		}
	const comes = new Set<string>(injects.flatMap(({ id }) => (needs.has(id) ? [] : [id])));
	for (const id of waiting.keys()) if (isElsewhere(id)) comes.add(id);
	const open = [...comes];
	const holds = ({ alive }: Needs['clauses'][number]) => alive.some((id) => comes.has(id));
	for (let id = open.pop(); id !== undefined; id = open.pop())
		for (const next of waiting.get(id) ?? []) {
			const { any, clauses } = needs.get(next)!;
			if (comes.has(next) || !(any ? clauses.some(holds) : clauses.every(holds))) continue;
			comes.add(next);
			open.push(next);
		}
	const own = new Map<string, DependencyProblem[]>();
	for (const problem of problems) {
		const list = own.get(problem.inject);
		if (list) list.push(problem);
		else own.set(problem.inject, [problem]);
	}
	return injects.flatMap(({ id }) => {
		const said = own.get(id) ?? [];
		const { any = false, clauses = [] } = needs.get(id) ?? {};
		const index = comes.has(id) ? -1 : clauses.findIndex((clause) => !holds(clause));
		if (index === -1 || said.some(({ kind }) => !dependencyHints.has(kind))) return said;
		const clause = clauses.length === 1 && !any ? null : index;
		return [...said, { inject: id, kind: 'in-vain' as const, other: clauses[index]!.ids[0]!, clause }];
	});
}

/** Whether another clause of the same condition says that a team has not done by then what this one asks. */
function excludedBy(clause: Clause, all: readonly Clause[]): boolean {
	const { withinSeconds } = clause;
	if (clause.not || withinSeconds === null) return false;
	return all.some(
		({ not, inject, act, action, withinSeconds: limit }) =>
			not &&
			inject === clause.inject &&
			limit !== null &&
			withinSeconds <= limit &&
			// who answers has acknowledged too
			((act === clause.act && action === clause.action) ||
				(act === 'acknowledged' && clause.act === 'responded'))
	);
}

/** Central injects that ask the cell's teams for what the cell's variant of another one does not ask. */
function centralWaits(
	own: ReturnType<typeof variantsByCell>,
	{ central = [], teams }: DependencyContext
): DependencyProblem[] {
	if (own.size === 0) return [];
	const byId = new Map<string, Inject>(central.map((inject) => [inject.id, inject]));
	const problems: DependencyProblem[] = [];
	for (const waiting of central) {
		if (waiting.schedule.mode !== 'condition') continue;
		for (const [index, clause] of waiting.schedule.when.clauses.entries()) {
			const before = byId.get(clause.inject);
			// what the central text does not ask either is the centre's to put right
			if (!before || askedProblem(clause, before)) continue;
			for (const [country, variants] of own.get(clause.inject) ?? []) {
				// the cell has one of its own of what waits, with a condition of its own
				if (own.get(waiting.id)?.has(country)) continue;
				if (!recipientTeams(waiting.to, teams).some((team) => team.country === country)) continue;
				for (const variant of variants)
					if (askedProblem(clause, variant))
						problems.push({ inject: variant.id, kind: 'central-waits', other: waiting.id, clause: index });
			}
		}
	}
	return problems;
}

const warningOf: Record<DependencyKind, ScriptWarning['kind'] | null> = {
	circle: 'circle',
	'unknown-inject': 'unknown-predecessor',
	skipped: 'follows-skipped',
	recalled: 'never-holds',
	'asks-nothing': 'never-holds',
	'unknown-action': 'never-holds',
	'always-true': 'always-true',
	'no-common-team': 'never-holds',
	contradicts: 'never-holds',
	'in-vain': 'waits-in-vain',
	'central-waits': 'central-waits',
	'waits-for-person': null,
	'asks-variants': null,
	'variants-apart': null
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

/** The injects that an inject names as what it waits for. */
export function followed({ schedule }: Inject): readonly InjectId[] {
	if (schedule.mode === 'after') return [schedule.inject];
	return schedule.mode === 'condition' ? referredInjects(schedule.when) : [];
}

/** Injects that wait for themselves (Tarjan's components), walked without recursion: a script may be one long chain. */
function inCircles(
	injects: readonly Inject[],
	byId: ReadonlyMap<string, Inject>,
	follows: (inject: Inject) => readonly InjectId[]
): ReadonlySet<string> {
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
		return { inject, next: 0, others: follows(inject) };
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
