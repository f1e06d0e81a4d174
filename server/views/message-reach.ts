import type { CountryCode } from '#lib/standards/countries.ts';
import { strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import { voiceIn } from '#lib/exercise/channel/access.ts';
import { partyOfVoice } from '#lib/exercise/channel/audience.ts';
import { labelled } from '#lib/exercise/channel/messages.ts';
import type { Teams } from '#lib/exercise/channel/schema.ts';
import { readableMessage } from '#lib/exercise/channel/state.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { sentenceIn } from '#lib/exercise/real/words.ts';
import type { ChannelId, MessageId, TeamId } from '#lib/exercise/ids.ts';
import { channelPlace, reach } from '#lib/exercise/sharing/reach.ts';
import { readChannels, readMessages, type StoredChannel } from '../channels/rows.ts';
import type { Database } from '../database/open.ts';
import { readEverybody } from '../exercises/actor.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';

/** Where something would be said, under which label. */
export interface ReachWanted {
	tlp: Tlp;
	channel: ChannelId;
	/** messages that it quotes: their labels count */
	quotes?: readonly MessageId[];
	/** for which team it is said; none: the first that fits, or exercise control */
	from?: TeamId;
}

/** How far it goes, before it is sent. */
export interface MessageReach {
	/** the label that it would get: with what it quotes */
	tlp: Tlp;
	/** without exercise control, which reads everything in play and is counted for nobody */
	people: number;
	countries: CountryCode[];
	/** why it cannot be sent so; null: it can */
	refusal: string | null;
}

/**
 * How many people, in which countries, would read something: asked of the same functions that let it through and that open
 * it to readers, so that the number is what happens. Who does not speak in a channel is told that it is not there.
 */
export async function messageReach(
	{ db }: Pick<Database, 'db'>,
	exercise: Exercise,
	actor: Actor,
	{ tlp: wanted, channel, quotes = [], from }: ReachWanted
): Promise<MessageReach> {
	const [all, channels, everybody] = await Promise.all([
		readTeams(db, exercise.id),
		readChannels(db, exercise.id),
		readEverybody(db, exercise.id)
	]);
	const teams: Teams = new Map(all.map((team) => [team.id, team]));
	const byId = new Map(channels.map((one) => [one.id, one]));
	const found = byId.get(channel);
	const voice = found && voiceIn(found, actor, from);
	if (!found || !voice) throw noExercise();
	const quoted = await quotedMessages(db, exercise, byId, actor, quotes);
	const checked = labelled(
		{ teams, people: everybody, channels: byId },
		{ channel: found, voice, tlp: wanted, quoted }
	);
	const tlp = strictestTlp([
		wanted,
		...quoted.flatMap((one) => [one.tlp, ...one.sources.map((part) => part.tlp)])
	]);
	const { people, countries } = reach({ tlp, from: partyOfVoice(voice, teams) }, [
		channelPlace(found.members, everybody, teams)
	]);
	return {
		tlp,
		people,
		countries,
		refusal: 'refused' in checked ? sentenceIn(exercise.kind, checked.refused.message) : null
	};
}

async function quotedMessages(
	db: Database['db'],
	exercise: Exercise,
	channels: ReadonlyMap<ChannelId, StoredChannel>,
	actor: Actor,
	wanted: readonly MessageId[]
) {
	const messages = await readMessages(db, exercise.id, wanted);
	return wanted.map((one) => {
		const found = readableMessage({ messages, channels }, one, actor);
		if (!found) throw noExercise();
		return found.message;
	});
}
