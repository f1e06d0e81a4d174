import { expect, expectAccessible, expectConnected, test, type Page } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';

/*
 * The ways through an exercise stand in one row, for whoever has the most of them, however long names are: what has no room
 * waits behind one door, and nothing is missing.
 */
const ways = ['Control', 'Reports due', 'Teams', 'Situation', 'Channels', 'Announcements', 'Media'];

test('a moderator’s ways stand in one row on a projector, and none is missing', async ({ pageOf, stage }) => {
	const exercise = await TestExercise.create(stage);
	await stage.services.exercises.updateSettings(
		exercise.id,
		{ name: 'Cyber Europe 2026: national part of the Hellenic Republic', settings: { reviewOpen: true } },
		exercise.director.id
	);
	for (const name of ['GR CSIRT', 'GR Port']) await exercise.team(name);
	const [table] = [await exercise.team('GR Table')];
	const moderator = await exercise.member('Georgia Papadopoulou-Konstantinou', {
		role: 'moderator',
		country: 'GR'
	});
	await stage.services.exercises.addMembership(
		exercise.id,
		{ accountId: moderator.id, role: 'facilitator', teamId: table.id },
		exercise.director.id
	);
	await exercise.approved({ title: 'First', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
	const page = await pageOf(moderator);
	await page.goto(`/exercises/${exercise.id}/control`);
	await expectConnected(page);
	const nav = page.getByRole('navigation', { name: 'Main' });

	for (const width of [1366, 1920, 1280, 1024]) {
		await page.setViewportSize({ width, height: 768 });
		await expect.poll(() => rows(page), { message: `at ${width}` }).toBe(1);
		const shown = await nav.getByRole('link').allTextContents();
		// the first ones are those that are needed every minute
		expect(shown.slice(0, 3)).toEqual(ways.slice(0, 3));
		const behind = nav.getByRole('button').last();
		await behind.press('Enter');
		const others = (await page.getByRole('menuitem').allTextContents()).map((one) => one.trim());
		expect([...shown, ...others]).toEqual(expect.arrayContaining([...ways, 'Table', 'Hot wash', 'Record']));
		await page.keyboard.press('Escape');
		await expect(page.getByRole('menuitem')).toHaveCount(0);
	}
	await page.setViewportSize({ width: 1366, height: 768 });
	await expectAccessible(page);

	// what is behind the door is opened by keyboard
	await page.setViewportSize({ width: 1024, height: 768 });
	await expect.poll(() => rows(page)).toBe(1);
	await nav.getByRole('button', { name: 'More' }).press('Enter');
	await page.getByRole('menuitem', { name: 'Media' }).press('Enter');
	await expect(page).toHaveURL(/\/media$/);

	await page.setViewportSize({ width: 390, height: 844 });
	await page.getByRole('button', { name: 'Menu' }).click();
	await expect(page.getByRole('menuitem', { name: 'Announcements' })).toBeVisible();
});

/** In how many rows the doors and ways of the navigation stand. */
const rows = (page: Page) =>
	page.evaluate(() => {
		const parts = [...document.querySelectorAll('header nav > a, header nav > button')];
		return new Set(parts.map((one) => Math.round(one.getBoundingClientRect().top / 8))).size;
	});
