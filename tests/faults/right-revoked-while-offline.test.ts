import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { MembershipId } from '#server/exercises/memberships.ts';
import { Cluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { Person } from '../support/exercise.ts';
import { marksOf } from '../support/peer.ts';

let cluster: Cluster;
let team: Team;
let gone: Person;
let stays: Person;

beforeEach(async () => {
	cluster = await Cluster.start({ nodes: 2 });
	team = await cluster.exercise.team('GR CSIRT');
	gone = await cluster.exercise.member('Gone', { role: 'player', teamId: team.id });
	stays = await cluster.exercise.member('Stays', { role: 'player', teamId: team.id });
});
afterEach(() => cluster.stop());

async function revoke(person: Person): Promise<void> {
	const [row] = await cluster.query<{ id: MembershipId }>('select id from membership where account_id = $1', [
		person.id
	]);
	const { exercise } = cluster;
	await cluster.services.exercises.removeMembership(exercise.id, row!.id, exercise.director.id);
}

test('[P6] [R5] who lost the right while offline gets nothing more, and what was written offline reaches nobody', async () => {
	const name = cluster.exercise.notes(team.id);
	const offline = cluster.peer(gone, name, cluster.nodes[0]!);
	const stillOpen = cluster.peer(gone, name, cluster.nodes[1]!);
	const other = cluster.peer(stays, name, cluster.nodes[0]!);
	offline.write('while it was allowed');
	await cluster.settled();
	offline.goOffline();
	offline.write('written offline');

	const before = Date.now();
	await revoke(gone);
	await stillOpen.until(() => stillOpen.closes.length > 0, 'the open socket on the other node to end');
	expect(Date.now() - before).toBeLessThan(5000);
	other.write('after it was taken away');
	await cluster.settled([other]);

	offline.connect();
	await eventually(() => offline.refusedUpgrades.length > 1, 'the refusal');
	expect(new Set(offline.refusedUpgrades)).toEqual(new Set([404]));
	expect(offline.unsaved).toBe(1);
	for (const peer of [offline, stillOpen])
		expect(marksOf(peer.doc).toArray()).not.toContain('after it was taken away');
	const cold = marksOf(await cluster.services.documents.read(name)).toArray();
	expect(cold).toEqual(['while it was allowed', 'after it was taken away']);
	expect(await cluster.verdict()).toEqual([]);
});

test('[P6] [L24] the bell is dead when the right is taken away: the socket ends within 5 s all the same', async () => {
	const name = cluster.exercise.notes(team.id);
	const open = cluster.nodes.map((node) => cluster.peer(gone, name, node));
	await cluster.settled();
	// nobody rings: the right goes as if the one who took it had been killed after the commit
	await cluster.query('delete from membership where account_id = $1', [gone.id]);
	await cluster.query('update exercise set rights_version = rights_version + 1');
	const before = Date.now();
	for (const peer of open) await peer.until(() => peer.closes.length > 0, 'the end of the socket', 6000);
	expect(Date.now() - before).toBeLessThan(5000);
	expect(await cluster.verdict()).toEqual([]);
});
