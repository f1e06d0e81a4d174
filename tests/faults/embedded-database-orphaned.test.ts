import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '#server/config.ts';
import { openDatabase, type Database } from '#server/database/open.ts';
import { createLog } from '#server/log.ts';
import { createServices } from '#server/services.ts';
import { judge } from '../support/checker.ts';
import { eventually } from '../support/eventually.ts';
import { TestExercise } from '../support/exercise.ts';
import { historyOf } from '../support/history.ts';
import { NodeProcess } from '../support/node-process.ts';
import { Peer } from '../support/peer.ts';
import { freePort, personOf } from '../support/people.ts';

let folder: string;
let node: NodeProcess;
let peers: Peer[];
let beside: Database | null = null;

beforeEach(() => {
	folder = mkdtempSync(path.join(os.tmpdir(), 'muster-faults-'));
	peers = [];
});
afterEach(async () => {
	for (const peer of peers) peer.goOffline();
	await beside?.close();
	beside = null;
	// the last one to leave stops PostgreSQL
	await node.signal('SIGTERM');
	expect(postmaster()).toBeNull();
	rmSync(folder, { recursive: true, force: true });
});

function postmaster(): number | null {
	const file = path.join(folder, 'database/postmaster.pid');
	return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : null;
}

test.each([
	['Muster alone is killed, and its PostgreSQL lives on', false],
	['Muster and its PostgreSQL are killed', true]
])('[P3] [R16] %s: the next start takes over, with all that was saved', async (_what, both) => {
	const port = await freePort();
	const origin = `http://localhost:${port}`;
	const start = () => NodeProcess.start({ origin, port, environment: { DATA_DIR: folder } });
	node = await start();
	const before = postmaster()!;
	const config = readConfig({ ORIGIN: origin, DATA_DIR: folder, LOG_LEVEL: 'silent' });
	const log = createLog(config);
	let database = (beside = await openDatabase(config, log, 'command'));
	let services = createServices({ config, database, log });
	const exercise = await TestExercise.create({ url: origin, services, person: personOf(services) });
	const team = await exercise.team('GR CSIRT');
	for (const name of ['Anna', 'Bert']) {
		const person = await exercise.member(name, { role: 'player', teamId: team.id });
		peers.push(new Peer({ url: () => node.url, origin, name: exercise.notes(team.id), person }));
	}
	// the killed process is then the only one that used it, as on an operator's machine
	await services.realtime.stop();
	await database.close();
	beside = null;
	for (let i = 0; i < 30; i++) for (const peer of peers) peer.write(`${peer.person.name} ${i}`);
	await eventually(() => peers.some((peer) => peer.unsaved < 20), 'work under way');
	await node.kill();
	expect(postmaster()).toBe(before);
	if (both) process.kill(before, 'SIGKILL');

	node = await start();
	if (both) expect(postmaster()).not.toBe(before);
	else expect(postmaster()).toBe(before);
	await eventually(
		() => peers.every((peer) => peer.synced && peer.unsaved === 0 && peer.seenMarks.size === 30),
		'everything to be saved and seen'
	);
	database = beside = await openDatabase(config, log, 'command');
	services = createServices({ config, database, log });
	expect(judge(await historyOf(services, exercise.id, peers))).toEqual([]);
	await services.realtime.stop();

	// a second Muster on the same folder is refused in one sentence, and the first notices nothing
	const second = await NodeProcess.spawn({ origin, environment: { DATA_DIR: folder } });
	expect((await second.ended).code).toBe(1);
	expect(second.output).toContain(`The data folder ${folder} is in use by another Muster`);
	expect((await fetch(`${node.url}/health/ready`)).ok).toBe(true);
});
