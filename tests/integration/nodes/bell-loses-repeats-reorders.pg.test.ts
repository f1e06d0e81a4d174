import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import type { MembershipId } from '#server/exercises/memberships.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { Line } from '#server/bell/line.ts';
import { createPostgresLine } from '#server/bell/postgres-line.ts';
import type { Database } from '#server/database/open.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { hearsPulse, Listener } from '../../support/listener.ts';
import { startNodes, type TestNode, type TestNodes } from '../../support/nodes.ts';
import { RawClient } from '../../support/raw-client.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** A small generator whose seed tells a run again (mulberry32). */
function chance(from: number): () => number {
	let state = from;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** A third of what is sent is lost, a third comes twice, all of it late and out of order. */
function broken(database: Database): Line {
	const next = chance(seed);
	const real = createPostgresLine(database);
	const late = async (text: string) => {
		await wait(next() * 600);
		await real.send([text]).catch(() => undefined);
	};
	return {
		...real,
		send: async (texts) => {
			for (const text of texts) {
				const fate = next();
				if (fate < 0.33) continue;
				void late(text);
				if (fate > 0.66) void late(text);
			}
		}
	};
}

/** Nothing arrives at all. */
const dead = (database: Database): Line => ({ ...createPostgresLine(database), send: async () => undefined });

describe.each([
	[`loses, repeats and reorders rings (seed ${seed})`, broken],
	['is dead', dead]
])('[R11] a bell that %s', (_name, line) => {
	let all: TestNodes;
	let a: TestNode;
	let b: TestNode;
	let exercise: TestExercise;
	let team: Team;
	let writer: Person;
	let reader: Person;
	beforeAll(async () => {
		all = await startNodes(2, line);
		[a, b] = all.nodes as [TestNode, TestNode];
		exercise = await TestExercise.create(a);
		team = await exercise.team('GR CSIRT');
		writer = await exercise.member('Writer', { role: 'player', teamId: team.id });
		reader = await exercise.member('Reader', { role: 'player', teamId: team.id });
		await exercise.approved({ title: 'Before STARTEX', to: toAll });
	});
	afterAll(() => all.close());

	test('changes of a page on one node are all read on the other within 5 s, each once', async () => {
		const name = exercise.notes(team.id);
		const here = await RawClient.synced({ url: a.url, name, cookie: writer.cookie });
		const there = await RawClient.synced({ url: b.url, name, cookie: reader.cookie });
		let last = 0;
		for (let i = 0; i < 60; i++) {
			here.edit((doc) => doc.getMap('m').set(`k${i}`, i));
			last = performance.now();
			await wait(10);
		}
		await there.until(() => there.doc.getMap('m').size === 60, 'all changes');
		expect(performance.now() - last).toBeLessThan(5000);
		// once: no frame of a change comes a second time
		const frames = there.received.filter((frame) => frame[0] === 0).map((frame) => frame.toString('hex'));
		expect(new Set(frames).size).toBe(frames.length);
		for (const client of [here, there]) client.close();
	});

	test('state, board and a team’s timeline of one node are right on the other within 5 s', async () => {
		const control = await Listener.join(b.url, exercise.director, exercise.id);
		const player = await Listener.join(b.url, reader, exercise.id);
		const timeline = await RawClient.synced({
			url: b.url,
			name: exercise.timeline(team.id),
			cookie: reader.cookie
		});
		await exercise.must(exercise.director, 'exercise.start', {});
		await expect.poll(() => player.pulses.at(-1)?.state, { timeout: 5000 }).toBe('running');

		const before = control.told('board');
		await exercise.approved({ title: 'Gate outage', to: toAll });
		const [inject] = await exercise.approved({ title: 'Odd logins', to: toAll });
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		await expect.poll(() => control.told('board'), { timeout: 5000 }).toBeGreaterThan(before);
		const shown = () =>
			[...timelineEntries(timeline.doc).values()].filter(
				({ body }) => body.kind === 'inject' && body.inject.title === 'Odd logins'
			);
		await timeline.until(() => shown().length > 0, 'the release');
		expect(shown()).toHaveLength(1);

		for (const one of [control, player]) one.close();
		timeline.close();
	});

	test('[P6] a right taken away on one node ends on the other within 5 s', async () => {
		const person = await exercise.member('Leaver', { role: 'player', teamId: team.id });
		const listener = await Listener.join(b.url, person, exercise.id);
		const witness = await Listener.join(b.url, reader, exercise.id);
		const page = await RawClient.synced({ url: b.url, name: exercise.notes(team.id), cookie: person.cookie });
		const begun = performance.now();
		const { rows } = await a.services.database.pool.query<{ id: MembershipId }>(
			'select id from membership where exercise_id = $1 and account_id = $2',
			[exercise.id, person.id]
		);
		await a.services.exercises.removeMembership(exercise.id, rows[0]!.id, exercise.director.id);
		await page.until(() => page.closed !== null, 'the end of the page');
		expect(performance.now() - begun).toBeLessThan(5000);
		await expect.poll(() => hearsPulse(exercise, listener, witness), { timeout: 5000 }).toBe(false);
		for (const one of [listener, witness]) one.close();
	});

	test('an emergency stop on one node is seen on the other within 5 s', async () => {
		const player = await Listener.join(b.url, reader, exercise.id);
		await exercise.must(exercise.director, 'exercise.stop', { reason: 'Real incident' });
		await expect.poll(() => player.pulses.at(-1)?.state, { timeout: 5000 }).toBe('stopped');
		player.close();
	});
});
