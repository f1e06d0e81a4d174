import { expect, test, type Browser, type Page } from '@playwright/test';
import { TestExercise, type Person } from '../support/exercise.ts';
import { stageBeside, startMuster, type MusterProcess } from '../support/muster-process.ts';

/* Two planners in one script: each takes back only what is the own, they talk, and see who changed what. */
let muster: MusterProcess;
let beside: Awaited<ReturnType<typeof stageBeside>>;
test.beforeAll(async () => {
	// the pages may have to be built
	test.setTimeout(240_000);
	muster = await startMuster();
	beside = await stageBeside(muster);
});
test.afterAll(async () => {
	await beside.close();
	expect(await muster.stop()).toBe(0);
});

async function pageOf(browser: Browser, person: Person, path: string): Promise<Page> {
	const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
	context.setDefaultTimeout(10_000);
	const [name, value] = person.cookie.split('=') as [string, string];
	await context.addCookies([
		{ name, value, domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }
	]);
	const page = await context.newPage();
	await page.goto(`${muster.url}${path}`);
	return page;
}

test('undo of the own only, a block from a spreadsheet, a comment with a mention, history, and a row brought back', async ({
	browser
}) => {
	test.setTimeout(120_000);
	const exercise = await TestExercise.create(beside);
	await exercise.team('GR CSIRT');
	const anna = await exercise.member('Anna', { role: 'planner', cell: 'central' });
	const bert = await exercise.member('Bert', { role: 'planner', cell: 'central' });
	await exercise.approved(
		...['One', 'Two', 'Three'].map((title, i) => ({
			reference: `CE-00${i + 1}`,
			title,
			to: { all: true, countries: [], levels: [], teams: [] }
		}))
	);
	const path = `/exercises/${exercise.id}/script/central`;
	const [a, b] = await Promise.all([pageOf(browser, anna, path), pageOf(browser, bert, path)]);
	const cell = (page: Page, title: string) => page.getByRole('rowheader').filter({ hasText: title });

	// typed into a cell by Anna, into another by Bert; Anna's undo takes back Anna's
	await cell(a, 'One').click();
	await a.keyboard.press('Enter');
	await a.keyboard.press('Control+A');
	await a.keyboard.type('Gates shut');
	await a.keyboard.press('Enter');
	await expect(cell(b, 'Gates shut')).toBeVisible();
	await cell(b, 'Two').click();
	await b.keyboard.press('Enter');
	await b.keyboard.press('Control+A');
	await b.keyboard.type('Trucks queue');
	await b.keyboard.press('Enter');
	await expect(cell(a, 'Trucks queue')).toBeVisible();
	await a.keyboard.press('Control+Z');
	await expect(cell(b, 'One')).toBeVisible();
	await expect(cell(b, 'Trucks queue')).toBeVisible();

	// a block as Excel copies it: two rows, title beside time
	await a.evaluate(() => navigator.clipboard.writeText('+00:10\tFirst pasted\n+00:20\t"Second, ""pasted"""'));
	await a
		.getByRole('row', { name: /CE-001/ })
		.locator('[data-column=time]')
		.click();
	await a.keyboard.press('Control+V');
	await expect(cell(b, 'First pasted')).toBeVisible();
	await expect(cell(b, 'Second, "pasted"')).toBeVisible();
	await expect(b.getByRole('row', { name: /CE-002/ })).toContainText('+00:20');

	// a comment that mentions Bert
	await cell(a, 'Three').click();
	await a.keyboard.press('Control+Enter');
	await a.locator('summary', { hasText: 'Comments' }).click();
	await a.getByRole('textbox', { name: 'Write a comment' }).click();
	await a.keyboard.type('Too late? @Be');
	await a.keyboard.press('Enter');
	await a.keyboard.press('Control+Enter');
	await expect(b.getByRole('button', { name: '1 comment · 1 for you' })).toBeVisible();
	await b.getByRole('button', { name: '1 comment · 1 for you' }).click();
	await expect(b.getByText('Too late? @Bert')).toBeVisible();
	await b.getByRole('button', { name: 'Settle the comment of Anna' }).click();
	await expect(a.getByRole('button', { name: '0 comments' })).toBeVisible();

	// Bert deletes a row; Anna sees who it was, and brings it back
	await cell(b, 'Three').click();
	await b.keyboard.press('Alt+Delete');
	await b
		.getByRole('dialog')
		.getByRole('button', { name: /Delete/ })
		.click();
	await expect(cell(a, 'Three')).toBeHidden();
	await a.getByRole('button', { name: 'History' }).click();
	const only = a.getByRole('checkbox', { name: 'Only the open inject' });
	if (await only.isChecked()) await only.uncheck();
	const removed = a.getByRole('listitem').filter({ hasText: 'deleted' });
	await expect(removed).toContainText('Bert');
	await removed.getByRole('button', { name: 'Bring back what CE-003 was before' }).click();
	await expect(cell(b, 'Three')).toBeVisible();
	await Promise.all([a.context().close(), b.context().close()]);
});
