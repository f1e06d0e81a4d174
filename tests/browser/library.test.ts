import { documentName } from '#lib/exercise/documents.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, newInject } from '#lib/exercise/inject/schema.ts';
import { expect, expectAccessible, test } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';

/* What a planner has chosen in a script is chosen on the page that saves it to the library. */

test('saves a selection as a kit, and one inject from its pane', async ({ pageOf, stage }) => {
	const play = await TestExercise.create(stage);
	await play.team('GR CSIRT');
	const planner = await play.member('Grit Planner', { role: 'planner', cell: 'central' });
	const script = documentName({ exercise: play.id, kind: 'script', cell: 'central' });
	const titles = ['Cranes stand still', 'Ships wait', 'The press calls'];
	await stage.services.documents.edit(script, play.director.id, (doc) => {
		for (const [i, title] of titles.entries())
			addInject(
				doc,
				newInject(`${play.id.slice(0, 8)}_library_0000${i}` as InjectId, {
					reference: `CM-00${i + 1}`,
					title,
					to: toAll,
					tlp: i === 2 ? 'amber_strict' : 'green'
				}),
				`a${i}`
			);
	});
	const page = await pageOf(planner);
	await page.goto(`/exercises/${play.id}/script/central`);
	const grid = page.getByRole('grid');
	await expect(grid.getByText('Ships wait')).toBeVisible();

	// two of three rows, by keyboard
	await grid.getByText('Ships wait').click();
	await page.keyboard.press('Space');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Space');
	await page.getByRole('link', { name: 'Save to the library' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Add to the library' })).toBeVisible();
	const boxes = page.getByRole('checkbox');
	await expect(page.getByText('2 chosen')).toBeVisible();
	await expect(boxes.nth(0)).not.toBeChecked();
	await expect(boxes.nth(1)).toBeChecked();
	await expect(boxes.nth(2)).toBeChecked();
	await expect(page.getByLabel('Label')).toHaveValue('amber_strict');
	await expect(page.getByLabel('Save as')).toHaveValue('kit');
	await expectAccessible(page);
	// the choice is in the address
	await page.reload();
	await expect(page.getByText('2 chosen')).toBeVisible();
	await page.getByLabel('Title').fill('Port, second half');
	await page.getByRole('button', { name: 'Save to the library' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Port, second half' })).toBeVisible();
	await expect(page.getByText('Ships wait')).toBeVisible();
	await expect(page.getByText('Cranes stand still')).toHaveCount(0);

	// one inject, from the pane beside the grid
	await page.goto(`/exercises/${play.id}/script/central`);
	await grid.getByText('Cranes stand still').click();
	await page.keyboard.press('Control+Enter');
	const pane = page.getByRole('region', { name: 'Inject CM-001' });
	await pane.getByRole('button', { name: 'Actions' }).click();
	await page.getByRole('menuitem', { name: 'Save to the library' }).click();
	await expect(page.getByText('1 chosen')).toBeVisible();
	await expect(page.getByLabel('Title')).toHaveValue('Cranes stand still');
	await expect(page.getByLabel('Save as')).toHaveValue('inject');
	await expect(page.getByLabel('Label')).toHaveValue('green');
	await page.getByRole('link', { name: 'Back to the script' }).click();
	await expect(grid.getByText('Cranes stand still')).toBeVisible();
});
