import { describe, expect, it } from 'vitest';
import type { Decision } from '#lib/exercise/decision.ts';
import { exerciseStates, type Actor } from '#lib/exercise/exercise/schema.ts';
import { findingCommands, type FindingState } from '#lib/exercise/finding/commands.ts';
import { knowsOfEvidence } from '#lib/exercise/finding/access.ts';
import {
	outcomeOf,
	readCirculations,
	readEvidence,
	standingOf,
	type FindingAct
} from '#lib/exercise/finding/fold.ts';
import type { FindingFact, FrozenFinding } from '#lib/exercise/finding/schema.ts';
import type { FindingId, ObservationId } from '#lib/exercise/ids.ts';
import { readsFact, recordScope } from '#lib/exercise/record/scope.ts';
import { findingFingerprint } from '#lib/exercise/review/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import {
	answerOf,
	centralPlanner,
	controller,
	director,
	exercise,
	facilitator,
	factOf,
	factsOf,
	french,
	frenchLead,
	frenchModerator,
	greek,
	greekEvaluator,
	greekFacilitator,
	greekLead,
	greekModerator,
	greekPlayer,
	idOf,
	moment,
	observer,
	person,
	stranger,
	teams
} from '../domain/factories.ts';

const finding = idOf<FindingId>('finding');
const other = idOf<FindingId>('other');
const observation = idOf<ObservationId>('observation');
const content: FrozenFinding = {
	title: 'Nobody had tested the reserve line',
	kind: 'area_for_improvement',
	capability: 'recovery',
	tlp: 'amber',
	text: richTextFromText('It was dead.'),
	cause: richTextFromText('No plan asks for it.'),
	recommendation: richTextFromText('Test it.')
};
const fingerprint = findingFingerprint(content);
const ended = exercise('ended');
const at = moment(ended);
const deadline = at.wall + 1000;

const circulated = (round: number, countries: CountryCode[], values = {}): FindingFact => ({
	kind: 'finding-circulated',
	finding,
	title: content.title,
	round,
	countries,
	deadline,
	content,
	fingerprint,
	...values
});
const said = (kind: 'commented' | 'agreed' | 'objected', country: CountryCode, round = 1, words = 'Words') =>
	({ kind: `finding-${kind}`, finding, title: content.title, round, country, words }) as FindingFact;
const acts = (...facts: FindingFact[]): FindingAct[] =>
	facts.map((fact, i) => ({ fact, by: 'Somebody', wallAt: i }));
const circulation = (...facts: FindingFact[]) => readCirculations(acts(...facts)).get(finding)!;
const roundOf = (...facts: FindingFact[]) => circulation(...facts).rounds.at(-1)!;

const state = (values: Partial<FindingState> = {}): FindingState => ({
	exercise: ended,
	teams,
	finding: content,
	into: { ...content, title: 'Another' },
	observation: { isWithdrawn: false, isCited: false },
	circulation: circulation(circulated(1, ['GR', 'FR'])),
	...values
});
const inputs = {
	'finding.cite': { finding, team: greek.id, observation },
	'finding.merge': { finding, into: other },
	'finding.circulate': { finding, countries: ['GR', 'FR'], deadline, fingerprint },
	'finding.comment': { finding, country: 'GR', round: 1, text: 'We disagree in part' },
	'finding.agree': { finding, country: 'GR', round: 1 },
	'finding.object': { finding, country: 'GR', round: 1, reason: 'It was tested' },
	'finding.open': { finding, country: 'GR', on: true }
} as const;
type Name = keyof typeof inputs;
function decide(name: Name, actor: Actor, of = state(), values: object = {}, when = at): Decision {
	const command = findingCommands[name];
	const input = command.input.parse({ ...inputs[name], ...values });
	return (command.decide as (...given: unknown[]) => Decision)(of, input, actor, when);
}
const fresh = state({ circulation: null });
const late = { ...at, wall: deadline };

describe('who may', () => {
	const ok = 'facts';
	const not = 'not-found';
	const no = 'forbidden';
	/** cite, merge, circulate, comment */
	const table: Record<string, [Actor, string, string, string, string]> = {
		director: [director, ok, ok, ok, not],
		facilitator: [facilitator, not, ok, ok, not],
		'the team’s facilitator': [greekFacilitator, not, ok, ok, not],
		'the team’s evaluator': [greekEvaluator, ok, no, no, not],
		controller: [controller, not, no, no, not],
		'the country’s moderator': [greekModerator, not, not, not, ok],
		'the team’s lead': [greekLead, not, not, not, ok],
		player: [greekPlayer, not, not, not, no],
		'moderator of another country': [frenchModerator, not, not, not, not],
		'lead of another country': [frenchLead, not, not, not, not],
		planner: [centralPlanner, not, not, not, not],
		observer: [observer, not, not, not, not],
		stranger: [stranger, not, not, not, not]
	};
	it.each(Object.entries(table))('[P2] %s', (_, [actor, ...expected]) => {
		const answers = [
			decide('finding.cite', actor),
			decide('finding.merge', actor, fresh),
			decide('finding.circulate', actor, fresh),
			decide('finding.comment', actor)
		].map(answerOf);
		expect(answers).toEqual(expected);
		for (const name of ['finding.agree', 'finding.object', 'finding.open'] as const)
			expect(answerOf(decide(name, actor))).toBe(expected[3]);
	});

	it('[P2] whoever plays in the team neither cites what was noted of it nor knows that there is anything', () => {
		const both = person('Both', { role: 'director' }, { role: 'player', teamId: greek.id });
		expect(answerOf(decide('finding.cite', both))).toBe('not-found');
		expect(knowsOfEvidence(both)).toBe(false);
		expect([greekLead, greekModerator, observer, centralPlanner].some(knowsOfEvidence)).toBe(false);
		expect([director, controller, facilitator, greekEvaluator].every(knowsOfEvidence)).toBe(true);
	});

	it('[R17] the record tells of it to exercise control alone, and never a country’s words', () => {
		const facts = [circulated(1, ['GR']), said('commented', 'GR')];
		const reads = (actor: Actor) => {
			const scope = recordScope(actor, teams, ended.settings)!;
			return facts.some((fact) => readsFact(scope, fact, () => 'central'));
		};
		expect(reads(director)).toBe(true);
		for (const actor of [facilitator, greekModerator, greekLead, greekEvaluator, centralPlanner])
			expect(reads(actor)).toBe(false);
	});

	it.each(exerciseStates)('in state %s', (name) => {
		const of = exercise(name);
		const later = ['ended', 'evaluating', 'reported'].includes(name) ? 'facts' : 'not-now';
		expect(answerOf(decide('finding.circulate', director, { ...fresh, exercise: of }))).toBe(later);
		expect(answerOf(decide('finding.agree', greekLead, state({ exercise: of })))).toBe(later);
		const worked = later === 'facts' || ['running', 'paused', 'stopped'].includes(name) ? 'facts' : 'not-now';
		expect(answerOf(decide('finding.cite', director, state({ exercise: of })))).toBe(worked);
	});
});

describe('evidence', () => {
	const cite = (of: FindingId, on = true, id = observation): FindingFact => ({
		kind: 'finding-evidenced',
		finding: of,
		title: '',
		of: greek.id,
		observation: id,
		on
	});
	const second = idOf<ObservationId>('second');
	const merged: FindingFact = { kind: 'finding-merged', finding, title: '', into: other, intoTitle: '' };
	const evidence = (...facts: FindingFact[]) =>
		Object.fromEntries(
			[...readEvidence(acts(...facts))].map(([id, list]) => [id, list.map((one) => one.observation)])
		);

	it('an observation may be evidence of several findings, and is taken out of one alone', () => {
		expect(evidence(cite(finding), cite(other), cite(finding, false))).toEqual({ [other]: [observation] });
		expect(evidence(cite(finding), cite(finding, false))).toEqual({});
	});

	it('goes with a finding that becomes part of another, once each', () => {
		expect(evidence(cite(finding), cite(finding, true, second), cite(other), merged)).toEqual({
			[other]: [observation, second]
		});
	});

	it('is told once; what was withdrawn is none; what is not there is not found', () => {
		const cited = (isCited: boolean, isWithdrawn = false) => state({ observation: { isCited, isWithdrawn } });
		expect(factOf(decide('finding.cite', greekEvaluator), 'finding-evidenced')).toMatchObject({ on: true });
		expect(factsOf(decide('finding.cite', greekEvaluator, cited(true)))).toEqual([]);
		expect(answerOf(decide('finding.cite', greekEvaluator, cited(false, true)))).toBe('stale');
		expect(
			factOf(decide('finding.cite', greekEvaluator, cited(true, true), { on: false }), 'finding-evidenced').on
		).toBe(false);
		for (const of of [state({ observation: null }), state({ finding: null })])
			expect(answerOf(decide('finding.cite', greekEvaluator, of))).toBe('not-found');
		// the team is another than the evaluator's
		expect(answerOf(decide('finding.cite', greekEvaluator, state(), { team: french.id }))).toBe('not-found');
	});

	it('a finding that countries are commenting on is merged after the deadline only', () => {
		expect(answerOf(decide('finding.merge', director))).toBe('not-now');
		expect(answerOf(decide('finding.merge', director, state(), {}, late))).toBe('facts');
		expect(answerOf(decide('finding.merge', director, fresh, { into: finding }))).toBe('invalid');
		expect(answerOf(decide('finding.merge', director, state({ into: null })))).toBe('not-found');
	});
});

describe('rounds', () => {
	it('the text is frozen as it was circulated, by what was on the screen', () => {
		const fact = factOf(decide('finding.circulate', facilitator, fresh), 'finding-circulated');
		expect(fact).toMatchObject({ round: 1, countries: ['GR', 'FR'], deadline, content, fingerprint });
		const changed = state({ circulation: null, finding: { ...content, title: 'Another title' } });
		expect(answerOf(decide('finding.circulate', facilitator, changed))).toBe('stale');
	});

	it.each([
		['no country', 'invalid', { countries: ['LU'] }, {}],
		['a deadline that has passed', 'invalid', { deadline: at.wall }, {}],
		['a deadline years away', 'invalid', { deadline: at.wall + 400 * 86_400_000 }, {}],
		['no title', 'invalid', {}, { finding: { ...content, title: '' } }],
		['no description', 'invalid', {}, { finding: { ...content, text: richTextFromText(' ') } }]
	])('is refused with %s', (_, code, values, of) => {
		expect(answerOf(decide('finding.circulate', director, { ...fresh, ...of }, values))).toBe(code);
	});

	it('a changed text needs a new round, and nobody has agreed to it', () => {
		expect(answerOf(decide('finding.circulate', director))).toBe('duplicate');
		const changed = { ...content, title: 'Another title' };
		const values = { fingerprint: findingFingerprint(changed) };
		const fact = factOf(
			decide('finding.circulate', director, state({ finding: changed }), values),
			'finding-circulated'
		);
		expect(fact.round).toBe(2);
		const round = roundOf(circulated(1, ['GR']), said('agreed', 'GR'), fact);
		expect(standingOf(round, 'GR', at.wall)).toBe('waiting');
		// an answer names the text that was read
		const second = state({ circulation: circulation(circulated(1, ['GR']), fact) });
		expect(answerOf(decide('finding.agree', greekLead, second))).toBe('stale');
		expect(answerOf(decide('finding.agree', greekLead, second, { round: 2 }))).toBe('facts');
		// an answer to the first round does not count in the second
		const stray = roundOf(circulated(1, ['GR']), fact, said('agreed', 'GR', 1));
		expect(standingOf(stray, 'GR', at.wall)).toBe('waiting');
	});

	it('the same text may go out again when its deadline has passed', () => {
		const values = { deadline: deadline + 5 };
		expect(answerOf(decide('finding.circulate', director, state(), values, late))).toBe('facts');
	});

	it('[P2] a country that was not asked finds nothing', () => {
		const greekOnly = state({ circulation: circulation(circulated(1, ['GR'])) });
		expect(answerOf(decide('finding.agree', frenchLead, greekOnly, { country: 'FR' }))).toBe('not-found');
		expect(answerOf(decide('finding.open', frenchLead, greekOnly, { country: 'FR' }))).toBe('not-found');
	});

	it('who was asked in an earlier round only has no answer to give any more', () => {
		const round = circulation(circulated(1, ['GR', 'FR']), circulated(2, ['GR']));
		expect(
			answerOf(decide('finding.agree', frenchLead, state({ circulation: round }), { country: 'FR' }))
		).toBe('not-found');
	});
});

describe('what a country says', () => {
	const standings = (now: number, ...facts: FindingFact[]) => {
		const round = roundOf(circulated(1, ['GR', 'FR']), ...facts);
		return [standingOf(round, 'GR', now), standingOf(round, 'FR', now), outcomeOf(round, now)];
	};

	it.each([
		['nothing yet', [], ['waiting', 'waiting', 'waiting'], ['silent', 'silent', 'agreed']],
		['one agrees', [said('agreed', 'GR')], ['agreed', 'waiting', 'waiting'], ['agreed', 'silent', 'agreed']],
		[
			'one objects, one is silent',
			[said('objected', 'GR')],
			['objected', 'waiting', 'objected'],
			['objected', 'silent', 'objected']
		],
		[
			'a comment breaks the silence and is no agreement',
			[said('commented', 'GR')],
			['commented', 'waiting', 'waiting'],
			['commented', 'silent', 'commented']
		],
		[
			'the last word counts',
			[said('objected', 'GR'), said('commented', 'GR'), said('agreed', 'GR')],
			['agreed', 'waiting', 'waiting'],
			['agreed', 'silent', 'agreed']
		],
		[
			'a comment takes nothing back',
			[said('objected', 'GR'), said('commented', 'GR')],
			['objected', 'waiting', 'objected'],
			['objected', 'silent', 'objected']
		],
		[
			'of a country that was not asked is not counted',
			[said('objected', 'IT')],
			['waiting', 'waiting', 'waiting'],
			['silent', 'silent', 'agreed']
		]
	] as [string, FindingFact[], string[], string[]][])('%s', (_, facts, before, after) => {
		expect(standings(deadline - 1, ...facts)).toEqual(before);
		expect(standings(deadline, ...facts)).toEqual(after);
	});

	it('is refused from the deadline on, without a word where one is needed, and beyond the limit', () => {
		for (const name of ['finding.comment', 'finding.agree', 'finding.object'] as const)
			expect(answerOf(decide(name, greekModerator, state(), {}, late))).toBe('not-now');
		expect(() => decide('finding.object', greekModerator, state(), { reason: ' ' })).toThrow('objects');
		expect(() => decide('finding.comment', greekModerator, state(), { text: '' })).toThrow('comment');
		const full = Array.from({ length: 50 }, () => said('commented', 'GR'));
		const of = state({ circulation: circulation(circulated(1, ['GR']), ...full) });
		expect(answerOf(decide('finding.comment', greekModerator, of))).toBe('too-large');
	});

	it('is kept word by word, and is open to others only while the country says so', () => {
		const fact = factOf(decide('finding.object', greekModerator), 'finding-objected');
		expect(fact).toMatchObject({ country: 'GR', round: 1, words: 'It was tested' });
		const opened = factOf(decide('finding.open', greekModerator), 'finding-opened');
		const open = circulation(circulated(1, ['GR', 'FR']), fact, opened);
		expect([...open.open]).toEqual(['GR']);
		expect(open.rounds[0]!.said.get('GR')).toEqual([
			{ what: 'objected', words: 'It was tested', by: 'Somebody', wallAt: 1 }
		]);
		expect(factsOf(decide('finding.open', greekModerator, state({ circulation: open })))).toEqual([]);
		const closed = { ...opened, on: false };
		expect([...circulation(circulated(1, ['GR']), opened, closed).open]).toEqual([]);
	});
});
