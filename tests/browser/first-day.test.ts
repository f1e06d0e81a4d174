import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId } from '#lib/exercise/ids.ts';
import { expect, expectAccessible, test, type Page, type Person } from '../support/browser.ts';
import { TestExercise } from '../support/exercise.ts';
import { ByteRecorder } from '../support/recorder.ts';
import { choose, enterRoom, waits } from '../support/room-page.ts';

/*
 * The first day of a port's team and its CSIRT (DOMAIN 9.2), in the order of the day: the alert sound before STARTEX, an
 * inject, a decision, a question to the CSIRT, indicators that a label keeps here, a clock that jumps a day, the night shift,
 * and what the law asks for by then. How an incident, a report and an early warning are written: room and reports tests.
 */
const hour = 3_600_000;
const alert = 'SIEM alert on the yard servers';
const indicators = 'ZEISIG beacon to 192.0.2.66, every 90 seconds';

async function scene(stage: Parameters<typeof TestExercise.create>[0]) {
	const play = await TestExercise.create(stage);
	const [csirt, port, vendor] = (await stage.services.exercises.addTeams(
		play.id,
		[
			{ name: 'GR CSIRT', country: 'GR', level: 'technical' },
			{ name: 'GR Port', country: 'GR', level: 'entity' },
			{ name: 'GR Crane vendor', country: 'GR', level: 'entity' }
		],
		play.director.id
	)) as [Team, Team, Team];
	const player = (name: string, team: Team, lead = false) =>
		play.member(name, { role: 'player', teamId: team.id, lead });
	const people = {
		lead: await player('Port lead', port, true),
		scribe: await player('Port scribe', port),
		night: await player('Night shift lead', port),
		duty: await player('CSIRT duty officer', csirt, true),
		vendor: await player('Vendor engineer', vendor, true)
	};
	const [inject] = await play.approved({
		title: alert,
		to: { all: false, countries: [], levels: [], teams: [port.id] },
		acknowledgementRequired: true,
		schedule: { mode: 'manual' }
	});
	const open = async (name: string, teams: Team[]) =>
		(
			(await play.must(play.director, 'channel.open', {
				name,
				kind: 'sector',
				teams: teams.map(({ id }) => id)
			})) as { channel: ChannelId }
		).channel;
	const channels = {
		csirt: await open('CSIRT and operators', [csirt, port]),
		vendor: await open('Operators and vendors', [port, vendor])
	};
	await play.must(play.director, 'exercise.advance', { to: 'planned' });
	return { play, teams: { csirt, port, vendor }, people, inject: inject!, channels };
}

/** Counts the tones that a page makes. */
async function listen(page: Page): Promise<() => Promise<number>> {
	await page.addInitScript(() => {
		const counted = window as unknown as { tones: number };
		counted.tones = 0;
		const { start } = OscillatorNode.prototype;
		OscillatorNode.prototype.start = function (when?: number) {
			counted.tones += 1;
			start.call(this, when);
		};
	});
	return () => page.evaluate(() => (window as unknown as { tones: number }).tones);
}

test('[P8] the first day of a port and its CSIRT: an alert, a question, a label that keeps indicators here, a day that jumps, and what is late by then', async ({
	pageOf,
	stage
}) => {
	test.setTimeout(400_000);
	const { play, teams, people, inject, channels } = await scene(stage);
	const roomOf = (team: Team) => `/exercises/${play.id}/teams/${team.id}`;
	const pageFor = async (person: Person, team: Team, prepare?: (page: Page) => Promise<unknown>) => {
		const page = await pageOf(person);
		await prepare?.(page);
		await enterRoom(page, roomOf(team));
		return page;
	};
	let tones: () => Promise<number> = () => Promise.resolve(0);
	const lead = await pageFor(people.lead, teams.port, async (page) => (tones = await listen(page)));
	const scribe = await pageFor(people.scribe, teams.port);
	const duty = await pageFor(people.duty, teams.csirt);
	const vendors = await pageOf(people.vendor);
	const heard = new ByteRecorder(vendors.context());
	await enterRoom(vendors, `/exercises/${play.id}/channels/${channels.vendor}`);

	await test.step('08:30: the clock stands, and the alert sound is tested', async () => {
		await expect(lead.getByText(/The exercise has not started/)).toBeVisible();
		await lead.getByRole('button', { name: /^Alerts/ }).click();
		const dialog = lead.getByRole('dialog');
		await dialog.getByRole('button', { name: 'Test sound' }).click();
		await expect.poll(tones).toBe(2);
		await dialog.getByRole('switch', { name: /Sound/ }).click();
		await expect.poll(tones).toBe(4);
		await expectAccessible(lead);
		await lead.keyboard.press('Escape');
		await expect(lead.getByRole('button', { name: 'Alerts on' })).toBeVisible();
	});

	await test.step('09:00: STARTEX on every screen, and the first inject is heard and acknowledged by key', async () => {
		await play.must(play.director, 'exercise.start', {});
		for (const page of [lead, scribe, duty, vendors])
			await expect(page.getByText(/EXERCISE — LIVE/).first()).toBeVisible();
		await expect(lead.getByText(/The exercise has not started/)).toHaveCount(0);
		const before = await tones();
		await play.must(play.director, 'inject.release', { inject: inject.id });
		await expect(waits(lead).getByRole('button', { name: alert })).toBeVisible();
		await expect.poll(tones).toBeGreaterThan(before);
		await lead.keyboard.press('a');
		await expect(waits(lead).getByRole('button', { name: alert })).toHaveCount(0);
		await expect(waits(scribe).getByRole('button', { name: alert })).toHaveCount(0);
	});

	await test.step('09:20: the scribe keeps the log, also of what was said by telephone', async () => {
		await scribe.keyboard.press('l');
		const dialog = scribe.getByRole('dialog');
		await dialog.getByLabel('Communication').check();
		await dialog.getByLabel('What happened').fill('The supplier was called and calls back at ten.');
		await scribe.keyboard.press('Control+Enter');
		await expect(dialog).toBeHidden();
		await expect(
			lead
				.getByRole('region', { name: 'Timeline' })
				.getByText('The supplier was called and calls back at ten.', { exact: true })
		).toBeVisible();
	});

	await test.step('10:00: the CSIRT is asked, and its answer comes into the room', async () => {
		await scribe.keyboard.press('q');
		const dialog = scribe.getByRole('dialog');
		await expect(dialog.getByRole('option', { name: 'GR CSIRT' })).toBeAttached();
		await dialog.getByRole('combobox', { name: /^To/ }).selectOption({ label: 'GR CSIRT' });
		await dialog.getByLabel('Question').fill('Is the supplier’s update hit elsewhere?');
		await dialog.getByLabel('Needed within').selectOption({ label: '30 minutes' });
		await expectAccessible(scribe);
		await dialog.getByRole('button', { name: 'Send', exact: true }).click();
		await expect(dialog).toBeHidden();

		await duty.getByRole('tab', { name: /^Requests/ }).click();
		await duty
			.getByRole('tabpanel')
			.getByRole('button', { name: /From GR Port/ })
			.click();
		await duty.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
		await duty
			.getByRole('dialog')
			.getByLabel('Answer to GR Port')
			.fill('Yes: two other ports, since the night.');
		await expectAccessible(duty);
		await duty.getByRole('dialog').getByRole('button', { name: 'Answer', exact: true }).click();
		await expect(duty.getByRole('dialog')).toBeHidden();

		await scribe.getByRole('tab', { name: /^Requests/ }).click();
		await scribe
			.getByRole('tabpanel')
			.getByRole('button', { name: /To GR CSIRT.*answered/ })
			.click();
		await expect(
			scribe.getByRole('dialog').getByText('Yes: two other ports, since the night.')
		).toBeVisible();
		await scribe.getByRole('dialog').getByRole('button', { name: 'Close the request' }).click();
		await expect(scribe.getByRole('dialog')).toBeHidden();
	});

	await test.step('10:45: the lead decides between options, and the team reads what spoke against it', async () => {
		await lead.keyboard.press('d');
		const dialog = lead.getByRole('dialog');
		await dialog.getByLabel('Question').fill('Cut the remote access of the vendor?');
		for (const [number, option, against] of [
			[1, 'Cut it now', 'Cranes run without remote help'],
			[2, 'Wait for the CSIRT', 'The intruder may come back']
		] as const) {
			const field = dialog.getByLabel(`Option ${number}`, { exact: true });
			if (!(await field.isVisible())) await dialog.getByRole('button', { name: 'Add an option' }).click();
			await field.fill(option);
			await dialog.getByLabel(`Against option ${number}`).fill(against);
		}
		await dialog.getByLabel('Decision', { exact: true }).fill('Cut it now');
		await dialog.getByRole('button', { name: 'Record the decision' }).click();
		await expect(dialog).toBeHidden();
		await scribe.getByRole('tab', { name: /^Decisions/ }).click();
		await scribe
			.getByRole('tabpanel')
			.getByRole('button', { name: /Cut it now/ })
			.click();
		await expect(scribe.getByText('The intruder may come back')).toBeVisible();
		await expectAccessible(scribe);
	});

	await test.step('14:00: AMBER indicators of the CSIRT cannot be passed on to the vendor, and say why', async () => {
		await play.must(people.duty, 'channel.post', { channel: channels.csirt, text: indicators, tlp: 'amber' });
		await lead.goto(`/exercises/${play.id}/channels/${channels.csirt}`);
		const message = lead.getByRole('article').filter({ hasText: 'ZEISIG beacon' }).first();
		await message.getByRole('button', { name: /^More on the message/ }).click();
		await lead.getByRole('menuitem', { name: 'Forward…' }).click();
		const dialog = lead.getByRole('dialog');
		await dialog.getByLabel('Channel').selectOption({ label: 'Operators and vendors' });
		await dialog.getByRole('button', { name: 'Forward', exact: true }).click();
		await expect(
			dialog.getByText(/TLP:AMBER does not let you pass this on to GR Crane vendor/)
		).toBeVisible();
		await expectAccessible(lead);
		await dialog.getByRole('button', { name: 'Ask to relax the label' }).click();
		await lead.getByRole('dialog').getByLabel('Why, and for whom').fill('The vendor has to block it, too.');
		await lead.getByRole('dialog').getByRole('button', { name: 'Ask', exact: true }).click();
		await expect(lead.getByRole('dialog')).toBeHidden();
	});

	await test.step('the originator relaxes it; then, and not before, it goes on', async () => {
		expect(await heard.holds('ZEISIG')).toBe(false);
		await duty
			.getByRole('tabpanel')
			.getByRole('button', { name: /TLP:GREEN asked for, instead of TLP:AMBER/ })
			.click();
		await duty.getByRole('dialog').getByRole('button', { name: 'Grant' }).click();
		await expect(duty.getByRole('dialog')).toBeHidden();
		const relaxed = lead.getByRole('article').filter({ hasText: 'The same, under a lower label' });
		await relaxed.getByRole('button', { name: /^More on the message/ }).click();
		await lead.getByRole('menuitem', { name: 'Forward…' }).click();
		const dialog = lead.getByRole('dialog');
		await dialog.getByLabel('Channel').selectOption({ label: 'Operators and vendors' });
		await dialog.getByRole('button', { name: 'Forward', exact: true }).click();
		await expect(dialog).toBeHidden();
		await expect(vendors.getByRole('article').getByText(indicators).first()).toBeVisible();
		await expectAccessible(vendors);
	});

	await test.step('the incident is significant, and its clocks wait in the room', async () => {
		await play.must(people.scribe, 'notification.open', {
			team: teams.port.id,
			content: { title: 'Yard servers', entity: 'Port of Piraeus' }
		});
		await enterRoom(lead, roomOf(teams.port));
		await expect(
			waits(lead).getByRole('listitem').filter({ hasText: 'Early warning: Yard servers' })
		).toHaveText(/23 h 5\d min.* left/);
		await waits(lead).getByRole('button', { name: 'Early warning: Yard servers' }).click();
		await expect(lead).toHaveURL(/tab=notifications&record=/);
		await expect(lead.getByRole('heading', { name: 'Yard servers', exact: true })).toBeVisible();
		await expectAccessible(lead);
	});

	await test.step('15:30: the clock jumps a day, everybody is told, and what was not sent is late', async () => {
		await play.must(play.director, 'clock.jump', {
			to: (await now()) + 24 * hour + 20 * 60_000,
			reason: 'On to the second day'
		});
		for (const page of [lead, scribe, duty, vendors])
			await expect(page.getByText(/^Exercise time jumped to D2/).first()).toBeVisible();
		const warning = waits(lead).getByRole('listitem').filter({ hasText: 'Early warning: Yard servers' });
		await expect(warning).toHaveText(/! ?\d+ min.* late/);
		const notification = waits(lead)
			.getByRole('listitem')
			.filter({ hasText: 'Incident notification: Yard servers' });
		await expect(notification).toHaveText(/by D4 .*1 d 23 h left/);
	});

	await test.step('the shift is handed over with what the law still asks for, and accepted by name', async () => {
		const night = await pageFor(people.night, teams.port);
		await lead.keyboard.press('h');
		const dialog = lead.getByRole('dialog');
		await choose(lead, 'To', 'Night');
		await dialog
			.getByLabel('What the next shift must know')
			.fill('The early warning is late: send it first.');
		await expect(
			dialog.getByRole('region', { name: 'Open now' }).getByText(/Early warning · by D2/)
		).toBeVisible();
		await dialog.getByRole('button', { name: 'Hand over' }).click();
		await expect(dialog).toBeHidden();
		await waits(night).getByRole('button', { name: 'Handover from Port lead' }).click();
		await night.getByRole('button', { name: 'Accept', exact: true }).click();
		await night.getByRole('dialog').getByRole('button', { name: 'Accept' }).click();
		await expect(lead.getByText(/Accepted by Night shift lead/)).toBeVisible();
		await expectAccessible(night);
	});

	await test.step('two days on the notification is close, then late', async () => {
		const jump = async (hours: number) =>
			play.must(play.director, 'clock.jump', {
				to: (await now()) + hours * hour,
				reason: 'Through the night'
			});
		const notification = waits(lead)
			.getByRole('listitem')
			.filter({ hasText: 'Incident notification: Yard servers' });
		await jump(46);
		await expect(notification).toHaveText(/1 h \d+ min.* left/);
		await expect(notification.locator('.near')).toBeVisible();
		await jump(2);
		await expect(notification).toHaveText(/! ?\d+ min.* late/);
	});

	/** exercise time, as the server has it */
	async function now(): Promise<number> {
		const { exercise } = await stage.services.exercises.open(play.id, people.lead);
		return exerciseTimeAt(exercise.clock, Date.now())!;
	}
});
