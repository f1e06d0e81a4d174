import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { cookieOf, expect, expectAccessible, test, type Page } from '../support/browser.ts';
import { TestExercise } from '../support/exercise.ts';
import { FaultProxy } from '../support/fault-proxy.ts';

/* Files over a slow line, as the planner sees them: how far, stopped, broken off, sent again, and while at another inject. */

/** Chromium sends no faster than what is set from here on. */
async function lineOf(page: Page) {
	const session = await page.context().newCDPSession(page);
	await session.send('Network.enable');
	return (uploadThroughput: number) =>
		session.send('Network.emulateNetworkConditions', {
			offline: false,
			latency: 20,
			downloadThroughput: -1,
			uploadThroughput
		});
}

test('a large file shows how far it is, goes on beside other work, can be stopped, and says what to do when it breaks off', async ({
	muster,
	stage
}, info) => {
	test.setTimeout(240_000);
	// a browser whose lines all go through a proxy that can break them
	const proxy = await FaultProxy.start(Number(new URL(muster.url).port));
	const { launchOptions } = info.project.use;
	const browser = await chromium.launch({
		...launchOptions,
		args: [
			...(launchOptions?.args ?? []),
			`--host-resolver-rules=MAP ${new URL(muster.url).host} 127.0.0.1:${proxy.port}`
		]
	});
	const exercise = await TestExercise.create(stage);
	await exercise.team('GR CSIRT');
	const planner = await exercise.member('Anna', { role: 'planner', cell: 'central' });
	const everyone = { all: true, countries: [], levels: [], teams: [] };
	await exercise.approved(
		{ title: 'Cranes', reference: 'CE-001', to: everyone },
		{ title: 'Gates', reference: 'CE-002', to: everyone }
	);
	const file = info.outputPath('press statement.txt');
	const second = info.outputPath('map.txt');
	await mkdir(info.outputDir, { recursive: true });
	await writeFile(file, 'x'.repeat(3_000_000));
	await writeFile(second, 'y'.repeat(2_000_000));
	const shot = async (name: string) => {
		const folder = process.env['SCREENSHOTS'];
		await attachments.scrollIntoViewIfNeeded();
		if (folder) await page.screenshot({ path: path.join(folder, `upload-${name}.png`) });
	};

	const context = await browser.newContext({ baseURL: muster.url, viewport: { width: 1366, height: 768 } });
	context.setDefaultTimeout(20_000);
	await context.addCookies([cookieOf(planner, muster.url)]);
	const page = await context.newPage();
	await page.goto(`/exercises/${exercise.id}/script/central`);
	const row = (name: string) => page.getByRole('rowheader').filter({ hasText: name });
	await row('Cranes').click();
	await page.keyboard.press('Control+Enter');
	const attachments = page.getByRole('group', { name: 'Attachments' });
	const add = (...files: string[]) => attachments.locator('input[type=file]').setInputFiles(files);
	expect(proxy.lines).toBeGreaterThan(0);
	const setSpeed = await lineOf(page);
	await setSpeed(150_000);

	// in percent and bytes
	await add(file);
	const bar = attachments.getByRole('progressbar', { name: 'Sending press statement.txt' });
	await expect(bar).toHaveAttribute('aria-valuetext', /^[1-9]\d? %, [\d.]+ [kM]B of 3 MB$/);
	await expectAccessible(page);
	await shot('sending');
	// the planner goes on to another inject meanwhile, and comes back
	await row('Gates').click();
	await expect(attachments).toContainText('No files yet');
	await expect(page.getByText('press statement.txt is attached to CE-001.')).toBeVisible({ timeout: 30_000 });
	await row('Cranes').click();
	await expect(attachments.getByRole('link', { name: 'press statement.txt' })).toBeVisible();

	await setSpeed(400_000);

	// two, one after the other; the second waits, and the first is stopped
	await add(file, second);
	await expect(attachments.getByRole('progressbar', { name: 'Sending map.txt' })).toHaveAttribute(
		'aria-valuetext',
		'waits for its turn, 2 MB'
	);
	await attachments.getByRole('button', { name: 'Stop sending press statement.txt' }).click();
	await expect(bar).toBeHidden();
	await expect(attachments.getByRole('link', { name: 'map.txt' })).toBeVisible({ timeout: 30_000 });
	await expect(attachments.getByRole('link', { name: 'press statement.txt' })).toHaveCount(1);

	// the line breaks: what to do is said, and done
	await add(file);
	await expect(bar).toHaveAttribute('aria-valuetext', /^[1-9]\d? %/);
	// for good: Chromium itself sends once more on a line that it had used before
	proxy.refuse();
	proxy.cut();
	const problem = attachments.getByRole('alert');
	await expect(problem).toContainText('press statement.txt was not attached');
	await expect(problem).toContainText(/The line broke, or was too slow, when [\d.]+ [kM]B of 3 MB had left/);
	await expect(problem).toContainText('Send it again');
	await expectAccessible(page);
	await shot('broken');
	await setSpeed(2_000_000);
	proxy.accept();
	await problem.getByRole('button', { name: 'Send again' }).click();
	await expect(attachments.getByRole('link', { name: 'press statement.txt' })).toHaveCount(2, {
		timeout: 30_000
	});
	await expect(problem).toBeHidden();

	// too large is said at once
	const large = info.outputPath('film.txt');
	await writeFile(large, 'z'.repeat(20_000_001));
	await add(large);
	await expect(attachments.getByRole('alert')).toContainText('film.txt is larger than 20 MB');
	await attachments.getByRole('button', { name: 'Take film.txt off this list' }).click();
	await expect(attachments.getByRole('alert')).toBeHidden();

	// leaving the script asks first
	await setSpeed(300_000);
	await add(file);
	await expect(bar).toHaveAttribute('aria-valuetext', /^[1-9]\d? %/);
	await page.getByRole('link', { name: 'Announcements' }).click();
	const leaving = page.getByRole('dialog', { name: '1 file is still on its way' });
	await expect(leaving).toBeVisible();
	await shot('leaving');
	await leaving.getByRole('button', { name: 'Cancel' }).click();
	await expect(bar).toBeVisible();
	await page.getByRole('link', { name: 'Announcements' }).click();
	await leaving.getByRole('button', { name: 'Leave and stop sending' }).click();
	await expect(page).toHaveURL(/\/announcements$/);
	await browser.close();
	await proxy.stop();
});
