import { sql } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { consoleScope } from '#lib/exercise/exercise/access.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import { replaysDeliveries } from '#lib/exercise/replay/access.ts';
import type { Database } from '../database/open.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { createSharedReads } from '../shared-read.ts';
import { createTurns } from '../turns.ts';

/** How far deliveries had come at a moment. Whoever acknowledged or responded has seen it. */
export interface DeliveryFigures {
	released: number;
	seen: number;
	acknowledged: number;
	responded: number;
	/** something that was asked for was late then, by the exercise time of that moment, and not taken back */
	overdue: number;
}

export interface DeliveriesThen {
	/** every team of the reader's countries, also one that had nothing yet */
	teams: ({ id: TeamId; name: string; country: CountryCode } & DeliveryFigures)[];
	/** what had been released by then, the latest first */
	injects: ({
		id: InjectId;
		reference: string;
		title: string;
		tlp: Tlp;
		releasedAt: number;
		/** it had been taken back by then */
		recalled: boolean;
	} & DeliveryFigures)[];
}

type Row = {
	team: string | null;
	inject: string | null;
	reference: string | null;
	title: string | null;
	tlp: Tlp | null;
	released_at: string | null;
	recalled: boolean | null;
} & Record<keyof DeliveryFigures, string>;

/** so long an answer serves all who ask for the same moment, ms */
const gapMs = 500;
const shared = createSharedReads<DeliveriesThen>(gapMs);
/** the largest exercise has a million facts to count: one count at a time, so that the database has time for those who play */
const inTurn = createTurns(1);

/**
 * The console's board in figures as it stood at a moment of the wall's clock, read from the facts up to then. A moderator
 * reads of the own countries' teams, and only injects that had reached one of them.
 */
export function replayDeliveries(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	wall: number
): Promise<DeliveriesThen> {
	if (!replaysDeliveries(actor)) return Promise.reject(noExercise());
	const scope = consoleScope(actor);
	// what is past does not change, so that the moment and the countries say all
	const key = JSON.stringify([exercise.id, wall, scope && [...scope].sort()]);
	return shared(key, () => () => inTurn('deliveries', () => read(database, exercise, scope, wall)));
}

async function read(
	database: Database,
	exercise: Exercise,
	scope: ReadonlySet<CountryCode> | null,
	wall: number
): Promise<DeliveriesThen> {
	const teams = (await readTeams(database.db, exercise.id)).filter(
		(team) => scope === null || scope.has(team.country)
	);
	const now = exerciseTimeAt(exercise.clock, wall);
	const until = new Date(wall + 1).toISOString();
	const { rows } = await database.db.execute<Row>(sql`
		with released as (
			select d ->> 'delivery' as delivery, d ->> 'team' as team, f.fact ->> 'inject' as inject,
				f.fact -> 'content' ->> 'reference' as reference, f.fact -> 'content' ->> 'title' as title,
				f.fact -> 'content' ->> 'tlp' as tlp, f.wall_at
			from fact f cross join lateral jsonb_array_elements(f.fact -> 'deliveries') d
			where f.exercise_id = ${exercise.id} and f.kind = 'inject-released' and f.wall_at < ${until}::timestamptz
		), acts as (
			select f.fact ->> 'delivery' as delivery,
				bool_or(f.kind = 'delivery-acknowledged') as acknowledged,
				bool_or(f.kind = 'delivery-responded') as responded
			from fact f
			where f.exercise_id = ${exercise.id} and f.wall_at < ${until}::timestamptz
				and f.kind in ('delivery-seen', 'delivery-acknowledged', 'delivery-responded')
			group by 1
		), recalls as (
			select d ->> 'delivery' as delivery
			from fact f cross join lateral jsonb_array_elements(f.fact -> 'deliveries') d
			where f.exercise_id = ${exercise.id} and f.kind = 'inject-recalled' and f.wall_at < ${until}::timestamptz
		), stood as (
			select r.*, b.delivery is not null as recalled, a.delivery is not null as seen, coalesce(a.acknowledged, false) as acknowledged,
				coalesce(a.responded, false) as responded,
				b.delivery is null and coalesce((v.acknowledge_by < ${now}::bigint and not coalesce(a.acknowledged, false))
					or (v.respond_by < ${now}::bigint and not coalesce(a.responded, false)), false) as overdue
			from released r
			join delivery v on v.id = r.delivery
			left join acts a on a.delivery = r.delivery
			left join recalls b on b.delivery = r.delivery
			where r.team = any(${sql.param(teams.map((team) => team.id as string))}::text[])
		)
		select team, inject, max(reference) as reference, max(title) as title, max(tlp) as tlp,
			floor(extract(epoch from min(wall_at)) * 1000)::bigint as released_at,
			bool_or(recalled) as recalled, count(*) as released, count(*) filter (where seen) as seen,
			count(*) filter (where acknowledged) as acknowledged, count(*) filter (where responded) as responded,
			count(*) filter (where overdue) as overdue
		from stood group by grouping sets ((team), (inject))`);
	const figures = (row: Row | undefined): DeliveryFigures => ({
		released: Number(row?.released ?? 0),
		seen: Number(row?.seen ?? 0),
		acknowledged: Number(row?.acknowledged ?? 0),
		responded: Number(row?.responded ?? 0),
		overdue: Number(row?.overdue ?? 0)
	});
	const byTeam = new Map(rows.flatMap((row) => (row.team === null ? [] : [[row.team, row] as const])));
	return {
		teams: teams.map(({ id, name, country }) => ({ id, name, country, ...figures(byTeam.get(id)) })),
		injects: rows
			.flatMap((row) =>
				row.inject === null
					? []
					: [
							{
								id: row.inject as InjectId,
								reference: row.reference ?? '',
								title: row.title ?? '',
								tlp: row.tlp ?? 'red',
								releasedAt: Number(row.released_at),
								recalled: row.recalled === true,
								...figures(row)
							}
						]
			)
			.sort((a, b) => b.releasedAt - a.releasedAt || (a.reference < b.reference ? -1 : 1))
	};
}
