import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventLimits } from '#server/events/limits.ts';
import { eventually } from '../support/eventually.ts';
import { Listener } from '../support/listener.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { planCentral, planGreek } from './probe/plan.ts';
import { readable } from './probe/readable.ts';
import { ProbeScene } from './probe/scene.ts';

/*
 * [P1] The same probe on open sockets: who may not see it listens to the exercise while all of it is planned, and opens
 * every document by name.
 */
let server: TestServer;
let scene: ProbeScene;
/** every event that each heard, as it came */
const heard = new Map<string, string[]>();
let listeners: Listener[];

async function listen(who: string, person: Parameters<typeof Listener.join>[1]): Promise<Listener> {
	const listener = await Listener.join(server.url, person, scene.exercise.id);
	const events: string[] = [];
	heard.set(who, events);
	listener.socket.onAny((...event) => events.push(JSON.stringify(event)));
	return listener;
}

beforeAll(async () => {
	server = await startTestServer();
	scene = await ProbeScene.create(server);
	const members = scene.prying.filter(({ who }) => who !== 'a stranger' && who !== 'nobody');
	listeners = await Promise.all(
		[...members, { who: 'the director', person: scene.people.director }].map(({ who, person }) =>
			listen(who, person!)
		)
	);
	// the word of their own memberships may still be under way: another one, then all of it is heard
	await scene.exercise.member('Late', { role: 'observer' });
	await eventually(() => listeners.every((one) => one.told('rights') > 0), 'the word of a new membership');
	await wait(2 * eventLimits.gatherMs);
	for (const events of heard.values()) events.length = 0;
	await planCentral(scene);
	await planGreek(scene);
	// what was gathered leaves together: when everybody has heard of this, nothing of before it is still to come
	const { exercise, actor } = await scene.open(scene.people.director);
	await server.services.readiness.communication.start(exercise, actor, {
		text: 'Are you there?',
		minutes: 5
	});
	await eventually(() => listeners.every((one) => one.told('check') > 0), 'the word of a check at everybody');
}, 120_000);
afterAll(async () => {
	for (const listener of listeners) listener.close();
	await server.close();
});

test('[P1] [P2] who is outside hears nothing while an exercise is planned; planners elsewhere, that something is new', async () => {
	const topics = (who: string) => [
		...new Set(
			heard.get(who)!.flatMap((event) => {
				const [name, body] = JSON.parse(event) as [string, { topics?: string[] }];
				return name === 'changed' ? body.topics! : [name];
			})
		)
	];
	expect(topics('the director')).toEqual(expect.arrayContaining(['script', 'board', 'readiness', 'check']));
	for (const { who, hidden } of scene.prying) {
		const events = heard.get(who);
		if (!events) continue;
		expect([who, scene.planted.in(events.join('\n'))]).toEqual([who, []]);
		const known = hidden.includes('central')
			? ['check']
			: ['check', 'script', 'board', 'readiness', 'presence'];
		expect([who, topics(who).filter((topic) => !known.includes(topic))]).toEqual([who, []]);
	}
	await expect(Listener.join(server.url, scene.people.stranger, scene.exercise.id)).rejects.toThrow(
		'may not join'
	);
	for (const person of [scene.people.player, scene.people.italianPlanner, scene.people.italianModerator])
		await expect(Listener.join(server.url, person, scene.ids.rehearsal)).rejects.toThrow('may not join');
});

test('[P1] [P2] no document that opens holds what its reader may not see, and those of planning open to planners alone', async () => {
	const names = await scene.documents();
	expect(names.length).toBeGreaterThan(30);
	const opened = new Map<string, string[]>();
	const seen = new Set<string>();
	const read = async (who: string, cookie: string) => {
		const bytes: [string, string][] = [];
		for (const name of names) {
			const client = await RawClient.synced({ url: server.url, name, cookie }).catch(() => null);
			if (!client) continue;
			bytes.push([name, readable(Buffer.concat(client.received).toString('latin1'))]);
			client.close();
		}
		const own = `exercise/${scene.exercise.id}/`;
		opened.set(
			who,
			bytes.map(([name]) => (name.startsWith(own) ? name.slice(own.length) : 'elsewhere'))
		);
		return bytes;
	};
	for (const [who, person] of [
		['director', scene.people.director],
		['Greek planner', scene.people.greekPlanner]
	] as const)
		for (const [, text] of await read(who, person.cookie))
			for (const { label } of scene.planted.in(text)) seen.add(label);
	// the control: every scope shows in documents, from the first text to the one that was rehearsed
	for (const label of [
		'central firsttitle',
		'narrow firstbody',
		'planning truth',
		'greek origintitle',
		'greek variantother'
	])
		expect(seen, label).toContain(label);
	for (const { who, person, hidden } of scene.prying) {
		if (!person) continue;
		for (const [name, text] of await read(who, person.cookie))
			expect([who, name, scene.planted.leaked(text, hidden)]).toEqual([who, name, []]);
	}
	const planning = (who: string) =>
		opened.get(who)!.filter((name) => /^(script|scenario|timeline\/(control|channel\/[A-Z]))/.test(name));
	for (const who of ['a player who plans elsewhere', 'an Italian player', 'an observer'])
		expect([who, planning(who)]).toEqual([who, []]);
	expect(opened.get('a stranger')).toEqual([]);
	expect(planning('an Italian planner')).toEqual(['scenario', 'script/IT', 'script/central']);
	expect(planning('an Italian moderator')).toEqual(['script/IT', 'timeline/channel/IT/0']);
	// a rehearsal opens to who made it
	for (const who of ['an Italian player', 'an observer', 'an Italian planner', 'an Italian moderator'])
		expect([who, opened.get(who)!.includes('elsewhere')]).toEqual([who, false]);
	expect(opened.get('Greek planner')).toContain('elsewhere');
}, 120_000);

test('[P1] without a session no document opens, and a name that is none is answered as one that is not open', async () => {
	const status = (name: string, cookie?: string) =>
		RawClient.open({ url: server.url, name, ...(cookie && { cookie }) }).then(
			() => 101,
			(error: { status: number }) => error.status
		);
	// in the other exercise the player is a planner, and may
	const names = (await scene.documents()).filter((name) =>
		name.startsWith(`exercise/${scene.exercise.id}/script/`)
	);
	expect(names.length).toBeGreaterThan(1);
	for (const name of names) {
		expect(await status(name), name).toBe(401);
		expect(await status(name, scene.people.player.cookie), name).toBe(
			await status(name.replace(/script\/\w+$/, 'script/MT'), scene.people.player.cookie)
		);
	}
});
