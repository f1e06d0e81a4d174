import type { Team } from '#lib/exercise/exercise/schema.ts';
import { expect, expectAccessible, test, type Page, type Person } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';
import { enterRoom, expectSaved } from '../support/room-page.ts';

/*
 * A team writes one situation report, three people at once; the lead approves and shares it. Then two of them draft an
 * early warning, the lead sends it in time, and the CSIRT acknowledges it.
 */

async function scene(stage: Parameters<typeof TestExercise.create>[0]) {
	const play = await TestExercise.create(stage);
	const teams = await stage.services.exercises.addTeams(
		play.id,
		[
			{ name: 'GR CSIRT', country: 'GR', level: 'technical' },
			{ name: 'GR Port', country: 'GR', level: 'entity' },
			{ name: 'FR CSIRT', country: 'FR', level: 'technical' }
		],
		play.director.id
	);
	const [csirt, port] = teams as [Team, Team];
	const player = (name: string, team: Team, lead = false) =>
		play.member(name, { role: 'player', teamId: team.id, lead });
	const people = {
		lead: await player('Port lead', port, true),
		engineer: await player('Port engineer', port),
		press: await player('Port press officer', port),
		duty: await player('CSIRT duty officer', csirt, true)
	};
	await play.approved({ title: 'First', to: toAll, schedule: { mode: 'manual' } });
	await play.must(play.director, 'exercise.advance', { to: 'planned' });
	await play.must(play.director, 'exercise.start', {});
	await play.must(people.engineer, 'incident.open', {
		team: port.id,
		content: {
			title: 'Terminal down',
			tlp: 'amber',
			impacts: [
				{ country: 'GR', sector: 'transport', severity: 'yellow', usersAffected: 400, source: 'Service desk' }
			]
		}
	});
	return { play, csirt, port, people };
}

test('three people type one report, the lead approves and shares it; an early warning is drafted by two and sent in time', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(400_000);
	const { play, csirt, port, people } = await scene(stage);
	const room = async (person: Person, team: Team): Promise<Page> => {
		const page = await pageOf(person);
		await enterRoom(page, `/exercises/${play.id}/teams/${team.id}`);
		return page;
	};
	const [lead, engineer, press] = await Promise.all([
		room(people.lead, port),
		room(people.engineer, port),
		room(people.press, port)
	]);
	const duty = await room(people.duty, csirt);

	await test.step('three people type in three sections at the same time', async () => {
		await lead.getByRole('button', { name: 'Open report 1' }).click();
		const typed: [Page, string, string][] = [
			[lead, 'Summary', 'Two of four terminals stand still since the update of the night.'],
			[engineer, 'Situation', 'Known: the yard database does not answer. Assumed: the update.'],
			[press, 'Public communication', 'We confirm a disturbance and do not speculate.']
		];
		for (const [page, section] of typed)
			await page.getByRole('textbox', { name: section, exact: true }).click();
		await Promise.all(typed.map(([page, , words]) => page.keyboard.type(words, { delay: 12 })));
		for (const page of [lead, engineer, press])
			for (const [, section, words] of typed)
				await expect(page.getByRole('textbox', { name: section, exact: true })).toContainText(words);
		await expect(lead.getByText('64 of 600 characters')).toBeVisible();
		await expect(engineer.getByText(/next due D?.*11:00/)).toBeVisible();
		await expectAccessible(lead);
	});

	await test.step('what the incident says is taken over on demand, and a number needs its source', async () => {
		await engineer.getByRole('button', { name: 'Take over from incidents…' }).click();
		await expect(engineer.getByRole('dialog').getByText(/New: Incident 1, Terminal down/)).toBeVisible();
		await expectAccessible(engineer);
		await engineer.getByRole('dialog').getByRole('button', { name: 'Take over 2 rows' }).click();
		const row = lead.getByRole('group', { name: 'Impact: Greece, Transport' });
		await expect(row.getByLabel('Users affected')).toHaveValue('400');
		await expect(row.getByLabel('Source')).toHaveValue('Service desk');
		await row.getByLabel('Source').fill('');
		await lead.getByRole('button', { name: 'Approve…' }).click();
		const dialog = lead.getByRole('dialog');
		await expect(dialog.getByText(/the number of users needs where it comes from/)).toBeVisible();
		await expect(dialog.getByRole('button', { name: 'Approve report 1' })).toBeDisabled();
		await expectAccessible(lead);
		await dialog.getByRole('button', { name: 'Cancel' }).click();
		await row.getByLabel('Source').fill('Shift manager, by telephone');
		await row.getByRole('button', { name: 'Now' }).click();
	});

	await test.step('the lead approves exactly what is there', async () => {
		await expectSaved(lead);
		await lead.getByRole('button', { name: 'Approve…' }).click();
		await lead.getByRole('dialog').getByRole('button', { name: 'Approve report 1' }).click();
		await expect(lead.getByRole('dialog')).toBeHidden();
		await press.getByRole('tab', { name: /Approved/ }).click();
		await expect(press.getByText(/Written by Port engineer, Port lead, Port press officer/)).toBeVisible();
		await expect(press.getByRole('table').getByText('Shift manager, by telephone')).toBeVisible();
		await expectAccessible(press);
	});

	await test.step('it is shared: the dialog says how far, the recipient reads it', async () => {
		await lead.getByRole('tab', { name: /Approved/ }).click();
		await lead.getByRole('button', { name: 'Share…' }).click();
		const dialog = lead.getByRole('dialog');
		await expect(dialog.getByText('FR CSIRT')).toHaveCount(0);
		await dialog.getByRole('checkbox', { name: /GR CSIRT/ }).check();
		await expect(dialog.getByText('This reaches 1 person in 1 country.')).toBeVisible();
		await expectAccessible(lead);
		await dialog.getByRole('button', { name: 'Share', exact: true }).click();
		await expect(dialog).toBeHidden();
		await expect(lead.getByText('Shared with GR CSIRT', { exact: true })).toBeVisible();
		await duty.getByRole('tab', { name: /Received/ }).click();
		await duty.getByRole('button', { name: /GR Port, report 1/ }).click();
		await expect(
			duty.getByText('Two of four terminals stand still since the update of the night.')
		).toBeVisible();
		await expectAccessible(duty);
		const download = duty.waitForEvent('download');
		await duty.getByRole('link', { name: 'PDF' }).click();
		expect((await download).suggestedFilename()).toMatch(
			/^EX_Test-exercise_SITREP-GR-Port-1_TLP-AMBER\.pdf$/
		);
	});

	await test.step('two people draft an early warning', async () => {
		await engineer.getByRole('tab', { name: /NIS2/ }).click();
		await engineer.getByRole('button', { name: 'New case…' }).click();
		const dialog = engineer.getByRole('dialog');
		await dialog.getByLabel('Incident').selectOption({ label: 'Incident 1: Terminal down' });
		await dialog.getByLabel('Affected entity').fill('Port of Piraeus');
		await expectAccessible(engineer);
		await dialog.getByRole('button', { name: 'Open the case' }).click();
		await expect(dialog).toBeHidden();
		await expect(engineer.getByText(/^23 h 5\d min left/).first()).toBeVisible();
		await lead.getByRole('tab', { name: /NIS2/ }).click();
		await lead
			.getByRole('tabpanel')
			.getByRole('button', { name: /Terminal down/ })
			.click();
		await engineer.getByRole('button', { name: 'Fill from case and incident' }).click();
		await expect(lead.getByLabel('Affected entity')).toHaveValue('Port of Piraeus');
		await engineer.getByRole('textbox', { name: 'What happened' }).click();
		await Promise.all([
			engineer.keyboard.type('The yard database does not answer since the night.', { delay: 12 }),
			lead
				.getByRole('group', { name: /unlawful or malicious/ })
				.getByLabel('yes')
				.check()
		]);
		await lead
			.getByRole('group', { name: /across borders/ })
			.getByLabel('not known')
			.check();
		await lead.getByLabel('Contact, day and night').fill('+30 000');
		await expect(lead.getByRole('textbox', { name: 'What happened' })).toContainText('since the night');
		await expectAccessible(lead);
	});

	await test.step('the figures say why it is significant', async () => {
		await engineer.getByRole('button', { name: 'Figures…' }).click();
		const dialog = engineer.getByRole('dialog');
		await dialog
			.getByRole('group', { name: /disrupts, or can disrupt/ })
			.getByLabel('yes')
			.check();
		await expect(dialog.getByText('Significant: at least one criterion is met.')).toBeVisible();
		await expectAccessible(engineer);
		await dialog.getByRole('button', { name: 'Record the figures' }).click();
		await expect(lead.getByText('NIS2, Art. 23(3)(a)', { exact: true })).toBeVisible();
	});

	await test.step('the lead sees what is missing, then sends; the counter turns green', async () => {
		await expectSaved(lead);
		await lead.getByRole('button', { name: 'Approve and send…' }).click();
		const dialog = lead.getByRole('dialog');
		await expect(dialog.getByText('“Is it still going on?” is missing.')).toBeVisible();
		await dialog.getByRole('button', { name: 'Cancel' }).click();
		await lead
			.getByRole('group', { name: /still going on/ })
			.getByLabel('yes')
			.check();
		await expectSaved(lead);
		await lead.getByRole('button', { name: 'Approve and send…' }).click();
		await expect(dialog.getByLabel('CSIRT or authority')).toHaveValue(csirt.id);
		await expectAccessible(lead);
		await dialog.getByRole('button', { name: 'Approve and send' }).click();
		await expect(dialog).toBeHidden();
		for (const page of [lead, engineer]) {
			const step = page
				.getByRole('tabpanel')
				.getByRole('listitem')
				.filter({ hasText: 'Early warning' })
				.filter({ hasText: 'sent in time' });
			await expect(step.first()).toBeVisible();
			const colour = await step
				.first()
				.locator('.clock')
				.evaluate((element) => element.className);
			expect(colour).toContain('done');
		}
	});

	await test.step('the CSIRT acknowledges and answers, and the team reads it', async () => {
		await duty.getByRole('tab', { name: /NIS2/ }).click();
		await duty
			.getByRole('tabpanel')
			.getByRole('button', { name: /Terminal down/ })
			.click();
		await duty.getByRole('tabpanel').getByRole('button', { name: 'Acknowledge' }).click();
		await duty.getByRole('button', { name: 'Answer…' }).click();
		await duty
			.getByRole('dialog')
			.getByRole('textbox', { name: 'Answer' })
			.fill('Close remote access first.');
		await duty.getByRole('dialog').getByRole('button', { name: 'Send the answer' }).click();
		// the next report to write is what the case shows; what came back stands with the one it is about
		await lead
			.getByRole('tabpanel')
			.getByRole('button', { name: /^Early warning/ })
			.click();
		const warning = lead.getByRole('tabpanel').getByRole('region', { name: 'Early warning' });
		await expect(warning.getByText('Close remote access first.')).toBeVisible();
		await expect(warning.getByText(/Version 1 acknowledged by CSIRT duty officer/)).toBeVisible();
		await expectAccessible(duty);
	});

	await test.step('exercise control sees what is due, by country', async () => {
		const control = await pageOf(play.director);
		await control.goto(`/exercises/${play.id}/reports`);
		const greece = control.getByRole('region', { name: 'Greece' });
		await expect(greece.getByText(/Significant under NIS2, Art. 23\(3\)\(a\)/)).toBeVisible();
		await expect(greece.getByText(/Incident notification: due/)).toBeVisible();
		await expectAccessible(control);
	});
});

test('a second version is compared with the first word by word, and nobody signs what has changed meanwhile', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(200_000);
	const { play, port, people } = await scene(stage);
	const open = async (person: Person) => {
		const page = await pageOf(person);
		await enterRoom(page, `/exercises/${play.id}/teams/${port.id}`);
		return page;
	};
	const [lead, engineer] = [await open(people.lead), await open(people.engineer)];
	const write = async (number: number, words: string) => {
		await lead.getByRole('tab', { name: /^(Report \d|Next report)/ }).click();
		await lead.getByRole('button', { name: `Open report ${number}` }).click();
		await lead.getByRole('textbox', { name: 'Situation', exact: true }).click();
		await lead.keyboard.type(words);
		await expectSaved(lead);
		await lead.getByRole('button', { name: 'Approve…' }).click();
	};
	const dialog = lead.getByRole('dialog');
	await write(1, 'Two gates are closed.');
	await dialog.getByRole('button', { name: 'Approve report 1' }).click();
	await expect(dialog).toBeHidden();

	await write(2, 'Three gates are closed.');
	await engineer.getByRole('textbox', { name: 'Situation', exact: true }).click();
	await engineer.keyboard.press('Control+End');
	await engineer.keyboard.type(' One opens at noon.');
	await expect(dialog.getByText('The text has changed')).toBeVisible();
	await expect(dialog.getByRole('button', { name: 'Approve report 2' })).toBeDisabled();
	await dialog.getByRole('button', { name: 'Show the text as it is now' }).click();
	await expect(dialog.getByText('Three gates are closed. One opens at noon.')).toBeVisible();
	await dialog.getByRole('button', { name: 'Approve report 2' }).click();
	await expect(dialog).toBeHidden();

	await lead.getByRole('tab', { name: /Approved/ }).click();
	await lead.getByRole('button', { name: 'Compare…' }).click();
	// the title says the number
	await expect(dialog.locator('del')).toHaveText(['1', 'Two']);
	await expect(dialog.locator('ins')).toHaveText(['2', 'Three', '. One opens at noon']);
	await expectAccessible(lead);
});
