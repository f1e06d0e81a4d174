import type * as Y from 'yjs';
import type { MarkAnswer } from '#lib/standards/evaluation.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Audience } from './documents.ts';
import { isRelaxing, teamOfFact, type Fact, type LogFact, type Recorded } from './facts.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type {
	AccountId,
	DeliveryId,
	EntryId,
	InjectId,
	MediaId,
	QuestionId,
	RecordId,
	SharedReportId,
	TeamId
} from './ids.ts';
import type { Team } from './exercise/schema.ts';
import { deliveredTo } from './inject/delivered.ts';
import type { DeliveredInject } from './inject/schema.ts';
import type { Counters, MediaKind } from './media/schema.ts';
import type { ReportRhythm } from './report/due.ts';
import type { FrozenReport, ReportContent } from './report/schema.ts';
import type { TableFact } from './table/schema.ts';
import type { DecisionState } from './team/decision.ts';
import type { Decision } from './team/schema.ts';
import type { RichText } from './rich-text.ts';
import {
	definitionOf,
	isWorkingFact,
	recordKindOf,
	sidesOf,
	type RecordKind,
	type WorkingFact
} from './working/kinds.ts';
import { bareOf, type Bare } from './working/record.ts';
import { isChannelFact } from './channel/facts.ts';
import { channelAudiences, type ChannelEntry } from './channel/projection.ts';
import { isEvaluationFact, type EvaluationFact } from './evaluation/schema.ts';
import { isFindingFact } from './finding/schema.ts';
import { isAarFact } from './aar/schema.ts';

/**
 * What a timeline shows: plain, immutable values. `audiencesOf` is the one function that decides who sees what of a
 * fact (DESIGN, ideas 2 and 6); no other code writes a timeline.
 */
export interface TimelineEntry {
	id: EntryId;
	/** null before STARTEX */
	exerciseAt: number | null;
	wallAt: number;
	/** order among entries of the same moment; grows within a timeline, says nothing about others */
	order: number;
	/** the person's name; null: by schedule, or anonymous */
	by: string | null;
	body: EntryBody;
}

export type EntryBody =
	// everyone, and exercise control
	| {
			kind: 'exercise';
			event: 'started' | 'paused' | 'resumed' | 'stopped' | 'stop-lifted' | 'ended';
			text?: string;
	  }
	| { kind: 'clock'; event: 'rate' | 'jump'; rate?: number; from?: number; to?: number; text?: string }
	// the public of simulated media, and exercise control
	| {
			kind: 'media';
			item: MediaId;
			media: MediaKind;
			byTeam: boolean;
			outlet: string;
			title: string;
			text: string;
	  }
	| { kind: 'media-comment'; item: MediaId; byTeam: boolean; outlet: string; text: string }
	| { kind: 'media-counters'; item: MediaId; counters: Counters }
	| { kind: 'media-withdrawn'; item: MediaId; outlet: string; title: string; reason: string }
	| {
			kind: 'announcement';
			text: string;
			tlp: Tlp;
			/** not to everybody: to the team that reads it, or, for exercise control, to these */
			to?: 'team' | TeamName[];
	  }
	| { kind: 'report-rhythm'; rhythm: ReportRhythm }
	// a team
	/** a word from exercise control */
	| { kind: 'prompt'; text: string; tlp: Tlp; team?: TeamName }
	/** what its table discusses; `endsAt` wall clock, ms, null where nothing stands there any more */
	| {
			kind: 'table';
			event: 'asked' | 'extended' | 'cleared';
			question: string;
			seconds: number;
			endsAt: number | null;
	  }
	| { kind: 'inject'; delivery: DeliveryId; inject: DeliveredInject }
	/** exercise control took an inject back that the team has */
	| { kind: 'inject-recalled'; delivery: DeliveryId; title: string; tlp: Tlp; reason: string }
	| {
			kind: 'acknowledged';
			delivery: DeliveryId;
			title: string;
			team?: TeamName;
			reference?: string;
			afterMs: number;
	  }
	| {
			kind: 'responded';
			delivery: DeliveryId;
			title: string;
			text: string;
			team?: TeamName;
			reference?: string;
			afterMs: number;
	  }
	| ({ kind: 'log'; team?: TeamName } & Omit<LogFact, 'kind' | 'team'>)
	| { kind: 'decision'; number: number; decision: Decision; team?: TeamName }
	| {
			kind: 'decision-moved';
			number: number;
			chosen: string;
			to: Exclude<DecisionState, 'decided'>;
			reason: string;
			/** the decision that came in its place */
			supersededBy?: number;
			team?: TeamName;
	  }
	| { kind: 'question'; question: QuestionId; text: string; to?: string; team?: TeamName }
	| { kind: 'answer'; question: QuestionId; asked: string; answer: string; as?: string; team?: TeamName }
	| { kind: 'report-opened'; page: string; number: number; team?: TeamName }
	| {
			kind: 'report';
			page: string;
			number: number;
			title: string;
			tlp: Tlp;
			asOf: number;
			text?: RichText;
			content?: ReportContent;
			authors?: string[];
			supersedes?: number;
			team?: TeamName;
	  }
	/** the own report went out: to whom, by their names */
	| {
			kind: 'report-shared';
			page: string;
			number: number;
			title: string;
			tlp: Tlp;
			to: string[];
			people: number;
			countries: number;
			/** again, under a label that was relaxed */
			relaxed?: true;
			team?: TeamName;
	  }
	/** another team's report came, here or in a channel */
	| ({
			kind: 'shared-report';
			shared: SharedReportId;
			/** the same report came here before, under a stricter label */
			relaxes?: SharedReportId;
			/** the name of the team that wrote it */
			from: string;
			country: CountryCode;
			approvedAt: number | null;
			approvedBy: string | null;
			/** whose room it came to: for exercise control and moderators */
			team?: TeamName;
	  } & FrozenReport)
	/** one act on a working record, as one side of it reads it */
	| {
			kind: 'working';
			of: RecordKind;
			record: RecordId;
			/** the how-manieth act on this record it is, from 1: a reader notices when one is missing */
			act: number;
			side: 'own' | 'other';
			/** the other team that acted */
			from?: string;
			fact: Bare<WorkingFact>;
			/** whose record it is: for exercise control and moderators */
			team?: TeamName;
	  }
	// exercise control and moderators
	| {
			kind: 'released';
			inject: InjectId;
			reference: string;
			title: string;
			tlp: Tlp;
			trigger: 'schedule' | 'hand' | 'ad-hoc';
			teams: TeamName[];
			/** recipients whose country has a variant of its own, which they get instead */
			leftOut?: TeamName[];
	  }
	| {
			kind: 'recalled';
			inject: InjectId;
			reference: string;
			title: string;
			tlp: Tlp;
			reason: string;
			/** those that had it */
			teams: TeamName[];
	  }
	| {
			kind: 'held';
			inject: InjectId;
			reference: string;
			title: string;
			reason: string;
			late?: { dueAt: number };
	  }
	| { kind: 'hold-lifted' | 'skipped'; inject: InjectId; reference: string; title: string; reason?: string }
	| { kind: 'approved'; inject: InjectId; reference: string; title: string; version: number }
	| { kind: 'adapted'; inject: InjectId; reference: string; title: string; variant?: true }
	| { kind: 'catch-up'; event: 'held' | 'resumed' | 'rate'; perMinute?: number }
	| {
			kind: 'dismissed';
			inject: InjectId;
			reference: string;
			title: string;
			missed: string;
			note: string;
			team: TeamName;
	  }
	| {
			kind: 'action-marked';
			inject: InjectId;
			reference: string;
			title: string;
			text: string;
			/** missing: it was met */
			seen?: Exclude<MarkAnswer, 'yes'>;
			team: TeamName;
	  }
	// what evaluators note about a team: theirs alone, and exercise control's
	| { kind: 'evaluation'; author: AccountId; fact: EvaluationFact }
	// channels, and what is told of them elsewhere
	| ChannelEntry
	// the timeline itself: the last entry of a full segment names the next
	| { kind: 'continued'; segment: number };

export interface TeamName {
	id: TeamId;
	name: string;
}

/** A timeline's segment holds so many entries; then the next begins (PERFORMANCE 8: 2,000 to 5,000 events). */
export const segmentLimit = 2000;

export interface ProjectionContext {
	team: (id: TeamId) => Pick<Team, 'id' | 'name' | 'country'>;
	/** the planners' reference of the inject behind a delivery: for exercise control only */
	referenceOf: (delivery: DeliveryId) => string;
	/** the how-manieth act on a record the fact is, from 1 */
	actOf: (fact: WorkingFact, record: RecordId) => number;
}

export interface Projected {
	audience: Audience;
	body: EntryBody;
	/** whether this audience may read who did it */
	named: boolean;
}

const control: Audience = { to: 'control' };
const everyone: Audience = { to: 'channel', channel: 'everyone' };
const media: Audience = { to: 'channel', channel: 'media' };

/** Who sees what of a fact. What is not listed reaches nobody. */
export function audiencesOf({ fact, by }: Recorded, context: ProjectionContext): Projected[] {
	if (isWorkingFact(fact)) return workingAudiences(fact, context);
	if (isChannelFact(fact)) return channelAudiences(fact, by);
	// on no other timeline, not even exercise control's: the team must not learn that it is observed
	if (isEvaluationFact(fact)) {
		const body: EntryBody = { kind: 'evaluation', author: by!.account as AccountId, fact };
		return [seen({ to: 'evaluation', team: fact.team }, body)];
	}
	// each reads of them what is theirs, on the pages of the review and of findings
	if (isFindingFact(fact) || isAarFact(fact)) return [];
	switch (fact.kind) {
		case 'exercise-started':
			return both({ kind: 'exercise', event: 'started' });
		case 'clock-paused':
			return both({ kind: 'exercise', event: 'paused', ...(fact.reason && { text: fact.reason }) });
		case 'clock-resumed':
			return both({ kind: 'exercise', event: 'resumed' });
		case 'exercise-stopped':
			return both({ kind: 'exercise', event: 'stopped', text: fact.reason });
		case 'stop-lifted':
			return both({ kind: 'exercise', event: fact.to === 'ended' ? 'ended' : 'stop-lifted' });
		case 'exercise-ended':
			return both({ kind: 'exercise', event: 'ended' });
		case 'clock-rate-set':
			return both({ kind: 'clock', event: 'rate', rate: fact.rate });
		case 'clock-jumped':
			return both({ kind: 'clock', event: 'jump', from: fact.from, to: fact.to, text: fact.reason });
		case 'announcement-made': {
			const { text, tlp, to } = fact;
			if (!to) return both({ kind: 'announcement', text, tlp });
			return announcedTo(to.teams.map(context.team), { text, tlp });
		}

		case 'inject-approved': {
			const { inject, content, version } = fact;
			return [
				seen(control, {
					kind: 'approved',
					inject,
					reference: content.reference,
					title: content.title,
					version
				})
			];
		}
		case 'inject-adapted': {
			const { inject, reference, title, cell, of } = fact;
			const body: EntryBody = {
				kind: 'adapted',
				inject,
				reference,
				title,
				...(of && { variant: true as const })
			};
			return cell === 'central'
				? [seen(control, body)]
				: [seen(control, body), seen({ to: 'channel', channel: cell }, body)];
		}
		case 'inject-held': {
			const { inject, reference, title, reason, late } = fact;
			return [seen(control, { kind: 'held', inject, reference, title, reason, ...(late && { late }) })];
		}
		case 'inject-hold-lifted':
			return [
				seen(control, {
					kind: 'hold-lifted',
					inject: fact.inject,
					reference: fact.reference,
					title: fact.title
				})
			];
		case 'inject-skipped': {
			const { inject, reference, title, reason } = fact;
			return [seen(control, { kind: 'skipped', inject, reference, title, reason })];
		}
		case 'inject-released': {
			const teams = fact.deliveries.map((delivery) => context.team(delivery.team));
			const leftOut = (fact.leftOut ?? []).map((team) => context.team(team));
			const released = (of: typeof teams, without: typeof teams): EntryBody => ({
				kind: 'released',
				inject: fact.inject,
				reference: fact.content.reference,
				title: fact.content.title,
				tlp: fact.content.tlp,
				trigger: fact.trigger,
				teams: of.map(({ id, name }) => ({ id, name })),
				...(without.length > 0 && { leftOut: without.map(({ id, name }) => ({ id, name })) })
			});
			const countries = [...new Set(teams.map((team) => team.country))];
			return [
				seen(control, released(teams, leftOut)),
				...countries.map((country) =>
					seen(
						{ to: 'channel', channel: country },
						released(
							teams.filter((team) => team.country === country),
							[]
						)
					)
				),
				// who pressed the button is not the players' business
				...fact.deliveries.map((delivery) => ({
					audience: { to: 'team' as const, team: delivery.team },
					body: {
						kind: 'inject' as const,
						delivery: delivery.delivery,
						inject: deliveredTo(fact, delivery)
					},
					named: false
				}))
			];
		}

		case 'inject-recalled': {
			const { inject, reference, title, tlp, reason } = fact;
			const teams = fact.deliveries.map((delivery) => context.team(delivery.team));
			const recalled = (of: typeof teams): EntryBody => ({
				kind: 'recalled',
				inject,
				reference,
				title,
				tlp,
				reason,
				teams: of.map(({ id, name }) => ({ id, name }))
			});
			const countries = [...new Set(teams.map((team) => team.country))];
			return [
				seen(control, recalled(teams)),
				...countries.map((country) =>
					seen(
						{ to: 'channel', channel: country },
						recalled(teams.filter((team) => team.country === country))
					)
				),
				...fact.deliveries.map(({ delivery, team, title: read = title }) => ({
					audience: { to: 'team' as const, team },
					body: { kind: 'inject-recalled' as const, delivery, title: read, tlp, reason },
					named: false
				}))
			];
		}

		case 'delivery-acknowledged': {
			const { delivery, title, afterMs } = fact;
			const reference = context.referenceOf(delivery);
			return teamAnd(fact, { kind: 'acknowledged', delivery, title, afterMs }, { reference });
		}
		case 'delivery-responded': {
			const { delivery, title, text, afterMs } = fact;
			const reference = context.referenceOf(delivery);
			return teamAnd(fact, { kind: 'responded', delivery, title, text, afterMs }, { reference });
		}
		case 'action-marked': {
			const { inject, reference, title, text, seen: answer } = fact;
			const { id, name, country } = context.team(fact.team);
			// what is expected of a team, and that somebody watches for it, is not the team's business (P1)
			const body: EntryBody = {
				kind: 'action-marked',
				inject,
				reference,
				title,
				text,
				...(answer && { seen: answer }),
				team: { id, name }
			};
			return [seen(control, body), seen({ to: 'channel', channel: country }, body)];
		}
		// said to those who sit there, and to whoever looks on: nobody else has to know
		case 'table-asked':
		case 'table-extended':
		case 'table-cleared':
			return [seen({ to: 'team', team: fact.team }, tableBody(fact))];
		case 'log-added': {
			const { kind: _kind, team: _team, ...entry } = fact;
			return teamAnd(fact, { kind: 'log', ...entry });
		}
		case 'decision-recorded':
			return teamAnd(fact, { kind: 'decision', number: fact.number, decision: fact.decision });
		case 'decision-moved': {
			const { number, chosen, to, reason, by } = fact;
			return teamAnd(fact, {
				kind: 'decision-moved',
				number,
				chosen,
				to,
				reason,
				...(by !== undefined && { supersededBy: by })
			});
		}
		case 'question-asked':
			return teamAnd(fact, {
				kind: 'question',
				question: fact.question,
				text: fact.text,
				...(fact.to && { to: fact.to })
			});
		case 'question-answered': {
			const { question, asked, answer, as } = fact;
			// answers come from exercise control, not from a person whom players could seek out
			return teamAnd(fact, { kind: 'answer', question, asked, answer, ...(as && { as }) }, {}, false);
		}
		case 'team-prompted':
			return teamAnd(fact, { kind: 'prompt', text: fact.text, tlp: fact.tlp }, {}, false);
		case 'suggestion-dismissed': {
			const { inject, reference, title, missed, note } = fact;
			const { id, name, country } = context.team(fact.team);
			// what was expected of a team, and held in reserve for it, is not the team's business (P1)
			const body: EntryBody = {
				kind: 'dismissed',
				inject,
				reference,
				title,
				missed: missed.text,
				note,
				team: { id, name }
			};
			return [seen(control, body), seen({ to: 'channel', channel: country }, body)];
		}
		// whether a country shares its figures stands on the page of statistics, and is no news
		case 'figures-shared':
			return [];
		// stands on the review page
		case 'affected-named':
		case 'affected-taken-back':
			return [];
		// stands in the record; what was taken over shows by itself
		case 'records-relabelled':
			return [];
		case 'catch-up-held':
			return [seen(control, { kind: 'catch-up', event: 'held' })];
		case 'catch-up-resumed':
			return [seen(control, { kind: 'catch-up', event: 'resumed' })];
		case 'catch-up-rate-set':
			return [seen(control, { kind: 'catch-up', event: 'rate', perMinute: fact.perMinute })];
		case 'report-opened':
			return teamAnd(fact, { kind: 'report-opened', page: fact.page, number: fact.number });
		case 'report-approved': {
			const { page, number, title, tlp, asOf, text, content, authors, supersedes } = fact;
			return teamAnd(fact, {
				kind: 'report',
				page,
				number,
				title,
				tlp,
				asOf,
				text,
				...(content && { content }),
				...(authors && { authors }),
				...(supersedes !== undefined && { supersedes })
			});
		}
		case 'report-shared':
			return sharedAudiences(fact, context, teamAnd);
		case 'report-rhythm-set':
			return both({ kind: 'report-rhythm', rhythm: fact.rhythm });

		case 'media-published': {
			const { item, media, publisher, outlet, title, text } = fact;
			return inPublic({ kind: 'media', item, media, byTeam: publisher !== null, outlet, title, text });
		}
		case 'media-commented': {
			const { item, publisher, outlet, text } = fact;
			return inPublic({ kind: 'media-comment', item, byTeam: publisher !== null, outlet, text });
		}
		case 'media-counted':
			return [
				{
					audience: media,
					body: { kind: 'media-counters', item: fact.item, counters: fact.counters },
					named: false
				}
			];
		case 'media-withdrawn': {
			const { item, outlet, title, reason } = fact;
			return inPublic({ kind: 'media-withdrawn', item, outlet, title, reason });
		}

		// not for a timeline: submissions show on the script page, "seen" on the board, cards on the hot wash board; who
		// handles what is on the console, what the help desk is asked in its queue
		case 'inject-submitted':
		case 'inject-returned':
		case 'delivery-seen':
		case 'card-added':
		case 'card-withdrawn':
		case 'card-voted':
		case 'exercise-advanced':
		case 'work-claimed':
		case 'work-returned':
		case 'help-asked':
		case 'help-answered':
		case 'help-closed':
			return [];
	}

	function teamAnd(
		of: Extract<Fact, { team: TeamId }>,
		body: EntryBody,
		forControl: Record<string, unknown> = {},
		namedToTeam = true
	): Projected[] {
		const { id, name, country } = context.team(teamOfFact(of)!);
		const outside = { ...body, ...forControl, team: { id, name } } as EntryBody;
		return [
			{ audience: { to: 'team', team: id }, body, named: namedToTeam },
			seen(control, outside),
			seen({ to: 'channel', channel: country }, outside)
		];
	}
}

/** Each team reads it as said to it, moderators as said to their teams; no team reads who else was told. */
function announcedTo(
	teams: readonly Pick<Team, 'id' | 'name' | 'country'>[],
	said: { text: string; tlp: Tlp }
): Projected[] {
	const names = (of: typeof teams): TeamName[] => of.map(({ id, name }) => ({ id, name }));
	const countries = [...new Set(teams.map((team) => team.country))];
	return [
		seen(control, { kind: 'announcement', ...said, to: names(teams) }),
		...countries.map((country) =>
			seen(
				{ to: 'channel', channel: country },
				{ kind: 'announcement', ...said, to: names(teams.filter((team) => team.country === country)) }
			)
		),
		...teams.map((team) => ({
			audience: { to: 'team' as const, team: team.id },
			body: { kind: 'announcement' as const, ...said, to: 'team' as const },
			named: false
		}))
	];
}

/** The sender reads whom it reached; each recipient reads the report, under an id of its own, and of no other recipient (P2). */
function sharedAudiences(
	fact: Extract<Fact, { kind: 'report-shared' }>,
	context: ProjectionContext,
	teamAnd: (of: typeof fact, body: EntryBody) => Projected[]
): Projected[] {
	const { page, number, title, tlp, asOf, text, content, approvedAt, approvedBy, people } = fact;
	const sender = context.team(fact.team);
	const received = (shared: SharedReportId, relaxes?: SharedReportId): EntryBody => ({
		kind: 'shared-report',
		shared,
		...(relaxes && { relaxes }),
		from: sender.name,
		country: sender.country,
		approvedAt,
		approvedBy,
		number,
		title,
		tlp,
		asOf,
		text,
		content
	});
	return [
		...teamAnd(fact, {
			kind: 'report-shared',
			page,
			number,
			title,
			tlp,
			to: [
				...fact.copies.map((copy) => context.team(copy.team).name),
				...fact.channels.map(({ name }) => name)
			],
			people,
			countries: fact.countries.length,
			...(isRelaxing(fact) && { relaxed: true as const })
		}),
		...fact.copies.flatMap(({ team, shared, relaxes }): Projected[] => {
			const { id, name, country } = context.team(team);
			return [
				{ audience: { to: 'team', team: id }, body: received(shared, relaxes), named: true },
				seen({ to: 'channel', channel: country }, {
					...received(shared, relaxes),
					team: { id, name }
				} as EntryBody)
			];
		}),
		...fact.channels.map(({ channel, shared, relaxes }) =>
			seen({ to: 'channel', channel }, received(shared, relaxes))
		)
	];
}

/** Each side reads its own record, under its own id; exercise control and moderators read what is watched. */
function workingAudiences(fact: WorkingFact, context: ProjectionContext): Projected[] {
	const of = recordKindOf(fact);
	const watched = (definitionOf(of).shown as Record<string, string>)[fact.kind] === 'watched';
	const bare = bareOf(fact);
	return sidesOf(fact).flatMap(({ record, team: id, side }): Projected[] => {
		const { name, country } = context.team(id);
		const body: EntryBody = {
			kind: 'working',
			of,
			record,
			act: context.actOf(fact, record),
			side: fact.byControl ? 'other' : side,
			...(side === 'other' && !fact.byControl && { from: context.team(fact.team).name }),
			fact: bare
		};
		const outside: EntryBody = { ...body, team: { id, name } };
		return [
			{ audience: { to: 'team', team: id }, body, named: !fact.byControl },
			// what passes between two teams is told to exercise control once, as who acted sees it
			...(watched && side === 'own' ? [seen(control, outside)] : []),
			...(watched ? [seen({ to: 'channel', channel: country }, outside)] : [])
		];
	});
}

const tableBody = (fact: TableFact): EntryBody => ({
	kind: 'table',
	event: fact.kind === 'table-asked' ? 'asked' : fact.kind === 'table-extended' ? 'extended' : 'cleared',
	question: fact.question,
	seconds: fact.kind === 'table-cleared' ? 0 : fact.seconds,
	endsAt: fact.kind === 'table-cleared' ? null : fact.endsAt
});

const seen = (audience: Audience, body: EntryBody): Projected => ({ audience, body, named: true });

/** The public reads the outlet or the team, not the person behind it. */
const inPublic = (body: EntryBody): Projected[] => [
	{ audience: media, body, named: false },
	seen(control, body)
];

/** Players read that the clock changed, not which controller did it. */
const both = (body: EntryBody): Projected[] => [
	{ audience: everyone, body, named: false },
	seen(control, body)
];

// --- reading a timeline -----------------------------------------------------------------------------------------------

export function timelineEntries(doc: Y.Doc): Y.Map<TimelineEntry> {
	return doc.getMap<TimelineEntry>('entries');
}

/** By exercise time, then by the order in which the server wrote them. Before STARTEX comes first. */
export function compareEntries(a: TimelineEntry, b: TimelineEntry): number {
	const first = a.exerciseAt ?? Number.NEGATIVE_INFINITY;
	const second = b.exerciseAt ?? Number.NEGATIVE_INFINITY;
	return first === second ? a.order - b.order : first - second;
}

/**
 * By the record: in which order things happened. What follows from entries (an inject is acknowledged, a message corrected) is
 * folded in this order, because the exercise's clock may have jumped back between two of them; it is shown by `compareEntries`.
 */
export function compareRecorded(
	a: Pick<TimelineEntry, 'wallAt' | 'order'>,
	b: Pick<TimelineEntry, 'wallAt' | 'order'>
): number {
	return a.wallAt === b.wallAt ? a.order - b.order : a.wallAt - b.wallAt;
}
