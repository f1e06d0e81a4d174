import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '#server/audit/audit.ts';
import { createScriptExchange, type ScriptExchange } from '#server/exchange/script-exchange.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { readScript } from '#lib/exercise/inject/schema.ts';
import type { Selection } from '#lib/exercise/inject/spreadsheet/preview.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exchange: ScriptExchange;
let exercise: TestExercise;
let planner: Person;
let player: Person;
let evaluator: Person;

beforeAll(async () => {
	server = await startTestServer();
	exchange = createScriptExchange({
		database: server.services.database,
		documents: server.services.documents,
		files: server.services.files
	});
	exercise = await TestExercise.create(server);
	const team = await exercise.team('GR CSIRT');
	planner = await exercise.member('Planner', { role: 'planner', cell: 'GR' });
	player = await exercise.member('Player', { role: 'player', teamId: team.id });
	evaluator = await exercise.member('Evaluator', { role: 'evaluator', teamId: team.id });
});
afterAll(() => server.close());

const as = (person: Person) => server.services.exercises.open(exercise.id, person);
const csv = (text: string) => ({ bytes: new TextEncoder().encode(text), fileName: 'C:\\files\\msel.csv' });
const script = async () =>
	readScript(
		await server.services.documents.read(documentName({ exercise: exercise.id, kind: 'script', cell: 'GR' }))
	);

/** Uploads and chooses everything as proposed. */
async function upload(person: Person, text: string) {
	const { exercise: open, actor } = await as(person);
	const file = await exchange.read(open, actor, 'GR', csv(text));
	const selection: Selection = {
		sheet: file.best,
		headerRow: file.proposal.headerRow,
		columns: file.proposal.columns,
		dateOrder: file.proposal.dateOrder,
		bareTimes: file.proposal.bareTimes ?? null,
		matches: [],
		leaveOut: []
	};
	const preview = () => exchange.preview(open, actor, 'GR', file.file, selection);
	const commit = (fingerprint: string) =>
		exchange.commit(open, actor, 'GR', file.file, selection, fingerprint);
	return { file, preview, commit, actor, open };
}

describe('importing', () => {
	it('shows first, writes all at once when told to, and records it', async () => {
		const { file, preview, commit } = await upload(
			planner,
			'ID,Time,Title,To\nGR-1,+1h,First,GR CSIRT\nGR-2,D+1 09:30,Second,ALL\n'
		);
		expect(file).toMatchObject({ name: 'msel.csv', best: 0 });
		const shown = await preview();
		expect(shown.counts).toMatchObject({ added: 2, changed: 0, errors: 0 });
		expect(await script()).toEqual([]);
		expect(await commit(shown.fingerprint)).toEqual({
			added: 2,
			changed: 0,
			unchanged: 0,
			objectives: 0,
			documents: 0,
			documentsLeftOut: []
		});
		expect((await script()).map(({ reference, title }) => [reference, title])).toEqual([
			['GR-1', 'First'],
			['GR-2', 'Second']
		]);
		const rows = await server.services.database.pool.query(
			"select actor_id, detail from audit where scope = $1 and act = 'script.imported'",
			[exercise.id]
		);
		expect(rows.rows).toMatchObject([
			{ actor_id: planner.id, detail: { cell: 'GR', file: 'msel.csv', added: 2 } }
		]);
		expect((await verifyAudit(server.services.database, exercise.id)).broken).toBeNull();
	});

	it('refuses when the difference is no longer the one that was shown', async () => {
		const mine = await upload(planner, 'ID,Title\nGR-1,Mine\n');
		const shown = await mine.preview();
		const other = await upload(exercise.director, 'ID,Title\nGR-1,Other\n');
		await other.commit((await other.preview()).fingerprint);
		await expect(mine.commit(shown.fingerprint)).rejects.toMatchObject({ code: 'stale' });
		expect((await script())[0]!.title).toBe('Other');
		expect((await mine.preview()).changed).toMatchObject([{ fields: [{ before: 'Other', after: 'Mine' }] }]);
	});

	it('writes nothing at all while one cell is wrong', async () => {
		const before = await script();
		const { preview, commit } = await upload(
			planner,
			'ID,Time,Title,To\nGR-8,+1h,Good,ALL\nGR-9,soon,Bad,Nobody knows\n'
		);
		const shown = await preview();
		expect(shown).toMatchObject({
			counts: { errors: 2 },
			errorRows: [2],
			unknownNames: [{ name: 'Nobody knows' }]
		});
		await expect(commit(shown.fingerprint)).rejects.toMatchObject({ code: 'invalid' });
		expect(await script()).toEqual(before);
	});

	it('a file is its owner’s alone', async () => {
		const { file } = await upload(planner, 'ID,Title\nGR-1,Mine\n');
		const { actor } = await as(exercise.director);
		expect(() => exchange.propose(actor, file.file, 0)).toThrow(/upload it again/);
	});
});

describe('exporting', () => {
	it.each(['xlsx', 'csv'] as const)('%s comes back without a difference, and is recorded', async (format) => {
		const { exercise: open, actor } = await as(planner);
		const { bytes, fileName } = await exchange.export(open, actor, 'GR', format);
		expect(fileName).toBe(`EX_Test-exercise_script_GR_TLP-AMBER.${format}`);
		const file = await exchange.read(open, actor, 'GR', { bytes, fileName });
		const { headerRow, columns, dateOrder, template } = file.proposal;
		expect(template).toBe('muster');
		const shown = await exchange.preview(open, actor, 'GR', file.file, {
			sheet: 0,
			headerRow,
			columns,
			dateOrder,
			bareTimes: null,
			matches: [],
			leaveOut: []
		});
		expect(shown.counts).toEqual({
			added: 0,
			changed: 0,
			unchanged: 2,
			notInFile: 0,
			sections: 0,
			leftOut: 0,
			errors: 0,
			warnings: 0
		});
	});
});

describe('who may', () => {
	it('to players, evaluators and other cells the script does not exist', async () => {
		for (const person of [player, evaluator]) {
			const { exercise: open, actor } = await as(person);
			expect(await exchange.cells(open, actor)).toEqual([]);
			await expect(exchange.export(open, actor, 'GR', 'csv')).rejects.toMatchObject({ code: 'not-found' });
			await expect(exchange.read(open, actor, 'GR', csv('a,b\n1,2'))).rejects.toMatchObject({
				code: 'not-found'
			});
		}
		const { exercise: open, actor } = await as(planner);
		expect(await exchange.cells(open, actor)).toEqual([
			{ cell: 'central', right: 'read' },
			{ cell: 'GR', right: 'write' }
		]);
		await expect(exchange.read(open, actor, 'central', csv('a,b\n1,2'))).rejects.toMatchObject({
			code: 'forbidden'
		});
		await expect(exchange.export(open, actor, 'IT', 'csv')).rejects.toMatchObject({ code: 'not-found' });
		await expect(exchange.export(open, actor, "GR' or 1=1", 'csv')).rejects.toMatchObject({
			code: 'not-found'
		});
	});

	it('a moderator exports the own country’s script and does not import', async () => {
		const moderator = await exercise.member('Moderator', { role: 'moderator', country: 'GR' });
		const { exercise: open, actor } = await as(moderator);
		expect(await exchange.cells(open, actor)).toEqual([{ cell: 'GR', right: 'read' }]);
		expect((await exchange.export(open, actor, 'GR', 'csv')).bytes.length).toBeGreaterThan(100);
		await expect(exchange.read(open, actor, 'GR', csv('a,b\n1,2'))).rejects.toMatchObject({
			code: 'forbidden'
		});
	});
});
