import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type BrowserContextOptions, type Page } from '@playwright/test';
import type { Person, Stage } from './people.ts';
import { stageBeside, startMuster, type MusterProcess } from './muster-process.ts';

export { expect };
export type { Page, Person };

interface WorkerFixtures {
	/** the real server, a process of its own on an embedded database; one for all tests of a run */
	muster: MusterProcess;
	/** its services, for what a test needs to be there: people, exercises, commands */
	stage: Stage;
}

interface TestFixtures {
	/** a page in a browser of its own, signed in as somebody; closed after the test */
	pageOf: (person: Person | null, options?: BrowserContextOptions) => Promise<Page>;
}

/** What signs a browser in as somebody. */
export function cookieOf(person: Person, site: string) {
	const [name, value] = person.cookie.split('=') as [string, string];
	// a `__Host-` cookie is taken for https only, and then sent to http://localhost as well
	const url = site.replace('http:', 'https:');
	return {
		name,
		value,
		url,
		httpOnly: true,
		secure: name.startsWith('__Host-'),
		sameSite: 'Lax' as const
	};
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
	muster: [
		async ({}, use) => {
			const muster = await startMuster();
			await use(muster);
			await muster.stop();
		},
		{ scope: 'worker', timeout: 240_000 }
	],
	stage: [
		async ({ muster }, use) => {
			const stage = await stageBeside(muster);
			await use(stage);
			await stage.close();
		},
		{ scope: 'worker' }
	],
	baseURL: async ({ muster }, use) => use(muster.url),
	pageOf: async ({ browser, muster }, use) => {
		const contexts: { close: () => Promise<void> }[] = [];
		await use(async (person, options = {}) => {
			const context = await browser.newContext({ baseURL: muster.url, ...options });
			contexts.push(context);
			if (person) await context.addCookies([cookieOf(person, muster.url)]);
			return context.newPage();
		});
		for (const context of contexts) await context.close();
	}
});

/**
 * The page of an exercise answers to keys: what the server sent does not yet. The line at its foot says so, for it is
 * opened once the page is alive.
 */
export async function expectConnected(page: Page): Promise<void> {
	await expect(page.getByText('connected', { exact: true })).toBeVisible();
}

/** Axe finds nothing against WCAG 2.2 A and AA on what is shown now; `rules`: nothing against these. */
export async function expectAccessible(page: Page, rules?: string[]): Promise<void> {
	const axe = new AxeBuilder({ page });
	const { violations } = await (
		rules ? axe.withRules(rules) : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
	).analyze();
	const found = violations.map(
		(one) => `${one.id}: ${one.help}\n  ${one.nodes.map((node) => node.target.join(' ')).join('\n  ')}`
	);
	expect(found.join('\n')).toBe('');
}
