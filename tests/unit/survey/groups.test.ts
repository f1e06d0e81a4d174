import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupOf, keptGroups, least, type Sorted } from '#lib/exercise/survey/groups.ts';
import { groupsOf, resultsOf, type SurveyFilter } from '#lib/exercise/survey/results.ts';
import type { KeptAnswer, SurveyGroup, SurveyQuestion } from '#lib/exercise/survey/schema.ts';
import { teams } from '../domain/factories.ts';

const group = fc.record({
	country: fc.constantFrom('GR', 'IT', 'FR', null),
	level: fc.constantFrom('technical', 'operational', 'political', null),
	role: fc.constantFrom('player', 'evaluator', 'moderator')
});
const sorted = group.chain((one) => fc.boolean().map((named): Sorted => ({ ...one, named }) as Sorted));
const many = (one: fc.Arbitrary<Sorted>) => fc.array(one, { maxLength: 80 });
const nameless = group.map((one): Sorted => one as Sorted);

const labelOf = ({ country, level, role }: SurveyGroup) => `${country}/${level}/${role}`;
const fits = (kept: SurveyGroup, real: SurveyGroup) =>
	(['country', 'level', 'role'] as const).every((by) => kept[by] === null || kept[by] === real[by]);

/** The smallest sets of answers that tables can tell apart: answers that no table tells apart stay together. */
function atoms(kept: readonly SurveyGroup[]): number[][] {
	return [...Map.groupBy(kept.keys(), (at) => labelOf(kept[at]!)).values()];
}

describe('[P2] what is kept of groups', () => {
	it('is true of everybody of whom it is kept, and loses nobody', () => {
		fc.assert(
			fc.property(many(sorted), (all) => {
				const kept = keptGroups(all);
				if (kept === null) return;
				expect(kept).toHaveLength(all.length);
				for (const [at, one] of all.entries()) expect(fits(kept[at]!, one)).toBe(true);
			})
		);
	});

	it('leaves no set of answers smaller than five that anything can tell apart', () => {
		fc.assert(
			fc.property(many(sorted), (all) => {
				const kept = keptGroups(all);
				if (kept === null) return;
				for (const atom of atoms(kept)) {
					expect(atom.length).toBeGreaterThanOrEqual(least);
					const without = atom.filter((at) => !all[at]!.named).length;
					expect(without === 0 || without >= least).toBe(true);
				}
			}),
			{ numRuns: 500 }
		);
	});

	it('does not tell who somebody is to one who knows everybody’s group: it is kept of at least five people alike', () => {
		fc.assert(
			fc.property(many(nameless), (all) => {
				const kept = keptGroups(all);
				if (kept === null) return;
				// who knows all groups and takes out whoever must be elsewhere: the people of one group stand together
				for (const atom of atoms(kept)) {
					const people = new Set(atom.map((at) => labelOf(all[at]!)));
					const elsewhere = all.filter((one, at) => people.has(labelOf(one)) && !atom.includes(at));
					expect(elsewhere).toEqual([]);
				}
			})
		);
	});

	it('keeps everything where every group is large enough', () => {
		const all = [
			...Array.from({ length: 6 }, (): Sorted => ({ country: 'GR', level: 'technical', role: 'player' })),
			...Array.from({ length: 5 }, (): Sorted => ({ country: 'IT', level: 'technical', role: 'player' }))
		];
		expect(keptGroups(all)).toEqual(all);
	});

	it('takes a neighbour along where what is left over would be known by what it is not', () => {
		const all = [
			...Array.from({ length: 6 }, (): Sorted => ({ country: 'GR', level: 'technical', role: 'player' })),
			{ country: 'GR', level: 'political', role: 'player' } as Sorted,
			...Array.from({ length: 9 }, (): Sorted => ({ country: 'IT', level: 'technical', role: 'player' }))
		];
		const kept = keptGroups(all)!;
		// without the six, the one would be the only one of Greece without a level
		expect(new Set(kept.slice(0, 7).map(labelOf))).toEqual(new Set(['GR/null/null']));
		expect(new Set(kept.slice(7).map(labelOf))).toEqual(new Set(['IT/technical/player']));
	});

	it('is nothing at all where fewer than five answered, or fewer than five of them without a name', () => {
		const four = Array.from({ length: 4 }, (): Sorted => ({ country: 'GR', level: null, role: 'player' }));
		expect(keptGroups(four)).toBeNull();
		expect(keptGroups([...four, ...four.map((one) => ({ ...one, named: true }))])).toBeNull();
		expect(keptGroups([])).toEqual([]);
	});
});

const questions: SurveyQuestion[] = [
	{ id: 'how', heading: 'overall', kind: 'scale', text: 'How was it?' },
	{ id: 'pace', heading: 'scenario', kind: 'choice', text: 'Pace?', options: ['slow', 'right', 'fast'] },
	{ id: 'more', heading: 'overall', kind: 'text', text: 'More?' }
];

const keptAnswers = many(sorted).map((all) => {
	const groups = keptGroups(all) ?? [];
	return groups.map((one, at): KeptAnswer => ({
		...one,
		id: String(at),
		// of each answer its own number of choices, so that a difference of tables shows whose it is
		answers: { how: (at % 5) + 1, ...(at % 3 === 0 && { pace: at % 2 }), more: `words of ${at}` },
		by: all[at]!.named ? `Person ${at}` : null
	}));
});

describe('[P2] tables of results', () => {
	const everyFilter = (kept: readonly KeptAnswer[]): SurveyFilter[] => [
		null,
		...(['country', 'level', 'role'] as const).flatMap((by) =>
			[...new Set(kept.map((one) => one[by]))].map((is) => ({ by, is }) as SurveyFilter)
		)
	];

	it('no combination of shown tables reveals a group under five', () => {
		fc.assert(
			fc.property(
				keptAnswers,
				fc.array(fc.tuple(fc.nat(), fc.constantFrom('and', 'or', 'without')), { maxLength: 6 }),
				(kept, steps) => {
					const shown = everyFilter(kept).flatMap((filter) => {
						const table = resultsOf(questions, kept, filter);
						// whose words they are says which answers a table counts
						return table ? [new Set(table.questions[2]!.words.map(({ text }) => text))] : [];
					});
					if (shown.length === 0) return;
					let some = shown[0]!;
					for (const [which, how] of steps) {
						const other = shown[which % shown.length]!;
						some =
							how === 'and'
								? some.intersection(other)
								: how === 'or'
									? some.union(other)
									: some.difference(other);
						expect(some.size === 0 || some.size >= least, `${some.size}`).toBe(true);
					}
				}
			),
			{ numRuns: 1000 }
		);
	});

	it('everybody less all shown groups of a kind is nobody or at least five', () => {
		fc.assert(
			fc.property(keptAnswers, (kept) => {
				const all = resultsOf(questions, kept, null);
				if (!all) return;
				for (const by of ['country', 'level', 'role'] as const) {
					const shown = groupsOf(kept).filter((one) => one.by === by);
					const rest = all.answers - shown.reduce((sum, one) => sum + one.answers, 0);
					expect(rest === 0 || rest >= least).toBe(true);
				}
			}),
			{ numRuns: 500 }
		);
	});

	it('count everybody of their group in every question, and say who left it out', () => {
		fc.assert(
			fc.property(keptAnswers, (kept) => {
				for (const filter of everyFilter(kept)) {
					const table = resultsOf(questions, kept, filter);
					for (const { answered, left } of table?.questions ?? [])
						expect(answered + left).toBe(table!.answers);
				}
			})
		);
	});

	it('are none for fewer than five, as for a group that does not exist', () => {
		const four = Array.from({ length: 4 }, (_, at): KeptAnswer => ({
			id: String(at),
			answers: { how: 1 },
			by: null,
			country: 'GR',
			level: null,
			role: null
		}));
		expect(resultsOf(questions, four, null)).toBeNull();
		const many = [...four, ...four.map((one) => ({ ...one, country: null }))];
		expect(resultsOf(questions, many, { by: 'country', is: 'GR' })).toBeNull();
		expect(resultsOf(questions, many, { by: 'country', is: 'PT' })).toBeNull();
		expect(groupsOf(many)).toEqual([]);
	});

	it('have counts, means, and words in an order that does not tell which belong together', () => {
		const kept = [5, 4, 4, 2, 1].map((how, at): KeptAnswer => ({
			id: String(at),
			answers: { how, ...(at < 2 && { pace: 2 }), ...(at > 2 && { more: at === 3 ? 'Zebra' : 'ant' }) },
			by: at === 3 ? 'Maria' : null,
			country: null,
			level: null,
			role: null
		}));
		const { questions: found } = resultsOf(questions, kept, null)!;
		expect(found[0]).toMatchObject({ mean: 3.2, counts: [1, 1, 0, 2, 1], answered: 5, left: 0 });
		expect(found[1]).toMatchObject({ mean: null, counts: [0, 0, 2], answered: 2, left: 3 });
		expect(found[2]).toMatchObject({
			words: [
				{ text: 'ant', by: null },
				{ text: 'Zebra', by: 'Maria' }
			],
			left: 3
		});
	});
});

it('somebody answers for the team they play in before any other part they have', () => {
	const teamOf = (id: string) => teams.find((team) => team.id === id);
	const player = teams[0]!;
	expect(
		groupOf(
			[
				{ role: 'moderator', country: 'FR' },
				{ role: 'player', teamId: player.id }
			],
			teamOf
		)
	).toEqual({ country: player.country, level: player.level, role: 'player' });
	expect(groupOf([{ role: 'moderator', country: 'FR' }], teamOf)).toEqual({
		country: 'FR',
		level: null,
		role: 'moderator'
	});
	expect(groupOf([{ role: 'planner', cell: 'central' }], teamOf)).toMatchObject({ country: null });
	expect(groupOf([], teamOf)).toEqual({ country: null, level: null, role: null });
});
