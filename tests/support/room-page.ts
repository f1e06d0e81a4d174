import { expect, type Page } from '@playwright/test';

/* What people of a team do in its room, in browser tests. */

/** Opens the room and waits until it is live. */
export async function enterRoom(page: Page, address: string): Promise<void> {
	await page.goto(address);
	await expect(page.getByText('connected', { exact: true })).toBeVisible({ timeout: 40_000 });
}

/** Chooses in a list of the open dialog by keyboard, as a person does: its beginning is typed. */
export async function choose(page: Page, label: string, words: string): Promise<void> {
	await page.getByRole('dialog').getByLabel(label, { exact: true }).focus();
	await page.keyboard.type(words);
}

/** Everything that was typed is kept. */
export const expectSaved = (page: Page): Promise<void> =>
	expect(page.getByRole('status').filter({ hasText: /^✓\s*saved$/ })).toBeVisible();

/** What waits for the team, with the time that is left. */
export const waits = (page: Page) => page.getByRole('region', { name: /^What waits/ });
