import {
	expect,
	expectAccessible,
	expectConnected,
	test,
	type Page,
	type Person
} from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';

/*
 * A day of central exercise control (DOMAIN 9.6), by people in browsers of their own: the director, a second controller, the
 * moderator of one country, a member of the simulation cell, players of two countries, and the wall in exercise control's room.
 */
const startsAt = Date.UTC(2026, 5, 10, 7);
const minute = 60_000;
const inGreece = { all: false, countries: ['GR' as const], levels: [], teams: [] };
const at = (minutes: number) => ({ mode: 'at' as const, at: startsAt + minutes * minute });
const queued = Array.from({ length: 12 }, (_, i) => `Queued ${i + 1}`);

async function scene(stage: Parameters<typeof TestExercise.create>[0]) {
	const play = await TestExercise.create(stage);
	await stage.services.exercises.updateSettings(
		play.id,
		{ settings: { simulatedBodies: ['Harbour police'] } },
		play.director.id
	);
	const [greek, italian] = [await play.team('GR CSIRT'), await play.team('IT CSIRT', 'IT')];
	const people = {
		director: play.director,
		ana: await play.member('Ana Control', { role: 'controller' }),
		mara: await play.member('Mara Moderator', { role: 'moderator', country: 'GR' }),
		simone: await play.member('Simone Cell', { role: 'simcell' }),
		petra: await play.member('Petra Player', { role: 'player', teamId: greek.id, lead: true }),
		ivo: await play.member('Ivo Player', { role: 'player', teamId: italian.id })
	};
	const [first] = await play.approved({
		reference: 'CM-001',
		title: 'Cranes stand still',
		storyline: 'Port',
		to: toAll,
		acknowledgeWithin: 60,
		expectedActions: [{ id: 'isolate', text: 'Isolates the network', withinSeconds: 1, critical: true }]
	});
	await play.approved(
		{
			reference: 'CM-900',
			title: 'The mayor calls',
			storyline: 'Port',
			to: toAll,
			schedule: {
				mode: 'contingency',
				condition: 'nobody isolates the network',
				missed: { inject: first!.id, action: 'isolate' }
			}
		},
		{ reference: 'CM-010', title: 'Radio silence', storyline: 'Sea', to: toAll, schedule: at(40) },
		{ reference: 'CM-011', title: 'Press tent is full', storyline: 'Press', to: toAll, schedule: at(45) },
		...queued.map((title, i) => ({
			reference: `Q-${String(i + 1).padStart(2, '0')}`,
			title,
			storyline: 'Queue',
			to: toAll,
			schedule: at(60 + i)
		})),
		{ reference: 'CM-050', title: 'Ferries are late', storyline: 'Sea', to: inGreece, schedule: at(130) },
		{ reference: 'CM-051', title: 'Named people only', tlp: 'red', to: toAll, schedule: at(135) }
	);
	await play.must(play.director, 'exercise.start', {});
	await play.must(play.director, 'inject.release', { inject: first!.id });
	return { play, people, teams: { greek, italian } };
}

/** What of the wall is cut off, and by how much the page is higher than its window. */
const notScrolling = (page: Page) =>
	page.evaluate(() => {
		const cut: string[] = [];
		for (const element of document.querySelectorAll('main, .page, .wall, .wall *')) {
			if (element.closest('.sr-only')) continue;
			const { scrollHeight, clientHeight, className } = element;
			const style = getComputedStyle(element);
			if (scrollHeight > clientHeight + 2 && clientHeight > 0 && style.display !== 'inline')
				if (style.overflowY !== 'visible') cut.push(`${element.tagName}.${String(className)}`);
		}
		return { cut, page: document.documentElement.scrollHeight - innerHeight };
	});

/** The dialog that lies open; the emergency stop's own, closed, is none. */
const dialogOf = (page: Page) => page.getByRole('alertdialog').or(page.getByRole('dialog'));

test('central exercise control: a day at the console, the wall and the desks, from STARTEX to a real emergency', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(600_000);
	const { play, people, teams } = await scene(stage);
	const open = async (person: Person, where: string): Promise<Page> => {
		const page = await pageOf(person);
		page.setDefaultTimeout(15_000);
		await page.goto(`/exercises/${play.id}${where}`);
		return page;
	};
	const wall = await open(people.director, '/control/wall');
	const director = await open(people.director, '/control');
	const ana = await open(people.ana, '/control');
	const petra = await open(people.petra, `/teams/${teams.greek.id}`);
	const ivo = await open(people.ivo, `/teams/${teams.italian.id}`);
	for (const page of [director, ana, petra, ivo]) await expectConnected(page);

	await test.step('the director jumps ahead, with a reason that everybody reads', async () => {
		await expect(petra.getByText('Cranes stand still').first()).toBeVisible();
		await director.getByRole('button', { name: 'Clock…' }).press('Enter');
		const dialog = dialogOf(director);
		await dialog.getByLabel('Jump to').fill('+00:10');
		await expect(dialog.getByText('No scheduled inject lies before that time.')).toBeVisible();
		await expect(dialog.getByRole('button', { name: 'Jump', exact: true })).toBeDisabled();
		await dialog.getByLabel(/Reason/).fill('The morning was quiet');
		await expectAccessible(director);
		await dialog.getByRole('button', { name: 'Jump', exact: true }).press('Enter');
		await expect(dialog).toBeHidden();
		for (const page of [wall, ana, petra])
			await expect(page.getByRole('timer').first()).toContainText('D1 09:1');
		await expect(ivo.getByText(/The morning was quiet/).first()).toBeVisible();
	});

	await test.step('two controllers share the countries by keyboard, and each sees who handles what', async () => {
		for (const page of [ana, director])
			await page.getByRole('button', { name: 'Countries', exact: true }).press('Enter');
		const row = (page: Page, country: string) => page.getByRole('row', { name: new RegExp(country) });
		await ana.getByRole('button', { name: 'I handle this: Greece' }).press('Enter');
		await expect(row(ana, 'Greece').getByText('You handle this')).toBeVisible();
		await expect(row(director, 'Greece').getByText('Ana Control handles this')).toBeVisible();
		await director.getByRole('button', { name: 'I handle this: Italy' }).press('Enter');
		await expect(row(ana, 'Italy').getByText('Director handles this')).toBeVisible();
		await expectAccessible(ana);
		// nobody takes it from another without being asked
		await row(director, 'Greece')
			.getByRole('button', { name: /Take over/ })
			.press('Enter');
		const dialog = dialogOf(director);
		await expect(dialog.getByText('Ana Control handles this')).toBeVisible();
		await expectAccessible(director);
		await dialog.getByRole('button', { name: 'Take over…', exact: true }).press('Enter');
		await expect(row(director, 'Greece').getByText('You handle this')).toBeVisible();
		await expect(row(ana, 'Greece').getByText('Director handles this')).toBeVisible();
		await director.getByRole('button', { name: 'Give back: Greece' }).press('Enter');
		await ana.getByRole('button', { name: 'I handle this: Greece' }).press('Enter');
		await expect(row(director, 'Greece').getByText('Ana Control handles this')).toBeVisible();
		await ana.getByRole('button', { name: 'Storylines', exact: true }).press('Enter');
		await ana.getByRole('button', { name: 'I handle this: Port' }).press('Enter');
		await expect(ana.getByText('you handle 2 things')).toBeVisible();
	});

	await test.step('a broadcast reaches everybody, another one only the teams of a country', async () => {
		await director.getByRole('button', { name: 'Announce', exact: true }).press('Enter');
		const dialog = dialogOf(director);
		await dialog.getByLabel('Announcement to everybody').fill('Lunch is at noon.');
		await dialog.getByRole('button', { name: 'Announce', exact: true }).press('Enter');
		await expect(dialog).toBeHidden();
		for (const page of [petra, ivo]) await expect(page.getByText(/Lunch is at noon\./).first()).toBeVisible();
		await director.getByRole('button', { name: 'Announce', exact: true }).press('Enter');
		await dialog.getByRole('checkbox', { name: 'Only to some countries or levels' }).press('Space');
		await dialog.getByRole('button', { name: 'Greece' }).press('Enter');
		await expect(dialog.getByText(/1 team/)).toBeVisible();
		await dialog.getByLabel('Announcement to some teams').fill('The Greek line is mended.');
		await expectAccessible(director);
		await dialog.getByRole('button', { name: 'Announce', exact: true }).press('Enter');
		await expect(petra.getByText('The Greek line is mended.').first()).toBeVisible();
		await expect(ivo.getByText('The Greek line is mended.')).toHaveCount(0);
	});

	await test.step('an inject made up on the spot is written, looked at, and released to one team', async () => {
		await ana.getByRole('button', { name: 'Board', exact: true }).press('Enter');
		await ana.getByRole('grid').or(ana.getByRole('table')).first().waitFor();
		await ana.keyboard.press('a');
		const dialog = dialogOf(ana);
		await dialog.getByLabel(/^Title/).fill('A crane driver calls');
		await dialog.getByLabel(/^Text/).fill('He says that the cab does not open.');
		await dialog.getByRole('checkbox', { name: 'GR CSIRT' }).press('Space');
		await expectAccessible(ana);
		await dialog.getByRole('button', { name: 'Preview' }).press('Enter');
		await expect(dialog.getByText('This is what the teams read.')).toBeVisible();
		await dialog.getByRole('button', { name: 'Release to 1 team' }).press('Enter');
		await expect(petra.getByText('A crane driver calls').first()).toBeVisible();
		await expect(ivo.getByText('A crane driver calls')).toHaveCount(0);
	});

	await test.step('one inject is held, one skipped with a reason, by keyboard', async () => {
		const due = ana.getByRole('list', { name: 'Next 60 minutes' });
		await due.getByRole('button', { name: 'Radio silence' }).press('Enter');
		await ana.keyboard.press('h');
		await expect(ana.getByText('CM-010 is held.').first()).toBeVisible();
		await expect(due.getByText('held', { exact: true })).toBeVisible();
		await due.getByRole('button', { name: 'Press tent is full' }).press('Enter');
		await due.getByRole('button', { name: 'Skip…' }).press('Enter');
		const dialog = dialogOf(ana);
		await expect(dialog.getByRole('button', { name: 'Skip', exact: true })).toBeDisabled();
		await dialog.getByLabel(/Reason/).fill('The press went home');
		await dialog.getByRole('button', { name: 'Skip', exact: true }).press('Enter');
		await expect(ana.getByText('CM-011 is skipped.').first()).toBeVisible();
		await director.getByRole('tab', { name: /Reserve/ }).press('Enter');
		const reserve = director.getByRole('list', { name: 'Reserve' });
		await expect(reserve.getByText('The press went home')).toBeVisible();
		await director.getByRole('tab', { name: /Due/ }).press('Enter');
	});

	await test.step('a team that is late is prompted from its cell of the board', async () => {
		const cell = ana.getByRole('gridcell', { name: /overdue/i }).first();
		await cell.click();
		await expect(dialogOf(ana).getByRole('heading', { name: /CM-001.*GR CSIRT/ })).toBeVisible();
		await ana.getByRole('button', { name: 'Prompt…' }).press('Enter');
		const dialog = dialogOf(ana);
		await dialog.getByLabel(/Message/).fill('Do you have the message about the cranes?');
		await expectAccessible(ana);
		await ana.keyboard.press('Control+Enter');
		await expect(ana.getByText('GR CSIRT has your word.').first()).toBeVisible();
		await expect(petra.getByText('Do you have the message about the cranes?').first()).toBeVisible();
		await expect(petra.getByText('Ana Control')).toHaveCount(0);
	});

	await test.step('what was not done in time is suggested: released to one team, dismissed for the other', async () => {
		await ana.getByRole('tab', { name: /Suggested/ }).press('Enter');
		const list = ana.getByRole('list', { name: 'Suggested' });
		await expect(list.getByRole('listitem')).toHaveCount(2);
		await expect(list.getByText('Not marked: “Isolates the network” (CM-001)').first()).toBeVisible();
		await expectAccessible(ana);
		await list.getByRole('button', { name: /Release to GR CSIRT/ }).press('Enter');
		await expect(list.getByRole('listitem')).toHaveCount(1);
		await expect(petra.getByText('The mayor calls').first()).toBeVisible();
		await list.getByRole('button', { name: /Dismiss/ }).press('Enter');
		const dialog = dialogOf(ana);
		await dialog.getByLabel(/Why not/).fill('They are on the telephone about it.');
		await dialog.getByRole('button', { name: /Dismiss/ }).press('Enter');
		await expect(ana.getByText('Nothing is suggested.')).toBeVisible();
		await expect(ivo.getByText('The mayor calls')).toHaveCount(0);
	});

	await test.step('a player asks the help desk; a controller takes the request and answers', async () => {
		await petra.getByRole('button', { name: 'Help desk' }).press('Enter');
		const asking = petra.getByRole('dialog', { name: 'Help desk' });
		await asking.getByRole('radio', { name: 'Question about the exercise' }).check();
		await asking.getByLabel(/What do you need/).fill('May we call the real port?');
		await petra.keyboard.press('Control+Enter');
		await expect(asking.getByText('Your request is at the help desk.')).toBeVisible();
		await expectAccessible(petra);
		await petra.keyboard.press('Escape');
		await ana.getByRole('tab', { name: /Help/ }).press('Enter');
		await expect(ana.getByText('May we call the real port?')).toBeVisible();
		await ana.getByRole('button', { name: /I handle this: Request of Petra Player/ }).press('Enter');
		await director.getByRole('tab', { name: /Help/ }).press('Enter');
		await expect(director.getByText('Ana Control handles this').last()).toBeVisible();
	});

	const next = async (picture: string) => {
		for (const [width, height] of [
			[1366, 768],
			[1920, 1080]
		] as const) {
			await wall.setViewportSize({ width, height });
			const least = width / 80;
			await expect
				.poll(() =>
					wall.evaluate(() => Number.parseFloat(getComputedStyle(document.querySelector('.wall')!).fontSize))
				)
				.toBeGreaterThanOrEqual(least);
			await expect.poll(() => notScrolling(wall)).toEqual({ cut: [], page: 0 });
			await expectAccessible(wall);
			await wall.screenshot({ path: test.info().outputPath(`${picture}-${width}.png`) });
		}
	};

	await test.step('the wall shows from afar where it burns: nothing scrolls, nothing private is on it', async () => {
		await expect(wall.getByRole('list', { name: 'Deliveries in each 5 minutes' })).toBeAttached();
		const queue = wall.getByRole('list', { name: 'Next 60 minutes' });
		await expect(queue.getByText('Q-01 Queued 1', { exact: true })).toBeVisible();
		await expect(
			wall.getByRole('list', { name: 'Overdue acknowledgements' }).getByText('Greece')
		).toBeVisible();
		await expect(
			wall.getByRole('list', { name: 'Overdue acknowledgements' }).getByText('Italy')
		).toBeVisible();
		await expect(
			wall.getByRole('list', { name: 'Hottest storylines, last hour' }).getByText('Port')
		).toBeVisible();
		const desk = wall.getByRole('list', { name: 'Help desk' });
		await expect(desk.getByText('GR CSIRT')).toBeVisible();
		await expect(desk.getByText('Ana Control handles this')).toBeVisible();
		await expect(wall.getByText('May we call the real port?')).toHaveCount(0);
		const system = wall.getByRole('list', { name: 'System' });
		await expect(system.getByText('Database')).toBeVisible();
		await expect(system.getByText(/^\d+ ms$/)).toBeVisible();
		await expect(system.getByText(/open, nodes: 1/)).toBeVisible();
		const roles = wall.getByRole('list', { name: 'Connected by role' });
		await expect(roles.getByRole('listitem').filter({ hasText: 'Controllers' })).toHaveText(/1\/1/);
		await expect(roles.getByRole('listitem').filter({ hasText: 'Players' })).toHaveText(/2\/2/);
		await expect(roles.getByRole('listitem').filter({ hasText: 'Moderators' })).toHaveText(/0\/1/);
		await next('wall');
	});

	await test.step('the answer of the help desk is for who asked', async () => {
		await ana.getByRole('button', { name: 'Answer Petra Player' }).press('Enter');
		await ana.getByLabel('Answer Petra Player').fill('No: assume that they answer.');
		await ana.keyboard.press('Control+Enter');
		await expect(petra.getByText('1 new answer')).toBeAttached();
		await petra.getByRole('button', { name: /Help desk/ }).press('Enter');
		await expect(
			petra.getByRole('dialog', { name: 'Help desk' }).getByText('No: assume that they answer.')
		).toBeVisible();
		await petra.keyboard.press('Escape');
		await expect(wall.getByText('Nobody waits for help.')).toBeVisible();
		await ivo.getByRole('button', { name: /Help desk/ }).press('Enter');
		await expect(ivo.getByText('You have not asked anything yet.')).toBeVisible();
		await ivo.keyboard.press('Escape');
	});

	await test.step('the simulation cell answers in character, and sees only what it is asked', async () => {
		const simone = await open(people.simone, '');
		await expect(simone.getByRole('heading', { name: 'Simulated bodies' })).toBeVisible();
		await expectConnected(simone);
		await petra.keyboard.press('q');
		const asking = dialogOf(petra);
		await asking.getByLabel(/^To/).selectOption({ label: 'Harbour police (simulated)' });
		await asking.getByLabel(/^Question/).fill('Can you close the road?');
		await asking.getByRole('button', { name: 'Send' }).press('Enter');
		await expect(simone.getByText('Can you close the road?')).toBeVisible();
		await expectAccessible(simone);
		await simone.getByLabel('Answer GR CSIRT as Harbour police').fill('We close it at once.');
		await simone.keyboard.press('Control+Enter');
		await expect(simone.getByText('Nothing waits for an answer.')).toBeVisible();
		await expect(petra.getByText('We close it at once.').first()).toBeVisible();
		await expect(petra.getByText('Simone Cell')).toHaveCount(0);
		await simone.goto(`/exercises/${play.id}/control`);
		await expect(simone.getByRole('heading', { name: 'There is nothing here' }).first()).toBeVisible();
		await simone.close();
	});

	await test.step('what became due in a pause goes in order at the chosen rate, and can be held', async () => {
		await play.must(people.ana, 'catchUp.setRate', { perMinute: 60 });
		await director.getByRole('button', { name: 'Pause', exact: true }).press('Enter');
		for (const page of [director, ana, petra])
			await expect(page.getByText('EXERCISE — PAUSED').first()).toBeVisible();
		await director.getByRole('button', { name: 'Clock…' }).press('Enter');
		const dialog = dialogOf(director);
		await dialog.getByLabel('Jump to').fill('10:15');
		await expect(dialog.getByText(/12 scheduled injects lie before that time/)).toBeVisible();
		await dialog.getByLabel(/Reason/).fill('Lunch');
		// what somebody types stays when the page behind it is told of something
		const told = director.waitForResponse((response) => response.url().includes('__data.json'), {
			timeout: 20_000
		});
		await stage.services.exercises.updateSettings(
			play.id,
			{ settings: { simulatedBodies: ['Harbour police', 'Pilots'] } },
			play.director.id
		);
		// an answer that the page drops for a newer one never ends
		await Promise.race([(await told).finished(), director.waitForTimeout(3000)]);
		await expect(dialog.getByRole('button', { name: 'Jump', exact: true })).toBeEnabled();
		await expect(dialog.getByLabel('Jump to')).toHaveValue('10:15');
		await dialog.getByRole('button', { name: 'Jump', exact: true }).press('Enter');
		await expect(dialog).toBeHidden();
		await ana.getByRole('tab', { name: /Due/ }).press('Enter');
		const line = ana.getByRole('region', { name: 'Overdue after the pause' });
		await expect(line.getByText('0 of 12 released')).toBeVisible();
		await expect(line.getByText('The clock stands still')).toBeVisible();
		await expectAccessible(ana);
		await director.getByRole('button', { name: 'Resume', exact: true }).press('Enter');
		await expect(line.getByText(/[2-9] of 12 released/)).toBeVisible();
		await line.getByRole('button', { name: 'Hold' }).press('Enter');
		await expect(line.getByText(/Held: nothing of it is released/)).toBeVisible();
		await expect(wall.getByText('Held by exercise control.')).toBeVisible();
		await line.getByRole('button', { name: 'Rate…' }).press('Enter');
		await line.getByLabel('Injects a minute').fill('120');
		await ana.keyboard.press('Enter');
		await expect(ana.getByText('120 a minute from now on.').first()).toBeVisible();
		await line.getByRole('button', { name: 'Let it go on' }).press('Enter');
		await expect(line).toBeHidden({ timeout: 30_000 });
		const released = await stage.services.database.pool.query<{ title: string; wall: string }>(
			`select fact -> 'delivered' ->> 'title' as title, extract(epoch from wall_at) * 1000 as wall from fact
			where exercise_id = $1 and kind = 'inject-released' and fact ? 'paced' order by sequence`,
			[play.id]
		);
		expect(released.rows.map((one) => one.title)).toEqual(queued);
		// never nearer than a turn of the faster of both rates
		const walls = released.rows.map((one) => Number(one.wall));
		for (const [i, wallAt] of walls.slice(1).entries())
			expect(wallAt - walls[i]!).toBeGreaterThanOrEqual(500);
		await expect(petra.getByText('Queued 12', { exact: true }).first()).toBeVisible();
		// what is held or skipped did not go with the rest
		for (const title of ['Radio silence', 'Press tent is full'])
			await expect(petra.getByText(title)).toHaveCount(0);
	});

	await test.step('the next hour on the wall, without the title of a red one', async () => {
		// nobody puts an announcement away there
		await expect(wall.getByText('Lunch is at noon. (TLP:GREEN)')).toHaveCount(0, { timeout: 40_000 });
		const queue = wall.getByRole('list', { name: 'Next 60 minutes' });
		await expect(queue.getByText('CM-050 Ferries are late')).toBeVisible();
		await expect(queue.getByText('CM-051')).toBeVisible();
		await expect(wall.getByText('Named people only')).toHaveCount(0);
		await expect(
			wall.getByRole('list', { name: 'Hottest storylines, last hour' }).getByText('Queue')
		).toBeVisible();
		await next('wall-after');
	});

	const mara = await open(people.mara, '/control');
	await test.step('a moderator sees what waits in the own country only, prompts a team and adapts what comes', async () => {
		await expectConnected(mara);
		await expect(mara.getByRole('button', { name: 'At a glance' })).toHaveAttribute('aria-pressed', 'true');
		const tiles = mara.getByRole('list', { name: 'At a glance' });
		await expect(tiles.getByRole('listitem').filter({ hasText: 'in the next 60 min' })).toHaveText(/^2/);
		await expect(tiles.getByRole('listitem').filter({ hasText: 'overdue' })).toHaveText(/^1/);
		await expect(mara.getByText('GR CSIRT').first()).toBeVisible();
		await expect(mara.getByText('IT CSIRT')).toHaveCount(0);
		await expectAccessible(mara);

		await mara.getByRole('button', { name: 'Prompt…: GR CSIRT' }).press('Enter');
		await mara.getByLabel(/Message/).fill('Look at your deadlines again.');
		await mara.keyboard.press('Control+Enter');
		await expect(mara.getByText('GR CSIRT has your word.').first()).toBeVisible();
		await expect(petra.getByText('Look at your deadlines again.').first()).toBeVisible();

		await mara.getByRole('button', { name: 'Ferries are late' }).press('Enter');
		await mara.getByRole('button', { name: /Adapt/ }).press('Enter');
		const dialog = dialogOf(mara);
		await dialog.getByRole('textbox', { name: /Title/ }).fill('Ferries to the islands are late');
		await expectAccessible(mara);
		await dialog.getByRole('button', { name: 'Save and approve' }).press('Enter');
		await expect(mara.getByRole('button', { name: 'Ferries to the islands are late' })).toBeVisible();
		// the wall is for all countries: not for a moderator
		await mara.goto(`/exercises/${play.id}/control/wall`);
		await expect(mara.getByRole('heading', { name: 'There is nothing here' }).first()).toBeVisible();
	});

	await test.step('the moderator speaks with central control in private', async () => {
		await mara.goto(`/exercises/${play.id}/channels`);
		await expectConnected(mara);
		await mara.getByRole('button', { name: 'Open a private exchange' }).press('Enter');
		const dialog = dialogOf(mara);
		await dialog.getByLabel('Name').fill('Greek ferries');
		await dialog.getByRole('checkbox', { name: 'Ana Control' }).press('Space');
		await expectAccessible(mara);
		await dialog.getByRole('button', { name: 'Open', exact: true }).press('Enter');
		await mara.getByRole('combobox', { name: /Greek ferries/ }).fill('May I move the ferries?');
		await mara.keyboard.press('Control+Enter');
		await ana.goto(`/exercises/${play.id}/channels`);
		await expectConnected(ana);
		await ana.getByRole('link', { name: /Greek ferries/ }).press('Enter');
		await expect(ana.getByText('May I move the ferries?').last()).toBeVisible();
		await ana.getByRole('combobox', { name: /Greek ferries/ }).fill('Yes, by an hour.');
		await ana.keyboard.press('Control+Enter');
		await expect(mara.getByText('Yes, by an hour.').last()).toBeVisible();
		// nobody else has heard of it
		await petra.goto(`/exercises/${play.id}/channels`);
		await expectConnected(petra);
		await expect(petra.getByText('Greek ferries')).toHaveCount(0);
	});

	await test.step('[P9] a real emergency stops every screen, the help desk stays open, the director goes on', async () => {
		await petra.goto(`/exercises/${play.id}/teams/${teams.greek.id}`);
		await expectConnected(petra);
		await petra.keyboard.press('Alt+Shift+S');
		await petra.getByLabel(/What has happened/).fill('A real fire alarm');
		await petra.getByRole('button', { name: 'Stop the exercise now' }).press('Enter');
		for (const page of [director, ana, mara, ivo, wall]) {
			await expect(page.getByRole('alertdialog').getByText('A real fire alarm')).toBeVisible();
			if (page === director || page === wall) continue;
			await expect(page.getByRole('button', { name: 'Resume at once' })).toHaveCount(0);
		}
		const screen = petra.getByRole('alertdialog');
		await screen.getByRole('button', { name: 'Help desk' }).press('Enter');
		await screen.getByLabel(/What do you need/).fill('Is this real?');
		await expectAccessible(petra);
		await petra.keyboard.press('Control+Enter');
		await expect(screen.getByText('Your request is at the help desk.')).toBeVisible();
		await director.getByRole('button', { name: 'Go back to paused' }).press('Enter');
		await expect(petra.getByRole('alertdialog')).toHaveCount(0);
		await director.getByRole('tab', { name: /Help/ }).press('Enter');
		await expect(director.getByText('Is this real?')).toBeVisible();
		await director.getByRole('button', { name: 'Resume', exact: true }).press('Enter');
		for (const page of [ana, mara, petra, ivo])
			await expect(page.getByText(/EXERCISE — LIVE/).first()).toBeVisible();
		await expect(wall.getByText('Is this real?')).toHaveCount(0);
	});
});
