import { and, count, eq, inArray } from 'drizzle-orm';
import { documentName } from '#lib/exercise/documents.ts';
import type { OrganisationKind, Team } from '#lib/exercise/exercise/schema.ts';
import type { Recorded } from '#lib/exercise/facts.ts';
import type { ExerciseId, OrganisationId, RecordId, TeamId } from '#lib/exercise/ids.ts';
import {
	definitionOf,
	recordKindOf,
	sidesOf,
	type RecordKind,
	type WorkingFact
} from '#lib/exercise/working/kinds.ts';
import { bareOf, type Happened, type RecordPlace, type WorkingState } from '#lib/exercise/working/record.ts';
import type { Transaction } from '../database/open.ts';
import { document, organisation, team, workingRecord } from '../database/schema.ts';
import { newDocument } from '../documents/create.ts';
import { toTeam } from '../exercises/rows.ts';
import { readTeamPeople } from '../exercises/team-people.ts';
import { readTeams } from '../exercises/teams.ts';
import { reachableFrom } from '#lib/exercise/channel/reach.ts';
import { readChannels } from '../channels/rows.ts';
import { loadTeamFiles } from '../files/rows.ts';
import type { LoadContext } from './load.ts';
import { loadOpen } from './open.ts';

/*
 * Working records (DOMAIN 5) need no code of their own here: what a command is decided on, and how a record stands after
 * a fact, is the same for all kinds.
 */

/** The record that a command names, or the team for which it makes a new one. Locks what it reads. */
export async function loadWorkingState(
	{ tx, exercise, documents }: LoadContext,
	kind: RecordKind,
	input: Record<string, unknown>
): Promise<WorkingState<unknown>> {
	const row =
		typeof input['record'] === 'string' ? await lockRecord(tx, exercise.id, kind, input['record']) : null;
	const named = row?.teamId ?? (row === null && typeof input['team'] === 'string' ? input['team'] : null);
	const { addressesTeams, beside = [], page } = definitionOf(kind);
	const all = addressesTeams ? await readTeams(tx, exercise.id) : [];
	const state: WorkingState<unknown> = {
		exercise,
		team: null,
		record: null,
		count: 0,
		teams: new Map(all.map((one) => [one.id, one])),
		organisations: addressesTeams ? await readOrganisations(tx, all) : new Map(),
		beside: []
	};
	const found = named === null ? null : await lockTeam(tx, exercise.id, named, row === null);
	if (!found) return state;
	const needs = definitionOf(kind).needs ?? [];
	const pageName = row && typeof input['fingerprint'] === 'string' ? page?.of(row.standing) : null;
	return {
		...state,
		...(all.length > 0 && reachableFrom(found, all, await readChannels(tx, exercise.id))),
		team: found,
		record: row && {
			id: row.id as RecordId,
			team: found.id,
			standing: row.standing,
			others: row.others
		},
		count: row ? 0 : await countRecords(tx, kind, found.id),
		...(needs.includes('people') && { people: await readTeamPeople(tx, found.id) }),
		...(needs.includes('files') && { files: await loadTeamFiles(tx, found.id, fileIdsIn(input)) }),
		// only to list it in a new record
		...(needs.includes('open') && !row && { open: await loadOpen(tx, exercise, found) }),
		beside: beside.length > 0 ? await readBeside(tx, found.id, beside) : [],
		...(row &&
			page &&
			pageName && {
				page: page.read(
					await documents.read(
						documentName({ exercise: exercise.id, kind: 'worksheet', team: found.id, page: pageName }),
						tx
					),
					row.standing
				)
			})
	};
}

const fileIdsIn = (input: Record<string, unknown>): string[] =>
	Array.isArray(input['files']) ? (input['files'] as string[]) : [];

async function readOrganisations(
	tx: Transaction,
	teams: readonly Team[]
): Promise<Map<OrganisationId, OrganisationKind>> {
	const ids = [...new Set(teams.flatMap((one) => one.organisationId ?? []))];
	const rows =
		ids.length === 0 ? [] : await tx.select().from(organisation).where(inArray(organisation.id, ids));
	return new Map(rows.map((row) => [row.id as OrganisationId, row.kind as OrganisationKind]));
}

async function readBeside(
	tx: Transaction,
	teamId: TeamId,
	kinds: readonly string[]
): Promise<WorkingState<unknown>['beside']> {
	const rows = await tx
		.select({
			id: workingRecord.id,
			of: workingRecord.kind,
			acts: workingRecord.acts,
			standing: workingRecord.standing
		})
		.from(workingRecord)
		.where(and(eq(workingRecord.teamId, teamId), inArray(workingRecord.kind, [...kinds])));
	return rows.map((row) => ({ ...row, id: row.id as RecordId }));
}

/**
 * Locks a record and what other teams keep of the same exchange, in one order: two sides that act at the same moment
 * wait for each other in a line, never in a circle.
 */
export async function lockRecord(tx: Transaction, exerciseId: string, kind: RecordKind, id: string) {
	const named = and(
		eq(workingRecord.id, id),
		eq(workingRecord.exerciseId, exerciseId),
		eq(workingRecord.kind, kind)
	);
	const [seen] = await tx.select({ others: workingRecord.others }).from(workingRecord).where(named);
	if (!seen) return null;
	const rows = await tx
		.select()
		.from(workingRecord)
		.where(inArray(workingRecord.id, [id, ...seen.others.map((other) => other.record as string)]))
		.orderBy(workingRecord.id)
		.for('no key update');
	return rows.find((row) => row.id === id) ?? null;
}

/** Whether a team keeps a record of a kind. */
export async function isRecordOf(
	tx: Pick<Transaction, 'select'>,
	kind: RecordKind,
	teamId: TeamId,
	id: string
): Promise<boolean> {
	const rows = await tx
		.select({ id: workingRecord.id })
		.from(workingRecord)
		.where(and(eq(workingRecord.id, id), eq(workingRecord.kind, kind), eq(workingRecord.teamId, teamId)));
	return rows.length > 0;
}

/** Numbers of records are given out one by one, so a new one waits for the team's row. */
async function lockTeam(
	tx: Transaction,
	exerciseId: string,
	id: string,
	numbers: boolean
): Promise<Team | null> {
	const [row] = await tx
		.select()
		.from(team)
		.where(and(eq(team.id, id), eq(team.exerciseId, exerciseId)))
		.for(numbers ? 'no key update' : 'key share');
	return row ? toTeam(row) : null;
}

async function countRecords(tx: Transaction, kind: RecordKind, teamId: TeamId): Promise<number> {
	const [row] = await tx
		.select({ n: count() })
		.from(workingRecord)
		.where(and(eq(workingRecord.teamId, teamId), eq(workingRecord.kind, kind)));
	return row!.n;
}

/**
 * How the records that a fact concerns stand after it. Returns the number of acts on each: what the timelines' entries
 * say. Records are locked in one order, so that two teams that write to each other cannot wait in a circle.
 */
export async function applyWorking(
	tx: Transaction,
	exerciseId: string,
	recorded: Recorded,
	fact: WorkingFact,
	sequence: number
): Promise<ReadonlyMap<RecordId, number>> {
	const kind = recordKindOf(fact);
	const { evolve } = definitionOf(kind);
	const { team: acting, copies } = fact;
	const bare = bareOf(fact);
	const sides = sidesOf(fact).sort((a, b) => (a.record < b.record ? -1 : 1));
	const names = copies?.length
		? await tx.select({ id: team.id, name: team.name }).from(team).where(eq(team.id, acting))
		: [];
	const rows = await tx
		.select()
		.from(workingRecord)
		.where(
			inArray(
				workingRecord.id,
				sides.map((side) => side.record)
			)
		)
		.orderBy(workingRecord.id)
		.for('no key update');
	const before = new Map(rows.map((row) => [row.id, row]));
	const acts = new Map<RecordId, number>();
	const opens = definitionOf(kind).page?.openedBy(fact);
	if (opens)
		await tx
			.insert(document)
			.values(
				newDocument(
					exerciseId,
					documentName({ exercise: exerciseId as ExerciseId, kind: 'worksheet', team: acting, page: opens })
				)
			);
	for (const { record, team: teamId, side } of sides) {
		const known = before.get(record);
		const happened: Happened<WorkingFact> = {
			fact: bare,
			side: fact.byControl ? 'other' : side,
			...(side === 'other' && !fact.byControl && { from: names[0]!.name }),
			by: fact.byControl ? null : (recorded.by?.name ?? null),
			at: recorded.exerciseAt,
			wallAt: recorded.wallAt
		};
		const standing = evolve(known?.standing ?? null, happened);
		const number = (known?.acts ?? 0) + 1;
		acts.set(record, number);
		const others = placesBeside(known?.others ?? [], sides, record);
		const values = { standing, acts: number, changed: sequence, others };
		if (known) await tx.update(workingRecord).set(values).where(eq(workingRecord.id, record));
		else await tx.insert(workingRecord).values({ id: record, exerciseId, teamId, kind, ...values });
	}
	return acts;
}

/** The other sides of an exchange, as far as facts have named them: who acts next finds them here. */
function placesBeside(
	known: readonly RecordPlace[],
	sides: readonly RecordPlace[],
	own: RecordId
): RecordPlace[] {
	const places = new Map(known.map((one) => [one.record, one]));
	for (const { record, team } of sides) if (record !== own) places.set(record, { record, team });
	return [...places.values()];
}
