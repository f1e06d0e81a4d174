/** Response times: how long teams took, counted in exercise time. Pure arithmetic over deliveries. */

export interface DeliveryTimes {
	/** the team's name, unique in its exercise */
	team: string;
	/** what tells injects apart; never leaves the server */
	injectKey: string;
	/** the inject as the reader may know it */
	inject: string;
	releasedAt: number;
	/** due; null: not asked for, or without a limit */
	acknowledgeBy: number | null;
	respondBy: number | null;
	seenAt: number | null;
	acknowledgedAt: number | null;
	respondedAt: number | null;
}

export interface Spread {
	count: number;
	/** ms; null when nobody did */
	median: number | null;
	ninetieth: number | null;
	/** done after the limit, or not done though the limit has passed */
	overdue: number;
}

export interface TimesRow {
	/** what tells it apart from others of the same label; '' outside the server */
	key: string;
	label: string;
	deliveries: number;
	seen: number;
	acknowledged: Spread;
	responded: Spread;
}

export interface ResponseTimes {
	all: TimesRow;
	teams: TimesRow[];
	injects: TimesRow[];
}

/** `now` is exercise time: what is due later is not overdue yet. */
export function responseTimes(deliveries: readonly DeliveryTimes[], now: number): ResponseTimes {
	return {
		all: timesRow('', '', deliveries, now),
		teams: grouped(deliveries, 'team', 'team', now),
		injects: grouped(deliveries, 'injectKey', 'inject', now)
	};
}

function grouped(
	deliveries: readonly DeliveryTimes[],
	by: 'team' | 'injectKey',
	label: 'team' | 'inject',
	now: number
): TimesRow[] {
	const groups = new Map<string, DeliveryTimes[]>();
	for (const delivery of deliveries) {
		const group = groups.get(delivery[by]);
		if (group) group.push(delivery);
		else groups.set(delivery[by], [delivery]);
	}
	return [...groups].map(([key, own]) => timesRow(key, own[0]![label], own, now));
}

function timesRow(key: string, label: string, deliveries: readonly DeliveryTimes[], now: number): TimesRow {
	return {
		key,
		label,
		deliveries: deliveries.length,
		seen: deliveries.filter((delivery) => delivery.seenAt !== null).length,
		acknowledged: spread(deliveries, 'acknowledgedAt', 'acknowledgeBy', now),
		responded: spread(deliveries, 'respondedAt', 'respondBy', now)
	};
}

function spread(
	deliveries: readonly DeliveryTimes[],
	done: 'acknowledgedAt' | 'respondedAt',
	due: 'acknowledgeBy' | 'respondBy',
	now: number
): Spread {
	const times = timesOf(deliveries, done);
	return {
		count: times.length,
		median: shareBelow(times, 0.5),
		ninetieth: shareBelow(times, 0.9),
		overdue: deliveries.filter((delivery) => isOverdue(delivery[due], delivery[done], now)).length
	};
}

function isOverdue(due: number | null, done: number | null, now: number): boolean {
	return due !== null && (done ?? now) > due;
}

/** Sorted, in ms. A jump back of the clock makes no negative time. */
export function timesOf(
	deliveries: readonly DeliveryTimes[],
	done: 'acknowledgedAt' | 'respondedAt'
): number[] {
	return deliveries
		.flatMap((delivery) => {
			const at = delivery[done];
			return at === null ? [] : [Math.max(at - delivery.releasedAt, 0)];
		})
		.sort((a, b) => a - b);
}

/** The value below which this share of the sorted values lies, between neighbours by straight line. */
export function shareBelow(sorted: readonly number[], share: number): number | null {
	if (sorted.length === 0) return null;
	const position = (sorted.length - 1) * share;
	const low = Math.floor(position);
	const from = sorted[low]!;
	const to = sorted[Math.min(low + 1, sorted.length - 1)]!;
	return from + (to - from) * (position - low);
}

export const timesOrders = ['label', 'deliveries', 'acknowledged', 'responded', 'overdue'] as const;
export type TimesOrder = (typeof timesOrders)[number];

/** Sorted for the table and the chart; whoever never did it comes last, whichever way. */
export function sortTimes(rows: readonly TimesRow[], by: TimesOrder, down: boolean): TimesRow[] {
	const value = (row: TimesRow): number | null => {
		switch (by) {
			case 'deliveries':
				return row.deliveries;
			case 'acknowledged':
				return row.acknowledged.median;
			case 'responded':
				return row.responded.median;
			default:
				return row.acknowledged.overdue + row.responded.overdue;
		}
	};
	const direction = down ? -1 : 1;
	return [...rows].sort((a, b) => {
		const names = a.label.localeCompare(b.label, 'en', { numeric: true });
		if (by === 'label') return direction * names;
		const [first, second] = [value(a), value(b)];
		if (first === null || second === null) return first === second ? names : first === null ? 1 : -1;
		return direction * (first - second) || names;
	});
}
