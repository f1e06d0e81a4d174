import { and, asc, eq, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { countryCodes, countryName, type CountryCode } from '#lib/standards/countries.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import {
	managesRole,
	sharingLevels,
	type ImprovementPerson,
	type ImprovementRole,
	type SharingLevel
} from '#lib/improvement/access.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database, Transaction } from '../database/open.ts';
import { account, improvementRole, improvementSharing, organisation } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';

export type Queryable = Database['db'] | Transaction;

/** Somebody with the name of the organisation, where the account has one. */
export interface KnownPerson extends ImprovementPerson {
	name: string;
	organisation: string | null;
}

/** Who somebody is for improvement, as of now; null: the account is disabled, or there is none. */
export async function readPerson(db: Queryable, id: AccountId): Promise<KnownPerson | null> {
	const rows = await db
		.select({
			name: account.name,
			isAdministrator: account.isAdministrator,
			disabledAt: account.disabledAt,
			organisation: organisation.name,
			country: improvementRole.country,
			role: improvementRole.role
		})
		.from(account)
		.leftJoin(organisation, eq(organisation.id, account.organisationId))
		.leftJoin(improvementRole, eq(improvementRole.accountId, account.id))
		.where(eq(account.id, id));
	const [first] = rows;
	if (!first || first.disabledAt) return null;
	return {
		id,
		name: first.name,
		organisation: first.organisation,
		isAdministrator: first.isAdministrator,
		keeps: rows.flatMap(({ country }) => (country ? [country as CountryCode] : [])),
		isSecretariat: rows.some(({ role }) => role === 'secretariat')
	};
}

export async function requirePerson(db: Queryable, id: AccountId): Promise<KnownPerson> {
	const person = await readPerson(db, id);
	if (!person) throw noExercise();
	return person;
}

/** What every country has chosen to show; a country without a row shows nothing. */
export async function readSharing(db: Queryable): Promise<Map<CountryCode, Sharing>> {
	const rows = await db.select().from(improvementSharing);
	const chosen = new Map(rows.map((row) => [row.country, row]));
	return new Map(
		countryCodes.map((country) => {
			const row = chosen.get(country);
			return [
				country,
				{ level: (row?.level ?? 'private') as SharingLevel, offersPlanners: row?.offersPlanners ?? false }
			];
		})
	);
}
export interface Sharing {
	level: SharingLevel;
	offersPlanners: boolean;
}

/** An account in use, by its address: people are named by those who know them, and nobody is invented. */
export async function accountByAddress(db: Queryable, email: string): Promise<AccountId | null> {
	const [row] = await db
		.select({ id: account.id, disabledAt: account.disabledAt })
		.from(account)
		.where(sql`lower(${account.email}) = ${email.trim().toLowerCase()}`);
	return row && !row.disabledAt ? (row.id as AccountId) : null;
}

export interface RoleRow {
	account: AccountId;
	name: string;
	email: string;
	role: ImprovementRole;
	country: CountryCode;
	/** the reader may take it away */
	mayRemove: boolean;
}

/** The small membership of improvement: the secretariat, and representatives of countries; and what countries share. */
export function createImprovementPeople({ database: { db } }: { database: Database }) {
	/** Who manages anything of it; to others there is nothing here. */
	async function manager(tx: Queryable, by: AccountId): Promise<KnownPerson> {
		const person = await requirePerson(tx, by);
		if (!managesRole(person, 'representative')) throw noExercise();
		return person;
	}

	return {
		async list(by: AccountId): Promise<{ roles: RoleRow[]; mayName: ImprovementRole[] }> {
			const person = await manager(db, by);
			const rows = await db
				.select({
					account: improvementRole.accountId,
					name: account.name,
					email: account.email,
					role: improvementRole.role,
					country: improvementRole.country
				})
				.from(improvementRole)
				.innerJoin(account, eq(account.id, improvementRole.accountId))
				.orderBy(asc(improvementRole.role), asc(improvementRole.country), asc(account.name));
			return {
				roles: rows.map((row) => ({
					...row,
					account: row.account as AccountId,
					role: row.role as ImprovementRole,
					country: row.country as CountryCode,
					mayRemove: managesRole(person, row.role as ImprovementRole)
				})),
				mayName: (['representative', 'secretariat'] as const).filter((role) => managesRole(person, role))
			};
		},

		async name(by: AccountId, wanted: { email: string; role: string; country: string }): Promise<void> {
			await db.transaction(async (tx) => {
				const person = await manager(tx, by);
				const role = wanted.role === 'secretariat' ? 'secretariat' : 'representative';
				if (!managesRole(person, role)) throw noExercise();
				const country = role === 'secretariat' ? 'EU' : wanted.country;
				if (!countryCodes.includes(country as CountryCode) || (role === 'representative' && country === 'EU'))
					throw field('country', 'Choose the country that the person represents.');
				const id = await accountByAddress(tx, wanted.email);
				if (!id)
					throw field(
						'email',
						'Nobody with this address has an account in use here. Invite the person first.'
					);
				// whoever names could otherwise read any country by naming the own account
				if (id === by) throw field('email', 'Nobody names themselves: somebody else names you.');
				const added = await tx
					.insert(improvementRole)
					.values({ accountId: id, country, role, createdBy: by })
					.onConflictDoNothing()
					.returning();
				if (added.length === 0) throw new AppError('duplicate', 'This person has this role already.');
				await writeAudit(tx, {
					scope: 'installation',
					actorId: by,
					act: 'improvement.named',
					detail: { account: id, role, country }
				});
			});
		},

		async remove(by: AccountId, wanted: { account: string; country: string }): Promise<void> {
			await db.transaction(async (tx) => {
				const person = await manager(tx, by);
				const own = and(
					eq(improvementRole.accountId, wanted.account),
					eq(improvementRole.country, wanted.country)
				);
				const [row] = await tx.select().from(improvementRole).where(own).for('update');
				if (!row || !managesRole(person, row.role as ImprovementRole)) throw noExercise();
				await tx.delete(improvementRole).where(own);
				await writeAudit(tx, {
					scope: 'installation',
					actorId: by,
					act: 'improvement.removed',
					detail: { account: wanted.account, role: row.role, country: wanted.country }
				});
			});
		},

		/** What a country shows is chosen by who keeps it, and by nobody for another one. */
		async share(
			by: AccountId,
			wanted: { country: string; level: string; offersPlanners: boolean }
		): Promise<void> {
			await db.transaction(async (tx) => {
				const person = await requirePerson(tx, by);
				if (!person.keeps.includes(wanted.country as CountryCode)) throw noExercise();
				if (!(sharingLevels as readonly string[]).includes(wanted.level))
					throw field('level', 'Choose what is shared.');
				const { country, level, offersPlanners } = wanted;
				const values = { country, level, offersPlanners, changedBy: by, changedAt: new Date() };
				await tx
					.insert(improvementSharing)
					.values(values)
					.onConflictDoUpdate({
						target: improvementSharing.country,
						set: { level, offersPlanners, changedBy: by, changedAt: sql`now()` }
					});
				await writeAudit(tx, {
					scope: 'installation',
					actorId: by,
					act: 'improvement.shared',
					detail: { country, level, offersPlanners }
				});
			});
		}
	};
}

export const field = (name: string, message: string) =>
	new AppError('invalid', message, { details: { fields: { [name]: message } } });

export const scopeName = (country: CountryCode): string =>
	country === 'EU' ? 'EU level' : countryName(country);
