import {
	expect,
	expectAccessible,
	expectConnected,
	test,
	type Page,
	type Person
} from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import type { Stage } from '../support/people.ts';

/*
 * One day at one table (DOMAIN 9.4): a facilitator with a private screen, and a projector that another computer drives, from
 * the ground rules to the feedback survey, which the players answer on their phones. Nothing planned is ever on the projector.
 */
const planned = 'Secondwavewhispers';

async function cast(stage: Stage) {
	const exercise = await TestExercise.create(stage);
	const team = await exercise.team('GR Table');
	const elsewhere = await exercise.team('IT Table', 'IT');
	// one table, one day: who leads it runs the exercise too
	const facilitator = await exercise.member('Fay Facilitator', { role: 'facilitator', teamId: team.id });
	await stage.services.exercises.addMembership(
		exercise.id,
		{ accountId: facilitator.id, role: 'director' },
		exercise.director.id
	);
	const players: Person[] = [];
	for (const at of [1, 2, 3, 4, 5, 6])
		players.push(
			await exercise.member(`Player ${at}`, {
				role: 'player',
				teamId: team.id,
				...(at === 1 && { lead: true })
			})
		);
	const helper = await exercise.member('Only facilitates', { role: 'facilitator', teamId: team.id });
	// the computer at the projector has an account of its own
	const screen = await exercise.member('Projector of the room', { role: 'facilitator', teamId: team.id });
	await exercise.approved(
		{
			reference: 'T-1',
			title: 'Gates stay shut',
			body: richTextFromText('Nobody can say why.'),
			to: toAll,
			schedule: { mode: 'manual' },
			expectedActions: [
				{ id: 'act-1', text: 'Calls the port', withinSeconds: 600, critical: true },
				{ id: 'act-2', text: 'Opens an incident', withinSeconds: null, critical: false }
			]
		},
		{ reference: 'T-2', title: planned, to: toAll, schedule: { mode: 'manual' } },
		{
			reference: 'T-3',
			title: 'The harbour master rings you',
			to: toAll,
			schedule: { mode: 'contingency', condition: 'Nobody has called the port after T-1.' }
		},
		{
			reference: 'T-4',
			title: 'Only in Italy',
			to: { ...toAll, all: false, teams: [elsewhere.id] },
			schedule: { mode: 'manual' }
		}
	);
	return { exercise, team, facilitator, helper, screen, players };
}

test('[P1] a day at one table, with the projector at another computer', async ({ pageOf, stage }) => {
	test.setTimeout(300_000);
	const { exercise, team, facilitator, helper, screen, players } = await cast(stage);
	const at = (path: string) => `/exercises/${exercise.id}/${path}`;
	const page = await pageOf(facilitator);
	await page.goto(at(`table/${team.id}`));
	await expectConnected(page);
	let projector: Page;

	await test.step('the projector has ground rules and the stop phrase, and nothing to press', async () => {
		const address = await page.getByRole('link', { name: 'Open the projector' }).getAttribute('href');
		projector = await pageOf(screen, { viewport: { width: 1920, height: 1080 } });
		await projector.goto(address!);
		expect(projector.context()).not.toBe(page.context());
		await expect(projector.getByText('Say “real-world emergency”: play stops at once.')).toBeVisible();
		await expect(projector.getByText('Act in your real role, with your real procedures.')).toBeVisible();
		await expectAccessible(projector);
		await exercise.must(facilitator, 'exercise.start', {});
		await expect(page.getByRole('button', { name: 'Release: Gates stay shut' })).toBeEnabled();
		// what is for another table is not on this one
		await expect(page.getByText('Only in Italy')).toHaveCount(0);
	});

	await test.step('an inject is released, and read on the projector; what is planned is not', async () => {
		await page.getByRole('button', { name: 'Release: Gates stay shut' }).click();
		await page
			.getByRole('dialog')
			.getByRole('button', { name: /^Release to/ })
			.click();
		await expect(projector.getByRole('heading', { name: /Gates stay shut/ })).toBeVisible();
		await expect(projector.getByText('Nobody can say why.')).toBeVisible();
		await expect(page.getByRole('button', { name: planned, exact: true })).toBeVisible();
		expect(await projector.content()).not.toContain(planned);
	});

	await test.step('a question with its time stands on the projector', async () => {
		await page.getByLabel('What is discussed').fill('Whom do we tell first?');
		await page.getByLabel('Timer', { exact: true }).selectOption('7');
		await page.getByRole('button', { name: 'Show and start' }).click();
		await expect(projector.getByText('Whom do we tell first?')).toBeVisible();
		await expect(projector.getByRole('timer', { name: 'Timer' })).toHaveText(/^[67]:\d\d$/);
		await expectAccessible(page);
	});

	await test.step('it runs on whatever is loaded again, and for whoever comes later; who plays has no such page', async () => {
		await page.reload();
		await expectConnected(page);
		await expect(page.getByRole('timer', { name: 'Timer' })).toHaveText(/^[67]:\d\d$/);
		await page.getByRole('button', { name: '2 minutes more' }).click();
		await expect(projector.getByRole('timer', { name: 'Timer' })).toHaveText(/^[89]:\d\d$/);
		await projector.reload();
		await expect(projector.getByText('Whom do we tell first?')).toBeVisible();
		await expect(projector.getByRole('timer', { name: 'Timer' })).toHaveText(/^[89]:\d\d$/);
		const late = await pageOf(helper);
		await late.goto(at(`table/${team.id}/projector`));
		await expect(late.getByText('Whom do we tell first?')).toBeVisible();
		await expect(late.getByRole('timer', { name: 'Timer' })).toHaveText(/^[89]:\d\d$/);
		const player = await pageOf(players[1]!);
		expect((await player.goto(at(`table/${team.id}/projector`)))!.status()).toBe(404);
		// the question is in the team's own timeline, with its time
		await player.goto(at(`teams/${team.id}`));
		await expect(player.getByText('Put to the table, 7 min to discuss').first()).toBeVisible();
		await expect(player.getByText('Whom do we tell first?').first()).toBeVisible();
	});

	await test.step('what is said is typed into the log of the team, with the name of who typed it', async () => {
		await page.getByLabel('Answer', { exact: true }).fill('The ministry, then the port.');
		await page.getByLabel('Answer', { exact: true }).press('Control+Enter');
		await expect(page.getByText('The ministry, then the port.')).toBeVisible();
		const { rows } = await stage.services.database.pool.query(
			"select actor_name, fact->>'team' as team from fact where exercise_id = $1 and kind = 'log-added'",
			[exercise.id]
		);
		expect(rows).toEqual([{ actor_name: 'Fay Facilitator', team: team.id }]);
	});

	await test.step('what was expected is marked; what was missed suggests a contingency', async () => {
		await page.getByRole('button', { name: 'Mark what was met: Gates stay shut' }).click();
		const marks = (action: string) => page.getByRole('group', { name: `Whether this was met: ${action}` });
		const pressed = (action: string, answer: string) =>
			marks(action).getByRole('button', { name: answer, exact: true });
		await pressed('Opens an incident', 'Partly').click();
		await expect(pressed('Opens an incident', 'Partly')).toHaveAttribute('aria-pressed', 'true');
		await expect(page.getByText('marked by Fay Facilitator').first()).toBeVisible();
		// nothing is missed yet: a suggestion comes when somebody says so, at once, long before its ten minutes are over
		await expect(page.getByText('Something expected was missed')).toHaveCount(0);
		await pressed('Calls the port', 'Not met').click();
		await expect(pressed('Calls the port', 'Not met')).toHaveAttribute('aria-pressed', 'true');
		await expectAccessible(page);
		await page.keyboard.press('Escape');
		await expect(page.getByText('Something expected was missed')).toBeVisible();
		await page.getByRole('button', { name: /^Release to GR Table: T-3/ }).click();
		await expect(projector.getByRole('heading', { name: /The harbour master rings you/ })).toBeVisible();
		// what was met in part becomes better, and stays
		await page.getByRole('button', { name: 'Mark what was met: Gates stay shut' }).click();
		const incident = page.getByRole('group', { name: 'Whether this was met: Opens an incident' });
		await incident.getByRole('button', { name: 'Met', exact: true }).click();
		await expect(incident.getByRole('button', { name: 'Met', exact: true })).toHaveAttribute(
			'aria-pressed',
			'true'
		);
		await expect(incident.getByRole('button', { name: 'Partly' })).toHaveAttribute('aria-disabled', 'true');
		await page.keyboard.press('Escape');
		await page.getByRole('button', { name: '+1 h' }).click();
		await page.getByRole('dialog').getByLabel('Reason').fill('Next block');
		await page.getByRole('dialog').getByRole('button', { name: 'Jump' }).click();
	});

	await test.step('the figures count what was marked, in part and not met as well', async () => {
		const { rows } = await stage.services.database.pool.query(
			"select fact->>'action' as action, coalesce(fact->>'seen', 'yes') as seen from fact where exercise_id = $1 and kind = 'action-marked' order by sequence",
			[exercise.id]
		);
		expect(rows).toEqual([
			{ action: 'act-2', seen: 'partly' },
			{ action: 'act-1', seen: 'no' },
			{ action: 'act-2', seen: 'yes' }
		]);
	});

	await test.step('the block closes with three take-aways, and the clock jumps', async () => {
		for (const [number, words] of ['Numbers are out of date', 'Nobody owns the list', 'Test it'].entries())
			await page.getByLabel(`Take-away ${number + 1}`).fill(words);
		await page.getByRole('button', { name: 'Close the block' }).click();
		await expect(page.getByText('2. Nobody owns the list')).toBeVisible();
		await expect(projector.getByText('Whom do we tell first?')).toHaveCount(0);
		const clock = async () =>
			Number(
				(
					await stage.services.database.pool.query(
						"select clock->-1->>'exerciseStart' as at from exercise where id = $1",
						[exercise.id]
					)
				).rows[0].at
			);
		const before = await clock();
		await page.getByRole('button', { name: '+24 h' }).click();
		await page.getByRole('dialog').getByLabel('Reason').fill('The next day');
		await page.getByRole('dialog').getByRole('button', { name: 'Jump' }).click();
		await expect.poll(clock).toBeGreaterThan(before + 23 * 3_600_000);
	});

	await test.step('who only facilitates types and asks, and sees nothing that is planned', async () => {
		const other = await pageOf(helper);
		await other.goto(at(`table/${team.id}`));
		await expectConnected(other);
		await expect(other.getByLabel('Answer', { exact: true })).toBeVisible();
		await expect(other.getByRole('button', { name: '+6 h' })).toHaveCount(0);
		const player = await pageOf(players[1]!);
		const refused = await player.goto(at(`table/${team.id}`));
		expect(refused!.status()).toBe(404);
		for (const one of [await other.content(), await projector.content()]) expect(one).not.toContain(planned);
	});

	await test.step('after ENDEX: hot wash, and a survey whose address stands on both screens', async () => {
		await exercise.must(facilitator, 'exercise.end', {});
		await page.goto(at('survey'));
		await expectConnected(page);
		await page.getByRole('button', { name: 'Make the survey' }).click();
		await expect(page.getByText('15 questions')).toBeVisible();
		await page.getByLabel('Question 1', { exact: true }).fill('I knew what was expected of me.');
		await page.getByRole('button', { name: 'Save the draft' }).click();
		await expect(page.getByText('The draft is saved.')).toBeVisible();
		await expectAccessible(page);
		await page.getByRole('button', { name: 'Open the survey' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Open the survey' }).click();
		await expect(page.getByText(/^localhost:\d+\/s\/[a-z0-9]{6}$/)).toBeVisible();
		await expect(projector.getByText(/\/s\/[a-z0-9]{6}/)).toBeVisible();
		await page.goto(at(`hot-wash/${team.id}`));
		await expect(page.getByRole('link', { name: /\/s\/[a-z0-9]{6}/ })).toBeVisible();
		await page.getByLabel('New card: What went well').fill('We called each other.');
		await page.getByRole('button', { name: 'Add card' }).first().click();
		await expect(page.getByText('We called each other.')).toBeVisible();
	});

	const code = (await page.getByRole('link', { name: /\/s\/[a-z0-9]{6}/ }).textContent())!
		.split('/s/')[1]!
		.trim();
	await test.step('a player answers on a phone, without a name, and changes it there', async () => {
		const phone = await pageOf(players[0]!, {
			viewport: { width: 390, height: 844 },
			hasTouch: true,
			isMobile: true
		});
		await phone.goto(`/s/${code}`);
		await expect(phone).toHaveURL(/\/survey$/);
		await expectConnectedOnPhone(phone);
		await phone
			.getByRole('group', { name: 'I knew what was expected of me.' })
			.getByRole('radio', { name: '4' })
			.check();
		await phone
			.getByRole('group', { name: /^How was the pace/ })
			.getByRole('radio', { name: 'Right' })
			.check();
		await phone.getByLabel(/^What in the workspace held you up/).fill('The projector was far away.');
		await expect(phone.getByText('3 of 15 answered')).toBeVisible();
		await expectAccessible(phone);
		await phone.getByRole('button', { name: 'Send', exact: true }).click();
		await expect(phone.getByText('Your answer is stored without your name.')).toBeVisible();
		await phone.reload();
		await expect(phone.getByText('3 of 15 answered')).toBeVisible();
		await phone
			.getByRole('group', { name: 'I knew what was expected of me.' })
			.getByRole('radio', { name: '5' })
			.check();
		await phone.getByRole('button', { name: 'Send again' }).click();
		await expect(phone.getByText('Your answer is stored without your name.')).toBeVisible();
		const { rows } = await stage.services.database.pool.query(
			'select answers, account_id, by_name from survey_answer where exercise_id = $1',
			[exercise.id]
		);
		expect(rows).toEqual([
			{
				answers: { informed: 5, pace: 2, 'platform-missing': 'The projector was far away.' },
				account_id: null,
				by_name: null
			}
		]);
	});

	await test.step('closed, it has results; concluded, everybody reads the figures of all', async () => {
		const { exercises, survey } = stage.services;
		for (const person of players.slice(1)) {
			const { exercise: opened, actor } = await exercises.open(exercise.id, person);
			await survey.answer(opened, actor, {
				answers: { informed: 3, pace: 1, overall: 4 },
				anonymous: true,
				receipt: ''
			});
		}
		await page.goto(at('survey'));
		await expectConnected(page);
		await expect(page.getByText('6 of 10 people answered')).toBeVisible();
		await page.getByRole('button', { name: 'Close the survey' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Close the survey' }).click();
		await page.getByRole('link', { name: 'Results', exact: true }).click();
		await expect(page.getByText('6 answers.')).toBeVisible();
		await expect(page.getByText('The projector was far away.')).toBeVisible();
		// one director without a country would be known by it: no group is told apart
		await expect(page.getByLabel('Whose answers').getByRole('option')).toHaveText(['Everybody (6)']);
		await page.goto(at('survey/results?by=country&is=GR'));
		await expect(page.getByText('No such group')).toBeVisible();
		await page.getByRole('button', { name: 'Show everybody' }).click();
		await expect(page.getByText('6 answers.')).toBeVisible();
		await expectAccessible(page);
		await page.getByRole('button', { name: 'Write the conclusions' }).click();
		await page.getByLabel('What we conclude from the answers').fill('We test the list twice a year.');
		await page.getByRole('button', { name: 'Show to everybody' }).click();
		const player = await pageOf(players[2]!);
		await player.goto(at('survey/results'));
		await expect(player.getByText('We test the list twice a year.')).toBeVisible();
		await expect(player.getByText('The projector was far away.')).toHaveCount(0);
		await expect(player.getByLabel('Whose answers')).toHaveCount(0);
	});
});

/** The line at the foot is not there on a phone: what answers to a press is. */
async function expectConnectedOnPhone(page: Page): Promise<void> {
	await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeVisible();
	await page.waitForLoadState('networkidle');
}
