import { asc, eq } from 'drizzle-orm';
import type { ReportExtent } from '#lib/exercise/aar/schema.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { knowsOfEvidence } from '#lib/exercise/finding/access.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Database } from '../database/open.ts';
import { reportVersion } from '../database/schema.ts';

/** Where frozen versions cite a finding, for who may follow a reference. */
export interface Citation {
	finding: string;
	version: number;
	extent: ReportExtent;
	country: CountryCode | null;
	reference: string;
	chapters: string[];
}

export async function citations(database: Database, exercise: Exercise, actor: Actor): Promise<Citation[]> {
	if (!knowsOfEvidence(actor)) return [];
	const rows = await database.db
		.select({
			number: reportVersion.number,
			extent: reportVersion.extent,
			country: reportVersion.country,
			references: reportVersion.references
		})
		.from(reportVersion)
		.where(eq(reportVersion.exerciseId, exercise.id))
		.orderBy(asc(reportVersion.number));
	return rows.flatMap((row) =>
		row.references.map(({ finding, reference, chapters }) => ({
			finding,
			version: row.number,
			extent: row.extent as ReportExtent,
			country: row.country as CountryCode | null,
			reference,
			chapters
		}))
	);
}
