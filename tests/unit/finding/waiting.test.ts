import { expect, test } from 'vitest';
import type { Circulation, Said } from '#lib/exercise/finding/fold.ts';
import type { FrozenFinding } from '#lib/exercise/finding/schema.ts';
import { cameNear, nearDeadlineMs, waitingFor } from '#lib/exercise/finding/waiting.ts';
import type { FindingId } from '#lib/exercise/ids.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import {
	controller,
	facilitator,
	frenchLead,
	frenchModerator,
	greekEvaluator,
	greekLead,
	greekModerator,
	greekPlayer,
	idOf,
	observer,
	teams
} from '../domain/factories.ts';

const finding = idOf<FindingId>('finding');
const said = (what: Said['what']): Said => ({ what, words: '', by: 'x', wallAt: 1 });
const put = (countries: [CountryCode, Said[]][], number = 1, deadline = 1000) => ({
	number,
	content: {} as FrozenFinding,
	fingerprint: '',
	deadline,
	circulatedAt: 10,
	by: 'x',
	said: new Map(countries)
});
const circulation = (...rounds: Circulation['rounds']): Circulation => ({ finding, rounds, open: new Set() });
const asked = circulation(
	put([
		['GR', []],
		['FR', []]
	])
);

test.each([
	['a lead', greekLead, 1],
	['a moderator', greekModerator, 1],
	['another country’s lead', frenchLead, 1],
	['a player who is no lead', greekPlayer, 0],
	['an evaluator', greekEvaluator, 0],
	['a controller', controller, 0],
	['a facilitator', facilitator, 0],
	['an observer', observer, 0]
])('[P2] of what was put to their country, waits for %s', (_, actor, count) => {
	expect(waitingFor([asked], actor, teams, 500)).toHaveLength(count);
});

test('nothing waits of a country that was not asked, has said something, or whose deadline has passed', () => {
	expect(waitingFor([circulation(put([['GR', []]]))], frenchModerator, teams, 500)).toEqual([]);
	for (const what of ['commented', 'agreed', 'objected'] as const)
		expect(waitingFor([circulation(put([['GR', [said(what)]]]))], greekLead, teams, 500)).toEqual([]);
	expect(waitingFor([asked], greekLead, teams, 1000)).toEqual([]);
	// a new round is a new question, whatever was said in the one before
	const again = circulation(put([['GR', [said('agreed')]]], 1, 400), put([['GR', []]], 2));
	expect(waitingFor([again], greekLead, teams, 500)).toEqual([
		{ finding, round: 2, circulatedAt: 10, deadline: 1000 }
	]);
});

test('a deadline comes near once, a day before, and never of one that was near from the beginning', () => {
	const one = { circulatedAt: 1000, deadline: 1000 + 3 * nearDeadlineMs };
	const near = one.deadline - nearDeadlineMs;
	expect(cameNear(one, { before: near - 2, now: near - 1 })).toBe(false);
	expect(cameNear(one, { before: near - 1, now: near })).toBe(true);
	expect(cameNear(one, { before: near, now: near + 1 })).toBe(false);
	expect(cameNear({ ...one, circulatedAt: near + 5 }, { before: near - 1, now: near + 10 })).toBe(false);
});
