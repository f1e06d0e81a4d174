import { tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import { forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { joinedAt, playedTeams, teamsIn } from '../channel/access.ts';
import { isLower } from '../channel/messages.ts';
import type { ChannelMembers } from '../channel/schema.ts';
import { leads } from '../exercise/access.ts';
import type { Actor, Team } from '../exercise/schema.ts';
import type { Fact } from '../facts.ts';
import type { ChannelId, RecordId, SharedReportId, TeamId } from '../ids.ts';
import type { FrozenReport } from '../report/schema.ts';
import { addresseeOf, reachedTeams, reachOfAudience, type Audience } from '../sharing/audience.ts';
import { keptFromSentence } from '../sharing/sharing.ts';
import { labelStays } from './asking.ts';
import { excerptOf, type About, type Asking } from './schema.ts';

/*
 * A situation report that was shared is relaxed as a message is: only the team that made it may, whoever received it asks.
 * It is then shared again, in every place that has it, with the same words under the lower label: what is made of it
 * afterwards (the board, files, the record) carries that one. What was shared before keeps its own.
 */

/** A copy of a shared report, as it stands in one place. */
export interface SharedCopy {
	/** the newest in its place */
	shared: SharedReportId;
	/** who made it */
	from: Team;
	page: `report-${number}`;
	report: FrozenReport & { approvedAt: number | null; approvedBy: string | null };
	/** when it was shared: exercise time, ms, and wall clock */
	at: number | null;
	wallAt: number;
	place: { team: TeamId } | { members: ChannelMembers; segment: number };
	/** for the answer: every place that has it, and the labels of the incidents that it names */
	everywhere?: Audience;
	copies?: ReadonlyMap<TeamId | ChannelId, SharedReportId>;
	incidents?: readonly { number: number; tlp: Tlp }[];
}

/** The teams for which somebody has a copy, and so may ask. */
export function teamsWith({ place, from }: Pick<SharedCopy, 'place' | 'from'>, actor: Actor): TeamId[] {
	const own = playedTeams(actor);
	if ('team' in place) return own.filter((team) => team === place.team);
	const joined = joinedAt(place.members, actor);
	if (joined === null || joined.from > place.segment) return [];
	const members = teamsIn(place.members, actor);
	return (members.length > 0 ? members : own).filter((team) => team !== from.id);
}

export function askAboutReport(
	copy: SharedCopy,
	{ wanted, reason, team, isAsked }: Asking,
	actor: Actor,
	{ mint }: Pick<Moment, 'mint'>
): Decision {
	const having = teamsWith(copy, actor);
	const asks = team === undefined ? having[0] : having.find((one) => one === team);
	if (!asks)
		return playedTeams(actor).includes(copy.from.id)
			? refuse('invalid', 'Your own team made it: its lead shares it with the label that it should have.')
			: notFound();
	const { tlp } = copy.report;
	const stays = labelStays(tlp, wanted);
	if (stays) return stays;
	if (isAsked) return refuse('stale', 'Your team has asked for this already.');
	const record = mint<RecordId>();
	return {
		facts: [
			{
				kind: 'relax-asked',
				team: asks,
				record,
				copies: [{ team: copy.from.id, record: mint<RecordId>() }],
				unseen: { shared: copy.shared },
				tlp,
				about: aboutReport(copy),
				wanted,
				reason
			}
		],
		result: { record }
	};
}

const aboutReport = ({ from, report, at, wallAt }: SharedCopy): About => ({
	from: { team: { name: from.name, country: from.country } },
	excerpt: excerptOf(`Situation report ${report.number}: ${report.title}`),
	at,
	wallAt
});

/** The same report under the lower label, in every place that has it; or why not. */
export function relaxReport(
	{ from, page, report, everywhere, copies = new Map(), incidents = [] }: SharedCopy,
	wanted: Tlp,
	actor: Actor,
	{ mint }: Pick<Moment, 'mint'>
): { facts: Fact[] } | Extract<Decision, { refused: unknown }> {
	const no = (decision: Decision) => decision as Extract<Decision, { refused: unknown }>;
	if (!leads(actor, from.id)) return no(forbidden('The team lead relaxes the label of situation reports.'));
	if (!isLower(wanted, report.tlp))
		return no(refuse('stale', `Its label is ${tlpLabel(report.tlp)} by now: there is nothing to relax.`));
	const named = new Set((report.content?.impacts ?? []).flatMap(({ incident }) => incident?.number ?? []));
	const strict = incidents.find(({ number, tlp }) => named.has(number) && isLower(wanted, tlp));
	if (strict)
		return no(
			refuse(
				'not-now',
				`It quotes incident ${strict.number}, marked ${tlpLabel(strict.tlp)}: the report may not be lower. Lower the incident’s label first.`
			)
		);
	if (!everywhere || everywhere.teams.length + everywhere.channels.length === 0)
		return no(refuse('not-now', 'Your team shares nothing any more with those who have it.'));
	const { keptOut, people, countries } = reachOfAudience(
		{ tlp: wanted, from: addresseeOf(from) },
		everywhere
	);
	if (keptOut.length > 0) return no(refuse('invalid', keptFromSentence(wanted, keptOut)));
	const relaxes = (of: TeamId | ChannelId) => {
		const earlier = copies.get(of);
		return earlier ? { relaxes: earlier } : {};
	};
	return {
		facts: [
			{
				kind: 'report-shared',
				team: from.id,
				page,
				...report,
				tlp: wanted,
				copies: everywhere.teams.map(({ team }) => ({
					team,
					shared: mint<SharedReportId>(),
					...relaxes(team)
				})),
				channels: everywhere.channels.map(({ id, name }) => ({
					channel: id,
					name,
					shared: mint<SharedReportId>(),
					...relaxes(id)
				})),
				reached: reachedTeams(everywhere, from.id).map(({ team }) => team),
				people,
				countries
			}
		]
	};
}
