import { afterAll, beforeAll, expect, test } from 'vitest';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { noticeKinds } from '#lib/exercise/notice/choices.ts';
import { eventually } from '../support/eventually.ts';
import { Listener } from '../support/listener.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { readMail, startSmtp, type TestSmtp } from '../support/smtp.ts';
import { readable } from './probe/readable.ts';
import { addresses, askedDoors, lookThrough, type AskedDoor } from './tlp/doors.ts';
import {
	audiences,
	canaries,
	canary,
	LabelStage,
	type CasePlace,
	type FilePlace,
	type Looking,
	type MessagePlace,
	type ReportPlace
} from './tlp/stage.ts';

/*
 * [P8] [R17] Five labels, six audiences, five doors. The same record is put under every label wherever somebody can put
 * it; then everybody asks every page, endpoint, search and export for it, opens every document, and keeps every event
 * and mail that comes by itself. What comes through is compared with tables that are written here by hand: no function
 * of the product is asked what it should be.
 *
 * A row says who reads it: o own team, s another team of its organisation, r a team that it was sent to, n the person
 * named there, p another participant. Nobody outside the exercise ever does. `-`: it cannot be put there at all.
 */
const messages: Record<MessagePlace, Record<Tlp, string>> = {
	// the originator addresses teams of other organisations with AMBER; STRICT stays at home, RED is for people
	wide: { clear: 'osrnp', green: 'osrnp', amber: 'osrnp', amber_strict: '-', red: '-' },
	addressed: { clear: 'orn', green: 'orn', amber: 'orn', amber_strict: '-', red: '-' },
	organisation: { clear: 'os', green: 'os', amber: 'os', amber_strict: 'os', red: '-' },
	// the author and one person of another organisation: their colleagues never read it
	private: { clear: 'n', green: 'n', amber: 'n', amber_strict: '-', red: 'n' },
	// who received it passes CLEAR and GREEN on; AMBER stays where its originator put it
	onward: { clear: 'ornp', green: 'ornp', amber: 'orn', amber_strict: '-', red: '-' }
};
/** The own team wrote it together, and reads it in its room, also where it may not be sent. */
const reports: Record<ReportPlace, Record<Tlp, string>> = {
	wide: { clear: 'osrnp', green: 'osrnp', amber: 'osrnp', amber_strict: '-', red: '-' },
	addressed: { clear: 'orn', green: 'orn', amber: 'orn', amber_strict: '-', red: '-' },
	organisation: { clear: 'os', green: 'os', amber: 'os', amber_strict: 'os', red: '-' },
	private: { clear: 'on', green: 'on', amber: 'on', amber_strict: '-', red: 'on' },
	team: { clear: 'orn', green: 'orn', amber: 'orn', amber_strict: '-', red: '-' },
	sister: { clear: 'os', green: 'os', amber: 'os', amber_strict: 'os', red: '-' }
};
/** Indicators are a team's own; files for other tools leave RED out. */
const indicators: Record<Tlp, string> = {
	clear: 'o',
	green: 'o',
	amber: 'o',
	amber_strict: 'o',
	red: 'o'
};
/** Their file is handed to another team, which takes it over; relaxing the label hands it to nobody else. */
const takenOver: Record<FilePlace, Record<Tlp, string>> = {
	file: { clear: 'orn', green: 'orn', amber: 'orn', amber_strict: 'o', red: 'o' },
	relaxed: { clear: 'orn', green: 'orn', amber: 'orn', amber_strict: 'o', red: 'o' }
};
/** A notification goes to one authority, and stays there whatever its label becomes. */
const notifications: Record<CasePlace, Record<Tlp, string>> = {
	sister: { clear: 'os', green: 'os', amber: 'os', amber_strict: 'os', red: '-' },
	relaxed: { clear: 'os', green: 'os', amber: 'os', amber_strict: 'os', red: '-' }
};
/** Messages whose quotation was refused were said to the recipients before. */
const refusedOnward = new Set(['message onward amber']);

const letters: Record<Looking, string> = {
	own: 'o',
	sister: 's',
	sent: 'r',
	named: 'n',
	other: 'p',
	outside: 'x'
};

let smtp: TestSmtp;
let server: TestServer;
let stage: LabelStage;
const seen = new Map<Looking, Record<AskedDoor, Set<string>>>();
/** every event that each heard, as it came */
const heard = new Map<Looking, string[]>();
const listeners: Listener[] = [];
let asked = 0;

beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		pages: true,
		environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Muster <muster@example.test>' }
	});
	stage = await LabelStage.start(server);
	const inside = audiences.filter((who) => who !== 'outside');
	for (const who of inside) {
		const person = stage.people[who];
		await server.services.notices.save(person.id, {
			ways: Object.fromEntries(noticeKinds.map((kind) => [kind, ['mail', 'page']])),
			digestMinutes: 5
		});
		const listener = await Listener.join(server.url, person, stage.exercise.id);
		const events: string[] = [];
		listener.socket.onAny((...event) => events.push(JSON.stringify(event)));
		heard.set(who, events);
		listeners.push(listener);
	}
	// the first digest is the beginning: from here on things are news
	await digest();
	await stage.fill();
	const doors = await addresses(stage);
	for (const who of audiences) {
		asked += Object.values(doors).flat().length;
		seen.set(who, await lookThrough(stage, doors, stage.people[who]));
	}
}, 900_000);
afterAll(async () => {
	for (const listener of listeners) listener.close();
	await server.close();
	await smtp.stop();
});

async function digest(): Promise<number> {
	await server.services.database.pool.query('update notice_preference set digest_at = now()');
	return server.services.notices.digest.look();
}

/** Who found a word behind a door, as the tables write it. */
const readers = (door: AskedDoor, word: string): string =>
	audiences
		.filter((who) => seen.get(who)![door].has(word))
		.map((who) => letters[who])
		.join('');

const expected = (row: string, own: string): string => (row === '-' ? own : row);

test('[P8] a label is refused where somebody would be left out, and nowhere else', () => {
	const wanted: string[] = [...refusedOnward];
	for (const [kind, table] of [
		['message', messages],
		['report', reports],
		['notification', notifications]
	] as const)
		for (const [place, rows] of Object.entries(table))
			for (const tlp of tlpIds) if (rows[tlp] === '-') wanted.push(`${kind} ${place} ${tlp}`);
	expect([...stage.refused].sort()).toEqual(wanted.sort());
});

test.each(askedDoors)('[P8] [R17] messages under five labels, to six audiences: %s', (door) => {
	for (const [place, rows] of Object.entries(messages))
		for (const tlp of tlpIds)
			expect([place, tlp, readers(door, canary('message', place, tlp))]).toEqual([
				place,
				tlp,
				expected(rows[tlp], '')
			]);
});

test.each(askedDoors)('[P8] [R17] situation reports under five labels, to six audiences: %s', (door) => {
	for (const [place, rows] of Object.entries(reports))
		for (const tlp of tlpIds)
			expect([place, tlp, readers(door, canary('report', place, tlp))]).toEqual([
				place,
				tlp,
				expected(rows[tlp], 'o')
			]);
});

test.each(askedDoors)('[P8] [R17] indicators under five labels, to six audiences: %s', (door) => {
	for (const tlp of tlpIds)
		expect([tlp, readers(door, canary('indicator', 'room', tlp))]).toEqual([tlp, indicators[tlp]]);
});

test.each(askedDoors)('[P8] [R17] indicators that another team took over, to six audiences: %s', (door) => {
	for (const [place, rows] of Object.entries(takenOver))
		for (const tlp of tlpIds)
			expect([place, tlp, readers(door, canary('indicator', place, tlp))]).toEqual([place, tlp, rows[tlp]]);
});

test.each(askedDoors)('[P8] [R17] notifications under five labels, to six audiences: %s', (door) => {
	for (const [place, rows] of Object.entries(notifications))
		for (const tlp of tlpIds)
			expect([place, tlp, readers(door, canary('notification', place, tlp))]).toEqual([
				place,
				tlp,
				expected(rows[tlp], 'o')
			]);
});

test('[P8] a label that was relaxed is the one under which both sides have it from then on', async () => {
	const { rows } = await server.services.database.pool.query<{ title: string; tlp: Tlp }>(
		`select coalesce(standing #>> '{content,title}', standing #>> '{content,value}') as title,
			standing #>> '{content,tlp}' as tlp
		from working_record where exercise_id = $1 and kind in ('notification', 'indicator')`,
		[stage.exercise.id]
	);
	const labelsOf = (word: string) => rows.filter(({ title }) => title.startsWith(word)).map(({ tlp }) => tlp);
	for (const tlp of ['green', 'amber'] as const) {
		expect(labelsOf(canary('notification', 'relaxed', tlp))).toEqual(['clear', 'clear']);
		expect(labelsOf(canary('indicator', 'relaxed', tlp))).toEqual(['clear', 'clear']);
		expect(labelsOf(canary('notification', 'sister', tlp))).toEqual([tlp, tlp]);
		expect(labelsOf(canary('indicator', 'file', tlp))).toEqual([tlp, tlp]);
	}
	expect(labelsOf(canary('notification', 'relaxed', 'amber_strict'))).toEqual(['clear', 'clear']);
	const at = stage.cases.find(({ team }) => team === stage.teams.sister.id)!;
	const response = await fetch(
		`${server.url}/exercises/${stage.exercise.id}/teams/${at.team}/notifications/${at.record}.early_warning.1.docx`,
		{ headers: { cookie: stage.people.sister.cookie } }
	);
	expect(response.status).toBe(200);
});

test('[P8] no file for other tools holds what is RED, also not for the own team', async () => {
	for (const format of ['stix', 'misp']) {
		const response = await fetch(
			`${server.url}/exercises/${stage.exercise.id}/teams/${stage.teams.greek.id}/exchange/export?format=${format}`,
			{ headers: { cookie: stage.people.own.cookie } }
		);
		const words = new Set((await response.text()).match(canaries));
		const labels = tlpIds.filter((tlp) => words.has(canary('indicator', 'room', tlp)));
		expect([format, labels]).toEqual([format, ['clear', 'green', 'amber', 'amber_strict']]);
		expect([...words].filter((word) => word.endsWith('redq'))).toEqual([]);
	}
});

test('[P8] an export says the strictest label of what is in it, and carries the marking', async () => {
	for (const [who, label] of [
		['own', 'TLP-RED'],
		['sister', 'TLP-AMBER-STRICT'],
		['other', 'TLP-AMBER'],
		['named', 'TLP-RED']
	] as const) {
		const response = await fetch(`${server.url}/exercises/${stage.exercise.id}/record/export.csv`, {
			headers: { cookie: stage.people[who].cookie }
		});
		const name = response.headers.get('content-disposition') ?? '';
		expect([who, name]).toEqual([who, expect.stringMatching(new RegExp(`EX_.*_${label}\\.csv`))]);
		expect(await response.text()).toContain('EXERCISE EXERCISE EXERCISE');
	}
});

test('[P8] [R17] no notice holds a word of anything, under no label, to nobody: events and digests', async () => {
	// everybody is told of something, so that there is a mail to look into
	for (const team of Object.values(stage.teams))
		await stage.exercise.must(stage.exercise.director, 'team.prompt', {
			team: team.id,
			text: 'Go on',
			tlp: 'clear'
		});
	const listening = audiences.filter((who) => who !== 'outside');
	await eventually(() => listening.every((who) => heard.get(who)!.length > 0), 'something to be heard');
	expect(await digest()).toBe(listening.length);
	server.services.mail.look();
	await eventually(() => smtp.arrived.length === listening.length, 'all digests to arrive');
	for (const who of listening) {
		expect([who, heard.get(who)!.join('\n').match(canaries)]).toEqual([who, null]);
		const mails = smtp.arrived.filter(({ to }) => to.includes(stage.people[who].email));
		const text = mails.map((mail) => `${readable(mail.raw)}\n${readMail(mail).text}`).join('\n');
		expect([who, text.match(canaries)]).toEqual([who, null]);
		expect(text).toContain('EXERCISE EXERCISE EXERCISE');
	}
	expect(smtp.arrived.filter(({ to }) => to.includes(stage.people.outside.email))).toEqual([]);
});

test('[P8] everything was asked, and what nobody outside found was there to be found', () => {
	expect(asked).toBeGreaterThan(2000);
	expect([...seen.get('outside')!.page, ...seen.get('outside')!.export]).toEqual([]);
	expect(seen.get('own')!.page.size).toBeGreaterThan(40);
});
