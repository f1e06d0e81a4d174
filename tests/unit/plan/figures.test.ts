import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import { Audiences } from '#lib/exercise/plan/audiences.ts';
import { coverageOf } from '#lib/exercise/plan/coverage.ts';
import { planEntries, type PlanEntry } from '#lib/exercise/plan/entries.ts';
import { forecast } from '#lib/exercise/plan/forecast.ts';
import { gapsOf } from '#lib/exercise/plan/gaps.ts';
import { lanesOf, stack } from '#lib/exercise/plan/lanes.ts';
import { loadByCountry, loadOf, overloads } from '#lib/exercise/plan/load.ts';
import { reachedTeams, recipientTeams } from '#lib/exercise/inject/release.ts';
import { newInject, type Inject, type Recipients } from '#lib/exercise/inject/schema.ts';
import type { Objective } from '#lib/exercise/scenario/schema.ts';
import { largeScript } from '../../support/large-script.ts';
import { french, greek, greekPort, idOf, minute, startex, teams } from '../domain/factories.ts';

const play = { startsAt: startex, endsAt: startex + 150 * minute };
const audiences = new Audiences(teams);
const none: Recipients = { all: false, countries: [], levels: [], teams: [] };
const entry = (n: number, minutes: number | null, values: Partial<Inject> = {}): PlanEntry => ({
	inject: newInject(idOf<InjectId>(`inject ${n}`), { to: { ...none, all: true }, ...values }),
	cell: 'central',
	state: 'draft',
	at: minutes === null ? null : startex + minutes * minute
});

const anyRecipients: fc.Arbitrary<Recipients> = fc.record({
	all: fc.boolean(),
	countries: fc.subarray(['GR' as const, 'FR' as const, 'IT' as const]),
	levels: fc.subarray(['technical' as const, 'entity' as const]),
	teams: fc.subarray([greek.id, greekPort.id, french.id, idOf<TeamId>('gone')])
});
const anyEntries = fc
	.array(fc.tuple(fc.integer({ min: -30, max: 200 }), anyRecipients, fc.boolean()), { maxLength: 20 })
	.map((list) =>
		list
			.sort((a, b) => a[0] - b[0])
			.map(([minutes, to, responseRequired], n) => entry(n, minutes, { to, responseRequired }))
	);

describe('recipients by groups', () => {
	it('mean the same teams as release does, without those that get a variant', () => {
		fc.assert(
			fc.property(anyRecipients, fc.subarray(['GR' as const, 'FR' as const]), (to, without) => {
				const wanted = reachedTeams(to, without, teams).reached;
				const planned = { ...entry(1, 1, { to }), without };
				const { groups, teams: alone, count } = audiences.reach(planned);
				const found = [...groups.flatMap((n) => audiences.groups[n]!.teams), ...alone];
				expect(new Set(found)).toEqual(new Set(wanted));
				expect(found).toHaveLength(wanted.length);
				expect(count).toBe(wanted.length);
				for (const team of teams) expect(audiences.reaches(planned, team)).toBe(wanted.includes(team));
			})
		);
	});
});

describe('load', () => {
	it('is what counting team by team and hour by hour says', () => {
		fc.assert(
			fc.property(anyEntries, (entries) => {
				const load = loadOf(entries, audiences, play);
				expect(load.hours).toHaveLength(3);
				for (const one of load.teams) {
					const own = entries.filter(
						({ inject, at }) =>
							at! >= play.startsAt && at! <= play.endsAt && recipientTeams(inject.to, [one.team]).length > 0
					);
					const hourly = (list: PlanEntry[]) =>
						load.hours.map(
							(_, n) => list.filter(({ at }) => Math.floor((at! - startex) / 3_600_000) === n).length
						);
					expect([...one.received]).toEqual(hourly(own));
					expect([...one.answers]).toEqual(hourly(own.filter(({ inject }) => inject.responseRequired)));
					expect(one.total).toBe(own.length);
					expect(one.most).toBe(Math.max(...one.received));
				}
			})
		);
	});

	it('what is planned for ENDEX itself counts in the last hour, what is outside nowhere', () => {
		const full = { startsAt: startex, endsAt: startex + 120 * minute };
		const load = loadOf([entry(1, -1), entry(2, 120), entry(3, 121), entry(4, null)], audiences, full);
		expect([...load.teams[0]!.received]).toEqual([0, 1]);
		expect(load.uncounted).toBe(3);
	});

	it('a country shows its busiest team; overload names team and hour', () => {
		const only = { to: { ...none, teams: [greek.id] } };
		const load = loadOf([entry(1, 5), entry(2, 10, only), entry(3, 70, only)], audiences, play);
		const byCountry = loadByCountry(load);
		expect(byCountry.map(({ country, received }) => [country, ...received])).toEqual([
			['GR', 2, 1, 0],
			['FR', 1, 0, 0]
		]);
		expect(overloads(load, 1)).toEqual([{ team: greek, hour: startex, count: 2 }]);
		expect(overloads(load, 2)).toEqual([]);
	});
});

describe('gaps', () => {
	it('are silences longer than the limit, from STARTEX to ENDEX', () => {
		const only = { to: { ...none, teams: [greek.id] } };
		const found = gapsOf([entry(1, 60), entry(2, 100, only)], audiences, play, 55 * minute);
		expect(
			found.map(({ team, gaps }) => [team.id, gaps.map(({ from, to }) => (to - from) / minute)])
		).toEqual([
			[greekPort.id, [60, 90]],
			[french.id, [60, 90]],
			[greek.id, [60]]
		]);
	});

	it('a team that gets nothing has one as long as play', () => {
		const [first] = gapsOf([], audiences, play, 150 * minute - 1);
		expect(first!.gaps).toEqual([{ from: play.startsAt, to: play.endsAt }]);
		expect(gapsOf([], audiences, play, 150 * minute)).toEqual([]);
	});

	it('nothing comes in any of them, whatever the script', () => {
		fc.assert(
			fc.property(anyEntries, (entries) => {
				for (const { team, gaps } of gapsOf(entries, audiences, play, 20 * minute))
					for (const { from, to } of gaps) {
						expect(to - from).toBeGreaterThan(20 * minute);
						const inside = entries.filter(({ at }) => at! > from && at! < to);
						expect(inside.some(({ inject }) => recipientTeams(inject.to, [team]).length > 0)).toBe(false);
					}
			})
		);
	});
});

describe('coverage', () => {
	const objective = (code: string, capability: string): Objective => ({
		id: code,
		code,
		text: `${code} is shown`,
		capability,
		measure: '',
		deadline: ''
	});

	it('counts injects, teams and countries; what nothing serves is there with nothing', () => {
		const entries = [
			entry(1, 1, { objectives: ['obj-1', 'OBJ-1'], to: { ...none, countries: ['GR'] } }),
			entry(2, null, { objectives: ['OBJ-1', 'OBJ-9'], to: { ...none, teams: [greek.id, french.id] } }),
			entry(3, 1, { capabilities: ['Reporting'], to: none })
		];
		const { objectives, capabilities } = coverageOf(
			entries,
			[objective('OBJ-1', 'Reporting'), objective('OBJ-2', 'Press')],
			audiences
		);
		expect(objectives.map(({ name, injects, teams: n, countries }) => [name, injects, n, countries])).toEqual(
			[
				['OBJ-1', 2, 3, 2],
				['OBJ-2', 0, 0, 0],
				['OBJ-9', 1, 2, 2]
			]
		);
		expect(objectives[2]!.isUnknown).toBe(true);
		expect(capabilities.map(({ name, injects, teams: n }) => [name, injects, n])).toEqual([
			['Reporting', 3, 3],
			['Press', 0, 0]
		]);
	});
});

describe('forecast', () => {
	it('says in time order who reads what by when; for one team what reaches it', () => {
		const entries = [
			entry(1, 5, { respondWithin: 600, responseRequired: true }),
			entry(2, 6, { to: { ...none, teams: [french.id] }, acknowledgeWithin: 60, respondWithin: 60 }),
			{ ...entry(3, 7), state: 'skipped' as const },
			entry(4, null)
		];
		expect(forecast(entries, audiences).map((line) => line.teams)).toEqual([3, 1]);
		const [line, ...others] = forecast(entries, audiences, greek);
		expect(others).toEqual([]);
		expect(line).toMatchObject({ respondBy: startex + 15 * minute, acknowledgeBy: null });
		expect(forecast(entries, audiences, french)[1]).toMatchObject({
			acknowledgeBy: startex + 7 * minute,
			respondBy: null
		});
	});
});

describe('3,000 injects and 1,000 teams', () => {
	it('are worked out at once', () => {
		const large = largeScript({ injects: 3000 });
		expect(largeScript({ injects: 3000 })).toEqual(large);
		const objectives = large.objectives.map((one) => ({ ...one, id: one.code, measure: '', deadline: '' }));
		const sources = large.injects.map((one) => ({
			...one,
			state: 'draft' as const,
			isApproved: false,
			releasedAt: null
		}));
		const took: Record<string, number> = {};
		const timed = <T>(what: string, work: () => T): T => {
			const begun = performance.now();
			const result = work();
			took[what] = Math.round((performance.now() - begun) * 10) / 10;
			return result;
		};
		const begun = performance.now();
		const entries = timed('entries', () => planEntries(sources, large.startsAt));
		const all = new Audiences(large.teams);
		const load = timed('load', () => loadOf(entries, all, large));
		timed('by country', () => loadByCountry(load));
		timed('overloads', () => overloads(load, 8));
		timed('gaps', () => gapsOf(entries, all, large, 60 * minute));
		timed('coverage', () => coverageOf(entries, objectives, all));
		timed('forecast', () => forecast(entries, all));
		timed('forecast of a team', () => forecast(entries, all, large.teams[0]));
		for (const kind of ['storyline', 'country', 'team'] as const)
			timed(`lanes by ${kind}`, () =>
				lanesOf(entries, kind, large).map((lane) => stack(lane.entries, 10 * minute))
			);
		const whole = performance.now() - begun;
		console.log(`plan of 3,000 x 1,000: ${whole.toFixed(0)} ms`, JSON.stringify(took));
		expect(load.teams).toHaveLength(1000);
		// 200 ms on a machine that does nothing else; one that tests beside others may take longer
		expect(whole).toBeLessThan(1000);
	});
});
