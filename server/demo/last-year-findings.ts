import { documentName } from '#lib/exercise/documents.ts';
import {
	findingFingerprint,
	findingText,
	freezeFinding,
	reviewFindings
} from '#lib/exercise/review/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { answered, settled } from './last-year-feedback.ts';
import type { LastYear } from './last-year.ts';

/*
 * The findings of the year before, put to the countries that took part: most are agreed to by silence, one after an objection
 * was settled in a second round. Deadlines are wall time, so this one really passes: the report is written meanwhile.
 */

/** Long enough for all answers on a slow machine, and over before the first minutes of the other exercise are played. */
const silenceMs = 8000;
const days = 24 * 3_600_000;

/** @returns what waits until the deadline has passed */
export async function settleFindings({ setting, findings }: LastYear): Promise<() => Promise<void>> {
	const { services, exercise, teams, account, run } = setting;
	const page = documentName({ exercise, kind: 'review' });
	const facilitator = account('Facilitator');
	const countries = [...new Set(teams.map(({ country }) => country))];
	const speaker = (country: CountryCode) => account(`${country} moderator`);
	const circulate = async ({ id: finding }: LastYear['findings'][number], deadline: number) =>
		run(facilitator, 'finding.circulate', {
			finding,
			countries,
			deadline,
			fingerprint: findingFingerprint(freezeFinding(await services.documents.read(page), finding)!)
		});

	const disputed = findings.find(({ title }) => title === settled.title)!;
	await circulate(disputed, Date.now() + 14 * days);
	const first = { finding: disputed.id, round: 1 };
	for (const { country, says, text } of settled.said)
		await (says === 'object'
			? run(speaker(country), 'finding.object', { ...first, country, reason: text })
			: run(speaker(country), `finding.${says}`, { ...first, country, text }));
	await run(speaker(settled.opens), 'finding.open', {
		finding: disputed.id,
		country: settled.opens,
		on: true
	});
	await services.documents.edit(page, facilitator.accountId, (doc) => {
		const record = reviewFindings(doc).get(disputed.id)!;
		for (const [section, words] of Object.entries(settled.rewritten))
			writeFragment(findingText(record, section as keyof typeof settled.rewritten)!, richTextFromText(words));
	});

	const deadline = Date.now() + silenceMs;
	for (const one of findings) await circulate(one, deadline);
	for (const { of, country, text } of answered) {
		const finding = findings.find(({ title }) => title === of)!;
		const round = finding === disputed ? 2 : 1;
		await run(speaker(country), 'finding.agree', { finding: finding.id, round, country, text });
	}
	return async () => {
		// a little longer: the deadline is by the database's clock
		const left = deadline + 50 - Date.now();
		if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
	};
}
