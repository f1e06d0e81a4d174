import { compareEntries, compareRecorded, type EntryBody, type TimelineEntry } from '../timeline.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Speaker } from '../channel/schema.ts';
import type { DeliveryId, EntryId, QuestionId, RecordId, SharedReportId } from '../ids.ts';
import { definitionOf, type RecordKind, type WorkingFact } from '../working/kinds.ts';
import type { DeliveredInject } from '../inject/schema.ts';
import type { ReportRhythm } from '../report/due.ts';
import type { FrozenReport, ReportContent } from '../report/schema.ts';
import type { RichText } from '../rich-text.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Act } from '../working/record.ts';
import type { DecisionState } from './decision.ts';
import type { TeamFile } from './files.ts';
import type { Methane } from './methane.ts';
import type { Decision, LogKind } from './schema.ts';

/*
 * A team's room is folded from what its timelines say: the entries are facts that never change, and everything the room
 * shows (what waits, what is late, which question is open) follows from them and the exercise clock.
 */

export type { Act };

interface ItemBase extends Act {
	id: EntryId;
}

export interface InjectItem extends ItemBase {
	kind: 'inject';
	delivery: DeliveryId;
	inject: DeliveredInject;
	acknowledged: Act | null;
	/** first to last; the first one counts for the time asked */
	responses: (Act & { text: string })[];
	/** exercise control took it back: the text stays as it was read, and asks nothing any more */
	recalled: (Act & { reason: string }) | null;
}

export interface QuestionItem extends ItemBase {
	kind: 'question';
	question: QuestionId;
	text: string;
	/** the simulated body that it was put to; '': exercise control itself */
	to: string;
	/** `as`: in whose name; '': exercise control's own */
	answer: (Act & { text: string; as: string }) | null;
}

export interface DecisionItem extends ItemBase {
	kind: 'decision';
	number: number;
	decision: Decision;
	/** how it stands now, and how it came to */
	state: DecisionState;
	history: (Act & { to: DecisionState; reason: string; supersededBy: number | null })[];
}

export interface ReportItem extends ItemBase {
	kind: 'report';
	page: string;
	number: number;
	title: string;
	tlp: Tlp;
	asOf: number;
	text: RichText | null;
	/** null: a report from before there were sections and tables */
	content: ReportContent | null;
	authors: readonly string[];
	/** the number of the report that it replaces */
	supersedes: number | null;
}

/** Another team's report, as it came. */
export interface SharedReportItem extends ItemBase, FrozenReport {
	kind: 'shared-report';
	shared: SharedReportId;
	/** the copy before it, under a stricter label */
	relaxes?: SharedReportId;
	from: string;
	country: CountryCode;
	approvedAt: number | null;
	approvedBy: string | null;
}

export interface LogItem extends ItemBase {
	kind: 'log';
	log: LogKind;
	text: string;
	methane: Methane | null;
	files: TeamFile[];
	/** the incident that it is about */
	incident: RecordId | null;
	late: boolean;
	/** what this one corrects, and whether a later one corrects it: both stay */
	corrects: { id: EntryId; text: string } | null;
	corrected: boolean;
}

export type RoomItem =
	| InjectItem
	| QuestionItem
	| DecisionItem
	| ReportItem
	| LogItem
	/** that an inject was taken back; the inject itself says so too, where it stands */
	| (ItemBase & { kind: 'recalled'; delivery: DeliveryId; title: string; tlp: Tlp; reason: string })
	| SharedReportItem
	/** the own report went out */
	| (ItemBase & {
			kind: 'report-shared';
			page: string;
			number: number;
			title: string;
			tlp: Tlp;
			to: readonly string[];
			people: number;
			countries: number;
			relaxed: boolean;
	  })
	| (ItemBase & { kind: 'report-rhythm'; rhythm: ReportRhythm })
	| (ItemBase & { kind: 'answer'; question: QuestionId; asked: string; answer: string; as: string })
	/** a word from exercise control to this team */
	| (ItemBase & { kind: 'prompt'; text: string; tlp: Tlp })
	/** what its table was asked to discuss; `text` '': a time alone */
	| (ItemBase & { kind: 'table'; text: string; seconds: number })
	/** an act on a working record; what the record comes to is folded beside (`working/fold.ts`) */
	| (ItemBase & {
			kind: 'working';
			of: RecordKind;
			record: RecordId;
			happened: WorkingFact['kind'];
			/** the other team that did it; null: the own team, or exercise control */
			from: string | null;
			side: 'own' | 'other';
			title: string;
			text: string;
			tlp: Tlp;
	  })
	/** a network that the team is in changes its mode */
	| (ItemBase & { kind: 'mode' } & Omit<Extract<EntryBody, { kind: 'mode' }>, 'by' | 'from'> & {
				was: string;
				of: Speaker;
				text: string;
			})
	| (ItemBase & {
			kind: 'decision-moved';
			number: number;
			chosen: string;
			to: DecisionState;
			/** the reason */
			text: string;
			supersededBy: number | null;
	  })
	| (ItemBase & { kind: 'report-opened'; page: string; number: number })
	/** `toTeam`: not to everybody */
	| (ItemBase & { kind: 'announcement'; text: string; tlp: Tlp; toTeam: boolean })
	| (ItemBase & { kind: 'exercise'; event: Extract<EntryBody, { kind: 'exercise' }>['event']; text: string })
	| (ItemBase & { kind: 'clock'; rate?: number; from?: number; to?: number; text: string })
	/** an act on an inject that is not here: shown by itself rather than lost */
	| (ItemBase & { kind: 'acknowledged' | 'responded'; title: string; text: string });

/** A situation report: a draft that the team writes, until the lead has approved it. */
export interface RoomReport {
	page: string;
	number: number;
	/** the frozen version; null: a draft */
	approved: ReportItem | null;
}

export interface TeamRoom {
	/** newest exercise time first */
	items: RoomItem[];
	injects: InjectItem[];
	questions: QuestionItem[];
	decisions: DecisionItem[];
	/** by number */
	reports: RoomReport[];
	/** reports of other teams, newest first */
	received: SharedReportItem[];
	/** how often reports are due, as last set in play; null: as the page was loaded */
	rhythm: ReportRhythm | null;
}

/** Folds the entries of the team's timeline and of everyone's channel, in any order. */
export function foldRoom(entries: readonly TimelineEntry[]): TeamRoom {
	const items: RoomItem[] = [];
	const injects = new Map<DeliveryId, InjectItem>();
	const questions = new Map<QuestionId, QuestionItem>();
	const logs = new Map<string, LogItem>();
	const decisions = new Map<number, DecisionItem>();
	const moves: (DecisionItem['history'][number] & { number: number })[] = [];
	const reports = new Map<string, RoomReport>();
	let rhythm: ReportRhythm | null = null;
	const report = (page: string, number: number): RoomReport => {
		const known = reports.get(page) ?? { page, number, approved: null };
		reports.set(page, known);
		return known;
	};
	const entryOf = new Map<string, TimelineEntry>();
	for (const entry of [...entries].sort(compareRecorded)) {
		const { id, body } = entry;
		entryOf.set(id, entry);
		const act: Act = { by: entry.by, at: entry.exerciseAt, wallAt: entry.wallAt };
		const base: ItemBase = { id, ...act };
		switch (body.kind) {
			case 'inject': {
				const { delivery, inject } = body;
				const item: InjectItem = {
					...base,
					kind: 'inject',
					delivery,
					inject,
					acknowledged: null,
					responses: [],
					recalled: null
				};
				injects.set(delivery, item);
				items.push(item);
				break;
			}
			case 'acknowledged': {
				const item = injects.get(body.delivery);
				if (item) item.acknowledged ??= act;
				else items.push({ ...base, kind: 'acknowledged', title: body.title, text: '' });
				break;
			}
			case 'responded': {
				const item = injects.get(body.delivery);
				if (item) item.responses.push({ ...act, text: body.text });
				else items.push({ ...base, kind: 'responded', title: body.title, text: body.text });
				break;
			}
			case 'inject-recalled': {
				const { delivery, title, tlp, reason } = body;
				const item = injects.get(delivery);
				if (item) item.recalled ??= { ...act, reason };
				items.push({ ...base, kind: 'recalled', delivery, title, tlp, reason });
				break;
			}
			case 'log': {
				const before = body.correctionOf ? logs.get(body.correctionOf) : undefined;
				if (before) before.corrected = true;
				const corrects = before ? { id: before.id, text: before.text } : null;
				const { log, text, methane = null, files = [], incident = null, late = false } = body;
				const item: LogItem = {
					...base,
					kind: 'log',
					log,
					text,
					methane,
					files,
					incident,
					late,
					corrects,
					corrected: false
				};
				logs.set(id, item);
				items.push(item);
				break;
			}
			case 'decision': {
				const { number, decision } = body;
				const item: DecisionItem = {
					...base,
					kind: 'decision',
					number,
					decision,
					state: 'decided',
					history: []
				};
				decisions.set(number, item);
				items.push(item);
				break;
			}
			case 'decision-moved': {
				const { number, chosen, to, reason, supersededBy = null } = body;
				moves.push({ ...act, number, to, reason, supersededBy });
				items.push({ ...base, kind: 'decision-moved', number, chosen, to, text: reason, supersededBy });
				break;
			}
			case 'question': {
				const { question, text, to = '' } = body;
				const item: QuestionItem = { ...base, kind: 'question', question, text, to, answer: null };
				questions.set(question, item);
				items.push(item);
				break;
			}
			case 'answer': {
				const { question, asked, answer, as = '' } = body;
				const item = questions.get(question);
				if (item) item.answer = { ...act, text: answer, as };
				items.push({ ...base, kind: 'answer', question, asked, answer, as });
				break;
			}
			case 'prompt':
				items.push({ ...base, kind: 'prompt', text: body.text, tlp: body.tlp });
				break;
			case 'table':
				// more time, and the end of it, are for the clock on the wall
				if (body.event === 'asked')
					items.push({ ...base, kind: 'table', text: body.question, seconds: body.seconds });
				break;
			case 'report-opened':
				report(body.page, body.number);
				items.push({ ...base, kind: 'report-opened', page: body.page, number: body.number });
				break;
			case 'report': {
				const { page, number, title, tlp, asOf, text = null, content = null, authors = [] } = body;
				const item: ReportItem = {
					...base,
					kind: 'report',
					page,
					number,
					title,
					tlp,
					asOf,
					text,
					content,
					authors,
					supersedes: body.supersedes ?? null
				};
				report(page, number).approved = item;
				items.push(item);
				break;
			}
			case 'report-shared': {
				const { page, number, title, tlp, to, people, countries, relaxed = false } = body;
				const shared = { page, number, title, tlp, to, people, countries, relaxed };
				items.push({ ...base, kind: 'report-shared', ...shared });
				// what is made of it from now on has the lower label; the entry of its approval keeps its own
				const known = report(page, number);
				if (relaxed && known.approved) known.approved = { ...known.approved, tlp };
				break;
			}
			case 'shared-report': {
				const { team: _room, ...shared } = body;
				items.push({ ...base, ...shared });
				break;
			}
			case 'report-rhythm':
				rhythm = body.rhythm;
				items.push({ ...base, kind: 'report-rhythm', rhythm: body.rhythm });
				break;
			case 'working': {
				const { of, record, side, from = null, fact } = body;
				const { title, text } = definitionOf(of).words(fact);
				const { kind: happened, tlp } = fact;
				items.push({ ...base, kind: 'working', of, record, happened, from, side, title, text, tlp });
				break;
			}
			case 'mode': {
				const { by: of, from: was, reason: text, ...mode } = body;
				items.push({ ...mode, ...base, was, of, reason: text, text });
				break;
			}
			case 'announcement':
				items.push({
					...base,
					kind: 'announcement',
					text: body.text,
					tlp: body.tlp,
					toTeam: body.to === 'team'
				});
				break;
			case 'exercise':
				items.push({ ...base, kind: 'exercise', event: body.event, text: body.text ?? '' });
				break;
			case 'clock': {
				const { rate, from, to, text = '' } = body;
				items.push({ ...base, kind: 'clock', rate, from, to, text });
				break;
			}
			default:
				// what exercise control reads does not belong in a team's room, should it ever come here
				break;
		}
	}
	// by the wall's clock: the exercise's may have jumped back between two of them
	for (const { number, ...move } of moves.sort((a, b) => a.wallAt - b.wallAt)) {
		const decision = decisions.get(number);
		if (!decision) continue;
		decision.state = move.to;
		decision.history.push(move);
	}
	// each item bears the id of its entry
	items.sort((a, b) => compareEntries(entryOf.get(a.id)!, entryOf.get(b.id)!)).reverse();
	return {
		items,
		injects: items.filter((item) => item.kind === 'inject'),
		questions: items.filter((item) => item.kind === 'question'),
		decisions: items.filter((item) => item.kind === 'decision'),
		reports: [...reports.values()].sort((a, b) => a.number - b.number),
		received: latestCopies(items),
		rhythm
	};
}

/** Of a report whose label was relaxed, only the copy under the lower one. */
function latestCopies(items: readonly RoomItem[]): SharedReportItem[] {
	const received = items.filter((item) => item.kind === 'shared-report');
	const replaced = new Set(received.map(({ relaxes }) => relaxes));
	return received.filter(({ shared }) => !replaced.has(shared));
}

/** What reaches a team from outside; the rest are its own acts. */
export function reachesTeam(item: RoomItem): boolean {
	if (item.kind === 'working') return item.side === 'other';
	return [
		'inject',
		'recalled',
		'announcement',
		'exercise',
		'clock',
		'answer',
		'mode',
		'prompt',
		'table',
		'shared-report',
		'report-rhythm'
	].includes(item.kind);
}

/** The page that the team writes on now; null: the next report is still to be opened. */
export function draftOf(room: Pick<TeamRoom, 'reports'>): RoomReport | null {
	return room.reports.findLast((report) => report.approved === null) ?? null;
}
