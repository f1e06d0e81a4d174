import { eq, inArray, sql } from 'drizzle-orm';
import { parseDocumentName } from '#lib/exercise/documents.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { mayReplay } from '#lib/exercise/replay/access.ts';
import type { Touch } from '#lib/exercise/replay/rebuild.ts';
import type { Database } from '../database/open.ts';
import { account, document } from '../database/schema.ts';
import type { Documents } from '../documents/documents.ts';
import { noExercise } from '../exercises/rights.ts';
import { replayLimits, type ReplayLimits } from './limits.ts';
import { positionAt } from './position.ts';
import { createRebuilder } from './rebuilder.ts';

/** A page as it stood at a moment, for one reader. */
export type PageThen =
	| {
			is: 'kept';
			/** the page, as one Yjs update in base64: the browser reads it as it reads the live one */
			state: string;
			/** who touched its parts last, by place (exercise/replay/rebuild.ts) */
			touched: Record<string, TouchThen>;
			/** null: nobody had touched it */
			last: TouchThen | null;
			/** wall times of its last change by then and of the next one, ms: it stood so all the while; null: none came yet */
			from: number;
			until: number | null;
	  }
	| { is: 'unwritten' }
	/** its log begins only then, wall time, ms */
	| { is: 'gone'; since: number };

export interface TouchThen {
	/** null: the server itself, or a name that was erased */
	by: string | null;
	/** wall time, ms */
	at: number;
}

/** When a page was changed, and by whom: what the slider can stop at. Wall times, ms, ascending. */
export interface PageMoments {
	moments: TouchThen[];
	/** there are earlier ones, which are not listed */
	shortened: boolean;
	/** its log begins only then; null: it is whole */
	goneBefore: number | null;
}

export type Replay = ReturnType<typeof createReplay>;

/** Pages as they stood. The right is asked anew for each answer, by the function that opens the live page. */
export function createReplay({
	database,
	documents,
	limits = replayLimits
}: {
	database: Database;
	documents: Pick<Documents, 'rightTo'>;
	limits?: ReplayLimits;
}) {
	const { db } = database;
	const rebuildAt = createRebuilder(database, limits);

	/** `path`: the document's name behind the exercise's, as `worksheet/<team>/notes`. Timelines are read where they are live. */
	async function open(exercise: Exercise, actor: Actor, path: string): Promise<string> {
		const name = `exercise/${exercise.id}/${path}`;
		if (parseDocumentName(name)?.kind === 'timeline') throw noExercise();
		const { ref, right } = await documents.rightTo(name, actor.accountId);
		if (!mayReplay(ref, right, actor)) throw noExercise();
		return name;
	}

	async function namesOf(ids: Iterable<string | null>): Promise<Map<string, string>> {
		const wanted = [...new Set([...ids].filter((id) => id !== null))];
		if (wanted.length === 0) return new Map();
		const rows = await db
			.select({ id: account.id, name: account.name })
			.from(account)
			.where(inArray(account.id, wanted));
		return new Map(rows.map((row) => [row.id, row.name]));
	}

	/** How the page stood at a moment of the wall's clock, ms. */
	async function page(exercise: Exercise, actor: Actor, path: string, wall: number): Promise<PageThen> {
		const name = await open(exercise, actor, path);
		const found = await positionAt(database, name, wall);
		if (!found) throw noExercise();
		if (found.is !== 'kept') return found;
		const { rebuilt } = await rebuildAt(found, actor.accountId);
		const names = await namesOf(Object.values(rebuilt.touched).map(({ author }) => author));
		const told = ({ author, at }: Touch): TouchThen => ({ by: (author && names.get(author)) ?? null, at });
		const touched = Object.fromEntries(
			Object.entries(rebuilt.touched).map(([place, touch]) => [place, told(touch)])
		);
		const last = Object.values(rebuilt.touched).reduce<Touch | null>(
			(newest, one) => (newest === null || one.at > newest.at ? one : newest),
			null
		);
		return {
			is: 'kept',
			state: Buffer.from(rebuilt.state).toString('base64'),
			touched,
			last: last && told(last),
			from: found.from,
			until: found.until
		};
	}

	/** When the page was changed, in all its epochs. */
	async function moments(exercise: Exercise, actor: Actor, path: string): Promise<PageMoments> {
		const name = await open(exercise, actor, path);
		const [head] = await db.select({ epoch: document.epoch }).from(document).where(eq(document.name, name));
		if (!head) throw noExercise();
		// one for each person and half a minute: key strokes are many
		const { rows } = await db.execute<{ author: string | null; at: string }>(sql`
			select author, floor(extract(epoch from max(at)) * 1000)::bigint as at
			from document_update where document = ${name}
			group by author, floor(extract(epoch from at) * 1000 / ${limits.momentMs}::int)
			order by 2 desc limit ${limits.moments + 1}`);
		const [first] = (
			await db.execute<{ epoch: number; at: string }>(sql`
				select epoch, floor(extract(epoch from at) * 1000)::bigint as at
				from document_update where document = ${name} order by epoch, sequence limit 1`)
		).rows;
		const names = await namesOf(rows.map((row) => row.author));
		return {
			moments: rows
				.slice(0, limits.moments)
				.reverse()
				.map(({ author, at }) => ({ by: (author && names.get(author)) ?? null, at: Number(at) })),
			shortened: rows.length > limits.moments,
			goneBefore: first && Number(first.epoch) > 0 ? Number(first.at) : null
		};
	}

	return { page, moments };
}
