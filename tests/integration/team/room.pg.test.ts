import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#lib/errors.ts';
import type { Membership, Team } from '#lib/exercise/exercise/schema.ts';
import type { DeliveryId } from '#lib/exercise/ids.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { pageText, readReport } from '#lib/exercise/report/page.ts';
import { foldRoom } from '#lib/exercise/team/room.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { Inject } from '#lib/exercise/inject/schema.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let greek: Team;
let italian: Team;
let lead: Person;
let player: Person;
let inject: Inject;
let hidden: Inject;

beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	greek = await exercise.team('GR CSIRT', 'GR');
	italian = await exercise.team('IT CSIRT', 'IT');
	lead = await exercise.member('Lead', { role: 'player', teamId: greek.id, lead: true });
	player = await exercise.member('Player', { role: 'player', teamId: greek.id });
	const to = { all: false, countries: [], levels: [], teams: [greek.id] };
	[inject, hidden] = (await exercise.approved(
		{
			reference: 'PLAN-REF-1',
			title: 'Gates closed',
			to,
			controllerNotes: 'PLAN-NOTE',
			evaluatorNotes: 'PLAN-NOTE'
		},
		{ reference: 'PLAN-REF-2', title: 'PLAN-NOT-YET', to }
	)) as [Inject, Inject];
	await exercise.must(exercise.director, 'exercise.advance', { to: 'planned' });
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(exercise.director, 'inject.release', { inject: inject.id });
});

afterAll(() => server?.close());

async function room(person: Person, team: string) {
	const { services } = server;
	const opened = await services.exercises.open(exercise.id, person);
	return services.views.teamRoom.teamRoom(services.database, opened.exercise, opened.actor, team);
}

async function folded() {
	const doc = await server.services.documents.read(exercise.timeline(greek.id));
	return foldRoom([...timelineEntries(doc).values()]);
}

describe('the room of a team', () => {
	const refusal = (person: Person, team: string) =>
		room(person, team).then(
			() => 'let in',
			(error: unknown) => (error instanceof AppError ? JSON.stringify(error.toRefusal()) : 'broke')
		);

	it('[P2] refuses another team with the same words as a team that does not exist', async () => {
		const unknown = await refusal(player, 'aaaaaaaaaaaaaaaaaaaaaaaa');
		expect(unknown).toContain('not-found');
		expect(await refusal(player, italian.id)).toBe(unknown);
		expect(await refusal(player, "'; drop table team; --")).toBe(unknown);
		const other = await exercise.member('Italian', { role: 'player', teamId: italian.id });
		expect(await refusal(other, greek.id)).toBe(unknown);
	});

	const watchers: [string, () => Membership, boolean][] = [
		['its moderator', () => ({ role: 'moderator', country: 'GR' }), true],
		['a moderator of elsewhere', () => ({ role: 'moderator', country: 'IT' }), false],
		['its evaluator', () => ({ role: 'evaluator', teamId: greek.id }), true],
		['an evaluator of another team', () => ({ role: 'evaluator', teamId: italian.id }), false],
		['its facilitator', () => ({ role: 'facilitator', teamId: greek.id }), true],
		['a controller', () => ({ role: 'controller' }), true],
		['a planner of its country', () => ({ role: 'planner', cell: 'GR' }), false],
		['an observer', () => ({ role: 'observer' }), false]
	];
	for (const [name, membership, mayWatch] of watchers)
		it(`${mayWatch ? 'shows itself to' : 'is hidden from'} ${name}, who may not act`, async () => {
			const person = await exercise.member(name, membership());
			if (!mayWatch) return expect(await refusal(person, greek.id)).toContain('not-found');
			expect(await room(person, greek.id)).toMatchObject({ plays: false, leads: false, seen: [] });
		});

	it('knows its lead', async () => {
		expect(await room(lead, greek.id)).toMatchObject({ plays: true, leads: true });
		expect(await room(player, greek.id)).toMatchObject({ plays: true, leads: false });
	});

	it('[P1, R20] says nothing of planning: no ids, references, notes or counts of injects', async () => {
		const shape = JSON.stringify([await room(player, greek.id), await folded()]);
		expect(shape).toContain('Gates closed');
		for (const secret of [inject.id, hidden.id, 'PLAN-']) expect(shape).not.toContain(secret);
	});

	it('tells players which deliveries their team has seen', async () => {
		expect((await room(player, greek.id)).seen).toEqual([]);
		const [item] = (await folded()).injects;
		const deliveries: DeliveryId[] = [item!.delivery];
		await exercise.must(player, 'delivery.see', { deliveries });
		expect((await room(lead, greek.id)).seen).toEqual(deliveries);
		const evaluator = await exercise.member('Evaluator', { role: 'evaluator', teamId: greek.id });
		expect((await room(evaluator, greek.id)).seen).toEqual([]);
	});

	it('keeps an approved report as it was signed, and refuses a signature for another text', async () => {
		await exercise.must(player, 'report.open', { team: greek.id });
		const page = documentName({ exercise: exercise.id, kind: 'worksheet', team: greek.id, page: 'report-1' });
		const write = (text: string) =>
			server.services.documents.edit(page, player.id, (doc) =>
				writeFragment(pageText(doc), richTextFromText(text))
			);
		const sign = async () => reportFingerprint(readReport(await server.services.documents.read(page)));
		await write('Gates closed since 10:36.');
		const early = await sign();
		await write('Gates closed since 10:36. 400 trucks wait.');
		const approve = (person: Person, fingerprint: string) =>
			exercise.send(person, 'report.approve', { team: greek.id, page: 'report-1', fingerprint });
		expect(await approve(lead, early)).toMatchObject({ ok: false, error: { code: 'stale' } });
		expect(await approve(player, await sign())).toMatchObject({ ok: false, error: { code: 'forbidden' } });
		expect((await room(player, greek.id)).reports).toEqual([{ page: 'report-1', number: 1, approved: null }]);
		expect(await approve(lead, await sign())).toMatchObject({ ok: true });
		const [report] = (await room(player, greek.id)).reports;
		expect(report?.approved).toMatchObject({
			by: 'Lead',
			title: 'Situation report 1',
			tlp: 'amber',
			text: richTextFromText('Gates closed since 10:36. 400 trucks wait.')
		});
		// the timeline tells the same
		expect((await folded()).reports[0]?.approved?.text).toEqual(report?.approved?.text);
	});
});
