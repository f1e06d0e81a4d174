import { describe, expect, it } from 'vitest';
import type { InjectId } from '#lib/exercise/ids.ts';
import { dependencyProblems, dependencyWarnings } from '#lib/exercise/inject/dependencies.ts';
import { newInject, type Clause, type Inject, type Schedule } from '#lib/exercise/inject/schema.ts';
import { greek, french, teams } from '../domain/factories.ts';

const id = (name: string) => name.padEnd(12, '_') as InjectId;
const toAll = { all: true, countries: [], levels: [], teams: [] };
const make = (name: string, schedule: Schedule, values: Partial<Inject> = {}) =>
	newInject(id(name), {
		reference: name,
		schedule,
		to: toAll,
		acknowledgementRequired: true,
		responseRequired: true,
		...values
	});
const at: Schedule = { mode: 'offset', seconds: 60 };
const after = (name: string): Schedule => ({ mode: 'after', inject: id(name), seconds: 0 });
const clause = (name: string, values: Partial<Clause> = {}): Clause => ({
	inject: id(name),
	act: 'acknowledged',
	action: null,
	not: false,
	withinSeconds: null,
	...values
});
const when = (...clauses: Clause[]): Schedule => ({
	mode: 'condition',
	when: { match: 'all', clauses },
	seconds: 0
});
const kinds = (injects: Inject[], isSkipped?: (inject: string) => boolean) =>
	dependencyProblems(injects, { teams, ...(isSkipped && { isSkipped }) }).map(
		({ inject, kind }) => `${inject.replace(/_+$/, '')} ${kind}`
	);

describe('what an inject waits for', () => {
	it('nothing is wrong with what can come', () => {
		expect(
			kinds([
				make('a', at, { expectedActions: [{ id: 'x', text: 'X', withinSeconds: null, critical: false }] }),
				make('b', after('a')),
				make(
					'c',
					when(clause('a'), clause('b', { act: 'responded' }), clause('a', { act: 'did', action: 'x' }))
				),
				make('d', when(clause('c', { not: true, withinSeconds: 60 })))
			])
		).toEqual([]);
	});

	it('what asks about a recalled inject never holds, also where it asks what was not done; what follows it comes', () => {
		const injects = [
			make('a', at),
			make('b', after('a')),
			make('c', when(clause('a'))),
			make('d', when(clause('a', { not: true, withinSeconds: 60 }))),
			make('e', when(clause('c')))
		];
		const context = { teams, isRecalled: (inject: string) => inject === id('a') };
		const said = dependencyProblems(injects, context).map(
			({ inject, kind }) => `${inject.replace(/_+$/, '')} ${kind}`
		);
		expect(said).toEqual(['c recalled', 'd recalled', 'e in-vain']);
		expect(dependencyWarnings(injects, context).get(id('c'))).toEqual(['never-holds']);
	});

	it('circles through `after` and conditions; one that only follows a circle waits in vain', () => {
		expect(
			kinds([
				make('a', after('c')),
				make('b', when(clause('a'))),
				make('c', when(clause('b'), clause('e'))),
				make('d', after('a')),
				make('e', at),
				make('f', after('f'))
			])
		).toEqual(['a circle', 'b circle', 'c circle', 'd in-vain', 'f circle']);
	});

	it('injects that are missing or skipped, and those that a person releases', () => {
		expect(
			kinds(
				[
					make('a', at),
					make('b', after('gone')),
					make('c', when(clause('gone'), clause('a'))),
					make('d', after('m')),
					make('m', { mode: 'manual' })
				],
				(inject) => inject === id('a')
			)
		).toEqual(['b unknown-inject', 'c unknown-inject', 'c skipped', 'd waits-for-person']);
	});

	it('those that wait for what never comes, through any number of others; one open way is enough for `any`', () => {
		const any = (...clauses: Clause[]): Schedule => ({
			mode: 'condition',
			when: { match: 'any', clauses },
			seconds: 0
		});
		expect(
			kinds([
				make('far', after('near')),
				make('near', after('b')),
				make('b', after('gone')),
				make('a', at),
				make('all', when(clause('a'), clause('near'))),
				make('not', when(clause('near', { not: true, withinSeconds: 60 }))),
				make('open', any(clause('near'), clause('a'))),
				make('shut', any(clause('near'), clause('far'))),
				make('on', after('open'))
			])
		).toEqual([
			'far in-vain',
			'near in-vain',
			'b unknown-inject',
			'all in-vain',
			'not in-vain',
			'shut in-vain'
		]);
		// what stands in another script may come
		expect(
			dependencyProblems([make('b', after('elsewhere')), make('c', after('b'))], {
				teams,
				isElsewhere: (inject) => inject === id('elsewhere')
			})
		).toEqual([]);
	});

	it('clauses that exclude each other', () => {
		const late = clause('a', { not: true, withinSeconds: 600 });
		const answered = (withinSeconds: number | null) => clause('a', { act: 'responded', withinSeconds });
		const both = (...clauses: Clause[]) => kinds([make('a', at), make('b', when(...clauses))]);
		expect(both(late, clause('a', { withinSeconds: 600 }))).toEqual(['b contradicts']);
		// whoever answers acknowledges, and whoever acknowledges need not answer
		expect(both(late, answered(300))).toEqual(['b contradicts']);
		expect(
			both(
				clause('a', { act: 'responded', not: true, withinSeconds: 600 }),
				clause('a', { withinSeconds: 300 })
			)
		).toEqual([]);
		// later than the limit is possible
		expect(both(late, answered(900))).toEqual([]);
		expect(both(late, answered(null))).toEqual([]);
	});

	it('conditions that cannot hold', () => {
		const silent = make('a', at, { acknowledgementRequired: false, responseRequired: false });
		expect(kinds([silent, make('b', when(clause('a')))])).toEqual(['b asks-nothing']);
		const asksAnswer = make('a', at, { acknowledgementRequired: false });
		// nobody can have done it, so it comes, and so does what follows
		expect(
			kinds([silent, make('b', when(clause('a', { not: true, withinSeconds: 60 }))), make('c', after('b'))])
		).toEqual(['b always-true']);
		// who answers acknowledges
		expect(kinds([asksAnswer, make('b', when(clause('a')))])).toEqual([]);
		expect(kinds([make('a', at), make('b', when(clause('a', { act: 'did', action: 'x' })))])).toEqual([
			'b unknown-action'
		]);
		const to = (team: typeof greek) => ({ to: { ...toAll, all: false, teams: [team.id] } });
		expect(kinds([make('a', at, to(greek)), make('b', when(clause('a')), to(french))])).toEqual([
			'b no-common-team'
		]);
		expect(kinds([make('a', at, to(greek)), make('b', after('a'), to(french))])).toEqual([]);
	});

	it('as warnings of the page: each once, and hints are none', () => {
		const warnings = dependencyWarnings(
			[
				make('m', { mode: 'manual' }, { acknowledgementRequired: false, responseRequired: false }),
				make('b', when(clause('m'), clause('m', { act: 'responded' }), clause('gone')))
			],
			{ teams }
		);
		expect([...warnings]).toEqual([[id('b'), ['never-holds', 'unknown-predecessor']]]);
	});

	it('manages 3,000 injects in one chain, in one circle, and when all ask about one', () => {
		const size = 3000;
		const name = (i: number) => `inject-${i}`;
		const chain = Array.from({ length: size }, (_, i) =>
			make(name(i), i === 0 ? at : i % 2 ? after(name(i - 1)) : when(clause(name(i - 1))))
		);
		const circle = chain.map((inject, i) => (i === 0 ? make(name(0), after(name(size - 1))) : inject));
		const star = Array.from({ length: size }, (_, i) => make(name(i), i === 0 ? at : when(clause(name(0)))));
		expect(dependencyProblems(chain, { teams })).toEqual([]);
		expect(dependencyProblems([...chain].reverse(), { teams })).toEqual([]);
		expect(dependencyProblems(circle, { teams })).toHaveLength(size);
		expect(dependencyProblems(star, { teams })).toEqual([]);
	});
});
