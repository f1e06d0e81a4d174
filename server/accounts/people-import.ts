import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { AccountId, ExerciseId, OrganisationId, TeamId } from '#lib/exercise/ids.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database, Transaction } from '../database/open.ts';
import { account, exercise, membership, organisation, team } from '../database/schema.ts';
import type { Ring } from '../exercises/change.ts';
import { insertMemberships } from '../exercises/memberships.ts';
import { noExercise, raiseRights } from '../exercises/rights.ts';
import { insertTeams, readTeams } from '../exercises/teams.ts';
import { mintId } from '../mint.ts';
import { emailKey } from './names.ts';
import type { PeopleFile, PersonRow, Problem } from './people-file.ts';
import {
	changesAnything,
	planPeople,
	type PeoplePlan,
	type PlannedRole,
	type Present
} from './people-plan.ts';

/** What an import would do, or did, as pages show it. */
export interface PeopleDifferences {
	counts: Record<
		'organisations' | 'teams' | 'people' | 'roles',
		{ create: number; update: number; unchanged: number }
	>;
	/** in the order of the file, at most `differencesShown` */
	changes: {
		row: number;
		act: 'create' | 'update';
		what: 'organisation' | 'team' | 'person' | 'role';
		text: string;
	}[];
	problems: Problem[];
	notes: Problem[];
	/** headings that mean nothing here */
	ignored: string[];
}

/** More than anybody reads; the counts say how many there are. */
const differencesShown = 300;
const problemsShown = 500;

/** People and teams from a file: looked at first, then imported as a whole or not at all. The same file twice changes nothing. */
export function createPeopleImport({ database, ring }: { database: Database; ring: Ring }) {
	const { db } = database;

	/** What the file would change now. Writes nothing. */
	async function preview(
		exerciseId: ExerciseId,
		file: PeopleFile,
		rights: { mayGrantDirector: boolean }
	): Promise<PeopleDifferences> {
		const plan = planPeople(file.rows, await readPresent(db, exerciseId, file.rows), rights);
		return differences(plan, file);
	}

	async function run(
		exerciseId: ExerciseId,
		file: PeopleFile,
		by: AccountId,
		rights: { mayGrantDirector: boolean }
	): Promise<PeopleDifferences> {
		const done = await db
			.transaction(async (tx) => {
				// nobody changes the people of this exercise between what is read and what is written
				const [locked] = await tx
					.select({ id: exercise.id })
					.from(exercise)
					.where(eq(exercise.id, exerciseId))
					.for('update');
				if (!locked) throw noExercise();
				const plan = planPeople(file.rows, await readPresent(tx, exerciseId, file.rows), rights);
				const shown = differences(plan, file);
				if (shown.problems.length > 0) return { shown, changed: false };
				if (!changesAnything(plan)) return { shown, changed: false };
				const accountIds = await write(tx, exerciseId, plan);
				await raiseRights(tx, exerciseId);
				await writeAudit(tx, {
					scope: exerciseId,
					actorId: by,
					act: 'people.imported',
					detail: { counts: shown.counts, roles: granted(plan, accountIds) }
				});
				return { shown, changed: true };
			})
			.catch((error: unknown) => {
				// another exercise imported the same organisation or person in the same moment
				if (isUniqueViolation(error))
					throw new AppError('stale', 'Somebody else imported some of these people just now. Look again.', {
						cause: error
					});
				throw error;
			});
		if (done.changed) ring({ exercise: exerciseId, topics: ['rights', 'people'] });
		return done.shown;
	}

	return { preview, run };
}

async function readPresent(
	db: Pick<Transaction, 'select'>,
	exerciseId: ExerciseId,
	rows: readonly PersonRow[]
): Promise<Present> {
	const emails = [...new Set(rows.map((row) => emailKey(row.email)))];
	const names = [
		...new Set(rows.flatMap((row) => (row.organisation ? [row.organisation.name.toLowerCase()] : [])))
	];
	const accounts = await db
		.select({
			id: account.id,
			email: account.email,
			name: account.name,
			organisationId: account.organisationId,
			changeable: changeableIn(exerciseId)
		})
		.from(account)
		.where(sql`lower(${account.email}) = any(${sql.param(emails)}::text[])`);
	const organisationIds = accounts.flatMap((one) => (one.organisationId ? [one.organisationId] : []));
	const organisations = await db
		.select()
		.from(organisation)
		.where(
			sql`lower(${organisation.name}) = any(${sql.param(names)}::text[]) or ${organisation.id} = any(${sql.param(organisationIds)}::text[])`
		)
		.orderBy(organisation.createdAt, organisation.id);
	const accountIds = accounts.map((one) => one.id);
	const memberships =
		accountIds.length === 0
			? []
			: await db
					.select()
					.from(membership)
					.where(and(eq(membership.exerciseId, exerciseId), inArray(membership.accountId, accountIds)));
	return {
		accounts: accounts as Present['accounts'],
		organisations: organisations as unknown as Present['organisations'],
		memberships: memberships as unknown as Present['memberships'],
		teams: await readTeams(db, exerciseId)
	};
}

/**
 * Whether an account belongs to this exercise alone: nobody has signed in to it, and no other exercise has given it a
 * role. Only such an account may be renamed by an import, or opened by a link that exercise control hands out;
 * otherwise one exercise could take over what another one gave.
 */
export const changeableIn = (exerciseId: ExerciseId) =>
	// written out, because drizzle leaves table names away where it sees one table only: `id` would be the membership's
	sql<boolean>`(account.password_hash is null and not account.is_administrator and account.disabled_at is null
		and not exists (select 1 from membership as elsewhere
			where elsewhere.account_id = account.id and elsewhere.exercise_id <> ${exerciseId}))`;

/** Returns the account of each person, by the plan's keys. */
async function write(
	tx: Transaction,
	exerciseId: ExerciseId,
	plan: PeoplePlan
): Promise<Map<string, AccountId>> {
	const organisationIds = new Map<string, OrganisationId>();
	const newOrganisations = [];
	for (const [key, one] of plan.organisations) {
		const id = one.id ?? mintId<OrganisationId>();
		organisationIds.set(key, id);
		const { name, country, kind } = one;
		if (one.act === 'create') newOrganisations.push({ id, name, country, kind });
		if (one.act === 'update') await tx.update(organisation).set({ kind }).where(eq(organisation.id, id));
	}
	for (const rows of inBatches(newOrganisations)) await tx.insert(organisation).values(rows);

	const idOf = (key: string | null) => (key === null ? undefined : organisationIds.get(key));
	const accountIds = new Map<string, AccountId>();
	const newAccounts = [];
	for (const [key, one] of plan.people) {
		const id = one.id ?? mintId<AccountId>();
		accountIds.set(key, id);
		const { name, email } = one;
		if (one.act === 'create')
			newAccounts.push({ id, name, email, organisationId: idOf(one.organisation) ?? null });
		if (one.act === 'update') {
			const organisationId = idOf(one.organisation);
			await tx
				.update(account)
				.set({ name, ...(organisationId && { organisationId }) })
				.where(eq(account.id, id));
		}
	}
	for (const rows of inBatches(newAccounts)) await tx.insert(account).values(rows);

	const teamIds = new Map<string, TeamId>();
	const newTeams = [];
	for (const [key, one] of plan.teams) {
		if (one.id) teamIds.set(key, one.id);
		const { name, country, level, language } = one;
		if (one.act === 'create')
			newTeams.push({
				key,
				team: {
					name,
					country,
					level,
					...(language && { language }),
					organisationId: idOf(one.organisation)
				}
			});
		if (one.act === 'update')
			await tx
				.update(team)
				.set({ level, language: language ?? null })
				.where(eq(team.id, one.id!));
	}
	const inserted = await insertTeams(
		tx,
		exerciseId,
		newTeams.map((one) => one.team)
	);
	for (const [i, one] of inserted.entries()) teamIds.set(newTeams[i]!.key, one.id);

	await insertMemberships(
		tx,
		exerciseId,
		[...plan.roles.values()]
			.filter((one) => one.act !== 'unchanged')
			.map((one) => ({
				accountId: accountIds.get(one.person)!,
				role: one.role,
				...(one.team !== null && { teamId: teamIds.get(one.team)! }),
				...(one.country && { country: one.country }),
				...(one.cell && { cell: one.cell }),
				lead: one.lead
			}))
	);
	return accountIds;
}

function* inBatches<T>(rows: T[], size = 1000): Generator<T[]> {
	for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size);
}

/** Who got what, for the audit row: ids, because that row outlives the people's names in the database. */
function granted(plan: PeoplePlan, accountIds: Map<string, AccountId>): string[] {
	return [...plan.roles.values()]
		.filter((one) => one.act !== 'unchanged')
		.map((one) => describeRole({ ...one, person: accountIds.get(one.person) ?? '' }));
}

function describeRole({ person, role, team: of, country, cell, lead }: PlannedRole): string {
	return [person, lead ? 'team lead' : role, of ?? cell ?? country].filter(Boolean).join(', ');
}

function differences(plan: PeoplePlan, file: PeopleFile): PeopleDifferences {
	const changes: PeopleDifferences['changes'] = [];
	const counts = {} as PeopleDifferences['counts'];
	const add = <T extends { row: number; act: 'create' | 'update' | 'unchanged' }>(
		list: keyof PeopleDifferences['counts'],
		what: PeopleDifferences['changes'][number]['what'],
		planned: Iterable<T>,
		describe: (one: T) => string
	) => {
		counts[list] = { create: 0, update: 0, unchanged: 0 };
		for (const one of planned) {
			counts[list][one.act]++;
			if (one.act !== 'unchanged') changes.push({ row: one.row, act: one.act, what, text: describe(one) });
		}
	};
	add(
		'organisations',
		'organisation',
		plan.organisations.values(),
		(one) => `${one.name}, ${one.country}, ${one.kind}`
	);
	add('teams', 'team', plan.teams.values(), (one) =>
		[one.name, one.country, one.level, ...(one.language ? [one.language] : [])].join(', ')
	);
	add('people', 'person', plan.people.values(), (one) => `${one.name}, ${one.email}`);
	add('roles', 'role', plan.roles.values(), (one) =>
		describeRole({
			...one,
			person: plan.people.get(one.person)?.name ?? one.person,
			team: one.team === null ? null : (plan.teams.get(one.team)?.name ?? one.team)
		})
	);
	return {
		counts,
		changes: changes.sort((a, b) => a.row - b.row).slice(0, differencesShown),
		problems: [...file.problems, ...plan.problems].sort((a, b) => a.row - b.row).slice(0, problemsShown),
		notes: plan.notes.slice(0, problemsShown),
		ignored: file.ignored
	};
}

function isUniqueViolation(error: unknown): boolean {
	const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
	return cause?.code === '23505';
}

/** The people of an exercise who cannot sign in yet, and whom its links may open. */
export async function readWaiting(
	{ db }: Database,
	exerciseId: ExerciseId
): Promise<{ id: AccountId; name: string; email: string }[]> {
	const rows = await db
		.selectDistinct({ id: account.id, name: account.name, email: account.email })
		.from(account)
		.innerJoin(membership, eq(membership.accountId, account.id))
		.where(and(eq(membership.exerciseId, exerciseId), isNull(account.passwordHash), changeableIn(exerciseId)))
		.orderBy(account.name, account.id);
	return rows as { id: AccountId; name: string; email: string }[];
}
