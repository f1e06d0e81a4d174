import { Readable } from 'node:stream';
import { configure, ZipWriter } from '@zip.js/zip.js';
import { AppError } from '#lib/errors.ts';
import { isDirector, moderatesCountry, readsTeam } from '#lib/exercise/exercise/access.ts';
import { markingOf } from '#lib/exercise/exercise/kind.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import { countryCodes, countryName, type CountryCode } from '#lib/standards/countries.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import { writeAudit } from '../../audit/audit.ts';
import type { Database } from '../../database/open.ts';
import type { Documents } from '../../documents/documents.ts';
import { noExercise } from '../../exercises/rights.ts';
import { readTeams } from '../../exercises/teams.ts';
import type { FileStore } from '../../files/store.ts';
import { fileBytes } from '../archive/files.ts';
import { csvParts } from '../record/csv.ts';
import { exportFileName, streamed } from '../record/file.ts';
import { jsonParts } from '../record/json.ts';
import { openRecord, tlpOfLines, type OpenRecord } from '../record/read.ts';
import { pagesOf } from './pages.ts';

configure({ useWebWorkers: false });

export interface CountryParts {
	database: Database;
	documents: Pick<Documents, 'read'>;
	files: Pick<FileStore, 'open'>;
}

/**
 * What one country takes along: its teams' part of the record, their pages and their files. Read by the same functions as
 * for somebody who moderates that country and has no other part; what was said in channels is of several countries and
 * stays. For its moderators, and for the director, who hands it over.
 */
export async function exportCountry(
	parts: CountryParts,
	exercise: Exercise,
	actor: Actor,
	given: string | null
): Promise<{ name: string; body: ReadableStream<Uint8Array> }> {
	const country = countryCodes.find((code) => code === given?.toUpperCase());
	if (!country || !(isDirector(actor) || moderatesCountry(actor, country))) throw noExercise();
	const { database } = parts;
	const reader: Actor = {
		// nobody’s: a person may have been let into a channel by name
		accountId: '' as AccountId,
		name: '',
		memberships: [{ role: 'moderator', country }]
	};
	const opened = await openRecord(database, exercise, reader);
	const record: OpenRecord = { ...opened, scope: { ...opened.scope, channels: new Map() } };
	const teams = (await readTeams(database.db, exercise.id)).filter((team) => readsTeam(reader, team));
	if (teams.length === 0)
		throw new AppError('not-now', `${countryName(country)} has no team in this exercise.`);
	const tlp = await tlpOfLines(record, noFilters);
	await database.db.transaction((tx) =>
		writeAudit(tx, {
			scope: exercise.id,
			actorId: actor.accountId,
			act: 'country.exported',
			detail: { country, tlp, upTo: record.upTo, teams: teams.length }
		})
	);
	const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
	write(
		parts,
		exercise,
		{
			country,
			record,
			teams,
			tlp: tlpLabel(tlp),
			csv: () => csvParts(record, noFilters, tlp),
			json: () => jsonParts(record, noFilters, tlp)
		},
		writable
	)
		// whoever reads it hears of it: the download breaks off
		.catch((error: unknown) => writable.abort(error).catch(() => undefined));
	return {
		name: exportFileName(exercise, country, tlp, 'csv').replace(/csv$/, 'zip'),
		body: readable
	};
}

interface ToWrite {
	country: CountryCode;
	record: OpenRecord;
	teams: readonly Team[];
	tlp: string;
	csv: () => AsyncGenerator<string>;
	json: () => AsyncGenerator<string>;
}

async function write(
	parts: CountryParts,
	exercise: Exercise,
	{ country, teams, tlp, csv, json }: ToWrite,
	to: WritableStream<Uint8Array>
): Promise<void> {
	const zip = new ZipWriter(to, { keepOrder: true });
	const text = (name: string, words: string) => zip.add(name, new Blob([words]).stream());
	const mark = `${markingOf(exercise)} ${tlp}`;
	const files: string[] = [];
	await zip.add('record.json', streamed(json()));
	await zip.add('record.csv', streamed(csv()));
	let pages = 0;
	for (const team of teams) {
		const folder = safe(team.name);
		for await (const { page, text: words } of pagesOf(parts, exercise, team)) {
			await text(`pages/${folder}/${page}.txt`, `${mark}\n${team.name}: ${page}\n\n${words}\n\n${mark}\n`);
			pages++;
		}
		for (const file of await filesOf(parts.database, team)) {
			// two files of a team may have one name
			const name = `files/${folder}/${files.length + 1}-${safe(file.name)}`;
			await zip.add(
				name,
				Readable.toWeb(Readable.from(fileBytes(parts.files, file, file.name))) as ReadableStream<Uint8Array>
			);
			files.push(name);
		}
	}
	await text(
		'README.txt',
		[
			mark,
			`${exercise.name}: the part of ${countryName(country)}`,
			'',
			`Teams: ${teams.map(({ name }) => name).join(', ')}`,
			'record.json and record.csv: what happened in their rooms, as their moderator reads it.',
			`pages: ${pages}, as they read now. files: ${files.length}, their own and those that came with injects.`,
			'Not in it: what was said in channels with other countries, and what evaluators noted.',
			'',
			mark,
			''
		].join('\n')
	);
	await zip.close();
}

/** Files that a team keeps, and those that came to it with injects and were not taken back with them. */
async function filesOf(
	{ pool }: Database,
	team: Team
): Promise<{ sha256: string; bytes: number; name: string }[]> {
	const { rows } = await pool.query<{ sha256: string; bytes: number; name: string }>(
		`select sha256, bytes, name from (
			select sha256, bytes, name from team_file where team_id = $1
			union select a.sha256, a.bytes, a.name from attachment_grant g
				join attachment a on a.id = g.attachment_id
				join delivery d on d.id = g.delivery_id
				join inject i on i.id = d.inject_id
			where d.team_id = $1 and i.recalled_at is null) own
		order by name, sha256`,
		[team.id]
	);
	return rows;
}

/** A name as a part of a path: letters, digits, dots and hyphens, never only dots. */
const safe = (name: string) =>
	name
		.normalize('NFKD')
		.replace(/\p{M}+/gu, '')
		.replace(/[^A-Za-z0-9.]+/g, '-')
		.replace(/^[-.]+|[-.]+$/g, '')
		.slice(0, 80) || 'unnamed';
