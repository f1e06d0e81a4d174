import { documentName, documentRight } from '#lib/exercise/documents.ts';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { readFindings } from '#lib/exercise/review/schema.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import type { Database } from '../database/open.ts';
import type { Documents } from '../documents/documents.ts';
import type { Exercises } from '../exercises/exercises.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';

/** A finding of the review of an exercise, or of a real room, as it stands in the page at this moment. */
export interface FoundFinding {
	exercise: Pick<Exercise, 'id' | 'kind' | 'name' | 'tlp'>;
	finding: string;
	title: string;
	/** whoever writes the review may propose for these; others only for what they keep */
	mayPropose: CountryCode[];
}

/** Reads a finding for somebody who may read the review; to others there is no such thing. */
export async function openFinding(
	{
		database,
		documents,
		exercises
	}: { database: Database; documents: Pick<Documents, 'read'>; exercises: Exercises },
	person: { id: AccountId },
	exerciseId: string,
	findingId: string
): Promise<FoundFinding> {
	const { exercise, actor } = await exercises.open(exerciseId, person);
	const ref = { exercise: exercise.id, kind: 'review' as const };
	const right = documentRight(ref, actor, { settings: exercise.settings });
	if (right === 'none') throw noExercise();
	const found = readFindings(await documents.read(documentName(ref))).find(({ id }) => id === findingId);
	if (!found) throw noExercise();
	const playing = new Set((await readTeams(database.db, exercise.id)).map(({ country }) => country));
	return {
		exercise: { id: exercise.id, kind: exercise.kind, name: exercise.name, tlp: exercise.tlp },
		finding: found.id,
		title: found.title.trim() || 'Finding without a title',
		mayPropose:
			right === 'write' ? countryCodes.filter((country) => country === 'EU' || playing.has(country)) : []
	};
}
