import { nextReportDue, type ReportRhythm } from '../report/due.ts';
import { evolveCase, type Notification, type NotificationFact } from '../notification/schema.ts';
import { openClocks, reportClocks } from '../notification/standing.ts';
import type { MarkAnswer, SeenAnswer } from '#lib/standards/evaluation.ts';
import type { Team } from '../exercise/schema.ts';
import type { FactKind, Recorded } from '../facts.ts';
import type { TeamId } from '../ids.ts';
import { isWorkingFact, sidesOf } from '../working/kinds.ts';

/*
 * From facts, in order and one after the other, to what is measured: nothing is kept of a fact but what the figures need,
 * so that an exercise of 600,000 facts is read in batches. All times are exercise time, ms.
 */

/** The facts on which the figures stand; others change nothing. */
export const measuredKinds = [
	'inject-released',
	'inject-recalled',
	'delivery-acknowledged',
	'delivery-responded',
	'action-marked',
	'action-observed',
	'log-added',
	'message-posted',
	'report-approved',
	'report-rhythm-set',
	'notification-opened',
	'notification-corrected',
	'notification-submitted',
	'notification-report-requested',
	'notification-begun',
	'notification-handled',
	'notification-closed',
	'notification-withdrawn'
] as const satisfies readonly FactKind[];

export interface MeasuredDelivery {
	team: TeamId;
	objectives: readonly string[];
	releasedAt: number;
	acknowledgeBy: number | null;
	respondBy: number | null;
	acknowledgedAt: number | null;
	respondedAt: number | null;
	/** null: not open to the reader */
	actions: MeasuredAction[] | null;
}

/** An expected action of a delivered inject at one team. */
export interface MeasuredAction {
	action: string;
	/** what who ran the exercise or led the table said last; null: nothing */
	marked: MarkAnswer | null;
	/** what an evaluator said last; null: nothing, or not open to the reader */
	seen: SeenAnswer | null;
}

/** A report that was due, or came without being due. */
export interface MeasuredReport {
	team: TeamId;
	of: 'situation' | 'nis2';
	/** null: nobody asked for it by a time */
	due: number | null;
	/** null: still missing */
	at: number | null;
}

export const loadKinds = ['deliveries', 'log', 'messages', 'reports'] as const;
export type LoadKind = (typeof loadKinds)[number];
export type Load = Record<LoadKind, number>;
export const noLoad = (): Load => ({ deliveries: 0, log: 0, messages: 0, reports: 0 });

/** What is known of the exercise beside its facts. */
export interface MeasureInput {
	/** the teams whose figures are asked for: facts of others leave no trace */
	teams: readonly Team[];
	/** of those, the ones whose expected actions and objectives may be counted */
	watched: ReadonlySet<TeamId>;
	startsAt: number;
	timeZone: string;
	/** as the exercise is set; a later fact sets another */
	rhythm: ReportRhythm;
}

export interface Measures {
	deliveries: MeasuredDelivery[];
	reports: MeasuredReport[];
	/** by team ('' where no team spoke), and hour of the exercise from 0 */
	load: Map<TeamId | '', Map<number, Load>>;
}

const hourMs = 3_600_000;

const wasDone = (answer: MarkAnswer | SeenAnswer | null) => answer === 'yes' || answer === 'partly';

/** A delivery that was taken back: what was done by then counts, and what was not done was not asked for in the end. */
const withdrawn = (one: MeasuredDelivery): MeasuredDelivery => ({
	...one,
	acknowledgeBy: one.acknowledgedAt === null ? null : one.acknowledgeBy,
	respondBy: one.respondedAt === null ? null : one.respondBy,
	actions: one.actions?.filter(({ marked, seen }) => wasDone(marked) || wasDone(seen)) ?? null
});

export class Measuring {
	readonly #input: MeasureInput;
	readonly #teams: Map<TeamId, Team>;
	readonly #deliveries = new Map<string, MeasuredDelivery>();
	/** taken back: nothing more was asked of the team */
	readonly #recalled = new Set<string>();
	/** deliveries by inject and team, for marks */
	readonly #places = new Map<string, string>();
	readonly #cases = new Map<string, { team: TeamId; standing: Notification }>();
	/** by team: when the last situation report was approved, and when the next was due then; undefined: see the rhythm */
	readonly #last = new Map<TeamId, { at: number; nextDue: number | null | undefined }>();
	readonly #situation: MeasuredReport[] = [];
	readonly #load: Measures['load'] = new Map();
	#rhythm: ReportRhythm;

	constructor(input: MeasureInput) {
		this.#input = input;
		this.#teams = new Map(input.teams.map((team) => [team.id, team]));
		this.#rhythm = input.rhythm;
	}

	/** Facts come in their order. */
	add({ fact, exerciseAt: at, wallAt }: Recorded): void {
		if (isWorkingFact(fact)) {
			if (fact.kind.startsWith('notification-')) this.#addCase(fact as NotificationFact, at, wallAt);
			return;
		}
		switch (fact.kind) {
			case 'inject-released':
				for (const { delivery, team } of fact.deliveries) {
					if (!this.#teams.has(team)) continue;
					const isWatched = this.#input.watched.has(team);
					this.#deliveries.set(delivery, {
						team,
						objectives: isWatched ? fact.content.objectives : [],
						releasedAt: at ?? 0,
						acknowledgeBy: fact.delivered.acknowledgeBy,
						respondBy: fact.delivered.respondBy,
						acknowledgedAt: null,
						respondedAt: null,
						actions: isWatched
							? fact.content.expectedActions.map(({ id }) => ({ action: id, marked: null, seen: null }))
							: null
					});
					this.#places.set(`${fact.inject} ${team}`, delivery);
					this.#count(team, at, 'deliveries');
				}
				return;
			case 'inject-recalled':
				for (const { delivery } of fact.deliveries) this.#recalled.add(delivery);
				return;
			case 'delivery-acknowledged': {
				const found = this.#deliveries.get(fact.delivery);
				if (found) found.acknowledgedAt ??= at ?? 0;
				return;
			}
			case 'delivery-responded': {
				const found = this.#deliveries.get(fact.delivery);
				// what is added to an answer later does not make the answer later
				if (found) found.respondedAt ??= at ?? 0;
				return;
			}
			case 'action-marked': {
				const action = this.#action(this.#places.get(`${fact.inject} ${fact.team}`), fact.action);
				if (action) action.marked = fact.seen ?? 'yes';
				return;
			}
			case 'action-observed': {
				const action = this.#action(fact.delivery, fact.action);
				if (action) action.seen = fact.seen;
				return;
			}
			case 'log-added':
				this.#count(fact.team, at, 'log');
				return;
			case 'message-posted':
				// the same message again, corrected or under a lower label, is no further message
				if (!fact.corrects && !fact.relaxes) this.#count(fact.speaker ?? '', at, 'messages');
				return;
			case 'report-approved':
				this.#addReport(fact.team, at, fact.nextDue);
				return;
			case 'report-rhythm-set':
				this.#rhythm = fact.rhythm;
				// what was said to be due no longer is
				for (const last of this.#last.values()) last.nextDue = undefined;
				return;
			default:
				return;
		}
	}

	/** What there is by now, exercise time: what is due later is not missing yet. */
	end(now: number): Measures {
		const missing = this.#input.teams.flatMap(({ id }): MeasuredReport[] => {
			const due = this.#dueOf(id);
			return due !== null && now > due ? [{ team: id, of: 'situation', due, at: null }] : [];
		});
		const nis2 = [...this.#cases.values()].flatMap(({ team, standing }) =>
			standing.side === 'entity' ? this.#caseReports(team, standing, now) : []
		);
		return {
			deliveries: [...this.#deliveries].map(([id, one]) => (this.#recalled.has(id) ? withdrawn(one) : one)),
			reports: [...this.#situation, ...missing, ...nis2],
			load: this.#load
		};
	}

	#action(delivery: string | undefined, action: string): MeasuredAction | undefined {
		const found = delivery === undefined ? undefined : this.#deliveries.get(delivery);
		return found?.actions?.find((one) => one.action === action);
	}

	#count(team: TeamId | '', at: number | null, kind: LoadKind): void {
		if (at === null || (team !== '' && !this.#teams.has(team))) return;
		const hour = Math.floor((at - this.#input.startsAt) / hourMs);
		const hours = this.#load.get(team) ?? new Map<number, Load>();
		this.#load.set(team, hours);
		const load = hours.get(hour) ?? noLoad();
		hours.set(hour, load);
		load[kind]++;
	}

	#dueOf(id: TeamId): number | null {
		const last = this.#last.get(id);
		if (last?.nextDue !== undefined) return last.nextDue;
		return nextReportDue({
			level: this.#teams.get(id)!.level,
			rhythm: this.#rhythm,
			startsAt: this.#input.startsAt,
			lastAt: last?.at ?? null
		});
	}

	#addReport(team: TeamId, at: number | null, nextDue: number | null | undefined): void {
		if (!this.#teams.has(team) || at === null) return;
		this.#situation.push({ team, of: 'situation', due: this.#dueOf(team), at });
		this.#last.set(team, { at, nextDue });
		this.#count(team, at, 'reports');
	}

	#addCase(fact: NotificationFact, at: number | null, wallAt: number): void {
		for (const { record, team, side } of sidesOf(fact)) {
			if (!this.#teams.has(team)) continue;
			const known = this.#cases.get(record);
			// the authority's side begins with what it was sent; before that there is nothing to go on
			if (!known && fact.kind !== 'notification-opened' && fact.kind !== 'notification-submitted') continue;
			const standing = evolveCase(known?.standing ?? null, {
				// what a report says is not measured
				fact: fact.kind === 'notification-submitted' ? { ...fact, values: {} } : fact,
				side: 'byControl' in fact && fact.byControl ? 'other' : side,
				by: null,
				at,
				wallAt
			});
			this.#cases.set(record, { team, standing });
			if (side === 'own' && fact.kind === 'notification-submitted') this.#count(team, at, 'reports');
		}
	}

	#caseReports(team: TeamId, of: Notification, now: number): MeasuredReport[] {
		const { timeZone } = this.#input;
		const done = reportClocks(of, timeZone, now).flatMap(({ due, doneAt }): MeasuredReport[] =>
			doneAt === null ? [] : [{ team, of: 'nis2', due, at: doneAt }]
		);
		const missing = openClocks(of, timeZone, now).flatMap(({ due, lateBy }): MeasuredReport[] =>
			lateBy === null ? [] : [{ team, of: 'nis2', due, at: null }]
		);
		return [...done, ...missing];
	}
}
