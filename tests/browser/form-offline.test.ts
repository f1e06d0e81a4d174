import { expect, test, type BrowserContext } from '@playwright/test';
import { TestExercise, type Person } from '../support/exercise.ts';
import { stageBeside, startMuster, type MusterProcess } from '../support/muster-process.ts';

/* What somebody enters in a form while the line is broken. */
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

async function signIn(context: BrowserContext, person: Person): Promise<void> {
	const [name, value] = person.cookie.split('=') as [string, string];
	await context.addCookies([
		{ name, value, domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }
	]);
}

test('a form sent offline stays with what was typed, says so, and is sent on return', async ({ browser }) => {
	const exercise = await TestExercise.create(beside);
	const context = await browser.newContext();
	context.setDefaultTimeout(10_000);
	await signIn(context, exercise.director);
	const page = await context.newPage();
	await page.goto(`${muster.url}/account`);
	await page.waitForLoadState('networkidle');
	const name = page.getByRole('textbox', { name: 'Name' });
	const save = page.getByRole('button', { name: 'Save', exact: true }).first();
	await name.fill('Another Name');
	await context.setOffline(true);
	await save.press('Enter');
	await expect(page.getByText('It was not sent. What you entered is still here')).toBeVisible();
	await expect(name).toHaveValue('Another Name');
	await context.setOffline(false);
	await save.press('Enter');
	await expect(page.getByText('Saved.', { exact: false }).first()).toBeVisible();
	await page.reload();
	await expect(name).toHaveValue('Another Name');
	await context.close();
});
