import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentRight } from '#lib/exercise/documents.ts';
import { mayKnow, readsChannel, voiceIn } from '#lib/exercise/channel/access.ts';
import {
	addMembers,
	closeChannel,
	exchangesOfOne,
	openChannel,
	openStandardChannels,
	removeMembers,
	setDuty
} from '#lib/exercise/channel/members.ts';
import { postMessage } from '#lib/exercise/channel/messages.ts';
import { noMembers, type ChannelRow } from '#lib/exercise/channel/schema.ts';
import { defaultSettings, type Actor, type Role } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, MessageId } from '#lib/exercise/ids.ts';
import {
	answerOf,
	controller,
	director,
	exercise,
	factOf,
	factsOf,
	french,
	frenchLead,
	frenchModerator,
	greek,
	greekEvaluator,
	greekLead,
	greekModerator,
	greekPlayer,
	greekPort,
	idOf,
	observer,
	person,
	sentenceOf,
	stranger,
	team,
	teams
} from '../domain/factories.ts';
import { World } from './world.ts';

const cyclone = team('DE CMA', 'DE', 'operational');
const german = person('DE officer', { role: 'player', teamId: cyclone.id });
const portPlayer = person('GR Port officer', { role: 'player', teamId: greekPort.id });
const cast = [
	director,
	controller,
	greekModerator,
	frenchModerator,
	greekLead,
	greekPlayer,
	frenchLead,
	portPlayer,
	german,
	greekEvaluator,
	observer
];
const nobody = { teams: [], people: [], roles: [] as Role[], moderators: [] };
const world = () => new World([...teams, cyclone], cast);
const text = { text: 'Odd logins at the port', rich: null };
const plain = { text, tlp: 'green' as const, quotes: [], files: [], mentions: [] };

function opened(
	here: World,
	name = 'Harbours',
	members = { ...nobody, teams: [greek.id, french.id] }
): ChannelRow {
	const decision = here.act(openChannel, director, { name, kind: 'sector', ...members });
	return here.channels.get(factOf(decision, 'channel-opened').channel)!;
}

describe('the standard channels', () => {
	it('are made by one press: networks by level, coordination, moderators, each country', () => {
		const here = world();
		here.act(openStandardChannels, director, {});
		const made = [...here.channels.values()];
		expect(made.map((one) => one.name)).toEqual([
			'CSIRTs network',
			'EU-CyCLONe',
			'EXCON coordination',
			'Moderators',
			'Germany and central control',
			'France and central control',
			'Greece and central control'
		]);
		const csirts = made[0]!;
		expect(csirts.members.teams.map((one) => one.id)).toEqual([greek.id, french.id]);
		expect(csirts.mode?.ladder.map((one) => one.id)).toEqual(['normal', 'alert', 'full']);
	});

	it('a second press makes none twice, and adds the teams that came since', () => {
		const here = world();
		here.act(openStandardChannels, director, {});
		expect(factsOf(here.act(openStandardChannels, director, {}))).toEqual([]);
		const newcomer = team('IT CSIRT', 'IT');
		here.teams.set(newcomer.id, newcomer);
		const facts = factsOf(here.act(openStandardChannels, director, {}));
		expect(facts).toMatchObject([
			{ kind: 'channel-members-added', name: 'CSIRTs network', teams: [newcomer.id] },
			{ kind: 'channel-opened', name: 'Italy and central control' }
		]);
	});

	it('belong to those for whom they are', () => {
		const here = world();
		here.act(openStandardChannels, director, {});
		const readers = (name: string) => {
			const found = [...here.channels.values()].find((one) => one.name === name)!;
			return cast.filter((one) => readsChannel(found.members, one)).map((one) => one.name);
		};
		expect(readers('CSIRTs network')).toEqual([
			'Director',
			'Controller',
			'GR CSIRT lead',
			'GR CSIRT analyst',
			'FR CSIRT lead'
		]);
		expect(readers('EXCON coordination')).toEqual(['Director', 'Controller', 'GR moderator', 'FR moderator']);
		expect(readers('Greece and central control')).toEqual(['Director', 'Controller', 'GR moderator']);
	});
});

describe('who may open, fill and close channels', () => {
	it.each(cast.filter((one) => one !== director && one !== controller).map((one) => [one.name, one]))(
		'[P2] %s sets up no channel',
		(_name, actor) => {
			const here = world();
			const { id } = opened(here);
			const may = [
				here.act(openChannel, actor, { name: 'Mine', kind: 'sector', ...nobody, teams: [greek.id] }),
				here.act(openStandardChannels, actor, {}),
				here.act(addMembers, actor, { channel: id, teams: [greekPort.id], people: [] }),
				here.act(removeMembers, actor, { channel: id, teams: [french.id], people: [] }),
				here.act(closeChannel, actor, { channel: id, reason: '' }),
				here.act(setDuty, actor, { channel: id, teams: [greek.id] })
			].map(answerOf);
			const reads = readsChannel(here.channels.get(id)!.members, actor) !== null;
			const own = reads ? 'forbidden' : 'not-found';
			expect(may).toEqual(['forbidden', 'forbidden', own, own, own, own]);
		}
	);

	it('[R5] an unknown channel and one that is not theirs are refused alike', () => {
		const here = world();
		const { id } = opened(here);
		const unknown = idOf<ChannelId>('nobodys channel');
		for (const channel of [id, unknown])
			expect(here.act(postMessage, german, { channel, ...plain }) as unknown, channel).toEqual(
				here.act(postMessage, german, { channel: unknown, ...plain })
			);
	});

	it('members are named once, teams on duty are members, and a closed channel takes nothing', () => {
		const here = world();
		const { id } = opened(here);
		expect(answerOf(here.act(addMembers, director, { channel: id, teams: [greek.id], people: [] }))).toBe(
			'stale'
		);
		expect(answerOf(here.act(setDuty, director, { channel: id, teams: [greekPort.id] }))).toBe('invalid');
		expect(
			answerOf(
				here.act(openChannel, director, { name: 'harbours', kind: 'sector', ...nobody, teams: [greek.id] })
			)
		).toBe('duplicate');
		here.act(closeChannel, director, { channel: id, reason: 'Done' });
		expect(answerOf(here.act(postMessage, greekLead, { channel: id, ...plain }))).toBe('not-now');
		expect(answerOf(here.act(addMembers, director, { channel: id, teams: [greekPort.id], people: [] }))).toBe(
			'not-now'
		);
	});
});

describe('private exchanges', () => {
	const exchange = (here: World, actor: Actor, ...with_: Actor[]) =>
		here.act(openChannel, actor, {
			name: 'A word',
			kind: 'private',
			...nobody,
			people: with_.map((one) => one.accountId)
		});

	it('a player opens one with the own team and with those in the own channels, and is in it', () => {
		const here = world();
		expect(answerOf(exchange(here, greekLead, greekPlayer))).toBe('facts');
		expect(answerOf(exchange(here, greekLead, frenchLead))).toBe('not-found');
		opened(here);
		const fact = factOf(exchange(here, greekLead, frenchLead), 'channel-opened');
		expect(fact.members.people.map((one) => one.name)).toEqual(['GR CSIRT lead', 'FR CSIRT lead']);
	});

	it('[P2] nobody can be named by who may not know that they take part: the same words as for nobody', () => {
		const here = world();
		const nobodys = person('Nobody here');
		for (const other of [german, director, greekModerator, greekEvaluator, observer])
			expect(exchange(here, greekLead, other)).toEqual(exchange(here, greekLead, nobodys));
	});

	it('moderators name the people of their countries and exercise control; control names everybody', () => {
		const here = world();
		const channels = [...here.channels.values()];
		const known = (actor: Actor) =>
			cast.filter((one) => mayKnow(actor, one, channels, here.teams)).map((one) => one.name);
		expect(known(greekModerator)).toEqual([
			'Director',
			'Controller',
			'GR moderator',
			'FR moderator',
			'GR CSIRT lead',
			'GR CSIRT analyst',
			'GR Port officer'
		]);
		expect(known(director)).toHaveLength(cast.length);
		expect(mayKnow(director, stranger, channels, here.teams)).toBe(false);
	});

	it('has people and nobody else, at least two, and one person opens so many', () => {
		const here = world();
		expect(
			answerOf(here.act(openChannel, greekLead, { name: 'A', kind: 'private', ...nobody, teams: [greek.id] }))
		).toBe('invalid');
		expect(answerOf(exchange(here, greekLead))).toBe('invalid');
		for (let i = 0; i < exchangesOfOne; i++) exchange(here, greekLead, greekPlayer);
		expect(answerOf(exchange(here, greekLead, greekPlayer))).toBe('slow-down');
	});

	it('who observes or evaluates opens none with those whom they do not know', () => {
		const here = world();
		expect(answerOf(exchange(here, observer, greekLead))).toBe('not-found');
		expect(answerOf(exchange(here, observer, observer))).toBe('forbidden');
		expect(answerOf(exchange(here, greekEvaluator, greekLead))).toBe('not-found');
	});
});

describe('as whom somebody speaks', () => {
	const members = (values: Partial<ChannelRow['members']>) => ({ members: { ...noMembers(), ...values } });
	const joined = { from: 0, since: 0 };

	it('a player for the team, with name; exercise control without a name where players read', () => {
		const network = members({ teams: [{ id: greek.id, ...joined }] });
		expect(voiceIn(network, greekLead)).toEqual({ team: greek.id, named: true });
		expect(voiceIn(network, director)).toEqual({ team: null, named: false });
		expect(voiceIn(network, frenchLead)).toBeNull();
		expect(voiceIn(network, greekEvaluator)).toBeNull();
	});

	it('exercise control under its names among itself; observers read along', () => {
		const coordination = members({ roles: ['director', 'controller', 'moderator'] });
		expect(voiceIn(coordination, greekModerator)).toEqual({ team: null, named: true });
		const shown = members({ roles: ['observer'], teams: [{ id: greek.id, ...joined }] });
		expect(readsChannel(shown.members, observer)).not.toBeNull();
		expect(voiceIn(shown, observer)).toBeNull();
	});

	it('who is in two teams of a channel chooses; for a team that is not there nobody speaks', () => {
		const two = person('Two', { role: 'player', teamId: greek.id }, { role: 'player', teamId: french.id });
		const network = members({
			teams: [
				{ id: greek.id, ...joined },
				{ id: french.id, ...joined }
			]
		});
		expect(voiceIn(network, two, french.id)?.team).toBe(french.id);
		expect(voiceIn(network, two, greekPort.id)).toBeNull();
	});

	it('players speak in play, exercise control also before and after it', () => {
		const here = world();
		const { id } = opened(here);
		for (const state of ['draft', 'ready', 'stopped', 'ended', 'closed'] as const) {
			here.exercise = exercise(state);
			expect(answerOf(here.act(postMessage, greekLead, { channel: id, ...plain })), state).toBe('not-now');
			expect(answerOf(here.act(postMessage, director, { channel: id, ...plain })), state).toBe(
				state === 'closed' ? 'not-now' : 'facts'
			);
		}
	});
});

// --- nobody reads what was said before they joined ----------------------------------------------------------------------

const actors = [greekLead, frenchLead, portPlayer, german, director, observer, greekEvaluator];
const step = fc.oneof(
	fc.record({ do: fc.constant('say' as const), who: fc.nat(actors.length - 1) }),
	fc.record({ do: fc.constant('add' as const), team: fc.nat(3) }),
	fc.record({ do: fc.constant('name' as const), who: fc.nat(actors.length - 1) }),
	fc.record({ do: fc.constant('remove' as const), team: fc.nat(3) }),
	fc.record({ do: fc.constant('unname' as const), who: fc.nat(actors.length - 1) })
);

describe('over random memberships', () => {
	it('[P2] a message lies in segments that open only for those who were members when it was said', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
				const here = world();
				const { id } = opened(here, 'Random', { ...nobody, teams: [greek.id] });
				const all = [greek, french, greekPort, cyclone];
				/** who was there, by message */
				const present = new Map<MessageId, Set<string>>();
				for (const one of steps) {
					const channel = here.channels.get(id)!;
					if (one.do === 'say') {
						const decision = here.act(postMessage, actors[one.who]!, { channel: id, ...plain });
						if ('refused' in decision) continue;
						const { message } = factOf(decision, 'message-posted');
						present.set(
							message,
							new Set(
								actors.filter((actor) => readsChannel(channel.members, actor)).map((actor) => actor.name)
							)
						);
					} else if (one.do === 'add')
						here.act(addMembers, director, { channel: id, teams: [all[one.team]!.id], people: [] });
					else if (one.do === 'remove')
						here.act(removeMembers, director, { channel: id, teams: [all[one.team]!.id], people: [] });
					else {
						const people = [actors[one.who]!.accountId];
						here.act(one.do === 'name' ? addMembers : removeMembers, director, {
							channel: id,
							teams: [],
							people
						});
					}
				}
				const { members } = here.channels.get(id)!;
				for (const [message, were] of present)
					for (const actor of actors) {
						const segment = here.segmentOf.get(message)!;
						const right = documentRight(
							{
								exercise: here.exercise.id,
								kind: 'timeline',
								audience: { to: 'channel', channel: id },
								segment
							},
							actor,
							{ settings: defaultSettings, channel: members }
						);
						const since = readsChannel(members, actor)?.since;
						const stored = here.messages.get(message)!;
						// the two ways of asking agree: the document's segment, and the fact's number
						expect(right === 'read').toBe(since !== undefined && since < stored.sequence);
						if (right === 'read') expect(were.has(actor.name), `${actor.name} in ${message}`).toBe(true);
					}
			}),
			{ numRuns: 300 }
		);
	});
});

it('a refusal says in words what is wrong', () => {
	const here = world();
	const { id } = opened(here);
	expect(sentenceOf(here.act(postMessage, observer, { channel: id, ...plain }))).toMatch(/nothing here/);
	expect(sentenceOf(here.act(openChannel, greekLead, { name: 'A', kind: 'sector', ...nobody }))).toMatch(
		/private exchange/
	);
});
