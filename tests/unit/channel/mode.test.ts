import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openStandardChannels } from '#lib/exercise/channel/members.ts';
import {
	ipcrLadder,
	ladderSchema,
	modeAfter,
	networkLadder,
	newMode,
	rhythmOf,
	rhythmsAsked,
	rungOf,
	stepsFrom
} from '#lib/exercise/channel/mode.ts';
import { decideMode, proposeMode, setUpMode } from '#lib/exercise/channel/mode-commands.ts';
import { noMembers } from '#lib/exercise/channel/schema.ts';
import { audiencesOf, type ProjectionContext } from '#lib/exercise/timeline.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import {
	answerOf,
	controller,
	director,
	factOf,
	french,
	frenchLead,
	greek,
	greekLead,
	greekModerator,
	greekPlayer,
	idOf,
	observer,
	sentenceOf,
	startex,
	teams,
	wallAtStart
} from '../domain/factories.ts';
import { World } from './world.ts';

const cast = [director, controller, greekModerator, greekLead, greekPlayer, frenchLead, observer];

function staged() {
	const here = new World(teams, cast);
	here.act(openStandardChannels, director, {});
	const channel = [...here.channels.values()].find((one) => one.standard === 'csirts-network')!.id;
	return {
		here,
		channel,
		setUp: (deciders: AccountId[], proposerMayDecide = false, by: Actor = director) =>
			here.act(setUpMode, by, { channel, ladder: [...networkLadder], deciders, proposerMayDecide }),
		propose: (actor: Actor, to = 'alert') =>
			here.act(proposeMode, actor, { channel, to, reason: 'Three countries' }),
		decide: (actor: Actor, agree = true, to = 'alert', reason = 'Agreed') =>
			here.act(decideMode, actor, { channel, to, agree, reason }),
		mode: () => here.channels.get(channel)!.mode!
	};
}

describe('the modes of a network', () => {
	it('change by a proposal of a member and the decision of somebody else, with both reasons kept', () => {
		const { setUp, propose, decide, mode } = staged();
		setUp([frenchLead.accountId]);
		expect(answerOf(propose(greekLead))).toBe('facts');
		expect(mode()).toMatchObject({
			current: 'normal',
			proposal: { to: 'alert', by: { name: 'GR CSIRT lead' } }
		});
		expect(answerOf(propose(frenchLead))).toBe('stale');
		expect(answerOf(decide(frenchLead))).toBe('facts');
		expect(mode()).toMatchObject({
			current: 'alert',
			proposal: null,
			history: [
				{
					from: 'normal',
					to: 'alert',
					reason: 'Three countries',
					proposedBy: 'GR CSIRT lead',
					decision: 'Agreed',
					decidedBy: 'FR CSIRT lead',
					agreed: true,
					at: startex
				}
			]
		});
	});

	it('who proposed does not decide, unless the network allows it; others only when named, and exercise control', () => {
		const { setUp, propose, decide } = staged();
		setUp([greekLead.accountId]);
		propose(greekLead);
		expect(sentenceOf(decide(greekLead))).toMatch(/somebody else decides/);
		expect(sentenceOf(decide(frenchLead))).toBe('This is decided by GR CSIRT lead.');
		expect(answerOf(decide(observer))).toBe('not-found');
		expect(answerOf(decide(controller))).toBe('facts');
		setUp([greekLead.accountId], true);
		propose(greekLead, 'full');
		expect(answerOf(decide(greekLead, true, 'full'))).toBe('facts');
	});

	it('go one step at a time, up and down; a refusal leaves them and says why', () => {
		const { setUp, propose, decide, mode } = staged();
		setUp([frenchLead.accountId]);
		expect(sentenceOf(propose(greekLead, 'full'))).toBe(
			'A mode changes by one step: from “Normal” to “Alert”.'
		);
		propose(greekLead);
		expect(answerOf(decide(frenchLead, false, 'alert', ''))).toBe('invalid');
		decide(frenchLead, false, 'alert', 'Wait for noon');
		expect(mode()).toMatchObject({ current: 'normal', proposal: null, history: [{ agreed: false }] });
		expect(answerOf(decide(frenchLead))).toBe('stale');
		propose(greekLead);
		decide(frenchLead);
		propose(greekLead, 'normal');
		const fact = factOf(decide(frenchLead, true, 'normal'), 'mode-decided');
		expect(fact.up).toBe(false);
		expect(mode().current).toBe('normal');
	});

	it('are set up by exercise control, with people of the network as deciders', () => {
		const { setUp } = staged();
		expect(answerOf(setUp([], false, greekLead))).toBe('forbidden');
		expect(answerOf(setUp([], false, observer))).toBe('not-found');
		expect(answerOf(setUp([observer.accountId]))).toBe('invalid');
		expect(answerOf(setUp([idOf<AccountId>('nobody')]))).toBe('invalid');
	});

	it('a ladder that loses the rung on which the network stands leaves it at the bottom', () => {
		const { setUp, propose, decide, mode, here, channel } = staged();
		setUp([frenchLead.accountId]);
		propose(greekLead);
		decide(frenchLead);
		here.act(setUpMode, director, {
			channel,
			ladder: [...ipcrLadder],
			deciders: [],
			proposerMayDecide: false
		});
		expect(rungOf(mode()).id).toBe('inactive');
		expect(ladderSchema.safeParse([networkLadder[0], networkLadder[0]]).success).toBe(false);
		expect(ladderSchema.safeParse([networkLadder[0]]).success).toBe(false);
	});

	it('the members are told: in the channel, in the room of each team, their moderators, exercise control', () => {
		const { setUp, propose, decide } = staged();
		setUp([frenchLead.accountId]);
		const context: ProjectionContext = {
			team: () => {
				throw new Error('not needed');
			},
			referenceOf: () => '',
			actOf: () => 1
		};
		const told = (fact: ReturnType<typeof factOf<'mode-decided' | 'mode-proposed'>>) =>
			audiencesOf(
				{ fact, by: { account: 'a', name: 'A' }, wallAt: wallAtStart, exerciseAt: startex },
				context
			).map(({ audience }) =>
				audience.to === 'team' ? audience.team : audience.to === 'channel' ? audience.channel : audience.to
			);
		const proposed = factOf(propose(greekLead), 'mode-proposed');
		expect(told(proposed)).toEqual([proposed.channel, 'control']);
		const decided = factOf(decide(frenchLead), 'mode-decided');
		expect(told(decided)).toEqual([proposed.channel, 'control', greek.id, french.id, 'FR', 'GR']);
	});
});

describe('the rhythm of reports', () => {
	const joined = { from: 0, since: 0 };
	const network = (current: string, ...of: (typeof greek)[]) => ({
		members: { ...noMembers(), teams: of.map((one) => ({ id: one.id, ...joined })) },
		mode: { ...newMode(networkLadder), current }
	});

	it('is that of the mode; of several networks the shortest; of none none', () => {
		expect(rhythmOf([], greek)).toBeNull();
		expect(rhythmOf([network('normal', greek)], greek)).toBeNull();
		expect(rhythmOf([network('alert', greek)], greek)).toBe(4);
		expect(rhythmOf([network('alert', greek), network('full', greek, french)], greek)).toBe(2);
		expect(rhythmOf([network('full', french)], greek)).toBeNull();
		expect(rhythmOf([{ members: noMembers(), mode: null }], greek)).toBeNull();
	});

	it('tells from when a mode asks for it, for due times', () => {
		const alert = network('alert', greek);
		expect(rhythmsAsked([alert, network('normal', greek)], greek)).toEqual([{ minutes: 240, from: null }]);
		const changed = { ...alert.mode, current: 'normal' };
		const when = { at: startex + 5, wallAt: wallAtStart };
		const mode = modeAfter(
			changed,
			{ kind: 'mode-decided', to: 'alert', reason: '', agreed: true },
			{ account: greekLead.accountId, name: 'A' },
			when
		);
		expect(rhythmsAsked([{ ...alert, mode }], greek)).toEqual([{ minutes: 240, from: startex + 5 }]);
	});

	it('a mode stays on its ladder, whatever is proposed and decided', () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(1), fc.boolean()), { maxLength: 30 }), (steps) => {
				const when = { at: startex, wallAt: wallAtStart };
				const by = { account: greekLead.accountId, name: 'A' };
				let mode = newMode(ipcrLadder);
				for (const [which, agreed] of steps) {
					const step = stepsFrom(mode);
					const to = step[which % step.length]!.id;
					const before = mode.current;
					mode = modeAfter(mode, { kind: 'mode-proposed', to, reason: 'because' }, by, when);
					mode = modeAfter(mode, { kind: 'mode-decided', to, reason: '', agreed }, by, when);
					expect(mode.current).toBe(agreed ? to : before);
					expect(ipcrLadder.some((one) => one.id === mode.current)).toBe(true);
				}
				expect(mode.history).toHaveLength(steps.length);
			})
		);
	});
});
