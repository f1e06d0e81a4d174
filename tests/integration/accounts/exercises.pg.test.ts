import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AccountId } from '#lib/exercise/ids.ts';
import type { MembershipId } from '#server/exercises/memberships.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { setStage, type Stage } from './stage.ts';

let stage: Stage;
let director: AccountId;
beforeAll(async () => {
	stage = await setStage();
	director = await stage.person('Director');
});
afterAll(() => stage.database.close());

const documentsOf = async (exercise: string) =>
	(
		await stage.database.pool.query<{ name: string; timeline: string | null; segment: number | null }>(
			'select name, timeline, segment from document where exercise_id = $1 order by name',
			[exercise]
		)
	).rows;

test('a new exercise has its documents, and its maker as director', async () => {
	const id = await stage.exercise(director);
	const names = (await documentsOf(id)).map((row) => row.name.replace(`exercise/${id}/`, ''));
	expect(names).toEqual([
		'evaluation',
		'report',
		'review',
		'scenario',
		'script/central',
		'timeline/channel/everyone/0',
		'timeline/channel/media/0',
		'timeline/control/0'
	]);
	const { exercise, actor } = await stage.exercises.open(id, { id: director });
	expect(exercise).toMatchObject({
		name: 'Blue Tide',
		state: 'draft',
		tlp: 'amber',
		timeZone: 'Europe/Brussels'
	});
	expect(actor.memberships).toEqual([{ role: 'director' }]);
	expect(await stage.exercises.list(director)).toMatchObject([{ id, roles: ['director'] }]);
});

test('a team brings its timeline and notes, and a country its channel, script and contribution, once', async () => {
	const id = await stage.exercise(director);
	const [team] = await stage.exercises.addTeams(id, [{ name: 'GR CSIRT', country: 'GR' }], director);
	await stage.exercises.addTeams(id, [{ name: 'GR Grid', country: 'GR', level: 'entity' }], director);
	const rows = (await documentsOf(id)).map((row) => ({
		...row,
		name: row.name.replace(`exercise/${id}/`, '')
	}));
	expect(rows).toHaveLength(8 + 2 + 2 + 2 + 3);
	expect(rows).toContainEqual({
		name: `timeline/team/${team!.id}/0`,
		timeline: `exercise/${id}/timeline/team/${team!.id}`,
		segment: 0
	});
	expect(
		rows.filter((row) => ['script/GR', 'contribution/GR', 'timeline/channel/GR/0'].includes(row.name))
	).toHaveLength(3);
	expect(await stage.exercises.teams(id)).toMatchObject([
		{ name: 'GR CSIRT', level: 'operational' },
		{ name: 'GR Grid', level: 'entity' }
	]);
});

test('two teams of one name are one too many, whatever their case, and nothing of the batch stays', async () => {
	const id = await stage.exercise(director);
	await stage.exercises.addTeams(id, [{ name: 'GR CSIRT', country: 'GR' }], director);
	await expect(
		stage.exercises.addTeams(
			id,
			[
				{ name: 'New', country: 'GR' },
				{ name: 'gr csirt', country: 'GR' }
			],
			director
		)
	).rejects.toMatchObject({ code: 'duplicate' });
	expect(await stage.exercises.teams(id)).toHaveLength(1);
});

test('[P7] [R7] every change of a right raises the version, has its audit row, and rings', async () => {
	const id = await stage.exercise(director);
	const player = await stage.person('Player');
	const [team] = await stage.exercises.addTeams(id, [{ name: 'GR CSIRT', country: 'GR' }], director);
	const before = await stage.rightsVersion(id);
	stage.rung.length = 0;
	const membership = await stage.exercises.addMembership(
		id,
		{ accountId: player, role: 'player', teamId: team!.id },
		director
	);
	expect((await stage.exercises.actor(id, player)).memberships).toEqual([
		{ role: 'player', teamId: team!.id }
	]);
	await stage.exercises.removeMembership(id, membership, director);
	expect((await stage.exercises.actor(id, player)).memberships).toEqual([]);
	await stage.exercises.updateSettings(id, { settings: { reviewOpen: true } }, director);
	expect(await stage.rightsVersion(id)).toBe(before + 3);
	expect(stage.rung).toHaveLength(3);
	expect(stage.rung.every((ring) => ring.exercise === id && ring.topics.includes('rights'))).toBe(true);
	expect(await stage.auditOf(id)).toEqual([
		'exercise.created',
		'teams.added',
		'membership.added',
		'membership.removed',
		'exercise.changed'
	]);
	expect((await verifyAudit(stage.database, id)).broken).toBeNull();
});

test('a stranger sees nothing, and what does not exist looks the same', async () => {
	const id = await stage.exercise(director);
	const stranger = await stage.person('Stranger');
	const refusals = await Promise.all(
		[id, 'doesnotexist', '../etc/passwd'].map((one) =>
			stage.exercises.open(one, { id: stranger }).catch((error: Error) => error.message)
		)
	);
	expect(new Set(refusals).size).toBe(1);
	expect(await stage.exercises.list(stranger)).toEqual([]);
});

test('an exercise keeps a director, also when two take each other’s role away at once', async () => {
	const id = await stage.exercise(director);
	const second = await stage.person('Second');
	const given = await stage.exercises.addMembership(id, { accountId: second, role: 'director' }, director);
	const { rows } = await stage.database.pool.query<{ id: MembershipId }>(
		'select id from membership where exercise_id = $1 and account_id = $2',
		[id, director]
	);
	const both = await Promise.allSettled([
		stage.exercises.removeMembership(id, rows[0]!.id, second),
		stage.exercises.removeMembership(id, given, director)
	]);
	expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('the team of a role is a team of this exercise; a role without its scope is refused', async () => {
	const [one, other] = [await stage.exercise(director), await stage.exercise(director)];
	const [team] = await stage.exercises.addTeams(other, [{ name: 'GR CSIRT', country: 'GR' }], director);
	const add = (wanted: object) =>
		stage.exercises.addMembership(one, { accountId: director, ...wanted } as never, director);
	await expect(add({ role: 'player', teamId: team!.id })).rejects.toMatchObject({ code: 'invalid' });
	await expect(add({ role: 'player' })).rejects.toMatchObject({ code: 'invalid' });
	await expect(add({ role: 'moderator' })).rejects.toMatchObject({ code: 'invalid' });
	await add({ role: 'planner', cell: 'FR' });
	expect((await documentsOf(one)).some((row) => row.name.endsWith('/script/FR'))).toBe(true);
});

test('the same role twice is once; the lead is as it was last wanted', async () => {
	const id = await stage.exercise(director);
	const [team] = await stage.exercises.addTeams(id, [{ name: 'GR CSIRT', country: 'GR' }], director);
	const wanted = { accountId: director, role: 'player' as const, teamId: team!.id };
	const first = await stage.exercises.addMembership(id, wanted, director);
	const again = await stage.exercises.addMembership(id, { ...wanted, lead: true }, director);
	expect(again).toBe(first);
	expect((await stage.exercises.actor(id, director)).memberships).toContainEqual({
		role: 'player',
		teamId: team!.id,
		lead: true
	});
});

test('the times are fixed once the exercise has started; ENDEX follows STARTEX', async () => {
	const id = await stage.exercise(director);
	const { startsAt } = (await stage.exercises.load(id))!;
	await expect(stage.exercises.updateSettings(id, { endsAt: startsAt - 1 }, director)).rejects.toMatchObject({
		code: 'invalid'
	});
	await stage.exercises.updateSettings(id, { startsAt: startsAt + 60_000, name: 'Blue Tide II' }, director);
	await stage.database.pool.query(`update exercise set state = 'running' where id = $1`, [id]);
	await expect(stage.exercises.updateSettings(id, { startsAt }, director)).rejects.toMatchObject({
		code: 'not-now'
	});
	expect(await stage.exercises.updateSettings(id, { tlp: 'red' }, director)).toMatchObject({
		tlp: 'red',
		name: 'Blue Tide II'
	});
});
