import path from 'node:path';
import { expect, expectAccessible, expectConnected, test, type Page } from '../support/browser.ts';
import { TestExercise } from '../support/exercise.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';

/* A controller takes a released inject back: what exercise control sees and says, and what the team reads. */

const sizes = { narrow: [390, 844], laptop: [1366, 768], wide: [1920, 1080] } as const;

/** In all sizes and both themes, where somebody wants to look at it. */
async function look(page: Page, name: string) {
	const folder = process.env['SCREENSHOTS'];
	if (!folder) return;
	for (const [size, [width, height]] of Object.entries(sizes))
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.setViewportSize({ width, height });
			await page.emulateMedia({ colorScheme });
			// what is drawn anew after a change of the size
			await page.evaluate(
				() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
			);
			await page.screenshot({ path: path.join(folder, `recall-${name}-${size}-${colorScheme}.png`) });
		}
	await page.setViewportSize({ width: 1366, height: 768 });
	await page.emulateMedia({ colorScheme: 'light' });
}

test('a released inject is recalled with a reason; the team reads it struck through, and nothing is asked any more', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(240_000);
	const exercise = await TestExercise.create(stage);
	const greek = await exercise.team('GR CSIRT');
	await exercise.team('IT CSIRT', 'IT');
	await exercise.team('FR Rail', 'FR');
	const controller = await exercise.member('Vera Controller', { role: 'controller' });
	const player = await exercise.member('Anna Analyst', { role: 'player', teamId: greek.id, lead: true });
	const moderator = await exercise.member('Milo Moderator', { role: 'moderator', country: 'GR' });
	const everyone = { all: true, countries: [], levels: [], teams: [] };
	const asks = { acknowledgeWithin: 600, responseRequired: true, respondWithin: 1800 };
	const [first, wrong] = await exercise.approved(
		{
			title: 'Port gates show a ransom note',
			reference: 'CM-030',
			from: 'Port duty officer',
			to: everyone,
			...asks
		},
		{
			title: 'Cranes of terminal 2 stand still',
			reference: 'CM-031',
			from: 'Terminal operator',
			channel: 'email',
			body: richTextFromText(
				'All cranes of terminal 2 stopped at 10:36. Operators see a black screen. Nobody can say when they will move again.'
			),
			to: everyone,
			...asks
		}
	);
	const [, condition] = await exercise.approved(
		{
			title: 'Press asks about the cranes',
			reference: 'CM-032',
			to: everyone,
			schedule: { mode: 'after', inject: wrong!.id, seconds: 3600 }
		},
		{
			title: 'The minister calls',
			reference: 'CM-033',
			to: everyone,
			schedule: {
				mode: 'condition',
				when: {
					match: 'all',
					clauses: [{ inject: wrong!.id, act: 'responded', action: null, not: false, withinSeconds: null }]
				},
				seconds: 0
			}
		}
	);
	expect(condition).toBeTruthy();
	await exercise.must(exercise.director, 'exercise.start', {});
	for (const one of [first!, wrong!]) await exercise.must(controller, 'inject.release', { inject: one.id });

	const room = await pageOf(player);
	await room.goto(`/exercises/${exercise.id}/teams/${greek.id}`);
	const entry = room.getByRole('article').filter({ hasText: 'Cranes of terminal 2 stand still' }).last();
	await expect(entry.getByRole('button', { name: 'Acknowledge' })).toBeVisible();
	const deadlines = room.getByRole('listitem').filter({ hasText: 'Cranes of terminal 2' });
	await expect(deadlines.first()).toBeVisible();

	// somebody is just writing a response
	await entry.getByRole('button', { name: /^Respond/ }).click();
	await entry.getByRole('textbox').fill('The crane drivers are told to wait.');

	// exercise control opens it from the board, and reads what follows from a recall
	const console = await pageOf(controller);
	await console.goto(`/exercises/${exercise.id}/control`);
	await console.getByRole('button', { name: 'Cranes of terminal 2 stand still' }).click();
	const detail = console.getByRole('dialog', { name: /CM-031/ });
	await detail.getByRole('button', { name: 'Recall…' }).click();
	const asked = console.getByRole('dialog', { name: 'Recall CM-031?' });
	await expect(asked).toContainText('3 teams have it');
	await expect(asked).toContainText('whoever was sent it is sent that it was recalled');
	await expect(asked).toContainText('CM-032 is scheduled after it, and is held until you decide.');
	await expect(asked).toContainText('CM-033 waits for what teams do with it');
	const confirm = asked.getByRole('button', { name: 'Recall from 3 teams' });
	await expect(confirm).toBeDisabled();
	await asked.getByRole('textbox').fill('It was meant for the port operators only.');
	await expectAccessible(console);
	await look(console, 'dialog');
	await confirm.click();
	await expect(
		console.getByText('CM-031 is recalled from 3 teams. 1 inject that follows it is held.')
	).toBeVisible();
	await expect(console.getByRole('log').or(console.locator('body'))).toContainText(
		'recalled CM-031 from 3 teams: It was meant for the port operators only.'
	);
	await expect(console.locator('.mark.recalled').first()).toBeVisible();
	await expectAccessible(console);
	await look(console, 'console');
	await console.getByRole('button', { name: 'Cranes of terminal 2 stand still' }).click();
	await expect(console.getByRole('dialog')).toContainText('recalled D1');
	await expect(console.getByRole('dialog').getByRole('button', { name: 'Recall…' })).toBeHidden();
	await look(console, 'detail');
	await console.keyboard.press('Escape');

	// the team: the entry struck through, the reason, what to do, and nothing to press
	await expect(entry).toContainText(
		'Recalled by exercise control: It was meant for the port operators only.'
	);
	await expect(entry.locator('s').first()).toHaveText('Cranes of terminal 2 stand still');
	await expect(entry.getByRole('button', { name: /Acknowledge|Respond/ })).toHaveCount(0);
	await expect(
		room.getByRole('heading', { name: 'Recalled: Cranes of terminal 2 stand still' })
	).toBeVisible();
	await expect(room.getByRole('listitem').filter({ hasText: 'Port gates show' }).first()).toBeVisible();
	await expect(deadlines.filter({ hasText: 'acknowledge by' })).toHaveCount(0);
	await expect(
		room.locator('[aria-live]').filter({ hasText: 'Exercise control recalled an inject' })
	).toHaveCount(1);
	// what was being written is not lost, and cannot be sent
	await expect(entry.getByText('You were writing a response. It was not sent')).toBeVisible();
	await expect(entry.getByText('The crane drivers are told to wait.')).toBeVisible();
	await expect(entry.getByRole('textbox')).toHaveCount(0);
	await entry.getByRole('button', { name: 'Discard it' }).press('Enter');
	await expect(entry.getByText('The crane drivers are told to wait.')).toHaveCount(0);
	// the text that was read can still be opened where it stands
	await room.getByRole('button', { name: /Show it/ }).click();
	await expect(entry).toBeFocused();
	await expect(entry.getByText('All cranes of terminal 2 stopped')).toBeVisible();
	await expectAccessible(room);
	await look(room, 'room');
	await room.emulateMedia({ colorScheme: 'dark' });
	await expectAccessible(room);

	// a moderator sees it, and is not offered what is not theirs
	const helper = await pageOf(moderator);
	await helper.goto(`/exercises/${exercise.id}/control`);
	await expectConnected(helper);
	await helper.getByRole('button', { name: 'Console', exact: true }).press('Enter');
	await helper.getByRole('button', { name: 'Port gates show a ransom note' }).click();
	await expect(helper.getByRole('dialog')).toContainText('Port gates show a ransom note');
	await expect(helper.getByRole('dialog').getByRole('button', { name: 'Recall…' })).toHaveCount(0);

	// the script says so where it was planned
	await console.goto(`/exercises/${exercise.id}/script/central?inject=${wrong!.id}`);
	await expect(
		console.getByText('Recalled from the teams: It was meant for the port operators only.')
	).toBeVisible();
	await expectAccessible(console);
	await look(console, 'script');
});
