import { and, desc, eq, inArray, lte, sql, type SQL } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { readsChannelFrom } from '#lib/exercise/channel/access.ts';
import type { ChannelMembers } from '#lib/exercise/channel/schema.ts';
import { isControl, readsTeam } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, Team, TeamLevel } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, SharedReportId } from '#lib/exercise/ids.ts';
import type { FrozenReport } from '#lib/exercise/report/schema.ts';
import { addresseeOf } from '#lib/exercise/sharing/audience.ts';
import { mayReceive, type Reader } from '#lib/exercise/sharing/sharing.ts';
import type { Database } from '../database/open.ts';
import { channel, fact, reportShare } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';

/** An approved report of another team, or of the own, as somebody may read it. */
export interface SharedReport extends FrozenReport {
	/** of the copy that this reader has */
	id: SharedReportId;
	team: string;
	country: CountryCode;
	level: TeamLevel;
	/** exercise times, ms */
	approvedAt: number;
	sharedAt: number;
	approvedBy: string | null;
}

type Row = typeof reportShare.$inferSelect;

/**
 * The latest approved report of each country that this reader may receive: by the exercise time of its approval,
 * as of a moment of exercise time, or of the record, where one is named. A reader has what was put where they read (a team's room, a channel from the
 * segment on that is theirs), as far as its label lets them; nothing else counts, so an empty place means "not known to
 * this reader", never "no report".
 */
export async function sharedReports(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	at?: AsOf
): Promise<SharedReport[]> {
	const latest = new Map<CountryCode, { row: Row; team: Team }>();
	for (const found of await readable(database, exercise, actor, at)) {
		const { country } = found.team;
		// rows come with the newest approval first
		if (!latest.has(country)) latest.set(country, found);
	}
	return (await withWords(database, exercise, [...latest.values()])).sort((a, b) =>
		a.country < b.country ? -1 : 1
	);
}

/** One shared report by the id that this reader has it under. */
export async function sharedReport(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	id: string
): Promise<SharedReport> {
	const found = (await readable(database, exercise, actor, undefined, id))[0];
	const [report] = found ? await withWords(database, exercise, [found]) : [];
	if (!report) throw noExercise();
	return report;
}

async function readable(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	at: AsOf | undefined,
	id?: string
): Promise<{ row: Row; team: Team }[]> {
	const [all, rows, channels] = await Promise.all([
		readTeams(database.db, exercise.id),
		database.db
			.select()
			.from(reportShare)
			.where(
				and(
					eq(reportShare.exerciseId, exercise.id),
					sharedBy(exercise, at),
					id === undefined ? undefined : eq(reportShare.id, id)
				)
			)
			.orderBy(
				desc(reportShare.approvedAt),
				desc(reportShare.number),
				desc(reportShare.sequence),
				reportShare.id
			),
		database.db
			.select({ id: channel.id, members: channel.members })
			.from(channel)
			.where(eq(channel.exerciseId, exercise.id))
	]);
	const teams = new Map(all.map((team) => [team.id as string, team]));
	const members = new Map(channels.map((one) => [one.id, one.members]));
	const reader = readerOf(actor, all);
	return rows.flatMap((row) => {
		const team = teams.get(row.teamId);
		return team && mayRead(row, team, { actor, reader, teams, members }) ? [{ row, team }] : [];
	});
}

/** Until when something was shared: by an exercise time, or by a moment of the wall's clock, both ms. */
type AsOf = number | { recorded: number };

function sharedBy(exercise: Exercise, at: AsOf | undefined): SQL | undefined {
	if (at === undefined) return undefined;
	if (typeof at === 'number') return lte(reportShare.sharedAt, at);
	const until = new Date(at.recorded + 1).toISOString();
	return sql`${reportShare.sequence} <= (select coalesce(max(f.sequence), 0) from fact f
		where f.exercise_id = ${exercise.id} and f.kind = 'report-shared' and f.wall_at < ${until}::timestamptz)`;
}

/** Whoever may read a team's room reads what the team received: as on its screen (PROMISES R17). */
function readerOf(actor: Actor, all: readonly Team[]): Reader {
	return {
		account: actor.accountId,
		parties: all.filter((team) => readsTeam(actor, team)).map(addresseeOf),
		takesPart: actor.memberships.length > 0,
		isControl: isControl(actor)
	};
}

interface Reading {
	actor: Actor;
	reader: Reader;
	teams: ReadonlyMap<string, Team>;
	members: ReadonlyMap<string, ChannelMembers>;
}

function mayRead(row: Row, from: Team, { actor, reader, teams, members }: Reading): boolean {
	if (actor.memberships.length === 0) return false;
	if (!isOpenTo(row, from, actor, teams, members)) return false;
	return mayReceive(
		{
			tlp: row.tlp as Tlp,
			from: addresseeOf(from),
			to: [
				...row.teams.flatMap((id) => {
					const team = teams.get(id);
					return team ? [addresseeOf(team)] : [];
				}),
				// who is named in an exchange brings the own organisation, as for what is said there
				...(reader.account && row.people.includes(reader.account) ? reader.parties : [])
			],
			people: row.people as AccountId[]
		},
		reader
	);
}

/** Whether it was put where this person reads; who may read the sender's room reads it there. */
function isOpenTo(
	{ toTeam, toChannel, segment }: Row,
	from: Team,
	actor: Actor,
	teams: Reading['teams'],
	members: Reading['members']
): boolean {
	if (readsTeam(actor, from)) return true;
	if (toTeam !== null) {
		const team = teams.get(toTeam);
		return team !== undefined && readsTeam(actor, team);
	}
	const of = members.get(toChannel ?? '');
	const start = of ? readsChannelFrom(of, actor) : null;
	return start !== null && segment >= start;
}

async function withWords(
	database: Database,
	exercise: Exercise,
	found: readonly { row: Row; team: Team }[]
): Promise<SharedReport[]> {
	if (found.length === 0) return [];
	const facts = await database.db
		.select({ sequence: fact.sequence, fact: fact.fact })
		.from(fact)
		.where(
			and(
				eq(fact.exerciseId, exercise.id),
				inArray(
					fact.sequence,
					found.map(({ row }) => row.sequence)
				)
			)
		);
	const bySequence = new Map(facts.map((one) => [one.sequence, one.fact]));
	return found.flatMap(({ row, team }) => {
		const words = bySequence.get(row.sequence);
		if (words?.kind !== 'report-shared') return [];
		const { number, title, tlp, asOf, text, content, approvedBy } = words;
		return [
			{
				id: row.id as SharedReportId,
				team: team.name,
				country: team.country,
				level: team.level,
				number,
				title,
				tlp,
				asOf,
				text,
				content,
				approvedBy,
				approvedAt: row.approvedAt,
				sharedAt: row.sharedAt
			}
		];
	});
}
