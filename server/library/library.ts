import { and, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { documentName, documentRight } from '#lib/exercise/documents.ts';
import { cellsOf } from '#lib/exercise/exercise/access.ts';
import { cellIds, type Actor, type CellId, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import { nextReference, type PageRow } from '#lib/exercise/inject/page.ts';
import { addInject, injectLimits, orderOf, readScript, scriptInjects } from '#lib/exercise/inject/schema.ts';
import {
	copiedInjects,
	labelProblem,
	libraryContent,
	libraryItemSchema,
	libraryLimits,
	type LibraryContent,
	type LibraryKind
} from '#lib/exercise/library/content.ts';
import { hasEnded, isLibrarian } from '#lib/exercise/library/access.ts';
import { addItem, nextColour, readOutline, readScenario } from '#lib/exercise/scenario/schema.ts';
import { generateNKeysBetween } from 'fractional-indexing';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import { account, document, exercise as exerciseTable, libraryItem, membership } from '../database/schema.ts';
import type { Documents } from '../documents/documents.ts';
import { hasAccepted } from '../exercises/accepted.ts';
import { check } from '../exercises/check.ts';
import { noExercise } from '../exercises/rights.ts';
import { toExercise, toMembership } from '../exercises/rows.ts';
import { readTeams } from '../exercises/teams.ts';
import { mintId } from '../mint.ts';
import { visibleTo } from './visible.ts';

/** One line of the library. */
export interface LibraryEntry {
	id: string;
	kind: LibraryKind;
	title: string;
	summary: string;
	tags: string[];
	tlp: Tlp;
	injects: number;
	by: string | null;
	createdAt: number;
	/** the reader may delete it */
	mine: boolean;
}

export interface LibrarySearch {
	text: string;
	kind: LibraryKind | '';
	tag: string;
}

interface Reader {
	id: AccountId;
	isAdministrator: boolean;
}

/**
 * Injects and kits to use again. It opens to who plans or directs anywhere; an item is hidden from whoever is to be
 * surprised by it: where it comes from, and where it was used, until ENDEX there; and from planners there who may not read
 * the script that it comes from (PROMISES P1, `visible.ts`). What is hidden and what does not exist look the same in every
 * answer, counts and tags included.
 */
export function createLibrary({
	database,
	documents
}: {
	database: Database;
	documents: Pick<Documents, 'editIn' | 'announce' | 'read'>;
}) {
	const { db } = database;

	/**
	 * Every exercise of the reader, with who the reader is there. Not `not-found` for a stranger: the library has no id.
	 * `accepted`: its terms, without which a role there opens nothing; it still says where the reader is to be surprised.
	 */
	async function placesOf(
		reader: Reader
	): Promise<{ exercise: Exercise; actor: Actor; accepted: boolean }[]> {
		const rows = await db
			.select({
				exercise: exerciseTable,
				membership,
				disabledAt: account.disabledAt,
				accepted: sql<boolean>`${hasAccepted(exerciseTable.id, account.id)}`
			})
			.from(membership)
			.innerJoin(exerciseTable, eq(exerciseTable.id, membership.exerciseId))
			.innerJoin(account, eq(account.id, membership.accountId))
			// a real room plans nothing, and nothing of a library comes into it
			.where(and(eq(membership.accountId, reader.id), eq(exerciseTable.kind, 'exercise')));
		const places = new Map<string, { exercise: Exercise; actor: Actor; accepted: boolean }>();
		for (const row of rows) {
			if (row.disabledAt) continue;
			const place = places.get(row.exercise.id) ?? {
				exercise: toExercise(row.exercise),
				accepted: row.accepted,
				actor: { accountId: reader.id, name: '', memberships: [] }
			};
			place.actor = {
				...place.actor,
				memberships: [...place.actor.memberships, toMembership(row.membership)]
			};
			places.set(row.exercise.id, place);
		}
		return [...places.values()];
	}

	/** The reader's places, and what of the library is open to the reader as a condition. */
	async function open(
		reader: Reader
	): Promise<{ places: Awaited<ReturnType<typeof placesOf>>; visible: SQL }> {
		const all = await placesOf(reader);
		const places = all.filter(({ accepted }) => accepted);
		const opens = places.some(({ actor }) => actor.memberships.some(({ role }) => isLibrarian(role)));
		if (!opens) throw noExercise();
		// an exercise whose terms are not accepted yet hides what comes from it all the same
		return { places, visible: visibleTo(db, reader.id, all) };
	}

	async function find(reader: Reader, id: string) {
		const { places, visible } = await open(reader);
		const [row] = await db
			.select({ item: libraryItem, by: account.name })
			.from(libraryItem)
			.leftJoin(account, eq(account.id, libraryItem.createdBy))
			.where(and(eq(libraryItem.id, id), visible));
		if (!row) throw noExercise();
		return { ...row, places };
	}

	const entry = (
		row: Pick<
			typeof libraryItem.$inferSelect,
			'id' | 'kind' | 'title' | 'summary' | 'tags' | 'tlp' | 'createdBy' | 'createdAt'
		>,
		by: string | null,
		injects: number,
		reader: Reader
	): LibraryEntry => ({
		id: row.id,
		kind: row.kind as LibraryKind,
		title: row.title,
		summary: row.summary,
		tags: row.tags,
		tlp: row.tlp as Tlp,
		injects,
		by,
		createdAt: row.createdAt.getTime(),
		mine: row.createdBy === reader.id || reader.isAdministrator
	});

	return {
		/** Whether the page is offered to somebody. */
		async opensTo(reader: Reader): Promise<boolean> {
			return open(reader).then(
				() => true,
				() => false
			);
		},

		/** Every word of the search must be somewhere; where it is decides the order: title, tags, summary, texts. */
		async search(
			reader: Reader,
			{ text, kind, tag }: LibrarySearch
		): Promise<{ entries: LibraryEntry[]; more: boolean; tags: { tag: string; count: number }[] }> {
			const { visible } = await open(reader);
			const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8);
			const like = (word: string) => `%${word.slice(0, 60).replace(/[\\%_]/g, '\\$&')}%`;
			const tagText = sql`array_to_string(${libraryItem.tags}, ' ')`;
			const inTexts = sql`${libraryItem.content} ->> 'words'`;
			const points = words.map((word) => {
				const pattern = like(word);
				return sql`(case when ${libraryItem.title} ilike ${pattern} then 8 else 0 end
					+ case when ${tagText} ilike ${pattern} then 4 else 0 end
					+ case when ${libraryItem.summary} ilike ${pattern} then 2 else 0 end
					+ case when ${inTexts} ilike ${pattern} then 1 else 0 end)`;
			});
			const ranked = points.length === 0 ? sql`0::int` : sql.join(points, sql` + `);
			const found = await db
				.select({
					id: libraryItem.id,
					kind: libraryItem.kind,
					title: libraryItem.title,
					summary: libraryItem.summary,
					tags: libraryItem.tags,
					tlp: libraryItem.tlp,
					createdBy: libraryItem.createdBy,
					createdAt: libraryItem.createdAt,
					injects: sql<number>`jsonb_array_length(${libraryItem.content} -> 'injects')`,
					by: account.name
				})
				.from(libraryItem)
				.leftJoin(account, eq(account.id, libraryItem.createdBy))
				.where(
					and(
						visible,
						kind ? eq(libraryItem.kind, kind) : undefined,
						tag ? sql`${tag.toLowerCase()} = any(${libraryItem.tags})` : undefined,
						...points.map((point) => sql`${point} > 0`)
					)
				)
				.orderBy(desc(ranked), desc(libraryItem.createdAt), libraryItem.id)
				.limit(libraryLimits.found + 1);
			const tags = await db
				.select({ tag: sql<string>`unnest(${libraryItem.tags})`, count: sql<number>`count(*)::int` })
				.from(libraryItem)
				.where(visible)
				.groupBy(sql`1`)
				.orderBy(desc(sql`2`), sql`1`)
				.limit(40);
			return {
				entries: found
					.slice(0, libraryLimits.found)
					.map(({ by, injects, ...row }) => entry(row, by, injects, reader)),
				more: found.length > libraryLimits.found,
				tags
			};
		},

		/** One item with all its texts, and the scripts into which the reader may take it. */
		async preview(reader: Reader, id: string) {
			const { item, by, places } = await find(reader, id);
			const content = item.content as LibraryContent;
			const targets = await scriptsOf(
				places.filter(({ exercise }) => !hasEnded(exercise.state) && exercise.state !== 'cancelled')
			);
			const { words: _, ...shown } = content;
			return { entry: entry(item, by, content.injects.length, reader), content: shown, targets };
		},

		/** The scripts that the reader may write: where injects are taken from, and taken into. */
		async scripts(reader: Reader) {
			const { places } = await open(reader);
			return scriptsOf(places);
		},

		/** What can be chosen of a script. */
		async choices(reader: Reader, exerciseId: string, cell: string) {
			const { exercise, name } = await writable(reader, exerciseId, cell);
			const injects = readScript(await documents.read(name));
			return {
				exercise: { id: exercise.id, name: exercise.name },
				injects: injects.map(({ id, reference, title, storyline, tlp }) => ({
					id,
					reference,
					title,
					storyline,
					tlp
				}))
			};
		},

		/** Keeps injects of a script that the person writes: each as an item of its own, or all as one kit. */
		async save(reader: Reader, exerciseId: string, cell: string, wanted: unknown): Promise<string[]> {
			const { exercise, name, cell: known } = await writable(reader, exerciseId, cell);
			const { kind, title, summary, tags, tlp, injects } = check(libraryItemSchema, wanted);
			const [page, scenarioPage, teams, [source]] = await Promise.all([
				documents.read(name),
				documents.read(documentName({ exercise: exercise.id, kind: 'scenario' })),
				readTeams(db, exercise.id),
				db
					.select({ rehearsalOf: exerciseTable.rehearsalOf })
					.from(exerciseTable)
					.where(eq(exerciseTable.id, exercise.id))
			]);
			const script = readScript(page);
			const wantedIds = new Set(injects);
			const chosen = script.filter((inject) => wantedIds.has(inject.id));
			if (chosen.length !== wantedIds.size)
				throw new AppError('stale', 'An inject that you chose is not in the script any more. Choose again.');
			const problem = labelProblem(tlp, chosen);
			if (problem) throw new AppError('invalid', problem, { details: { fields: { tlp: problem } } });
			const context = {
				startsAt: exercise.startsAt,
				timeZone: exercise.timeZone,
				teams,
				script,
				scenario: readScenario(scenarioPage)
			};
			const groups = kind === 'kit' ? [chosen] : chosen.map((inject) => [inject]);
			const rows = groups.map((group) => ({
				id: mintId<string>(),
				kind,
				// one inject under a title of one's own; several keep theirs
				title: kind === 'inject' && groups.length > 1 ? group[0]!.title || title : title,
				summary,
				tags,
				tlp,
				content: libraryContent(group, context),
				// the players of the exercise that is rehearsed are the ones to be surprised
				sourceExerciseId: source?.rehearsalOf ?? exercise.id,
				// its script holds what the maker of the rehearsal may read, of several cells
				sourceCell: source?.rehearsalOf ? null : known,
				createdBy: reader.id
			}));
			await db.transaction(async (tx) => {
				await tx.insert(libraryItem).values(rows);
				await writeAudit(tx, {
					scope: exercise.id,
					actorId: reader.id,
					act: 'library.saved',
					detail: { cell: known, kind, items: rows.map(({ id }) => id), injects: chosen.length, tlp }
				});
			});
			return rows.map(({ id }) => id);
		},

		/** Copies an item into a script that the person writes. Nothing is approved by it. */
		async use(
			reader: Reader,
			id: string,
			target: { exercise: string; cell: string; shiftSeconds: number }
		): Promise<{ injects: InjectId[]; href: string }> {
			const { item } = await find(reader, id);
			const content = item.content as LibraryContent;
			const { exercise, actor, name, cell } = await writable(reader, target.exercise, target.cell);
			if (hasEnded(exercise.state) || exercise.state === 'cancelled')
				throw new AppError('not-now', 'This exercise is over. Choose one that is still planned.');
			const shift = Math.trunc(target.shiftSeconds);
			if (!Number.isFinite(shift) || Math.abs(shift) > 366 * 86_400)
				throw new AppError('invalid', 'Shift: at most 366 days.');
			const scenario = documentName({ exercise: exercise.id, kind: 'scenario' });
			const mayScenario =
				documentRight({ exercise: exercise.id, kind: 'scenario' }, actor, { settings: exercise.settings }) ===
				'write';
			let made: InjectId[] = [];
			const stored = await db.transaction(async (tx) => {
				const onScript = await documents.editIn(tx, name, reader.id, (page) => {
					const script = readScript(page);
					if (script.length + content.injects.length > injectLimits.injectsPerScript)
						throw new AppError(
							'invalid',
							`A script holds at most ${injectLimits.injectsPerScript} injects. Remove some first.`
						);
					const rows = script.map((inject) => ({ inject }) as PageRow);
					const copies = copiedInjects(content, {
						mint: mintId,
						shift,
						nextReference: (given) =>
							nextReference([...rows, ...given.map((reference) => ({ inject: { reference } }) as PageRow)])
					});
					const last = [...scriptInjects(page).values()].map(orderOf).sort().at(-1) ?? null;
					const keys = keysAfter(last, copies.length);
					for (const [i, copy] of copies.entries()) addInject(page, copy, keys[i]!);
					made = copies.map((copy) => copy.id);
				});
				const onScenario =
					mayScenario && content.storylines.length + content.objectives.length > 0
						? await documents.editIn(tx, scenario, reader.id, (page) => {
								const { storylines, objectives } = readOutline(page);
								const has = (names: readonly string[], name: string) =>
									names.some((one) => one.trim().toLowerCase() === name.trim().toLowerCase());
								for (const one of content.storylines)
									if (
										!has(
											storylines.map((each) => each.name),
											one.name
										)
									)
										addItem(page, 'storylines', mintId(), {
											...one,
											colour: nextColour(readOutline(page).storylines)
										});
								for (const one of content.objectives)
									if (
										!has(
											objectives.map((each) => each.code),
											one.code
										)
									)
										addItem(page, 'objectives', mintId(), one);
							})
						: [];
				await writeAudit(tx, {
					scope: exercise.id,
					actorId: reader.id,
					act: 'library.used',
					detail: { item: id, cell, injects: made.length, shift }
				});
				return [...onScript, ...onScenario];
			});
			documents.announce(stored);
			return { injects: made, href: `/exercises/${exercise.id}/script/${cell}` };
		},

		/** By its maker or an administrator. */
		async remove(reader: Reader, id: string): Promise<void> {
			const { item } = await find(reader, id);
			if (item.createdBy !== reader.id && !reader.isAdministrator)
				throw new AppError('forbidden', 'Only who made it, or an administrator, deletes it.');
			await db.transaction(async (tx) => {
				await tx.delete(libraryItem).where(eq(libraryItem.id, id));
				await writeAudit(tx, {
					scope: 'installation',
					actorId: reader.id,
					act: 'library.deleted',
					detail: { item: id, kind: item.kind }
				});
			});
		}
	};

	async function scriptsOf(places: readonly { exercise: Exercise; actor: Actor }[]) {
		const names = places.flatMap(({ exercise, actor }) =>
			cellsOf(actor, cellIds)
				.filter((cell) => isWriter(exercise, actor, cell))
				.map((cell) => ({
					exercise: { id: exercise.id, name: exercise.name },
					cell,
					name: documentName({ exercise: exercise.id, kind: 'script', cell })
				}))
		);
		if (names.length === 0) return [];
		const existing = await db
			.select({ name: document.name })
			.from(document)
			.where(
				inArray(
					document.name,
					names.map(({ name }) => name)
				)
			);
		const known = new Set(existing.map(({ name }) => name));
		return names.filter(({ name }) => known.has(name)).map(({ exercise, cell }) => ({ exercise, cell }));
	}

	async function writable(reader: Reader, exerciseId: string, cell: string) {
		const { places } = await open(reader);
		const place = places.find(({ exercise }) => exercise.id === (exerciseId as ExerciseId));
		if (!place || !cellIds.includes(cell as CellId) || !isWriter(place.exercise, place.actor, cell as CellId))
			throw noExercise();
		const known = cell as CellId;
		return {
			...place,
			cell: known,
			name: documentName({ exercise: place.exercise.id, kind: 'script', cell: known })
		};
	}
}

const isWriter = (exercise: Exercise, actor: Actor, cell: CellId) =>
	documentRight({ exercise: exercise.id, kind: 'script', cell }, actor, { settings: exercise.settings }) ===
	'write';

/** Order keys at the end of a script; keys that are not ours sort before them all the same. */
function keysAfter(last: string | null, count: number): string[] {
	try {
		return generateNKeysBetween(last, null, count);
	} catch {
		return generateNKeysBetween(null, null, count).map((key) => `${last ?? ''}z${key}`);
	}
}
