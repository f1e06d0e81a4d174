import { desc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import type { Recorded } from '#lib/exercise/facts.ts';
import type { ProjectionContext } from '#lib/exercise/timeline.ts';
import { countryName } from '#lib/standards/countries.ts';
import { tlpIds } from '#lib/standards/tlp.ts';
import { idPattern, type AccountId, type ExerciseId } from '#lib/exercise/ids.ts';
import {
	defaultSettings,
	instant,
	newExerciseSchema,
	newRoomSchema,
	settingsShape,
	shortText,
	timeZone,
	type Actor,
	type Exercise,
	type NewExercise,
	type Role,
	type Team
} from '#lib/exercise/exercise/schema.ts';
import { writeAudit } from '../audit/audit.ts';
import { listFact } from '../audit/chain.ts';
import { storeFacts } from '../commands/facts.ts';
import { databaseNow, type Database, type Transaction } from '../database/open.ts';
import { exercise, membership } from '../database/schema.ts';
import { hasAccepted } from './accepted.ts';
import type { Ring } from './change.ts';
import { check } from './check.ts';
import { createExerciseDocuments } from './documents.ts';
import { deleteMembership, insertMemberships, type MembershipId, type NewMembership } from './memberships.ts';
import { readActor } from './actor.ts';
import { mintId } from '../mint.ts';
import { keepsDirector, noExercise, raiseRights } from './rights.ts';
import { toExercise } from './rows.ts';
import { createWordsFor } from './words.ts';
import { writeTimelines } from '../timelines/write.ts';
import { insertTeams, readTeams, setTeamLanguage, type NewTeam } from './teams.ts';

/** An exercise in somebody's list, with what the person is in it. */
export interface ListedExercise extends Omit<Exercise, 'clock' | 'catchUp'> {
	roles: Role[];
	/** its terms of confidentiality are to be accepted before it opens */
	mustAccept: boolean;
}

export const exerciseChangesSchema = z
	.object({
		name: shortText('Name'),
		tlp: z.enum(tlpIds),
		timeZone,
		startsAt: instant,
		endsAt: instant,
		settings: z.object(settingsShape).partial()
	})
	.partial();
export type ExerciseChanges = z.infer<typeof exerciseChangesSchema>;

/** That a room was opened names no team and no record. */
const nothingNamed: ProjectionContext = {
	team: (id) => {
		throw new Error(`no team ${id}`);
	},
	referenceOf: () => '',
	actOf: () => 0
};

/**
 * Exercises, their teams, and who is what in them. Everything that changes a right raises the exercise's rights version
 * and writes its audit row in the same transaction, then rings (PROMISES P6, P7, R7). Whether the person may do it is
 * asked before, from the actor that `open` returns (people.ts).
 */
export function createExercises({ database, ring }: { database: Database; ring: Ring }) {
	const { db } = database;

	/** Runs a change of rights; the bell rings after the commit. */
	async function changeRights<T>(
		exerciseId: ExerciseId,
		by: AccountId | null,
		act: (tx: Transaction) => Promise<{ value: T; act: string; detail: Record<string, unknown> }>
	): Promise<T> {
		const value = await db.transaction(async (tx) => {
			await raiseRights(tx, exerciseId);
			const done = await act(tx);
			await writeAudit(tx, { scope: exerciseId, actorId: by, act: done.act, detail: done.detail });
			return done.value;
		});
		ring({ exercise: exerciseId, topics: ['rights', 'people'] });
		return value;
	}

	async function load(id: string): Promise<Exercise | null> {
		if (!idPattern.test(id)) return null;
		const [row] = await db.select().from(exercise).where(eq(exercise.id, id));
		return row ? toExercise(row) : null;
	}

	const actor = (exerciseId: ExerciseId, accountId: AccountId) => readActor(db, exerciseId, accountId);

	return {
		load,
		actor,
		wordsFor: createWordsFor({ load, actor }),

		/**
		 * A new exercise in draft, with the documents every exercise has; whoever makes it is its director. `rehearsalOf`: only
		 * to try that one out.
		 */
		async create(
			input: z.input<typeof newExerciseSchema>,
			by: AccountId,
			rehearsalOf: ExerciseId | null = null
		): Promise<ExerciseId> {
			const checked: NewExercise = check(newExerciseSchema, input);
			const id = mintId<ExerciseId>();
			await db.transaction(async (tx) => {
				await tx.insert(exercise).values({
					...checked,
					id,
					settings: { ...defaultSettings, ...checked.settings },
					rehearsalOf,
					createdBy: by
				});
				await createExerciseDocuments(tx, id, 'exercise');
				await insertMemberships(tx, id, [{ accountId: by, role: 'director' }]);
				await writeAudit(tx, { scope: id, actorId: by, act: 'exercise.created', detail: { ...checked } });
			});
			ring({ exercise: id, topics: ['rights'] });
			return id;
		},

		/**
		 * A room for a real incident: open from this moment, its clock the wall's; whoever opens it coordinates. Each country
		 * has a team to begin with, in which nobody is yet.
		 */
		async openRoom(
			input: z.input<typeof newRoomSchema>,
			by: { id: AccountId; name: string }
		): Promise<ExerciseId> {
			const { countries, ...checked } = check(newRoomSchema, input);
			const id = mintId<ExerciseId>();
			await db.transaction(async (tx) => {
				const now = await databaseNow(tx);
				const segment = { wallStart: now, exerciseStart: now, rate: 1 };
				await tx.insert(exercise).values({
					...checked,
					id,
					state: 'running',
					startsAt: now,
					endsAt: now,
					clock: [segment],
					settings: defaultSettings,
					createdBy: by.id
				});
				await createExerciseDocuments(tx, id, checked.kind);
				await insertMemberships(tx, id, [{ accountId: by.id, role: 'director' }]);
				await insertTeams(
					tx,
					id,
					countries.map((country) => ({
						name: `${countryName(country)}: coordination`,
						country,
						level: 'operational'
					}))
				);
				// the first line of its record and of its timelines; nobody is there yet to be shown it
				const opened: Recorded = {
					fact: { kind: 'exercise-started', segment },
					by: { account: by.id, name: by.name },
					wallAt: now,
					exerciseAt: now
				};
				const { lastSequence, chain } = await storeFacts(tx, id, [opened]);
				await writeTimelines(tx, id, [opened], nothingNamed);
				await writeAudit(
					tx,
					{
						scope: id,
						actorId: by.id,
						act: 'room.opened',
						detail: { ...checked, countries, facts: [listFact(opened, lastSequence)] }
					},
					chain
				);
			});
			ring({ exercise: id, topics: ['rights'] });
			return id;
		},

		/** The exercises somebody takes part in, latest first. Being an administrator shows none (DOMAIN 4.2). */
		async list(accountId: AccountId): Promise<ListedExercise[]> {
			const rows = await db
				.select({
					exercise,
					role: membership.role,
					accepted: sql<boolean>`${hasAccepted(exercise.id, accountId)}`
				})
				.from(membership)
				.innerJoin(exercise, eq(exercise.id, membership.exerciseId))
				.where(eq(membership.accountId, accountId))
				.orderBy(desc(exercise.startsAt), exercise.id, membership.createdAt, membership.id);
			const listed = new Map<string, ListedExercise>();
			for (const row of rows) {
				const { clock: _clock, catchUp: _catchUp, ...shown } = toExercise(row.exercise);
				const one = listed.get(shown.id) ?? { ...shown, roles: [], mustAccept: !row.accepted };
				if (!one.roles.includes(row.role as Role)) one.roles.push(row.role as Role);
				listed.set(shown.id, one);
			}
			return [...listed.values()];
		},

		/** The exercise and who the person is in it; `not-found` for whoever has no role there. */
		async open(id: string, person: { id: AccountId }): Promise<{ exercise: Exercise; actor: Actor }> {
			const found = await load(id);
			if (!found) throw noExercise();
			const who = await actor(found.id, person.id);
			if (who.memberships.length === 0) throw noExercise();
			return { exercise: found, actor: who };
		},

		teams: (id: ExerciseId): Promise<Team[]> => readTeams(db, id),

		addTeams: (id: ExerciseId, teams: readonly NewTeam[], by: AccountId | null): Promise<Team[]> =>
			changeRights(id, by, async (tx) => {
				const value = await insertTeams(tx, id, teams);
				return {
					value,
					act: 'teams.added',
					detail: { teams: value.map(({ id, name, country, level }) => ({ id, name, country, level })) }
				};
			}),

		setTeamLanguage: (
			id: ExerciseId,
			teamId: string,
			language: string | null,
			by: AccountId
		): Promise<Team> =>
			changeRights(id, by, async (tx) => ({
				value: await setTeamLanguage(tx, id, teamId, language),
				act: 'team.language',
				detail: { team: teamId, language }
			})),

		addMembership: (id: ExerciseId, wanted: NewMembership, by: AccountId | null): Promise<MembershipId> =>
			changeRights(id, by, async (tx) => {
				const [value] = await insertMemberships(tx, id, [wanted]);
				return { value: value!, act: 'membership.added', detail: { ...wanted } };
			}),

		removeMembership: (id: ExerciseId, membershipId: MembershipId, by: AccountId | null): Promise<void> =>
			changeRights(id, by, async (tx) => {
				const gone = await deleteMembership(tx, id, membershipId);
				if (!gone) throw new AppError('not-found', 'This role was taken away already.');
				if (gone.role === 'director' && !(await keepsDirector(tx, id)))
					throw new AppError('not-now', 'An exercise keeps at least one director. Name another one first.');
				return { value: undefined, act: 'membership.removed', detail: { ...gone } };
			}),

		/** Name, marking and settings at any time; the times only before STARTEX, because schedules count from them. */
		updateSettings: (id: ExerciseId, changes: ExerciseChanges, by: AccountId | null): Promise<Exercise> =>
			changeRights(id, by, async (tx) => {
				const { settings, ...wanted } = check(exerciseChangesSchema, changes);
				const [row] = await tx.select().from(exercise).where(eq(exercise.id, id));
				const current = toExercise(row!);
				const next = { ...current, ...wanted, settings: { ...current.settings, ...settings } };
				const movesTime =
					next.timeZone !== current.timeZone ||
					next.startsAt !== current.startsAt ||
					next.endsAt !== current.endsAt;
				if (movesTime && !['draft', 'planned', 'ready'].includes(current.state))
					throw new AppError(
						'not-now',
						'STARTEX, ENDEX and the time zone are fixed once the exercise has started.'
					);
				if (!isReal(current) && next.endsAt <= next.startsAt)
					throw new AppError('invalid', 'ENDEX must be later than STARTEX.');
				await tx
					.update(exercise)
					.set({ ...wanted, settings: next.settings })
					.where(eq(exercise.id, id));
				return { value: next, act: 'exercise.changed', detail: { ...wanted, ...(settings && { settings }) } };
			})
	};
}

export type Exercises = ReturnType<typeof createExercises>;
