import { defineConfig } from '@playwright/test';

export default defineConfig({
	testDir: 'tests/browser',
	timeout: 180_000,
	expect: { timeout: 10_000 },
	// each file starts a server of its own; two cores are two cores
	workers: 1,
	reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ? [['list'], ['json']] : [['list']],
	use: {
		browserName: 'chromium',
		viewport: { width: 1366, height: 768 },
		locale: 'en-GB',
		timezoneId: 'Europe/Athens',
		launchOptions: {
			executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
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
