import { and, asc, eq, isNotNull, like, min } from 'drizzle-orm';
import type * as Y from 'yjs';
import type { CountryCode } from '#lib/standards/countries.ts';
import { parseDocumentName } from '#lib/exercise/documents.ts';
import { consoleScope, isControl, isDirector, seesConsole } from '#lib/exercise/exercise/access.ts';
import { startProblems } from '#lib/exercise/exercise/commands.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { dependencyWarnings } from '#lib/exercise/inject/dependencies.ts';
import { scriptWarnings, type ScriptWarning } from '#lib/exercise/inject/release.ts';
import { injectFingerprint, readScript } from '#lib/exercise/inject/schema.ts';
import type { Database } from '../database/open.ts';
import { document, inject, injectVersion, membership, teamDue } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { consoleTimelines, type TimelineStart } from './timelines.ts';

/** What the console's page starts from; board and questions are fetched and kept up to date by themselves. */
export interface ConsoleView {
	timelines: TimelineStart[];
	/** the countries of a moderator; null: all */
	scope: CountryCode[] | null;
}

export async function consolePage(
	database: Database,
	exercise: Exercise,
	actor: Actor
): Promise<ConsoleView> {
	if (!seesConsole(actor)) throw noExercise();
	const scope = consoleScope(actor);
	return {
		timelines: await consoleTimelines(database, exercise.id, actor),
		scope: scope && [...scope]
	};
}

/** What stands between now and STARTEX: what makes it impossible, and what a planner should have put right. */
export interface StartChecks {
	/** sentences; empty: it can start */
	problems: string[];
	teams: number;
	approved: number;
	warnings: { kind: ScriptWarning['kind']; count: number; examples: string[] }[];
}

const examplesShown = 5;

/** `read` gives a page as it is now: `documents.read`. */
export async function startChecks(
	database: Database,
	read: (name: string) => Promise<Y.Doc>,
	exercise: Exercise,
	actor: Actor
): Promise<StartChecks> {
	if (!isDirector(actor)) throw noExercise();
	const { db } = database;
	const [teams, approved, directors, scripts] = await Promise.all([
		readTeams(db, exercise.id),
		db
			.select({ id: inject.id, state: inject.state, fingerprint: injectVersion.fingerprint })
			.from(inject)
			.innerJoin(
				injectVersion,
				and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
			)
			.where(eq(inject.exerciseId, exercise.id)),
		db
			.select({ id: membership.id })
			.from(membership)
			.where(and(eq(membership.exerciseId, exercise.id), eq(membership.role, 'director')))
			.limit(1),
		db
			.select({ name: document.name })
			.from(document)
			.where(
				and(eq(document.exerciseId, exercise.id), like(document.name, `exercise/${exercise.id}/script/%`))
			)
	]);
	const pages = await Promise.all(
		scripts.map(async ({ name }) => ({ ref: parseDocumentName(name), injects: readScript(await read(name)) }))
	);
	const injects = pages.flatMap((page) => page.injects);
	const cells = new Map(
		pages.flatMap(({ ref, injects: own }) =>
			ref?.kind === 'script' ? own.map(({ id }) => [id as string, ref.cell] as const) : []
		)
	);
	const fingerprints = new Map(approved.map((row) => [row.id, row.fingerprint]));
	const skipped = new Set(approved.flatMap((row) => (row.state === 'skipped' ? [row.id] : [])));
	const cellOf = (id: string) => cells.get(id) ?? 'central';
	const wrong = dependencyWarnings(injects, {
		teams,
		isSkipped: (id) => skipped.has(id),
		cellOf,
		central: injects.filter(({ id }) => cellOf(id) === 'central')
	});
	const byKind = new Map<ScriptWarning['kind'], string[]>();
	for (const { kind, inject: found } of scriptWarnings(injects, {
		startsAt: exercise.startsAt,
		endsAt: exercise.endsAt,
		teams,
		approved: (id) => fingerprints.get(id) ?? null,
		fingerprint: injectFingerprint,
		dependencies: (id) => wrong.get(id) ?? []
	})) {
		const names = byKind.get(kind) ?? [];
		byKind.set(kind, names);
		names.push(found.reference || found.title || found.id);
	}
	return {
		problems: startProblems({
			teams: teams.length,
			approvedInjects: approved.length,
			directors: directors.length
		}),
		teams: teams.length,
		approved: approved.length,
		warnings: [...byKind].map(([kind, names]) => ({
			kind,
			count: names.length,
			examples: names.slice(0, examplesShown)
		}))
	};
}

/** When scheduled injects are due, so that a jump of the clock can say how many it would set free. */
export async function dueTimes(database: Database, exercise: Exercise, actor: Actor): Promise<number[]> {
	if (!isControl(actor)) throw noExercise();
	const rows = await database.db
		.select({ dueAt: inject.dueAt })
		.from(inject)
		.where(and(eq(inject.exerciseId, exercise.id), eq(inject.state, 'ready'), isNotNull(inject.dueAt)))
		.orderBy(asc(inject.dueAt));
	// one that goes team by team counts once, at the first team where it is due
	const byTeam = await database.db
		.select({ dueAt: min(teamDue.dueAt) })
		.from(teamDue)
		.innerJoin(inject, eq(inject.id, teamDue.injectId))
		.where(and(eq(inject.exerciseId, exercise.id), eq(inject.state, 'ready')))
		.groupBy(teamDue.injectId);
	return [...rows, ...byTeam].map((row) => Number(row.dueAt)).sort((a, b) => a - b);
}
