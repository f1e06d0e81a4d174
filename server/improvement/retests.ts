import { and, asc, eq, inArray } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { documentName, documentRight } from '#lib/exercise/documents.ts';
import { hasRole, isControl, plansIn } from '#lib/exercise/exercise/access.ts';
import { cellIds, type Actor, type CellId, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { readScript } from '#lib/exercise/inject/schema.ts';
import { hasEnded } from '#lib/exercise/library/access.ts';
import { isOffered } from '#lib/improvement/access.ts';
import { retestRatings, type Capability, type RetestRating } from '#lib/standards/capabilities.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import type { Documents } from '../documents/documents.ts';
import { lesson, lessonRetest, lessonSource } from '../database/schema.ts';
import type { Exercises } from '../exercises/exercises.ts';
import { noExercise } from '../exercises/rights.ts';
import { mintId } from '../mint.ts';
import { remember } from './history.ts';
import { keptLesson } from './lessons.ts';
import { readSharing } from './people.ts';

/** A retest as a reader of the lesson may know it. */
export interface ShownRetest {
	rating: RetestRating | null;
	/** null: in an exercise whose script is not open to the reader; shown only once it was rated */
	inject: {
		exercise: string;
		exerciseName: string;
		cell: CellId;
		id: string;
		reference: string;
		title: string;
	} | null;
}

/** An open lesson, and the injects of this exercise that test it again. */
export interface OpenLesson {
	id: string;
	country: CountryCode;
	title: string;
	text: string;
	capability: Capability;
	/** it came from this exercise: testing it here proves nothing */
	fromHere: boolean;
	retests: {
		id: string;
		cell: CellId;
		inject: string;
		reference: string;
		title: string;
		rating: RetestRating | null;
	}[];
}

export interface OpenLessons {
	lessons: OpenLesson[];
	/** scopes of the reader that offer their lessons to planners, and those that do not: not shared is not none */
	offered: CountryCode[];
	notOffered: CountryCode[];
	/** injects that may be chosen, of the scripts that the reader writes */
	injects: { cell: CellId; id: string; reference: string; title: string }[];
	mayLink: boolean;
	/** after ENDEX, for who planned or directed */
	mayRate: boolean;
}

/**
 * Lessons while planning. A country's lessons are its own: they are offered to planners of its own cell, and of the EU
 * level to the central one, only where whoever keeps them has chosen so. A link to an inject tells of planning, and is
 * readable only where that script is (PROMISES P1).
 */
export function createRetests({
	database: { db },
	documents,
	exercises
}: {
	database: Database;
	documents: Pick<Documents, 'read'>;
	exercises: Exercises;
}) {
	const rightOn = (exercise: Exercise, actor: Actor, cell: CellId) =>
		documentRight({ exercise: exercise.id, kind: 'script', cell }, actor, { settings: exercise.settings });

	/** The countries whose planner somebody is; the central cell and exercise control plan for the EU level. */
	const scopesOf = (actor: Actor): CountryCode[] =>
		cellIds.flatMap((cell): CountryCode[] =>
			cell === 'central'
				? plansIn(actor, cell) || isControl(actor)
					? ['EU']
					: []
				: plansIn(actor, cell)
					? [cell]
					: []
		);

	async function injectsOf(exercise: Exercise, cells: readonly CellId[]) {
		const read = await Promise.all(
			cells.map(async (cell) => {
				const page = await documents.read(documentName({ exercise: exercise.id, kind: 'script', cell }));
				return readScript(page).map(({ id, reference, title }) => ({
					cell,
					id: id as string,
					reference,
					title
				}));
			})
		);
		return read.flat();
	}

	async function offeredTo(actor: Actor) {
		const scopes = [...new Set(scopesOf(actor))];
		const sharing = await readSharing(db);
		return {
			offered: scopes.filter((country) => sharing.get(country)!.offersPlanners),
			notOffered: scopes.filter((country) => !sharing.get(country)!.offersPlanners)
		};
	}

	/** A lesson that is offered to somebody who plans here; null: there is none such. */
	async function offeredLesson(actor: Actor, id: string) {
		const { offered } = await offeredTo(actor);
		const [row] = await db.select().from(lesson).where(eq(lesson.id, id));
		if (!row || !offered.includes(row.country as CountryCode) || !isOffered(keptLesson(row))) return null;
		return row;
	}

	return {
		/** What planners see beside their plan. To whoever plans nothing here there is no such thing. */
		async open(exercise: Exercise, actor: Actor): Promise<OpenLessons | null> {
			const { offered, notOffered } = await offeredTo(actor);
			if (offered.length + notOffered.length === 0) return null;
			const rows =
				offered.length > 0
					? await db
							.select()
							.from(lesson)
							.where(inArray(lesson.country, offered))
							.orderBy(asc(lesson.country), asc(lesson.title))
					: [];
			const lessons = rows.filter((row) => isOffered(keptLesson(row)));
			const ids = lessons.map(({ id }) => id);
			const [retests, sources] =
				ids.length > 0
					? await Promise.all([
							db
								.select()
								.from(lessonRetest)
								.where(and(eq(lessonRetest.exercise, exercise.id), inArray(lessonRetest.lessonId, ids)))
								.orderBy(asc(lessonRetest.createdAt)),
							db
								.select({ id: lessonSource.lessonId })
								.from(lessonSource)
								.where(and(eq(lessonSource.exercise, exercise.id), inArray(lessonSource.lessonId, ids)))
						])
					: [[], []];
			const readable = cellIds.filter((cell) => rightOn(exercise, actor, cell) !== 'none');
			// exercise control may write every script, and chooses from the central one
			const chosenFrom = (cell: CellId) => plansIn(actor, cell) || (cell === 'central' && isControl(actor));
			const used = readable.filter((cell) => chosenFrom(cell) || retests.some((one) => one.cell === cell));
			const injects = ids.length > 0 ? await injectsOf(exercise, used) : [];
			const byId = new Map(injects.map((one) => [`${one.cell}/${one.id}`, one]));
			return {
				offered,
				notOffered,
				mayLink: !hasEnded(exercise.state) && exercise.state !== 'cancelled',
				mayRate: hasEnded(exercise.state),
				injects: injects.filter(({ cell }) => chosenFrom(cell)),
				lessons: lessons.map((row) => ({
					id: row.id,
					country: row.country as CountryCode,
					title: row.title,
					text: row.text,
					capability: row.capability as Capability,
					fromHere: sources.some(({ id }) => id === row.id),
					retests: retests.flatMap((one) => {
						// an inject that was deleted tests nothing
						const inject = one.lessonId === row.id ? byId.get(`${one.cell}/${one.inject}`) : undefined;
						if (!inject) return [];
						const { reference, title, cell } = inject;
						return [
							{
								id: one.id,
								cell,
								inject: one.inject,
								reference,
								title,
								rating: one.rating as RetestRating | null
							}
						];
					})
				}))
			};
		},

		/** Says that an inject of a script that the person writes tests an open lesson again. */
		async link(
			exercise: Exercise,
			actor: Actor,
			wanted: { lesson: string; cell: string; inject: string }
		): Promise<void> {
			const row = await offeredLesson(actor, wanted.lesson);
			const cell = cellIds.find((one) => one === wanted.cell);
			if (!row || !cell || rightOn(exercise, actor, cell) !== 'write') throw noExercise();
			if (hasEnded(exercise.state) || exercise.state === 'cancelled')
				throw new AppError(
					'not-now',
					'This exercise is over. A lesson is tested in one that is still planned.'
				);
			const found = (await injectsOf(exercise, [cell])).find(({ id }) => id === wanted.inject);
			if (!found) throw noExercise();
			await db.transaction(async (tx) => {
				const added = await tx
					.insert(lessonRetest)
					.values({
						id: mintId<string>(),
						lessonId: row.id,
						exercise: exercise.id,
						cell,
						inject: found.id,
						linkedBy: actor.accountId
					})
					.onConflictDoNothing()
					.returning({ id: lessonRetest.id });
				if (added.length === 0) throw new AppError('duplicate', 'This inject tests the lesson already.');
				// no line in the history of the lesson: it would tell its readers of planning
				await writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'lesson.retest',
					detail: { lesson: row.id, cell, inject: found.id }
				});
			});
		},

		async unlink(exercise: Exercise, actor: Actor, id: string): Promise<void> {
			const [row] = await db
				.select()
				.from(lessonRetest)
				.where(and(eq(lessonRetest.id, id), eq(lessonRetest.exercise, exercise.id)));
			if (!row || rightOn(exercise, actor, row.cell as CellId) !== 'write') throw noExercise();
			if (!(await offeredLesson(actor, row.lessonId))) throw noExercise();
			if (row.rating !== null) throw new AppError('not-now', 'This retest was rated and stays.');
			await db.transaction(async (tx) => {
				await tx.delete(lessonRetest).where(eq(lessonRetest.id, id));
				await writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'lesson.retestRemoved',
					detail: { lesson: row.lessonId, cell: row.cell, inject: row.inject }
				});
			});
		},

		/** How the exercise went, after ENDEX, by who is offered the lesson and reads the script: its keepers learn no more. */
		async rate(exercise: Exercise, actor: Actor, id: string, rating: string): Promise<void> {
			const [row] = await db
				.select()
				.from(lessonRetest)
				.where(and(eq(lessonRetest.id, id), eq(lessonRetest.exercise, exercise.id)));
			if (!row || !mayRate(exercise, actor, row.cell as CellId)) throw noExercise();
			const offered = await offeredLesson(actor, row.lessonId);
			if (!offered) throw noExercise();
			if (!hasEnded(exercise.state)) throw new AppError('not-now', 'A retest is rated after ENDEX.');
			if (!(retestRatings as readonly string[]).includes(rating))
				throw new AppError('invalid', 'Choose one of the ratings P, S, M and U.');
			await db.transaction(async (tx) => {
				await tx
					.update(lessonRetest)
					.set({ rating, ratedBy: actor.accountId, ratedAt: new Date() })
					.where(eq(lessonRetest.id, id));
				await remember(tx, {
					subject: row.lessonId,
					of: 'lesson',
					kind: 'retested',
					by: actor.accountId,
					country: offered.country,
					detail: { rating }
				});
			});
		},

		/** The retests of a lesson, for one of its readers. */
		async of(person: { id: AccountId }, lessonId: string): Promise<ShownRetest[]> {
			const rows = await db
				.select()
				.from(lessonRetest)
				.where(eq(lessonRetest.lessonId, lessonId))
				.orderBy(asc(lessonRetest.createdAt));
			const shown: ShownRetest[] = [];
			for (const row of rows) {
				const rating = row.rating as RetestRating | null;
				const place = await exercises.open(row.exercise, person).catch((problem: unknown) => {
					if (problem instanceof AppError) return null;
					throw problem;
				});
				const cell = row.cell as CellId;
				if (!place || rightOn(place.exercise, place.actor, cell) === 'none') {
					if (rating !== null) shown.push({ rating, inject: null });
					continue;
				}
				const found = (await injectsOf(place.exercise, [cell])).find(({ id }) => id === row.inject);
				if (!found) continue;
				const { id: exercise, name: exerciseName } = place.exercise;
				shown.push({ rating, inject: { exercise, exerciseName, ...found } });
			}
			return shown;
		}
	};

	function mayRate(exercise: Exercise, actor: Actor, cell: CellId): boolean {
		if (rightOn(exercise, actor, cell) === 'none') return false;
		return isControl(actor) || hasRole(actor, 'planner');
	}
}
