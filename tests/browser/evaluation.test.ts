import { expect, test, type Page } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';
import { readObservations, readRatings, type EvaluationAct } from '#lib/exercise/evaluation/fold.ts';
import { isEvaluationFact } from '#lib/exercise/evaluation/schema.ts';

/*
 * An evaluator's day (DOMAIN 9.5): two teams, a guide, what is seen noted beside the team's timeline in two presses, five
 * minutes without network, and a team that never learns of it.
 */
const tablet = { viewport: { width: 1180, height: 820 }, hasTouch: true };

test('[P2] [R12] [R14] an evaluator of two teams observes, rates, goes offline and comes back; players see nothing', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(240_000);
	const exercise = await TestExercise.create(stage);
	const csirt = await exercise.team('GR CSIRT');
	const port = await exercise.team('GR Port');
	const abroad = await exercise.team('IT CSIRT', 'IT');
	const evaluator = await exercise.member('Eva Luator', { role: 'evaluator', teamId: csirt.id });
	await stage.services.exercises.addMembership(
		exercise.id,
		{ accountId: evaluator.id, role: 'evaluator', teamId: port.id },
		exercise.director.id
	);
	const lead = await exercise.member('Greek lead', { role: 'player', teamId: csirt.id, lead: true });
	const [gates] = await exercise.approved({
		title: 'Gates stay shut',
		to: toAll,
		expectedActions: [{ id: 'act-1', text: 'Calls the port', withinSeconds: null, critical: true }],
		schedule: { mode: 'manual' }
	});
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(exercise.director, 'inject.release', { inject: gates!.id });
	await exercise.must(lead, 'log.add', { team: csirt.id, text: 'The port does not answer.' });

	/** What is stored of a team, by the function that everything else reads with. */
	const stored = async (): Promise<EvaluationAct[]> => {
		const { rows } = await stage.services.database.pool.query<{
			fact: { kind: string };
			actor_id: string;
			actor_name: string;
		}>('select fact, actor_id, actor_name from fact where exercise_id = $1 order by sequence', [exercise.id]);
		return rows.flatMap(({ fact, actor_id, actor_name }) =>
			isEvaluationFact(fact)
				? [{ fact, author: actor_id as never, by: actor_name, wallAt: 0, exerciseAt: 0 }]
				: []
		);
	};
	const kept = (page: Page) => page.getByText('kept on this device', { exact: false }).first();

	const player = await pageOf(lead);
	const heard: string[] = [];
	player.on('websocket', (socket) => {
		socket.on('framereceived', ({ payload }) => heard.push(payload.toString()));
	});
	await player.goto(`/exercises/${exercise.id}/teams/${csirt.id}`);
	await expect(player.getByText('Gates stay shut').first()).toBeVisible();

	const page = await pageOf(evaluator, tablet);
	await test.step('a guide from a template, assigned to both teams', async () => {
		await page.goto(`/exercises/${exercise.id}`);
		await page.getByRole('link', { name: 'Evaluation' }).click();
		// the teams of this evaluator, and no others
		await expect(page.getByText('GR Port', { exact: true })).toBeVisible();
		await expect(page.getByText('IT CSIRT')).toHaveCount(0);
		await page.getByRole('button', { name: 'Add a guide' }).first().click();
		await page.getByLabel('Begin with').selectOption({ label: 'Escalation and cross-border coordination' });
		await page.getByRole('button', { name: 'Add', exact: true }).click();
		await expect(page.getByLabel('Critical task 1')).toHaveValue(/threshold/);
		for (const name of ['GR CSIRT', 'GR Port']) {
			await page.getByLabel('Assigned to').selectOption({ label: name });
			await page.getByRole('button', { name: 'Add', exact: true }).click();
		}
		await expect(page.getByText('1 guide', { exact: true })).toHaveCount(2);
	});

	await test.step('two presses note what the timeline shows', async () => {
		await page.getByRole('link', { name: 'Observe: GR CSIRT' }).click();
		await page.getByRole('button', { name: 'Observe: Note' }).click();
		await page
			.getByRole('group', { name: 'Save as: Note' })
			.getByRole('button', { name: 'Area for improvement' })
			.click();
		await page.getByRole('tab', { name: /^Observations/ }).click();
		const first = page.getByRole('listitem').filter({ hasText: 'Eva Luator' });
		await expect(first).toContainText('Area for improvement');
		await expect(first).toContainText('The port does not answer.');
		// words are added afterwards
		await first.getByRole('button', { name: 'Add text' }).click();
		await page.getByLabel('What you saw').fill('Called three times and did not think of the harbour radio.');
		await page
			.getByRole('group', { name: 'Save as', exact: true })
			.getByRole('button', { name: 'Area for improvement' })
			.click();
		await expect(first).toContainText('corrected once');
		await expect(first).toContainText('harbour radio');
	});

	await test.step('ratings and expected actions', async () => {
		await page.getByRole('tab', { name: /^Guide/ }).click();
		const task = page.getByRole('group', { name: /^Rating: Recognises that a threshold/ });
		await task.getByRole('button', { name: /^S:/ }).click();
		await expect(task.getByRole('button', { name: /^S:/ })).toHaveAttribute('aria-pressed', 'true');
		await page.getByRole('tab', { name: 'Expected actions' }).click();
		await page
			.getByRole('group', { name: 'Was it seen? Calls the port' })
			.getByRole('button', { name: 'Partly' })
			.click();
		await expect.poll(async () => (await stored()).length).toBe(4);
	});

	await test.step('without network: kept on the device, said so, and sent once in order on return', async () => {
		const context = page.context();
		await context.setOffline(true);
		await page.getByRole('button', { name: 'Observe: Gates stay shut' }).click();
		await page
			.getByRole('group', { name: 'Save as: Gates stay shut' })
			.getByRole('button', { name: 'Strength' })
			.click();
		await expect(kept(page)).toBeVisible({ timeout: 30_000 });
		await page.getByLabel('What you saw').fill('Second, written in a bunker.');
		await page
			.getByRole('group', { name: 'Save as', exact: true })
			.getByRole('button', { name: 'Neutral' })
			.click();
		await page.getByRole('tab', { name: /^Guide/ }).click();
		await page
			.getByRole('group', { name: /^Rating: Recognises that a threshold/ })
			.getByRole('button', { name: /^M:/ })
			.click();
		await page.getByRole('tab', { name: /^Observations/ }).click();
		await page
			.getByRole('listitem')
			.filter({ hasText: 'Gates stay shut' })
			.getByRole('button', { name: 'Add text' })
			.click();
		await page.getByLabel('What you saw').fill('Isolated at once.');
		await page
			.getByRole('group', { name: 'Save as', exact: true })
			.getByRole('button', { name: 'Strength' })
			.click();
		await expect(page.getByText(/[34] notes are kept on this device/)).toBeVisible();
		expect(await stored()).toHaveLength(4);
		await context.setOffline(false);
		await expect(page.getByText(/notes are kept on this device/)).toBeHidden({ timeout: 30_000 });
		// once each, in the order in which they were made
		await expect.poll(async () => (await stored()).length).toBe(7);
		const acts = await stored();
		expect(acts.slice(4).map(({ fact }) => fact.kind)).toEqual([
			'observation-recorded',
			'observation-recorded',
			'rating-given'
		]);
		expect(readObservations(acts).map(({ text }) => text)).toEqual([
			'Called three times and did not think of the harbour radio.',
			'Isolated at once.',
			'Second, written in a bunker.'
		]);
		expect(readRatings(acts).map(({ rating }) => rating)).toEqual(['M']);
	});

	await test.step('a page that ends without network sends what it kept when it is opened again', async () => {
		const context = page.context();
		await context.setOffline(true);
		await page.getByLabel('What you saw').fill('Third, before the battery was empty.');
		await page
			.getByRole('group', { name: 'Save as', exact: true })
			.getByRole('button', { name: 'Neutral' })
			.click();
		await expect(kept(page)).toBeVisible({ timeout: 30_000 });
		// there is no page to be had without network: what is kept stays on the device
		await page.reload().catch(() => null);
		await context.setOffline(false);
		await page.goto(`/exercises/${exercise.id}/evaluation/${csirt.id}`);
		await expect
			.poll(async () => readObservations(await stored()).at(-1)!.text, { timeout: 30_000 })
			.toBe('Third, before the battery was empty.');
		expect(readObservations(await stored())).toHaveLength(4);
	});

	await test.step('exercise control reads it; another evaluator’s team, players and observers find nothing', async () => {
		const control = await pageOf(exercise.director);
		await control.goto(`/exercises/${exercise.id}/evaluation/${csirt.id}`);
		// it comes with its timeline: the page is alive then
		await expect(control.getByRole('heading', { name: 'Gates stay shut' })).toBeVisible();
		await control.getByRole('tab', { name: /^Observations/ }).click();
		await expect(control.getByText('Isolated at once.')).toBeVisible();
		await expect(control.getByRole('button', { name: /^Observe/ })).toHaveCount(0);
		const other = await page.goto(`/exercises/${exercise.id}/evaluation/${abroad.id}`);
		expect(other!.status()).toBe(404);
		for (const where of ['evaluation', `evaluation/${csirt.id}`]) {
			const answer = await player.goto(`/exercises/${exercise.id}/${where}`);
			expect(answer!.status()).toBe(404);
		}
		await player.goto(`/exercises/${exercise.id}/record`);
		await expect(player.getByText('The port does not answer.').first()).toBeVisible();
		await expect(player.getByText(/Eva Luator|bunker|Evaluation/)).toHaveCount(0);
		expect(heard.join('\n')).not.toMatch(/evaluation|observation|Eva Luator|bunker|radio/i);
	});
});
