import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strictestTlp, tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { addMembers, openChannel, openStandardChannels, setDuty } from '#lib/exercise/channel/members.ts';
import { bringUp, correctMessage, isLower, postMessage } from '#lib/exercise/channel/messages.ts';
import type { ChannelRow } from '#lib/exercise/channel/schema.ts';
import type { Actor, Role } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ChannelFileId, ChannelId, MessageId, OrganisationId } from '#lib/exercise/ids.ts';
import {
	answerOf,
	director,
	factOf,
	french,
	frenchLead,
	greek,
	greekLead,
	greekModerator,
	greekPlayer,
	greekPort,
	idOf,
	observer,
	person,
	sentenceOf,
	team
} from '../domain/factories.ts';
import { World } from './world.ts';

const ministry = idOf<OrganisationId>('greek ministry');
const sister = { ...team('GR CERT', 'GR'), organisationId: ministry };
const own = { ...greek, organisationId: ministry };
const cyclone = team('FR CMA', 'FR', 'operational');
const officer = person('FR officer', { role: 'player', teamId: cyclone.id });
const sisterPlayer = person('GR CERT analyst', { role: 'player', teamId: sister.id });
const portPlayer = person('GR Port officer', { role: 'player', teamId: greekPort.id });
/** works in both networks, as a small country's officer does */
const both = person('FR both', { role: 'player', teamId: french.id }, { role: 'player', teamId: cyclone.id });
const cast = [
	director,
	greekModerator,
	greekLead,
	greekPlayer,
	frenchLead,
	officer,
	sisterPlayer,
	portPlayer,
	both,
	observer
];
const world = () => new World([own, sister, french, greekPort, cyclone], cast);
const nobody = { teams: [], people: [], roles: [] as Role[], moderators: [] };

function open(
	here: World,
	members: Partial<typeof nobody> | { teams: unknown } | { people: unknown } | { roles: unknown },
	kind: ChannelRow['kind'] = 'sector'
): ChannelId {
	const name = `Channel ${here.channels.size}`;
	const decision = here.act(openChannel, director, { name, kind, ...nobody, ...(members as object) });
	return factOf(decision, 'channel-opened').channel;
}

const post = (
	here: World,
	actor: Actor,
	channel: ChannelId,
	tlp: Tlp,
	more: Partial<Parameters<typeof postMessage.decide>[1]> = {}
) =>
	here.act(postMessage, actor, {
		channel,
		text: { text: 'Odd logins', rich: null },
		tlp,
		quotes: [],
		files: [],
		mentions: [],
		...more
	});
const posted = (...of: Parameters<typeof post>) => factOf(post(...of), 'message-posted');

/** Which labels may be said where, by a player of GR CSIRT. */
const places: [string, (here: World) => ChannelId, Record<Tlp, boolean>][] = [
	[
		'teams of two organisations',
		(here) => open(here, { teams: [own.id, french.id] }),
		{ clear: true, green: true, amber: true, amber_strict: false, red: false }
	],
	[
		'teams of one organisation',
		(here) => open(here, { teams: [own.id, sister.id] }),
		{ clear: true, green: true, amber: true, amber_strict: true, red: false }
	],
	[
		'with everybody who observes',
		(here) => open(here, { teams: [own.id, french.id], roles: ['observer'] }),
		{ clear: true, green: true, amber: false, amber_strict: false, red: false }
	],
	[
		'a private exchange with another organisation',
		(here) => open(here, { people: [greekLead.accountId, frenchLead.accountId] }, 'private'),
		{ clear: true, green: true, amber: true, amber_strict: false, red: true }
	],
	[
		'a private exchange inside the organisation',
		(here) => open(here, { people: [greekLead.accountId, sisterPlayer.accountId] }, 'private'),
		{ clear: true, green: true, amber: true, amber_strict: true, red: true }
	],
	[
		'a private exchange with an observer',
		(here) => open(here, { people: [greekLead.accountId, observer.accountId] }, 'private'),
		{ clear: true, green: true, amber: false, amber_strict: false, red: true }
	]
];

describe('which labels may be said where', () => {
	it.each(places)('[P8] %s', (_name, place, may) => {
		for (const tlp of tlpIds) {
			const here = world();
			expect(answerOf(post(here, greekLead, place(here), tlp)), tlp).toBe(may[tlp] ? 'facts' : 'forbidden');
		}
	});

	it('[P8] among exercise control’s own people, all but RED', () => {
		const here = world();
		here.act(openStandardChannels, director, {});
		const coordination = [...here.channels.values()].find((one) => one.standard === 'excon')!.id;
		expect(tlpIds.map((tlp) => answerOf(post(here, greekModerator, coordination, tlp)))).toEqual([
			'facts',
			'facts',
			'facts',
			'facts',
			'forbidden'
		]);
	});

	it('the refusal names the label, and who would be left out', () => {
		const here = world();
		const { id } = { id: open(here, { teams: [own.id, french.id] }) };
		expect(sentenceOf(post(here, greekLead, id, 'amber_strict'))).toBe(
			'TLP:AMBER+STRICT stays inside one organisation: FR CSIRT cannot receive it. Choose another label, or say it where only your organisation reads.'
		);
		expect(sentenceOf(post(here, greekLead, id, 'red'))).toMatch(
			/^TLP:RED is for named people only: GR CSIRT, FR CSIRT cannot receive it as teams/
		);
	});
});

describe('what a message quotes', () => {
	it('[P8] hands on the strictest label, from what is stored', () => {
		const here = world();
		const id = open(here, { teams: [own.id, french.id] });
		const { message } = posted(here, greekLead, id, 'amber');
		const quoting = posted(here, greekPlayer, id, 'clear', { quotes: [message] });
		expect(quoting.tlp).toBe('amber');
		expect(quoting.quotes).toMatchObject([{ text: 'Odd logins', tlp: 'amber', by: 'GR CSIRT lead' }]);
		const again = posted(here, greekPlayer, id, 'green', { quotes: [quoting.message] });
		expect(again.tlp).toBe('amber');
		expect(again.sources.map((one) => one.message)).toEqual([quoting.message, message]);
	});

	it('[P8] who has AMBER from another organisation passes it on no further, also inside another message', () => {
		const here = world();
		const first = open(here, { teams: [own.id, french.id] });
		const second = open(here, { teams: [french.id, greekPort.id] });
		const { message } = posted(here, greekLead, first, 'amber');
		const refused = post(here, frenchLead, second, 'amber', { quotes: [message] });
		expect(sentenceOf(refused)).toBe(
			'TLP:AMBER does not let you pass this on to GR Port. Ask its originator to relax the label.'
		);
		const wrapped = posted(here, frenchLead, first, 'amber', { quotes: [message] });
		expect(answerOf(post(here, frenchLead, second, 'green', { quotes: [wrapped.message] }))).toBe(
			'forbidden'
		);
		// its originator may say it elsewhere
		const third = open(here, { teams: [own.id, greekPort.id] });
		expect(answerOf(post(here, greekLead, third, 'amber', { quotes: [message] }))).toBe('facts');
	});

	it('[P8] is not handed to who joined since, though it is the same channel', () => {
		const here = world();
		const id = open(here, { teams: [own.id, french.id] });
		const { message } = posted(here, greekLead, id, 'amber');
		expect(answerOf(post(here, frenchLead, id, 'amber', { quotes: [message] }))).toBe('facts');
		here.act(addMembers, director, { channel: id, teams: [greekPort.id], people: [] });
		expect(sentenceOf(post(here, frenchLead, id, 'amber', { quotes: [message] }))).toMatch(
			/pass this on to GR Port/
		);
		expect(answerOf(post(here, portPlayer, id, 'amber', { quotes: [message] }))).toBe('not-found');
	});

	it('[P8] RED stays in its exchange', () => {
		const here = world();
		const exchange = open(here, { people: [greekLead.accountId, frenchLead.accountId] }, 'private');
		const other = open(here, { people: [frenchLead.accountId, portPlayer.accountId] }, 'private');
		const { message } = posted(here, greekLead, exchange, 'red');
		expect(posted(here, frenchLead, exchange, 'clear', { quotes: [message] }).tlp).toBe('red');
		expect(answerOf(post(here, frenchLead, other, 'red', { quotes: [message] }))).toBe('forbidden');
	});

	it('[P2] is not there for who does not read it, and in another channel names no person', () => {
		const here = world();
		const first = open(here, { teams: [own.id, french.id] });
		const second = open(here, { teams: [french.id, greekPort.id] });
		const { message } = posted(here, greekLead, first, 'green');
		expect(answerOf(post(here, portPlayer, second, 'green', { quotes: [message] }))).toBe('not-found');
		const [quote] = posted(here, frenchLead, second, 'green', { quotes: [message] }).quotes!;
		expect(quote).toMatchObject({ by: null, from: { team: { name: 'GR CSIRT' } } });
	});

	it('[P8] over random chains: never a lower label than any part, and nobody has what its source kept from them', () => {
		const members = [own, sister, french, greekPort];
		const players = [greekLead, sisterPlayer, frenchLead, portPlayer];
		fc.assert(
			fc.property(
				fc.array(
					fc.record({
						who: fc.nat(players.length - 1),
						channel: fc.nat(2),
						tlp: fc.constantFrom<Tlp>('clear', 'green', 'amber', 'amber_strict'),
						quotes: fc.array(fc.nat(30), { maxLength: 2 })
					}),
					{ maxLength: 25 }
				),
				(steps) => {
					const here = world();
					const channels = [
						open(here, { teams: [own.id, french.id] }),
						open(here, { teams: [french.id, greekPort.id, sister.id] }),
						open(here, { teams: [own.id, sister.id] })
					];
					const made: MessageId[] = [];
					for (const { who, channel, tlp, quotes } of steps) {
						const wanted = [...new Set(quotes.flatMap((n) => made[n] ?? []))];
						const decision = post(here, players[who]!, channels[channel]!, tlp, { quotes: wanted });
						if ('refused' in decision) continue;
						const fact = factOf(decision, 'message-posted');
						made.push(fact.message);
						const parts = wanted.map((one) => here.messages.get(one)!.tlp);
						expect(isLower(fact.tlp, strictestTlp([tlp, ...parts]))).toBe(false);
						// AMBER or stricter reaches, beyond those who have it, only its originator's own choice or organisation
						for (const source of fact.sources) {
							if (source.tlp === 'clear' || source.tlp === 'green') continue;
							const origin = here.messages.get(source.message)!;
							const had = new Set(here.channels.get(origin.channel)!.members.teams.map((one) => one.id));
							const speaker = members.find((one) => one.id === fact.speaker)!;
							const originator = members.find((one) => one.id === source.team)!;
							for (const { id } of here.channels.get(fact.channel)!.members.teams) {
								const reader = members.find((one) => one.id === id)!;
								const same = (a: typeof reader, b: typeof reader) =>
									(a.organisationId ?? a.id) === (b.organisationId ?? b.id);
								const hadInBetween = fact.sources.some((one) => {
									const message = here.messages.get(one.message)!;
									return here.channels.get(message.channel)!.members.teams.some((had_) => had_.id === id);
								});
								expect(
									had.has(id) || hadInBetween || same(reader, speaker) || same(originator, speaker),
									`${source.tlp} of ${originator.name} to ${reader.name}`
								).toBe(true);
							}
						}
					}
				}
			),
			{ numRuns: 200 }
		);
	});
});

describe('corrections', () => {
	it('are new entries by the same team, which keep what the first one held of others', () => {
		const here = world();
		const id = open(here, { teams: [own.id, french.id] });
		const first = posted(here, frenchLead, id, 'amber');
		const second = posted(here, greekLead, id, 'amber', { quotes: [first.message] });
		const text = { text: 'No: only one login', rich: null };
		const correct = (actor: Actor, message: MessageId, tlp: Tlp) =>
			here.act(correctMessage, actor, { message, text, tlp });
		expect(answerOf(correct(frenchLead, second.message, 'amber'))).toBe('forbidden');
		expect(answerOf(correct(portPlayer, second.message, 'amber'))).toBe('not-found');
		const corrected = factOf(correct(greekPlayer, second.message, 'clear'), 'message-posted');
		expect(corrected).toMatchObject({ corrects: second.message, tlp: 'amber' });
		// what is the team's own it may open up itself
		expect(factOf(correct(frenchLead, first.message, 'green'), 'message-posted').tlp).toBe('green');
		expect(factOf(correct(greekPlayer, second.message, 'clear'), 'message-posted').tlp).toBe('green');
	});
});

describe('threads, mentions and files', () => {
	it('a reply to a reply stays in the one thread, and threads do not cross channels', () => {
		const here = world();
		const id = open(here, { teams: [own.id, french.id] });
		const other = open(here, { teams: [own.id] });
		const first = posted(here, greekLead, id, 'green').message;
		const reply = posted(here, frenchLead, id, 'green', { thread: first });
		expect(posted(here, greekLead, id, 'green', { thread: reply.message }).thread).toBe(first);
		expect(answerOf(post(here, greekLead, other, 'green', { thread: first }))).toBe('not-found');
	});

	it('[P2] who is mentioned is named in the channel; exercise control is not', () => {
		const here = world();
		const id = open(here, { teams: [own.id, french.id] });
		const mention = (who: AccountId) => answerOf(post(here, greekLead, id, 'green', { mentions: [who] }));
		expect(mention(frenchLead.accountId)).toBe('facts');
		expect(mention(portPlayer.accountId)).toBe('invalid');
		expect(mention(director.accountId)).toBe('invalid');
		expect(mention(idOf<AccountId>('nobody'))).toBe('invalid');
	});

	it('[P2] a file goes with one message, of who gave it, in the channel that it was given to', () => {
		const here = world();
		const id = open(here, { teams: [own.id, french.id] });
		const file = idOf<ChannelFileId>('file');
		const send = (actor: Actor, channel: ChannelId) =>
			answerOf(post(here, actor, channel, 'green', { files: [file], text: { text: '', rich: null } }));
		here.files.set(file, {
			file,
			channel: id,
			uploadedBy: greekLead.accountId,
			isPosted: false,
			name: 'indicators.csv',
			mediaType: 'text/csv',
			bytes: 10
		});
		expect(send(greekPlayer, id)).toBe('not-found');
		expect(send(greekLead, open(here, { teams: [own.id] }))).toBe('not-found');
		expect(send(greekLead, id)).toBe('facts');
		here.files.get(file)!.isPosted = true;
		expect(send(greekLead, id)).toBe('not-found');
	});

	it('says something', () => {
		const here = world();
		const id = open(here, { teams: [own.id, french.id] });
		expect(answerOf(post(here, greekLead, id, 'green', { text: { text: '', rich: null } }))).toBe('invalid');
	});
});

describe('summaries go up', () => {
	const staged = () => {
		const here = world();
		here.act(openStandardChannels, director, {});
		const of = (standard: string) => [...here.channels.values()].find((one) => one.standard === standard)!;
		return { here, csirts: of('csirts-network').id, cyclone: of('eu-cyclone').id };
	};
	const up = (here: World, actor: Actor, message: MessageId, tlp: Tlp = 'green') =>
		here.act(bringUp, actor, { message, text: { text: 'Ports are hit', rich: null }, tlp });

	it('by teams on duty, or by members of both; to the next network, with the link back', () => {
		const { here, csirts, cyclone: above } = staged();
		const { message } = posted(here, greekLead, csirts, 'green');
		expect(answerOf(up(here, greekLead, message))).toBe('forbidden');
		expect(answerOf(up(here, officer, message))).toBe('not-found');
		here.act(setDuty, director, { channel: csirts, teams: [own.id] });
		const fact = factOf(up(here, greekLead, message), 'message-posted');
		expect(fact).toMatchObject({
			channel: above,
			speaker: own.id,
			broughtFrom: { channel: csirts, name: 'CSIRTs network', message },
			sources: [{ message, team: own.id, tlp: 'green' }]
		});
		expect(fact.quotes).toBeUndefined();
		expect(factOf(up(here, both, message), 'message-posted').speaker).toBe(cyclone.id);
	});

	it('[P8] under the strictest label of what they sum up, and only by whom that lets', () => {
		const { here, csirts } = staged();
		here.act(setDuty, director, { channel: csirts, teams: [own.id, french.id] });
		const { message } = posted(here, greekLead, csirts, 'amber');
		expect(sentenceOf(up(here, frenchLead, message, 'clear'))).toMatch(
			/^TLP:AMBER does not let you pass this on to FR CMA/
		);
		expect(factOf(up(here, greekLead, message, 'clear'), 'message-posted').tlp).toBe('amber');
	});

	it('from the highest network there is nowhere to go', () => {
		const { here, cyclone: above } = staged();
		const { message } = posted(here, officer, above, 'green');
		expect(answerOf(up(here, officer, message))).toBe('not-now');
	});
});
