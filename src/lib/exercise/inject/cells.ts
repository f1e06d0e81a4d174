import { countryCodes, parseCountry } from '#lib/standards/countries.ts';
import { parseTlp, tlpLabel } from '#lib/standards/tlp.ts';
import { teamLevels, type Team, type TeamLevel } from '../exercise/schema.ts';
import { compareText } from './page.ts';
import { formatSchedule, parseSchedule, type ScheduleContext } from './schedule.ts';
import { injectChannels, injectLimits, type Inject, type InjectChannel, type Recipients } from './schema.ts';
import type { ScriptColumn } from './view.ts';

/*
 * Cells of the script as text: what is shown, copied, pasted and typed. What is copied from one cell can be pasted into
 * another.
 */

/** `everyone`, or `GR; IT; technical; NL Port`. */
export function recipientsText(
	to: Recipients,
	teams: readonly Pick<Team, 'id' | 'name'>[],
	unknown = 'unknown team'
): string {
	if (to.all) return 'everyone';
	return [
		...to.countries,
		...to.levels,
		...to.teams.map((id) => teams.find((team) => team.id === id)?.name ?? unknown)
	].join('; ');
}

export function parseRecipients(
	text: string,
	teams: readonly Pick<Team, 'id' | 'name'>[]
): { value: Recipients } | { unknown: string } {
	const to: Recipients = { all: false, countries: [], levels: [], teams: [] };
	for (const word of text.split(/[;,\n]/).map((part) => part.trim())) {
		if (word === '') continue;
		const team = teams.find((candidate) => sameWords(candidate.name, word));
		const country = parseCountry(word);
		if (/^(all|everyone|all teams)$/i.test(word)) to.all = true;
		else if (team) to.teams.push(team.id);
		else if (country) to.countries.push(country);
		else if (teamLevels.includes(fold(word) as TeamLevel)) to.levels.push(fold(word) as TeamLevel);
		else return { unknown: word };
	}
	return { value: sortedRecipients(to) };
}

/** Each named once, in one order: so that choosing the same again is no change of the inject. */
export function sortedRecipients(to: Recipients): Recipients {
	return {
		all: to.all,
		countries: countryCodes.filter((code) => to.countries.includes(code)),
		levels: teamLevels.filter((level) => to.levels.includes(level)),
		teams: [...new Set(to.teams)].sort(compareText)
	};
}

export interface CellContext extends ScheduleContext {
	teams: readonly Pick<Team, 'id' | 'name' | 'country' | 'level'>[];
}

/** Columns whose cells are written; the others only show. */
export type EditableColumn = Exclude<ScriptColumn, 'state' | 'warnings'>;
export const isEditable = (column: ScriptColumn): column is EditableColumn =>
	column !== 'state' && column !== 'warnings';

/** The field of the inject that a cell writes. */
export const fieldOf = {
	reference: 'reference',
	time: 'schedule',
	title: 'title',
	storyline: 'storyline',
	recipients: 'to',
	channel: 'channel',
	tlp: 'tlp',
	objectives: 'objectives'
} as const satisfies Record<EditableColumn, keyof Inject>;

export function cellText(inject: Inject, column: EditableColumn, context: CellContext): string {
	switch (column) {
		case 'time':
			return formatSchedule(inject.schedule, context);
		case 'recipients':
			return recipientsText(inject.to, context.teams);
		case 'tlp':
			return tlpLabel(inject.tlp);
		case 'objectives':
			return inject.objectives.join('; ');
		default:
			return inject[column];
	}
}

export type CellProblem =
	'not-a-schedule' | 'unknown-inject' | 'too-far' | 'unknown-recipient' | 'unknown-channel' | 'unknown-tlp';

/** What a text means in a cell: the one field to set, or why it cannot be. Long text is cut to the field's limit. */
export function parseCell(
	column: EditableColumn,
	text: string,
	context: CellContext
): { value: Partial<Inject> } | { problem: CellProblem; word: string } {
	const line = text.replace(/\s+/g, ' ').trim();
	switch (column) {
		case 'time': {
			const parsed = parseSchedule(line, context);
			return 'value' in parsed
				? { value: { schedule: parsed.value } }
				: { problem: parsed.problem, word: line };
		}
		case 'recipients': {
			const parsed = parseRecipients(text, context.teams);
			return 'value' in parsed
				? { value: { to: parsed.value } }
				: { problem: 'unknown-recipient', word: parsed.unknown };
		}
		case 'channel': {
			const channel = fold(line).replace(/[\s-]+/g, '_') as InjectChannel;
			if (line === '') return { value: { channel: 'workspace' } };
			return injectChannels.includes(channel)
				? { value: { channel } }
				: { problem: 'unknown-channel', word: line };
		}
		case 'tlp': {
			const tlp = line === '' ? 'amber' : parseTlp(line);
			return tlp ? { value: { tlp } } : { problem: 'unknown-tlp', word: line };
		}
		case 'objectives':
			return { value: { objectives: parseNames(text) } };
		case 'reference':
			return { value: { reference: line.slice(0, injectLimits.reference) } };
		case 'storyline':
			return { value: { storyline: line.slice(0, 120) } };
		case 'title':
			return { value: { title: line.slice(0, injectLimits.title) } };
	}
}

/** `OBJ-1; OBJ-2`: each once, at most as many and as long as the schema takes. */
function parseNames(text: string): string[] {
	const names = text
		.split(/[;\n]/)
		.map((name) => name.trim().slice(0, 120))
		.filter(Boolean);
	return [...new Set(names)].slice(0, 50);
}

const fold = (name: string) => name.trim().toLowerCase();
/** Names of teams, storylines and objectives are the same whatever their case. */
export const sameWords = (a: string, b: string) => fold(a) === fold(b);
