import { documentName } from '#lib/exercise/documents.ts';
import { addFinding } from '#lib/exercise/review/schema.ts';
import { expect, expectAccessible, test, type Page, type Person } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';
import type { Stage } from '../support/people.ts';
import { asOnALaptop, button, expectSound, tab } from '../support/sound-pages.ts';

/*
 * What is learned in an exercise becomes an action that somebody owns and somebody else verifies, and a lesson that is
 * learned; another country sees nothing of it while nothing is shared.
 */

interface Cast {
	exercise: TestExercise;
	facilitator: Person;
	greek: Person;
	greekTwo: Person;
	italian: Person;
	owner: Person;
	secretariat: Person;
}

async function cast(stage: Stage): Promise<Cast> {
	const exercise = await TestExercise.create(stage);
	await exercise.team('GR CSIRT');
	await exercise.team('IT CSIRT', 'IT');
	const facilitator = await exercise.member('Facilitator', { role: 'facilitator' });
	const administrator = await stage.person('Improvement administrator', { isAdministrator: true });
	const [greek, greekTwo, italian, owner, secretariat] = await Promise.all(
		[
			'Greek representative',
			'Second Greek representative',
			'Italian representative',
			'Port officer',
			'Secretariat'
		].map((name) => stage.person(name))
	);
	const { people } = stage.services.improvement;
	for (const [person, role, country] of [
		[secretariat!, 'secretariat', 'EU'],
		[greek!, 'representative', 'GR'],
		[greekTwo!, 'representative', 'GR'],
		[italian!, 'representative', 'IT']
	] as const)
		await people.name(administrator.id, { email: person.email, role, country });
	await stage.services.documents.edit(
		documentName({ exercise: exercise.id, kind: 'review' }),
		facilitator.id,
		(doc) =>
			void addFinding(
				doc,
				{
					id: 'finding-one',
					kind: 'area_for_improvement',
					title: 'Nobody had tested the reserve line',
					cards: []
				},
				'a0'
			)
	);
	return {
		exercise,
		facilitator,
		greek: greek!,
		greekTwo: greekTwo!,
		italian: italian!,
		owner: owner!,
		secretariat: secretariat!
	};
}

/** What the server sent answers to a click once its scripts run: a dialog that opens says so. */
const opens = (page: Page, name: string | RegExp) =>
	expect(async () => {
		await page.getByRole('button', { name }).click({ timeout: 2000 });
		await expect(page.getByRole('dialog')).toBeVisible({ timeout: 2000 });
	}).toPass();

test('from a finding to a lesson that is learned', async ({ pageOf, stage }) => {
	test.setTimeout(180_000);
	const { exercise, facilitator, greek, greekTwo, italian, owner } = await cast(stage);

	// the review proposes
	const review = await pageOf(facilitator);
	await review.goto(`/exercises/${exercise.id}/review`);
	await review.getByRole('link', { name: 'Propose an improvement action' }).click();
	await expect(review.getByText('From the finding “Nobody had tested the reserve line”')).toBeVisible();
	await review.getByLabel('Country or EU level').selectOption('GR');
	await review.getByLabel('What is to be done').fill('Test the reserve line each month');
	await review.getByLabel('Owner organisation').fill('Port authority');
	await review.getByLabel('Capability').selectOption('recovery');
	await review.getByLabel('What of it').selectOption('equipment');
	await expect(review.getByLabel('Label')).toHaveValue('amber');
	await expectAccessible(review);
	await review.getByRole('button', { name: 'Propose', exact: true }).click();
	await expect(
		review.getByRole('heading', { level: 1, name: 'Test the reserve line each month' })
	).toBeVisible();
	const address = new URL(review.url()).pathname;

	// the country says who owns it
	const page = await pageOf(greek);
	await page.goto('/improvement');
	await page.getByRole('link', { name: 'Test the reserve line each month' }).click();
	await expect(page.getByText('Its owner accepts an action')).toBeVisible();
	await opens(page, 'Change');
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Owner, by e-mail address').fill(owner.email);
	await dialog.getByLabel('Due').fill('2026-01-31');
	await dialog.getByLabel('Measure of success').fill('A test a month');
	await dialog.getByLabel('How it is verified').fill('The report is read');
	await expectAccessible(page);
	await dialog.getByRole('button', { name: 'Save changes' }).click();
	await expect(dialog).toBeHidden();
	await expect(page.getByText('Owner: from “nothing” to “Port officer”')).toBeVisible();

	// whoever owns it accepts, by keyboard, from the board
	const own = await pageOf(owner);
	await own.goto('/improvement?mine=yes');
	const acts = own.getByRole('button', { name: 'What can be done with Test the reserve line each month' });
	await expect(async () => {
		await acts.focus();
		await own.keyboard.press('Enter');
		await expect(own.getByRole('menuitem', { name: 'Accept' })).toBeVisible({ timeout: 2000 });
	}).toPass();
	await own.getByRole('menuitem', { name: 'Accept' }).press('Enter');
	const column = (name: string) => own.getByRole('region', { name, exact: true });
	await expect(column('Accepted').getByRole('link')).toHaveText(/Test the reserve line/);
	await expect(own.getByText('Test the reserve line each month: now Accepted.')).toHaveCount(1);
	await expect(column('Accepted').getByText('overdue')).toBeVisible();
	await expectAccessible(own);

	// works on it, shows evidence, reports
	await own.goto(address);
	await own.getByRole('button', { name: 'Begin work' }).click();
	await expect(own.getByText('Add evidence first')).toBeVisible();
	await own.getByLabel('By what it can be seen').fill('Report of the first test');
	await own.getByLabel('Link (https)').fill('https://port.example/report');
	await own.getByRole('button', { name: 'Add evidence' }).click();
	await expect(own.getByRole('link', { name: 'https://port.example/report' }).first()).toBeVisible();
	await opens(own, 'Report implemented…');
	await own.getByRole('dialog').getByRole('button', { name: 'Report implemented' }).click();
	await expect(own.getByText('You own this action or have owned it')).toBeVisible();
	await expect(own.getByRole('button', { name: 'Verify…' })).toHaveCount(0);
	await expectAccessible(own);

	// somebody else verifies
	const other = await pageOf(greekTwo);
	await other.goto(address);
	await opens(other, 'Verify…');
	await other.getByLabel('How it was verified').fill('Was there when it was tested');
	await other.getByRole('dialog').getByRole('button', { name: 'Verify' }).click();
	await expect(other.getByText('Was there when it was tested')).toBeVisible();

	// who proposed it has no part in it any more, and another country none at all
	const gone = 'There is nothing here';
	await review.goto(address);
	await expect(review.getByRole('heading', { name: gone })).toBeVisible();
	const abroad = await pageOf(italian);
	await abroad.goto(address);
	await expect(abroad.getByRole('heading', { name: gone })).toBeVisible();
	await abroad.goto('/improvement');
	await expect(abroad.getByText('No improvement actions')).toBeVisible();
	await abroad.goto('/improvement/countries');
	const greece = abroad.getByRole('row', { name: /Greece/ });
	await expect(greece).toContainText('not shared');
	await expect(greece).not.toContainText('0');

	// the lesson, from the same finding
	await review.goto(`/exercises/${exercise.id}/review`);
	await review.getByRole('link', { name: 'Write a lesson down' }).click();
	await review.getByLabel('Country or EU level').selectOption('GR');
	await review.getByLabel('Capability').selectOption('recovery');
	await review.getByRole('button', { name: 'Write a lesson down' }).click();
	await expect(
		review.getByRole('heading', { level: 1, name: 'Nobody had tested the reserve line' })
	).toBeVisible();
	const lesson = new URL(review.url()).pathname;
	await page.goto(lesson);
	const step = (name: string) => page.getByRole('button', { name, exact: true }).click();
	await step('Identify');
	await step('Agree');
	await expect(page.getByText('Link the improvement action first')).toBeVisible();
	await page.getByLabel('Link an action').selectOption({ label: 'Test the reserve line each month' });
	await step('Link');
	await step('Assign');
	await step('Report implemented');
	await expect(page.getByText('You reported this lesson implemented')).toBeVisible();
	await expectAccessible(page);
	await other.goto(lesson);
	await other.getByLabel('By what it can be seen').fill('Three tests in three months');
	await other.getByRole('button', { name: 'Verify', exact: true }).click();
	await expect(other.getByText('Learned', { exact: true })).toBeVisible();
	await other.goto('/improvement/lessons?q=reserve');
	await expect(other.getByRole('link', { name: 'Nobody had tested the reserve line' })).toBeVisible();
	await abroad.goto('/improvement/lessons?q=reserve');
	await expect(abroad.getByText('Nothing matches this search')).toBeVisible();
});

test('the pages of improvement are sound', async ({ pageOf, stage }) => {
	test.setTimeout(240_000);
	const { exercise, greek, greekTwo, secretariat } = await cast(stage);
	const { actions, lessons, people } = stage.services.improvement;
	const wanted = {
		text: 'In more words than fit a line.',
		ownerOrganisation: 'Ministry of digital governance',
		ownerEmail: greek.email,
		capability: 'cross_border_coordination',
		element: 'training',
		priority: 'high',
		startOn: '2026-01-01',
		dueOn: '2026-02-01',
		successMeasure: 'Everybody has been there once',
		verificationMethod: 'The list is read',
		tlp: 'amber_strict',
		country: 'GR',
		source: 'peer_review',
		sourceTitle: 'Peer review of 2025',
		exercise: '',
		finding: ''
	};
	const ids: string[] = [];
	for (const title of ['Train the duty officers', 'Write the call tree anew', 'Buy a satellite telephone'])
		ids.push(await actions.propose(greek, { ...wanted, title }));
	await actions.act(greek, ids[0]!, { act: 'accept' });
	await actions.act(greek, ids[0]!, { act: 'start' });
	await actions.addEvidence(greek, ids[0]!, { text: 'A list', link: 'https://example.test/a' });
	await actions.act(greek, ids[1]!, { act: 'reject', reason: 'It is there already' });
	const lesson = await lessons.add(greek, {
		title: 'Call trees grow old',
		text: 'Half of the numbers were wrong.',
		capability: 'escalation',
		tlp: 'green',
		country: 'GR',
		exercise: '',
		finding: ''
	});
	await lessons.act(greek, lesson, { act: 'identify' });
	await lessons.act(greek, lesson, { act: 'agree' });
	await people.share(greek.id, { country: 'GR', level: 'private', offersPlanners: true });
	const planner = await exercise.member('Greek planner', { role: 'planner', cell: 'GR' });
	await exercise.approved({ title: 'Nobody answers', reference: 'CM-001', to: toAll });
	const given = { exercise };

	await expectSound(await pageOf(greek, asOnALaptop), given, [
		{ name: 'board', at: () => '//improvement', shows: 'Train the duty officers' },
		{
			name: 'acts',
			shows: 'Report implemented…',
			then: button('What can be done with Train the duty officers')
		},
		{ name: 'table', at: () => '//improvement?view=table&sort=title', shows: 'Buy a satellite telephone' },
		{
			name: 'nothing found',
			at: () => '//improvement?capability=mutual_assistance',
			shows: 'Nothing matches these filters'
		},
		{ name: 'new action', at: () => '//improvement/new', shows: 'Measure of success' },
		{ name: 'action', at: () => `//improvement/${ids[0]}`, shows: 'Report implemented…' },
		{ name: 'countries', at: () => '//improvement/countries', shows: 'What Greece shares' },
		{ name: 'lessons', at: () => '//improvement/lessons', shows: 'Call trees grow old' },
		{ name: 'new lesson', at: () => '//improvement/lessons/new', shows: 'What was learned' },
		{ name: 'lesson', at: () => `//improvement/lessons/${lesson}`, shows: 'Half of the numbers were wrong.' },
		{ name: 'calendar', at: () => '//improvement/calendar', shows: 'You have no address yet.' }
	]);
	await expectSound(await pageOf(secretariat, asOnALaptop), given, [
		{ name: 'people', at: () => '//improvement/people', shows: greekTwo.email }
	]);
	await expectSound(await pageOf(planner, asOnALaptop), given, [
		{ name: 'open lessons', at: () => '/plan', shows: 'Call trees grow old', then: tab('Lessons') }
	]);
});

test('a calendar address is shown once, answers without a session, and is renewed', async ({
	pageOf,
	stage
}) => {
	const { greek } = await cast(stage);
	const page = await pageOf(greek);
	await page.goto('/improvement/calendar');
	await page.getByRole('button', { name: 'Make an address' }).click();
	const address = page.getByLabel('Address of your calendar').and(page.getByRole('textbox'));
	await expect(address).toHaveValue(/\/improvement\/calendar\/[\w-]{43}$/);
	const first = await address.inputValue();
	const stranger = await pageOf(null);
	const answer = await stranger.request.get(first);
	expect(answer.headers()['content-type']).toContain('text/calendar');
	expect(await answer.text()).toContain('BEGIN:VCALENDAR');
	await page.reload();
	await expect(address).toHaveCount(0);
	await page.getByRole('button', { name: 'Make a new address' }).click();
	await expect(address).not.toHaveValue(first);
	expect((await stranger.request.get(first)).status()).toBe(404);
});

test('a planner links an inject to an open lesson', async ({ pageOf, stage }) => {
	const { exercise, italian } = await cast(stage);
	const { lessons, people } = stage.services.improvement;
	const lesson = await lessons.add(italian, {
		title: 'Call trees grow old',
		text: '',
		capability: 'escalation',
		tlp: 'green',
		country: 'IT',
		exercise: '',
		finding: ''
	});
	await lessons.act(italian, lesson, { act: 'identify' });
	await lessons.act(italian, lesson, { act: 'agree' });
	await people.share(italian.id, { country: 'IT', level: 'private', offersPlanners: true });
	const planner = await exercise.member('Planner', { role: 'planner', cell: 'IT' });
	await stage.services.exercises.addMembership(
		exercise.id,
		{ accountId: planner.id, role: 'planner', cell: 'central' },
		exercise.director.id
	);
	await exercise.approved({ title: 'Nobody answers', reference: 'CM-001', to: toAll });
	const page = await pageOf(planner);
	await page.goto(`/exercises/${exercise.id}/plan`);
	await page.getByRole('tab', { name: 'Lessons' }).click();
	await expect(page.getByText('0 of 1 lessons are tested again')).toBeVisible();
	await page
		.getByLabel('Inject that tests “Call trees grow old”')
		.selectOption({ label: 'CM-001 Nobody answers' });
	await page.getByRole('button', { name: 'Link', exact: true }).click();
	await expect(page.getByText('1 of 1 lessons is tested again')).toBeVisible();
	await expect(page.getByRole('link', { name: 'CM-001 Nobody answers' })).toBeVisible();
	await expectAccessible(page);
});
