import { afterEach, beforeEach, expect, test } from 'vitest';
import { segmentLimit } from '#lib/exercise/timeline.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { EntryId } from '#lib/exercise/ids.ts';
import { writeTimelines } from '#server/timelines/write.ts';
import { Cluster } from '../support/cluster.ts';
import { toAll, type Person } from '../support/exercise.ts';

let cluster: Cluster;
let team: Team;
let away: Person;
let present: Person[];

beforeEach(async () => {
	cluster = await Cluster.start();
	team = await cluster.exercise.team('GR CSIRT');
	away = await cluster.exercise.member('Away', { role: 'player', teamId: team.id });
	present = await Promise.all(
		['Anna', 'Bert', 'Cleo', 'Dora', 'Emil'].map((name) =>
			cluster.exercise.member(name, { role: 'player', teamId: team.id })
		)
	);
});
afterEach(() => cluster.stop());

/** As many entries of a team's log as nearly fill its timeline, in one transaction: 2,000 commands would take a minute. */
async function nearlyFill(): Promise<void> {
	const { services, id } = { services: cluster.services, id: cluster.exercise.id };
	const stored = await services.database.db.transaction((tx) =>
		writeTimelines(
			tx,
			id,
			Array.from({ length: segmentLimit - 20 }, (_, i) => ({
				fact: { kind: 'log-added' as const, team: team.id, log: 'log' as never, text: `earlier ${i}` },
				by: { account: away.id, name: away.name },
				wallAt: Date.now(),
				exerciseAt: Date.UTC(2026, 5, 10, 7) + i
			})),
			{ team: () => team, referenceOf: () => '', actOf: () => 1 }
		)
	);
	services.documents.announce(stored);
}

test('[R3] [P3] half an hour offline: own changes arrive once, those of others are there, and the timeline goes on in its next segment', async () => {
	const { exercise } = cluster;
	const [inject] = await exercise.approved({ title: 'One', reference: 'R-1', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
	await nearlyFill();
	const notes = exercise.notes(team.id);
	const lost = cluster.peer(away, notes);
	const lostTimeline = cluster.peer(away, exercise.timeline(team.id));
	const others = present.map((person) => cluster.peer(person, notes));
	lost.write('before');
	await cluster.settled();

	lost.goOffline();
	lostTimeline.goOffline();
	for (let i = 0; i < 60; i++) lost.write(`offline ${i}`, i % 2 ? 0 : undefined);
	// enough for a compaction of what the absent browser has not seen
	for (let i = 0; i < 110; i++)
		for (const [o, other] of others.entries()) other.write(`o${o}-${i}`, i % 2 ? 0 : undefined);
	await cluster.send(cluster.nodes[0]!, exercise.director, 'inject.release', { inject: inject!.id });
	for (let i = 0; i < 40; i++) {
		const text = `entry ${i}`;
		const input = { team: team.id, text };
		const answer = await cluster.send(cluster.nodes[0]!, present[0]!, 'log.add', input, { mark: text });
		expect(answer?.ok).toBe(true);
	}
	await cluster.settled(others);
	expect(
		await cluster.query('select 1 from document where closed_at is not null and timeline like $1', [
			`%/team/${team.id}`
		])
	).toHaveLength(1);
	// the half hour is not waited for: the session is half an hour older
	await cluster.query(`update session set expires_at = expires_at - interval '30 minutes',
		ends_at = ends_at - interval '30 minutes', created_at = created_at - interval '30 minutes'`);

	lost.connect();
	lostTimeline.connect();
	const next = cluster.peer(away, exercise.timeline(team.id, 1));
	await cluster.settled();
	const marks = new Set(lost.doc.getArray<string>('marks').toArray());
	for (const other of others) for (const mark of other.own.keys()) expect(marks.has(mark)).toBe(true);
	for (const other of others) expect(other.seenMarks.has('offline 59')).toBe(true);
	// the full segment ends with where it goes on; together they have everything once
	const entries = [...lostTimeline.seenEntries.values(), ...next.seenEntries.values()];
	const last = [...lostTimeline.seenEntries.values()].find((one) => one.entry.body.kind === 'continued');
	expect(last?.entry.body).toMatchObject({ segment: 1 });
	expect(lostTimeline.seenEntries.size).toBe(segmentLimit);
	const texts = entries.flatMap(({ entry }) => (entry.body.kind === 'log' ? [entry.body.text] : []));
	for (let i = 0; i < 40; i++) expect(texts.filter((text) => text === `entry ${i}`)).toHaveLength(1);
	expect(new Set<EntryId>(entries.map((one) => one.entry.id)).size).toBe(entries.length);
	expect(await cluster.verdict()).toEqual([]);
});
