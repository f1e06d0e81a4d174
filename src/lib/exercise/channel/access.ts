import { isControl } from '../exercise/access.ts';
import type { Actor } from '../exercise/schema.ts';
import type { ChannelMembers } from './schema.ts';

/**
 * The first segment of a channel's timeline that somebody may read; null: the channel is not theirs. Exercise control
 * reads every channel of its exercise, also private ones: it runs the play (DOMAIN 6).
 */
export function readsChannelFrom(members: ChannelMembers, actor: Actor): number | null {
	if (isControl(actor)) return 0;
	const from: number[] = [];
	for (const { role, teamId } of actor.memberships) {
		if (members.roles.includes(role)) from.push(0);
		if (role !== 'player' || !teamId) continue;
		const team = members.teams.find((one) => one.id === teamId);
		if (team) from.push(team.from);
	}
	const person = actor.memberships.length > 0 && members.people.find((one) => one.id === actor.accountId);
	if (person) from.push(person.from);
	return from.length === 0 ? null : Math.min(...from);
}
