import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import type { ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import type { Transaction } from '../database/open.ts';
import { inject } from '../database/schema.ts';

const isCountry = (cell: string): cell is CountryCode => (countryCodes as readonly string[]).includes(cell);

/** An approved variant: teams of its country get it instead of the central inject. */
export interface VariantRow {
	inject: InjectId;
	country: CountryCode;
}

/**
 * The approved variants of injects, by the central inject; of some injects, or of all. Whatever becomes of a variant
 * afterwards, also where its cell wants it skipped, it stands in the central inject's place.
 */
export async function readVariantInjects(
	db: Pick<Transaction, 'select'>,
	exerciseId: ExerciseId,
	of: readonly string[] | null = null
): Promise<Map<string, VariantRow[]>> {
	const found = new Map<string, VariantRow[]>();
	if (of?.length === 0) return found;
	const rows = await db
		.select({ id: inject.id, central: inject.variantOf, cell: inject.cell })
		.from(inject)
		.where(
			and(
				eq(inject.exerciseId, exerciseId),
				of ? inArray(inject.variantOf, [...of]) : isNotNull(inject.variantOf)
			)
		)
		.orderBy(asc(inject.cell), asc(inject.id));
	for (const { id, central, cell } of rows) {
		if (central === null || !isCountry(cell)) continue;
		const variants = found.get(central) ?? [];
		variants.push({ inject: id as InjectId, country: cell });
		found.set(central, variants);
	}
	return found;
}

/** The countries whose cell has an approved variant of an inject, by inject, each once. */
export async function readVariants(
	db: Pick<Transaction, 'select'>,
	exerciseId: ExerciseId,
	of: readonly string[] | null = null
): Promise<Map<string, CountryCode[]>> {
	const all = await readVariantInjects(db, exerciseId, of);
	return new Map(
		[...all].map(([central, variants]): [string, CountryCode[]] => [
			central,
			[...new Set(variants.map(({ country }) => country))]
		])
	);
}
