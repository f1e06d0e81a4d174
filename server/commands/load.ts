import { and, count, eq, inArray, ne, sql } from 'drizzle-orm';
import type { CommandName } from '#lib/exercise/commands.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { AnnouncementState, ExerciseCommandState } from '#lib/exercise/exercise/commands.ts';
import type { Actor, CellId, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { DeliveryId, ExerciseId, InjectId, QuestionId, TeamId } from '#lib/exercise/ids.ts';
import type { InjectCommandState, InjectRow } from '#lib/exercise/inject/commands.ts';
import { deliveredTo } from '#lib/exercise/inject/delivered.ts';
import type { MarkState } from '#lib/exercise/inject/mark.ts';
import type { RecallState } from '#lib/exercise/inject/recall.ts';
import { readScript, storedInject, type Inject } from '#lib/exercise/inject/schema.ts';
import type { InjectState } from '#lib/exercise/inject/release.ts';
import type { HotWashCommandState } from '#lib/exercise/review/commands.ts';
import type { HotWashColumn } from '#lib/exercise/review/schema.ts';
import type { DeliveryRow, TeamCommandState } from '#lib/exercise/team/commands.ts';
import { isRecordKind } from '#lib/exercise/working/kinds.ts';
import type { Transaction } from '../database/open.ts';
import {
	actionMark,
	delivery,
	fact,
	hotWashCard,
	hotWashVote,
	inject,
	injectVersion,
	membership,
	question,
	team
} from '../database/schema.ts';
import type { Documents } from '../documents/documents.ts';
import { isCommunicationChecked } from '../readiness/communication.ts';
import { toTeam } from '../exercises/rows.ts';
import { readVariants } from '../exercises/variants.ts';
import { loadChannelState, loadLabelState } from '../channels/load.ts';
import { loadDelivered, loadDue } from './conditions.ts';
import { followersOf } from './followers.ts';
import { loadAdaptState, loadClaimState, loadHelpState, loadSuggestionState } from './conduct.ts';
import { loadDecisions } from './decisions.ts';
import { isRecordOf, loadWorkingState } from './working.ts';
import { loadInterchangeState } from './interchange.ts';
import { loadMediaState } from './media.ts';
import { loadEvaluationState } from './evaluation.ts';
import { loadFindingState } from './finding.ts';
import { loadAttachments, loadTeamFiles } from '../files/rows.ts';
import { loadReportState } from './report.ts';
import { loadSharingState } from './statistics.ts';
import { loadTableState } from './table.ts';
import { loadAarState } from './aar.ts';
import { loadAffectedState } from './affected.ts';

export interface LoadContext {
	tx: Transaction;
	exercise: Exercise;
	actor: Actor;
	documents: Documents;
}

/** Loads what a command's decision needs, no more: thin readers, one for each kind. */
export function loadState(
	context: LoadContext,
	name: CommandName,
	input: Record<string, unknown>
): Promise<unknown> {
	if (name === 'inject.markAction') return loadMarkState(context, input);
	if (name === 'inject.adapt') return loadAdaptState(context, input);
	if (name === 'inject.recall') return loadRecallState(context, input);
	if (name === 'announcement.make') return loadAnnouncementState(context);
	const kind = name.split('.')[0]!;
	if (isRecordKind(kind)) return loadWorkingState(context, kind, input);
	switch (kind) {
		case 'channel':
		case 'mode':
			return loadChannelState(context, name, input);
		case 'label':
			return loadLabelState(context, name, input);
		case 'exercise':
		case 'clock':
			return loadExerciseState(context);
		case 'catchUp':
			return Promise.resolve({ exercise: context.exercise });
		case 'suggestion':
			return loadSuggestionState(context, input);
		case 'claim':
			return loadClaimState(context, input);
		case 'help':
			return loadHelpState(context, name, input);
		case 'inject':
			return loadInjectState(context, input);
		case 'interchange':
			return loadInterchangeState(context, input);
		case 'media':
			return loadMediaState(context, input);
		case 'hotWash':
			return loadHotWashState(context, input);
		case 'affected':
			return loadAffectedState(context);
		case 'statistics':
			return loadSharingState(context);
		case 'evaluation':
			return loadEvaluationState(context, input);
		case 'finding':
			return loadFindingState(context, input);
		case 'contribution':
		case 'aar':
			return loadAarState(context, name, input);
		case 'table':
			return loadTableState(context, input);
		case 'report':
			return loadReportState(context, name, input);
		default:
			return loadTeamState(context, name, input);
	}
}

async function loadExerciseState({ tx, exercise }: LoadContext): Promise<ExerciseCommandState> {
	const [teams] = await tx.select({ n: count() }).from(team).where(eq(team.exerciseId, exercise.id));
	const [approved] = await tx
		.select({ n: count() })
		.from(inject)
		.where(and(eq(inject.exerciseId, exercise.id), ne(inject.version, 0)));
	const [directors] = await tx
		.select({ n: count() })
		.from(membership)
		.where(and(eq(membership.exerciseId, exercise.id), eq(membership.role, 'director')));
	return {
		exercise,
		readiness: {
			teams: teams!.n,
			approvedInjects: approved!.n,
			directors: directors!.n,
			communicationChecked: await isCommunicationChecked(tx, exercise.id)
		}
	};
}

async function loadAnnouncementState({ tx, exercise }: LoadContext): Promise<AnnouncementState> {
	return { exercise, teams: await loadTeams(tx, exercise.id) };
}

export async function loadTeams(tx: Transaction, exerciseId: ExerciseId): Promise<Team[]> {
	const rows = await tx.select().from(team).where(eq(team.exerciseId, exerciseId));
	return rows.map(toTeam);
}

async function loadInjectState(
	{ tx, exercise, documents }: LoadContext,
	input: Record<string, unknown>
): Promise<InjectCommandState> {
	const teams = await loadTeams(tx, exercise.id);
	const wanted = injectIds(input);
	let page: Map<string, Inject> | undefined;
	if (typeof input['cell'] === 'string') {
		const name = documentName({ exercise: exercise.id, kind: 'script', cell: input['cell'] as CellId });
		page = new Map(readScript(await documents.read(name, tx)).map((one) => [one.id, one]));
	}
	const followed = wanted.flatMap((id) => {
		const { schedule, origin } = page?.get(id) ?? {};
		return [
			...(schedule?.mode === 'after' ? [schedule.inject as string] : []),
			// locked too: a central inject is not released while a variant of it is approved
			...(origin ? [origin.inject as string] : [])
		];
	});
	const rows = await loadInjectRows(tx, exercise.id, [...wanted, ...followed]);
	const before = [...rows.values()].flatMap((row) =>
		row.content?.schedule.mode === 'after' && !rows.has(row.content.schedule.inject)
			? [row.content.schedule.inject as string]
			: []
	);
	for (const [id, row] of await loadInjectRows(tx, exercise.id, before)) rows.set(id, row);
	// in a national cell its own variant is what an inject follows
	const variants = await variantsFollowed(
		tx,
		exercise.id,
		wanted.flatMap((id) => {
			const cell = page ? String(input['cell']) : rows.get(id)?.cell;
			const { schedule } = page?.get(id) ?? rows.get(id)?.content ?? {};
			return cell && cell !== 'central' && schedule?.mode === 'after'
				? [{ cell, follows: schedule.inject as string }]
				: [];
		})
	);
	const unknown = variants.filter((id) => !rows.has(id));
	for (const [id, row] of await loadInjectRows(tx, exercise.id, unknown)) rows.set(id, row);
	const delivered: Map<string, ReadonlySet<string>> = new Map();
	for (const [id, row] of rows)
		if (row.content && ['condition', 'contingency'].includes(row.content.schedule.mode))
			delivered.set(id, await loadDelivered(tx, id));
	const named = [
		...wanted.flatMap((id) => [page?.get(id), rows.get(id)?.content]),
		// an ad hoc inject is its own input
		input as Partial<Pick<Inject, 'attachments'>>
	].flatMap((one) => one?.attachments?.map((attachment) => attachment.id as string) ?? []);
	const attachments = await loadAttachments(tx, exercise.id, named);
	return { exercise, teams, rows, attachments, delivered, ...(page && { page }) };
}

/** The variants that a cell has of the injects that others of its injects follow. */
async function variantsFollowed(
	tx: Transaction,
	exerciseId: ExerciseId,
	followers: readonly { cell: string; follows: string }[]
): Promise<string[]> {
	if (followers.length === 0) return [];
	const rows = await tx
		.select({ id: inject.id, cell: inject.cell, central: inject.variantOf })
		.from(inject)
		.where(
			and(
				eq(inject.exerciseId, exerciseId),
				inArray(inject.variantOf, [...new Set(followers.map(({ follows }) => follows))])
			)
		);
	return rows.flatMap(({ id, cell, central }) =>
		followers.some((one) => one.cell === cell && one.follows === central) ? [id] : []
	);
}

/** For a release by schedule: one inject, and, when it goes team by team, where it was and where it is due. */
export async function loadScheduledState(
	tx: Transaction,
	exercise: Exercise,
	row: InjectRow,
	now: number
): Promise<InjectCommandState> {
	const attachments = await loadAttachments(
		tx,
		exercise.id,
		row.content?.attachments.map((one) => one.id) ?? []
	);
	const teams = await loadTeams(tx, exercise.id);
	const state = { exercise, teams, attachments, rows: new Map([[row.inject, row]]) };
	if (row.content?.schedule.mode !== 'condition') return state;
	return {
		...state,
		delivered: new Map([[row.inject, await loadDelivered(tx, row.inject)]]),
		due: await loadDue(tx, row.inject, now)
	};
}

async function loadMarkState(
	{ tx, exercise }: LoadContext,
	input: Record<string, unknown>
): Promise<MarkState> {
	const [injectId, teamId] = [String(input['inject']), String(input['team'])];
	const [row] = await tx
		.select({ content: injectVersion.content })
		.from(inject)
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(and(eq(inject.exerciseId, exercise.id), eq(inject.id, injectId)));
	const reached = await tx
		.select({ id: delivery.id })
		.from(delivery)
		.where(and(eq(delivery.injectId, injectId), eq(delivery.teamId, teamId)))
		.for('update');
	const marked = await tx
		.select({ action: actionMark.action, seen: actionMark.seen })
		.from(actionMark)
		.where(and(eq(actionMark.injectId, injectId), eq(actionMark.teamId, teamId)));
	return {
		exercise,
		team: (await loadTeams(tx, exercise.id)).find((one) => one.id === teamId) ?? null,
		inject: row ? storedInject(row.content) : null,
		isDelivered: reached.length > 0,
		marked: new Map(marked.map((one) => [one.action, one.seen]))
	};
}

/** The inject, the teams that have it with the titles that they read, and what is scheduled after it. */
async function loadRecallState(
	{ tx, exercise }: LoadContext,
	input: Record<string, unknown>
): Promise<RecallState> {
	const injectId = String(input['inject']);
	const row = (await loadInjectRows(tx, exercise.id, [injectId])).get(injectId) ?? null;
	const teams = await loadTeams(tx, exercise.id);
	if (!row?.content) return { exercise, teams, row, out: [], followers: [] };
	// the row is locked: no other release adds a delivery
	const deliveries = await tx
		.select({ delivery: delivery.id, team: delivery.teamId })
		.from(delivery)
		.where(and(eq(delivery.exerciseId, exercise.id), eq(delivery.injectId, injectId)))
		.orderBy(delivery.id);
	const releases = await tx
		.select({ fact: fact.fact })
		.from(fact)
		.where(
			and(
				eq(fact.exerciseId, exercise.id),
				eq(fact.kind, 'inject-released'),
				sql`${fact.fact} ->> 'inject' = ${injectId}`
			)
		);
	const titles = new Map<string, string>();
	for (const { fact: released } of releases)
		if (released.kind === 'inject-released')
			for (const one of released.deliveries) titles.set(one.delivery, deliveredTo(released, one).title);
	const following = await tx.execute<{ id: string }>(
		sql`select inject.id from inject where inject.due_at is not null and ${followersOf(exercise.id, row)}`
	);
	const followers = await loadInjectRows(
		tx,
		exercise.id,
		following.rows.map((one) => one.id)
	);
	return {
		exercise,
		teams,
		row,
		out: deliveries.map(({ delivery: id, team: teamId }) => ({
			delivery: id as DeliveryId,
			team: teamId as TeamId,
			title: titles.get(id) ?? row.content!.title
		})),
		followers: [...followers.values()]
	};
}

function injectIds(input: Record<string, unknown>): string[] {
	if (typeof input['inject'] === 'string') return [input['inject']];
	const list = input['injects'];
	return Array.isArray(list) ? list.map((one: { inject: string }) => one.inject) : [];
}

/**
 * Rows with their approved content, locked: the compare-and-swap of a release stands on it (R10). Their keys are not:
 * whoever writes rows that name these injects need not wait, and so cannot wait in a circle.
 */
export async function loadInjectRows(
	tx: Transaction,
	exerciseId: ExerciseId,
	ids: readonly string[]
): Promise<Map<string, InjectRow>> {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.select({ row: inject, content: injectVersion.content })
		.from(inject)
		.leftJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(and(eq(inject.exerciseId, exerciseId), inArray(inject.id, [...ids])))
		.orderBy(inject.id)
		.for('no key update', { of: inject });
	// after the lock: a variant that is approved at this moment waits for it, or has waited for it
	const variants = await readVariants(
		tx,
		exerciseId,
		rows.flatMap(({ row }) => (row.cell === 'central' ? [row.id] : []))
	);
	return new Map(
		rows.map(({ row, content }): [string, InjectRow] => [
			row.id,
			{
				inject: row.id as InjectId,
				cell: row.cell as CellId,
				state: row.state as InjectState,
				version: row.version,
				content: content && storedInject(content),
				submittedBy: row.submittedBy as InjectRow['submittedBy'],
				submittedFingerprint: row.submittedFingerprint,
				dueAt: row.dueAt,
				releasedAt: row.releasedAt,
				variantOf: row.variantOf as InjectId | null,
				...(variants.has(row.id) && { variants: variants.get(row.id)! })
			}
		])
	);
}

async function loadTeamState(
	{ tx, exercise }: LoadContext,
	name: CommandName,
	input: Record<string, unknown>
): Promise<TeamCommandState> {
	const deliveries = await loadDeliveries(tx, exercise.id, deliveryIds(input));
	let teamId = (input['team'] as string | undefined) ?? [...deliveries.values()][0]?.team;
	let asked: TeamCommandState['question'] = null;
	if (typeof input['question'] === 'string') {
		const [row] = await tx
			.select()
			.from(question)
			.where(and(eq(question.id, input['question']), eq(question.exerciseId, exercise.id)))
			.for('update');
		if (row) {
			teamId = row.teamId;
			asked = {
				question: row.id as QuestionId,
				text: row.text,
				answered: row.answeredAt !== null
			};
		}
	}
	const [row] = teamId
		? await tx
				.select()
				.from(team)
				.where(and(eq(team.id, teamId), eq(team.exerciseId, exercise.id)))
				// numbers of decisions are given out one by one; whoever else names the team in a row that it
				// inserts (a release, a log entry) need not wait, and so cannot wait in a circle
				.for(name.startsWith('decision.') ? 'no key update' : 'key share')
		: [];
	const found: Team | null = row
		? {
				id: row.id as TeamId,
				name: row.name,
				country: row.country as Team['country'],
				level: row.level as Team['level']
			}
		: null;
	const state: TeamCommandState = { exercise, team: found, deliveries, decisions: 0, question: asked };
	if (found && name.startsWith('decision.')) {
		state.decided = await loadDecisions(tx, exercise.id, found.id);
		state.decisions = state.decided.size;
	}
	if (found && name.startsWith('log.')) {
		const { files, incident } = input as { files?: string[]; incident?: string };
		state.files = await loadTeamFiles(tx, found.id, files ?? []);
		if (incident) state.hasIncident = await isRecordOf(tx, 'incident', found.id, incident);
	}
	return state;
}

function deliveryIds(input: Record<string, unknown>): string[] {
	if (typeof input['delivery'] === 'string') return [input['delivery']];
	return Array.isArray(input['deliveries']) ? (input['deliveries'] as string[]) : [];
}

async function loadDeliveries(
	tx: Transaction,
	exerciseId: ExerciseId,
	ids: readonly string[]
): Promise<Map<string, DeliveryRow>> {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.select({ row: delivery, content: injectVersion.content, recalledAt: inject.recalledAt })
		.from(delivery)
		.innerJoin(inject, eq(inject.id, delivery.injectId))
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(and(eq(delivery.exerciseId, exerciseId), inArray(delivery.id, [...ids])))
		.orderBy(delivery.id)
		.for('update', { of: delivery });
	return new Map(
		rows.map(({ row, content, recalledAt }): [string, DeliveryRow] => [
			row.id,
			{
				delivery: row.id as DeliveryId,
				team: row.teamId as TeamId,
				title: content.title,
				releasedAt: row.releasedAt,
				seenAt: row.seenAt,
				acknowledgedAt: row.acknowledgedAt,
				respondedAt: row.respondedAt,
				isRecalled: recalledAt !== null
			}
		])
	);
}

async function loadHotWashState(
	{ tx, exercise, actor }: LoadContext,
	input: Record<string, unknown>
): Promise<HotWashCommandState> {
	const [row] = await tx
		.select()
		.from(team)
		.where(and(eq(team.id, String(input['team'])), eq(team.exerciseId, exercise.id)))
		.for('no key update');
	if (!row) return { exercise, team: null, cards: [] };
	const cards = await tx
		.select()
		.from(hotWashCard)
		.where(and(eq(hotWashCard.teamId, row.id), eq(hotWashCard.withdrawn, false)));
	const votes = await tx
		.select({ card: hotWashVote.cardId })
		.from(hotWashVote)
		.innerJoin(hotWashCard, eq(hotWashCard.id, hotWashVote.cardId))
		.where(and(eq(hotWashCard.teamId, row.id), eq(hotWashVote.accountId, actor.accountId)));
	const mine = new Set(votes.map((vote) => vote.card));
	return {
		exercise,
		team: {
			id: row.id as TeamId,
			name: row.name,
			country: row.country as Team['country'],
			level: row.level as Team['level']
		},
		cards: cards.map((card) => ({
			card: card.id as HotWashCommandState['cards'][number]['card'],
			column: card.column as HotWashColumn,
			mine: card.accountId === actor.accountId,
			myVote: mine.has(card.id)
		}))
	};
}
