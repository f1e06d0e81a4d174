import { readFile } from 'node:fs/promises';
import { unzip, wordsOf } from '../integration/review/unzip.ts';
import {
	expect,
	expectAccessible,
	expectConnected,
	test,
	type Page,
	type Person
} from '../support/browser.ts';
import { TestExercise } from '../support/exercise.ts';

/*
 * A real incident, as people live it: an administrator opens a room for two countries, they work, the coordinator looks
 * at the board and takes the record out, the incident is closed, the review has a finding, and an action follows from it.
 */
const download = async (page: Page, press: () => Promise<void>) => {
	const [file] = await Promise.all([page.waitForEvent('download'), press()]);
	return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
};

/** Nothing on the screen speaks of an exercise: each word of it would make somebody doubt. */
async function expectReal(page: Page): Promise<void> {
	await expect(page.locator('[data-marking="real"]')).toContainText('REAL');
	expect(await page.title()).toMatch(/^REAL · /);
	const text = await page.locator('body').innerText();
	// all of them at once: each page says what of it is wrong
	expect.soft(text.match(/.*\b(exercises?|STARTEX|ENDEX|injects?|hot wash|players?)\b.*/gi)).toBeNull();
}

test('[P8] [P11] from the opening of a room to an action that follows from it', async ({ pageOf, stage }) => {
	test.setTimeout(300_000);
	const administrator = await stage.person('Ada Administrator', { isAdministrator: true });
	const desk = await pageOf(administrator);
	let room!: string;

	await test.step('a room is opened, by keyboard, for two countries', async () => {
		await desk.goto('/exercises');
		// what the server sent answers to no key yet
		await desk.waitForLoadState('networkidle');
		await desk.getByRole('button', { name: 'Open a real room' }).first().focus();
		await desk.keyboard.press('Enter');
		const dialog = desk.getByRole('dialog', { name: 'Real coordination room' });
		await dialog.getByLabel('Name').fill('Harbour outage');
		await dialog.getByRole('button', { name: 'Open the room' }).click();
		await expect(dialog.getByText('Participating countries: choose at least one.')).toBeVisible();
		await dialog.getByLabel('Greece').focus();
		await desk.keyboard.press('Space');
		await dialog.getByLabel('Italy').check();
		await expectAccessible(desk);
		await dialog.getByRole('button', { name: 'Open the room' }).press('Enter');
		await desk.waitForURL(/\/exercises\/[^/]+\/situation/);
		room = /\/exercises\/([^/]+)\//.exec(desk.url())![1]!;
		await expectConnected(desk);
	});

	const { exercises } = stage.services;
	const teams = await exercises.teams(room as never);
	const greek = teams.find(({ country }) => country === 'GR')!;
	const lead: Person = await stage.person('Greek lead');
	await exercises.addMembership(
		room as never,
		{ accountId: lead.id, role: 'player', teamId: greek.id, lead: true },
		administrator.id
	);
	const at = (path: string) => `/exercises/${room}/${path}`;

	await test.step('it says on every page that it is real, and nothing of an exercise', async () => {
		await expectReal(desk);
		await expect(desk.getByText('REAL — OPEN')).toBeVisible();
		for (const hidden of ['Pause', 'Clock', 'STARTEX', 'Stop'])
			await expect(desk.getByRole('button', { name: hidden })).toHaveCount(0);
		for (const path of [
			'reports',
			'teams',
			'channels',
			'announcements',
			'people',
			'ready',
			'record',
			'hot-wash',
			'review'
		]) {
			await desk.goto(at(path));
			await expectConnected(desk);
			await expectReal(desk);
			await expectAccessible(desk);
		}
		const response = await desk.goto(at('control'));
		expect(response!.status()).toBe(404);
	});

	const work = await pageOf(lead);
	await test.step('a country opens an incident and reports', async () => {
		await work.goto(at(`teams/${greek.id}`));
		await expectConnected(work);
		await expectReal(work);
		await work.keyboard.press('i');
		const dialog = work.getByRole('dialog');
		await dialog.getByLabel('Title').fill('Quay system stands still');
		await expectReal(work);
		await dialog.getByRole('button', { name: 'Open incident' }).click();
		await expect(dialog).toBeHidden();
		await expect(work.getByText('Quay system stands still').first()).toBeVisible();
		for (const tab of ['report', 'notifications', 'incidents', 'tasks', 'requests', 'decisions', 'log']) {
			await work.goto(at(`teams/${greek.id}?tab=${tab}`));
			await expectConnected(work);
			await expectReal(work);
			await expectAccessible(work);
		}
		await work.goto(at(`teams/${greek.id}/exchange`));
		await expectConnected(work);
		await expectReal(work);
	});

	await test.step('the board as a table, and the record, carry the marking of a real room', async () => {
		await desk.goto(at('situation'));
		await expectConnected(desk);
		await desk.getByRole('button', { name: 'Export' }).click();
		const board = await download(desk, () => desk.getByRole('menuitem', { name: /CSV/ }).click());
		expect(board.name).toMatch(/^REAL_Harbour-outage_situation_/);
		expect(board.bytes.toString('utf8')).toContain('REAL REAL REAL');
		expect(board.bytes.toString('utf8')).not.toContain('EXERCISE');
		await desk.goto(at('record'));
		await expectConnected(desk);
		const record = await download(desk, () => desk.getByRole('link', { name: /CSV/ }).first().click());
		expect(record.name).toMatch(/^REAL_Harbour-outage_record_/);
		expect(record.bytes.toString('utf8')).toContain('Incident opened.');
	});

	await test.step('the coordinator closes the incident', async () => {
		await desk.goto(at('situation'));
		await expectConnected(desk);
		await desk.getByRole('button', { name: 'Close the incident…' }).click();
		await desk
			.getByRole('alertdialog')
			.or(desk.getByRole('dialog'))
			.getByRole('button', { name: 'Close the incident' })
			.click();
		await expect(desk.getByText('REAL — INCIDENT CLOSED')).toBeVisible();
		await expectReal(desk);
		await work.goto(at(`hot-wash/${greek.id}`));
		await expectConnected(work);
		await expectReal(work);
	});

	await test.step('the review lists affected states, and the coordinator names another', async () => {
		await desk.goto(at('review'));
		await expectConnected(desk);
		await desk.getByRole('tab', { name: /^Affected states/ }).click();
		await expect(desk.getByText('Incident 1 of Greece: coordination')).toBeVisible();
		await desk.getByRole('button', { name: 'Name a state' }).focus();
		await desk.keyboard.press('Enter');
		const dialog = desk.getByRole('dialog');
		await dialog.getByLabel('State').selectOption('CY');
		await dialog.getByLabel('Reason').fill('Its ferries wait outside');
		await expectAccessible(desk);
		await dialog.getByRole('button', { name: 'Name it' }).click();
		await expect(dialog).toBeHidden();
		await expect(desk.getByText('Named by Ada Administrator: Its ferries wait outside')).toBeVisible();
		await expectReal(desk);
		await expectAccessible(desk);
	});

	await test.step('a finding is written, its paper is marked, and an action follows', async () => {
		await desk.getByRole('tab', { name: /^Findings/ }).click();
		await desk.getByRole('button', { name: 'New finding' }).click();
		await desk.getByLabel('Title of finding 1').fill('No list of operators');
		await expect(desk.getByText('Saved').first()).toBeVisible();
		const paper = await download(desk, () => desk.locator('a[href$="/record/report.docx"]').click());
		expect(paper.name).toMatch(/^REAL_Harbour-outage_report_/);
		const files = await unzip(new Uint8Array(paper.bytes));
		expect(wordsOf(files.get('word/document.xml')!)).toContain('REAL REAL REAL');
		expect([...files.values()].some((text) => text.includes('EXERCISE'))).toBe(false);
		const id = /finding-[\w-]+/.exec((await desk.locator('article[id^="finding-"]').getAttribute('id'))!)![0];
		await desk.goto(`/improvement/new?exercise=${room}&finding=${id.replace('finding-', '')}`);
		await expect(desk.getByText('No list of operators')).toBeVisible();
		await expect(desk.locator('input[name="source"]')).toHaveValue('incident');
	});

	await test.step('the front page has it apart and first; an exercise keeps its own colour and words', async () => {
		const exercise = await TestExercise.create(stage);
		await exercises.addMembership(
			exercise.id,
			{ accountId: administrator.id, role: 'director' },
			administrator.id
		);
		await desk.goto('/exercises');
		await expect(desk.getByRole('region', { name: 'Real incidents' })).toContainText('Harbour outage');
		await expectAccessible(desk);
		await desk.getByRole('link', { name: 'Test exercise' }).click();
		await expectConnected(desk);
		await expect(desk.locator('[data-marking="exercise"]')).toContainText('EXERCISE EXERCISE EXERCISE');
		expect(await desk.title()).not.toContain('REAL');
	});
});
