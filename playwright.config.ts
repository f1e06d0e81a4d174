import { defineConfig } from '@playwright/test';

/** A Chromium of the system: Playwright's own download is not possible everywhere Muster is tested. */
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

export default defineConfig({
	testDir: 'tests/browser',
	testMatch: '**/*.test.ts',
	// One server and one Chromium at a time: a machine with two cores must be enough, and times must mean something.
	workers: 1,
	timeout: 60_000,
	expect: { timeout: 20_000 },
	reporter: [
		['list'],
		...(process.env['PLAYWRIGHT_JSON']
			? [['json', { outputFile: process.env['PLAYWRIGHT_JSON'] }] as const]
			: [])
	],
	use: {
		// what is not there within this time is said at its line, not at the end of the test
		actionTimeout: 20_000,
		viewport: { width: 1366, height: 768 },
		locale: 'en-GB',
		timezoneId: 'Europe/Athens',
		screenshot: 'only-on-failure',
		trace: 'retain-on-failure',
		launchOptions: {
			executablePath,
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync'
			]
		}
	}
});
