import { documentName } from '#lib/exercise/documents.ts';
import type { DeliveryId } from '#lib/exercise/ids.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { expect, expectAccessible, expectConnected, test, type Page } from '../support/browser.ts';
import { TestExercise, toAll, type Person } from '../support/exercise.ts';
import type { Stage } from '../support/people.ts';

/*
 * Looking back: by the keys of the slider a player sees an inject come, and then acknowledged; the team's notes before and
 * after they were rewritten; exercise control the same in its figures, and a room on a projector.
 */

async function cast(stage: Stage) {
	const exercise = await TestExercise.create(stage);
	const greek = await exercise.team('GR CSIRT');
	const italian = await exercise.team('IT CSIRT', 'IT');
	const lead = await exercise.member('Leda Lead', { role: 'player', teamId: greek.id, lead: true });
	const mate = await exercise.member('Gina Greek', { role: 'player', teamId: greek.id });
	const [gates] = await exercise.approved(
		{ title: 'Gates stay shut', to: toAll, acknowledgeWithin: 600, schedule: { mode: 'manual' } },
		{ title: 'Nobody may know yet', to: toAll, schedule: { mode: 'manual' } }
	);
	const { documents } = stage.services;
	const notes = exercise.notes(greek.id);
	const write = (person: Person, words: string) =>
		documents.edit(notes, person.id, (doc) => {
			const text = doc.getXmlFragment('text');
			text.delete(0, text.length);
			writeFragment(text, richTextFromText(words));
		});
	await exercise.must(exercise.director, 'exercise.start', {});
	await write(mate, 'Three gates do not open.');
	await exercise.must(exercise.director, 'inject.release', { inject: gates!.id });
	const entries = [...timelineEntries(await documents.read(exercise.timeline(greek.id))).values()];
	const delivery = entries.flatMap(({ body }) =>
		body.kind === 'inject' ? [body.delivery as DeliveryId] : []
	)[0]!;
	await exercise.must(lead, 'delivery.acknowledge', { delivery });
	await write(lead, 'All gates are open again.');
	return { exercise, greek, italian, lead, mate };
}

const open = async (page: Page, address: string): Promise<void> => {
	await page.goto(address);
	await expectConnected(page);
};
const slider = (page: Page) => page.getByRole('slider', { name: 'Moment of the exercise' });
const source = (page: Page, name: string) =>
	page.getByRole('navigation', { name: 'What is shown' }).getByRole('button', { name, exact: true });

test('[P1] [P2] a player looks back by keyboard: an inject comes, then is acknowledged; notes before and after', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(180_000);
	const { exercise, greek, lead } = await cast(stage);
	const page = await pageOf(lead);
	await open(page, `/exercises/${exercise.id}/teams/${greek.id}`);
	await page.getByRole('link', { name: 'Replay' }).click();

	await test.step('what is listed is the own team’s, and nothing of others or of planning', async () => {
		const list = page.getByRole('navigation', { name: 'What is shown' });
		await expect(list.getByRole('heading', { name: 'GR CSIRT' })).toBeVisible();
		for (const words of [
			'IT CSIRT',
			'Exercise control',
			'Central script',
			'Deliveries',
			'What evaluators noted'
		])
			await expect(list.getByText(words)).toHaveCount(0);
	});

	const inject = page.getByRole('article').filter({ hasText: 'Gates stay shut' });
	await test.step('arrow keys go from event to event', async () => {
		await source(page, 'Timeline').click();
		await expect(inject).toContainText(/acknowledged .* by Leda Lead/);
		await slider(page).focus();
		const next = page.getByRole('button', { name: 'Next event' });
		await expect(page.getByText('the latest', { exact: true })).toBeVisible();
		const before = (await next.boundingBox())!;
		await page.keyboard.press('ArrowLeft');
		await expect(page.getByText('the latest', { exact: true })).toBeHidden();
		// it has not moved away from who presses it
		expect(Math.abs((await next.boundingBox())!.x - before.x)).toBeLessThan(4);
		await page.keyboard.press('Home');
		await expect(page.getByRole('article').filter({ hasText: 'STARTEX' })).toBeVisible();
		await expect(inject).toHaveCount(0);
		await page.keyboard.press('ArrowRight');
		await expect(inject).toContainText('delivered');
		await expect(inject).not.toContainText('by Leda Lead');
		await expectAccessible(page);
		await page.keyboard.press('ArrowRight');
		await expect(inject).toContainText(/acknowledged .* by Leda Lead/);
		await page.keyboard.press('ArrowLeft');
		await expect(inject).not.toContainText('by Leda Lead');
		await expect(page.getByText('Nobody may know yet')).toHaveCount(0);
	});

	await test.step('the address names the moment, and leads a teammate to it', async () => {
		await expect(page).toHaveURL(/[?&]at=\d{13}/);
		const again = await pageOf(lead);
		await open(again, page.url());
		const same = again.getByRole('article').filter({ hasText: 'Gates stay shut' });
		await expect(same).toContainText('delivered');
		await expect(same).not.toContainText('by Leda Lead');
		await same.getByRole('link', { name: /Where it stands now/ }).click();
		await expect(again.locator('article:focus')).toContainText('Gates stay shut');
	});

	await test.step('the notes as they stood, with who had written them', async () => {
		await source(page, 'Team notes').click();
		await expect(page.getByText('Three gates do not open.')).toBeVisible();
		await expect(page.getByText(/last changed by Gina Greek/)).toBeVisible();
		await slider(page).focus();
		await page.keyboard.press('End');
		await expect(page.getByText('All gates are open again.')).toBeVisible();
		await expect(page.getByText(/last changed by Leda Lead/)).toBeVisible();
		await page.keyboard.press('ArrowLeft');
		await page.keyboard.press('Home');
		await expect(page.getByText('Nothing was written here yet')).toBeVisible();
		await page.keyboard.press('ArrowRight');
		await expect(page.getByText('Three gates do not open.')).toBeVisible();
		await expect(page.getByText('All gates are open again.')).toHaveCount(0);
		await expectAccessible(page);
	});
});

test('exercise control looks back at figures and any team, and shows it to a room', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(180_000);
	const { exercise, greek } = await cast(stage);
	const page = await pageOf(exercise.director);
	await open(page, `/exercises/${exercise.id}/replay?show=timeline/control`);
	const acknowledged = page.getByRole('article').filter({ hasText: /acknowledged/ });
	await expect(acknowledged).toHaveCount(1);
	await slider(page).focus();
	await page.keyboard.press('End');
	// from the present to the last event, and to the one before it
	await page.keyboard.press('ArrowLeft');
	await page.keyboard.press('ArrowLeft');
	await expect(acknowledged).toHaveCount(0);
	await expect(page.getByRole('article').filter({ hasText: /released/ })).toHaveCount(1);

	await test.step('the figures of that moment, and of the next event', async () => {
		await source(page, 'Deliveries').click();
		const row = page.getByRole('row').filter({ hasText: 'GR CSIRT' });
		await expect(row.getByRole('cell')).toHaveText(['1', '0', '0', '0', '0']);
		await slider(page).focus();
		await page.keyboard.press('ArrowRight');
		await expect(row.getByRole('cell')).toHaveText(['1', '1', '1', '0', '0']);
		await expectAccessible(page);
	});

	await test.step('a script as it stood', async () => {
		await source(page, 'Central script').click();
		await expect(page.getByText('Nobody may know yet')).toBeVisible();
		await page.goto(`/exercises/${exercise.id}/replay?show=worksheet/${greek.id}/notes`);
		await expect(page.getByText('All gates are open again.')).toBeVisible();
	});

	await test.step('on a projector there is nothing of planning, and no name', async () => {
		await page.getByRole('button', { name: 'Projector' }).click();
		await expect(page.getByRole('navigation', { name: 'Main' })).toHaveCount(0);
		await expect(slider(page)).toBeFocused();
		await expect(page.getByText('Leda Lead')).toHaveCount(0);
		const choice = page.getByRole('combobox', { name: 'What is shown' });
		const options = await choice.getByRole('option').allTextContents();
		expect(
			options.filter((one) => /Central script|Control timeline|Deliveries|evaluators/.test(one))
		).toEqual([]);
		// nor in the marks on the line
		await expect(page.getByRole('option', { name: /released/ })).toHaveCount(0);
		await choice.selectOption({ label: 'GR CSIRT: Timeline' });
		await expect(page.getByRole('article').filter({ hasText: 'Gates stay shut' })).toBeVisible();
		await expectAccessible(page);
		await page.keyboard.press('Escape');
		await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
	});

	await test.step('it plays on to the end, and stops there', async () => {
		await page.goto(`/exercises/${exercise.id}/replay?show=timeline/control`);
		await slider(page).focus();
		await page.keyboard.press('Home');
		await page.getByRole('combobox', { name: 'Speed of playing' }).selectOption({ label: '×300' });
		await page.getByRole('button', { name: 'Play', exact: true }).click();
		await expect(acknowledged).toHaveCount(1, { timeout: 20_000 });
		await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible({ timeout: 20_000 });
	});

	await test.step('a page that is not there is said to be none', async () => {
		const name = documentName({
			exercise: exercise.id,
			kind: 'worksheet',
			team: greek.id,
			page: 'report-99'
		});
		const answer = await page.request.get(
			`/api/exercises/${exercise.id}/replay/page?at=1&document=${name.split('/').slice(2).join('/')}`
		);
		expect(answer.status()).toBe(404);
	});
});
