import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import { hasRole, isControl, isDirector } from '#lib/exercise/exercise/access.ts';
import type {
	Actor,
	CellId,
	Exercise,
	Membership,
	OrganisationKind,
	Role,
	TeamLevel
} from '#lib/exercise/exercise/schema.ts';
import type { AccountId, TeamId } from '#lib/exercise/ids.ts';
import { changeableIn } from '../accounts/people-import.ts';
import type { InvitationId } from '../accounts/invitations.ts';
import type { Database } from '../database/open.ts';
import { account, invitation, membership, organisation, team } from '../database/schema.ts';
import type { MembershipId } from '../exercises/memberships.ts';
import { noExercise } from '../exercises/rights.ts';
import { toMembership } from '../exercises/rows.ts';

/** The people page. Exercise control manages; planners see the teams they write for, and nobody else sees it. */
export interface PeopleView {
	may: { manage: boolean; grantDirector: boolean };
	teams: TeamView[];
	/** null for planners */
	people: PersonView[] | null;
	invitations: InvitationView[] | null;
}
export interface TeamView {
	id: TeamId;
	name: string;
	country: CountryCode;
	level: TeamLevel;
	/** in which it receives injects; null: as they are written */
	language: string | null;
	organisation: string | null;
	players: number;
	leads: string[];
}
export interface PersonView {
	id: AccountId;
	name: string;
	email: string;
	organisation: { name: string; country: CountryCode; kind: OrganisationKind } | null;
	/** cannot sign in yet; `linkable`: a personal link of this exercise may open the account */
	waiting: null | 'linkable' | 'elsewhere';
	roles: (Membership & { id: MembershipId })[];
}
export interface InvitationView {
	id: InvitationId;
	role: Role;
	teamId: TeamId | null;
	country: CountryCode | null;
	cell: CellId | null;
	lead: boolean;
	quota: number;
	used: number;
	expiresAt: number;
	state: 'open' | 'used' | 'expired' | 'revoked';
}

export async function people(database: Database, exercise: Exercise, actor: Actor): Promise<PeopleView> {
	const manage = isControl(actor);
	if (!manage && !hasRole(actor, 'planner')) throw noExercise();
	const [teams, members, invitations] = await Promise.all([
		readTeamViews(database, exercise),
		manage ? readPeople(database, exercise) : null,
		manage ? readInvitations(database, exercise) : null
	]);
	return { may: { manage, grantDirector: isDirector(actor) }, teams, people: members, invitations };
}

async function readTeamViews({ db }: Database, exercise: Exercise): Promise<TeamView[]> {
	const rows = await db
		.select({
			id: team.id,
			name: team.name,
			country: team.country,
			level: team.level,
			language: team.language,
			organisation: organisation.name,
			players: sql<number>`count(${membership.id})::int`,
			leads: sql<
				string[]
			>`coalesce(array_agg(${account.name} order by ${account.name}) filter (where ${membership.lead}), '{}')`
		})
		.from(team)
		.leftJoin(organisation, eq(organisation.id, team.organisationId))
		.leftJoin(membership, and(eq(membership.teamId, team.id), eq(membership.role, 'player')))
		.leftJoin(account, eq(account.id, membership.accountId))
		.where(eq(team.exerciseId, exercise.id))
		.groupBy(team.id, organisation.id)
		.orderBy(asc(team.country), asc(sql`lower(${team.name})`));
	return rows as TeamView[];
}

async function readPeople({ db }: Database, exercise: Exercise): Promise<PersonView[]> {
	const rows = await db
		.select({
			membership,
			name: account.name,
			email: account.email,
			waits: sql<boolean>`${account.passwordHash} is null`,
			linkable: changeableIn(exercise.id),
			organisation: organisation.name,
			country: organisation.country,
			kind: organisation.kind
		})
		.from(membership)
		.innerJoin(account, eq(account.id, membership.accountId))
		.leftJoin(organisation, eq(organisation.id, account.organisationId))
		.where(eq(membership.exerciseId, exercise.id))
		.orderBy(
			asc(sql`lower(${account.name})`),
			asc(account.id),
			asc(membership.createdAt),
			asc(membership.id)
		);
	const found = new Map<string, PersonView>();
	for (const row of rows) {
		const id = row.membership.accountId as AccountId;
		const person: PersonView = found.get(id) ?? {
			id,
			name: row.name,
			email: row.email,
			organisation: row.organisation
				? {
						name: row.organisation,
						country: row.country as CountryCode,
						kind: row.kind as OrganisationKind
					}
				: null,
			waiting: !row.waits ? null : row.linkable ? 'linkable' : 'elsewhere',
			roles: []
		};
		person.roles.push({ id: row.membership.id as MembershipId, ...toMembership(row.membership) });
		found.set(id, person);
	}
	return [...found.values()];
}

/** Links for groups; those for single imported people are part of the people. */
async function readInvitations({ db }: Database, exercise: Exercise): Promise<InvitationView[]> {
	const rows = await db
		.select({
			invitation,
			state: sql<InvitationView['state']>`case
				when ${invitation.revokedAt} is not null then 'revoked'
				when ${invitation.used} >= ${invitation.quota} then 'used'
				when ${invitation.expiresAt} <= now() then 'expired'
				else 'open' end`
		})
		.from(invitation)
		.where(and(eq(invitation.exerciseId, exercise.id), isNull(invitation.accountId)))
		.orderBy(desc(invitation.createdAt))
		.limit(500);
	return rows.map(({ invitation: row, state }) => ({
		id: row.id as InvitationId,
		role: row.role as Role,
		teamId: row.teamId as TeamId | null,
		country: row.country as CountryCode | null,
		cell: row.cell as CellId | null,
		lead: row.lead,
		quota: row.quota,
		used: row.used,
		expiresAt: row.expiresAt.getTime(),
		state
	}));
}
