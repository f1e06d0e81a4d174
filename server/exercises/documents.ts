import type { CountryCode } from '#lib/standards/countries.ts';
import { documentName, type Audience, type DocumentRef } from '#lib/exercise/documents.ts';
import type { ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { Transaction } from '../database/open.ts';
import { document } from '../database/schema.ts';
import { newDocument } from '../documents/create.ts';

/*
 * Connecting to a document creates nothing (PROMISES R5), so the rows are made with what they belong to: the exercise,
 * a team, a country's planning cell.
 */

type Row = typeof document.$inferInsert;

const row = (ref: DocumentRef): Row => newDocument(ref.exercise, documentName(ref));
const firstSegment = (exercise: ExerciseId, audience: Audience): Row =>
	row({ exercise, kind: 'timeline', audience, segment: 0 });

const ofExercise = (exercise: ExerciseId): Row[] => [
	row({ exercise, kind: 'script', cell: 'central' }),
	row({ exercise, kind: 'scenario' }),
	row({ exercise, kind: 'evaluation' }),
	row({ exercise, kind: 'review' }),
	row({ exercise, kind: 'report' }),
	firstSegment(exercise, { to: 'control' }),
	firstSegment(exercise, { to: 'channel', channel: 'everyone' }),
	firstSegment(exercise, { to: 'channel', channel: 'media' })
];

const ofTeam = (exercise: ExerciseId, team: TeamId): Row[] => [
	firstSegment(exercise, { to: 'team', team }),
	firstSegment(exercise, { to: 'evaluation', team }),
	row({ exercise, kind: 'worksheet', team, page: 'notes' })
];

const ofCountry = (exercise: ExerciseId, country: CountryCode): Row[] => [
	firstSegment(exercise, { to: 'channel', channel: country }),
	row({ exercise, kind: 'script', cell: country }),
	row({ exercise, kind: 'contribution', country })
];

export const createExerciseDocuments = (tx: Transaction, exercise: ExerciseId) =>
	insert(tx, ofExercise(exercise));

export const createTeamDocuments = (tx: Transaction, exercise: ExerciseId, teams: readonly TeamId[]) =>
	insert(
		tx,
		teams.flatMap((team) => ofTeam(exercise, team))
	);

/** The country's script, channel and contribution, where they are missing: a country takes part with its first team, moderator or planner. */
export async function createCellDocuments(
	tx: Transaction,
	exercise: ExerciseId,
	cells: Iterable<CellId>
): Promise<void> {
	const countries = [...new Set(cells)].filter((cell) => cell !== 'central').sort();
	await insert(
		tx,
		countries.flatMap((country) => ofCountry(exercise, country))
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
