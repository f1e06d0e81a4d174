import { describe, expect, it } from 'vitest';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import type { BoardInject } from '#server/views/board.ts';
import { foldBoard } from '../../../src/routes/exercises/[exercise]/control/board.ts';
import {
	dueLists,
	dueWindow,
	forecast,
	forecastStep
} from '../../../src/routes/exercises/[exercise]/control/due.ts';

const minute = 60_000;
const now = 1_000 * minute;

function rows(...injects: (Omit<Partial<BoardInject>, 'id'> & { id: string })[]) {
	return foldBoard(null, {
		sequence: 1,
		teamsKey: '',
		whole: true,
		allInjects: true,
		teams: ['a', 'b', 'c'] as TeamId[],
		deliveries: [],
		injects: injects.map((values) => ({
			reference: values.id,
			title: values.id,
			storyline: '',
			tlp: 'amber',
			channel: 'workspace',
			state: 'ready',
			schedule: 'at',
			dueAt: null,
			releasedAt: null,
			reason: null,
			to: 'all',
			mine: true,
			...values,
			id: values.id as InjectId
		}))
	}).order;
}

const ids = (list: { inject: BoardInject }[]) => list.map((row) => row.inject.id);

describe('what is due', () => {
	it('sorts into waiting, due within the hour, reserve, and later', () => {
		const lists = dueLists(
			rows(
				{ id: 'past', dueAt: now - minute },
				{ id: 'soon', dueAt: now + 5 * minute },
				{ id: 'edge', dueAt: now + dueWindow },
				{ id: 'later', dueAt: now + dueWindow + 1 },
				{ id: 'held', state: 'held', dueAt: now + minute },
				{ id: 'hand', schedule: 'manual' },
				{ id: 'skipped', state: 'skipped', dueAt: now + minute },
				{ id: 'out', state: 'released', releasedAt: now - minute, to: undefined }
			),
			now
		);
		expect(ids(lists.waiting)).toEqual(['held']);
		expect(ids(lists.due)).toEqual(['past', 'soon', 'edge']);
		expect(ids(lists.reserve).sort()).toEqual(['hand', 'skipped']);
		expect(lists.later).toBe(1);
	});

	it('puts a follower on the list as soon as its time is known', () => {
		const after = { id: 'follower', schedule: 'after' as const };
		expect(ids(dueLists(rows(after), now).reserve)).toEqual(['follower']);
		expect(ids(dueLists(rows({ ...after, dueAt: now + minute }), now).due)).toEqual(['follower']);
	});
});

describe('the forecast', () => {
	it('counts deliveries, not injects, in steps of five minutes', () => {
		const due = dueLists(
			rows(
				{ id: 'all', dueAt: now + minute },
				{ id: 'one', dueAt: now + forecastStep, to: [1] },
				{ id: 'two', dueAt: now + forecastStep + 1, to: [0, 1] },
				{ id: 'late', dueAt: now - 10 * minute, to: [0] },
				{ id: 'last', dueAt: now + dueWindow, to: [2] }
			),
			now
		).due;
		const steps = forecast(due, now);
		expect(steps).toHaveLength(12);
		expect(steps.map((step) => step.deliveries)).toEqual([4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
		expect(steps[1]!.from).toBe(now + forecastStep);
	});

	it('is flat when nothing is due', () => {
		expect(forecast([], now).every((step) => step.deliveries === 0)).toBe(true);
	});
});
