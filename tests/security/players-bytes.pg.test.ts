import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import {
	addInject,
	injectFingerprint,
	newInject,
	readScript,
	type Inject
} from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { TestExercise, toAll, type Person } from '../support/exercise.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/*
 * [P1] [P2] Every byte that players receive while injects are planned, held, skipped, released and made up: on all
 * documents that they may open and on the event socket. Each planning field of each inject has a word of its own, so that
 * what arrives can be told from what must not.
 */
let server: TestServer;
let exercise: TestExercise;
let teams: Team[];
let recorders: Record<string, Recorder>;

/** Fields that a release shows, and those that it never does. */
const shownFields = ['title', 'from', 'body'];
const hiddenFields = [
	'reference',
	'storyline',
	'expected',
	'objective',
	'capability',
	'controller',
	'evaluatorNotes',
	'controllerNotes',
	'condition'
];
const word = (inject: string, field: string) => `ZEISIG${inject}${field}ZEISIG`;

function planned(inject: string, to: Inject['to']): Partial<Omit<Inject, 'id'>> {
	const of = (field: string) => word(inject, field);
	return {
		title: of('title'),
		from: of('from'),
		body: richTextFromText(of('body')),
		reference: of('reference'),
		storyline: of('storyline'),
		expectedActions: [{ id: 'a', text: of('expected'), withinSeconds: 60, critical: true }],
		objectives: [of('objective')],
		capabilities: [of('capability')],
		controller: of('controller'),
		evaluatorNotes: of('evaluatorNotes'),
		controllerNotes: of('controllerNotes'),
		schedule: { mode: 'contingency', condition: of('condition') },
		to
	};
}

/** All that one person receives. */
class Recorder {
	readonly clients: RawClient[] = [];
	readonly #events: Buffer[] = [];
	#socket: WebSocket | null = null;

	static async of(person: Person): Promise<Recorder> {
		const recorder = new Recorder();
		const { rows } = await server.services.database.pool.query<{ name: string }>(
			'select name from document where exercise_id = $1',
			[exercise.id]
		);
		for (const { name } of rows) {
			const client = await RawClient.synced({ url: server.url, name, cookie: person.cookie }).catch(
				() => null
			);
			if (client) recorder.clients.push(client);
		}
		const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
			headers: { origin: server.url, cookie: person.cookie }
		});
		recorder.#socket = socket;
		socket.on('message', (data: Buffer) => {
			const text = data.toString();
			recorder.#events.push(data);
			if (text === '2') socket.send('3');
			if (text.startsWith('0')) socket.send('40');
			if (text.startsWith('40')) socket.send(`421${JSON.stringify(['join', exercise.id])}`);
		});
		await recorder.until(() => recorder.events.includes('431[{"ok":true'), 'the events of the exercise');
		return recorder;
	}

	get events(): string {
		return Buffer.concat(this.#events).toString();
	}

	/** The bytes as they came, and base64 in them read. */
	bytes(): string {
		const all = Buffer.concat([...this.clients.flatMap((one) => one.received), ...this.#events]).toString(
			'latin1'
		);
		const decoded = [...all.matchAll(/[A-Za-z0-9+/]{24,}={0,2}/g)].map(([text]) =>
			Buffer.from(text, 'base64').toString('latin1')
		);
		return all + decoded.join('\n');
	}

	words(): string[] {
		return [...new Set([...this.bytes().matchAll(/ZEISIG(\w+?)ZEISIG/g)].map((match) => match[1]!))].sort();
	}

	async until(done: () => boolean, what: string): Promise<void> {
		const end = Date.now() + 5000;
		while (!done()) {
			if (Date.now() > end) throw new Error(`waited 5 s for ${what}`);
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
	}

	close(): void {
		for (const client of this.clients) client.close();
		this.#socket?.close();
	}
}

beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	teams = [await exercise.team('GR CSIRT'), await exercise.team('IT CSIRT', 'IT')];
	const [a, c] = teams.map((team) => team.id);
	const people: Record<string, Person> = {
		director: exercise.director,
		'player A': await exercise.member('Player A', { role: 'player', teamId: a!, lead: true }),
		'player C': await exercise.member('Player C', { role: 'player', teamId: c! }),
		observer: await exercise.member('Observer', { role: 'observer' })
	};
	recorders = {};
	for (const [who, person] of Object.entries(people)) recorders[who] = await Recorder.of(person);
}, 60_000);
afterAll(async () => {
	for (const recorder of Object.values(recorders)) recorder.close();
	await server.close();
});

const injectIds: string[] = [];
/** Something that everybody hears of, after all that came before it. */
async function everybodyHears(text: string): Promise<void> {
	await exercise.must(exercise.director, 'announcement.make', { text });
	for (const recorder of Object.values(recorders))
		await recorder.until(() => recorder.bytes().includes(text), text);
	// events are gathered for a moment before they leave
	await new Promise((resolve) => setTimeout(resolve, 400));
}

test('[P1] the recorder sees planning where planning may be seen', async () => {
	const all = await exercise.approved(
		planned('one', toAll),
		planned('two', { ...toAll, all: false, teams: [teams[0]!.id] }),
		planned('three', toAll),
		planned('four', toAll)
	);
	injectIds.push(...all.map((one) => one.id));
	const director = recorders['director']!;
	const expected = ['one', 'two', 'three', 'four'].flatMap((inject) =>
		[...shownFields, ...hiddenFields].map((field) => `${inject}${field}`)
	);
	await director.until(() => expected.every((one) => director.words().includes(one)), 'all planning');
	expect(injectIds.every((id) => director.bytes().includes(id))).toBe(true);
});

test('[P1] players receive nothing while injects are written, returned, approved, held, skipped and lifted', async () => {
	const before = Object.fromEntries(
		Object.entries(recorders).map(([who, recorder]) => [who, recorder.clients.length])
	);
	expect(before['player A']).toBeGreaterThanOrEqual(3);
	const script = documentName({ exercise: exercise.id, kind: 'script', cell: 'central' });
	const draft = 'draft-inject-000000000001' as InjectId;
	injectIds.push(draft);
	await server.services.documents.edit(script, exercise.director.id, (doc) =>
		addInject(doc, newInject(draft, planned('draft', toAll)), 'z')
	);
	const written = readScript(await server.services.documents.read(script)).find((one) => one.id === draft)!;
	const named = [{ inject: draft, fingerprint: injectFingerprint(written) }];
	const { director } = exercise;
	await exercise.must(director, 'inject.submit', { cell: 'central', injects: named });
	await exercise.must(director, 'inject.return', { inject: draft, reason: word('draft', 'reason') });
	await exercise.must(director, 'exercise.start', {});
	const [, , three, four] = injectIds as InjectId[];
	await exercise.must(director, 'inject.hold', { inject: three!, reason: word('three', 'reason') });
	await exercise.must(director, 'inject.liftHold', { inject: three! });
	await exercise.must(director, 'inject.skip', { inject: four!, reason: word('four', 'reason') });
	await everybodyHears('First announcement');
	for (const who of ['player A', 'player C', 'observer']) {
		expect(recorders[who]!.words(), who).toEqual([]);
		expect(injectIds.filter((id) => recorders[who]!.bytes().includes(id))).toEqual([]);
		expect(recorders[who]!.events).not.toMatch(/"board"|"script"/);
	}
	expect(recorders['director']!.words()).toContain('threereason');
});

test('[P1] [P2] [R1] what is released reaches its recipients: the text alone, under new ids', async () => {
	const { director } = exercise;
	const [one, two] = injectIds as InjectId[];
	await exercise.must(director, 'inject.release', { inject: one! });
	await exercise.must(director, 'inject.release', { inject: two! });
	await exercise.must(director, 'inject.releaseAdHoc', {
		...planned('adhoc', { ...toAll, all: false, countries: ['IT'] }),
		title: word('adhoc', 'title'),
		body: richTextFromText(word('adhoc', 'body')),
		to: { ...toAll, all: false, countries: ['IT'] }
	} as never);
	const shown = (inject: string) => shownFields.map((field) => `${inject}${field}`);
	const expected: Record<string, string[]> = {
		'player A': [...shown('one'), ...shown('two')].sort(),
		'player C': [...shown('one'), ...shown('adhoc')].sort(),
		observer: []
	};
	for (const [who, words] of Object.entries(expected)) {
		const recorder = recorders[who]!;
		await recorder.until(() => words.every((one) => recorder.words().includes(one)), `what ${who} may read`);
	}
	await everybodyHears('Second announcement');
	for (const [who, words] of Object.entries(expected)) {
		expect(recorders[who]!.words(), who).toEqual(words);
		expect(injectIds.filter((id) => recorders[who]!.bytes().includes(id))).toEqual([]);
	}
	const { rows } = await server.services.database.pool.query<{ id: string; team_id: string }>(
		'select id, team_id from delivery where exercise_id = $1',
		[exercise.id]
	);
	expect(rows).toHaveLength(4);
	for (const { id, team_id } of rows)
		for (const [i, who] of ['player A', 'player C'].entries())
			expect(recorders[who]!.bytes().includes(id), `${who} and a delivery`).toBe(team_id === teams[i]!.id);
});

test('[P1] [P2] a recall reaches those who had it: the title that they read and the reason, and nobody else anything', async () => {
	const { director } = exercise;
	const [, two] = injectIds as InjectId[];
	const before = Object.fromEntries(Object.entries(recorders).map(([who, one]) => [who, one.words()]));
	const bytes = recorders['player C']!.bytes().length;
	await exercise.must(director, 'inject.recall', { inject: two!, reason: word('two', 'recalled') });
	const greek = recorders['player A']!;
	await greek.until(() => greek.words().includes('tworecalled'), 'the recall');
	await everybodyHears('Announcement after the recall');
	expect(greek.words()).toEqual([...before['player A']!, 'tworecalled'].sort());
	for (const who of ['player C', 'observer']) expect(recorders[who]!.words(), who).toEqual(before[who]);
	expect(recorders['player C']!.bytes().length).toBeGreaterThan(bytes);
	for (const who of ['player A', 'player C', 'observer'])
		expect(injectIds.filter((id) => recorders[who]!.bytes().includes(id))).toEqual([]);
});

test('[P2] what one team does, and who is in its pages, reaches no other team', async () => {
	const [a] = teams;
	const lead = recorders['player A']!;
	const notes = lead.clients.find((one) => one.socket.url.endsWith('/notes'))!;
	notes.edit((doc) => doc.getText('t').insert(0, word('team', 'notes')));
	notes.sendPresence(notes.doc.clientID, 1, { cursor: word('team', 'cursor') });
	await notes.until(() => notes.saved > 0, 'the word that it is saved');
	const { rows } = await server.services.database.pool.query<{ account_id: string }>(
		`select account_id from membership where exercise_id = $1 and lead`,
		[exercise.id]
	);
	const person = { id: rows[0]!.account_id, name: 'Player A' } as Person;
	await exercise.must(person, 'log.add', { team: a!.id, text: word('team', 'log') });
	await exercise.must(person, 'question.ask', { team: a!.id, text: word('team', 'question') });
	await exercise.must(person, 'decision.record', {
		team: a!.id,
		decision: { question: word('team', 'asked'), chosen: word('team', 'chosen') }
	});
	const director = recorders['director']!;
	for (const what of ['notes', 'cursor', 'log', 'question', 'chosen'])
		await director.until(() => director.words().includes(`team${what}`), `${what} at exercise control`);
	await everybodyHears('Third announcement');
	for (const who of ['player C', 'observer']) {
		expect(
			recorders[who]!.words().filter((one) => one.startsWith('team')),
			who
		).toEqual([]);
		expect(recorders[who]!.bytes()).not.toContain(a!.id);
		expect(recorders[who]!.bytes()).not.toContain('Player A');
	}
});
