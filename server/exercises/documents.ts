import { eq } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import { documentName, type Audience, type DocumentRef } from '#lib/exercise/documents.ts';
import type { ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import type { CellId, ExerciseKind } from '#lib/exercise/exercise/schema.ts';
import type { Transaction } from '../database/open.ts';
import { document, exercise as exercises } from '../database/schema.ts';
import { newDocument } from '../documents/create.ts';

/*
 * Connecting to a document creates nothing (PROMISES R5), so the rows are made with what they belong to: the exercise,
 * a team, a country's planning cell.
 */

type Row = typeof document.$inferInsert;

const row = (ref: DocumentRef): Row => newDocument(ref.exercise, documentName(ref));
const firstSegment = (exercise: ExerciseId, audience: Audience): Row =>
	row({ exercise, kind: 'timeline', audience, segment: 0 });

/** In a real room there is no script, no scenario, no simulated press and nobody who evaluates. */
const ofExercise = (exercise: ExerciseId, kind: ExerciseKind): Row[] => [
	row({ exercise, kind: 'review' }),
	row({ exercise, kind: 'report' }),
	firstSegment(exercise, { to: 'control' }),
	firstSegment(exercise, { to: 'channel', channel: 'everyone' }),
	...(kind === 'exercise'
		? [
				row({ exercise, kind: 'script', cell: 'central' }),
				row({ exercise, kind: 'scenario' }),
				row({ exercise, kind: 'evaluation' }),
				firstSegment(exercise, { to: 'channel', channel: 'media' })
			]
		: [])
];

const ofTeam = (exercise: ExerciseId, kind: ExerciseKind, team: TeamId): Row[] => [
	firstSegment(exercise, { to: 'team', team }),
	row({ exercise, kind: 'worksheet', team, page: 'notes' }),
	...(kind === 'exercise' ? [firstSegment(exercise, { to: 'evaluation', team })] : [])
];

const ofCountry = (exercise: ExerciseId, kind: ExerciseKind, country: CountryCode): Row[] => [
	firstSegment(exercise, { to: 'channel', channel: country }),
	...(kind === 'exercise' ? [row({ exercise, kind: 'script', cell: country })] : []),
	row({ exercise, kind: 'contribution', country })
];

export const createExerciseDocuments = (tx: Transaction, exercise: ExerciseId, kind: ExerciseKind) =>
	insert(tx, ofExercise(exercise, kind));

export async function createTeamDocuments(
	tx: Transaction,
	exercise: ExerciseId,
	teams: readonly TeamId[]
): Promise<void> {
	if (teams.length === 0) return;
	const kind = await kindOf(tx, exercise);
	await insert(
		tx,
		teams.flatMap((team) => ofTeam(exercise, kind, team))
	);
}

async function kindOf(tx: Transaction, id: ExerciseId): Promise<ExerciseKind> {
	const [found] = await tx.select({ kind: exercises.kind }).from(exercises).where(eq(exercises.id, id));
	return found!.kind;
}

/** The country's script, channel and contribution, where they are missing: a country takes part with its first team, moderator or planner. */
export async function createCellDocuments(
	tx: Transaction,
	exercise: ExerciseId,
	cells: Iterable<CellId>
): Promise<void> {
	const countries = [...new Set(cells)].filter((cell) => cell !== 'central').sort();
	if (countries.length === 0) return;
	const kind = await kindOf(tx, exercise);
	await insert(
		tx,
		countries.flatMap((country) => ofCountry(exercise, kind, country))
	);
}

/** PostgreSQL takes 65,535 parameters a statement. */
const rowsAtOnce = 2000;

async function insert(tx: Transaction, rows: Row[]): Promise<void> {
	for (let from = 0; from < rows.length; from += rowsAtOnce)
		await tx
			.insert(document)
			.values(rows.slice(from, from + rowsAtOnce))
			.onConflictDoNothing({ target: document.name });
}
