import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { translator } from '#lib/text/index.ts';
import { isMailAddress, type MailQueue } from '../mail/queue.ts';
import { AppError } from '#lib/errors.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { hasRole, isControl } from '#lib/exercise/exercise/access.ts';
import { longText, type Actor, type Exercise, type Role } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database, Transaction } from '../database/open.ts';
import {
	account,
	audit,
	communicationAnswer,
	communicationCheck,
	exercise as exerciseTable,
	membership,
	team
} from '../database/schema.ts';
import type { Ring } from '../exercises/change.ts';
import { hasAccepted } from '../exercises/accepted.ts';
import { check } from '../exercises/check.ts';
import { noExercise } from '../exercises/rights.ts';
import { mintId } from '../mint.ts';

/** What every page of the exercise shows to who has not confirmed yet. */
export interface CommunicationNotice {
	id: string;
	text: string;
	dueAt: number;
	confirmed: boolean;
}

export interface CheckedPerson {
	id: AccountId;
	name: string;
	email: string;
	roles: Role[];
	teams: string[];
	countries: CountryCode[];
	/** wall time, ms */
	confirmedAt: number | null;
	/** the terms of confidentiality, or there are none */
	accepted: boolean;
}

export interface CheckView {
	current: {
		id: string;
		text: string;
		startedAt: number;
		dueAt: number;
		endedAt: number | null;
		/** over everybody in the exercise */
		all: number;
		confirmed: number;
		/** those whom the reader may know: all for exercise control, the own country for its planners */
		people: CheckedPerson[];
	} | null;
	waived: { by: string | null; reason: string; at: number } | null;
}

const startSchema = z.object({
	text: longText('Text'),
	minutes: z
		.number('Minutes: write a number.')
		.int()
		.min(1, 'Minutes: at least 1.')
		.max(14 * 1440, 'Minutes: at most 14 days.')
});

/** Who prepares an exercise reads its readiness; only exercise control acts on the check. */
export function requireReader(actor: Actor): void {
	if (!isControl(actor) && !hasRole(actor, 'planner')) throw noExercise();
}
export function requireControl(actor: Actor): void {
	requireReader(actor);
	if (!isControl(actor)) throw new AppError('forbidden', 'Only exercise control does this.');
}

/** Whether the guard of `ready` is met (DOMAIN 7.1): a check was ended, or waived with a reason. */
export async function isCommunicationChecked(tx: Transaction, exercise: ExerciseId): Promise<boolean> {
	const { rows } = await tx.execute<{ done: boolean }>(sql`
		select exists (select 1 from ${communicationCheck}
			where ${communicationCheck.exerciseId} = ${exercise} and ${communicationCheck.endedAt} is not null)
		or exists (select 1 from ${audit}
			where ${audit.scope} = ${exercise} and ${audit.act} = 'communication.waived') as done`);
	return rows[0]!.done;
}

/** The running check as one person is asked; null: none is running, or the person is no member. */
export async function communicationNotice(
	{ db }: Database,
	exercise: ExerciseId,
	accountId: AccountId
): Promise<CommunicationNotice | null> {
	const [row] = await db
		.select({ check: communicationCheck, confirmedAt: communicationAnswer.confirmedAt })
		.from(communicationCheck)
		.leftJoin(
			communicationAnswer,
			and(
				eq(communicationAnswer.checkId, communicationCheck.id),
				eq(communicationAnswer.accountId, accountId)
			)
		)
		.where(and(eq(communicationCheck.exerciseId, exercise), isNull(communicationCheck.endedAt)))
		.orderBy(desc(communicationCheck.startedAt))
		.limit(1);
	if (!row) return null;
	const { id, text, dueAt } = row.check;
	return { id, text, dueAt: dueAt.getTime(), confirmed: row.confirmedAt !== null };
}

/** Nobody is reminded more often. */
const remindEveryMinutes = 10;

export function createCommunication({
	database,
	ring,
	mail
}: {
	database: Database;
	ring: Ring;
	mail: Pick<MailQueue, 'isSetUp' | 'queueMail' | 'origin'>;
}) {
	const { db } = database;

	/** A mail to everybody who has not confirmed and was not reminded lately. Answers how many. */
	async function mailMissing(tx: Transaction, exercise: Exercise, checkId: string): Promise<number> {
		const recent = await tx
			.select({ id: communicationAnswer.accountId })
			.from(communicationAnswer)
			.where(
				and(
					eq(communicationAnswer.checkId, checkId),
					gt(communicationAnswer.remindedAt, sql`now() - make_interval(mins => ${remindEveryMinutes}::int)`)
				)
			);
		const reminded = new Set(recent.map(({ id }) => id));
		const [row] = await tx.select().from(communicationCheck).where(eq(communicationCheck.id, checkId));
		const people = (await peopleOf(exercise.id, checkId)).filter(
			(one) => one.confirmedAt === null && !reminded.has(one.id) && isMailAddress(one.email)
		);
		if (people.length === 0 || !row) return 0;
		const link = `${mail.origin}/exercises/${exercise.id}`;
		const t = translator('en', exercise.kind);
		await mail.queueMail(
			tx,
			people.map((one) => ({
				exercise: { id: exercise.id, kind: exercise.kind, name: exercise.name },
				kind: 'communication-check' as const,
				once: `communication-check/${checkId}/${one.id}/${mintId<string>()}`,
				to: one.email,
				subject: t('mail.check.subject'),
				// what exercise control writes is for those who have accepted the terms; the others are led to them
				text: [
					one.accepted ? row.text : t('console.terms.checkMail'),
					'',
					t('mail.check.open', { link })
				].join('\n'),
				tlp: exercise.tlp
			}))
		);
		for (let from = 0; from < people.length; from += 1000)
			await tx
				.insert(communicationAnswer)
				.values(
					people
						.slice(from, from + 1000)
						.map((one) => ({ checkId, accountId: one.id, remindedAt: sql`now()` }))
				)
				.onConflictDoUpdate({
					target: [communicationAnswer.checkId, communicationAnswer.accountId],
					set: { remindedAt: sql`now()` }
				});
		return people.length;
	}

	async function running(tx: Transaction, exercise: ExerciseId) {
		// the exercise's row lock: two controllers cannot start two checks
		await tx
			.select({ id: exerciseTable.id })
			.from(exerciseTable)
			.where(eq(exerciseTable.id, exercise))
			.for('update');
		const [row] = await tx
			.select()
			.from(communicationCheck)
			.where(and(eq(communicationCheck.exerciseId, exercise), isNull(communicationCheck.endedAt)));
		return row ?? null;
	}

	return {
		async view(exercise: Exercise, actor: Actor): Promise<CheckView> {
			requireReader(actor);
			const [[row], [waived]] = await Promise.all([
				db
					.select()
					.from(communicationCheck)
					.where(eq(communicationCheck.exerciseId, exercise.id))
					.orderBy(desc(communicationCheck.startedAt))
					.limit(1),
				db
					.select({ detail: audit.detail, at: audit.at, by: account.name })
					.from(audit)
					.leftJoin(account, eq(account.id, audit.actorId))
					.where(and(eq(audit.scope, exercise.id), eq(audit.act, 'communication.waived')))
					.orderBy(desc(audit.sequence))
					.limit(1)
			]);
			const people = row ? await peopleOf(exercise.id, row.id) : [];
			const countries = new Set(
				actor.memberships.flatMap(({ role, cell }) => (role === 'planner' && cell ? [cell] : []))
			);
			return {
				current: row
					? {
							id: row.id,
							text: row.text,
							startedAt: row.startedAt.getTime(),
							dueAt: row.dueAt.getTime(),
							endedAt: row.endedAt?.getTime() ?? null,
							all: people.length,
							confirmed: people.filter((one) => one.confirmedAt !== null).length,
							people: isControl(actor)
								? people
								: people.filter((one) => one.countries.some((country) => countries.has(country)))
						}
					: null,
				waived: waived
					? { by: waived.by, reason: String(waived.detail['reason'] ?? ''), at: waived.at.getTime() }
					: null
			};
		},

		async start(exercise: Exercise, actor: Actor, wanted: unknown): Promise<void> {
			requireControl(actor);
			const { text, minutes } = check(startSchema, wanted);
			await db.transaction(async (tx) => {
				if (await running(tx, exercise.id))
					throw new AppError('not-now', 'A communication check is running already. End it first.');
				const id = mintId<string>();
				await tx.insert(communicationCheck).values({
					id,
					exerciseId: exercise.id,
					text,
					dueAt: sql`now() + make_interval(mins => ${minutes}::int)`,
					startedBy: actor.accountId
				});
				await writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'communication.started',
					detail: { text, minutes }
				});
				if (mail.isSetUp) await mailMissing(tx, exercise, id);
			});
			ring({ exercise: exercise.id, topics: ['check', 'readiness'] });
		},

		/** By mail, to those who have not confirmed; answers how many were written to. */
		async remind(exercise: Exercise, actor: Actor): Promise<number> {
			requireControl(actor);
			const count = await db.transaction(async (tx) => {
				const row = await running(tx, exercise.id);
				if (!row) throw new AppError('not-now', 'No communication check is running.');
				const reminded = await mailMissing(tx, exercise, row.id);
				if (reminded === 0)
					throw new AppError(
						'not-now',
						`Everybody has confirmed, or was written to within the last ${remindEveryMinutes} minutes.`
					);
				await writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'communication.reminded',
					detail: { check: row.id, people: reminded }
				});
				return reminded;
			});
			ring({ exercise: exercise.id, topics: ['readiness'] });
			return count;
		},

		/** Any member, for the running check. A second press changes nothing. */
		async confirm(exercise: Exercise, actor: Actor, checkId: string): Promise<void> {
			if (actor.memberships.length === 0) throw noExercise();
			const done = await db.transaction(async (tx) => {
				const [row] = await tx
					.select({ id: communicationCheck.id, endedAt: communicationCheck.endedAt })
					.from(communicationCheck)
					.where(and(eq(communicationCheck.id, checkId), eq(communicationCheck.exerciseId, exercise.id)));
				if (!row) throw noExercise();
				if (row.endedAt) throw new AppError('not-now', 'This communication check is over.');
				return (
					tx
						.insert(communicationAnswer)
						.values({ checkId, accountId: actor.accountId, confirmedAt: sql`now()` })
						// who was reminded has a row already
						.onConflictDoUpdate({
							target: [communicationAnswer.checkId, communicationAnswer.accountId],
							set: { confirmedAt: sql`now()` },
							setWhere: isNull(communicationAnswer.confirmedAt)
						})
						.returning({ id: communicationAnswer.checkId })
				);
			});
			if (done.length > 0) ring({ exercise: exercise.id, topics: ['readiness'] });
		},

		async end(exercise: Exercise, actor: Actor): Promise<void> {
			requireControl(actor);
			await db.transaction(async (tx) => {
				const row = await running(tx, exercise.id);
				if (!row) throw new AppError('not-now', 'No communication check is running.');
				await tx
					.update(communicationCheck)
					.set({ endedAt: sql`now()` })
					.where(eq(communicationCheck.id, row.id));
				await writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'communication.ended',
					detail: { check: row.id }
				});
			});
			ring({ exercise: exercise.id, topics: ['check', 'readiness'] });
		},

		async waive(exercise: Exercise, actor: Actor, reason: unknown): Promise<void> {
			requireControl(actor);
			const checked = check(longText('Reason'), reason);
			await db.transaction((tx) =>
				writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'communication.waived',
					detail: { reason: checked }
				})
			);
			ring({ exercise: exercise.id, topics: ['readiness'] });
		}
	};

	/** Everybody in the exercise, by name. */
	async function peopleOf(exercise: ExerciseId, checkId: string): Promise<CheckedPerson[]> {
		const rows = await db
			.select({
				id: account.id,
				name: account.name,
				email: account.email,
				role: membership.role,
				team: team.name,
				teamCountry: team.country,
				country: membership.country,
				cell: membership.cell,
				confirmedAt: communicationAnswer.confirmedAt,
				accepted: sql<boolean>`${hasAccepted(membership.exerciseId, account.id)}`
			})
			.from(membership)
			.innerJoin(account, and(eq(account.id, membership.accountId), isNull(account.disabledAt)))
			.leftJoin(team, eq(team.id, membership.teamId))
			.leftJoin(
				communicationAnswer,
				and(eq(communicationAnswer.accountId, account.id), eq(communicationAnswer.checkId, checkId))
			)
			.where(eq(membership.exerciseId, exercise))
			.orderBy(sql`lower(${account.name})`, account.id);
		const people = new Map<string, CheckedPerson>();
		for (const row of rows) {
			const person = people.get(row.id) ?? {
				id: row.id as AccountId,
				name: row.name,
				email: row.email,
				roles: [],
				teams: [],
				countries: [],
				confirmedAt: row.confirmedAt?.getTime() ?? null,
				accepted: row.accepted
			};
			const add = <T>(list: T[], value: T | null | undefined) => {
				if (value && !list.includes(value)) list.push(value);
			};
			add(person.roles, row.role as Role);
			add(person.teams, row.team);
			for (const country of [row.teamCountry, row.country, row.cell === 'central' ? null : row.cell])
				add(person.countries, country as CountryCode | null);
			people.set(row.id, person);
		}
		return [...people.values()];
	}
}
