import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
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
	['marking-ink', 'marking']
] as [string, string][];

describe.each(['light', 'dark'] as const)('contrast, %s theme', (theme) => {
	it.each(textPairs)('%s on %s reads (4.5:1)', (text, surface) => {
		expect(contrast(tokens.get(text)![theme], tokens.get(surface)![theme])).toBeGreaterThanOrEqual(4.5);
	});

	it.each(['paper', 'desk', 'raised'])('edges of controls stand out from %s (3:1)', (surface) => {
		expect(contrast(tokens.get('edge')![theme], tokens.get(surface)![theme])).toBeGreaterThanOrEqual(3);
	});
});

it('white reads on every colour of a person', () => {
	for (const colour of presenceColours) expect(contrast(colour, '#ffffff')).toBeGreaterThanOrEqual(4.5);
});
