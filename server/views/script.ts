import { and, desc, eq, gt, inArray, isNotNull, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import { countryCodes } from '#lib/standards/countries.ts';
import { documentName, documentRight, type Right } from '#lib/exercise/documents.ts';
import { isControl, plansIn } from '#lib/exercise/exercise/access.ts';
import { cellIds, type Actor, type CellId, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import { planState, planStates, type InjectStatus, type PlanState } from '#lib/exercise/inject/approval.ts';
import { dependencyWarnings } from '#lib/exercise/inject/dependencies.ts';
import {
	injectWarnings,
	reachedTeams,
	type InjectState,
	type ScriptWarning
} from '#lib/exercise/inject/release.ts';
import { plannedTimes } from '#lib/exercise/inject/schedule.ts';
import {
	injectFingerprint,
	readInject,
	scriptInjects,
	storedInject,
	type Inject
} from '#lib/exercise/inject/schema.ts';
import { followedIn } from '#lib/exercise/inject/variant.ts';
import { emptyRichText } from '#lib/exercise/rich-text.ts';
import type { Database } from '../database/open.ts';
import { account, document, exercise as exerciseTable, inject, injectVersion } from '../database/schema.ts';
import { readTeams } from '../exercises/teams.ts';
import { readVariants } from '../exercises/variants.ts';

/**
 * What the script page knows beside its document: which injects are submitted, approved, released. The same people may
 * ask as may open the document (PROMISES P1); to all others a cell does not exist.
 */
export interface ScriptStatuses {
	/** the exercise's sequence that this is the state of: what to ask for next time */
	sequence: number;
	/** all of them, not only those that changed */
	whole: boolean;
	statuses: InjectStatus[];
}

/** An approved text of one inject: the last one, or the one that was asked for. */
export interface ApprovedInject {
	version: number;
	content: Inject;
	approvedBy: string | null;
	/** wall time, ms */
	approvedAt: number;
	/** all that were approved, newest first; wall times, ms */
	versions: { version: number; by: string | null; at: number }[];
}

/** What somebody may do with a cell's script; throws where that is nothing. */
export function scriptRight(exercise: Exercise, actor: Actor, cell: string): { cell: CellId; right: Right } {
	if (!cellIds.includes(cell as CellId)) throw nothingHere();
	const right = documentRight({ exercise: exercise.id, kind: 'script', cell: cell as CellId }, actor, {
		settings: exercise.settings
	});
	if (right === 'none') throw nothingHere();
	return { cell: cell as CellId, right };
}

export const opensScript = (exercise: Exercise, actor: Actor, cell: CellId): boolean =>
	documentRight({ exercise: exercise.id, kind: 'script', cell }, actor, { settings: exercise.settings }) !==
	'none';

export function scenarioRight(exercise: Exercise, actor: Actor): Right {
	return documentRight({ exercise: exercise.id, kind: 'scenario' }, actor, { settings: exercise.settings });
}

const nothingHere = () => new AppError('not-found', 'There is nothing here, or it is not open to you.');

/** All statuses of a cell, or those that changed after a sequence. */
export async function scriptStatuses(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	cell: string,
	since: number | null
): Promise<ScriptStatuses> {
	const { cell: known } = scriptRight(exercise, actor, cell);
	return database.db.transaction(
		async (tx) => {
			const [head] = await tx
				.select({ sequence: exerciseTable.sequence })
				.from(exerciseTable)
				.where(eq(exerciseTable.id, exercise.id));
			const sequence = head?.sequence ?? 0;
			// a number from another life of the exercise (restored, moved): begin again
			const after = since !== null && since <= sequence ? since : null;
			const statuses = after === sequence ? [] : await readStatuses(tx, exercise.id, actor, [known], after);
			return { sequence, whole: after === null, statuses };
		},
		{ isolationLevel: 'repeatable read', accessMode: 'read only' }
	);
}

const submitter = alias(account, 'submitter');
const approver = alias(account, 'approver');

/** For whoever has asked already which cells the actor may open. */
export async function readStatuses(
	queryable: Pick<Database['db'], 'select'>,
	exercise: ExerciseId,
	actor: Actor,
	cells: readonly CellId[],
	after: number | null
): Promise<(InjectStatus & { cell: CellId })[]> {
	const variants = cells.includes('central') ? await readVariants(queryable, exercise) : null;
	const seesAll = isControl(actor) || plansIn(actor, 'central');
	// that a cell has a variant is its own business, and that of whoever writes the central script
	const tellsOf = countryCodes.filter((country) => seesAll || plansIn(actor, country));
	const rows = await queryable
		.select({
			row: inject,
			fingerprint: injectVersion.fingerprint,
			approvedName: sql<
				string | null
			>`coalesce(nullif(${injectVersion.content} ->> 'reference', ''), ${injectVersion.content} ->> 'title')`,
			approvedAt: injectVersion.approvedAt,
			approvedBy: approver.name,
			submittedByName: submitter.name
		})
		.from(inject)
		.leftJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.leftJoin(approver, eq(approver.id, injectVersion.approvedBy))
		.leftJoin(submitter, eq(submitter.id, inject.submittedBy))
		.where(
			and(
				eq(inject.exerciseId, exercise),
				inArray(inject.cell, [...cells]),
				after === null
					? undefined
					: or(
							gt(inject.changed, after),
							// a central inject with those of its variants that the reader knows of
							inArray(inject.id, variantsChanged(after))
						)
			)
		)
		// not as PostgreSQL happens to keep them: that order tells which was touched last
		.orderBy(inject.id);
	return rows.map(({ row, fingerprint, approvedName, approvedAt, approvedBy, submittedByName }) => ({
		cell: row.cell as CellId,
		inject: row.id as InjectId,
		state: row.state as InjectState,
		version: row.version,
		approvedFingerprint: fingerprint,
		approvedName,
		approvedBy,
		approvedAt: approvedAt?.getTime() ?? null,
		submittedFingerprint: row.submittedFingerprint,
		submittedBy: submittedByName,
		submittedByYou: row.submittedBy === actor.accountId,
		submittedAt: row.submittedAt?.getTime() ?? null,
		returnReason: row.returnReason,
		reason: row.reason,
		dueAt: row.dueAt,
		releasedAt: row.releasedAt,
		...variantsShown(row)
	}));

	function variantsShown({ id, cell }: typeof inject.$inferSelect): Pick<InjectStatus, 'variants'> {
		const all = cell === 'central' ? (variants?.get(id) ?? []) : [];
		const seen = all.filter((country) => tellsOf.includes(country));
		return seen.length > 0 ? { variants: seen } : {};
	}

	function variantsChanged(since: number) {
		const variant = alias(inject, 'variant');
		return queryable
			.select({ id: variant.variantOf })
			.from(variant)
			.where(
				and(
					eq(variant.exerciseId, exercise),
					inArray(variant.cell, tellsOf),
					gt(variant.changed, since),
					isNotNull(variant.variantOf)
				)
			);
	}
}

/** The approved version of one inject, to compare with the page. */
export async function approvedInject(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	cell: string,
	injectId: string,
	wanted: number | null = null
): Promise<ApprovedInject> {
	const { cell: known } = scriptRight(exercise, actor, cell);
	const rows = await database.db
		.select({ version: injectVersion, approvedBy: approver.name })
		.from(inject)
		.innerJoin(injectVersion, eq(injectVersion.injectId, inject.id))
		.leftJoin(approver, eq(approver.id, injectVersion.approvedBy))
		.where(and(eq(inject.id, injectId), eq(inject.exerciseId, exercise.id), eq(inject.cell, known)))
		.orderBy(desc(injectVersion.version));
	const row = wanted === null ? rows[0] : rows.find(({ version: one }) => one.version === wanted);
	if (!row) throw nothingHere();
	const { version, content, approvedAt } = row.version;
	return {
		version,
		content: storedInject(content),
		approvedBy: row.approvedBy,
		approvedAt: approvedAt.getTime(),
		versions: rows.map((one) => ({
			version: one.version.version,
			by: one.approvedBy,
			at: one.version.approvedAt.getTime()
		}))
	};
}

// --- all cells at a glance --------------------------------------------------------------------------------------------

export interface CellSummary {
	cell: CellId;
	canWrite: boolean;
	total: number;
	states: Record<PlanState, number>;
	/** injects with at least one warning other than not being approved */
	warnings: number;
	kinds: Partial<Record<ScriptWarning['kind'], number>>;
}

/** What the summary needs of a page; kept until the page changes. */
interface KeptPage {
	epoch: number;
	sequence: number;
	readAt: number;
	injects: Promise<PageInject[]>;
}
interface PageInject {
	/** without the words of its body */
	inject: Inject;
	fingerprint: string;
}

const pages = new Map<string, KeptPage>();
/** Some thirty cells of three exercises. */
const keptPages = 100;
/** A page that is being written may be this old in the summary: reading 1,500 injects costs a third of a second. */
const oldestPage = 10_000;

/** The cells that somebody may open, with how far each is and what should be put right before STARTEX. */
export async function scriptOverview(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	readDocument: (name: string) => Promise<Y.Doc>
): Promise<CellSummary[]> {
	const named = cellIds.map((cell) => ({
		cell,
		name: documentName({ exercise: exercise.id, kind: 'script', cell }),
		right: documentRight({ exercise: exercise.id, kind: 'script', cell }, actor, {
			settings: exercise.settings
		})
	}));
	const open = named.filter(({ right }) => right !== 'none');
	if (open.length === 0) throw nothingHere();
	const [heads, teams, statuses] = await Promise.all([
		database.db
			.select({ name: document.name, epoch: document.epoch, sequence: document.sequence })
			.from(document)
			.where(
				inArray(document.name, [
					...open.map(({ name }) => name),
					// only to know what exists in it
					documentName({ exercise: exercise.id, kind: 'script', cell: 'central' })
				])
			),
		readTeams(database.db, exercise.id),
		readStatuses(
			database.db,
			exercise.id,
			actor,
			open.map(({ cell }) => cell),
			null
		)
	]);
	// a variant may follow a central inject
	const central = documentName({ exercise: exercise.id, kind: 'script', cell: 'central' });
	const centralHead = heads.find((one) => one.name === central);
	const centralPage = centralHead ? await readPage(centralHead, readDocument) : [];
	const centralInjects = centralPage.map(({ inject: one }) => one);
	const centralIds = new Set<string>(centralInjects.map(({ id }) => id));
	const opensCentral = open.some(({ cell }) => cell === 'central');
	const summaries: CellSummary[] = [];
	for (const { cell, name, right } of open) {
		const head = heads.find((one) => one.name === name);
		if (!head) continue;
		const page = await readPage(head, readDocument);
		const own = new Map(statuses.flatMap((one) => (one.cell === cell ? [[one.inject as string, one]] : [])));
		summaries.push({ cell, canWrite: right === 'write', ...(await summarise(cell, page, own)) });
	}
	return summaries;

	async function summarise(
		cell: CellId,
		page: readonly PageInject[],
		own: ReadonlyMap<string, InjectStatus>
	) {
		const states = Object.fromEntries(planStates.map((state) => [state, 0])) as Record<PlanState, number>;
		const kinds: CellSummary['kinds'] = {};
		let warnings = 0;
		const ids = new Set<string>([...page.map(({ inject: { id } }) => id), ...centralIds]);
		const wrong = dependencyWarnings(
			page.map(({ inject: one }) => one),
			{
				teams,
				isSkipped: (id) => own.get(id)?.state === 'skipped',
				isRecalled: (id) => own.get(id)?.state === 'recalled',
				isElsewhere: (id) => centralIds.has(id),
				cellOf: () => cell,
				// what waits in the central script is not for those who may not open it
				...(cell !== 'central' && opensCentral && { central: centralInjects })
			}
		);
		for (const [i, { inject: one, fingerprint }] of page.entries()) {
			await breathe(i + 1);
			const state = planState(own.get(one.id), () => fingerprint);
			states[state]++;
			if (state === 'released' || state === 'recalled') continue;
			const found = injectWarnings(one, {
				startsAt: exercise.startsAt,
				endsAt: exercise.endsAt,
				teams,
				approved: (id) => own.get(id)?.approvedFingerprint ?? null,
				fingerprint: () => fingerprint,
				exists: (id) => ids.has(id),
				dependencies: (id) => wrong.get(id) ?? []
			});
			for (const kind of found) kinds[kind] = (kinds[kind] ?? 0) + 1;
			if (found.some((kind) => kind !== 'unapproved')) warnings++;
		}
		return { total: page.length, states, warnings, kinds };
	}
}

// --- all cells in one list --------------------------------------------------------------------------------------------

/** One inject of any cell, as exercise control sees all of them together. */
export interface MergedRow {
	id: InjectId;
	cell: CellId;
	reference: string;
	title: string;
	/** planned exercise time, ms; null: a person decides */
	plannedAt: number | null;
	/** the central inject of which it is a variant; its number is empty where it was deleted */
	variantOf: { id: InjectId; reference: string } | null;
	recipients: number;
	/** teams that get the variant of their own country instead */
	leftOut: number;
	state: PlanState;
}

/** The central script and those of all cells, by time. For exercise control alone: it reads all of them. */
export async function mergedScript(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	readDocument: (name: string) => Promise<Y.Doc>
): Promise<MergedRow[]> {
	if (!isControl(actor)) throw nothingHere();
	const names = new Map(
		cellIds.map((cell) => [documentName({ exercise: exercise.id, kind: 'script', cell }), cell])
	);
	const [heads, teams, statuses, variants] = await Promise.all([
		database.db
			.select({ name: document.name, epoch: document.epoch, sequence: document.sequence })
			.from(document)
			.where(inArray(document.name, [...names.keys()])),
		readTeams(database.db, exercise.id),
		readStatuses(database.db, exercise.id, actor, cellIds, null),
		readVariants(database.db, exercise.id)
	]);
	const known = new Map(statuses.map((one) => [`${one.cell} ${one.inject}`, one]));
	// the central script first: what the others may follow, and what variants are named after
	heads.sort((a, b) => Number(names.get(b.name) === 'central') - Number(names.get(a.name) === 'central'));
	const central = new Map<string, Inject>();
	let centralTimes: ReadonlyMap<string, number | null> = new Map();
	const rows: MergedRow[] = [];
	for (const head of heads) {
		const cell = names.get(head.name)!;
		const page = await readPage(head, readDocument);
		const injects = page.map((one) => one.inject);
		const times = plannedTimes(
			injects,
			exercise.startsAt,
			centralTimes,
			followedIn(injects, () => cell)
		);
		if (cell === 'central') {
			centralTimes = times;
			for (const { inject: one } of page) central.set(one.id, one);
		}
		for (const { inject: one, fingerprint } of page) {
			await breathe(rows.length + 1);
			const own = cell === 'central' ? variants.get(one.id) : undefined;
			const { reached, leftOut } = reachedTeams(one.to, own, teams);
			const { origin } = cell === 'central' ? { origin: null } : one;
			rows.push({
				id: one.id,
				cell,
				reference: one.reference,
				title: one.title,
				plannedAt: times.get(one.id) ?? null,
				variantOf: origin && {
					id: origin.inject,
					reference: central.get(origin.inject)?.reference ?? ''
				},
				recipients: reached.length,
				leftOut: leftOut.length,
				state: planState(known.get(`${cell} ${one.id}`), () => fingerprint)
			});
		}
	}
	const last = Number.MAX_SAFE_INTEGER;
	return rows.sort(
		(a, b) => (a.plannedAt ?? last) - (b.plannedAt ?? last) || (a.reference < b.reference ? -1 : 1)
	);
}

function readPage(
	head: { name: string; epoch: number; sequence: number },
	readDocument: (name: string) => Promise<Y.Doc>
): Promise<PageInject[]> {
	const kept = pages.get(head.name);
	const isSame = kept?.epoch === head.epoch && kept.sequence === head.sequence;
	if (kept && (isSame || Date.now() - kept.readAt < oldestPage)) return kept.injects;
	const injects = head.sequence === 0 ? Promise.resolve([]) : readInjects(head.name, readDocument);
	pages.delete(head.name);
	pages.set(head.name, { epoch: head.epoch, sequence: head.sequence, readAt: Date.now(), injects });
	injects.catch(() => pages.delete(head.name));
	if (pages.size > keptPages) pages.delete(pages.keys().next().value!);
	return injects;
}

async function readInjects(
	name: string,
	readDocument: (name: string) => Promise<Y.Doc>
): Promise<PageInject[]> {
	const doc = await readDocument(name);
	const injects: PageInject[] = [];
	for (const [id, record] of scriptInjects(doc).entries()) {
		if (!(record instanceof Y.Map)) continue;
		const whole = readInject(id, record);
		injects.push({ inject: { ...whole, body: emptyRichText() }, fingerprint: injectFingerprint(whole) });
		await breathe(injects.length);
	}
	doc.destroy();
	return injects;
}

/** Others get their turn: no more than some ten milliseconds in one piece. */
function breathe(count: number): Promise<void> | undefined {
	return count % 50 === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined;
}
