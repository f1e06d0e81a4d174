import type { CountryCode } from '#lib/standards/countries.ts';
import { countryCodes } from '#lib/standards/countries.ts';
import { formOf } from '#lib/standards/notification-forms.ts';
import type { Incident } from '../incident/schema.ts';
import type { Notification } from '../notification/schema.ts';
import type { ReportContent } from '../report/schema.ts';

/*
 * Whose incident a room was about: the states whose consent the publication of its review needs. A state is affected when
 * an incident, a notification or an approved situation report of the room says so, or when the coordinator names it. One
 * too many is asked once too often; one too few reads of itself in the newspaper.
 */

/** Why a state is affected; of a record only which it is, never its words. */
export type AffectedReason =
	| { from: 'incident' | 'notification' | 'report'; team: string; number: number }
	| { from: 'coordinator'; by: string; reason: string; wallAt: number };

export interface AffectedState {
	country: CountryCode;
	/** never empty; what records say first */
	reasons: AffectedReason[];
}

export type AffectedFact =
	| { kind: 'affected-named'; country: CountryCode; reason: string }
	| { kind: 'affected-taken-back'; country: CountryCode; reason: string };

export const affectedFactKinds = [
	'affected-named',
	'affected-taken-back'
] as const satisfies readonly AffectedFact['kind'][];

export interface AffectedAct {
	fact: AffectedFact;
	by: string;
	wallAt: number;
}

interface Keeper {
	name: string;
	country: CountryCode;
}

/** What there is in a room. */
export interface RoomSays {
	incidents: readonly { team: Keeper; standing: Pick<Incident, 'number' | 'state' | 'content'> }[];
	/** of the teams that notified */
	notifications: readonly {
		team: Keeper;
		standing: Pick<Notification, 'number' | 'closed' | 'reports'>;
	}[];
	/** approved situation reports */
	reports: readonly { team: Keeper; number: number; content: Pick<ReportContent, 'impacts'> | null }[];
	/** what the coordinator said, in the order in which it was said */
	acts: readonly AffectedAct[];
}

const noIncident = ['not-an-incident', 'duplicate'];

/** The affected states by their codes, each with all reasons. Pure. */
export function affectedStates(room: RoomSays): AffectedState[] {
	const found = new Map<CountryCode, AffectedReason[]>();
	const add = (countries: Iterable<CountryCode>, reason: AffectedReason) => {
		for (const country of new Set(countries)) found.set(country, [...(found.get(country) ?? []), reason]);
	};
	for (const { team, standing } of room.incidents) {
		if (noIncident.includes(standing.state)) continue;
		const { impacts } = standing.content;
		// nobody has said where it hits: then at home
		const countries = impacts.length === 0 ? [team.country] : hit(impacts);
		add(countries, { from: 'incident', team: team.name, number: standing.number });
	}
	for (const { team, standing } of room.notifications) {
		if (standing.closed?.withdrawn) continue;
		const reason: AffectedReason = { from: 'notification', team: team.name, number: standing.number };
		add([team.country, ...countriesIn(standing)], reason);
	}
	for (const { team, number, content } of room.reports)
		add(hit(content?.impacts ?? []), { from: 'report', team: team.name, number });
	for (const [country, { fact, by, wallAt }] of namedNow(room.acts))
		add([country], { from: 'coordinator', by, reason: fact.reason, wallAt });
	return [...found]
		.map(([country, reasons]) => ({ country, reasons }))
		.sort((a, b) => countryCodes.indexOf(a.country) - countryCodes.indexOf(b.country));
}

/** White says that there is no impact. */
const hit = (impacts: readonly { country: CountryCode; severity: string }[]): CountryCode[] =>
	impacts.flatMap(({ country, severity }) => (severity === 'white' ? [] : [country]));

/** The countries that the forms of a case name, in the fields that ask for countries. */
function countriesIn({ reports }: Pick<Notification, 'reports'>): CountryCode[] {
	return reports.flatMap(({ versions }) =>
		versions.flatMap(({ form, values }) =>
			(formOf(form)?.fields ?? [])
				.filter(({ type }) => type === 'countries')
				.flatMap(({ id }) => {
					const value = values[id];
					return Array.isArray(value) ? (value as CountryCode[]) : [];
				})
		)
	);
}

/** Whom the coordinator has named and not taken back. */
export function namedNow(acts: readonly AffectedAct[]): Map<CountryCode, AffectedAct> {
	const named = new Map<CountryCode, AffectedAct>();
	for (const act of acts) {
		if (act.fact.kind === 'affected-named') named.set(act.fact.country, act);
		else named.delete(act.fact.country);
	}
	return named;
}
