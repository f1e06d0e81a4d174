import type { CountryCode } from '#lib/standards/countries.ts';
import type { ProviderKind } from '#lib/standards/significance.ts';
import type { Team } from '../exercise/schema.ts';
import { nextReportDue, type AskedRhythm, type ReportRhythm } from '../report/due.ts';
import type { ReportKey } from './schema.ts';
import { caseState, metCriteria, openClocks, reportClocks, replyClock, type CaseState } from './standing.ts';
import type { Notification } from './schema.ts';

/** What one report of a case waits for, or how late it came. Exercise times, ms. */
export interface DueReport {
	key: ReportKey;
	due: number;
	/** null: still missing */
	submittedAt: number | null;
	lateBy: number | null;
}

/** A case, for exercise control and moderators: what is due or late, and why it counts as significant. */
export interface DueCase {
	title: string;
	entity: string;
	provider: ProviderKind | null;
	state: CaseState;
	/** whom it went to; null: nobody yet, or exercise control */
	to: string | null;
	isSent: boolean;
	/** the articles under which it counts, with what they say */
	significant: { article: string; says: string }[];
	/** still to come, the most urgent first; then what came late */
	reports: DueReport[];
	/** the reply of the CSIRT or authority; null: given, or not due yet */
	reply: { due: number; lateBy: number | null } | null;
}

/** What a team has to report: the next situation report, and the cases of NIS2 that it has open or was late with. */
export interface DueTeam {
	team: Pick<Team, 'id' | 'name' | 'country' | 'level'>;
	situation: {
		/** the last approved report; null: none yet */
		last: { number: number; at: number | null } | null;
		isDrafting: boolean;
		due: number | null;
	};
	cases: DueCase[];
}

export interface DueInput {
	teams: readonly Team[];
	timeZone: string;
	startsAt: number;
	rhythm: ReportRhythm;
	/** by team: what the modes of its networks ask for */
	asked: ReadonlyMap<string, readonly AskedRhythm[]>;
	/** exercise time; null before STARTEX */
	now: number | null;
	/** by team: approved and open reports, by number */
	reports: ReadonlyMap<string, readonly { number: number; isApproved: boolean; at: number | null }[]>;
	/** by team: the standings of its own cases */
	cases: ReadonlyMap<string, readonly Notification[]>;
}

/** Everything that is due or late, team by team, in the order of countries and names. */
export function dueReports(input: DueInput): DueTeam[] {
	return input.teams.map(({ id, name, country, level }) => {
		const reports = input.reports.get(id) ?? [];
		const last = reports.findLast((report) => report.isApproved) ?? null;
		return {
			team: { id, name, country, level },
			situation: {
				last: last && { number: last.number, at: last.at },
				isDrafting: reports.some((report) => !report.isApproved),
				due: nextReportDue({
					level,
					rhythm: input.rhythm,
					startsAt: input.startsAt,
					lastAt: last?.at ?? null,
					asked: input.asked.get(id) ?? []
				})
			},
			cases: (input.cases.get(id) ?? [])
				.filter((one) => one.side === 'entity')
				.map((one) => dueCase(one, input.timeZone, input.now))
		};
	});
}

export function dueCase(of: Notification, timeZone: string, now: number | null): DueCase {
	const { title, entity, provider } = of.content;
	const open = openClocks(of, timeZone, now).map(({ key, due, lateBy }): DueReport => ({
		key,
		due: due!,
		submittedAt: null,
		lateBy
	}));
	const late = reportClocks(of, timeZone, now).flatMap(({ key, due, doneAt, lateBy }): DueReport[] =>
		doneAt !== null && due !== null && lateBy !== null ? [{ key, due, submittedAt: doneAt, lateBy }] : []
	);
	return {
		title,
		entity,
		provider,
		state: caseState(of),
		to: of.to,
		isSent: of.isSent,
		significant: metCriteria(of).map(({ article, says }) => ({ article, says })),
		reports: [...open, ...late],
		reply: replyClock(of, now)
	};
}

/** How many reports are late now, by country: a number for a board. */
export function lateByCountry(teams: readonly DueTeam[], now: number | null): Map<CountryCode, number> {
	const late = new Map<CountryCode, number>();
	for (const { team, situation, cases } of teams) {
		const count =
			(situation.due !== null && now !== null && now > situation.due ? 1 : 0) +
			cases
				.flatMap(({ reports }) => reports)
				.filter(({ submittedAt, lateBy }) => submittedAt === null && lateBy !== null).length;
		if (count > 0) late.set(team.country, (late.get(team.country) ?? 0) + count);
	}
	return late;
}
