/*
 * `npm test`: everything, on a fresh machine too. Installs through apt what the browser tests need when it may, builds the
 * pages when they are stale, runs unit and integration tests (Vitest) and browser tests (Playwright), and ends with one
 * line `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const results = mkdtempSync(path.join(os.tmpdir(), 'muster-results-'));
const passed = { count: 0 };
const failed = { count: 0 };

const chromium = findChromium() ?? installChromium();

step('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}/vitest.json`], {});
readVitest(path.join(results, 'vitest.json'));

if (chromium) {
	step('playwright', ['test'], { CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: `${results}/playwright.json` });
	readPlaywright(path.join(results, 'playwright.json'));
} else {
	failed.count++;
	console.error(
		'The browser tests need Chromium: install it (on Debian or Ubuntu: sudo apt-get install chromium), or set CHROMIUM_PATH to where it is.'
	);
}

rmSync(results, { recursive: true, force: true });
if (passed.count + failed.count === 0) failed.count = 1;
console.log(`${passed.count} passed, ${failed.count} failed`);
process.exit(failed.count === 0 ? 0 : 1);

function findChromium() {
	const candidates = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
	return candidates.find((candidate) => candidate && existsSync(candidate));
}

function installChromium() {
	if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
	console.log('installing Chromium for the browser tests');
	const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
	spawnSync('apt-get', ['update', '-qq'], options);
	spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'], options);
	return findChromium();
}

function step(command, args, environment) {
	const { status, error } = spawnSync(path.join(root, 'node_modules/.bin', command), args, {
		cwd: root,
		stdio: ['ignore', 'inherit', 'inherit'],
		env: { ...process.env, ...environment }
	});
	// a runner that could not run at all has no list of failed tests
	if (error || (status !== 0 && status !== 1)) failed.count++;
}

function readVitest(file) {
	if (!existsSync(file)) return void failed.count++;
	const report = JSON.parse(readFileSync(file, 'utf8'));
	passed.count += report.numPassedTests;
	failed.count += report.numFailedTests;
	// a file that does not even load has no tests to fail
	if (!report.success && report.numFailedTests === 0) failed.count += Math.max(report.numFailedTestSuites, 1);
}

function readPlaywright(file) {
	if (!existsSync(file)) return void failed.count++;
	const { stats, errors = [] } = JSON.parse(readFileSync(file, 'utf8'));
	passed.count += stats.expected;
	failed.count += stats.unexpected + stats.flaky + errors.length;
}
