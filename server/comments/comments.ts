import { and, asc, count, eq, inArray, isNull, not, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { CommentView, CommentsView } from '#lib/exercise/inject/comments.ts';
import { commentLimits } from '#lib/exercise/inject/comments.ts';
import { documentRight } from '#lib/exercise/documents.ts';
import { cellIds, type Actor, type CellId, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { storable } from '#lib/storable.ts';
import type { Database } from '../database/open.ts';
import { injectComment, membership } from '../database/schema.ts';
import { readActors } from '../exercises/actor.ts';
import type { Ring } from '../exercises/change.ts';
import { mintId } from '../mint.ts';
import { scriptRight } from '../views/script.ts';

export type Comments = ReturnType<typeof createComments>;

/**
 * What planners say to each other about an inject. Whoever may open a cell's script reads and writes there; to all others
 * neither the cell nor its comments exist (PROMISES P1). Texts are never edited: a correction is another comment.
 */
export function createComments({ database: { db }, ring }: { database: Database; ring: Ring }) {
	/** Everybody who may read the script of a cell. */
	async function readersOf(exercise: Exercise, cell: CellId): Promise<Map<AccountId, Actor>> {
		const members = await db
			.selectDistinct({ id: membership.accountId })
			.from(membership)
			.where(
				and(
					eq(membership.exerciseId, exercise.id),
					not(inArray(membership.role, ['player', 'media_player', 'observer']))
				)
			);
		const actors = await readActors(
			db,
			exercise.id,
			members.map(({ id }) => id as AccountId)
		);
		const { settings } = exercise;
		return new Map(
			[...actors].filter(
				([, actor]) =>
					documentRight({ exercise: exercise.id, kind: 'script', cell }, actor, { settings }) !== 'none'
			)
		);
	}

	const tell = (exercise: ExerciseId) => ring({ exercise, topics: ['script'] });

	return {
		/** All comments of a cell in their order, and whom one may mention there. */
		async list(exercise: Exercise, actor: Actor, cell: string): Promise<CommentsView> {
			const { cell: known } = scriptRight(exercise, actor, cell);
			const [rows, readers] = await Promise.all([
				db
					.select()
					.from(injectComment)
					.where(and(eq(injectComment.exerciseId, exercise.id), eq(injectComment.cell, known)))
					.orderBy(asc(injectComment.createdAt), asc(injectComment.id)),
				readersOf(exercise, known)
			]);
			return {
				comments: rows.map((row): CommentView => ({
					id: row.id,
					inject: row.injectId,
					by: row.authorName,
					isMine: row.authorId === actor.accountId,
					text: row.text,
					at: row.createdAt.getTime(),
					mentionsMe: row.mentions.includes(actor.accountId),
					mentions: row.mentions.flatMap((id) => readers.get(id as AccountId)?.name ?? []),
					resolved: row.resolvedAt && { by: row.resolvedBy ?? '', at: row.resolvedAt.getTime() }
				})),
				people: [...readers]
					.filter(([id]) => id !== actor.accountId)
					.map(([id, { name }]) => ({ id, name }))
					.sort((a, b) => a.name.localeCompare(b.name))
			};
		},

		async add(
			exercise: Exercise,
			actor: Actor,
			cell: string,
			given: { inject: string; text: string; mentions: string[] }
		): Promise<{ id: string }> {
			const input = storable(given);
			const { cell: known } = scriptRight(exercise, actor, cell);
			const readers = await readersOf(exercise, known);
			if (input.mentions.some((id) => !readers.has(id as AccountId)))
				throw new AppError('invalid', 'You can mention only people who may read this script.');
			const [{ n } = { n: 0 }] = await db
				.select({ n: count() })
				.from(injectComment)
				.where(and(eq(injectComment.exerciseId, exercise.id), eq(injectComment.injectId, input.inject)));
			if (n >= commentLimits.perInject)
				throw new AppError('too-large', 'This inject has a thousand comments: write the next one elsewhere.');
			const id = mintId<string>();
			await db.insert(injectComment).values({
				id,
				exerciseId: exercise.id,
				cell: known,
				injectId: input.inject,
				authorId: actor.accountId,
				authorName: actor.name,
				text: input.text,
				mentions: [...new Set(input.mentions)]
			});
			tell(exercise.id);
			return { id };
		},

		/** Settles a comment, or opens it again. */
		async resolve(
			exercise: Exercise,
			actor: Actor,
			cell: string,
			id: string,
			resolved: boolean
		): Promise<object> {
			const { cell: known } = scriptRight(exercise, actor, cell);
			const rows = await db
				.update(injectComment)
				.set(
					resolved
						? { resolvedAt: sql`now()`, resolvedBy: actor.name }
						: { resolvedAt: null, resolvedBy: null }
				)
				.where(
					and(
						eq(injectComment.id, id),
						eq(injectComment.exerciseId, exercise.id),
						eq(injectComment.cell, known),
						resolved ? isNull(injectComment.resolvedAt) : not(isNull(injectComment.resolvedAt))
					)
				)
				.returning({ id: injectComment.id });
			if (rows.length === 0) throw new AppError('stale', 'Somebody was faster, or this comment is gone.');
			tell(exercise.id);
			return {};
		},

		/** Open comments of the cells that somebody may read, and how many of them mention this person. */
		async openCounts(
			exercise: Exercise,
			actor: Actor
		): Promise<{ cell: CellId; open: number; mentionsMe: number }[]> {
			const { settings } = exercise;
			const cells = cellIds.filter(
				(cell) =>
					documentRight({ exercise: exercise.id, kind: 'script', cell }, actor, { settings }) !== 'none'
			);
			if (cells.length === 0) return [];
			const rows = await db
				.select({
					cell: injectComment.cell,
					open: sql<number>`count(*)::int`,
					mentionsMe: sql<number>`(count(*) filter (where ${actor.accountId} = any(${injectComment.mentions})))::int`
				})
				.from(injectComment)
				.where(
					and(
						eq(injectComment.exerciseId, exercise.id),
						inArray(injectComment.cell, cells),
						isNull(injectComment.resolvedAt)
					)
				)
				.groupBy(injectComment.cell);
			return rows.map((row) => ({ ...row, cell: row.cell as CellId }));
		}
	};
}
