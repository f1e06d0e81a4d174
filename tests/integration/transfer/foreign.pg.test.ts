import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter, configure } from '@zip.js/zip.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, newInject, readScript } from '#lib/exercise/inject/schema.ts';
import { readOutline } from '#lib/exercise/scenario/schema.ts';
import { mappingToSave } from '#lib/exercise/inject/spreadsheet/saved-mapping.ts';
import type { Selection } from '#lib/exercise/inject/spreadsheet/preview.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

configure({ useWebWorkers: false });
const pdf = new TextEncoder().encode('%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n');
let server: TestServer;
let exercise: TestExercise;
let player: Person;

beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	const team = await exercise.team('GR CSIRT');
	await exercise.team('FR CSIRT', 'FR');
	player = await exercise.member('Player', { role: 'player', teamId: team.id });
});
afterAll(() => server.close());

const as = (person: Person) => server.services.exercises.open(exercise.id, person);
const fixture = (name: string) => readFile(new URL(`../../fixtures/foreign/${name}`, import.meta.url));
const script = async (cell: CellId) =>
	readScript(
		await server.services.documents.read(documentName({ exercise: exercise.id, kind: 'script', cell }))
	);

async function importFile(cell: CellId, bytes: Uint8Array, fileName: string) {
	const { scriptExchange } = server.services;
	const { exercise: open, actor } = await as(exercise.director);
	const file = await scriptExchange.read(open, actor, cell, { bytes, fileName });
	const selection: Selection = {
		sheet: file.best,
		headerRow: file.proposal.headerRow,
		columns: file.proposal.columns,
		dateOrder: file.proposal.dateOrder,
		bareTimes: null,
		matches: [],
		leaveOut: []
	};
	const shown = await scriptExchange.preview(open, actor, cell, file.file, selection);
	const commit = () => scriptExchange.commit(open, actor, cell, file.file, selection, shown.fingerprint);
	return { file, shown, commit };
}
async function zipped(parts: Record<string, string | Uint8Array>, comment = ''): Promise<Uint8Array> {
	const zip = new ZipWriter(new BlobWriter());
	for (const [name, content] of Object.entries(parts))
		await zip.add(
			name,
			typeof content === 'string' ? new TextReader(content) : new Uint8ArrayReader(content)
		);
	return new Uint8Array(await (await zip.close(new TextEncoder().encode(comment))).arrayBuffer());
}

describe('another tool’s export', () => {
	it('as a zip with documents and a comment is shown, imported as drafts, and the same again is no change', async () => {
		const json = (await fixture('openaev-scenario.json')).toString('utf8');
		const zip = await zipped({ 'scenario.json': json, 'd-1-map.pdf': pdf }, 'app_version=1');
		const { file, shown, commit } = await importFile('central', zip, 'scenario.zip');
		expect(file.foreign).toMatchObject({ tool: 'OpenAEV', title: 'Port blackout' });
		expect(shown.counts).toMatchObject({ added: 3, errors: 0 });
		expect(await script('central')).toEqual([]);
		expect(await commit()).toEqual({
			added: 3,
			changed: 0,
			unchanged: 0,
			objectives: 1,
			documents: 1,
			documentsLeftOut: []
		});
		const objectives = async () =>
			readOutline(
				await server.services.documents.read(documentName({ exercise: exercise.id, kind: 'scenario' }))
			).objectives;
		expect(await objectives()).toMatchObject([{ code: 'OBJ-1', text: 'Share early warnings' }]);
		const { rows } = await server.services.database.pool.query(
			'select count(*) from inject where exercise_id = $1',
			[exercise.id]
		);
		expect(rows[0].count).toBe('0');
		const again = await importFile('central', zip, 'scenario.zip');
		expect(again.shown.counts).toMatchObject({ added: 0, changed: 0, unchanged: 3 });
		const changed = await zipped({ 'scenario.json': json.replace('Cranes stand still', 'Cranes move') });
		const third = await importFile('central', changed, 'scenario.zip');
		expect(third.shown.changed).toMatchObject([
			{ fields: [{ field: 'title', before: 'Cranes stand still', after: 'Cranes move' }] }
		]);
		// what the scenario has is not added again
		expect(await third.commit()).toMatchObject({ changed: 1, objectives: 0 });
		expect(await objectives()).toHaveLength(1);
	});

	it('with an item that cannot be read imports nothing until that is left out', async () => {
		const { shown, commit } = await importFile('GR', await fixture('blueprint-msel.json'), 'msel.json');
		expect(shown.errorRows).toEqual([2]);
		await expect(commit()).rejects.toMatchObject({ code: 'invalid' });
		expect(await script('GR')).toEqual([]);
	});

	it('gives its documents to the injects that name them, as uploads: checked, stored once, named if refused', async () => {
		const json = (await fixture('openaev-scenario.json')).toString('utf8');
		const attached = async (cell: CellId) => (await script(cell)).map(({ attachments }) => attachments);
		const [first, ...others] = await attached('central');
		expect(first).toMatchObject([{ name: 'Map.pdf', mediaType: 'application/pdf', bytes: pdf.length }]);
		expect(others).toEqual([[], []]);
		const { rows } = await server.services.database.pool.query<{ sha256: string; cell: string }>(
			'select sha256, cell from attachment where exercise_id = $1 and id = $2',
			[exercise.id, first![0]!.id]
		);
		expect(rows).toEqual([{ sha256: createHash('sha256').update(pdf).digest('hex'), cell: 'central' }]);
		// in a folder, as some zip programs put it; changed: it is there already, and is not attached twice
		const moved = json.replace('Cranes stand still', 'Cranes go on').replace('Cranes move', 'Cranes go on');
		const again = await importFile(
			'central',
			await zipped({ 'a/scenario.json': moved, 'a/d-1-map.pdf': pdf }),
			'x.zip'
		);
		expect(await again.commit()).toMatchObject({ changed: 1, documents: 0, documentsLeftOut: [] });
		expect((await attached('central'))[0]).toHaveLength(1);
		// what is no PDF keeps nothing else out
		const wrong = await importFile(
			'GR',
			await zipped({ 'scenario.json': json, 'd-1-map.pdf': new Uint8Array(5000) }),
			'scenario.zip'
		);
		const told = await wrong.commit();
		expect(told).toMatchObject({ added: 3, documents: 0, documentsLeftOut: [{ name: 'Map.pdf' }] });
		expect(told.documentsLeftOut[0]!.why).toMatch(/\w+ .*\.$/);
		expect((await script('GR'))[0]!.otherFields).toContainEqual({ name: 'Documents', value: 'Map.pdf' });
		// named, and not in the zip
		const without = await importFile('GR', await zipped({ 'scenario.json': json }), 'scenario.zip');
		expect(without.file.foreign!.notes.join()).toContain('d-1-map.pdf');
	});

	it('that unpacks to far more than it says is refused', async () => {
		const bomb = await zipped({ 'scenario.json': `{"export_version":1,"x":"${' '.repeat(40_000_000)}"}` });
		const { exercise: open, actor } = await as(exercise.director);
		await expect(
			server.services.scriptExchange.read(open, actor, 'central', { bytes: bomb, fileName: 'bomb.zip' })
		).rejects.toMatchObject({ code: 'too-large' });
	});

	it('with 1,500 injects is read, shown and imported in seconds', async () => {
		const file = JSON.stringify({
			export_version: 1,
			exercise_teams: [{ team_id: 't', team_name: 'FR CSIRT' }],
			exercise_injects: Array.from({ length: 1500 }, (_, n) => ({
				inject_id: `id-${n}`,
				inject_title: `Inject ${n}`,
				inject_depends_duration: n * 60,
				inject_content: { subject: `Subject ${n}`, body: `<p>${'word '.repeat(120)}<b>${n}</b></p>` },
				inject_teams: ['t']
			}))
		});
		const times = [performance.now()];
		const { shown, commit } = await importFile('FR', new TextEncoder().encode(file), 'large.json');
		times.push(performance.now());
		expect(shown.counts).toMatchObject({ added: 1500, errors: 0 });
		await commit();
		times.push(performance.now());
		expect(await script('FR')).toHaveLength(1500);
		const again = await importFile('FR', new TextEncoder().encode(file), 'large.json');
		times.push(performance.now());
		expect(again.shown.counts).toMatchObject({ unchanged: 1500, changed: 0, added: 0 });
		const [read, write, second] = times.slice(1).map((time, index) => Math.round(time - times[index]!));
		process.stdout.write(
			`1,500 injects: read and shown ${read} ms, written ${write} ms, again ${second} ms\n`
		);
		expect(times.at(-1)! - times[0]!).toBeLessThan(60_000);
	}, 120_000);
});

describe('kept mappings', () => {
	it('are one’s own, by name, and go when deleted', async () => {
		const { mappings } = server.services.transfer;
		const mapping = mappingToSave(['No.', 'What', ''], {
			columns: ['reference', 'title', 'ignore'],
			dateOrder: 'mdy',
			bareTimes: null
		})!;
		const [kept] = await mappings.save(exercise.director.id, ' Ours ', mapping);
		expect(kept).toMatchObject({ name: 'Ours', mapping });
		const replaced = await mappings.save(exercise.director.id, 'OURS', { ...mapping, dateOrder: 'dmy' });
		expect(replaced).toMatchObject([{ id: kept!.id, name: 'OURS', mapping: { dateOrder: 'dmy' } }]);
		expect(await mappings.list(player.id)).toEqual([]);
		await mappings.remove(player.id, kept!.id);
		expect(await mappings.list(exercise.director.id)).toHaveLength(1);
		expect(await mappings.remove(exercise.director.id, kept!.id)).toEqual([]);
		await expect(mappings.save(player.id, '  ', mapping)).rejects.toMatchObject({ code: 'invalid' });
	});
});

describe('the plan as a calendar', () => {
	/** long lines are folded at 75 bytes (RFC 5545 3.1) */
	const unfold = (text: string) => text.replace(/\r\n[ \t]/g, '').split('\r\n');

	it('has an event for each planned inject, in UTC, marked, without alarm, with the same uid every time', async () => {
		const [at, by] = await exercise.approved(
			{
				title: 'Opening, with a comma',
				reference: 'C-1',
				schedule: { mode: 'offset', seconds: 3600 },
				to: toAll
			},
			{ title: 'By hand', reference: 'C-2', schedule: { mode: 'manual' }, to: toAll }
		);
		const { exercise: open, actor } = await as(exercise.director);
		const read = async () =>
			unfold(
				new TextDecoder().decode((await server.services.transfer.calendar(open, actor, 'central')).bytes)
			);
		const lines = await read();
		const from = lines.indexOf(`UID:${at!.id}@${exercise.id}.muster`);
		expect(from).toBeGreaterThan(0);
		const event = lines.slice(from, lines.indexOf('END:VEVENT', from));
		expect(event).toContain('DTSTART:20260610T080000Z');
		expect(event).toContain('SUMMARY:EXERCISE · C-1 Opening\\, with a comma');
		expect(event).toContain('STATUS:CONFIRMED');
		expect(event.join('\n')).toMatch(/Approved for: .*Planned for: /);
		expect(lines.some((line) => line.includes(by!.id))).toBe(false);
		expect(lines.join('\n')).not.toMatch(/VALARM|TZID/);
		const uids = (all: string[]) => all.filter((line) => line.startsWith('UID:'));
		expect(uids(await read())).toEqual(uids(lines));
	});

	it('of a cell has what follows a central inject at the time that the central script gives it', async () => {
		const [central] = await exercise.approved({
			title: 'Central first',
			schedule: { mode: 'offset', seconds: 7200 },
			to: toAll
		});
		const own = newInject('own-inject-1' as InjectId, {
			title: 'Own, after the central one',
			schedule: { mode: 'after', inject: central!.id, seconds: 600 },
			to: toAll
		});
		const name = documentName({ exercise: exercise.id, kind: 'script', cell: 'GR' });
		await server.services.documents.edit(
			name,
			exercise.director.id,
			(page) => void addInject(page, own, 'a0')
		);
		const { exercise: open, actor } = await as(exercise.director);
		const { bytes } = await server.services.transfer.calendar(open, actor, 'GR');
		const lines = unfold(new TextDecoder().decode(bytes));
		expect(lines).toContain('DTSTART:20260610T091000Z');
	});

	it('[P1] is not there for who may not read the script', async () => {
		const { exercise: open, actor } = await as(player);
		await expect(server.services.transfer.calendar(open, actor, 'central')).rejects.toMatchObject({
			code: 'not-found'
		});
	});
});
