import { formatDateTime, translator } from '#lib/text/index.ts';
import { countryName } from '#lib/standards/countries.ts';
import type { ReportEdition } from '#lib/exercise/aar/data.ts';

const say = translator('en');

/** `National extract for Greece, version 4` */
export const named = ({
	extent,
	country,
	number
}: Pick<ReportEdition, 'extent' | 'country' | 'number'>): string =>
	say(`aar.paper.named.${extent}`, { country: country ? countryName(country) : '', number });

/** What a title page says of its version: which one, of what content, and who has agreed to it. */
export function editionAbout(edition: ReportEdition, timeZone: string): { label: string; text: string }[] {
	const { signOffs, missing } = edition;
	const countriesThat = (...standings: string[]) =>
		signOffs
			.filter(({ standing }) => standings.includes(standing))
			.map(({ country }) => countryName(country))
			.join(', ');
	const rows = [
		{ label: say('aar.paper.frozen'), text: formatDateTime(edition.frozenAt, timeZone) },
		{ label: say('aar.paper.sum'), text: edition.sha256 },
		{ label: say('aar.paper.agreed'), text: countriesThat('agreed') },
		{ label: say('aar.paper.silent'), text: countriesThat('silent') },
		{ label: say('aar.paper.objected'), text: countriesThat('objected') },
		{
			label: say('aar.paper.missing'),
			text: missing
				.filter(({ why }) => why !== 'objected')
				.map(({ country }) => countryName(country))
				.join(', ')
		}
	];
	return rows.filter(({ text }) => text !== '');
}
