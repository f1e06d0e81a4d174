import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import { scriptInjects, setFields } from '#lib/exercise/inject/schema.ts';
import { loadDocument, writeSnapshot } from '#server/documents/log.ts';
import { merge } from '#server/documents/merging.ts';
import { documentSnapshot } from '#server/database/schema.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let planner: Person;
let player: Person;
beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	const team = await exercise.team('GR CSIRT');
	planner = await exercise.member('Anna', { role: 'planner', cell: 'central' });
	player = await exercise.member('Player', { role: 'player', teamId: team.id });
});
afterAll(() => server.close());

const read = async (
	person: Person,
	inject: string | null = null,
	older: string | null = null,
	limits?: { changes: number; entries: number; milliseconds: number }
) => {
	const { exercises, views, database } = server.services;
	const { exercise: known, actor } = await exercises.open(exercise.id, {
		id: person.id,
		name: person.name
	} as never);
	return views.scriptHistory.scriptHistory(database, known, actor, 'central', { inject, older }, limits);
};
const central = () => documentName({ exercise: exercise.id, kind: 'script', cell: 'central' });

test('who changed which field, newest first, of one inject or of the cell', async () => {
	const all = { all: true, countries: [], levels: [], teams: [] };
	const [first, second] = await exercise.approved({ title: 'One', to: all }, { title: 'Two', to: all });
	const name = documentName({ exercise: exercise.id, kind: 'script', cell: 'central' });
	await server.services.documents.edit(name, planner.id, (doc) =>
		setFields(scriptInjects(doc).get(first!.id)!, { title: 'One, later' })
	);
	const { entries, older } = await read(planner);
	expect(older).toBe(null);
	expect(entries[0]).toMatchObject({
		by: 'Anna',
		act: 'changed',
		field: 'title',
		before: 'One',
		after: 'One, later',
		inject: first!.id,
		author: null
	});
	expect((await read(planner, second!.id)).entries.every(({ inject }) => inject === second!.id)).toBe(true);
});

test('a long history is read piece by piece to its first change, of the cell or of one inject', async () => {
	const all = { all: true, countries: [], levels: [], teams: [] };
	const [busy, quiet] = await exercise.approved({ title: 'Busy', to: all }, { title: 'Quiet', to: all });
	const { documents, database } = server.services;
	const edit = (id: string, title: string) =>
		documents.edit(central(), planner.id, (doc) =>
			setFields(scriptInjects(doc).get(id as never)!, { title })
		);
	await edit(quiet!.id, 'Quiet, once');
	for (let n = 1; n <= 30; n++) {
		// two fields by turns of two people: no two changes are one entry
		await documents.edit(central(), n % 2 ? planner.id : exercise.director.id, (doc) =>
			setFields(scriptInjects(doc).get(busy!.id)!, { title: `Busy ${n}` })
		);
		if (n % 10 !== 0) continue;
		const { sequence, epoch, snapshot, tail } = (await loadDocument(database.db, central()))!;
		const merged = await merge([snapshot.state, ...tail.map(({ bytes }) => bytes)]);
		await database.db
			.insert(documentSnapshot)
			.values({ document: central(), epoch, sequence, ...merged, sha256: Buffer.alloc(32) })
			.onConflictDoNothing();
	}
	const limits = { changes: 8, entries: 12, milliseconds: 20_000 };
	const everything = async (inject: string | null) => {
		const found: (string | number)[][] = [];
		let older: string | null = null;
		let answers = 0;
		do {
			const answer = await read(planner, inject, older, limits);
			expect(answer.entries.length).toBeLessThanOrEqual(limits.entries);
			found.push(
				...answer.entries.map((one) => [one.inject, one.act, String(one.before), String(one.after)])
			);
			older = answer.older;
			answers++;
		} while (older !== null);
		expect(answers).toBeGreaterThan(2);
		return found;
	};
	const { entries } = await read(planner);
	const whole = entries.map((one) => [one.inject, one.act, String(one.before), String(one.after)]);
	expect(whole.length).toBeGreaterThan(30);
	expect(await everything(null)).toEqual(whole);
	expect(await everything(quiet!.id)).toEqual(whole.filter(([inject]) => inject === quiet!.id));
	expect((await read(planner, null, 'not-a-place')).entries).toEqual(entries);
});

test('of every ten thousand changes one snapshot is kept, and the two newest', async () => {
	const { db } = server.services.database;
	const { epoch, snapshot, tail } = (await loadDocument(db, central()))!;
	await db.delete(documentSnapshot);
	const merged = await merge([snapshot.state, ...tail.map(({ bytes }) => bytes)]);
	for (const sequence of [500, 9500, 9999, 10_500, 19_800, 25_000, 25_500, 26_000])
		await writeSnapshot(db, { document: central(), epoch, sequence }, merged);
	const kept = await db.select({ sequence: documentSnapshot.sequence }).from(documentSnapshot);
	expect(kept.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual([9999, 19_800, 25_500, 26_000]);
	await db.delete(documentSnapshot);
});

test('[P1] players have no history', async () => {
	await expect(read(player)).rejects.toThrow('There is nothing here');
	const answer = await fetch(`${server.url}/api/scripts/${exercise.id}/central/history`, {
		headers: { cookie: player.cookie }
	});
	expect(answer.status).toBe(404);
});
