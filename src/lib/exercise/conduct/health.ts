/*
 * How the system does, in words that a person who looks up at a wall understands: well, look at it, act. From what was
 * measured at this moment; nothing is assumed to be well because nobody measured it.
 */
export interface HealthFigures {
	/** how long the database took to answer, ms */
	databaseMs: number;
	/** requests that wait for a connection to it */
	databaseWaiting: number;
	scheduleAlive: boolean;
	/** how late the latest injects were that were due by the clock, or that still wait for the schedule: wall ms */
	scheduleLateMs: number;
	mail: { isSetUp: boolean; queued: number; failed: number; oldestMs: number };
	/** nodes that serve, and what is open at the one that answers */
	nodes: number;
	eventSockets: number;
	documentSockets: number;
	/** pages that are read-only because a stored change is damaged */
	damaged: number;
}

export const healthParts = ['database', 'schedule', 'mail', 'sockets'] as const;
export type HealthPart = (typeof healthParts)[number];
export type HealthState = 'well' | 'watch' | 'act';

/** The promises that each is measured by. */
export const healthLimits = {
	/** a page asks some ten times: together they are still felt as at once */
	databaseWatchMs: 150,
	databaseActMs: 2000,
	/** P5: normally at most 2 s; more than a minute waits for a controller */
	scheduleWatchMs: 2000,
	scheduleActMs: 60_000,
	mailWatchMs: 5 * 60_000,
	mailActMs: 30 * 60_000
} as const;

export function healthOf(figures: HealthFigures): Record<HealthPart, HealthState> {
	const { databaseMs, databaseWaiting, scheduleAlive, scheduleLateMs, mail, nodes, damaged } = figures;
	const limits = healthLimits;
	const by = (value: number, watch: number, act: number): HealthState =>
		value > act ? 'act' : value > watch ? 'watch' : 'well';
	return {
		database: worst(
			by(databaseMs, limits.databaseWatchMs, limits.databaseActMs),
			databaseWaiting > 0 ? 'watch' : 'well'
		),
		schedule: scheduleAlive ? by(scheduleLateMs, limits.scheduleWatchMs, limits.scheduleActMs) : 'act',
		mail: !mail.isSetUp
			? 'well'
			: worst(mail.failed > 0 ? 'watch' : 'well', by(mail.oldestMs, limits.mailWatchMs, limits.mailActMs)),
		sockets: damaged > 0 ? 'act' : nodes === 0 ? 'watch' : 'well'
	};
}

const order: readonly HealthState[] = ['well', 'watch', 'act'];
export const worst = (...states: HealthState[]): HealthState =>
	order[Math.max(...states.map((state) => order.indexOf(state)))] ?? 'well';
