import type { CommandName } from '#lib/exercise/commands.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { FindingFact } from '#lib/exercise/finding/schema.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { FindingId } from '#lib/exercise/ids.ts';
import { addFinding, findingFingerprint, findingText, freezeFinding } from '#lib/exercise/review/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import type { TestExercise } from '../../support/exercise.ts';
import type { EvaluationIds } from './evaluation-acts.ts';

/** What the matrix needs of findings: one to be worked on, one that is with GR until next year. */
export interface FindingIds {
	open: FindingId;
	fingerprint: string;
	circulated: FindingId;
}

const open = 'finding_of_the_matrix' as FindingId;
const circulated = 'finding_with_countries' as FindingId;

/** The page, and the round as a stored fact: it is later than some states in which the matrix asks. */
export async function stageFindings(exercise: TestExercise): Promise<FindingIds> {
	const { documents, database } = exercise.server.services;
	const name = documentName({ exercise: exercise.id, kind: 'review' });
	await documents.edit(name, exercise.director.id, (doc) => {
		for (const [i, id] of [open, circulated].entries()) {
			const record = addFinding(doc, { id, kind: 'neutral', title: `Finding ${i}`, cards: [] }, `a${i}`);
			writeFragment(findingText(record)!, richTextFromText('What was found'));
		}
	});
	const page = await documents.read(name);
	const content = freezeFinding(page, circulated)!;
	const fact: FindingFact = {
		kind: 'finding-circulated',
		finding: circulated,
		title: content.title,
		round: 1,
		countries: ['GR'],
		deadline: Date.now() + 300 * 86_400_000,
		content,
		fingerprint: findingFingerprint(content)
	};
	await database.pool.query(
		`with head as (update exercise set sequence = sequence + 1 where id = $1 returning sequence)
		insert into fact (exercise_id, sequence, kind, wall_at, fact)
		select $1, head.sequence, $2, now(), $3 from head`,
		[exercise.id, fact.kind, JSON.stringify(fact)]
	);
	return { open, circulated, fingerprint: findingFingerprint(freezeFinding(page, open)!) };
}

export function findingActs(
	{ open: finding, circulated: asked, fingerprint }: FindingIds,
	{ observations: [observation] }: EvaluationIds,
	[a, , c]: readonly Team[]
): { name: CommandName; input: Record<string, unknown> }[] {
	const act = (name: CommandName, input: Record<string, unknown>) => ({ name, input });
	const deadline = Date.now() + 200 * 86_400_000;
	const said = { finding: asked, country: 'GR', round: 1 };
	return [
		act('finding.cite', { finding, team: a!.id, observation }),
		// the observation is of A: whoever evaluates C finds nothing
		act('finding.cite', { finding, team: c!.id, observation }),
		act('finding.circulate', { finding, countries: ['GR'], deadline, fingerprint }),
		act('finding.circulate', { finding, countries: ['GR'], deadline, fingerprint: '0'.repeat(64) }),
		act('finding.comment', { ...said, text: 'Half of it' }),
		act('finding.agree', said),
		act('finding.object', { ...said, reason: 'It was not so' }),
		act('finding.agree', { ...said, country: 'IT' }),
		act('finding.agree', { ...said, finding }),
		act('finding.open', { finding: asked, country: 'GR', on: true }),
		// it is with a country, and so nobody gets through
		act('finding.merge', { finding: asked, into: finding }),
		act('finding.merge', { finding, into: 'finding_of_nobody_' })
	];
}
