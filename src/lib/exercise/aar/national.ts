import type { CountryCode } from '#lib/standards/countries.ts';
import { strictestTlp } from '#lib/standards/tlp.ts';
import type { ReportAction, ReportChapter, ReportData, ReportFinding } from './data.ts';
import { countryOf } from './page.ts';

type Written = Pick<ReportData, 'chapters' | 'findings' | 'actions'>;

/**
 * What of the written report goes into a country's extract: its own chapter and what was taken over from it; of what is
 * written for all, passages that may go to the community (TLP:CLEAR, TLP:GREEN); findings that touch it; its own actions.
 * What the record says is gathered with the rights of its moderator (server/exchange/report/data.ts).
 */
export function nationalParts(all: Written, country: CountryCode): Written {
	const findings = all.findings.filter((finding) => finding.countries.includes(country));
	const kept = new Set(findings.map(({ id }) => id));
	return {
		chapters: all.chapters.flatMap(({ chapter, passages }): ReportChapter[] => {
			const of = countryOf(chapter);
			if (of !== null && of !== country) return [];
			const own = passages
				.filter(
					({ source, tlp }) =>
						source?.country === country ||
						(source === null && of === country) ||
						tlp === 'clear' ||
						tlp === 'green'
				)
				.map((passage): (typeof passages)[number] => ({
					...passage,
					cites: passage.cites.filter((id) => kept.has(id)),
					// who took it over is the facilitators' business
					source: passage.source && { ...passage.source, by: '' }
				}));
			return own.length > 0 ? [{ chapter, passages: own }] : [];
		}),
		findings: findings.map((finding): ReportFinding => ({
			...finding,
			countries: [country],
			cards: [],
			hidden: 0
		})),
		actions: all.actions
			.filter((action) => action.country === country)
			.map((action): ReportAction => ({ ...action, person: null }))
	};
}

/** Never below any of its parts (DOMAIN 11, 4). */
export const labelOfParts = ({ chapters, findings, actions }: Written) =>
	strictestTlp([
		...chapters.flatMap(({ passages }) => passages.map(({ tlp }) => tlp)),
		...findings.map(({ tlp }) => tlp),
		...actions.map(({ tlp }) => tlp)
	]);
