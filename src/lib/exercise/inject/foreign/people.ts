import { neutralise } from '../spreadsheet/table.ts';
import type { ForeignPerson } from './shape.ts';

/**
 * The people of another tool's export as the list that `People and teams` reads. What the tool does not know (the country of
 * a team, mostly) is left empty, to be filled in there: the import asks for it row by row.
 */
export function peopleCsv(people: readonly ForeignPerson[]): string {
	const rows = people.map(({ name, email, organisation, team, country }) => [
		name,
		email,
		organisation,
		// of a person the tool knows the country, and of that person's team only by it
		organisation === '' ? '' : country,
		team,
		organisation === '' ? country : '',
		'player'
	]);
	return [['name', 'email', 'organisation', 'organisation_country', 'team', 'country', 'role'], ...rows]
		.map((row) => row.map((value) => quoted(neutralise(value))).join(','))
		.join('\r\n');
}

const quoted = (value: string) => (/[",;\r\n\t]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
