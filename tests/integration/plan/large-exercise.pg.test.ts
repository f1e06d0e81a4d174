import { afterAll, beforeAll, expect, test } from 'vitest';
import { readScript, injectFingerprint } from '#lib/exercise/inject/schema.ts';
import { writeArchive } from '#server/exchange/archive/write.ts';
import { createLargeExercise } from '../../support/large-exercise.ts';
import { largeScript } from '../../support/large-script.ts';
import type { Person } from '../../support/people.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/* The largest exercise (DOMAIN 10, XL): 1,500 injects in 30 cells for 1,000 teams, from the scripts to the exports. */
let server: TestServer;
let director: Person;
beforeAll(async () => {
	server = await startTestServer();
	director = await server.person('Director');
});
afterAll(() => server.close());

test('is planned, checked, approved, rehearsed and exported', async () => {
	const { services } = server;
	const { exercises, documents, readiness, commands, views, database, scriptExchange } = services;
	const times: Record<string, number> = {};
	const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
		const begun = performance.now();
		const value = await work();
		times[what] = Math.round(performance.now() - begun);
		return value;
	};
	const script = largeScript();
	const made = await timed('planned', () => createLargeExercise(services, director.id, script));
	expect(made.teams).toHaveLength(1000);
	expect(script.injects).toHaveLength(1500);
	await exercises.updateSettings(
		made.id,
		{ settings: { authorMayApprove: true } } as Parameters<typeof exercises.updateSettings>[1],
		director.id
	);
	const { exercise, actor } = await exercises.open(made.id, director);

	const overview = await timed('checked', () =>
		views.script.scriptOverview(database, exercise, actor, (name) => documents.read(name))
	);
	expect(overview.reduce((sum, { total }) => sum + total, 0)).toBe(1500);
	expect(overview.length).toBeGreaterThanOrEqual(30);

	await timed('approved', async () => {
		for (const [cell, name] of made.scripts) {
			const injects = readScript(await documents.read(name));
			for (let from = 0; from < injects.length; from += 300) {
				const answer = await commands.run(
					{
						exercise: made.id,
						name: 'inject.approve',
						key: `approve-${cell}-${from}-0123456789`,
						input: {
							cell,
							injects: injects
								.slice(from, from + 300)
								.map((inject) => ({ inject: inject.id, fingerprint: injectFingerprint(inject) }))
						}
					},
					{ accountId: director.id, name: director.name } as Parameters<typeof commands.run>[1]
				);
				expect(answer).toMatchObject({ ok: true });
			}
		}
	});

	const rehearsal = await timed('rehearsal made', () => readiness.rehearsals.make(exercise, actor));
	await readiness.rehearsals.start(exercise, actor, rehearsal);
	const { rows } = await database.pool.query<{ approved: number; real: number }>(
		`select (select count(*)::int from inject where exercise_id = $1 and version > 0) as approved,
			(select count(*)::int from delivery where exercise_id = $2) as real`,
		[rehearsal, made.id]
	);
	expect(rows[0]).toEqual({ approved: 1500, real: 0 });

	const workbook = await timed('workbook of the central script', () =>
		scriptExchange.export(exercise, actor, 'central', 'xlsx')
	);
	expect(workbook.bytes.length).toBeGreaterThan(5000);
	let archived = 0;
	const manifest = await timed('archive', () =>
		writeArchive(
			database,
			services.files.store,
			exercise,
			new WritableStream<Uint8Array>({ write: (chunk) => void (archived += chunk.length) })
		)
	);
	expect(manifest.parts.find(({ table }) => table === 'inject_version')?.rows).toBe(1500);
	expect(archived).toBeGreaterThan(100_000);
	const kit = await timed('kit', () =>
		readiness.kits.make(exercise, actor, 'a long enough sentence', 'a long enough sentence')
	);
	expect(kit.bytes.length).toBeGreaterThan(100_000);
	console.log(times);
}, 180_000);
