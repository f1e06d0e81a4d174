import { randomInt } from 'node:crypto';
import type { CellId, Membership, Team } from '#lib/exercise/exercise/schema.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import type { Services } from '../services.ts';
import { demoTeams, planningCountries, playingCountries } from './scenario.ts';

export interface DemoAccount {
	accountId: AccountId;
	email: string;
	/** a function, as everybody sees it; nobody here is a person */
	name: string;
	role: Membership['role'] | 'administrator';
	/** the team, the country or the cell that the role is for */
	scope: string | null;
}

/** Letters and digits that nobody mixes up, in groups that can be read out. */
export function mintPassword(): string {
	const signs = 'abcdefghjkmnpqrstuvwxyz23456789';
	const group = () => Array.from({ length: 4 }, () => signs[randomInt(signs.length)]).join('');
	return [group(), group(), group(), group()].join('-');
}

type NewPerson = Pick<DemoAccount, 'name' | 'role' | 'scope'>;

function everybody(): NewPerson[] {
	const one = (name: string, role: DemoAccount['role'], scope: string | null = null): NewPerson => ({
		name,
		role,
		scope
	});
	return [
		one('Administrator', 'administrator'),
		one('Exercise director', 'director'),
		one('Controller', 'controller'),
		one('Second controller', 'controller'),
		one('Central planner', 'planner', 'central'),
		...planningCountries.map((country) => one(`${country} planner`, 'planner', country)),
		...playingCountries.map((country) => one(`${country} moderator`, 'moderator', country)),
		one('GR evaluator', 'evaluator', 'GR CSIRT'),
		one('NL evaluator', 'evaluator', 'NL CSIRT'),
		one('Facilitator', 'facilitator'),
		one('Simulation cell', 'simcell'),
		one('Media player', 'media_player'),
		one('Observer', 'observer'),
		...demoTeams.flatMap((team) =>
			team.plays
				? [one(`${team.name} lead`, 'player', team.name), one(`${team.name} analyst`, 'player', team.name)]
				: [one(`${team.country} duty officer`, 'player', team.name)]
		)
	];
}

export async function createPeople(services: Services, password: string): Promise<Map<string, DemoAccount>> {
	const created = await Promise.all(
		everybody().map(async (person): Promise<DemoAccount> => {
			const email = `${person.name.toLowerCase().replace(/\W+/g, '-')}@muster.example`;
			const isAdministrator = person.role === 'administrator';
			const accountId = await services.accounts.createAccount(
				{ email, name: person.name, isAdministrator, password },
				null
			);
			return { ...person, accountId, email };
		})
	);
	return new Map(created.map((person) => [person.name, person]));
}

/** The director's role comes with the exercise; the administrator has none in it. */
export function membershipsOf({ name, role, scope }: DemoAccount, teams: readonly Team[]): Membership[] {
	const teamId = teams.find((team) => team.name === scope)?.id;
	switch (role) {
		case 'administrator':
		case 'director':
			return [];
		case 'player':
			return [{ role, teamId: teamId!, lead: !name.endsWith('analyst') }];
		case 'evaluator':
			return [{ role, teamId: teamId! }];
		case 'moderator':
			return [{ role, country: scope as Team['country'] }];
		case 'planner':
			return [{ role, cell: scope as CellId }];
		default:
			return [{ role }];
	}
}
