import { createAccounts, type Accounts } from '#server/accounts/accounts.ts';
import type { Database } from '#server/database/open.ts';
import type { Change } from '#server/exercises/change.ts';
import { createExercises, type Exercises } from '#server/exercises/exercises.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { freshDatabase } from '../../support/database.ts';

export const origin = 'https://muster.example';
export const password = 'a long enough password';

export interface Stage {
	database: Database;
	accounts: Accounts;
	exercises: Exercises;
	/** what the bell was told */
	rung: Change[];
	/** a second node on the same database */
	otherNode: () => Accounts;
	person: (name: string) => Promise<AccountId>;
	exercise: (director: AccountId) => Promise<ExerciseId>;
	rightsVersion: (exercise: ExerciseId) => Promise<number>;
	auditOf: (scope: string) => Promise<string[]>;
}

export async function setStage(): Promise<Stage> {
	const database = await freshDatabase();
	const rung: Change[] = [];
	const ring = (change: Change) => void rung.push(change);
	const accounts = createAccounts({ database, origin, ring });
	const exercises = createExercises({ database, ring });
	return {
		database,
		accounts,
		exercises,
		rung,
		otherNode: () => createAccounts({ database, origin, ring }),
		person: (name) =>
			accounts.createAccount({ name, email: `${name.toLowerCase()}@muster.example`, password }, null),
		exercise: (director) =>
			exercises.create(
				{ name: 'Blue Tide', startsAt: Date.UTC(2026, 10, 24, 8), endsAt: Date.UTC(2026, 10, 25, 16) },
				director
			),
		async rightsVersion(exercise) {
			const { rows } = await database.pool.query<{ rights_version: number }>(
				'select rights_version from exercise where id = $1',
				[exercise]
			);
			return rows[0]!.rights_version;
		},
		async auditOf(scope) {
			const { rows } = await database.pool.query<{ act: string }>(
				'select act from audit where scope = $1 order by sequence',
				[scope]
			);
			return rows.map((row) => row.act);
		}
	};
}
