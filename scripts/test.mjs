// `npm test`: everything that a change must pass, on a machine with two cores, from a clean clone. With arguments only
// these parts: `npm test -- vitest`, `npm test -- browser`. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'muster-results-'));
const wanted = process.argv.slice(2);
const total = { passed: 0, failed: 0 };

// a fresh clone lacks the settings that Kit writes, without which no TypeScript is read
node('node_modules/@sveltejs/kit/svelte-kit.js', ['sync']);
if (isWanted('vitest')) count(runVitest());
if (isWanted('browser') && hasBrowserTests()) count(runBrowser());
rmSync(folder, { recursive: true, force: true });
if (total.passed + total.failed === 0) console.log('No test was run.');
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

function isWanted(part) {
	return wanted.length === 0 || wanted.includes(part);
}

function count({ passed, failed }) {
	total.passed += passed;
	total.failed += failed;
}

function runVitest() {
	const file = path.join(folder, 'vitest.json');
	const status = node('node_modules/vitest/vitest.mjs', [
		'run',
		// the worst days have a command of their own: npm run test:faults
		'--project=unit',
		'--project=integration',
		'--reporter=default',
		'--reporter=json',
		`--outputFile.json=${file}`
	]);
	const result = read(file);
	if (!result) return { passed: 0, failed: 1 };
	const passed = result.numPassedTests;
	// a file that could not be loaded has no tests, and is a failure all the same
	const broken = result.testResults.filter(
		(one) => one.status === 'failed' && one.assertionResults.length === 0
	);
	const failed = result.numFailedTests + broken.length;
	return { passed, failed: status !== 0 && failed === 0 ? 1 : failed };
}

function hasBrowserTests() {
	const tests = path.join(root, 'tests/browser');
	return (
		existsSync(tests) &&
		readdirSync(tests, { recursive: true }).some((name) => String(name).endsWith('.test.ts'))
	);
}

function runBrowser() {
	const missing = browserMissing();
	if (missing) {
		console.log(missing);
		return { passed: 0, failed: 1 };
	}
	// once, and not within the time of the first test
	if (node('scripts/build.mjs', []) !== 0) return { passed: 0, failed: 1 };
	const file = path.join(folder, 'browser.json');
	const status = node('node_modules/@playwright/test/cli.js', ['test'], { PLAYWRIGHT_JSON: file });
	const result = read(file);
	if (!result) return { passed: 0, failed: 1 };
	const { expected, unexpected, flaky } = result.stats;
	const failed = unexpected + flaky;
	return { passed: expected, failed: status !== 0 && failed === 0 ? 1 : failed };
}

/** Installs Chromium where that is possible; otherwise says what to do. */
function browserMissing() {
	const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
	if (existsSync(chromium)) return null;
	const command =
		'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation';
	if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		console.log('Installing Chromium for the browser tests.');
		spawnSync('sh', ['-c', command], {
			stdio: ['ignore', 'ignore', 'inherit'],
			env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
		});
		if (existsSync(chromium)) return null;
	}
	return `The browser tests need Chromium: install it as root (${command}), or set CHROMIUM_PATH to one.`;
}

function node(script, parameters, environment = {}) {
	const { status } = spawnSync(process.execPath, [path.join(root, script), ...parameters], {
		cwd: root,
		stdio: ['ignore', 'inherit', 'inherit'],
		env: { ...process.env, ...environment }
	});
	return status ?? 1;
}

function read(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return null;
	}
}
