import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InjectId } from '#lib/exercise/ids.ts';
import { dependentsOf, retime } from '#lib/exercise/plan/retime.ts';
import { plannedTimes } from '#lib/exercise/inject/schedule.ts';
import { newInject, type Inject, type Schedule } from '#lib/exercise/inject/schema.ts';
import { idOf, minute, startex } from '../domain/factories.ts';

const idAt = (n: number) => idOf<InjectId>(`inject ${n}`);
const script = (...schedules: Schedule[]): Inject[] =>
	schedules.map((schedule, n) => newInject(idAt(n), { schedule }));
const after = (n: number, minutes: number): Schedule => ({
	mode: 'after',
	inject: idAt(n),
	seconds: minutes * 60
});
const at = (minutes: number): Schedule => ({ mode: 'at', at: startex + minutes * minute });
const changes = (injects: Inject[], moved: number[], minutes: number, alone = false) =>
	retime(injects, new Set(moved.map(idAt)), minutes * minute, { alone });

describe('moving an inject in time', () => {
	it('writes its own schedule; what follows goes along by itself', () => {
		const injects = script(at(10), after(0, 5), after(1, 5), { mode: 'offset', seconds: 60 });
		const moved = changes(injects, [0], 7)!;
		expect([...moved.schedules]).toEqual([[idAt(0), at(17)]]);
		expect([...moved.shifts.keys()]).toEqual([idAt(0), idAt(1), idAt(2)]);
		expect([...changes(injects, [3], -1)!.schedules]).toEqual([[idAt(3), { mode: 'offset', seconds: 0 }]]);
	});

	it('alone, what follows it directly keeps its moment, and so does all that follows that', () => {
		const moved = changes(script(at(10), after(0, 5), after(1, 5)), [0], 7, true)!;
		expect([...moved.schedules]).toEqual([
			[idAt(0), at(17)],
			[idAt(1), after(0, -2)]
		]);
		expect([...moved.shifts.keys()]).toEqual([idAt(0)]);
	});

	it('in the middle of a chain, changes its distance', () => {
		const injects = script(at(10), after(0, 5), after(1, 5));
		expect([...changes(injects, [1], 3)!.schedules]).toEqual([[idAt(1), after(0, 8)]]);
		// both of a pair go: the second follows as before
		expect([...changes(injects, [0, 1], 3)!.schedules]).toEqual([[idAt(0), at(13)]]);
	});

	it('leaves what has no time where it is', () => {
		const injects = script(
			{ mode: 'manual' },
			after(0, 5),
			{ mode: 'contingency', condition: 'x' },
			after(4, 1),
			after(3, 1),
			after(99, 1)
		);
		expect(changes(injects, [0, 1, 2, 3, 4, 5], 7)!.schedules.size).toBe(0);
	});

	it('does not touch what was released, and moves what follows it by its distance', () => {
		const injects = script(at(10), after(0, 5));
		const isFixed = (id: InjectId) => id === idAt(0);
		const both = new Set([idAt(0), idAt(1)]);
		expect([...retime(injects, both, 2 * minute, { isFixed })!.schedules]).toEqual([[idAt(1), after(0, 7)]]);
	});

	it('refuses to leave the years that there are, as a whole', () => {
		expect(changes(script(at(10), { mode: 'offset', seconds: 60 }), [0, 1], 600 * 24 * 60)).toBeNull();
	});

	it('knows who depends on it, near and far', () => {
		const injects = script(at(10), after(0, 5), after(1, 5), at(0), after(2, 1), after(4, 1));
		expect([...dependentsOf(injects, new Set([idAt(0)]))]).toEqual([idAt(1), idAt(2), idAt(4), idAt(5)]);
	});

	it('a chain of 3,000 is walked without recursion', () => {
		const chain = script(at(0), ...Array.from({ length: 2999 }, (_, n) => after(n, 1)));
		const moved = changes(chain, [0], 5)!;
		expect(moved.schedules.size).toBe(1);
		expect(moved.shifts.size).toBe(3000);
	});
});

const anySchedule = (size: number): fc.Arbitrary<Schedule> =>
	fc.oneof(
		fc.integer({ min: 0, max: 500 }).map(at),
		fc.integer({ min: 0, max: 500 }).map((n): Schedule => ({ mode: 'offset', seconds: n * 60 })),
		fc.tuple(fc.nat(size), fc.integer({ min: -60, max: 60 })).map(([n, minutes]) => after(n, minutes)),
		fc.constant<Schedule>({ mode: 'manual' })
	);

describe('whatever the script', () => {
	const cases = fc.tuple(
		fc.array(anySchedule(12), { minLength: 1, maxLength: 12 }),
		fc.uniqueArray(fc.nat(11), { minLength: 1 }),
		fc.integer({ min: -300, max: 300 }),
		fc.boolean()
	);
	const applied = (injects: Inject[], schedules: ReadonlyMap<InjectId, Schedule>) =>
		injects.map((inject) => ({ ...inject, schedule: schedules.get(inject.id) ?? inject.schedule }));

	it('times change by what was said, and by nothing else', () => {
		fc.assert(
			fc.property(cases, ([schedules, moved, minutes, alone]) => {
				const injects = script(...schedules);
				const { schedules: written, shifts } = changes(injects, moved, minutes, alone)!;
				const before = plannedTimes(injects, startex);
				const then = plannedTimes(applied(injects, written), startex);
				const follows = dependentsOf(injects, new Set(moved.map(idAt)));
				for (const { id } of injects) {
					const was = before.get(id) ?? null;
					const goes = moved.some((n) => idAt(n) === id) || (!alone && follows.has(id));
					const shift = goes ? minutes * minute : 0;
					expect(then.get(id) ?? null).toBe(was === null ? null : was + shift);
					if (was !== null) expect(shifts.get(id) ?? 0).toBe(shift);
				}
			})
		);
	});

	it('none of the schedules written could be left out', () => {
		fc.assert(
			fc.property(cases, ([schedules, moved, minutes, alone]) => {
				const injects = script(...schedules);
				const { schedules: written } = changes(injects, moved, minutes, alone)!;
				const then = plannedTimes(applied(injects, written), startex);
				for (const id of written.keys()) {
					const fewer = new Map(written);
					fewer.delete(id);
					expect(plannedTimes(applied(injects, fewer), startex)).not.toEqual(then);
				}
			})
		);
	});

	it('moving there and back is nothing', () => {
		fc.assert(
			fc.property(cases, ([schedules, moved, minutes, alone]) => {
				const injects = script(...schedules);
				const there = applied(injects, changes(injects, moved, minutes, alone)!.schedules);
				const back = applied(there, changes(there, moved, -minutes, alone)!.schedules);
				expect(back).toEqual(injects);
			})
		);
	});
});
