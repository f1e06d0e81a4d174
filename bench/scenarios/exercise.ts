import { randomInt } from 'node:crypto';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { command, each, pause, readWhole } from '../drive.ts';
import { authorsPerPage, Edits } from '../edits.ts';
import { marker, readMarkers } from '../events.ts';
import type { PlayPlan } from '../play.ts';
import { Player } from '../players.ts';
import { atMost, fixed, none, say, type Options, type Section } from '../report.ts';
import { withServers, type MeasuredServer } from '../servers.ts';
import { sizes, type Size } from '../sizes.ts';
import { percentile } from '../statistics.ts';

/** markers of log entries, apart from those of injects and of what is written in pages */
const firstLog = 1_000_000;
const opening = 100;

/** A whole exercise, its hours pressed into a minute: the peak of DOMAIN's section 10 all the time, and a kill in the middle. */
export async function exercise({ exercise: name, quick }: Options): Promise<Section> {
	const size = sizes[name];
	if (!size) throw new Error('an exercise is of size S, M, L or XL');
	const seconds = quick ? 20 : 60;
	const everyMs = (size.teamsPerInject / size.deliveriesPerSecond) * 1000;
	const firstAfterMs = 3000;
	const plan: PlayPlan = {
		...size,
		scheduled: {
			count: Math.min(size.injects - 5, Math.floor((seconds * 1000 - firstAfterMs - 2000) / everyMs)),
			firstAfterMs,
			everyMs: Math.round(everyMs)
		},
		toAll: 4
	};
	return withServers(['ours'], async ([server]) => play(server!, name, plan, size, seconds));
}

async function play(
	server: MeasuredServer,
	name: string,
	plan: PlayPlan,
	size: Size,
	seconds: number
): Promise<Section> {
	say(`making an exercise of size ${name}`);
	const made = await server.ask('play', plan);
	const players = [
		...made.players.map(
			({ cookie, team }, n) =>
				new Player(server, n, { cookie, team, exercise: made.exercise, pages: [made.teams[team]!.timeline] })
		),
		...made.staff.map(
			({ cookie }, n) =>
				new Player(server, made.players.length + n, {
					cookie,
					team: -1,
					exercise: made.exercise,
					pages: []
				})
		)
	];
	const ofTeam = made.teams.map((_, team) => players.filter((one) => one.team === team));
	say(`connecting ${players.length} people`);
	const connecting = performance.now();
	await each(players, opening, (one) => one.connect());
	const connected = performance.now() - connecting;

	say('STARTEX');
	const cpuBefore = server.cpu();
	await command(server, made.exercise, made.director, 'exercise.start', {});
	const pulsed = Date.now() + 10_000;
	while (players[0]!.startedAt === 0 && Date.now() < pulsed) await pause(1);
	const { startedAt } = players[0]!;
	if (startedAt === 0) throw new Error('nobody was told of STARTEX');
	const edits = new Edits();
	const editing = made.teams.slice(0, size.pages).flatMap((team, n) =>
		Array.from({ length: authorsPerPage }, (_, k) => {
			const authors = made.players.filter((one) => one.team === n);
			return edits.write(server, team.notes, authors[k % authors.length]!.cookie);
		})
	);

	// log entries by anybody, all the time
	const logs = new Map<number, { team: number; at: number; answered: number }>();
	const refused: string[] = [];
	const logging: Promise<void>[] = [];
	let nextLog = firstLog;
	const logTimer = setInterval(() => {
		const author = players[randomInt(made.players.length)]!;
		const id = nextLog++;
		const entry = { team: author.team, at: Date.now(), answered: 0 };
		logs.set(id, entry);
		logging.push(
			author
				.command('log.add', {
					team: made.teams[author.team]!.id,
					log: 'note',
					text: `Seen ${marker(id)} by us`
				})
				.then(
					() => void (entry.answered = Date.now()),
					(error: unknown) => void refused.push(String(error))
				)
		);
	}, 1000 / size.logsPerSecond);

	// by hand, to everybody: the third one is under way when the server is killed
	const byHand: { marker: number; at: number }[] = [];
	const release = (n: number) => {
		const one = made.toAll[n]!;
		byHand.push({ marker: one.marker, at: Date.now() });
		return command(server, made.exercise, made.director, 'inject.release', { inject: one.id });
	};
	const at = async (share: number) => pause(Math.max(0, startedAt + share * seconds * 1000 - Date.now()));
	await at(0.2);
	await release(0);
	await at(0.4);
	await release(1);
	await at(0.5);
	say('SIGKILL');
	const third = release(2);
	await pause(5);
	const killedAt = Date.now();
	const cpuAtKill = server.cpu() - cpuBefore;
	await server.kill();
	const wasKilled = Date.now();
	await server.run();
	const upAt = Date.now();
	const atUp = { all: server.cpu(), own: server.ownCpu() };
	await third;
	const backBy = Date.now() + 60_000;
	while (!players.every((one) => one.isHere && one.backAt > 0) && Date.now() < backBy) await pause(50);
	const allBackAt = Math.max(...players.map((one) => one.backAt));
	const crowd = { all: server.cpu() - atUp.all, own: server.ownCpu() - atUp.own };
	const stillAway = players.filter((one) => !one.isHere).length;
	await at(0.8);
	await release(3);
	await at(1);
	clearInterval(logTimer);
	await Promise.all(logging);
	// a slow machine gets time to release what became due during the outage: the stop would leave it unreleased
	const caughtUpBy = Date.now() + 30_000;
	const behind = () =>
		made.scheduled.some(({ marker: id, teams }) =>
			teams.some((team) => ofTeam[team]!.some((one) => !one.seen.has(id)))
		);
	while (behind() && Date.now() < caughtUpBy) await pause(50);
	await pause(1500);

	say('stop');
	const stopAt = Date.now();
	await command(server, made.exercise, made.director, 'exercise.stop', { reason: 'measured' });
	const told = Date.now() + 10_000;
	while (players.some((one) => one.stoppedAt === 0) && Date.now() < told) await pause(10);
	edits.end();
	await Promise.all(editing);

	// --- what came when
	const disturbed = (moment: number) => moment > killedAt - 1500 && moment < allBackAt + 1500;
	const calm: number[] = [];
	const hand: number[] = [];
	const inKill: number[] = [];
	let unseen = 0;
	/** each delivery: when it was due, and how late it came */
	const course: [number, number][] = [];
	const note = (marker: number, due: number, teams: readonly number[], into: number[]) => {
		for (const team of teams)
			for (const one of ofTeam[team]!) {
				const seen = one.seen.get(marker);
				if (seen === undefined) unseen++;
				else {
					(disturbed(due) ? inKill : into).push(seen - due);
					course.push([due - startedAt, seen - due]);
				}
			}
	};
	const everyTeam = made.teams.map((_, n) => n);
	for (const one of made.scheduled) note(one.marker, startedAt + one.afterMs, one.teams, calm);
	for (const one of byHand) note(one.marker, one.at, everyTeam, hand);
	const toTeam: number[] = [];
	for (const [id, entry] of logs)
		for (const one of ofTeam[entry.team]!) {
			const seen = one.seen.get(id);
			if (seen === undefined) unseen++;
			else if (!disturbed(entry.at)) toTeam.push(seen - entry.at);
		}
	const nextAt =
		startedAt +
		Math.min(...course.filter(([due]) => due > wasKilled - startedAt).map(([due, late]) => due + late));
	const stops = players.map((one) => (one.stoppedAt === 0 ? Infinity : one.stoppedAt - stopAt));

	// --- what is there in the end, read anew
	say('reading every timeline and page again');
	let lost = 0;
	let twice = 0;
	let deliveries = 0;
	await each(made.teams, 20, async (team, n) => {
		const cookie = made.players.find((one) => one.team === n)!.cookie;
		const counts = new Map<number, number>();
		for (const entry of timelineEntries(await readWhole(server, team.timeline, cookie)).values())
			readMarkers(Buffer.from(JSON.stringify(entry)), (id) => counts.set(id, (counts.get(id) ?? 0) + 1));
		const expected = [
			...made.scheduled.filter((one) => one.teams.includes(n)).map((one) => one.marker),
			...byHand.map((one) => one.marker),
			...[...logs].filter(([, entry]) => entry.team === n && entry.answered > 0).map(([id]) => id)
		];
		for (const id of expected) {
			if (!counts.has(id)) lost++;
			if (id < firstLog) deliveries++;
		}
		for (const count of counts.values()) twice += count - 1;
	});
	let editsLost = 0;
	let editsSaved = 0;
	await each([...edits.saved], 20, async ([document, ids]) => {
		const n = made.teams.findIndex((team) => team.notes === document);
		const doc = await readWhole(server, document, made.players.find((one) => one.team === n)!.cookie);
		const there = new Set(doc.getMap('events').keys());
		editsSaved += ids.length;
		for (const id of ids) if (!there.has(`event-${id}`)) editsLost++;
	});
	for (const one of players) one.close();

	const ms = (list: number[], share: number) => percentile(list, share);
	const rows: [string, string][] = [
		['people connected', String(players.length)],
		['teams, injects in the script', `${made.teams.length}, ${plan.injects}`],
		['all connected after, s', fixed(connected / 1000)],
		['deliveries (scheduled and by hand)', String(deliveries)],
		['log entries', String(logs.size)],
		['saved changes in pages', String(editsSaved)],
		['CPU until the kill, share of a core', fixed(cpuAtKill / (killedAt - startedAt))],
		[
			'scheduled release to a player, p50 / p95 / p99, ms',
			[0.5, 0.95, 0.99].map((s) => fixed(ms(calm, s))).join(' / ')
		],
		[
			'release to all by hand to a player, p50 / p95 / p99, ms',
			[0.5, 0.95, 0.99].map((s) => fixed(ms(hand, s))).join(' / ')
		],
		['log entry to the team, p50 / p95, ms', [0.5, 0.95].map((s) => fixed(ms(toTeam, s))).join(' / ')],
		[
			'stop on every screen, p50 / p99 / last, ms',
			[0.5, 0.99, 1].map((s) => fixed(ms(stops, s))).join(' / ')
		],
		['killed to listening again, ms', fixed(upAt - wasKilled)],
		['killed to the next release on a screen, ms', fixed(nextAt - wasKilled)],
		['killed to everybody back, ms', fixed(allBackAt - wasKilled)],
		[
			'CPU from listening to everybody back, s: all / without PostgreSQL',
			`${fixed(crowd.all / 1000)} / ${fixed(crowd.own / 1000)}`
		],
		['due around the kill: p95 / last, ms', `${fixed(ms(inKill, 0.95))} / ${fixed(ms(inKill, 1))}`],
		['commands refused', String(refused.length)]
	];
	if (refused.length > 0) say(refused[0]!);
	return {
		title: `A whole exercise, size ${name}`,
		notes: [
			`DOMAIN's sizes with the peak rates all the time for ${seconds} s; event socket and team timeline for each player; SIGKILL and a new start in the middle, with a release to all under way. Figures of releases and entries within 1.5 s of the outage stand apart.`
		],
		tables: [{ title: 'Found', head: ['figure', 'value'], rows }],
		goals: [
			...atMost('scheduled release to visible, p95', ms(calm, 0.95), 2000, 'ms'),
			...atMost('scheduled release to visible, p99', ms(calm, 0.99), 5000, 'ms'),
			...atMost('release to all by hand to visible, p95', ms(hand, 0.95), 2000, 'ms'),
			...atMost('log entry to team, p95', ms(toTeam, 0.95), 1000, 'ms'),
			...atMost('stop on every screen, p99', ms(stops, 0.99), 2000, 'ms'),
			...atMost('everybody back after the kill', (allBackAt - wasKilled) / 1000, 60, 's'),
			none('deliveries and answered log entries lost', lost),
			none('deliveries and log entries twice', twice),
			none('never seen by a player who should have', unseen),
			none('changes called saved and lost', editsLost),
			none('people who did not come back', stillAway),
			none('commands refused', refused.length)
		],
		figures: { rows, scheduled: calm, hand, toTeam, stops, inKill, course }
	};
}
