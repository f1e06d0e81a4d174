import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '#server/audit/audit.ts';
import * as schema from '#server/database/schema.ts';
import type { Database } from '#server/database/open.ts';
import { exportArchive } from '#server/exchange/archive/archive.ts';
import type { Manifest } from '#server/exchange/archive/manifest.ts';
import { archivedPeople, archiveParts, notArchived } from '#server/exchange/archive/parts.ts';
import { restoreArchive } from '#server/exchange/archive/restore.ts';
import { writeArchive } from '#server/exchange/archive/write.ts';
import { createFileStore } from '#server/files/store.ts';
import { eventually } from '../../support/eventually.ts';
import { freshDatabase } from '../../support/database.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { PlayedExercise } from '../review/played.ts';

let server: TestServer;
let played: PlayedExercise;
let folder: string;
let file: string;
let manifest: Manifest;

const attached = Buffer.from('SYNTHETIC 10:42 gate controller rebooted\n'.repeat(5000));
const attachedSum = createHash('sha256').update(attached).digest('hex');

const collect = (chunks: Uint8Array[]) =>
	new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk) });

beforeAll(async () => {
	server = await startTestServer();
	played = await PlayedExercise.create(server);
	folder = await mkdtemp(path.join(os.tmpdir(), 'muster-archive-'));
	file = path.join(folder, 'exercise.zip');
	const { exercise, actor } = await server.services.exercises.open(played.play.id, played.play.director);
	// an attachment, stored and named by a row
	const given = path.join(folder, 'given');
	await writeFile(given, attached);
	await server.services.files.store.put(attachedSum, given, attached.length);
	await server.services.database.pool.query(
		`insert into attachment (id, exercise_id, cell, sha256, name, media_type, bytes)
		values ('attachment-archived', $1, 'central', $2, 'log.txt', 'text/plain', $3)`,
		[exercise.id, attachedSum, attached.length]
	);
	const chunks: Uint8Array[] = [];
	manifest = await exportArchive(
		server.services.database,
		server.services.files.store,
		exercise,
		actor,
		collect(chunks)
	);
	await writeFile(file, Buffer.concat(chunks));
});
afterAll(async () => {
	await server.close();
	await rm(folder, { recursive: true, force: true });
});

async function onFresh<T>(act: (database: Database) => Promise<T>): Promise<T> {
	const database = await freshDatabase();
	try {
		return await act(database);
	} finally {
		await database.close();
	}
}
const exercisesOn = async (database: Database) =>
	Number((await database.pool.query('select count(*) from exercise')).rows[0].count);

describe('an archive', () => {
	it('streams to the director as one marked file', async () => {
		const { exercise, actor } = await server.services.exercises.open(played.play.id, played.play.director);
		const { name, body } = await server.services.transfer.archive(exercise, actor);
		expect(name).toMatch(/^EX_Test-exercise_archive_TLP-[A-Z-]+\.zip$/);
		const bytes = new Uint8Array(await new Response(body).arrayBuffer());
		const streamed = path.join(folder, 'streamed.zip');
		await writeFile(streamed, bytes);
		await onFresh(async (database) => {
			expect(
				(await restoreArchive(database, server.services.files.store, streamed)).manifest.exercise.id
			).toBe(exercise.id);
		});
	});

	it('that nobody goes on reading ends, and the next can be written', async () => {
		const { exercise, actor } = await server.services.exercises.open(played.play.id, played.play.director);
		const { body } = await server.services.transfer.archive(exercise, actor);
		await body.cancel();
		await eventually(async () => {
			const next = await server.services.transfer.archive(exercise, actor).catch(() => null);
			await next?.body.pipeTo(collect([]));
			return next !== null;
		}, 'the next archive');
	});

	it('has a place for every table, or a reason why it has none', () => {
		const tables = Object.values(schema)
			.filter((value) => is(value, PgTable))
			.map((table) => getTableName(table));
		expect([...archiveParts.map(({ table }) => table), ...notArchived].sort()).toEqual(tables.sort());
	});

	it('restored on an empty server is the same exercise, byte for byte', async () => {
		expect(manifest.parts.find(({ table }) => table === 'fact')!.rows).toBeGreaterThan(20);
		expect(manifest.parts.find(({ table }) => table === 'document_update')!.rows).toBeGreaterThan(10);
		await onFresh(async (database) => {
			const { known } = await restoreArchive(database, server.services.files.store, file);
			expect(known).toBe(0);
			const { exercise } = await server.services.exercises.open(played.play.id, played.play.director);
			// written again from there, every part has the same rows and the same sum
			const again = await writeArchive(database, server.services.files.store, exercise, collect([]));
			expect(again.parts).toEqual(manifest.parts);
			expect((await verifyAudit(database, exercise.id)).broken).toBeNull();
			const updates =
				"select encode(bytes, 'hex') as bytes, sequence, epoch, author from document_update order by document, epoch, sequence";
			const here = await server.services.database.pool.query(updates);
			expect((await database.pool.query(updates)).rows).toEqual(here.rows);
		});
	});

	it('brings no secrets: no password, no session, no link', async () => {
		await onFresh(async (database) => {
			await restoreArchive(database, server.services.files.store, file);
			const { rows } = await database.pool.query(
				`select (select count(*) from account where password_hash is not null or is_administrator) as secrets,
					(select count(*) from session) + (select count(*) from invitation) as keys,
					(select count(*) from document_update where session is not null) as sessions`
			);
			expect(rows[0]).toEqual({ secrets: '0', keys: '0', sessions: '0' });
		});
		for (const { table, columns } of manifest.parts) {
			if (table === 'account') expect(columns).toEqual([...archivedPeople.account.columns]);
			expect(columns).not.toContain('session');
		}
	});

	it('gives people who have an account here their roles, and leaves the account as it is', async () => {
		await onFresh(async (database) => {
			const { rows } = await server.services.database.pool.query('select email from account where id = $1', [
				played.play.director.id
			]);
			await database.pool.query(
				"insert into account (id, email, name, password_hash) values ('own-account-1', $1, 'Here before', 'kept')",
				[String(rows[0].email).toUpperCase()]
			);
			expect((await restoreArchive(database, server.services.files.store, file)).known).toBe(1);
			const found = await database.pool.query(
				`select a.name, a.password_hash, m.role from membership m join account a on a.id = m.account_id
					where m.role = 'director'`
			);
			expect(found.rows).toEqual([{ name: 'Here before', password_hash: 'kept', role: 'director' }]);
			expect((await verifyAudit(database, played.play.id)).broken).toBeNull();
		});
	});

	it('is refused where the exercise is, and changes nothing there', async () => {
		const { database } = server.services;
		await expect(restoreArchive(database, server.services.files.store, file)).rejects.toMatchObject({
			code: 'not-now'
		});
		expect(await exercisesOn(database)).toBe(1);
	});

	it('with a changed byte anywhere is refused with a sentence, and nothing is written', async () => {
		const bytes = await readFile(file);
		const damaged = path.join(folder, 'damaged.zip');
		await onFresh(async (database) => {
			for (let n = 1; n <= 12; n += 1) {
				const copy = Buffer.from(bytes);
				const at = Math.floor((copy.length * n) / 12.01);
				copy[at] = copy[at]! ^ 0x41;
				await writeFile(damaged, copy);
				await expect(restoreArchive(database, server.services.files.store, damaged)).rejects.toMatchObject({
					message: expect.stringMatching(/changed.*Nothing was restored/)
				});
			}
			await writeFile(damaged, bytes.subarray(0, bytes.length / 2));
			await expect(restoreArchive(database, server.services.files.store, damaged)).rejects.toMatchObject({
				code: 'invalid'
			});
			expect(await exercisesOn(database)).toBe(0);
			expect(Number((await database.pool.query('select count(*) from account')).rows[0].count)).toBe(0);
		});
	});

	it('[P1] is for the director alone; to all others there is none', async () => {
		for (const person of Object.values(played.people)) {
			const { exercise, actor } = await server.services.exercises.open(played.play.id, person);
			await expect(server.services.transfer.archive(exercise, actor)).rejects.toMatchObject({
				code: 'not-found'
			});
			await expect(
				exportArchive(server.services.database, server.services.files.store, exercise, actor, collect([]))
			).rejects.toMatchObject({ code: 'not-found' });
		}
	});
});

it('brings the bytes of attachments to another store, whole', async () => {
	expect(manifest.files).toEqual([{ sha256: attachedSum, bytes: attached.length }]);
	const store = createFileStore({ kind: 'disk', folder: path.join(folder, 'elsewhere') });
	await onFresh((database) => restoreArchive(database, store, file));
	const chunks: Buffer[] = [];
	for await (const chunk of (await store.open(attachedSum))!) chunks.push(chunk as Buffer);
	expect(Buffer.concat(chunks).equals(attached)).toBe(true);
});

it('is not written when the bytes of an attachment are gone: says which', async () => {
	const empty = createFileStore({ kind: 'disk', folder: path.join(folder, 'nothing') });
	const { exercise } = await server.services.exercises.open(played.play.id, played.play.director);
	await expect(writeArchive(server.services.database, empty, exercise, collect([]))).rejects.toThrow(
		'“log.txt”'
	);
});
