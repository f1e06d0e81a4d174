import { median } from './statistics.ts';

/** A table as it is printed and as it goes into the document. */
export interface Table {
	title: string;
	head: string[];
	rows: string[][];
}

/** What we want to be true of a figure, and whether it is. */
export interface Goal {
	what: string;
	wanted: string;
	found: string;
	hit: boolean;
}

/** What a scenario hands back. */
export interface Section {
	title: string;
	notes: string[];
	tables: Table[];
	goals: Goal[];
	/** every single figure, for `--json` */
	figures: unknown;
}

export interface Options {
	rounds: number;
	/** small sizes, to see that everything works */
	quick: boolean;
	exercise: 'S' | 'M' | 'L' | 'XL';
	/** in which so many hours of the first day are lived through */
	minutes: number;
	hours: number;
}

export const fixed = (value: number | undefined): string => {
	if (value === undefined || Number.isNaN(value)) return '-';
	if (!Number.isFinite(value)) return 'never';
	return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
};

/** Figures of each server in each cell, taken in turns. */
export class Figures {
	readonly cells = new Map<string, Map<string, number[]>>();

	add(cell: string, server: string, ...values: number[]): void {
		const servers = this.cells.get(cell) ?? new Map<string, number[]>();
		this.cells.set(cell, servers);
		servers.set(server, [...(servers.get(server) ?? []), ...values]);
	}

	/** The median; undefined where nothing was measured. */
	of(cell: string, server: string): number | undefined {
		const values = this.cells.get(cell)?.get(server);
		return values && values.length > 0 ? median(values) : undefined;
	}

	ratio(cell: string, server: string, to: string): number | undefined {
		const [value, base] = [this.of(cell, server), this.of(cell, to)];
		return value === undefined || base === undefined ? undefined : value / base;
	}

	/** Servers down, cells across; in brackets the ratio to one of them. */
	table(title: string, cells: readonly string[], servers: readonly string[], to: string | null): Table {
		return {
			title,
			head: ['server', ...cells],
			rows: servers.map((server) => [
				server,
				...cells.map((cell) => {
					const ratio = to === null ? undefined : this.ratio(cell, server, to);
					return fixed(this.of(cell, server)) + (ratio === undefined ? '' : ` (${ratio.toFixed(2)})`);
				})
			])
		};
	}

	/** Ours against somebody: a goal where both were measured. */
	goal(cell: string, to: string, limit: number): Goal[] {
		const ratio = this.ratio(cell, 'ours', to);
		if (ratio === undefined) return [];
		return [
			{
				what: `${cell}, ours to ${to}`,
				wanted: `≤ ${limit}`,
				found: ratio.toFixed(2),
				hit: ratio <= limit
			}
		];
	}

	get all(): Record<string, Record<string, number[]>> {
		return Object.fromEntries([...this.cells].map(([cell, servers]) => [cell, Object.fromEntries(servers)]));
	}
}

export function atMost(what: string, value: number | undefined, limit: number, unit: string): Goal[] {
	if (value === undefined) return [];
	return [{ what, wanted: `≤ ${limit} ${unit}`, found: `${fixed(value)} ${unit}`, hit: value <= limit }];
}

export function none(what: string, value: number): Goal {
	return { what, wanted: '0', found: String(value), hit: value === 0 };
}

/** The progress of a run, apart from its results. */
export const say = (what: string) =>
	process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`);

const goalTable = (goals: readonly Goal[]): Table => ({
	title: 'Goals',
	head: ['goal', 'wanted', 'found', ''],
	rows: goals.map(({ what, wanted, found, hit }) => [what, wanted, found, hit ? 'hit' : 'MISS'])
});

const tablesOf = (section: Section): Table[] =>
	section.goals.length > 0 ? [...section.tables, goalTable(section.goals)] : section.tables;

export function asText(section: Section): string {
	const lines = ['', `== ${section.title}`, ...section.notes];
	for (const { title, head, rows } of tablesOf(section)) {
		const widths = head.map((_, n) => Math.max(...[head, ...rows].map((row) => (row[n] ?? '').length)));
		const line = (row: string[]) =>
			row
				.map((cell, n) => cell.padEnd(widths[n]!))
				.join('  ')
				.trimEnd();
		lines.push('', title, line(head), ...rows.map(line));
	}
	return lines.join('\n');
}

export function asMarkdown(section: Section): string {
	const lines = [`## ${section.title}`, '', ...section.notes.flatMap((note) => [note, ''])];
	for (const { title, head, rows } of tablesOf(section)) {
		const line = (row: string[]) => `| ${row.join(' | ')} |`;
		lines.push(`${title}:`, '', line(head), line(head.map(() => '---')), ...rows.map(line), '');
	}
	return lines.join('\n');
}
