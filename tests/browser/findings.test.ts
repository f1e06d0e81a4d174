import { documentName } from '#lib/exercise/documents.ts';
import {
	expect,
	expectAccessible,
	expectConnected,
	test,
	type Page,
	type Person
} from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';
import { readFindings } from '#lib/exercise/review/schema.ts';
import type { Stage } from '../support/people.ts';

/*
 * From what an evaluator saw to what countries agree to: an observation becomes evidence of a finding, the finding is put
 * to two countries, one objects, one says nothing, and after the deadline has agreed. Players read the finding, and never
 * learn of the observation.
 */
const secret = 'Rang the ministry before the port.';

async function cast(stage: Stage) {
	const exercise = await TestExercise.create(stage);
	const greek = await exercise.team('GR CSIRT');
	const italian = await exercise.team('IT CSIRT', 'IT');
	const evaluator = await exercise.member('Eva Luator', { role: 'evaluator', teamId: greek.id });
	// leads the review, and evaluates too
	await stage.services.exercises.addMembership(
		exercise.id,
		{ accountId: evaluator.id, role: 'facilitator' },
		exercise.director.id
	);
	const lead = await exercise.member('Greek lead', { role: 'player', teamId: greek.id, lead: true });
	const moderator = await exercise.member('Italian moderator', { role: 'moderator', country: 'IT' });
	await exercise.approved({ title: 'Gates stay shut', to: toAll, schedule: { mode: 'manual' } });
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(lead, 'log.add', { team: greek.id, text: 'The port does not answer.' });
	return { exercise, greek, italian, evaluator, lead, moderator };
}

/** As if the deadline had passed: facts are never changed but by a test that may switch their guard off. */
async function passDeadline(stage: Stage, exercise: string): Promise<void> {
	const { pool } = stage.services.database;
	await pool.query('alter table fact disable trigger fact_append_only');
	await pool.query(
		`update fact set fact = jsonb_set(fact, '{deadline}', '0') where exercise_id = $1 and kind = 'finding-circulated'`,
		[exercise]
	);
	await pool.query('alter table fact enable trigger fact_append_only');
}

test('[P2] from an observation to a finding that countries agree to', async ({ pageOf, stage }) => {
	test.setTimeout(240_000);
	const { exercise, greek, evaluator, lead, moderator } = await cast(stage);
	const at = (path: string) => `/exercises/${exercise.id}/${path}`;
	const open = async (person: Person, path: string): Promise<Page> => {
		const page = await pageOf(person);
		await page.goto(at(path));
		await expectConnected(page);
		return page;
	};
	const { documents, exercises } = stage.services;
	const stored = async () =>
		readFindings(await documents.read(documentName({ exercise: exercise.id, kind: 'review' })));

	const page = await open(evaluator, `evaluation/${greek.id}`);
	await test.step('what was seen is noted on an entry of the timeline', async () => {
		await page.getByRole('button', { name: 'Observe: Note' }).click();
		await page.getByLabel('What you saw').fill(secret);
		await page
			.getByRole('group', { name: 'Save as', exact: true })
			.getByRole('button', { name: 'Area for improvement' })
			.click();
		await page.getByRole('tab', { name: /^Observations/ }).click();
		await expect(page.getByText(secret)).toBeVisible();
		await exercise.must(exercise.director, 'exercise.end', {});
	});

	await test.step('it becomes evidence of a new finding, by keyboard', async () => {
		await page.goto(at('review'));
		await expectConnected(page);
		await page.getByRole('button', { name: 'Observations', exact: true }).click();
		await page.getByLabel('Kind', { exact: true }).selectOption('strength');
		await expect(page.getByText('No observation matches')).toBeVisible();
		await page.getByLabel('Kind', { exact: true }).selectOption('area_for_improvement');
		await page.getByRole('button', { name: 'Put this observation into a finding' }).focus();
		await page.keyboard.press('Enter');
		await page.getByRole('menuitem', { name: 'New finding' }).press('Enter');
		const evidence = page.getByRole('list', { name: /^Observations behind/ });
		await expect(evidence).toContainText(secret);
		await page.getByLabel('Title of finding 1').fill('The port is told last');
		await page.getByRole('textbox', { name: /^Text of/ }).fill('Those who depend on it hear of it first.');
		await page.getByRole('textbox', { name: /^Root cause of/ }).fill('The list begins with the capital.');
		await page.getByLabel('Capability of finding 1').selectOption('escalation');
		await expectAccessible(page);
	});

	await test.step('from the finding to the observation and to the timeline, and back', async () => {
		await page
			.getByRole('list', { name: /^Observations behind/ })
			.getByRole('link', { name: /timeline/ })
			.click();
		await expect(page).toHaveURL(/#entry-/);
		await expect(page.locator('article[id^="entry-"]').filter({ hasText: 'does not answer' })).toBeFocused();
		await page.goBack();
		await page
			.getByRole('list', { name: /^Observations behind/ })
			.getByRole('link', { name: 'To the observation' })
			.click();
		await expect(page.locator('[id^="observation-"]').filter({ hasText: secret })).toBeFocused();
		await page.getByRole('link', { name: 'In the finding: The port is told last' }).click();
		await expect(page.locator('article[id^="finding-"]')).toBeFocused();
	});

	await test.step('it is put to all countries', async () => {
		await expect.poll(async () => (await stored())[0]?.title).toBe('The port is told last');
		await page.getByRole('button', { name: 'Put to countries' }).click();
		const dialog = page.getByRole('dialog');
		// the one whose team it is about is chosen already
		await expect(dialog.getByLabel('Greece')).toBeChecked();
		await expect(dialog.getByLabel('Italy')).not.toBeChecked();
		await dialog.getByRole('button', { name: 'All countries' }).click();
		await expectAccessible(page);
		await dialog.getByRole('button', { name: 'Put to them' }).click();
		await expect(dialog).toBeHidden();
		await expect(page.getByText(/^Round 1, deadline/)).toBeVisible();
	});

	await test.step('one country objects; the other reads nothing of it', async () => {
		const own = await open(lead, 'findings');
		await expect(own.getByText('Those who depend on it hear of it first.')).toBeVisible();
		const answer = own.getByRole('region', { name: 'Greece' });
		await answer.getByRole('button', { name: 'Object' }).click();
		await expect(answer.getByText('Say why your country objects.')).toBeVisible();
		await answer.getByLabel('Comment, or reason, of Greece').fill('The port was told at 10:02.');
		await answer.getByRole('button', { name: 'Object' }).click();
		await expect(answer.getByText('objected', { exact: true })).toBeVisible();
		await expectAccessible(own);
		const other = await open(moderator, 'findings');
		await expect(other.getByRole('region', { name: 'Italy' })).toContainText('no answer yet');
		await expect(other.getByRole('region', { name: 'Greece' })).toHaveCount(0);
		await expect(other.getByText('10:02')).toHaveCount(0);
	});

	await test.step('after the deadline the silent one has agreed', async () => {
		await passDeadline(stage, exercise.id);
		await page.reload();
		await page.getByRole('link', { name: 'To what countries say' }).click();
		await expect(page.getByRole('region', { name: 'Greece' })).toContainText('The port was told at 10:02.');
		await expect(page.getByRole('region', { name: 'Italy' })).toContainText('agreed by silence');
		await expectAccessible(page);
	});

	await test.step('opened to players, the review shows the finding and no word of the observation', async () => {
		await exercises.updateSettings(exercise.id, { settings: { reviewOpen: true } }, exercise.director.id);
		const player = await pageOf(lead);
		const heard: string[] = [];
		player.on('websocket', (socket) =>
			socket.on('framereceived', ({ payload }) => heard.push(payload.toString()))
		);
		await player.goto(at('review'));
		await expect(player.getByRole('heading', { name: 'The port is told last' })).toBeVisible();
		await expect(player.getByText(/observation/i)).toHaveCount(0);
		expect(`${await player.content()} ${heard.join(' ')}`).not.toContain('ministry');
		await expectAccessible(player);
	});
});
