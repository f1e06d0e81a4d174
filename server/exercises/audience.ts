import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { ChannelKind } from '#lib/exercise/channel/schema.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ChannelId } from '#lib/exercise/ids.ts';
import {
	addresseeOf,
	speaksIn,
	teamsKnownTo,
	type AddressedChannel,
	type Audience
} from '#lib/exercise/sharing/audience.ts';
import type { Transaction } from '../database/open.ts';
import { account, channel, membership } from '../database/schema.ts';
import { toMembership } from './rows.ts';
import { readTeams } from './teams.ts';

type Reads = Pick<Transaction, 'select'>;

/** Whom a team may write to: what a list of recipients is made of, and what a command may name. */
export interface Recipients {
	all: Team[];
	teams: Team[];
	channels: AddressedChannel[];
}

/** The teams that a team may know of, and the channels in which the person speaks for it. */
export async function recipientsOf(
	db: Reads,
	exercise: Pick<Exercise, 'id'>,
	actor: Pick<Actor, 'accountId'>,
	own: Team
): Promise<Recipients> {
	const all = await readTeams(db, exercise.id);
	const rows = await db.select().from(channel).where(eq(channel.exerciseId, exercise.id));
	const byId = new Map(all.map((team) => [team.id, team]));
	const channels = rows.map((row): AddressedChannel => ({
		id: row.id as ChannelId,
		kind: row.kind as ChannelKind,
		name: row.name,
		members: row.members,
		isClosed: row.closedAt !== null,
		teams: row.members.teams.flatMap(({ id }) => {
			const team = byId.get(id);
			return team ? [addresseeOf(team)] : [];
		})
	}));
	return {
		all,
		teams: teamsKnownTo(own, all, channels),
		channels: channels.filter(({ members }) => speaksIn(members, actor, own.id))
	};
}

/**
 * Those of the named teams and channels that the team may write to, with everybody who would read it there. What is
 * missing in the answer is not there, or not the team's to know.
 */
export async function audienceOf(
	db: Reads,
	exercise: Pick<Exercise, 'id'>,
	actor: Pick<Actor, 'accountId'>,
	own: Team,
	named: { teams: readonly string[]; channels: readonly string[] }
): Promise<Audience> {
	const recipients = await recipientsOf(db, exercise, actor, own);
	const teams = recipients.teams.filter(({ id }) => named.teams.includes(id)).map(addresseeOf);
	const channels = recipients.channels.filter(({ id }) => named.channels.includes(id));
	const all = new Map(recipients.all.map((team) => [team.id, team]));
	return { teams, channels, all, people: await readPeople(db, exercise, { teams, channels }) };
}

async function readPeople(
	db: Reads,
	exercise: Pick<Exercise, 'id'>,
	{ teams, channels }: Pick<Audience, 'teams' | 'channels'>
): Promise<Actor[]> {
	const inTeams = [...teams, ...channels.flatMap((one) => one.teams)].map(({ team }) => team as string);
	const named = channels.flatMap(({ members }) => members.people.map(({ id }) => id as string));
	const roles = channels.flatMap(({ members }) => members.roles as string[]);
	const meant = or(
		inTeams.length > 0 ? inArray(membership.teamId, inTeams) : undefined,
		named.length > 0 ? inArray(membership.accountId, named) : undefined,
		roles.length > 0 ? inArray(membership.role, roles) : undefined
	);
	if (!meant) return [];
	const rows = await db
		.select({ membership, name: account.name })
		.from(membership)
		.innerJoin(account, eq(account.id, membership.accountId))
		.where(
			and(
				eq(membership.exerciseId, exercise.id),
				isNull(account.disabledAt),
				// all roles of each person: somebody in two teams reads for both
				inArray(
					membership.accountId,
					sql`(select ${membership.accountId} from ${membership} where ${membership.exerciseId} = ${exercise.id} and ${meant})`
				)
			)
		);
	const people = new Map<string, Actor>();
	for (const { membership: row, name } of rows) {
		const known = people.get(row.accountId);
		const memberships = [...(known?.memberships ?? []), toMembership(row)];
		people.set(row.accountId, { accountId: row.accountId as AccountId, name, memberships });
	}
	return [...people.values()];
}
