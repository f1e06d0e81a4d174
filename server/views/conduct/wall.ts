import { sql } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import { isControl } from '#lib/exercise/exercise/access.ts';
import { roles, type Actor, type Exercise, type Role } from '#lib/exercise/exercise/schema.ts';
import {
	healthOf,
	type HealthFigures,
	type HealthPart,
	type HealthState
} from '#lib/exercise/conduct/health.ts';
import type { HelpTopic } from '#lib/exercise/help/schema.ts';
import type { Health } from '../../conduct/health.ts';
import type { Database } from '../../database/open.ts';
import { connectedLimits } from '../../events/connected.ts';
import { noExercise } from '../../exercises/rights.ts';

/**
 * What the wall of exercise control's own room shows beside the board. Visitors pass through that room: no text of a
 * request, no name of a player, nothing of a script (PROMISES P8).
 */
export interface WallView {
	/** open requests to the help desk, the oldest first */
	help: { topic: HelpTopic; teams: string[]; askedWall: number; takenBy: string | null }[];
	connected: {
		/** over everybody with a role: how many are here, of how many */
		roles: { role: Role; here: number; all: number }[];
		/** players by the country of their team */
		countries: { country: CountryCode; here: number; all: number }[];
	};
	health: { figures: HealthFigures; states: Record<HealthPart, HealthState> };
}

export async function wall(
	database: Database,
	health: Health,
	exercise: Exercise,
	actor: Actor
): Promise<WallView> {
	if (!isControl(actor)) throw noExercise();
	const { db } = database;
	const [help, people, figures] = await Promise.all([
		db.execute<{ topic: HelpTopic; teams: string[]; asked: string; taken_by: string | null }>(sql`
			select h.topic, h.teams, extract(epoch from h.asked_wall) * 1000 as asked, c.name as taken_by
			from help_request h
			left join work_claim c on c.exercise_id = h.exercise_id and c.kind = 'help' and c.subject = h.id
			where h.exercise_id = ${exercise.id} and h.state = 'open' order by h.asked_wall`),
		db.execute<{ role: Role; country: CountryCode | null; all: string; here: string }>(sql`
			with here as (
				select distinct account from connected n, unnest(n.accounts) account
				where n.exercise_id = ${exercise.id}
				and n.at > now() - make_interval(secs => ${connectedLimits.staleSeconds})
			)
			select m.role, case when m.role = 'player' then t.country end as country,
				count(distinct m.account_id) as all, count(distinct here.account) as here
			from membership m
			join account a on a.id = m.account_id and a.disabled_at is null
			left join team t on t.id = m.team_id
			left join here on here.account = m.account_id
			where m.exercise_id = ${exercise.id}
			group by 1, 2`),
		health.measure(exercise)
	]);
	const byRole = new Map<Role, { here: number; all: number }>();
	for (const row of people.rows) {
		const known = byRole.get(row.role) ?? { here: 0, all: 0 };
		byRole.set(row.role, { here: known.here + Number(row.here), all: known.all + Number(row.all) });
	}
	return {
		help: help.rows.map((row) => ({
			topic: row.topic,
			teams: row.teams,
			askedWall: Math.round(Number(row.asked)),
			takenBy: row.taken_by
		})),
		connected: {
			roles: roles.flatMap((role) => {
				const found = byRole.get(role);
				return found ? [{ role, ...found }] : [];
			}),
			countries: people.rows
				.flatMap((row) =>
					row.country ? [{ country: row.country, here: Number(row.here), all: Number(row.all) }] : []
				)
				.sort((a, b) => (a.country < b.country ? -1 : 1))
		},
		health: { figures, states: healthOf(figures) }
	};
}
