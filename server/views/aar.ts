import { and, asc, eq } from 'drizzle-orm';
import type * as Y from 'yjs';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import {
	contributesFor,
	readsHandedOver,
	readsReportPage,
	readsVersion,
	signsFor
} from '#lib/exercise/aar/access.ts';
import type { FrozenContribution } from '#lib/exercise/aar/contribution.ts';
import {
	readHandedOver,
	readPublished,
	readSignOffs,
	readSources,
	signStanding,
	type AarAct,
	type HandedOver,
	type PassageSource
} from '#lib/exercise/aar/fold.ts';
import type { MissingSignOff } from '#lib/exercise/aar/publication.ts';
import type { ReportExtent } from '#lib/exercise/aar/schema.ts';
import { documentName, documentRight } from '#lib/exercise/documents.ts';
import { hasRole, isDirector } from '#lib/exercise/exercise/access.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { knowsOfEvidence, leadsReview } from '#lib/exercise/finding/access.ts';
import { isOpen, type Said, type Standing } from '#lib/exercise/finding/fold.ts';
import { readFindings } from '#lib/exercise/review/schema.ts';
import { readOutline } from '#lib/exercise/scenario/schema.ts';
import { readAarActs, readContribution } from '../commands/aar.ts';
import { readFindingActs } from '../commands/finding.ts';
import { databaseNow, type Database } from '../database/open.ts';
import { fact, reportVersion } from '../database/schema.ts';
import { writeAudit } from '../audit/audit.ts';
import { exportFileName, type ExportFile } from '../exchange/record/file.ts';
import { freezeReport } from '../exchange/report/freeze.ts';
import { verifyReports, type ReportVerdict } from '../exchange/report/verify.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { evidenceFor, type ReviewEvidence } from './findings.ts';

export { freezeReport };

/** The page has something for this person: who writes the report or contributes to it, then whoever may read what is published. */
export async function seesReport(database: Database, exercise: Exercise, actor: Actor): Promise<boolean> {
	if (!['ended', 'evaluating', 'reported', 'closed'].includes(exercise.state)) return false;
	if (readsReportPage(actor) || hasRole(actor, 'moderator')) return true;
	if (actor.memberships.some((one) => one.role === 'planner' && one.cell !== 'central')) return true;
	const rows = await database.db
		.select({ sequence: fact.sequence })
		.from(fact)
		.where(and(eq(fact.exerciseId, exercise.id), eq(fact.kind, 'aar-published')))
		.limit(1);
	return rows.length > 0 && actor.memberships.length > 0;
}

/** What a country handed over, for its own people and for who leads the review. */
export interface HandedOverView extends HandedOver {
	/** null: to the country's own people the live page shows what they wrote */
	content: FrozenContribution | null;
}

export interface VersionView {
	number: number;
	extent: ReportExtent;
	country: CountryCode | null;
	tlp: Tlp;
	/** of the content, and of the two files */
	sha256: string;
	docxSha256: string;
	pdfSha256: string;
	frozenAt: number;
	/** the name; null: not the reader's business */
	by: string | null;
	/** when it was opened to everybody, wall time */
	publishedAt: number | null;
	/** its files were taken out with the names in them */
	isErased: boolean;
	missing: MissingSignOff[];
	/** what was asked about its content; null: nothing, or not the reader's business */
	round: {
		version: number;
		deadline: number;
		silence: boolean;
		isOpen: boolean;
		answers: { country: CountryCode; standing: Standing; said: Said[]; signs: boolean }[];
	} | null;
	/** for who may follow a reference to what it rests on */
	references: { reference: string; finding: string; title: string; chapters: string[] }[];
}

export interface AarView {
	/** contributions and versions are made now */
	isOpen: boolean;
	leads: boolean;
	directs: boolean;
	/** the countries for which the reader writes, with the page to open */
	own: { country: CountryCode; document: string }[];
	handedOver: HandedOverView[];
	/** all that take part, for who leads; for others none */
	countries: CountryCode[];
	/** the page on which the report is written; null: not open to the reader */
	page: {
		document: string;
		right: 'read' | 'write';
		objectives: { code: string; text: string }[];
		sources: Record<string, PassageSource>;
		findings: { id: string; title: string; tlp: Tlp }[];
	} | null;
	versions: VersionView[];
	/** the number of the next one; null: the reader makes none */
	next: number | null;
	evidence: ReviewEvidence;
}

interface Sources {
	database: Database;
	documents: { read: (name: string) => Promise<Y.Doc> };
}

const none: ReviewEvidence = { observations: [], evidence: [], restsOnMore: [] };

/** The page of the after-action report: to each reader what is theirs. */
export async function report(
	{ database, documents }: Sources,
	exercise: Exercise,
	actor: Actor
): Promise<AarView> {
	if (actor.memberships.length === 0) throw noExercise();
	const [acts, teams, now] = await Promise.all([
		readAarActs(database.db, exercise.id),
		readTeams(database.db, exercise.id),
		databaseNow(database.db)
	]);
	const leads = leadsReview(actor);
	const countries = [...new Set(teams.map(({ country }) => country))].sort();
	const own = countries
		.filter((country) => contributesFor(actor, country))
		.map((country) => ({
			country,
			document: documentName({ exercise: exercise.id, kind: 'contribution', country })
		}));
	const mayRead = readsReportPage(actor);
	const read = (kind: 'review' | 'scenario') => documents.read(documentName({ exercise: exercise.id, kind }));
	const [review, scenario] = mayRead
		? await Promise.all([
				read('review'),
				isReal(exercise) ||
				documentRight({ exercise: exercise.id, kind: 'scenario' }, actor, { settings: exercise.settings }) ===
					'none'
					? null
					: read('scenario')
			])
		: [null, null];
	const titles = new Map((review ? readFindings(review) : []).map((finding) => [finding.id, finding]));
	const versions = await versionsFor(database, exercise, actor, acts, now, titles);
	if (!mayRead && own.length === 0 && versions.length === 0) throw noExercise();
	return {
		isOpen: ['ended', 'evaluating', 'reported'].includes(exercise.state),
		leads,
		directs: isDirector(actor) && knowsOfEvidence(actor),
		own,
		handedOver: await handedOverFor(database, exercise, actor, acts),
		countries: leads ? countries : [],
		page: review
			? {
					document: documentName({ exercise: exercise.id, kind: 'report' }),
					right: leads ? 'write' : 'read',
					objectives: scenario
						? readOutline(scenario).objectives.map(({ code, text }) => ({ code, text }))
						: [],
					sources: Object.fromEntries(readSources(acts)),
					findings: [...titles.values()].map(({ id, title, tlp }) => ({ id, title, tlp }))
				}
			: null,
		versions,
		next: isDirector(actor) && knowsOfEvidence(actor) ? await nextNumber(database, exercise) : null,
		evidence:
			mayRead && knowsOfEvidence(actor)
				? await evidenceFor(database, exercise, actor, teams, await readFindingActs(database.db, exercise.id))
				: none
	};
}

async function handedOverFor(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	acts: readonly AarAct[]
): Promise<HandedOverView[]> {
	const leads = readsHandedOver(actor);
	const found = readHandedOver(acts).filter(
		({ country, isTakenBack }) => contributesFor(actor, country) || (leads && !isTakenBack)
	);
	return Promise.all(
		found.map(async (one) => ({
			...one,
			content:
				leads && !one.isTakenBack
					? await readContribution(database.db, exercise.id, one.country, one.version)
					: null
		}))
	);
}

/** Without the files: a list reads no megabytes. */
const columns = {
	number: reportVersion.number,
	extent: reportVersion.extent,
	country: reportVersion.country,
	tlp: reportVersion.tlp,
	sha256: reportVersion.sha256,
	docxSha256: reportVersion.docxSha256,
	pdfSha256: reportVersion.pdfSha256,
	references: reportVersion.references,
	missing: reportVersion.missing,
	frozenAt: reportVersion.frozenAt,
	frozenByName: reportVersion.frozenByName
};

const listed = (database: Database, exercise: Exercise) =>
	database.db
		.select(columns)
		.from(reportVersion)
		.where(eq(reportVersion.exerciseId, exercise.id))
		.orderBy(asc(reportVersion.number));

async function nextNumber(database: Database, exercise: Exercise): Promise<number> {
	return ((await listed(database, exercise)).at(-1)?.number ?? 0) + 1;
}

/** Newest first. */
async function versionsFor(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	acts: readonly AarAct[],
	now: number,
	titles: ReadonlyMap<string, { title: string }>
): Promise<VersionView[]> {
	const rows = await listed(database, exercise);
	const signOffs = readSignOffs(acts);
	const published = new Map(readPublished(acts).map((one) => [one.version, one.wallAt]));
	const erased = exercise.erasure?.done === true;
	const knows = knowsOfEvidence(actor);
	return rows
		.flatMap((row): VersionView[] => {
			const extent = row.extent as ReportExtent;
			const country = row.country as CountryCode | null;
			const round = signOffs.get(row.sha256) ?? null;
			const countries = [...(round?.said.keys() ?? [])];
			const isPublished = published.has(row.number);
			if (!readsVersion(actor, { extent, country, isPublished, countries })) return [];
			const mine = countries.filter((one) => knows || signsFor(actor, one));
			return [
				{
					number: row.number,
					extent,
					country,
					tlp: row.tlp as Tlp,
					sha256: row.sha256,
					docxSha256: row.docxSha256,
					pdfSha256: row.pdfSha256,
					frozenAt: row.frozenAt.getTime(),
					by: knows ? row.frozenByName : null,
					publishedAt: published.get(row.number) ?? null,
					isErased: erased && extent !== 'public',
					missing: knows ? row.missing : [],
					round:
						round && mine.length > 0
							? {
									version: round.version,
									deadline: round.deadline,
									silence: round.silence,
									isOpen: isOpen(round, now),
									answers: mine.sort().map((one) => ({
										country: one,
										standing: signStanding(round, one, now),
										said: round.said.get(one)!,
										signs: signsFor(actor, one)
									}))
								}
							: null,
					references: knows
						? row.references.map((one) => ({ ...one, title: titles.get(one.finding)?.title ?? '' }))
						: []
				}
			];
		})
		.reverse();
}

/** The bytes that were frozen, for whoever reads that version; who took what out is in the audit log (PROMISES P7). */
export async function frozenFile(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	number: number,
	format: string
): Promise<ExportFile> {
	if ((format !== 'docx' && format !== 'pdf') || !Number.isSafeInteger(number) || number < 1 || number > 1e6)
		throw noExercise();
	const [row] = await database.db
		.select({ ...columns, bytes: reportVersion[format] })
		.from(reportVersion)
		.where(and(eq(reportVersion.exerciseId, exercise.id), eq(reportVersion.number, number)));
	const acts = await readAarActs(database.db, exercise.id);
	if (
		!row?.bytes ||
		!readsVersion(actor, {
			extent: row.extent as ReportExtent,
			country: row.country as CountryCode | null,
			isPublished: readPublished(acts).some(({ version }) => version === number),
			countries: [...(readSignOffs(acts).get(row.sha256)?.said.keys() ?? [])]
		})
	)
		throw noExercise();
	await database.db.transaction((tx) =>
		writeAudit(tx, {
			scope: exercise.id,
			actorId: actor.accountId,
			act: 'report.exported',
			detail: { format, tlp: row.tlp, version: number }
		})
	);
	const what = ['report', row.extent, row.country ?? '', `v${number}`].filter(Boolean).join(' ');
	return {
		name: exportFileName(exercise, what, row.tlp as Tlp, format),
		type:
			format === 'pdf'
				? 'application/pdf'
				: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
		body: new Blob([row.bytes as Uint8Array<ArrayBuffer>]).stream()
	};
}

/** Computes the sums anew, for who reads the full version. */
export async function verify(database: Database, exercise: Exercise, actor: Actor): Promise<ReportVerdict> {
	if (!knowsOfEvidence(actor)) throw noExercise();
	return verifyReports(database, exercise.id);
}
