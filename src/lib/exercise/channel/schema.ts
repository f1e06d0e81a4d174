import type { AccountId, ChannelId, TeamId } from '../ids.ts';
import type { Role } from '../exercise/schema.ts';

/** Where several teams talk (DOMAIN 2.1, 6). A private one has named people, as TLP:RED wants it. */
export const channelKinds = ['network', 'political', 'sector', 'control', 'moderators', 'private'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/**
 * Who is in a channel. Its timeline is a document with one audience, so whoever comes later reads from the segment on that
 * was opened for them: `from`, never what was said to a smaller circle before.
 */
export interface ChannelMembers {
	teams: { id: TeamId; from: number }[];
	people: { id: AccountId; from: number }[];
	/** everybody with this role, from the beginning: `controller`, `moderator`, `observer` */
	roles: Role[];
}

export interface ChannelRow {
	id: ChannelId;
	kind: ChannelKind;
	name: string;
	members: ChannelMembers;
}
