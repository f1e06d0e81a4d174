import { and, eq, gt, inArray } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { documentName, documentRight } from '#lib/exercise/documents.ts';
import { cellIds, type Actor, type CellId, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { InjectStatus } from '#lib/exercise/inject/approval.ts';
import type { Database } from '../database/open.ts';
import { document, exercise as exerciseTable } from '../database/schema.ts';
import { readStatuses } from './script.ts';

/**
 * What the plan of play knows beside the scripts that it shows together: whose scripts the reader may open, and what is
 * submitted, approved, released of them. Who may open none is told that there is nothing (PROMISES P1).
 */
export interface PlanView {
	/** the exercise's sequence that this is the state of: what to ask for next time */
	sequence: number;
	/** all statuses, not only those that changed */
	whole: boolean;
	cells: PlanCell[];
	statuses: (InjectStatus & { cell: CellId })[];
}

export interface PlanCell {
	cell: CellId;
	canWrite: boolean;
}

/** All of it, or the statuses that changed after a sequence. Cells whose script nobody has begun are left out. */
export async function plan(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	since: number | null
): Promise<PlanView> {
	const open = cellIds
		.map((cell) => ({ cell, ref: { exercise: exercise.id, kind: 'script', cell } as const }))
		.map(({ cell, ref }) => ({
			cell,
			name: documentName(ref),
			right: documentRight(ref, actor, { settings: exercise.settings })
		}))
		.filter(({ right }) => right !== 'none');
	if (open.length === 0) throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
	return database.db.transaction(
		async (tx) => {
			const [head] = await tx
				.select({ sequence: exerciseTable.sequence })
				.from(exerciseTable)
				.where(eq(exerciseTable.id, exercise.id));
			const begun = await tx
				.select({ name: document.name })
				.from(document)
				.where(
					and(
						inArray(
							document.name,
							open.map(({ name }) => name)
						),
						gt(document.sequence, 0)
					)
				);
			const names = new Set(begun.map(({ name }) => name));
			const cells = open
				.filter(({ name }) => names.has(name))
				.map(({ cell, right }) => ({ cell, canWrite: right === 'write' }));
			const sequence = head?.sequence ?? 0;
			// a number from another life of the exercise (restored, moved): begin again
			const after = since !== null && since <= sequence ? since : null;
			const known = open.map(({ cell }) => cell);
			const statuses = after === sequence ? [] : await readStatuses(tx, exercise.id, actor, known, after);
			return { sequence, whole: after === null, cells, statuses };
		},
		{ isolationLevel: 'repeatable read', accessMode: 'read only' }
	);
}
