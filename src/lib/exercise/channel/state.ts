import { notFound, refuse, type Decision } from '../decision.ts';
import type { AccountId, ChannelFileId, ChannelId, MessageId, TeamId } from '../ids.ts';
import type { Actor, Exercise, Team } from '../exercise/schema.ts';
import { notInPlay } from '../team/commands.ts';
import { readsChannel, voiceIn, type Voice } from './access.ts';
import type { People } from './audience.ts';
import type { ChannelRow, Quote, Speaker, StoredChannelFile, StoredMessage, Teams } from './schema.ts';

/** What a command about channels is decided on. */
export interface ChannelState {
	exercise: Exercise;
	/** the channel that is named, or whose message it is; null: none here */
	channel: ChannelRow | null;
	/** every team of the exercise */
	teams: Teams;
	/** the people whom the command or the channel names, as they are in the exercise */
	people: People;
	/** the messages that are named */
	messages: ReadonlyMap<MessageId, StoredMessage>;
	/** the channels of those messages, the standard networks, and, where people are named, all */
	channels: ReadonlyMap<ChannelId, ChannelRow & { openedBy: AccountId | null }>;
	files: ReadonlyMap<ChannelFileId, StoredChannelFile>;
}

export const speakerOf = (voice: Pick<Voice, 'team'>, teams: ReadonlyMap<TeamId, Team>): Speaker => {
	const team = voice.team === null ? undefined : teams.get(voice.team);
	return team ? { team: { name: team.name, country: team.country } } : { control: true };
};

/**
 * Who wants to speak in a channel, as whom; or why not. Players speak while the exercise is in play; exercise control and
 * moderators also before and after, because that is when they arrange it.
 */
export function speaking(
	{ exercise }: Pick<ChannelState, 'exercise'>,
	channel: ChannelRow | null,
	actor: Actor,
	wanted?: TeamId
): { voice: Voice; channel: ChannelRow } | { refusal: Decision } {
	if (!channel || readsChannel(channel.members, actor) === null) return { refusal: notFound() };
	const voice = voiceIn(channel, actor, wanted);
	if (!voice) return { refusal: refuse('forbidden', 'You read along here: only members write.') };
	if (channel.isClosed) return { refusal: refuse('not-now', 'This channel is closed.') };
	const refusal = voice.team === null ? isOver(exercise) : notInPlay(exercise);
	return refusal ? { refusal } : { voice, channel };
}

export const isOver = (exercise: Exercise): Decision | null =>
	['closed', 'cancelled'].includes(exercise.state) ? refuse('not-now', 'The exercise is over.') : null;

/** The message, if the person reads it where it was said. */
export function readableMessage(
	{ messages, channels }: Pick<ChannelState, 'messages' | 'channels'>,
	wanted: MessageId,
	actor: Actor
): { message: StoredMessage; in: ChannelRow } | null {
	const message = messages.get(wanted);
	const channel = message && channels.get(message.channel);
	const joined = channel && readsChannel(channel.members, actor);
	return message && channel && joined && joined.since < message.sequence ? { message, in: channel } : null;
}

/** A message as it is shown inside another one. In another channel its author's name is nobody's business. */
export const quoteOf = (
	{ id, channel, team, by, text, tlp, at, wallAt }: StoredMessage,
	into: ChannelId,
	teams: Teams
): Quote & { message: MessageId } => ({
	message: id,
	from: speakerOf({ team }, teams),
	by: channel === into ? by : null,
	text,
	tlp,
	at,
	wallAt
});
