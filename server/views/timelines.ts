import { and, eq, inArray, isNull } from 'drizzle-orm';
import { timelineName, type Audience, type OpenChannel } from '#lib/exercise/documents.ts';
import { consoleScope, isControl } from '#lib/exercise/exercise/access.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import type { Database } from '../database/open.ts';
import { document } from '../database/schema.ts';

/** What a browser needs to open a timeline: its name, and the number of the segment that is being written. */
export interface TimelineStart {
	name: string;
	segment: number;
}

/** The segment that is being written; 0 for a timeline that has no row (it then opens as "not found"). */
export async function openSegment(database: Database, name: string): Promise<number> {
	return (await openSegments(database, [name]))[0]!.segment;
}

export async function openSegments(database: Database, names: readonly string[]): Promise<TimelineStart[]> {
	if (names.length === 0) return [];
	const rows = await database.db
		.select({ timeline: document.timeline, segment: document.segment })
		.from(document)
		.where(and(inArray(document.timeline, [...names]), isNull(document.closedAt)));
	const open = new Map(rows.map((row) => [row.timeline, row.segment ?? 0]));
	return names.map((name) => ({ name, segment: open.get(name) ?? 0 }));
}

/** Announcements and every change of the clock, or what the simulated media show: read by all who take part. */
export async function openTimeline(
	database: Database,
	exercise: ExerciseId,
	channel: OpenChannel
): Promise<TimelineStart> {
	const [start] = await openSegments(database, [timelineName(exercise, { to: 'channel', channel })]);
	return start!;
}

/** What the console's timeline is made of: exercise control's own, or the channels of a moderator's countries. */
export async function consoleTimelines(
	database: Database,
	exercise: ExerciseId,
	actor: Actor
): Promise<TimelineStart[]> {
	const audiences: Audience[] = isControl(actor)
		? [{ to: 'control' }]
		: [...(consoleScope(actor) ?? [])].map((country) => ({ to: 'channel', channel: country }));
	const names = audiences.map((audience) => timelineName(exercise, audience));
	const existing = await database.db
		.select({ name: document.timeline })
		.from(document)
		.where(
			and(eq(document.exerciseId, exercise), inArray(document.timeline, names), isNull(document.closedAt))
		);
	const known = new Set(existing.map((row) => row.name));
	// a country without teams has no channel yet
	return openSegments(
		database,
		names.filter((name) => known.has(name))
	);
}
