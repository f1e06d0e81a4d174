import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InjectId } from '#lib/exercise/ids.ts';
import {
	clauseDueAt,
	conditionDueAt,
	withVariants,
	type ReferredFacts
} from '#lib/exercise/inject/condition.ts';
import { approveInjects, liftHold } from '#lib/exercise/inject/commands.ts';
import { dependencyProblems, dependencyWarnings } from '#lib/exercise/inject/dependencies.ts';
import { followedRelease } from '#lib/exercise/inject/release.ts';
import { plannedTimes } from '#lib/exercise/inject/schedule.ts';
import { injectFingerprint, type Clause, type Inject, type Schedule } from '#lib/exercise/inject/schema.ts';
import { followedIn, originText } from '#lib/exercise/inject/variant.ts';
import { Audiences } from '#lib/exercise/plan/audiences.ts';
import { planEntries, type PlanSource } from '#lib/exercise/plan/entries.ts';
import { forecast } from '#lib/exercise/plan/forecast.ts';
import { retime } from '#lib/exercise/plan/retime.ts';
import { conditionText } from '../../../src/routes/exercises/[exercise]/control/condition-words.ts';
import {
	controller,
	exercise,
	factOf,
	french,
	greek,
	greekPort,
	idOf,
	inject,
	injectState,
	minute,
	moment,
	row,
	startex,
	teams
} from '../domain/factories.ts';

/* A central inject that another one names means, for a country's teams, the variant that they got instead of it. */

const id = (name: string) => idOf<InjectId>(name);
const [x, own, second] = [id('central x'), id('variant of x'), id('second variant')];
const clause = (values: Partial<Clause> = {}): Clause => ({
	inject: x,
	act: 'acknowledged',
	action: null,
	not: false,
	withinSeconds: null,
	...values
});
const when = (...clauses: Clause[]): Extract<Schedule, { mode: 'condition' }> => ({
	mode: 'condition',
	when: { match: 'all', clauses },
	seconds: 0
});
const after = (of: InjectId, seconds = 0): Schedule => ({ mode: 'after', inject: of, seconds });
const asks = { acknowledgementRequired: true, responseRequired: true } as const;
const central = inject({ id: x, reference: 'CM-031', ...asks });
const variant = (values: Partial<Inject> = {}) =>
	inject({
		...asks,
		id: own,
		reference: 'CM-031-EL',
		to: { all: false, countries: ['GR'], levels: [], teams: [] },
		origin: { inject: x, taken: originText(central) },
		...values
	});

describe('a clause about a central inject', () => {
	const none: ReferredFacts = {
		releasedAt: null,
		acknowledgedAt: null,
		respondedAt: null,
		actions: new Map()
	};
	const factsOf = (of: Record<string, Partial<ReferredFacts>>) => (one: string) =>
		of[one] && { ...none, ...of[one] };
	const standing = (of: Record<string, Partial<ReferredFacts>>) =>
		withVariants(factsOf(of), (one) => (one === x ? [own, second] : []));

	it('is judged by the variant that reached the team', () => {
		const facts = standing({ [own]: { releasedAt: 1000, acknowledgedAt: 4000 } });
		expect(clauseDueAt(clause(), facts(x))).toBe(4000);
		expect(clauseDueAt(clause({ not: true, withinSeconds: 10 }), facts(x))).toBeNull();
		const silent = standing({ [own]: { releasedAt: 1000 } });
		expect(clauseDueAt(clause(), silent(x))).toBeNull();
		expect(clauseDueAt(clause({ not: true, withinSeconds: 10 }), silent(x))).toBe(11_000);
	});

	it('does not hold for a team that neither has reached, whatever the limit', () => {
		for (const not of [false, true])
			expect(clauseDueAt(clause({ not, withinSeconds: 10 }), standing({})(x))).toBeNull();
	});

	it('of two that reached the team, the first counts', () => {
		const facts = standing({
			[own]: { releasedAt: 5000, acknowledgedAt: 5000 },
			[second]: { releasedAt: 2000, acknowledgedAt: 9000 }
		});
		expect(clauseDueAt(clause(), facts(x))).toBe(9000);
		expect(clauseDueAt(clause({ withinSeconds: 5 }), facts(x))).toBeNull();
	});

	const time = fc.integer({ min: 0, max: 12 }).map((n) => n * 1000);
	const delivered = fc.record({
		releasedAt: time,
		acknowledgedAt: fc.option(time),
		respondedAt: fc.option(time),
		actions: fc.option(time).map((at): ReadonlyMap<string, number> => new Map(at === null ? [] : [['x', at]]))
	});
	const anyClause = fc
		.record({
			act: fc.constantFrom('acknowledged' as const, 'responded' as const, 'did' as const),
			not: fc.boolean(),
			withinSeconds: fc.integer({ min: 1, max: 8 })
		})
		.map((one) => clause({ ...one, action: one.act === 'did' ? 'x' : null }));

	it('says for the variant what it would say for the inject itself', () => {
		fc.assert(
			fc.property(anyClause, fc.option(delivered), fc.nat(3600), (one, facts, seconds) => {
				const schedule = { when: { match: 'all' as const, clauses: [one] }, seconds };
				const asItself = (named: string) => (named === x ? (facts ?? undefined) : undefined);
				const asVariant = (named: string) => (named === own ? (facts ?? undefined) : undefined);
				const standIns = (named: string) => (named === x ? [own] : []);
				expect(conditionDueAt(schedule, withVariants(asVariant, standIns))).toBe(
					conditionDueAt(schedule, asItself)
				);
				// and for who has none, nothing is different
				expect(conditionDueAt(schedule, withVariants(asItself, standIns))).toBe(
					conditionDueAt(schedule, asItself)
				);
			}),
			{ numRuns: 500 }
		);
	});

	it('is always judged by one delivery, never by a mixture of two', () => {
		fc.assert(
			fc.property(anyClause, delivered, delivered, (one, a, b) => {
				const facts = withVariants(
					(named) => (named === x ? a : named === own ? b : undefined),
					(named) => (named === x ? [own] : [])
				);
				const first = b.releasedAt < a.releasedAt ? b : a;
				expect(clauseDueAt(one, facts(x))).toBe(clauseDueAt(one, first));
			}),
			{ numRuns: 500 }
		);
	});
});

describe('what follows a central inject', () => {
	const rows = (values: { x?: number | null; own?: number | null; second?: number | null }) => [
		{ inject: x, cell: 'central' as const, releasedAt: values.x ?? null },
		...(values.own === undefined
			? []
			: [{ inject: own, cell: 'GR' as const, variantOf: x, releasedAt: values.own }]),
		...(values.second === undefined
			? []
			: [{ inject: second, cell: 'GR' as const, variantOf: x, releasedAt: values.second }])
	];
	const from = (cell: 'central' | 'GR' | 'FR', values: Parameters<typeof rows>[0], follower = id('f')) =>
		followedRelease(x, { inject: follower, cell }, rows(values));

	it('counts in the central script from the central release, and in a cell from its own variant', () => {
		expect(from('central', { x: 1000, own: 500 })).toBe(1000);
		expect(from('FR', { x: 1000, own: 500 })).toBe(1000);
		expect(from('GR', { x: 1000, own: 5000 })).toBe(5000);
		expect(from('GR', { x: 1000, own: null })).toBeNull();
		expect(from('GR', { x: 1000 })).toBe(1000);
	});

	it('of two variants from the first that is released; a variant itself may follow its central inject', () => {
		expect(from('GR', { x: 1, own: 5000, second: 4000 })).toBe(4000);
		expect(from('GR', { x: 1, own: 5000, second: null })).toBe(5000);
		expect(from('GR', { x: 1000, own: null }, own)).toBe(1000);
	});

	it('is due by that when it is approved, and when its hold is lifted', () => {
		const follower = inject({
			id: id('follower'),
			schedule: after(x, 60),
			to: { all: false, countries: ['GR'], levels: [], teams: [] }
		});
		const running = exercise('running', { settings: { ...exercise().settings, authorMayApprove: true } });
		const at = startex + 5 * minute;
		const known = [
			row({ inject: x, content: central, state: 'released', releasedAt: startex + minute, variants: ['GR'] }),
			row({ inject: own, cell: 'GR', content: variant(), state: 'released', releasedAt: at, variantOf: x })
		];
		const approved = approveInjects.decide(
			injectState(running, known, [follower]),
			{ cell: 'GR', injects: [{ inject: follower.id, fingerprint: injectFingerprint(follower) }] },
			controller,
			moment(running, 5)
		);
		expect(factOf(approved, 'inject-approved').dueAt).toBe(at + minute);
		const held = row({ inject: follower.id, cell: 'GR', content: follower, state: 'held', dueAt: null });
		const lifted = liftHold.decide(
			injectState(running, [...known, held]),
			{ inject: follower.id },
			controller,
			moment(running, 5)
		);
		expect(factOf(lifted, 'inject-hold-lifted').dueAt).toBe(at + minute);
	});

	it('is planned by that', () => {
		const follower = inject({ id: id('follower'), schedule: after(x, 60) });
		const late = variant({ schedule: { mode: 'offset', seconds: 3600 } });
		const page = [follower, late];
		const elsewhere = new Map([[x as string, startex]]);
		const times = plannedTimes(
			page,
			startex,
			elsewhere,
			followedIn(page, () => 'GR')
		);
		expect(times.get(follower.id)).toBe(startex + 61 * minute);
		// the central script counts by itself
		expect(plannedTimes([follower], startex, elsewhere).get(follower.id)).toBe(startex + minute);
	});
});

describe('the plan of play', () => {
	const source = (one: Inject, cell: PlanSource['cell'], values: Partial<PlanSource> = {}): PlanSource => ({
		inject: one,
		cell,
		state: 'approved',
		isApproved: true,
		releasedAt: null,
		...values
	});
	const planned = inject({ id: x, schedule: { mode: 'offset', seconds: 600 } });
	const ours = variant({ schedule: { mode: 'offset', seconds: 1800 } });
	const follower = (name: string) => inject({ id: id(name), schedule: after(x, 60) });
	const script = [
		source(planned, 'central'),
		source(follower('central follower'), 'central'),
		source(ours, 'GR'),
		source(follower('greek follower'), 'GR'),
		source(follower('french follower'), 'FR')
	];
	const at = (entries: ReturnType<typeof planEntries>, name: string) =>
		(entries.find(({ inject: { id: one } }) => one === id(name))!.at! - startex) / minute;

	it('counts what follows in a cell from the cell’s variant', () => {
		const entries = planEntries(script, startex);
		expect(at(entries, 'central follower')).toBe(11);
		expect(at(entries, 'greek follower')).toBe(31);
		expect(at(entries, 'french follower')).toBe(11);
	});

	it('one that was not approved by the central release stands in nobody’s place', () => {
		const late = script.map((one) => {
			if (one.inject.id === own) return { ...one, state: 'draft' as const, isApproved: false };
			return one.inject.id === x ? { ...one, state: 'released' as const, releasedAt: startex } : one;
		});
		const entries = planEntries(late, startex);
		expect(at(entries, 'greek follower')).toBe(1);
		expect(entries.find((one) => one.inject.id === x)!.without).toBeUndefined();
	});

	it('forecasts to a team its own text and not both, also where only the server tells of variants', () => {
		const audiences = new Audiences(teams);
		const names = (entries: ReturnType<typeof planEntries>, team: typeof greek) =>
			forecast(entries, audiences, team).map((line) => line.entry.inject.id);
		const two = planEntries([source(planned, 'central'), source(ours, 'GR')], startex);
		expect(names(two, greek)).toEqual([own]);
		expect(names(two, french)).toEqual([x]);
		expect(forecast(two, audiences).map((line) => line.teams)).toEqual([1, 2]);
		const told = planEntries([source(planned, 'central', { variants: ['GR'] })], startex);
		expect(names(told, greekPort)).toEqual([]);
	});

	it('moved, the variant takes along what follows in its cell; the central one does not', () => {
		const timed = planEntries(script, startex).map(({ inject: { id: one, schedule }, follows }) => ({
			id: one,
			schedule,
			...(follows && { follows })
		}));
		const shifts = (moved: InjectId) =>
			[...retime(timed, new Set([moved]), 5 * minute)!.shifts.keys()].sort();
		expect(shifts(own)).toEqual([id('greek follower'), own].sort());
		expect(shifts(x)).toEqual([id('central follower'), id('french follower'), x].sort());
		// what is written still names the central one
		const alone = retime(timed, new Set([id('greek follower')]), minute)!;
		expect(alone.schedules.get(id('greek follower'))).toEqual(after(x, 120));
	});
});

describe('what is wrong while it is written', () => {
	const waiting = inject({ id: id('waiting'), reference: 'CM-040', schedule: when(clause()) });
	const inCells = (greekOnes: readonly Inject[]) => ({
		teams,
		cellOf: (one: string) => (greekOnes.some((other) => other.id === one) ? ('GR' as const) : 'central')
	});
	const kinds = (problems: ReturnType<typeof dependencyProblems>) =>
		problems.map(({ inject: one, kind, other, countries }) =>
			[one, kind, other, ...(countries ?? [])].map((word) => word.replace(/_+$/, '')).join(' ')
		);

	it('in all scripts together: each country is judged by what its teams get', () => {
		const mute = variant({ acknowledgementRequired: false, responseRequired: false });
		expect(kinds(dependencyProblems([central, waiting, mute], inCells([mute])))).toEqual([
			'waiting asks-nothing variant_of_x',
			'waiting asks-variants central_x GR'
		]);
		const byHand = variant({ schedule: { mode: 'manual' } });
		expect(kinds(dependencyProblems([central, waiting, byHand], inCells([byHand])))).toContain(
			'waiting waits-for-person variant_of_x'
		);
		const gone = dependencyProblems([central, waiting, variant()], {
			...inCells([variant()]),
			isSkipped: (one) => one === own
		});
		expect(kinds(gone)).toContain('waiting skipped variant_of_x');
		// in a cell that has its own of what waits too, nobody is asked about the central one
		const takenToo = inject({
			...variant(),
			id: second,
			origin: { inject: waiting.id, taken: originText(waiting) }
		});
		expect(kinds(dependencyProblems([central, waiting, mute, takenToo], inCells([mute, takenToo])))).toEqual(
			[]
		);
	});

	it('on a cell’s page, the central one means the own variant', () => {
		const national = inject({ ...waiting, to: { all: false, countries: ['GR'], levels: [], teams: [] } });
		const page = (ours: Inject) =>
			kinds(
				dependencyProblems([ours, national], { teams, cellOf: () => 'GR', isElsewhere: (one) => one === x })
			);
		expect(page(variant())).toEqual([]);
		expect(page(variant({ acknowledgementRequired: false, responseRequired: false }))).toEqual([
			'waiting asks-nothing variant_of_x'
		]);
		// it would wait for itself
		expect(page(variant({ schedule: after(waiting.id) }))).toEqual([
			'variant_of_x circle variant_of_x',
			'waiting circle waiting'
		]);
		// a variant may follow what it stands for
		expect(page(variant({ schedule: after(x, 60) }))).toEqual([]);
	});

	it('a variant that does not ask what a central inject waits for', () => {
		const mute = variant({ acknowledgementRequired: false, responseRequired: false });
		const page = (scripts: readonly Inject[], ours: readonly Inject[] = [mute]) =>
			kinds(
				dependencyProblems(ours, { teams, cellOf: () => 'GR', isElsewhere: () => true, central: scripts })
			);
		expect(page([central, waiting])).toEqual(['variant_of_x central-waits waiting']);
		const warnings = dependencyWarnings([mute], { teams, cellOf: () => 'GR', central: [central, waiting] });
		expect([...warnings]).toEqual([[own, ['central-waits']]]);
		// not of this country, not asked by the centre either, or taken over as well
		const elsewhere = inject({ ...waiting, to: { all: false, countries: ['FR'], levels: [], teams: [] } });
		expect(page([central, elsewhere])).toEqual([]);
		expect(page([{ ...central, acknowledgementRequired: false, responseRequired: false }, waiting])).toEqual(
			[]
		);
		const takenToo = inject({
			...variant(),
			id: second,
			origin: { inject: waiting.id, taken: originText(waiting) }
		});
		expect(page([central, waiting], [mute, takenToo])).toEqual([]);
		expect(page([central, waiting], [variant()])).toEqual([]);
	});

	it('on the central page, planners are told whose teams get a variant', () => {
		const follower = inject({ id: id('follower'), schedule: after(x) });
		const problems = dependencyProblems([central, waiting, follower], {
			teams,
			variants: (one) => (one === x ? ['GR'] : [])
		});
		expect(kinds(problems)).toEqual([
			'waiting asks-variants central_x GR',
			'follower variants-apart central_x GR'
		]);
		// they are hints
		expect([...dependencyWarnings([central, waiting], { teams, variants: () => ['GR'] })]).toEqual([]);
	});
});

describe('the words of a condition on the board', () => {
	const names = new Map<string, string>([
		[x, 'CM-031'],
		[own, 'CM-031-EL']
	]);
	const ofGreece = { id: own, variantOf: { inject: x, country: 'GR' as const } };
	const words = (sees: readonly string[], variants: readonly (typeof ofGreece)[]) =>
		conditionText(when(clause()), {
			nameOf: (one) => (sees.includes(one) ? names.get(one)! : ''),
			variantsOf: (one) => (one === x ? variants.filter((each) => sees.includes(each.id)) : [])
		});

	it('exercise control reads the inject and its variants, a moderator the own variant', () => {
		expect(words([x, own], [])).toBe('when CM-031 acknowledged');
		expect(words([x, own], [ofGreece])).toBe('when CM-031 (GR: CM-031-EL) acknowledged');
		expect(words([own], [ofGreece])).toBe('when CM-031-EL acknowledged');
		expect(words([], [ofGreece])).toBe('when ? acknowledged');
		const three = (['GR', 'FR', 'IT'] as const).map((country) => ({
			...ofGreece,
			variantOf: { inject: x, country }
		}));
		expect(words([x, own], three as never)).toBe('when CM-031 (or its variants in GR, FR, IT) acknowledged');
	});
});
