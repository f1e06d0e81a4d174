import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import { belongingTo, type Part } from '#lib/exercise/erasure/country.ts';
import { dayOf, erasureDaySchema } from '#lib/exercise/erasure/day.ts';
import { isDirector } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { countryCodes, countryName, type CountryCode } from '#lib/standards/countries.ts';
import { verifyAudit, writeAudit } from '../audit/audit.ts';
import { databaseNow, type Database, type Transaction } from '../database/open.ts';
import { countryErasure, exercise } from '../database/schema.ts';
import type { Documents } from '../documents/documents.ts';
import type { Ring } from '../exercises/change.ts';
import { check } from '../exercises/check.ts';
import { noExercise, raiseRights } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { mintId } from '../mint.ts';
import { eraseChain } from './chain.ts';
import { erasePages } from './pages.ts';
import { eraseAccounts, eraseRows, namesOf, peopleOf } from './rows.ts';
import { Eraser, type Person } from './words.ts';

export interface CountryErasureView {
	country: CountryCode;
	/** `2027-06-10`, UTC; null: none was chosen, or it was done and nobody has chosen another */
	day: string | null;
	reason: string | null;
	/** wall time, ms, of the last one; null: never */
	erasedAt: number | null;
	people: number | null;
}

/** What an erasure does, or would do. */
export interface CountryErasureResult {
	exercise: ExerciseId;
	country: CountryCode;
	/** whose names go */
	people: number;
	/** facts, audit rows and other rows in which something changes */
	texts: number;
	/** pages and timelines that begin anew */
	documents: number;
	accounts: number;
	/** names of those of this country who stay, because they have another part in the exercise */
	kept: string[];
	/** names that somebody who stays bears too: in free text nobody can tell the two apart */
	shared: string[];
}

const inPlay = ['running', 'paused', 'stopped'];
const chosenSchema = erasureDaySchema.extend({ country: z.enum(countryCodes) });
const nowSchema = chosenSchema.omit({ day: true });

/** Undoes a look at what would happen. */
class OnlyLooked extends Error {
	readonly result: CountryErasureResult;
	constructor(result: CountryErasureResult) {
		super('nothing was done');
		this.result = result;
	}
}

/**
 * The names of one country's people leave an exercise, now or on a day; the others' stay. The same steps as for the whole
 * (erasure.ts, docs/adr/0014-erasure.md) for fewer people, and the chain says so in the same way.
 */
export function createCountryErasure({
	database,
	documents,
	ring,
	log
}: {
	database: Database;
	documents: Pick<Documents, 'begunAnew'>;
	ring: Ring;
	log: Logger;
}) {
	const { db } = database;

	function requireDirector(of: Exercise, actor: Actor): void {
		if (actor.memberships.length === 0) throw noExercise();
		if (!isDirector(actor)) throw new AppError('forbidden', 'Only the exercise director does this.');
		if (of.rehearsalOf)
			throw new AppError('not-now', 'The names of a rehearsal go with those of its exercise. Choose there.');
	}

	async function requireCountry(id: ExerciseId, country: CountryCode): Promise<void> {
		const { rows } = await db.execute(sql`
			select 1 from team where exercise_id = ${id} and country = ${country}
			union select 1 from membership where exercise_id = ${id} and (country = ${country} or cell = ${country}) limit 1`);
		if (rows.length === 0)
			throw new AppError('invalid', `${countryName(country)} has no part in this exercise.`);
	}

	async function choose(
		of: Exercise,
		actor: Actor,
		{ country, day, reason }: z.infer<typeof chosenSchema>
	): Promise<void> {
		await db.transaction(async (tx) => {
			const [row] = await tx.select().from(exercise).where(eq(exercise.id, of.id)).for('no key update');
			if (!row) throw noExercise();
			if (row.erasedAt) throw new AppError('not-now', 'The names of this exercise were erased already.');
			const values = { eraseOn: day, reason, erasedAt: null, people: null };
			await tx
				.insert(countryErasure)
				.values({ exerciseId: of.id, country, ...values })
				.onConflictDoUpdate({ target: [countryErasure.exerciseId, countryErasure.country], set: values });
			await writeAudit(tx, {
				scope: of.id,
				actorId: actor.accountId,
				act: 'erasure.chosen',
				detail: { country, to: day, reason }
			});
		});
		ring({ exercise: of.id, topics: ['readiness'] });
	}

	/** All of it in one transaction, or nothing. null: the day has not come, it is in play, or it was done. */
	async function erase(
		id: ExerciseId,
		country: CountryCode,
		onlyLook = false
	): Promise<CountryErasureResult | null> {
		const work = db.transaction(async (tx) => {
			// as exclusive commands do: nobody acts in the exercise meanwhile
			await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`exercise ${id}`}, 0))`);
			const [row] = await tx.select().from(exercise).where(eq(exercise.id, id)).for('update');
			if (!row || inPlay.includes(row.state) || row.erasedAt) return null;
			if (onlyLook) await pretend(tx, id, country);
			const [due] = await tx
				.select()
				.from(countryErasure)
				.where(
					and(
						eq(countryErasure.exerciseId, id),
						eq(countryErasure.country, country),
						isNull(countryErasure.erasedAt),
						sql`${countryErasure.eraseOn} <= (now() at time zone 'UTC')::date`
					)
				)
				.for('update');
			if (!due) return null;
			// an erasure on a chain that is broken would hide what was done to it
			const before = await verifyAudit({ ...database, db: tx as unknown as Database['db'] }, id);
			if (before.broken)
				throw new AppError(
					'not-now',
					`The audit chain is broken at row ${before.broken.sequence}: ${before.broken.why}. Nothing was erased.`
				);
			await tx.execute(sql`select set_config('muster.erasing', ${id}, true)`);
			const { goes, kept, shared } = await ofCountry(tx, id, country);
			const eraser = new Eraser(goes, await namesOf(tx, id, goes), () => mintId<string>());
			await raiseRights(tx, id);
			const rows = await eraseRows(tx, id, eraser, goes);
			const pages = await erasePages(tx, id, eraser);
			const told = { country, day: due.eraseOn, people: goes.length, documents: pages.length };
			const counts = await eraseChain(tx, id, eraser, told, { othersStay: true });
			const accounts = await eraseAccounts(tx, goes);
			await tx
				.update(countryErasure)
				.set({ erasedAt: sql`now()`, people: goes.length })
				.where(and(eq(countryErasure.exerciseId, id), eq(countryErasure.country, country)));
			const result: CountryErasureResult = {
				exercise: id,
				country,
				people: goes.length,
				texts: counts.facts + counts.rows + rows,
				documents: pages.length,
				accounts,
				kept: kept.map(({ name }) => name).sort(),
				shared
			};
			if (onlyLook) throw new OnlyLooked(result);
			return { pages, result };
		});
		const done = await work.catch((problem: unknown) => {
			if (problem instanceof OnlyLooked) return { pages: [], result: problem.result };
			throw problem;
		});
		if (!done) return null;
		if (onlyLook) return done.result;
		documents.begunAnew(done.pages);
		ring({ exercise: id, topics: ['rights', 'people', 'readiness'] });
		const { kept: _kept, shared: _shared, ...counts } = done.result;
		log.info(counts, 'the names of a country were erased');
		return done.result;
	}

	/** The triggers let nothing through whose day has not come; what is written here is taken back with the rest. */
	const pretend = (tx: Transaction, id: ExerciseId, country: CountryCode) =>
		tx.execute(sql`
			insert into ${countryErasure} (exercise_id, country, erase_on, reason)
			values (${id}, ${country}, (now() at time zone 'UTC')::date, '')
			on conflict (exercise_id, country) do update set erase_on = excluded.erase_on, erased_at = null`);

	/** A rehearsal has its planners' names: they go with the exercise's. */
	async function withRehearsals(id: ExerciseId, country: CountryCode): Promise<CountryErasureResult | null> {
		const rehearsals = await db
			.select({ id: exercise.id })
			.from(exercise)
			.where(and(eq(exercise.rehearsalOf, id), isNull(exercise.erasedAt)));
		for (const one of rehearsals) {
			await db.execute(sql`
				insert into ${countryErasure} (exercise_id, country, erase_on, reason)
				select ${one.id}, country, erase_on, reason from ${countryErasure}
				where exercise_id = ${id} and country = ${country}
				on conflict (exercise_id, country) do update
				set erase_on = excluded.erase_on, reason = excluded.reason, erased_at = null`);
			await erase(one.id as ExerciseId, country);
		}
		return erase(id, country);
	}

	return {
		async list(of: Exercise, actor: Actor): Promise<CountryErasureView[]> {
			if (!isDirector(actor)) return [];
			const [teams, rows] = await Promise.all([
				readTeams(db, of.id),
				db.select().from(countryErasure).where(eq(countryErasure.exerciseId, of.id))
			]);
			const byCountry = new Map(rows.map((row) => [row.country, row]));
			const countries = new Set([...teams.map(({ country }) => country), ...byCountry.keys()]);
			return countryCodes
				.filter((country) => countries.has(country))
				.map((country) => {
					const row = byCountry.get(country);
					return {
						country,
						day: row && !row.erasedAt ? row.eraseOn : null,
						reason: row && !row.erasedAt ? row.reason : null,
						erasedAt: row?.erasedAt?.getTime() ?? null,
						people: row?.people ?? null
					};
				});
		},

		/** What it would come to, counted by doing it and taking it back. */
		async preview(of: Exercise, actor: Actor, given: unknown): Promise<CountryErasureResult> {
			requireDirector(of, actor);
			const country = check(z.enum(countryCodes), given);
			await requireCountry(of.id, country);
			const result = await erase(of.id, country, true);
			if (!result) throw notNow();
			return result;
		},

		/** On a day from tomorrow on, as that country chose. */
		async chooseDay(of: Exercise, actor: Actor, wanted: unknown): Promise<void> {
			requireDirector(of, actor);
			const chosen = check(chosenSchema, wanted);
			await requireCountry(of.id, chosen.country);
			const today = dayOf(await databaseNow(db));
			if (chosen.day <= today)
				throw new AppError('invalid', 'Choose a day from tomorrow on, or erase the names now.');
			if (Date.parse(chosen.day) > Date.parse(today) + 10 * 366 * 86_400_000)
				throw new AppError('invalid', 'Choose a day within ten years.');
			await choose(of, actor, chosen);
		},

		/** At once. `confirm`: the country's name, typed by whoever does it. */
		async eraseNow(
			of: Exercise,
			actor: Actor,
			wanted: unknown,
			confirm: string
		): Promise<CountryErasureResult> {
			requireDirector(of, actor);
			const { country, reason } = check(nowSchema, wanted);
			await requireCountry(of.id, country);
			if (confirm.trim() !== countryName(country))
				throw new AppError('invalid', `Type “${countryName(country)}” to confirm: nobody can undo it.`);
			if (inPlay.includes(of.state)) throw notNow();
			await choose(of, actor, { country, reason, day: dayOf(await databaseNow(db)) });
			const result = await withRehearsals(of.id, country);
			if (!result) throw notNow();
			return result;
		},

		/** What is due on its day. What fails is tried again at the next look. */
		async look(): Promise<CountryErasureResult[]> {
			const due = await db
				.select({ id: countryErasure.exerciseId, country: countryErasure.country })
				.from(countryErasure)
				.innerJoin(exercise, eq(exercise.id, countryErasure.exerciseId))
				.where(
					and(
						isNull(countryErasure.erasedAt),
						isNull(exercise.erasedAt),
						isNull(exercise.rehearsalOf),
						sql`${countryErasure.eraseOn} <= (now() at time zone 'UTC')::date`
					)
				);
			const done: CountryErasureResult[] = [];
			for (const { id, country } of due)
				try {
					const result = await withRehearsals(id as ExerciseId, country as CountryCode);
					if (result) done.push(result);
				} catch (error) {
					log.error({ err: error, exercise: id, country }, 'names of a country could not be erased');
				}
			return done;
		}
	};
}

const notNow = () =>
	new AppError(
		'not-now',
		'Names are not erased while the exercise is in play, nor where they were erased already.'
	);

/** Who goes, who stays, and which names are both's. */
async function ofCountry(tx: Transaction, id: ExerciseId, country: CountryCode) {
	const { people } = await peopleOf(tx, id);
	const teams = new Map((await readTeams(tx, id)).map((team) => [team.id, team]));
	const { rows: parts } = await tx.execute<Part & { account: string } & Record<string, unknown>>(sql`
		select account_id as account, role, team_id as team, country, cell from membership where exercise_id = ${id}`);
	const { rows: acted } = await tx.execute<{ account: string; team: TeamId }>(sql`
		select distinct actor_id as account, team_id as team from fact
		where exercise_id = ${id} and actor_id is not null and team_id is not null`);
	const partsOf = Map.groupBy(parts, ({ account }) => account);
	const actedOf = Map.groupBy(acted, ({ account }) => account);
	const found: Record<'goes' | 'stays' | 'other', Person[]> = { goes: [], stays: [], other: [] };
	for (const person of people)
		found[
			belongingTo(
				country,
				{
					parts: partsOf.get(person.id) ?? [],
					actedFor: (actedOf.get(person.id) ?? []).map(({ team }) => team)
				},
				teams
			)
		].push(person);
	const staying = new Set([...found.stays, ...found.other].map(({ name }) => name.trim().toLowerCase()));
	return {
		goes: found.goes,
		kept: found.stays,
		shared: [...new Set(found.goes.map(({ name }) => name))]
			.filter((name) => staying.has(name.trim().toLowerCase()))
			.sort()
	};
}
