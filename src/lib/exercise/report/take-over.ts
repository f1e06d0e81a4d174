import type { FoldedRecord } from '../working/fold.ts';
import type { KeptRecord } from '../working/record.ts';
import type { Incident, IncidentState } from '../incident/schema.ts';
import type { ImpactRow, IncidentRow, Kept, Quoted } from './schema.ts';

/** Incidents that a report speaks of: those that nobody has put away. */
const open: readonly IncidentState[] = ['new', 'open', 'contained', 'recovered'];

export type KeptIncident = Pick<KeptRecord<Incident>, 'id' | 'standing'>;

export const isOpenIncident = ({ standing }: KeptIncident): boolean => open.includes(standing.state);

export const incidentsOf = (records: readonly FoldedRecord[]): KeptIncident[] =>
	records.filter((one): one is FoldedRecord & KeptIncident => one.of === 'incident');

/** What taking over would do to a page: shown before it is done, never done silently. */
export interface TakeOver {
	incidents: { add: IncidentRow[]; change: Kept<'incidents'>[] };
	impacts: { add: ImpactRow[]; change: Kept<'impacts'>[] };
	/** rows that are as the incident says already */
	same: number;
}

/**
 * The rows that incidents bring to a report. A row that was taken over before is brought up to what the incident says
 * now; rows that the team has written itself are not touched, nor are rows whose incident no longer has them.
 */
export function takeOver(
	incidents: readonly KeptIncident[],
	rows: { incidents: readonly Kept<'incidents'>[]; impacts: readonly Kept<'impacts'>[] }
): TakeOver {
	const result: TakeOver = {
		incidents: { add: [], change: [] },
		impacts: { add: [], change: [] },
		same: 0
	};
	for (const { id, standing } of incidents) {
		const { number, state, content } = standing;
		const { title, tlp, cause, threat } = content;
		const quoted: Quoted = { record: id, number, title, tlp };
		const row: IncidentRow = { number, title, cause, threat, state, quoted };
		place(
			result.incidents,
			rows.incidents.find((one) => one.quoted?.record === id),
			row
		);
		for (const impact of content.impacts)
			place(
				result.impacts,
				rows.impacts.find(
					(one) =>
						one.quoted?.record === id &&
						one.country === impact.country &&
						one.sector === impact.sector &&
						one.subsector === impact.subsector
				),
				{ ...impact, quoted }
			);
	}
	return result;

	function place<R extends ImpactRow | IncidentRow>(
		into: { add: R[]; change: (R & { id: string })[] },
		known: (R & { id: string }) | undefined,
		row: R
	): void {
		if (!known) into.add.push(row);
		else if (isSame(known, row)) result.same++;
		else into.change.push({ ...row, id: known.id });
	}
}

const isSame = (known: object, row: object) =>
	Object.entries(row).every(
		([key, value]) => JSON.stringify((known as Record<string, unknown>)[key]) === JSON.stringify(value)
	);
