import type { CommandName } from '#lib/exercise/commands.ts';
import {
	contributionFingerprint,
	contributionText,
	freezeContribution,
	type FrozenContribution
} from '#lib/exercise/aar/contribution.ts';
import type { AarFact } from '#lib/exercise/aar/schema.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { contribution, reportVersion } from '#server/database/schema.ts';
import type { TestExercise } from '../../support/exercise.ts';

/** What the matrix needs of the report: a draft of GR, a version that GR handed over, a public one that is with GR. */
export interface AarIds {
	fingerprint: string;
	sha256: string;
}

const sum = 'd'.repeat(64);

/** The page, rows, and facts as they are stored: later than some states in which the matrix asks. */
export async function stageAar(exercise: TestExercise): Promise<AarIds> {
	const { documents, database } = exercise.server.services;
	const name = documentName({ exercise: exercise.id, kind: 'contribution', country: 'GR' });
	await documents.edit(name, exercise.director.id, (doc) =>
		writeFragment(contributionText(doc, 'did'), richTextFromText('What we did'))
	);
	const content: FrozenContribution = {
		country: 'GR',
		tlp: 'green',
		parts: { facts: { tlp: 'green', text: richTextFromText('Two teams') } }
	};
	const facts: AarFact[] = [
		...[1, 2].map((version) => ({
			kind: 'contribution-handed-over' as const,
			country: 'GR' as const,
			version,
			sha256: contributionFingerprint(content),
			tlp: content.tlp
		})),
		{
			kind: 'aar-circulated',
			version: 1,
			extent: 'public',
			sha256: sum,
			countries: ['GR'],
			deadline: Date.now() + 300 * 86_400_000,
			silence: false
		}
	];
	for (const fact of facts)
		await database.pool.query(
			`with head as (update exercise set sequence = sequence + 1 where id = $1 returning sequence)
			insert into fact (exercise_id, sequence, kind, wall_at, fact)
			select $1, head.sequence, $2, now(), $3 from head`,
			[exercise.id, fact.kind, JSON.stringify(fact)]
		);
	await database.db
		.insert(contribution)
		.values([1, 2].map((version) => ({ exerciseId: exercise.id, country: 'GR', version, content })));
	const frozen = { exerciseId: exercise.id, extent: 'public', tlp: 'clear', sha256: sum };
	const sums = { dataSha256: sum, docxSha256: sum, pdfSha256: sum };
	await database.db.insert(reportVersion).values({
		...frozen,
		...sums,
		number: 1,
		references: [],
		signOffs: [],
		missing: [
			{ country: 'GR', why: 'waiting' },
			{ country: 'IT', why: 'not-asked' }
		],
		frozenByName: 'Director',
		frozenAt: new Date()
	});
	const draft = freezeContribution(await documents.read(name), 'GR', 'amber');
	return { fingerprint: contributionFingerprint(draft), sha256: sum };
}

export function aarActs({
	fingerprint,
	sha256
}: AarIds): { name: CommandName; input: Record<string, unknown> }[] {
	const act = (name: CommandName, input: Record<string, unknown>) => ({ name, input });
	const deadline = Date.now() + 200 * 86_400_000;
	const said = { version: 1, country: 'GR', sha256 };
	return [
		act('contribution.handOver', { country: 'GR', fingerprint }),
		act('contribution.handOver', { country: 'IT', fingerprint }),
		act('contribution.takeBack', { country: 'GR', version: 2 }),
		act('aar.takeOver', { country: 'GR', version: 1, section: 'facts', chapter: 'country:GR' }),
		act('aar.takeOver', { country: 'GR', version: 9, section: 'facts', chapter: 'summary' }),
		act('aar.circulate', { version: 1, countries: ['GR', 'IT'], deadline, silence: true }),
		act('aar.comment', { ...said, text: 'Half of it' }),
		act('aar.agree', said),
		act('aar.object', { ...said, reason: 'It was not so' }),
		act('aar.agree', { ...said, country: 'IT' }),
		act('aar.publish', { version: 1, sha256 })
	];
}
