import { describe, expect, it } from 'vitest';
import type { Decision } from '#lib/exercise/decision.ts';
import { evaluationCommands, type EvaluationState } from '#lib/exercise/evaluation/commands.ts';
import { evidenceOf } from '#lib/exercise/evaluation/evidence.ts';
import {
	actsOf,
	readActions,
	readObservations,
	readRatings,
	type EvaluationAct
} from '#lib/exercise/evaluation/fold.ts';
import type { Guide } from '#lib/exercise/evaluation/guide.ts';
import type { EvaluationFact, Evidence, ObservationContent } from '#lib/exercise/evaluation/schema.ts';
import { exerciseStates, type Actor } from '#lib/exercise/exercise/schema.ts';
import type {
	AccountId,
	DeliveryId,
	EntryId,
	GuideId,
	GuideTaskId,
	ObservationId
} from '#lib/exercise/ids.ts';
import { recordScope, readsFact } from '#lib/exercise/record/scope.ts';
import { audiencesOf, type TimelineEntry } from '#lib/exercise/timeline.ts';
import {
	controller,
	director,
	exercise,
	facilitator,
	french,
	greek,
	greekEvaluator,
	greekFacilitator,
	greekLead,
	greekModerator,
	greekPlayer,
	greekPort,
	idOf,
	minute,
	moment,
	observer,
	person,
	startex,
	stranger,
	wallAtStart
} from '../domain/factories.ts';

const running = exercise('running');
const task = idOf<GuideTaskId>('task');
const guide: Guide = {
	id: idOf<GuideId>('guide'),
	objective: 'OBJ-3',
	objectiveText: 'The crisis is raised in time',
	capability: 'Escalation',
	target: 'Raised to the level that can handle it',
	standard: 'Within 60 minutes',
	teams: [greek.id],
	tasks: [{ id: task, text: 'Informs the next level', source: 'Plan' }],
	template: ''
};
const entry = idOf<EntryId>('entry');
const evidence: Evidence = { entry, what: 'inject', words: 'Gates shut', exerciseAt: startex, wallAt: 1 };
const delivery = idOf<DeliveryId>('delivery');
const observation = idOf<ObservationId>('observation');
const state = (values: Partial<EvaluationState> = {}): EvaluationState => ({
	exercise: running,
	team: greek,
	guide,
	observation: { id: observation, author: greekEvaluator.accountId, isWithdrawn: false },
	evidence: new Map([[entry, evidence]]),
	delivered: { delivery, title: 'Gates shut', expected: [{ id: 'act-1', text: 'Calls the port' }] },
	...values
});

const inputs = {
	'evaluation.observe': { team: greek.id, sort: 'strength', evidence: [entry] },
	'evaluation.correct': { team: greek.id, observation, sort: 'neutral', text: 'Seen again' },
	'evaluation.withdraw': { team: greek.id, observation },
	'evaluation.rate': { team: greek.id, guide: guide.id, task, rating: 'S' },
	'evaluation.seeAction': { team: greek.id, delivery, action: 'act-1', seen: 'partly' }
} as const;
type Name = keyof typeof inputs;
const names = Object.keys(inputs) as Name[];

/** As the server does it: the input checked, then decided. */
function decide(name: Name, values: object, actor: Actor, of = state(), at = moment(running)): Decision {
	const command = evaluationCommands[name];
	const input = command.input.parse({ ...inputs[name], ...values });
	return (command.decide as (...given: unknown[]) => Decision)(of, input, actor, at);
}
const codeOf = (decision: Decision) => ('refused' in decision ? decision.refused.code : 'ok');
function factOf<Kind extends EvaluationFact['kind']>(decision: Decision, kind: Kind) {
	if ('refused' in decision) throw new Error(decision.refused.message);
	expect(decision.facts.map((one) => one.kind)).toEqual([kind]);
	return decision.facts[0] as Extract<EvaluationFact, { kind: Kind }>;
}

/** Somebody who evaluates the team and plays in it too. */
const both = person('Both', { role: 'evaluator', teamId: greek.id }, { role: 'player', teamId: greek.id });

describe('who notes', () => {
	const others = {
		director,
		controller,
		facilitator,
		greekFacilitator,
		greekLead,
		greekPlayer,
		greekModerator,
		observer,
		stranger,
		both
	};
	it.each(names)('[P1] [P2] %s: the team’s evaluators alone; to all others there is nothing', (name) => {
		expect(codeOf(decide(name, {}, greekEvaluator))).toBe('ok');
		for (const [who, actor] of Object.entries(others))
			expect([who, codeOf(decide(name, {}, actor))]).toEqual([who, 'not-found']);
		expect(codeOf(decide(name, { team: french.id }, greekEvaluator, state({ team: french })))).toBe(
			'not-found'
		);
		expect(codeOf(decide(name, {}, greekEvaluator, state({ team: null })))).toBe('not-found');
	});

	it.each(names)('%s: from STARTEX until the report is made, also in a stop', (name) => {
		const open = exerciseStates.filter(
			(one) => codeOf(decide(name, {}, greekEvaluator, state({ exercise: exercise(one) }))) === 'ok'
		);
		expect(open).toEqual(['running', 'paused', 'stopped', 'ended', 'evaluating']);
	});
});

describe('an observation', () => {
	it('takes the words of its evidence and of its guide with it', () => {
		const decision = decide(
			'evaluation.observe',
			{ text: ' Called at once. ', about: { guide: guide.id, task }, rating: 'P' },
			greekEvaluator
		);
		const fact = factOf(decision, 'observation-recorded');
		expect(fact.content).toEqual({
			sort: 'strength',
			text: 'Called at once.',
			evidence: [evidence],
			about: {
				guide: guide.id,
				task,
				objective: 'OBJ-3',
				capability: 'Escalation',
				words: 'Informs the next level'
			},
			rating: 'P'
		});
		expect('result' in decision && decision.result).toEqual({ observation: fact.observation });
		expect(fact).not.toHaveProperty('noted');
	});

	it('needs words or evidence, and evidence that is the team’s', () => {
		expect(codeOf(decide('evaluation.observe', { evidence: [] }, greekEvaluator))).toBe('invalid');
		expect(
			codeOf(decide('evaluation.observe', { evidence: [entry, idOf<EntryId>('foreign')] }, greekEvaluator))
		).toBe('invalid');
		expect(
			codeOf(decide('evaluation.observe', { about: { guide: guide.id, task: idOf('gone') } }, greekEvaluator))
		).toBe('invalid');
		expect(
			codeOf(
				decide('evaluation.observe', { about: { guide: guide.id } }, greekEvaluator, state({ guide: null }))
			)
		).toBe('invalid');
		const input = evaluationCommands['evaluation.observe'].input;
		expect(input.safeParse({ ...inputs['evaluation.observe'], text: 'x'.repeat(601) }).success).toBe(false);
	});

	it('written without network says when, by the exercise’s clock too; a clock that lies says nothing', () => {
		const at = moment(running, 30);
		const noted = (notedAt: number) =>
			factOf(decide('evaluation.observe', { notedAt }, greekEvaluator, state(), at), 'observation-recorded')
				.noted;
		expect(noted(wallAtStart + 25 * minute)).toEqual({
			wallAt: wallAtStart + 25 * minute,
			exerciseAt: startex + 25 * minute
		});
		expect(noted(at.wall + 1)).toBeUndefined();
		expect(noted(at.wall - 25 * 60 * minute)).toBeUndefined();
	});

	it('is corrected and withdrawn by whoever noted it, and not after it was withdrawn', () => {
		const mine = { id: observation, author: greekEvaluator.accountId, isWithdrawn: false };
		for (const name of ['evaluation.correct', 'evaluation.withdraw'] as const) {
			const peer = state({ observation: { ...mine, author: idOf<AccountId>('peer') } });
			expect(codeOf(decide(name, {}, greekEvaluator, peer))).toBe('forbidden');
			const gone = state({ observation: { ...mine, isWithdrawn: true } });
			expect(codeOf(decide(name, {}, greekEvaluator, gone))).toBe('stale');
			expect(codeOf(decide(name, {}, greekEvaluator, state({ observation: null })))).toBe('not-found');
		}
	});
});

it('an expected action: only of what came to the team, and of its list', () => {
	expect(codeOf(decide('evaluation.seeAction', {}, greekEvaluator, state({ delivered: null })))).toBe(
		'not-found'
	);
	expect(codeOf(decide('evaluation.seeAction', { action: 'other' }, greekEvaluator))).toBe('invalid');
	expect(factOf(decide('evaluation.seeAction', {}, greekEvaluator), 'action-observed')).toMatchObject({
		title: 'Gates shut',
		text: 'Calls the port',
		seen: 'partly'
	});
});

// --- reading ----------------------------------------------------------------------------------------------------------

const content: ObservationContent = {
	sort: 'neutral',
	text: '',
	evidence: [evidence],
	about: null,
	rating: null
};
const about = { guide: guide.id, task, objective: 'OBJ-3', capability: 'Escalation', words: 'Informs' };
const ofGreek = { team: greek.id };
const act = (fact: EvaluationFact, minutes: number, by = 'Eva'): EvaluationAct => ({
	fact,
	author: idOf<AccountId>(by),
	by,
	wallAt: wallAtStart + minutes * minute,
	exerciseAt: startex + minutes * minute
});
const all: EvaluationAct[] = [
	act({ kind: 'observation-recorded', observation, content, ...ofGreek }, 1),
	act({ kind: 'rating-given', about, rating: 'U', reason: '', ...ofGreek }, 2),
	act({ kind: 'observation-recorded', observation: idOf('second'), content, ...ofGreek }, 3, 'Emil'),
	act(
		{
			kind: 'observation-corrected',
			observation,
			content: { ...content, sort: 'strength', text: 'Well done', about, rating: 'S' },
			...ofGreek
		},
		4
	),
	act(
		{ kind: 'observation-withdrawn', observation: idOf('second'), reason: 'Other team', ...ofGreek },
		5,
		'Emil'
	),
	act({ kind: 'rating-given', about, rating: 'S', reason: 'Better now', ...ofGreek }, 6),
	act({ kind: 'rating-given', about, rating: 'M', reason: '', ...ofGreek }, 7, 'Emil'),
	act(
		{ kind: 'action-observed', delivery, title: 'Gates', action: 'a', text: 'Calls', seen: 'no', ...ofGreek },
		8
	),
	act(
		{
			kind: 'action-observed',
			delivery,
			title: 'Gates',
			action: 'a',
			text: 'Calls',
			seen: 'yes',
			...ofGreek
		},
		9,
		'Emil'
	)
];

describe('what was noted, as lists', () => {
	it('an observation keeps its id, author and time through corrections; what it said before stays', () => {
		const [first, second] = readObservations(all);
		expect(first).toMatchObject({
			id: observation,
			team: greek.id,
			sort: 'strength',
			text: 'Well done',
			objective: 'OBJ-3',
			capability: 'Escalation',
			rating: 'S',
			evidence: [{ entry }],
			author: { name: 'Eva' },
			wallAt: wallAtStart + minute,
			exerciseAt: startex + minute,
			withdrawn: null
		});
		expect(first!.earlier).toEqual([{ ...content, wallAt: wallAtStart + minute }]);
		expect(second!.withdrawn).toMatchObject({ reason: 'Other team' });
	});

	it('of ratings the last of each evaluator; of an expected action what was said last', () => {
		expect(readRatings(all).map(({ author, rating }) => [author.name, rating])).toEqual([
			['Eva', 'S'],
			['Emil', 'M']
		]);
		expect(readActions(all).map(({ seen, author }) => [seen, author.name])).toEqual([['yes', 'Emil']]);
	});

	it('reads the same from the team’s evaluation timeline as from the facts', () => {
		const entries = all.flatMap((one, order): TimelineEntry[] =>
			audiencesOf(
				{
					fact: one.fact,
					by: { account: one.author, name: one.by },
					wallAt: one.wallAt,
					exerciseAt: one.exerciseAt
				},
				{ team: () => greek, referenceOf: () => '', actOf: () => 1 }
			).map(({ body }) => ({
				id: idOf<EntryId>(`entry_${order}`),
				order,
				by: one.by,
				wallAt: one.wallAt,
				exerciseAt: one.exerciseAt,
				body
			}))
		);
		expect(actsOf([...entries].reverse())).toEqual(all);
	});

	it('an entry as evidence has its title or its words, and is short', () => {
		const log = (text: string): TimelineEntry => ({
			id: entry,
			order: 1,
			by: 'Anna',
			wallAt: 5,
			exerciseAt: startex,
			body: { kind: 'log', log: 'note', text }
		});
		expect(evidenceOf(log('Called\n the  port'))).toEqual({
			entry,
			what: 'log',
			words: 'Called the port',
			exerciseAt: startex,
			wallAt: 5
		});
		expect(evidenceOf(log('x'.repeat(500))).words).toHaveLength(240);
	});
});

describe('in the record', () => {
	const settings = { evaluatorsReadScript: false };
	const reads = (actor: Actor, of = greek.id) => {
		const scope = recordScope(actor, [greek, greekPort, french], settings);
		return scope !== null && all.some(({ fact }) => readsFact(scope, { ...fact, team: of }, () => undefined));
	};
	it('[R17] [P2] evaluators of the team and exercise control; nobody else, whatever they read of the team', () => {
		for (const actor of [director, controller, greekEvaluator]) expect(reads(actor)).toBe(true);
		expect(reads(greekEvaluator, french.id)).toBe(false);
		for (const actor of [
			greekLead,
			greekPlayer,
			greekModerator,
			greekFacilitator,
			facilitator,
			observer,
			stranger,
			both
		])
			expect(reads(actor)).toBe(false);
	});
});
