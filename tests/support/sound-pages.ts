import { expect, expectAccessible, test, type Page } from './browser.ts';

/** A page that has to be sound, and how one gets there. */
export interface SoundPage<Given> {
	name: string;
	/** below the exercise; with a leading `//` from the root; absent: where the one before it is */
	at?: (given: Given) => string;
	/** words that stand there once the page is complete */
	shows: string | RegExp;
	/** what is pressed before looking */
	then?: (page: Page) => Promise<void>;
}

export const tab = (name: string | RegExp) => (page: Page) =>
	page.getByRole('tab', { name, exact: typeof name === 'string' }).click();
export const button = (name: string | RegExp) => (page: Page) =>
	page.getByRole('button', { name }).first().click();

/** How far the page itself, not a part of it, reaches over its right edge. */
const overflow = (page: Page) =>
	page.evaluate(() => {
		const { scrollWidth, clientWidth } = document.documentElement;
		return Math.max(scrollWidth - clientWidth, document.body.scrollWidth - clientWidth);
	});

const laptop = { width: 1366, height: 768 };
const phone = { width: 390, height: 844 };
/** of somebody's browser before the first page */
export const asOnALaptop = { viewport: laptop, colorScheme: 'light' } as const;

/**
 * One after the other: accessible in light and in dark, one heading, nothing said on the console, and nothing that scrolls
 * to the side, on a laptop and on a phone.
 */
export async function expectSound<Given extends { exercise: { id: string } }>(
	page: Page,
	given: Given,
	pages: readonly SoundPage<Given>[]
): Promise<void> {
	const said: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error') said.push(message.text());
	});
	page.on('pageerror', (error) => said.push(String(error)));
	for (const { name, at, shows, then } of pages)
		await test.step(name, async () => {
			const where = at?.(given);
			if (where)
				await page.goto(where.startsWith('//') ? where.slice(1) : `/exercises/${given.exercise.id}${where}`);
			await expect(page.locator('main')).toBeVisible();
			await then?.(page);
			await expect(page.getByText(shows).filter({ visible: true }).first()).toBeVisible({
				timeout: 30_000
			});
			expect.soft(await page.locator('h1').count(), `${name}: headings of the first level`).toBe(1);
			expect.soft(await overflow(page), `${name}: to the side on a laptop`).toBeLessThanOrEqual(0);
			await expectAccessible(page);
			await page.emulateMedia({ colorScheme: 'dark' });
			// what is dark differs in its colours alone
			await expectAccessible(page, ['color-contrast']);
			await page.setViewportSize(phone);
			await expect.poll(() => overflow(page), `${name}: to the side on a phone`).toBeLessThanOrEqual(0);
			await page.emulateMedia({ colorScheme: 'light' });
			await page.setViewportSize(laptop);
			expect.soft(said, `${name}: the console`).toEqual([]);
			said.length = 0;
		});
}
