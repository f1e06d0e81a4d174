import { describe, expect, it } from 'vitest';
import type { Decision } from '#lib/exercise/decision.ts';
import { exerciseStates, type Actor, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { DeliveryId, QuestionId } from '#lib/exercise/ids.ts';
import {
	acknowledgeDelivery,
	addToLog,
	answerQuestion,
	askQuestion,
	recordDecision,
	respondToDelivery,
	seeDeliveries,
	type TeamCommandState
} from '#lib/exercise/team/commands.ts';
import { lateLogMs } from '#lib/exercise/team/schema.ts';
import {
	answerOf,
	controller,
	delivery,
	deliveryId,
	director,
	exercise,
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
	minute,
	moment,
	observer,
	startex,
	stranger,
	teamState
} from './factories.ts';

const running = exercise('running');
const inPlay = ['running', 'paused'];
const outsiders = {
	controller,
	greekModerator,
	greekEvaluator,
	greekFacilitator,
	frenchLead,
	observer,
	stranger
};

const acknowledge = (state: TeamCommandState, actor: Actor) =>
	acknowledgeDelivery.decide(state, { delivery: deliveryId }, actor, moment(state.exercise));
const respond = (state: TeamCommandState, actor: Actor) =>
	respondToDelivery.decide(
		state,
		{ delivery: deliveryId, text: 'We look into it' },
		actor,
		moment(state.exercise)
	);
const log = (state: TeamCommandState, actor: Actor, minutes = 10) =>
	addToLog.decide(
		state,
		addToLog.input.parse({ team: greek.id, text: 'Terminal called' }),
		actor,
		moment(state.exercise, minutes)
	);
const taken = { question: 'Close the gates?', chosen: 'Close them' };
const decideOn = (state: TeamCommandState, actor: Actor, minutes = 10) =>
	recordDecision.decide(
		state,
		recordDecision.input.parse({ team: greek.id, decision: taken }),
		actor,
		moment(state.exercise, minutes)
	);
const ask = (state: TeamCommandState, actor: Actor) =>
	askQuestion.decide(state, { team: greek.id, text: 'Is the port open?' }, actor, moment(state.exercise));

describe('what a team does with what it got', () => {
	it('[P7] acknowledges with the time it took', () => {
		expect(factsOf(acknowledge(teamState(running), greekPlayer))).toEqual([
			{
				kind: 'delivery-acknowledged',
				team: greek.id,
				delivery: deliveryId,
				title: 'Cranes stand still',
				afterMs: 6 * minute
			}
		]);
	});

	it('takes no negative time when the clock has jumped back', () => {
		const later = teamState(running, {
			deliveries: new Map([[deliveryId, delivery({ releasedAt: startex + 60 * minute })]])
		});
		expect(factOf(acknowledge(later, greekPlayer), 'delivery-acknowledged').afterMs).toBe(0);
		expect(factOf(respond(later, greekPlayer), 'delivery-responded').afterMs).toBe(0);
	});

	it('[P4] is acknowledged once', () => {
		const done = new Map([[deliveryId, delivery({ acknowledgedAt: startex + 5 * minute })]]);
		expect(answerOf(acknowledge(teamState(running, { deliveries: done }), greekPlayer))).toBe('stale');
	});

	it('may answer without having acknowledged, and again', () => {
		expect(factOf(respond(teamState(running), greekPlayer), 'delivery-responded').text).toBe(
			'We look into it'
		);
		const done = new Map([[deliveryId, delivery({ respondedAt: startex + 5 * minute })]]);
		expect(answerOf(respond(teamState(running, { deliveries: done }), greekPlayer))).toBe('facts');
	});

	it('[P2] what came to another team does not exist, and only players act', () => {
		for (const [name, actor] of Object.entries(outsiders)) {
			expect([name, answerOf(acknowledge(teamState(running), actor))]).toEqual([name, 'not-found']);
			expect([name, answerOf(respond(teamState(running), actor))]).toEqual([name, 'not-found']);
		}
		expect(answerOf(acknowledge(teamState(running, { deliveries: new Map() }), greekPlayer))).toBe(
			'not-found'
		);
	});

	it('[P2] what was seen counts once, for the own team only, and tells nothing of the rest', () => {
		const foreign = idOf<DeliveryId>('foreign');
		const old = idOf<DeliveryId>('old');
		const state = teamState(running, {
			deliveries: new Map([
				[deliveryId, delivery()],
				[foreign, delivery({ delivery: foreign, team: french.id })],
				[old, delivery({ delivery: old, seenAt: startex })]
			])
		});
		const see = (actor: Actor) =>
			seeDeliveries.decide(
				state,
				{ deliveries: [deliveryId, foreign, old, idOf('never')] },
				actor,
				moment(running)
			);
		expect(factsOf(see(greekPlayer))).toEqual([
			{ kind: 'delivery-seen', team: greek.id, delivery: deliveryId }
		]);
		for (const actor of [controller, greekModerator, greekEvaluator, stranger])
			expect(factsOf(see(actor))).toEqual([]);
	});
});

describe('when a team may act', () => {
	const acts: Record<string, (of: Exercise) => Decision> = {
		acknowledge: (of) => acknowledge(teamState(of), greekLead),
		respond: (of) => respond(teamState(of), greekLead),
		ask: (of) => ask(teamState(of), greekLead)
	};
	for (const [name, act] of Object.entries(acts))
		it(`[P7] ${name}: between STARTEX and ENDEX, paused included, not while stopped`, () => {
			for (const state of exerciseStates)
				expect([state, answerOf(act(exercise(state)))]).toEqual([
					state,
					inPlay.includes(state) ? 'facts' : 'not-now'
				]);
		});
});

describe('the log of a team', () => {
	it('[P7] takes an entry of its players and its facilitator; for others there is no such team', () => {
		for (const actor of [greekPlayer, greekFacilitator])
			expect(factsOf(log(teamState(running), actor))).toEqual([
				{ kind: 'log-added', team: greek.id, log: 'note', text: 'Terminal called' }
			]);
		const { greekFacilitator: _writes, ...others } = outsiders;
		for (const [name, actor] of Object.entries(others))
			expect([name, answerOf(log(teamState(running), actor))]).toEqual([name, 'not-found']);
		expect(answerOf(log(teamState(running, { team: null }), greekPlayer))).toBe('not-found');
	});

	it('[P7] is never edited: a correction is an entry that names the other', () => {
		const input = addToLog.input.parse({
			team: greek.id,
			text: 'It was gate 4',
			correctionOf: 'entry_12345'
		});
		expect(
			factOf(addToLog.decide(teamState(running), input, greekPlayer, moment(running)), 'log-added')
				.correctionOf
		).toBe('entry_12345');
	});

	it('[P7] stays open for an hour after ENDEX, marked late, then closes', () => {
		// ENDEX ten minutes after STARTEX
		const ended = teamState(exercise('ended'));
		const hour = lateLogMs / minute;
		expect(factOf(log(ended, greekPlayer, 10), 'log-added').late).toBe(true);
		expect(factOf(log(ended, greekPlayer, 10 + hour), 'log-added').late).toBe(true);
		expect(answerOf(log(ended, greekPlayer, 10 + hour + 1))).toBe('not-now');
		expect(answerOf(decideOn(ended, greekLead, 10 + hour))).toBe('facts');
		expect(answerOf(decideOn(ended, greekLead, 10 + hour + 1))).toBe('not-now');
		expect(factOf(log(teamState(running), greekPlayer), 'log-added')).not.toHaveProperty('late');
	});

	it('[P7] is closed before STARTEX, while stopped, and when evaluation has begun', () => {
		for (const state of exerciseStates)
			expect([state, answerOf(log(teamState(exercise(state)), greekPlayer))]).toEqual([
				state,
				[...inPlay, 'ended'].includes(state) ? 'facts' : 'not-now'
			]);
	});
});

describe('decisions', () => {
	it('[P7] are recorded by the lead, numbered from one', () => {
		expect(factOf(decideOn(teamState(running), greekLead), 'decision-recorded')).toMatchObject({
			number: 1,
			decision: taken
		});
		expect(
			factOf(decideOn(teamState(running, { decisions: 4 }), greekLead), 'decision-recorded').number
		).toBe(5);
	});

	it('[P7] a player is told to ask the lead; a lead of another team learns nothing', () => {
		expect(answerOf(decideOn(teamState(running), greekPlayer))).toBe('forbidden');
		for (const [name, actor] of Object.entries(outsiders))
			expect([name, answerOf(decideOn(teamState(running), actor))]).toEqual([name, 'not-found']);
	});
});

describe('questions', () => {
	const question = idOf<QuestionId>('question');
	const asked = (values: Partial<TeamCommandState> = {}) =>
		teamState(running, {
			question: { question, text: 'Is the port open?', answered: false },
			...values
		});
	const answer = (state: TeamCommandState, actor: Actor) =>
		answerQuestion.decide(state, { question, answer: 'It is closed' }, actor, moment(state.exercise));

	it('[P2] are asked by players for their own team, under an id of their own', () => {
		expect(factOf(ask(teamState(running), greekPlayer), 'question-asked').question).toBe(idOf('minted_0'));
		for (const [name, actor] of Object.entries(outsiders))
			expect([name, answerOf(ask(teamState(running), actor))]).toEqual([name, 'not-found']);
	});

	it('[P2] are answered by exercise control and the country’s own moderators', () => {
		for (const actor of [director, controller, greekModerator])
			expect(factOf(answer(asked(), actor), 'question-answered')).toMatchObject({
				team: greek.id,
				asked: 'Is the port open?',
				answer: 'It is closed'
			});
		for (const actor of [frenchModerator, greekLead, greekEvaluator, greekFacilitator, observer, stranger])
			expect(answerOf(answer(asked(), actor))).toBe('not-found');
	});

	it('[P4] are answered once; what was never asked does not exist', () => {
		expect(answerOf(answer(asked({ question: { question, text: 'x', answered: true } }), controller))).toBe(
			'stale'
		);
		expect(answerOf(answer(asked({ question: null }), controller))).toBe('not-found');
	});
});
