import { z } from 'zod';
import type { Tlp } from '#lib/standards/tlp.ts';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { tellTime } from '../exercise/clock.ts';
import { isControl, leads, playsIn } from '../exercise/access.ts';
import { id, type Exercise, type Team } from '../exercise/schema.ts';
import { fingerprint as fingerprintOf } from '../fingerprint.ts';
import type { ChannelId, SharedReportId, TeamId } from '../ids.ts';
import { addresseeOf, reachedTeams, reachOfAudience, type Audience } from '../sharing/audience.ts';
import { keptFromSentence } from '../sharing/sharing.ts';
import { logPhase, notInPlay } from '../team/commands.ts';
import { freezeReport, reportAsText } from './content.ts';
import { askedSince, nextReportDue, rhythmOf, rhythmSchema } from './due.ts';
import type { ReportPage } from './page.ts';
import { isEmptyReport, reportProblems } from './problems.ts';
import type { FrozenReport } from './schema.ts';

export interface ReportRow {
	page: string;
	number: number;
	/** null: a draft */
	approved: { at: number | null; supersedes: number | null } | null;
}

export interface ReportCommandState {
	exercise: Exercise;
	/** the team that the command names; null: no such team here */
	team: Team | null;
	/** by number */
	reports: readonly ReportRow[];
	/** for approval: the page as it is now, and the names of those who wrote on it */
	page?: ReportPage | null;
	authors?: readonly string[];
	/** for approval: what the modes of the team's networks ask for */
	asked?: readonly { minutes: number; from: number | null }[];
	/** for approval: the team's incidents as they stand */
	incidents?: readonly { record: string; number: number; tlp: Tlp }[];
	/** for sharing: the frozen report, whom it is addressed to, and the places that have it already */
	frozen?: (FrozenReport & { approvedAt: number | null; approvedBy: string | null }) | null;
	audience?: Audience;
	/** ids of teams and channels */
	sharedWith?: ReadonlySet<string>;
}

const pageName = z.string().regex(/^report-[1-9][0-9]{0,3}$/);

/** Numbers of reports that an approved later one has replaced. */
export const supersededIn = (reports: readonly ReportRow[]): ReadonlySet<number> =>
	new Set(reports.flatMap(({ approved }) => approved?.supersedes ?? []));

/** The next situation report of a team: a new page with the sections in place. */
export const openReport = command({
	name: 'report.open',
	input: z.object({ team: id<TeamId>() }),
	decide({ exercise, team, reports }: ReportCommandState, _input, actor): Decision {
		if (!team || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const last = reports.at(-1);
		if (last && !last.approved)
			return refuse(
				'not-now',
				`Report ${last.number} is still a draft: approve it before you open the next.`
			);
		const number = (last?.number ?? 0) + 1;
		const page = `report-${number}` as const;
		return { facts: [{ kind: 'report-opened', team: team.id, page, number }], result: { page, number } };
	}
});

/** The lead signs exactly what was on the screen: text, rows and label are frozen as that version (DOMAIN 7.6). */
export const approveReport = command({
	name: 'report.approve',
	input: z.object({
		team: id<TeamId>(),
		page: pageName,
		/** of all that the lead sees: `reportFingerprint` */
		fingerprint: z.string().regex(/^[0-9a-f]{64}$/)
	}),
	decide(state: ReportCommandState, { page: wanted, fingerprint }, actor, { wall, exercise: now }): Decision {
		const { exercise, team, reports, page, authors = [], incidents = [] } = state;
		if (!team || !playsIn(actor, team.id)) return notFound();
		const entry = reports.find((one) => one.page === wanted);
		if (!entry || !page) return notFound();
		if (!leads(actor, team.id)) return forbidden('The team lead approves situation reports.');
		const phase = logPhase(exercise, wall);
		if (!('late' in phase)) return phase;
		if (entry.approved) return refuse('stale', `Report ${entry.number} is approved already.`);
		// who reads something else than what is there is told that first
		if (!isEmptyReport(page) && reportFingerprint(page) !== fingerprint)
			return refuse('stale', 'The text changed while you were approving it. Read it again, then approve.');
		const superseded = supersededIn(reports);
		const [problem, ...more] = reportProblems(page, {
			incidents,
			approved: reports.flatMap(({ number, approved }) =>
				approved ? [{ number, superseded: superseded.has(number) }] : []
			)
		});
		if (problem)
			return refuse('invalid', problem.message, {
				problems: [problem, ...more].map(({ message }) => message)
			});
		const { head } = page;
		const content = freezeReport(page);
		const time = (at: number) => tellTime(at, exercise);
		return {
			facts: [
				{
					kind: 'report-approved',
					team: team.id,
					page: wanted as `report-${number}`,
					number: entry.number,
					title: head.title.trim() || `Situation report ${entry.number}`,
					tlp: head.tlp,
					text: reportAsText(content, page.text, time),
					content,
					authors: [...authors],
					fingerprint,
					asOf: head.asOf ?? now ?? exercise.startsAt,
					...(head.supersedes !== null && { supersedes: head.supersedes }),
					nextDue: nextReportDue({
						level: team.level,
						rhythm: rhythmOf(exercise.settings),
						startsAt: exercise.startsAt,
						lastAt: now,
						asked: askedSince(state.asked ?? [], exercise.startsAt)
					})
				}
			]
		};
	}
});

/** Of the page as `readReport` gives it: head, sections, rows. */
export function reportFingerprint(page: ReportPage): string {
	return fingerprintOf(page);
}

/**
 * An approved report goes to other teams and to channels, as plain values under new ids. The label decides whether it
 * may; nothing goes to some of those addressed when others may not have it.
 */
export const shareReport = command({
	name: 'report.share',
	input: z.object({
		team: id<TeamId>(),
		page: pageName,
		channels: z.array(id<ChannelId>()).max(40).default([]),
		teams: z.array(id<TeamId>()).max(200).default([])
	}),
	decide(state: ReportCommandState, input, actor, { wall, mint }: Moment): Decision {
		const { exercise, team, reports, frozen, audience, sharedWith = new Set() } = state;
		if (!team || !playsIn(actor, team.id)) return notFound();
		const entry = reports.find((one) => one.page === input.page);
		if (!entry || !audience) return notFound();
		if (!leads(actor, team.id)) return forbidden('The team lead shares situation reports.');
		const phase = logPhase(exercise, wall);
		if (!('late' in phase)) return phase;
		if (!frozen)
			return refuse('not-now', `Report ${entry.number} is a draft: approve it before you share it.`);
		if (supersededIn(reports).has(entry.number))
			return refuse('not-now', `A later report has replaced report ${entry.number}: share that one.`);
		const { channels, teams } = audience;
		if (input.channels.length + input.teams.length === 0)
			return refuse('invalid', 'Choose at least one team or channel.');
		// what is not there, and what the team may not know of
		if (new Set(input.channels).size !== channels.length || new Set(input.teams).size !== teams.length)
			return notFound();
		const closed = channels.find((channel) => channel.isClosed);
		if (closed) return refuse('not-now', `The channel “${closed.name}” is closed.`);
		const having = [...channels, ...teams.map((one) => ({ id: one.team, name: one.name }))].filter((one) =>
			sharedWith.has(one.id)
		);
		if (having.length > 0)
			return refuse('stale', `${having.map(({ name }) => name).join(', ')}: this report is there already.`);
		const sent = { tlp: frozen.tlp, from: addresseeOf(team) };
		const { people, countries, keptOut } = reachOfAudience(sent, audience);
		if (keptOut.length > 0)
			return refuse('invalid', keptFromSentence(frozen.tlp, keptOut), {
				keptOut: keptOut.map(({ name }) => name)
			});
		const { number, title, tlp, asOf, text, content, approvedAt, approvedBy } = frozen;
		return {
			facts: [
				{
					kind: 'report-shared',
					team: team.id,
					page: input.page as `report-${number}`,
					number,
					title,
					tlp,
					asOf,
					text,
					content,
					approvedAt,
					approvedBy,
					copies: teams.map((one) => ({ team: one.team, shared: mint<SharedReportId>() })),
					channels: channels.map((channel) => ({
						channel: channel.id,
						name: channel.name,
						shared: mint<SharedReportId>()
					})),
					reached: reachedTeams(audience, team.id).map((one) => one.team),
					people,
					countries
				}
			]
		};
	}
});

/** How often teams of each level report. Said to everybody, because it moves everybody's next report. */
export const setReportRhythm = command({
	name: 'report.setRhythm',
	input: z.object({ rhythm: rhythmSchema }),
	decide({ exercise }: ReportCommandState, { rhythm }, actor): Decision {
		if (!isControl(actor)) return forbidden('Exercise control sets how often teams report.');
		if (['closed', 'cancelled'].includes(exercise.state)) return refuse('not-now', 'The exercise is over.');
		return { facts: [{ kind: 'report-rhythm-set', rhythm }] };
	}
});

export const reportCommands = {
	'report.open': openReport,
	'report.approve': approveReport,
	'report.share': shareReport,
	'report.setRhythm': setReportRhythm
} as const;
