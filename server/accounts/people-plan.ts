import type { CountryCode } from '#lib/standards/countries.ts';
import type { AccountId, OrganisationId, TeamId } from '#lib/exercise/ids.ts';
import {
	exerciseLimits,
	membershipProblem,
	type CellId,
	type OrganisationKind,
	type Role,
	type TeamLevel
} from '#lib/exercise/exercise/schema.ts';
import { emailKey } from './names.ts';
import type { Column, PersonRow, Problem } from './people-file.ts';

/*
 * From the rows of a file and what is there already to what an import would do: pure, so that the preview and the
 * import are the same computation. Nothing is ever removed by an import.
 */

/** What is there, by the keys of the file. */
export interface Present {
	organisations: { id: OrganisationId; name: string; country: CountryCode; kind: OrganisationKind }[];
	/** all teams of the exercise */
	teams: { id: TeamId; name: string; country: CountryCode; level: TeamLevel; language?: string }[];
	accounts: {
		id: AccountId;
		email: string;
		name: string;
		organisationId: OrganisationId | null;
		/** never signed in and in no other exercise: an earlier import made it, and an import may change it */
		changeable: boolean;
	}[];
	memberships: {
		accountId: AccountId;
		role: Role;
		teamId: TeamId | null;
		country: CountryCode | null;
		cell: CellId | null;
		lead: boolean;
	}[];
}

type Act = 'create' | 'update' | 'unchanged';

export interface PlannedOrganisation {
	act: Act;
	row: number;
	id: OrganisationId | null;
	name: string;
	country: CountryCode;
	kind: OrganisationKind;
}
export interface PlannedTeam {
	act: Act;
	row: number;
	id: TeamId | null;
	name: string;
	country: CountryCode;
	level: TeamLevel;
	/** missing: as injects are written */
	language?: string;
	/** key of the organisation of all its people, when they have one in common */
	organisation: string | null;
}
export interface PlannedPerson {
	act: Act;
	row: number;
	id: AccountId | null;
	name: string;
	email: string;
	organisation: string | null;
}
export interface PlannedRole {
	act: Act;
	row: number;
	/** keys of person and team */
	person: string;
	role: Role;
	team: string | null;
	country: CountryCode | null;
	cell: CellId | null;
	lead: boolean;
}

export interface PeoplePlan {
	organisations: Map<string, PlannedOrganisation>;
	teams: Map<string, PlannedTeam>;
	people: Map<string, PlannedPerson>;
	roles: Map<string, PlannedRole>;
	/** any of them: nothing is imported */
	problems: Problem[];
	/** what stays as it is although the file says otherwise */
	notes: Problem[];
}

export const teamKey = (name: string) => name.toLowerCase();
export const organisationKey = (name: string, country: CountryCode) => `${country}/${name.toLowerCase()}`;

export function planPeople(
	rows: readonly PersonRow[],
	present: Present,
	{ mayGrantDirector }: { mayGrantDirector: boolean }
): PeoplePlan {
	const known = indexOf(present);
	const stated = gather(rows, known);
	const plan: PeoplePlan = {
		organisations: new Map(),
		teams: new Map(),
		people: new Map(),
		roles: new Map(),
		problems: stated.problems,
		notes: []
	};
	for (const [key, one] of stated.organisations)
		plan.organisations.set(key, planOrganisation(plan, known, key, one));
	for (const [key, one] of stated.people) plan.people.set(key, planPerson(plan, known, key, one));
	for (const [key, one] of stated.teams) {
		const team = planTeam(plan, known, key, one);
		if (team) plan.teams.set(key, team);
	}
	for (const row of rows) planRole(plan, known, row, mayGrantDirector);

	const created = [...plan.teams.values()].filter((team) => team.act === 'create').length;
	if (present.teams.length + created > exerciseLimits.teams)
		plan.problems.push({
			row: 1,
			column: 'team',
			message: `An exercise has at most ${exerciseLimits.teams} teams.`
		});
	plan.problems.sort((a, b) => a.row - b.row);
	return plan;
}

function indexOf(present: Present) {
	return {
		organisations: new Map(present.organisations.map((one) => [organisationKey(one.name, one.country), one])),
		organisationById: new Map<string, Present['organisations'][number]>(
			present.organisations.map((one) => [one.id, one])
		),
		teams: new Map(present.teams.map((one) => [teamKey(one.name), one])),
		accounts: new Map(present.accounts.map((one) => [emailKey(one.email), one])),
		memberships: new Map(
			present.memberships.map((one) => [
				roleKey(one.accountId, one.role, one.teamId, one.country, one.cell),
				one
			])
		)
	};
}

function roleKey(
	person: string,
	role: Role,
	team: string | null,
	country: string | null,
	cell: string | null
) {
	return [person, role, team ?? '', country ?? '', cell ?? ''].join('\n');
}

type Known = ReturnType<typeof indexOf>;
type Stated<T> = Map<string, T & { row: number }>;

/**
 * What the file says of each organisation, person and team, over all their rows: a cell may be empty in one row and
 * filled in another, but two rows never contradict each other.
 */
function gather(rows: readonly PersonRow[], known: Known) {
	const problems: Problem[] = [];
	const organisations: Stated<{ name: string; country: CountryCode; kind: OrganisationKind | null }> =
		new Map();
	const people: Stated<{ name: string; email: string; organisation: string | null }> = new Map();
	const teams: Stated<{
		name: string;
		country: CountryCode | null;
		level: TeamLevel | null;
		language: string | null;
		organisations: Set<string | null>;
	}> = new Map();

	for (const row of rows) {
		if (row.team === null) continue;
		const key = teamKey(row.team);
		const country = row.country ?? row.organisation?.country ?? null;
		const team = teams.get(key);
		if (!team) {
			const { level, language } = row;
			teams.set(key, { row: row.row, name: row.team, country, level, language, organisations: new Set() });
			continue;
		}
		const contradicts = (
			column: 'country' | 'level' | 'language',
			before: string | null,
			now: string | null
		) => {
			if (before && now && before !== now)
				problems.push({ row: row.row, column, message: `${team.name} is “${before}” in row ${team.row}.` });
		};
		contradicts('country', team.country, row.country);
		contradicts('level', team.level, row.level);
		contradicts('language', team.language, row.language);
		team.country ??= country;
		team.level ??= row.level;
		team.language ??= row.language;
	}
	for (const row of rows) {
		const team = row.team === null ? undefined : teams.get(teamKey(row.team));
		let organisation: string | null = null;
		if (row.organisation) {
			const { name, kind } = row.organisation;
			const country =
				row.organisation.country ??
				row.country ??
				team?.country ??
				(row.team === null ? undefined : known.teams.get(teamKey(row.team))?.country);
			if (!country) {
				problems.push({
					row: row.row,
					column: 'organisation_country',
					message: `Of which country is ${name}?`
				});
			} else {
				organisation = organisationKey(name, country);
				const before = organisations.get(organisation);
				if (!before) organisations.set(organisation, { row: row.row, name, country, kind });
				else if (kind && before.kind && kind !== before.kind)
					problems.push({
						row: row.row,
						column: 'organisation_kind',
						message: `${name} is “${before.kind}” in row ${before.row}.`
					});
				else before.kind ??= kind;
			}
		}
		team?.organisations.add(organisation);
		const key = emailKey(row.email);
		const person = people.get(key);
		if (!person) {
			people.set(key, { row: row.row, name: row.name, email: row.email, organisation });
			continue;
		}
		if (person.name !== row.name)
			problems.push({
				row: row.row,
				column: 'name',
				message: `${row.email} is “${person.name}” in row ${person.row}.`
			});
		if (organisation && person.organisation && organisation !== person.organisation)
			problems.push({
				row: row.row,
				column: 'organisation',
				message: `${row.email} is of another organisation in row ${person.row}.`
			});
		person.organisation ??= organisation;
	}
	return { problems, organisations, people, teams };
}

type Of<M> = M extends Map<string, infer One> ? One : never;
type Gathered = ReturnType<typeof gather>;

function planOrganisation(
	plan: PeoplePlan,
	known: Known,
	key: string,
	{ row, name, country, kind }: Of<Gathered['organisations']>
): PlannedOrganisation {
	const present = known.organisations.get(key);
	if (!present) return { act: 'create', row, id: null, name, country, kind: kind ?? 'other' };
	// an organisation belongs to all exercises: an import says what it is, and does not say otherwise
	const settles = present.kind === 'other' && kind !== null && kind !== 'other';
	if (kind && kind !== present.kind && !settles)
		plan.notes.push({
			row,
			column: 'organisation_kind',
			message: `${present.name} is known as “${present.kind}” and stays so.`
		});
	return { ...present, act: settles ? 'update' : 'unchanged', row, kind: settles ? kind : present.kind };
}

function planPerson(
	plan: PeoplePlan,
	known: Known,
	key: string,
	{ row, name, email, organisation }: Of<Gathered['people']>
): PlannedPerson {
	const present = known.accounts.get(key);
	if (!present) return { act: 'create', row, id: null, name, email, organisation };
	const of = known.organisationById.get(present.organisationId ?? '');
	const before = of ? organisationKey(of.name, of.country) : null;
	const renamed = present.name !== name;
	const moved = organisation !== null && organisation !== before;
	const own = { row, id: present.id, email: present.email };
	if (present.changeable)
		return {
			...own,
			act: renamed || moved ? 'update' : 'unchanged',
			name,
			organisation: organisation ?? before
		};
	const stays = (column: Column, message: string) => void plan.notes.push({ row, column, message });
	if (renamed) stays('name', `${email} is known as ${present.name} and stays so.`);
	if (moved) stays('organisation', `${present.name} keeps the organisation of the own account.`);
	return { ...own, act: 'unchanged', name: present.name, organisation: before };
}

function planTeam(
	plan: PeoplePlan,
	known: Known,
	key: string,
	{
		row,
		name,
		country: stated,
		level: statedLevel,
		language: statedLanguage,
		organisations
	}: Of<Gathered['teams']>
): PlannedTeam | null {
	const wrong = (column: Column, message: string) => {
		plan.problems.push({ row, column, message });
		return null;
	};
	const present = known.teams.get(key);
	if (name.length > 60) return wrong('team', 'The name of a team has at most 60 characters.');
	const country = stated ?? present?.country;
	if (!country) return wrong('country', `Of which country is the team ${name}?`);
	if (present && present.country !== country)
		return wrong('country', `${present.name} is a team of ${present.country}. A team keeps its country.`);
	const level = statedLevel ?? present?.level ?? 'operational';
	const organisation = organisations.size === 1 ? [...organisations][0]! : null;
	const spoken = statedLanguage ?? present?.language;
	const language = spoken ? { language: spoken } : {};
	if (!present) return { act: 'create', row, id: null, name, country, level, ...language, organisation };
	const { id } = present;
	return {
		act: present.level === level && present.language === spoken ? 'unchanged' : 'update',
		row,
		id,
		name: present.name,
		country,
		level,
		...language,
		organisation
	};
}

function planRole(plan: PeoplePlan, known: Known, row: PersonRow, mayGrantDirector: boolean): void {
	const { role } = row;
	const wrong = (column: Column, message: string) =>
		void plan.problems.push({ row: row.row, column, message });
	if (role === 'director' && !mayGrantDirector)
		return wrong('role', 'Only a director makes somebody a director.');
	const byTeam = role === 'player' || role === 'evaluator' || role === 'facilitator';
	const team = byTeam && row.team !== null ? teamKey(row.team) : null;
	const country = role === 'moderator' ? row.country : null;
	// a planner of a country: its cell
	const cell = role === 'planner' ? (row.cell ?? row.country) : null;
	const problem = membershipProblem({
		role,
		...(team && { teamId: team as TeamId }),
		...(country && { country }),
		...(cell && { cell })
	});
	if (problem) return wrong(role === 'moderator' ? 'country' : role === 'planner' ? 'cell' : 'team', problem);
	if (row.lead && role !== 'player') return wrong('lead', 'Only a player leads a team.');

	const person = emailKey(row.email);
	const key = roleKey(person, role, team, country, cell);
	const planned = plan.roles.get(key);
	if (planned) {
		if (row.lead !== null && row.lead !== planned.lead)
			wrong('lead', `Row ${planned.row} says otherwise about the same person and team.`);
		return;
	}
	const accountId = known.accounts.get(person)?.id ?? '';
	const teamId = team === null ? null : (known.teams.get(team)?.id ?? 'new');
	const present = known.memberships.get(roleKey(accountId, role, teamId, country, cell));
	const lead = row.lead ?? present?.lead ?? false;
	const act = !present ? 'create' : present.lead === lead ? 'unchanged' : 'update';
	plan.roles.set(key, { act, row: row.row, person, role, team, country, cell, lead });
}

/** Whether there is anything to write. */
export function changesAnything(plan: PeoplePlan): boolean {
	return [plan.organisations, plan.teams, plan.people, plan.roles].some((planned) =>
		[...planned.values()].some((one) => one.act !== 'unchanged')
	);
}
