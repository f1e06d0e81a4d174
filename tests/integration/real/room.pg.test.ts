import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addFinding } from '#lib/exercise/review/schema.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { addRow, readReport, sectionText, setHead } from '#lib/exercise/report/page.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { archiveFileName, exportArchive } from '#server/exchange/archive/archive.ts';
import { restoreArchive } from '#server/exchange/archive/restore.ts';
import { affectedOf } from '#server/views/affected.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { unzip, wordsOf } from '../review/unzip.ts';

/* A room for a real incident, from its opening to the review: the same work, none of the play. */
let server: TestServer;
let room: TestExercise;
let greek: Team;
let italian: Team;
let people: Record<'greek' | 'italian' | 'observer' | 'facilitator', Person>;

beforeAll(async () => {
	server = await startTestServer();
	room = await TestExercise.openRoom(server, 'Harbour outage');
	greek = await room.team('GR CSIRT');
	italian = await room.team('IT CSIRT', 'IT');
	people = {
		greek: await room.member('Greek lead', { role: 'player', teamId: greek.id, lead: true }),
		italian: await room.member('Italian lead', { role: 'player', teamId: italian.id, lead: true }),
		observer: await room.member('Observer', { role: 'observer' }),
		facilitator: await room.member('Facilitator', { role: 'facilitator' })
	};
});
afterAll(() => server.close());

const pool = {
	query: (text: string, values: unknown[] = []) => server.services.database.pool.query(text, values)
};
const as = (person: Person) => server.services.exercises.open(room.id, person);
describe('[P11] opening a room', () => {
	test('it is open at once, on the wall’s clock, with one segment and a team for each country', async () => {
		const found = (await server.services.exercises.load(room.id))!;
		const now = Date.now();
		expect(found).toMatchObject({ kind: 'real', state: 'running', timeZone: 'UTC', tlp: 'amber' });
		expect(found.clock).toEqual([{ wallStart: found.startsAt, exerciseStart: found.startsAt, rate: 1 }]);
		expect(Math.abs(now - found.startsAt)).toBeLessThan(120_000);
		const teams = await server.services.exercises.teams(room.id);
		expect(teams.map(({ name }) => name).sort()).toEqual([
			'GR CSIRT',
			'Greece: coordination',
			'IT CSIRT',
			'Italy: coordination'
		]);
	});

	test('there are no pages of a script, a scenario, an evaluation or simulated media', async () => {
		const { rows } = await pool.query('select name from document where exercise_id = $1', [room.id]);
		const names = rows.map((row: { name: string }) => row.name.replace(`exercise/${room.id}/`, ''));
		expect(names).toContain('review');
		expect(names).toContain('timeline/channel/everyone/0');
		expect(names.filter((name) => /script|scenario|evaluation|media/.test(name))).toEqual([]);
	});

	test('that it was opened is the first fact, told to everybody, and audited', async () => {
		const { rows } = await pool.query(
			'select kind, actor_name from fact where exercise_id = $1 order by sequence limit 1',
			[room.id]
		);
		expect(rows).toEqual([{ kind: 'exercise-started', actor_name: 'Coordinator' }]);
		const audited = await pool.query(
			'select act, detail from audit where scope = $1 order by sequence limit 1',
			[room.id]
		);
		expect(audited.rows[0]).toMatchObject({
			act: 'room.opened',
			detail: { kind: 'real', name: 'Harbour outage', countries: ['GR', 'IT'] }
		});
	});

	test('needs a name and countries', async () => {
		const open = (input: Record<string, unknown>) =>
			server.services.exercises
				.openRoom(input as never, room.director)
				.catch((error: Error) => error.message);
		expect(await open({ kind: 'real', name: ' ', countries: ['GR'] })).toContain('Name');
		expect(await open({ kind: 'real', name: 'A', countries: [] })).toContain('Participating countries');
		expect(await open({ kind: 'real', name: 'A', countries: ['GR', 'GR'] })).toContain('name each once');
		expect(await open({ kind: 'exercise', name: 'A', countries: ['GR'] })).not.toMatch(/^[\w-]{16,}$/);
	});
});

describe('[P11] it stays what it is', () => {
	test('the database refuses every change of the kind, either way', async () => {
		const exercise = await TestExercise.create(server);
		for (const [id, kind] of [
			[room.id, 'exercise'],
			[exercise.id, 'real']
		])
			await expect(pool.query('update exercise set kind = $2 where id = $1', [id, kind])).rejects.toThrow(
				'a space is an exercise or real from its creation on'
			);
		await expect(pool.query("update exercise set kind = 'other' where id = $1", [room.id])).rejects.toThrow();
		// what changes nothing of it passes
		await pool.query("update exercise set kind = 'real', name = name where id = $1", [room.id]);
	});

	test('settings change its name and nothing of its time or kind', async () => {
		const { exercises } = server.services;
		const changed = await exercises.updateSettings(
			room.id,
			{ name: 'Harbour outage', kind: 'exercise' } as never,
			room.director.id
		);
		expect(changed.kind).toBe('real');
		expect((await exercises.load(room.id))!.kind).toBe('real');
		await expect(exercises.updateSettings(room.id, { startsAt: 0 }, room.director.id)).rejects.toThrow(
			'fixed'
		);
	});

	test('roles of exercises cannot be given', async () => {
		for (const role of ['planner', 'simcell', 'evaluator', 'media_player'] as const)
			await expect(
				room.member(`No ${role}`, {
					role,
					...(role === 'planner' && { cell: 'central' as const }),
					...(role === 'evaluator' && { teamId: greek.id })
				})
			).rejects.toThrow('This role is of exercises');
	});
});

describe('[P11] what makes no sense in it is refused with one sentence', () => {
	test.each([
		['clock.pause', {}],
		['clock.setRate', { rate: 2 }],
		['clock.jump', { to: 1, reason: 'no' }],
		['exercise.start', {}],
		['exercise.stop', {}],
		['inject.release', { inject: 'inject-00001' }],
		['announcement.make', { text: 'Everybody at nine' }],
		['question.ask', { team: 'team', text: 'Who?' }],
		['statistics.share', { country: 'GR', shared: true }]
	] as const)('%s', async (name, input) => {
		const answer = await room.send(room.director, name, {
			...input,
			...('team' in input && { team: greek.id })
		} as never);
		if (name === 'announcement.make') return expect(answer.ok).toBe(true);
		expect(answer).toMatchObject({ ok: false, error: { code: 'not-now' } });
		expect(!answer.ok && answer.error.message).toContain('This room is real');
	});

	test('to a stranger it is not there at all', async () => {
		const stranger = await server.person('Stranger');
		const answer = await room.send(stranger, 'clock.pause', {});
		expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
	});

	test('a request goes to a team, not to a body that nobody plays', async () => {
		const ask = (to: unknown) =>
			room.send(people.greek, 'request.ask', { team: greek.id, to, question: 'What now?' } as never);
		expect(await ask({ control: true })).toMatchObject({ ok: false, error: { code: 'invalid' } });
		expect(await ask({ control: true, as: 'Port authority' })).toMatchObject({ ok: false });
	});
});

describe('[P11] the work is the same', () => {
	test('incident, log, decision, situation report, channel, task', async () => {
		await room.must(people.greek, 'incident.open', {
			team: greek.id,
			content: {
				title: 'Quay system stands still',
				impacts: [{ country: 'IT', sector: 'transport', severity: 'red' }]
			}
		} as never);
		await room.must(people.greek, 'log.add', { team: greek.id, text: 'Called the operator' });
		await room.must(people.greek, 'decision.record', {
			team: greek.id,
			decision: { question: 'Cut the line?', chosen: 'Yes' }
		} as never);
		await room.must(people.greek, 'task.add', { team: greek.id, content: { title: 'Call again' } } as never);
		await room.must(room.director, 'channel.openStandard', {});
		const { page } = (await room.must(people.greek, 'report.open', { team: greek.id })) as { page: string };
		const name = documentName({
			exercise: room.id,
			kind: 'worksheet',
			team: greek.id,
			page: page as never
		});
		await server.services.documents.edit(name, people.greek.id, (doc) => {
			setHead(doc, 'title', 'Harbour, first picture');
			writeFragment(sectionText(doc, 'situation'), richTextFromText('Two quays stand still.'));
			addRow(doc, 'impacts', 'row-000001', {
				country: 'FR',
				sector: 'transport',
				severity: 'yellow',
				source: 'Operator'
			} as never);
		});
		const fingerprint = reportFingerprint(readReport(await server.services.documents.read(name)));
		await room.must(people.greek, 'report.approve', { team: greek.id, page, fingerprint } as never);
	});

	test('times are the wall’s: what happened now is told as now, with its date', async () => {
		const { exercise, actor } = await as(room.director);
		const file = await server.services.views.record.exportCsv(
			server.services.database,
			exercise,
			actor,
			noFilters
		);
		expect(file.name).toBe('REAL_Harbour-outage_record_TLP-AMBER.csv');
		const rows = parse(await new Response(file.body).text(), { bom: true }) as string[][];
		expect(rows[0]![0]).toBe('REAL REAL REAL');
		expect(rows.at(-1)![0]).toBe('REAL REAL REAL');
		expect(rows.flat().join(' ')).not.toContain('EXERCISE');
		const opened = rows.find((row) => row[6] === 'exercise-started')!;
		expect(opened[7]).toBe('Incident opened.');
		expect(opened[2]).toMatch(/^\d{1,2} [A-Z][a-z]{2} \d\d:\d\d:\d\dZ$/);
		// one clock: exercise time is wall time, to the second
		expect(Date.parse(opened[1]!)).toBe(Math.floor(Date.parse(opened[3]!) / 1000) * 1000);
	});

	test('papers and bundles are marked REAL and never as exercise', async () => {
		const { exercise, actor } = await as(people.greek);
		const { papers } = server.services.views;
		const docx = await papers.exportSituationReport(
			{ database: server.services.database, exercise, actor, format: 'docx' },
			greek.id,
			1
		);
		expect(docx.name).toBe('REAL_Harbour-outage_SITREP-GR-CSIRT-1_TLP-AMBER.docx');
		const files = await unzip(new Uint8Array(await new Response(docx.body).arrayBuffer()));
		for (const [name, text] of files) {
			if (/word\/(header|footer)/.test(name) && name.endsWith('.xml'))
				expect(wordsOf(text)).toContain('REAL REAL REAL');
			expect(text, name).not.toMatch(/EXERCISE/);
		}
		for (const format of ['stix', 'misp'] as const) {
			const file = await server.services.interchange.write(exercise, actor, greek.id, format, []);
			const text = await new Response(file.body).text();
			expect(file.name).toMatch(/^REAL_/);
			expect(text).toContain('REAL REAL REAL');
			expect(text).not.toMatch(/EXERCISE|"exercise"|\(exercise\)|exercise time/);
		}
	});

	test('the whole room comes back from its archive, as real', async () => {
		const chunks: Uint8Array[] = [];
		const { exercise, actor } = await as(room.director);
		const { database, files } = server.services;
		const manifest = await exportArchive(
			database,
			files.store,
			exercise,
			actor,
			new WritableStream({ write: (chunk: Uint8Array) => void chunks.push(chunk) })
		);
		expect(manifest.exercise.kind).toBe('real');
		expect(await archiveFileName(database, exercise)).toMatch(/^REAL_Harbour-outage_archive_.*\.zip$/);
		const folder = await mkdtemp(path.join(tmpdir(), 'muster-room-'));
		const file = path.join(folder, 'room.zip');
		await writeFile(file, Buffer.concat(chunks));
		const other = await startTestServer();
		try {
			await restoreArchive(other.services.database, other.services.files.store, file);
			const back = (await other.services.exercises.load(room.id))!;
			expect(back).toMatchObject({ kind: 'real', name: 'Harbour outage', state: 'running' });
			const { rows } = await other.services.database.pool.query(
				"select name from document where exercise_id = $1 and name ~ '(script|evaluation|media)'",
				[room.id]
			);
			expect(rows).toEqual([]);
		} finally {
			await other.close();
			await rm(folder, { recursive: true });
		}
	});
});

describe('[P11] affected states', () => {
	test('what the room says, and what the coordinator adds with a reason; facts, shown on the review page', async () => {
		const { database, views } = server.services;
		const codes = async () => (await affectedOf(database.db, { id: room.id })).map(({ country }) => country);
		expect(await codes()).toEqual(['FR', 'IT']);
		expect(
			await room.send(people.facilitator, 'affected.name', { country: 'CY', reason: 'no' })
		).toMatchObject({
			ok: false,
			error: { code: 'not-found' }
		});
		await room.must(room.director, 'affected.name', { country: 'CY', reason: 'Its ferries wait' });
		expect(await codes()).toEqual(['CY', 'FR', 'IT']);
		const shown = async (person: Person) => {
			const { exercise, actor } = await as(person);
			return (await views.review.review(database, exercise, actor)).affected!;
		};
		const all = await shown(people.facilitator);
		expect(all.states.find(({ country }) => country === 'IT')!.reasons).toEqual([
			{ from: 'incident', team: 'GR CSIRT', number: 1 }
		]);
		expect(all.nameable).toEqual([]);
		expect((await shown(room.director)).nameable).not.toContain('CY');
		// others learn of their own state alone, when the review is open to them
		await server.services.exercises.updateSettings(
			room.id,
			{ settings: { reviewOpen: true } },
			room.director.id
		);
		expect(await shown(people.italian)).toEqual({
			states: [{ country: 'IT', reasons: [] }],
			all: false,
			nameable: []
		});
		expect((await shown(people.greek)).states).toEqual([]);
		expect((await shown(people.observer)).states).toEqual([]);
		await room.must(room.director, 'affected.takeBack', { country: 'CY', reason: 'They found the cause' });
		expect(await codes()).toEqual(['FR', 'IT']);
	});

	test('in an exercise nobody has them', async () => {
		const exercise = await TestExercise.create(server);
		const answer = await exercise.send(exercise.director, 'affected.name', { country: 'GR', reason: 'why' });
		expect(answer).toMatchObject({ ok: false, error: { code: 'not-now' } });
		const opened = await server.services.exercises.open(exercise.id, exercise.director);
		const view = await server.services.views.review.review(
			server.services.database,
			opened.exercise,
			opened.actor
		);
		expect(view.affected).toBeNull();
	});
});

describe('[P11] when the incident is over', () => {
	test('it is closed by the coordinator, its clock goes on, and the debrief opens', async () => {
		expect(await room.send(people.greek, 'exercise.end', {})).toMatchObject({ ok: false });
		await room.must(room.director, 'exercise.end', {});
		const closed = (await server.services.exercises.load(room.id))!;
		expect(closed.state).toBe('ended');
		expect(closed.clock.at(-1)!.rate).toBe(1);
		expect(closed.endsAt).toBe(closed.clock.at(-1)!.exerciseStart);
		// nobody is asked for another situation report; the time limits of the law go on
		const { exercise, actor } = await as(room.director);
		const due = await server.services.views.dueReports.dueReports(server.services.database, exercise, actor);
		expect(due.teams.length).toBeGreaterThan(3);
		expect(due.teams.map((one) => one.situation.due)).toEqual(due.teams.map(() => null));
		const again = await room.send(room.director, 'exercise.end', {});
		expect(!again.ok && again.error.message).toBe('The incident is closed already.');
		await room.must(people.greek, 'hotWash.add', {
			team: greek.id,
			column: 'change',
			text: 'A list of operators'
		});
		const refused = await room.send(people.greek, 'task.add', {
			team: greek.id,
			content: { title: 'Too late' }
		} as never);
		expect(!refused.ok && refused.error.message).toBe('This is possible until the incident is closed.');
	});

	test('a finding becomes an improvement action whose source is an incident, whatever the form says', async () => {
		const { documents, improvement } = server.services;
		const name = documentName({ exercise: room.id, kind: 'review' });
		await documents.edit(name, room.director.id, (doc) => {
			addFinding(
				doc,
				{ id: 'finding-000001', kind: 'area_for_improvement', title: 'No list of operators', cards: [] },
				'a0'
			);
		});
		const id = await improvement.actions.propose(room.director, {
			title: 'Keep a list of operators',
			text: 'With the numbers of those on duty',
			ownerOrganisation: 'Ministry of shipping',
			ownerEmail: '',
			capability: 'escalation',
			element: 'planning',
			priority: 'high',
			startOn: '',
			dueOn: '',
			successMeasure: '',
			verificationMethod: '',
			tlp: 'amber',
			country: 'GR',
			source: 'exercise',
			sourceTitle: '',
			exercise: room.id,
			finding: 'finding-000001'
		});
		const { rows } = await pool.query(
			'select source, source_exercise_name from improvement_action where id = $1',
			[id]
		);
		expect(rows).toEqual([{ source: 'incident', source_exercise_name: 'Harbour outage' }]);
	});

	test('its report speaks of an incident, and its states go on to the end', async () => {
		const { exercise, actor } = await as(room.director);
		const { database, documents } = server.services;
		const file = await server.services.views.record.exportReport({ database, documents }, exercise, actor);
		expect(file.name).toMatch(/^REAL_Harbour-outage_report_/);
		const files = await unzip(new Uint8Array(await new Response(file.body).arrayBuffer()));
		const words = wordsOf(files.get('word/document.xml')!);
		for (const text of [
			'REAL REAL REAL',
			'Incident opened',
			'Incident closed',
			'Debrief',
			'No list of operators'
		])
			expect(words).toContain(text);
		for (const text of ['EXERCISE', 'STARTEX', 'ENDEX', 'Hot wash', 'inject'])
			expect(words).not.toContain(text);
		for (const to of ['evaluating', 'reported', 'closed'] as const)
			await room.must(room.director, 'exercise.advance', { to });
		expect(await room.send(room.director, 'affected.name', { country: 'FR', reason: 'x' })).toMatchObject({
			ok: false,
			error: { code: 'not-now' }
		});
		expect((await verifyAudit(database, room.id)).broken).toBeNull();
	});
});
