import { sql } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import { consoleScope } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import { isInjectOver, reachedTeams } from '#lib/exercise/inject/release.ts';
import type { Database, Transaction } from '../database/open.ts';
import { readVariantInjects, type VariantRow } from '../exercises/variants.ts';
import { readTeams } from '../exercises/teams.ts';
import { createSharedReads } from '../shared-read.ts';
import {
	keyOf,
	readInjects,
	toBoardInject,
	withDeliveries,
	type BoardCursor,
	type InjectRow
} from './board.ts';
import { BoardText } from './board-text.ts';

/*
 * What is new on the boards of an exercise, read once for all consoles. During play 160 of them are told of every
 * change; asked one by one, their reads filled the server's core (docs/measurements.md). So the changes since a while
 * ago are kept in memory, brought up to date by one reading for everybody who waits, and each console's answer is cut
 * out of them by its countries. Whoever has been away longer reads from the database (`board.ts`); both say the same.
 */
const limits = {
	/** between two readings, ms: a person does not see the difference */
	gapMs: 150,
	/** changes of deliveries that are kept; with a burst of 5,000 still a minute */
	changes: 20_000
} as const;

/** One delivery as it stood after a change. Times are exercise time, ms. */
type DeliveryChange = {
	changed: number;
	inject: InjectId;
	team: string;
	releasedAt: number;
	acknowledgeBy: number | null;
	respondBy: number | null;
	seenAt: number | null;
	acknowledgedAt: number | null;
	respondedAt: number | null;
};

interface KnownInject {
	row: InjectRow;
	/** the sequence after which its readers have to be told of it again */
	at: number;
	/** the countries whose moderators see it */
	seenIn: ReadonlySet<CountryCode>;
}

/** The teams of a scope, and what numbers them. */
interface ScopeTeams {
	teams: Team[];
	key: string;
	numbers: ReadonlyMap<string, number>;
}

export class BoardChanges {
	readonly #exercise: ExerciseId;
	/** what is kept is the state of this sequence; -1: nothing was read yet */
	#sequence = -1;
	#rights = -1;
	/** changes after this one are all here */
	#from = 0;
	#teams: Team[] = [];
	#countryOf = new Map<string, CountryCode>();
	#variants: ReadonlyMap<string, readonly VariantRow[]> = new Map();
	readonly #injects = new Map<string, KnownInject>();
	/** by inject, the countries to whose teams it came */
	readonly #releasedTo = new Map<string, Set<CountryCode>>();
	/** in order of `changed` */
	#deliveries: DeliveryChange[] = [];
	/** at this sequence somebody lost sight of an inject: a moderator who read before it has to be sent all */
	#lostAt = 0;
	readonly #scopes = new Map<string, ScopeTeams>();
	/** of this sequence, by scope and cursor */
	readonly #answers = new Map<string, BoardText>();

	constructor(exercise: ExerciseId) {
		this.#exercise = exercise;
	}

	/** Reads what is new. Call in one state of the database, and one call at a time. */
	async refresh(tx: Transaction): Promise<void> {
		const { rows } = await tx.execute<{ sequence: string; rights: number }>(
			sql`select sequence, rights_version as rights from exercise where id = ${this.#exercise}`
		);
		const sequence = Number(rows[0]?.sequence ?? 0);
		const rights = rows[0]?.rights ?? 0;
		if (sequence === this.#sequence && rights === this.#rights) return;
		const before = this.#sequence;
		// broken off half-way, it begins anew
		this.#sequence = -1;
		this.#answers.clear();
		const teams = rights === this.#rights ? this.#teams : await readTeams(tx, this.#exercise);
		// other teams, or another life of the exercise (restored, moved): begin again
		if (before < 0 || sequence < before || JSON.stringify(teams) !== JSON.stringify(this.#teams))
			await this.#begin(tx, sequence, teams);
		else if (sequence > before) await this.#follow(tx, before);
		this.#sequence = sequence;
		this.#rights = rights;
	}

	async #begin(tx: Transaction, sequence: number, teams: Team[]): Promise<void> {
		this.#from = this.#lostAt = sequence;
		this.#teams = teams;
		this.#countryOf = new Map(this.#teams.map((team) => [team.id, team.country]));
		this.#scopes.clear();
		this.#deliveries = [];
		this.#injects.clear();
		this.#releasedTo.clear();
		const { rows } = await tx.execute<{ inject: string; country: CountryCode }>(sql`
			select distinct d.inject_id as inject, t.country from delivery d join team t on t.id = d.team_id
			where d.exercise_id = ${this.#exercise}`);
		for (const { inject, country } of rows) this.#cameTo(inject, country);
		this.#variants = await readVariantInjects(tx, this.#exercise);
		for (const row of await readInjects(tx, this.#exercise, null))
			this.#injects.set(row.id, { row, at: sequence, seenIn: this.#seenIn(row) });
	}

	async #follow(tx: Transaction, after: number): Promise<void> {
		const injects = await readInjects(tx, this.#exercise, after);
		if (injects.length > 0) this.#variants = await readVariantInjects(tx, this.#exercise);
		const deliveries = await readDeliveryChanges(tx, this.#exercise, after);
		const touched = new Map<string, { row: InjectRow; at: number }>();
		// a central inject also changes with its variants
		for (const row of injects) touched.set(row.id, { row, at: Number(row.changed) });
		for (const row of injects) {
			const central = row.variant_of === null ? undefined : touched.get(row.variant_of);
			if (central) central.at = Math.max(central.at, Number(row.changed));
		}
		for (const one of deliveries) {
			const country = this.#countryOf.get(one.team);
			if (!country || !this.#cameTo(one.inject, country)) continue;
			const known = touched.get(one.inject) ?? this.#injects.get(one.inject);
			if (known) touched.set(one.inject, { row: known.row, at: Math.max(known.at, one.changed) });
		}
		for (const [id, { row, at }] of touched) {
			const earlier = this.#injects.get(id);
			const seenIn = this.#seenIn(row);
			this.#injects.set(id, { row, at, seenIn });
			// a new variant also changes what its central inject's followers count from
			const isNewVariant = row.variant_of !== null && row.variant_of !== earlier?.row.variant_of;
			if (isNewVariant || (earlier && !earlier.seenIn.isSubsetOf(seenIn)))
				this.#lostAt = Math.max(this.#lostAt, at);
		}
		this.#deliveries.push(...deliveries);
		if (this.#deliveries.length > limits.changes) {
			const kept = this.#deliveries.slice(-limits.changes / 2);
			this.#from = kept[0]!.changed;
			this.#deliveries = kept;
		}
	}

	/** Whether that was new. */
	#cameTo(inject: string, country: CountryCode): boolean {
		const countries = this.#releasedTo.get(inject) ?? new Set<CountryCode>();
		const isNew = !countries.has(country);
		this.#releasedTo.set(inject, countries.add(country));
		return isNew;
	}

	/** As `toBoardInject` decides it for each country by itself. */
	#seenIn(row: InjectRow): ReadonlySet<CountryCode> {
		const countries = new Set(this.#releasedTo.get(row.id));
		if (isInjectOver(row.state)) return countries;
		const variants = row.cell === 'central' ? (this.#variants.get(row.id) ?? []) : [];
		const { reached } = reachedTeams(
			row.to,
			variants.map(({ country }) => country),
			this.#teams
		);
		for (const { country } of reached) countries.add(country);
		return countries;
	}

	#scopeTeams(scope: ReadonlySet<CountryCode> | null, name: string): ScopeTeams {
		const kept = this.#scopes.get(name);
		if (kept) return kept;
		const teams = scope === null ? this.#teams : this.#teams.filter((team) => scope.has(team.country));
		const made = {
			teams,
			key: keyOf(teams),
			numbers: new Map(teams.map((team, index): [string, number] => [team.id, index]))
		};
		this.#scopes.set(name, made);
		return made;
	}

	/** What is new for a reader since a cursor, as `boardJson` says it; null: it is not kept here, read it there. */
	answer(actor: Actor, since: BoardCursor): BoardText | null {
		const scope = consoleScope(actor);
		const name = scopeName(scope);
		const { teams, key, numbers } = this.#scopeTeams(scope, name);
		const after = since.sequence;
		if (after < this.#from || after > this.#sequence || key !== since.teamsKey) return null;
		const cached = this.#answers.get(`${name} ${after}`);
		if (cached) return cached;
		const allInjects = scope !== null && after < this.#lostAt;
		const released = scope && { has: (id: string) => intersects(this.#releasedTo.get(id), scope) };
		const rows = [...this.#injects.values()].filter(({ at }) => allInjects || at > after);
		const text = withDeliveries(
			{
				sequence: this.#sequence,
				teamsKey: key,
				whole: false,
				allInjects,
				injects: rows.flatMap(({ row }) =>
					toBoardInject(row, this.#variants, this.#teams, teams, actor, released)
				)
			},
			this.#deliveriesSince(after, numbers)
		);
		const answer = new BoardText(text);
		this.#answers.set(`${name} ${after}`, answer);
		return answer;
	}

	#deliveriesSince(after: number, numbers: ReadonlyMap<string, number>): string {
		const seen = new Set<string>();
		const groups = new Map<string, string[]>();
		for (let i = this.#deliveries.length - 1; i >= 0 && this.#deliveries[i]!.changed > after; i--) {
			const one = this.#deliveries[i]!;
			const number = numbers.get(one.team);
			const id = `${one.inject} ${one.team}`;
			// the latest state of each, and only of the reader's teams
			if (number === undefined || seen.has(id)) continue;
			seen.add(id);
			const head = `{"inject":"${one.inject}","releasedAt":${one.releasedAt},"acknowledgeBy":${one.acknowledgeBy},"respondBy":${one.respondBy},"cells":[`;
			const cells = groups.get(head) ?? [];
			const from = (at: number | null) => (at === null ? 'null' : String(at - one.releasedAt));
			cells.push(`${number},${from(one.seenAt)},${from(one.acknowledgedAt)},${from(one.respondedAt)}`);
			groups.set(head, cells);
		}
		return [...groups].map(([head, cells]) => `${head}${cells.join(',')}]}`).join(',');
	}
}

/** Those of the same scope share. */
export const scopeName = (scope: ReadonlySet<CountryCode> | null): string =>
	scope === null ? 'all' : [...scope].sort().join(' ');

function intersects(some: ReadonlySet<CountryCode> | undefined, others: ReadonlySet<CountryCode>): boolean {
	return some !== undefined && !some.isDisjointFrom(others);
}

async function readDeliveryChanges(
	tx: Transaction,
	exercise: ExerciseId,
	after: number
): Promise<DeliveryChange[]> {
	const { rows } = await tx.execute<Record<keyof DeliveryChange, string | null>>(sql`
		select changed, inject_id as inject, team_id as team, released_at as "releasedAt",
			acknowledge_by as "acknowledgeBy", respond_by as "respondBy",
			seen_at as "seenAt", acknowledged_at as "acknowledgedAt", responded_at as "respondedAt"
		from delivery where exercise_id = ${exercise} and changed > ${after} order by changed`);
	const number = (value: string | null) => (value === null ? null : Number(value));
	return rows.map((row) => ({
		changed: Number(row.changed),
		inject: row.inject as InjectId,
		team: row.team!,
		releasedAt: Number(row.releasedAt),
		acknowledgeBy: number(row.acknowledgeBy),
		respondBy: number(row.respondBy),
		seenAt: number(row.seenAt),
		acknowledgedAt: number(row.acknowledgedAt),
		respondedAt: number(row.respondedAt)
	}));
}

/** The changes of all exercises that are looked at in this process. */
export function createBoardChanges(gapMs: number = limits.gapMs) {
	const shared = createSharedReads<BoardChanges>(gapMs);
	return (database: Database, { id }: Pick<Exercise, 'id'>): Promise<BoardChanges> =>
		shared(id, () => {
			const changes = new BoardChanges(id);
			return async () => {
				await database.db.transaction((tx) => changes.refresh(tx), {
					// one state of the exercise, whatever is released meanwhile
					isolationLevel: 'repeatable read',
					accessMode: 'read only'
				});
				return changes;
			};
		});
}
