import { documentName } from '#lib/exercise/documents.ts';
import type { ExerciseId, FindingId } from '#lib/exercise/ids.ts';
import { addFinding, findingFingerprint, findingText, freezeFinding } from '#lib/exercise/review/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { mintId } from '../mint.ts';
import type { DemoAccount } from './people.ts';
import { runIn, type Setting } from './setting.ts';

/* What the rehearsal showed, put to the country of its test team: one finding, with a comment. */

const days = 24 * 3_600_000;

/**
 * The rehearsal's finding is written and circulated; its country has commented and not decided yet. Whoever made a
 * rehearsal directs it and leads its test team, and nobody else is there: it holds what the exercise has yet to bring.
 */
export async function circulateFinding(
	{ services }: Setting,
	rehearsal: ExerciseId,
	leader: DemoAccount
): Promise<void> {
	const finding = mintId<FindingId>();
	const name = documentName({ exercise: rehearsal, kind: 'review' });
	await services.documents.edit(name, leader.accountId, (doc) => {
		const record = addFinding(
			doc,
			{
				id: finding,
				kind: 'area_for_improvement',
				capability: 'incident_reporting',
				tlp: 'green',
				title: 'Nobody knew who sends the early warning at night',
				cards: []
			},
			'a0'
		);
		for (const [section, text] of [
			['text', 'The early warning was ready in time, and then waited for somebody who may send it.'],
			['cause', 'The roster names an office and no person between 20:00 and 06:00.'],
			['recommendation', 'Name a person and a substitute for each night, and exercise it once a quarter.']
		] as const)
			writeFragment(findingText(record, section)!, richTextFromText(text));
	});
	const [team] = await services.exercises.teams(rehearsal);
	const { country } = team!;
	const content = freezeFinding(await services.documents.read(name), finding)!;
	await runIn(services, rehearsal, leader, 'finding.circulate', {
		finding,
		countries: [country],
		deadline: Date.now() + 14 * days,
		fingerprint: findingFingerprint(content)
	});
	await runIn(services, rehearsal, leader, 'finding.comment', {
		finding,
		country,
		round: 1,
		text: 'True for the ministry. The CSIRT has a roster by name since May: please say so.'
	});
}
