import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { readsAction, readsLesson, takesPart } from '#lib/improvement/access.ts';
import type { ActionState } from '#lib/improvement/action.ts';
import {
	evidenceSchema,
	improvementLimits,
	labelBelow,
	lessonFieldsSchema,
	newLessonSchema,
	noteText
} from '#lib/improvement/fields.ts';
import {
	decideLesson,
	lessonActs,
	lessonProblem,
	occurrences,
	type LessonAct,
	type LessonActKind,
	type LessonStanding,
	type LessonState
} from '#lib/improvement/lesson.ts';
import type { Capability, RetestRating } from '#lib/standards/capabilities.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Database, Transaction } from '../database/open.ts';
import { improvementAction, lesson, lessonAction, lessonRetest, lessonSource } from '../database/schema.ts';
import { check } from '../exercises/check.ts';
import { noExercise } from '../exercises/rights.ts';
import { mintId } from '../mint.ts';
import { keptOf } from './actions.ts';
import { readHistory, remember, type HistoryLine } from './history.ts';
import { field, readSharing, requirePerson, type KnownPerson, type Queryable } from './people.ts';
import type { ShownRetest } from './retests.ts';
import { actingAs, loadActions } from './rows.ts';
import type { FoundFinding } from './sources.ts';
import { visibleActions, visibleLessons } from './visible.ts';

export interface ListedLesson {
	id: string;
	country: CountryCode;
	title: string;
	text: string;
	capability: Capability;
	tlp: Tlp;
	state: LessonState;
	/** from how many exercises it came; two and more: recurring */
	exercises: number;
	/** wall time, ms */
	changedAt: number;
}

export interface LessonFilter {
	text: string;
	country: string;
	state: string;
	capability: string;
	/** only those that came from more than one exercise */
	recurring: boolean;
}

export interface LessonView extends ListedLesson {
	sources: { exercise: string; finding: string }[];
	/** those that the reader may read; `hidden`: how many more there are, for who keeps the lesson */
	actions: { id: string; title: string; state: ActionState }[];
	hidden: number;
	retests: ShownRetest[];
	history: HistoryLine[];
	problems: Record<LessonActKind, string | null>;
	keeps: boolean;
	/** actions of the same country that may be linked */
	linkable: { id: string; title: string }[];
}

type LessonRow = typeof lesson.$inferSelect;

export function createLessons({
	database: { db },
	finding,
	retestsOf
}: {
	database: Database;
	finding: (person: { id: AccountId }, exercise: string, finding: string) => Promise<FoundFinding>;
	/** what of its retests a person may know */
	retestsOf: (person: { id: AccountId }, lessonId: string) => Promise<ShownRetest[]>;
}) {
	async function find(tx: Queryable, person: KnownPerson, id: string, lock = false): Promise<LessonRow> {
		const asked = tx.select().from(lesson).where(eq(lesson.id, id));
		const [row] = await (lock ? asked.for('update') : asked);
		const sharing = await readSharing(tx);
		if (!row || !readsLesson(person, keptLesson(row), sharing.get(row.country as CountryCode)!.level))
			throw noExercise();
		return row;
	}

	async function standingOf(tx: Queryable, row: LessonRow): Promise<LessonStanding> {
		const links = await tx
			.select({ id: lessonAction.actionId })
			.from(lessonAction)
			.where(eq(lessonAction.lessonId, row.id));
		const actions = await loadActions(
			tx,
			links.map(({ id }) => id)
		);
		const sources = await tx
			.select({ exercise: lessonSource.exercise })
			.from(lessonSource)
			.where(eq(lessonSource.lessonId, row.id));
		const retests = await tx
			.select({ exercise: lessonRetest.exercise, rating: lessonRetest.rating, ratedBy: lessonRetest.ratedBy })
			.from(lessonRetest)
			.where(eq(lessonRetest.lessonId, row.id));
		return {
			state: row.state as LessonState,
			implementedBy: row.implementedBy as AccountId | null,
			actions: actions.map(({ standing }) => standing),
			sourceExercises: sources.map(({ exercise }) => exercise),
			retests: retests.map((one) => ({
				exercise: one.exercise,
				rating: one.rating as RetestRating | null,
				ratedBy: one.ratedBy as AccountId | null
			}))
		};
	}

	function mayWriteFor(person: KnownPerson, found: FoundFinding | null): CountryCode[] {
		return countryCodes.filter(
			(country) => person.keeps.includes(country) || found?.mayPropose.includes(country)
		);
	}

	/** A lesson that the person keeps, locked; what is only read is refused as such. */
	async function kept(tx: Transaction, reader: { id: AccountId }, id: string) {
		const person = await requirePerson(tx, reader.id);
		const row = await find(tx, person, id, true);
		const by = actingAs(person, row.country);
		if (!by.keeps) throw new AppError('forbidden', 'Who keeps the lessons of the country does this.');
		return { person, row, by };
	}

	async function addSourceTo(tx: Transaction, id: string, found: FoundFinding): Promise<boolean> {
		const added = await tx
			.insert(lessonSource)
			.values({
				lessonId: id,
				exercise: found.exercise.id,
				exerciseName: found.exercise.name,
				finding: found.finding,
				findingTitle: found.title
			})
			.onConflictDoNothing()
			.returning({ id: lessonSource.lessonId });
		return added.length > 0;
	}

	const touched = { changedAt: sql`now()` };

	return {
		/** What the page for a new lesson needs; `existing`: those that the finding could be one more source of. */
		async proposal(reader: { id: AccountId }, exercise: string, findingId: string) {
			const person = await requirePerson(db, reader.id);
			const found = exercise ? await finding(reader, exercise, findingId) : null;
			const countries = mayWriteFor(person, found);
			if (countries.length === 0) throw noExercise();
			const existing =
				found && person.keeps.length > 0
					? await db
							.select({ id: lesson.id, title: lesson.title })
							.from(lesson)
							.where(inArray(lesson.country, [...person.keeps]))
							.orderBy(desc(lesson.changedAt))
							.limit(improvementLimits.listed)
					: [];
			return {
				countries,
				existing,
				finding: found && { exercise: found.exercise, id: found.finding, title: found.title }
			};
		},

		async add(reader: { id: AccountId }, wanted: unknown): Promise<string> {
			const { exercise, finding: findingId, ...fields } = check(newLessonSchema, wanted);
			const found = findingId ? await finding(reader, exercise, findingId) : null;
			return db.transaction(async (tx) => {
				const person = await requirePerson(tx, reader.id);
				const allowed = mayWriteFor(person, found);
				if (allowed.length === 0) throw noExercise();
				if (!allowed.includes(fields.country))
					throw field('country', 'You cannot write a lesson down for this country.');
				const problem = found && labelBelow(fields.tlp, found.exercise.tlp);
				if (problem) throw field('tlp', problem);
				const id = mintId<string>();
				await tx.insert(lesson).values({ id, ...fields, createdBy: reader.id });
				if (found) await addSourceTo(tx, id, found);
				await remember(tx, {
					subject: id,
					of: 'lesson',
					kind: 'observed',
					by: reader.id,
					country: fields.country,
					audit: found ? { exercise: found.exercise.id, finding: found.finding } : {}
				});
				return id;
			});
		},

		/** The same was seen once more: the finding becomes a source of a lesson that is there. */
		async addSource(
			reader: { id: AccountId },
			id: string,
			exercise: string,
			findingId: string
		): Promise<void> {
			const found = await finding(reader, exercise, findingId);
			await db.transaction(async (tx) => {
				const { row } = await kept(tx, reader, id);
				const problem = labelBelow(row.tlp as Tlp, found.exercise.tlp);
				if (problem) throw new AppError('invalid', `${problem} Change the lesson's label first.`);
				if (!(await addSourceTo(tx, id, found)))
					throw new AppError('duplicate', 'This finding is a source of the lesson already.');
				await tx.update(lesson).set(touched).where(eq(lesson.id, id));
				await remember(tx, {
					subject: id,
					of: 'lesson',
					kind: 'source',
					by: reader.id,
					country: row.country,
					detail: { exercise: found.exercise.name, finding: found.title },
					audit: { exercise: found.exercise.id, finding: found.finding }
				});
			});
		},

		/** Within the reader's rights; words are looked for as written, and by their English stems. */
		async list(reader: { id: AccountId }, filter: LessonFilter) {
			const person = await requirePerson(db, reader.id);
			const words = filter.text.trim();
			const query = sql`(websearch_to_tsquery('simple', ${words}) || websearch_to_tsquery('english', ${words}))`;
			const exercises = sql<number>`(select count(distinct ${lessonSource.exercise})::int from ${lessonSource} where ${lessonSource.lessonId} = ${lesson.id})`;
			const rows = await db
				.select({ row: lesson, exercises })
				.from(lesson)
				.where(
					and(
						visibleLessons(person),
						words ? sql`${lesson.search} @@ ${query}` : undefined,
						filter.country ? eq(lesson.country, filter.country) : undefined,
						filter.state ? eq(lesson.state, filter.state) : undefined,
						filter.capability ? eq(lesson.capability, filter.capability) : undefined,
						filter.recurring ? sql`${exercises} > 1` : undefined
					)
				)
				.orderBy(
					...(words ? [desc(sql`ts_rank(${lesson.search}, ${query})`)] : []),
					desc(lesson.changedAt),
					lesson.id
				)
				.limit(improvementLimits.listed + 1);
			return {
				takesPart: takesPart(person),
				lessons: rows.slice(0, improvementLimits.listed).map(({ row, exercises: n }) => listedLesson(row, n)),
				more: rows.length > improvementLimits.listed
			};
		},

		async view(reader: { id: AccountId }, id: string): Promise<LessonView> {
			const person = await requirePerson(db, reader.id);
			const row = await find(db, person, id);
			const by = actingAs(person, row.country);
			const standing = await standingOf(db, row);
			const links = await db
				.select({ row: improvementAction })
				.from(lessonAction)
				.innerJoin(improvementAction, eq(improvementAction.id, lessonAction.actionId))
				.where(eq(lessonAction.lessonId, id))
				.orderBy(lessonAction.createdAt);
			const sharing = await readSharing(db);
			const open = links.filter((one) =>
				readsAction(person, keptOf(one.row), sharing.get(one.row.country as CountryCode)!.level)
			);
			const linked = new Set(links.map((one) => one.row.id));
			const linkable = by.keeps
				? await db
						.select({ id: improvementAction.id, title: improvementAction.title })
						.from(improvementAction)
						.where(and(visibleActions(person), eq(improvementAction.country, row.country)))
						.orderBy(desc(improvementAction.changedAt))
						.limit(improvementLimits.listed)
				: [];
			const sources = await db
				.select({ exercise: lessonSource.exerciseName, finding: lessonSource.findingTitle })
				.from(lessonSource)
				.where(eq(lessonSource.lessonId, id))
				.orderBy(lessonSource.createdAt);
			return {
				...listedLesson(row, occurrences(standing.sourceExercises)),
				sources,
				actions: open.map((one) => ({
					id: one.row.id,
					title: one.row.title,
					state: one.row.state as ActionState
				})),
				hidden: by.keeps ? links.length - open.length : 0,
				retests: await retestsOf(reader, id),
				history: await readHistory(db, id),
				problems: Object.fromEntries(
					lessonActs.map((kind) => [kind, lessonProblem(standing, kind, by)?.message ?? null])
				) as Record<LessonActKind, string | null>,
				keeps: by.keeps,
				linkable: linkable.filter((one) => !linked.has(one.id))
			};
		},

		async act(reader: { id: AccountId }, id: string, act: LessonAct): Promise<void> {
			const detail =
				act.act === 'verify' ? check(evidenceSchema, { text: act.evidence, link: act.link }) : {};
			await db.transaction(async (tx) => {
				const person = await requirePerson(tx, reader.id);
				const row = await find(tx, person, id, true);
				const decided = decideLesson(await standingOf(tx, row), act, actingAs(person, row.country));
				if (!decided.ok) throw AppError.from(decided.refusal);
				await tx
					.update(lesson)
					.set({ ...decided.change, ...touched })
					.where(eq(lesson.id, id));
				await remember(tx, {
					subject: id,
					of: 'lesson',
					kind: act.act,
					by: reader.id,
					country: row.country,
					detail
				});
			});
		},

		async edit(reader: { id: AccountId }, id: string, wanted: unknown): Promise<void> {
			const fields = check(lessonFieldsSchema, wanted);
			await db.transaction(async (tx) => {
				const { row } = await kept(tx, reader, id);
				if (row.state === 'verified')
					throw new AppError('not-now', 'What is learned stays as it was written. Add a note instead.');
				const [source] = await tx
					.select({ id: lessonSource.exercise })
					.from(lessonSource)
					.where(eq(lessonSource.lessonId, id))
					.limit(1);
				if (source && labelBelow(fields.tlp, row.tlp as Tlp))
					throw field('tlp', 'What comes from an exercise cannot be labelled lower than it was.');
				const changed = Object.entries(fields).filter(
					([name, value]) => row[name as keyof LessonRow] !== value
				);
				if (changed.length === 0) return;
				await tx
					.update(lesson)
					.set({ ...fields, ...touched })
					.where(eq(lesson.id, id));
				await remember(tx, {
					subject: id,
					of: 'lesson',
					kind: 'changed',
					by: reader.id,
					country: row.country,
					detail: {
						fields: changed.map(([name]) => name),
						before: Object.fromEntries(changed.map(([name]) => [name, row[name as keyof LessonRow]])),
						after: Object.fromEntries(changed)
					},
					audit: { fields: changed.map(([name]) => name) }
				});
			});
		},

		async note(reader: { id: AccountId }, id: string, text: unknown): Promise<void> {
			const said = check(noteText('Note'), text);
			await db.transaction(async (tx) => {
				const { row } = await kept(tx, reader, id);
				await remember(tx, {
					subject: id,
					of: 'lesson',
					kind: 'note',
					by: reader.id,
					country: row.country,
					detail: { text: said }
				});
			});
		},

		/** An action that the lesson leads to, of the same country. */
		async link(reader: { id: AccountId }, id: string, actionId: string): Promise<void> {
			await db.transaction(async (tx) => {
				const { row } = await kept(tx, reader, id);
				if (row.state === 'implemented' || row.state === 'verified')
					throw new AppError(
						'not-now',
						'This lesson was reported implemented: its actions stay as they are.'
					);
				const [found] = await tx
					.select()
					.from(improvementAction)
					.where(and(eq(improvementAction.id, actionId), eq(improvementAction.country, row.country)));
				if (!found) throw field('action', 'Choose one of the actions of this country.');
				const added = await tx
					.insert(lessonAction)
					.values({ lessonId: id, actionId })
					.onConflictDoNothing()
					.returning({ id: lessonAction.actionId });
				if (added.length === 0) throw new AppError('duplicate', 'This action is linked already.');
				await tx.update(lesson).set(touched).where(eq(lesson.id, id));
				await remember(tx, {
					subject: id,
					of: 'lesson',
					kind: 'linked',
					by: reader.id,
					country: row.country,
					detail: { title: found.title },
					audit: { action: actionId }
				});
			});
		}
	};
}

export const keptLesson = (row: LessonRow) => ({
	country: row.country as CountryCode,
	tlp: row.tlp as Tlp,
	state: row.state as LessonState,
	createdBy: row.createdBy as AccountId
});

const listedLesson = (row: LessonRow, exercises: number): ListedLesson => ({
	id: row.id,
	country: row.country as CountryCode,
	title: row.title,
	text: row.text,
	capability: row.capability as Capability,
	tlp: row.tlp as Tlp,
	state: row.state as LessonState,
	exercises,
	changedAt: row.changedAt.getTime()
});
