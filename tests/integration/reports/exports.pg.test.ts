import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import type { ExportFile } from '#server/exchange/record/file.ts';
import type { Person } from '../../support/exercise.ts';
import { pdfPages } from '../../support/pdf-words.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { unzip, wordsOf } from '../review/unzip.ts';
import { earlyWarning, ReportingStage } from './stage.ts';

let server: TestServer;
let stage: ReportingStage;
let teams: Record<'csirt' | 'port' | 'french', Team>;
let people: Record<string, Person>;
let record: RecordId;
let mirror: RecordId;
let shared: string;

beforeAll(async () => {
	server = await startTestServer();
	stage = await ReportingStage.start(server, async (exercise) => {
		teams = {
			csirt: await exercise.team('GR CSIRT'),
			port: await exercise.team('GR Port'),
			french: await exercise.team('FR CSIRT', 'FR')
		};
		people = {
			csirt: await exercise.member('CSIRT lead', { role: 'player', teamId: teams.csirt.id, lead: true }),
			port: await exercise.member('Port lead', { role: 'player', teamId: teams.port.id, lead: true }),
			french: await exercise.member('French', { role: 'player', teamId: teams.french.id, lead: true }),
			moderator: await exercise.member('GR moderator', { role: 'moderator', country: 'GR' }),
			observer: await exercise.member('Observer', { role: 'observer' })
		};
	});
	const { exercise } = stage;
	const page = await stage.approved(people['csirt']!, teams.csirt.id, 'ZEISIG the port stands still.');
	await exercise.must(people['csirt']!, 'report.share', {
		team: teams.csirt.id,
		page,
		teams: [teams.port.id]
	});
	shared = (await stage.room(teams.port.id)).received[0]!.shared;
	({ record } = (await exercise.must(people['port']!, 'notification.open', {
		team: teams.port.id,
		content: { title: 'Terminal down', entity: 'Port', provider: 'cloud', awareAt: null }
	})) as { record: RecordId });
	await exercise.must(people['port']!, 'notification.assess', { record, figures: { fullOutage: 45 } });
	await stage.fill(people['port']!, teams.port.id, 1, 'early_warning', earlyWarning);
	await exercise.must(people['port']!, 'notification.submit', {
		record,
		report: 'early_warning',
		fingerprint: await stage.draftFingerprint(teams.port.id, 1, 'early_warning'),
		to: teams.csirt.id
	});
	const { rows } = await server.services.database.pool.query<{ id: string }>(
		'select id from working_record where team_id = $1',
		[teams.csirt.id]
	);
	mirror = rows[0]!.id as RecordId;
}, 120_000);
afterAll(() => server.close());

const bytesOf = async ({ body }: ExportFile) => new Uint8Array(await new Response(body).arrayBuffer());
const reader = async (who: string, format: 'docx' | 'pdf') => {
	const { exercise, actor } = await stage.as(people[who]!);
	return { database: server.services.database, exercise, actor, format };
};
const papers = () => server.services.views.papers;

test('[P8] an approved report as DOCX and PDF: marking and label on every page, as-of time, EX_ in its name', async () => {
	const docx = await papers().exportSituationReport(await reader('csirt', 'docx'), teams.csirt.id, 1);
	expect(docx.name).toBe('EX_Test-exercise_SITREP-GR-CSIRT-1_TLP-AMBER.docx');
	const files = await unzip(await bytesOf(docx));
	const words = wordsOf(files.get('word/document.xml')!);
	for (const text of ['ZEISIG the port stands still', 'As of', 'D1 09:00', 'CSIRT lead'])
		expect(words).toContain(text);
	for (const [name, text] of files)
		if (/word\/(header|footer)/.test(name) && name.endsWith('.xml')) {
			expect(wordsOf(text)).toContain('EXERCISE EXERCISE EXERCISE');
			expect(wordsOf(text)).toContain('TLP:AMBER');
		}
	const pdf = await papers().exportSituationReport(await reader('moderator', 'pdf'), teams.csirt.id, 1);
	const pages = pdfPages(await bytesOf(pdf));
	expect(pages.join('')).toContain('ZEISIGtheportstandsstill');
	for (const page of pages) expect(page.split('EXERCISEEXERCISEEXERCISE·TLP:AMBER')).toHaveLength(3);
});

test('[P8] a submitted report with its due time, why it is significant, and the form it was written on', async () => {
	const file = await papers().exportNotification(
		await reader('port', 'pdf'),
		teams.port.id,
		record,
		'early_warning',
		1
	);
	expect(file.name).toMatch(/^EX_Test-exercise_NIS2-Port-Early-warning-v1_TLP-AMBER\.pdf$/);
	const words = pdfPages(await bytesOf(file)).join('');
	for (const text of ['Art.7(a)', 'NIS2,Art.23(4)(a),version2', 'ZEISIGtheterminal', 'D209:00'])
		expect(words).toContain(text);
	// the authority exports its own copy, in the name of the team that notified
	const copy = await papers().exportNotification(
		await reader('csirt', 'pdf'),
		teams.csirt.id,
		mirror,
		'early_warning',
		1
	);
	expect(pdfPages(await bytesOf(copy)).join('')).toContain('GRPort,Greece');
});

test('[P2] [R17] nobody takes out what the screen does not show: other teams’ reports, ids and copies', async () => {
	const refused: (() => Promise<unknown>)[] = [];
	for (const who of ['french', 'observer']) {
		const as = await reader(who, 'pdf');
		refused.push(
			() => papers().exportSituationReport(as, teams.csirt.id, 1),
			() => papers().exportSharedReport(as, shared),
			() => papers().exportNotification(as, teams.port.id, record, 'early_warning', 1),
			() => papers().exportNotification(as, teams.french.id, record, 'early_warning', 1)
		);
	}
	const port = await reader('port', 'docx');
	const csirt = await reader('csirt', 'pdf');
	refused.push(
		() => papers().exportSituationReport(port, teams.csirt.id, 1),
		// the own team, another team's record
		() => papers().exportNotification(port, teams.port.id, mirror, 'early_warning', 1),
		() => papers().exportNotification(port, teams.port.id, record, 'early_warning', 2),
		() => papers().exportNotification(port, teams.port.id, record, 'final_report', 1),
		() => papers().exportSituationReport(csirt, teams.csirt.id, 2)
	);
	for (const attempt of refused) await expect(attempt()).rejects.toMatchObject({ code: 'not-found' });
	const own = await papers().exportSharedReport(port, shared);
	expect(wordsOf((await unzip(await bytesOf(own))).get('word/document.xml')!)).toContain('ZEISIG');
});

test('[P7] who took out what is in the audit log', async () => {
	const { rows } = await server.services.database.pool.query<{ detail: Record<string, unknown> }>(
		"select detail from audit where scope = $1 and act = 'report.exported' order by sequence",
		[stage.exercise.id]
	);
	expect(rows.length).toBeGreaterThanOrEqual(5);
	expect(rows[0]!.detail).toMatchObject({ format: 'docx', tlp: 'amber', team: teams.csirt.id, report: 1 });
});
