import { and, asc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import { shortText, type Actor, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import { goLimits, goStates, overallState, usualGoItems, type GoState } from '#lib/exercise/ready/go.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database, Transaction } from '../database/open.ts';
import { exercise as exerciseTable, goItem } from '../database/schema.ts';
import type { Ring } from '../exercises/change.ts';
import { check } from '../exercises/check.ts';
import { noExercise } from '../exercises/rights.ts';
import { mintId } from '../mint.ts';
import { requireControl, requireReader } from './communication.ts';

export interface GoItem {
	id: string;
	text: string;
	owner: string;
	state: GoState;
	note: string;
	decidedBy: string | null;
	decidedAt: number | null;
}

const itemSchema = z.object({
	text: shortText('Item', goLimits.text),
	owner: z.string().trim().max(goLimits.owner, 'Owner: at most 120 characters.').default('')
});
const changeSchema = z
	.object({
		state: z.enum(goStates),
		note: z.string().trim().max(goLimits.note, 'Note: at most 1000 characters.'),
		owner: z.string().trim().max(goLimits.owner, 'Owner: at most 120 characters.')
	})
	.partial();

/**
 * The go/no-go list. Exercise control writes and decides it, planners read it. Who decided when is kept with the item
 * and in the audit; every act takes the exercise's row lock, so that two people cannot leave two items in one place.
 */
export function createGoList({ database, ring }: { database: Database; ring: Ring }) {
	const { db } = database;

	async function act(
		exercise: Exercise,
		actor: Actor,
		name: string,
		work: (tx: Transaction) => Promise<Record<string, unknown>>
	): Promise<void> {
		requireControl(actor);
		await db.transaction(async (tx) => {
			await tx
				.select({ id: exerciseTable.id })
				.from(exerciseTable)
				.where(eq(exerciseTable.id, exercise.id))
				.for('update');
			const detail = await work(tx);
			await writeAudit(tx, { scope: exercise.id, actorId: actor.accountId, act: name, detail });
		});
		ring({ exercise: exercise.id, topics: ['readiness'] });
	}

	const rowsOf = (queryable: Pick<Transaction, 'select'>, exercise: ExerciseId) =>
		queryable
			.select()
			.from(goItem)
			.where(eq(goItem.exerciseId, exercise))
			.orderBy(asc(goItem.position), asc(goItem.id));

	async function append(tx: Transaction, exercise: ExerciseId, items: { text: string; owner: string }[]) {
		const existing = await rowsOf(tx, exercise);
		if (existing.length + items.length > goLimits.items)
			throw new AppError('invalid', `The list holds at most ${goLimits.items} items.`);
		const from = (existing.at(-1)?.position ?? 0) + 1;
		await tx.insert(goItem).values(
			items.map(({ text, owner }, i) => ({
				id: mintId<string>(),
				exerciseId: exercise,
				text,
				ownerName: owner,
				position: from + i
			}))
		);
	}

	const one = (exercise: Exercise, id: string) => and(eq(goItem.id, id), eq(goItem.exerciseId, exercise.id));

	return {
		async view(exercise: Exercise, actor: Actor): Promise<{ items: GoItem[]; overall: GoState }> {
			requireReader(actor);
			const items = (await rowsOf(db, exercise.id)).map((row): GoItem => ({
				id: row.id,
				text: row.text,
				owner: row.ownerName,
				state: row.state as GoState,
				note: row.note,
				decidedBy: row.decidedBy,
				decidedAt: row.decidedAt?.getTime() ?? null
			}));
			return { items, overall: overallState(items) };
		},

		add: (exercise: Exercise, actor: Actor, wanted: unknown) =>
			act(exercise, actor, 'go-list.added', async (tx) => {
				const item = check(itemSchema, wanted);
				await append(tx, exercise.id, [item]);
				return item;
			}),

		/** The usual questions; only into an empty list, so that two presses do not double it. */
		seed: (exercise: Exercise, actor: Actor) =>
			act(exercise, actor, 'go-list.seeded', async (tx) => {
				if ((await rowsOf(tx, exercise.id)).length > 0)
					throw new AppError('not-now', 'The list has items already.');
				await append(
					tx,
					exercise.id,
					usualGoItems.map((text) => ({ text, owner: '' }))
				);
				return { items: usualGoItems.length };
			}),

		change: (exercise: Exercise, actor: Actor, id: string, wanted: unknown) =>
			act(exercise, actor, 'go-list.changed', async (tx) => {
				const { state, note, owner } = check(changeSchema, wanted);
				const decided = state !== undefined && {
					state,
					decidedBy: state === 'open' ? null : actor.name,
					decidedAt: state === 'open' ? null : sql`now()`
				};
				const changed = await tx
					.update(goItem)
					.set({
						...decided,
						// an act that changes nothing would be no statement
						position: goItem.position,
						...(note !== undefined && { note }),
						...(owner !== undefined && { ownerName: owner })
					})
					.where(one(exercise, id))
					.returning({ id: goItem.id });
				if (changed.length === 0) throw noExercise();
				return { item: id, ...(state && { state }), ...(note && { note }), ...(owner && { owner }) };
			}),

		move: (exercise: Exercise, actor: Actor, id: string, by: 1 | -1) =>
			act(exercise, actor, 'go-list.moved', async (tx) => {
				const rows = await rowsOf(tx, exercise.id);
				const from = rows.findIndex((row) => row.id === id);
				if (from === -1) throw noExercise();
				const to = Math.max(0, Math.min(rows.length - 1, from + by));
				const [moved] = rows.splice(from, 1);
				rows.splice(to, 0, moved!);
				for (const [i, row] of rows.entries())
					await tx
						.update(goItem)
						.set({ position: i + 1 })
						.where(eq(goItem.id, row.id));
				return { item: id, to: to + 1 };
			}),

		remove: (exercise: Exercise, actor: Actor, id: string) =>
			act(exercise, actor, 'go-list.removed', async (tx) => {
				const gone = await tx.delete(goItem).where(one(exercise, id)).returning({ text: goItem.text });
				if (gone.length === 0) throw noExercise();
				return { item: id, text: gone[0]!.text };
			})
	};
}
