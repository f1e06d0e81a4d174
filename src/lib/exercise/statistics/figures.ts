import type { CountryCode } from '#lib/standards/countries.ts';
import type { MarkAnswer } from '#lib/standards/evaluation.ts';
import type { Team, TeamLevel } from '../exercise/schema.ts';
import type { TeamId } from '../ids.ts';
import { shareBelow } from '../record/times.ts';
import {
	loadKinds,
	noLoad,
	type Load,
	type MeasuredAction,
	type MeasuredReport,
	type Measures
} from './measures.ts';

/** How long something took, and whether in time. Counts, and durations in ms of exercise time. */
export interface TimeFigures {
	done: number;
	/** null: nobody did */
	median: number | null;
	/** nine of ten took no longer */
	ninetieth: number | null;
	/** of what had a limit: done by then (exactly then is in time), done later, and not done though it has passed */
	inTime: number;
	late: number;
	missing: number;
}

export interface ReportFigures {
	/** all that came */
	sent: number;
	inTime: number;
	late: number;
	missing: number;
	/** of those that came late; null: none did */
	medianLate: number | null;
	worstLate: number | null;
}

export interface ActionFigures {
	expected: number;
	/** as an evaluator saw, or as was marked: either counts, and the better of the two */
	met: number;
	/** the same in part */
	partly: number;
}

export interface Figures {
	deliveries: number;
	acknowledged: TimeFigures;
	responded: TimeFigures;
	/** null: no figures of this group, as reports have no objective */
	situation: ReportFigures | null;
	nis2: ReportFigures | null;
	/** null: not open to the reader */
	actions: ActionFigures | null;
}

export const groupings = ['team', 'country', 'level', 'objective'] as const;
export type Grouping = (typeof groupings)[number];

export interface FiguresRow extends Figures {
	/** id of the team, code of the country or objective, level */
	key: string;
}

/** Null: all. */
export interface FiguresFilter {
	team: TeamId | null;
	country: CountryCode | null;
	level: TeamLevel | null;
	objective: string | null;
}
export const noFilter: FiguresFilter = { team: null, country: null, level: null, objective: null };

type Teams = readonly Pick<Team, 'id' | 'country' | 'level'>[];

/** What is left of the measures. Reports have no objective, so with one there are none. */
export function filtered(measures: Measures, teams: Teams, filter: FiguresFilter): Measures {
	const kept = new Set(
		teams
			.filter(
				({ id, country, level }) =>
					(filter.team ?? id) === id &&
					(filter.country ?? country) === country &&
					(filter.level ?? level) === level
			)
			.map(({ id }) => id)
	);
	const { objective } = filter;
	const isAll = filter.team === null && filter.country === null && filter.level === null;
	return {
		deliveries: measures.deliveries.filter(
			(one) => kept.has(one.team) && (objective === null || one.objectives.includes(objective))
		),
		reports: objective === null ? measures.reports.filter(({ team }) => kept.has(team)) : [],
		load: new Map([...measures.load].filter(([team]) => (team === '' ? isAll : kept.has(team))))
	};
}

/** `objective`: the measures are those of one, and say nothing of reports. */
export function figuresOf(
	{ deliveries, reports }: Pick<Measures, 'deliveries' | 'reports'>,
	now: number,
	objective = false
): Figures {
	const times = (done: 'acknowledgedAt' | 'respondedAt', due: 'acknowledgeBy' | 'respondBy') =>
		timeFigures(
			deliveries.map((one) => ({ from: one.releasedAt, at: one[done], due: one[due] })),
			now
		);
	const of = (kind: MeasuredReport['of']) =>
		objective ? null : reportFigures(reports.filter((one) => one.of === kind));
	return {
		deliveries: deliveries.length,
		acknowledged: times('acknowledgedAt', 'acknowledgeBy'),
		responded: times('respondedAt', 'respondBy'),
		situation: of('situation'),
		nis2: of('nis2'),
		actions: actionFigures(deliveries)
	};
}

function timeFigures(
	all: readonly { from: number; at: number | null; due: number | null }[],
	now: number
): TimeFigures {
	const took = all
		// a jump back of the clock makes no negative time
		.flatMap(({ from, at }) => (at === null ? [] : [Math.max(at - from, 0)]))
		.sort((a, b) => a - b);
	const limited = all.filter(({ due }) => due !== null);
	return {
		done: took.length,
		median: shareBelow(took, 0.5),
		ninetieth: shareBelow(took, 0.9),
		inTime: limited.filter(({ at, due }) => at !== null && at <= due!).length,
		late: limited.filter(({ at, due }) => at !== null && at > due!).length,
		missing: limited.filter(({ at, due }) => at === null && now > due!).length
	};
}

function reportFigures(reports: readonly MeasuredReport[]): ReportFigures {
	const late = reports
		.flatMap(({ due, at }) => (due !== null && at !== null && at > due ? [at - due] : []))
		.sort((a, b) => a - b);
	return {
		sent: reports.filter(({ at }) => at !== null).length,
		inTime: reports.filter(({ due, at }) => due !== null && at !== null && at <= due).length,
		late: late.length,
		missing: reports.filter(({ at }) => at === null).length,
		medianLate: shareBelow(late, 0.5),
		worstLate: late.at(-1) ?? null
	};
}

function actionFigures(deliveries: Measures['deliveries']): ActionFigures | null {
	const open = deliveries.filter((one) => one.actions !== null);
	if (open.length === 0) return null;
	// what an evaluator found not to apply to the team was not expected of it
	const actions = open
		.flatMap((one) => one.actions!)
		.filter(({ marked, seen }) => marked === 'yes' || marked === 'partly' || seen !== 'not_applicable');
	const isSaid = ({ marked, seen }: MeasuredAction, answer: MarkAnswer) =>
		marked === answer || seen === answer;
	const met = actions.filter((one) => isSaid(one, 'yes'));
	const partly = actions.filter((one) => !isSaid(one, 'yes') && isSaid(one, 'partly'));
	return { expected: actions.length, met: met.length, partly: partly.length };
}

/** A row for each team, country, level or objective that has any, in the order of teams, or of the objectives' codes. */
export function figuresBy(
	measures: Measures,
	teams: Teams,
	by: Grouping,
	now: number,
	objective = false
): FiguresRow[] {
	if (by === 'objective')
		return objectivesOf(measures).map((key) => ({
			key,
			...figuresOf(filtered(measures, teams, { ...noFilter, objective: key }), now, true)
		}));
	const keyOf = new Map(
		teams.map((team) => [team.id, by === 'team' ? (team.id as string) : (team[by] as string)])
	);
	const deliveries = Map.groupBy(measures.deliveries, ({ team }) => keyOf.get(team)!);
	const reports = Map.groupBy(measures.reports, ({ team }) => keyOf.get(team)!);
	return [...new Set(keyOf.values())]
		.filter((key) => deliveries.has(key) || reports.has(key))
		.map((key) => ({
			key,
			...figuresOf({ deliveries: deliveries.get(key) ?? [], reports: reports.get(key) ?? [] }, now, objective)
		}));
}

export function objectivesOf({ deliveries }: Pick<Measures, 'deliveries'>): string[] {
	return [...new Set(deliveries.flatMap(({ objectives }) => objectives))].sort((a, b) =>
		a.localeCompare(b, 'en', { numeric: true })
	);
}

/** In time among all that had a limit which has passed or was kept, 0 to 1; null: nothing had. */
export function shareInTime({
	inTime,
	late,
	missing
}: Pick<TimeFigures, 'inTime' | 'late' | 'missing'>): number | null {
	const all = inTime + late + missing;
	return all === 0 ? null : inTime / all;
}

export interface LoadHour extends Load {
	/** of the exercise, from 0 */
	hour: number;
}

/** More hours in a row than this are not drawn where nothing happened: a jump over a week is no week of silence. */
const longestGap = 24;

/** Hour by hour from the first to the last in which there was anything. */
export function loadByHour({ load }: Pick<Measures, 'load'>): LoadHour[] {
	const hours = new Map<number, Load>();
	for (const own of load.values())
		for (const [hour, counts] of own) {
			const all = hours.get(hour) ?? noLoad();
			hours.set(hour, all);
			for (const kind of loadKinds) all[kind] += counts[kind];
		}
	const known = [...hours.keys()].sort((a, b) => a - b);
	return known.flatMap((hour, index) => {
		const before = known[index - 1] ?? hour - 1;
		const gap = hour - before > longestGap ? 0 : hour - before - 1;
		const silent = Array.from({ length: gap }, (_, i) => ({ hour: before + 1 + i, ...noLoad() }));
		return [...silent, { hour, ...hours.get(hour)! }];
	});
}
