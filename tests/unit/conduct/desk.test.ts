import { describe, expect, it } from 'vitest';
import type { AccountId, HelpId } from '#lib/exercise/ids.ts';
import { giveBackAll, giveBackClaim, takeClaim, type ClaimState } from '#lib/exercise/claim/commands.ts';
import type { Claim, ClaimTarget } from '#lib/exercise/claim/schema.ts';
import { holdCatchUp, promptTeam, resumeCatchUp, setCatchUpRate } from '#lib/exercise/conduct/commands.ts';
import { exerciseStates, type Actor } from '#lib/exercise/exercise/schema.ts';
import { answerHelp, askForHelp, closeHelp, type HelpCommandState } from '#lib/exercise/help/commands.ts';
import { helpLimits, type HelpRow } from '#lib/exercise/help/schema.ts';
import { answerQuestion } from '#lib/exercise/team/commands.ts';
import {
	answerOf,
	centralPlanner,
	controller,
	director,
	exercise,
	factOf,
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
	sentenceOf,
	stranger,
	teamState
} from '../domain/factories.ts';
import { defaultSettings } from '#lib/exercise/exercise/schema.ts';

const running = exercise('running');
const ana = person('Ana', { role: 'controller' });
const ben = person('Ben', { role: 'controller' });

describe('claims', () => {
	const of = (actor: Actor): Claim => ({
		kind: 'question',
		subject: 'q-1',
		accountId: actor.accountId,
		name: actor.name,
		claimedAt: 0,
		away: false
	});
	const target: ClaimTarget = { label: 'GR CSIRT', countries: ['GR'], done: false };
	const state = (values: Partial<ClaimState> = {}): ClaimState => ({
		exercise: running,
		target,
		claim: null,
		own: [],
		...values
	});
	const subject = { kind: 'question' as const, subject: 'q-1' };
	const take = (actor: Actor, values?: Partial<ClaimState>, from?: AccountId) =>
		takeClaim.decide(state(values), { ...subject, ...(from && { from }) }, actor, moment(running));
	const giveBack = (actor: Actor, values?: Partial<ClaimState>, from?: AccountId) =>
		giveBackClaim.decide(state(values), { ...subject, ...(from && { of: from }) }, actor, moment(running));

	it('[R10] are taken once; over from somebody else only by naming who has it', () => {
		expect(factOf(take(ana), 'work-claimed')).toMatchObject({ of: subject, label: 'GR CSIRT' });
		expect(sentenceOf(take(ana, { claim: of(ben) }))).toMatch(/^Ben handles this/);
		expect(factOf(take(ana, { claim: of(ben) }, ben.accountId), 'work-claimed').from).toEqual({
			accountId: ben.accountId,
			name: 'Ben'
		});
		// what was on the screen is not so any more
		expect(answerOf(take(ana, { claim: of(director) }, ben.accountId))).toBe('stale');
		expect(answerOf(take(ana, {}, ben.accountId))).toBe('stale');
		expect(answerOf(take(ana, { claim: of(ana) }))).toBe('stale');
	});

	it('[P2] are for exercise control, and for moderators inside their own countries', () => {
		expect(answerOf(take(greekModerator))).toBe('facts');
		expect(answerOf(take(frenchModerator))).toBe('not-found');
		expect(answerOf(take(greekModerator, { target: { ...target, countries: null } }))).toBe('not-found');
		for (const actor of [greekLead, greekEvaluator, centralPlanner, observer, stranger])
			expect(answerOf(take(actor))).toBe('not-found');
		expect(answerOf(take(ana, { target: null }))).toBe('not-found');
		expect(answerOf(take(ana, { target: { ...target, done: true } }))).toBe('stale');
	});

	it('are given back by who has them, by others who say whose it is, and all at once', () => {
		expect(factOf(giveBack(ana, { claim: of(ana) }), 'work-returned').why).toBe('given-back');
		expect(factOf(giveBack(ana, { claim: of(ben) }, ben.accountId), 'work-returned').why).toBe('by-others');
		expect(answerOf(giveBack(ana, { claim: of(ben) }))).toBe('forbidden');
		expect(answerOf(giveBack(greekLead, { claim: of(ben) }, ben.accountId))).toBe('not-found');
		const all = giveBackAll.decide(state({ own: [of(ana)] }), {}, ana, moment(running));
		expect(factOf(all, 'work-returned')).toMatchObject({ of: subject, from: { name: 'Ana' } });
		// what it was about is gone: who has it can still let go
		expect(answerOf(giveBack(ana, { claim: of(ana), target: null }))).toBe('facts');
		expect(answerOf(giveBack(ben, { claim: of(ana), target: null }, ana.accountId))).toBe('not-found');
	});
});

describe('the help desk', () => {
	const row = (values: Partial<HelpRow> = {}): HelpRow => ({
		request: idOf<HelpId>('help'),
		person: greekPlayer.accountId,
		askedBy: greekPlayer.name,
		countries: ['GR'],
		topic: 'technical',
		text: 'No sound',
		state: 'open',
		...values
	});
	const state = (values: Partial<HelpCommandState> = {}): HelpCommandState => ({
		exercise: running,
		request: null,
		own: { open: 0, teams: ['GR CSIRT'], countries: ['GR'] },
		...values
	});
	const ask = (actor: Actor, values?: Partial<HelpCommandState>) =>
		askForHelp.decide(
			state(values),
			{ topic: 'technical', text: 'No sound', place: '' },
			actor,
			moment(running)
		);
	const answer = (actor: Actor, request: HelpRow | null = row()) =>
		answerHelp.decide(
			state({ request }),
			{ request: row().request, answer: 'Click' },
			actor,
			moment(running)
		);
	const close = (actor: Actor, request: HelpRow | null = row()) =>
		closeHelp.decide(state({ request }), { request: row().request }, actor, moment(running));

	it('is open to every role in every phase but the last ones: also before STARTEX and during a stop', () => {
		for (const actor of [greekPlayer, observer, greekEvaluator, centralPlanner, controller])
			expect(factOf(ask(actor), 'help-asked').person).toBe(actor.accountId);
		expect(answerOf(ask(stranger))).toBe('not-found');
		for (const one of exerciseStates)
			expect([one, answerOf(ask(greekPlayer, { exercise: exercise(one) }))]).toEqual([
				one,
				one === 'closed' || one === 'cancelled' ? 'not-now' : 'facts'
			]);
	});

	it('[P9] is not filled by one person', () => {
		const own = { ...state().own, open: helpLimits.open };
		expect(answerOf(ask(greekPlayer, { own }))).toBe('slow-down');
	});

	it('[P2] is answered by exercise control and moderators of the own country; to all others no request exists', () => {
		for (const actor of [director, controller, greekModerator])
			expect(factOf(answer(actor), 'help-answered')).toMatchObject({ answer: 'Click', asked: 'No sound' });
		for (const actor of [frenchModerator, greekLead, greekPlayer, greekEvaluator, observer, stranger])
			expect(answerOf(answer(actor))).toBe('not-found');
		expect(answerOf(answer(controller, null))).toBe('not-found');
		expect(answerOf(answer(controller, row({ state: 'answered' })))).toBe('stale');
	});

	it('[P2] is settled by who asked and by the desk, not by a team mate', () => {
		for (const actor of [greekPlayer, controller, greekModerator])
			expect(answerOf(close(actor))).toBe('facts');
		for (const actor of [greekLead, frenchModerator, observer])
			expect(answerOf(close(actor))).toBe('not-found');
		expect(answerOf(close(greekPlayer, row({ state: 'closed' })))).toBe('stale');
	});
});

describe('a word to a team', () => {
	const prompt = (actor: Actor, of = running) =>
		promptTeam.decide(teamState(of), { team: greek.id, text: 'Look again', tlp: 'green' }, actor, moment(of));

	it('[P2] comes from exercise control, the own moderators and those who facilitate the team, in play', () => {
		for (const actor of [director, controller, greekModerator, greekFacilitator])
			expect(factOf(prompt(actor), 'team-prompted')).toMatchObject({ team: greek.id, text: 'Look again' });
		for (const actor of [frenchModerator, greekLead, greekEvaluator, observer, stranger])
			expect(answerOf(prompt(actor))).toBe('not-found');
		expect(answerOf(prompt(controller, exercise('ended')))).toBe('not-now');
	});
});

describe('the line of overdue injects', () => {
	const decide = (
		command: typeof holdCatchUp | typeof resumeCatchUp,
		actor: Actor,
		held: boolean,
		state = 'running' as const
	) =>
		command.decide(
			{ exercise: exercise(state, { catchUp: { pacedAt: null, held } }) },
			{},
			actor,
			moment(running)
		);

	it('is held, let go and set by exercise control alone', () => {
		expect(answerOf(decide(holdCatchUp, controller, false))).toBe('facts');
		expect(answerOf(decide(holdCatchUp, controller, true))).toBe('stale');
		expect(answerOf(decide(resumeCatchUp, controller, true))).toBe('facts');
		expect(answerOf(decide(resumeCatchUp, controller, false))).toBe('stale');
		for (const actor of [greekModerator, greekLead, observer])
			for (const command of [holdCatchUp, resumeCatchUp])
				expect(answerOf(decide(command, actor, false))).toBe('forbidden');
		expect(
			factOf(
				setCatchUpRate.decide({ exercise: running }, { perMinute: 5 }, controller, moment(running)),
				'catch-up-rate-set'
			).perMinute
		).toBe(5);
		expect(setCatchUpRate.input.safeParse({ perMinute: 0 }).success).toBe(false);
		expect(setCatchUpRate.input.safeParse({ perMinute: 601 }).success).toBe(false);
	});
});

describe('bodies that nobody plays', () => {
	const simcell = person('Actor', { role: 'simcell' });
	const of = exercise('running', {
		settings: { ...defaultSettings, simulatedBodies: ['Port authority', 'Ministry'] }
	});
	const question = idOf('question') as never;
	const answer = (actor: Actor, as?: string) =>
		answerQuestion.decide(
			teamState(of, { question: { question, text: 'Who?', answered: false } }),
			{ question, answer: 'We are', ...(as && { as }) },
			actor,
			moment(of)
		);

	it('[P1] the simulation cell and others know of no question to exercise control', () => {
		for (const actor of [simcell, greekEvaluator]) expect(answerOf(answer(actor))).toBe('not-found');
		expect(answerOf(answer(simcell, 'Port authority'))).toBe('not-found');
	});

	it('exercise control speaks as any of them, or as itself', () => {
		expect(factOf(answer(controller, 'Ministry'), 'question-answered').as).toBe('Ministry');
		expect(factOf(answer(controller), 'question-answered').as).toBeUndefined();
		expect(factOf(answer(greekModerator, 'Port authority'), 'question-answered').as).toBe('Port authority');
		expect(answerOf(answer(controller, 'Nobody'))).toBe('invalid');
	});
});
