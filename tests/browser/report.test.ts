import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { documentName } from '#lib/exercise/documents.ts';
import type { FindingId, ObservationId } from '#lib/exercise/ids.ts';
import { addFinding, findingText } from '#lib/exercise/review/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import {
	expect,
	expectAccessible,
	expectConnected,
	test,
	type Page,
	type Person
} from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';
import { textOfPdf } from '../support/pdf-text.ts';
import type { Stage } from '../support/people.ts';

/*
 * The report by many (DOMAIN 9.7): two countries write at the same time and hand over, a facilitator takes parts over, the
 * public version is frozen, agreed to and published, and a reader walks from a reference to what it rests on and back.
 */
const finding = 'finding_of_the_report' as FindingId;
const open = 'Everybody was told within the hour, and answered.';
const secret = 'One ministry was never told, and asks for discretion.';

async function cast(stage: Stage) {
	const exercise = await TestExercise.create(stage);
	const greek = await exercise.team('GR CSIRT');
	await exercise.team('IT CSIRT', 'IT');
	const evaluator = await exercise.member('Eva Luator', { role: 'evaluator', teamId: greek.id });
	const facilitator = await exercise.member('Fay Cilitator', { role: 'facilitator' });
	const moderators = {
		moderator: await exercise.member('Gregor Moderator', { role: 'moderator', country: 'GR' }),
		planner: await exercise.member('Petra Planner', { role: 'planner', cell: 'GR' }),
		italian: await exercise.member('Ida Moderator', { role: 'moderator', country: 'IT' })
	};
	const lead = await exercise.member('Leda Lead', { role: 'player', teamId: greek.id, lead: true });
	await exercise.approved({ title: 'Gates stay shut', to: toAll, schedule: { mode: 'manual' } });
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(lead, 'log.add', { team: greek.id, text: 'The port does not answer.' });
	const { observation } = (await exercise.must(evaluator, 'evaluation.observe', {
		team: greek.id,
		sort: 'strength',
		text: 'Rang the port at once.'
	})) as { observation: ObservationId };
	await exercise.must(exercise.director, 'exercise.end', {});
	await stage.services.documents.edit(
		documentName({ exercise: exercise.id, kind: 'review' }),
		facilitator.id,
		(doc) => {
			const record = addFinding(
				doc,
				{ id: finding, kind: 'strength', title: 'The port was told at once', tlp: 'clear', cards: [] },
				'a0'
			);
			writeFragment(findingText(record)!, richTextFromText('Those who depend on it heard of it first.'));
		}
	);
	await exercise.must(evaluator, 'finding.cite', { finding, team: greek.id, observation });
	return { exercise, greek, evaluator, facilitator, lead, ...moderators };
}

test('[P2] [P8] a report from the drafts of two countries to the public version that they agreed to', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(300_000);
	const { exercise, greek, moderator, planner, italian, evaluator, facilitator, lead } = await cast(stage);
	const at = (path: string) => `/exercises/${exercise.id}/${path}`;
	const visit = async (person: Person, path = 'report'): Promise<Page> => {
		const page = await pageOf(person);
		await page.goto(at(path));
		await expectConnected(page);
		return page;
	};
	const label = (page: Page, section: string, tlp: string) =>
		page.getByLabel(`Label of: ${section}`).selectOption(tlp);
	const handOver = async (page: Page) => {
		await page.getByRole('button', { name: 'Hand over' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click();
		await expect(page.getByRole('dialog')).toBeHidden();
	};

	const leading = await visit(facilitator);
	const pages = {
		greek: await visit(moderator),
		planner: await visit(planner),
		italian: await visit(italian)
	};

	await test.step('two of one country write at the same time, and one of another', async () => {
		const did = (page: Page, country: string) =>
			page.getByRole('textbox', { name: `What the country did, ${country}` });
		await did(pages.greek, 'Greece').click();
		await pages.greek.keyboard.type(open);
		await expect(did(pages.planner, 'Greece')).toContainText(open);
		await pages.planner.getByRole('textbox', { name: 'Areas for improvement, Greece' }).click();
		await pages.planner.keyboard.type(secret);
		await expect(pages.greek.getByText(secret)).toBeVisible();
		await label(pages.greek, 'What the country did', 'clear');
		await label(pages.planner, 'Areas for improvement', 'amber');
		await did(pages.italian, 'Italy').click();
		await pages.italian.keyboard.type('The Italian teams listened.');
		await expectAccessible(pages.greek);
		// nobody else reads it, not even who leads the review
		await expect(leading.getByText('No country has handed over yet')).toBeVisible();
		await expect(pages.italian.getByText(secret)).toHaveCount(0);
	});

	await test.step('they hand over', async () => {
		await handOver(pages.planner);
		await handOver(pages.italian);
		await expect(leading.getByRole('article', { name: 'Greece' })).toContainText(secret);
		await expect(leading.getByRole('article', { name: 'Italy' })).toContainText(
			'The Italian teams listened.'
		);
	});

	await test.step('parts are taken over, with where they came from', async () => {
		const article = leading.getByRole('article', { name: 'Greece' });
		await article.getByRole('button', { name: 'Take over: Areas for improvement, Greece' }).click();
		await article.getByLabel('Into the chapter').selectOption('summary');
		await article.getByRole('button', { name: 'Take over: What the country did, Greece' }).click();
		await expect(article.getByText('in the report')).toBeVisible();
		await leading.getByRole('tab', { name: 'Chapters' }).click();
		const passage = leading.getByRole('article', { name: 'Passage 1' });
		await expect(passage).toContainText(open);
		await expect(passage).toContainText(
			'From Greece, version 1: What the country did. Taken over by Fay Cilitator'
		);
		await passage.getByRole('button', { name: 'Rests on…' }).click();
		await leading.getByRole('menuitem', { name: 'The port was told at once' }).click();
		await expect(passage.getByRole('link', { name: 'The port was told at once' })).toBeVisible();
		await expect(passage.getByText('Edited after taking over')).toHaveCount(0);
		await passage.getByRole('textbox', { name: 'Text of passage 1' }).click();
		await leading.keyboard.press('ControlOrMeta+End');
		await leading.keyboard.type(' So it is said.');
		await expect(passage.getByText('Edited after taking over')).toBeVisible();
		await expectAccessible(leading);
	});

	const directing = await visit(exercise.director);
	const freeze = async (number: number, name: string) => {
		await directing.getByRole('radio', { name }).check();
		await directing.getByRole('button', { name: `Freeze version ${number}` }).click();
	};
	await test.step('a version is frozen; a name in a public text is found, and said where', async () => {
		await directing.getByRole('tab', { name: 'Versions' }).click();
		await freeze(1, 'Full: for those who read the review');
		await expect(directing.getByRole('article', { name: 'Full version 1' })).toBeVisible({ timeout: 60_000 });
		const text = leading.getByRole('textbox', { name: 'Text of passage 1' });
		await text.click();
		await leading.keyboard.press('ControlOrMeta+End');
		await leading.keyboard.type(' Thanks to Leda Lead.');
		await expect(leading.getByText('saved', { exact: false }).first()).toBeVisible();
		await freeze(2, 'Public: TLP:CLEAR alone, no names');
		await expect(directing.getByText(/Executive summary.*stands the name Leda Lead/)).toBeVisible({
			timeout: 60_000
		});
		await text.click();
		await leading.keyboard.press('ControlOrMeta+End');
		for (const _ of ' Thanks to Leda Lead.') await leading.keyboard.press('Backspace');
		await expect(text).not.toContainText('Leda');
		await freeze(2, 'Public: TLP:CLEAR alone, no names');
		await expect(directing.getByRole('article', { name: 'Public version 2' })).toBeVisible({
			timeout: 60_000
		});
		await expectAccessible(directing);
	});

	await test.step('the countries are asked, one agrees, one objects', async () => {
		const version = directing.getByRole('article', { name: 'Public version 2' });
		await version.getByRole('button', { name: 'Put to countries' }).click();
		await directing.getByRole('dialog').getByRole('button', { name: 'Put to them' }).click();
		await expect(directing.getByRole('dialog')).toBeHidden();
		for (const page of [pages.greek, pages.italian])
			await page.getByRole('tab', { name: 'Versions' }).click();
		const asked = (page: Page) => page.getByRole('article', { name: 'Public version 2' });
		await asked(pages.greek).getByLabel('Remark, or reason, of Greece').fill('Short, and true.');
		await asked(pages.greek).getByRole('button', { name: 'Only comment' }).click();
		await expect(version).toContainText('Short, and true.');
		await asked(pages.greek).getByRole('button', { name: 'Agree' }).click();
		await expect(asked(pages.greek).getByText('agreed', { exact: true }).first()).toBeVisible();
		await expect(asked(pages.greek).getByText('Italy')).toHaveCount(0);
		await asked(pages.italian).getByLabel('Remark, or reason, of Italy').fill('We were not asked first.');
		await asked(pages.italian).getByRole('button', { name: 'Object' }).click();
		await expect(version.getByText('objected', { exact: true }).first()).toBeVisible();
		await expect(version).toContainText('We were not asked first.');
	});

	await test.step('the final version says so on its title page, and goes out', async () => {
		await freeze(3, 'Public: TLP:CLEAR alone, no names');
		const version = directing.getByRole('article', { name: 'Public version 3' });
		await expect(version).toBeVisible({ timeout: 60_000 });
		await version.getByRole('button', { name: 'Publish version 3' }).click();
		await directing.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
		await expect(version.getByText(/^Published/)).toBeVisible();
		await directing.getByRole('button', { name: 'Check the hashes' }).click();
		await expect(directing.getByText(/All versions and contributions are what was frozen/)).toBeVisible();
	});

	await test.step('whoever played downloads exactly what was frozen, without a word above TLP:CLEAR', async () => {
		const page = await visit(lead);
		const version = page.getByRole('article', { name: 'Public version 3' });
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			version.getByRole('link', { name: 'PDF of version 3' }).click()
		]);
		expect(download.suggestedFilename()).toMatch(/^EX_.*public.*TLP-CLEAR\.pdf$/);
		const bytes = new Uint8Array(await readFile(await download.path()));
		await version.getByText('Hashes (SHA-256)').click();
		await expect(version).toContainText(createHash('sha256').update(bytes).digest('hex'));
		const words = textOfPdf(bytes);
		for (const part of [
			'Everybody was told',
			'TLP:CLEAR',
			'EXERCISE EXERCISE EXERCISE',
			'Agreed',
			'Objected'
		])
			expect(words).toContain(part);
		expect(words).not.toMatch(/discretion|Leda|Fay|Cilitator|Gregor/);
		await expect(page.getByRole('tab')).toHaveCount(1);
		await expectAccessible(page);
	});

	await test.step('from a reference to the finding, the observation, the timeline, and back', async () => {
		const page = await visit(evaluator);
		await page.getByRole('tab', { name: 'Versions' }).click();
		await page
			.getByRole('article', { name: 'Public version 3' })
			.getByRole('link', { name: 'F1: The port was told at once' })
			.click();
		const walk = page.getByRole('region', { name: 'What F1 rests on' });
		await expect(walk).toContainText('Rang the port at once.');
		await expect(walk).toContainText('Cited in: Executive summary');
		await expectAccessible(page);
		await walk.getByRole('link', { name: 'To the observation' }).click();
		await expect(page).toHaveURL(new RegExp(`evaluation/${greek.id}#observation-`));
		await page.getByRole('link', { name: /Public version 3, F1/ }).click();
		await expect(walk).toBeVisible();
		await walk.getByRole('link', { name: 'To the finding' }).click();
		await expect(page.locator('article[id^="finding-"]')).toBeFocused();
		await expect(page.getByRole('list', { name: 'In the report' })).toContainText('Public version 3, F1');
	});
});
