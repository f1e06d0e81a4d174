import { z } from 'zod';
import { tlpIds, tlpLabel } from '#lib/standards/tlp.ts';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { isControl, playsIn } from '../exercise/access.ts';
import { id, longText, type Actor } from '../exercise/schema.ts';
import type { MessageId, RecordId, SharedReportId, TeamId } from '../ids.ts';
import { joinedAt, playedTeams, teamsIn, voiceIn } from '../channel/access.ts';
import { isLower, say } from '../channel/messages.ts';
import { channelLimits, type StoredMessage } from '../channel/schema.ts';
import { readableMessage, speakerOf, type ChannelState } from '../channel/state.ts';
import { notInPlay } from '../team/commands.ts';
import type { WorkingState } from '../working/record.ts';
import { labelStays } from './asking.ts';
import { askAboutKept, relaxKept, type KeptCopy } from './kept.ts';
import { askAboutReport, relaxReport, type SharedCopy } from './report.ts';
import { excerptOf, type About, type Relaxation } from './schema.ts';

/** What a label command is decided on: the exchange as a working record, and what it is about. */
export interface LabelState extends ChannelState {
	record: WorkingState<Relaxation>['record'];
	/** of the record: what was asked about; for a new request: what is named */
	about: StoredMessage | null;
	/** instead of a message: a shared report */
	report: SharedCopy | null;
	/** instead of both: a record of another team's that the asker's keeps */
	kept: KeptCopy | null;
	/** for a new request: an earlier one about the same, from the same team, that is still open */
	isAsked: boolean;
}

export const requestRelax = command({
	name: 'label.requestRelax',
	input: z.object({
		message: id<MessageId>().optional(),
		/** instead of a message: the copy of a report that was shared with the asker */
		shared: id<SharedReportId>().optional(),
		/** or: the asker's record of a notification that it received, or of an indicator that it took over */
		record: id<RecordId>().optional(),
		/** of what the message quotes, which: it is the quoted one's source that is asked */
		quote: z.number().int().min(0).max(channelLimits.quotes).optional(),
		wanted: z.enum(tlpIds),
		reason: longText('Reason'),
		team: id<TeamId>().optional()
	}),
	decide(
		state: LabelState,
		{ message: named, quote, wanted, reason, team },
		actor,
		moment: Moment
	): Decision {
		const { exercise, teams, about, report, kept } = state;
		const asking = { wanted, reason, team, isAsked: state.isAsked };
		if (report) return notInPlay(exercise) ?? askAboutReport(report, asking, actor, moment);
		// who may not read the record learns nothing of the hour either
		if (kept)
			return (
				(playsIn(actor, kept.place.team) && notInPlay(exercise)) || askAboutKept(kept, asking, actor, moment)
			);
		const read = named === undefined ? null : readableMessage(state, named, actor);
		if (!read) return notFound();
		const asks = askingTeam(state, read.message, actor, team);
		if (!asks) return forbidden('A team that has received it asks for its label to be relaxed.');
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		if (!about) return quote === undefined ? notFound() : refuse('invalid', 'It does not quote that.');
		if (about.team === asks)
			return refuse('invalid', 'Your own team made it: correct it, with the label that it should have.');
		const stays = labelStays(about.tlp, wanted);
		if (stays) return stays;
		const strict = strictSource(about, wanted);
		if (strict) return refuse('not-now', sourceSentence(state, strict));
		if (state.isAsked) return refuse('stale', 'Your team has asked for this already.');
		const record = moment.mint<RecordId>();
		return {
			facts: [
				{
					kind: 'relax-asked',
					team: asks,
					record,
					...(about.team && { copies: [{ team: about.team, record: moment.mint<RecordId>() }] }),
					unseen: { message: about.id },
					tlp: about.tlp,
					about: aboutOf(about, teams),
					wanted,
					reason
				}
			],
			result: { record }
		};
	}
});

/** The team through which somebody reads a message, among those that may ask. */
function askingTeam(
	{ channels }: ChannelState,
	message: StoredMessage,
	actor: Actor,
	wanted: TeamId | undefined
): TeamId | null {
	const members = channels.get(message.channel)?.members;
	if (!members || joinedAt(members, actor) === null) return null;
	const own = teamsIn(members, actor);
	// named in a private exchange: for the team in which they play
	const all = own.length > 0 ? own : playedTeams(actor);
	return (wanted === undefined ? all[0] : all.find((one) => one === wanted)) ?? null;
}

/** Whoever lowers a label needs the consent of every source: each relaxes its own first. */
const strictSource = ({ sources }: StoredMessage, wanted: StoredMessage['tlp']) =>
	sources.find((one) => isLower(wanted, one.tlp)) ?? null;

function sourceSentence({ teams }: ChannelState, { team, tlp }: StoredMessage['sources'][number]): string {
	const who = team === null ? 'exercise control' : (teams.get(team)?.name ?? '');
	return `It holds what ${who} said under ${tlpLabel(tlp)}: that has to be relaxed first, by ${who}.`;
}

const aboutOf = (message: StoredMessage, teams: ChannelState['teams']): About => ({
	from: speakerOf(message, teams),
	excerpt: excerptOf(message.text),
	at: message.at,
	wallAt: message.wallAt
});

/** The record of whoever made it, for who may answer; exercise control answers on the record of the team that asked. */
function answerable(
	state: LabelState,
	actor: Actor
):
	| { record: NonNullable<LabelState['record']>; byControl: boolean }
	| Extract<Decision, { refused: unknown }> {
	const answer = mayAnswer(state, actor);
	return answer as Exclude<typeof answer, { facts: unknown }>;
}

function mayAnswer(
	{ record, about, report, kept, exercise }: LabelState,
	actor: Actor
): { record: NonNullable<LabelState['record']>; byControl: boolean } | Decision {
	if (!record || !(about ?? report ?? kept)) return notFound();
	const { standing, team } = record;
	const byControl = about !== null && about.team === null;
	if (byControl ? !isControl(actor) : !playsIn(actor, team)) {
		// the team that asked knows that it is there
		return playsIn(actor, team) ? forbidden('The source answers.') : notFound();
	}
	if (!byControl && standing.direction === 'sent') return forbidden('The source answers.');
	const refusal = notInPlay(exercise);
	if (refusal) return refusal;
	if (standing.state !== 'asked') return refuse('stale', 'Somebody has answered this already.');
	return { record, byControl };
}

/** The source says it again under the lower label, where it was said: the old entry keeps its own. */
export const grantRelax = command({
	name: 'label.grantRelax',
	input: z.object({ record: id<RecordId>(), note: z.string().trim().max(4000).default('') }),
	decide(state: LabelState, { note }, actor, moment: Moment): Decision {
		const found = answerable(state, actor);
		if ('refused' in found) return found;
		const { wanted } = found.record.standing;
		const { about, report, kept } = state;
		if (kept) {
			const relaxed = relaxKept(kept, wanted, actor);
			if ('refused' in relaxed) return relaxed;
			return { facts: [{ kind: 'relax-granted', ...answer(found), tlp: wanted, note }, ...relaxed.facts] };
		}
		if (report) {
			const shared = relaxReport(report, wanted, actor, moment);
			if ('refused' in shared) return shared;
			return { facts: [{ kind: 'relax-granted', ...answer(found), tlp: wanted, note }, ...shared.facts] };
		}
		if (!about) return notFound();
		const channel = state.channels.get(about.channel);
		if (!channel || channel.isClosed) return refuse('not-now', 'The channel in which it was said is closed.');
		const strict = strictSource(about, wanted);
		if (strict) return refuse('not-now', sourceSentence(state, strict));
		const voice = voiceIn(channel, actor, about.team ?? undefined);
		if (!voice || voice.team !== about.team)
			return refuse('not-now', 'Your team is not in the channel any more in which it was said.');
		const said = say(state, moment, {
			channel,
			voice,
			text: about.text,
			rich: about.rich,
			tlp: wanted,
			quoted: [],
			inherited: about.sources,
			relaxes: about.id,
			...(about.thread && { thread: about.thread })
		});
		if ('refused' in said) return said;
		return {
			facts: [{ kind: 'relax-granted', ...answer(found), tlp: wanted, note }, ...said.facts],
			result: said.result
		};
	}
});

export const declineRelax = command({
	name: 'label.declineRelax',
	input: z.object({ record: id<RecordId>(), reason: longText('Reason') }),
	decide(state: LabelState, { reason }, actor): Decision {
		const found = answerable(state, actor);
		if ('refused' in found) return found;
		return {
			facts: [{ kind: 'relax-declined', ...answer(found), tlp: found.record.standing.tlp, reason }]
		};
	}
});

function answer({ record, byControl }: { record: NonNullable<LabelState['record']>; byControl: boolean }) {
	return {
		team: record.team,
		record: record.id,
		...(record.others?.length && { copies: [...record.others] }),
		...(byControl && { byControl: true as const }),
		about: record.standing.about,
		wanted: record.standing.wanted
	};
}

export const labelCommands = {
	'label.requestRelax': requestRelax,
	'label.grantRelax': grantRelax,
	'label.declineRelax': declineRelax
} as const;
