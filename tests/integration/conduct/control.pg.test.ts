import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId, RecordId } from '#lib/exercise/ids.ts';
import { isDue } from '#lib/exercise/conduct/suggestions.ts';
import { injectFingerprint, readScript } from '#lib/exercise/inject/schema.ts';
import type { RequestTo } from '#lib/exercise/request/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { timelineEntries, type TimelineEntry } from '#lib/exercise/timeline.ts';
import { eventually } from '../../support/eventually.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { Listener } from '../../support/listener.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

const startex = Date.UTC(2026, 5, 10, 7);
let server: TestServer;
let exercise: TestExercise;
let greek: Team;
let port: Team;
let italian: Team;
let ana: Person;
let ben: Person;
let moderator: Person;
let foreign: Person;
let player: Person;
let mate: Person;
let simcell: Person;

beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	greek = await exercise.team('GR CSIRT');
	port = await exercise.team('GR Port');
	italian = await exercise.team('IT CSIRT', 'IT');
	ana = await exercise.member('Ana', { role: 'controller' });
	ben = await exercise.member('Ben', { role: 'controller' });
	moderator = await exercise.member('Moderator', { role: 'moderator', country: 'GR' });
	foreign = await exercise.member('Foreign', { role: 'moderator', country: 'IT' });
	player = await exercise.member('Player', { role: 'player', teamId: greek.id });
	mate = await exercise.member('Mate', { role: 'player', teamId: greek.id, lead: true });
	simcell = await exercise.member('Actor', { role: 'simcell' });
	await server.services.exercises.updateSettings(
		exercise.id,
		{ settings: { simulatedBodies: ['Port authority'] } },
		exercise.director.id
	);
	await exercise.approved({ title: 'Before', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(() => server?.close());

const views = () => server.services.views.conduct;
async function read<T>(
	person: Person,
	view: (
		...given: [
			database: TestServer['services']['database'],
			exercise: Awaited<ReturnType<TestServer['services']['exercises']['open']>>['exercise'],
			actor: Awaited<ReturnType<TestServer['services']['exercises']['open']>>['actor']
		]
	) => Promise<T>
): Promise<T> {
	const opened = await server.services.exercises.open(exercise.id, person);
	return view(server.services.database, opened.exercise, opened.actor);
}
const entriesOf = async (name: string): Promise<TimelineEntry[]> => [
	...timelineEntries(await server.services.documents.read(name)).values()
];
const teamEntries = (team: Team) => entriesOf(exercise.timeline(team.id));
const page = async (cell: 'central' | 'GR') =>
	readScript(
		await server.services.documents.read(documentName({ exercise: exercise.id, kind: 'script', cell }))
	);

describe('the help desk', () => {
	test('[P2] is between a person and exercise control: own country’s moderators read it, team mates do not', async () => {
		const { request } = (await exercise.must(player, 'help.ask', {
			topic: 'technical',
			text: 'No sound in room 4',
			place: '/teams'
		})) as { request: string };
		for (const person of [ana, moderator]) {
			const [asked] = (await read(person, views().desk)).open;
			expect(asked).toMatchObject({ id: request, askedBy: 'Player', teams: ['GR CSIRT'], place: '/teams' });
		}
		expect((await read(foreign, views().desk)).open).toEqual([]);
		await expect(read(mate, views().desk)).rejects.toMatchObject({ code: 'not-found' });
		expect(await read(mate, views().ownHelp)).toEqual([]);
		expect(await read(player, views().ownHelp)).toMatchObject([
			{ id: request, isTaken: false, answer: null }
		]);

		const listener = await Listener.join(server.url, player, exercise.id);
		const deaf = await Listener.join(server.url, mate, exercise.id);
		await exercise.must(ana, 'claim.take', { kind: 'help', subject: request });
		expect(await read(player, views().ownHelp)).toMatchObject([{ isTaken: true }]);
		await exercise.must(ana, 'help.answer', { request: request as never, answer: 'Click once.' });
		await eventually(() => listener.told('help') > 0, 'the asker is told');
		expect(deaf.told('help')).toBe(0);
		expect(JSON.stringify(await read(player, views().ownHelp))).toContain('Click once.');
		// whom it was answered by is exercise control's business
		expect(JSON.stringify(await read(player, views().ownHelp))).not.toContain('Ana');
		expect((await read(ana, views().claims)).filter((one) => one.kind === 'help')).toEqual([]);
		for (const one of [listener, deaf]) one.close();
		for (const entries of [await teamEntries(greek), await entriesOf(exercise.timeline('everyone'))])
			expect(JSON.stringify(entries)).not.toMatch(/No sound|Click once/);
	});
});

describe('claims', () => {
	const subject = { kind: 'country' as const, subject: 'GR' };

	test('[R10] twenty take one thing at once: one has it', async () => {
		const people = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? ana : ben));
		const answers = await Promise.all(people.map((person) => exercise.send(person, 'claim.take', subject)));
		expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
		for (const answer of answers) if (!answer.ok) expect(answer.error.code).toBe('stale');
	});

	test('[R10] is taken over by naming who has it, once; and given back', async () => {
		const [claim] = await read(ana, views().claims);
		const [has, other] = claim!.accountId === ana.id ? [ana, ben] : [ben, ana];
		const takeover = () => exercise.send(other, 'claim.take', { ...subject, from: has.id });
		const answers = await Promise.all([takeover(), takeover(), takeover()]);
		expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
		expect(await read(ana, views().claims)).toMatchObject([{ accountId: other.id, name: other.name }]);
		await exercise.must(has, 'claim.giveBack', { ...subject, of: other.id });
		expect(await read(ana, views().claims)).toEqual([]);
	});

	test('moderators read what is about their own country', async () => {
		await exercise.must(ana, 'claim.take', subject);
		await exercise.must(ana, 'claim.take', { kind: 'country', subject: 'IT' });
		expect((await read(moderator, views().claims)).map((one) => one.subject)).toEqual(['GR']);
		expect((await read(foreign, views().claims)).map((one) => one.subject)).toEqual(['IT']);
	});

	test('whoever leaves gives back after a while; whoever is connected keeps', async () => {
		await exercise.must(ben, 'claim.take', { kind: 'storyline', subject: 'none' }).catch(() => undefined);
		const { leaving } = server.services.realtime;
		const listener = await Listener.join(server.url, ana, exercise.id);
		await eventually(async () => {
			await leaving.look();
			const claims = await read(ana, views().claims);
			return claims.length === 2 && claims.every((one) => !one.away);
		}, 'Ana is here');
		listener.close();
		await eventually(
			async () => {
				await leaving.look();
				return (await read(ana, views().claims)).every((one) => one.away);
			},
			'Ana is away',
			30_000
		);
		expect(await read(ana, views().claims)).toHaveLength(2);
		await server.services.database.pool.query(
			`update work_claim set away_since = away_since - interval '61 seconds'`
		);
		await leaving.look();
		expect(await read(ana, views().claims)).toEqual([]);
		const { rows } = await server.services.database.pool.query<{ why: string; actor_id: string | null }>(
			`select fact ->> 'why' as why, actor_id from fact where kind = 'work-returned' order by sequence desc limit 2`
		);
		expect(rows).toEqual([
			{ why: 'left', actor_id: null },
			{ why: 'left', actor_id: null }
		]);
	}, 60_000);
});

describe('suggestions', () => {
	test('[P1] a missed action suggests its contingency to that team; one press releases it there alone', async () => {
		const [first] = await exercise.approved({
			title: 'Ransom note',
			reference: 'CM-3',
			to: toAll,
			expectedActions: [{ id: 'isolate', text: 'Isolates', withinSeconds: 1, critical: true }]
		});
		const [worm] = await exercise.approved({
			title: 'The worm spreads',
			reference: 'CM-90',
			to: toAll,
			schedule: {
				mode: 'contingency',
				condition: 'not isolated',
				missed: { inject: first!.id, action: 'isolate' }
			}
		});
		await exercise.must(ana, 'inject.release', { inject: first!.id });
		await exercise.must(ana, 'inject.markAction', { inject: first!.id, team: port.id, action: 'isolate' });
		const found = await read(ana, views().suggestions);
		expect(found.map((one) => one.team).sort()).toEqual([greek.id, italian.id].sort());
		expect(isDue(found[0]!, found[0]!.at)).toBe(false);
		expect((await read(moderator, views().suggestions)).map((one) => one.team)).toEqual([greek.id]);
		await expect(read(player, views().suggestions)).rejects.toMatchObject({ code: 'not-found' });

		// the moderator uses it for the own team, though it is written for all
		await exercise.must(moderator, 'inject.release', {
			inject: worm!.id,
			to: { all: false, countries: [], levels: [], teams: [greek.id] }
		});
		const titles = async (team: Team) =>
			(await teamEntries(team)).flatMap((entry) =>
				entry.body.kind === 'inject' ? entry.body.inject.title : []
			);
		expect(await titles(greek)).toContain('The worm spreads');
		expect(await titles(italian)).not.toContain('The worm spreads');
		expect((await read(ana, views().suggestions)).map((one) => one.team)).toEqual([italian.id]);

		const dismiss = () =>
			exercise.send(ana, 'suggestion.dismiss', {
				inject: worm!.id,
				team: italian.id,
				missed: { inject: first!.id, action: 'isolate' },
				note: 'They are about to'
			});
		const answers = await Promise.all([dismiss(), dismiss()]);
		expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
		expect(await read(ana, views().suggestions)).toEqual([]);
		// it still lies in reserve for the others
		await exercise.must(ana, 'inject.release', {
			inject: worm!.id,
			to: { all: false, countries: [], levels: [], teams: [port.id] }
		});
		for (const team of [greek, italian, port])
			expect(JSON.stringify(await teamEntries(team))).not.toMatch(/They are about to|Isolates/);
	});
});

describe('adapting', () => {
	test('[P1] a central inject becomes the country’s variant: its teams get the new text, all others the old', async () => {
		const [central] = await exercise.approved({
			title: 'Cranes stand still',
			reference: 'CM-31',
			body: richTextFromText('The crane.'),
			to: toAll
		});
		const result = (await exercise.must(moderator, 'inject.adapt', {
			inject: central!.id,
			fingerprint: injectFingerprint(central!),
			changes: { title: 'Cranes in Piraeus stand still', body: richTextFromText('The Piraeus crane.') }
		})) as { inject: InjectId; approved: boolean; variant: boolean };
		expect(result).toMatchObject({ approved: true, variant: true });
		const [onPage] = (await page('GR')).filter((one) => one.id === result.inject);
		expect(onPage).toMatchObject({ reference: 'CM-31-EL', origin: { inject: central!.id } });
		await exercise.must(ana, 'inject.release', { inject: central!.id });
		await exercise.must(moderator, 'inject.release', { inject: result.inject });
		expect(JSON.stringify(await teamEntries(greek))).toContain('Cranes in Piraeus stand still');
		expect(JSON.stringify(await teamEntries(greek))).not.toContain('"Cranes stand still"');
		expect(JSON.stringify(await teamEntries(italian))).toContain('"Cranes stand still"');
	});

	test('where two people are needed, the approved text stays in force, or is held, until somebody else approves', async () => {
		await server.services.exercises.updateSettings(
			exercise.id,
			{ settings: { authorMayApprove: false } },
			exercise.director.id
		);
		const [central] = await exercise
			.approved({
				title: 'For the port',
				reference: 'CM-40',
				to: { all: false, countries: [], levels: [], teams: [port.id] }
			})
			.catch(async () => {
				// approval by one person is off: submit and approve by two
				const script = await page('central');
				const one = script.find(({ reference }) => reference === 'CM-40')!;
				const named = { inject: one.id, fingerprint: injectFingerprint(one) };
				await exercise.must(exercise.director, 'inject.submit', { cell: 'central', injects: [named] });
				await exercise.must(ben, 'inject.approve', { cell: 'central', injects: [named] });
				return [one];
			});
		const result = (await exercise.must(ana, 'inject.adapt', {
			inject: central!.id,
			fingerprint: injectFingerprint(central!),
			changes: { title: 'For the port, again' },
			hold: true
		})) as { approved: boolean };
		expect(result.approved).toBe(false);
		const state = async () =>
			(
				await server.services.database.pool.query<{ state: string; version: number }>(
					'select state, version from inject where id = $1',
					[central!.id]
				)
			).rows[0];
		expect(await state()).toEqual({ state: 'held', version: 1 });
		const [now] = (await page('central')).filter((one) => one.id === central!.id);
		expect(now!.title).toBe('For the port, again');
		const named = { inject: now!.id, fingerprint: injectFingerprint(now!) };
		expect(await exercise.send(ana, 'inject.approve', { cell: 'central', injects: [named] })).toMatchObject({
			ok: false
		});
		await exercise.must(ben, 'inject.approve', { cell: 'central', injects: [named] });
		await exercise.must(ana, 'inject.release', { inject: central!.id });
		expect(JSON.stringify(await teamEntries(port))).toContain('For the port, again');
	});
});

describe('words to some', () => {
	test('[P2] a prompt reaches its team without a name; an announcement to a country its teams and nobody else', async () => {
		await exercise.must(moderator, 'team.prompt', { team: greek.id, text: 'Look at the log once more' });
		await exercise.must(ana, 'announcement.make', {
			text: 'Greek lunch at one',
			to: { countries: ['GR'] }
		});
		const mine = await teamEntries(greek);
		expect(mine.find((entry) => entry.body.kind === 'prompt')).toMatchObject({ by: null });
		expect(JSON.stringify(mine)).toContain('Greek lunch at one');
		expect(JSON.stringify(mine.slice(-2))).not.toMatch(/Moderator|Ana|GR Port/);
		for (const entries of [await teamEntries(italian), await entriesOf(exercise.timeline('everyone'))])
			expect(JSON.stringify(entries)).not.toMatch(/Look at the log|Greek lunch/);
		const record = async (person: Person) => {
			const opened = await server.services.exercises.open(exercise.id, person);
			const { lines } = await server.services.views.record.facts(
				server.services.database,
				opened.exercise,
				opened.actor,
				{ groups: [], team: null, text: '', from: null, to: null, newestFirst: true } as never,
				{ after: null, before: null }
			);
			return JSON.stringify(lines);
		};
		expect(await record(player)).toContain('Greek lunch at one');
		expect(await record(foreign)).not.toMatch(/Greek lunch|Look at the log|No sound/);
		expect(await record(player)).not.toMatch(/No sound|They are about to|Piraeus stand still.*adapted/);
		expect(await record(ana)).toMatch(/No sound/);
	});
});

describe('the simulation cell', () => {
	test('[P1] sees what is put to a body, and nothing else of the exercise', async () => {
		await exercise.must(player, 'question.ask', { team: greek.id, text: 'To control only' });
		await exercise.must(player, 'request.ask', {
			team: greek.id,
			to: { control: true, as: 'Port authority' },
			question: 'Who is in charge?'
		});
		const { open } = await read(simcell, views().simulation);
		expect(open).toMatchObject([{ to: 'Port authority', team: 'GR CSIRT', text: 'Who is in charge?' }]);
		expect(JSON.stringify(open)).not.toContain('To control only');
		for (const view of [views().desk, views().claims, views().queue, views().suggestions])
			await expect(read<unknown>(simcell, view)).rejects.toMatchObject({
				code: 'not-found'
			});
		await expect(read(player, views().simulation)).rejects.toMatchObject({ code: 'not-found' });
		const listener = await Listener.join(server.url, simcell, exercise.id);
		await exercise.must(simcell, 'request.answer', { record: open[0]!.id, answer: 'We are.' });
		await eventually(() => listener.told('questions') > 0, 'the cell is told');
		expect(listener.told('board') + listener.told('script') + listener.told('help')).toBe(0);
		listener.close();
		const told = (await teamEntries(greek)).find(
			({ body }) => body.kind === 'working' && body.fact.kind === 'request-answered'
		);
		expect(told).toMatchObject({ by: null, body: { fact: { answer: 'We are.' } } });
	});

	test('[P1] [P2] answers requests for information that are put to a body, in character, and sees no others', async () => {
		const ask = async (question: string, to: RequestTo) =>
			(
				(await exercise.must(player, 'request.ask', {
					team: greek.id,
					to,
					question,
					neededBy: startex + 60 * 60_000,
					tlp: 'amber'
				})) as { record: RecordId }
			).record;
		const listener = await Listener.join(server.url, simcell, exercise.id);
		const secret = await ask('SECRET to control', { control: true });
		const neighbours = await ask('SECRET to the port', { team: port.id });
		const told = listener.told('questions');
		const closing = await ask('When does the gate close?', { control: true, as: 'Harbour guard' });
		const opening = await ask('And when does it open?', { control: true, as: 'Harbour guard' });
		await eventually(() => listener.told('questions') > told, 'the cell is told');
		const seen = () => read(simcell, views().simulation);
		expect((await seen()).open).toEqual([
			{
				id: closing,
				to: 'Harbour guard',
				team: 'GR CSIRT',
				text: 'When does the gate close?',
				askedAt: expect.any(Number) as number,
				askedWall: expect.any(Number) as number,
				answer: null,
				tlp: 'amber',
				neededBy: startex + 60 * 60_000
			},
			expect.objectContaining({ id: opening })
		]);
		for (const record of [secret, neighbours])
			expect(await exercise.send(simcell, 'request.answer', { record, answer: 'x' })).toEqual(
				await exercise.send(simcell, 'request.answer', {
					record: 'no-such-record-0000' as never,
					answer: 'x'
				})
			);
		await exercise.must(simcell, 'request.answer', { record: closing, answer: 'At six.' });
		await exercise.must(simcell, 'request.decline', { record: opening, reason: 'That is not public.' });
		expect((await seen()).open).toEqual([]);
		expect((await seen()).answered).toEqual(
			expect.arrayContaining([
				expect.objectContaining({
					id: closing,
					answer: expect.objectContaining({
						text: 'At six.',
						as: 'Harbour guard',
						kind: 'answered'
					}) as unknown
				}),
				expect.objectContaining({
					id: opening,
					answer: expect.objectContaining({ text: 'That is not public.', kind: 'declined' }) as unknown
				})
			])
		);
		expect(JSON.stringify(await seen())).not.toMatch(/SECRET|"Player"/);
		expect(JSON.stringify(await teamEntries(greek))).toMatch(/At six\./);
		expect(JSON.stringify(await teamEntries(greek))).not.toContain('Actor');
		expect(listener.told('board') + listener.told('script') + listener.told('records')).toBe(0);
		listener.close();
		await expect(
			exercise.send(simcell, 'request.answer', { record: closing, answer: 'Again' })
		).resolves.toMatchObject({ ok: false, error: { code: 'stale' } });
	});

	test('a request that waits is read however many are done with', async () => {
		const { record } = (await exercise.must(player, 'request.ask', {
			team: greek.id,
			to: { control: true, as: 'Harbour guard' },
			question: 'Still waiting',
			neededBy: null,
			tlp: 'amber'
		})) as { record: RecordId };
		await server.services.database.pool.query(
			`insert into working_record (id, exercise_id, team_id, kind, standing, others, acts, changed)
			select 'done-record-' || n, w.exercise_id, w.team_id, w.kind,
				jsonb_set(w.standing, '{state}', '"closed"'), w.others, w.acts, w.changed + n
			from working_record w, generate_series(1, 250) n where w.id = $1`,
			[record]
		);
		for (const open of [
			(await read(simcell, views().simulation)).open,
			(await read(ana, server.services.views.questions.questions)).open
		])
			expect(open.some((one) => one.id === record)).toBe(true);
		await server.services.database.pool.query(`delete from working_record where id like 'done-record-%'`);
	});
});

describe('the wall', () => {
	test('[P8] says who is here, what waits and how the system does; no text of a request, no player’s name', async () => {
		await exercise.must(mate, 'help.ask', { topic: 'exercise', text: 'SECRET of the request' });
		const listener = await Listener.join(server.url, player, exercise.id);
		const wall = () =>
			read(ana, (database, of, actor) =>
				server.services.views.conduct.wall(database, server.services.health, of, actor)
			);
		await eventually(
			async () =>
				(await wall()).connected.countries.some(({ country, here }) => country === 'GR' && here === 1),
			'the player is counted'
		);
		const seen = await wall();
		expect(seen.help).toMatchObject([{ topic: 'exercise', teams: ['GR CSIRT'], takenBy: null }]);
		expect(JSON.stringify(seen)).not.toMatch(/SECRET|Mate|"Player"/);
		expect(seen.connected.roles.find(({ role }) => role === 'player')).toEqual({
			role: 'player',
			here: 1,
			all: 2
		});
		expect(seen.health.figures).toMatchObject({ scheduleAlive: true, mail: { isSetUp: false }, nodes: 1 });
		expect(seen.health.figures.eventSockets).toBeGreaterThanOrEqual(1);
		expect(seen.health.states.database).toMatch(/well|watch/);
		listener.close();
		for (const person of [moderator, player, simcell])
			await expect(
				read(person, (database, of, actor) =>
					server.services.views.conduct.wall(database, server.services.health, of, actor)
				)
			).rejects.toMatchObject({ code: 'not-found' });
	});
});
