import { spawnSync } from 'node:child_process';
import os from 'node:os';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { editInjects } from '#lib/exercise/inject/page.ts';
import { scriptInjects } from '#lib/exercise/inject/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { createLargeExercise } from '../../tests/support/large-exercise.ts';
import { largeScript } from '../../tests/support/large-script.ts';
import { stageBeside, startMuster } from '../../tests/support/muster-process.ts';
import { RawClient } from '../../tests/support/raw-client.ts';
import { atMost, fixed, say, type Options, type Section } from '../report.ts';
import { leaveServersCore, pinned } from '../servers.ts';
import { percentile } from '../statistics.ts';

const writers = 10;
/** each writer changes a title so often, ms: fast typing */
const typesEveryMs = 250;
/** a frame that is seen as a jerk */
const longFrameMs = 50;

interface Measured {
	frames: number[];
	inputs: number[];
}

/**
 * What a planner feels in the largest script while others type in it: a real Chromium on the real server. Frames are the
 * times between animation frames while the page is scrolled; input delay is from the key to the paint that follows.
 */
export async function grid({ quick }: Options): Promise<Section> {
	const size = { injects: quick ? 500 : 3000, teams: quick ? 100 : 1000 };
	// the browser has the whole machine, as on a planner's desk; the server and those who type one core each
	ownCores(`0-${os.cpus().length - 1}`);
	const browser = await chromium.launch({
		executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
	});
	ownCores('0');
	const muster = await startMuster();
	leaveServersCore();
	const stage = await stageBeside(muster);
	const measured = new Map<string, Measured>();
	try {
		const director = await stage.person('Director');
		say(`grid: ${size.injects} injects in one script`);
		const one = await createLargeExercise(
			stage.services,
			director.id,
			largeScript({ ...size, cells: 1, hours: 48 })
		);
		const name = one.scripts.get('central')!;
		const page = await signedIn(browser, muster.url, director.cookie);
		const open = async (path: string, ready: (page: Page) => Promise<void>) => {
			const begun = performance.now();
			await page.goto(`/exercises/${one.id}/${path}`);
			await ready(page);
			return performance.now() - begun;
		};
		const opened: string[][] = [];

		opened.push(['script', fixed(await open('script/central', (p) => p.getByRole('grid').waitFor()))]);
		measured.set('script, nobody else', await inScript(page));
		const typists = await typing(muster.url, name, director.cookie);
		measured.set(`script, ${writers} type`, await inScript(page));
		opened.push([
			`plan of one script, ${writers} type`,
			fixed(await open('plan', (p) => p.getByTestId('plan-span').waitFor()))
		]);
		measured.set(`plan, ${writers} type`, await inPlan(page));
		await typists.stop();
		measured.set('plan, nobody else', await inPlan(page));

		say('grid: 30 cells');
		const many = await createLargeExercise(stage.services, director.id, largeScript(size));
		const begun = performance.now();
		await page.goto(`/exercises/${many.id}/plan`);
		await page.getByTestId('plan-span').waitFor();
		opened.push(['plan of 30 cells', fixed(performance.now() - begun)]);
		measured.set('plan of 30 cells, nobody else', await inPlan(page));
		return section(size, measured, opened, typists.sent());
	} finally {
		await browser.close();
		await stage.close();
		await muster.stop();
	}
}

/** This process, and what it starts from now on. */
function ownCores(cores: string): void {
	if (pinned) spawnSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)]);
}

async function signedIn(browser: Browser, url: string, cookie: string): Promise<Page> {
	const context: BrowserContext = await browser.newContext({
		baseURL: url,
		viewport: { width: 1366, height: 768 },
		locale: 'en-GB'
	});
	const [name, value] = cookie.split('=') as [string, string];
	await context.addCookies([
		{
			name,
			value,
			url: url.replace('http:', 'https:'),
			httpOnly: true,
			secure: name.startsWith('__Host-'),
			sameSite: 'Lax'
		}
	]);
	return context.newPage();
}

/** People who type in titles all over the script, each in a cell of the own. */
async function typing(url: string, name: string, cookie: string) {
	let count = 0;
	const clients = await Promise.all(
		Array.from({ length: writers }, () => RawClient.synced({ url, name, cookie, origin: url }))
	);
	const timers = clients.map((client, n) => {
		const ids = [...scriptInjects(client.doc).keys()].filter((_, i) => i % writers === n) as InjectId[];
		let letters = 0;
		return setInterval(() => {
			const id = ids[Math.floor(letters / 20) % ids.length]!;
			const title = `Typed by writer ${n}: ${'letter '.repeat(letters++ % 20)}`;
			client.edit((doc) => editInjects(doc, [id], { title }));
			count++;
		}, typesEveryMs);
	});
	return {
		sent: () => count,
		stop: async () => {
			for (const timer of timers) clearInterval(timer);
			await Promise.all(clients.map((client) => client.until(() => client.saved > 0, 'something saved')));
			for (const client of clients) client.close();
		}
	};
}

/** Scrolls the grid down, then types in the cell of a title. */
async function inScript(page: Page): Promise<Measured> {
	const rows = page.getByRole('grid');
	await rows.hover();
	const frames = await framesWhile(page, async () => {
		for (let n = 0; n < 120; n++) await page.mouse.wheel(0, 180);
		await mustHaveScrolled(rows, 10_000);
	});
	await page.mouse.wheel(0, -100_000);
	await page.locator('[data-index="2"] > [data-column="title"]').dblclick();
	await page.locator('input.edit').waitFor();
	const inputs = await delaysWhile(page, async () => {
		for (let n = 0; n < 60; n++) await page.keyboard.press(n % 6 === 5 ? 'Space' : 'a', { delay: 40 });
	});
	await page.keyboard.press('Escape');
	return { frames, inputs };
}

/** Scrolls the picture both ways and zooms, then moves an inject by keys. */
async function inPlan(page: Page): Promise<Measured> {
	const picture = page.getByTestId('plan-picture');
	await picture.hover();
	await page.keyboard.press('+');
	const frames = await framesWhile(page, async () => {
		for (let n = 0; n < 30; n++) await page.mouse.wheel(0, 60);
		await mustHaveScrolled(picture, 500);
		for (let n = 0; n < 30; n++) await page.mouse.wheel(0, -60);
		for (let n = 0; n < 60; n++) await page.mouse.wheel(n < 30 ? 120 : -120, 0);
	});
	await picture.getByRole('button').focus();
	const inputs = await delaysWhile(page, async () => {
		for (let n = 0; n < 40; n++)
			await page.keyboard.press(n % 2 === 0 ? 'Alt+ArrowRight' : 'Alt+ArrowLeft', { delay: 60 });
	});
	return { frames, inputs };
}

/** What did not move is not measured. */
async function mustHaveScrolled(scroller: Locator, least: number): Promise<void> {
	const until = performance.now() + 5000;
	for (;;) {
		const top = await scroller.evaluate((element) => {
			let one: Element | null = element;
			while (one && one.scrollTop === 0) one = one.parentElement;
			return one?.scrollTop ?? 0;
		});
		if (top >= least) return;
		if (performance.now() > until) throw new Error(`the page was scrolled to ${top} only`);
		await scroller.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
	}
}

/** The times between animation frames while something happens, ms. */
async function framesWhile(page: Page, work: () => Promise<void>): Promise<number[]> {
	await page.evaluate(() => {
		const frames: number[] = [];
		let last = performance.now();
		const own = window as unknown as { frames: number[]; goes: boolean };
		Object.assign(own, { frames, goes: true });
		const each = (now: number) => {
			frames.push(now - last);
			last = now;
			if (own.goes) requestAnimationFrame(each);
		};
		requestAnimationFrame(each);
	});
	await work();
	return page.evaluate(() => {
		const own = window as unknown as { frames: number[]; goes: boolean };
		own.goes = false;
		return own.frames.slice(2);
	});
}

/** From each key to the paint that follows it, ms. */
async function delaysWhile(page: Page, work: () => Promise<void>): Promise<number[]> {
	await page.evaluate(() => {
		const delays: number[] = [];
		const heard = (event: KeyboardEvent) => {
			if (event.key === 'Alt') return;
			const begun = event.timeStamp;
			requestAnimationFrame(() => {
				// the task after the frame: its paint is on its way
				const channel = new MessageChannel();
				channel.port1.onmessage = () => delays.push(performance.now() - begun);
				channel.port2.postMessage(null);
			});
		};
		window.addEventListener('keydown', heard, { capture: true });
		Object.assign(window, {
			delays,
			stopDelays: () => window.removeEventListener('keydown', heard, { capture: true })
		});
	});
	await work();
	return page.evaluate(() => {
		const own = window as unknown as { delays: number[]; stopDelays: () => void };
		own.stopDelays();
		return own.delays;
	});
}

function section(
	size: { injects: number; teams: number },
	measured: ReadonlyMap<string, Measured>,
	opened: string[][],
	sent: number
): Section {
	const long = (frames: readonly number[]) => frames.filter((one) => one > longFrameMs).length;
	const row = (values: readonly number[]) => [
		fixed(percentile(values, 0.5)),
		fixed(percentile(values, 0.95))
	];
	return {
		title: 'The grid and the plan in a browser',
		notes: [
			`${size.injects} injects, ${size.teams} teams, 1366 x 768, headless Chromium without a graphics card on the same two cores; ${writers} others changed titles ${Math.round(1000 / typesEveryMs)} times a second each (${sent} changes). Input delay: from the key's time stamp to the task after the next frame.`
		],
		tables: [
			{
				title: 'Frames while scrolling, and input delay while typing or moving, ms',
				head: [
					'page',
					'frames',
					'frame p50',
					'frame p95',
					`frames over ${longFrameMs}`,
					'longest',
					'keys',
					'delay p50',
					'delay p95'
				],
				rows: [...measured].map(([name, { frames, inputs }]) => [
					name,
					String(frames.length),
					...row(frames),
					String(long(frames)),
					fixed(Math.max(...frames)),
					String(inputs.length),
					...row(inputs)
				])
			},
			{ title: 'From the address to the page that can be used, ms', head: ['page', 'ms'], rows: opened }
		],
		goals: [...measured].flatMap(([name, { frames, inputs }]) => [
			...atMost(`frame p95, ${name}`, percentile(frames, 0.95), 34, 'ms'),
			...atMost(`input delay p95, ${name}`, percentile(inputs, 0.95), 100, 'ms')
		]),
		figures: Object.fromEntries(measured)
	};
}
