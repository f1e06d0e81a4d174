import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
	contributionFingerprint,
	contributionLabels,
	contributionText,
	freezeContribution,
	type ContributionSection
} from '#lib/exercise/aar/contribution.ts';
import { citeInPassage, labelPassage, passageText, readPassages } from '#lib/exercise/aar/page.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { ObservationId } from '#lib/exercise/ids.ts';
import { reviewFindings } from '#lib/exercise/review/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { sha256 } from '#server/exchange/report/freeze.ts';
import { verifyReports } from '#server/exchange/report/verify.ts';
import { views } from '#server/views/index.ts';
import type { Person } from '../../support/exercise.ts';
import { musterOn } from '../../support/muster-command.ts';
import { textOfPdf } from '../../support/pdf-text.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { PlayedExercise } from './played.ts';
import { unzip, wordsOf, xmlProblem } from './unzip.ts';

/* Countries contribute, the report is written from it, versions are frozen, agreed to, published and verified. */
let server: TestServer;
let played: PlayedExercise;
let italian: Person;
let planner: Person;
const greekWords = 'The Greek ministry was told last of all.';
const openWords = 'Everybody shared what they knew within the hour.';

beforeAll(async () => {
	server = await startTestServer();
	played = await PlayedExercise.create(server);
	italian = await played.play.member('Ida Italiana', { role: 'moderator', country: 'IT' });
	planner = await played.play.member('Pia Planner', { role: 'planner', cell: 'GR' });
});
afterAll(() => server.close());

const nameOf = (kind: 'report' | 'review') => documentName({ exercise: played.play.id, kind });
const contributionOf = (country: CountryCode) =>
	documentName({ exercise: played.play.id, kind: 'contribution', country });
async function report(person: Person) {
	const { exercise, actor } = await played.open(person);
	return views.aar.report(server.services, exercise, actor);
}
async function write(
	country: CountryCode,
	by: Person,
	parts: Partial<Record<ContributionSection, [Tlp, string]>>
) {
	await server.services.documents.edit(contributionOf(country), by.id, (doc) => {
		for (const [section, [tlp, words]] of Object.entries(parts) as [ContributionSection, [Tlp, string]][]) {
			writeFragment(contributionText(doc, section), richTextFromText(words));
			contributionLabels(doc).set(section, tlp);
		}
	});
}
const fingerprintOf = async (country: CountryCode) =>
	contributionFingerprint(
		freezeContribution(await server.services.documents.read(contributionOf(country)), country, 'amber')
	);
const handOver = async (country: CountryCode, by: Person) =>
	played.play.must(by, 'contribution.handOver', { country, fingerprint: await fingerprintOf(country) });
async function freeze(
	extent: string,
	country: string | null = null,
	by = played.play.director
): Promise<number> {
	const { exercise, actor } = await played.open(by);
	const { next } = await views.aar.report(server.services, exercise, actor);
	const { number } = await views.aar.freezeReport(server.services, exercise, actor, {
		extent,
		country,
		number: next ?? 1
	});
	return number;
}
async function file(person: Person, number: number, format: string): Promise<Uint8Array> {
	const { exercise, actor } = await played.open(person);
	const { body } = await views.aar.frozenFile(server.services.database, exercise, actor, number, format);
	return new Uint8Array(await new Response(body).arrayBuffer());
}
async function wordsIn(person: Person, number: number): Promise<string> {
	const files = await unzip(await file(person, number, 'docx'));
	for (const [name, content] of files)
		if (/\.(xml|rels)$/.test(name)) expect(xmlProblem(content), name).toBeNull();
	return wordsOf(files.get('word/document.xml')!);
}
const versionOf = async (person: Person, number: number) =>
	(await report(person)).versions.find((one) => one.number === number);

describe('a country’s contribution', () => {
	test('[P2] [R1] nobody else reads it, then only the frozen copy, and only who leads the review', async () => {
		const { people, play } = played;
		await write('GR', people.moderator, { did: ['amber', greekWords], strengths: ['clear', openWords] });
		for (const person of [play.director, people.controller, people.facilitator, people.evaluator, italian])
			expect(JSON.stringify(await report(person))).not.toContain('Greek ministry');
		await expect(report(people.greek)).rejects.toMatchObject({ code: 'not-found' });
		await handOver('GR', planner);
		await write('GR', people.moderator, { facts: ['amber', 'Written afterwards'] });
		for (const person of [play.director, people.facilitator]) {
			const view = await report(person);
			expect(view.handedOver).toMatchObject([
				{ country: 'GR', version: 1, tlp: 'amber', by: 'Pia Planner', isUsed: false }
			]);
			expect(JSON.stringify(view.handedOver)).toContain('Greek ministry');
			expect(JSON.stringify(view)).not.toContain('Written afterwards');
		}
		for (const person of [people.controller, people.evaluator, italian])
			expect(JSON.stringify(await report(person))).not.toContain('Greek ministry');
		// its own people see what they handed over, by number
		expect((await report(people.moderator)).handedOver).toMatchObject([{ version: 1, content: null }]);
	});

	test('a text that changed on the screen is not handed over; a further version is', async () => {
		const { people, play } = played;
		const seen = await fingerprintOf('GR');
		await write('GR', people.moderator, { facts: ['green', 'Two Greek teams took part.'] });
		expect(
			await play.send(people.moderator, 'contribution.handOver', { country: 'GR', fingerprint: seen })
		).toMatchObject({
			ok: false,
			error: { code: 'stale' }
		});
		await handOver('GR', people.moderator);
		await write('IT', italian, { did: ['amber_strict', 'The Italian reserve line was cut by mistake.'] });
		await handOver('IT', italian);
		expect(
			(await report(people.facilitator)).handedOver.map(({ country, version }) => [country, version])
		).toEqual([
			['GR', 1],
			['GR', 2],
			['IT', 1]
		]);
		await play.must(people.moderator, 'contribution.takeBack', { country: 'GR', version: 1 });
		expect(
			(await report(people.facilitator)).handedOver.map(({ country, version }) => [country, version])
		).toEqual([
			['GR', 2],
			['IT', 1]
		]);
	});

	test('what is taken over says where it came from, and shows when it was edited', async () => {
		const { people, play } = played;
		const take = (country: CountryCode, version: number, section: ContributionSection, chapter: string) =>
			play.must(people.facilitator, 'aar.takeOver', {
				country,
				version,
				section,
				chapter
			} as never) as Promise<{
				passage: string;
			}>;
		const { passage } = await take('GR', 2, 'did', 'country:GR');
		const open = await take('GR', 2, 'strengths', 'course');
		await take('IT', 1, 'did', 'country:IT');
		expect(
			await play.send(people.moderator, 'contribution.takeBack', { country: 'GR', version: 2 })
		).toMatchObject({ ok: false, error: { code: 'not-now' } });
		const { documents } = server.services;
		const page = await documents.read(nameOf('report'));
		expect(readPassages(page).map(({ chapter, tlp }) => [chapter, tlp])).toEqual(
			expect.arrayContaining([
				['country:GR', 'amber'],
				['course', 'clear'],
				['country:IT', 'amber_strict']
			])
		);
		const view = await report(people.evaluator);
		expect(view.page!.right).toBe('read');
		expect(view.page!.sources[passage]).toMatchObject({
			country: 'GR',
			version: 2,
			section: 'did',
			by: 'Fay Facilitator',
			sha256: await (async () =>
				(await report(people.moderator)).handedOver.find((one) => one.version === 2)!.sha256)()
		});
		// whatever a writer puts on the page: the source's label holds
		await documents.edit(nameOf('report'), people.facilitator.id, (doc) => {
			labelPassage(doc, passage, 'clear');
			citeInPassage(doc, open.passage, played.finding, true);
			writeFragment(passageText(doc, open.passage)!, richTextFromText(`${openWords} Mostly.`));
		});
	});
});

describe('versions', () => {
	let publicNumber = 0;

	test('only the director freezes; the full version has all, with provenance, label and page numbers everywhere', async () => {
		const { people, play, teams } = played;
		const { observation } = (await play.must(people.evaluator, 'evaluation.observe', {
			team: teams.gr.id,
			sort: 'strength',
			text: 'Called early'
		})) as { observation: ObservationId };
		await play.must(people.evaluator, 'finding.cite', {
			finding: played.finding as never,
			team: teams.gr.id,
			observation
		});
		await expect(freeze('full', null, people.facilitator)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(freeze('full', null, people.moderator)).rejects.toMatchObject({ code: 'not-found' });
		const number = await freeze('full');
		expect(number).toBe(1);
		const words = await wordsIn(play.director, number);
		for (const part of [
			'Full version 1',
			'Contents',
			'The exercise went as planned.',
			greekWords,
			'from Greece, version 2: What the country did',
			'edited after taking over',
			'rests on F1',
			'F1 Duty numbers were not known',
			'The Italian reserve line was cut by mistake.',
			'Annex: timeline'
		])
			expect(words).toContain(part);
		expect(words).not.toContain('Called early');
		const pdf = textOfPdf(await file(play.director, number, 'pdf'));
		for (const part of ['Contents', 'F1 Duty numbers', 'page 2 of', 'TLP:RED']) expect(pdf).toContain(part);
		await expect(file(people.moderator, number, 'docx')).rejects.toMatchObject({ code: 'not-found' });
		await expect(file(people.greek, number, 'pdf')).rejects.toMatchObject({ code: 'not-found' });
		await expect(file(play.director, number, 'exe')).rejects.toMatchObject({ code: 'not-found' });
		// a form that was sent twice freezes once
		const { exercise, actor } = await played.open(play.director);
		await expect(
			views.aar.freezeReport(server.services, exercise, actor, { extent: 'full', country: null, number: 1 })
		).rejects.toMatchObject({ code: 'stale' });
	});

	test('[P2] a national extract is its country’s: nothing of another one', async () => {
		const { people } = played;
		const number = await freeze('national', 'GR');
		const words = await wordsIn(people.moderator, number);
		expect(words).toContain('National extract for Greece');
		expect(words).toContain(greekWords);
		expect(words).toContain('Called the harbour master');
		expect(words).not.toMatch(/Italian reserve|Italian secret|IT CSIRT|Ivo Italian|went as planned/);
		await expect(file(italian, number, 'docx')).rejects.toMatchObject({ code: 'not-found' });
		await expect(file(people.greek, number, 'docx')).rejects.toMatchObject({ code: 'not-found' });
		expect(await versionOf(italian, number)).toBeUndefined();
		await expect(freeze('national', 'FR')).rejects.toMatchObject({ code: 'invalid' });
	});

	test('[P8] the public one holds TLP:CLEAR alone and no name; a planted name, or words from above, refuse it', async () => {
		const { people, play } = played;
		const { documents } = server.services;
		publicNumber = await freeze('public');
		const words = await wordsIn(play.director, publicNumber);
		expect(words).toContain(openWords);
		expect(words).not.toMatch(/Greek ministry|Italian reserve|went as planned|Duty numbers|Fay|Leda|CSIRT/);
		const files = await unzip(await file(play.director, publicNumber, 'docx'));
		expect([...files.values()].join(' ')).not.toMatch(/Fay|Leda|Gina|Manos|@/);
		const setFinding = (tlp: Tlp) =>
			documents.edit(nameOf('review'), people.facilitator.id, (doc) => {
				reviewFindings(doc).get(played.finding)!.set('tlp', tlp);
			});
		await setFinding('clear');
		const setPassage = (text: string) =>
			documents.edit(nameOf('report'), people.facilitator.id, (doc) => {
				const { id } = readPassages(doc).find(({ chapter }) => chapter === 'course')!;
				writeFragment(passageText(doc, id)!, richTextFromText(text));
			});
		await setPassage(`${openWords} Thanks to Leda Lead.`);
		await expect(freeze('public')).rejects.toMatchObject({
			code: 'invalid',
			message: expect.stringMatching(/Course of the exercise.*Leda Lead/)
		});
		await setPassage(`As we heard: ${greekWords}`);
		await expect(freeze('public')).rejects.toMatchObject({
			message: expect.stringMatching(/Course of the exercise.*above TLP:CLEAR/)
		});
		await setPassage(openWords);
		publicNumber = await freeze('public');
		const now = await wordsIn(play.director, publicNumber);
		expect(now).toContain('F1 Duty numbers were not known');
		expect(now).toContain('Rests on F1');
	});

	test('countries agree to a content by its hash; the final version has the same, and says who agreed', async () => {
		const { people, play } = played;
		const draft = (await versionOf(play.director, publicNumber))!;
		expect(await versionOf(people.moderator, publicNumber)).toBeUndefined();
		await play.must(people.facilitator, 'aar.circulate', {
			version: publicNumber,
			countries: ['GR', 'IT'],
			deadline: Date.now() + 86_400_000,
			silence: false
		});
		const said = { version: publicNumber, sha256: draft.sha256 };
		await play.must(people.moderator, 'aar.agree', { ...said, country: 'GR', text: 'Well said' });
		expect(await play.send(people.moderator, 'aar.agree', { ...said, country: 'IT' })).toMatchObject({
			ok: false,
			error: { code: 'not-found' }
		});
		// each country's moderator reads the own answer alone
		expect((await versionOf(italian, publicNumber))!.round!.answers).toMatchObject([
			{ country: 'IT', standing: 'waiting', signs: true }
		]);
		expect((await versionOf(play.director, publicNumber))!.round!.answers).toMatchObject([
			{ country: 'GR', standing: 'agreed' },
			{ country: 'IT', standing: 'waiting' }
		]);
		const final = await freeze('public');
		expect((await versionOf(play.director, final))!.sha256).toBe(draft.sha256);
		const words = await wordsIn(play.director, final);
		expect(words).toMatch(/Agreed\s+Greece/);
		expect(words).toMatch(/Not agreed yet\s+Italy/);
		await expect(file(people.greek, final, 'pdf')).rejects.toMatchObject({ code: 'not-found' });
		await play.must(play.director, 'aar.publish', { version: final, sha256: draft.sha256 });
		expect(textOfPdf(await file(people.greek, final, 'pdf'))).toContain(openWords.slice(0, 20));
		expect((await report(people.observer)).versions.map(({ number }) => number)).toEqual([final]);
		// whoever is outside of the review learns of no finding's id, no name, no sign-off
		const view = await report(people.greek);
		expect(view).toMatchObject({ page: null, handedOver: [], own: [], next: null, countries: [] });
		expect(view.versions).toMatchObject([{ by: null, references: [], round: null, missing: [] }]);
		publicNumber = final;
	});

	test('the walk: from a reference to the finding and its observations, and back', async () => {
		const { people, teams, play } = played;
		const view = await report(play.director);
		const reference = view.versions.find((one) => one.number === publicNumber)!.references[0]!;
		expect(reference).toMatchObject({ reference: 'F1', finding: played.finding, chapters: ['course'] });
		expect(view.evidence.evidence.map(({ finding }) => finding)).toContain(played.finding);
		const { exercise, actor } = await played.open(people.evaluator);
		const { citations } = await views.review.review(server.services.database, exercise, actor);
		expect(citations).toContainEqual(
			expect.objectContaining({
				finding: played.finding,
				version: publicNumber,
				reference: 'F1',
				chapters: ['course']
			})
		);
		const { findings } = await views.evaluation.ofTeam(server.services, exercise, actor, teams.gr.id);
		expect(findings[0]!.citations.map(({ version }) => version)).toContain(publicNumber);
	});

	test('downloads are the frozen bytes; one changed byte is named, and so is a changed sum', async () => {
		const { play } = played;
		const { pool } = server.services.database;
		const id = play.id;
		const before = (await versionOf(play.director, publicNumber))!;
		expect(sha256(await file(play.director, publicNumber, 'docx'))).toBe(before.docxSha256);
		expect(sha256(await file(play.director, publicNumber, 'pdf'))).toBe(before.pdfSha256);
		const verify = () => verifyReports(server.services.database, id);
		const changed = async () => (await verify()).versions.filter((one) => one.changed.length > 0);
		expect(await changed()).toEqual([]);
		expect((await verify()).contributions.every(({ is }) => is === 'equal')).toBe(true);
		const flip = (column: string, number: number) =>
			pool.query(
				`update report_version set ${column} = set_byte(${column}, 100, get_byte(${column}, 100) # 1)
					where exercise_id = $1 and number = $2`,
				[id, number]
			);
		const command = () => musterOn(server.services.database, ['report', 'verify', '--exercise', id]);
		expect(await command()).toMatchObject({ code: 0, err: '' });
		await flip('pdf', 1);
		expect(await changed()).toMatchObject([{ number: 1, changed: ['pdf'] }]);
		const said = await command();
		expect(said.code).toBe(1);
		expect(said.out).toContain('Version 1: changed since it was frozen: the PDF.');
		expect(said.out).toContain('Version 2: equal to what was frozen.');
		await flip('pdf', 1);
		expect(await changed()).toEqual([]);
		await pool.query(`update report_version set docx_sha256 = $2 where exercise_id = $1 and number = 1`, [
			id,
			'0'.repeat(64)
		]);
		expect(await changed()).toMatchObject([{ number: 1, changed: ['sums'] }]);
		await pool.query(
			`update contribution set content = jsonb_set(content, '{tlp}', '"clear"') where exercise_id = $1
			and country = 'IT'`,
			[id]
		);
		expect((await verify()).contributions).toContainEqual({ country: 'IT', version: 1, is: 'changed' });
		await pool.query('delete from report_version where exercise_id = $1 and number = 2', [id]);
		expect((await verify()).missing).toEqual([2]);
	});

	test('[P7] every freeze, download and sign-off is in the chain, which is whole', async () => {
		const { rows } = await server.services.database.pool.query(
			`select act, detail from audit where scope = $1 and act = 'report.frozen' order by sequence`,
			[played.play.id]
		);
		expect(rows.length).toBeGreaterThanOrEqual(5);
		expect(rows[0].detail).toMatchObject({
			number: 1,
			extent: 'full',
			docxSha256: expect.stringMatching(/^[0-9a-f]{64}$/)
		});
		expect((await verifyAudit(server.services.database, played.play.id)).broken).toBeNull();
	});
});
