import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import type { CellId, Team } from '#lib/exercise/exercise/schema.ts';
import type { DeliveryId, InjectId } from '#lib/exercise/ids.ts';
import {
	addInject,
	injectFingerprint,
	newInject,
	readScript,
	type Clause,
	type Inject,
	type Schedule
} from '#lib/exercise/inject/schema.ts';
import { takeOver } from '#lib/exercise/inject/variant.ts';
import type { BoardAnswer } from '#server/views/board.ts';
import { eventually } from '../../support/eventually.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/*
 * A condition, or an `after`, that names a central inject of which a country has a variant, on a real PostgreSQL: the
 * country's teams are judged by the variant, and what its cell wrote follows the variant.
 */

let server: TestServer;
let play: TestExercise;
let greek: Team;
let french: Team;
let greekPlayer: Person;
let frenchPlayer: Person;

beforeAll(async () => {
	server = await startTestServer();
	play = await TestExercise.create(server);
	greek = await play.team('GR CSIRT', 'GR');
	french = await play.team('FR CSIRT', 'FR');
	greekPlayer = await play.member('Greek', { role: 'player', teamId: greek.id });
	frenchPlayer = await play.member('French', { role: 'player', teamId: french.id });
	await play.approved({ title: 'First', to: toAll });
	await play.must(play.director, 'exercise.start', {});
});
afterAll(() => server.close());

const query = async <T extends object>(sql: string, values: unknown[] = []) =>
	(await server.services.database.pool.query(sql, values)).rows as T[];
const clause = (inject: string, values: Partial<Clause> = {}): Clause => ({
	inject: inject as InjectId,
	act: 'acknowledged',
	action: null,
	not: false,
	withinSeconds: null,
	...values
});
const when = (...clauses: Clause[]): Schedule => ({
	mode: 'condition',
	when: { match: 'all', clauses },
	seconds: 0
});
const toGreece = { ...toAll, all: false, countries: ['GR' as const] };
const mint = () => randomBytes(12).toString('hex') as InjectId;

async function approveIn(cell: CellId, inject: Inject): Promise<Inject> {
	const name = documentName({ exercise: play.id, kind: 'script', cell });
	await server.services.documents.edit(name, play.director.id, (doc) => {
		addInject(doc, inject, `a${randomBytes(2).toString('hex')}1`);
	});
	const page = readScript(await server.services.documents.read(name));
	const written = page.find((one) => one.id === inject.id)!;
	await play.must(play.director, 'inject.approve', {
		cell,
		injects: [{ inject: inject.id, fingerprint: injectFingerprint(written) }]
	});
	return written;
}
const variantOf = async (central: Inject, values: Partial<Inject> = {}) =>
	approveIn('GR', {
		...takeOver(central, mint(), { country: 'GR', teams: [greek, french], variantOf: () => undefined }),
		title: `${central.title} of GR`,
		...values
	});

async function pair(of: (asked: string) => Clause[] = (id) => [clause(id)], values: Partial<Inject> = {}) {
	const [asked] = await play.approved({ title: 'Asked', reference: 'CM-031', to: toAll, ...values });
	const own = await variantOf(asked!, { schedule: { mode: 'manual' } });
	const [waits] = await play.approved({
		title: 'Waits',
		reference: 'CM-040',
		to: toAll,
		schedule: when(...of(asked!.id))
	});
	return { asked: asked!, own, waits: waits! };
}

const release = (inject: Inject) => play.must(play.director, 'inject.release', { inject: inject.id });
const deliveredTo = async (inject: Inject) =>
	(
		await query<{ team_id: string }>(
			'select team_id from delivery where inject_id = $1 order by released_at',
			[inject.id]
		)
	).map((row) => row.team_id);
const deliveryAt = async (inject: Inject, team: Team) =>
	(
		await query<{ id: DeliveryId }>('select id from delivery where inject_id = $1 and team_id = $2', [
			inject.id,
			team.id
		])
	)[0]!.id;
const acknowledge = async (player: Person, inject: Inject, team: Team) =>
	play.must(player, 'delivery.acknowledge', { delivery: await deliveryAt(inject, team) });
const row = async (inject: Inject) =>
	(
		await query<{ state: string; due_at: string | null; released_at: string | null }>(
			'select state, due_at, released_at from inject where id = $1',
			[inject.id]
		)
	)[0]!;
const waitingTeams = async (inject: Inject) =>
	query<{ team_id: string; due_at: string }>('select team_id, due_at from team_due where inject_id = $1', [
		inject.id
	]);
async function board(person: Person): Promise<BoardAnswer> {
	const { exercise, actor } = await server.services.exercises.open(play.id, person);
	const { views, database } = server.services;
	return JSON.parse(await views.board.boardJson(database, exercise, actor, null)) as BoardAnswer;
}

test('[P4] a central inject comes to a country’s team when it has acknowledged the variant', async () => {
	const { asked, own, waits } = await pair();
	await release(asked);
	await acknowledge(frenchPlayer, asked, french);
	await eventually(async () => (await deliveredTo(waits)).length === 1, 'the French delivery');
	expect(await waitingTeams(waits)).toEqual([]);
	await release(own);
	expect(await waitingTeams(waits)).toEqual([]);
	await acknowledge(greekPlayer, own, greek);
	await eventually(async () => (await row(waits)).state === 'released', 'the Greek delivery');
	expect(await deliveredTo(waits)).toEqual([french.id, greek.id]);
});

test('[P5] “not within” counts at the country’s team from the variant, and not at all before that', async () => {
	const { asked, own, waits } = await pair((id) => [clause(id, { not: true, withinSeconds: 1800 })]);
	await release(asked);
	await acknowledge(frenchPlayer, asked, french);
	// the team has nothing yet that it could have left unanswered
	expect(await waitingTeams(waits)).toEqual([]);
	await release(own);
	const { released_at: since } = await row(own);
	expect(await waitingTeams(waits)).toEqual([
		{ team_id: greek.id, due_at: String(Number(since) + 1_800_000) }
	]);
	await acknowledge(greekPlayer, own, greek);
	expect(await waitingTeams(waits)).toEqual([]);
	await play.must(play.director, 'clock.jump', { to: Number(since) + 2_000_000, reason: 'Later' });
	await play.must(play.director, 'inject.skip', { inject: waits.id, reason: 'Nobody is late' });
	expect(await deliveredTo(waits)).toEqual([]);
});

test('an action marked on the variant counts, and a variant of another country does not', async () => {
	const expectedActions = [{ id: 'isolate', text: 'Isolates', withinSeconds: null, critical: false }];
	const { asked, own, waits } = await pair((id) => [clause(id, { act: 'did', action: 'isolate' })], {
		expectedActions
	});
	// by hand to a team of another country too: there it stands for nothing
	await play.must(play.director, 'inject.release', { inject: own.id, to: toAll });
	for (const team of [french, greek])
		await play.must(play.director, 'inject.markAction', { inject: own.id, team: team.id, action: 'isolate' });
	await eventually(async () => (await deliveredTo(waits)).length === 1, 'the Greek delivery');
	expect(await deliveredTo(waits)).toEqual([greek.id]);
	await release(asked);
	await play.must(play.director, 'inject.markAction', {
		inject: asked.id,
		team: french.id,
		action: 'isolate'
	});
	await eventually(async () => (await row(waits)).state === 'released', 'the French delivery');
});

test('approved during play, it is judged by what the team did with the variant already', async () => {
	const { own } = await pair();
	await release(own);
	await acknowledge(greekPlayer, own, greek);
	const central = (
		await query<{ variant_of: string }>('select variant_of from inject where id = $1', [own.id])
	)[0]!;
	const [later] = await play.approved({
		title: 'Approved later',
		to: toAll,
		schedule: {
			mode: 'condition',
			when: { match: 'all', clauses: [clause(central.variant_of)] },
			seconds: 3600
		}
	});
	expect((await waitingTeams(later!)).map((one) => one.team_id)).toEqual([greek.id]);
	await play.must(play.director, 'inject.skip', { inject: later!.id, reason: 'Done' });
});

test('what the cell wrote after the central inject counts from its variant, what the centre wrote from the central one', async () => {
	const { asked, own } = await pair();
	const [central] = await play.approved({
		title: 'Central follower',
		to: toAll,
		schedule: { mode: 'after', inject: asked.id, seconds: 86_400 }
	});
	const national = await approveIn(
		'GR',
		newInject(mint(), {
			title: 'Greek follower',
			to: toGreece,
			schedule: { mode: 'after', inject: asked.id, seconds: 86_400 }
		})
	);
	const itself = await variantOf((await play.approved({ title: 'Another', to: toAll }))[0]!, {
		schedule: { mode: 'after', inject: asked.id, seconds: 86_400 }
	});
	await release(asked);
	expect((await row(central!)).due_at).toBe(String(Number((await row(asked)).released_at) + 86_400_000));
	expect((await row(national)).due_at).toBeNull();
	await release(own);
	const due = String(Number((await row(own)).released_at) + 86_400_000);
	expect((await row(national)).due_at).toBe(due);
	expect((await row(itself)).due_at).toBe(due);
	// approved afterwards, and let go on: the same moment
	const late = await approveIn(
		'GR',
		newInject(mint(), {
			title: 'Late Greek follower',
			to: toGreece,
			schedule: { mode: 'after', inject: asked.id, seconds: 86_400 }
		})
	);
	expect((await row(late)).due_at).toBe(due);
	await play.must(play.director, 'inject.hold', { inject: late.id });
	await play.must(play.director, 'inject.liftHold', { inject: late.id });
	expect((await row(late)).due_at).toBe(due);
	const shown = (await board(play.director)).injects;
	expect(shown.find(({ id }) => id === national.id)).toMatchObject({ after: own.id });
	expect(shown.find(({ id }) => id === central!.id)).toMatchObject({ after: asked.id });
	expect(shown.find(({ id }) => id === own.id)).toMatchObject({
		variantOf: { inject: asked.id, country: 'GR' }
	});
});

test('a variant may follow its central inject', async () => {
	const [asked] = await play.approved({ title: 'Asked', to: toAll });
	const own = await variantOf(asked!, { schedule: { mode: 'after', inject: asked!.id, seconds: 0 } });
	await release(asked!);
	await eventually(async () => (await row(own)).state === 'released', 'the variant');
	expect(await deliveredTo(own)).toEqual([greek.id]);
});

test('made an inject of its own, its country’s teams wait for the central inject again', async () => {
	const [asked] = await play.approved({ title: 'Asked', to: toAll });
	const [waits] = await play.approved({
		title: 'Waits',
		to: toAll,
		schedule: { ...when(clause(asked!.id)), seconds: 3600 } as Schedule
	});
	const own = await variantOf(waits!, { schedule: { mode: 'manual' } });
	await release(asked!);
	await acknowledge(greekPlayer, asked!, greek);
	expect(await waitingTeams(waits!)).toEqual([]);
	const name = documentName({ exercise: play.id, kind: 'script', cell: 'GR' });
	await server.services.documents.edit(name, play.director.id, (doc) => {
		addInject(doc, { ...own, origin: null }, 'b1');
	});
	const page = readScript(await server.services.documents.read(name));
	const detached = page.find((one) => one.id === own.id)!;
	expect(detached.origin).toBeNull();
	await play.must(play.director, 'inject.approve', {
		cell: 'GR',
		injects: [{ inject: own.id, fingerprint: injectFingerprint(detached) }]
	});
	expect((await waitingTeams(waits!)).map((one) => one.team_id)).toEqual([greek.id]);
});

test('[P1] the condition’s words: a moderator reads the own variant and never the central one', async () => {
	const { asked, own, waits } = await pair();
	const moderator = await play.member('Milo', { role: 'moderator', country: 'GR' });
	const shown = await board(moderator);
	const ids = shown.injects.map(({ id }) => id);
	expect(ids).toContain(own.id);
	expect(ids).not.toContain(asked.id);
	expect(shown.injects.find(({ id }) => id === waits.id)).toMatchObject({
		waits: { when: { clauses: [{ inject: asked.id }] } }
	});
});
