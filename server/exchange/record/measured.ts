import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import type { Fact, FactKind, Recorded } from '#lib/exercise/facts.ts';
import { readsFact, type RecordScope } from '#lib/exercise/record/scope.ts';
import type { Database } from '../../database/open.ts';
import { fact } from '../../database/schema.ts';
import { inScope } from './query.ts';

/** Few enough that reading them does not hold up anybody else, and many enough that 500,000 are read in seconds. */
export const measuredBatch = 2000;

/** The texts stay in the database: figures need who, when and how much, and a fact may be as long as a report. */
const withoutWords = sql<Fact>`case fact.kind
	when 'log-added' then jsonb_build_object('kind', fact.kind, 'team', fact.team_id)
	when 'message-posted' then
		fact.fact - '{text,rich,quotes,sources,files,mentions,broughtFrom,name,from}'::text[]
	when 'delivery-responded' then fact.fact - '{text,title}'::text[]
	when 'report-approved' then fact.fact - '{text,content,authors,title}'::text[]
	when 'notification-submitted' then fact.fact - 'values'
	when 'inject-released' then (fact.fact - 'texts') #- '{delivered,body}' #- '{content,body}'
		#- '{content,translations}' #- '{content,origin}' #- '{content,controllerNotes}' #- '{content,evaluatorNotes}'
	else fact.fact end`;

/** The facts of some kinds that a scope reads, without their words, oldest first and in batches. */
export async function* eachMeasured(
	database: Database,
	exercise: Pick<Exercise, 'id'>,
	scope: RecordScope,
	kinds: readonly FactKind[],
	upTo: number,
	limit = measuredBatch
): AsyncGenerator<Recorded[]> {
	let after = 0;
	for (;;) {
		const rows = await database.db
			.select({
				sequence: fact.sequence,
				wallAt: fact.wallAt,
				exerciseAt: fact.exerciseAt,
				fact: withoutWords
			})
			.from(fact)
			.where(
				and(
					eq(fact.exerciseId, exercise.id),
					inScope(exercise.id, scope),
					inArray(fact.kind, [...kinds]),
					sql`fact.sequence > ${after} and fact.sequence <= ${upTo}`
				)
			)
			.orderBy(asc(fact.sequence))
			.limit(limit);
		const last = rows.at(-1);
		if (!last) return;
		yield (
			rows
				// SQL saves work, it does not decide; of no kind here does anything hang on a planning cell alone
				.filter((row) => readsFact(scope, row.fact, () => undefined, row.sequence))
				.map((row) => ({
					fact: row.fact,
					by: null,
					wallAt: row.wallAt.getTime(),
					exerciseAt: row.exerciseAt
				}))
		);
		if (rows.length < limit) return;
		after = last.sequence;
	}
}
