import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { countryCodes } from '#lib/standards/countries.ts';
import { people as viewPeople } from '#server/views/people.ts';
import { password, setStage, type Stage } from './stage.ts';

let stage: Stage;
let director: AccountId;
beforeAll(async () => {
	stage = await setStage();
	director = await stage.person('Director');
});
afterAll(() => stage.database.close());

const bytes = (text: string) => new TextEncoder().encode(text);
const open = (exercise: ExerciseId, id: AccountId = director) => stage.accounts.people.open(exercise, { id });
const view = async (exercise: ExerciseId, id: AccountId = director) => {
	const opened = await stage.exercises.open(exercise, { id });
	return viewPeople(stage.database, opened.exercise, opened.actor);
};
/** Everything that an import writes to, as one text. */
async function everything(): Promise<string> {
	const texts: string[] = [];
	for (const table of [
		'organisation',
		'account',
		'team',
		'membership',
		'document',
		'exercise',
		'audit',
		'invitation'
	])
		texts.push(
			...(
				await stage.database.pool.query<{ text: string }>(
					`select ${table}::text as text from ${table} order by 1`
				)
			).rows.map((row) => `${table} ${row.text}`)
		);
	return texts.join('\n');
}

function list(people: number, teams: number, domain: string): string {
	const lines = ['name,email,organisation,organisation_kind,team,country,level,role,lead'];
	for (let i = 0; i < people; i++) {
		const at = i % teams;
		const country = countryCodes[at % countryCodes.length];
		lines.push(
			`Person ${i},person${i}@${domain},Organisation ${at % 100},operator,Team ${at},${country},operational,player,${i < teams ? 'yes' : ''}`
		);
	}
	return lines.join('\n');
}

test('1,000 people in 300 teams, in seconds; the same file twice changes nothing at all', async () => {
	const exercise = await stage.exercise(director);
	const file = bytes(list(1000, 300, 'large.example'));
	const people = await open(exercise);
	const startPreview = performance.now();
	const preview = await people.previewImport(file);
	const startImport = performance.now();
	const done = await people.runImport(file);
	const end = performance.now();
	console.log(
		`1,000 people in 300 teams: preview ${Math.round(startImport - startPreview)} ms, import ${Math.round(end - startImport)} ms`
	);
	expect(done).toEqual(preview);
	expect(done.problems).toEqual([]);
	expect(done.counts.teams.create).toBe(300);
	expect(done.counts.people.create).toBe(1000);
	expect(done.counts.roles.create).toBe(1000);
	expect(end - startImport).toBeLessThan(10_000);

	const shown = await view(exercise);
	expect(shown.teams).toHaveLength(300);
	expect(shown.teams.every((team) => team.leads.length === 1)).toBe(true);
	expect(shown.teams.reduce((sum, team) => sum + team.players, 0)).toBe(1000);
	expect(shown.people).toHaveLength(1001);
	const { rows } = await stage.database.pool.query(
		'select count(*)::int as n from document where exercise_id = $1',
		[exercise]
	);
	expect(rows[0].n).toBe(8 + 300 * 3 + countryCodes.length * 3);

	const before = await everything();
	stage.rung.length = 0;
	const again = await people.runImport(file);
	expect(again.changes).toEqual([]);
	expect(again.counts.people).toEqual({ create: 0, update: 0, unchanged: 1000 });
	expect(stage.rung).toEqual([]);
	expect((await everything()) === before).toBe(true);
});

test('one problem anywhere, and nothing is imported', async () => {
	const exercise = await stage.exercise(director);
	const people = await open(exercise);
	const before = await everything();
	const done = await people.runImport(
		bytes('name,email,team,country\nAnna,anna@none.example,GR CSIRT,GR\nBerta,not an address,GR CSIRT,GR')
	);
	expect(done.problems).toEqual([
		{ row: 3, column: 'email', message: '“not an address” is not an e-mail address.' }
	]);
	expect((await everything()) === before).toBe(true);
});

test('[P7] [R7] an import is one change of rights with one audit row', async () => {
	const exercise = await stage.exercise(director);
	const before = await stage.rightsVersion(exercise);
	stage.rung.length = 0;
	await (await open(exercise)).runImport(bytes(list(20, 5, 'one.example')));
	expect(await stage.rightsVersion(exercise)).toBe(before + 1);
	expect(stage.rung).toMatchObject([{ exercise, topics: ['rights', 'people'] }]);
	expect(await stage.auditOf(exercise)).toEqual(['exercise.created', 'people.imported']);
});

test('two imports of the same list at once: one after the other, nothing twice', async () => {
	const exercise = await stage.exercise(director);
	const file = bytes(list(50, 10, 'twice.example'));
	const people = await open(exercise);
	const done = await Promise.all([people.runImport(file), people.runImport(file)]);
	expect(done.map((one) => one.counts.people.create).sort((a, b) => a - b)).toEqual([0, 50]);
	expect((await view(exercise)).people).toHaveLength(51);
});

test('two exercises import the same organisations and people at once: all is well, or said to be stale', async () => {
	const exercises = await Promise.all([stage.exercise(director), stage.exercise(director)]);
	const file = bytes(list(50, 10, 'both.example'));
	const done = await Promise.allSettled(exercises.map(async (one) => (await open(one)).runImport(file)));
	for (const one of done) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'stale' });
	for (const one of exercises) await (await open(one)).runImport(file);
	for (const one of exercises) expect((await view(one)).people).toHaveLength(51);
	const { rows } = await stage.database.pool.query(
		`select count(*)::int as n from account where email like '%@both.example'`
	);
	expect(rows[0].n).toBe(50);
});

test('personal links: a list for those who cannot sign in, whose links open once; a new list ends the old', async () => {
	const exercise = await stage.exercise(director);
	const people = await open(exercise);
	await people.runImport(
		bytes(
			'name,email,team,country,role\n"=HYPERLINK(""x"")",eve@link.example,GR CSIRT,GR,\nBob,bob@link.example,GR CSIRT,GR,'
		)
	);
	const read = (text: string) =>
		parse(text, { bom: true, columns: true }) as { name: string; email: string; link: string }[];
	const old = read(await people.personalLinks());
	const rows = read(await people.personalLinks());
	expect(rows.map((row) => row.email)).toEqual(['eve@link.example', 'bob@link.example']);
	expect(rows[0]!.name.startsWith("'=")).toBe(true);
	const tokenOf = (row: { link: string }) => row.link.replace('https://muster.example/join/', '');
	expect(await stage.accounts.viewJoin(tokenOf(old[1]!), null)).toBeNull();
	const token = tokenOf(rows[1]!);
	expect(await stage.accounts.viewJoin(token, null)).toMatchObject({
		person: { name: 'Bob', email: 'bob@link.example' },
		roles: [{ role: 'player', team: { name: 'GR CSIRT' } }]
	});
	// not for somebody else who is signed in
	await expect(stage.accounts.invitations.accept(token, { accountId: director })).rejects.toMatchObject({
		code: 'not-found'
	});
	// the address in the form is not asked: the link knows whose it is
	const joined = await stage.accounts.invitations.accept(token, {
		name: 'Bob Builder',
		email: 'director@muster.example',
		password
	});
	expect(await stage.accounts.signIn({ email: 'bob@link.example', password, address: '192.0.2.1' })).toBe(
		joined.accountId
	);
	expect(await stage.accounts.viewJoin(token, null)).toBeNull();
	expect(read(await people.personalLinks()).map((row) => row.email)).toEqual(['eve@link.example']);
});

test('one exercise cannot take over an account that another exercise, or its owner, holds', async () => {
	const mallory = await stage.person('Mallory');
	const [own, other] = [await stage.exercise(mallory), await stage.exercise(director)];
	await (await open(other)).runImport(bytes('name,email,role\nVictim,victim@x.example,controller'));
	const people = await open(own, mallory);
	const done = await people.runImport(
		bytes('name,email,role\nRenamed,victim@x.example,observer\nRenamed,director@muster.example,observer')
	);
	expect(done.problems).toEqual([]);
	expect(done.notes).toHaveLength(2);
	const shown = await view(own, mallory);
	expect(shown.people!.map(({ name, waiting }) => [name, waiting])).toEqual([
		['Director', null],
		['Mallory', null],
		['Victim', 'elsewhere']
	]);
	expect((await people.personalLinks()).trim().split('\n')).toHaveLength(1);
});

test('[R20] planners see teams and nobody’s address; players see nothing', async () => {
	const exercise = await stage.exercise(director);
	const people = await open(exercise);
	await people.addTeam({ name: 'GR CSIRT', country: 'GR' });
	const [planner, player] = [await stage.person('Planner'), await stage.person('Player')];
	await stage.exercises.addMembership(
		exercise,
		{ accountId: planner, role: 'planner', cell: 'central' },
		director
	);
	const [team] = await stage.exercises.teams(exercise);
	await stage.exercises.addMembership(
		exercise,
		{ accountId: player, role: 'player', teamId: team!.id },
		director
	);
	const shown = await view(exercise, planner);
	expect(shown).toMatchObject({
		may: { manage: false, grantDirector: false },
		people: null,
		invitations: null
	});
	expect(JSON.stringify(shown)).not.toContain('@');
	await expect(view(exercise, player)).rejects.toMatchObject({ code: 'not-found' });
	expect(JSON.stringify(await view(exercise))).not.toMatch(/argon2|token|password/i);
});

test('a person by hand: a new one, a known one, and what is wrong by field', async () => {
	const exercise = await stage.exercise(director);
	const people = await open(exercise);
	await people.addTeam({ name: 'GR; "CSIRT", one', country: 'GR' });
	const [team] = await stage.exercises.teams(exercise);
	await people.addPerson({
		name: '=Anna, "the" Berg',
		email: 'hand@x.example',
		membership: { role: 'player', teamId: team!.id, lead: true }
	});
	await people.addPerson({
		name: 'Whoever',
		email: 'planner@muster.example',
		membership: { role: 'observer' }
	});
	const shown = await view(exercise);
	expect(shown.people!.map(({ name, roles }) => [name, roles.map((role) => role.role)])).toEqual([
		['=Anna, "the" Berg', ['player']],
		['Director', ['director']],
		['Planner', ['observer']]
	]);
	await expect(
		people.addPerson({ name: 'X', email: 'nobody', membership: { role: 'observer' } })
	).rejects.toMatchObject({ code: 'invalid', details: { fields: { email: expect.any(String) } } });
	await expect(
		people.addPerson({ name: 'X', email: 'x@x.example', membership: { role: 'player' } })
	).rejects.toMatchObject({ code: 'invalid', details: { fields: { team: expect.any(String) } } });
	await expect(
		people.addPerson({ name: 'X', email: 'x@x.example', membership: { role: 'king' as never } })
	).rejects.toMatchObject({ code: 'invalid', details: { fields: { role: expect.any(String) } } });
});
