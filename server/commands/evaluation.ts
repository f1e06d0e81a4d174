import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { documentName, timelineName } from '#lib/exercise/documents.ts';
import type { EvaluationState } from '#lib/exercise/evaluation/commands.ts';
import { evidenceOf } from '#lib/exercise/evaluation/evidence.ts';
import { readGuides } from '#lib/exercise/evaluation/guide.ts';
import type { Evidence } from '#lib/exercise/evaluation/schema.ts';
import { notesOn } from '#lib/exercise/exercise/access.ts';
import type { AccountId, DeliveryId, EntryId, ExerciseId, ObservationId, TeamId } from '#lib/exercise/ids.ts';
import { storedInject } from '#lib/exercise/inject/schema.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import type { Transaction } from '../database/open.ts';
import { delivery, document, fact, inject, injectVersion, team } from '../database/schema.ts';
import type { Documents } from '../documents/documents.ts';
import { toTeam } from '../exercises/rows.ts';
import type { LoadContext } from './load.ts';

/** What an evaluator's command names. Nothing is loaded for whoever does not evaluate the team. */
export async function loadEvaluationState(
	{ tx, exercise, actor, documents }: LoadContext,
	input: Record<string, unknown>
): Promise<EvaluationState> {
	const state: EvaluationState = {
		exercise,
		team: null,
		guide: null,
		observation: null,
		evidence: new Map(),
		delivered: null
	};
	const [row] = await tx
		.select()
		.from(team)
		.where(and(eq(team.id, String(input['team'])), eq(team.exerciseId, exercise.id)));
	if (!row || !notesOn(actor, row.id as TeamId)) return state;
	state.team = toTeam(row);
	const about = (input['about'] ?? (input['guide'] ? input : null)) as { guide?: string } | null;
	if (about?.guide) {
		const name = documentName({ exercise: exercise.id, kind: 'evaluation' });
		const page = await documents.read(name, tx, false);
		state.guide = readGuides(page).find(({ id }) => id === about.guide) ?? null;
	}
	if (typeof input['observation'] === 'string')
		state.observation = await loadObservation(tx, exercise.id, state.team.id, input['observation']);
	if (Array.isArray(input['evidence']) && input['evidence'].length > 0)
		state.evidence = await loadEvidence(
			tx,
			documents,
			exercise.id,
			state.team.id,
			new Set(input['evidence'] as string[])
		);
	if (typeof input['delivery'] === 'string')
		state.delivered = await loadDelivered(tx, exercise.id, state.team.id, input['delivery']);
	return state;
}

async function loadObservation(
	tx: Transaction,
	exerciseId: ExerciseId,
	teamId: TeamId,
	id: string
): Promise<EvaluationState['observation']> {
	const rows = await tx
		.select({ kind: fact.kind, actorId: fact.actorId })
		.from(fact)
		.where(
			and(
				eq(fact.exerciseId, exerciseId),
				eq(fact.teamId, teamId),
				inArray(fact.kind, ['observation-recorded', 'observation-withdrawn']),
				sql`${fact.fact} ->> 'observation' = ${id}`
			)
		);
	const recorded = rows.find((row) => row.kind === 'observation-recorded');
	if (!recorded) return null;
	return {
		id: id as ObservationId,
		author: recorded.actorId as AccountId | null,
		isWithdrawn: rows.some((row) => row.kind === 'observation-withdrawn')
	};
}

/**
 * The entries as the team's room shows them: its own timeline, and what was said to everybody. The newest segment is looked
 * at first: what is observed has mostly just happened.
 */
async function loadEvidence(
	tx: Transaction,
	documents: Pick<Documents, 'read'>,
	exerciseId: ExerciseId,
	teamId: TeamId,
	wanted: ReadonlySet<string>
): Promise<Map<EntryId, Evidence>> {
	const found = new Map<EntryId, Evidence>();
	for (const audience of [
		{ to: 'team', team: teamId },
		{ to: 'channel', channel: 'everyone' }
	] as const) {
		const name = timelineName(exerciseId, audience);
		const segments = await tx
			.select({ name: document.name })
			.from(document)
			.where(eq(document.timeline, name))
			.orderBy(desc(document.segment));
		for (const segment of segments) {
			if (found.size === wanted.size) return found;
			const entries = timelineEntries(await documents.read(segment.name, tx, false));
			for (const id of wanted) {
				const entry = entries.get(id);
				if (entry) found.set(entry.id, evidenceOf(entry));
			}
		}
	}
	return found;
}

async function loadDelivered(
	tx: Transaction,
	exerciseId: ExerciseId,
	teamId: TeamId,
	id: string
): Promise<EvaluationState['delivered']> {
	const [row] = await tx
		.select({ content: injectVersion.content })
		.from(delivery)
		.innerJoin(inject, eq(inject.id, delivery.injectId))
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(and(eq(delivery.id, id), eq(delivery.teamId, teamId), eq(delivery.exerciseId, exerciseId)));
	if (!row) return null;
	const content = storedInject(row.content);
	return {
		delivery: id as DeliveryId,
		title: content.title,
		expected: content.expectedActions.map(({ id: action, text }) => ({ id: action, text }))
	};
}
