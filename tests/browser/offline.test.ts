import { expect, test, type BrowserContext } from '@playwright/test';
import { expectConnected } from '../support/browser.ts';
import { TestExercise, type Person } from '../support/exercise.ts';
import { stageBeside, startMuster, type MusterProcess } from '../support/muster-process.ts';

/* What a player writes while the line is broken: kept on the device, told so, and never lost in silence. */
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

test('[R14] [P3] words typed offline: kept, said so, saved on return; after a page was set back they are shown', async ({
	browser
}) => {
	test.setTimeout(120_000);
	const exercise = await TestExercise.create(beside);
	const team = await exercise.team('GR CSIRT');
	const player = await exercise.member('Anna', { role: 'player', teamId: team.id });
	await exercise.approved({
		title: 'Before STARTEX',
		to: { all: true, countries: [], levels: [], teams: [] }
	});
	await exercise.must(exercise.director, 'exercise.start', {});
	const context = await browser.newContext();
	context.setDefaultTimeout(10_000);
	await signIn(context, player);
	const page = await context.newPage();
	await page.goto(`${muster.url}/exercises/${exercise.id}/teams/${team.id}`);
	await expectConnected(page);
	await page.getByRole('tab', { name: 'Notes' }).click();
	const text = page.getByRole('textbox', { name: 'Team notes' });
	await text.click();
	await page.keyboard.type('Typed online.');
	await expect(page.getByText(/^\W*saved$/)).toBeVisible();

	await context.setOffline(true);
	await text.click();
	await page.keyboard.press('End');
	await page.keyboard.type(' Typed on a train.');
	await expect(page.getByText('not saved, kept on this device')).toBeVisible();
	await context.setOffline(false);
	await expect(page.getByText(/^\W*saved$/)).toBeVisible({ timeout: 20_000 });
	const notes = exercise.notes(team.id);
	const stored = await beside.services.documents.read(notes);
	expect(JSON.stringify(stored.toJSON()) + stored.getXmlFragment('text').toString()).toContain(
		'Typed on a train.'
	);

	// set back while away: the words may not be merged, and are not lost
	await context.setOffline(true);
	await text.click();
	await page.keyboard.press('Control+End');
	await page.keyboard.type(' Written in a tunnel.');
	await expect(page.getByText('not saved, kept on this device')).toBeVisible();
	await beside.services.documents.restore(notes, 1, null);
	await context.setOffline(false);
	await expect(page.getByText('This page was set back to an earlier state.', { exact: false })).toBeVisible({
		timeout: 20_000
	});
	await expect(text).toContainText('Written in a tunnel.');
	await page.reload();
	await page.getByRole('tab', { name: 'Notes' }).click();
	await expect(page.getByText('This device has kept an earlier text of this page')).toBeVisible();
	await expect(page.getByText('Written in a tunnel.')).toBeVisible();
	await page.getByRole('button', { name: 'Dismiss' }).click();
	await expect(page.getByText('This device has kept an earlier text of this page')).toBeHidden();
	await context.close();
});
