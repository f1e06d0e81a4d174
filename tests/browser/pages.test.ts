import path from 'node:path';
import { test } from '../support/browser.ts';
import { plannedExercise, type PlannedExercise } from '../support/planned-exercise.ts';
import type { Stage } from '../support/people.ts';
import { asOnALaptop, button, expectSound, tab, type SoundPage } from '../support/sound-pages.ts';

/*
 * Every page of planning, with an exercise in which each has something to show: it is accessible in light and in dark, has
 * one heading, says nothing on the console, and never scrolls to the side, on a laptop and on a phone.
 */

type Planned = SoundPage<PlannedExercise>;

// looking at so much is slow enough without a film of it
test.use({ trace: 'off' });

const foreign = path.join(import.meta.dirname, '../fixtures/foreign/openaev-scenario.json');

const pages: Record<Exclude<keyof PlannedExercise['people'], 'approver' | 'evaluator'>, Planned[]> = {
	administrator: [
		{ name: 'accounts', at: () => '//accounts', shows: 'Greek planner' },
		{ name: 'exercises, none', at: () => '//exercises', shows: 'You are in no exercise yet' }
	],
	planner: [
		{ name: 'exercises', at: () => '//exercises', shows: 'Test exercise' },
		{ name: 'account', at: () => '//account', shows: 'Where you are signed in' },
		{ name: 'library', at: () => '//library', shows: 'Port gates and what follows' },
		{ name: 'library item', at: ({ libraryItem }) => `//library/${libraryItem}`, shows: 'Use in a script' },
		{ name: 'library, add', at: () => '//library/save', shows: 'Choose the injects' },
		{ name: 'scenario', at: () => '/scenario', shows: 'Gates and cranes stop one by one.' },
		{ name: 'scripts', at: () => '/script', shows: /1 open comment/ },
		{ name: 'script', at: () => '/script/central', shows: 'Gates stay shut at both terminals' },
		{ name: 'warnings', shows: 'Before STARTEX', then: button(/^Warnings/) },
		{ name: 'comments', shows: /Too early for the night shift/, then: button(/1 comment/) },
		{ name: 'history', shows: /Only the open inject/, then: button('History') },
		{
			name: 'inject',
			at: ({ injects }) => `/script/central?inject=${injects[0]}`,
			shows: 'Trucks queue as far as the motorway.'
		},
		{ name: 'inject in another language', shows: 'Καμία πύλη δεν ανοίγει.', then: tab('Greek') },
		{
			name: 'inject, changed since approval',
			shows: 'What changed since version 1',
			then: button('Compare with version 1')
		},
		{
			name: 'inject on a condition',
			at: ({ injects }) => `/script/central?inject=${injects[2]}`,
			shows: 'Why do we hear of it from the press?'
		},
		{ name: 'import', at: () => '/import', shows: 'No file yet' },
		{
			name: 'import of another tool',
			shows: 'Port blackout',
			then: (page) => page.locator('input[type=file]').setInputFiles(foreign)
		}
	],
	greek: [
		{
			name: 'variant',
			at: ({ variant }) => `/script/GR?inject=${variant}`,
			shows: 'The central text changed in 2 fields.'
		},
		{ name: 'variant compared', shows: 'Central now', then: button('Compare and decide') },
		{
			name: 'take over',
			at: () => '/script/GR',
			shows: 'Only those not taken over yet',
			then: button('Take over…')
		},
		{ name: 'ready, to read', at: () => '/ready', shows: 'Exercise control is complete and reachable' }
	],
	director: [
		{ name: 'all injects', at: () => '/script?view=merged', shows: '8 of 8 injects' },
		{
			name: 'approval',
			at: () => '/script/central',
			shows: 'Approve 1 inject?',
			then: async (page) => {
				await page.getByRole('checkbox', { name: 'Select CM-003' }).check();
				await page.getByRole('button', { name: 'Approve 1' }).click();
			}
		},
		{ name: 'plan', at: () => '/plan', shows: '8 of 8 injects' },
		{ name: 'plan, load', shows: /injects without a time/, then: tab('Load') },
		{ name: 'plan, coverage', shows: 'Every objective has an inject.', then: tab('Coverage') },
		{ name: 'plan, gaps', shows: /have such gaps/, then: tab('Gaps') },
		{ name: 'plan, forecast', shows: 'As seen by', then: tab('Forecast') },
		{ name: 'ready', at: () => '/ready', shows: 'Run by hand' },
		{ name: 'mail', at: () => '/mail', shows: 'No mails' },
		{ name: 'people', at: () => '/people', shows: 'Greek moderator' }
	],
	moderator: [{ name: 'scripts of a country', at: () => '/script', shows: 'Greece' }],
	player: [
		{ name: 'communication check', at: () => '/check', shows: 'Please confirm that you can read this.' }
	]
};

let made: Promise<PlannedExercise> | null = null;
const planned = (stage: Stage) => (made ??= plannedExercise(stage));

for (const [who, list] of Object.entries(pages) as [keyof typeof pages, Planned[]][])
	test(`the pages of planning are sound for ${who}`, async ({ pageOf, stage }) => {
		test.setTimeout(180_000);
		const exercise = await planned(stage);
		await expectSound(await pageOf(exercise.people[who], asOnALaptop), exercise, list);
	});
