import { like } from 'drizzle-orm';
import type * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import { documentName, documentRight, parseDocumentName, type Right } from '#lib/exercise/documents.ts';
import type { Actor, CellId, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { planState } from '#lib/exercise/inject/approval.ts';
import { foreignProposal } from '#lib/exercise/inject/foreign/candidates.ts';
import type { ForeignField } from '#lib/exercise/inject/foreign/shape.ts';
import { injectFingerprint, injectLimits, readScript } from '#lib/exercise/inject/schema.ts';
import { applyPlan } from '#lib/exercise/inject/spreadsheet/apply.ts';
import {
	exportFileName,
	exportRows,
	exportTitle,
	exportTlp
} from '#lib/exercise/inject/spreadsheet/export.ts';
import {
	bestSheet,
	proposeForHeaderRow,
	proposeMapping,
	type Proposal
} from '#lib/exercise/inject/spreadsheet/headings.ts';
import {
	importProblem,
	makePreview,
	readSelection,
	type Preview,
	type Selection,
	type UploadedFile
} from '#lib/exercise/inject/spreadsheet/preview.ts';
import type { Plan } from '#lib/exercise/inject/spreadsheet/plan.ts';
import { cellText, type Sheet } from '#lib/exercise/inject/spreadsheet/table.ts';
import { addObjectives } from '#lib/exercise/scenario/schema.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import { document } from '../database/schema.ts';
import type { Documents } from '../documents/documents.ts';
import type { Files } from '../files/files.ts';
import { readTeams } from '../exercises/teams.ts';
import { mintId } from '../mint.ts';
import { scriptRight, scriptStatuses } from '../views/script.ts';
import {
	attachDocuments,
	takeDocuments,
	type LeftOutDocument,
	type TakenDocuments
} from './foreign-documents.ts';
import { createShelf } from './shelf.ts';
import { readExchangeFile } from './spreadsheet/read.ts';
import { writeCsv, writeXlsx } from './spreadsheet/write.ts';

export interface Imported {
	added: number;
	changed: number;
	unchanged: number;
	/** of another tool's file: what the scenario did not have yet */
	objectives: number;
	/** documents of another tool's file that are attachments now */
	documents: number;
	documentsLeftOut: LeftOutDocument[];
}

export interface ExportedFile {
	bytes: Uint8Array;
	fileName: string;
	mediaType: string;
}

const mediaTypes = {
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	csv: 'text/csv; charset=utf-8'
} as const;

/**
 * Scripts as spreadsheets. Who may: whoever may write the script imports into it, whoever may read it exports it
 * (PROMISES R17); to all others the cell does not exist. An import only ever edits the page: nothing is approved,
 * scheduled or released by it.
 */
export function createScriptExchange({
	database,
	documents,
	files
}: {
	database: Database;
	documents: Pick<Documents, 'editIn' | 'announce' | 'read'>;
	files: Pick<Files, 'add'>;
}) {
	const shelf = createShelf();

	function rightFor(
		exercise: Exercise,
		actor: Actor,
		cell: string,
		needed: 'read' | 'write'
	): { cell: CellId; name: string } {
		const { cell: known, right } = scriptRight(exercise, actor, cell);
		if (needed === 'write' && right !== 'write')
			throw new AppError('forbidden', 'You can read this script, but not write it.');
		return { cell: known, name: documentName({ exercise: exercise.id, kind: 'script', cell: known }) };
	}

	async function contextFor(exercise: Exercise) {
		return {
			startsAt: exercise.startsAt,
			timeZone: exercise.timeZone,
			teams: await readTeams(database.db, exercise.id)
		};
	}

	const sheetOf = (sheets: readonly Sheet[], index: number): Sheet => {
		const sheet = sheets[index];
		if (!sheet) throw new AppError('invalid', 'This workbook has no such sheet.');
		return sheet;
	};

	return {
		/** The scripts that somebody may export, and which of them also import into. */
		async cells(
			exercise: Exercise,
			actor: Actor
		): Promise<{ cell: CellId; right: Exclude<Right, 'none'> }[]> {
			const prefix = `exercise/${exercise.id}/script/`;
			const rows = await database.db
				.select({ name: document.name })
				.from(document)
				.where(like(document.name, `${prefix.replace(/[\\%_]/g, '\\$&')}%`));
			return rows
				.flatMap(({ name }) => {
					const ref = parseDocumentName(name);
					if (ref?.kind !== 'script') return [];
					try {
						const { cell, right } = scriptRight(exercise, actor, ref.cell);
						return right === 'none' ? [] : [{ cell, right }];
					} catch {
						return [];
					}
				})
				.sort(
					(a, b) => Number(b.cell === 'central') - Number(a.cell === 'central') || (a.cell < b.cell ? -1 : 1)
				);
		},

		/** Throws unless this person may import into this script. */
		requireImport(exercise: Exercise, actor: Actor, cell: string): void {
			rightFor(exercise, actor, cell, 'write');
		},

		/** Reads an uploaded file and keeps what was read for a while, for its owner alone. */
		async read(
			exercise: Exercise,
			actor: Actor,
			cell: string,
			upload: { bytes: Uint8Array; fileName: string }
		): Promise<UploadedFile> {
			rightFor(exercise, actor, cell, 'write');
			const name = upload.fileName.replace(/^.*[\\/]/, '').slice(0, 200) || 'file';
			const read = await readExchangeFile(upload.bytes, name);
			const { sheets, foreign } = read;
			const best = foreign ? 0 : bestSheet(sheets);
			return {
				file: shelf.put(actor.accountId, { name, ...read }),
				name,
				sheets: sheets.map((sheet) => ({ name: sheet.name, rows: sheet.rows.length })),
				best,
				proposal: foreign ? foreignProposal(foreignHeading) : proposeMapping(sheets[best]!),
				firstRows: firstRows(sheets[best]!),
				foreign: foreign && {
					tool: foreign.tool,
					title: foreign.title,
					found: foreign.found,
					notes: foreign.notes,
					people: foreign.people
				}
			};
		},

		/** How to read a sheet, as far as Muster can tell; `headerRow` where the planner knows better (null: there is none). */
		propose(
			actor: Actor,
			file: string,
			sheet: number,
			headerRow?: number | null
		): { proposal: Proposal; firstRows: string[][] } {
			const { sheets, foreign } = shelf.take(actor.accountId, file);
			const chosen = sheetOf(sheets, sheet);
			if (foreign) return { proposal: foreignProposal(foreignHeading), firstRows: firstRows(chosen) };
			return {
				proposal: headerRow === undefined ? proposeMapping(chosen) : proposeForHeaderRow(chosen, headerRow),
				firstRows: firstRows(chosen)
			};
		},

		/** What the import would do, without doing it. */
		async preview(
			exercise: Exercise,
			actor: Actor,
			cell: string,
			file: string,
			selection: Selection
		): Promise<Preview> {
			const { name } = rightFor(exercise, actor, cell, 'write');
			const { sheets, foreign } = shelf.take(actor.accountId, file);
			const sheet = sheetOf(sheets, selection.sheet);
			const [context, page] = await Promise.all([contextFor(exercise), documents.read(name)]);
			return makePreview(sheet, selection, { ...context, script: readScript(page) }, foreign);
		},

		/**
		 * Imports: all or nothing, under the page's row lock. The difference is worked out again on the page as it is
		 * then; `stale` if it is no longer the one that was shown.
		 */
		async commit(
			exercise: Exercise,
			actor: Actor,
			cell: string,
			file: string,
			selection: Selection,
			fingerprint: string
		): Promise<Imported> {
			const { name, cell: known } = rightFor(exercise, actor, cell, 'write');
			const { sheets, foreign, name: fileName, documents: given } = shelf.take(actor.accountId, file);
			const sheet = sheetOf(sheets, selection.sheet);
			const context = await contextFor(exercise);
			/** what was shown, as it is on this page; or a refusal */
			const planFor = (page: Y.Doc): Plan => {
				const script = readScript(page);
				const {
					plan,
					problems,
					fingerprint: now
				} = readSelection(sheet, selection, { ...context, script }, foreign);
				if (now !== fingerprint)
					throw new AppError(
						'stale',
						'The script was changed meanwhile, so the difference is another one. Look at it again.'
					);
				const problem = importProblem(problems, plan, injectLimits.injectsPerScript, script.length);
				if (problem) throw new AppError('invalid', problem);
				return plan;
			};
			// bytes are stored before the page names them, and outside of its lock
			const taken: TakenDocuments =
				foreign && given.size > 0
					? await takeDocuments(
							files,
							{ exercise: exercise.id, cell: known, by: actor.accountId },
							foreign,
							given,
							planFor(await documents.read(name))
						)
					: { attachments: new Map(), leftOut: [] };
			const { stored, imported } = await database.db.transaction(async (tx) => {
				let imported: Imported | undefined;
				const stored = await documents.editIn(tx, name, actor.accountId, (page) => {
					const plan = planFor(page);
					const ids = applyPlan(page, plan, () => mintId<InjectId>());
					imported = {
						added: plan.added.length,
						changed: plan.changed.length,
						unchanged: plan.unchanged.length,
						objectives: 0,
						documents: foreign ? attachDocuments(page, plan, ids, foreign, taken) : 0,
						documentsLeftOut: taken.leftOut
					};
				});
				if (!imported) throw new Error('The script was not edited.');
				const told = imported;
				const scenario = { exercise: exercise.id, kind: 'scenario' } as const;
				const objectives =
					documentRight(scenario, actor, { settings: exercise.settings }) === 'write'
						? (foreign?.objectives ?? [])
						: [];
				const onScenario =
					objectives.length === 0
						? []
						: await documents.editIn(tx, documentName(scenario), actor.accountId, (page) => {
								told.objectives = addObjectives(page, objectives, () => mintId());
							});
				await writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'script.imported',
					detail: { cell: known, file: fileName, ...(foreign && { tool: foreign.tool }), ...told }
				});
				return { stored: [...stored, ...onScenario], imported: told };
			});
			documents.announce(stored);
			shelf.drop(actor.accountId, file);
			return imported;
		},

		/** A script as a file, marked and labelled; importing it again makes no difference. */
		async export(
			exercise: Exercise,
			actor: Actor,
			cell: string,
			format: 'xlsx' | 'csv'
		): Promise<ExportedFile> {
			const { name, cell: known } = rightFor(exercise, actor, cell, 'read');
			const [page, teams, { statuses }] = await Promise.all([
				documents.read(name),
				readTeams(database.db, exercise.id),
				scriptStatuses(database, exercise, actor, known, null)
			]);
			const injects = readScript(page);
			const statusOf = new Map(statuses.map((status) => [status.inject, status]));
			const tlp = exportTlp(exercise.tlp, injects);
			const rows = exportRows(injects, {
				timeZone: exercise.timeZone,
				teams,
				status: (inject) => planState(statusOf.get(inject.id), () => injectFingerprint(inject))
			});
			const content = { title: exportTitle(exercise.name, known, tlp), sheetName: `Script ${known}`, rows };
			const bytes = format === 'xlsx' ? await writeXlsx(content) : writeCsv(content);
			await database.db.transaction((tx) =>
				writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'script.exported',
					detail: { cell: known, format, injects: injects.length, tlp }
				})
			);
			return {
				bytes,
				fileName: exportFileName(exercise.name, known, tlp, format),
				mediaType: mediaTypes[format]
			};
		}
	};
}

export type ScriptExchange = ReturnType<typeof createScriptExchange>;

/** what the columns of a foreign export are called; the page says it in its own words */
const foreignHeading = (name: ForeignField) => name;

function firstRows(sheet: Sheet): string[][] {
	return sheet.rows.slice(0, 40).map((row) => row.slice(0, 30).map((cell) => cellText(cell).slice(0, 80)));
}
