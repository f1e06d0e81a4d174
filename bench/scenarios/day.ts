import { randomInt } from 'node:crypto';
import { exerciseTimeAt, wallTimeOf } from '#lib/exercise/exercise/clock.ts';
import { connectable, openChannels } from '../day/channels.ts';
import { whatIsThere } from '../day/read-back.ts';
import { Console, get } from '../day/staff.ts';
import { SimulatedTeam, type Day } from '../day/team.ts';
import { Times } from '../day/times.ts';
import { command, each, pause } from '../drive.ts';
import { authorsPerPage, Edits } from '../edits.ts';
import { marker } from '../events.ts';
import type { PlayPlan } from '../play.ts';
import type { Player } from '../players.ts';
import { atMost, fixed, none, say, type Goal, type Options, type Section } from '../report.ts';
import { withServers, type MeasuredServer } from '../servers.ts';
import { sizes, type Size } from '../sizes.ts';

/*
 * The first day of an exercise, or its first hours, pressed into minutes with the same totals (DOMAIN, section 10): people
 * come in, read, acknowledge, answer, log, decide, give tasks, ask, talk in channels, write reports together, share them;
 * consoles, the situation board and the record are read meanwhile. Three bursts to all, a SIGKILL, an emergency stop,
 * ENDEX, and the after-action report while five hundred read.
 */
/** of a day; DOMAIN's figures are for two of them */
const hoursOfDay = 8;
const firstLog = 1_000_000;
const firstMessage = 5_000_000;
const connectingAtOnce = 60;
const readersAtTheEnd = 500;

/** What happens in so many hours. */
const totals = (size: Size, people: number, hours: number) => {
	const inADay = (each: number) => Math.round((each * size.teams * hours) / hoursOfDay);
	return {
		logs: 2 * people * hours,
		messages: 6 * people * hours,
		decisions: inADay(3),
		tasks: inADay(6),
		incidents: inADay(1),
		requests: inADay(2),
		questions: inADay(2),
		reports: inADay(2.4),
		notifications: inADay(0.7)
	};
};

export async function day({ exercise: name, quick, minutes, hours }: Options): Promise<Section> {
	const size = sizes[name];
	if (!size) throw new Error('a day is of size S, M, L or XL');
	const seconds = quick ? 40 : minutes * 60;
	const rate = (hours * 3600) / seconds;
	// half of the script's deliveries, over nine tenths of the day
	const count = quick ? 20 : Math.floor(((size.injects / 2) * hours) / hoursOfDay);
	const plan: PlayPlan = {
		...size,
		scheduled: {
			count,
			firstAfterMs: Math.round(3000 * rate),
			everyMs: Math.round(((seconds * 900) / count) * rate)
		},
		toAll: 4
	};
	return withServers(
		['ours'],
		([server]) => live(server!, name, plan, size, { seconds, hours, rate, quick }),
		{
			BENCH_PAGES: 'yes'
		}
	);
}

async function live(
	server: MeasuredServer,
	name: string,
	plan: PlayPlan,
	size: Size,
	{ seconds, hours, rate, quick }: { seconds: number; hours: number; rate: number; quick: boolean }
): Promise<Section> {
	say(`making an exercise of size ${name}`);
	const play = await server.ask('play', plan);
	const { exercise, director } = play;
	const lead = (what: string, input: unknown) => command(server, exercise, director, what, input);
	const channels = await openChannels(server, play, lead);
	const people = connectable(server, play, channels);
	const players = people.slice(0, play.players.length);
	const staff = people.slice(play.players.length);
	const times = new Times();
	const refused: string[] = [];

	const teams: SimulatedTeam[] = [];
	const authorities = new Map<string, SimulatedTeam>();
	const shared: Day = {
		server,
		play,
		times,
		networks: channels.networks,
		rate,
		authority: (country) => authorities.get(country)!,
		now: () => exerciseTimeAt(players[0]!.clock, Date.now()) ?? play.startsAt,
		refused
	};
	for (const n of play.teams.keys())
		teams.push(
			new SimulatedTeam(
				shared,
				n,
				players.filter((one) => one.team === n)
			)
		);
	for (const team of teams) if (team.level === 'technical') authorities.set(team.country, team);

	// teams read from the first word on
	say(`${people.length} people come in`);
	const connecting = Date.now();
	await each(people, connectingAtOnce, async (one, n) => {
		const page = n < players.length ? `teams/${play.teams[one.team]!.id}` : 'control';
		await times.of('page, coming in', () => get(server, `/exercises/${exercise}/${page}`, one.cookie));
		await one.connect();
	});
	const connected = Date.now() - connecting;

	say(`STARTEX, ${fixed(rate)} times as fast, for ${seconds} s`);
	const cpuBefore = server.cpu();
	await lead('exercise.start', {});
	await lead('clock.setRate', { rate });
	const begun = Date.now();
	while ((players[0]!.clock.at(-1)?.rate ?? 0) !== rate && Date.now() < begun + 10_000) await pause(5);
	const { clock } = players[0]!;
	if (clock.at(-1)?.rate !== rate) throw new Error('nobody was told how fast the clock runs');
	const consoles = staff.map(
		(one, n) => new Console(server, exercise, times, one, !play.staff[n]!.controls, refused)
	);
	const watching = consoles.map((one) => one.run());
	const edits = new Edits();
	const editing = play.teams.slice(0, size.pages).flatMap((team, n) =>
		Array.from({ length: authorsPerPage }, (_, k) => {
			const authors = play.players.filter((one) => one.team === n);
			return edits.write(server, team.notes, authors[k % authors.length]!.cookie);
		})
	);

	// --- the acts of the day, each at a moment of its own
	const logs = new Map<number, { team: number; at: number; answered: boolean }>();
	const messages = new Map<number, { channel: number; by: number; at: number; answered: boolean }>();
	const acts: { at: number; act: () => Promise<unknown> }[] = [];
	const spread = (n: number, act: (n: number) => Promise<unknown>, until = 0.93) => {
		for (let i = 0; i < n; i++)
			acts.push({ at: begun + (0.02 + Math.random() * (until - 0.02)) * seconds * 1000, act: () => act(i) });
	};
	const share = quick ? 0.05 : 1;
	const total = Object.fromEntries(
		Object.entries(totals(size, people.length, hours)).map(([what, n]) => [what, Math.ceil(n * share)])
	) as ReturnType<typeof totals>;
	const anyTeam = () => teams[randomInt(teams.length)]!;
	spread(total.logs, async (n) => {
		const team = randomInt(teams.length);
		const entry = { team, at: Date.now(), answered: false };
		logs.set(firstLog + n, entry);
		entry.answered = (await teams[team]!.log(firstLog + n)) !== null;
	});
	spread(total.messages, async (n) => {
		const channel = randomInt(channels.all.length);
		const { id, members } = channels.all[channel]!;
		const by = members[randomInt(members.length)]!;
		const message = { channel, by, at: Date.now(), answered: false };
		messages.set(firstMessage + n, message);
		const input = { channel: id, text: `Here it is quiet ${marker(firstMessage + n)} so far`, tlp: 'green' };
		try {
			await times.of('command channel.post', () => people[by]!.command('channel.post', input));
			message.answered = true;
		} catch (error) {
			refused.push((error as Error).message);
		}
	});
	spread(total.decisions, () => anyTeam().decide());
	spread(total.tasks, () => anyTeam().task());
	spread(total.incidents, (n) => teams[n % teams.length]!.incident());
	spread(total.requests, () => anyTeam().ask());
	spread(total.questions, () => anyTeam().question());
	// writing takes half a minute, whatever the clock does
	spread(total.reports, (n) => teams[n % teams.length]!.report(), Math.max(0.3, 1 - 60 / seconds));
	spread(
		total.notifications,
		(n) => teams[(n * 7) % teams.length]!.notify(),
		Math.max(0.3, 1 - 60 / seconds)
	);
	const read = (what: string, path: string, every: number, readers: readonly Player[]) =>
		spread(Math.ceil(seconds / every), async () => {
			const reader = readers[randomInt(readers.length)]!;
			const at = Date.now();
			const answer = await get(server, path, reader.cookie);
			if (answer?.status === 200) times.add(what, at, Date.now() - at);
			else if (answer && answer.status < 500) refused.push(`${path}: ${answer.status}`);
		});
	const controllers = staff.filter((_, n) => play.staff[n]!.controls);
	const inNetworks = players.filter((one) => play.teams[one.team]!.level !== 'entity');
	read('situation board', `/api/exercises/${exercise}/situation`, 0.5, inNetworks);
	read('record searched', `/exercises/${exercise}/record/__data.json?text=harbour`, 2, controllers);
	read('wall', `/api/exercises/${exercise}/wall`, 2, controllers);
	spread(Math.ceil(seconds / 2), async () => {
		const one = players[randomInt(players.length)]!;
		const path = `/exercises/${exercise}/teams/${play.teams[one.team]!.id}`;
		await times.of('page of a team, in play', () => get(server, path, one.cookie));
	});
	acts.sort((a, b) => a.at - b.at);
	let next = 0;
	const running = new Set<Promise<unknown>>();
	let mostAtOnce = 0;
	const ticking = setInterval(() => {
		while (next < acts.length && acts[next]!.at <= Date.now()) {
			const task: Promise<unknown> = acts[next++]!.act()
				.catch((error: unknown) => void refused.push(String(error)))
				.finally(() => running.delete(task));
			running.add(task);
			mostAtOnce = Math.max(mostAtOnce, running.size);
		}
	}, 10);

	// --- the course: bursts, modes, a kill
	const byHand: { marker: number; at: number }[] = [];
	const release = (n: number) => {
		const one = play.toAll[n]!;
		byHand.push({ marker: one.marker, at: Date.now() });
		return lead('inject.release', { inject: one.id });
	};
	const at = async (part: number) => pause(Math.max(0, begun + part * seconds * 1000 - Date.now()));
	const csirts = channels.networks.get('technical');
	const [first, second] = teams.filter((team) => team.level === 'technical');
	const step = async (to: string) => {
		if (!csirts || !first || !second) return;
		await first.act(first.lead, 'mode.propose', {
			channel: csirts,
			to,
			reason: 'Several countries are hit.'
		});
		await second.act(second.lead, 'mode.decide', { channel: csirts, to, agree: true, reason: 'Agreed.' });
	};
	await at(0.2);
	await release(0);
	await at(0.3);
	await step('alert');
	await at(0.45);
	await release(1);
	await at(0.6);
	say('SIGKILL');
	const third = release(2);
	await pause(5);
	const killedAt = Date.now();
	const cpuAtKill = server.cpu() - cpuBefore;
	times.outage = { from: killedAt - 11_000, to: Infinity };
	await server.kill();
	await server.run();
	const upAt = Date.now();
	await third;
	const backBy = Date.now() + 60_000;
	while (!people.every((one) => one.isHere && one.backAt > 0) && Date.now() < backBy) await pause(50);
	const allBackAt = Math.max(...people.map((one) => one.backAt));
	const stillAway = people.filter((one) => !one.isHere).length;
	times.outage.to = allBackAt + 1500;
	say(`everybody back after ${fixed((allBackAt - killedAt) / 1000)} s`);
	await at(0.75);
	await step('full');
	await at(0.85);
	await release(3);
	await at(1);
	clearInterval(ticking);
	say('the last acts end');
	await Promise.all(running);
	await Promise.all(teams.map((team) => team.settled()));
	const behind = () =>
		play.scheduled.some(({ marker: id, teams: to }) =>
			to.some((team) => teams[team]!.players.some((one) => !one.seen.has(id)))
		);
	const caughtUpBy = Date.now() + 30_000;
	while (behind() && Date.now() < caughtUpBy) await pause(50);
	const waitedFor = Date.now() - (begun + seconds * 1000);

	say('stop');
	const stopAt = Date.now();
	await lead('exercise.stop', { reason: 'measured' });
	const told = Date.now() + 10_000;
	while (people.some((one) => one.stoppedAt === 0) && Date.now() < told) await pause(10);
	for (const one of people) times.add('stop on every screen', stopAt, (one.stoppedAt || Infinity) - stopAt);
	edits.end();
	for (const one of consoles) one.end();
	await Promise.all([...editing, ...watching]);
	await lead('exercise.liftStop', { to: 'ended' });

	say('ENDEX: the after-action report, while others read');
	const reading = each(people.slice(0, readersAtTheEnd), 20, async (one) => {
		const place = one.team >= 0 ? `teams/${play.teams[one.team]!.id}` : 'control';
		await times.of('page, after ENDEX', () => get(server, `/exercises/${exercise}/${place}`, one.cookie));
	});
	const report = await times.of('after-action report (DOCX)', () =>
		get(server, `/exercises/${exercise}/record/report.docx`, director)
	);
	if (report?.status !== 200) refused.push(`report.docx: ${report?.status}`);
	const exported = await times.of('record (CSV)', () =>
		get(server, `/exercises/${exercise}/record/export.csv`, director)
	);
	if (exported?.status !== 200) refused.push(`export.csv: ${exported?.status}`);
	await reading;

	// --- what came when
	let unseen = 0;
	const seenBy = (id: number, at: number, what: string, readers: Iterable<Player>) => {
		for (const one of readers) {
			const seen = one.seen.get(id);
			if (seen === undefined) unseen++;
			else times.add(what, at, seen - at);
		}
	};
	for (const one of play.scheduled) {
		const due = wallTimeOf(clock, play.startsAt + one.afterMs)!;
		seenBy(
			one.marker,
			due,
			'scheduled inject to a player',
			one.teams.flatMap((team) => teams[team]!.players)
		);
	}
	for (const one of byHand) seenBy(one.marker, one.at, 'release to all by hand to a player', players);
	for (const [id, one] of logs)
		if (one.answered) seenBy(id, one.at, 'log entry to the team', teams[one.team]!.players);
	for (const [id, one] of messages)
		if (one.answered)
			seenBy(
				id,
				one.at,
				'message to a member of the channel',
				channels.all[one.channel]!.members.map((place) => people[place]!)
			);
	for (const { at: sent, took } of edits.toOthers) times.add('keystroke to another author', sent, took);

	// --- what is there in the end, read anew
	say('reading everything again');
	const { lost, twice, editsLost, editsSaved } = await whatIsThere(server, play, channels, people, {
		injects: (team) => [
			...play.scheduled.filter((one) => one.teams.includes(team)).map((one) => one.marker),
			...byHand.map((one) => one.marker)
		],
		logs,
		messages,
		edits
	});
	for (const one of people) one.close();

	const kinds = new Map<string, number>();
	for (const one of refused) kinds.set(one, (kinds.get(one) ?? 0) + 1);
	for (const [sentence, n] of [...kinds].slice(0, 10)) say(`${n} x ${sentence}`);
	const goals: Goal[] = [
		...times.goal('scheduled inject to a player', 0.95, 2000),
		...times.goal('scheduled inject to a player', 0.99, 5000),
		...times.goal('release to all by hand to a player', 0.95, 2000),
		...times.goal('release to all by hand to a player', 0.99, 5000),
		...times.goal('keystroke to another author', 0.95, 500),
		...times.goal('log entry to the team', 0.95, 1000),
		...times.goal('stop on every screen', 0.99, 2000),
		...times.goal('board, first load', 0.95, 3000),
		...times.goal('situation board', 0.95, 3000),
		...times.goal('record searched', 0.95, 1000),
		...atMost('everybody back after the kill', (allBackAt - killedAt) / 1000, 60, 's'),
		none('deliveries, answered log entries and messages lost', lost),
		none('deliveries, log entries and messages twice', twice),
		none('not seen by somebody who should have', unseen),
		none('changes called saved and lost', editsLost),
		none('people who did not come back', stillAway),
		none('refused or failed', refused.length)
	];
	return {
		title: `${fixed(hours)} hours of a day of size ${name} in ${fixed(seconds / 60)} minutes`,
		notes: [
			`The first ${fixed(hours)} hours with the totals of DOMAIN's section 10, the clock ${fixed(rate)} times as fast, so every rate is ${fixed(rate)} times that of a real day. ${people.length} people with an event socket, their timelines and channels; ${staff.length} consoles that read the board at most every 3 s; pages are served by the same process. SIGKILL and a new start at 60 %: figures from 11 s before it until everybody is back stand apart.`
		],
		tables: [
			{
				title: 'The day',
				head: ['figure', 'value'],
				rows: [
					['people, teams, channels', `${people.length}, ${play.teams.length}, ${channels.all.length}`],
					['everybody in after, s', fixed(connected / 1000)],
					['acts of people', String(acts.length)],
					['of them messages, log entries', `${messages.size}, ${logs.size}`],
					['saved changes in pages', String(editsSaved)],
					['acts under way at once, at most', String(mostAtOnce)],
					['the last act ended after the end, s', fixed(waitedFor / 1000)],
					['CPU until the kill, share of a core', fixed(cpuAtKill / (killedAt - begun))],
					['killed to listening again, ms', fixed(upAt - killedAt)],
					['killed to everybody back, ms', fixed(allBackAt - killedAt)]
				]
			},
			{ title: 'Waits, ms', head: ['what', 'number', 'p50', 'p95', 'p99', 'last'], rows: times.rows() }
		],
		goals,
		figures: { refused: [...kinds] }
	};
}
