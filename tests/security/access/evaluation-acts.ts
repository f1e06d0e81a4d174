import type { CommandName } from '#lib/exercise/commands.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { addGuide } from '#lib/exercise/evaluation/guide.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { EntryId, GuideId, GuideTaskId, ObservationId } from '#lib/exercise/ids.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import type { Person, TestExercise } from '../../support/exercise.ts';

/** What the matrix needs of evaluation: a guide for A, an entry of A's timeline, and what A's evaluator noted. */
export interface EvaluationIds {
	guide: GuideId;
	task: GuideTaskId;
	entryA: EntryId;
	/** of A's evaluator: the first is corrected, the second withdrawn */
	observations: [ObservationId, ObservationId];
}

export async function stageEvaluation(
	exercise: TestExercise,
	evaluator: Person,
	[a]: readonly Team[]
): Promise<EvaluationIds> {
	const guide = 'guide_of_the_matrix' as GuideId;
	const task = 'task_of_the_matrix' as GuideTaskId;
	const { documents } = exercise.server.services;
	await documents.edit(
		documentName({ exercise: exercise.id, kind: 'evaluation' }),
		evaluator.id,
		(doc) =>
			void addGuide(
				doc,
				guide,
				{ objective: 'OBJ-1', teams: [a!.id], tasks: [{ text: 'Calls', source: '' }] },
				() => task
			)
	);
	const timeline = await documents.read(`${exercise.timeline(a!.id)}`);
	const [entry] = [...timelineEntries(timeline).values()];
	const observe = async (text: string) =>
		(
			(await exercise.must(evaluator, 'evaluation.observe', {
				team: a!.id,
				sort: 'strength',
				text,
				evidence: [entry!.id]
			})) as { observation: ObservationId }
		).observation;
	return { guide, task, entryA: entry!.id, observations: [await observe('First'), await observe('Second')] };
}

export function evaluationActs(
	{ guide, task, entryA, observations: [first, second] }: EvaluationIds,
	[a, , c]: readonly Team[],
	[deliveryA, deliveryC]: readonly [string, string]
): { name: CommandName; input: Record<string, unknown> }[] {
	const act = (name: CommandName, input: Record<string, unknown>) => ({ name, input });
	return [
		act('evaluation.observe', {
			team: a!.id,
			sort: 'neutral',
			text: 'Seen',
			evidence: [entryA],
			about: { guide, task }
		}),
		// the entry is A's: whoever evaluates C is told so without a word of A
		act('evaluation.observe', { team: c!.id, sort: 'neutral', text: 'Seen', evidence: [entryA] }),
		act('evaluation.correct', { team: a!.id, observation: first, sort: 'neutral', text: 'Again' }),
		act('evaluation.correct', { team: c!.id, observation: first, sort: 'neutral', text: 'Again' }),
		// stays so: nobody gets through after the first
		act('evaluation.withdraw', { team: a!.id, observation: second, reason: 'Wrong team' }),
		act('evaluation.rate', { team: a!.id, guide, task, rating: 'S' }),
		act('evaluation.rate', { team: c!.id, guide, rating: 'N' }),
		act('evaluation.seeAction', { team: a!.id, delivery: deliveryA, action: 'act-1', seen: 'yes' }),
		act('evaluation.seeAction', { team: a!.id, delivery: deliveryC, action: 'act-1', seen: 'yes' }),
		act('evaluation.seeAction', { team: c!.id, delivery: deliveryC, action: 'act-1', seen: 'no' })
	];
}
