import { describe, expect, it } from 'vitest';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import { dismissSuggestion, type SuggestionState } from '#lib/exercise/conduct/commands.ts';
import { hottest } from '#lib/exercise/conduct/heat.ts';
import {
	isDue,
	suggestionKey,
	suggestions,
	type Expectation,
	type Reserve
} from '#lib/exercise/conduct/suggestions.ts';
import {
	answerOf,
	controller,
	exercise,
	factOf,
	french,
	frenchModerator,
	greek,
	greekLead,
	greekModerator,
	greekPlanner,
	idOf,
	inject,
	minute,
	moment,
	observer,
	startex,
	teams
} from '../domain/factories.ts';

const first = idOf<InjectId>('first');
const other = idOf<InjectId>('other');
const reserve = idOf<InjectId>('reserve');
const actions = [
	{ id: 'isolate', text: 'Isolates the network', withinSeconds: 600, critical: true },
	{ id: 'tell', text: 'Tells the CSIRT', withinSeconds: 1200, critical: false },
	{ id: 'whenever', text: 'Writes it down', withinSeconds: null, critical: false }
];
const expected = new Map([
	[first, { reference: 'CM-3', title: 'Ransom note', actions }],
	[other, { reference: 'CM-31', title: 'Crane stops', actions: actions.slice(0, 1) }]
]);
const came = (inject: InjectId, team: TeamId, minutes = 0): Expectation => ({
	inject,
	team,
	releasedAt: startex + minutes * minute
});
const held = (values: Partial<Reserve> = {}): Reserve => ({
	inject: reserve,
	reference: 'CM-90',
	title: 'The worm spreads',
	condition: '',
	missed: { inject: first, action: 'isolate' },
	teams: new Set<string>([greek.id, french.id]),
	...values
});
const suggest = (given: Partial<Parameters<typeof suggestions>[0]> = {}, of: Reserve[] = [held()]) =>
	suggestions({
		expectations: [came(first, greek.id), came(first, french.id, 5)],
		expectedOf: (one) => expected.get(one),
		markOf: () => undefined,
		isDismissed: () => false,
		reserve: of,
		...given
	});

describe('contingency injects are suggested', () => {
	it('where the action that they make up for was not done in time, team by team, the earliest first', () => {
		const found = suggest();
		expect(found.map(({ team, at, by }) => [team, (at - startex) / minute, by])).toEqual([
			[greek.id, 10, 'link'],
			[french.id, 15, 'link']
		]);
		expect(found[0]!.missed).toEqual({
			inject: first,
			action: 'isolate',
			reference: 'CM-3',
			title: 'Ransom note',
			text: 'Isolates the network',
			critical: true
		});
	});

	it('not before the limit is over: at its very end an action is in time', () => {
		const [one] = suggest();
		expect(isDue(one!, startex + 10 * minute)).toBe(false);
		expect(isDue(one!, startex + 10 * minute + 1)).toBe(true);
		expect(isDue(one!, null)).toBe(false);
	});

	it('not where it was done, was looked at, or the inject is not written for the team or has come to it', () => {
		expect(
			suggest({ markOf: (_, team) => (team === greek.id ? { seen: 'yes', at: startex } : undefined) }).map(
				({ team }) => team
			)
		).toEqual([french.id]);
		const gone = suggestionKey(suggest()[0]!);
		expect(suggest({ isDismissed: (one) => suggestionKey(one) === gone }).map(({ team }) => team)).toEqual([
			french.id
		]);
		expect(suggest({}, [held({ teams: new Set([french.id]) })]).map(({ team }) => team)).toEqual([french.id]);
		expect(suggest({}, [held({ teams: new Set() })])).toEqual([]);
	});

	it('not for what has no limit, for what nobody expects, or for an inject that has not come', () => {
		expect(suggest({}, [held({ missed: { inject: first, action: 'whenever' } })])).toEqual([]);
		expect(suggest({}, [held({ missed: { inject: first, action: 'unknown' } })])).toEqual([]);
		expect(suggest({}, [held({ missed: { inject: other, action: 'isolate' } })])).toEqual([]);
	});

	it('at once where somebody said that it was not met, also without a limit and while the clock stands still', () => {
		const said = (seen: 'partly' | 'no', action: string, at = startex + 3 * minute) =>
			suggest({ markOf: (_, team, id) => (team === greek.id && id === action ? { seen, at } : undefined) }, [
				held({ missed: { inject: first, action }, teams: new Set([greek.id]) })
			]);
		const [missed] = said('no', 'isolate');
		expect(isDue(missed!, startex + 3 * minute)).toBe(true);
		expect(isDue(missed!, startex + 2 * minute)).toBe(false);
		expect(said('no', 'whenever')).toHaveLength(1);
		// in part is not missed before its time is over
		expect(said('partly', 'isolate').map(({ at }) => (at - startex) / minute)).toEqual([10]);
		expect(said('partly', 'whenever')).toEqual([]);
		// what is said after the limit makes nothing later
		expect(said('no', 'isolate', startex + 30 * minute)[0]!.at).toBe(startex + 10 * minute);
	});

	it('by the number that the words of a condition name, whole and not as a part of another', () => {
		const words = (condition: string) =>
			suggest({ expectations: [came(first, greek.id), came(other, greek.id)] }, [
				held({ missed: null, condition })
			]).map((one) => [one.missed.reference, one.missed.action, one.by]);
		expect(words('if CM-3 is not answered')).toEqual([['CM-3', 'isolate', 'words']]);
		expect(words('no reaction to cm-31.')).toEqual([['CM-31', 'isolate', 'words']]);
		expect(words('when they do not react')).toEqual([]);
		expect(words('if XCM-3 or CM-3-EL')).toEqual([]);
	});

	it('once for a team: what is linked before what is only named, then what was missed first', () => {
		const [one, ...rest] = suggest({ expectations: [came(first, greek.id, 30), came(other, greek.id)] }, [
			held(),
			held({ missed: null, condition: 'CM-31' })
		]);
		expect(rest).toEqual([]);
		expect(one).toMatchObject({ by: 'link', missed: { reference: 'CM-3' } });
	});
});

describe('a suggestion that is not used', () => {
	const running = exercise('running');
	const state = (values: Partial<SuggestionState> = {}): SuggestionState => ({
		exercise: running,
		team: greek,
		contingency: {
			inject: inject({ id: reserve, schedule: { mode: 'contingency', condition: '' } }),
			teams,
			waits: true
		},
		missed: inject({ id: first, expectedActions: actions }),
		...values
	});
	const input = {
		inject: reserve,
		team: greek.id,
		missed: { inject: first, action: 'isolate' },
		note: 'They are about to'
	};
	const dismiss = (
		actor: Parameters<typeof dismissSuggestion.decide>[2],
		values?: Partial<SuggestionState>
	) => dismissSuggestion.decide(state(values), input, actor, moment(running));

	it('[P1] is dismissed with a note by exercise control and the country’s moderators; to all others it does not exist', () => {
		for (const actor of [controller, greekModerator])
			expect(factOf(dismiss(actor), 'suggestion-dismissed')).toMatchObject({
				team: greek.id,
				note: 'They are about to',
				missed: { text: 'Isolates the network' }
			});
		for (const actor of [frenchModerator, greekLead, greekPlanner, observer])
			expect(answerOf(dismiss(actor))).toBe('not-found');
		// one that is not written for the moderator's team
		const foreign = { contingency: { ...state().contingency!, teams: [french] } };
		expect(answerOf(dismiss(greekModerator, foreign))).toBe('not-found');
	});

	it('must be one: in reserve, and about an action that is expected', () => {
		expect(answerOf(dismiss(controller, { contingency: { ...state().contingency!, waits: false } }))).toBe(
			'stale'
		);
		expect(answerOf(dismiss(controller, { missed: inject({ id: first }) }))).toBe('invalid');
		expect(answerOf(dismiss(controller, { missed: null }))).toBe('not-found');
	});
});

describe('where it is hot', () => {
	it('counts what is late more than what is asked, and that more than what came', () => {
		const found = hottest([
			{ storyline: 'port', deliveries: 6, overdue: 0, questions: 0 },
			{ storyline: 'rail', deliveries: 1, overdue: 2, questions: 0 },
			{ storyline: 'press', deliveries: 0, overdue: 0, questions: 4 },
			{ storyline: '', deliveries: 99, overdue: 0, questions: 0 },
			{ storyline: 'sea', deliveries: 0, overdue: 0, questions: 0 }
		]);
		expect(found.map(({ storyline, heat }) => [storyline, heat])).toEqual([
			['press', 8],
			['rail', 7],
			['port', 6]
		]);
		expect(hottest(found, 2)).toHaveLength(2);
	});
});
