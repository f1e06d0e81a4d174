import { and, asc, eq, inArray } from 'drizzle-orm';
import { isControl, isDirector } from '#lib/exercise/exercise/access.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import { belongsTo, leadsReview } from '#lib/exercise/finding/access.ts';
import type { Incident } from '#lib/exercise/incident/schema.ts';
import type { Notification } from '#lib/exercise/notification/schema.ts';
import { affectedStates, type AffectedState, type RoomSays } from '#lib/exercise/real/affected.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { readAffectedActs } from '../commands/affected.ts';
import type { Transaction } from '../database/open.ts';
import { fact, workingRecord } from '../database/schema.ts';
import { readTeams } from '../exercises/teams.ts';

type Reads = Pick<Transaction, 'select'>;

export interface AffectedView {
	/** with all reasons for whoever leads the review and for the coordination; for others their own states, without any */
	states: AffectedState[];
	/** the reader sees all of them */
	all: boolean;
	/** those that the coordinator may name: nobody has named them yet */
	nameable: CountryCode[];
}

/** The states whose consent the publication of a room's review needs. For whoever asks as the room itself: no right is asked. */
export async function affectedOf(db: Reads, exercise: Pick<Exercise, 'id'>): Promise<AffectedState[]> {
	return affectedStates(await roomSays(db, exercise, await readTeams(db, exercise.id)));
}

/** What of them somebody is shown on the review page; null: this is an exercise. */
export async function affected(db: Reads, exercise: Exercise, actor: Actor): Promise<AffectedView | null> {
	if (!isReal(exercise)) return null;
	const teams = await readTeams(db, exercise.id);
	const states = affectedStates(await roomSays(db, exercise, teams));
	if (leadsReview(actor) || isControl(actor)) {
		const named = new Set(
			states.flatMap(({ country, reasons }) =>
				reasons.some(({ from }) => from === 'coordinator') ? [country] : []
			)
		);
		const changes = isDirector(actor) && exercise.state !== 'closed';
		return {
			states,
			all: true,
			nameable: changes ? countryCodes.filter((country) => country !== 'EU' && !named.has(country)) : []
		};
	}
	// whose incident it was is no news for other states
	const own = states.filter(({ country }) => belongsTo(actor, country, teams));
	return { states: own.map(({ country }) => ({ country, reasons: [] })), all: false, nameable: [] };
}

async function roomSays(
	db: Reads,
	exercise: Pick<Exercise, 'id'>,
	teams: readonly Team[]
): Promise<RoomSays> {
	const byId = new Map<string, Team>(teams.map((team) => [team.id, team]));
	const records = await db
		.select({ kind: workingRecord.kind, team: workingRecord.teamId, standing: workingRecord.standing })
		.from(workingRecord)
		.where(
			and(
				inArray(workingRecord.kind, ['incident', 'notification']),
				eq(workingRecord.exerciseId, exercise.id)
			)
		)
		.orderBy(asc(workingRecord.id));
	const reports = await db
		.select({ fact: fact.fact })
		.from(fact)
		.where(and(eq(fact.exerciseId, exercise.id), eq(fact.kind, 'report-approved')))
		.orderBy(asc(fact.sequence));
	const kept = <Standing>(kind: string) =>
		records.flatMap((row) => {
			const team = byId.get(row.team);
			return row.kind === kind && team ? [{ team, standing: row.standing as Standing }] : [];
		});
	return {
		incidents: kept<Incident>('incident'),
		// what the authority has received is the same case once more
		notifications: kept<Notification>('notification').filter(({ standing }) => standing.side === 'entity'),
		reports: reports.flatMap(({ fact: one }) => {
			const team = one.kind === 'report-approved' ? byId.get(one.team) : undefined;
			return one.kind === 'report-approved' && team
				? [{ team, number: one.number, content: one.content ?? null }]
				: [];
		}),
		acts: await readAffectedActs(db, exercise.id)
	};
}
