import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { documentName } from '#lib/exercise/documents.ts';
import { readObservations, type Observation } from '#lib/exercise/evaluation/fold.ts';
import { evaluationFactKinds, type EvaluationFact } from '#lib/exercise/evaluation/schema.ts';
import { citesObservations, readsReview } from '#lib/exercise/finding/access.ts';
import type { FindingState } from '#lib/exercise/finding/commands.ts';
import { readCirculations, readEvidence, type FindingAct } from '#lib/exercise/finding/fold.ts';
import { findingFactKinds, type FindingFact } from '#lib/exercise/finding/schema.ts';
import type { AccountId, ExerciseId, FindingId, TeamId } from '#lib/exercise/ids.ts';
import { freezeFinding, mergeFindings } from '#lib/exercise/review/schema.ts';
import type { Database, Transaction } from '../database/open.ts';
import { fact } from '../database/schema.ts';
import type { Stored } from '../documents/log.ts';
import { readTeams } from '../exercises/teams.ts';
import type { ApplyContext } from './apply.ts';
import type { LoadContext } from './load.ts';

/** What a command about a finding names: nothing of the review for whoever may not read it, no observation either. */
export async function loadFindingState(
	{ tx, exercise, actor, documents }: LoadContext,
	input: Record<string, unknown>
): Promise<FindingState> {
	const finding = String(input['finding']) as FindingId;
	// rounds are counted, and what a country says belongs to the round that is open: one after the other
	await tx.execute(
		sql`select pg_advisory_xact_lock(hashtextextended(${`finding ${exercise.id} ${finding}`}, 0))`
	);
	const teams = await readTeams(tx, exercise.id);
	const state: FindingState = {
		exercise,
		teams,
		finding: null,
		into: null,
		observation: null,
		circulation: null
	};
	if (readsReview(actor, exercise)) {
		const page = await documents.read(documentName({ exercise: exercise.id, kind: 'review' }), tx, false);
		state.finding = freezeFinding(page, finding);
		if (typeof input['into'] === 'string') state.into = freezeFinding(page, input['into']);
	}
	const acts = await readFindingActs(tx, exercise.id);
	state.circulation = readCirculations(acts).get(finding) ?? null;
	const { team, observation } = input;
	if (typeof observation === 'string' && citesObservations(actor, team as TeamId)) {
		const found = (await readObserved(tx, exercise.id, [team as TeamId])).find(
			({ id }) => id === observation
		);
		if (found)
			state.observation = {
				isWithdrawn: found.withdrawn !== null,
				isCited: (readEvidence(acts).get(finding) ?? []).some((one) => one.observation === observation)
			};
	}
	return state;
}

type Reader = Transaction | Database['db'];

/** All that was said of an exercise's findings, in the order in which it was. */
export async function readFindingActs(db: Reader, exerciseId: ExerciseId): Promise<FindingAct[]> {
	const rows = await db
		.select({ fact: fact.fact, name: fact.actorName, wallAt: fact.wallAt })
		.from(fact)
		.where(and(eq(fact.exerciseId, exerciseId), inArray(fact.kind, [...findingFactKinds])))
		.orderBy(asc(fact.sequence));
	return rows.map((row) => ({
		fact: row.fact as FindingFact,
		by: row.name ?? '',
		wallAt: row.wallAt.getTime()
	}));
}

/** What was observed of these teams. The caller asks who may read it. */
export async function readObserved(
	db: Reader,
	exerciseId: ExerciseId,
	teams: readonly TeamId[]
): Promise<Observation[]> {
	if (teams.length === 0) return [];
	const rows = await db
		.select({
			fact: fact.fact,
			author: fact.actorId,
			name: fact.actorName,
			wallAt: fact.wallAt,
			exerciseAt: fact.exerciseAt
		})
		.from(fact)
		.where(
			and(
				eq(fact.exerciseId, exerciseId),
				inArray(fact.teamId, [...teams]),
				inArray(fact.kind, [...evaluationFactKinds])
			)
		)
		.orderBy(asc(fact.sequence));
	return readObservations(
		rows.map((row) => ({
			fact: row.fact as EvaluationFact,
			author: (row.author ?? '') as AccountId,
			by: row.name ?? '',
			wallAt: row.wallAt.getTime(),
			exerciseAt: row.exerciseAt
		}))
	);
}

/** What a merged finding leaves behind on the page. */
export function applyMerge(
	{ tx, exercise, documents, actorId }: ApplyContext,
	{ finding, into }: Extract<FindingFact, { kind: 'finding-merged' }>
): Promise<Stored[]> {
	const name = documentName({ exercise: exercise.id, kind: 'review' });
	return documents.editIn(tx, name, actorId, (doc) => void mergeFindings(doc, finding, into));
}
