import { writeCondition } from '#lib/exercise/inject/condition-text.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { conditionLengths } from '#lib/exercise/inject/schedule.ts';
import { t } from '#lib/text/index.ts';
import type { BoardInject } from '#server/views/board.ts';

interface Names {
	/** '' where the reader does not see the inject */
	nameOf: (inject: InjectId) => string;
	/** the variants of it that the reader sees: at their country's teams they are asked about in its place */
	variantsOf: (inject: InjectId) => readonly Pick<BoardInject, 'id' | 'variantOf'>[];
}

/** What an inject waits for, as the script page writes it. Injects of others that the reader does not see are `?`. */
export function conditionText({ when, seconds }: NonNullable<BoardInject['waits']>, names: Names): string {
	return writeCondition(
		when,
		seconds,
		{ referenceOf: (inject) => askedAbout(inject, names) || undefined, injectOf: () => undefined },
		conditionLengths
	);
}

/** So many variants are named; of more, their countries. */
const namedVariants = 2;

/** `CM-031 (GR: CM-031-EL)`; to a moderator, whose teams get the variant alone, `CM-031-EL`. */
function askedAbout(inject: InjectId, { nameOf, variantsOf }: Names): string {
	const name = nameOf(inject);
	const variants = variantsOf(inject).map(({ id, variantOf }) => ({
		name: nameOf(id),
		country: variantOf?.country ?? ''
	}));
	if (variants.length === 0) return name;
	if (name === '') return variants.map((one) => one.name).join(' / ');
	return variants.length <= namedVariants
		? `${name} (${variants.map((one) => `${one.country}: ${one.name}`).join(', ')})`
		: t('condition.variants', {
				name,
				countries: [...new Set(variants.map((one) => one.country))].join(', ')
			});
}
