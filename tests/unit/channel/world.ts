import type { Decision, Moment } from '#lib/exercise/decision.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ChannelFileId, ChannelId, MessageId } from '#lib/exercise/ids.ts';
import { isLower } from '#lib/exercise/channel/messages.ts';
import { modeAfter } from '#lib/exercise/channel/mode.ts';
import { isChannelFact, type ChannelFact } from '#lib/exercise/channel/facts.ts';
import {
	noMembers,
	type ChannelRow,
	type StoredChannelFile,
	type StoredMessage
} from '#lib/exercise/channel/schema.ts';
import type { ChannelState } from '#lib/exercise/channel/state.ts';
import { exercise, idOf, startex, wallAtStart } from '../domain/factories.ts';

type Channel = ChannelRow & { openedBy: AccountId | null };

/** Channels as the server keeps them, in memory: facts are applied as it applies them, segments and numbers included. */
export class World {
	exercise: Exercise = exercise();
	readonly teams: Map<Team['id'], Team>;
	readonly people: Map<AccountId, Actor>;
	readonly channels = new Map<ChannelId, Channel>();
	readonly messages = new Map<MessageId, StoredMessage>();
	readonly files = new Map<ChannelFileId, StoredChannelFile>();
	/** of each message: the segment of its channel's timeline in which it lies */
	readonly segmentOf = new Map<MessageId, number>();
	readonly #open = new Map<ChannelId, { segment: number; entries: number }>();
	#sequence = 0;
	#minted = 0;

	constructor(teams: readonly Team[], people: readonly Actor[]) {
		this.teams = new Map(teams.map((team) => [team.id, team]));
		this.people = new Map(people.map((person) => [person.accountId, person]));
	}

	state(channel: ChannelId | null = null): ChannelState {
		const { teams, people, messages, channels, files } = this;
		return {
			exercise: this.exercise,
			channel: (channel && channels.get(channel)) ?? null,
			teams,
			people,
			messages,
			channels,
			files
		};
	}

	readonly moment: Moment = {
		wall: wallAtStart,
		exercise: startex,
		mint: <T extends string>() => idOf<T>(`minted_${this.#minted++}`)
	};

	/** A command about a channel, decided and, when it is not refused, applied. */
	act<Input>(
		command: { decide: (state: ChannelState, input: Input, actor: Actor, moment: Moment) => Decision },
		actor: Actor,
		input: Input
	): Decision {
		const { channel, message } = input as { channel?: ChannelId; message?: MessageId };
		const named = channel ?? (message && this.messages.get(message)?.channel) ?? null;
		const decision = command.decide(this.state(named), input, actor, this.moment);
		if ('facts' in decision)
			for (const fact of decision.facts) if (isChannelFact(fact)) this.apply(fact, actor);
		return decision;
	}

	apply(fact: ChannelFact, by: Actor): void {
		const sequence = ++this.#sequence;
		const channel = this.channels.get(fact.channel);
		switch (fact.kind) {
			case 'channel-opened': {
				const joined = { from: 0, since: sequence - 1 };
				const { teams, people, roles, moderators } = fact.members;
				this.channels.set(fact.channel, {
					id: fact.channel,
					kind: fact.channelKind,
					name: fact.name,
					standard: fact.standard,
					mode: fact.mode,
					duty: [],
					isClosed: false,
					openedBy: by.accountId,
					members: {
						...noMembers(),
						teams: teams.map((id) => ({ id, ...joined })),
						people: people.map(({ id }) => ({ id, ...joined })),
						roles,
						moderators
					}
				});
				this.#open.set(fact.channel, { segment: 0, entries: 1 });
				return;
			}
			case 'channel-members-added': {
				const open = this.#open.get(fact.channel)!;
				if (open.entries > 0) this.#open.set(fact.channel, { segment: open.segment + 1, entries: 1 });
				const joined = { from: this.#open.get(fact.channel)!.segment, since: sequence - 1 };
				channel!.members.teams.push(...fact.teams.map((id) => ({ id, ...joined })));
				channel!.members.people.push(...fact.people.map(({ id }) => ({ id, ...joined })));
				return;
			}
			case 'channel-members-removed': {
				const gone = new Set<string>([...fact.teams, ...fact.people.map((one) => one.id)]);
				channel!.members.teams = channel!.members.teams.filter((one) => !gone.has(one.id));
				channel!.members.people = channel!.members.people.filter((one) => !gone.has(one.id));
				return;
			}
			case 'channel-duty-set':
				channel!.duty = fact.teams;
				return;
			case 'channel-closed':
				channel!.isClosed = true;
				return;
			case 'message-posted': {
				const open = this.#open.get(fact.channel)!;
				open.entries++;
				this.segmentOf.set(fact.message, open.segment);
				const earlier = this.messages.get((fact.relaxes ?? fact.corrects)!);
				if (earlier && isLower(fact.tlp, earlier.tlp)) {
					earlier.tlp = fact.tlp;
					for (const one of this.messages.values())
						for (const source of one.sources) if (source.message === earlier.id) source.tlp = fact.tlp;
				}
				this.messages.set(fact.message, {
					id: fact.message,
					channel: fact.channel,
					sequence,
					tlp: fact.tlp,
					author: by.accountId,
					team: fact.speaker,
					thread: fact.thread ?? null,
					sources: fact.sources.map((one) => ({ ...one })),
					text: fact.text,
					rich: fact.rich ?? null,
					by: fact.named ? by.name : null,
					at: startex,
					wallAt: wallAtStart
				});
				return;
			}
			default:
				channel!.mode = modeAfter(
					channel!.mode,
					fact,
					{ account: by.accountId, name: by.name },
					{ at: startex, wallAt: wallAtStart }
				);
		}
	}
}
