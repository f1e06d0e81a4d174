import { expect, test } from 'vitest';
import type { AccountId, OrganisationId, TeamId } from '#lib/exercise/ids.ts';
import { readPeopleFile } from '#server/accounts/people-file.ts';
import { changesAnything, planPeople, type Present } from '#server/accounts/people-plan.ts';

const nobody: Present = { organisations: [], teams: [], accounts: [], memberships: [] };
const someone: Present = {
	organisations: [
		{ id: 'org1' as OrganisationId, name: 'National CSIRT', country: 'GR', kind: 'csirt' },
		{ id: 'org2' as OrganisationId, name: 'Grid', country: 'GR', kind: 'other' }
	],
	teams: [{ id: 'team1' as TeamId, name: 'GR CSIRT', country: 'GR', level: 'technical' }],
	accounts: [
		{
			id: 'acc1' as AccountId,
			email: 'Anna@csirt.example',
			name: 'Anna',
			organisationId: 'org1' as OrganisationId,
			changeable: true
		},
		{
			id: 'acc2' as AccountId,
			email: 'berta@x.example',
			name: 'Berta',
			organisationId: null,
			changeable: false
		}
	],
	memberships: [
		{
			accountId: 'acc1' as AccountId,
			role: 'player',
			teamId: 'team1' as TeamId,
			country: null,
			cell: null,
			lead: true
		}
	]
};
const plan = (text: string, present = nobody, mayGrantDirector = true) => {
	const file = readPeopleFile(text);
	expect(file.problems).toEqual([]);
	return planPeople(file.rows, present, { mayGrantDirector });
};
const problems = (of: ReturnType<typeof plan>) =>
	of.problems.map(({ row, column, message }) => `${row} ${column}: ${message}`);
const acts = (map: Map<string, { act: string }>) => [...map].map(([key, { act }]) => `${key} ${act}`);

test('people, teams, organisations and roles of a new exercise', () => {
	const made = plan(
		[
			'name,email,organisation,organisation_kind,team,country,role,cell,lead',
			'Anna,anna@csirt.example,National CSIRT,csirt,GR CSIRT,GR,player,,yes',
			'Berta,berta@csirt.example,National CSIRT,,gr csirt,,,,',
			'Cem,cem@x.example,,,,GR,moderator,,',
			'Cem,cem@x.example,,,,,planner,central,',
			'Dana,dana@x.example,,,,,controller,,'
		].join('\n')
	);
	expect(problems(made)).toEqual([]);
	expect([...made.organisations.values()]).toMatchObject([
		{ name: 'National CSIRT', country: 'GR', kind: 'csirt' }
	]);
	expect([...made.teams.values()]).toMatchObject([
		{ name: 'GR CSIRT', country: 'GR', level: 'operational', organisation: 'GR/national csirt' }
	]);
	expect(made.people.size).toBe(4);
	expect([...made.roles.values()].map(({ person, role, lead }) => [person, role, lead])).toEqual([
		['anna@csirt.example', 'player', true],
		['berta@csirt.example', 'player', false],
		['cem@x.example', 'moderator', false],
		['cem@x.example', 'planner', false],
		['dana@x.example', 'controller', false]
	]);
});

test('what is there already is not done again', () => {
	const same = plan(
		'name,email,organisation,organisation_kind,team,country,level,role,lead\nAnna,ANNA@csirt.example,national csirt,csirt,gr csirt,GR,technical,player,yes',
		someone
	);
	expect(problems(same)).toEqual([]);
	expect(changesAnything(same)).toBe(false);
	// an empty cell says nothing: the level, the lead and the organisation stay
	expect(changesAnything(plan('name,email,team\nAnna,anna@csirt.example,GR CSIRT', someone))).toBe(false);
});

test('what differs is changed, unless it is not ours to change', () => {
	const made = plan(
		[
			'name,email,organisation,organisation_kind,team,level,lead',
			'Anna Berg,anna@csirt.example,Grid,operator,GR CSIRT,political,no',
			'Bertha,berta@x.example,National CSIRT,operator,GR CSIRT,,'
		].join('\n'),
		someone
	);
	expect(problems(made)).toEqual([]);
	expect(acts(made.people)).toEqual(['anna@csirt.example update', 'berta@x.example unchanged']);
	expect(acts(made.teams)).toEqual(['gr csirt update']);
	expect(acts(made.organisations)).toEqual(['GR/grid update', 'GR/national csirt unchanged']);
	expect([...made.roles.values()].map(({ act, lead }) => [act, lead])).toEqual([
		['update', false],
		['create', false]
	]);
	expect(made.notes.map((note) => note.message)).toEqual([
		'National CSIRT is known as “csirt” and stays so.',
		'berta@x.example is known as Berta and stays so.',
		'Berta keeps the organisation of the own account.'
	]);
});

test('two rows never contradict each other', () => {
	expect(
		problems(
			plan(
				[
					'name,email,organisation,organisation_kind,organisation_country,team,country,level,lead',
					'Anna,anna@x.example,CERT,csirt,GR,Blue,GR,technical,yes',
					'Anne,anna@x.example,Grid,operator,GR,Blue,FR,political,no',
					'Cem,cem@x.example,CERT,operator,GR,Blue,,,'
				].join('\n')
			)
		)
	).toEqual([
		'3 country: Blue is “GR” in row 2.',
		'3 level: Blue is “technical” in row 2.',
		'3 name: anna@x.example is “Anna” in row 2.',
		'3 organisation: anna@x.example is of another organisation in row 2.',
		'3 lead: Row 2 says otherwise about the same person and team.',
		'4 organisation_kind: CERT is “csirt” in row 2.'
	]);
});

test('a role needs its scope, and a team its country', () => {
	expect(
		problems(
			plan(
				[
					'name,email,team,country,role,cell,lead,organisation',
					'A,a@x.example,,,player,,,',
					'B,b@x.example,,,moderator,,,',
					'C,c@x.example,,,planner,,,',
					'D,d@x.example,,,evaluator,,,',
					'E,e@x.example,Red,,player,,,',
					'F,f@x.example,,GR,moderator,,yes,',
					'G,g@x.example,,,observer,,,Nowhere'
				].join('\n')
			)
		)
	).toEqual([
		'2 team: A player needs a team.',
		'3 country: A moderator needs a country.',
		'4 cell: A planner needs a planning cell: central, or a country.',
		'5 team: An evaluator needs a team.',
		'6 country: Of which country is the team Red?',
		'7 lead: Only a player leads a team.',
		'8 organisation_country: Of which country is Nowhere?'
	]);
	expect(problems(plan('name,email,team,country\nA,a@x.example,GR CSIRT,FR', someone))).toEqual([
		'2 country: GR CSIRT is a team of GR. A team keeps its country.'
	]);
});

test('only a director makes directors', () => {
	const text = 'name,email,role\nA,a@x.example,director';
	expect(problems(plan(text, nobody, false))).toEqual(['2 role: Only a director makes somebody a director.']);
	expect(problems(plan(text))).toEqual([]);
});

test('the language of a team: set, changed, kept where the file says nothing, and never two', () => {
	const file = (language: string) =>
		`name,email,team,country,language\nAnna,anna@csirt.example,GR CSIRT,GR,${language}`;
	const team = (text: string, present: Present = someone) => plan(text, present).teams.get('gr csirt');
	expect(team(file('el'))).toMatchObject({ act: 'update', language: 'el' });
	const spoken = { ...someone, teams: [{ ...someone.teams[0]!, language: 'el' }] };
	expect(team(file('EL'), spoken)).toMatchObject({ act: 'unchanged', language: 'el' });
	expect(team(file(''), spoken)).toMatchObject({ act: 'unchanged', language: 'el' });
	expect(team(file('fr'), nobody)).toMatchObject({ act: 'create', language: 'fr' });
	expect(problems(plan(`${file('el')}\nBerta,berta@x.example,GR CSIRT,GR,fr`, nobody)).join()).toContain(
		'language'
	);
	expect(readPeopleFile(file('Klingon')).problems).toMatchObject([{ row: 2, column: 'language' }]);
});
