import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChannelId, MessageId } from '#lib/exercise/ids.ts';
import { closeCode } from '#lib/protocol/wire.ts';
import { RawClient } from '../../support/raw-client.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import {
	bodiesOf,
	messagesOf,
	post,
	readSegment,
	segmentName,
	stageChannels,
	type ChannelStage
} from './stage.ts';

let server: TestServer;
let stage: ChannelStage;
let csirts: ChannelId;
beforeAll(async () => {
	server = await startTestServer();
	stage = await stageChannels(server);
	csirts = await stage.channel('CSIRTs network');
});
afterAll(() => server.close());

const refused = async (person: { cookie: string } | null, name: string): Promise<number> =>
	RawClient.open({ url: server.url, name, ...(person && { cookie: person.cookie }) }).then(
		(client) => {
			client.close();
			return 101;
		},
		(error: { status?: number }) => error.status ?? 0
	);

test('[R1] a message reaches the members live, with the name of whoever wrote it, and nothing of where it is stored', async () => {
	const { people, exercise } = stage;
	const reader = await readSegment(server, exercise, people.fr, csirts);
	const first = await post(stage, people.gr, csirts, 'Odd logins in three ports');
	await reader.until(() => messagesOf(reader).length > 0, 'the message');
	const [message] = messagesOf(reader);
	expect(message).toMatchObject({
		message: first,
		text: 'Odd logins in three ports',
		tlp: 'green',
		from: { team: { name: 'GR CSIRT', country: 'GR' } },
		author: people.gr.id
	});
	expect(reader.bytes().includes(stage.teams.gr.id)).toBe(false);
	await post(stage, exercise.director, csirts, 'From exercise control');
	await reader.until(() => messagesOf(reader).length > 1, 'the second message');
	expect(messagesOf(reader)[1]).toMatchObject({ from: { control: true } });
	expect(messagesOf(reader)[1]).not.toHaveProperty('author');
	expect(reader.bytes().includes(exercise.director.name)).toBe(false);
	expect(reader.bytes().includes(exercise.director.id)).toBe(false);
	reader.close();
});

test('[P2] a channel opens for its members and exercise control alone; forged names lead nowhere', async () => {
	const { people, exercise } = stage;
	const name = segmentName(exercise, csirts);
	const { port, officer, moderator, evaluator, observer, sister } = people;
	for (const person of [port, officer, moderator, evaluator, observer, sister, null])
		expect(await refused(person, name), person?.name ?? 'nobody').toBe(person ? 404 : 401);
	for (const person of [people.gr, people.it, exercise.director])
		expect(await refused(person, name)).toBe(101);
	const { id } = exercise;
	for (const forged of [
		`exercise/${id}/timeline/channel/${csirts}`,
		`exercise/${id}/timeline/channel/${csirts}/1`,
		`exercise/${id}/timeline/channel/${csirts}/00`,
		`exercise/${id}/timeline/channel/${csirts}/-1`,
		`exercise/${id}/timeline/channel/${csirts.slice(0, -1)}x/0`,
		`exercise/${id}/timeline/team/${csirts}/0`,
		`exercise/elsewhere0000/timeline/channel/${csirts}/0`,
		`exercise/${id}/timeline/channel/${csirts}%2F0%2F0`
	])
		expect(await refused(people.gr, forged), forged).toBe(404);
});

test('[P2] whoever joins reads from then on, by socket, by HTTP, in the record, and as a quote', async () => {
	const { people, exercise, teams } = stage;
	const { channel } = (await exercise.must(exercise.director, 'channel.open', {
		name: 'Harbours',
		kind: 'sector',
		teams: [teams.gr.id, teams.fr.id]
	})) as { channel: ChannelId };
	const before = await post(stage, people.gr, channel, 'EARLIER-WORDS');
	const old = await readSegment(server, exercise, people.fr, channel);
	await exercise.must(exercise.director, 'channel.addMembers', { channel, teams: [teams.port.id] });
	// members are led on
	await old.until(() => bodiesOf(old).some((body) => body.kind === 'continued'), 'the next segment');
	const after = await post(stage, people.fr, channel, 'LATER-WORDS');

	expect(await refused(people.port, segmentName(exercise, channel, 0))).toBe(404);
	const newcomer = await readSegment(server, exercise, people.port, channel, 1);
	expect(messagesOf(newcomer).map((one) => one.text)).toEqual(['LATER-WORDS']);
	expect(bodiesOf(newcomer)[0]).toEqual({ kind: 'membership', event: 'joined', names: ['GR Port'] });
	expect(newcomer.bytes().includes('EARLIER-WORDS')).toBe(false);

	const get = async (path: string, person = people.port) => {
		const response = await fetch(server.url + path, { headers: { cookie: person.cookie } });
		return { status: response.status, text: await response.text() };
	};
	expect((await get(`/api/segments/${segmentName(exercise, channel, 0)}`)).status).toBe(404);
	expect((await get(`/api/documents/${segmentName(exercise, channel, 0)}`)).status).toBe(404);
	expect((await get(`/api/segments/${segmentName(exercise, channel, 0)}`, people.gr)).text).toContain(
		'EARLIER-WORDS'
	);

	const { services } = server;
	const lines = async (person: { id: typeof people.port.id }) => {
		const opened = await services.exercises.open(exercise.id, person);
		const view = await services.views.record.facts(
			services.database,
			opened.exercise,
			opened.actor,
			{ team: null, groups: [], text: 'words', from: null, to: null, newestFirst: false },
			{ after: null, before: null }
		);
		return view.lines.map((line) => line.detail);
	};
	expect(await lines(people.port)).toEqual(['LATER-WORDS']);
	expect(await lines(people.gr)).toEqual(['EARLIER-WORDS', 'LATER-WORDS']);
	expect(await lines(people.evaluator)).toEqual([]);

	const quote = (message: MessageId) =>
		exercise.send(people.port, 'channel.post', {
			channel,
			text: 'As you said',
			tlp: 'green',
			quotes: [message]
		});
	expect(await quote(before)).toMatchObject({ ok: false, error: { code: 'not-found' } });
	expect(await quote(after)).toMatchObject({ ok: true });
	for (const client of [old, newcomer]) client.close();
});

test('[P6] who is taken out of a channel is out on open sockets within 5 s, and its name opens no more', async () => {
	const { people, exercise, teams } = stage;
	const { channel } = (await exercise.must(exercise.director, 'channel.open', {
		name: 'Rails',
		kind: 'sector',
		teams: [teams.gr.id, teams.it.id]
	})) as { channel: ChannelId };
	const gone = await readSegment(server, exercise, people.it, channel);
	const stays = await readSegment(server, exercise, people.gr, channel);
	await exercise.must(exercise.director, 'channel.removeMembers', { channel, teams: [teams.it.id] });
	await gone.until(() => gone.closed !== null, 'the end of the socket', 5000);
	expect(gone.closed!.code).toBe(closeCode.rightsChanged);
	expect(await refused(people.it, segmentName(exercise, channel))).toBe(404);
	await post(stage, people.gr, channel, 'AMONG-OURSELVES');
	await stays.until(() => messagesOf(stays).length === 1, 'what is said among those who stay');
	expect(gone.bytes().includes('AMONG-OURSELVES')).toBe(false);
	expect(
		await exercise.send(people.it, 'channel.post', { channel, text: 'Still here?', tlp: 'green' })
	).toMatchObject({
		ok: false,
		error: { code: 'not-found' }
	});
	stays.close();
});

test('[P8] labels are refused where somebody would be left out, and quotes keep the label that is stored', async () => {
	const { people, exercise } = stage;
	const send = (tlp: 'red' | 'amber_strict' | 'amber', quotes: MessageId[] = []) =>
		exercise.send(people.gr, 'channel.post', { channel: csirts, text: 'Secret', tlp, quotes });
	expect(await send('red')).toMatchObject({ ok: false, error: { code: 'forbidden' } });
	expect(await send('amber_strict')).toMatchObject({
		ok: false,
		error: { details: { kept: ['FR CSIRT', 'IT CSIRT'] } }
	});
	const amber = await post(stage, people.gr, csirts, 'For the network', 'amber');
	const quoting = (await exercise.must(people.it, 'channel.post', {
		channel: csirts,
		text: 'Seen',
		tlp: 'clear',
		quotes: [amber]
	})) as { tlp: string };
	expect(quoting.tlp).toBe('amber');
});

test('[P7] every change of members has its audit row in the chain', async () => {
	const { rows } = await server.services.database.pool.query<{ act: string }>(
		`select distinct act from audit where scope = $1 and act like 'channel.%'`,
		[stage.exercise.id]
	);
	expect(rows.map((row) => row.act).sort()).toEqual([
		'channel.addMembers',
		'channel.open',
		'channel.openStandard',
		'channel.post',
		'channel.removeMembers'
	]);
});

test('[P4] the standard channels are made once, however often and by how many it is pressed', async () => {
	const { exercise } = stage;
	const second = await exercise.member('Second controller', { role: 'controller' });
	await Promise.all(
		[exercise.director, second, exercise.director].map((one) =>
			exercise.send(one, 'channel.openStandard', {})
		)
	);
	const { rows } = await server.services.database.pool.query(
		'select standard from channel where exercise_id = $1 and standard is not null',
		[exercise.id]
	);
	expect(new Set(rows.map((row: { standard: string }) => row.standard)).size).toBe(rows.length);
	// a country that comes later gets its exchange, its team joins the network
	const [late] = await server.services.exercises.addTeams(
		exercise.id,
		[{ name: 'ES CSIRT', country: 'ES', level: 'technical' }],
		exercise.director.id
	);
	await exercise.must(exercise.director, 'channel.openStandard', {});
	const player = await exercise.member('ES analyst', { role: 'player', teamId: late!.id });
	expect(await refused(player, segmentName(exercise, csirts, 0))).toBe(404);
	expect(await refused(player, segmentName(exercise, csirts, 1))).toBe(101);
});

test('[P2] a message that is being sent while somebody is added is checked against those who then read it', async () => {
	const { people, exercise, teams } = stage;
	const { channel } = (await exercise.must(exercise.director, 'channel.open', {
		name: 'Inside',
		kind: 'sector',
		teams: [teams.gr.id, teams.sister.id]
	})) as { channel: ChannelId };
	const answers = await Promise.all([
		...Array.from({ length: 10 }, (_, i) =>
			exercise.send(people.gr, 'channel.post', { channel, text: `STRICT-${i}`, tlp: 'amber_strict' })
		),
		exercise.send(exercise.director, 'channel.addMembers', { channel, teams: [teams.fr.id] }),
		...Array.from({ length: 10 }, (_, i) =>
			exercise.send(people.sister, 'channel.post', { channel, text: `STRICT-${10 + i}`, tlp: 'amber_strict' })
		)
	]);
	expect(answers.filter((answer) => answer.ok).length).toBeGreaterThan(0);
	const { rows } = await server.services.database.pool.query<{ segment: number }>(
		`select segment from document where timeline = $1 order by segment`,
		[segmentName(exercise, channel).replace(/\/0$/, '')]
	);
	expect(rows.map((row) => row.segment)).toEqual([0, 1]);
	const newcomer = await readSegment(server, exercise, people.fr, channel, 1);
	expect(newcomer.bytes().includes('STRICT-')).toBe(false);
	newcomer.close();
});
