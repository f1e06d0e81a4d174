import { sql, type SQL } from 'drizzle-orm';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import type { Transaction } from '../database/open.ts';

/** What others may follow: an inject, or the variant that stands for one in its cell. */
interface Followed {
	inject: string;
	cell: string;
	variantOf?: string | null;
}

/**
 * Injects that count from the release of this one and are on the schedule. In a national cell its own variant stands for
 * the central inject: those of its injects that follow the central one count from the variant. The same rule as
 * `followedRelease`, asked from the other end.
 */
export const followersOf = (exerciseId: ExerciseId, { inject, cell, variantOf = null }: Followed): SQL => sql`
	(inject.exercise_id = ${exerciseId} and inject.state = 'ready' and inject.id <> ${inject}
		and (
			inject.after_inject = ${variantOf} and inject.cell = ${cell}
			or inject.after_inject = ${inject} and not exists (
				select 1 from inject own
				where own.exercise_id = inject.exercise_id and own.variant_of = ${inject}
					and own.cell = inject.cell and own.id <> inject.id)))`;

/**
 * They are due from now on. An inject has one time for all its teams, so it follows the first release of one that goes
 * team by team; who wants each team's own pace writes a condition.
 */
export async function setFollowersDue(
	tx: Transaction,
	exerciseId: ExerciseId,
	followed: Followed,
	firstAt: number,
	sequence: number
): Promise<void> {
	await tx.execute(sql`
		update inject set changed = ${sequence},
			due_at = ${firstAt} + (v.content -> 'schedule' ->> 'seconds')::bigint * 1000
		from inject_version v
		where v.inject_id = inject.id and v.version = inject.version and inject.due_at is null
			and ${followersOf(exerciseId, followed)}`);
}
