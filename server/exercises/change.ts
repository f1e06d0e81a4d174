import type { ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import type { ChangeTopic } from '#lib/protocol/wire.ts';

/** What the bell is told after the commit: every node tells its sockets to read again under their own rights. */
export interface Change {
	exercise: ExerciseId;
	topics: ChangeTopic[];
	team?: TeamId;
}
export type Ring = (change: Change) => void;
