import { spawn } from 'node:child_process';
import { chmod, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '#server/audit/audit.ts';
import { readConfig } from '#server/config.ts';
import { openDatabase, type Database } from '#server/database/open.ts';
import { migrate } from '#server/database/migrate.ts';
import { createServices, type Services } from '#server/services.ts';
import { testLog } from '../../support/database.ts';
import { temporaryFolder } from '../../support/muster-process.ts';
import { personOf } from '../../support/people.ts';
import { TestExercise } from '../../support/exercise.ts';

/* A copy that was made while people wrote, opened as an operator would: with DATA_DIR on it. */
const root = path.join(import.meta.dirname, '../../..');
let folder: string;
const opened: { services: Services; database: Database }[] = [];

beforeAll(async () => {
	folder = await temporaryFolder();
	// as root PostgreSQL runs as another user, who must get through
	await chmod(folder, 0o755);
});
afterAll(async () => {
	for (const { services, database } of opened) {
		await services.realtime.stop();
		await database.close();
	}
	await rm(folder, { recursive: true, force: true });
});

async function open(name: string) {
	const config = readConfig({ DATA_DIR: path.join(folder, name), ORIGIN: 'http://localhost:3999' });
	const database = await openDatabase(config, testLog);
	await migrate(database, testLog);
	const services = createServices({ config, database, log: testLog });
	opened.push({ services, database });
	return { services, database };
}

function backup(to: string): Promise<{ code: number | null; said: string }> {
	const child = spawn(process.execPath, ['server/cli.ts', 'backup', '--to', path.join(folder, to)], {
		cwd: root,
		env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: path.join(folder, 'data') }
	});
	let said = '';
	child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
	return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
}

test('[P10] a backup of the embedded database while people write starts, and has all that was saved before it', async () => {
	const { services } = await open('data');
	const exercise = await TestExercise.create({
		url: 'http://localhost:3999',
		services,
		person: personOf(services)
	});
	const team = await exercise.team('GR CSIRT');
	const name = exercise.notes(team.id);
	const write = (key: string) =>
		services.documents.edit(name, null, (doc) => doc.getMap('m').set(key, 'x'.repeat(2000)));
	for (let i = 0; i < 50; i++) await write(`before ${i}`);

	let writing = true;
	const writer = (async () => {
		let during = 0;
		while (writing) await write(`during ${during++}`);
		return during;
	})();
	const { code, said } = await backup('copy').finally(() => (writing = false));
	const during = await writer;
	expect({ code, said }).toMatchObject({ code: 0 });
	expect(during).toBeGreaterThan(0);
	expect(await backup('copy')).toMatchObject({ code: 1, said: expect.stringContaining('is there already') });

	const copy = await open('copy');
	const page = (await copy.services.documents.read(name)).getMap('m');
	const keys = [...page.keys()];
	for (let i = 0; i < 50; i++) expect(page.get(`before ${i}`)).toHaveLength(2000);
	// of what was written meanwhile: all up to some moment, and nothing after it
	const kept = keys.filter((key) => key.startsWith('during ')).map((key) => Number(key.slice(7)));
	expect(kept.sort((a, b) => a - b)).toEqual([...Array(kept.length).keys()]);
	expect(await verifyAudit(copy.database, exercise.id)).toMatchObject({ broken: null });
	// the original goes on
	await write('after');
	expect((await services.documents.read(name)).getMap('m').has('after')).toBe(true);
}, 90_000);
