import { and, asc, eq, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import {
	savedMappingLimits,
	savedMappingSchema,
	type NamedMapping,
	type SavedMapping
} from '#lib/exercise/inject/spreadsheet/saved-mapping.ts';
import type { Database } from '../database/open.ts';
import { importMapping } from '../database/schema.ts';
import { mintId } from '../mint.ts';

/** How somebody reads their workbooks, kept under names: each person's own, in every exercise. */
export function createMappings({ db }: Database) {
	async function list(owner: AccountId): Promise<NamedMapping[]> {
		const rows = await db
			.select({ id: importMapping.id, name: importMapping.name, mapping: importMapping.mapping })
			.from(importMapping)
			.where(eq(importMapping.accountId, owner))
			.orderBy(asc(importMapping.name));
		return rows.flatMap(({ id, name, mapping }) => {
			// a target may have gone since
			const checked = savedMappingSchema.safeParse(mapping);
			return checked.success ? [{ id, name, mapping: checked.data }] : [];
		});
	}

	return {
		list,

		/** The same name again replaces what was kept under it. */
		async save(owner: AccountId, name: string, mapping: SavedMapping): Promise<NamedMapping[]> {
			const words = name.trim();
			if (words === '') throw new AppError('invalid', 'Give it a name.');
			if (words.length > savedMappingLimits.name)
				throw new AppError('invalid', `The name has at most ${savedMappingLimits.name} characters.`);
			const known = await list(owner);
			const isNew = known.every((one) => one.name.toLowerCase() !== words.toLowerCase());
			if (isNew && known.length >= savedMappingLimits.perPerson)
				throw new AppError(
					'invalid',
					`You keep ${savedMappingLimits.perPerson} mappings already. Delete one that you no longer use.`
				);
			await db.execute(
				sql`insert into ${importMapping} (id, account_id, name, mapping)
					values (${mintId()}, ${owner}, ${words}, ${JSON.stringify(mapping)}::jsonb)
					on conflict (account_id, lower(name)) do update set name = excluded.name, mapping = excluded.mapping`
			);
			return list(owner);
		},

		async remove(owner: AccountId, id: string): Promise<NamedMapping[]> {
			await db.delete(importMapping).where(and(eq(importMapping.id, id), eq(importMapping.accountId, owner)));
			return list(owner);
		}
	};
}
