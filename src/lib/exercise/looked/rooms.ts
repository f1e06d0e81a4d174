import { countryCodes } from '#lib/standards/countries.ts';
import { readsChannelFrom } from '../channel/access.ts';
import type { ChannelMembers } from '../channel/schema.ts';
import type { Audience, Channel } from '../documents.ts';
import { isControl, moderatesCountry, readsTeam, seesConsole } from '../exercise/access.ts';
import type { Actor, Team } from '../exercise/schema.ts';
import { idPattern, type TeamId } from '../ids.ts';

/** A room by its key: `control`, `team/<id>`, `channel/<id>`. What is remembered of it is when somebody last looked. */
export type RoomKey = string;

export function roomKey(audience: Audience): RoomKey {
	if (audience.to === 'control') return 'control';
	return audience.to === 'channel' ? `channel/${audience.channel}` : `${audience.to}/${audience.team}`;
}

const ownChannels = new Set<string>(['everyone', ...countryCodes]);

/** Null: no room has this key. */
export function parseRoomKey(key: string): Audience | null {
	if (key === 'control') return { to: 'control' };
	const [to, id, ...rest] = key.split('/');
	if (rest.length > 0 || !id) return null;
	if (to === 'team') return idPattern.test(id) ? { to, team: id as TeamId } : null;
	if (to === 'channel')
		return ownChannels.has(id) || idPattern.test(id) ? { to, channel: id as Channel } : null;
	return null;
}

/** Whether somebody may be in a room at all: for others it does not exist. */
export function mayLook(
	room: Audience,
	actor: Actor,
	known: { team?: Pick<Team, 'id' | 'country'> | null; channel?: ChannelMembers | null }
): boolean {
	if (room.to === 'control') return seesConsole(actor);
	if (room.to === 'team') return known.team?.id === room.team && readsTeam(actor, known.team);
	// nobody asks what is new there: evaluators have it beside the team's own timeline
	if (room.to === 'evaluation') return false;
	if (room.channel === 'everyone') return actor.memberships.length > 0;
	if (countryCodes.some((code) => code === room.channel))
		return isControl(actor) || moderatesCountry(actor, room.channel as Team['country']);
	return Boolean(known.channel) && readsChannelFrom(known.channel!, actor) !== null;
}
