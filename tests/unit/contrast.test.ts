import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileColours, pageColours } from '#lib/ui/map/colours.ts';
import { presenceColours } from '#lib/ui/presence-colours.ts';

const css = readFileSync(new URL('../../src/lib/ui/tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
	[...css.matchAll(/--([\w-]+): (?:light-dark\((#\w{6}), (#\w{6})\)|(#\w{6}));/g)].map((match) => [
		match[1],
		{ light: match[2] ?? match[4]!, dark: match[3] ?? match[4]! }
	])
);

function luminance(hex: string): number {
	const [r, g, b] = [1, 3, 5].map((at) => {
		const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
		return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
	const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
	return (high! + 0.05) / (low! + 0.05);
}

const states = ['queued', 'delivered', 'seen', 'acknowledged', 'responded', 'overdue', 'stop'];
const surfaces = ['desk', 'paper', 'raised', 'accent-wash'];
const textPairs = [
	...['ink', 'soft', 'accent', ...states].flatMap((text) => surfaces.map((surface) => [text, surface])),
	...['ink', 'overdue'].map((text) => [text, 'overdue-wash']),
	...['ink', 'stop'].map((text) => [text, 'stop-wash']),
	...['ink', 'responded'].map((text) => [text, 'responded-wash']),
	['accent-ink', 'accent'],
	['accent-ink', 'stop'],
	['marking-ink', 'marking'],
	['real-ink', 'real'],
	// the map of Europe: what is written on a country, and beside one
	...['white', 'green', 'yellow', 'red'].map((level) => [`map-${level}-ink`, `map-${level}`]),
	...['sea', 'land', 'idle', 'unknown', 'unknown-stripe'].map((surface) => ['map-ink', `map-${surface}`])
] as [string, string][];

describe.each(['light', 'dark'] as const)('contrast, %s theme', (theme) => {
	it.each(textPairs)('%s on %s reads (4.5:1)', (text, surface) => {
		expect(contrast(tokens.get(text)![theme], tokens.get(surface)![theme])).toBeGreaterThanOrEqual(4.5);
	});

	it.each(['paper', 'desk', 'raised'])('edges of controls stand out from %s (3:1)', (surface) => {
		expect(contrast(tokens.get('edge')![theme], tokens.get(surface)![theme])).toBeGreaterThanOrEqual(3);
	});
});

describe.each(['light', 'dark'] as const)('the map of Europe, %s theme', (theme) => {
	const of = (name: string) => tokens.get(`map-${name}`)![theme];
	const levels = ['white', 'green', 'yellow', 'red'];
	const apart = (a: string, b: string) =>
		Math.hypot(
			...[1, 3, 5].map(
				(at) => Number.parseInt(a.slice(at, at + 2), 16) - Number.parseInt(b.slice(at, at + 2), 16)
			)
		);

	it.each(levels)('a country that is %s stands out from every other kind', (level) => {
		const others = ['sea', 'land', 'idle', 'unknown', 'unknown-stripe', ...levels];
		for (const other of others.filter((name) => name !== level))
			expect(apart(of(level), of(other)), other).toBeGreaterThan(25);
	});

	it('a country of which nobody has said anything is striped', () => {
		expect(apart(of('unknown'), of('unknown-stripe'))).toBeGreaterThan(25);
	});

	it.each(['outline', 'selected'])('%s is seen on the sea and on the lands (3:1)', (line) => {
		for (const surface of ['sea', 'land', 'idle'])
			expect(contrast(of(line), of(surface))).toBeGreaterThanOrEqual(3);
	});
});

it('a map that leaves as a file is drawn as in the light theme, in colours and not in variables', () => {
	const named = (value: string) => tokens.get(/^var\(--(.+)\)$/.exec(value)![1]!)!.light;
	const resolved = JSON.stringify(pageColours).replaceAll(/var\(--[\w-]+\)/g, named);
	expect(JSON.parse(resolved)).toEqual(fileColours);
});

it('white reads on every colour of a person', () => {
	for (const colour of presenceColours) expect(contrast(colour, '#ffffff')).toBeGreaterThanOrEqual(4.5);
});
