import {
	contributionFingerprint,
	contributionLabels,
	contributionText,
	freezeContribution,
	type ContributionSection
} from '#lib/exercise/aar/contribution.ts';
import { addPassage, citeInPassage } from '#lib/exercise/aar/page.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { mintId } from '../mint.ts';
import { settleFindings } from './last-year-findings.ts';
import { surveyLastYear } from './last-year-survey.ts';
import type { LastYear } from './last-year.ts';
import { chapters, contributions } from './last-year-words.ts';
import type { Setting } from './setting.ts';

/*
 * What became of the exercise of the year before: its findings are settled with the countries, everybody is asked what they
 * thought, and the after-action report is made, from what two countries handed over to the public version that they agreed
 * to; then the exercise is closed.
 */
export async function reportLastYear(lastYear: LastYear): Promise<void> {
	const { setting, findings } = lastYear;
	const { services, exercise, account, run } = setting;
	const director = account('Exercise director');
	await run(director, 'exercise.advance', { to: 'evaluating' });
	const untilSettled = await settleFindings(lastYear);
	await surveyLastYear(lastYear);
	for (const one of contributions) await contribute(setting, one);
	await services.documents.edit(
		documentName({ exercise, kind: 'report' }),
		account('Facilitator').accountId,
		(doc) => {
			for (const { chapter, tlp, text, cites } of chapters) {
				const id = mintId<string>();
				addPassage(doc, { id, chapter, tlp, text: richTextFromText(text) });
				for (const place of cites) citeInPassage(doc, id, findings[place]!.id, true);
			}
		}
	);
	await freeze(setting, 'full');
	await freeze(setting, 'national', 'GR');
	const draft = await freeze(setting, 'public');
	const countries = [...new Set(setting.teams.map(({ country }) => country))];
	await run(account('Facilitator'), 'aar.circulate', {
		version: draft.number,
		countries,
		deadline: Date.now() + 14 * 24 * 3_600_000,
		silence: false
	});
	for (const country of countries)
		await run(account(`${country} moderator`), 'aar.agree', {
			version: draft.number,
			country,
			sha256: draft.sha256,
			text: ''
		});
	// the same content: its title page names who agreed to it
	const final = await freeze(setting, 'public');
	await run(director, 'aar.publish', { version: final.number, sha256: final.sha256 });
	await untilSettled();
	await run(director, 'exercise.advance', { to: 'reported' });
	await run(director, 'exercise.advance', { to: 'closed' });
}

/** Written, handed over, and taken over into the country's chapter part by part. */
async function contribute(
	{ services, exercise, account, run }: Setting,
	{ country, by, parts }: (typeof contributions)[number]
): Promise<void> {
	const name = documentName({ exercise, kind: 'contribution', country });
	const sections = Object.entries(parts) as [ContributionSection, { tlp: Tlp; text: string }][];
	await services.documents.edit(name, account(by).accountId, (doc) => {
		for (const [section, { tlp, text }] of sections) {
			writeFragment(contributionText(doc, section), richTextFromText(text));
			contributionLabels(doc).set(section, tlp);
		}
	});
	const draft = freezeContribution(await services.documents.read(name), country, 'green');
	await run(account(by), 'contribution.handOver', { country, fingerprint: contributionFingerprint(draft) });
	for (const [section] of sections)
		await run(account('Facilitator'), 'aar.takeOver', {
			country,
			version: 1,
			section,
			block: null,
			chapter: `country:${country}`
		});
}

async function freeze(
	{ services, open }: Setting,
	extent: 'full' | 'national' | 'public',
	country: 'GR' | null = null
): Promise<{ number: number; sha256: string }> {
	const { exercise, actor } = await open('Exercise director');
	const { next } = await services.views.aar.report(services, exercise, actor);
	const { number } = await services.views.aar.freezeReport(services, exercise, actor, {
		extent,
		country,
		number: next
	});
	const { versions } = await services.views.aar.report(services, exercise, actor);
	return { number, sha256: versions.find((one) => one.number === number)!.sha256 };
}
