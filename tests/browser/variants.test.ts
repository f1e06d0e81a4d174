import { documentName } from '#lib/exercise/documents.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import {
	addInject,
	injectFingerprint,
	newInject,
	readScript,
	scriptInjects,
	type Inject
} from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { expect, expectAccessible, test } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';

/* A national planner takes central injects over, translates one, and decides what to do when the central text changes. */

const centralIds = ['central_crane_000001', 'central_ships_000002', 'central_press_000003'] as InjectId[];

async function scene(stage: Parameters<typeof TestExercise.create>[0]) {
	const play = await TestExercise.create(stage);
	await stage.services.exercises.addTeams(
		play.id,
		[
			{ name: 'GR CSIRT', country: 'GR', level: 'technical', language: 'el' },
			{ name: 'FR CSIRT', country: 'FR', level: 'technical' }
		],
		play.director.id
	);
	const planner = await play.member('Grit Planner', { role: 'planner', cell: 'GR' });
	const name = (cell: CellId) => documentName({ exercise: play.id, kind: 'script', cell });
	const values: Partial<Inject>[] = [
		{
			reference: 'CM-031',
			title: 'Cranes stand still',
			schedule: { mode: 'offset', seconds: 600 },
			to: toAll
		},
		{ reference: 'CM-032', title: 'Ships wait', to: { ...toAll, all: false, countries: ['GR'] } },
		{ reference: 'CM-033', title: 'French press', to: { ...toAll, all: false, countries: ['FR'] } }
	];
	await stage.services.documents.edit(name('central'), play.director.id, (doc) => {
		for (const [i, one] of values.entries())
			addInject(
				doc,
				newInject(`${play.id.slice(0, 8)}${centralIds[i]!}` as InjectId, {
					language: 'en',
					body: richTextFromText(`The text of ${one.reference}`),
					...one
				}),
				`a${i}`
			);
	});
	return { play, planner, name };
}

test('takes over, translates, compares and decides, by keyboard', async ({ pageOf, stage }) => {
	const { play, planner, name } = await scene(stage);
	const page = await pageOf(planner);
	await page.goto(`/exercises/${play.id}/script/GR`);

	// the list says what reaches the own country; the others are out of the way
	await page.getByRole('button', { name: 'Take over…' }).first().click();
	const list = page.getByRole('dialog');
	await expect(list.getByText('Ships wait')).toBeVisible();
	await expect(list.getByText('French press')).toHaveCount(0);
	await list.getByRole('checkbox', { name: 'Choose all that are shown (2)' }).check();
	await list.getByLabel('Later than the central time by').fill('+00:15');
	await expectAccessible(page);
	await list.getByRole('button', { name: 'Take over 2 injects' }).click();
	const grid = page.getByRole('grid');
	await expect(grid.getByText('CM-031-EL')).toBeVisible();
	await expect(grid.getByText('CM-032-EL')).toBeVisible();
	const page1 = async () => readScript(await stage.services.documents.read(name('GR')));
	await expect.poll(async () => (await page1()).length).toBe(2);
	expect((await page1())[0]).toMatchObject({
		to: { countries: ['GR'], all: false },
		schedule: { mode: 'offset', seconds: 1500 },
		origin: { taken: { title: 'Cranes stand still' } }
	});

	// they are marked as taken over
	await page.getByRole('button', { name: 'Take over…' }).first().click();
	await page.getByRole('dialog').getByLabel('Only those not taken over yet').uncheck();
	await expect(page.getByRole('dialog').getByText('taken over as CM-031-EL')).toBeVisible();
	await page.keyboard.press('Escape');

	// a translation, written in a tab of its own
	await grid.getByText('Cranes stand still').click();
	await page.keyboard.press('Control+Enter');
	const pane = page.getByRole('region', { name: 'Inject CM-031-EL' });
	await expect(pane.getByText('Variant of CM-031')).toBeVisible();
	await pane.getByLabel('Add a language').selectOption('el');
	await pane.getByLabel('Title in Greek').fill('Οι γερανοί σταμάτησαν');
	await pane.getByRole('textbox', { name: 'Text in Greek' }).click();
	await page.keyboard.type('Κανείς δεν απαντά');
	await expect
		.poll(async () => JSON.stringify((await page1())[0]!.translations))
		.toContain('Κανείς δεν απαντά');
	await expectAccessible(page);

	// the centre changes two fields; the planner hears of it at once
	await pane.getByRole('tab', { name: /original/i }).click();
	const centralId = (await page1())[0]!.origin!.inject;
	await stage.services.documents.edit(name('central'), play.director.id, (doc) => {
		const record = scriptInjects(doc).get(centralId)!;
		record.set('title', 'Cranes and gates stand still');
		record.set('from', 'Harbour master');
	});
	await expect(pane.getByText('The central text changed in 2 fields.')).toBeVisible();
	await expect(page.getByLabel('Central changed (1)')).toBeVisible();
	await pane.getByRole('button', { name: 'Compare and decide' }).press('Enter');
	const dialog = page.getByRole('dialog');
	await expect(dialog.getByText('Cranes and gates stand still')).toBeVisible();
	await expectAccessible(page);
	await dialog.getByRole('button', { name: 'Take the central Title' }).press('Enter');
	await expect(dialog.getByRole('button', { name: 'Take the central Simulated sender' })).toBeFocused();
	await dialog.getByRole('button', { name: 'Keep our Simulated sender' }).press('Enter');
	await expect(dialog.getByText('Nothing waits for a decision.')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(pane.getByText('The central text is as it was taken over.')).toBeVisible();
	await expect
		.poll(async () => (await page1())[0])
		.toMatchObject({
			title: 'Cranes and gates stand still',
			from: '',
			origin: { taken: { title: 'Cranes and gates stand still', from: 'Harbour master' } }
		});

	// the centre deletes the other one
	const otherId = (await page1())[1]!.origin!.inject;
	await stage.services.documents.edit(name('central'), play.director.id, (doc) => {
		scriptInjects(doc).delete(otherId);
	});
	await expect(grid.getByText('central inject deleted').first()).toBeVisible();
});

test('a player reads the own language, with the original one press away; exercise control reads all cells', async ({
	pageOf,
	stage
}) => {
	const { play, name } = await scene(stage);
	const teams = await stage.services.exercises.teams(play.id);
	const greek = teams.find((team) => team.country === 'GR')!;
	const player = await play.member('Gaia Player', { role: 'player', teamId: greek.id });
	const [central] = readScript(await stage.services.documents.read(name('central')));
	await stage.services.documents.edit(name('central'), play.director.id, (doc) => {
		scriptInjects(doc).delete(central!.id);
		addInject(
			doc,
			{
				...central!,
				translations: { el: { title: 'Οι γερανοί', body: richTextFromText('Κανείς δεν απαντά') } }
			},
			'a0'
		);
	});
	const [translated] = readScript(await stage.services.documents.read(name('central')));
	await play.must(play.director, 'inject.approve', {
		cell: 'central',
		injects: [{ inject: translated!.id, fingerprint: injectFingerprint(translated!) }]
	});
	await play.must(play.director, 'exercise.start', {});
	await play.must(play.director, 'inject.release', { inject: translated!.id });

	const page = await pageOf(player);
	await page.goto(`/exercises/${play.id}/teams/${greek.id}`);
	await expect(page.getByText('Κανείς δεν απαντά')).toBeVisible();
	await expect(page.getByText('In Greek, translated from English')).toBeVisible();
	await expect(page.locator('[lang=el]').getByText('Κανείς δεν απαντά')).toBeVisible();
	await page.getByRole('button', { name: 'Show the original' }).press('Enter');
	await expect(page.locator('[lang=en]').getByText('The text of CM-031')).toBeVisible();
	await expectAccessible(page);

	const control = await pageOf(play.director);
	await control.goto(`/exercises/${play.id}/script`);
	await expect(async () => {
		// a page that is not woken up yet does not hear the first press
		await control.getByRole('tab', { name: 'All injects' }).click();
		await expect(control.getByText('3 of 3 injects')).toBeVisible({ timeout: 2000 });
	}).toPass();
	await control.getByRole('searchbox', { name: 'Search number and title' }).fill('cranes');
	await expect(control.getByText('1 of 3 injects')).toBeVisible();
	await expectAccessible(control);
	await control.getByRole('link', { name: /CM-031/ }).click();
	await expect(control).toHaveURL(/script\/central\?inject=/);
});
