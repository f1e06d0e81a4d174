import { and, asc, eq } from 'drizzle-orm';
import { documentName, documentRight, timelineName } from '#lib/exercise/documents.ts';
import { guidesOf, readGuides } from '#lib/exercise/evaluation/guide.ts';
import { isControl, notesOn, readsEvaluation } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { DeliveryId } from '#lib/exercise/ids.ts';
import { storedInject } from '#lib/exercise/inject/schema.ts';
import type * as Y from 'yjs';
import type { Database } from '../database/open.ts';
import { delivery, inject, injectVersion } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { findingsUsing } from './findings.ts';
import { openSegments, type TimelineStart } from './timelines.ts';

/** The page of guides: who may be assigned, and which teams the reader observes or reads. */
export interface GuidesView {
	teams: (Pick<Team, 'id' | 'name' | 'country'> & { notes: boolean })[];
}

export async function guides(database: Database, exercise: Exercise, actor: Actor): Promise<GuidesView> {
	const right = documentRight({ exercise: exercise.id, kind: 'evaluation' }, actor, {
		settings: exercise.settings
	});
	if (right === 'none') throw noExercise();
	const teams = await readTeams(database.db, exercise.id);
	return {
		// evaluators assign guides to their own teams; which others there are is exercise control's business
		teams: teams
			.filter((team) => isControl(actor) || readsEvaluation(actor, team.id))
			.map(({ id, name, country }) => ({ id, name, country, notes: notesOn(actor, id) }))
	};
}

/** What one expected action of an inject is, for whoever looks whether it is done. */
export interface ExpectedOf {
	delivery: DeliveryId;
	title: string;
	releasedAt: number;
	/** exercise time at which the inject was taken back: what the team had not done by then is expected no more */
	recalledAt: number | null;
	actions: { id: string; text: string; critical: boolean }[];
}

/** The page on which a team is observed. */
export interface TeamEvaluationView {
	team: Pick<Team, 'id' | 'name' | 'country' | 'level'>;
	/** notes on this team; others read what was noted */
	notes: boolean;
	/** what the team's room shows, and what its evaluators noted */
	room: TimelineStart;
	noted: TimelineStart;
	/** of what has come to the team: nothing that is planned (PROMISES P1) */
	expected: ExpectedOf[];
	/** findings of the review that rest on what was noted here */
	findings: Awaited<ReturnType<typeof findingsUsing>>;
	/** how many guides are assigned to it, as the page was loaded */
	guides: number;
}

export async function ofTeam(
	{ database, documents }: { database: Database; documents: { read: (name: string) => Promise<Y.Doc> } },
	exercise: Exercise,
	actor: Actor,
	teamId: string
): Promise<TeamEvaluationView> {
	const team = await readable(database, exercise, actor, teamId);
	const [[room, noted], list, page, findings] = await Promise.all([
		openSegments(database, [
			timelineName(exercise.id, { to: 'team', team: team.id }),
			timelineName(exercise.id, { to: 'evaluation', team: team.id })
		]),
		readExpected(database, exercise, team),
		documents.read(documentName({ exercise: exercise.id, kind: 'evaluation' })),
		findingsUsing({ database, documents }, exercise, actor, team.id)
	]);
	return {
		team: { id: team.id, name: team.name, country: team.country, level: team.level },
		notes: notesOn(actor, team.id),
		room: room!,
		noted: noted!,
		expected: list,
		findings,
		guides: guidesOf(readGuides(page), team.id).length
	};
}

/** Read again when an inject has come to the team. */
export async function expected(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	teamId: string
): Promise<ExpectedOf[]> {
	return readExpected(database, exercise, await readable(database, exercise, actor, teamId));
}

/** A team that is not the reader's is a team that does not exist. */
async function readable(database: Database, exercise: Exercise, actor: Actor, teamId: string): Promise<Team> {
	const team = (await readTeams(database.db, exercise.id)).find((one) => one.id === teamId);
	if (!team || !readsEvaluation(actor, team.id)) throw noExercise();
	return team;
}

async function readExpected(
	database: Database,
	exercise: Exercise,
	team: Pick<Team, 'id'>
): Promise<ExpectedOf[]> {
	const rows = await database.db
		.select({
			id: delivery.id,
			releasedAt: delivery.releasedAt,
			recalledAt: inject.recalledAt,
			content: injectVersion.content
		})
		.from(delivery)
		.innerJoin(inject, eq(inject.id, delivery.injectId))
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(and(eq(delivery.exerciseId, exercise.id), eq(delivery.teamId, team.id)))
		.orderBy(asc(delivery.releasedAt), asc(delivery.id));
	return rows.flatMap(({ id, releasedAt, recalledAt, content }) => {
		const { title, expectedActions } = storedInject(content);
		if (expectedActions.length === 0) return [];
		return [
			{
				delivery: id as DeliveryId,
				title,
				releasedAt,
				recalledAt,
				actions: expectedActions.map(({ id: action, text, critical }) => ({ id: action, text, critical }))
			}
		];
	});
}
