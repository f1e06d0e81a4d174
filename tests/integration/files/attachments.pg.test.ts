import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { scriptInjects, setFields, type InjectAttachment } from '#lib/exercise/inject/schema.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { fileLimits } from '#server/files/files.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { RawClient } from '../../support/raw-client.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let folder: string;
let server: TestServer;
let exercise: TestExercise;
let teams: Team[];
let people: Record<'planner' | 'greek' | 'player' | 'other' | 'observer' | 'moderator' | 'stranger', Person>;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'muster-files-'));
	server = await startTestServer({ environment: { FILES_DIR: folder } });
	exercise = await TestExercise.create(server);
	teams = [await exercise.team('GR CSIRT'), await exercise.team('IT CSIRT', 'IT')];
	people = {
		planner: await exercise.member('Planner', { role: 'planner', cell: 'central' }),
		greek: await exercise.member('Greek planner', { role: 'planner', cell: 'GR' }),
		player: await exercise.member('Player', { role: 'player', teamId: teams[0]!.id }),
		other: await exercise.member('Other player', { role: 'player', teamId: teams[1]!.id }),
		observer: await exercise.member('Observer', { role: 'observer' }),
		moderator: await exercise.member('Moderator', { role: 'moderator', country: 'GR' }),
		stranger: await server.person('Stranger')
	};
	await exercise.approved({ title: 'First', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(async () => {
	await server.close();
	await rm(folder, { recursive: true, force: true });
});

const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
const png = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64'
);
/** The beginning of a Windows program. */
const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(510, 0), Buffer.from('PE\0\0')]);

async function upload(
	person: Person | null,
	content: Buffer,
	name: string,
	more: { cell?: string; headers?: Record<string, string> } = {}
): Promise<{ status: number; body: InjectAttachment & { error?: { code: string; message: string } } }> {
	const response = await fetch(`${server.url}/api/scripts/${exercise.id}/${more.cell ?? 'central'}/files`, {
		method: 'POST',
		headers: {
			'content-type': 'application/octet-stream',
			'x-file-name': encodeURIComponent(name),
			origin: server.url,
			...(person && { cookie: person.cookie }),
			...more.headers
		},
		body: new Uint8Array(content)
	});
	return { status: response.status, body: (await response.json()) as never };
}

async function get(person: Person | null, where: string) {
	const response = await fetch(server.url + where, { headers: person ? { cookie: person.cookie } : {} });
	return {
		status: response.status,
		headers: response.headers,
		bytes: Buffer.from(await response.arrayBuffer())
	};
}

async function attached(content: Buffer, name: string): Promise<InjectAttachment> {
	const { status, body } = await upload(people.planner, content, name);
	expect(status).toBe(201);
	return body;
}

async function timelineOf(team: Team) {
	const doc = await server.services.documents.read(exercise.timeline(team.id));
	return [...timelineEntries(doc).values()];
}

async function deliveredTo(team: Team, title: string) {
	for (const { body } of await timelineOf(team))
		if (body.kind === 'inject' && body.inject.title === title) return body.inject;
	throw new Error(`${title} did not reach ${team.name}`);
}

describe('upload', () => {
	test('stores a content once, and planners of the cell read it back', async () => {
		const first = await attached(pdf, 'Press statement.pdf');
		const again = await attached(pdf, 'The same.pdf');
		expect(first).toMatchObject({
			name: 'Press statement.pdf',
			mediaType: 'application/pdf',
			bytes: pdf.length
		});
		expect(again.id).not.toBe(first.id);
		const sum = createHash('sha256').update(pdf).digest('hex');
		expect(await readdir(path.join(folder, sum.slice(0, 2)))).toEqual([sum]);
		expect(await readdir(path.join(folder, 'incoming'))).toEqual([]);
		const read = await get(people.planner, `/api/scripts/${exercise.id}/central/files/${first.id}`);
		expect(read.status).toBe(200);
		expect(read.bytes.equals(pdf)).toBe(true);
	});

	test('[P1] only who writes the script uploads; who may not sees no difference to what does not exist', async () => {
		const { id } = await attached(png, 'map.png');
		// national planners read the central script, and give it no files
		expect((await upload(people.greek, png, 'x.png')).status).toBe(404);
		expect((await get(people.greek, `/api/scripts/${exercise.id}/central/files/${id}`)).status).toBe(200);
		for (const person of [people.player, people.observer, people.moderator, people.stranger]) {
			const refused = await upload(person, png, 'x.png');
			expect(refused.status, person.name).toBe(404);
			const [real, unknown] = await Promise.all(
				[id, 'A'.repeat(22)].map((one) => get(person, `/api/scripts/${exercise.id}/central/files/${one}`))
			);
			expect(real!.status, person.name).toBe(404);
			expect(real!.bytes.toString()).toBe(unknown!.bytes.toString());
		}
		expect((await upload(null, png, 'x.png')).status).toBe(401);
		expect((await get(null, `/api/scripts/${exercise.id}/central/files/${id}`)).status).toBe(401);
		expect((await upload(people.greek, png, 'greek.png', { cell: 'GR' })).status).toBe(201);
		expect((await upload(people.planner, png, 'x.png', { cell: 'GR' })).status).toBe(404);
		expect((await upload(people.planner, png, 'x.png', { cell: 'nowhere' })).status).toBe(404);
	});

	test('a page of another site cannot upload', async () => {
		const elsewhere = { headers: { origin: 'https://elsewhere.example' } };
		expect((await upload(people.planner, png, 'x.png', elsewhere)).status).toBe(403);
		const asForm = { headers: { 'content-type': 'text/plain' } };
		expect((await upload(people.planner, png, 'x.png', asForm)).status).toBe(422);
	});

	const kinds: [string, Buffer, string, string][] = [
		['holiday.jpg', png, 'holiday.jpg.png', 'image/png'],
		['ioc.csv', Buffer.from('ip,port\n10.0.0.1,80\n'), 'ioc.csv', 'text/csv'],
		['mail.eml', Buffer.from('From: a@b.test\r\nSubject: x\r\n\r\nText\r\n'), 'mail.eml', 'message/rfc822'],
		['start.ps1', Buffer.from('Remove-Item -Recurse C:\\'), 'start.ps1.txt', 'text/plain'],
		['feed.xml', Buffer.from('<?xml version="1.0"?><a/>'), 'feed.xml', 'application/xml'],
		['logo.svg', Buffer.from('<svg onload="alert(1)"/>'), 'logo.svg', 'image/svg+xml'],
		['../../../etc/cron.d/evil.txt', Buffer.from('* * * * *'), 'evil.txt', 'text/plain'],
		[`${'x'.repeat(300)}.txt`, Buffer.from('long'), `${'x'.repeat(196)}.txt`, 'text/plain']
	];
	test.each(kinds)('%s is known by its content', async (given, content, name, mediaType) => {
		expect(await attached(content, given)).toMatchObject({ name, mediaType, bytes: content.length });
	});

	test('a program called .pdf, bytes without a kind and an empty file are refused', async () => {
		const refused = await upload(people.planner, program, 'report.pdf');
		expect(refused.status).toBe(422);
		expect(refused.body.error!.message).toMatch(/^“report.pdf” is not of a kind that can be attached/);
		expect((await upload(people.planner, Buffer.from([1, 2, 3, 0, 5]), 'x.txt')).status).toBe(422);
		expect((await upload(people.planner, Buffer.alloc(0), 'x.txt')).status).toBe(422);
	});

	test('20 MB are taken, a byte more is refused, and nothing of it stays', async () => {
		const most = Buffer.alloc(20_000_000, 'x');
		expect((await attached(most, 'most.txt')).bytes).toBe(20_000_000);
		const refused = await upload(people.planner, Buffer.concat([most, Buffer.from('y')]), 'more.txt');
		expect(refused.status).toBe(413);
		expect(refused.body.error!.message).toMatch(/at most 20 MB/);
		expect(await readdir(path.join(folder, 'incoming'))).toEqual([]);
	});
});

describe('delivery', () => {
	test('[P1] each team has an address of its own, which opens for its readers alone', async () => {
		const file = await attached(pdf, 'Σχέδιο "A".pdf');
		const [inject] = await exercise.approved({ title: 'With a file', to: toAll, attachments: [file] });
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		const [own, others] = await Promise.all(teams.map((team) => deliveredTo(team, 'With a file')));
		expect(own!.attachments).toEqual([
			{
				grant: expect.stringMatching(/^[\w-]{22}$/) as string,
				name: 'Σχέδιο _A_.pdf',
				mediaType: 'application/pdf',
				bytes: pdf.length
			}
		]);
		const [mine, theirs] = [own!, others!].map(({ attachments }) => `/files/${attachments![0]!.grant}`);
		expect(mine).not.toBe(theirs);
		for (const reader of [people.player, people.moderator, exercise.director]) {
			const read = await get(reader, mine!);
			expect(read.status, reader.name).toBe(200);
			expect(read.bytes.equals(pdf)).toBe(true);
		}
		for (const [reader, where] of [
			[people.player, theirs],
			[people.other, mine],
			[people.observer, mine],
			[people.stranger, mine],
			[people.greek, mine]
		] as const)
			expect((await get(reader, where!)).status, `${reader.name} at ${where}`).toBe(404);
		expect((await get(null, mine!)).status).toBe(401);
		for (const where of [`/files/${file.id}`, '/files/..%2F..%2Fetc%2Fpasswd', `/files/${'A'.repeat(22)}`])
			expect((await get(people.player, where)).status, where).toBe(404);

		const { headers } = await get(people.player, mine!);
		expect(headers.get('content-type')).toBe('application/pdf');
		expect(headers.get('content-disposition')).toBe(
			`attachment; filename="______ _A_.pdf"; filename*=UTF-8''${encodeURIComponent('Σχέδιο _A_.pdf')}`
		);
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
		expect(headers.get('cache-control')).toBe('private, no-store');
	});

	test('[P1] the right is that of this moment: who leaves the team has no file any more', async () => {
		const leaver = await exercise.member('Leaver', { role: 'player', teamId: teams[0]!.id });
		const file = await attached(png, 'map.png');
		const [inject] = await exercise.approved({ title: 'A map', to: toAll, attachments: [file] });
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		const where = `/files/${(await deliveredTo(teams[0]!, 'A map')).attachments![0]!.grant}`;
		expect((await get(leaver, where)).status).toBe(200);
		const { pool } = server.services.database;
		const { rows } = await pool.query<{ id: string }>('select id from membership where account_id = $1', [
			leaver.id
		]);
		await server.services.exercises.removeMembership(exercise.id, rows[0]!.id as never, exercise.director.id);
		expect((await get(leaver, where)).status).toBe(404);
	});

	test('[P1] before the release no byte of a player knows the file: no id, no name, no sum, no address', async () => {
		const content = Buffer.from('ZEISIG content');
		const file = await attached(content, 'ZEISIG plan.txt');
		const sum = createHash('sha256').update(content).digest('hex');
		const clients = await Promise.all(
			[exercise.timeline(teams[0]!.id), exercise.timeline('everyone'), exercise.notes(teams[0]!.id)].map(
				(name) => RawClient.synced({ url: server.url, name, cookie: people.player.cookie })
			)
		);
		const [inject] = await exercise.approved({ title: 'Planned', to: toAll, attachments: [file] });
		expect(
			(
				await server.services.database.pool.query(
					'select 1 from attachment_grant g join delivery d on d.id = g.delivery_id where d.inject_id = $1',
					[inject!.id]
				)
			).rows
		).toEqual([]);
		await exercise.must(exercise.director, 'announcement.make', { text: 'After the approval' });
		const bytes = () =>
			Buffer.concat(clients.map((client) => Buffer.from(client.bytes()))).toString('latin1');
		await expect.poll(bytes).toContain('After the approval');
		expect(bytes()).not.toMatch(new RegExp(`ZEISIG|${file.id}|${sum}`));

		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		await expect.poll(bytes).toContain('ZEISIG plan.txt');
		// after it: the name, and an address that is none of planning's
		expect(bytes()).not.toMatch(new RegExp(`${file.id}|${sum}`));
		for (const client of clients) client.close();
	});

	test('what a page says of a file counts for nothing: no id of elsewhere, no other name or size', async () => {
		const foreign = await upload(people.greek, png, 'greek.png', { cell: 'GR' });
		await expect(
			exercise.approved({ title: 'Stolen', reference: 'S-1', to: toAll, attachments: [foreign.body] })
		).rejects.toThrow('S-1: the file “greek.png” is not stored here. Remove it and attach it again.');
		const elsewhere = await TestExercise.create(server);
		await elsewhere.team('Elsewhere');
		const own = await attached(pdf, 'own.pdf');
		await expect(
			elsewhere.approved({ title: 'Stolen', reference: 'S-2', to: toAll, attachments: [own] })
		).rejects.toThrow('is not stored here');
		const [inject] = await exercise.approved({
			title: 'Renamed',
			to: toAll,
			attachments: [{ ...own, name: 'setup.exe', mediaType: 'text/html', bytes: 1 }]
		});
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		expect((await deliveredTo(teams[0]!, 'Renamed')).attachments).toMatchObject([
			{ name: 'own.pdf', mediaType: 'application/pdf', bytes: pdf.length }
		]);
	});

	test('the schedule gives addresses too', async () => {
		const file = await attached(png, 'due.png');
		const { rows } = await server.services.database.pool.query<{ clock: { exerciseStart: number }[] }>(
			'select clock from exercise where id = $1',
			[exercise.id]
		);
		await exercise.approved({
			title: 'Due at once',
			to: toAll,
			attachments: [file],
			schedule: { mode: 'at', at: rows[0]!.clock[0]!.exerciseStart + 1 }
		});
		await expect
			.poll(
				async () => (await deliveredTo(teams[1]!, 'Due at once').catch(() => null))?.attachments?.length,
				{
					timeout: 8000
				}
			)
			.toBe(1);
	});

	test('SVG and HTML leave as bytes without a kind', async () => {
		const file = await attached(Buffer.from('<html><script>alert(1)</script></html>'), 'page.html');
		const read = await get(people.planner, `/api/scripts/${exercise.id}/central/files/${file.id}`);
		expect(read.headers.get('content-type')).toBe('application/octet-stream');
		expect(read.headers.get('content-disposition')).toMatch(/^attachment;/);
	});
});

describe('on the console', () => {
	const at = (inject: string, file: string) =>
		`/api/exercises/${exercise.id}/injects/${inject}/files/${file}`;
	const readsText = ({ id }: Person, inject: string) =>
		server.services.exercises
			.open(exercise.id, { id })
			.then(({ exercise: open, actor }) =>
				server.services.views.injects.injectDetail(server.services.database, open, actor, inject)
			)
			.then(
				() => true,
				() => false
			);

	test('[P1] a file opens before and after release to exactly those who may read the text there', async () => {
		const italian = await exercise.member('Italian moderator', { role: 'moderator', country: 'IT' });
		const controller = await exercise.member('Controller', { role: 'controller' });
		const file = await attached(pdf, 'Plan of the port.pdf');
		const other = await attached(png, 'map.png');
		const toGreece = { all: false, countries: ['GR' as const], levels: [], teams: [] };
		const [inject] = await exercise.approved({ title: 'In Greece', to: toGreece, attachments: [file] });
		const [draft] = await exercise.approved({ title: 'Elsewhere', to: toGreece, attachments: [other] });
		const address = at(inject!.id, file.id);
		for (const state of ['ready', 'released'] as const) {
			if (state === 'released')
				await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
			for (const reader of [exercise.director, controller, people.moderator]) {
				const read = await get(reader, address);
				expect(read.status, `${reader.name}, ${state}`).toBe(200);
				expect(read.bytes.equals(pdf)).toBe(true);
				expect(read.headers.get('content-disposition')).toMatch(
					/^attachment; filename="Plan of the port.pdf"/
				);
				expect(read.headers.get('cache-control')).toBe('private, no-store');
				expect(await readsText(reader, inject!.id), reader.name).toBe(true);
			}
			const { planner, greek, player, other: second, observer, stranger } = people;
			for (const reader of [planner, greek, player, second, observer, italian, stranger]) {
				const [real, unknown] = await Promise.all([
					get(reader, address),
					get(reader, at('A'.repeat(22), file.id))
				]);
				expect(real.status, `${reader.name}, ${state}`).toBe(404);
				expect(real.bytes.toString()).toBe(unknown.bytes.toString());
				expect(await readsText(reader, inject!.id), reader.name).toBe(false);
			}
			expect((await get(null, address)).status).toBe(401);
		}
		// not attached to this inject, never approved, and no id at all
		for (const where of [
			at(inject!.id, other.id),
			at(draft!.id, file.id),
			at(inject!.id, 'A'.repeat(22)),
			at(inject!.id, '%00'),
			`/api/exercises/${'A'.repeat(22)}/injects/${inject!.id}/files/${file.id}`
		])
			expect((await get(people.moderator, where)).status, where).toBe(404);
		// planning's address stays planning's
		expect((await get(people.moderator, `/api/scripts/${exercise.id}/central/files/${file.id}`)).status).toBe(
			404
		);
	});

	test('[P1] a new file on the page opens with its approval, and a file taken off it stays with what is approved', async () => {
		const [before, after] = [await attached(pdf, 'before.pdf'), await attached(png, 'after.png')];
		const [inject] = await exercise.approved({ title: 'Changes', to: toAll, attachments: [before] });
		const name = documentName({ exercise: exercise.id, kind: 'script', cell: 'central' });
		await server.services.documents.edit(name, people.planner.id, (doc) =>
			setFields(scriptInjects(doc).get(inject!.id)!, { attachments: [after] })
		);
		expect((await get(people.moderator, at(inject!.id, before.id))).status).toBe(200);
		expect((await get(people.moderator, at(inject!.id, after.id))).status).toBe(404);
	});
});

test('bytes are swept a day after nothing refers to them, and no sooner; what is referred to stays', async () => {
	const kept = await attached(Buffer.from('kept for ever'), 'kept.txt');
	const gone = await attached(Buffer.from('nobody refers to it'), 'gone.txt');
	const sumOf = (text: string) => createHash('sha256').update(text).digest('hex');
	const placeOf = (sum: string) => path.join(folder, sum.slice(0, 2), sum);
	const { files, database } = server.services;
	await database.pool.query('delete from attachment where id = $1', [gone.id]);
	const yesterday = new Date(Date.now() - fileLimits.keptMs - 60_000);
	await utimes(placeOf(sumOf('kept for ever')), yesterday, yesterday);
	await files.sweep(Date.now() + fileLimits.sweepEveryMs);
	expect(await files.store.has(sumOf('nobody refers to it'))).toBe(true);
	await utimes(placeOf(sumOf('nobody refers to it')), yesterday, yesterday);
	expect(await files.sweep(Date.now() + 3 * fileLimits.sweepEveryMs)).toBe(1);
	expect(await files.store.has(sumOf('nobody refers to it'))).toBe(false);
	expect((await get(people.planner, `/api/scripts/${exercise.id}/central/files/${kept.id}`)).status).toBe(
		200
	);
});
