import { expect, test } from 'vitest';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import { addMethane, addToLog, recordDecision, respondToDelivery } from '#lib/exercise/team/commands.ts';
import { leadsTable } from '#lib/exercise/table/access.ts';
import {
	answerOf,
	centralPlanner,
	controller,
	deliveryId,
	director,
	exercise,
	facilitator,
	factOf,
	french,
	frenchModerator,
	greek,
	greekEvaluator,
	greekFacilitator,
	greekLead,
	greekModerator,
	greekPlayer,
	moment,
	observer,
	stranger,
	teamState
} from './factories.ts';

test.each<[string, Actor, boolean]>([
	['its facilitator', greekFacilitator, true],
	['its moderator', greekModerator, true],
	['a controller', controller, true],
	['the director', director, true],
	['a facilitator of the exercise', facilitator, false],
	['a moderator of another country', frenchModerator, false],
	['its lead', greekLead, false],
	['its player', greekPlayer, false],
	['its evaluator', greekEvaluator, false],
	['a planner', centralPlanner, false],
	['an observer', observer, false],
	['a stranger', stranger, false]
])('[P2] the page of a table opens for %s: %#', (_, actor, opens) => {
	expect(leadsTable(actor, greek)).toBe(opens);
});

const state = teamState(exercise('running'));

test('[P2] a facilitator types in the log of the own table, under the own name, and does nothing else for the team', () => {
	const at = moment(state.exercise);
	const log = (actor: Actor, team = greek) =>
		addToLog.decide(
			{ ...state, team },
			addToLog.input.parse({ team: team.id, text: 'The ministry first.' }),
			actor,
			at
		);
	expect(factOf(log(greekFacilitator), 'log-added')).toMatchObject({
		team: greek.id,
		text: 'The ministry first.'
	});
	expect(answerOf(log(greekFacilitator, french))).toBe('not-found');
	for (const actor of [facilitator, greekModerator, controller, greekEvaluator, observer])
		expect(answerOf(log(actor))).toBe('not-found');
	expect(
		answerOf(
			addMethane.decide(
				state,
				addMethane.input.parse({
					team: greek.id,
					report: { form: 'methane', location: 'Gate 3', type: 'Fire' }
				}),
				greekFacilitator,
				at
			)
		)
	).toBe('not-found');
	expect(
		answerOf(
			recordDecision.decide(
				state,
				recordDecision.input.parse({ team: greek.id, decision: { question: 'What?', chosen: 'That.' } }),
				greekFacilitator,
				at
			)
		)
	).toBe('not-found');
	expect(
		answerOf(respondToDelivery.decide(state, { delivery: deliveryId, text: 'x' }, greekFacilitator, at))
	).toBe('not-found');
});
