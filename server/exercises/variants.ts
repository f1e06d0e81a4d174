import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import type { Transaction } from '../database/open.ts';
import { inject } from '../database/schema.ts';

const isCountry = (cell: string): cell is CountryCode => (countryCodes as readonly string[]).includes(cell);

/**
 * The countries whose cell has an approved variant of an inject, by inject; of some injects, or of all. Whatever becomes
 * of the variant afterwards, also where its cell wants it skipped, it stands in the central inject's place.
 */
export async function readVariants(
	db: Pick<Transaction, 'select'>,
	exerciseId: ExerciseId,
	of: readonly string[] | null = null
): Promise<Map<string, CountryCode[]>> {
	const found = new Map<string, CountryCode[]>();
	if (of?.length === 0) return found;
	const rows = await db
		.select({ central: inject.variantOf, cell: inject.cell })
		.from(inject)
		.where(
			and(
				eq(inject.exerciseId, exerciseId),
				of ? inArray(inject.variantOf, [...of]) : isNotNull(inject.variantOf)
			)
		);
	for (const { central, cell } of rows) {
		if (central === null || !isCountry(cell)) continue;
		const countries = found.get(central) ?? [];
		if (!countries.includes(cell)) countries.push(cell);
		found.set(central, countries);
	}
	for (const countries of found.values()) countries.sort();
	return found;
}
