import { expect, expectAccessible, expectConnected, test, type Person } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';

/*
 * The feedback survey in one hand, and by keys alone; and the exercise that is closed, where nobody is asked any more. How it
 * is made, closed and concluded is in the day at one table (table.test.ts).
 */

test('[P2] is answered on a phone without anything moving away, and by keyboard alone', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(120_000);
	const exercise = await TestExercise.create(stage);
	const team = await exercise.team('GR CSIRT');
	const lead = await exercise.member('Leda Lead', { role: 'player', teamId: team.id, lead: true });
	const [gates] = await exercise.approved({
		title: 'Gates stay shut',
		to: toAll,
		acknowledgeWithin: 60,
		schedule: { mode: 'manual' }
	});
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(exercise.director, 'inject.release', { inject: gates!.id });
	await exercise.must(exercise.director, 'exercise.end', {});
	const { exercises, survey } = stage.services;
	const as = (person: Person) => exercises.open(exercise.id, person);
	const director = await as(exercise.director);
	await survey.make(director.exercise, director.actor);
	await survey.open(director.exercise, director.actor);
	const phone = await pageOf(lead, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
	await phone.goto(`/exercises/${exercise.id}/survey`);
	await expect(phone.getByRole('button', { name: 'Send', exact: true })).toBeVisible();
	const first = phone.getByRole('group', { name: /^I knew beforehand/ });
	const second = phone.getByRole('group', { name: /^Was everything that you needed/ });
	const place = async () => (await second.boundingBox())!.y + (await phone.evaluate(() => scrollY));

	await test.step('an answer moves nothing that is pressed next', async () => {
		const before = await place();
		await first.getByRole('radio', { name: '4' }).check();
		await expect(first.getByRole('button', { name: /^Leave this out/ })).toBeVisible();
		expect(Math.abs((await place()) - before)).toBeLessThan(1);
		expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
	});

	await test.step('by keys: chosen with arrows, left out, and where one was', async () => {
		await first.getByRole('radio', { name: '4' }).focus();
		await phone.keyboard.press('ArrowRight');
		await expect(first.getByRole('radio', { name: /^5/ })).toBeChecked();
		await phone.keyboard.press('Tab');
		await phone.keyboard.press('Enter');
		await expect(phone.getByText('0 of 15 answered')).toBeVisible();
		await expect(first.getByRole('radio', { name: /^1/ })).toBeFocused();
		await phone.keyboard.press('Space');
		await expect(phone.getByText('1 of 15 answered')).toBeVisible();
	});

	await test.step('sent, it is said where one reads on', async () => {
		await phone.getByRole('button', { name: 'Send', exact: true }).focus();
		await phone.keyboard.press('Enter');
		await expect(phone.locator('div:focus')).toContainText('Your answer is stored without your name.');
		await expectAccessible(phone);
		await phone.getByRole('button', { name: 'Change my answers' }).press('Enter');
		await expect(phone.locator('form:focus')).toContainText('You have answered.');
		// a notice stays until it is put away: none of an inject that nobody can answer any more lay over the form
		await expect(phone.getByText(/deadline is near/)).toHaveCount(0);
	});
});

test('in an exercise that is closed nobody is offered to make a survey, and nobody waits for one', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(120_000);
	const exercise = await TestExercise.create(stage);
	const team = await exercise.team('GR CSIRT');
	const facilitator = await exercise.member('Facilitator', { role: 'facilitator' });
	const player = await exercise.member('Player', { role: 'player', teamId: team.id });
	await exercise.approved({ title: 'Gates stay shut', to: toAll, schedule: { mode: 'manual' } });
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(exercise.director, 'exercise.end', {});
	for (const to of ['evaluating', 'reported', 'closed'] as const)
		await exercise.must(exercise.director, 'exercise.advance', { to });
	for (const person of [facilitator, player]) {
		const page = await pageOf(person);
		await page.goto(`/exercises/${exercise.id}/survey`);
		await expectConnected(page);
		await expect(page.getByText('There was no survey')).toBeVisible();
		await expect(page.getByRole('button', { name: 'Make the survey' })).toHaveCount(0);
		await expectAccessible(page);
	}
});
