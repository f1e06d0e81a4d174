import { describe, expect, it } from 'vitest';
import type { Tlp } from '#lib/standards/tlp.ts';
import { addMembers, openChannel } from '#lib/exercise/channel/members.ts';
import { postMessage } from '#lib/exercise/channel/messages.ts';
import type { Actor, Role } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, MessageId, RecordId, TeamId } from '#lib/exercise/ids.ts';
import { isChannelFact } from '#lib/exercise/channel/facts.ts';
import {
	declineRelax,
	grantRelax,
	requestRelax,
	type LabelState
} from '#lib/exercise/relaxation/commands.ts';
import { relaxationRecord, type Relaxation, type RelaxationFact } from '#lib/exercise/relaxation/schema.ts';
import type { Decision } from '#lib/exercise/decision.ts';
import { sidesOf } from '#lib/exercise/working/kinds.ts';
import { bareOf } from '#lib/exercise/working/record.ts';
import {
	answerOf,
	director,
	exercise,
	factOf,
	factsOf,
	french,
	frenchLead,
	greek,
	greekLead,
	greekModerator,
	greekPlayer,
	greekPort,
	observer,
	person,
	sentenceOf,
	startex,
	teams,
	wallAtStart
} from '../domain/factories.ts';
import { World } from './world.ts';

const portPlayer = person('GR Port officer', { role: 'player', teamId: greekPort.id });
const cast = [director, greekModerator, greekLead, greekPlayer, frenchLead, portPlayer, observer];
const nobody = { teams: [], people: [], roles: [] as Role[], moderators: [] };

/** A label's exchange as the server keeps it, beside the world of channels. */
class Labels {
	readonly world = new World(teams, cast);
	readonly records = new Map<RecordId, { team: TeamId; standing: Relaxation; about: MessageId }>();

	open(of: readonly TeamId[]): ChannelId {
		return factOf(
			this.world.act(openChannel, director, {
				name: `Channel ${this.world.channels.size}`,
				kind: 'sector',
				...nobody,
				teams: [...of] as never
			}),
			'channel-opened'
		).channel;
	}

	post(actor: Actor, channel: ChannelId, tlp: Tlp, quotes: MessageId[] = []): Decision {
		const text = { text: 'Odd logins at the port', rich: null };
		return this.world.act(postMessage, actor, { channel, text, tlp, quotes, files: [], mentions: [] });
	}
	posted(...of: Parameters<Labels['post']>): MessageId {
		return factOf(this.post(...of), 'message-posted').message;
	}

	ask(actor: Actor, message: MessageId, wanted: Tlp, quote?: MessageId): Decision {
		const about = this.world.messages.get(quote ?? message) ?? null;
		const input = { message, wanted, reason: 'For our ministry', ...(quote && { quote: 0 }) };
		return this.#carryOut(
			requestRelax.decide(this.state(null, about?.id), input, actor, this.world.moment),
			actor
		);
	}
	grant(actor: Actor, record: RecordId): Decision {
		return this.#carryOut(
			grantRelax.decide(this.state(record), { record, note: '' }, actor, this.world.moment),
			actor
		);
	}
	decline(actor: Actor, record: RecordId): Decision {
		const input = { record, reason: 'Not yet' };
		return this.#carryOut(declineRelax.decide(this.state(record), input, actor, this.world.moment), actor);
	}

	state(record: RecordId | null, message?: MessageId): LabelState {
		const stored = record ? this.records.get(record) : undefined;
		const about = stored?.about ?? message;
		return {
			...this.world.state(),
			about: (about && this.world.messages.get(about)) || null,
			report: null,
			kept: null,
			record: stored
				? {
						id: record!,
						team: stored.team,
						standing: stored.standing,
						others: [...this.records]
							.filter(([id, one]) => id !== record && one.about === stored.about)
							.map(([id, one]) => ({ team: one.team, record: id }))
					}
				: null,
			isAsked: [...this.records.values()].some(
				(one) => one.about === about && one.standing.direction === 'sent' && one.standing.state === 'asked'
			)
		};
	}

	/** The only record of a team. */
	of(team: TeamId): RecordId {
		return [...this.records].find(([, one]) => one.team === team)![0];
	}
	standing(team: TeamId): Relaxation {
		return this.records.get(this.of(team))!.standing;
	}

	#carryOut(decision: Decision, by: Actor): Decision {
		if ('refused' in decision) return decision;
		for (const fact of decision.facts) {
			if (isChannelFact(fact)) {
				this.world.apply(fact, by);
				continue;
			}
			const own = fact as RelaxationFact;
			for (const { record, team, side } of sidesOf(own)) {
				const known = this.records.get(record);
				const standing = relaxationRecord.evolve(known?.standing ?? null, {
					fact: bareOf(own),
					side: own.byControl ? 'other' : side,
					by: own.byControl ? null : by.name,
					at: startex,
					wallAt: wallAtStart
				});
				const about = known?.about ?? (own.unseen!['message'] as MessageId);
				this.records.set(record, { team, standing, about });
			}
		}
		return decision;
	}
}

function staged(tlp: Tlp = 'amber') {
	const labels = new Labels();
	const channel = labels.open([greek.id, french.id]);
	return { labels, channel, message: labels.posted(greekLead, channel, tlp) };
}

describe('asking a source to relax its label', () => {
	it('[P8] a granted request is a new entry by the source, and only then it goes further', () => {
		const { labels, channel, message } = staged();
		const elsewhere = labels.open([french.id, greekPort.id]);
		expect(answerOf(labels.post(frenchLead, elsewhere, 'green', [message]))).toBe('forbidden');
		expect(answerOf(labels.ask(frenchLead, message, 'green'))).toBe('facts');
		expect(labels.standing(greek.id)).toMatchObject({
			direction: 'received',
			state: 'asked',
			tlp: 'amber',
			wanted: 'green',
			about: { excerpt: 'Odd logins at the port', from: { team: { name: 'GR CSIRT' } } }
		});
		expect(answerOf(labels.post(frenchLead, elsewhere, 'green', [message]))).toBe('forbidden');
		const said = factOf(labels.grant(greekPlayer, labels.of(greek.id)), 'message-posted');
		expect(said).toMatchObject({
			channel,
			tlp: 'green',
			relaxes: message,
			speaker: greek.id,
			text: 'Odd logins at the port'
		});
		expect(labels.standing(french.id)).toMatchObject({ direction: 'sent', state: 'granted' });
		expect(answerOf(labels.post(frenchLead, elsewhere, 'green', [said.message]))).toBe('facts');
		expect(answerOf(labels.post(frenchLead, elsewhere, 'green', [message]))).toBe('facts');
	});

	it('a declined one changes nothing; each is answered once', () => {
		const { labels, message } = staged();
		labels.ask(frenchLead, message, 'green');
		const record = labels.of(greek.id);
		expect(answerOf(labels.decline(greekLead, record))).toBe('facts');
		expect(labels.standing(french.id)).toMatchObject({ state: 'declined', answer: { text: 'Not yet' } });
		expect(answerOf(labels.grant(greekLead, record))).toBe('stale');
		expect(labels.world.messages.get(message)!.tlp).toBe('amber');
		expect(answerOf(labels.ask(frenchLead, message, 'green'))).toBe('facts');
	});

	it('[P2] is answered by the source alone', () => {
		const { labels, message } = staged();
		labels.ask(frenchLead, message, 'green');
		const record = labels.of(greek.id);
		for (const actor of [director, greekModerator, portPlayer, observer])
			expect(answerOf(labels.grant(actor, record)), actor.name).toBe('not-found');
		expect(answerOf(labels.grant(frenchLead, labels.of(french.id)))).toBe('forbidden');
	});

	it.each<[string, Actor, Tlp, string]>([
		['by who does not read it', portPlayer, 'green', 'not-found'],
		['by exercise control, which is no team', director, 'green', 'forbidden'],
		['by its own team, which corrects it', greekPlayer, 'green', 'invalid'],
		['for the label that it has', frenchLead, 'amber', 'invalid'],
		['for a stricter one', frenchLead, 'red', 'invalid']
	])('not %s', (_why, actor, wanted, answer) => {
		const { labels, message } = staged();
		expect(answerOf(labels.ask(actor, message, wanted))).toBe(answer);
	});

	it('not twice at once, not after play, and not about RED', () => {
		const { labels, message } = staged();
		labels.ask(frenchLead, message, 'green');
		expect(answerOf(labels.ask(frenchLead, message, 'clear'))).toBe('stale');
		labels.world.exercise = exercise('ended');
		expect(answerOf(labels.ask(frenchLead, message, 'clear'))).toBe('not-now');
		labels.world.exercise = exercise();
		const exchange = factOf(
			labels.world.act(openChannel, director, {
				name: 'A word',
				kind: 'private',
				...nobody,
				people: [greekLead.accountId, frenchLead.accountId] as never
			}),
			'channel-opened'
		).channel;
		const red = labels.posted(greekLead, exchange, 'red');
		expect(sentenceOf(labels.ask(frenchLead, red, 'amber'))).toMatch(/stays between its people/);
	});

	it('[P8] what holds words of others needs the consent of each: their own label is relaxed first', () => {
		const labels = new Labels();
		const channel = labels.open([greek.id, french.id, greekPort.id]);
		const first = labels.posted(greekLead, channel, 'amber');
		const second = labels.posted(frenchLead, channel, 'amber', [first]);
		expect(sentenceOf(labels.ask(portPlayer, second, 'green'))).toBe(
			'It holds what GR CSIRT said under TLP:AMBER: that has to be relaxed first, by GR CSIRT.'
		);
		// the quoted one’s source is asked, through what was read
		expect(answerOf(labels.ask(portPlayer, second, 'green', first))).toBe('facts');
		factsOf(labels.grant(greekLead, labels.of(greek.id)));
		labels.records.clear();
		expect(answerOf(labels.ask(portPlayer, second, 'green'))).toBe('facts');
		const said = factOf(labels.grant(frenchLead, labels.of(french.id)), 'message-posted');
		expect(said).toMatchObject({ tlp: 'green', relaxes: second });
	});

	it('what exercise control said is relaxed by exercise control, without a name', () => {
		const labels = new Labels();
		const channel = labels.open([greek.id, french.id]);
		const message = labels.posted(director, channel, 'amber');
		labels.ask(frenchLead, message, 'green');
		const record = labels.of(french.id);
		expect(answerOf(labels.grant(greekLead, record))).toBe('not-found');
		expect(answerOf(labels.grant(frenchLead, record))).toBe('forbidden');
		const said = factOf(labels.grant(director, record), 'message-posted');
		expect(said).toMatchObject({ from: { control: true }, named: false, tlp: 'green' });
		expect(labels.standing(french.id)).toMatchObject({ state: 'granted', answer: { by: null } });
	});

	it('newcomers, who never had it, ask for nothing', () => {
		const { labels, channel, message } = staged();
		labels.world.act(addMembers, director, { channel, teams: [greekPort.id], people: [] });
		expect(answerOf(labels.ask(portPlayer, message, 'green'))).toBe('not-found');
	});
});
