import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
/** Rules at the beginning of a title, in any test file. */
const titled = /['"`]((?:\[[A-Z]\d+\]\s*)+)/g;

function rulesIn(file: string): Set<string> {
	const found = new Set<string>();
	for (const [, rules] of readFileSync(path.join(root, file), 'utf8').matchAll(titled))
		for (const [rule] of rules!.matchAll(/[A-Z]\d+/g)) found.add(rule);
	return found;
}

const files = readdirSync(path.join(root, 'tests'), { recursive: true })
	.map((name) => path.join('tests', String(name)))
	.filter((name) => name.endsWith('.test.ts') && name !== path.join('tests', 'unit', 'spec.test.ts'));
const rows = readFileSync(path.join(root, 'docs/SPEC.md'), 'utf8')
	.split('\n')
	.filter((line) => /^\| [PRL]\d+ \|/.test(line))
	.map((line) => {
		const [, rule, says, keptBy, shownBy] = line.split('|').map((cell) => cell.trim());
		const paths = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
		return { rule: rule!, says: says!, keptBy: paths(keptBy), shownBy: paths(shownBy) };
	});

describe('docs/SPEC.md', () => {
	test('has all promises, requirements and limits, numbered without holes', () => {
		for (const [letter, least] of [
			['P', 10],
			['R', 20],
			['L', 20]
		] as const) {
			const numbers = rows.filter(({ rule }) => rule[0] === letter).map(({ rule }) => Number(rule.slice(1)));
			expect(numbers).toEqual(numbers.map((_, i) => i + 1));
			expect(numbers.length).toBeGreaterThanOrEqual(least);
		}
	});

	test.each(rows)('$rule names files that exist, and tests that are titled with it', (row) => {
		for (const file of [...row.keptBy, ...row.shownBy])
			expect(existsSync(path.join(root, file)), file).toBe(true);
		for (const file of row.shownBy) expect(rulesIn(file), file).toContain(row.rule);
	});
});

test('every rule in a title is one of docs/SPEC.md', () => {
	const known = new Set(rows.map(({ rule }) => rule));
	const unknown = files.flatMap((file) =>
		[...rulesIn(file)].filter((rule) => !known.has(rule)).map((rule) => `${rule} in ${file}`)
	);
	expect(files.length).toBeGreaterThan(40);
	expect(unknown).toEqual([]);
});
