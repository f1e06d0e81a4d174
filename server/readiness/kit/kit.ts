import { like } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { strictestTlp, tlpLabel } from '#lib/standards/tlp.ts';
import { markingOf } from '#lib/exercise/exercise/kind.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { reachedTeams } from '#lib/exercise/inject/release.ts';
import { formatSchedule, plannedTimes } from '#lib/exercise/inject/schedule.ts';
import { readScript, type Inject } from '#lib/exercise/inject/schema.ts';
import { exportRows, exportTitle } from '#lib/exercise/inject/spreadsheet/export.ts';
import { followedIn } from '#lib/exercise/inject/variant.ts';
import { textOfRichText } from '#lib/exercise/rich-text.ts';
import { parseDocumentName } from '#lib/exercise/documents.ts';
import type { CellId, Team } from '#lib/exercise/exercise/schema.ts';
import { writeAudit } from '../../audit/audit.ts';
import type { Database } from '../../database/open.ts';
import { document } from '../../database/schema.ts';
import type { Documents } from '../../documents/documents.ts';
import { bytesFromWorker } from '../../exchange/in-worker.ts';
import { readTeams } from '../../exercises/teams.ts';
import { readVariants } from '../../exercises/variants.ts';
import { requireControl } from '../communication.ts';
import type { PaperInject } from './pdf.ts';
import type { KitWork } from './worker.ts';

const inWorker = (work: KitWork) =>
	bytesFromWorker(new URL('./worker.ts', import.meta.url), work, 'The archive could not be made. Try again.');

export const shortestPassphrase = 12;
/** as long as anybody types twice */
const longestPassphrase = 256;

/**
 * The whole plan to carry on with when nothing else works: as PDF and as workbook in an archive that opens with the
 * passphrase alone. For director and controllers, who read every script anyway. The passphrase is handed to the worker
 * and to nothing else: not stored, not logged, not in the audit.
 */
export function createKits({
	database,
	documents
}: {
	database: Database;
	documents: Pick<Documents, 'read'>;
}) {
	let busy = false;

	return {
		async make(
			exercise: Exercise,
			actor: Actor,
			passphrase: string,
			again: string
		): Promise<{ name: string; bytes: Uint8Array }> {
			requireControl(actor);
			const length = [...passphrase].length;
			if (length < shortestPassphrase || length > longestPassphrase)
				throw refusedPassphrase(`Passphrase: ${shortestPassphrase} to ${longestPassphrase} characters.`);
			if (passphrase !== again) throw refusedPassphrase('The two passphrases are not the same.');
			if (busy)
				throw new AppError('slow-down', 'An archive is being made. Try again in a minute.', {
					retry: { after: 30_000 }
				});
			busy = true;
			try {
				const { work, injects, tlp } = await gather(exercise);
				const bytes = await inWorker({ ...work, passphrase });
				await database.db.transaction((tx) =>
					writeAudit(tx, {
						scope: exercise.id,
						actorId: actor.accountId,
						act: 'kit.made',
						detail: { injects, tlp }
					})
				);
				return { name: `${fileStem(exercise, tlpLabel(tlp))}.zip`, bytes };
			} finally {
				busy = false;
			}
		}
	};

	async function gather(exercise: Exercise) {
		const prefix = `exercise/${exercise.id}/script/`.replace(/[\\%_]/g, '\\$&');
		const [scripts, teams, variants] = await Promise.all([
			database.db
				.select({ name: document.name })
				.from(document)
				.where(like(document.name, `${prefix}%`))
				.orderBy(document.name),
			readTeams(database.db, exercise.id),
			readVariants(database.db, exercise.id)
		]);
		const injects: Inject[] = [];
		const cells = new Map<string, CellId>();
		for (const { name } of scripts) {
			const page = readScript(await documents.read(name));
			const ref = parseDocumentName(name);
			if (ref?.kind === 'script') for (const { id } of page) cells.set(id, ref.cell);
			injects.push(...page);
		}
		const tlp = strictestTlp([exercise.tlp, ...injects.map((inject) => inject.tlp)]);
		const times = plannedTimes(
			injects,
			exercise.startsAt,
			undefined,
			followedIn(injects, (id) => cells.get(id) ?? 'central')
		);
		// by time; what a person decides comes last, as it stands in the scripts
		const ordered = injects
			.map((inject) => ({ inject, at: times.get(inject.id) ?? null }))
			.sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || 0);
		const byId = new Map(injects.map((inject) => [inject.id as string, inject]));
		const paper: PaperInject[] = [];
		for (const [i, { inject, at }] of ordered.entries()) {
			// others get their turn
			if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
			paper.push(paperInject(inject, at, { exercise, teams, byId, variants: variants.get(inject.id) ?? [] }));
		}
		const stem = fileStem(exercise, tlpLabel(tlp));
		const work: Omit<KitWork, 'passphrase'> = {
			paper: {
				marking: `${markingOf(exercise)} · ${tlpLabel(tlp)}`,
				title: exercise.name,
				about: [
					`STARTEX ${moment(exercise.startsAt, exercise.timeZone)} (${exercise.timeZone})`,
					`ENDEX ${moment(exercise.endsAt, exercise.timeZone)}`,
					`${injects.length} injects, ${teams.length} teams. Made ${moment(Date.now(), 'UTC')} UTC.`,
					'For exercise control only. Destroy it after the exercise.'
				],
				words: { contents: 'Injects by time', page: 'Page', of: 'of' },
				injects: paper
			},
			sheet: {
				title: exportTitle(exercise.name, 'all scripts', tlp),
				sheetName: 'Plan',
				rows: exportRows(
					ordered.map(({ inject }) => inject),
					{ timeZone: exercise.timeZone, teams }
				)
			},
			names: { pdf: `${stem}.pdf`, xlsx: `${stem}.xlsx` }
		};
		return { work, injects: injects.length, tlp };
	}
}

const refusedPassphrase = (message: string) =>
	new AppError('invalid', message, { details: { fields: { passphrase: message } } });

function fileStem(exercise: Exercise, label: string): string {
	const name = exercise.name
		.normalize('NFKD')
		.replace(/[^A-Za-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 60);
	return `EX_${name || 'exercise'}_run-by-hand_${label.replace(/[^A-Z+]+/g, '-')}`;
}

/** Making a format takes longer than using it: one for each zone. */
const formats = new Map<string, Intl.DateTimeFormat>();

function moment(at: number, timeZone: string): string {
	let format = formats.get(timeZone);
	if (!format) {
		format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' });
		formats.set(timeZone, format);
	}
	return format.format(at);
}

/** An inject as it stands on paper: what is read out or sent by hand, in every language it was written in. */
export function paperInject(
	inject: Inject,
	at: number | null,
	{
		exercise,
		teams,
		byId,
		variants = []
	}: {
		exercise: Exercise;
		teams: readonly Team[];
		byId: ReadonlyMap<string, Inject>;
		/** countries that have one of their own */
		variants?: readonly CountryCode[];
	}
): PaperInject {
	const words = formatSchedule(inject.schedule, {
		startsAt: exercise.startsAt,
		timeZone: exercise.timeZone,
		referenceOf: (id) => byId.get(id)?.reference,
		injectOf: () => undefined
	});
	const time =
		at === null
			? words
			: formatSchedule(
					{ mode: 'at', at },
					{
						startsAt: exercise.startsAt,
						timeZone: exercise.timeZone,
						referenceOf: () => undefined,
						injectOf: () => undefined
					}
				);
	const { reached, leftOut } = reachedTeams(inject.to, variants, teams);
	const limit = (seconds: number | null) =>
		seconds === null ? '' : ` within ${Math.round(seconds / 60)} min`;
	const asked = [
		...(inject.acknowledgementRequired ? [`acknowledge${limit(inject.acknowledgeWithin)}`] : []),
		...(inject.responseRequired ? [`respond${limit(inject.respondWithin)}`] : [])
	].join(', ');
	return {
		time,
		reference: inject.reference,
		title: inject.title,
		fields: [
			{
				label: 'Planned',
				text:
					at === null
						? words
						: `${moment(at, exercise.timeZone)} ${exercise.timeZone}, ${moment(at, 'UTC')} UTC (${words})`
			},
			{
				label: 'To',
				text: [
					inject.to.all && leftOut.length === 0
						? `All teams (${teams.length})`
						: reached.map((team) => team.name).join(', ') || 'Nobody',
					...(leftOut.length > 0
						? [`Not to ${leftOut.map((team) => team.name).join(', ')}: they get the variant of their country`]
						: [])
				].join('. ')
			},
			{ label: 'From', text: inject.from },
			{ label: 'Channel, label', text: `${inject.channel.replaceAll('_', ' ')}, ${tlpLabel(inject.tlp)}` },
			{ label: 'Text', text: textOfRichText(inject.body) },
			// teams that read another language are called in theirs
			...Object.entries(inject.translations).map(([language, { title, body }]) => ({
				label: `Text (${language})`,
				text: [title, textOfRichText(body)].filter(Boolean).join('\n')
			})),
			{ label: 'Asked of the teams', text: asked },
			{
				label: 'Expected actions',
				text: inject.expectedActions
					.map(
						(action) =>
							`• ${action.text}${limit(action.withinSeconds)}${action.critical ? ' (critical)' : ''}`
					)
					.join('\n')
			},
			{ label: 'Released by', text: inject.controller },
			{ label: 'Notes for exercise control', text: inject.controllerNotes },
			{ label: 'Notes for evaluators', text: inject.evaluatorNotes }
		]
	};
}
