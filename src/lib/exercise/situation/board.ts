import type { CountryCode } from '#lib/standards/countries.ts';
import { worstImpact, worstOutlook, type ImpactColour, type Outlook } from '#lib/standards/incidents.ts';
import { sectorIds, type Sector } from '#lib/standards/sectors.ts';
import { strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import type { Impact } from '../incident/schema.ts';

/*
 * The common picture: countries by sectors, from the latest situation report that each country has approved and shared
 * (DOMAIN 5.1). What nobody has said is unknown, never “no impact” (DOMAIN 11, 11).
 */

/** A country's latest approved report, as far as the reader may receive it. */
export interface CountryReport {
	country: CountryCode;
	/** the team that wrote it */
	team: string;
	title: string;
	tlp: Tlp;
	/** exercise times, ms: for when it describes the situation, and when it was approved */
	asOf: number;
	approvedAt: number;
	impacts: readonly Impact[];
}

export interface BoardCell {
	colour: ImpactColour;
	outlook: Outlook;
	/** the sum of the numbers given; null: none was given */
	usersAffected: number | null;
	crossBorder: boolean;
	/** the rows behind it, each with the country whose report says so */
	said: { by: CountryCode; impact: Impact }[];
	/** only other countries' reports say so */
	secondHand: boolean;
}

export interface BoardRow {
	country: CountryCode;
	/** null: the country has not reported, or not to this reader */
	report: Omit<CountryReport, 'impacts'> | null;
	/** a sector that is not here is unknown */
	cells: Partial<Record<Sector, BoardCell>>;
	/** the worst of its sectors; null: unknown */
	worst: ImpactColour | null;
	outlook: Outlook | null;
}

export interface SituationBoard {
	rows: BoardRow[];
	/** the worst over all countries; a sector that is not here is unknown */
	sectors: Partial<Record<Sector, { colour: ImpactColour; outlook: Outlook; countries: number }>>;
	reported: number;
	/** the strictest label of the reports that it is made of: the board's own (DOMAIN 11, 4) */
	tlp: Tlp;
}

/** `countries` are those that take part, in the order of the rows. One report a country: the latest. */
export function situationBoard(
	countries: readonly CountryCode[],
	reports: readonly CountryReport[]
): SituationBoard {
	const latest = new Map<CountryCode, CountryReport>();
	for (const report of reports) {
		const known = latest.get(report.country);
		if (!known || report.approvedAt > known.approvedAt) latest.set(report.country, report);
	}
	const shown = [...latest.values()];
	const rows = countries.map((country) => rowOf(country, latest.get(country) ?? null, shown));
	return {
		rows,
		sectors: Object.fromEntries(
			sectorIds.flatMap((sector) => {
				const cells = rows.flatMap((row) => row.cells[sector] ?? []);
				const colour = worstImpact(cells.map((cell) => cell.colour));
				const outlook = worstOutlook(cells.map((cell) => cell.outlook));
				return colour && outlook ? [[sector, { colour, outlook, countries: cells.length }]] : [];
			})
		) as SituationBoard['sectors'],
		reported: rows.filter((row) => row.report !== null).length,
		tlp: strictestTlp(shown.map((report) => report.tlp))
	};
}

function rowOf(
	country: CountryCode,
	report: CountryReport | null,
	reports: readonly CountryReport[]
): BoardRow {
	const cells: BoardRow['cells'] = {};
	for (const sector of sectorIds) {
		const said = reports.flatMap(({ country: by, impacts }) =>
			impacts
				.filter((impact) => impact.country === country && impact.sector === sector)
				.map((impact) => ({ by, impact }))
		);
		if (said.length === 0) continue;
		// what a country says of itself is what counts; what others say stands in while it says nothing
		const own = said.filter((one) => one.by === country);
		const counted = own.length > 0 ? own : said;
		const users = counted.flatMap(({ impact }) => impact.usersAffected ?? []);
		cells[sector] = {
			colour: worstImpact(counted.map(({ impact }) => impact.severity))!,
			outlook: worstOutlook(counted.map(({ impact }) => impact.outlook))!,
			usersAffected: users.length > 0 ? users.reduce((sum, n) => sum + n, 0) : null,
			crossBorder: counted.some(({ impact }) => impact.crossBorder),
			said,
			secondHand: own.length === 0
		};
	}
	const known = Object.values(cells);
	const { impacts: _impacts, ...head } = report ?? { impacts: [] };
	return {
		country,
		report: report && (head as Omit<CountryReport, 'impacts'>),
		cells,
		worst: worstImpact(known.map((cell) => cell.colour)),
		outlook: worstOutlook(known.map((cell) => cell.outlook))
	};
}
