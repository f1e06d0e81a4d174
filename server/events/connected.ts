import { and, eq, inArray, lt, or, sql } from 'drizzle-orm';
import type { Database } from '../database/open.ts';
import { connected } from '../database/schema.ts';

export const connectedLimits = {
	/** a node says again who is connected there, also when nothing changed */
	renewMs: 5_000,
	/** who was connected to a node that does not say it any more is gone */
	staleSeconds: 15
} as const;

interface Said {
	accounts: string;
	at: number;
}

export type Connected = ReturnType<typeof createConnected>;

/** How many people are connected to an exercise, over all nodes: each node writes down its own. */
export function createConnected({ database: { db }, node }: { database: Database; node: string }) {
	const said = new Map<string, Said>();

	return {
		/** Who is connected here, by exercise; an exercise that is missing has nobody here. */
		async say(here: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
			const now = Date.now();
			const gone = [...said.keys()].filter((id) => !here.has(id));
			for (const [exerciseId, people] of here) {
				const accounts = [...people].sort();
				const before = said.get(exerciseId);
				const text = accounts.join();
				if (before?.accounts === text && now - before.at < connectedLimits.renewMs) continue;
				await db
					.insert(connected)
					.values({ node, exerciseId, accounts })
					.onConflictDoUpdate({
						target: [connected.node, connected.exerciseId],
						set: { accounts, at: sql`now()` }
					});
				said.set(exerciseId, { accounts: text, at: now });
			}
			if (gone.length === 0) return;
			await db.delete(connected).where(and(eq(connected.node, node), inArray(connected.exerciseId, gone)));
			for (const id of gone) said.delete(id);
		},

		/** People, not windows: who is connected twice counts once. */
		async count(exercises: readonly string[]): Promise<Map<string, number>> {
			if (exercises.length === 0) return new Map();
			const { rows } = await db.execute<{ id: string; people: string }>(sql`
				select ${connected.exerciseId} as id, count(distinct account) as people
				from ${connected}, unnest(${connected.accounts}) as account
				where ${inArray(connected.exerciseId, [...exercises])}
				and ${connected.at} > now() - make_interval(secs => ${connectedLimits.staleSeconds})
				group by ${connected.exerciseId}`);
			return new Map(rows.map(({ id, people }) => [id, Number(people)]));
		},

		/** Nobody is connected here any more; nodes that ended without a word are cleared away too. */
		async leave(): Promise<void> {
			await db
				.delete(connected)
				.where(or(eq(connected.node, node), lt(connected.at, sql`now() - interval '1 minute'`)));
		}
	};
}
