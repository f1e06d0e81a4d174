import { z } from 'zod';
import { currentForm, formOf } from '#lib/standards/notification-forms.ts';
import { judgeSignificance } from '#lib/standards/significance.ts';
import { strictestTlp, tlpLabel } from '#lib/standards/tlp.ts';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { isControl, leads, moderatesCountry, playsIn } from '../exercise/access.ts';
import { id, instant, longText, type Actor, type OrganisationKind, type Team } from '../exercise/schema.ts';
import { fingerprint as fingerprintOf } from '../fingerprint.ts';
import type { OrganisationId, RecordId, TeamId } from '../ids.ts';
import type { Incident } from '../incident/schema.ts';
import { partyOf } from '../sharing/readers.ts';
import { keptFrom, keptFromSentence } from '../sharing/sharing.ts';
import { notInPlay } from '../team/commands.ts';
import type { WorkingState } from '../working/record.ts';
import { formProblems, frozenValues } from './form.ts';
import {
	answerKinds,
	caseContentSchema,
	figuresSchema,
	reportKeyPattern,
	reportName,
	reportOf,
	stepOf,
	type CasePage,
	type Notification,
	type NotificationFact
} from './schema.ts';
import { dueOf } from './standing.ts';

type State = WorkingState<Notification>;

const reportKey = z.string().regex(reportKeyPattern);
const reason = z.string().trim().max(4000).default('');

/**
 * The CSIRT or authority that a team may notify: of its own country, at the technical level, or run by an organisation
 * that is one. Pure, for the list and for the command alike.
 */
export function authoritiesFor(
	own: Pick<Team, 'id' | 'country'>,
	teams: Iterable<Team>,
	organisations: ReadonlyMap<OrganisationId, OrganisationKind>
): Team[] {
	return [...teams].filter((team) => {
		if (team.id === own.id || team.country !== own.country) return false;
		const kind = team.organisationId && organisations.get(team.organisationId);
		return team.level === 'technical' || kind === 'csirt' || kind === 'competent_authority';
	});
}

/** The base of every fact of a case, as it stands. */
const about = ({ content }: Notification) => ({ title: content.title, tlp: content.tlp });

export const openNotification = command({
	name: 'notification.open',
	input: z.object({
		team: id<TeamId>(),
		/** the team's incident that it is about; null: none is kept */
		incident: id<RecordId>().nullable().default(null),
		content: caseContentSchema.extend({ awareAt: instant.nullable().default(null) })
	}),
	decide(
		{ exercise, team, count, beside = [] }: State,
		{ incident, content },
		actor,
		{ mint, exercise: now }: Moment
	): Decision {
		if (!team || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const kept =
			incident === null ? null : beside.find((one) => one.of === 'incident' && one.id === incident);
		if (kept === undefined) return notFound();
		const about = kept?.standing as Incident | undefined;
		const awareAt = content.awareAt ?? about?.content.awareAt ?? now ?? exercise.startsAt;
		if (now !== null && awareAt > now)
			return refuse('invalid', 'The team cannot have become aware of it later than now.');
		const label = quotes(content.tlp, about ?? null);
		if (label) return label;
		const record = mint<RecordId>();
		const number = count + 1;
		const { id: form, version } = currentForm('early_warning');
		return {
			facts: [
				{
					kind: 'notification-opened',
					team: team.id,
					record,
					number,
					title: content.title,
					tlp: content.tlp,
					content: { ...content, awareAt },
					incident: about ? { number: about.number, title: about.content.title } : null,
					form: { id: form, version }
				}
			],
			result: { record, number }
		};
	}
});

/** The label of a case may not be lower than that of the incident it tells of (DOMAIN 3.1); null: it is not. */
function quotes(tlp: Notification['content']['tlp'], incident: Incident | null): Decision | null {
	if (!incident || strictestTlp([tlp, incident.content.tlp]) === tlp) return null;
	const own = tlpLabel(incident.content.tlp);
	return refuse(
		'invalid',
		`Incident ${incident.number} is marked ${own}: a notification about it may not be marked ${tlpLabel(tlp)}, which is lower.`
	);
}

/** What everything after the opening begins with: whose record it is, and whether it still moves. */
function asEntity({ exercise, team, record }: State, actor: Actor): Decision | null {
	if (!team || !record || record.standing.side !== 'entity' || !playsIn(actor, team.id)) return notFound();
	return notInPlay(exercise) ?? notClosed(record.standing);
}

function notClosed({ closed }: Notification): Decision | null {
	if (!closed) return null;
	return refuse('not-now', closed.withdrawn ? 'This case was withdrawn.' : 'This case is closed.');
}

export const correctNotification = command({
	name: 'notification.correct',
	input: z.object({
		record: id<RecordId>(),
		changes: z
			.object({
				title: caseContentSchema.shape.title,
				entity: caseContentSchema.shape.entity,
				provider: caseContentSchema.shape.provider.unwrap(),
				basis: caseContentSchema.shape.basis.unwrap(),
				awareAt: instant,
				tlp: caseContentSchema.shape.tlp.unwrap()
			})
			.partial()
	}),
	decide(state: State, { changes }, actor, { exercise: now }): Decision {
		const refusal = asEntity(state, actor);
		if (refusal) return refusal;
		if (Object.keys(changes).length === 0) return refuse('invalid', 'Nothing was changed.');
		if (changes.awareAt !== undefined && now !== null && changes.awareAt > now)
			return refuse('invalid', 'The team cannot have become aware of it later than now.');
		const { team, record } = state;
		const { standing } = record!;
		const label = quotes(changes.tlp ?? standing.content.tlp, incidentOf(state));
		if (label) return label;
		const { title, tlp } = about(standing);
		return {
			facts: [
				{
					kind: 'notification-corrected',
					team: team!.id,
					record: record!.id,
					title: changes.title ?? title,
					tlp: changes.tlp ?? tlp,
					changes
				}
			]
		};
	}
});

/** The team's incident that the case is about, as it stands now. */
function incidentOf({ record, beside = [] }: State): Incident | null {
	const number = record?.standing.incident?.number;
	if (number === undefined) return null;
	const incidents = beside.filter((one) => one.of === 'incident').map((one) => one.standing as Incident);
	return incidents.find((one) => one.number === number) ?? null;
}

/** Entered figures, and which criteria they meet: dated, and never a mere tick (NIS2 Art. 23(3)). */
export const assessNotification = command({
	name: 'notification.assess',
	input: z.object({ record: id<RecordId>(), figures: figuresSchema }),
	decide(state: State, { figures }, actor): Decision {
		const refusal = asEntity(state, actor);
		if (refusal) return refusal;
		const { team, record } = state;
		const met = judgeSignificance(record!.standing.content.provider, figures)
			.filter(({ verdict }) => verdict === 'met')
			.map(({ criterion }) => criterion.id);
		return {
			facts: [
				{
					kind: 'notification-assessed',
					team: team!.id,
					record: record!.id,
					...about(record!.standing),
					figures,
					met
				}
			]
		};
	}
});

/** Begins the draft of a report, on the form as it is today. */
export const beginReport = command({
	name: 'notification.begin',
	input: z.object({ record: id<RecordId>(), report: reportKey }),
	decide(state: State, { report: key }, actor): Decision {
		const refusal = asEntity(state, actor);
		if (refusal) return refusal;
		const { team, record } = state;
		const { standing } = record!;
		const report = reportOf(standing, key);
		if (report.form) return refuse('stale', `The ${reportName(key).toLowerCase()} has been begun already.`);
		const step = stepOf(key);
		if (step === 'intermediate_report' && !report.asked) return notFound();
		if (step === 'progress_report' || step === 'final_report') {
			if (reportOf(standing, 'incident_notification').versions.length === 0)
				return refuse('not-now', 'The incident notification comes first.');
		}
		const { id: form, version } = currentForm(step);
		return {
			facts: [
				{
					kind: 'notification-begun',
					team: team!.id,
					record: record!.id,
					...about(standing),
					report: key,
					form: { id: form, version }
				}
			]
		};
	}
});

/**
 * The lead approves exactly what was on the screen and sends it to the CSIRT or authority, which gets a record of its
 * own. Sending again is an amendment: a new version, beside the earlier ones. Nothing is ever sent by itself.
 */
export const submitReport = command({
	name: 'notification.submit',
	input: z.object({
		record: id<RecordId>(),
		report: reportKey,
		/** of the draft that the lead sees: `draftFingerprint` */
		fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
		/** the first time: whom it goes to; null: the country has none, and exercise control answers */
		to: id<TeamId>().nullable().default(null)
	}),
	decide(state: State, { report: key, fingerprint, to }, actor, { mint }: Moment): Decision {
		const refusal = asEntity(state, actor);
		if (refusal) return refusal;
		const { exercise, team, record, teams, organisations = new Map() } = state;
		const { others = [] } = record!;
		const { standing } = record!;
		if (!leads(actor, team!.id)) return forbidden('The team lead approves and sends what the law asks for.');
		const report = reportOf(standing, key);
		const form = report.form && formOf(report.form);
		const draft = (state.page as CasePage | undefined)?.drafts[key];
		if (!form || !draft) return refuse('not-now', `Nobody has begun the ${reportName(key).toLowerCase()}.`);
		if (draftFingerprint(draft) !== fingerprint)
			return refuse('stale', 'The text changed while you were approving it. Read it again, then approve.');
		const [problem, ...more] = formProblems(form, draft);
		if (problem) return refuse('invalid', problem.message, { problems: [problem, ...more] });
		const label = quotes(standing.content.tlp, incidentOf(state));
		if (label) return label;
		const last = report.versions.at(-1);
		const values = frozenValues(form, draft);
		if (last && fingerprintOf(frozenValues(form, last.values)) === fingerprintOf(values))
			return refuse('invalid', 'This is what was sent last. An amendment says something new.');

		const eligible = authoritiesFor(team!, teams.values(), organisations);
		let copies = [...others];
		let name = standing.to;
		if (!standing.isSent) {
			const chosen = to === null ? null : eligible.find((one) => one.id === to);
			if (chosen === undefined) return notFound();
			if (chosen === null && eligible.length > 0)
				return refuse('invalid', 'Choose the CSIRT or authority that it goes to.');
			copies = chosen ? [{ team: chosen.id, record: mint<RecordId>() }] : [];
			name = chosen?.name ?? null;
		}
		const receivers = copies.flatMap((copy) => teams.get(copy.team) ?? []);
		const own = partyOf(team!);
		const kept = keptFrom({ tlp: standing.content.tlp, originator: own }, own, receivers.map(partyOf));
		if (kept.length > 0)
			return refuse(
				'invalid',
				keptFromSentence(
					standing.content.tlp,
					receivers.filter((one) => kept.some(({ team: id }) => id === one.id))
				)
			);
		return {
			facts: [
				{
					kind: 'notification-submitted',
					team: team!.id,
					record: record!.id,
					...(copies.length > 0 && { copies }),
					...about(standing),
					report: key,
					version: (last?.version ?? 0) + 1,
					form: report.form!,
					values,
					fingerprint,
					due: dueOf(standing, key, exercise.timeZone),
					to: name,
					content: standing.content,
					met: standing.assessments.at(-1)?.met ?? []
				}
			]
		};
	}
});

export function draftFingerprint(draft: CasePage['drafts'][string]): string {
	return fingerprintOf(draft);
}

/** Told to the receiving side too, once there is one. */
function copiesOf({ record }: State): Pick<NotificationFact, 'copies'> {
	const others = record?.others ?? [];
	return others.length > 0 ? { copies: [...others] } : {};
}

// --- the CSIRT or authority -------------------------------------------------------------------------------------------

type Side = 'authority' | 'control';

/**
 * Who answers: players of the team that it was sent to, on their own record; where it was sent to nobody in play,
 * exercise control or a moderator of the country, on the record of the team that notified.
 */
function asAuthority(state: State, actor: Actor): { side: Side } | Decision {
	const { exercise, team, record } = state;
	if (!team || !record) return notFound();
	const { standing } = record;
	const isOwn = standing.side === 'authority' && playsIn(actor, team.id);
	const isPlayed =
		standing.side === 'entity' &&
		standing.isSent &&
		standing.to === null &&
		(isControl(actor) || moderatesCountry(actor, team.country));
	if (!isOwn && !isPlayed) return notFound();
	return notInPlay(exercise) ?? notClosed(standing) ?? { side: isOwn ? 'authority' : 'control' };
}

/** A fact of the answering side: on its own record with a copy for the team that notified, or on that one alone. */
function answering(
	{ team, record }: State,
	side: Side
): Pick<NotificationFact, 'team' | 'record' | 'copies' | 'byControl' | 'title' | 'tlp'> {
	return {
		team: team!.id,
		record: record!.id,
		...(side === 'authority' ? { copies: [...(record!.others ?? [])] } : { byControl: true as const }),
		...about(record!.standing)
	};
}

export const acknowledgeReport = command({
	name: 'notification.acknowledge',
	input: z.object({ record: id<RecordId>(), report: reportKey }),
	decide(state: State, { report: key }, actor): Decision {
		const by = asAuthority(state, actor);
		if (!('side' in by)) return by;
		const report = reportOf(state.record!.standing, key);
		const last = report.versions.at(-1);
		if (!last) return notFound();
		if (report.acknowledged?.version === last.version)
			return refuse('stale', 'Somebody has acknowledged it already.');
		return {
			facts: [
				{
					kind: 'notification-acknowledged',
					...answering(state, by.side),
					report: key,
					version: last.version
				}
			]
		};
	}
});

export const answerNotification = command({
	name: 'notification.answer',
	input: z.object({
		record: id<RecordId>(),
		report: reportKey,
		answer: z.enum(answerKinds).default('feedback'),
		text: longText('Answer')
	}),
	decide(state: State, { report: key, answer, text }, actor): Decision {
		const by = asAuthority(state, actor);
		if (!('side' in by)) return by;
		if (reportOf(state.record!.standing, key).versions.length === 0) return notFound();
		return {
			facts: [{ kind: 'notification-answered', ...answering(state, by.side), report: key, answer, text }]
		};
	}
});

export const requestReport = command({
	name: 'notification.requestReport',
	input: z.object({
		record: id<RecordId>(),
		text: longText('What you need to know'),
		/** exercise time, ms; null: without a limit */
		by: instant.nullable().default(null)
	}),
	decide(state: State, { text, by: until }, actor, { exercise: now }): Decision {
		const by = asAuthority(state, actor);
		if (!('side' in by)) return by;
		const { standing } = state.record!;
		if (until !== null && now !== null && until <= now)
			return refuse('invalid', 'This time is over already: leave the team time to write.');
		const open = standing.reports.find((one) => one.asked !== null && one.versions.length === 0);
		if (open)
			return refuse('not-now', `The ${reportName(open.key).toLowerCase()} that was asked for is not in yet.`);
		const number = standing.reports.filter((one) => one.asked !== null).length + 1;
		if (number > 99) return refuse('not-now', 'There have been 99 requests in this case.');
		return {
			facts: [
				{
					kind: 'notification-report-requested',
					...answering(state, by.side),
					report: `intermediate_report-${number}`,
					text,
					by: until
				}
			]
		};
	}
});

/** From here the final report's month counts, where a progress report had to go first. */
export const endHandling = command({
	name: 'notification.endHandling',
	input: z.object({ record: id<RecordId>() }),
	decide(state: State, _input, actor): Decision {
		const refusal = asEntity(state, actor);
		if (refusal) return refusal;
		const { team, record } = state;
		if (record!.standing.handled) return refuse('stale', 'Somebody has said so already.');
		return {
			facts: [
				{
					kind: 'notification-handled',
					team: team!.id,
					record: record!.id,
					...copiesOf(state),
					...about(record!.standing)
				}
			]
		};
	}
});

/** The receiving side closes a case when the final report is in. */
export const closeNotification = command({
	name: 'notification.close',
	input: z.object({ record: id<RecordId>(), reason }),
	decide(state: State, { reason }, actor): Decision {
		const by = asAuthority(state, actor);
		if (!('side' in by)) return by;
		if (reportOf(state.record!.standing, 'final_report').versions.length === 0)
			return refuse('not-now', 'The final report is not in yet.');
		return { facts: [{ kind: 'notification-closed', ...answering(state, by.side), reason }] };
	}
});

/** Opened by mistake, or no incident after all: its clocks stop, and what was sent stays sent. */
export const withdrawNotification = command({
	name: 'notification.withdraw',
	input: z.object({ record: id<RecordId>(), reason: longText('Reason') }),
	decide(state: State, { reason }, actor): Decision {
		const refusal = asEntity(state, actor);
		if (refusal) return refusal;
		const { team, record } = state;
		if (!leads(actor, team!.id)) return forbidden('The team lead withdraws a case.');
		return {
			facts: [
				{
					kind: 'notification-withdrawn',
					team: team!.id,
					record: record!.id,
					...copiesOf(state),
					...about(record!.standing),
					reason
				}
			]
		};
	}
});

export const notificationCommands = {
	'notification.open': openNotification,
	'notification.correct': correctNotification,
	'notification.assess': assessNotification,
	'notification.begin': beginReport,
	'notification.submit': submitReport,
	'notification.acknowledge': acknowledgeReport,
	'notification.answer': answerNotification,
	'notification.requestReport': requestReport,
	'notification.endHandling': endHandling,
	'notification.close': closeNotification,
	'notification.withdraw': withdrawNotification
} as const;
