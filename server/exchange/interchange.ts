import { and, asc, eq, inArray } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { tellTime } from '#lib/exercise/exercise/clock.ts';
import { playsIn, readsTeam } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, ExerciseKind, Team } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import type { Incident } from '#lib/exercise/incident/schema.ts';
import type { Indicator } from '#lib/exercise/indicator/schema.ts';
import {
	leaves,
	ownNames,
	planImport,
	type ImportPlan,
	type IncomingFile,
	type Outgoing
} from '#lib/exercise/interchange/items.ts';
import { toMisp } from '#lib/exercise/interchange/misp.ts';
import { interchangeLimits, readInterchange } from '#lib/exercise/interchange/read.ts';
import { otherKind } from '#lib/exercise/interchange/relabel.ts';
import { toStix } from '#lib/exercise/interchange/stix.ts';
import { strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Commands } from '../commands/run.ts';
import { relaxedLabels } from '../commands/shared-copy.ts';
import { databaseNow, type Database } from '../database/open.ts';
import { exercise as exerciseTable, fact, workingRecord } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { exportFileName, type ExportFile } from './record/file.ts';

/** What a team has that other tools can take: its page of exchange starts from it. */
export interface ExchangeView {
	team: Pick<Team, 'id' | 'name'>;
	plays: boolean;
	incidents: { id: RecordId; number: number; title: string; tlp: Tlp }[];
	indicators: {
		id: RecordId;
		number: number;
		type: string;
		value: string;
		tlp: Tlp;
		incident: RecordId | null;
		withdrawn: string | null;
		/** it came in from a file: whoever made it may lower its label */
		takenOver: boolean;
	}[];
	reports: { number: number; title: string; tlp: Tlp }[];
}

export interface ImportPreview {
	format: IncomingFile['format'];
	items: {
		external: string;
		kind: ImportPlan['kind'];
		state: ImportPlan['state'];
		title: string;
		tlp: Tlp;
	}[];
	problems: IncomingFile['problems'];
	leftOut: IncomingFile['leftOut'];
	/** the file is marked as of the other kind: it comes in only under a person's name */
	marked: ExerciseKind | null;
}

/** STIX 2.1 and MISP, in and out, for one team (DOMAIN 8.1, 8.2). TLP:RED never leaves as a file. */
export function createInterchange({ database, commands }: { database: Database; commands: Commands }) {
	async function openTeam(exercise: Exercise, actor: Actor, teamId: string): Promise<Team> {
		const team = (await readTeams(database.db, exercise.id)).find((one) => one.id === teamId);
		if (!team || !readsTeam(actor, team)) throw noExercise();
		return team;
	}

	async function readKept(team: Team) {
		const rows = await database.db
			.select({ id: workingRecord.id, kind: workingRecord.kind, standing: workingRecord.standing })
			.from(workingRecord)
			.where(and(eq(workingRecord.teamId, team.id), inArray(workingRecord.kind, ['incident', 'indicator'])));
		const of = <Standing extends { number: number }>(kind: string) =>
			rows
				.filter((row) => row.kind === kind)
				.map((row) => ({ id: row.id as RecordId, standing: row.standing as Standing }))
				.sort((a, b) => a.standing.number - b.standing.number);
		return { incidents: of<Incident>('incident'), indicators: of<Indicator>('indicator') };
	}

	async function createdAt(exercise: Exercise): Promise<number> {
		const [row] = await database.db
			.select({ createdAt: exerciseTable.createdAt })
			.from(exerciseTable)
			.where(eq(exerciseTable.id, exercise.id));
		if (!row) throw noExercise();
		return row.createdAt.getTime();
	}

	async function readReports(exercise: Exercise, team: Team): Promise<Outgoing['reports']> {
		const rows = await database.db
			.select({ fact: fact.fact, wallAt: fact.wallAt })
			.from(fact)
			.where(
				and(eq(fact.exerciseId, exercise.id), eq(fact.teamId, team.id), eq(fact.kind, 'report-approved'))
			)
			.orderBy(asc(fact.sequence));
		const relaxed = await relaxedLabels(database.db, exercise.id, team.id);
		return rows.flatMap(({ fact: one, wallAt }) =>
			one.kind === 'report-approved'
				? [
						{
							number: one.number,
							title: one.title,
							tlp: relaxed.get(one.number) ?? one.tlp,
							asOf: one.asOf,
							approvedAt: wallAt.getTime(),
							text: one.text
						}
					]
				: []
		);
	}

	function readFile(bytes: Uint8Array): IncomingFile {
		if (bytes.length > interchangeLimits.bytes)
			throw new AppError('too-large', 'The file has more than 5 MB. Export less at a time.');
		const file = readInterchange(new TextDecoder().decode(bytes));
		if ('refused' in file) throw new AppError('invalid', file.refused);
		return file;
	}

	return {
		async view(exercise: Exercise, actor: Actor, teamId: string): Promise<ExchangeView> {
			const team = await openTeam(exercise, actor, teamId);
			const [{ incidents, indicators }, reports] = await Promise.all([
				readKept(team),
				readReports(exercise, team)
			]);
			return {
				team: { id: team.id, name: team.name },
				plays: playsIn(actor, team.id),
				incidents: incidents.map(({ id, standing: { number, content } }) => ({
					id,
					number,
					title: content.title,
					tlp: content.tlp
				})),
				indicators: indicators.map(({ id, standing: { number, content, withdrawn } }) => ({
					id,
					number,
					type: content.type,
					value: content.value,
					tlp: content.tlp,
					incident: content.incident,
					withdrawn,
					takenOver: content.external !== null
				})),
				reports: reports.map(({ number, title, tlp }) => ({ number, title, tlp }))
			};
		},

		/** `chosen`: ids of incidents and indicators, and `report-<n>`; none: everything that may leave. */
		async write(
			exercise: Exercise,
			actor: Actor,
			teamId: string,
			format: 'stix' | 'misp',
			chosen: readonly string[]
		): Promise<ExportFile> {
			const team = await openTeam(exercise, actor, teamId);
			const [kept, reports, created, now] = await Promise.all([
				readKept(team),
				readReports(exercise, team),
				createdAt(exercise),
				databaseNow(database.db)
			]);
			const isChosen = (id: string) => chosen.length === 0 || chosen.includes(id);
			const outgoing: Outgoing = {
				exercise: { id: exercise.id, kind: exercise.kind, name: exercise.name, createdAt: created },
				team: { id: team.id, name: team.name, country: team.country },
				incidents: kept.incidents.filter((one) => isChosen(one.id)),
				indicators: kept.indicators.filter((one) => isChosen(one.id)),
				reports: reports.filter((one) => isChosen(`report-${one.number}`)),
				now,
				time: (at) => tellTime(at, exercise)
			};
			const labels = [
				...outgoing.incidents.map((one) => one.standing.content.tlp),
				...outgoing.indicators.map((one) => one.standing.content.tlp),
				...outgoing.reports.map((one) => one.tlp)
			].filter(leaves);
			if (labels.length === 0)
				throw new AppError('invalid', 'There is nothing to export: choose a record that is not TLP:RED.');
			const tlp = strictestTlp(labels);
			const text = JSON.stringify(format === 'stix' ? toStix(outgoing) : toMisp(outgoing), null, '\t');
			await database.db.transaction((tx) =>
				writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'records.exported',
					detail: { format, team: team.id, records: labels.length, tlp }
				})
			);
			return {
				name: exportFileName(exercise, format, tlp, 'json'),
				type: format === 'stix' ? 'application/stix+json;version=2.1' : 'application/json',
				body: new Blob([text]).stream()
			};
		},

		/** What a file holds, and what would become of it; nothing is kept. */
		async preview(
			exercise: Exercise,
			actor: Actor,
			teamId: string,
			bytes: Uint8Array
		): Promise<ImportPreview> {
			const team = await openTeam(exercise, actor, teamId);
			if (!playsIn(actor, team.id)) throw noExercise();
			const file = readFile(bytes);
			const kept = await readKept(team);
			const own = ownNames(exercise.id, team.id, [
				...kept.incidents.map(({ id }) => ({ id, kind: 'incident' })),
				...kept.indicators.map(({ id }) => ({ id, kind: 'indicator' }))
			]);
			const planned = planImport(file.items, kept, own);
			return {
				format: file.format,
				items: planned.map((item) => ({
					external: item.external,
					kind: item.kind,
					state: item.state,
					title: item.kind === 'incident' ? item.content.title : `${item.content.type} ${item.content.value}`,
					tlp: item.content.tlp
				})),
				problems: file.problems,
				leftOut: file.leftOut,
				marked: otherKind(exercise.kind, file.marks)
			};
		},

		/** Takes the chosen objects of a file over, all or nothing; `key` makes a second try the same one. */
		async take(
			exercise: Exercise,
			actor: Actor,
			teamId: string,
			bytes: Uint8Array,
			chosen: readonly string[],
			key: string,
			/** the person's own name, for what is marked as of the other kind */
			relabel = ''
		): Promise<{ taken: number; same: number }> {
			const file = readFile(bytes);
			const wanted = new Set(chosen);
			const items = file.items.filter((item) => wanted.has(item.external));
			const answer = await commands.run(
				{
					exercise: exercise.id,
					name: 'interchange.import',
					key,
					input: { team: teamId, format: file.format, items, marks: file.marks, relabel }
				},
				{ accountId: actor.accountId, name: actor.name }
			);
			if (!answer.ok) throw AppError.from(answer.error);
			return answer.result as { taken: number; same: number };
		}
	};
}
