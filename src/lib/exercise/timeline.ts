import type * as Y from 'yjs';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Audience } from './documents.ts';
import { teamOfFact, type Fact, type Recorded } from './facts.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { DeliveryId, EntryId, InjectId, QuestionId, RecordId, SharedReportId, TeamId } from './ids.ts';
import type { Team } from './exercise/schema.ts';
import { deliveredTo } from './inject/delivered.ts';
import type { DeliveredInject } from './inject/schema.ts';
import type { ReportRhythm } from './report/due.ts';
import type { FrozenReport, ReportContent } from './report/schema.ts';
import type { Decision, LogKind } from './team/schema.ts';
import type { RichText } from './rich-text.ts';
import {
	definitionOf,
	isWorkingFact,
	recordKindOf,
	sidesOf,
	type RecordKind,
	type WorkingFact
} from './working/kinds.ts';
import type { Bare } from './working/record.ts';

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
	| { kind: 'announcement'; text: string; tlp: Tlp }
	| { kind: 'report-rhythm'; rhythm: ReportRhythm }
	// a team
	| { kind: 'inject'; delivery: DeliveryId; inject: DeliveredInject }
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
	| { kind: 'log'; log: LogKind; text: string; correctionOf?: string; late?: boolean; team?: TeamName }
	| { kind: 'decision'; number: number; decision: Decision; team?: TeamName }
	| { kind: 'question'; question: QuestionId; text: string; team?: TeamName }
	| { kind: 'answer'; question: QuestionId; asked: string; answer: string; team?: TeamName }
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
			team?: TeamName;
	  }
	/** another team's report came, here or in a channel */
	| ({
			kind: 'shared-report';
			shared: SharedReportId;
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
			kind: 'held';
			inject: InjectId;
			reference: string;
			title: string;
			reason: string;
			late?: { dueAt: number };
	  }
	| { kind: 'hold-lifted' | 'skipped'; inject: InjectId; reference: string; title: string; reason?: string }
	| { kind: 'approved'; inject: InjectId; reference: string; title: string; version: number }
	| {
			kind: 'action-marked';
			inject: InjectId;
			reference: string;
			title: string;
			text: string;
			team: TeamName;
	  }
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

/** Who sees what of a fact. What is not listed reaches nobody. */
export function audiencesOf({ fact }: Recorded, context: ProjectionContext): Projected[] {
	if (isWorkingFact(fact)) return workingAudiences(fact, context);
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
		case 'announcement-made':
			return both({ kind: 'announcement', text: fact.text, tlp: fact.tlp });

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
			const { inject, reference, title, text } = fact;
			const { id, name, country } = context.team(fact.team);
			// what is expected of a team, and that somebody watches for it, is not the team's business (P1)
			const body: EntryBody = {
				kind: 'action-marked',
				inject,
				reference,
				title,
				text,
				team: { id, name }
			};
			return [seen(control, body), seen({ to: 'channel', channel: country }, body)];
		}
		case 'log-added': {
			const { log, text, correctionOf, late } = fact;
			return teamAnd(fact, {
				kind: 'log',
				log,
				text,
				...(correctionOf && { correctionOf }),
				...(late && { late })
			});
		}
		case 'decision-recorded':
			return teamAnd(fact, { kind: 'decision', number: fact.number, decision: fact.decision });
		case 'question-asked':
			return teamAnd(fact, { kind: 'question', question: fact.question, text: fact.text });
		case 'question-answered': {
			const { question, asked, answer } = fact;
			// answers come from exercise control, not from a person whom players could seek out
			return teamAnd(fact, { kind: 'answer', question, asked, answer }, {}, false);
		}
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

		// not for a timeline: submissions show on the script page, "seen" on the board, cards on the hot wash board
		case 'inject-submitted':
		case 'inject-returned':
		case 'delivery-seen':
		case 'card-added':
		case 'card-withdrawn':
		case 'card-voted':
		case 'exercise-advanced':
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

/** The sender reads whom it reached; each recipient reads the report, under an id of its own, and of no other recipient (P2). */
function sharedAudiences(
	fact: Extract<Fact, { kind: 'report-shared' }>,
	context: ProjectionContext,
	teamAnd: (of: typeof fact, body: EntryBody) => Projected[]
): Projected[] {
	const { page, number, title, tlp, asOf, text, content, approvedAt, approvedBy, people } = fact;
	const sender = context.team(fact.team);
	const received = (shared: SharedReportId): EntryBody => ({
		kind: 'shared-report',
		shared,
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
			countries: fact.countries.length
		}),
		...fact.copies.flatMap(({ team, shared }): Projected[] => {
			const { id, name, country } = context.team(team);
			return [
				{ audience: { to: 'team', team: id }, body: received(shared), named: true },
				seen({ to: 'channel', channel: country }, { ...received(shared), team: { id, name } } as EntryBody)
			];
		}),
		...fact.channels.map(({ channel, shared }) => seen({ to: 'channel', channel }, received(shared)))
	];
}

/** Each side reads its own record, under its own id; exercise control and moderators read what is watched. */
function workingAudiences(fact: WorkingFact, context: ProjectionContext): Projected[] {
	const of = recordKindOf(fact);
	const watched = (definitionOf(of).shown as Record<string, string>)[fact.kind] === 'watched';
	const { team: acting, record: _record, copies: _copies, ...bare } = fact;
	return sidesOf(fact).flatMap(({ record, team: id, side }): Projected[] => {
		const { name, country } = context.team(id);
		const body: EntryBody = {
			kind: 'working',
			of,
			record,
			act: context.actOf(fact, record),
			side: fact.byControl ? 'other' : side,
			...(side === 'other' && !fact.byControl && { from: context.team(acting).name }),
			fact: bare as Bare<WorkingFact>
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

const seen = (audience: Audience, body: EntryBody): Projected => ({ audience, body, named: true });

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
