import type { Locator } from '@playwright/test';
import { documentName } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId } from '#lib/exercise/ids.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { addRow, readReport, sectionText, setHead } from '#lib/exercise/report/page.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { expect, expectAccessible, test, type Page, type Person } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';
import type { Stage } from '../support/people.ts';

/*
 * The day of the networks (DOMAIN 9.3): from the baseline rhythm over alert and full mode to the way back. Officers of
 * three countries, a duty officer below and a secretariat work in browsers of their own, with keys.
 */

async function network(stage: Stage) {
	const exercise = await TestExercise.create(stage);
	const team = async (name: string, country: Team['country'], level: Team['level']) =>
		(
			await stage.services.exercises.addTeams(exercise.id, [{ name, country, level }], exercise.director.id)
		)[0]!;
	const teams = {
		greek: await team('GR crisis authority', 'GR', 'operational'),
		french: await team('FR crisis authority', 'FR', 'operational'),
		italian: await team('IT crisis authority', 'IT', 'operational'),
		secretariat: await team('EU-CyCLONe secretariat', 'BE', 'operational'),
		csirt: await team('GR CSIRT', 'GR', 'technical'),
		other: await team('FR CSIRT', 'FR', 'technical')
	};
	const lead = (name: string, of: Team) =>
		exercise.member(name, { role: 'player', teamId: of.id, lead: true });
	const people = {
		greek: await lead('Eleni Markou', teams.greek),
		french: await lead('Claire Dubois', teams.french),
		italian: await lead('Marco Ricci', teams.italian),
		secretariat: await lead('An Peeters', teams.secretariat),
		csirt: await lead('Nikos Pappas', teams.csirt),
		other: await lead('Luc Martin', teams.other)
	};
	await exercise.approved({ title: 'First', to: toAll });
	await exercise.must(exercise.director, 'channel.openStandard', {});
	await exercise.must(exercise.director, 'exercise.start', {});
	const { rows } = await stage.services.database.pool.query<{ id: ChannelId; name: string }>(
		'select id, name from channel where exercise_id = $1',
		[exercise.id]
	);
	const channel = (name: string) => rows.find((row) => row.name === name)!.id;
	const channels = { cyclone: channel('EU-CyCLONe'), csirts: channel('CSIRTs network') };
	await exercise.must(exercise.director, 'mode.setUp', {
		channel: channels.cyclone,
		ladder: [
			{ id: 'normal', label: 'Normal', rhythmHours: null },
			{ id: 'alert', label: 'Alert', rhythmHours: 1 },
			{ id: 'full', label: 'Full', rhythmHours: 0.5 }
		],
		deciders: [people.french.id]
	});
	await exercise.must(exercise.director, 'channel.setDuty', {
		channel: channels.csirts,
		teams: [teams.csirt.id]
	});

	/** A national input: a report of one page, approved by the lead. */
	const report = async (who: Person, of: Team, title: string, severity: 'red' | 'yellow') => {
		const { page } = (await exercise.must(who, 'report.open', { team: of.id })) as { page: string };
		const name = documentName({ exercise: exercise.id, kind: 'worksheet', team: of.id, page: page as never });
		await stage.services.documents.edit(name, who.id, (doc) => {
			setHead(doc, 'title', title);
			writeFragment(sectionText(doc, 'summary'), richTextFromText(`${title}: two terminals stand still.`));
			addRow(doc, 'impacts', 'row-000001', {
				country: of.country,
				sector: 'transport',
				severity,
				outlook: 'worsening',
				source: 'National CSIRT'
			});
		});
		const read = readReport(await stage.services.documents.read(name));
		await exercise.must(who, 'report.approve', { team: of.id, page, fingerprint: reportFingerprint(read) });
	};
	const base = `/exercises/${exercise.id}`;
	return { exercise, teams, people, channels, report, base };
}

/** A button, with the key that a button has. */
async function press(button: Locator): Promise<void> {
	await expect(button).toBeEnabled({ timeout: 30_000 });
	await button.press('Enter');
}
/** A message, or a report, among those of a channel. */
const said = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text }).first();
const dialogOf = (page: Page) => page.getByRole('dialog');

/** Writes into the channel from wherever the focus is, and says what stood below the words before they went. */
async function write(page: Page, text: string): Promise<string> {
	const composer = page.locator('#channel-composer');
	await expect(composer).toBeEnabled();
	await page.locator('h1').first().click();
	await page.keyboard.press('m');
	await expect(composer).toBeFocused();
	await page.keyboard.type(text);
	const line = page.getByText(/This reaches \d+ (person|people) in \d+ countr/);
	await expect(line).toBeVisible();
	const reach = (await line.textContent())!.trim();
	await page.keyboard.press('Control+Enter');
	await expect(composer).toHaveValue('');
	return reach;
}

/** Opens a channel; keys work once its words are there. */
async function openChannel(page: Page, base: string, channel: ChannelId): Promise<void> {
	await page.goto(`${base}/channels/${channel}`);
	await expect(page.getByRole('combobox', { name: /^Message to/ })).toBeEnabled({ timeout: 30_000 });
	await expect(page.getByText('The channel was opened')).toBeVisible();
}

async function propose(page: Page, mode: RegExp, reason: string): Promise<void> {
	await press(page.getByRole('button', { name: 'Propose a change' }));
	const dialog = dialogOf(page);
	await dialog.getByRole('radio', { name: mode }).press('Space');
	await expect(dialog.getByRole('radio', { name: mode })).toBeChecked();
	await dialog.getByLabel('Reason').fill(reason);
	await dialog.getByLabel('Reason').press('Control+Enter');
	await expect(dialog).toBeHidden();
}

async function agree(page: Page, reason: string): Promise<void> {
	await press(page.getByRole('button', { name: 'Decide', exact: true }));
	const dialog = dialogOf(page);
	await dialog.getByLabel('Your reason').fill(reason);
	await press(dialog.getByRole('button', { name: 'Agree' }));
	await expect(dialog).toBeHidden();
}

test('the networks: alert, national inputs, the common picture, full mode, and back', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(420_000);
	const { teams, people, channels, report, base } = await network(stage);
	const greek = await pageOf(people.greek);
	const french = await pageOf(people.french);
	const italian = await pageOf(people.italian);
	const secretariat = await pageOf(people.secretariat);
	const csirt = await pageOf(people.csirt);
	const room = (team: Team) => `${base}/teams/${team.id}`;

	await test.step('baseline: the network is calm, and reports as each team decides', async () => {
		await openChannel(greek, base, channels.cyclone);
		await expect(greek.getByText('Mode: Normal')).toBeVisible();
		await expect(greek.getByText('Reports as each team decides')).toBeVisible();
		await expectAccessible(greek);
		await italian.goto(room(teams.italian));
		await expect(italian.getByText('EU-CyCLONe: Normal')).toBeVisible({ timeout: 30_000 });
	});

	await test.step('three national flags: each says beforehand how far it goes', async () => {
		await openChannel(french, base, channels.cyclone);
		expect(await write(greek, 'Flag from Greece: two container terminals stand still.')).toBe(
			'This reaches 4 people in 4 countries.'
		);
		await write(french, 'Flag from France: the same supplier, one terminal.');
		await openChannel(italian, base, channels.cyclone);
		await write(italian, 'Flag from Italy: the same signs, nothing stands still.');
		await expect(said(greek, 'Flag from Italy')).toBeVisible();
	});

	await test.step('one proposes alert mode, and cannot decide alone; a named person decides with a reason', async () => {
		await propose(greek, /^Alert/, 'Three countries, one supplier.');
		await expect(greek.getByText('Eleni Markou proposes “Alert”')).toBeVisible();
		await expect(greek.getByRole('button', { name: 'Decide', exact: true })).toHaveCount(0);
		await expect(italian.getByText('Eleni Markou proposes “Alert”')).toBeVisible();
		await expect(italian.getByRole('button', { name: 'Decide', exact: true })).toHaveCount(0);
		await agree(french, 'Agreed in the call of eleven.');
		await expect(greek.getByText('Mode: Alert')).toBeVisible();
		await expect(greek.getByText('proposed by Eleni Markou, decided by Claire Dubois')).toBeVisible();
		await expect(greek.getByText('Agreed in the call of eleven.').first()).toBeVisible();
		await expectAccessible(french);
	});

	await test.step('members are told in their rooms, and their reporting rhythm follows', async () => {
		await italian.goto(room(teams.italian));
		await expect(italian.getByText('EU-CyCLONe: Alert · reports every 1 h')).toBeVisible({
			timeout: 30_000
		});
		await expect(italian.getByText('EU-CyCLONe is in mode “Alert” now').first()).toBeVisible();
		// an hour from now, where its level alone would report after four
		await expect(italian.getByText(/next .*(5\d min|1 h)/i).first()).toBeVisible();
		await expectAccessible(italian);
	});

	await test.step('the board begins unknown, and fills live from what is shared', async () => {
		await secretariat.goto(`${base}/situation`);
		await expect(secretariat.getByText('0 of 4 countries have reported to you')).toBeVisible({
			timeout: 30_000
		});
		await report(people.greek, teams.greek, 'Greek national input', 'red');
		await report(people.french, teams.french, 'French national input', 'yellow');
		for (const [page, team] of [
			[greek, teams.greek],
			[french, teams.french]
		] as const) {
			await page.goto(room(team));
			await page.getByRole('tab', { name: /^Approved/ }).click({ timeout: 30_000 });
			await press(page.getByRole('button', { name: 'Share…' }));
			const dialog = dialogOf(page);
			await dialog.getByRole('checkbox', { name: 'EU-CyCLONe', exact: true }).press('Space');
			await expect(dialog.getByText('This reaches 3 people')).toBeVisible();
			await expect(dialog.getByText('in 3 countries.')).toBeVisible();
			await press(dialog.getByRole('button', { name: 'Share', exact: true }));
			await expect(dialog).toBeHidden();
		}
		await expect(secretariat.getByText('2 of 4 countries have reported to you')).toBeVisible();
		const table = secretariat.getByRole('table');
		const rowOf = (country: string) => table.getByRole('row', { name: new RegExp(`^${country}`) });
		await expect(rowOf('Greece')).toContainText('very large');
		await expect(rowOf('France')).toContainText('large');
		// who has not reported is unknown, never without impact
		await expect(rowOf('Italy')).toContainText('no report');
		await expect(rowOf('Italy')).toContainText('unknown');
		await expect(rowOf('Italy')).not.toContainText('no impact');
		await press(table.getByRole('button', { name: 'Greece' }));
		await expect(secretariat.getByText('National CSIRT').first()).toBeVisible();
		await expectAccessible(secretariat);
	});

	await test.step('a report that was shared stands in the channel, to read and to ask for another label', async () => {
		await openChannel(secretariat, base, channels.cyclone);
		const entry = secretariat.getByRole('article').filter({ hasText: 'Greek national input' });
		await press(entry.getByRole('button', { name: 'Read it here' }));
		await expect(entry.getByText('two terminals stand still')).toBeVisible();
		await expectAccessible(secretariat);
		await press(entry.getByRole('button', { name: 'Ask to relax the label…' }));
		await dialogOf(secretariat).getByLabel('Why, and for whom').fill('For the Council');
		await dialogOf(secretariat).getByLabel('Why, and for whom').press('Control+Enter');
		await expect(dialogOf(secretariat)).toBeHidden();
		await greek.goto(room(teams.greek));
		await expect(greek.getByText('EU-CyCLONe secretariat waits for us')).toBeVisible({ timeout: 30_000 });
		await press(greek.getByRole('button', { name: /^Relax a label/ }));
		await press(greek.getByRole('button', { name: /^From EU-CyCLONe secretariat/ }));
		await expectAccessible(greek);
		await press(dialogOf(greek).getByRole('button', { name: 'Grant' }));
		await expect(dialogOf(greek)).toBeHidden();
		const relaxed = secretariat.getByRole('article').filter({ hasText: 'label relaxed' });
		await expect(relaxed).toContainText('GREEN');
		// the secretariat goes back to its board
		await secretariat.goto(`${base}/situation`);
		await expect(secretariat.getByText('2 of 4 countries have reported to you')).toBeVisible();
	});

	await test.step('a thread with a mention and a file: who is named is told, wherever they are', async () => {
		await openChannel(greek, base, channels.cyclone);
		const flag = greek.getByRole('article').filter({ hasText: 'Flag from Italy' });
		await press(flag.getByRole('button', { name: 'Reply in thread' }));
		const reply = greek.getByRole('combobox', { name: 'Reply in the thread' });
		await expect(reply).toBeFocused();
		await greek.keyboard.type('Which signs, @Mar');
		await expect(greek.getByRole('option', { name: /Marco Ricci/ })).toBeVisible();
		await greek.keyboard.press('Enter');
		await expect(reply).toHaveValue('Which signs, @Marco Ricci ');
		await expect(greek.getByText('Tells Marco Ricci')).toBeVisible();
		const form = greek.getByRole('form', { name: 'Reply in the thread' });
		await form.locator('input[type=file]').setInputFiles({
			name: 'signs.txt',
			mimeType: 'text/plain',
			buffer: Buffer.from('Odd logins after midnight.')
		});
		await expect(form.getByText('signs.txt')).toBeVisible();
		await expectAccessible(greek);
		await reply.press('Control+Enter');
		await expect(reply).toHaveValue('');
		// he reads his room
		await expect(italian.getByText('Eleni Markou mentions you in “EU-CyCLONe”')).toBeVisible();
		await openChannel(italian, base, channels.cyclone);
		await press(
			italian
				.getByRole('article')
				.filter({ hasText: 'Flag from Italy' })
				.getByRole('button', { name: /1 reply/ })
		);
		await expect(italian.getByText('mentions you').first()).toBeVisible();
		await expect(italian.getByRole('link', { name: 'signs.txt' }).first()).toBeVisible();
	});

	await test.step('a summary goes up from the network below, and a question comes down', async () => {
		await openChannel(csirt, base, channels.csirts);
		await write(csirt, 'Indicators of the supplier update: three domains.');
		await press(csirt.getByRole('button', { name: /^More on the message of GR CSIRT/ }));
		await csirt.getByRole('menuitem', { name: /^Bring up to EU-CyCLONe/ }).press('Enter');
		await dialogOf(csirt).getByLabel('Summary').fill('The network below sees one supplier.');
		await dialogOf(csirt).getByLabel('Summary').press('Control+Enter');
		await expect(dialogOf(csirt)).toBeHidden();
		await expect(csirt.getByText('Brought up to EU-CyCLONe by GR CSIRT')).toBeVisible();
		await expect(said(greek, 'The network below sees one supplier.')).toBeVisible();
		await expect(greek.getByText('Summary from CSIRTs network')).toBeVisible();

		await press(greek.getByRole('button', { name: 'Close the thread' }));
		await press(greek.getByRole('button', { name: 'Ask CSIRTs network' }));
		await dialogOf(greek).getByLabel('Question').fill('Since when are the domains known?');
		await expectAccessible(greek);
		await press(dialogOf(greek).getByRole('button', { name: 'Send' }));
		await expect(dialogOf(greek)).toBeHidden();
		await csirt.goto(room(teams.csirt));
		await press(csirt.getByRole('button', { name: /^Since when are the domains known/ }));
		await press(csirt.getByRole('button', { name: /^From GR crisis authority/ }));
		await dialogOf(csirt)
			.getByLabel(/^Answer to/)
			.fill('Since Tuesday.');
		await dialogOf(csirt)
			.getByLabel(/^Answer to/)
			.press('Control+Enter');
		await expect(dialogOf(csirt)).toBeHidden();
	});

	await test.step('full mode is decided, then the way back is proposed with its plan and decided', async () => {
		await propose(greek, /^Full/, 'The picture: two countries hit, one unknown.');
		await openChannel(french, base, channels.cyclone);
		await agree(french, 'Full mode until the ports run.');
		await expect(greek.getByText('Mode: Full')).toBeVisible();
		await expect(greek.getByText('Reports every 0.5 h')).toBeVisible();
		await propose(greek, /^Alert/, 'Ports run. Follow up: supplier, lessons, last reports by six.');
		await agree(french, 'Step by step.');
		await expect(greek.getByText('Mode: Alert')).toBeVisible();
		await expect(greek.getByText('Full → Alert')).toBeVisible();
	});

	await test.step('who looked last before all this finds what is new since then', async () => {
		await secretariat.goto(`${base}/channels`);
		const entry = secretariat.getByRole('link', { name: /EU-CyCLONe/ }).first();
		await expect(entry).toContainText(/new message/);
		await expectAccessible(secretariat);
		await entry.press('Enter');
		await expect(secretariat.getByText('New since you looked').first()).toBeVisible({ timeout: 30_000 });
		await italian.goto(room(teams.italian));
		await expect(italian.getByText('EU-CyCLONe is in mode “Alert” now (was “Full”)').first()).toBeVisible({
			timeout: 30_000
		});
	});
});
