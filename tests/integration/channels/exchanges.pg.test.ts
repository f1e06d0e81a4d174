import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChannelId, MessageId, RecordId } from '#lib/exercise/ids.ts';
import type { Relaxation } from '#lib/exercise/relaxation/schema.ts';
import type { TeamRequest } from '#lib/exercise/request/schema.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { foldRecords, type FoldedRecord } from '#lib/exercise/working/fold.ts';
import type { RecordKind } from '#lib/exercise/working/kinds.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { RawClient } from '../../support/raw-client.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { bodiesOf, messagesOf, post, readSegment, stageChannels, type ChannelStage } from './stage.ts';

let server: TestServer;
let stage: ChannelStage;
let csirts: ChannelId;
let cyclone: ChannelId;
beforeAll(async () => {
	server = await startTestServer();
	stage = await stageChannels(server);
	csirts = await stage.channel('CSIRTs network');
	cyclone = await stage.channel('EU-CyCLONe');
});
afterAll(() => server.close());

async function roomOf(person: Person, team: Team) {
	const { services } = server;
	const { exercise, actor } = await services.exercises.open(stage.exercise.id, person);
	return services.views.teamRoom.teamRoom(services.database, exercise, actor, team.id);
}
const recordsOf = async (person: Person, team: Team, kind: RecordKind): Promise<FoldedRecord[]> =>
	(await roomOf(person, team)).records.filter((one) => one.of === kind);
/** The one that was made last. */
const lastOf = async (person: Person, team: Team, kind: RecordKind) =>
	(await recordsOf(person, team, kind)).sort((a, b) => askedAt(b) - askedAt(a))[0]!;
const askedAt = (one: FoldedRecord) => (one.standing as { asked: { wallAt: number } }).asked.wallAt;
const questions = async (person: Person) => {
	const { services } = server;
	const { exercise, actor } = await services.exercises.open(stage.exercise.id, person);
	return services.views.questions.questions(services.database, exercise, actor);
};

test('[R1] a request between teams: a record of each, live on both timelines, and the same when read anew', async () => {
	const { exercise, people, teams } = stage;
	await exercise.must(people.gr, 'request.ask', {
		team: teams.gr.id,
		to: { team: teams.fr.id },
		question: 'Which versions are hit?',
		tlp: 'amber'
	});
	const mine = await lastOf(people.gr, teams.gr, 'request');
	const theirs = await lastOf(people.fr, teams.fr, 'request');
	expect(mine.id).not.toBe(theirs.id);
	await exercise.must(people.fr, 'request.acknowledge', { record: theirs.id });
	await exercise.must(people.fr, 'request.answer', { record: theirs.id, answer: '7.4 and 7.5' });
	await exercise.must(people.grLead, 'request.close', { record: mine.id });
	for (const [person, team, id] of [
		[people.gr, teams.gr, mine.id],
		[people.fr, teams.fr, theirs.id]
	] as const) {
		const client = await RawClient.synced({
			url: server.url,
			name: exercise.timeline(team.id),
			cookie: person.cookie
		});
		const stored = (await recordsOf(person, team, 'request')).find((one) => one.id === id)!;
		const folded = foldRecords([], [...timelineEntries(client.doc).values()]).records.get(id)!;
		expect(folded.standing).toEqual(stored.standing);
		expect(stored).toMatchObject({ acts: 4, standing: { state: 'closed', answer: { text: '7.4 and 7.5' } } });
		// neither side reads the other's record
		const other = id === mine.id ? theirs.id : mine.id;
		expect(client.bytes().includes(other)).toBe(false);
		client.close();
	}
});

test('[P2] two sides that act at the same moment wait in a line, and one of them is told that it was late', async () => {
	const { exercise, people, teams } = stage;
	for (let round = 0; round < 5; round++) {
		await exercise.must(people.gr, 'request.ask', {
			team: teams.gr.id,
			to: { team: teams.fr.id },
			question: `Round ${round}`
		});
		const mine = await lastOf(people.gr, teams.gr, 'request');
		const theirs = (await recordsOf(people.fr, teams.fr, 'request')).find(
			(one) => (one.standing as TeamRequest).question === `Round ${round}`
		)!;
		const answers = await Promise.all([
			exercise.send(people.fr, 'request.answer', { record: theirs.id, answer: 'One' }),
			exercise.send(people.gr, 'request.close', { record: mine.id }),
			exercise.send(people.fr, 'request.decline', { record: theirs.id, reason: 'Two' })
		]);
		expect(answers.filter((one) => !one.ok).map((one) => (one.ok ? '' : one.error.code))).toEqual(
			expect.arrayContaining(['stale'])
		);
	}
});

test('requests to exercise control, also to a body that it plays, stand in its list of questions and are answered there', async () => {
	const { exercise, people, teams } = stage;
	await exercise.must(people.gr, 'question.ask', { team: teams.gr.id, text: 'As before' });
	const { record } = (await exercise.must(people.gr, 'request.ask', {
		team: teams.gr.id,
		to: { control: true, as: 'Port authority' },
		question: 'Are the cranes still?',
		neededBy: Date.UTC(2026, 5, 10, 10),
		tlp: 'green'
	})) as { record: RecordId };
	const { open } = await questions(people.moderator);
	expect(open.map(({ of, text, to }) => [of, text, to])).toEqual([
		['question', 'As before', null],
		['request', 'Are the cranes still?', 'Port authority']
	]);
	await exercise.must(people.moderator, 'request.answer', { record, answer: 'They are.' });
	const { open: rest, answered } = await questions(exercise.director);
	expect(rest.map((one) => one.of)).toEqual(['question']);
	expect(answered[0]).toMatchObject({ of: 'request', answer: { text: 'They are.' } });
	const standing = (await lastOf(people.gr, teams.gr, 'request')).standing as TeamRequest;
	expect(standing).toMatchObject({ state: 'answered', answer: { by: null }, to: { body: 'Port authority' } });
});

test('[P8] AMBER is not passed on; its source is asked, grants it, and then it goes', async () => {
	const { exercise, people, teams } = stage;
	const { channel } = (await exercise.must(exercise.director, 'channel.open', {
		name: 'Suppliers',
		kind: 'sector',
		teams: [teams.fr.id, teams.port.id]
	})) as { channel: ChannelId };
	const message = await post(stage, people.gr, csirts, 'Indicators of the port case', 'amber');
	const forward = () =>
		exercise.send(people.fr, 'channel.post', { channel, text: 'For you', tlp: 'amber', quotes: [message] });
	expect(await forward()).toMatchObject({
		ok: false,
		error: {
			message: 'TLP:AMBER does not let you pass this on to GR Port. Ask its originator to relax the label.'
		}
	});
	await exercise.must(people.fr, 'label.requestRelax', {
		message,
		wanted: 'green',
		reason: 'Our port needs it'
	});
	expect(
		await exercise.send(people.fr, 'label.requestRelax', { message, wanted: 'clear', reason: 'x' })
	).toMatchObject({
		error: { code: 'stale' }
	});
	const asked = await lastOf(people.grLead, teams.gr, 'relaxation');
	expect(asked.standing as Relaxation).toMatchObject({
		state: 'asked',
		wanted: 'green',
		direction: 'received'
	});
	expect(await exercise.send(people.it, 'label.grantRelax', { record: asked.id })).toMatchObject({
		error: { code: 'not-found' }
	});
	const granted = (await exercise.must(people.grLead, 'label.grantRelax', { record: asked.id })) as {
		message: MessageId;
	};
	const client = await readSegment(server, exercise, people.fr, csirts);
	expect(messagesOf(client).find((one) => one.message === granted.message)).toMatchObject({
		relaxes: message,
		tlp: 'green',
		text: 'Indicators of the port case'
	});
	client.close();
	expect(await forward()).toMatchObject({ ok: true, result: { tlp: 'amber' } });
	expect(((await lastOf(people.fr, teams.fr, 'relaxation')).standing as Relaxation).state).toBe('granted');
	// the id of the message is in nobody's room
	const room = await RawClient.synced({
		url: server.url,
		name: exercise.timeline(teams.gr.id),
		cookie: people.grLead.cookie
	});
	expect(room.bytes().includes(message)).toBe(false);
	room.close();
});

test('what exercise control labelled is relaxed from its list', async () => {
	const { exercise, people, teams } = stage;
	const message = await post(stage, exercise.director, csirts, 'From the simulated supplier', 'amber');
	await exercise.must(people.it, 'label.requestRelax', {
		message,
		wanted: 'green',
		reason: 'For our sector'
	});
	const asked = (await questions(exercise.director)).open.find((one) => one.of === 'relaxation')!;
	expect(asked).toMatchObject({ wanted: 'green', tlp: 'amber', about: 'From the simulated supplier' });
	expect((await questions(people.moderator)).open.some((one) => one.of === 'relaxation')).toBe(false);
	await exercise.must(exercise.director, 'label.declineRelax', {
		record: asked.id as RecordId,
		reason: 'Not yet'
	});
	expect((await lastOf(people.it, teams.it, 'relaxation')).standing as Relaxation).toMatchObject({
		state: 'declined',
		answer: { text: 'Not yet', by: null }
	});
});

test('[R1] a summary goes up with its label; the links lead both ways for who may read both, and for nobody else', async () => {
	const { exercise, people, teams } = stage;
	await exercise.must(exercise.director, 'channel.setDuty', {
		channel: csirts,
		teams: [teams.gr.id, teams.fr.id]
	});
	const message = await post(stage, people.gr, csirts, 'Details of the port case', 'amber');
	const { message: summary } = (await exercise.must(people.gr, 'channel.bringUp', {
		message,
		text: 'Ports of three countries are hit',
		tlp: 'green'
	})) as { message: MessageId };
	const above = await readSegment(server, exercise, people.officer, cyclone);
	expect(messagesOf(above)).toMatchObject([
		{ message: summary, tlp: 'amber', broughtFrom: 'CSIRTs network' }
	]);
	expect(above.bytes().includes(message)).toBe(false);
	expect(above.bytes().includes(csirts)).toBe(false);
	const below = await readSegment(server, exercise, people.it, csirts);
	expect(bodiesOf(below).at(-1)).toMatchObject({ kind: 'brought-up', message, to: 'EU-CyCLONe' });
	expect(below.bytes().includes(summary)).toBe(false);
	const { services } = server;
	const links = async (
		person: Person,
		channel: ChannelId,
		of: MessageId,
		wanted: Parameters<typeof services.views.channels.linksOf>[5]
	) => {
		const opened = await services.exercises.open(exercise.id, person);
		return services.views.channels
			.linksOf(services.database, opened.exercise, opened.actor, channel, of, wanted)
			.catch((error: Error) => error.message);
	};
	expect(await links(exercise.director, cyclone, summary, { quote: 0 })).toEqual([
		{ channel: csirts, message }
	]);
	expect(await links(exercise.director, csirts, message, { summaries: true })).toEqual([
		{ channel: cyclone, message: summary }
	]);
	expect(await links(people.officer, cyclone, summary, { quote: 0 })).toEqual([]);
	expect(await links(people.gr, csirts, message, { summaries: true })).toEqual([]);
	expect(await links(people.gr, cyclone, summary, { quote: 0 })).toMatch(/nothing here/);
	for (const client of [above, below]) client.close();

	// and a question comes down, to the teams on duty
	await exercise.must(people.officer, 'request.ask', {
		team: teams.cma.id,
		to: { network: csirts },
		question: 'How many ports?'
	});
	const theirs = await lastOf(people.fr, teams.fr, 'request');
	await exercise.must(people.fr, 'request.answer', { record: theirs.id, answer: 'Eleven' });
	for (const [person, team] of [
		[people.officer, teams.cma],
		[people.gr, teams.gr]
	] as const)
		expect(
			(await recordsOf(person, team, 'request')).map((one) => (one.standing as TeamRequest).answer?.text)
		).toContain('Eleven');
	expect((await recordsOf(people.it, teams.it, 'request')).length).toBe(0);
});

test('the mode of a network: proposed by one, decided by another, told to every member team in its room', async () => {
	const { exercise, people, teams } = stage;
	await exercise.must(exercise.director, 'mode.setUp', {
		channel: csirts,
		ladder: [
			{ id: 'normal', label: 'Normal', rhythmHours: null },
			{ id: 'alert', label: 'Alert', rhythmHours: 4 }
		],
		deciders: [people.fr.id]
	});
	await exercise.must(people.gr, 'mode.propose', {
		channel: csirts,
		to: 'alert',
		reason: 'Three countries report it'
	});
	expect(
		await exercise.send(people.gr, 'mode.decide', { channel: csirts, to: 'alert', agree: true })
	).toMatchObject({
		error: { code: 'forbidden' }
	});
	const room = await RawClient.synced({
		url: server.url,
		name: exercise.timeline(teams.it.id),
		cookie: people.it.cookie
	});
	const answers = await Promise.all(
		[1, 2, 3].map(() =>
			exercise.send(people.fr, 'mode.decide', { channel: csirts, to: 'alert', agree: true, reason: 'Agreed' })
		)
	);
	expect(answers.filter((one) => one.ok)).toHaveLength(1);
	await room.until(
		() => bodiesOf(room).some((body) => body.kind === 'mode'),
		'the mode in the room of a member'
	);
	expect(bodiesOf(room).filter((body) => body.kind === 'mode')).toMatchObject([
		{ event: 'agreed', network: 'CSIRTs network', from: 'Normal', to: 'Alert', rhythmHours: 4 }
	]);
	room.close();
	expect((await roomOf(people.it, teams.it)).modes).toMatchObject([
		{ network: 'CSIRTs network', label: 'Alert', rhythmHours: 4 }
	]);
	expect((await roomOf(people.port, teams.port)).modes).toEqual([]);
});

test('[P2] files of a channel: an address for its members alone, from when they joined, and gone with a message once', async () => {
	const { exercise, people, teams } = stage;
	const { channel } = (await exercise.must(exercise.director, 'channel.open', {
		name: 'Files',
		kind: 'sector',
		teams: [teams.gr.id, teams.fr.id]
	})) as { channel: ChannelId };
	const upload = async (person: Person, bytes: string | Buffer, name = 'indicators.csv') => {
		const response = await fetch(`${server.url}/api/channels/${exercise.id}/${channel}/files`, {
			method: 'POST',
			headers: {
				'content-type': 'application/octet-stream',
				'x-file-name': encodeURIComponent(name),
				origin: server.url,
				cookie: person.cookie
			},
			body: typeof bytes === 'string' ? bytes : new Uint8Array(bytes)
		});
		return { status: response.status, body: (await response.json()) as { file: string } };
	};
	const get = async (file: string, person: Person) =>
		(await fetch(`${server.url}/files/channel/${file}`, { headers: { cookie: person.cookie } })).status;
	for (const person of [people.port, people.moderator, people.observer])
		expect((await upload(person, 'a,b\n')).status, person.name).toBe(404);
	const { status, body } = await upload(people.gr, 'ip,seen\n192.0.2.1,yes\n');
	expect(status).toBe(201);
	// before it is sent it is nobody else's
	expect(await get(body.file, people.gr)).toBe(200);
	expect(await get(body.file, people.fr)).toBe(404);
	const send = (person: Person) =>
		exercise.send(person, 'channel.post', { channel, text: '', tlp: 'green', files: [body.file as never] });
	expect(await send(people.fr)).toMatchObject({ ok: false, error: { code: 'not-found' } });
	expect(await send(people.gr)).toMatchObject({ ok: true });
	expect(await send(people.gr)).toMatchObject({ ok: false, error: { code: 'not-found' } });
	expect(await get(body.file, people.fr)).toBe(200);
	expect(await get(body.file, people.it)).toBe(404);
	await exercise.must(exercise.director, 'channel.addMembers', { channel, teams: [teams.it.id] });
	expect(await get(body.file, people.it)).toBe(404);
	await exercise.must(exercise.director, 'channel.removeMembers', { channel, teams: [teams.fr.id] });
	expect(await get(body.file, people.fr)).toBe(404);
	expect((await upload(people.gr, Buffer.alloc(20 * 1024 * 1024 + 1))).status).toBe(413);
	expect((await upload(people.gr, Buffer.from('MZ\x90\x00\x03\x00\x00\x00'), 'tool.exe')).status).toBe(422);
});

test('how far a message goes: as many as then read it, with what it quotes, and never a stranger’s answer', async () => {
	const { exercise, people } = stage;
	const { services } = server;
	const far = async (
		person: Person,
		wanted: Parameters<typeof services.views.messageReach.messageReach>[3]
	) => {
		const opened = await services.exercises.open(exercise.id, person);
		return services.views.messageReach.messageReach(services.database, opened.exercise, opened.actor, wanted);
	};
	// GR CSIRT has two players, FR and IT one each: exercise control reads along and is not counted
	expect(await far(people.gr, { tlp: 'green', channel: csirts })).toMatchObject({
		people: 4,
		countries: ['FR', 'GR', 'IT'],
		refusal: null
	});
	expect(await far(people.gr, { tlp: 'amber_strict', channel: csirts })).toMatchObject({
		refusal: expect.stringContaining('FR CSIRT') as string
	});
	const amber = await post(stage, people.it, csirts, 'AMBER', 'amber');
	expect(await far(people.gr, { tlp: 'clear', channel: csirts, quotes: [amber] })).toMatchObject({
		tlp: 'amber',
		people: 4
	});
	for (const [person, wanted] of [
		[people.port, { channel: csirts }],
		[people.gr, { channel: cyclone }],
		[people.observer, { channel: csirts }]
	] as const)
		await expect(far(person, { tlp: 'green', ...wanted })).rejects.toMatchObject({ code: 'not-found' });
});

test('unread counts are what came since the reader looked, without the own', async () => {
	const { exercise, people } = stage;
	const { services } = server;
	const opened = await services.exercises.open(exercise.id, people.it);
	const list = async (looked: Map<string, number>) =>
		(
			await services.views.channels.list(services.database, opened.exercise, opened.actor, looked)
		).channels.find((one) => one.id === csirts)!;
	const before = await list(new Map());
	expect(before.unread).toBeGreaterThan(0);
	const now = Date.now();
	expect((await list(new Map([[csirts, now]]))).unread).toBe(0);
	await post(stage, people.it, csirts, 'My own');
	await post(stage, people.gr, csirts, 'Somebody else’s', 'green', { mentions: [people.it] });
	expect(await list(new Map([[csirts, now]]))).toMatchObject({
		unread: 1,
		mentions: 1,
		last: { excerpt: 'Somebody else’s', from: { team: { name: 'GR CSIRT' } } }
	});
	const found = await services.views.channels.mentions(services.database, opened.exercise, opened.actor, now);
	expect(found).toMatchObject([{ channel: { name: 'CSIRTs network' }, by: people.gr.name }]);
});
