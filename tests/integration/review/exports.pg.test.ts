import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonical } from '#lib/exercise/fingerprint.ts';
import { noFilters, type RecordFilters } from '#lib/exercise/record/filters.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { csvColumns } from '#server/exchange/record/csv.ts';
import type { ExportFile } from '#server/exchange/record/file.ts';
import type { HashedPart } from '#server/exchange/record/json.ts';
import * as record from '#server/views/record.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { PlayedExercise } from './played.ts';
import { unzip, wordsOf, xmlProblem } from './unzip.ts';

let server: TestServer;
let played: PlayedExercise;

beforeAll(async () => {
	server = await startTestServer();
	played = await PlayedExercise.create(server);
});
afterAll(() => server.close());

type Format = 'csv' | 'json' | 'docx';
async function make(
	person: Person,
	format: Format,
	filters: Partial<RecordFilters> = {}
): Promise<ExportFile> {
	const { exercise, actor } = await played.open(person);
	const { database, documents } = server.services;
	const wanted = { ...noFilters, ...filters };
	if (format === 'csv') return record.exportCsv(database, exercise, actor, wanted);
	if (format === 'json') return record.exportJson(database, exercise, actor, wanted);
	return record.exportReport({ database, documents }, exercise, actor);
}
const bytesOf = async (file: ExportFile) => new Uint8Array(await new Response(file.body).arrayBuffer());
// `text()` of a response would drop the mark
const text = async (person: Person, format: Format, filters: Partial<RecordFilters> = {}) =>
	new TextDecoder('utf-8', { ignoreBOM: true }).decode(await bytesOf(await make(person, format, filters)));

describe('CSV', () => {
	test('is RFC 4180 in UTF-8 with its mark; marking and label above and below; every line has all cells', async () => {
		const csv = await text(played.people.controller, 'csv');
		expect(csv.startsWith('\ufeffEXERCISE EXERCISE EXERCISE,TLP:RED,')).toBe(true);
		expect(csv).not.toMatch(/[^\r]\n(?=\d+,)/);
		const rows = parse(csv, { bom: true }) as string[][];
		expect(rows.every((row) => row.length === csvColumns.length)).toBe(true);
		expect(rows[0]!.slice(0, 2)).toEqual(['EXERCISE EXERCISE EXERCISE', 'TLP:RED']);
		expect(rows[2]).toEqual([...csvColumns]);
		expect(rows.at(-1)!.slice(0, 2)).toEqual(['EXERCISE EXERCISE EXERCISE', 'TLP:RED']);
		const lines = rows.slice(3, -1);
		expect(lines.map((row) => row[0])).toEqual(lines.map((_, i) => String(i + 1)));
		const { total } = await facts(played.people.controller);
		expect(lines).toHaveLength(total);
		const released = lines.find((row) => row[6] === 'inject-released')!;
		expect(released[1]).toMatch(/^2026-06-10T09:0\d:\d\d\+02:00$/);
		expect(released[2]).toMatch(/^D1 09:0\d:\d\d$/);
		expect(released[3]).toMatch(/Z$/);
	});

	test('a text that could run as a formula cannot', async () => {
		const rows = parse(await text(played.people.controller, 'csv'), { bom: true }) as string[][];
		expect(rows.flat().some((cell) => cell === `'=HYPERLINK("http://evil.example")`)).toBe(true);
		expect(rows.flat().filter((cell) => /^\s*[=+\-@\t\r]/.test(cell))).toEqual([]);
	});

	test('carries the marking in its name, and only what the filters let through', async () => {
		const file = await make(played.people.greek, 'csv', { groups: ['decisions'] });
		expect(file.name).toBe('EX_Test-exercise_record_TLP-AMBER.csv');
		expect(parse(new TextDecoder().decode(await bytesOf(file))) as string[][]).toHaveLength(3 + 1 + 1);
	});

	test('the label is the strictest of what is in it: a report that is red makes it red for its readers alone', async () => {
		expect((await make(played.people.greek, 'csv')).name).toContain('TLP-RED');
		expect((await make(played.people.italian, 'csv')).name).toContain('TLP-AMBER-STRICT');
		expect((await make(played.people.planner, 'csv')).name).toContain('TLP-AMBER-STRICT');
	});
});

describe('JSON', () => {
	test('head, facts, counts, and sums that fit', async () => {
		const read = JSON.parse(await text(played.people.controller, 'json'));
		expect(read).toMatchObject({
			format: 'muster-record',
			schemaVersion: 1,
			marking: 'EXERCISE EXERCISE EXERCISE',
			tlp: 'TLP:RED',
			extent: 'whole',
			filtered: false,
			exercise: { name: 'Test exercise', timeZone: 'Europe/Brussels', state: 'ended' }
		});
		const { total } = await facts(played.people.controller);
		expect(read.facts).toHaveLength(total);
		expect(read.counts.facts).toBe(total);
		expect(Object.values(read.counts.byKind as Record<string, number>).reduce((a, b) => a + b)).toBe(total);
		const sum = (value: string) => createHash('sha256').update(value).digest('hex');
		for (const part of read.sha256 as HashedPart[]) {
			const content =
				part.part === 'facts'
					? (read.facts as unknown[])
							.slice(part.from! - 1, part.to)
							.map(canonical)
							.join('\n')
					: canonical(read[part.part]);
			expect(part.sha256).toBe(sum(content));
		}
		expect((read.sha256 as HashedPart[]).at(-1)!.to).toBe(total);
	});

	test('whoever reads the whole has each fact as stored; others have words alone, and no number that counts the whole', async () => {
		const whole = JSON.parse(await text(played.people.controller, 'json'));
		expect(
			whole.facts.every((fact: { fact?: unknown; sequence?: unknown }) => fact.fact && fact.sequence)
		).toBe(true);
		for (const who of ['greek', 'moderator', 'evaluator', 'facilitator'] as const) {
			const part = JSON.parse(await text(played.people[who], 'json'));
			expect(part.facts.some((fact: object) => 'fact' in fact || 'sequence' in fact)).toBe(false);
		}
	});

	test('[P1] [P2] a player’s file holds nothing of planning or of other teams', async () => {
		for (const format of ['json', 'csv'] as const) {
			const own = await text(played.people.greek, format);
			expect(own).toContain('Called the harbour master');
			expect(own).not.toMatch(
				/CM-03|Italian|Leak in Italy|Unused|Skipped tweet|secretnote|Carla|IT CSIRT|GR Port/
			);
		}
	});

	test('a card that was taken off the board says nothing any more', async () => {
		for (const format of ['json', 'csv'] as const)
			expect(await text(played.people.controller, format)).not.toContain('Withdrawnword');
	});
});

describe('the after-action report', () => {
	const report = async (person: Person) => {
		const file = await make(person, 'docx');
		const files = await unzip(await bytesOf(file));
		return { file, files, words: wordsOf(files.get('word/document.xml')!) };
	};

	test('every part is well-formed; marking, label and page number stand on every page of every section', async () => {
		const { file, files } = await report(played.play.director);
		expect(file.name).toBe('EX_Test-exercise_report_TLP-RED.docx');
		for (const [name, content] of files)
			if (/\.(xml|rels)$/.test(name)) expect(xmlProblem(content), name).toBeNull();
		const document = files.get('word/document.xml')!;
		const links = files.get('word/_rels/document.xml.rels')!;
		const sections = document.match(/<w:sectPr>.*?<\/w:sectPr>/gs)!;
		expect(sections).toHaveLength(2);
		for (const section of sections) {
			// another first page, or other even ones, would be without
			expect(section).not.toContain('<w:titlePg');
			for (const edge of ['header', 'footer']) {
				const id = new RegExp(`<w:${edge}Reference w:type="default" r:id="(\\w+)"`).exec(section)?.[1];
				const target = new RegExp(`Id="${id}"[^>]*Target="([^"]+)"|Target="([^"]+)"[^>]*Id="${id}"`).exec(
					links
				);
				const part = files.get(`word/${target?.[1] ?? target?.[2]}`)!;
				expect(wordsOf(part)).toContain('EXERCISE EXERCISE EXERCISE');
				expect(wordsOf(part)).toContain('TLP:RED');
				if (edge === 'footer') expect(part).toMatch(/PAGE.*NUMPAGES/s);
			}
		}
		expect(files.get('word/settings.xml')).toContain('<w:evenAndOddHeaders w:val="false"/>');
	});

	test('says what happened: summary, participants, findings with cards, times, decisions, reports, cards with votes, timeline', async () => {
		const { words } = await report(played.play.director);
		for (const part of [
			'After-action report',
			'Full version',
			'The exercise went as planned.',
			'But <calls> & "keys" \ufffd failed.',
			'2 countries, 3 teams, 3 players.',
			'In all 10 people took part.',
			'F1 Duty numbers were not known',
			'Two teams searched for the number.',
			'Nobody knew the duty number (GR CSIRT, without a name, 2 votes)',
			'We searched for the number (IT CSIRT, Ivo Italian, 0 votes)',
			'4 deliveries: 2 acknowledged',
			'GR CSIRT recorded decision 1: Isolate the terminal network',
			'GR CSIRT approved situation report 1, “Port gate outage”',
			'The form was too long (Leda Lead, 0 votes)',
			'Annex: timeline',
			'Released by hand: inject CM-031'
		])
			expect(words).toContain(part);
		expect(words).not.toMatch(/Withdrawnword|secretnote/);
	});

	test('[R17] an extract has what its reader reads, and who may not read the review gets nothing', async () => {
		const { words } = await report(played.people.evaluator);
		expect(words).toContain('Extract: the teams that the author is with.');
		expect(words).not.toContain('Italian secret');
		await expect(make(played.people.greek, 'docx')).rejects.toMatchObject({ code: 'not-found' });
		await expect(make(played.people.observer, 'csv')).rejects.toMatchObject({ code: 'not-found' });
		const open = (reviewOpen: boolean) =>
			server.services.exercises.updateSettings(
				played.play.id,
				{ settings: { reviewOpen } },
				played.play.director.id
			);
		await open(true);
		try {
			const own = await report(played.people.greek);
			expect(own.words).toContain('Extract of one team');
			expect(own.words).toContain('Duty numbers were not known');
			expect(own.words).toContain('and 1 card of another team');
			expect(own.words).not.toMatch(
				/We searched for the number|Ivo Italian|Italian secret|CM-03|Carla|In all 10/
			);
		} finally {
			await open(false);
		}
	});
});

test('an anonymous card has no name in any byte: view, CSV, JSON, DOCX', async () => {
	// Gina wrote it; in this team she also acted under her name, so only what stands with the card is looked at
	const { controller, facilitator } = played.people;
	for (const person of [controller, facilitator]) {
		const rows = parse(await text(person, 'csv'), { bom: true, columns: false }) as string[][];
		const lines = rows.filter((row) => row[8] === 'Nobody knew the duty number' || row[6] === 'card-voted');
		expect(lines).toHaveLength(3);
		for (const row of lines) expect(row[9]).toBe('');
		const read = JSON.parse(await text(person, 'json')) as { facts: { kind: string; text: string }[] };
		const cards = read.facts.filter(
			(fact) => fact.text === 'Nobody knew the duty number' || fact.kind === 'card-voted'
		);
		expect(cards).toHaveLength(3);
		expect(JSON.stringify(cards)).not.toMatch(
			new RegExp(`Gina|${played.people.greek.id}|${played.people.lead.id}|Leda`)
		);
	}
	// a team in which the author did nothing else: then the name stands nowhere at all
	const quiet = await played.play.member('Quietperson Nameless', {
		role: 'player',
		teamId: played.teams.port.id
	});
	await played.play.must(quiet, 'hotWash.add', {
		team: played.teams.port.id,
		column: 'change',
		text: 'Answer faster',
		anonymous: true
	});
	const files = await unzip(await bytesOf(await make(played.play.director, 'docx')));
	const everything = [await text(controller, 'csv'), await text(controller, 'json'), ...files.values()].join(
		'\n'
	);
	expect(everything).toContain('Answer faster');
	expect(everything).not.toMatch(new RegExp(`Quietperson|${quiet.id}`));
	const { rows } = await server.services.database.pool.query(
		`select count(*)::int as n from audit where scope = $1 and actor_id = $2`,
		[played.play.id, quiet.id]
	);
	expect(rows[0].n).toBe(0);
});

test('[P7] each export leaves an audit row, and the chain is whole', async () => {
	await make(played.people.controller, 'csv', { text: 'ransom' });
	const { rows } = await server.services.database.pool.query(
		`select act, detail, actor_id from audit where scope = $1 and act like '%exported' order by sequence desc limit 1`,
		[played.play.id]
	);
	expect(rows[0]).toMatchObject({
		act: 'record.exported',
		actor_id: played.people.controller.id,
		detail: { format: 'csv', tlp: 'amber', filters: { text: 'ransom' } }
	});
	expect((await verifyAudit(server.services.database, played.play.id)).broken).toBeNull();
});

async function facts(person: Person) {
	const { exercise, actor } = await played.open(person);
	return record.facts(server.services.database, exercise, actor, noFilters, { after: null, before: null });
}
