import type { Capability } from '#lib/standards/capabilities.ts';
import { countryName, type CountryCode } from '#lib/standards/countries.ts';
import { mainChapters, type ChapterId } from '#lib/exercise/aar/page.ts';
import type { ReportExtent } from '#lib/exercise/aar/schema.ts';
import { t } from '#lib/text/index.ts';

/** `Executive summary`, `Objective OBJ-3`, `Greece` */
export function chapterName(chapter: string): string {
	const main = mainChapters.find((one) => one === chapter);
	if (main) return t(`aar.chapter.${main}`);
	const [kind, ...rest] = chapter.split(':');
	const of = rest.join(':');
	if (kind === 'country') return countryName(of as CountryCode);
	return kind === 'capability'
		? t(`improvement.capabilities.${of as Capability}`)
		: `${t('aar.paper.objective')} ${of}`;
}

export const chapterNames = (chapters: readonly string[]): string => chapters.map(chapterName).join(', ');

/** `National extract for Greece, version 4` */
export const versionName = ({
	extent,
	country,
	number
}: {
	extent: ReportExtent;
	country: CountryCode | null;
	number: number;
}): string => t(`aar.paper.named.${extent}`, { country: country ? countryName(country) : '', number });

/** The chapters that something may be put into, main ones first. */
export const chaptersFor = (
	objectives: readonly { code: string }[],
	countries: readonly CountryCode[],
	capabilities: readonly Capability[]
): { label: string; options: { value: ChapterId; label: string }[] }[] =>
	[
		{ label: t('aar.write.chapters'), chapters: [...mainChapters] as ChapterId[] },
		{
			label: t('aar.chapter.objective'),
			chapters: objectives
				.filter(({ code }) => code.trim() !== '' && code.length <= 60)
				.map(({ code }): ChapterId => `objective:${code}`)
		},
		{
			label: t('aar.chapter.national'),
			chapters: countries.map((country): ChapterId => `country:${country}`)
		},
		{
			label: t('aar.chapter.capability'),
			chapters: capabilities.map((capability): ChapterId => `capability:${capability}`)
		}
	]
		.filter(({ chapters }) => chapters.length > 0)
		.map(({ label, chapters }) => ({
			label,
			options: chapters.map((value) => ({ value, label: chapterName(value) }))
		}));
