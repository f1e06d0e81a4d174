import { and, eq, sql } from 'drizzle-orm';
import type { MediaState } from '#lib/exercise/media/commands.ts';
import { fact, team } from '../database/schema.ts';
import { toTeam } from '../exercises/rows.ts';
import type { LoadContext } from './load.ts';

/** The team that speaks and the item that is named. Items are facts alone: there are some hundreds in an exercise. */
export async function loadMediaState(
	{ tx, exercise }: LoadContext,
	input: Record<string, unknown>
): Promise<MediaState> {
	const state: MediaState = { exercise, team: null, item: null };
	if (typeof input['team'] === 'string') {
		const [row] = await tx
			.select()
			.from(team)
			.where(and(eq(team.id, input['team']), eq(team.exerciseId, exercise.id)));
		if (row) state.team = toTeam(row);
	}
	if (typeof input['item'] === 'string') {
		const rows = await tx
			.select({ fact: fact.fact })
			.from(fact)
			.where(
				and(
					eq(fact.exerciseId, exercise.id),
					sql`${fact.kind} in ('media-published', 'media-withdrawn')`,
					sql`${fact.fact} ->> 'item' = ${input['item']}`
				)
			);
		const published = rows.map((row) => row.fact).find((one) => one.kind === 'media-published');
		if (published)
			state.item = {
				item: published.item,
				publisher: published.publisher,
				outlet: published.outlet,
				title: published.title,
				withdrawn: rows.some((row) => row.fact.kind === 'media-withdrawn')
			};
	}
	return state;
}
