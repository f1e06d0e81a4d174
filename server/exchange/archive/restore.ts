import { eq, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { ExerciseKind } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { verifyAudit } from '../../audit/audit.ts';
import type { Database, Transaction } from '../../database/open.ts';
import type { FileStore } from '../../files/store.ts';
import { exercise, team } from '../../database/schema.ts';
import {
	createCellDocuments,
	createExerciseDocuments,
	createTeamDocuments
} from '../../exercises/documents.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { restoreFiles } from './files.ts';
import { verifyDocuments } from '../../documents/verify.ts';
import { changed, type Manifest, type ManifestPart } from './manifest.ts';
import { openArchive, type OpenArchive } from './open.ts';
import { archivedPeople, archiveParts, pointers, pointersWithin } from './parts.ts';

const batchRows = 500;
const batchCharacters = 8_000_000;

export interface Restored {
	manifest: Manifest;
	/** people of the archive who had an account here already, by e-mail */
	known: number;
}

/**
 * Puts an exercise back, in one transaction: all of it or nothing. Before: every part has its sum. After: every table
 * has as many rows of this exercise as the archive states, the audit chain verifies, and every update of every document
 * has its own sum. Whoever has an account with the same address keeps it; everybody else gets one without a password.
 */
export async function restoreArchive(
	database: Database,
	files: Pick<FileStore, 'put'>,
	file: string,
	progress: (sentence: string) => void = () => undefined
): Promise<Restored> {
	const archive = await openArchive(file, progress);
	try {
		await restoreFiles(archive, files);
		return await database.db.transaction(async (tx) => {
			const { manifest } = archive;
			const id = manifest.exercise.id;
			await refuseWhatIsHere(tx, id);
			const partOf = await matchParts(tx, manifest);
			await tx.execute(sql`set local timezone to 'UTC'`);
			const known = await restorePeople(tx, archive, partOf);
			for (const { table } of archiveParts) {
				const part = partOf.get(table)!;
				progress(`Restoring ${table}: ${part.rows} ${part.rows === 1 ? 'row' : 'rows'}`);
				await restoreTable(tx, archive, part);
			}
			await movePeopleWithin(tx, id);
			await verify(tx, database, manifest, partOf);
			await addMissingDocuments(tx, id as ExerciseId);
			return { manifest, known };
		});
	} catch (error) {
		// what PostgreSQL refuses is no row of ours; nothing of it stays
		const isData = /^(?:22|23|21)/.test(String((causeOf(error) as { code?: unknown }).code ?? ''));
		throw isData ? changed('its rows do not fit together', error) : error;
	} finally {
		archive.close();
	}
}

const causeOf = (error: unknown): object =>
	error instanceof Error && error.cause instanceof Error ? error.cause : (error as object);

async function refuseWhatIsHere(tx: Transaction, id: string): Promise<void> {
	for (const [table, column] of [
		['exercise', 'id'],
		['fact', 'exercise_id'],
		['audit', 'scope']
	] as const) {
		const { rows } = await tx.execute(
			sql`select 1 from ${sql.identifier(table)} where ${sql.identifier(column)} = ${id} limit 1`
		);
		if (rows.length > 0)
			throw new AppError(
				'not-now',
				table === 'exercise'
					? 'This exercise is on this server already. Restore the archive on another one. Nothing was restored.'
					: 'This server still has the record of this exercise. Restore the archive on another one. Nothing was restored.'
			);
	}
}

/** Each table once, with columns that this server knows; columns that it has beyond them take their defaults. */
async function matchParts(tx: Transaction, manifest: Manifest): Promise<Map<string, ManifestPart>> {
	const partOf = new Map(manifest.parts.map((part) => [part.table, part]));
	const wanted = [...Object.keys(archivedPeople), ...archiveParts.map(({ table }) => table)];
	for (const table of wanted) if (!partOf.has(table)) throw changed(`the part ${table} is missing`);
	for (const { table, columns } of manifest.parts) {
		const { rows } = await tx.execute<{ column_name: string }>(
			sql`select column_name from information_schema.columns
				where table_schema = current_schema() and table_name = ${table}`
		);
		const here = new Set(
			Object.hasOwn(archivedPeople, table)
				? archivedPeople[table as keyof typeof archivedPeople].columns
				: rows.map((row) => row.column_name)
		);
		if (!wanted.includes(table) || columns.some((column) => !here.has(column)))
			throw new AppError(
				'invalid',
				'This archive was written by a newer Muster. Update this server first. Nothing was restored.'
			);
	}
	return partOf;
}

async function* batches(archive: OpenArchive, part: ManifestPart): AsyncGenerator<string[], void> {
	let lines: string[] = [];
	let characters = 0;
	for await (const line of archive.lines(part)) {
		lines.push(line);
		characters += line.length;
		if (lines.length < batchRows && characters < batchCharacters) continue;
		yield lines;
		[lines, characters] = [[], 0];
	}
	if (lines.length > 0) yield lines;
}

/** Returns how many people were known here. `archived_person` says, until the commit, who is who. */
async function restorePeople(
	tx: Transaction,
	archive: OpenArchive,
	partOf: ReadonlyMap<string, ManifestPart>
): Promise<number> {
	await tx.execute(
		sql`create temporary table archived_person (old text primary key, new text not null) on commit drop`
	);
	const kept = {
		organisation: sql`t.name = r.name and t.country = r.country`,
		account: sql`lower(t.email) = lower(r.email)`
	};
	let known = 0;
	for (const table of ['organisation', 'account'] as const) {
		for await (const lines of batches(archive, partOf.get(table)!)) {
			const rows = sql`json_populate_recordset(null::${sql.identifier(table)}, ${`[${lines.join(',')}]`}::json) r`;
			// by id first: it is the same person, whatever address they have by now
			const found = await tx.execute(
				sql`insert into archived_person select distinct on (r.id) r.id, t.id from ${rows}
					join ${sql.identifier(table)} t on t.id = r.id or (${kept[table]})
					order by r.id, (t.id = r.id) desc on conflict do nothing`
			);
			if (table === 'account') known += found.rowCount ?? 0;
			const columns = sql.raw(archivedPeople[table].columns.map((column) => `"${column}"`).join(', '));
			await tx.execute(
				sql`insert into ${sql.identifier(table)} (${columns}) select ${columns} from ${rows}
					where not exists (select 1 from archived_person p where p.old = r.id)`
			);
		}
	}
	return known;
}

async function restoreTable(tx: Transaction, archive: OpenArchive, part: ManifestPart): Promise<void> {
	const names = sql.raw(part.columns.map((column) => `"${column}"`).join(', '));
	const moved = new Set(pointers[part.table] ?? []);
	const values = sql.join(
		part.columns.map((column) =>
			moved.has(column)
				? sql`coalesce((select p.new from archived_person p where p.old = r.${sql.identifier(column)}), r.${sql.identifier(column)})`
				: sql`r.${sql.identifier(column)}`
		),
		sql`, `
	);
	for await (const lines of batches(archive, part))
		await tx.execute(
			sql`insert into ${sql.identifier(part.table)} (${names}) select ${values}
				from json_populate_recordset(null::${sql.identifier(part.table)}, ${`[${lines.join(',')}]`}::json) r`
		);
}

/** An archive from before evaluators noted on timelines of their own has none of these; what is there stays. */
async function addMissingDocuments(tx: Transaction, id: ExerciseId): Promise<void> {
	const teams = await tx
		.select({ id: team.id, country: team.country })
		.from(team)
		.where(eq(team.exerciseId, id));
	const [room] = await tx.select({ kind: exercise.kind }).from(exercise).where(eq(exercise.id, id));
	await createExerciseDocuments(tx, id, room!.kind as ExerciseKind);
	await createCellDocuments(
		tx,
		id,
		teams.map(({ country }) => country as CountryCode)
	);
	await createTeamDocuments(
		tx,
		id,
		teams.map((one) => one.id as TeamId)
	);
}

/** Whoever has another id on this server has it inside values too. */
async function movePeopleWithin(tx: Transaction, exerciseId: string): Promise<void> {
	const { rows } = await tx.execute<{ old: string; new: string }>(
		sql`select old, new from archived_person where old <> new`
	);
	for (const [table, columns] of Object.entries(pointersWithin))
		for (const column of columns.map((name) => sql.identifier(name)))
			for (const person of rows)
				await tx.execute(
					sql`update ${sql.identifier(table)} set ${column} = replace(${column}::text, ${person.old}, ${person.new})::jsonb
						where exercise_id = ${exerciseId} and ${column}::text like ${`%${person.old}%`}`
				);
}

async function verify(
	tx: Transaction,
	database: Database,
	manifest: Manifest,
	partOf: ReadonlyMap<string, ManifestPart>
): Promise<void> {
	const { id } = manifest.exercise;
	for (const { table, scope } of archiveParts) {
		const where = sql.join(
			scope
				.split('$1')
				.flatMap((words, index) => (index === 0 ? [sql.raw(words)] : [sql`${id}`, sql.raw(words)]))
		);
		const { rows } = await tx.execute<{ count: string }>(
			sql`select count(*) as count from ${sql.identifier(table)} where ${where}`
		);
		if (Number(rows[0]!.count) !== partOf.get(table)!.rows)
			throw changed(`its part ${table} has rows of something else`);
	}
	const still = { ...database, db: tx as unknown as Database['db'] };
	const chain = await verifyAudit(still, id);
	if (chain.broken) throw changed(`its audit log is broken at row ${chain.broken.sequence}`);
	const { rows: apart } = await tx.execute<{ name: string }>(
		sql`select name from document where exercise_id = ${id} and quarantined_sequence is not null`
	);
	const quarantined = new Set(apart.map(({ name }) => name));
	for await (const verdict of verifyDocuments(still, id))
		// what was set apart there is set apart here
		if (!quarantined.has(verdict.name) && (verdict.damagedAt !== null || verdict.snapshotAgrees === false))
			throw changed(`an update of ${verdict.name} does not have its own sum`);
}
