import { handoverRecord, type HandoverFact } from '../handover/schema.ts';
import { incidentRecord, type IncidentFact } from '../incident/schema.ts';
import { indicatorRecord, type IndicatorFact } from '../indicator/schema.ts';
import type { RecordId, TeamId } from '../ids.ts';
import { notificationRecord } from '../notification/record.ts';
import type { NotificationFact } from '../notification/schema.ts';
import { relaxationRecord, type RelaxationFact } from '../relaxation/schema.ts';
import { requestRecord, type RequestFact } from '../request/schema.ts';
import { taskRecord, type TaskFact } from '../task/schema.ts';
import type { RecordDefinition } from './record.ts';

/**
 * The closed list of working records (DOMAIN 5): what a team keeps and changes while it works. How each came to stand as
 * it does is in its facts alone. A new kind is a folder with its shape and commands, and one line here.
 */
export type WorkingFact =
	IncidentFact | IndicatorFact | TaskFact | HandoverFact | RequestFact | RelaxationFact | NotificationFact;

export const recordKinds = {
	incident: incidentRecord,
	indicator: indicatorRecord,
	task: taskRecord,
	handover: handoverRecord,
	request: requestRecord,
	relaxation: relaxationRecord,
	notification: notificationRecord
} as const;

export type RecordKind = keyof typeof recordKinds;

/** How a record of a kind stands. */
export type StandingOf<Kind extends RecordKind> = ReturnType<(typeof recordKinds)[Kind]['evolve']>;

export const isRecordKind = (name: string): name is RecordKind => Object.hasOwn(recordKinds, name);

/** The definition of a kind, when which one it is does not matter. */
export const definitionOf = (kind: RecordKind): RecordDefinition<WorkingFact, unknown> =>
	recordKinds[kind] as unknown as RecordDefinition<WorkingFact, unknown>;

const kindOfFact = new Map<string, RecordKind>(
	Object.entries(recordKinds).flatMap(([kind, definition]) =>
		Object.keys(definition.shown).map((fact) => [fact, kind as RecordKind] as const)
	)
);

export const workingFactKinds = [...kindOfFact.keys()] as WorkingFact['kind'][];

export function isWorkingFact(fact: { kind: string }): fact is WorkingFact {
	return kindOfFact.has(fact.kind);
}

export function recordKindOf(fact: Pick<WorkingFact, 'kind'>): RecordKind {
	return kindOfFact.get(fact.kind)!;
}

/** One record that a fact concerns: the acting team's own, or what another team keeps of the same exchange. */
export interface RecordSide {
	record: RecordId;
	team: TeamId;
	side: 'own' | 'other';
}

export function sidesOf({ record, team, copies = [] }: WorkingFact): RecordSide[] {
	return [
		{ record, team, side: 'own' },
		...copies.map((copy) => ({ record: copy.record, team: copy.team, side: 'other' as const }))
	];
}
