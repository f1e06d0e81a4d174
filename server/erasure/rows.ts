import { sql, type SQL } from 'drizzle-orm';
import type { Transaction } from '../database/open.ts';
import { archivedPeople, archiveParts } from '../exchange/archive/parts.ts';
import type { Eraser, Person } from './words.ts';

/*
 * The rows of an exercise, found by the same list as an archive finds them: a new table has a place there, or a reason
 * why it has none (server/exchange/archive/parts.ts).
 */

const batchRows = 500;

/**
 * Rows that are about a person and nothing else: they go as a whole. `whose`: which of them are of some people, `$2` being
 * their ids and `$3` their addresses in lower case.
 */
const personal: readonly (readonly [table: string, scope: string, whose: string])[] = [
	['terms_acceptance', 'exercise_id = $1', 'account_id = any($2)'],
	[
		'communication_answer',
		'check_id in (select id from communication_check where exercise_id = $1)',
		'account_id = any($2)'
	],
	['work_claim', 'exercise_id = $1', 'account_id = any($2)'],
	['help_request', 'exercise_id = $1', 'account_id = any($2)'],
	['survey_answered', 'exercise_id = $1', 'account_id = any($2)'],
	['looked', 'exercise_id = $1', 'account_id = any($2)'],
	['notice_cursor', 'exercise_id = $1', 'account_id = any($2)'],
	// of the moment: nodes write them anew
	['connected', 'exercise_id = $1', 'true'],
	['presence', 'document in (select name from document where exercise_id = $1)', 'true'],
	['mail', 'exercise_id = $1', 'lower(to_address) = any($3)'],
	['invitation', 'exercise_id = $1', 'account_id = any($2)'],
	// somebody has to be able to read what is left, and to answer for it
	['membership', "exercise_id = $1 and role <> 'director'", 'account_id = any($2)']
];

/** What has its own place in an erasure: the chain and its facts (chain.ts), and pages (pages.ts). */
const elsewhere = new Set([
	'fact',
	'audit',
	'audit_head',
	'document',
	'document_update',
	'document_client',
	'document_snapshot'
]);

/** Where names stand that people had then, besides their accounts. */
const formerNames = `
	select actor_name as name from fact where exercise_id = $1
	union select author_name from inject_comment where exercise_id = $1
	union select asked_by from question where exercise_id = $1
	union select answered_by from question where exercise_id = $1
	union select asked_by from help_request where exercise_id = $1
	union select answered_by from help_request where exercise_id = $1
	union select by_name from hot_wash_card where exercise_id = $1
	union select by_name from survey_answer where exercise_id = $1
	union select name from work_claim where exercise_id = $1
	union select acknowledged_by from delivery where exercise_id = $1
	union select owner_name from go_item where exercise_id = $1
	union select decided_by from go_item where exercise_id = $1
	union select frozen_by_name from report_version where exercise_id = $1
	union select by_name from action_mark where inject_id in (select id from inject where exercise_id = $1)
	union select by_name from suggestion_dismissal where inject_id in (select id from inject where exercise_id = $1)`;

const withId = (text: string, id: string): SQL =>
	sql.join(
		text.split('$1').flatMap((words, i) => (i === 0 ? [sql.raw(words)] : [sql`${id}`, sql.raw(words)]))
	);

/** Everybody who is named in the exercise, and every name that they had in it. */
export async function peopleOf(tx: Transaction, id: string): Promise<{ people: Person[]; names: string[] }> {
	const { rows: people } = await tx.execute<Person & Record<string, unknown>>(
		withId(archivedPeople.account.query, id)
	);
	const { rows: former } = await tx.execute<{ name: string | null }>(withId(formerNames, id));
	return { people, names: former.flatMap(({ name }) => name ?? []) };
}

/** The names that these people had in the exercise, besides those of their accounts. */
export async function namesOf(tx: Transaction, id: string, people: readonly Person[]): Promise<string[]> {
	const ids = sql`${sql.param(people.map((one) => one.id))}::text[]`;
	const { rows } = await tx.execute<{ name: string | null }>(sql`
		select actor_name as name from fact where exercise_id = ${id} and actor_id = any(${ids})
		union select author_name from inject_comment where exercise_id = ${id} and author_id = any(${ids})
		union select asked_by from help_request where exercise_id = ${id} and account_id = any(${ids})
		union select by_name from hot_wash_card where exercise_id = ${id} and account_id = any(${ids})
		union select by_name from survey_answer where exercise_id = ${id} and account_id = any(${ids})
		union select name from work_claim where exercise_id = ${id} and account_id = any(${ids})`);
	return rows.flatMap(({ name }) => name ?? []);
}

/**
 * Deletes what is about people alone, and takes people out of everything else.
 *
 * @param only these people; null: everybody
 * @returns how many rows of other things were changed
 */
export async function eraseRows(
	tx: Transaction,
	id: string,
	eraser: Eraser,
	only: readonly Person[] | null = null
): Promise<number> {
	const ids = sql`${sql.param((only ?? []).map((one) => one.id))}::text[]`;
	const addresses = sql`${sql.param((only ?? []).map((one) => one.email.toLowerCase()))}::text[]`;
	const filled = (text: string): SQL =>
		sql.join(
			text.split(/(\$[23])/).map((part) => (part === '$2' ? ids : part === '$3' ? addresses : sql.raw(part)))
		);
	for (const [table, scope, whose] of personal)
		await tx.execute(
			sql`delete from ${sql.identifier(table)} where ${withId(scope, id)} and ${only ? filled(whose) : sql`true`}`
		);
	await emptyFrozen(tx, id, eraser, only !== null);
	const references = await accountReferences(tx);
	let changed = 0;
	for (const { table, scope } of archiveParts) {
		if (elsewhere.has(table)) continue;
		for (const { column, nullable } of references.filter((one) => one.table === table))
			if (nullable)
				await tx.execute(
					sql`update ${sql.identifier(table)} set ${sql.identifier(column)} = null
						where ${withId(scope, id)} and ${sql.identifier(column)} is not null
							and ${only ? sql`${sql.identifier(column)} = any(${ids})` : sql`true`}`
				);
		const kept = new Set(references.filter((one) => one.table === table).map(({ column }) => column));
		changed += await eraseTable(tx, table, withId(scope, id), eraser, kept);
	}
	return changed;
}

/**
 * Frozen reports are bytes, which cannot be searched: they go, and their sums stay and say what they were. Of some people's
 * erasure go those in which one of their names stands. A public one holds no name; that was checked when it was made.
 */
async function emptyFrozen(tx: Transaction, id: string, eraser: Eraser, onlySome: boolean): Promise<void> {
	const { rows } = await tx.execute<{ number: number; data: Buffer }>(
		sql`select number, data from report_version
			where exercise_id = ${id} and extent <> 'public' and data is not null`
	);
	for (const { number, data } of rows) {
		const content: unknown = JSON.parse(data.toString());
		if (onlySome && eraser.inValue(content) === content) continue;
		await tx.execute(sql`update report_version set data = null, docx = null, pdf = null
			where exercise_id = ${id} and number = ${number}`);
	}
}

interface Reference extends Record<string, unknown> {
	table: string;
	column: string;
	nullable: boolean;
}

/** Every column that points at an account. */
async function accountReferences(tx: Transaction): Promise<Reference[]> {
	const { rows } = await tx.execute<Reference>(sql`
		select c.conrelid::regclass::text as table, a.attname as column, not a.attnotnull as nullable
		from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
		where c.confrelid = 'account'::regclass and c.contype = 'f'`);
	return rows;
}

async function eraseTable(
	tx: Transaction,
	table: string,
	where: SQL,
	eraser: Eraser,
	kept: ReadonlySet<string>
): Promise<number> {
	const { rows: columns } = await tx.execute<{ name: string; type: string }>(sql`
		select column_name as name, data_type as type from information_schema.columns
		where table_schema = current_schema() and table_name = ${table} and data_type in ('text', 'jsonb', 'ARRAY')`);
	// of the program's words, none is a name
	const read = columns.filter(
		({ name }) => !kept.has(name) && !['kind', 'state', 'role', 'tlp'].includes(name)
	);
	if (read.length === 0) return 0;
	let changed = 0;
	const listed = sql.join(
		read.map(({ name }) => sql.identifier(name)),
		sql`, `
	);
	// a changed row is read again at its new place, and found clean there
	for (let after = '(0,0)'; ;) {
		const { rows } = await tx.execute<Record<string, unknown> & { place: string }>(sql`
			select ctid::text as place, ${listed} from ${sql.identifier(table)}
			where ctid > ${after}::tid and ${where} order by ctid limit ${batchRows}`);
		for (const row of rows) {
			const changes = read.flatMap(({ name, type }) => {
				const value = eraser.inValue(row[name]);
				if (value === row[name]) return [];
				const given = type === 'jsonb' ? sql`${JSON.stringify(value)}::jsonb` : sql`${sql.param(value)}`;
				return [sql`${sql.identifier(name)} = ${given}`];
			});
			if (changes.length === 0) continue;
			changed++;
			await tx.execute(
				sql`update ${sql.identifier(table)} set ${sql.join(changes, sql`, `)} where ctid = ${row.place}::tid`
			);
		}
		if (rows.length < batchRows) return changed;
		after = rows.at(-1)!.place;
	}
}

/**
 * Accounts that nothing else on this installation needs: no role in another exercise, no administrator, nothing of
 * the library or of improvement. Their name and address came with this exercise and go with it.
 */
export async function eraseAccounts(tx: Transaction, people: readonly Person[]): Promise<number> {
	// a person's own, which goes too
	const own = new Set(['session', 'import_mapping', 'notice_preference', 'notice_cursor', 'looked']);
	const needed = (await accountReferences(tx))
		.filter(({ table }) => !own.has(table))
		.map(
			({ table, column }) =>
				sql`and not exists (select 1 from ${sql.identifier(table)} r where r.${sql.identifier(column)} = account.id)`
		);
	const ids = sql`${sql.param(people.map(({ id }) => id))}::text[]`;
	const { rows } = await tx.execute<{ id: string }>(sql`
		update account set name = 'erased', email = 'erased-' || id || '@erased.invalid', password_hash = null,
			organisation_id = null, time_zone = null, disabled_at = coalesce(disabled_at, now())
		where id = any(${ids}) and not is_administrator ${sql.join(needed, sql` `)}
		returning id`);
	const gone = sql`${sql.param(rows.map(({ id }) => id))}::text[]`;
	for (const [table, column] of [
		['session', 'user_id'],
		['import_mapping', 'account_id'],
		['notice_preference', 'account_id']
	] as const)
		await tx.execute(
			sql`delete from ${sql.identifier(table)} where ${sql.identifier(column)} = any(${gone})`
		);
	return rows.length;
}
