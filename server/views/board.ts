import { createHash } from 'node:crypto';
import { sql, type SQL } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { consoleScope, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, CellId, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId, InjectId, TeamId } from '#lib/exercise/ids.ts';
import { isHandledIn, isInjectOver, reachedTeams, type InjectState } from '#lib/exercise/inject/release.ts';
import type { InjectChannel, Recipients, Schedule } from '#lib/exercise/inject/schema.ts';
import type { Database, Transaction } from '../database/open.ts';
import { noExercise } from '../exercises/rights.ts';
import { readVariantInjects, type VariantRow } from '../exercises/variants.ts';
import { readTeams } from '../exercises/teams.ts';

/** One approved inject on the board. All times are exercise time, ms. */
export interface BoardInject {
	id: InjectId;
	reference: string;
	title: string;
	storyline: string;
	tlp: Tlp;
	channel: InjectChannel;
	state: Exclude<InjectState, 'submitted'>;
	schedule: Schedule['mode'];
	/** nobody is asked to acknowledge it */
	noAcknowledgement?: true;
	/** of a contingency: what to look for */
	condition?: string;
	/** of one that goes team by team: what it waits for */
	waits?: Pick<Extract<Schedule, { mode: 'condition' }>, 'when' | 'seconds'>;
	/** the inject that it follows; in a national cell the own variant of the one that it names */
	after?: InjectId;
	/** the central inject in whose place it stands for its country's teams, also in conditions that name that one */
	variantOf?: { inject: InjectId; country: CountryCode };
	dueAt: number | null;
	releasedAt: number | null;
	/** why it is held, or was skipped or recalled */
	reason: string | null;
	/** for all teams of the exercise, which may be more than the reader sees */
	everyone?: true;
	/** not released yet: the reader's teams that it would reach, as numbers in `teams` */
	to?: 'all' | number[];
	/** of the reader's countries, those whose teams get a variant of their own instead */
	variants?: CountryCode[];
	/** it stays inside the reader's countries, so the reader may release, hold and skip it */
	mine: boolean;
}

/** One released inject at its teams: what all deliveries of a release have in common stands once. */
export interface BoardDeliveries {
	inject: InjectId;
	releasedAt: number;
	acknowledgeBy: number | null;
	respondBy: number | null;
	/** in fours: number in `teams`, then seen, acknowledged and responded in ms after the release, or null */
	cells: (number | null)[];
}

export interface BoardAnswer {
	/** the exercise's sequence that this is the state of: what to ask for next time */
	sequence: number;
	/** everything, not only what changed: the reader starts anew */
	whole: boolean;
	/** `injects` are all that the reader may see; else only those that changed */
	allInjects: boolean;
	/** the teams that numbers mean: with a whole answer; they stay the same as long as `teamsKey` does */
	teams?: TeamId[];
	teamsKey: string;
	injects: BoardInject[];
	deliveries: BoardDeliveries[];
}

/** Up to where a reader has read. */
export interface BoardCursor {
	sequence: number;
	teamsKey: string;
}

/**
 * The board of one reader as JSON, whole or only what changed after a sequence. It is text and not an object: the
 * largest board has 180,000 cells, and reading them as rows to write them as JSON would hold up everybody else in this
 * process for a third of a second. PostgreSQL writes them down while we do other things. The shape is `BoardAnswer`.
 */
export async function boardJson(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	since: BoardCursor | null
): Promise<string> {
	if (!seesConsole(actor)) throw noExercise();
	return database.db.transaction((tx) => read(tx, exercise.id, actor, since), {
		// one state of the exercise, whatever is released meanwhile
		isolationLevel: 'repeatable read',
		accessMode: 'read only'
	});
}

async function read(
	tx: Transaction,
	exercise: ExerciseId,
	actor: Actor,
	since: BoardCursor | null
): Promise<string> {
	const scope = consoleScope(actor);
	const sequence = await readSequence(tx, exercise);
	const all = await readTeams(tx, exercise);
	const teams = scope === null ? all : all.filter((team) => scope.has(team.country));
	const teamsKey = keyOf(teams);
	// other teams, or a number from another life of the exercise (restored, moved): begin again
	const after = since && since.teamsKey === teamsKey && since.sequence <= sequence ? since.sequence : null;
	const head = { sequence, teamsKey, whole: after === null };
	if (after === sequence) return withDeliveries({ ...head, allInjects: false, injects: [] }, '');

	const changed = await readInjects(tx, exercise, after);
	// which of them a moderator may see can change with any of them, so all are sent
	const allInjects = after === null || (scope !== null && changed.length > 0);
	const rows = allInjects && after !== null ? await readInjects(tx, exercise, null) : changed;
	const released = scope === null || rows.length === 0 ? null : await releasedTo(tx, exercise, scope);
	const variants =
		rows.length === 0 ? new Map<string, VariantRow[]>() : await readVariantInjects(tx, exercise);
	const injects = rows.flatMap((row) => toBoardInject(row, variants, all, teams, actor, released));
	return withDeliveries(
		{ ...head, allInjects, ...(after === null && { teams: teams.map((team) => team.id) }), injects },
		await readDeliveries(tx, exercise, scope, after)
	);
}

export function withDeliveries(head: Omit<BoardAnswer, 'deliveries'>, deliveries: string): string {
	return `${JSON.stringify(head).slice(0, -1)},"deliveries":[${deliveries}]}`;
}

/** Changes when a team comes, or the reader's countries change. */
export function keyOf(teams: readonly Team[]): string {
	const hash = createHash('sha256');
	for (const team of teams) hash.update(team.id);
	return hash.digest('base64url').slice(0, 12);
}

async function readSequence(tx: Transaction, exercise: ExerciseId): Promise<number> {
	const { rows } = await tx.execute<{ sequence: string }>(
		sql`select sequence from exercise where id = ${exercise}`
	);
	return Number(rows[0]!.sequence);
}

export type InjectRow = {
	id: InjectId;
	cell: CellId;
	variant_of: InjectId | null;
	state: BoardInject['state'];
	due_at: string | null;
	released_at: string | null;
	reason: string | null;
	reference: string;
	title: string;
	storyline: string;
	tlp: Tlp;
	channel: InjectChannel;
	acknowledges: boolean | null;
	to: Recipients;
	schedule: Schedule;
	/** the sequence of its last change */
	changed: string;
};

/** All approved injects, or those that changed after a sequence: a central one also with each of its variants. */
export async function readInjects(
	tx: Transaction,
	exercise: ExerciseId,
	after: number | null
): Promise<InjectRow[]> {
	const changed =
		after === null
			? sql``
			: sql`and (i.changed > ${after} or i.id in (
				select v.variant_of from inject v
				where v.exercise_id = ${exercise} and v.changed > ${after} and v.variant_of is not null))`;
	const { rows } = await tx.execute<InjectRow>(sql`
		select i.id, i.cell, i.variant_of, i.state, i.due_at, i.released_at, i.reason,
			v.content ->> 'reference' as reference, v.content ->> 'title' as title,
			v.content ->> 'storyline' as storyline, v.content ->> 'tlp' as tlp, v.content ->> 'channel' as channel,
			(v.content ->> 'acknowledgementRequired')::boolean as acknowledges,
			v.content -> 'to' as "to", v.content -> 'schedule' as schedule, i.changed
		from inject i
		join inject_version v on v.inject_id = i.id and v.version = i.version
		where i.exercise_id = ${exercise} ${changed}`);
	return rows;
}

/** The injects that were released to a team of these countries. */
async function releasedTo(
	tx: Transaction,
	exercise: ExerciseId,
	countries: ReadonlySet<CountryCode>
): Promise<ReadonlySet<string>> {
	const { rows } = await tx.execute<{ inject_id: string }>(sql`
		select distinct d.inject_id from delivery d
		join team t on t.id = d.team_id
		where d.exercise_id = ${exercise} and t.exercise_id = ${exercise} and ${inCountries(countries)}`);
	return new Set(rows.map((row) => row.inject_id));
}

/** None when the reader may not know of it: it reaches no team of the reader's countries. */
export function toBoardInject(
	row: InjectRow,
	allVariants: ReadonlyMap<string, readonly VariantRow[]>,
	all: readonly Team[],
	teams: readonly Team[],
	actor: Actor,
	/** the injects that came to a team of the reader's countries; null: the reader sees all */
	released: Pick<ReadonlySet<string>, 'has'> | null
): BoardInject[] {
	const isOut = isInjectOver(row.state);
	const own = row.cell === 'central' ? (allVariants.get(row.id) ?? []) : [];
	const variants = [...new Set(own.map(({ country }) => country))];
	const planned = reachedTeams(row.to, variants, teams).reached;
	// one that goes team by team may have come to others of the reader's teams than it was written for
	if (released && !released.has(row.id) && (isOut || planned.length === 0)) return [];
	const numbers = new Map(teams.map((team, index) => [team.id, index]));
	const { schedule } = row;
	const known = variants.filter((country) => teams.some((team) => team.country === country));
	return [
		{
			id: row.id,
			reference: row.reference,
			title: row.title,
			storyline: row.storyline,
			tlp: row.tlp,
			channel: row.channel,
			state: row.state,
			schedule: schedule.mode,
			...(row.acknowledges === false && { noAcknowledgement: true as const }),
			...(schedule.mode === 'contingency' && { condition: schedule.condition }),
			...(schedule.mode === 'condition' && { waits: { when: schedule.when, seconds: schedule.seconds } }),
			...(schedule.mode === 'after' && { after: followedBy(row, schedule.inject, allVariants) }),
			...(row.variant_of !== null &&
				row.cell !== 'central' && { variantOf: { inject: row.variant_of, country: row.cell } }),
			dueAt: row.due_at === null ? null : Number(row.due_at),
			releasedAt: row.released_at === null ? null : Number(row.released_at),
			reason: row.reason,
			// variants of countries that the reader does not see are not told of
			...(row.to.all && known.length === 0 && { everyone: true as const }),
			...(!isOut && {
				to: planned.length === teams.length ? 'all' : planned.map((team) => numbers.get(team.id)!)
			}),
			...(!isOut && known.length > 0 && { variants: known }),
			mine: isHandledIn(row.to, variants, all, consoleScope(actor))
		}
	];
}

/** As `followedRelease` counts it. */
function followedBy(
	{ id, cell }: InjectRow,
	named: InjectId,
	variants: ReadonlyMap<string, readonly VariantRow[]>
): InjectId {
	const own = variants.get(named)?.find((one) => one.country === cell && one.inject !== id);
	return own?.inject ?? named;
}

async function readDeliveries(
	tx: Transaction,
	exercise: ExerciseId,
	scope: ReadonlySet<CountryCode> | null,
	after: number | null
): Promise<string> {
	const countries = scope === null ? sql`` : sql`and ${inCountries(scope)}`;
	// the whole board is grouped in memory and not sorted on disk
	if (after === null) await tx.execute(sql`select set_config('work_mem', '32MB', true)`);
	const { rows } = await tx.execute<{ line: string }>(sql`
		with t as (
			-- numbered as in readTeams: what the numbers of an answer mean stands beside them
			select t.id, row_number() over (order by t.country, lower(t.name)) - 1 as n
			from team t where t.exercise_id = ${exercise} ${countries}
		)
		select concat('{"inject":"', d.inject_id, '","releasedAt":', d.released_at,
			',"acknowledgeBy":', coalesce(d.acknowledge_by::text, 'null'),
			',"respondBy":', coalesce(d.respond_by::text, 'null'), ',"cells":[',
			-- joined with ||, because concat() takes twice as long
			string_agg(t.n::text
				|| coalesce(',' || (d.seen_at - d.released_at)::text, ',null')
				|| coalesce(',' || (d.acknowledged_at - d.released_at)::text, ',null')
				|| coalesce(',' || (d.responded_at - d.released_at)::text, ',null'), ','),
			']}') as line
		from delivery d join t on t.id = d.team_id
		where d.exercise_id = ${exercise} ${after === null ? sql`` : sql`and d.changed > ${after}`}
		group by d.inject_id, d.released_at, d.acknowledge_by, d.respond_by`);
	return rows.map((row) => row.line).join(',');
}

function inCountries(countries: ReadonlySet<CountryCode>): SQL {
	// a list of values, so that each is a parameter; a moderator without a country sees nothing
	if (countries.size === 0) return sql`false`;
	return sql`t.country in (${sql.join(
		[...countries].map((country) => sql`${country}`),
		sql`, `
	)})`;
}
