import { describe, expect, it } from 'vitest';
import { defaultSettings, exerciseStates, type Actor } from '#lib/exercise/exercise/schema.ts';
import { isNameless } from '#lib/exercise/facts.ts';
import type { CardId } from '#lib/exercise/ids.ts';
import {
	addCard,
	joinsHotWash,
	readsHotWash,
	voteForCard,
	withdrawCard,
	type HotWashCommandState
} from '#lib/exercise/review/commands.ts';
import { hotWashLimits } from '#lib/exercise/review/schema.ts';
import {
	answerOf,
	centralPlanner,
	controller,
	director,
	exercise,
	factOf,
	factsOf,
	facilitator,
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
	stranger
} from './factories.ts';

type Card = HotWashCommandState['cards'][number];
const card = idOf<CardId>('card');
const cardOf = (values: Partial<Card> = {}): Card => ({
	card,
	column: 'change',
	mine: false,
	myVote: false,
	...values
});
const stateOf = (cards: Card[] = [cardOf()], of = exercise('ended')): HotWashCommandState => ({
	exercise: of,
	team: greek,
	cards
});

const add = (state: HotWashCommandState, actor: Actor, anonymous = false) =>
	addCard.decide(
		state,
		{ team: greek.id, column: 'went-well', text: 'We called early', anonymous },
		actor,
		moment(state.exercise)
	);
const withdraw = (state: HotWashCommandState, actor: Actor) =>
	withdrawCard.decide(state, { team: greek.id, card }, actor, moment(state.exercise));
const vote = (state: HotWashCommandState, actor: Actor, on = true) =>
	voteForCard.decide(state, { team: greek.id, card, on }, actor, moment(state.exercise));

describe('who takes part in a team’s hot wash', () => {
	/** joins, reads */
	const table = {
		'team lead': [greekLead, true, true],
		player: [greekPlayer, true, true],
		'the team’s facilitator': [greekFacilitator, true, true],
		'facilitator of the exercise': [facilitator, true, true],
		evaluator: [greekEvaluator, false, true],
		moderator: [greekModerator, false, true],
		controller: [controller, false, true],
		director: [director, false, true],
		'moderator of another country': [frenchModerator, false, false],
		'lead of another team': [frenchLead, false, false],
		planner: [centralPlanner, false, false],
		observer: [observer, false, false],
		stranger: [stranger, false, false]
	} satisfies Record<string, [Actor, boolean, boolean]>;
	for (const [role, [actor, joins, reads]] of Object.entries(table) as [string, [Actor, boolean, boolean]][])
		it(`[P2] ${role}: ${joins ? 'joins' : reads ? 'reads' : 'nothing'}`, () => {
			expect([joinsHotWash(actor, greek.id), readsHotWash(actor, greek)]).toEqual([joins, reads]);
			for (const decision of [
				add(stateOf(), actor),
				vote(stateOf(), actor),
				withdraw(stateOf([cardOf({ mine: true })]), actor)
			])
				expect(answerOf(decision)).toBe(joins ? 'facts' : 'not-found');
		});
});

describe('the cards of a hot wash', () => {
	it('[P7] are open from ENDEX until the report is made', () => {
		for (const state of exerciseStates)
			for (const act of [add, vote, withdraw])
				expect([
					state,
					answerOf(act(stateOf([cardOf({ mine: true })], exercise(state)), greekPlayer))
				]).toEqual([state, ['ended', 'evaluating'].includes(state) ? 'facts' : 'not-now']);
	});

	it('[P2] an anonymous card is recorded without a name, and so is every vote', () => {
		const anonymous = factOf(add(stateOf(), greekPlayer, true), 'card-added');
		expect(isNameless(anonymous)).toBe(true);
		expect(isNameless(factOf(add(stateOf(), greekPlayer), 'card-added'))).toBe(false);
		expect(isNameless(factOf(vote(stateOf(), greekPlayer), 'card-voted'))).toBe(true);
		expect(JSON.stringify(anonymous)).not.toContain(greekPlayer.accountId);
	});

	it('carry a name where the director decided so', () => {
		const named = exercise('ended', { settings: { ...defaultSettings, anonymousHotWash: false } });
		expect(answerOf(add(stateOf([], named), greekPlayer, true))).toBe('forbidden');
		expect(answerOf(add(stateOf([], named), greekPlayer, false))).toBe('facts');
	});

	it('[P9] a column has an end; the others stay open', () => {
		const full = (column: Card['column']) =>
			Array.from({ length: hotWashLimits.cards }, (_, i) => cardOf({ card: idOf(`card_${i}`), column }));
		expect(answerOf(add(stateOf(full('went-well')), greekPlayer))).toBe('too-large');
		expect(answerOf(add(stateOf(full('change')), greekPlayer))).toBe('facts');
	});

	it('are taken off by whoever wrote them, or a facilitator', () => {
		expect(answerOf(withdraw(stateOf(), greekPlayer))).toBe('forbidden');
		expect(answerOf(withdraw(stateOf([cardOf({ mine: true })]), greekPlayer))).toBe('facts');
		expect(answerOf(withdraw(stateOf(), greekFacilitator))).toBe('facts');
		expect(answerOf(withdraw(stateOf([]), greekFacilitator))).toBe('not-found');
		const playsHereLeadsThere = person(
			'Both',
			{ role: 'player', teamId: greek.id },
			{ role: 'facilitator', teamId: french.id }
		);
		expect(answerOf(withdraw(stateOf(), playsHereLeadsThere))).toBe('forbidden');
	});

	it('have three votes a person in each column, which can be taken back', () => {
		const voted = (count: number, column: Card['column']) =>
			Array.from({ length: count }, (_, i) => cardOf({ card: idOf(`voted_${i}`), column, myVote: true }));
		expect(answerOf(vote(stateOf([cardOf(), ...voted(2, 'change')]), greekPlayer))).toBe('facts');
		expect(answerOf(vote(stateOf([cardOf(), ...voted(3, 'change')]), greekPlayer))).toBe('not-now');
		expect(answerOf(vote(stateOf([cardOf(), ...voted(3, 'went-well')]), greekPlayer))).toBe('facts');
		const full = stateOf([cardOf({ myVote: true }), ...voted(2, 'change')]);
		expect(factOf(vote(full, greekPlayer, false), 'card-voted').on).toBe(false);
	});

	it('[P4] the same vote twice is one vote', () => {
		expect(factsOf(vote(stateOf([cardOf({ myVote: true })]), greekPlayer))).toEqual([]);
		expect(factsOf(vote(stateOf(), greekPlayer, false))).toEqual([]);
		expect(answerOf(vote(stateOf([]), greekPlayer))).toBe('not-found');
	});
});
