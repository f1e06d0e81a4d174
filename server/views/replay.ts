import { and, eq, isNull, or } from 'drizzle-orm';
import { channelIn, documentRight, parseDocumentName, teamIn } from '#lib/exercise/documents.ts';
import { readsChannelFrom } from '#lib/exercise/channel/access.ts';
import { isForStaff, isPrivate } from '#lib/exercise/channel/schema.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { TeamId } from '#lib/exercise/ids.ts';
import { isForProjector, mayReplay, replaysDeliveries } from '#lib/exercise/replay/access.ts';
import { readChannels } from '../channels/rows.ts';
import type { Database } from '../database/open.ts';
import { document } from '../database/schema.ts';
import { readTeams } from '../exercises/teams.ts';
import { seesSituation } from './situation.ts';
import type { TimelineStart } from './timelines.ts';

/** One thing that can be looked at as it stood. `path`: its name behind the exercise's, which the address names too. */
export interface ReplaySource {
	path: string;
	/** its team, its channel's name; null: of none */
	team: TeamId | null;
	channel: string | null;
	/** may be shown to a room */
	projector: boolean;
	/** of a timeline: where its entries are; null: a page */
	timeline: TimelineStart | null;
}

export interface ReplayView {
	sources: ReplaySource[];
	/** the teams of these sources, by country and name */
	teams: Pick<Team, 'id' | 'name' | 'country'>[];
	deliveries: boolean;
	situation: boolean;
}

/**
 * What somebody may replay: every timeline that the reader may open now, and every page; asked of the function that opens
 * them (`documentRight`), one by one. What is not open to the reader is not in it, nor is its team.
 */
export async function replay(database: Database, exercise: Exercise, actor: Actor): Promise<ReplayView> {
	const [all, channels, rows, situation] = await Promise.all([
		readTeams(database.db, exercise.id),
		readChannels(database.db, exercise.id),
		// of a timeline its open segment, from which the others are found
		database.db
			.select({ name: document.name, timeline: document.timeline, segment: document.segment })
			.from(document)
			.where(
				and(eq(document.exerciseId, exercise.id), or(isNull(document.timeline), isNull(document.closedAt)))
			)
			.orderBy(document.name),
		seesSituation(database, exercise, actor)
	]);
	const teams = new Map(all.map((team) => [team.id as string, team]));
	const channelOf = new Map(channels.map((channel) => [channel.id as string, channel]));
	const sources = rows.flatMap(({ name, timeline, segment }): ReplaySource[] => {
		const ref = parseDocumentName(name);
		// a closed segment is found from its timeline, not by itself
		if (!ref || (ref.kind === 'timeline') !== (timeline !== null)) return [];
		const team = teams.get(teamIn(ref) ?? '');
		const channel = channelOf.get(channelIn(ref) ?? '');
		const right = documentRight(ref, actor, {
			settings: exercise.settings,
			...(team && { team }),
			...(channel && { channel: channel.members })
		});
		if (!mayReplay(ref, right, actor)) return [];
		const from = channel ? (readsChannelFrom(channel.members, actor) ?? 0) : 0;
		return [
			{
				path: (timeline ?? name).slice(`exercise/${exercise.id}/`.length),
				team: team?.id ?? null,
				channel: channel?.name ?? null,
				projector: isForProjector(
					ref,
					channel && { isPrivate: isPrivate(channel), isForStaff: isForStaff(channel.members) }
				),
				timeline:
					timeline === null ? null : { name: timeline, segment: segment ?? 0, ...(from > 0 && { from }) }
			}
		];
	});
	const shown = new Set(sources.map(({ team }) => team));
	return {
		sources,
		teams: all.filter(({ id }) => shown.has(id)).map(({ id, name, country }) => ({ id, name, country })),
		deliveries: replaysDeliveries(actor),
		situation
	};
}
