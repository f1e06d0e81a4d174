import { afterAll, beforeAll, expect, test } from 'vitest';
import { asOf } from '#lib/exercise/replay/moments.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { databaseNow } from '#server/database/open.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { PlayedExercise } from '../review/played.ts';

let server: TestServer;
let played: PlayedExercise;

beforeAll(async () => {
	server = await startTestServer();
	played = await PlayedExercise.create(server);
}, 120_000);
afterAll(() => server.close());

test('[R14] once names are erased, earlier states of pages are said to be gone, and timelines are still whole', async () => {
	const { play, teams, people } = played;
	const { services } = server;
	const now = () => databaseNow(services.database.db);
	const notes = play.notes(teams.gr.id);
	await services.documents.edit(notes, people.greek.id, (doc) =>
		writeFragment(doc.getXmlFragment('text'), richTextFromText(`Called ${people.lead.name}`))
	);
	const written = await now();
	const timeline = play.timeline(teams.gr.id);
	const entries = async () => [...timelineEntries(await services.documents.read(timeline)).values()];
	const before = asOf(await entries(), written);
	expect(before.length).toBeGreaterThan(3);

	await services.database.pool.query(
		`update exercise set erase_on = current_date, erase_reason = 'test' where id = $1`,
		[play.id]
	);
	expect(await services.erasure.look()).toHaveLength(1);
	// nobody who was in it is in it any more: somebody who studies it later
	const reader = await server.person('Rita Reader');
	await services.exercises.addMembership(play.id, { accountId: reader.id, role: 'controller' }, reader.id);
	const at = async (wall: number) => {
		const { exercise, actor } = await services.exercises.open(play.id, reader);
		return services.replay.page(exercise, actor, `worksheet/${teams.gr.id}/notes`, wall);
	};
	const gone = await at(written);
	expect(gone).toMatchObject({ is: 'gone' });
	expect(gone.is === 'gone' && gone.since).toBeGreaterThan(written);
	expect((await at(await now())).is).toBe('kept');
	const { exercise, actor } = await services.exercises.open(play.id, reader);
	const { goneBefore } = await services.replay.moments(exercise, actor, `worksheet/${teams.gr.id}/notes`);
	expect(goneBefore).toBe(gone.is === 'gone' ? gone.since : null);
	// entries bear their own time: what was there is there, without names
	const after = asOf(await entries(), written);
	expect(after.map(({ id, wallAt }) => [id, wallAt])).toEqual(before.map(({ id, wallAt }) => [id, wallAt]));
});
