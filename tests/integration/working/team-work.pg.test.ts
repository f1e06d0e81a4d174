import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { Handover } from '#lib/exercise/handover/schema.ts';
import type { AccountId, RecordId } from '#lib/exercise/ids.ts';
import type { Task } from '#lib/exercise/task/schema.ts';
import { openDeadlines } from '#lib/exercise/team/deadlines.ts';
import { foldRoom } from '#lib/exercise/team/room.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { foldRecords } from '#lib/exercise/working/fold.ts';
import { openItems } from '#lib/exercise/working/open.ts';
import { readFilters } from '#lib/exercise/record/filters.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let greek: Team;
let italian: Team;
let lead: Person;
let analyst: Person;
let night: Person;
let other: Person;
beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	greek = await exercise.team('GR CSIRT');
	italian = await exercise.team('IT CSIRT', 'IT');
	lead = await exercise.member('Lead', { role: 'player', teamId: greek.id, lead: true });
	analyst = await exercise.member('Analyst', { role: 'player', teamId: greek.id });
	night = await exercise.member('Night shift', { role: 'player', teamId: greek.id });
	other = await exercise.member('Italian', { role: 'player', teamId: italian.id });
	const [ransom] = await exercise.approved({
		title: 'Ransom note',
		to: toAll,
		acknowledgementRequired: true,
		responseRequired: true,
		respondWithin: 1800
	});
	await exercise.must(exercise.director, 'exercise.advance', { to: 'planned' });
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(exercise.director, 'inject.release', { inject: ransom!.id });
});
afterAll(() => server.close());

async function room(person: Person) {
	const { services } = server;
	const { exercise: one, actor } = await services.exercises.open(exercise.id, person);
	return services.views.teamRoom.teamRoom(services.database, one, actor, greek.id);
}
const entries = async () => [
	...timelineEntries(await server.services.documents.read(exercise.timeline(greek.id))).values()
];
const standing = async <T>(id: string) =>
	(await room(lead)).records.find((one) => one.id === id)!.standing as T;
const account = (person: Person) => person.id as AccountId;
const add = async (title: string, values: Record<string, unknown> = {}) =>
	((await exercise.must(lead, 'task.add', { team: greek.id, content: { title }, ...values })) as {
		record: RecordId;
	})!.record;

describe('tasks', () => {
	test('[P3] are given, moved, noted on by anybody of the team, and stand the same for who loads and who listens', async () => {
		const record = await add('Call the port', { assignee: { person: account(analyst) } });
		await exercise.must(analyst, 'task.move', { record, to: 'doing' });
		await exercise.must(lead, 'task.note', { record, note: 'Ask for the duty officer' });
		await exercise.must(analyst, 'task.move', { record, to: 'done' });
		const loaded = await standing<Task>(record);
		expect(loaded).toMatchObject({
			number: 1,
			state: 'done',
			assignee: { account: analyst.id, name: 'Analyst' },
			notes: [{ text: 'Ask for the duty officer', by: 'Lead' }]
		});
		expect(foldRecords([], await entries()).records.get(record)!.standing).toEqual(loaded);
	});

	test('[P2] reach neither exercise control’s timeline nor another team, and its people cannot be given one', async () => {
		await add('ZEISIG is ours alone');
		const read = async (where: Parameters<TestExercise['timeline']>[0]) =>
			JSON.stringify([
				...timelineEntries(await server.services.documents.read(exercise.timeline(where))).values()
			]);
		expect(await read(greek.id)).toContain('ZEISIG');
		for (const where of ['control', 'everyone', italian.id] as const)
			expect(await read(where)).not.toContain('ZEISIG');
		const refused = await exercise.send(lead, 'task.add', {
			team: greek.id,
			content: { title: 'X' },
			assignee: { person: account(other) }
		});
		expect(refused).toMatchObject({ ok: false, error: { code: 'invalid' } });
	});

	test('[R12] five people moving one task at once: one is first, the others hear that it was moved', async () => {
		const record = await add('Everybody wants it');
		const answers = await Promise.all(
			Array.from({ length: 5 }, () => exercise.send(analyst, 'task.move', { record, to: 'doing' }))
		);
		expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
		for (const answer of answers) if (!answer.ok) expect(answer.error.code).toBe('stale');
	});
});

describe('decisions', () => {
	test('live on as new facts: carried out, looked at again; or another one comes in their place', async () => {
		const record = (chosen: string, values: Record<string, unknown> = {}) =>
			exercise.must(lead, 'decision.record', {
				team: greek.id,
				decision: { question: 'What?', chosen },
				...values
			});
		await record('Isolate');
		await record('Wait');
		await exercise.must(lead, 'decision.move', { team: greek.id, number: 1, to: 'implemented' });
		await exercise.must(lead, 'decision.move', {
			team: greek.id,
			number: 1,
			to: 'reviewed',
			reason: 'It held'
		});
		await record('Wait until noon', { supersedes: 2 });
		const late = await exercise.send(lead, 'decision.move', {
			team: greek.id,
			number: 2,
			to: 'revoked',
			reason: 'no'
		});
		expect(late).toMatchObject({ ok: false, error: { code: 'not-now' } });
		const { decisions } = foldRoom(await entries());
		expect(decisions.map(({ number, state }) => [number, state])).toEqual([
			[3, 'decided'],
			[2, 'superseded'],
			[1, 'reviewed']
		]);
		expect(decisions[1]!.history).toMatchObject([{ supersededBy: 3 }]);
		// as it was taken, word for word
		expect(decisions[2]!.decision).toMatchObject({ question: 'What?', chosen: 'Isolate' });
	});
});

describe('a handover', () => {
	test('freezes all that is open, as the browser shows it, and is accepted by name', async () => {
		await add('Watch the proxy', { content: { title: 'Watch the proxy', dueAt: Date.UTC(2026, 5, 10, 8) } });
		await exercise.must(analyst, 'question.ask', { team: greek.id, text: 'Is signalling hit?' });
		await exercise.must(analyst, 'incident.open', { team: greek.id, content: { title: 'Port down' } });
		const before = foldRoom(await entries());
		const shown = openItems({
			records: foldRecords([], await entries()).records.values(),
			deadlines: openDeadlines(before.injects).map((one) => ({ ...one, tlp: 'amber' as const })),
			questions: before.questions.filter((one) => !one.answer),
			decisions: new Map(
				before.decisions.map(({ number, decision, state }) => [
					number,
					{ chosen: decision.chosen, state, reviewAt: decision.reviewAt ?? null }
				])
			),
			timeZone: 'Europe/Athens'
		});
		const { record } = (await exercise.must(lead, 'handover.offer', {
			team: greek.id,
			to: account(night),
			text: { note: 'Supplier calls at nine', risks: 'Proxy list is old' }
		})) as { record: RecordId };
		const offered = await standing<Handover>(record);
		expect(offered.open.map(({ of, id, title, dueAt }) => [of, id, title, dueAt])).toEqual(
			shown.map(({ of, id, title, dueAt }) => [of, id, title, dueAt])
		);
		expect(new Set(offered.open.map(({ of }) => of))).toEqual(
			new Set(['inject', 'task', 'question', 'incident'])
		);

		for (const open of offered.open.filter((one) => one.of === 'task'))
			await exercise.send(lead, 'task.move', { record: open.id as RecordId, to: 'done' });
		expect(await exercise.send(analyst, 'handover.accept', { record })).toMatchObject({
			ok: false,
			error: { code: 'forbidden' }
		});
		await exercise.must(night, 'handover.accept', { record, note: 'Understood' });
		const accepted = await standing<Handover>(record);
		expect(accepted).toMatchObject({ state: 'accepted', ended: { by: 'Night shift', text: 'Understood' } });
		expect(accepted.open).toEqual(offered.open);
	});
});

describe('the record of the exercise', () => {
	test('tells of METHANE field by field, and finds its words and those of tasks and handovers', async () => {
		await exercise.must(analyst, 'log.methane', {
			team: greek.id,
			report: { form: 'cyber', entity: 'Terminal 2', type: 'malicious-code', threats: 'GRÜNSPECHT spreads' }
		});
		const { services } = server;
		const search = async (person: Person, text: string) => {
			const { exercise: one, actor } = await services.exercises.open(exercise.id, person);
			const filters = readFilters(new URLSearchParams({ text }), one.timeZone);
			const page = await services.views.record.facts(services.database, one, actor, filters, {
				after: null,
				before: null
			});
			return page.lines;
		};
		const [line] = await search(lead, 'GRÜNSPECHT');
		expect(line!.sentence).toBe('GR CSIRT logged a METHANE report: Terminal 2.');
		expect(line!.detail).toContain('Threats to spread: GRÜNSPECHT spreads');
		expect(await search(lead, 'Proxy list is old')).not.toEqual([]);
		expect(await search(lead, 'Watch the proxy')).not.toEqual([]);
		// nobody finds what is not theirs
		for (const text of ['GRÜNSPECHT', 'Proxy list is old', 'Watch the proxy'])
			expect(await search(other, text)).toEqual([]);
	});
});
