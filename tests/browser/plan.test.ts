import { randomBytes } from 'node:crypto';
import type { Locator } from '@playwright/test';
import { documentName } from '#lib/exercise/documents.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, newInject, readScript, type Schedule } from '#lib/exercise/inject/schema.ts';
import { expect, expectAccessible, test, type Page } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { TestExercise, toAll } from '../support/exercise.ts';
import type { Stage } from '../support/people.ts';

/*
 * Seeing the play before it happens: one person drags an inject in time and what depends on it goes along; another sees
 * it; Undo brings it back. By pointer and by keys.
 */
async function played(stage: Stage) {
	const exercise = await TestExercise.create(stage);
	await exercise.team('GR CSIRT');
	await exercise.team('FR CSIRT', 'FR');
	const name = documentName({ exercise: exercise.id, kind: 'script', cell: 'central' });
	const [first, second, third] = [0, 1, 2].map(() => randomBytes(12).toString('hex') as InjectId);
	const write = (id: InjectId, reference: string, storyline: string, schedule: Schedule, order: string) =>
		newInjectAt(id, { reference, title: `Inject ${reference}`, storyline, schedule, to: toAll }, order);
	const injects = [
		write(first!, 'CM-001', 'Port', { mode: 'offset', seconds: 3600 }, 'a0'),
		write(second!, 'CM-002', 'Port', { mode: 'after', inject: first!, seconds: 3600 }, 'a1'),
		write(third!, 'CM-003', 'Press', { mode: 'manual' }, 'a2')
	];
	await stage.services.documents.edit(name, exercise.director.id, (doc) => {
		for (const { inject, order } of injects) addInject(doc, inject, order);
	});
	const schedules = async () =>
		readScript(await stage.services.documents.read(name)).map(({ schedule }) => schedule);
	return { exercise, at: `/exercises/${exercise.id}/plan`, schedules };
}

const newInjectAt = (id: InjectId, values: Parameters<typeof newInject>[1], order: string) => ({
	inject: newInject(id, values),
	order
});

/** The button over the mark that has the focus; arrows bring it to another. */
const mark = (page: Page): Locator => page.getByTestId('plan-picture').getByRole('button');

async function opened(page: Page, at: string): Promise<void> {
	await page.goto(at);
	await expect(mark(page)).toHaveText(/CM-001/, { timeout: 30_000 });
}

test('dragging an inject takes along what depends on it; a second person sees it; Undo brings it back', async ({
	pageOf,
	stage
}) => {
	const { exercise, at, schedules } = await played(stage);
	const controller = await exercise.member('Controller', { role: 'controller' });
	const [page, other] = await Promise.all([pageOf(exercise.director), pageOf(controller)]);
	await Promise.all([opened(page, at), opened(other, at)]);
	await other.getByRole('switch', { name: 'As a table' }).click();
	const row = (reference: string) => other.getByRole('row').filter({ hasText: reference });
	// exercise time in Brussels: STARTEX is 09:00
	await expect(row('CM-001')).toContainText('D1 10:00');
	await expect(row('CM-002')).toContainText('D1 11:00');

	const box = (await mark(page).boundingBox())!;
	const [x, y] = [box.x + 8, box.y + box.height / 2];
	await page.mouse.move(x, y);
	await page.mouse.down();
	await page.mouse.move(x + 40, y, { steps: 4 });
	await page.mouse.move(x + 90, y, { steps: 6 });
	await expect(page.getByTestId('plan-badge')).toContainText(/D1 1\d:\d\d \(\+0\d:\d\d\).*1 that depends/);
	await page.keyboard.press('Escape');
	await page.mouse.up();
	await expect(page.getByTestId('plan-badge')).toHaveCount(0);
	expect((await schedules())[0]).toEqual({ mode: 'offset', seconds: 3600 });

	await page.mouse.move(x, y);
	await page.mouse.down();
	await page.mouse.move(x + 90, y, { steps: 6 });
	const [, time] = /(D1 \d\d:\d\d)/.exec((await page.getByTestId('plan-badge').textContent())!)!;
	await page.mouse.up();
	await expect(row('CM-001')).toContainText(time!);
	await eventually(async () => {
		const [moved, follows] = await schedules();
		// only the first was written: the second keeps its distance
		return (
			moved?.mode === 'offset' &&
			moved.seconds > 3600 &&
			moved.seconds % 900 === 0 &&
			follows?.mode === 'after' &&
			follows.seconds === 3600
		);
	}, 'the move to be stored');
	const hours = Number(time!.slice(3, 5));
	await expect(row('CM-002')).toContainText(`D1 ${hours + 1}:${time!.slice(6)}`);

	await page.getByRole('button', { name: 'Undo' }).click();
	await expect(row('CM-001')).toContainText('D1 10:00');
	await expect(row('CM-002')).toContainText('D1 11:00');
});

test('by keys: to the next inject, move it, open it; what depends on it can stay', async ({
	pageOf,
	stage
}) => {
	const { exercise, at, schedules } = await played(stage);
	const page = await pageOf(exercise.director);
	await opened(page, at);
	await page.getByRole('switch', { name: 'Others keep their moment' }).click();
	await mark(page).focus();
	await page.keyboard.press('Alt+ArrowRight');
	await expect(page.getByRole('status').filter({ hasText: 'CM-001 is now at D1 10:15' })).toBeAttached();
	await eventually(async () => {
		const [moved, stays] = await schedules();
		return JSON.stringify([moved, stays?.mode === 'after' && stays.seconds]).includes('4500') &&
			stays?.mode === 'after'
			? stays.seconds === 2700
			: false;
	}, 'the one that depends on it to keep its moment');
	await page.keyboard.press('Control+z');
	await eventually(async () => {
		const [moved, stays] = await schedules();
		return (
			moved?.mode === 'offset' && moved.seconds === 3600 && stays?.mode === 'after' && stays.seconds === 3600
		);
	}, 'both to be taken back as one act');
	await page.keyboard.press('ArrowRight');
	await expect(mark(page)).toHaveText(/CM-002/);
	await page.keyboard.press('+');
	await expect(page.getByTestId('plan-span')).toHaveText('8 h');
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/\/script\/central\?.*inject=/);
});

test('by finger: a swipe scrolls, an inject that is held goes along; and by a press without dragging', async ({
	pageOf,
	stage
}) => {
	const { exercise, at, schedules } = await played(stage);
	const page = await pageOf(exercise.director, { hasTouch: true });
	await opened(page, at);
	await expect(page.getByText('Hold an inject with your finger, then drag it in time')).toBeVisible();
	// closer in, so that there is something to scroll
	await mark(page).focus();
	await page.keyboard.press('+');
	await page.keyboard.press('+');
	const session = await page.context().newCDPSession(page);
	const finger = (type: 'touchStart' | 'touchMove' | 'touchEnd', x = 0, y = 0) =>
		session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
	const place = async () => {
		const box = (await mark(page).boundingBox())!;
		return [box.x + 10, box.y + box.height / 2] as const;
	};
	const scrolled = () => page.getByTestId('plan-picture').evaluate((element) => element.scrollLeft);

	// at once on its way: the picture scrolls, the inject stays
	const before = await scrolled();
	const [x, y] = await place();
	await finger('touchStart', x, y);
	for (let n = 1; n <= 12; n++) await finger('touchMove', x - n * 8, y);
	await finger('touchEnd');
	await expect.poll(scrolled).not.toBe(before);
	await expect(page.getByTestId('plan-badge')).toHaveCount(0);
	expect((await schedules())[0]).toEqual({ mode: 'offset', seconds: 3600 });

	// held until it is in the hand: it goes along, and the picture stays
	await page.getByRole('button', { name: 'Now' }).click();
	await expect.poll(async () => (await place())[0]).toBeGreaterThan(200);
	const [from, row] = await place();
	const resting = await scrolled();
	await finger('touchStart', from, row);
	await expect(page.getByTestId('plan-badge')).toContainText('D1 10:00');
	for (let n = 1; n <= 12; n++) await finger('touchMove', from + n * 8, row);
	const [, time] = /(D1 \d\d:\d\d) \(\+0/.exec((await page.getByTestId('plan-badge').textContent())!)!;
	await finger('touchEnd');
	expect(await scrolled()).toBe(resting);
	await expect(page.getByRole('status').filter({ hasText: `CM-001 is now at ${time}` })).toBeAttached();
	await eventually(async () => {
		const [moved, follows] = await schedules();
		return moved?.mode === 'offset' && moved.seconds > 3600 && follows?.mode === 'after';
	}, 'the move to be stored');

	// and step by step, for whom dragging is not possible
	await page.getByRole('button', { name: 'Undo' }).click();
	await eventually(async () => {
		const [moved] = await schedules();
		return moved?.mode === 'offset' && moved.seconds === 3600;
	}, 'the move to be taken back');
	await page.getByRole('button', { name: 'Later by 5 min' }).click();
	await eventually(async () => {
		const [moved] = await schedules();
		return moved?.mode === 'offset' && moved.seconds === 3900;
	}, 'the step to be stored');
});

test('[P1] players have no such page; every view of it is accessible', async ({ pageOf, stage }) => {
	const { exercise, at } = await played(stage);
	const team = await exercise.team('IT CSIRT', 'IT');
	const player = await pageOf(
		await exercise.member('Player', { role: 'player', teamId: team.id, lead: true })
	);
	expect((await player.goto(at))?.status()).toBe(404);
	expect((await player.request.get(`/api${at}`)).status()).toBe(404);
	const page = await pageOf(exercise.director);
	await opened(page, at);
	await expect(page.getByText('1 on condition or by hand')).toBeVisible();
	await expectAccessible(page);
	for (const tab of ['Load', 'Coverage', 'Gaps', 'Forecast']) {
		await page.getByRole('tab', { name: tab }).click();
		await expectAccessible(page);
	}
	await page.setViewportSize({ width: 390, height: 844 });
	await page.getByRole('tab', { name: 'Timeline' }).click();
	await expect(page.getByRole('link', { name: /CM-001/ })).toBeVisible();
	await expectAccessible(page);
});
