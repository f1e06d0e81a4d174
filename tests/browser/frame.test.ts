import { expect, expectAccessible, test } from '../support/browser.ts';

test('a stranger is led to the sign-in page, which works without a mouse', async ({ pageOf }) => {
	const page = await pageOf(null);
	await page.goto('/');
	await expect(page).toHaveURL(/\/sign-in/);
	await expectAccessible(page);
});

test('somebody with a session is in', async ({ pageOf, stage }) => {
	const page = await pageOf(await stage.person('Eleni Markou'));
	await page.goto('/exercises');
	await expect(page).toHaveURL(/\/exercises$/);
	await expect(page.getByText('Eleni Markou').first()).toBeVisible();
});

test('what is not there says so, and gives a way back', async ({ pageOf, stage }) => {
	const page = await pageOf(await stage.person('Jonas Weber'));
	const answer = await page.goto('/exercises/0123456789abcdef');
	expect(answer?.status()).toBe(404);
	await expect(page.getByRole('link').first()).toBeVisible();
});
