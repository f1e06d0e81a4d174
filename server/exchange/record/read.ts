import { and, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { translator } from '#lib/text/index.ts';
import { formatDuration } from '#lib/text/format.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { tellTime } from '#lib/exercise/exercise/clock.ts';
import type { Actor, CellId, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { Fact, FactKind, Recorded } from '#lib/exercise/facts.ts';
import type { CardId, DeliveryId, InjectId, TeamId } from '#lib/exercise/ids.ts';
import type { RecordFilters } from '#lib/exercise/record/filters.ts';
import { exportTlp, recordLine, type RecordLine } from '#lib/exercise/record/line.ts';
import { readsAll, readsTeamFacts, recordScope, type RecordScope } from '#lib/exercise/record/scope.ts';
import type { RecordContext } from '#lib/exercise/record/sentence.ts';
import type { Database } from '../../database/open.ts';
import {
	delivery,
	exercise as exerciseTable,
	fact,
	hotWashCard,
	inject,
	injectVersion
} from '../../database/schema.ts';
import { noExercise } from '../../exercises/rights.ts';
import { workingFactKinds } from '#lib/exercise/working/kinds.ts';
import { readChannels } from '../../channels/rows.ts';
import { readTeams } from '../../exercises/teams.ts';
import { inScope, matching } from './query.ts';

/** The record of one exercise, opened for one reader. */
export interface OpenRecord {
	database: Database;
	exercise: Exercise;
	actor: Actor;
	scope: RecordScope;
	/** the teams in scope */
	teams: Team[];
	teamName: (id: TeamId) => string;
	/** the last fact when it was opened: what is read in several steps ends there */
	upTo: number;
}

/** Batches are small enough that reading one does not hold up anybody else (100 ms at most). */
export const batchSize = 500;

export async function openRecord(database: Database, exercise: Exercise, actor: Actor): Promise<OpenRecord> {
	const [all, channels, head] = await Promise.all([
		readTeams(database.db, exercise.id),
		readChannels(database.db, exercise.id),
		database.db
			.select({ sequence: exerciseTable.sequence })
			.from(exerciseTable)
			.where(eq(exerciseTable.id, exercise.id))
	]);
	const scope = recordScope(actor, all, exercise.settings, channels);
	if (!scope || !head[0]) throw noExercise();
	const names = new Map(all.map((team) => [team.id, team.name]));
	return {
		database,
		exercise,
		actor,
		scope,
		teams: all.filter((team) => readsTeamFacts(scope, team.id)),
		teamName: (id) => names.get(id) ?? '',
		upTo: head[0].sequence
	};
}

/** Nothing of the record is kept from this reader. */
export const readsWhole = ({ scope }: OpenRecord) => readsAll(scope);

export interface NumberedLine {
	sequence: number;
	line: RecordLine;
	/** as stored, for the archive; only when `whole` was asked for, and only with the whole record open */
	fact?: Fact;
}

export interface ReadOptions {
	filters: RecordFilters;
	/** from this fact on, not included */
	after?: number | null;
	descending?: boolean;
	limit?: number;
	whole?: boolean;
	/** of the kinds that the filters let through, only these */
	kinds?: readonly FactKind[];
}

/** Some lines, in order of their numbers, and the number of the last fact that was looked at. */
export async function readLines(
	record: OpenRecord,
	options: ReadOptions
): Promise<{ lines: NumberedLine[]; last: number | null }> {
	const { database, exercise, scope, upTo } = record;
	const { filters, after = null, descending = false, limit = batchSize } = options;
	const whole = options.whole === true && readsAll(scope);
	const direction = descending ? sql.raw('desc') : sql.raw('asc');
	const rows = await database.db
		.select({
			sequence: fact.sequence,
			actorName: fact.actorName,
			wallAt: fact.wallAt,
			exerciseAt: fact.exerciseAt,
			// a planned text is long, and no line shows it: what was delivered is kept beside it
			fact: whole
				? fact.fact
				: sql<Fact>`fact.fact #- '{content,body}' #- '{content,translations}' #- '{content,origin}'`
		})
		.from(fact)
		.where(
			and(
				inScope(exercise.id, scope),
				matching(scope, filters),
				sql`fact.sequence <= ${upTo}`,
				options.kinds && inArray(fact.kind, [...options.kinds]),
				after === null
					? undefined
					: descending
						? sql`fact.sequence < ${after}`
						: sql`fact.sequence > ${after}`
			)
		)
		.orderBy(sql`fact.sequence ${direction}`)
		.limit(limit);
	const context = await lineContext(
		record,
		rows.map((row) => row.fact)
	);
	const lines = rows.flatMap((row): NumberedLine[] => {
		const recorded: Recorded = {
			fact: row.fact,
			by: row.actorName === null ? null : { account: '', name: row.actorName },
			wallAt: row.wallAt.getTime(),
			exerciseAt: row.exerciseAt
		};
		const line = recordLine(recorded, scope, context, row.sequence);
		if (!line) return [];
		return [{ sequence: row.sequence, line, ...(whole && { fact: withoutWithdrawn(row.fact, context) }) }];
	});
	return { lines, last: rows.at(-1)?.sequence ?? null };
}

/** A card that was taken off the board keeps its place in the archive, not its words. */
function withoutWithdrawn(stored: Fact, context: RecordContext): Fact {
	return stored.kind === 'card-added' && context.isWithdrawn(stored.card) ? { ...stored, text: '' } : stored;
}

/** All lines in batches, oldest first; others get their turn between two. */
export async function* eachBatch(
	record: OpenRecord,
	options: Omit<ReadOptions, 'after' | 'descending'>
): AsyncGenerator<NumberedLine[]> {
	const { limit = batchSize } = options;
	let after: number | null = null;
	for (;;) {
		const { lines, last } = await readLines(record, { ...options, limit, after });
		if (last === null) return;
		if (lines.length > 0) yield lines;
		after = last;
	}
}

/** How many lines of each kind match, in all or from the beginning to a fact. */
export async function countLines(
	record: OpenRecord,
	filters: RecordFilters,
	upTo = record.upTo
): Promise<Map<Fact['kind'], number>> {
	const { database, exercise, scope } = record;
	const { rows } = await database.db.execute<{ kind: Fact['kind']; n: string }>(sql`
		select kind, count(*) as n from fact
		where ${all(inScope(exercise.id, scope), matching(scope, filters), sql`fact.sequence <= ${upTo}`)}
		group by kind`);
	return new Map(rows.map((row) => [row.kind, Number(row.n)]));
}

/** The fact that is the n-th (from 1) of those that match; null when there are fewer. */
export async function nthSequence(
	record: OpenRecord,
	filters: RecordFilters,
	n: number
): Promise<number | null> {
	const { database, exercise, scope, upTo } = record;
	const { rows } = await database.db.execute<{ sequence: string }>(sql`
		select sequence from fact
		where ${all(inScope(exercise.id, scope), matching(scope, filters), sql`fact.sequence <= ${upTo}`)}
		order by sequence offset ${n - 1} limit 1`);
	return rows[0] ? Number(rows[0].sequence) : null;
}

/** The label of these lines together with the exercise's: known before the first of them is written. */
export async function tlpOfLines(record: OpenRecord, filters: RecordFilters): Promise<Tlp> {
	const { database, exercise, scope, upTo } = record;
	const { rows } = await database.db.execute<{ tlp: Tlp | null }>(sql`
		select distinct coalesce(fact.fact #>> '{delivered,tlp}', fact.fact #>> '{content,tlp}', fact.fact ->> 'tlp') as tlp
		from fact
		where ${all(inScope(exercise.id, scope), matching(scope, filters), sql`fact.sequence <= ${upTo}`)}
			and fact.kind = any(${sql.param(labelledKinds)}::text[])`);
	return exportTlp(
		exercise.tlp,
		rows.map((row) => row.tlp)
	);
}

/** Whatever carries a label of its own. */
const labelledKinds = [
	'inject-released',
	'inject-recalled',
	'inject-approved',
	'inject-adapted',
	'announcement-made',
	'team-prompted',
	'report-approved',
	'report-shared',
	'message-posted',
	...workingFactKinds
] satisfies FactKind[];

const all = (...conditions: (SQL | undefined)[]) => and(...conditions)!;

/** Names that the sentences of these facts need. */
async function lineContext(
	record: OpenRecord,
	facts: readonly Fact[]
): Promise<RecordContext & { cellOf: (inject: InjectId) => CellId | undefined }> {
	const { db } = record.database;
	const deliveries = [...new Set(facts.flatMap((one) => ('delivery' in one ? [one.delivery] : [])))];
	const injects = readsAll(record.scope)
		? []
		: [...new Set(facts.flatMap((one) => ('inject' in one ? [one.inject] : [])))];
	const cards = [...new Set(facts.flatMap((one) => (one.kind === 'card-added' ? [one.card] : [])))];
	const [titles, cells, withdrawn] = await Promise.all([
		deliveries.length > 0
			? db
					.select({
						id: delivery.id,
						title: sql<string>`${injectVersion.content} ->> 'title'`,
						reference: sql<string>`${injectVersion.content} ->> 'reference'`
					})
					.from(delivery)
					.innerJoin(inject, eq(inject.id, delivery.injectId))
					.innerJoin(
						injectVersion,
						and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
					)
					.where(inArray(delivery.id, deliveries))
			: [],
		injects.length > 0
			? db.select({ id: inject.id, cell: inject.cell }).from(inject).where(inArray(inject.id, injects))
			: [],
		cards.length > 0
			? db
					.select({ id: hotWashCard.id })
					.from(hotWashCard)
					.where(and(inArray(hotWashCard.id, cards), eq(hotWashCard.withdrawn, true)))
			: []
	]);
	const byDelivery = new Map(titles.map(({ id, title, reference }) => [id, { title, reference }]));
	const byInject = new Map(cells.map(({ id, cell }) => [id, cell as CellId]));
	const gone = new Set(withdrawn.map(({ id }) => id));
	return {
		...wording(record),
		injectOf: (id: DeliveryId) => byDelivery.get(id),
		isWithdrawn: (id: CardId) => gone.has(id),
		cellOf: (id) => byInject.get(id)
	};
}

/** The words and times of an exercise's record. */
export function wording({ exercise, teamName }: Pick<OpenRecord, 'exercise' | 'teamName'>) {
	return {
		say: translator('en', exercise.kind),
		teamName,
		time: (at: number) => tellTime(at, exercise),
		duration: formatDuration
	};
}
