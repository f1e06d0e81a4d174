import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { impactColours, outlooks, worstImpact } from '#lib/standards/incidents.ts';
import { sectorIds } from '#lib/standards/sectors.ts';
import { tlpIds } from '#lib/standards/tlp.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { impactSchema, type Impact } from '#lib/exercise/incident/schema.ts';
import { situationBoard, type CountryReport } from '#lib/exercise/situation/board.ts';

const impact = (values: Partial<Impact>): Impact =>
	impactSchema.parse({ country: 'GR', sector: 'energy', severity: 'white', ...values });
const report = (country: CountryCode, approvedAt: number, ...impacts: Impact[]): CountryReport => ({
	country,
	team: `${country} authority`,
	title: 'Situation',
	tlp: 'green',
	asOf: approvedAt,
	approvedAt,
	impacts
});
const cell = (board: ReturnType<typeof situationBoard>, country: string, sector: 'energy' | 'health') =>
	board.rows.find((row) => row.country === country)?.cells[sector];

describe('the situation board', () => {
	it('a country that has not reported is unknown, never “no impact”', () => {
		const board = situationBoard(['GR', 'FR'], [report('GR', 1, impact({ severity: 'white' }))]);
		expect(cell(board, 'GR', 'energy')?.colour).toBe('white');
		expect(board.rows[1]).toMatchObject({ report: null, worst: null, cells: {} });
	});

	it('a sector of which a report says nothing is unknown too', () => {
		const board = situationBoard(['GR'], [report('GR', 1, impact({ severity: 'red' }))]);
		expect(cell(board, 'GR', 'health')).toBeUndefined();
		expect(board.sectors.health).toBeUndefined();
	});

	it('shows the latest report of a country alone', () => {
		const reports = [
			report('GR', 2, impact({ severity: 'green' })),
			report('GR', 1, impact({ severity: 'red' }))
		];
		expect(cell(situationBoard(['GR'], reports), 'GR', 'energy')?.colour).toBe('green');
	});

	it('what a country says of itself counts before what others say of it; until then theirs is marked second-hand', () => {
		const french = report('FR', 1, impact({ country: 'GR', severity: 'red' }));
		expect(cell(situationBoard(['GR', 'FR'], [french]), 'GR', 'energy')).toMatchObject({
			colour: 'red',
			secondHand: true
		});
		const both = situationBoard(['GR', 'FR'], [french, report('GR', 1, impact({ severity: 'green' }))]);
		expect(cell(both, 'GR', 'energy')).toMatchObject({ colour: 'green', secondHand: false });
		expect(cell(both, 'GR', 'energy')?.said).toHaveLength(2);
	});

	it('adds up the numbers that were given, and gives none where none was', () => {
		const board = situationBoard(
			['GR'],
			[
				report(
					'GR',
					1,
					impact({ usersAffected: 100 }),
					impact({ usersAffected: 20 }),
					impact({ sector: 'health' })
				)
			]
		);
		expect(cell(board, 'GR', 'energy')?.usersAffected).toBe(120);
		expect(cell(board, 'GR', 'health')?.usersAffected).toBeNull();
	});

	it('[P8] carries the strictest label; each cell and sum is the worst of what it stands on', () => {
		const countries = ['GR', 'FR', 'IT'] as const;
		const impacts = fc.array(
			fc.record({
				country: fc.constantFrom(...countries),
				sector: fc.constantFrom(...sectorIds),
				severity: fc.constantFrom(...impactColours),
				outlook: fc.constantFrom(...outlooks)
			})
		);
		const some = fc.array(
			fc
				.record({
					country: fc.constantFrom(...countries),
					tlp: fc.constantFrom(...tlpIds),
					approvedAt: fc.integer({ min: 0, max: 5 }),
					impacts
				})
				.map((one): CountryReport => ({
					...report(one.country, one.approvedAt, ...one.impacts.map((row) => impact(row))),
					tlp: one.tlp
				}))
		);
		fc.assert(
			fc.property(some, (reports) => {
				const board = situationBoard(countries, reports);
				expect(board.reported).toBe(new Set(reports.map((one) => one.country)).size);
				for (const row of board.rows)
					for (const one of Object.values(row.cells)) {
						const counted = one.said.filter(({ by }) => one.secondHand || by === row.country);
						expect(one.colour).toBe(worstImpact(counted.map((said) => said.impact.severity)));
					}
				for (const [sector, sum] of Object.entries(board.sectors))
					expect(sum.colour).toBe(
						worstImpact(board.rows.flatMap((row) => row.cells[sector as 'energy']?.colour ?? []))
					);
			})
		);
	});
});
