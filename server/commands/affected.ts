import { and, asc, eq, inArray } from 'drizzle-orm';
import {
	affectedFactKinds,
	namedNow,
	type AffectedAct,
	type AffectedFact
} from '#lib/exercise/real/affected.ts';
import type { AffectedCommandState } from '#lib/exercise/real/commands.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import type { Transaction } from '../database/open.ts';
import { fact } from '../database/schema.ts';
import type { LoadContext } from './load.ts';

export async function loadAffectedState({ tx, exercise }: LoadContext): Promise<AffectedCommandState> {
	const named = namedNow(await readAffectedActs(tx, exercise.id));
	return { exercise, named: new Set(named.keys()) };
}

/** What the coordinator said of affected states, in the order in which it was. */
export async function readAffectedActs(
	db: Pick<Transaction, 'select'>,
	exerciseId: ExerciseId
): Promise<AffectedAct[]> {
	const rows = await db
		.select({ fact: fact.fact, name: fact.actorName, wallAt: fact.wallAt })
		.from(fact)
		.where(and(eq(fact.exerciseId, exerciseId), inArray(fact.kind, [...affectedFactKinds])))
		.orderBy(asc(fact.sequence));
	return rows.map((row) => ({
		fact: row.fact as AffectedFact,
		by: row.name ?? '',
		wallAt: row.wallAt.getTime()
	}));
}
