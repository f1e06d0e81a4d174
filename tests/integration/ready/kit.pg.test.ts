import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader, configure } from '@zip.js/zip.js';
import { documentName } from '#lib/exercise/documents.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, newInject } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { audit } from '#server/database/schema.ts';
import { readSpreadsheet } from '#server/exchange/spreadsheet/read.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

configure({ useWebWorkers: false });
const passphrase = 'Zeisig auf der Ώρα 9!';
let server: TestServer;
let play: TestExercise;
let controller: Person;
let others: Person[];

beforeAll(async () => {
	server = await startTestServer();
	play = await TestExercise.create(server);
	const team = await play.team('GR CSIRT');
	controller = await play.member('Controller', { role: 'controller' });
	others = [
		await play.member('Player', { role: 'player', teamId: team.id }),
		await play.member('Observer', { role: 'observer' }),
		await play.member('Moderator', { role: 'moderator', country: 'GR' })
	];
	await play.approved(
		{
			reference: 'CM-001',
			title: 'Ο τερματικός σταθμός',
			to: toAll,
			body: richTextFromText('Пристанището е спряно.')
		},
		{ reference: 'CM-002', title: 'Second', to: toAll, schedule: { mode: 'offset', seconds: 600 } }
	);
});
afterAll(() => server.close());

const make = async (person: Person, one = passphrase, two = one) => {
	const { exercise, actor } = await server.services.exercises.open(play.id, person);
	return server.services.readiness.kits.make(exercise, actor, one, two);
};
const outcome = (asked: Promise<unknown>) =>
	asked.then(
		() => 'made',
		(error: { code?: string }) => error.code
	);
async function unpack(bytes: Uint8Array, password?: string) {
	const reader = new ZipReader(new Uint8ArrayReader(bytes), password === undefined ? {} : { password });
	const files = new Map<string, Uint8Array>();
	for (const entry of await reader.getEntries())
		if (!entry.directory) files.set(entry.filename, await entry.getData(new Uint8ArrayWriter()));
	return files;
}

describe('the run-by-hand kit', () => {
	it('opens with its passphrase, and not without or with another', async () => {
		const { name, bytes } = await make(controller);
		expect(name).toBe('EX_Test-exercise_run-by-hand_TLP-AMBER.zip');
		const entries = await new ZipReader(new Uint8ArrayReader(bytes)).getEntries();
		expect(entries.map((one) => one.encrypted)).toEqual([true, true]);
		await expect(unpack(bytes)).rejects.toThrow();
		await expect(unpack(bytes, `${passphrase}x`)).rejects.toThrow();
		const files = await unpack(bytes, passphrase);
		expect([...files.keys()].map((file) => file.split('.').at(-1))).toEqual(['pdf', 'xlsx']);
		const [pdf, xlsx] = [...files.values()];
		expect(Buffer.from(pdf!.subarray(0, 5)).toString()).toBe('%PDF-');
		const sheets = await readSpreadsheet(xlsx!, 'plan.xlsx');
		const cells = JSON.stringify(sheets);
		expect(cells).toContain('TLP:AMBER');
		expect(cells).toContain('Пристанището е спряно.');
		expect(cells).toContain('CM-002');
	});

	it('[P1] is made for director and controllers alone', async () => {
		expect(await outcome(make(play.director))).toBe('made');
		const planner = await play.member('Planner', { role: 'planner', cell: 'central' });
		expect(await outcome(make(planner))).toBe('forbidden');
		for (const person of others) expect(await outcome(make(person)), person.name).toBe('not-found');
	});

	it('asks for twelve characters, twice the same', async () => {
		expect(await outcome(make(controller, 'eleven char'))).toBe('invalid');
		expect(await outcome(make(controller, passphrase, `${passphrase} `))).toBe('invalid');
		expect(await outcome(make(controller, 'x'.repeat(257)))).toBe('invalid');
	});

	it('[P7] is in the audit, and its passphrase nowhere', async () => {
		await make(controller);
		const rows = await server.services.database.db.select().from(audit);
		expect(rows.filter((row) => row.act === 'kit.made').at(-1)!.detail).toEqual({ injects: 2, tlp: 'amber' });
		expect(JSON.stringify(rows)).not.toContain('Zeisig');
	});

	it('of 1,500 injects is made beside the main thread, which goes on meanwhile', async () => {
		const body = richTextFromText('The terminal stands still. Ο τερματικός σταθμός σταμάτησε. '.repeat(12));
		await server.services.documents.edit(
			documentName({ exercise: play.id, kind: 'script', cell: 'central' }),
			null,
			(doc) => {
				for (let i = 0; i < 1500; i++)
					addInject(
						doc,
						newInject(`inject-${String(i).padStart(6, '0')}` as InjectId, {
							reference: `L-${i}`,
							title: `Inject ${i}`,
							to: toAll,
							schedule: { mode: 'offset', seconds: i * 30 },
							body
						}),
						`b${String(i).padStart(5, '0')}`
					);
			}
		);
		let longest = 0;
		let last = performance.now();
		const beat = setInterval(() => {
			const now = performance.now();
			longest = Math.max(longest, now - last);
			last = now;
		}, 5);
		const from = performance.now();
		const { bytes } = await make(controller);
		clearInterval(beat);
		const took = performance.now() - from;
		process.stdout.write(
			`kit of 1,502 injects: ${Math.round(took)} ms, ${bytes.length} bytes, longest pause ${Math.round(longest)} ms\n`
		);
		expect(took).toBeLessThan(60_000);
		// the worker takes many times as long: had it run here, this pause would be as long as all of it
		expect(longest).toBeLessThan(took / 2);
	}, 120_000);
});
