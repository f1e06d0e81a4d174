import type { InjectId } from '#lib/exercise/ids.ts';
import { expect, expectAccessible, test, type Page, type Person } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';

/*
 * Exercise control during play (DOMAIN 9.6): a director, two controllers and a moderator divide the work, answer the help
 * desk, use what is suggested, and work off what became due in a pause; a wall shows it all.
 */
const startsAt = Date.UTC(2026, 5, 10, 7);
const minute = 60_000;
const inGreece = { all: false, countries: ['GR' as const], levels: [], teams: [] };

async function scene(stage: Parameters<typeof TestExercise.create>[0]) {
	const play = await TestExercise.create(stage);
	const [greek, italian] = [await play.team('GR CSIRT'), await play.team('IT CSIRT', 'IT')];
	const people = {
		ana: await play.member('Ana Control', { role: 'controller' }),
		ben: await play.member('Ben Control', { role: 'controller' }),
		moderator: await play.member('Mara Moderator', { role: 'moderator', country: 'GR' }),
		player: await play.member('Petra Player', { role: 'player', teamId: greek.id, lead: true }),
		italian: await play.member('Ivo Player', { role: 'player', teamId: italian.id })
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
		...Array.from({ length: 12 }, (_, i) => ({
			reference: `Q-${String(i + 1).padStart(2, '0')}`,
			title: `Queued ${i + 1}`,
			storyline: 'Queue',
			to: toAll,
			schedule: { mode: 'at' as const, at: startsAt + (60 + i) * minute }
		})),
		{
			reference: 'CM-050',
			title: 'Ferries are late',
			storyline: 'Sea',
			to: inGreece,
			schedule: { mode: 'at', at: startsAt + 150 * minute }
		},
		{
			reference: 'CM-051',
			title: 'Named people only',
			tlp: 'red',
			to: toAll,
			schedule: { mode: 'at', at: startsAt + 155 * minute }
		}
	);
	await play.must(play.director, 'exercise.start', {});
	await play.must(play.director, 'inject.release', { inject: first!.id });
	return { play, people, first: first!.id as InjectId, teams: { greek, italian } };
}

const notScrolling = (page: Page) =>
	page.evaluate(() => {
		const cut: string[] = [];
		for (const element of document.querySelectorAll('main, .page, .wall, .wall *')) {
			const { scrollHeight, clientHeight, className } = element;
			const style = getComputedStyle(element);
			if (scrollHeight > clientHeight + 2 && clientHeight > 0 && style.display !== 'inline')
				if (style.overflowY !== 'visible') cut.push(`${element.tagName}.${String(className)}`);
		}
		return { cut, page: document.documentElement.scrollHeight - innerHeight };
	});

test('exercise control at work: claims, help desk, suggestion, the queue after a pause, the wall', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(240_000);
	const { play, people, teams } = await scene(stage);
	const home = `/exercises/${play.id}`;
	const open = async (person: Person, where: string): Promise<Page> => {
		const page = await pageOf(person);
		await page.goto(home + where);
		return page;
	};
	const ana = await open(people.ana, '/control');
	const ben = await open(people.ben, '/control');
	const wall = await open(play.director, '/control/wall');

	await test.step('a country is claimed by keyboard, seen by the other, and taken over after a prompt', async () => {
		await ana.getByRole('button', { name: 'Countries', exact: true }).press('Enter');
		await ana.getByRole('button', { name: 'I handle this: Greece' }).press('Enter');
		await expect(ana.getByText('You handle this')).toBeVisible();
		await expectAccessible(ana);
		await ben.getByRole('button', { name: 'Countries', exact: true }).click();
		const greece = ben.getByRole('row', { name: /Greece/ });
		await expect(greece.getByText('Ana Control handles this')).toBeVisible();
		await greece.getByRole('button', { name: /Take over/ }).press('Enter');
		const dialog = ben.getByRole('alertdialog').or(ben.getByRole('dialog'));
		await expect(dialog.getByText('Ana Control handles this')).toBeVisible();
		await expectAccessible(ben);
		await dialog.getByRole('button', { name: 'Take over…', exact: true }).press('Enter');
		await expect(greece.getByText('You handle this')).toBeVisible();
		await expect(
			ana.getByRole('row', { name: /Greece/ }).getByText('Ben Control handles this')
		).toBeVisible();
	});

	const player = await open(people.player, `/teams/${teams.greek.id}`);
	await test.step('a player asks the help desk from the team room; the controller takes it and answers', async () => {
		await player.getByRole('button', { name: 'Help desk' }).press('Enter');
		const asking = player.getByRole('dialog', { name: 'Help desk' });
		await asking.getByRole('radio', { name: 'Question about the exercise' }).check();
		await asking.getByLabel(/What do you need/).fill('May we call the real port?');
		await player.keyboard.press('Control+Enter');
		await expect(asking.getByText('Your request is at the help desk.')).toBeVisible();
		await expectAccessible(player);
		await player.keyboard.press('Escape');

		await expect(wall.getByRole('region', { name: 'Help desk' }).getByText('GR CSIRT')).toBeVisible();
		await expect(wall.getByText('May we call the real port?')).toHaveCount(0);
		await ana.getByRole('tab', { name: /Help/ }).click();
		await expect(ana.getByText('May we call the real port?')).toBeVisible();
		await ana.getByRole('button', { name: /I handle this: Request of Petra Player/ }).click();
		await ben.getByRole('tab', { name: /Help/ }).click();
		await expect(ben.getByText('Ana Control handles this')).toBeVisible();
		await ana.getByRole('button', { name: 'Answer Petra Player' }).press('Enter');
		await ana.getByLabel('Answer Petra Player').fill('No: assume that they answer.');
		await ana.keyboard.press('Control+Enter');
		await expect(player.getByText('1 new answer')).toBeAttached();
		await player.getByRole('button', { name: /Help desk/ }).click();
		await expect(asking.getByText('No: assume that they answer.')).toBeVisible();
		await player.keyboard.press('Escape');
		// of nobody else's business
		const other = await open(people.italian, `/teams/${teams.italian.id}`);
		await other.getByRole('button', { name: /Help desk/ }).click();
		await expect(other.getByText('You have not asked anything yet.')).toBeVisible();
		await other.close();
	});

	await test.step('what was not done in time is suggested: released to one team, dismissed for the other', async () => {
		await ana.getByRole('tab', { name: /Suggested/ }).click();
		const list = ana.getByRole('list', { name: 'Suggested' });
		await expect(list.getByRole('listitem')).toHaveCount(2);
		await expect(list.getByText('Not marked: “Isolates the network” (CM-001)').first()).toBeVisible();
		await expectAccessible(ana);
		await list.getByRole('button', { name: /Release to GR CSIRT/ }).press('Enter');
		await expect(list.getByRole('listitem')).toHaveCount(1);
		await expect(player.getByText('The mayor calls').first()).toBeVisible();
		await list.getByRole('button', { name: /Dismiss/ }).press('Enter');
		const dialog = ana.getByRole('alertdialog').or(ana.getByRole('dialog'));
		await dialog.getByLabel(/Why not/).fill('They are on the telephone about it.');
		await dialog.getByRole('button', { name: /Dismiss/ }).click();
		await expect(ana.getByText('Nothing is suggested.')).toBeVisible();
	});

	await test.step('what became due in a pause goes in order at the chosen rate, and can be held', async () => {
		await ana.getByRole('tab', { name: /Due/ }).click();
		await play.must(people.ana, 'catchUp.setRate', { perMinute: 60 });
		await wall.getByRole('button', { name: 'Pause', exact: true }).click();
		await expect(wall.getByText('EXERCISE — PAUSED').first()).toBeVisible();
		await play.must(people.ana, 'clock.jump', { to: startsAt + 75 * minute, reason: 'lunch' });
		const line = ana.getByRole('region', { name: 'Overdue after the pause' });
		await expect(line.getByText('0 of 12 released')).toBeVisible();
		await expect(line.getByText('The clock stands still')).toBeVisible();
		await expectAccessible(ana);
		await ana.screenshot({ path: test.info().outputPath('line.png') });
		await play.must(people.ana, 'clock.resume', {});
		await expect(line.getByText(/[2-9] of 12 released/)).toBeVisible();
		await line.getByRole('button', { name: 'Hold' }).press('Enter');
		await expect(line.getByText(/Held: nothing of it is released/)).toBeVisible();
		const held = await line.getByText(/of 12 released/).textContent();
		await ana.waitForTimeout(2500);
		expect(await line.getByText(/of 12 released/).textContent()).toBe(held);
		await expect(wall.getByText('Held by exercise control.')).toBeVisible();
		await line.getByRole('button', { name: 'Rate…' }).press('Enter');
		await line.getByLabel('Injects a minute').fill('120');
		await ana.keyboard.press('Enter');
		await expect(ana.getByText('120 a minute from now on.').first()).toBeVisible();
		await line.getByRole('button', { name: 'Let it go on' }).press('Enter');
		await expect(line).toBeHidden({ timeout: 30_000 });
		const rows = await stage.services.database.pool.query<{ reference: string; wall: string }>(
			`select fact -> 'delivered' ->> 'title' as reference, extract(epoch from wall_at) * 1000 as wall from fact
			where exercise_id = $1 and kind = 'inject-released' and fact ? 'paced' order by sequence`,
			[play.id]
		);
		expect(rows.rows.map((one) => one.reference)).toEqual(
			Array.from({ length: 12 }, (_, i) => `Queued ${i + 1}`)
		);
		await expect(player.getByText('Queued 12', { exact: true }).first()).toBeVisible();
	});

	await test.step('the wall shows it from afar: nothing scrolls, nothing is cut, no title of a red one', async () => {
		await play.must(people.ana, 'clock.jump', { to: startsAt + 100 * minute, reason: 'forward' });
		await expect(wall.getByRole('timer').first()).toContainText('D1 10:4');
		const queue = wall.getByRole('list', { name: 'Next 60 minutes' });
		await expect(queue.getByText('CM-050')).toBeVisible();
		await expect(queue.getByText('Ferries are late')).toBeVisible();
		await expect(queue.getByText('CM-051')).toBeVisible();
		await expect(wall.getByText('Named people only')).toHaveCount(0);
		await expect(
			wall.getByRole('list', { name: 'Hottest storylines, last hour' }).getByText('Queue')
		).toBeVisible();
		await expect(
			wall.getByRole('list', { name: 'Overdue acknowledgements' }).getByText('Greece')
		).toBeVisible();
		const system = wall.getByRole('list', { name: 'System' });
		await expect(system.getByText('Database')).toBeVisible();
		await expect(system.getByText(/^\d+ ms$/)).toBeVisible();
		await expect(system.getByText(/open, nodes: 1/)).toBeVisible();
		for (const [width, height] of [
			[1366, 768],
			[1920, 1080]
		] as const) {
			await wall.setViewportSize({ width, height });
			await wall.waitForTimeout(300);
			expect(await notScrolling(wall)).toEqual({ cut: [], page: 0 });
			const size = await wall.evaluate(() =>
				Number.parseFloat(getComputedStyle(document.querySelector('.wall')!).fontSize)
			);
			expect(size).toBeGreaterThanOrEqual(width / 80);
			await expectAccessible(wall);
		}
	});

	await test.step('a moderator answers at a glance what waits, prompts a team and adapts what comes', async () => {
		const mara = await open(people.moderator, '/control');
		await expect(mara.getByRole('button', { name: 'At a glance' })).toHaveAttribute('aria-pressed', 'true');
		const tiles = mara.getByRole('list', { name: 'At a glance' });
		await expect(tiles.getByRole('listitem').filter({ hasText: 'in the next 60 min' })).toHaveText(/^2/);
		await expect(tiles.getByRole('listitem').filter({ hasText: 'overdue' })).toHaveText(/^1/);
		await expect(mara.getByText('IT CSIRT')).toHaveCount(0);
		await expectAccessible(mara);

		await mara.getByRole('button', { name: 'Prompt…: GR CSIRT' }).press('Enter');
		await mara.getByLabel(/Message/).fill('Look at your deadlines again.');
		await mara.keyboard.press('Control+Enter');
		await expect(mara.getByText('GR CSIRT has your word.').first()).toBeVisible();
		await expect(player.getByText('Look at your deadlines again.').first()).toBeVisible();

		await mara.getByRole('button', { name: 'Ferries are late' }).press('Enter');
		await mara.getByRole('button', { name: /Adapt/ }).press('Enter');
		const dialog = mara.getByRole('dialog');
		await dialog.getByRole('textbox', { name: /Title/ }).fill('Ferries to the islands are late');
		await expectAccessible(mara);
		await dialog.getByRole('button', { name: 'Save and approve' }).press('Enter');
		await expect(mara.getByRole('button', { name: 'Ferries to the islands are late' })).toBeVisible();
		// the wall is for all countries: not for a moderator
		await mara.goto(`${home}/control/wall`);
		await expect(mara.getByText('There is no such exercise, or you have no role in it.')).toBeVisible();
	});

	await test.step('[P9] during an emergency stop the help desk is open', async () => {
		await play.must(play.director, 'exercise.stop', { reason: 'A real fire alarm' });
		const screen = player.getByRole('alertdialog');
		await screen.getByRole('button', { name: 'Help desk' }).press('Enter');
		await screen.getByLabel(/What do you need/).fill('Is this real?');
		await expectAccessible(player);
		await player.keyboard.press('Control+Enter');
		await expect(screen.getByText('Your request is at the help desk.')).toBeVisible();
	});
});

test('terms of confidentiality are accepted once, by keyboard, before anything is seen', async ({
	pageOf,
	stage
}) => {
	const { play, people, teams } = await scene(stage);
	const director = await pageOf(play.director);
	await director.goto(`/exercises/${play.id}/ready`);
	await director.getByRole('button', { name: 'Write terms' }).click();
	await expect(director.getByLabel('Text of the terms')).toHaveValue(/stays with those who take part/);
	await director.getByRole('button', { name: 'Publish', exact: true }).click();
	const asks = director.getByRole('alertdialog').or(director.getByRole('dialog'));
	await expect(asks.getByText(/Everybody but you is shut out/)).toBeVisible();
	await expectAccessible(director);
	await asks.getByRole('button', { name: 'Publish', exact: true }).press('Enter');
	await expect(director.getByText('5 people have not accepted')).toBeVisible();

	const page = await pageOf(people.player);
	await page.goto(`/exercises/${play.id}/teams/${teams.greek.id}`);
	await expect(page.getByRole('heading', { name: 'Terms of confidentiality' })).toBeVisible();
	await expect(page.getByText('Cranes stand still')).toHaveCount(0);
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Accept and enter' }).press('Enter');
	await expect(page.getByText('Say that you agree: tick the box, then accept.')).toBeVisible();
	await page.getByRole('checkbox').press('Space');
	await page.getByRole('button', { name: 'Accept and enter' }).press('Enter');
	await expect(page).toHaveURL(new RegExp(`/teams/${teams.greek.id}$`));
	await expect(page.getByText('Cranes stand still').first()).toBeVisible();
	await expect(director.getByText('4 people have not accepted')).toBeVisible();
});

test('the simulation cell answers in character and sees nothing else; notices are chosen on the account page', async ({
	pageOf,
	stage
}) => {
	const { play, people, teams } = await scene(stage);
	await stage.services.exercises.updateSettings(
		play.id,
		{ settings: { simulatedBodies: ['Harbour police'] } },
		play.director.id
	);
	const cell = await play.member('Simone Cell', { role: 'simcell' });
	const player = await pageOf(people.player);
	await player.goto(`/exercises/${play.id}/teams/${teams.greek.id}`);
	await play.must(people.player, 'question.ask', { team: teams.greek.id, text: 'Of control only' });
	const page = await pageOf(cell);
	await page.goto(`/exercises/${play.id}`);
	await expect(page.getByRole('heading', { name: 'Simulated bodies' })).toBeVisible();
	await play.must(people.player, 'question.ask', {
		team: teams.greek.id,
		text: 'Can you close the road?',
		to: 'Harbour police'
	});
	await expect(page.getByText('Can you close the road?')).toBeVisible();
	await expect(page.getByText('Of control only')).toHaveCount(0);
	await expectAccessible(page);
	await page.getByLabel('Answer GR CSIRT as Harbour police').fill('We close it at once.');
	await page.keyboard.press('Control+Enter');
	await expect(page.getByText('Nothing waits for an answer.')).toBeVisible();
	await expect(player.getByText('We close it at once.').first()).toBeVisible();
	await expect(player.getByText('Harbour police').first()).toBeVisible();
	await expect(player.getByText('Simone Cell')).toHaveCount(0);

	await player.goto('/account');
	const panel = player.getByRole('region', { name: 'Notices' }).first();
	await panel
		.getByRole('checkbox', { name: /Deadlines near or over.*Sound|Sound.*Deadlines near or over/ })
		.uncheck();
	await panel.getByRole('button', { name: 'Save' }).click();
	await player.reload();
	await expect(
		panel.getByRole('checkbox', { name: /Deadlines near or over.*Sound|Sound.*Deadlines near or over/ })
	).not.toBeChecked();
	await expectAccessible(player);
	const choices = await stage.services.notices.choices(people.player.id);
	expect(choices.ways.deadline).toEqual(['page', 'browser']);
});
