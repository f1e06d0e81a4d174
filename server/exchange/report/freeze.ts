import { createHash } from 'node:crypto';
import { eq, max, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { findingReference, type ReportData, type ReportEdition } from '#lib/exercise/aar/data.ts';
import { readHandedOver, readSignOffs, signStanding } from '#lib/exercise/aar/fold.ts';
import { publicReport, type PublicReport } from '#lib/exercise/aar/public.ts';
import { missingForPublication } from '#lib/exercise/aar/publication.ts';
import { aarLimits, reportExtents, type ReportExtent } from '#lib/exercise/aar/schema.ts';
import { isDirector } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { knowsOfEvidence, leadsReview } from '#lib/exercise/finding/access.ts';
import { canonical } from '#lib/exercise/fingerprint.ts';
import { textOfRichText } from '#lib/exercise/rich-text.ts';
import { t } from '#lib/text/index.ts';
import { writeAudit } from '../../audit/audit.ts';
import { affectedCountries, readAarActs, readContribution } from '../../commands/aar.ts';
import { databaseNow, type Database, type Transaction } from '../../database/open.ts';
import { reportVersion } from '../../database/schema.ts';
import { peopleOf } from '../../erasure/rows.ts';
import { check } from '../../exercises/check.ts';
import { noExercise } from '../../exercises/rights.ts';
import { readTeams } from '../../exercises/teams.ts';
import { inTurn } from '../in-worker.ts';
import { writeReport } from './export.ts';
import {
	findForbidden,
	placesOfDocx,
	placesOfPaper,
	textsAboveClear,
	type Forbidden,
	type PublicHit
} from './check.ts';
import { gatherReport, type ReportSources } from './data.ts';
import { reportPaper } from './paper.ts';
import { publicPaper } from './public-paper.ts';

/*
 * Freezing: the content is gathered once, its JSON, DOCX and PDF are kept as they are, with their sums in the audit chain.
 * From then on these bytes are what is handed out; whatever is edited afterwards is in a further version.
 */

export const freezeSchema = z
	.object({
		extent: z.enum(reportExtents),
		/** of a national version */
		country: z.enum(countryCodes).nullable().default(null),
		/** the number that it gets, as the page showed it: a form that is sent twice freezes once */
		number: z.coerce.number().int().min(1)
	})
	.refine(({ extent, country }) => (extent === 'national') === (country !== null), {
		error: 'Choose the country of a national extract, and none for the others.'
	});

export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

/** Makes a version; answers with its number. Throws `AppError`: a public one that holds a name or a label above CLEAR is refused. */
export async function freezeReport(
	sources: ReportSources,
	exercise: Exercise,
	actor: Actor,
	wanted: unknown
): Promise<{ number: number }> {
	if (!leadsReview(actor)) throw noExercise();
	if (!isDirector(actor)) throw new AppError('forbidden', 'Only the exercise director freezes the report.');
	// a director who plays as well would take what evaluators found into play
	if (!knowsOfEvidence(actor))
		throw new AppError('forbidden', 'You also play in this exercise: another director freezes the report.');
	const { extent, country, number } = check(freezeSchema, wanted);
	if (!['ended', 'evaluating', 'reported'].includes(exercise.state))
		throw new AppError('not-now', 'The report is frozen after ENDEX, until the exercise is closed.');
	if (number > aarLimits.versions)
		throw new AppError('too-large', 'So many versions were frozen that no more are kept.');
	const { database } = sources;
	const teams = await readTeams(database.db, exercise.id);
	const countries = [...new Set(teams.map((team) => team.country))].sort();
	if (country && !countries.includes(country))
		throw new AppError('invalid', 'This country has no team in this exercise.');
	return inTurn(async () => {
		// any moderator of the country: nobody's own channels, and so no account of a person
		const reader: Actor = country
			? { accountId: '' as Actor['accountId'], name: '', memberships: [{ role: 'moderator', country }] }
			: actor;
		const { data } = await gatherReport(sources, exercise, reader, { by: actor, national: country });
		const content = extent === 'public' ? publicReport(data) : data;
		const edition = await editionOf(database, exercise, {
			number,
			extent,
			country,
			tlp: extent === 'public' ? 'clear' : data.tlp,
			sha256: sha256(canonical(contentOf(content))),
			countries: country ? [country] : await affectedCountries(database.db, exercise, teams)
		});
		const paper =
			extent === 'public'
				? publicPaper(content as PublicReport, edition)
				: reportPaper({ ...data, extent: country ? 'national' : data.extent }, edition);
		const docx = await writeReport(paper, 'docx');
		const pdf = await writeReport(paper, 'pdf');
		if (extent === 'public') {
			const forbidden = await forbiddenIn(database, exercise, data);
			const hits = findForbidden([...placesOfPaper(paper), ...(await placesOfDocx(docx))], forbidden);
			if (hits.length > 0) throw refusedFor(hits);
		}
		const json = new TextEncoder().encode(canonical({ edition, content }));
		await store(database, exercise, actor, {
			edition,
			references: referencesIn(data, extent),
			json,
			docx,
			pdf
		});
		return { number };
	});
}

/** What countries agree to: all of it but when, by whom and in which state of the exercise it was made. */
export function contentOf(content: ReportData | PublicReport): unknown {
	const { asOf: _asOf, ...rest } = content;
	if (!('madeBy' in rest)) return rest;
	const { madeBy: _madeBy, exercise, ...others } = rest;
	const { state: _state, ...kept } = exercise;
	return { ...others, exercise: kept };
}

async function editionOf(
	{ db }: Database,
	exercise: Exercise,
	given: Pick<ReportEdition, 'number' | 'extent' | 'country' | 'tlp' | 'sha256'> & {
		countries: readonly CountryCode[];
	}
): Promise<ReportEdition> {
	const { countries, ...version } = given;
	const now = await databaseNow(db);
	const signOffs = readSignOffs(await readAarActs(db, exercise.id)).get(version.sha256) ?? null;
	const { missing } = missingForPublication({
		kind: exercise.kind,
		affected: countries,
		signOffs,
		now
	});
	return {
		...version,
		frozenAt: now,
		signOffs: signOffs
			? [...signOffs.said.keys()].sort().map((country) => ({
					country,
					standing: signStanding(signOffs, country, now)
				}))
			: [],
		// a full version is put to nobody
		missing: version.extent === 'full' ? [] : missing
	};
}

/** Everybody's names, and every text above TLP:CLEAR, also of contributions of which nothing was taken over. */
async function forbiddenIn(database: Database, exercise: Exercise, data: ReportData): Promise<Forbidden> {
	const handedOver = readHandedOver(await readAarActs(database.db, exercise.id));
	const contributions = await Promise.all(
		handedOver
			.filter(({ isTakenBack }) => !isTakenBack)
			.map(({ country, version }) => readContribution(database.db, exercise.id, country, version))
	);
	const { people, names } = await database.db.transaction((tx) => peopleOf(tx, exercise.id));
	return {
		people,
		names,
		texts: [
			...textsAboveClear(data),
			...contributions.flatMap((content) =>
				Object.values(content?.parts ?? {})
					.filter(({ tlp }) => tlp !== 'clear')
					.map(({ text }) => textOfRichText(text))
			)
		]
	};
}

function refusedFor(hits: readonly PublicHit[]): AppError {
	const shown = hits.slice(0, 5).map(({ what, place, words }) => {
		const short = words.length > 80 ? `${words.slice(0, 79)}…` : words;
		return t(`aar.check.${what}`, { place: place || t('aar.check.start'), words: short });
	});
	return new AppError('invalid', t('aar.check.refused', { hits: shown.join(' ') }), {
		details: { hits: hits.slice(0, 20) }
	});
}

async function store(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	made: {
		edition: ReportEdition;
		references: ReturnType<typeof referencesIn>;
		json: Uint8Array;
		docx: Uint8Array;
		pdf: Uint8Array;
	}
): Promise<void> {
	const { edition, references, json, docx, pdf } = made;
	const sums = { dataSha256: sha256(json), docxSha256: sha256(docx), pdfSha256: sha256(pdf) };
	await database.db.transaction(async (tx) => {
		await lock(tx, exercise);
		const [last] = await tx
			.select({ number: max(reportVersion.number) })
			.from(reportVersion)
			.where(eq(reportVersion.exerciseId, exercise.id));
		if ((last?.number ?? 0) + 1 !== edition.number)
			throw new AppError('stale', 'Another version was frozen meanwhile. Load the page again.');
		await tx.insert(reportVersion).values({
			exerciseId: exercise.id,
			number: edition.number,
			extent: edition.extent,
			country: edition.country,
			tlp: edition.tlp,
			sha256: edition.sha256,
			...sums,
			data: json,
			docx,
			pdf,
			references,
			signOffs: edition.signOffs,
			missing: edition.missing,
			frozenBy: actor.accountId,
			frozenByName: actor.name,
			frozenAt: new Date(edition.frozenAt)
		});
		await writeAudit(tx, {
			scope: exercise.id,
			actorId: actor.accountId,
			act: 'report.frozen',
			detail: {
				number: edition.number,
				extent: edition.extent,
				...(edition.country && { country: edition.country }),
				tlp: edition.tlp,
				sha256: edition.sha256,
				...sums
			}
		});
	});
}

/** Versions are numbered one after the other. */
const lock = (tx: Transaction, exercise: Exercise) =>
	tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`report ${exercise.id}`}, 0))`);

/** What each reference of a version means, kept beside it: the public report itself does not know its findings' ids. */
function referencesIn(data: ReportData, extent: ReportExtent): typeof reportVersion.$inferInsert.references {
	const isOpen = ({ tlp }: { tlp: Tlp }) => extent !== 'public' || tlp === 'clear';
	return data.findings.filter(isOpen).map(({ id }, i) => ({
		reference: findingReference(i),
		finding: id,
		chapters: data.chapters
			.filter(({ passages }) => passages.some((one) => isOpen(one) && one.cites.includes(id)))
			.map(({ chapter }) => chapter)
	}));
}
