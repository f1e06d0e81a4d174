import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import type { CellId, Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import {
	addInject,
	injectFingerprint,
	readScript,
	type DeliveredInject,
	type Inject
} from '#lib/exercise/inject/schema.ts';
import { takeOver } from '#lib/exercise/inject/variant.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import { richTextFromText, textOfRichText } from '#lib/exercise/rich-text.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { eventually } from '../../support/eventually.ts';
import { TestExercise, toAll } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/* Central injects and national variants, and injects in the languages of their teams, on a real PostgreSQL. */

let server: TestServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server.close());

interface Stage {
	play: TestExercise;
	greek: Team;
	port: Team;
	french: Team;
}
async function stage(): Promise<Stage> {
	const play = await TestExercise.create(server);
	const [greek, port, french] = await server.services.exercises.addTeams(
		play.id,
		[
			{ name: 'GR CSIRT', country: 'GR', level: 'technical', language: 'el' },
			{ name: 'GR Port', country: 'GR', level: 'operational' },
			{ name: 'FR CSIRT', country: 'FR', level: 'technical', language: 'fr-BE' }
		],
		play.director.id
	);
	return { play, greek: greek!, port: port!, french: french! };
}

async function approveIn(play: TestExercise, cell: CellId, inject: Inject) {
	const name = documentName({ exercise: play.id, kind: 'script', cell });
	await server.services.documents.edit(name, play.director.id, (doc) => {
		addInject(doc, inject, `a${randomBytes(2).toString('hex')}1`);
	});
	const page = readScript(await server.services.documents.read(name));
	const written = page.find((one) => one.id === inject.id)!;
	return play.send(play.director, 'inject.approve', {
		cell,
		injects: [{ inject: inject.id, fingerprint: injectFingerprint(written) }]
	});
}

/** Takes over as the page does, for the Greek or the French cell. */
async function variantOf(
	{ play }: Stage,
	central: Inject,
	country: 'GR' | 'FR',
	values: Partial<Inject> = {}
): Promise<Inject> {
	const teams = await server.services.exercises.teams(play.id);
	const id = randomBytes(12).toString('hex') as InjectId;
	const variant = {
		...takeOver(central, id, { country, teams, variantOf: () => undefined }),
		title: `${central.title} of ${country}`,
		...values
	};
	expect(await approveIn(play, country, variant)).toMatchObject({ ok: true });
	return variant;
}

async function received({ play }: Stage, team: Team): Promise<DeliveredInject[]> {
	const doc = await server.services.documents.read(play.timeline(team.id));
	return [...timelineEntries(doc).values()]
		.sort((a, b) => a.order - b.order)
		.flatMap(({ body }) => (body.kind === 'inject' ? [body.inject] : []));
}
const titles = async (of: Stage, team: Team) => (await received(of, team)).map((one) => one.title);
const row = async (id: string) =>
	(
		await server.services.database.pool.query<{
			state: string;
			due_at: string | null;
			released_at: string | null;
			variant_of: string | null;
		}>('select * from inject where id = $1', [id])
	).rows[0]!;

describe('variants at release', () => {
	it('[P4] each country gets its own text once, and the others the central one', async () => {
		const all = await stage();
		const { play } = all;
		const [central] = await play.approved({ title: 'Cranes', reference: 'CM-031', to: toAll });
		const own = await variantOf(all, central!, 'GR');
		expect(own.reference).toBe('CM-031-EL');
		expect((await row(own.id)).variant_of).toBe(central!.id);
		await play.must(play.director, 'exercise.start', {});
		expect(await play.must(play.director, 'inject.release', { inject: central!.id })).toEqual({
			teams: 1,
			leftOut: 2
		});
		await play.must(play.director, 'inject.release', { inject: own.id });
		expect(await titles(all, all.french)).toEqual(['Cranes']);
		expect(await titles(all, all.greek)).toEqual(['Cranes of GR']);
		expect(await titles(all, all.port)).toEqual(['Cranes of GR']);
	});

	it.each(['ready', 'held', 'skipped'] as const)(
		'leaves out the country whose variant is %s',
		async (state) => {
			const all = await stage();
			const { play } = all;
			const [central] = await play.approved({ title: 'Cranes', to: toAll });
			const own = await variantOf(all, central!, 'GR');
			await play.must(play.director, 'exercise.start', {});
			if (state === 'held') await play.must(play.director, 'inject.hold', { inject: own.id, reason: '' });
			if (state === 'skipped')
				await play.must(play.director, 'inject.skip', { inject: own.id, reason: 'Not with us' });
			await play.must(play.director, 'inject.release', { inject: central!.id });
			expect([await titles(all, all.greek), await titles(all, all.french)]).toEqual([[], ['Cranes']]);
		}
	);

	it('what was not approved in time: the central text goes out, and the variant is refused then', async () => {
		const all = await stage();
		const { play } = all;
		const [central] = await play.approved({ title: 'Cranes', to: toAll });
		await play.must(play.director, 'exercise.start', {});
		await play.must(play.director, 'inject.release', { inject: central!.id });
		const teams = await server.services.exercises.teams(play.id);
		const late = takeOver(central!, randomBytes(12).toString('hex') as InjectId, {
			country: 'GR',
			teams,
			variantOf: () => undefined
		});
		expect(await approveIn(play, 'GR', late)).toMatchObject({ ok: false, error: { code: 'not-now' } });
		expect(await titles(all, all.greek)).toEqual(['Cranes']);
	});

	it('by schedule, with nobody left: released to none, and what follows it goes on', async () => {
		const all = await stage();
		const { play } = all;
		const [central] = await play.approved({
			title: 'Cranes',
			to: toAll,
			schedule: { mode: 'offset', seconds: 0 }
		});
		const [after] = await play.approved({
			title: 'And then',
			to: toAll,
			schedule: { mode: 'after', inject: central!.id, seconds: 0 }
		});
		await variantOf(all, central!, 'GR', { schedule: { mode: 'manual' } });
		await variantOf(all, central!, 'FR', { schedule: { mode: 'manual' } });
		await play.must(play.director, 'exercise.start', {});
		await eventually(async () => (await row(after!.id)).state === 'released', 'what follows it');
		expect((await row(central!.id)).state).toBe('released');
		for (const team of [all.greek, all.port, all.french])
			expect(await titles(all, team)).toEqual(['And then']);
		const { rows } = await server.services.database.pool.query(
			'select 1 from delivery where inject_id = $1',
			[central!.id]
		);
		expect(rows).toHaveLength(0);
	});

	it('[P4] approved and released at the same moment: no team gets both, none gets neither', async () => {
		for (let round = 0; round < 4; round++) {
			const all = await stage();
			const { play } = all;
			const [central] = await play.approved({ title: 'Cranes', to: toAll });
			await play.must(play.director, 'exercise.start', {});
			const teams = await server.services.exercises.teams(play.id);
			const own = takeOver(central!, randomBytes(12).toString('hex') as InjectId, {
				country: 'GR',
				teams,
				variantOf: () => undefined
			});
			const [approved] = await Promise.all([
				approveIn(play, 'GR', own),
				play.must(play.director, 'inject.release', { inject: central!.id })
			]);
			if (approved.ok) await play.must(play.director, 'inject.release', { inject: own.id });
			expect([round, (await received(all, all.greek)).length]).toEqual([round, 1]);
		}
	});

	it('the console shows before the release whom it will reach', async () => {
		const all = await stage();
		const { play } = all;
		const [central] = await play.approved({ title: 'Cranes', to: toAll });
		const board = async (person = play.director) => {
			const { exercise, actor } = await server.services.exercises.open(play.id, person);
			const { views, database } = server.services;
			const answer = JSON.parse(await views.board.boardJson(database, exercise, actor, null)) as {
				teams: string[];
				injects: { id: string; to?: 'all' | number[]; variants?: string[] }[];
			};
			const shown = answer.injects.find((one) => one.id === central!.id);
			const detail = await views.injects
				.injectDetail(database, exercise, actor, central!.id)
				.catch(() => null);
			return { shown, detail, teams: answer.teams };
		};
		expect((await board()).shown).toMatchObject({ to: 'all' });
		const moderator = await play.member('Milo', { role: 'moderator', country: 'GR' });
		expect((await board(moderator)).shown).toBeTruthy();
		await variantOf(all, central!, 'GR');
		const { shown, detail, teams } = await board();
		expect(shown).toMatchObject({ variants: ['GR'] });
		expect((shown!.to as number[]).map((n) => teams[n])).toEqual([all.french.id]);
		expect(detail).toMatchObject({ teams: [all.french.id], leftOut: [all.greek.id, all.port.id] });
		// to the Greek moderator it is nothing any more: it reaches none of the own teams
		expect(await board(moderator)).toMatchObject({ shown: undefined, detail: null });
	});

	it('[P1] another country is not told that there is a variant: not by a flag, an order, or what is sent again', async () => {
		const all = await stage();
		const { play } = all;
		const [central] = await play.approved({ title: 'Cranes', to: toAll }, { title: 'Ships', to: toAll });
		const people = {
			moderator: await play.member('Maud', { role: 'moderator', country: 'FR' }),
			french: await play.member('Fleur', { role: 'planner', cell: 'FR' }),
			greek: await play.member('Grit', { role: 'planner', cell: 'GR' }),
			central: await play.member('Cato', { role: 'planner', cell: 'central' })
		};
		const { views, database } = server.services;
		const opened = async (person: typeof people.french) => {
			const { exercise, actor } = await server.services.exercises.open(play.id, person);
			return [database, exercise, actor] as const;
		};
		const board = async (person = people.moderator, since: number | null = null) => {
			const teamsKey = (JSON.parse(await views.board.boardJson(...(await opened(person)), null)) as never)[
				'teamsKey'
			];
			return JSON.parse(
				await views.board.boardJson(
					...(await opened(person)),
					since === null ? null : { sequence: since, teamsKey }
				)
			) as { sequence: number; injects: { id: string }[] };
		};
		const statuses = async (person: typeof people.french, since: number | null = null) =>
			(await views.script.scriptStatuses(...(await opened(person)), 'central', since)).statuses;
		const detail = async () => views.injects.injectDetail(...(await opened(people.moderator)), central!.id);
		const before = {
			board: (await board()).injects,
			statuses: await statuses(people.french),
			detail: await detail()
		};
		const { sequence } = await board();

		await variantOf(all, central!, 'GR');
		expect((await board()).injects).toEqual(before.board);
		expect(await detail()).toEqual(before.detail);
		expect(await statuses(people.french)).toEqual(before.statuses);
		expect(await statuses(people.french, sequence)).toEqual([]);
		const refusal = 'It also reaches other countries: ask exercise control.';
		await play.must(play.director, 'exercise.start', {});
		expect(await play.send(people.moderator, 'inject.release', { inject: central!.id })).toMatchObject({
			error: { code: 'forbidden', message: refusal }
		});

		// who may know of it reads the central inject again
		const again = [expect.objectContaining({ inject: central!.id, variants: ['GR'] })];
		expect(await statuses(people.greek, sequence)).toEqual(again);
		expect(await statuses(people.central, sequence)).toEqual(again);
		expect((await board(play.director, sequence)).injects).toContainEqual(
			expect.objectContaining({ id: central!.id, variants: ['GR'] })
		);
	});
});

describe('injects in the languages of their teams', () => {
	it('[P2] each team receives its language with the original at hand, and not a byte of another language', async () => {
		const all = await stage();
		const { play } = all;
		const [central] = await play.approved({
			title: 'Cranes',
			body: richTextFromText('They stand still'),
			language: 'en',
			translations: {
				el: { title: 'Γερανοί', body: richTextFromText('Δεν κινούνται') },
				fr: { title: 'Grues', body: richTextFromText('Elles ne bougent plus') },
				sv: { title: 'Kranar', body: richTextFromText('De står still') }
			},
			to: toAll
		});
		await play.must(play.director, 'exercise.start', {});
		await play.must(play.director, 'inject.release', { inject: central!.id });
		const [greek] = await received(all, all.greek);
		expect(greek).toMatchObject({ title: 'Γερανοί', language: 'el', original: { language: 'en' } });
		expect(textOfRichText(greek!.body)).toBe('Δεν κινούνται');
		expect(textOfRichText(greek!.original!.body)).toBe('They stand still');
		// French as spoken in Belgium falls back to French
		expect((await received(all, all.french))[0]).toMatchObject({ title: 'Grues', language: 'fr' });
		const [port] = await received(all, all.port);
		expect(port).toMatchObject({ title: 'Cranes', language: 'en' });
		expect(port!.original).toBeUndefined();

		const words: Record<string, string[]> = {
			el: ['Γερανοί', 'Δεν κινούνται'],
			fr: ['Grues', 'Elles ne'],
			sv: ['Kranar', 'De står']
		};
		for (const [team, own] of [
			[all.greek, 'el'],
			[all.french, 'fr'],
			[all.port, 'en']
		] as const) {
			const { rows } = await server.services.database.pool.query<{ bytes: Buffer }>(
				'select bytes from document_update where document = $1',
				[play.timeline(team.id)]
			);
			const bytes = Buffer.concat(rows.map((one) => one.bytes));
			for (const [language, found] of Object.entries(words))
				for (const word of found)
					expect([team.name, word, bytes.includes(word)]).toEqual([team.name, word, language === own]);
		}
		// the fact keeps what somebody received, once
		const { rows } = await server.services.database.pool.query<{ fact: { texts: object } }>(
			`select fact from fact where exercise_id = $1 and kind = 'inject-released'`,
			[play.id]
		);
		expect(Object.keys(rows[0]!.fact.texts).sort()).toEqual(['el', 'fr']);
	});

	it('the record speaks the language that the team read', async () => {
		const all = await stage();
		const { play } = all;
		const player = await play.member('Pia', { role: 'player', teamId: all.greek.id });
		const [central] = await play.approved({
			title: 'Cranes',
			translations: { el: { title: 'Γερανοί', body: richTextFromText('Δεν κινούνται') } },
			to: toAll
		});
		await play.must(play.director, 'exercise.start', {});
		await play.must(play.director, 'inject.release', { inject: central!.id });
		const lines = async (person: typeof player) => {
			const { exercise, actor } = await server.services.exercises.open(play.id, person);
			const { views, database } = server.services;
			return JSON.stringify(
				await views.record.facts(database, exercise, actor, noFilters, { before: null, after: null } as never)
			);
		};
		expect(await lines(player)).toContain('Γερανοί');
		expect(await lines(play.director)).toContain('Cranes');
	});
});

describe('the language of a team', () => {
	it('is set and taken away by exercise control, for its own teams', async () => {
		const { play, port } = await stage();
		const { exercises } = server.services;
		const languageOf = async () =>
			(await exercises.teams(play.id)).find((one) => one.id === port.id)!.language ?? null;
		const people = await server.services.accounts.people.open(play.id, play.director);
		await people.setTeamLanguage(port.id, 'el');
		expect(await languageOf()).toBe('el');
		await expect(people.setTeamLanguage(port.id, '<script>')).rejects.toMatchObject({ code: 'invalid' });
		expect(await languageOf()).toBe('el');
		await people.setTeamLanguage(port.id, null);
		expect(await languageOf()).toBeNull();

		const other = await stage();
		await expect(people.setTeamLanguage(other.port.id, 'fr')).rejects.toMatchObject({ code: 'not-found' });
		const planner = await play.member('Grit', { role: 'planner', cell: 'GR' });
		await expect(server.services.accounts.people.open(play.id, planner)).rejects.toMatchObject({
			code: 'not-found'
		});
	});
});

describe('all cells in one list', () => {
	it('[P1] shows exercise control who gets what, and nobody else anything', async () => {
		const all = await stage();
		const { play } = all;
		const [central, later] = await play.approved(
			{ title: 'Cranes', reference: 'CM-031', to: toAll, schedule: { mode: 'offset', seconds: 600 } },
			{ title: 'By hand', reference: 'CM-032', to: toAll }
		);
		const own = await variantOf(all, central!, 'GR', {
			schedule: { mode: 'after', inject: central!.id, seconds: 300 }
		});
		const ask = async (person: Parameters<typeof server.services.exercises.open>[1]) => {
			const { exercise, actor } = await server.services.exercises.open(play.id, person);
			const { views, database, documents } = server.services;
			return views.script.mergedScript(database, exercise, actor, (name) => documents.read(name));
		};
		const rows = await ask(play.director);
		const starts = (await server.services.exercises.load(play.id))!.startsAt;
		expect(rows).toEqual([
			expect.objectContaining({
				id: central!.id,
				cell: 'central',
				plannedAt: starts + 600_000,
				variantOf: null,
				recipients: 1,
				leftOut: 2,
				state: 'approved'
			}),
			expect.objectContaining({
				id: own.id,
				cell: 'GR',
				reference: 'CM-031-EL',
				// it follows a central inject: its time is known all the same
				plannedAt: starts + 900_000,
				variantOf: { id: central!.id, reference: 'CM-031' },
				recipients: 2,
				leftOut: 0
			}),
			expect.objectContaining({ id: later!.id, plannedAt: null, recipients: 3 })
		]);
		for (const membership of [
			{ role: 'planner', cell: 'GR' },
			{ role: 'planner', cell: 'central' },
			{ role: 'moderator', country: 'GR' },
			{ role: 'player', teamId: all.greek.id }
		] as const)
			await expect(ask(await play.member(membership.role, membership))).rejects.toMatchObject({
				code: 'not-found'
			});
	});

	it('a variant that follows a central inject follows nothing that is missing', async () => {
		const all = await stage();
		const { play } = all;
		const [central] = await play.approved({ title: 'Cranes', to: toAll });
		await variantOf(all, central!, 'GR', { schedule: { mode: 'after', inject: central!.id, seconds: 300 } });
		for (const membership of [
			{ role: 'planner', cell: 'GR' },
			{ role: 'moderator', country: 'GR' }
		] as const) {
			const person = await play.member(membership.role, membership);
			const { exercise, actor } = await server.services.exercises.open(play.id, person);
			const { views, database, documents } = server.services;
			const cells = await views.script.scriptOverview(database, exercise, actor, documents.read);
			expect(cells.find(({ cell }) => cell === 'GR')).toMatchObject({ warnings: 0 });
		}
	});
});
