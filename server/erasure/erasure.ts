import { and, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { AppError } from '#lib/errors.ts';
import {
	dayProblem,
	erasureDaySchema,
	proposedDay,
	reminderDays,
	reminderDue
} from '#lib/exercise/erasure/day.ts';
import { isDirector } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { translator } from '#lib/text/index.ts';
import { verifyAudit, writeAudit } from '../audit/audit.ts';
import { databaseNow, type Database } from '../database/open.ts';
import { account, exercise, membership } from '../database/schema.ts';
import type { Documents } from '../documents/documents.ts';
import type { Ring } from '../exercises/change.ts';
import { check } from '../exercises/check.ts';
import { noExercise, raiseRights } from '../exercises/rights.ts';
import { isMailAddress, type MailQueue } from '../mail/queue.ts';
import { mintId } from '../mint.ts';
import { eraseChain } from './chain.ts';
import { erasePages } from './pages.ts';
import { eraseAccounts, eraseRows, peopleOf } from './rows.ts';
import { Eraser } from './words.ts';

const inPlay = ['running', 'paused', 'stopped'];

/** What everybody in an exercise is told about its names. Days as `2027-06-10`, UTC. */
export interface ErasureView {
	/** null: nobody has chosen one, and nothing is erased */
	day: string | null;
	reason: string | null;
	proposed: string;
	/** wall time, ms; null: the names are still there */
	erasedAt: number | null;
	mayChoose: boolean;
}

export interface ErasureResult {
	exercise: ExerciseId;
	people: number;
	facts: number;
	rows: number;
	documents: number;
	accounts: number;
}

/** The day on which an exercise's names go, the reminders before it, and the erasure itself (docs/adr/0014-erasure.md). */
export function createErasure({
	database,
	documents,
	mail,
	ring,
	log
}: {
	database: Database;
	documents: Pick<Documents, 'begunAnew'>;
	mail: Pick<MailQueue, 'isSetUp' | 'queueMail' | 'origin'>;
	ring: Ring;
	log: Logger;
}) {
	const { db } = database;

	async function view(of: Exercise, actor: Actor): Promise<ErasureView> {
		if (actor.memberships.length === 0) throw noExercise();
		const [row] = await db.select().from(exercise).where(eq(exercise.id, of.id));
		if (!row) throw noExercise();
		return {
			day: row.eraseOn,
			reason: row.eraseReason,
			proposed: proposedDay(row.endsAt),
			erasedAt: row.erasedAt?.getTime() ?? null,
			mayChoose: isDirector(actor) && row.erasedAt === null && row.rehearsalOf === null
		};
	}

	/** Sets the day, or moves it; a rehearsal goes with its exercise. */
	async function choose(of: Exercise, actor: Actor, wanted: unknown): Promise<void> {
		if (actor.memberships.length === 0) throw noExercise();
		if (!isDirector(actor)) throw new AppError('forbidden', 'Only the exercise director does this.');
		if (of.rehearsalOf)
			throw new AppError('not-now', 'The names of a rehearsal go with those of its exercise. Choose there.');
		const { day, reason } = check(erasureDaySchema, wanted);
		await db.transaction(async (tx) => {
			const [row] = await tx.select().from(exercise).where(eq(exercise.id, of.id)).for('no key update');
			if (!row) throw noExercise();
			if (row.erasedAt) throw new AppError('not-now', 'The names of this exercise were erased already.');
			const problem = dayProblem(day, { endsAt: row.endsAt, now: await databaseNow(tx) });
			if (problem) throw new AppError('invalid', problem);
			await tx.update(exercise).set({ eraseOn: day, eraseReason: reason }).where(eq(exercise.id, of.id));
			await writeAudit(tx, {
				scope: of.id,
				actorId: actor.accountId,
				act: 'erasure.chosen',
				detail: { from: row.eraseOn, to: day, reason }
			});
		});
		ring({ exercise: of.id, topics: ['readiness'] });
	}

	/** Reminds who has to be reminded, then erases what is due. What fails is tried again at the next look. */
	async function look(): Promise<ErasureResult[]> {
		const now = await databaseNow(db);
		const near = await db
			.select()
			.from(exercise)
			.where(
				and(
					isNotNull(exercise.eraseOn),
					isNull(exercise.erasedAt),
					sql`${exercise.eraseOn} <= (now() at time zone 'UTC')::date + ${reminderDays[0]}::int`
				)
			);
		const done: ErasureResult[] = [];
		for (const row of near)
			try {
				const days = reminderDue(row.eraseOn!, now);
				if (days !== null) await remind(row, days);
				else {
					await bindRehearsals(row);
					for (const { id } of await dueWith(row.id)) {
						const result = await erase(id as ExerciseId);
						if (result) done.push(result);
					}
				}
			} catch (error) {
				log.error({ err: error, exercise: row.id }, 'names of an exercise could not be erased');
			}
		return done;
	}

	const bindRehearsals = (row: typeof exercise.$inferSelect) =>
		db
			.update(exercise)
			.set({ eraseOn: row.eraseOn, eraseReason: row.eraseReason })
			.where(and(eq(exercise.rehearsalOf, row.id), isNull(exercise.eraseOn)));

	const dueWith = (id: string) =>
		db
			.select({ id: exercise.id })
			.from(exercise)
			.where(and(or(eq(exercise.id, id), eq(exercise.rehearsalOf, id)), isNull(exercise.erasedAt)))
			// whatever fails, the exercise itself comes last, so that it is looked at again
			.orderBy(sql`${exercise.rehearsalOf} is null`, exercise.id);

	/** A mail to each director, once for each day and distance; two nodes that look at once queue one. */
	async function remind(row: typeof exercise.$inferSelect, days: number): Promise<void> {
		if (!mail.isSetUp || row.rehearsalOf) return;
		const directors = await db
			.selectDistinct({ id: account.id, email: account.email })
			.from(membership)
			.innerJoin(account, and(eq(account.id, membership.accountId), isNull(account.disabledAt)))
			.where(and(eq(membership.exerciseId, row.id), eq(membership.role, 'director')));
		const t = translator('en', row.kind);
		await mail.queueMail(
			db,
			directors
				.filter(({ email }) => isMailAddress(email))
				.map(({ id, email }) => ({
					exercise: { id: row.id as ExerciseId, kind: row.kind, name: row.name },
					kind: 'erasure' as const,
					once: `erasure/${row.id}/${row.eraseOn}/${days}/${id}`,
					to: email,
					subject: t('erasure.mail.subject', { day: row.eraseOn! }),
					text: t('erasure.mail.text', {
						day: row.eraseOn!,
						reason: row.eraseReason ?? '',
						link: `${mail.origin}/exercises/${row.id}/ready`
					}),
					recipient: { account: id as AccountId }
				}))
		);
	}

	/** Erases the names of one exercise whose day has come: all of it or nothing. null: it is in play, or somebody was faster. */
	async function erase(id: ExerciseId): Promise<ErasureResult | null> {
		const done = await db.transaction(async (tx) => {
			// as exclusive commands do: nobody acts in the exercise meanwhile
			await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`exercise ${id}`}, 0))`);
			const [row] = await tx
				.select()
				.from(exercise)
				.where(
					and(
						eq(exercise.id, id),
						isNull(exercise.erasedAt),
						sql`${exercise.eraseOn} <= (now() at time zone 'UTC')::date`
					)
				)
				.for('update');
			if (!row || inPlay.includes(row.state)) return null;
			// an erasure on a chain that is broken would hide what was done to it
			const before = await verifyAudit({ ...database, db: tx as unknown as Database['db'] }, id);
			if (before.broken)
				throw new Error(`the audit chain is broken at row ${before.broken.sequence}: ${before.broken.why}`);
			await tx.execute(sql`select set_config('muster.erasing', ${id}, true)`);
			const { people, names } = await peopleOf(tx, id);
			const eraser = new Eraser(people, names, () => mintId<string>());
			await raiseRights(tx, id);
			await eraseRows(tx, id, eraser);
			const pages = await erasePages(tx, id, eraser);
			const counts = await eraseChain(tx, id, eraser, {
				day: row.eraseOn,
				people: people.length,
				documents: pages.length
			});
			const accounts = await eraseAccounts(tx, people);
			await tx
				.update(exercise)
				.set({ erasedAt: sql`now()` })
				.where(eq(exercise.id, id));
			return {
				pages,
				result: { exercise: id, people: people.length, ...counts, documents: pages.length, accounts }
			};
		});
		if (!done) return null;
		documents.begunAnew(done.pages);
		ring({ exercise: id, topics: ['rights', 'people', 'readiness'] });
		log.info(done.result, 'the names of an exercise were erased');
		return done.result;
	}

	return { view, choose, look };
}
