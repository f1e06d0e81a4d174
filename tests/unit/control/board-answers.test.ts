import { describe, expect, it } from 'vitest';
import { gunzipSync } from 'node:zlib';
import type { AccountId } from '#lib/exercise/ids.ts';
import type { Actor, Exercise, Membership } from '#lib/exercise/exercise/schema.ts';
import type { Database } from '#server/database/open.ts';
import { createBoardAnswers } from '#server/views/board-answers.ts';
import { BoardText } from '#server/views/board-text.ts';

const exercise = { id: 'exercise-1' } as Exercise;
const database = {} as Database;
const person = (...memberships: Membership[]): Actor => ({
	accountId: 'someone' as AccountId,
	name: 'Someone',
	memberships
});
const controller = person({ role: 'controller' });
const greek = person({ role: 'moderator', country: 'GR' });

function answers() {
	let reads = 0;
	let clock = 0;
	const boardAnswer = createBoardAnswers(
		async (_database, of, actor) => {
			const read = ++reads;
			await Promise.resolve();
			return `${of.id} ${actor.memberships[0]?.country ?? 'all'} ${read}`;
		},
		// nothing is kept of what is new: it is read
		() => Promise.resolve({ answer: () => null }),
		() => clock
	);
	return {
		ask: async (actor: Actor, since: Parameters<typeof boardAnswer>[3] = null, of = exercise) =>
			(await boardAnswer(database, of, actor, since)).text,
		wait: (ms: number) => (clock += ms)
	};
}

describe('whole boards', () => {
	it('are read once for all who come at the same time with the same scope', async () => {
		const { ask } = answers();
		const asked = await Promise.all([ask(controller), ask(person({ role: 'director' })), ask(controller)]);
		expect(new Set(asked)).toEqual(new Set(['exercise-1 all 1']));
	});

	it('[P1] are never shared across scopes or exercises', async () => {
		const { ask } = answers();
		expect(await ask(controller)).toBe('exercise-1 all 1');
		expect(await ask(greek)).toBe('exercise-1 GR 2');
		expect(await ask(person({ role: 'moderator', country: 'IT' }))).toBe('exercise-1 IT 3');
		expect(await ask(controller, null, { id: 'exercise-2' } as Exercise)).toBe('exercise-2 all 4');
	});

	it('are kept for two seconds only, changes not at all', async () => {
		const { ask, wait } = answers();
		await ask(controller);
		wait(1999);
		expect(await ask(controller)).toBe('exercise-1 all 1');
		wait(1);
		expect(await ask(controller)).toBe('exercise-1 all 2');
		const since = { sequence: 1, teamsKey: 'key' };
		expect(await ask(controller, since)).toBe('exercise-1 all 3');
		expect(await ask(controller, since)).toBe('exercise-1 all 4');
	});

	it('are asked again after a failure', async () => {
		let reads = 0;
		const boardAnswer = createBoardAnswers(async () => {
			if (++reads === 1) throw new Error('the database is away');
			return 'board';
		});
		await expect(boardAnswer(database, exercise, controller, null)).rejects.toThrow('away');
		expect((await boardAnswer(database, exercise, controller, null)).text).toBe('board');
	});

	it('are packed without loss, and only where it pays', async () => {
		const large = new BoardText(JSON.stringify(Array.from({ length: 5000 }, (_, index) => [index, null])));
		expect(large.isWorthPacking).toBe(true);
		expect(gunzipSync(await large.packed()).toString()).toBe(large.text);
		expect(new BoardText('{}').isWorthPacking).toBe(false);
	});
});
