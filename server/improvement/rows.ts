import { eq, inArray, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { AccountId } from '#lib/exercise/ids.ts';
import type { ActionStanding, ActionState } from '#lib/improvement/action.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { account, improvementAction, improvementEvent, organisation } from '../database/schema.ts';
import type { KnownPerson, Queryable } from './people.ts';

export type ActionRow = typeof improvementAction.$inferSelect;

const owner = alias(account, 'owner');

/** An action with what else the rules look at. */
export interface LoadedAction {
	row: ActionRow;
	ownerName: string | null;
	ownerEmail: string | null;
	standing: ActionStanding;
}

export async function loadActions(db: Queryable, ids: readonly string[]): Promise<LoadedAction[]> {
	if (ids.length === 0) return [];
	const rows = await db
		.select({
			row: improvementAction,
			ownerName: owner.name,
			ownerEmail: owner.email,
			ownerAccountOrganisation: organisation.name,
			evidence: sql<number>`(select count(*)::int from ${improvementEvent} where ${improvementEvent.subject} = ${improvementAction.id} and ${improvementEvent.kind} = 'evidence')`
		})
		.from(improvementAction)
		.leftJoin(owner, eq(owner.id, improvementAction.ownerId))
		.leftJoin(organisation, eq(organisation.id, owner.organisationId))
		.where(inArray(improvementAction.id, [...ids]));
	return rows.map(({ row, ownerName, ownerEmail, ownerAccountOrganisation, evidence }) => ({
		row,
		ownerName,
		ownerEmail,
		standing: {
			state: row.state as ActionState,
			ownerOrganisation: row.ownerOrganisation,
			ownerId: row.ownerId as AccountId | null,
			ownerAccountOrganisation,
			owners: row.owners as AccountId[],
			implementedBy: row.implementedBy as AccountId | null,
			dueOn: row.dueOn,
			deferredUntil: row.deferredUntil,
			successMeasure: row.successMeasure,
			verificationMethod: row.verificationMethod,
			evidence
		}
	}));
}

export const actingAs = (person: KnownPerson, country: string) => ({
	id: person.id,
	organisation: person.organisation,
	keeps: person.keeps.includes(country as CountryCode)
});

/** The day that it is, by UTC: days of improvement are no hours. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
