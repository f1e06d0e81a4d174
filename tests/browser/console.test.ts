import type { InjectId } from '#lib/exercise/ids.ts';
import { expect, expectAccessible, test } from '../support/browser.ts';
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
	await play.must(people.player, 'request.ask', {
		team: teams.greek.id,
		to: { control: true, as: 'Harbour police' },
		question: 'Can you close the road?'
	});
	await expect(page.getByText('Can you close the road?')).toBeVisible();
	await expect(page.getByText('Of control only')).toHaveCount(0);
	await expectAccessible(page);
	await page.getByLabel('Answer GR CSIRT as Harbour police').fill('We close it at once.');
	await page.keyboard.press('Control+Enter');
	await expect(page.getByText('Nothing waits for an answer.')).toBeVisible();
	await expect(player.getByText('We close it at once.').first()).toBeVisible();
	await player.getByRole('tab', { name: /^Requests/ }).click();
	await expect(player.getByText('To Harbour police (simulated)').first()).toBeVisible();
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
