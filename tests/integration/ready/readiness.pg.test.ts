import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '#server/audit/audit.ts';
import { communicationNotice } from '#server/readiness/communication.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let play: TestExercise;
let controller: Person;
let central: Person;
let greek: Person;
let player: Person;
let italian: Person;
let outsiders: Person[];

beforeAll(async () => {
	server = await startTestServer();
	play = await TestExercise.create(server);
	const [team, other] = [await play.team('GR CSIRT'), await play.team('IT CSIRT', 'IT')];
	controller = await play.member('Controller', { role: 'controller' });
	central = await play.member('Central', { role: 'planner', cell: 'central' });
	greek = await play.member('Greek', { role: 'planner', cell: 'GR' });
	player = await play.member('Player', { role: 'player', teamId: team.id });
	italian = await play.member('Italian', { role: 'player', teamId: other.id });
	outsiders = [
		player,
		await play.member('Observer', { role: 'observer' }),
		await play.member('Evaluator', { role: 'evaluator', teamId: team.id }),
		await play.member('Moderator', { role: 'moderator', country: 'GR' })
	];
	await play.approved({ title: 'Any', to: toAll });
});
afterAll(() => server.close());

const open = (person: Person) => server.services.exercises.open(play.id, person);
const communication = () => server.services.readiness.communication;
const goList = () => server.services.readiness.goList;
const view = async (person: Person) => {
	const { exercise, actor } = await open(person);
	return communication().view(exercise, actor);
};
const start = async (person: Person, wanted: unknown = { text: 'Are you there?', minutes: 60 }) => {
	const { exercise, actor } = await open(person);
	return communication().start(exercise, actor, wanted);
};
const confirm = async (person: Person, check: string) => {
	const { exercise, actor } = await open(person);
	return communication().confirm(exercise, actor, check);
};
const end = async (person: Person) => {
	const { exercise, actor } = await open(person);
	return communication().end(exercise, actor);
};
const outcome = (asked: Promise<unknown>) =>
	asked.then(
		() => 'done',
		(error: { code?: string }) => error.code
	);
const ready = () => play.send(play.director, 'exercise.advance', { to: 'ready' });

describe('the communication check', () => {
	it('stands before ready, not before a check was ended', async () => {
		const refused = await ready();
		expect(refused).toMatchObject({ ok: false, error: { code: 'not-now' } });
		expect(JSON.stringify(refused)).toContain('communication check');
	});

	it('is started by exercise control alone, with a text and a time', async () => {
		for (const person of [central, greek]) expect(await outcome(start(person))).toBe('forbidden');
		for (const person of outsiders) expect(await outcome(start(person))).toBe('not-found');
		expect(await outcome(start(controller, { text: '', minutes: 60 }))).toBe('invalid');
		expect(await outcome(start(controller, { text: 'x', minutes: 0 }))).toBe('invalid');
		expect(await outcome(start(controller, { text: 'x', minutes: Number.NaN }))).toBe('invalid');
		expect((await view(controller)).current).toBeNull();
		await start(controller);
		expect(await outcome(start(play.director))).toBe('not-now');
	});

	it('two who start at once make one', async () => {
		await end(controller);
		const tries = await Promise.all([start(controller), start(play.director)].map(outcome));
		expect(tries.sort()).toEqual(['done', 'not-now']);
	});

	it('asks every member on every page, until confirmed with one press', async () => {
		const notice = (person: Person) => communicationNotice(server.services.database, play.id, person.id);
		const asked = await notice(player);
		expect(asked).toMatchObject({ text: 'Are you there?', confirmed: false });
		const before = (await view(controller)).current!;
		expect(before).toMatchObject({ confirmed: 0 });
		await confirm(player, asked!.id);
		await confirm(player, asked!.id);
		expect(await notice(player)).toMatchObject({ confirmed: true });
		expect(await notice(italian)).toMatchObject({ confirmed: false });
		const { exercise, actor } = await open(player);
		const { views, database } = server.services;
		expect(
			(await views.shell.shell(database, exercise, actor, { timeZone: null })).communication
		).toMatchObject({
			confirmed: true
		});
		const after = (await view(controller)).current!;
		expect(after.confirmed).toBe(1);
		expect(after.all).toBe(before.people.length);
		expect(after.people.find((one) => one.id === player.id)!.confirmedAt).not.toBeNull();
		expect(await outcome(confirm(player, 'no-such-check-at-all'))).toBe('not-found');
		const stranger = await server.person('Stranger');
		expect(await outcome(confirm(stranger, asked!.id))).toBe('not-found');
	});

	it('[P2] planners of a country see its people only, the central cell counts only, others nothing', async () => {
		const names = async (person: Person) => (await view(person)).current!.people.map((one) => one.name);
		expect(await names(controller)).toContain('Italian');
		expect((await names(greek)).sort()).toEqual(['Evaluator', 'Greek', 'Moderator', 'Player']);
		expect(await names(central)).toEqual([]);
		expect((await view(central)).current!.confirmed).toBe(1);
		for (const person of outsiders) expect(await outcome(view(person)), person.name).toBe('not-found');
	});

	it('ends once; then nobody is asked any more, and the exercise may become ready', async () => {
		const { id } = (await view(controller)).current!;
		expect(await outcome(end(central))).toBe('forbidden');
		await end(controller);
		expect(await outcome(end(controller))).toBe('not-now');
		expect(await outcome(confirm(italian, id))).toBe('not-now');
		expect(await communicationNotice(server.services.database, play.id, italian.id)).toBeNull();
		expect(await ready()).toMatchObject({ ok: true });
	});

	it('[P7] may be waived instead, with a reason that the audit keeps', async () => {
		const other = await TestExercise.create(server);
		await other.team('GR CSIRT');
		await other.approved({ title: 'Any', to: toAll });
		const { exercise, actor } = await server.services.exercises.open(other.id, other.director);
		expect(await outcome(communication().waive(exercise, actor, '  '))).toBe('invalid');
		expect(await other.send(other.director, 'exercise.advance', { to: 'ready' })).toMatchObject({
			ok: false
		});
		await communication().waive(exercise, actor, 'Everybody sits in one room.');
		expect((await communication().view(exercise, actor)).waived).toMatchObject({
			by: 'Director',
			reason: 'Everybody sits in one room.'
		});
		expect(await other.send(other.director, 'exercise.advance', { to: 'ready' })).toMatchObject({ ok: true });
		expect((await verifyAudit(server.services.database, other.id)).broken).toBeNull();
	});
});

describe('the go/no-go list', () => {
	const as = async <T>(
		person: Person,
		work: (
			...given: [Awaited<ReturnType<typeof open>>['exercise'], Awaited<ReturnType<typeof open>>['actor']]
		) => T
	) => {
		const { exercise, actor } = await open(person);
		return work(exercise, actor);
	};
	const list = (person: Person) => as(person, (exercise, actor) => goList().view(exercise, actor));

	it('is written by exercise control, read by planners, and not there for others', async () => {
		await as(controller, (exercise, actor) => goList().seed(exercise, actor));
		expect(await outcome(as(controller, (exercise, actor) => goList().seed(exercise, actor)))).toBe(
			'not-now'
		);
		const { items, overall } = await list(central);
		expect(items.length).toBeGreaterThan(5);
		expect(overall).toBe('open');
		const change = (person: Person) =>
			outcome(
				as(person, (exercise, actor) => goList().change(exercise, actor, items[0]!.id, { state: 'go' }))
			);
		expect(await change(central)).toBe('forbidden');
		for (const person of outsiders) {
			expect(await outcome(list(person))).toBe('not-found');
			expect(await change(person)).toBe('not-found');
		}
	});

	it('keeps who decided when, moves and removes, and counts all together', async () => {
		const before = (await list(controller)).items;
		const [first, second] = before;
		await as(controller, (exercise, actor) =>
			goList().change(exercise, actor, first!.id, {
				state: 'no-go',
				note: 'Two moderators are ill',
				owner: 'Eva'
			})
		);
		let now = await list(controller);
		expect(now.overall).toBe('no-go');
		expect(now.items[0]).toMatchObject({ state: 'no-go', decidedBy: 'Controller', owner: 'Eva' });
		expect(now.items[0]!.decidedAt).toBeGreaterThan(0);
		for (const { id } of now.items)
			await as(play.director, (exercise, actor) => goList().change(exercise, actor, id, { state: 'go' }));
		now = await list(controller);
		expect(now.overall).toBe('go');
		expect(now.items[0]).toMatchObject({ decidedBy: 'Director', note: 'Two moderators are ill' });
		await as(controller, (exercise, actor) => goList().move(exercise, actor, second!.id, -1));
		expect((await list(controller)).items.slice(0, 2).map((one) => one.id)).toEqual([second!.id, first!.id]);
		await as(controller, (exercise, actor) => goList().remove(exercise, actor, second!.id));
		expect((await list(controller)).items).toHaveLength(before.length - 1);
		const gone = as(controller, (exercise, actor) => goList().remove(exercise, actor, second!.id));
		expect(await outcome(gone)).toBe('not-found');
		const bad = as(controller, (exercise, actor) =>
			goList().change(exercise, actor, first!.id, { state: 'maybe' })
		);
		expect(await outcome(bad)).toBe('invalid');
	});
});
