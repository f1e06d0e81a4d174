import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import { teamFileLimits, type TeamFile } from '#lib/exercise/team/files.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { teamFile } from '#server/database/schema.ts';
import { fileLimits } from '#server/files/files.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let folder: string;
let server: TestServer;
let exercise: TestExercise;
let greek: Team;
let italian: Team;
let people: Record<
	| 'player'
	| 'other'
	| 'moderator'
	| 'otherModerator'
	| 'evaluator'
	| 'otherEvaluator'
	| 'facilitator'
	| 'planner'
	| 'observer'
	| 'stranger',
	Person
>;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'muster-files-'));
	server = await startTestServer({ environment: { FILES_DIR: folder } });
	exercise = await TestExercise.create(server);
	greek = await exercise.team('GR CSIRT');
	italian = await exercise.team('IT CSIRT', 'IT');
	people = {
		player: await exercise.member('Player', { role: 'player', teamId: greek.id }),
		other: await exercise.member('Other player', { role: 'player', teamId: italian.id }),
		moderator: await exercise.member('Moderator', { role: 'moderator', country: 'GR' }),
		otherModerator: await exercise.member('Other moderator', { role: 'moderator', country: 'IT' }),
		evaluator: await exercise.member('Evaluator', { role: 'evaluator', teamId: greek.id }),
		otherEvaluator: await exercise.member('Other evaluator', { role: 'evaluator', teamId: italian.id }),
		facilitator: await exercise.member('Facilitator', { role: 'facilitator', teamId: greek.id }),
		planner: await exercise.member('Planner', { role: 'planner', cell: 'central' }),
		observer: await exercise.member('Observer', { role: 'observer' }),
		stranger: await server.person('Stranger')
	};
	await exercise.approved({ title: 'First', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(async () => {
	await server.close();
	await rm(folder, { recursive: true, force: true });
});

const png = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64'
);

async function upload(
	person: Person | null,
	team: string,
	content: Buffer,
	name: string,
	headers: Record<string, string> = {}
): Promise<{ status: number; body: TeamFile & { error?: { code: string; message: string } } }> {
	const response = await fetch(`${server.url}/api/teams/${exercise.id}/${team}/files`, {
		method: 'POST',
		headers: {
			'content-type': 'application/octet-stream',
			'x-file-name': encodeURIComponent(name),
			origin: server.url,
			...(person && { cookie: person.cookie }),
			...headers
		},
		body: new Uint8Array(content)
	});
	return { status: response.status, body: (await response.json()) as never };
}

async function get(person: Person | null, file: string) {
	const response = await fetch(`${server.url}/files/${file}`, {
		headers: person ? { cookie: person.cookie } : {}
	});
	return { status: response.status, headers: response.headers, text: await response.text() };
}

async function kept(content: Buffer, name: string): Promise<TeamFile> {
	const { status, body } = await upload(people.player, greek.id, content, name);
	expect(status).toBe(201);
	return body;
}

const entriesOf = async (where: Parameters<TestExercise['timeline']>[0]) => [
	...timelineEntries(await server.services.documents.read(exercise.timeline(where))).values()
];

describe('a file of a team', () => {
	test('[P2] opens for who may read the room, and for nobody else', async () => {
		const { file } = await kept(png, 'ransom note.pdf');
		for (const reader of [
			people.player,
			people.moderator,
			people.evaluator,
			people.facilitator,
			exercise.director
		]) {
			const read = await get(reader, file);
			expect(read.status, reader.name).toBe(200);
		}
		const unknown = await get(people.other, 'A'.repeat(22));
		for (const reader of [
			people.other,
			people.otherModerator,
			people.otherEvaluator,
			people.planner,
			people.observer,
			people.stranger
		]) {
			const refused = await get(reader, file);
			expect(refused.status, reader.name).toBe(404);
			expect(refused.text).toBe(unknown.text);
		}
		expect((await get(null, file)).status).toBe(401);
		const { headers } = await get(people.player, file);
		expect(headers.get('content-type')).toBe('image/png');
		expect(headers.get('content-disposition')).toMatch(/^attachment; filename="ransom note.pdf.png"/);
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
		expect(headers.get('cache-control')).toBe('private, no-store');
	});

	test('[P2] is given by the players of the team alone', async () => {
		for (const person of [
			people.other,
			people.moderator,
			people.evaluator,
			people.observer,
			people.stranger,
			exercise.director
		]) {
			const [real, unknown] = [
				await upload(person, greek.id, png, 'x.png'),
				await upload(person, 'no-such-team-1', png, 'x.png')
			];
			expect(real.status, person.name).toBe(404);
			expect(real.body).toEqual(unknown.body);
		}
		expect((await upload(null, greek.id, png, 'x.png')).status).toBe(401);
		const elsewhere = { origin: 'https://elsewhere.example' };
		expect((await upload(people.player, greek.id, png, 'x.png', elsewhere)).status).toBe(403);
		const asForm = { 'content-type': 'text/plain' };
		expect((await upload(people.player, greek.id, png, 'x.png', asForm)).status).toBe(422);
		expect((await upload(people.player, greek.id, Buffer.alloc(0), 'x.txt')).status).toBe(422);
	});

	test('a team fills its own share and no more', async () => {
		const { db, pool } = server.services.database;
		await db.insert(teamFile).values({
			id: 'the-large-one-1',
			exerciseId: exercise.id,
			teamId: greek.id,
			sha256: 'f'.repeat(64),
			name: 'large.zip',
			mediaType: 'application/zip',
			bytes: teamFileLimits.teamBytes - 10
		});
		const refused = await upload(people.player, greek.id, png, 'x.png');
		expect(refused.status).toBe(413);
		expect(refused.body.error!.message).toBe('The files of a team can have 500 MB together.');
		expect((await upload(people.other, italian.id, png, 'x.png')).status).toBe(201);
		await pool.query(`delete from team_file where id = 'the-large-one-1'`);
	});

	test('[P2] is named by the log and by incidents of its team, as the server knows it', async () => {
		const file = await kept(png, 'screen.png');
		const { record } = (await exercise.must(people.player, 'incident.open', {
			team: greek.id,
			content: { title: 'Port down' }
		})) as { record: RecordId };
		await exercise.must(people.player, 'incident.attach', { record, files: [file.file] });
		await exercise.must(people.player, 'log.add', {
			team: greek.id,
			text: 'Screenshot taken',
			files: [file.file],
			incident: record
		});
		const entries = await entriesOf(greek.id);
		expect(entries.flatMap(({ body }) => (body.kind === 'log' ? [body] : []))).toMatchObject([
			{ text: 'Screenshot taken', files: [file], incident: record }
		]);
		expect(JSON.stringify(await entriesOf('control'))).toContain(file.file);
		expect(
			JSON.stringify([...(await entriesOf(italian.id)), ...(await entriesOf('everyone'))])
		).not.toContain(file.file);

		const stolen = await exercise.send(people.other, 'log.add', {
			team: italian.id,
			text: 'Mine',
			files: [file.file]
		});
		const unknown = await exercise.send(people.other, 'log.add', {
			team: italian.id,
			text: 'Mine',
			files: ['A'.repeat(22) as never]
		});
		expect(stolen).toMatchObject({ ok: false, error: { code: 'not-found' } });
		expect(stolen).toEqual(unknown);
	});

	test('its bytes stay as long as its row does', async () => {
		const content = Buffer.from('the only copy of a log');
		const { file } = await kept(content, 'syslog.txt');
		const sum = createHash('sha256').update(content).digest('hex');
		const yesterday = new Date(Date.now() - fileLimits.keptMs - 60_000);
		await utimes(path.join(folder, sum.slice(0, 2), sum), yesterday, yesterday);
		await server.services.files.sweep(Date.now() + fileLimits.sweepEveryMs);
		expect((await get(people.player, file)).text).toBe(content.toString());
	});

	test('[P2] the right is that of this moment: who leaves the team has no file any more', async () => {
		const leaver = await exercise.member('Leaver', { role: 'player', teamId: greek.id });
		const { file } = await kept(png, 'map.png');
		expect((await get(leaver, file)).status).toBe(200);
		const { rows } = await server.services.database.pool.query<{ id: string }>(
			'select id from membership where account_id = $1',
			[leaver.id]
		);
		await server.services.exercises.removeMembership(exercise.id, rows[0]!.id as never, exercise.director.id);
		expect((await get(leaver, file)).status).toBe(404);
		expect((await upload(leaver, greek.id, png, 'x.png')).status).toBe(404);
	});

	test('cannot be given once the log is closed', async () => {
		const { pool } = server.services.database;
		await pool.query(`update exercise set state = 'evaluating' where id = $1`, [exercise.id]);
		const refused = await upload(people.player, greek.id, png, 'late.png');
		expect(refused.status).toBe(409);
		expect(refused.body.error!.code).toBe('not-now');
	});
});
