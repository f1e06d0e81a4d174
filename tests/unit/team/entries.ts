import type { DeliveryId, EntryId } from '#lib/exercise/ids.ts';
import type { DeliveredInject } from '#lib/exercise/inject/schema.ts';
import { emptyRichText } from '#lib/exercise/rich-text.ts';
import type { EntryBody, TimelineEntry } from '#lib/exercise/timeline.ts';

export const minute = 60_000;
/** STARTEX of these tests, exercise time */
export const start = Date.UTC(2026, 10, 24, 9);

let order = 0;

/** An entry of a timeline, `minutes` after STARTEX; null: before it. */
export function entry(
	minutes: number | null,
	body: EntryBody,
	by: string | null = 'Ana Analyst'
): TimelineEntry {
	order++;
	return {
		id: `entry-${String(order).padStart(6, '0')}` as EntryId,
		exerciseAt: minutes === null ? null : start + minutes * minute,
		wallAt: start + (minutes ?? -60) * minute + 5,
		order,
		by,
		body
	};
}

export const deliveryId = (name: string) => `delivery-${name}` as DeliveryId;

/** An inject that reached the team at `minutes`, with limits in minutes after that; null: nothing asked. */
export function delivered(
	minutes: number,
	title: string,
	limits: { acknowledge?: number | null; respond?: number | null } = {}
): TimelineEntry {
	const at = start + minutes * minute;
	const due = (limit: number | null | undefined) =>
		limit === undefined || limit === null ? null : at + limit * minute;
	const inject: DeliveredInject = {
		title,
		from: 'Port authority',
		channel: 'email',
		tlp: 'amber',
		body: emptyRichText(),
		acknowledgementRequired: limits.acknowledge !== null,
		acknowledgeBy: due(limits.acknowledge),
		responseRequired: limits.respond !== undefined,
		respondBy: due(limits.respond)
	};
	return entry(minutes, { kind: 'inject', delivery: deliveryId(title), inject }, null);
}
