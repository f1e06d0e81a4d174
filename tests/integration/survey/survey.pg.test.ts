import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '#server/audit/audit.ts';
import type { SurveyAnswers } from '#lib/exercise/survey/schema.ts';
import { surveyTemplate } from '#lib/exercise/survey/template.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/* Each test has an exercise of its own, past ENDEX, with Greek and Italian players. */

let server: TestServer;
let play: TestExercise;
let facilitator: Person;
let greek: Person[];
let italian: Person[];
let observer: Person;
let stranger: Person;

beforeAll(async () => {
	server = await startTestServer();
	stranger = await server.person('Stranger');
});
afterAll(() => server.close());

beforeEach(async () => {
	play = await TestExercise.create(server);
	const [gr, it] = [await play.team('GR CSIRT'), await play.team('IT CSIRT', 'IT')];
	const players = (name: string, count: number, teamId: typeof gr.id) =>
		Promise.all(
			Array.from({ length: count }, (_, at) => play.member(`${name} ${at}`, { role: 'player', teamId }))
		);
	greek = await players('Greek', 7, gr.id);
	italian = await players('Italian', 6, it.id);
	facilitator = await play.member('Facilitator', { role: 'facilitator' });
	observer = await play.member('Observer', { role: 'observer' });
	await isIn('ended');
});

const query = async (text: string, values: unknown[] = []) =>
	(await server.services.database.pool.query(text, values)).rows as Record<string, unknown>[];
const isIn = (state: string) => query('update exercise set state = $2 where id = $1', [play.id, state]);
const survey = () => server.services.survey;
const open = (person: Person) => server.services.exercises.open(play.id, person);
const as = async <T>(
	person: Person,
	work: (
		exercise: Awaited<ReturnType<typeof open>>['exercise'],
		actor: Awaited<ReturnType<typeof open>>['actor']
	) => Promise<T>
) => {
	const { exercise, actor } = await open(person);
	return work(exercise, actor);
};
const outcome = (asked: Promise<unknown>) =>
	asked.then(
		() => 'done',
		(error: { code?: string }) => error.code
	);
const view = (person: Person) => as(person, (exercise, actor) => survey().view(exercise, actor));
const make = (person = facilitator) => as(person, (exercise, actor) => survey().make(exercise, actor));
const opened = async () => {
	await make();
	await as(facilitator, (exercise, actor) => survey().open(exercise, actor));
};
const close = (person = facilitator) => as(person, (exercise, actor) => survey().close(exercise, actor));
const answer = (
	person: Person,
	answers: SurveyAnswers,
	{ anonymous = true, receipt = '' }: { anonymous?: boolean; receipt?: string } = {}
) => as(person, (exercise, actor) => survey().answer(exercise, actor, { answers, anonymous, receipt }));
const results = (person: Person, filter: Parameters<ReturnType<typeof survey>['results']>[2] = null) =>
	as(person, (exercise, actor) => survey().results(exercise, actor, filter));
const receiptOf = (name: string) => name.padEnd(24, 'x');
const stored = () => query('select * from survey_answer where exercise_id = $1', [play.id]);

describe('making it', () => {
	test('facilitators and the director make, change, open and close it; each act is recorded, nobody else may', async () => {
		for (const person of [greek[0]!, observer]) {
			expect(await outcome(make(person))).toBe('forbidden');
			expect(await view(person)).toMatchObject({ survey: null, mayLead: false });
		}
		await make();
		expect(await outcome(make(play.director))).toBe('duplicate');
		expect((await view(facilitator)).survey).toMatchObject({ state: 'draft', version: 1 });
		// a draft looks to others as if there were none
		expect((await view(greek[0]!)).survey).toBeNull();
		expect((await view(greek[0]!)).results).toBeNull();
		const form = surveyTemplate('Changed');
		const save = (person: Person, version: number, wanted: unknown = form) =>
			as(person, (exercise, actor) => survey().save(exercise, actor, version, wanted));
		expect(await outcome(save(greek[0]!, 1))).toBe('forbidden');
		expect(await outcome(save(facilitator, 1, { ...form, questions: [] }))).toBe('invalid');
		await save(play.director, 1);
		// somebody who had an older one before them does not overwrite it
		expect(await outcome(save(facilitator, 1))).toBe('stale');
		expect((await view(facilitator)).survey).toMatchObject({ title: 'Changed', version: 2 });
		for (const person of [greek[0]!, observer]) expect(await outcome(close(person))).toBe('forbidden');
		expect(await outcome(close())).toBe('not-now');
		await isIn('running');
		const openIt = (person: Person) => as(person, (exercise, actor) => survey().open(exercise, actor));
		expect(await outcome(openIt(facilitator))).toBe('not-now');
		await isIn('ended');
		await openIt(facilitator);
		expect(await outcome(save(facilitator, 2))).toBe('not-now');
		expect(await outcome(openIt(facilitator))).toBe('not-now');
		await close();
		const acts = await query(
			"select act, actor_id from audit where scope = $1 and act like 'survey.%' order by sequence",
			[play.id]
		);
		expect(acts).toEqual([
			{ act: 'survey.made', actor_id: facilitator.id },
			{ act: 'survey.changed', actor_id: play.director.id },
			{ act: 'survey.opened', actor_id: facilitator.id },
			{ act: 'survey.closed', actor_id: facilitator.id }
		]);
		expect(await verifyAudit(server.services.database, play.id)).toMatchObject({ broken: null });
	});

	test('none is made or written in an exercise that is closed; one that is open goes on there to its conclusions', async () => {
		await isIn('closed');
		expect(await outcome(make())).toBe('not-now');
		expect((await view(facilitator)).survey).toBeNull();
		await isIn('reported');
		await make();
		const act = (name: 'open' | 'close') => () =>
			as(facilitator, (exercise, actor) => survey()[name](exercise, actor));
		await isIn('closed');
		const save = as(facilitator, (exercise, actor) =>
			survey().save(exercise, actor, 1, surveyTemplate('Too late'))
		);
		expect(await outcome(save)).toBe('not-now');
		expect(await outcome(act('open')())).toBe('not-now');
		await isIn('reported');
		await act('open')();
		await isIn('closed');
		for (const person of greek) await answer(person, { overall: 4 });
		await act('close')();
		await as(facilitator, (exercise, actor) => survey().conclude(exercise, actor, 'We do it again.'));
		expect(await results(greek[0]!)).toMatchObject({ answers: 7, summary: 'We do it again.' });
	});

	test('its short address leads nowhere while it is a draft', async () => {
		await make();
		const code = (await view(facilitator)).survey!.code;
		expect(code).toMatch(/^[a-z0-9]{6}$/);
		expect(await survey().exerciseOf(code)).toBeNull();
		await as(facilitator, (exercise, actor) => survey().open(exercise, actor));
		expect(await survey().exerciseOf(code.toUpperCase())).toBe(play.id);
		expect(await survey().exerciseOf(`${code}x`)).toBeNull();
		expect(await survey().exerciseOf('')).toBeNull();
	});
});

describe('answering', () => {
	test('everybody in the exercise does once, while it is open, and may change it', async () => {
		await make();
		expect(await outcome(answer(greek[0]!, { overall: 3 }))).toBe('not-found');
		await as(facilitator, (exercise, actor) => survey().open(exercise, actor));
		expect(await view(greek[0]!)).toMatchObject({ mayAnswer: true, answered: false, named: null });
		expect(await outcome(answer(greek[0]!, { overall: 9 }))).toBe('invalid');
		expect(await outcome(answer(greek[0]!, {}))).toBe('invalid');
		expect((await view(greek[0]!)).answered).toBe(false);
		await answer(greek[0]!, { overall: 3 }, { anonymous: false });
		await answer(greek[0]!, { overall: 4 }, { anonymous: false });
		await answer(observer, { overall: 5 }, { anonymous: false });
		expect(await view(greek[0]!)).toMatchObject({ answered: true, named: { overall: 4 } });
		expect((await view(facilitator)).counts).toEqual({ asked: 16, answered: 2 });
		// who only answers is told no counts
		expect((await view(greek[0]!)).counts).toBeNull();
		expect((await stored()).map((row) => row['answers'])).toHaveLength(2);
		await expect(open(stranger)).rejects.toMatchObject({ code: 'not-found' });
		await close();
		expect(await outcome(answer(greek[1]!, { overall: 3 }))).toBe('not-now');
		expect((await view(greek[0]!)).mayAnswer).toBe(false);
	});

	test('an answer without a name is changed with what the browser kept, by nothing else, and once for each person', async () => {
		await opened();
		const receipt = receiptOf('mine');
		await answer(greek[0]!, { overall: 3 }, { receipt });
		expect(await view(greek[0]!)).toMatchObject({ answered: true, named: null });
		expect(await outcome(answer(greek[0]!, { overall: 1 }))).toBe('not-now');
		expect(await outcome(answer(greek[0]!, { overall: 1 }, { receipt: receiptOf('other') }))).toBe('not-now');
		const mine = (person: Person, word: string) =>
			as(person, (exercise, actor) => survey().mine(exercise, actor, word));
		expect(await mine(greek[0]!, receipt)).toEqual({ overall: 3 });
		expect(await mine(greek[0]!, receiptOf('other'))).toBeNull();
		expect(await mine(greek[0]!, '')).toBeNull();
		await answer(greek[0]!, { overall: 2 }, { receipt });
		// and with the name after all
		await answer(greek[0]!, { overall: 1 }, { receipt, anonymous: false });
		expect(await stored()).toMatchObject([{ answers: { overall: 1 }, by_name: 'Greek 0', receipt: null }]);
		// and without again: nothing of the name is left
		await answer(greek[0]!, { overall: 5 }, { receipt });
		const [row] = await stored();
		expect(row).toMatchObject({ answers: { overall: 5 }, by_name: null, account_id: null });
		// the database has no word with which an answer could be changed
		expect(row!['receipt']).not.toContain('mine');
	});

	test('two who send at the same moment are one each, and the same person twice is one', async () => {
		await opened();
		const receipt = receiptOf('twice');
		await Promise.all([
			...greek.slice(1).map((person) => answer(person, { overall: 4 })),
			...italian.map((person) => answer(person, { overall: 2 }, { anonymous: false })),
			answer(greek[0]!, { overall: 5 }, { receipt }),
			answer(greek[0]!, { overall: 5 }, { receipt })
		]);
		expect(await stored()).toHaveLength(13);
		expect(await query('select 1 from survey_answered where exercise_id = $1', [play.id])).toHaveLength(13);
	});

	test('without names where the survey says so, whatever is sent', async () => {
		await make();
		const form = { ...surveyTemplate('x'), anonymity: 'always' };
		await as(facilitator, (exercise, actor) => survey().save(exercise, actor, 1, form));
		await as(facilitator, (exercise, actor) => survey().open(exercise, actor));
		await answer(greek[0]!, { overall: 3 }, { anonymous: false });
		expect(await stored()).toMatchObject([{ account_id: null, by_name: null }]);
	});
});

describe('[P2] without a name', () => {
	test('nothing in the database has an account, a name, a time or an order beside what was answered', async () => {
		await opened();
		const before = await query('select sequence from exercise where id = $1', [play.id]);
		for (const [at, person] of [...greek, ...italian].entries())
			await answer(
				person,
				{ overall: 3, more: `Said by chance ${at}` },
				{ receipt: receiptOf(person.name.replace(' ', '-')) }
			);
		// no fact, no audit row
		expect(await query('select sequence from exercise where id = $1', [play.id])).toEqual(before);
		const traces = await query(
			"select 1 from fact where exercise_id = $1 and fact::text like '%Said by chance%' union all select 1 from audit where detail::text like '%Said by chance%' or act like 'survey.answer%'",
			[play.id]
		);
		expect(traces).toEqual([]);
		const columns = async (table: string) =>
			(
				await query(
					'select column_name from information_schema.columns where table_name = $1 and table_schema = current_schema() order by 1',
					[table]
				)
			).map((row) => row['column_name']);
		expect(await columns('survey_answered')).toEqual(['account_id', 'exercise_id']);
		expect(await columns('survey_answer')).toEqual([
			'account_id',
			'answers',
			'by_name',
			'country',
			'exercise_id',
			'id',
			'level',
			'receipt',
			'role'
		]);
		const text = JSON.stringify(await stored());
		for (const { id, name, email } of [...greek, ...italian])
			for (const word of [id, name, email]) expect(text).not.toContain(word);
		// PostgreSQL writes into every row by which transaction it came: all have the same one, in both tables
		const transactions = await query(
			`select xmin::text from survey_answer where exercise_id = $1
			union select xmin::text from survey_answered where exercise_id = $1`,
			[play.id]
		);
		expect(transactions).toHaveLength(1);
	});

	test('where rows lie says nothing of the order in which they came, and after closing nothing says who answered', async () => {
		await opened();
		const order: number[] = [];
		for (const [at, person] of [...greek, ...italian].entries()) {
			await answer(person, { overall: (at % 5) + 1, more: `number ${at}` });
			order.push(at);
		}
		await close();
		expect(await query('select 1 from survey_answered where exercise_id = $1', [play.id])).toEqual([]);
		const rows = await query('select id, answers from survey_answer where exercise_id = $1 order by ctid', [
			play.id
		]);
		const lying = rows.map((row) => Number(String((row['answers'] as { more: string }).more).split(' ')[1]));
		expect([...lying].sort((a, b) => a - b)).toEqual(order);
		// one chance in thirteen factorial that this fails by itself
		expect(lying).not.toEqual(order);
		expect(rows.map((row) => row['id'])).toEqual(rows.map((row) => row['id']).sort());
	});

	test('of a group that fewer than five share nothing is kept: before closing by who is asked, then by who answered', async () => {
		await opened();
		// one observer, one facilitator, one director: alone in their groups
		await answer(observer, { overall: 1 });
		for (const person of greek.slice(0, 5)) await answer(person, { overall: 3 });
		const kept = async () =>
			(await stored())
				.map((row) => ['country', 'level', 'role'].map((by) => String(row[by])).join('/'))
				.sort();
		expect(await kept()).toEqual([
			...Array.from({ length: 5 }, () => 'GR/technical/player'),
			'null/null/null'
		]);
		expect((await view(observer)).kept).toEqual({ country: null, level: null, role: null });
		await answer(italian[0]!, { overall: 2 });
		await close();
		// one of Italy answered: with the observer that is two, and the Greeks would be known by not being them
		expect(new Set(await kept())).toEqual(new Set(['null/null/null']));
		expect((await stored()).every((row) => row['receipt'] === null)).toBe(true);
	});

	test('names go where they would tell whose the few answers without one are', async () => {
		await opened();
		for (const person of greek) await answer(person, { more: `from ${person.name}` }, { anonymous: false });
		await answer(italian[0]!, { more: 'alone' });
		await close();
		expect((await stored()).filter((row) => row['by_name'] !== null || row['account_id'] !== null)).toEqual(
			[]
		);
		const { results: found } = await results(facilitator);
		expect(found!.questions.at(-1)!.words.every(({ by }) => by === null)).toBe(true);
	});
});

describe('[R17] results', () => {
	const filled = async () => {
		await opened();
		for (const person of greek) await answer(person, { overall: 5, more: 'Good' });
		for (const person of italian) await answer(person, { overall: 2, more: '=1+1' }, { anonymous: false });
		await answer(observer, { overall: 1 }, { anonymous: false });
	};

	test('[P2] are nobody’s while it is open; then of those who write the report; then the figures of all are everybody’s', async () => {
		await filled();
		for (const person of [facilitator, play.director, greek[0]!])
			expect(await outcome(results(person))).toBe('not-found');
		await close();
		expect(await outcome(results(greek[0]!))).toBe('not-found');
		expect(await view(greek[0]!)).toMatchObject({ results: null });
		const all = await results(facilitator);
		expect(all.answers).toBe(14);
		// Greeks by themselves; the observer is with the Italians, who are fewer
		expect(all.groups).toMatchObject([
			{ by: 'country', is: 'GR', answers: 7 },
			{ by: 'level', is: 'technical', answers: 7 },
			{ by: 'role', is: 'player', answers: 7 }
		]);
		const overall = (found: typeof all) =>
			found.results!.questions.find(({ question }) => question.id === 'overall')!;
		expect(overall(all)).toMatchObject({ counts: [1, 6, 0, 0, 7], answered: 14 });
		const gr = await results(facilitator, { by: 'country', is: 'GR' });
		expect(overall(gr)).toMatchObject({ counts: [0, 0, 0, 0, 7], mean: 5 });
		expect((await results(facilitator, { by: 'country', is: 'IT' })).results).toBeNull();
		expect((await results(facilitator, { by: 'country', is: 'PT' })).results).toBeNull();
		await as(facilitator, (exercise, actor) => survey().conclude(exercise, actor, 'It was good.'));
		const seen = await results(greek[0]!, { by: 'country', is: 'GR' });
		expect(seen).toMatchObject({ summary: 'It was good.', groups: [], readsAll: false });
		// the filter is not theirs, nor the words
		expect(seen.results!.filter).toBeNull();
		expect(overall(seen)).toMatchObject({ answered: 14 });
		expect(JSON.stringify(seen)).not.toContain('Italian');
		expect(seen.results!.questions.flatMap(({ words }) => words)).toEqual([]);
		expect(await outcome(as(greek[0]!, (exercise, actor) => survey().conclude(exercise, actor, 'x')))).toBe(
			'forbidden'
		);
	});

	test('[P7] [P8] go out as CSV with their marking, no formula among them, and that is recorded', async () => {
		await filled();
		const exported = (person: Person) =>
			as(person, async (exercise, actor) => {
				const file = await survey().exportCsv(exercise, actor);
				return { name: file.name, text: await new Response(file.body).text() };
			});
		expect(await outcome(exported(facilitator))).toBe('not-found');
		await close();
		expect(await outcome(exported(greek[0]!))).toBe('not-found');
		const { name, text } = await exported(facilitator);
		expect(name).toBe('EX_Test-exercise_survey_TLP-AMBER.csv');
		const lines = text.trim().split('\r\n');
		expect(lines[0]).toContain('EXERCISE EXERCISE EXERCISE,TLP:AMBER');
		expect(lines.at(-1)).toContain('EXERCISE EXERCISE EXERCISE,TLP:AMBER');
		expect(text).toContain("'=1+1,Italian 0");
		expect(text).not.toMatch(/,=/);
		expect(lines.filter((line) => line.startsWith('country: GR,7,overall,')).length).toBeGreaterThan(0);
		expect(text).not.toContain('country: IT');
		const acts = await query("select detail from audit where scope = $1 and act = 'survey.exported'", [
			play.id
		]);
		expect(acts).toEqual([{ detail: { answers: 14, groups: 3 } }]);
	});

	test('are none of fewer than five', async () => {
		await opened();
		for (const person of greek.slice(0, 4)) await answer(person, { overall: 5 }, { anonymous: false });
		await close();
		expect(await results(facilitator)).toMatchObject({ results: null, groups: [], answers: 4 });
	});
});
