import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import type { Inject } from '#lib/exercise/inject/schema.ts';
import {
	addInject,
	injectFingerprint,
	newInject,
	readScript,
	scriptInjects
} from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { TestExercise, toAll } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let own: TestExercise;
let other: TestExercise;
let approved: Inject;

beforeAll(async () => {
	server = await startTestServer();
	own = await TestExercise.create(server);
	other = await TestExercise.create(server);
	await own.team('GR CSIRT');
	await other.team('IT CSIRT', 'IT');
	[approved] = (await own.approved({ title: 'What was approved', reference: 'X-1', to: toAll })) as [Inject];
});
afterAll(() => server.close());

test('[P1] an id of another exercise, written into a script, opens and changes nothing there', async () => {
	const name = documentName({ exercise: other.id, kind: 'script', cell: 'central' });
	await server.services.documents.edit(name, other.director.id, (doc) => {
		addInject(doc, newInject(approved.id, { title: 'Forged', to: toAll }), 'a0');
	});
	const [forged] = readScript(await server.services.documents.read(name));
	const input = {
		cell: 'central' as const,
		injects: [{ inject: approved.id, fingerprint: injectFingerprint(forged!) }]
	};
	const rows = () =>
		server.services.database.pool.query(
			'select i.*, v.content from inject i join inject_version v on v.inject_id = i.id'
		);
	const before = (await rows()).rows;
	for (const command of ['inject.submit', 'inject.approve'] as const) {
		const answer = await other.send(other.director, command, input);
		expect(answer.ok ? 'done' : answer.error.code).toBe('not-found');
	}
	expect((await rows()).rows).toEqual(before);
});

test('[P5] a new version of a held inject stays held until a controller lifts it', async () => {
	const [held] = (await own.approved({ title: 'Held', reference: 'X-2', to: toAll })) as [Inject];
	await own.must(own.director, 'exercise.start', {});
	await own.must(own.director, 'inject.hold', { inject: held.id });
	const name = documentName({ exercise: own.id, kind: 'script', cell: 'central' });
	await server.services.documents.edit(name, own.director.id, (doc) => {
		scriptInjects(doc).get(held.id)!.set('title', 'Held, with better words');
	});
	const page = readScript(await server.services.documents.read(name)).find((one) => one.id === held.id)!;
	await own.must(own.director, 'inject.approve', {
		cell: 'central',
		injects: [{ inject: held.id, fingerprint: injectFingerprint(page) }]
	});
	const state = async () =>
		(await server.services.database.pool.query('select state, version from inject where id = $1', [held.id]))
			.rows[0];
	expect(await state()).toEqual({ state: 'held', version: 2 });
	await own.must(own.director, 'inject.liftHold', { inject: held.id });
	expect(await state()).toEqual({ state: 'ready', version: 2 });
});

test('a character that the database cannot hold, in a page, an input or a comment, stops nothing', async () => {
	const [inject] = await own.approved({
		title: 'Nul\0 title',
		from: 'Half \ud800',
		body: richTextFromText('Nul\0 text'),
		to: toAll
	});
	const { rows } = await server.services.database.pool.query<{ content: unknown }>(
		'select content from inject_version where inject_id = $1',
		[inject!.id]
	);
	expect(JSON.stringify(rows)).toContain('Nul title');
	expect(JSON.stringify(rows)).toContain('Nul text');
	await own.must(own.director, 'inject.hold', { inject: inject!.id, reason: 'Not\0 needed' });
	const { exercises, comments } = server.services;
	const { exercise, actor } = await exercises.open(own.id, { id: own.director.id });
	await comments.add(exercise, actor, 'central', { inject: approved.id, text: 'Is\0 it?', mentions: [] });
	expect((await comments.list(exercise, actor, 'central')).comments.map(({ text }) => text)).toContain(
		'Is it?'
	);
});
