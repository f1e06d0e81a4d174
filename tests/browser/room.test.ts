import { expect, expectAccessible, expectConnected, test } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';
import { ByteRecorder } from '../support/recorder.ts';
import { choose, enterRoom, waits } from '../support/room-page.ts';

/*
 * Two people of one team work in their room: an incident, a task, METHANE from a telephone, a decision, a handover. What
 * one does the other has in a moment; a third person, of another team, gets no byte of it.
 */
async function scene(stage: Parameters<typeof TestExercise.create>[0]) {
	const play = await TestExercise.create(stage);
	const greek = await play.team('GR CSIRT');
	const italian = await play.team('IT CSIRT', 'IT');
	const anna = await play.member('Anna Lead', { role: 'player', teamId: greek.id, lead: true });
	const nikos = await play.member('Nikos Analyst', { role: 'player', teamId: greek.id });
	const bruno = await play.member('Bruno Other', { role: 'player', teamId: italian.id });
	const evaluator = await play.member('Eva Evaluator', { role: 'evaluator', teamId: greek.id });
	await play.approved({ title: 'Cranes stand still', to: toAll });
	await play.must(play.director, 'exercise.start', {});
	return { play, greek, italian, anna, nikos, bruno, evaluator };
}

const secret = 'ZEISIG ransom note on the yard servers';
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test('[P2] two people keep an incident, a task, METHANE, a decision and a handover together; another team gets none of it', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(400_000);
	const { play, greek, italian, anna, nikos, bruno, evaluator } = await scene(stage);
	const home = `/exercises/${play.id}/teams/`;
	const annas = await pageOf(anna);
	const nikoss = await pageOf(nikos);
	const brunos = await pageOf(bruno);
	const bytes = new ByteRecorder(brunos.context());
	await enterRoom(annas, home + greek.id);
	await enterRoom(nikoss, home + greek.id);
	await enterRoom(brunos, home + italian.id);

	await test.step('one opens an incident, by keyboard alone', async () => {
		await annas.keyboard.press('i');
		const dialog = annas.getByRole('dialog');
		await expect(dialog.getByLabel('Title')).toBeFocused();
		await annas.keyboard.type(secret);
		await annas.keyboard.press('Tab');
		await annas.keyboard.type('Found at nine by the night shift.');
		await choose(annas, 'Root cause', 'Malicious');
		await choose(annas, 'Threat', 'high');
		// the letters pass other types on their way: only the one they end at is taken
		await choose(annas, 'Type (RSIT)', 'Availability: outage');
		await annas.keyboard.press('Tab');
		await annas.keyboard.press('Enter');
		await expect(dialog.getByRole('button', { name: /^Remove/ })).toHaveText(/Availability: outage/);
		await dialog.getByRole('button', { name: 'Add a row' }).focus();
		await annas.keyboard.press('Enter');
		await choose(annas, 'Impact now', 'large');
		await dialog.getByLabel('Users affected').focus();
		await annas.keyboard.type('12 500');
		// a number without its source goes nowhere
		await expect(dialog.getByText('Say who says so.')).toBeVisible();
		await expect(dialog.getByRole('button', { name: 'Open incident' })).toBeDisabled();
		await annas.keyboard.press('Tab');
		await annas.keyboard.type('Harbour master');
		await expectAccessible(annas);
		await dialog.getByRole('button', { name: 'Open incident' }).focus();
		await annas.keyboard.press('Enter');
		await expect(dialog).toBeHidden();
		await expect(annas).toHaveURL(/tab=incidents&record=/);
		await expect(annas.getByRole('row', { name: /Transport.*large.*12,500.*Harbour master/ })).toBeVisible();
		await expectAccessible(annas);
	});

	await test.step('the other has it, moves it on, and the first sees who and why', async () => {
		await nikoss.keyboard.press('3');
		await nikoss.getByRole('tabpanel').getByRole('button', { name: secret }).click();
		await nikoss.getByRole('button', { name: 'Open it' }).click();
		const dialog = nikoss.getByRole('dialog');
		await dialog.getByLabel(/Reason/).fill('Confirmed by the operator');
		await dialog.getByRole('button', { name: 'Open it' }).click();
		await expect(dialog).toBeHidden();
		const history = annas.getByRole('region', { name: 'What happened to it' });
		await expect(history.getByText('new → open')).toBeVisible();
		await expect(history.getByText('Confirmed by the operator')).toBeVisible();
		await expect(history.getByText(/Nikos Analyst/)).toBeVisible();
	});

	await test.step('it is assessed, with what it meets, and the history of it stays', async () => {
		await annas.getByRole('button', { name: /^Assess.*Significant/ }).click();
		const dialog = annas.getByRole('dialog');
		await dialog.getByLabel(/Severe operational disruption/).check();
		await dialog.getByLabel('Reason').fill('Gates stay closed');
		await dialog.getByRole('button', { name: 'Keep the assessment' }).click();
		await expect(dialog).toBeHidden();
		await expect(
			nikoss.getByRole('region', { name: 'Assessments' }).getByText('Gates stay closed')
		).toBeVisible();
	});

	await test.step('a task comes from it, is given to the other, and is done there by keyboard', async () => {
		await annas.getByRole('region', { name: 'Tasks' }).getByRole('button', { name: 'Add task' }).click();
		const dialog = annas.getByRole('dialog');
		await expect(dialog.getByText(/Incident 1:/)).toBeVisible();
		await dialog.getByLabel('What has to be done').fill('Call the operator back');
		await choose(annas, 'Who', 'Nikos');
		await dialog.getByRole('button', { name: '+15 min' }).click();
		await dialog.getByRole('button', { name: 'Add task' }).click();
		await expect(dialog).toBeHidden();

		const mine = nikoss.getByRole('region', { name: 'My tasks' });
		await expect(mine.getByText('Call the operator back').first()).toBeVisible();
		await mine.getByRole('button', { name: /^Start/ }).focus();
		await nikoss.keyboard.press('Enter');
		await mine.getByRole('button', { name: /^Done/ }).focus();
		await nikoss.keyboard.press('Enter');
		await expect(mine.getByText('Nothing is yours.')).toBeVisible();
		await annas.keyboard.press('4');
		const tasks = annas.getByRole('tabpanel');
		await expect(tasks.getByText('Nothing is open.')).toBeVisible();
		await tasks.getByRole('button', { name: /^All/ }).click();
		await expect(tasks.getByText(/●\s*done/)).toBeVisible();
		await expectAccessible(annas);
	});

	await test.step('a decision has a life of its own, and waits to be looked at again', async () => {
		await annas.keyboard.press('d');
		const dialog = annas.getByRole('dialog');
		await dialog.getByLabel('Question').fill('Isolate the yard?');
		await dialog.getByLabel('Decision', { exact: true }).fill('Isolate the yard servers');
		await dialog.getByRole('button', { name: '+1 h' }).click();
		await dialog.getByRole('button', { name: 'Record the decision' }).click();
		await expect(dialog).toBeHidden();
		await waits(nikoss).getByRole('button', { name: 'Isolate the yard servers' }).click();
		await expect(nikoss).toHaveURL(/tab=decisions&record=1/);
		// the lead keeps the decisions
		await expect(nikoss.getByRole('button', { name: 'Carried out' })).toHaveCount(0);
		await annas.keyboard.press('5');
		await annas.keyboard.press('6');
		await annas
			.getByRole('tabpanel')
			.getByRole('button', { name: /Isolate the yard servers/ })
			.click();
		await annas.getByRole('button', { name: 'Carried out' }).click();
		await annas.getByRole('dialog').getByRole('button', { name: 'Carried out' }).click();
		await expect(nikoss.getByRole('tabpanel').getByText('implemented').first()).toBeVisible();
	});

	await test.step('METHANE from a telephone, and a file with a log entry', async () => {
		const nikosPhone = await pageOf(nikos, phone);
		await enterRoom(nikosPhone, home + greek.id);
		await nikosPhone.getByRole('button', { name: 'New', exact: true }).tap();
		await nikosPhone.getByRole('menuitem', { name: /METHANE/ }).tap();
		const dialog = nikosPhone.getByRole('dialog');
		await expectAccessible(nikosPhone);
		// every field and the button lie within reach of one thumb's width, none beside another
		const widest = await nikosPhone.evaluate(() => document.documentElement.scrollWidth);
		expect(widest).toBeLessThanOrEqual(390);
		await dialog.getByRole('button', { name: 'Report' }).tap();
		await expect(dialog).toBeVisible();
		await dialog.getByRole('switch').tap();
		await dialog.getByLabel(/Exact location/).fill('Gate 3');
		await dialog.getByLabel(/Type of incident/).fill('Lorry against a barrier');
		await dialog.getByLabel(/casualties/).fill('One, light');
		await dialog.getByRole('button', { name: 'Report' }).tap();
		await expect(dialog).toBeHidden();
		await annas.keyboard.press('7');
		const log = annas.getByRole('tabpanel').last();
		await expect(log.getByText('Lorry against a barrier, Gate 3', { exact: true })).toBeVisible();
		await expect(log.getByText('major incident declared')).toBeVisible();
		await expect(log.getByText(/Not said:.*Hazards/)).toBeVisible();

		await annas.keyboard.press('l');
		const entry = annas.getByRole('dialog');
		await entry.getByLabel('What happened').fill('Screenshot kept');
		await entry.getByLabel('About the incident').selectOption({ index: 1 });
		await entry.locator('input[type=file]').setInputFiles({
			name: 'note.txt',
			mimeType: 'text/plain',
			buffer: Buffer.from('ZEISIG file of the team')
		});
		await expect(entry.getByRole('link', { name: 'note.txt' })).toBeVisible();
		await entry.getByRole('button', { name: 'Add to the log' }).click();
		await expect(entry).toBeHidden();
		const link = nikoss.getByRole('link', { name: 'note.txt' }).first();
		await expect(link).toBeVisible();
		const address = (await link.getAttribute('href'))!;
		expect(await (await nikoss.request.get(address)).text()).toBe('ZEISIG file of the team');
		expect((await brunos.request.get(address)).status()).toBe(404);
	});

	await test.step('the shift is handed over to a person, who accepts by name', async () => {
		await annas.keyboard.press('h');
		const dialog = annas.getByRole('dialog');
		await choose(annas, 'To', 'Nikos');
		await dialog.getByLabel('What the next shift must know').fill('The operator calls at ten');
		await expect(dialog.getByRole('region', { name: 'Open now' }).getByText(secret)).toBeVisible();
		await expectAccessible(annas);
		await dialog.getByRole('button', { name: 'Hand over' }).click();
		await expect(dialog).toBeHidden();
		await expect(annas.getByText('waits for Nikos Analyst')).toBeVisible();
		await expect(annas.getByRole('button', { name: 'Accept', exact: true })).toHaveCount(0);

		await waits(nikoss).getByRole('button', { name: 'Handover from Anna Lead' }).click();
		await nikoss.getByRole('button', { name: 'Accept', exact: true }).click();
		const accepting = nikoss.getByRole('dialog');
		await accepting.getByLabel(/What you want to say/).fill('I go on from here');
		await accepting.getByRole('button', { name: 'Accept' }).click();
		await expect(accepting).toBeHidden();
		await expect(annas.getByText(/Accepted by Nikos Analyst/)).toBeVisible();
		await expect(annas.getByText('“I go on from here”')).toBeVisible();
	});

	await test.step('what is new since one looked is listed by record, and marked as looked', async () => {
		await annas.getByRole('button', { name: /^New since/ }).click();
		const dialog = annas.getByRole('dialog');
		await expect(dialog.getByText(/METHANE: Lorry against a barrier/)).toBeVisible();
		// one's own acts are no news
		await expect(dialog.getByText('Screenshot kept')).toHaveCount(0);
		await expectAccessible(annas);
		await dialog.getByRole('button', { name: 'Mark as looked' }).click();
		await expect(dialog).toBeHidden();
		await expect(annas.getByRole('button', { name: /^New since/ })).toHaveCount(0);
		await annas.reload();
		await expectConnected(annas);
		await expect(annas.getByRole('button', { name: /^New since/ })).toHaveCount(0);
	});

	await test.step('a link leads to the record; who watches reads all of it and can change nothing', async () => {
		await annas.keyboard.press('3');
		await annas.getByRole('tabpanel').getByRole('button', { name: secret }).click();
		await expect(annas).toHaveURL(/record=/);
		const evas = await pageOf(evaluator);
		await evas.goto(annas.url());
		await expect(evas.getByRole('heading', { name: secret })).toBeVisible();
		for (const name of ['Edit', 'Contained…', 'Add task', 'Add files', 'New'])
			await expect(evas.getByRole('button', { name, exact: true })).toHaveCount(0);
		await expectAccessible(evas);
		await evas.goBack().catch(() => null);
	});

	await test.step('the other team got no byte of it', async () => {
		for (const words of [
			'ZEISIG',
			'Call the operator back',
			'Isolate the yard',
			'Lorry against',
			'operator calls at ten'
		])
			expect(await bytes.holds(words), words).toBe(false);
		await brunos.keyboard.press('3');
		await expect(brunos.getByText('No incidents')).toBeVisible();
		await expectAccessible(brunos);
		await brunos.goto(annas.url());
		await expect(brunos.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
		expect(bytes.bytes).toBeGreaterThan(1000);
	});
});
