import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { isControl, isDirector } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, Role } from '#lib/exercise/exercise/schema.ts';
import { idPattern, type AccountId, type ExerciseId } from '#lib/exercise/ids.ts';
import { termsHash, termsTextSchema } from '#lib/exercise/terms/terms.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import { account, exercise, exerciseTerms, membership, termsAcceptance } from '../database/schema.ts';
import type { Ring } from './change.ts';
import { check } from './check.ts';
import { noExercise, raiseRights } from './rights.ts';

/** The page on which somebody reads the terms: the one thing that a member sees who has not accepted them. */
export interface TermsPage {
	exercise: Pick<Exercise, 'id' | 'kind' | 'name' | 'tlp' | 'timeZone'>;
	version: number;
	text: string;
	sha256: string;
	/** wall time, ms */
	publishedAt: number;
	/** by the reader; null: not yet */
	acceptedAt: number | null;
	/** the reader has accepted an earlier text */
	acceptedBefore: boolean;
}

/** For who runs the exercise: the text, and who has accepted it. */
export interface TermsView {
	current: { version: number; text: string; publishedAt: number; publishedBy: string | null } | null;
	/** everybody with a role; those who have not accepted first */
	people: { id: AccountId; name: string; email: string; roles: Role[]; acceptedAt: number | null }[];
	/** a rehearsal has the terms of its exercise */
	ofExercise: ExerciseId | null;
	mayPublish: boolean;
}

export type Terms = ReturnType<typeof createTerms>;

/** Confidentiality terms: published, accepted, looked up. Who may read what follows from them stands in actor.ts. */
export function createTerms({ database: { db }, ring }: { database: Database; ring: Ring }) {
	/** The terms in force in an exercise, for somebody with a role in it; null: there are none, or it is not theirs. */
	async function page(id: string, accountId: AccountId): Promise<TermsPage | null> {
		if (!idPattern.test(id)) return null;
		const [member] = await db
			.select({ exercise, disabledAt: account.disabledAt })
			.from(membership)
			.innerJoin(exercise, eq(exercise.id, membership.exerciseId))
			.innerJoin(account, eq(account.id, membership.accountId))
			.where(and(eq(membership.exerciseId, id), eq(membership.accountId, accountId)))
			.limit(1);
		if (!member || member.disabledAt) return null;
		const { kind, name, tlp, timeZone, rehearsalOf } = member.exercise;
		const [row] = await db
			.select({ terms: exerciseTerms })
			.from(exercise)
			.innerJoin(
				exerciseTerms,
				and(eq(exerciseTerms.exerciseId, exercise.id), eq(exerciseTerms.version, exercise.termsVersion))
			)
			.where(eq(exercise.id, rehearsalOf ?? id));
		if (!row) return null;
		const { exerciseId, version, text, sha256, publishedAt } = row.terms;
		const accepted = await db
			.select({ version: termsAcceptance.version, at: termsAcceptance.acceptedAt })
			.from(termsAcceptance)
			.where(and(eq(termsAcceptance.exerciseId, exerciseId), eq(termsAcceptance.accountId, accountId)));
		return {
			exercise: { id: id as ExerciseId, kind, name, tlp: tlp as Tlp, timeZone },
			version,
			text,
			sha256,
			publishedAt: publishedAt.getTime(),
			acceptedAt: accepted.find((one) => one.version === version)?.at.getTime() ?? null,
			acceptedBefore: accepted.some((one) => one.version !== version)
		};
	}

	return {
		page,

		/** Whether somebody must accept terms before the exercise opens. */
		async mustAccept(id: string, accountId: AccountId): Promise<boolean> {
			const found = await page(id, accountId);
			return found !== null && found.acceptedAt === null;
		},

		/** Exactly the text that was on the screen. A second press changes nothing. */
		async accept(id: string, accountId: AccountId, seen: { version: number; sha256: string }): Promise<void> {
			const found = await page(id, accountId);
			if (!found) throw noExercise();
			if (found.version !== seen.version || found.sha256 !== seen.sha256)
				throw new AppError('stale', 'The text was changed while you read it. Read it again, then accept.');
			const done = await db.transaction(async (tx) => {
				const [row] = await tx
					.select({ rehearsalOf: exercise.rehearsalOf })
					.from(exercise)
					.where(eq(exercise.id, id));
				const scope = row?.rehearsalOf ?? id;
				const added = await tx
					.insert(termsAcceptance)
					.values({ exerciseId: scope, accountId, version: found.version, sha256: found.sha256 })
					.onConflictDoNothing()
					.returning({ version: termsAcceptance.version });
				if (added.length === 0) return false;
				await writeAudit(tx, {
					scope,
					actorId: accountId,
					act: 'terms.accepted',
					detail: { version: found.version, sha256: found.sha256 }
				});
				return true;
			});
			// nobody loses a right, so nobody's sockets are looked at again: five thousand people accept in one morning
			if (done) ring({ exercise: found.exercise.id, topics: ['readiness'] });
		},

		async view(of: Exercise, actor: Actor): Promise<TermsView> {
			if (!isControl(actor)) throw noExercise();
			const scope = of.rehearsalOf ?? of.id;
			const [[row], people] = await Promise.all([
				db
					.select({ terms: exerciseTerms, by: account.name })
					.from(exercise)
					.innerJoin(
						exerciseTerms,
						and(eq(exerciseTerms.exerciseId, exercise.id), eq(exerciseTerms.version, exercise.termsVersion))
					)
					.leftJoin(account, eq(account.id, exerciseTerms.publishedBy))
					.where(eq(exercise.id, scope)),
				peopleOf(of.id, scope)
			]);
			return {
				current: row
					? {
							version: row.terms.version,
							text: row.terms.text,
							publishedAt: row.terms.publishedAt.getTime(),
							publishedBy: row.by
						}
					: null,
				people: row ? people : [],
				ofExercise: of.rehearsalOf ?? null,
				mayPublish: isDirector(actor) && !of.rehearsalOf
			};
		},

		/**
		 * A new text, which everybody must accept before anything more of the exercise is shown; an empty one ends the terms.
		 * Whoever publishes it has read it, and accepts with it.
		 */
		async publish(of: Exercise, actor: Actor, wanted: unknown): Promise<void> {
			if (!isControl(actor)) throw noExercise();
			if (!isDirector(actor)) throw new AppError('forbidden', 'Only the exercise director does this.');
			if (of.rehearsalOf)
				throw new AppError('not-now', 'A rehearsal has the terms of its exercise. Change them there.');
			const text = check(termsTextSchema, wanted);
			const rehearsals = await db.transaction(async (tx) => {
				await raiseRights(tx, of.id);
				const [last] = await tx
					.select()
					.from(exerciseTerms)
					.where(eq(exerciseTerms.exerciseId, of.id))
					.orderBy(desc(exerciseTerms.version))
					.limit(1);
				if ((last?.text ?? '') === text)
					throw new AppError('invalid', 'This is the text that is in force. Change it, then publish it.');
				const version = (last?.version ?? 0) + 1;
				const sha256 = termsHash(text);
				await tx
					.insert(exerciseTerms)
					.values({ exerciseId: of.id, version, text, sha256, publishedBy: actor.accountId });
				await tx
					.update(exercise)
					.set({ termsVersion: text === '' ? null : version })
					.where(eq(exercise.id, of.id));
				if (text !== '')
					await tx
						.insert(termsAcceptance)
						.values({ exerciseId: of.id, accountId: actor.accountId, version, sha256 });
				await writeAudit(tx, {
					scope: of.id,
					actorId: actor.accountId,
					act: text === '' ? 'terms.ended' : 'terms.published',
					detail: { version, sha256 }
				});
				const bound = await tx
					.select({ id: exercise.id })
					.from(exercise)
					.where(eq(exercise.rehearsalOf, of.id))
					.orderBy(exercise.id);
				for (const { id } of bound) await raiseRights(tx, id as ExerciseId);
				return bound;
			});
			ring({ exercise: of.id, topics: ['rights', 'people', 'readiness'] });
			for (const { id } of rehearsals) ring({ exercise: id as ExerciseId, topics: ['rights', 'people'] });
		}
	};

	async function peopleOf(of: ExerciseId, scope: ExerciseId): Promise<TermsView['people']> {
		const rows = await db
			.select({
				id: account.id,
				name: account.name,
				email: account.email,
				role: membership.role,
				acceptedAt: termsAcceptance.acceptedAt
			})
			.from(membership)
			.innerJoin(account, and(eq(account.id, membership.accountId), isNull(account.disabledAt)))
			.innerJoin(exercise, eq(exercise.id, scope))
			.leftJoin(
				termsAcceptance,
				and(
					eq(termsAcceptance.exerciseId, scope),
					eq(termsAcceptance.accountId, account.id),
					eq(termsAcceptance.version, exercise.termsVersion)
				)
			)
			.where(eq(membership.exerciseId, of))
			.orderBy(sql`lower(${account.name})`, account.id);
		const people = new Map<string, TermsView['people'][number]>();
		for (const { id, role, acceptedAt, ...who } of rows) {
			const person = people.get(id) ?? {
				id: id as AccountId,
				...who,
				roles: [],
				acceptedAt: acceptedAt?.getTime() ?? null
			};
			if (!person.roles.includes(role as Role)) person.roles.push(role as Role);
			people.set(id, person);
		}
		return [...people.values()].sort((a, b) => Number(a.acceptedAt !== null) - Number(b.acceptedAt !== null));
	}
}
