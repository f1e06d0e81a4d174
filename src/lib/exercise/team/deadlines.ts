import type { DeliveryId } from '../ids.ts';
import type { OpenItem } from '../working/record.ts';
import type { InjectItem } from './room.ts';

/** Something that an inject asks of a team. Times are exercise time, so pauses and jumps of the clock move it (DOMAIN 4.3). */
export interface Deadline {
	delivery: DeliveryId;
	title: string;
	asks: 'acknowledge' | 'respond';
	/** when it was released */
	from: number;
	/** null: asked for, without a limit */
	by: number | null;
	/** null: not yet */
	doneAt: number | null;
}

/** How a deadline stands; `ms` is what is left, or how late it is or was. */
export type Standing =
	| { state: 'waiting'; ms: number | null }
	| { state: 'overdue'; ms: number }
	| { state: 'met'; ms: number | null }
	| { state: 'late'; ms: number };

export function deadlinesOf(item: InjectItem): Deadline[] {
	const { delivery, inject, acknowledged, responses } = item;
	// what was taken back asks nothing any more, and was never late
	if (item.recalled) return [];
	const from = item.at ?? 0;
	const base = { delivery, title: inject.title, from };
	const found: Deadline[] = [];
	if (inject.acknowledgementRequired)
		found.push({
			...base,
			asks: 'acknowledge',
			by: inject.acknowledgeBy,
			doneAt: acknowledged ? (acknowledged.at ?? from) : null
		});
	if (inject.responseRequired)
		found.push({
			...base,
			asks: 'respond',
			by: inject.respondBy,
			doneAt: responses[0] ? (responses[0].at ?? from) : null
		});
	return found;
}

/** Exactly at its time a deadline is still kept. Before STARTEX (`now` null) nothing is late. */
export function standingOf({ by, doneAt }: Pick<Deadline, 'by' | 'doneAt'>, now: number | null): Standing {
	if (doneAt !== null) {
		if (by === null) return { state: 'met', ms: null };
		return doneAt > by ? { state: 'late', ms: doneAt - by } : { state: 'met', ms: by - doneAt };
	}
	if (by === null || now === null) return { state: 'waiting', ms: null };
	return now > by ? { state: 'overdue', ms: now - by } : { state: 'waiting', ms: by - now };
}

/** What still waits for the team: the most urgent first, what has no limit last. */
export function openDeadlines(injects: readonly InjectItem[]): Deadline[] {
	return injects
		.flatMap(deadlinesOf)
		.filter((deadline) => deadline.doneAt === null)
		.sort(
			(a, b) =>
				(a.by ?? Number.POSITIVE_INFINITY) - (b.by ?? Number.POSITIVE_INFINITY) ||
				a.from - b.from ||
				(a.asks < b.asks ? -1 : 1)
		);
}

/** The share of the time that is used up, 0 to 1. */
export function shareUsed({ from, by }: Deadline, now: number | null): number {
	if (by === null || now === null || by <= from) return 0;
	return Math.min(Math.max((now - from) / (by - from), 0), 1);
}

/** The stage of a delivery as the team sees it (DOMAIN 7.3); `overdue` while something it asks for is late. */
export function stageOf(
	item: InjectItem,
	now: number | null
): 'delivered' | 'acknowledged' | 'responded' | 'overdue' | 'recalled' {
	if (item.recalled) return 'recalled';
	if (deadlinesOf(item).some((deadline) => standingOf(deadline, now).state === 'overdue')) return 'overdue';
	if (item.responses.length > 0) return 'responded';
	return item.acknowledged ? 'acknowledged' : 'delivered';
}

/** Waits for an acknowledgement or a response. */
export const waits = (item: InjectItem): boolean =>
	deadlinesOf(item).some((deadline) => deadline.doneAt === null);

export const asksAcknowledgement = ({ inject, acknowledged, recalled }: InjectItem): boolean =>
	inject.acknowledgementRequired && !acknowledged && !recalled;

/** The inject that the key for acknowledging means: the one that has waited longest. */
export function firstUnacknowledged(injects: readonly InjectItem[]): InjectItem | null {
	return injects.findLast(asksAcknowledgement) ?? null;
}

/** The inject that the key for responding means: asked for soonest, else the newest that was not responded to. */
export function firstUnanswered(injects: readonly InjectItem[]): InjectItem | null {
	const next = openDeadlines(injects).find((deadline) => deadline.asks === 'respond');
	return (
		injects.find((item) => item.delivery === next?.delivery) ??
		injects.find((item) => item.responses.length === 0 && !item.recalled) ??
		null
	);
}

/** So long before its time a deadline is near: exercise time, ms. */
export const nearMs = 5 * 60_000;

/** Deadlines that are near, or over, and not kept yet. Each is told twice: `key` says which of the two it is. */
export function pressingDeadlines(
	injects: readonly InjectItem[],
	now: number | null
): { key: string; deadline: Deadline; state: 'near' | 'over' }[] {
	if (now === null) return [];
	return openDeadlines(injects).flatMap((deadline) => {
		const { by, from, delivery, asks } = deadline;
		if (by === null) return [];
		// what was asked for at once has been near from the beginning: that it came has been told
		const near = by - from > nearMs && now >= by - nearMs;
		const state = now > by ? 'over' : near ? 'near' : null;
		return state === null ? [] : [{ key: `${delivery} ${asks} ${state}`, deadline, state }];
	});
}

/** A report that the law asks for takes hours to write, and a signature: so long before its time it is near. Exercise time, ms. */
export const statutoryNearMs = 3 * 3_600_000;
/** Of what has no beginning to count from: a task, a request, a decision to look at again. */
const itemNearMs = 15 * 60_000;

export type ItemStanding =
	{ state: 'waiting'; ms: number | null } | { state: 'near' | 'overdue'; ms: number };

/**
 * How something that is open stands to its time: `ms` is what is left, or how late it is (exercise time). Reports under
 * NIS2 Art. 23 are near hours before.
 */
export function itemStanding(
	{ of, dueAt }: Pick<OpenItem, 'of' | 'dueAt'>,
	now: number | null
): ItemStanding {
	const standing = standingOf({ by: dueAt, doneAt: null }, now);
	if (standing.state === 'overdue') return standing;
	const ms = standing.ms;
	const near = of === 'notification' ? statutoryNearMs : itemNearMs;
	return ms !== null && ms <= near ? { state: 'near', ms } : { state: 'waiting', ms };
}

/** Statutory reports that are near, or late, and not sent yet; told twice each, as what injects ask for. */
export function pressingReports(
	items: readonly OpenItem[],
	now: number | null
): { key: string; item: OpenItem }[] {
	return items.flatMap((item) => {
		if (item.of !== 'notification') return [];
		const { state } = itemStanding(item, now);
		return state === 'waiting' ? [] : [{ key: `${item.id} ${item.state} ${state}`, item }];
	});
}
