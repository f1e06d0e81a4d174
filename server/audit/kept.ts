import { sql } from 'drizzle-orm';
import type { Database } from '../database/open.ts';
import { audit, auditHead, fact } from '../database/schema.ts';
import type { ListedFact } from './chain.ts';
import type { Kept, KeptFact, KeptRow } from './verify.ts';

const rowsAtATime = 1000;

/** The act whose rows say what an erasure left, and what they say. */
export const erasureAct = 'exercise.erased';
export interface ErasureDetail extends Record<string, unknown> {
	erasedRows?: { sequence: number; sha256: string }[];
	erasedFacts?: Pick<ListedFact, 'sequence' | 'sha256' | 'stamp'>[];
}

/** Reads a chain and its facts so that nothing is rounded away: what a JavaScript date or number cannot say is seen. */
export function keptIn({ db }: Pick<Database, 'db'>, scope: string): Kept {
	return {
		scope,
		async rows(after) {
			const { rows } = await db.execute<{
				sequence: string;
				at: string;
				actor_id: string | null;
				act: string;
				detail: string;
				hash: string;
			}>(sql`
				select sequence, (extract(epoch from at) * 1000000)::text as at, actor_id, act, detail::text as detail, hash
				from ${audit} where scope = ${scope} and ${after === null ? sql`true` : sql`sequence > ${after}`}
				order by sequence limit ${rowsAtATime}`);
			return rows.map((row): KeptRow => {
				const at = milliseconds(row.at);
				return {
					scope,
					sequence: Number(row.sequence),
					at: at === null ? null : new Date(at).toISOString(),
					actorId: row.actor_id,
					act: row.act,
					detail: exactly(row.detail) as KeptRow['detail'],
					hash: row.hash
				};
			});
		},
		async facts(after, upTo) {
			const { rows } = await db.execute<{
				sequence: string;
				kind: string;
				team_id: string | null;
				actor_id: string | null;
				actor_name: string | null;
				wall_at: string;
				exercise_at: string | null;
				fact: string;
			}>(sql`
				select sequence, kind, team_id, actor_id, actor_name, (extract(epoch from wall_at) * 1000000)::text as wall_at,
					exercise_at::text as exercise_at, fact::text as fact
				from ${fact} where exercise_id = ${scope} and ${after === null ? sql`true` : sql`sequence > ${after}`}
					and ${upTo === null ? sql`true` : sql`sequence <= ${upTo}`}
				order by sequence ${upTo === null ? sql`limit 1` : sql``}`);
			return rows.map((row): KeptFact => ({
				sequence: Number(row.sequence),
				kind: row.kind,
				teamId: row.team_id,
				actorId: row.actor_id,
				actorName: row.actor_name,
				wallAt: milliseconds(row.wall_at),
				exerciseAt: row.exercise_at === null ? null : Number(row.exercise_at),
				fact: exactly(row.fact)
			}));
		},
		async erased() {
			const { rows } = await db.execute<{ detail: ErasureDetail }>(sql`
				select detail from ${audit} where scope = ${scope} and act = ${erasureAct} order by sequence`);
			return {
				rows: new Map(
					rows.flatMap(({ detail }) => detail.erasedRows ?? []).map((one) => [one.sequence, one.sha256])
				),
				facts: new Map(
					rows.flatMap(({ detail }) => detail.erasedFacts ?? []).map((one) => [one.sequence, one])
				)
			};
		},
		async head() {
			const { rows } = await db.execute<{ sequence: string; hash: string }>(
				sql`select sequence, hash from ${auditHead} where scope = ${scope}`
			);
			return rows[0] ? { sequence: Number(rows[0].sequence), hash: rows[0].hash } : null;
		}
	};
}

/** Acts are stamped in whole milliseconds: null for anything finer, for infinity, and for what no date can hold. */
function milliseconds(microseconds: string): number | null {
	const whole =
		/^(-?\d+)000(?:\.0+)?$/.exec(microseconds)?.[1] ?? (/^0(?:\.0+)?$/.test(microseconds) ? '0' : null);
	if (whole === null) return null;
	const ms = Number(whole);
	return Number.isNaN(new Date(ms).getTime()) ? null : ms;
}

/** The value of a jsonb text; null where it holds a number that JavaScript would read as another one. */
function exactly(text: string): unknown {
	const numbers = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').match(/-?\d[\d.]*/g) ?? [];
	const isExact = (token: string) => {
		const value = Number(token);
		// large and tiny ones are spelled out by PostgreSQL, in powers of ten by JavaScript
		return String(value) === token || /e/.test(String(value));
	};
	return numbers.every(isExact) ? (JSON.parse(text) as unknown) : null;
}
