import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import { defaultRhythm } from '#lib/exercise/report/due.ts';
import { noFilter, type FiguresRow, type Grouping } from '#lib/exercise/statistics/figures.ts';
import { measuredKinds } from '#lib/exercise/statistics/measures.ts';
import { exerciseNow } from '#server/exchange/record/deliveries.ts';
import { eachMeasured } from '#server/exchange/record/measured.ts';
import * as statistics from '#server/views/statistics.ts';
import { chance } from '../../support/chance.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { playStatistics, type Played } from './stage.ts';

/*
 * The figures come from facts, one after the other. Here they are counted again from the tables that the same acts wrote,
 * by queries that share no code with them.
 */
let server: TestServer;
let played: Played;
let exercise: Exercise;
let now: number;

beforeAll(async () => {
	server = await startTestServer();
	played = await playStatistics(server, chance().below);
	// so that the clock stands still while it is counted twice
	await played.play.must(played.play.director, 'exercise.end', {});
	exercise = (await server.services.exercises.load(played.play.id))!;
	now = await exerciseNow({ database: server.services.database, exercise });
}, 120_000);
afterAll(() => server.close());

async function query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
	const { rows } = await server.services.database.pool.query(text, [played.play.id, ...values]);
	return rows as Row[];
}
const figures = async (by: Grouping, person = played.people.controller) => {
	const { exercise: of, actor } = await server.services.exercises.open(played.play.id, person);
	const opened = await statistics.open(server.services.database, of, actor);
	return statistics.figures(opened, { by, filter: noFilter });
};

/** The expression by which the table's rows are grouped, and how a row is named. */
const grouped: Record<Grouping, string> = {
	team: 'team.id',
	country: 'team.country',
	level: 'team.level',
	objective: "jsonb_array_elements_text(version.content -> 'objectives')"
};
const timesSql = (key: string, done: string, due: string) => `
	select key, count(*)::int as deliveries, count(at)::int as done,
		percentile_cont(0.5) within group (order by took) as median,
		percentile_cont(0.9) within group (order by took) as ninetieth,
		count(*) filter (where at <= due)::int as in_time,
		count(*) filter (where at > due)::int as late,
		count(*) filter (where at is null and due < $2)::int as missing
	from (
		select ${key} as key, delivery.${done} as at, delivery.${due} as due,
			case when delivery.${done} is not null then greatest(delivery.${done} - delivery.released_at, 0) end as took
		from delivery
		join team on team.id = delivery.team_id
		join inject on inject.id = delivery.inject_id
		join inject_version version on version.inject_id = inject.id and version.version = inject.version
		where delivery.exercise_id = $1
	) counted group by key`;

interface TimesRow {
	key: string;
	deliveries: number;
	done: number;
	median: number | null;
	ninetieth: number | null;
	in_time: number;
	late: number;
	missing: number;
}
const rounded = (value: number | null) => (value === null ? null : Math.round(Number(value) * 1000) / 1000);
const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);

describe.each(Object.keys(grouped) as Grouping[])('by %s', (by) => {
	test.each([
		['acknowledged', 'acknowledged_at', 'acknowledge_by'],
		['responded', 'responded_at', 'respond_by']
	] as const)('how long it took until it was %s', async (what, done, due) => {
		const truth = await query<TimesRow>(timesSql(grouped[by], done, due), [now]);
		const { rows } = await figures(by);
		const counted = rows.map((row) => ({
			key: row.key,
			deliveries: row.deliveries,
			done: row[what].done,
			median: rounded(row[what].median),
			ninetieth: rounded(row[what].ninetieth),
			in_time: row[what].inTime,
			late: row[what].late,
			missing: row[what].missing
		}));
		expect(truth.length).toBeGreaterThan(2);
		expect(truth.some((row) => row.done > 1 && row.late + row.missing > 0)).toBe(true);
		expect(counted.sort(byKey)).toEqual(
			truth
				.map((row) => ({ ...row, median: rounded(row.median), ninetieth: rounded(row.ninetieth) }))
				.sort(byKey)
		);
	});

	test('expected actions that were met', async () => {
		const truth = await query<{ key: string; expected: number; met: number; partly: number }>(`
			with noted as (
				select distinct on (fact -> 'delivery', fact -> 'action')
					fact ->> 'delivery' as delivery, fact ->> 'action' as action, fact ->> 'seen' as seen
				from fact where exercise_id = $1 and kind = 'action-observed'
				order by fact -> 'delivery', fact -> 'action', sequence desc
			), expected as (
				select delivery.id, team.id as team_id, ${grouped[by]} as key,
					wanted ->> 'id' as action, delivery.inject_id
				from delivery
				join team on team.id = delivery.team_id
				join inject on inject.id = delivery.inject_id
				join inject_version version on version.inject_id = inject.id and version.version = inject.version
				cross join lateral jsonb_array_elements(version.content -> 'expectedActions') wanted
				where delivery.exercise_id = $1
			)
			select key, count(*)::int as expected,
				count(*) filter (where mark.action is not null or noted.seen = 'yes')::int as met,
				count(*) filter (where mark.action is null and noted.seen = 'partly')::int as partly
			from expected
			left join action_mark mark on mark.inject_id = expected.inject_id and mark.team_id = expected.team_id
				and mark.action = expected.action
			left join noted on noted.delivery = expected.id and noted.action = expected.action
			group by key`);
		const { rows, all } = await figures(by);
		const counted = rows.flatMap(({ key, actions }) =>
			actions && actions.expected > 0 ? [{ key, ...actions }] : []
		);
		expect(counted.sort(byKey)).toEqual(truth.sort(byKey));
		expect(all.actions).toEqual({ expected: 23, met: 4, partly: 1 });
	});
});

interface ReportRow {
	key: string;
	sent: number;
	in_time: number;
	late: number;
	worst: number | null;
}
const reportsOf = (rows: readonly FiguresRow[], of: 'situation' | 'nis2') =>
	rows
		.map((row) => ({ key: row.key, figures: row[of]! }))
		.filter(({ figures: { sent } }) => sent > 0)
		.map(({ key, figures: { sent, inTime, late, worstLate } }) => ({
			key,
			sent,
			in_time: inTime,
			late,
			worst: worstLate
		}))
		.sort(byKey);
const numbered = (rows: ReportRow[]) =>
	rows.map((row) => ({ ...row, worst: row.worst === null ? null : Number(row.worst) })).sort(byKey);

test('situation reports: in time, late and by how much', async () => {
	const first = Object.entries(defaultRhythm)
		.map(([level, minutes]) => `when '${level}' then ${String(minutes)}`)
		.join(' ');
	const truth = await query<ReportRow>(
		`select key, count(*)::int as sent, count(*) filter (where at <= due)::int as in_time,
			count(*) filter (where at > due)::int as late, max(at - due) filter (where at > due) as worst
		from (
			select team.id as key, fact.exercise_at as at,
				coalesce(
					lag((fact.fact ->> 'nextDue')::bigint) over (partition by team.id order by report.number),
					$2::bigint + (case team.level ${first} end) * 60000
				) as due
			from report
			join fact on fact.exercise_id = report.exercise_id and fact.sequence = report.approved_sequence
			join team on team.id = report.team_id
			where report.exercise_id = $1
		) sent group by key`,
		[exercise.startsAt]
	);
	const { rows } = await figures('team');
	expect(truth.map(({ sent }) => sent).sort()).toEqual([2, 2]);
	expect(truth.some(({ late }) => late > 0)).toBe(true);
	expect(reportsOf(rows, 'situation')).toEqual(numbered(truth));
	// long after the last one, every team that reports is late with the next
	expect(rows.map(({ situation }) => situation!.missing)).toEqual([1, 1, 1, 1, 1]);
});

test('NIS2 reports: in time, late and by how much, and what is missing by the law’s hours', async () => {
	const truth = await query<ReportRow>(
		`select team_id as key, count(*)::int as sent,
			count(*) filter (where at <= due)::int as in_time, count(*) filter (where at > due)::int as late,
			max(at - due) filter (where at > due) as worst
		from (
			select team_id, (report #>> '{versions,0,at}')::bigint as at, (report #>> '{versions,0,due}')::bigint as due
			from working_record record, jsonb_array_elements(record.standing -> 'reports') report
			where exercise_id = $1 and kind = 'notification' and standing ->> 'side' = 'entity'
				and jsonb_array_length(report -> 'versions') > 0
		) sent group by key`
	);
	const missing = await query<{ key: string; n: number }>(
		`select team_id as key, sum(hours)::int as n from (
			select team_id, (
				select count(*) from (values ('early_warning', 24), ('incident_notification', 72)) step(name, hours)
				where (standing #>> '{content,awareAt}')::bigint + step.hours * 3600000::bigint < $2
					and not exists (
						select 1 from jsonb_array_elements(standing -> 'reports') report
						where report ->> 'key' = step.name and jsonb_array_length(report -> 'versions') > 0)
			) as hours
			from working_record where exercise_id = $1 and kind = 'notification' and standing ->> 'side' = 'entity'
		) cases group by team_id having sum(hours) > 0`,
		[now]
	);
	const { rows } = await figures('team');
	expect(truth.map(({ in_time, late }) => [in_time, late]).sort()).toEqual([
		[0, 1],
		[1, 0]
	]);
	expect(reportsOf(rows, 'nis2')).toEqual(numbered(truth));
	expect(missing.length).toBeGreaterThan(0);
	expect(
		rows.flatMap(({ key, nis2 }) => (nis2!.missing > 0 ? [{ key, n: nis2!.missing }] : [])).sort(byKey)
	).toEqual(missing.sort(byKey));
});

test('load, hour by hour', async () => {
	const hourOf = (time: string) => `floor((${time} - exercise.starts_at) / 3600000.0)::int`;
	const truth = await query<{ hour: number; kind: string; n: number }>(
		`select hour, kind, count(*)::int as n from (
			select ${hourOf('delivery.released_at')} as hour, 'deliveries' as kind
			from delivery join exercise on exercise.id = delivery.exercise_id where delivery.exercise_id = $1
			union all
			select ${hourOf('fact.exercise_at')}, 'messages'
			from channel_message message
			join fact on fact.exercise_id = message.exercise_id and fact.sequence = message.sequence
			join exercise on exercise.id = fact.exercise_id where message.exercise_id = $1
			union all
			select ${hourOf('fact.exercise_at')}, 'log'
			from fact join exercise on exercise.id = fact.exercise_id
			where exercise_id = $1 and fact.kind = 'log-added'
			union all
			select ${hourOf('fact.exercise_at')}, 'reports'
			from report join fact on fact.exercise_id = report.exercise_id and fact.sequence = report.approved_sequence
			join exercise on exercise.id = fact.exercise_id where report.exercise_id = $1
			union all
			select ${hourOf("(version ->> 'at')::bigint")}, 'reports'
			from working_record record join exercise on exercise.id = record.exercise_id,
				jsonb_array_elements(record.standing -> 'reports') report, jsonb_array_elements(report -> 'versions') version
			where record.exercise_id = $1 and record.kind = 'notification' and record.standing ->> 'side' = 'entity'
		) happened group by hour, kind`
	);
	const { load } = await figures('team');
	const counted = load!.flatMap(({ hour, ...counts }) =>
		Object.entries(counts).flatMap(([kind, n]) => (n > 0 ? [{ hour, kind, n }] : []))
	);
	const order = (all: typeof truth) =>
		[...all].sort((a, b) => a.hour - b.hour || a.kind.localeCompare(b.kind));
	expect(new Set(truth.map(({ kind }) => kind))).toEqual(
		new Set(['deliveries', 'log', 'messages', 'reports'])
	);
	expect(order(counted)).toEqual(order(truth));
});

test('batches of one fact come to the same as large ones, and no words leave the database', async () => {
	const { exercise: of, actor } = await server.services.exercises.open(
		played.play.id,
		played.people.controller
	);
	const { scope, upTo, database } = await statistics.open(server.services.database, of, actor);
	const read = async (limit: number) => {
		const facts = [];
		for await (const batch of eachMeasured(database, of, scope.record, measuredKinds, upTo, limit)) {
			expect(batch.length).toBeLessThanOrEqual(limit);
			facts.push(...batch);
		}
		return facts;
	};
	const all = await read(2000);
	expect(await read(1)).toEqual(all);
	expect(all.length).toBeGreaterThan(40);
	expect(JSON.stringify(all)).not.toMatch(/Two terminals|It stands still|Seen here|And this/);
});
