import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CountryCode } from '#lib/standards/countries.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/* The review of a real incident goes out when every state that it hit has said yes: silence is no consent. */
let server: TestServer;
let room: TestExercise;
let greek: Person;
let italian: Person;

beforeAll(async () => {
	server = await startTestServer();
	room = await TestExercise.openRoom(server, 'Harbour outage');
	const team = await room.team('GR CSIRT');
	await room.team('IT CSIRT', 'IT');
	greek = await room.member('Greek coordinator', { role: 'moderator', country: 'GR' });
	italian = await room.member('Italian coordinator', { role: 'moderator', country: 'IT' });
	const lead = await room.member('Greek lead', { role: 'player', teamId: team.id, lead: true });
	await room.must(lead, 'incident.open', {
		team: team.id,
		content: {
			title: 'Quay system stands still',
			impacts: [
				{ country: 'GR', sector: 'transport', severity: 'red' },
				{ country: 'IT', sector: 'transport', severity: 'yellow' }
			]
		}
	} as never);
	await room.must(room.director, 'exercise.end', {});
});
afterAll(() => server.close());

const versions = () => server.services.views.aar;
async function freeze(): Promise<{ version: number; sha256: string }> {
	const { exercise, actor } = await server.services.exercises.open(room.id, room.director);
	const { next } = await versions().report(server.services, exercise, actor);
	const { number } = await versions().freezeReport(server.services, exercise, actor, {
		extent: 'public',
		country: null,
		number: next ?? 1
	});
	const { rows } = await server.services.database.pool.query<{ sha256: string }>(
		'select sha256 from report_version where exercise_id = $1 and number = $2',
		[room.id, number]
	);
	return { version: number, sha256: rows[0]!.sha256 };
}
const publish = (version: { version: number; sha256: string }) =>
	room.send(room.director, 'aar.publish', version);
const circulate = (version: number, silence: boolean, wait = 3_600_000) =>
	room.must(room.director, 'aar.circulate', {
		version,
		countries: ['GR', 'IT'],
		deadline: Date.now() + wait,
		silence
	});
const agree = (who: Person, country: CountryCode, version: { version: number; sha256: string }) =>
	room.must(who, 'aar.agree', { ...version, country });

describe('[P11] publishing the review of a real incident', () => {
	test('nobody was asked, one state has not answered, only silence: each is refused, and names who is missing', async () => {
		const version = await freeze();
		expect(await publish(version)).toMatchObject({
			ok: false,
			error: { code: 'not-now', details: { missing: ['GR', 'IT'] } }
		});
		await circulate(version.version, true, 1500);
		await agree(greek, 'GR', version);
		await new Promise((resolve) => setTimeout(resolve, 1700));
		// silence was announced to count, and does not: this is real
		expect(await publish(version)).toMatchObject({
			ok: false,
			error: { code: 'not-now', details: { missing: ['IT'] } }
		});
	});

	test('with the consent of all it goes out; a state that is named afterwards is asked first', async () => {
		const draft = await freeze();
		await circulate(draft.version, false);
		await agree(greek, 'GR', draft);
		await agree(italian, 'IT', draft);
		await room.must(room.director, 'affected.name', { country: 'CY', reason: 'Its ferries wait' });
		expect(await publish(draft)).toMatchObject({ ok: false, error: { details: { missing: ['CY'] } } });
		await room.must(room.director, 'affected.takeBack', { country: 'CY', reason: 'They found the cause' });
		const final = await freeze();
		expect(final.sha256).toBe(draft.sha256);
		expect(await publish(final)).toMatchObject({ ok: true });
	});
});
