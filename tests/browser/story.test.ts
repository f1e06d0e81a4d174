import { readFile } from 'node:fs/promises';
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import writeXlsxFile from 'write-excel-file/node';
import { ByteRecorder } from '../support/recorder.ts';
import { startMuster, type MusterProcess } from '../support/muster-process.ts';

/*
 * One exercise, end to end, by people in browsers of their own: a spreadsheet comes in, people are invited, STARTEX, an
 * inject reaches two teams, one acknowledges and writes a report together, a real emergency stops and resumes play, ENDEX,
 * hot wash, the report as DOCX. A third team and an observer see nothing that is not theirs, in any byte.
 */
const password = 'a long sentence for a test';
const released = 'Gate system shows ransom note';
const planned = 'ZEISIG second terminal loses crane control';
const typedA = 'Gates are closed since nine. Trucks queue to the ring road.';
const typedB = 'Logs are preserved. The supplier has been asked for indicators.';

const setupLink = /http:\S+\/setup\/\S+/;

let muster: MusterProcess;
test.beforeAll(async () => {
	// the pages may have to be built
	test.setTimeout(240_000);
	muster = await startMuster();
});
test.afterAll(async () => {
	expect(await muster.stop()).toBe(0);
});

interface Person {
	context: BrowserContext;
	page: Page;
	bytes: ByteRecorder;
}

async function browserOf(browser: Browser): Promise<Person> {
	const context = await browser.newContext({ acceptDownloads: true });
	context.setDefaultTimeout(10_000);
	const bytes = new ByteRecorder(context);
	return { context, page: await context.newPage(), bytes };
}

/** The planner's workbook: a title above the headings, a section row between, HSEEP's headings. */
async function workbook(): Promise<Buffer> {
	const text = (value: string) => ({ type: String, value });
	const rows = [
		[text('Exercise Harbour Light: master scenario events list')],
		[
			'Event Number',
			'Designated Scenario Time',
			'From',
			'To',
			'Message',
			'Expected Participant Response',
			'Inject Mode',
			'Notes'
		].map(text),
		[text('PORT')],
		[
			'HL-001',
			'+01:00',
			'Terminal duty engineer',
			'GR CSIRT, IT CSIRT',
			released,
			'Inform the national CSIRT',
			'e-mail',
			'ZEISIG control only'
		].map(text),
		['HL-002', '+03:00', 'Terminal duty engineer', 'ALL', planned, 'Report', 'phone', 'ZEISIG reserve'].map(
			text
		)
	];
	return writeXlsxFile(rows).toBuffer();
}

test('one exercise, from a spreadsheet to the hot wash', async ({ browser }) => {
	test.setTimeout(300_000);
	const director = await browserOf(browser);
	const { page } = director;

	await test.step('the first administrator sets name and password', async () => {
		await expect.poll(() => muster.output()).toMatch(setupLink);
		await page.goto(setupLink.exec(muster.output())![0]);
		await page.getByLabel('Name', { exact: true }).fill('Exercise Director');
		await page.getByLabel('E-mail address').fill('director@example.test');
		await page.getByLabel('Password', { exact: true }).fill(password);
		await page.getByRole('button', { name: 'Create administrator' }).click();
		await expect(page.getByRole('heading', { name: 'Exercises' })).toBeVisible();
	});

	await test.step('she creates the exercise', async () => {
		await page.getByRole('button', { name: 'New exercise' }).first().click();
		const dialog = page.getByRole('dialog');
		await dialog.getByLabel('Name', { exact: true }).fill('Harbour Light');
		await dialog.getByLabel('STARTEX').fill('2026-06-10T09:00');
		await dialog.getByLabel('Planned ENDEX').fill('2026-06-10T17:00');
		await dialog.getByLabel('Authors may approve their own injects').check();
		await dialog.getByRole('button', { name: 'Create exercise' }).click();
		await page.waitForURL(/\/exercises\/[^/]+\//);
	});
	const home = /(.*\/exercises\/[^/?]+)/.exec(page.url())![1]!;

	await test.step('she adds three teams', async () => {
		await page.goto(`${home}/people`);
		for (const [name, country] of [
			['GR CSIRT', 'Greece'],
			['IT CSIRT', 'Italy'],
			['FR CSIRT', 'France']
		] as const) {
			await page.getByRole('button', { name: 'Add team' }).first().click();
			const dialog = page.getByRole('dialog');
			await dialog.getByLabel('Team', { exact: true }).fill(name);
			await dialog.getByLabel('Country').selectOption({ label: country });
			await dialog.getByRole('button', { name: 'Add team' }).click();
			await expect(dialog).toBeHidden();
			await expect(
				page
					.getByRole('cell', { name, exact: true })
					.or(page.getByRole('rowheader', { name, exact: true }))
					.first()
			).toBeVisible();
		}
	});

	await test.step('she imports the spreadsheet in which the exercise is planned today', async () => {
		await page.goto(`${home}/import`);
		await page.locator('input[type=file]').setInputFiles({
			name: 'harbour-light.xlsx',
			mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
			buffer: await workbook()
		});
		await expect(page.getByText('HSEEP MSEL').first()).toBeVisible();
		await page.getByRole('button', { name: /^Import/ }).click();
		await expect(page.getByRole('link', { name: /script/i }).first()).toBeVisible();
	});

	await test.step('she approves the script', async () => {
		await page.goto(`${home}/script/central`);
		await expect(page.getByText('HL-001')).toBeVisible();
		// the cell around the box takes the click
		await page.getByRole('checkbox', { name: 'Select all that are shown' }).click({ force: true });
		await page
			.getByRole('button', { name: /^Approve/ })
			.first()
			.click();
		await page
			.getByRole('dialog')
			.getByRole('button', { name: /^Approve/ })
			.click();
		await expect(
			page
				.getByRole('gridcell', { name: /approved/ })
				.or(page.getByText('approved', { exact: true }))
				.first()
		).toBeVisible();
	});

	async function invite(role: string, more: { team?: string; lead?: boolean } = {}): Promise<string> {
		await page.goto(`${home}/people`);
		await page
			.getByRole('tab', { name: /Invitations/ })
			.or(page.getByRole('button', { name: 'Invite by link' }))
			.first()
			.click();
		const button = page.getByRole('button', { name: 'Invite by link' }).first();
		const dialog = page.getByRole('dialog');
		if (!(await dialog.isVisible())) await button.click();
		await dialog.getByLabel('Role').selectOption({ label: role });
		if (more.team) await dialog.getByLabel('Team', { exact: true }).selectOption({ label: more.team });
		if (more.lead) await dialog.getByLabel('Leads the team').check();
		await dialog.getByRole('button', { name: 'Make link' }).click();
		const link = await dialog.getByLabel('Link', { exact: true }).inputValue();
		await dialog.getByRole('button', { name: 'Done' }).click();
		return link;
	}

	async function join(name: string, link: string, says: RegExp): Promise<Person> {
		const person = await browserOf(browser);
		await person.page.goto(link);
		await expect(person.page.getByText('Harbour Light').first()).toBeVisible();
		await expect(person.page.getByText(says).first()).toBeVisible();
		await person.page.getByLabel('Name', { exact: true }).fill(name);
		await person.page
			.getByLabel('E-mail address')
			.fill(`${name.replace(/\W+/g, '-').toLowerCase()}@example.test`);
		await person.page.getByLabel('Password', { exact: true }).fill(password);
		await person.page.getByRole('button', { name: 'Create account and join' }).click();
		await person.page.waitForURL(/\/exercises\/[^/]+\//);
		return person;
	}

	const [lead, analyst, italian, french, observer, facilitator] =
		await test.step('six people join by link', async () => [
			await join('GR lead', await invite('Player', { team: 'GR CSIRT', lead: true }), /GR CSIRT/),
			await join('GR analyst', await invite('Player', { team: 'GR CSIRT' }), /GR CSIRT/),
			await join('IT lead', await invite('Player', { team: 'IT CSIRT', lead: true }), /IT CSIRT/),
			await join('FR lead', await invite('Player', { team: 'FR CSIRT', lead: true }), /FR CSIRT/),
			await join('Visiting observer', await invite('Observer'), /Observer/),
			await join('Facilitator', await invite('Facilitator'), /Facilitator/)
		]);

	await test.step('STARTEX', async () => {
		await page.goto(`${home}/control`);
		await page.getByRole('button', { name: 'STARTEX…' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Start the exercise' }).click();
		for (const person of [director, lead!, french!, observer!])
			await expect(person.page.getByText(/EXERCISE — LIVE/).first()).toBeVisible();
	});

	await test.step('nothing is seen early', async () => {
		for (const person of [lead!, analyst!, italian!, french!, observer!]) {
			expect(await person.bytes.holds(released)).toBe(false);
			expect(await person.bytes.holds('ZEISIG')).toBe(false);
		}
	});

	await test.step('an inject is released to two teams, and reaches them in a moment', async () => {
		await page.getByRole('button', { name: 'Release now' }).first().click();
		await page.getByRole('button', { name: 'Release to 2 teams' }).click();
		for (const person of [lead!, analyst!, italian!])
			await expect(person.page.getByText(released).first()).toBeVisible();
	});

	await test.step('a team acknowledges and exercise control sees it', async () => {
		await lead!.page.getByRole('button', { name: 'Acknowledge' }).first().click();
		await expect(page.getByText(/GR CSIRT.*acknowledged/).first()).toBeVisible();
		await lead!.page
			.getByRole('button', { name: /^Respond/ })
			.first()
			.click();
		await lead!.page
			.getByRole('textbox', { name: /response/i })
			.fill('We have isolated the terminal network.');
		await lead!.page.getByRole('button', { name: 'Send response' }).click();
		await expect(page.getByText('We have isolated the terminal network.').first()).toBeVisible();
	});

	await test.step('two people write one situation report at once, and lose nothing', async () => {
		await lead!.page.getByRole('button', { name: 'Open report 1' }).first().click();
		const section = (person: Page, name: string) => person.getByRole('textbox', { name, exact: true });
		await section(lead!.page, 'Summary').click();
		await section(analyst!.page, 'Situation').click();
		await Promise.all([
			lead!.page.keyboard.type(typedA, { delay: 15 }),
			analyst!.page.keyboard.type(typedB, { delay: 15 })
		]);
		for (const person of [lead!, analyst!]) {
			await expect(section(person.page, 'Summary')).toContainText(typedA);
			await expect(section(person.page, 'Situation')).toContainText(typedB);
		}
		await expect(lead!.page.getByRole('status').filter({ hasText: /^✓\s*saved$/ })).toBeVisible();
		await lead!.page
			.getByRole('button', { name: /^Approve/ })
			.first()
			.click();
		await lead!.page
			.getByRole('dialog')
			.getByRole('button', { name: /^Approve/ })
			.click();
		await expect(page.getByText(/GR CSIRT.*(approved|situation report 1)/i).first()).toBeVisible();
	});

	await test.step('a real emergency stops every screen, and only the director resumes', async () => {
		await italian!.page.getByRole('button', { name: /Real emergency: stop/ }).click();
		await italian!.page.getByRole('button', { name: 'Stop the exercise now' }).click();
		const begun = Date.now();
		for (const person of [director, lead!, analyst!, italian!, french!, observer!])
			await expect(person.page.getByText(/REAL-WORLD EMERGENCY/).first()).toBeVisible({ timeout: 2000 });
		expect(Date.now() - begun).toBeLessThan(2000);
		await expect(lead!.page.getByRole('button', { name: /resume/i })).toHaveCount(0);
		await page.getByRole('button', { name: 'Resume at once' }).click();
		for (const person of [director, lead!, french!])
			await expect(person.page.getByText(/EXERCISE — LIVE/).first()).toBeVisible();
	});

	await test.step('the third team and the observer got nothing that is not theirs', async () => {
		for (const person of [french!, observer!])
			for (const secret of [
				released,
				'ZEISIG',
				typedA.slice(0, 12),
				typedB.slice(0, 12),
				'isolated the terminal network'
			])
				expect(await person.bytes.holds(secret), secret).toBe(false);
		for (const person of [lead!, analyst!, italian!]) expect(await person.bytes.holds('ZEISIG')).toBe(false);
		expect(await italian!.bytes.holds(typedA.slice(0, 12))).toBe(false);
		expect(french!.bytes.bytes).toBeGreaterThan(1000);
	});

	await test.step('ENDEX', async () => {
		await page.getByRole('button', { name: 'ENDEX…' }).click();
		await page.getByRole('button', { name: 'End the exercise' }).click();
		for (const person of [director, lead!])
			await expect(person.page.getByText(/EXERCISE — ENDED/).first()).toBeVisible();
	});

	await test.step('hot wash, without a name and with votes', async () => {
		await lead!.page.getByRole('link', { name: 'Hot wash' }).click();
		await lead!.page.getByRole('switch', { name: /Without my name/ }).click();
		const column = lead!.page.getByRole('region', { name: 'What did not go well' });
		await column.getByRole('textbox').fill('Nobody knew who signs the report');
		await column.getByRole('button', { name: 'Add card' }).click();
		await analyst!.page.getByRole('link', { name: 'Hot wash' }).click();
		await expect(analyst!.page.getByText('Nobody knew who signs the report')).toBeVisible();
		await analyst!.page.getByRole('button', { name: /vote/i }).first().click();
		await expect(lead!.page.getByText(/1 vote/).first()).toBeVisible();
		await facilitator!.page.getByRole('button', { name: 'After play' }).click();
		await facilitator!.page.getByRole('menuitem', { name: 'Review' }).click();
		await expect(
			facilitator!.page.getByText('Nobody knew who signs the report', { exact: true }).first()
		).toBeVisible();
	});

	await test.step('the record goes home: the report as DOCX', async () => {
		await facilitator!.page.goto(`${home}/review`);
		const download = facilitator!.page.waitForEvent('download');
		await facilitator!.page
			.getByRole('link', { name: /DOCX/ })
			.or(facilitator!.page.getByRole('button', { name: /DOCX/ }))
			.first()
			.click();
		const file = await download;
		expect(file.suggestedFilename()).toMatch(/^EX_.*\.docx$/);
		const bytes = await readFile((await file.path())!);
		expect(bytes.subarray(0, 2).toString()).toBe('PK');
		expect(bytes.length).toBeGreaterThan(5000);
	});
});
