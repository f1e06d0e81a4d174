import { strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import { isNameless, type Fact, type FactKind, type Recorded } from '../facts.ts';
import type { InjectId } from '../ids.ts';
import type { CellId } from '../exercise/schema.ts';
import { isChannelFact } from '../channel/facts.ts';
import { isWorkingFact } from '../working/kinds.ts';
import { groupOf, type RecordGroup } from './kinds.ts';
import { readsFact, type RecordScope } from './scope.ts';
import { factWords, type FactWords, type RecordContext } from './sentence.ts';

/** One fact as a reader of the record gets it: words and values made for the reader, never the stored row (R20). */
export interface RecordLine extends FactWords {
	kind: FactKind;
	group: RecordGroup;
	/** null: the whole exercise's */
	team: string | null;
	/** null: the schedule, anonymous, or not the reader's business */
	by: string | null;
	bySchedule: boolean;
	tlp: Tlp | null;
	wallAt: number;
	/** null before STARTEX */
	exerciseAt: number | null;
}

/** The fact in the reader's words; null when the reader may not know of it. */
export function recordLine(
	recorded: Recorded,
	scope: RecordScope,
	context: RecordContext & { cellOf: (inject: InjectId) => CellId | undefined },
	/** the fact's number */
	sequence = 0
): RecordLine | null {
	const { fact } = recorded;
	if (!readsFact(scope, fact, context.cellOf, sequence)) return null;
	return {
		kind: fact.kind,
		group: groupOf(fact.kind),
		team: teamNameOf(fact, context),
		by: isNameless(fact) || !namesTo(scope, fact) ? null : (recorded.by?.name ?? null),
		bySchedule: scope.staff && recorded.by === null && !isNameless(fact),
		tlp: tlpOf(fact),
		wallAt: recorded.wallAt,
		exerciseAt: recorded.exerciseAt,
		...factWords(fact, scope, context)
	};
}

/** Players read the names of their own team only: controllers stay unnamed, as on the timeline. */
function namesTo(scope: RecordScope, fact: Fact): boolean {
	if (scope.staff) return true;
	if (isWorkingFact(fact) && fact.byControl) return false;
	if (isChannelFact(fact)) return 'named' in fact && fact.named;
	return 'team' in fact && fact.kind !== 'question-answered' && fact.kind !== 'team-prompted';
}

/** Whose it is; in a channel, for whom was spoken. */
function teamNameOf(fact: Fact, { teamName }: RecordContext): string | null {
	if ('team' in fact) return teamName(fact.team);
	return 'speaker' in fact && fact.speaker !== null ? teamName(fact.speaker) : null;
}

/** The label that a fact itself carries. */
export function tlpOf(fact: Fact): Tlp | null {
	if (isWorkingFact(fact)) return fact.tlp;
	switch (fact.kind) {
		case 'media-published':
		case 'media-commented':
			return 'clear';
		case 'message-posted':
		case 'announcement-made':
		case 'team-prompted':
		case 'report-approved':
		case 'report-shared':
		case 'inject-recalled':
			return fact.tlp;
		case 'inject-approved':
		case 'inject-adapted':
			return fact.content.tlp;
		case 'inject-released':
			return fact.delivered.tlp;
		default:
			return null;
	}
}

/** The label of an export: never lower than the exercise's or any part's (DOMAIN 11, 4). */
export function exportTlp(exercise: Tlp, parts: Iterable<Tlp | null>): Tlp {
	return strictestTlp([exercise, ...[...parts].filter((part) => part !== null)]);
}
