import { expect, test } from '../support/browser.ts';
import { TestExercise } from '../support/exercise.ts';

/* What somebody enters in a form while the line is broken. */
test('a form sent offline stays with what was typed, says so, and is sent on return', async ({
	stage,
	pageOf
}) => {
	const exercise = await TestExercise.create(stage);
	const page = await pageOf(exercise.director);
	await page.goto('/account');
	await page.waitForLoadState('networkidle');
	const name = page.getByRole('textbox', { name: 'Name' });
	const save = page.getByRole('button', { name: 'Save', exact: true }).first();
	await name.fill('Another Name');
	await page.context().setOffline(true);
	await save.press('Enter');
	await expect(page.getByText('It was not sent. What you entered is still here')).toBeVisible();
	await expect(name).toHaveValue('Another Name');
	await page.context().setOffline(false);
	await save.press('Enter');
	await expect(page.getByText('Saved.', { exact: false }).first()).toBeVisible();
	await page.reload();
	await expect(name).toHaveValue('Another Name');
});
