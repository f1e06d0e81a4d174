import { and, asc, eq } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import { sharingAfter, type SharingFact, type SharingState } from '#lib/exercise/statistics/commands.ts';
import type { Database, Transaction } from '../database/open.ts';
import { fact } from '../database/schema.ts';
import type { LoadContext } from './load.ts';

/** The countries that share their figures in an exercise: the last that each has said. */
export async function readSharing(
	db: Database['db'] | Transaction,
	exercise: Exercise['id']
): Promise<Set<CountryCode>> {
	const rows = await db
		.select({ fact: fact.fact })
		.from(fact)
		.where(and(eq(fact.exerciseId, exercise), eq(fact.kind, 'figures-shared')))
		.orderBy(asc(fact.sequence));
	return sharingAfter(rows.map((row) => row.fact as SharingFact));
}

export async function loadSharingState({ tx, exercise }: LoadContext): Promise<SharingState> {
	return { exercise, sharing: await readSharing(tx, exercise.id) };
}
