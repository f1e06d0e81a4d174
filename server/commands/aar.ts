import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { readsHandedOver, readsVersion } from '#lib/exercise/aar/access.ts';
import type { AarState, VersionState } from '#lib/exercise/aar/commands.ts';
import {
	contributionFingerprint,
	freezeContribution,
	partOf,
	type FrozenContribution
} from '#lib/exercise/aar/contribution.ts';
import { readHandedOver, readPublished, readSignOffs, type AarAct } from '#lib/exercise/aar/fold.ts';
import { addPassage } from '#lib/exercise/aar/page.ts';
import { aarFactKinds, type AarFact, type ReportExtent } from '#lib/exercise/aar/schema.ts';
import type { CommandName } from '#lib/exercise/commands.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import type { Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import { documentName, documentRight } from '#lib/exercise/documents.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Database, Transaction } from '../database/open.ts';
import { contribution, fact, reportVersion } from '../database/schema.ts';
import type { Stored } from '../documents/log.ts';
import { readTeams } from '../exercises/teams.ts';
import { affectedOf } from '../views/affected.ts';
import type { ApplyContext } from './apply.ts';
import type { LoadContext } from './load.ts';

/** What a command about the after-action report names: nothing for whoever may not read it. */
export async function loadAarState(
	{ tx, exercise, actor, documents }: LoadContext,
	command: CommandName,
	input: Record<string, unknown>
): Promise<AarState> {
	// versions are counted, and what is taken back must not be taken over at the same moment
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`report ${exercise.id}`}, 0))`);
	const country = typeof input['country'] === 'string' ? (input['country'] as CountryCode) : null;
	const number = Number(input['version'] ?? 0);
	const acts = await readAarActs(tx, exercise.id);
	const teams = await readTeams(tx, exercise.id);
	const state: AarState = {
		exercise,
		teams,
		affected: await affectedCountries(tx, exercise, teams),
		draft: null,
		handedOver: country ? readHandedOver(acts).filter((one) => one.country === country) : [],
		source: null,
		version: null,
		signOffs: null
	};
	if (country) {
		const ref = { exercise: exercise.id, kind: 'contribution' as const, country };
		const mayWrite = documentRight(ref, actor, { settings: exercise.settings }) === 'write';
		// under the page's lock: what is handed over is what stands there at the commit
		if (command === 'contribution.handOver' && mayWrite && (await exists(tx, ref)))
			state.draft = freezeContribution(await documents.read(documentName(ref), tx), country, exercise.tlp);
		if (command === 'aar.takeOver' && readsHandedOver(actor))
			state.source = await readContribution(tx, exercise.id, country, number);
	}
	const version = await readVersionState(tx, exercise.id, number, acts);
	if (version) {
		const signOffs = readSignOffs(acts).get(version.sha256) ?? null;
		const countries = [...(signOffs?.said.keys() ?? [])];
		if (readsVersion(actor, { ...version, countries })) Object.assign(state, { version, signOffs });
	}
	return state;
}

async function exists(tx: Transaction, ref: Parameters<typeof documentName>[0]): Promise<boolean> {
	const { rows } = await tx.execute(sql`select 1 from document where name = ${documentName(ref)}`);
	return rows.length > 0;
}

type Reader = Transaction | Database['db'];

/** Whom a report is about, and who is asked: the states that a real incident hit; of an exercise, all that take part. */
export async function affectedCountries(
	db: Reader,
	exercise: Pick<Exercise, 'id' | 'kind'>,
	teams: readonly Pick<Team, 'country'>[]
): Promise<CountryCode[]> {
	if (isReal(exercise)) return (await affectedOf(db, exercise)).map(({ country }) => country);
	return [...new Set(teams.map(({ country }) => country))].sort();
}

/** All that was done about an exercise's report, in the order in which it was. */
export async function readAarActs(db: Reader, exerciseId: ExerciseId): Promise<AarAct[]> {
	const rows = await db
		.select({ fact: fact.fact, name: fact.actorName, wallAt: fact.wallAt })
		.from(fact)
		.where(and(eq(fact.exerciseId, exerciseId), inArray(fact.kind, [...aarFactKinds])))
		.orderBy(asc(fact.sequence));
	return rows.map((row) => ({
		fact: row.fact as AarFact,
		by: row.name ?? '',
		wallAt: row.wallAt.getTime()
	}));
}

/** A contribution as it was handed over. The caller asks who may read it. */
export async function readContribution(
	db: Reader,
	exerciseId: ExerciseId,
	country: CountryCode,
	version: number
): Promise<FrozenContribution | null> {
	const [row] = await db
		.select({ content: contribution.content })
		.from(contribution)
		.where(
			and(
				eq(contribution.exerciseId, exerciseId),
				eq(contribution.country, country),
				eq(contribution.version, version)
			)
		);
	return row?.content ?? null;
}

async function readVersionState(
	tx: Transaction,
	exerciseId: ExerciseId,
	number: number,
	acts: readonly AarAct[]
): Promise<VersionState | null> {
	const [row] = await tx
		.select({
			number: reportVersion.number,
			extent: reportVersion.extent,
			country: reportVersion.country,
			sha256: reportVersion.sha256,
			missing: reportVersion.missing
		})
		.from(reportVersion)
		.where(and(eq(reportVersion.exerciseId, exerciseId), eq(reportVersion.number, number)));
	return row
		? {
				...row,
				extent: row.extent as ReportExtent,
				country: row.country as CountryCode | null,
				missing: row.missing.map((one) => one.country),
				isPublished: readPublished(acts).some(({ version }) => version === number)
			}
		: null;
}

/** Keeps the text that is handed over: the one whose sum the fact names, or nothing is done. */
export async function applyHandOver(
	{ tx, exercise, documents }: ApplyContext,
	{ country, version, sha256 }: Extract<AarFact, { kind: 'contribution-handed-over' }>
): Promise<void> {
	const name = documentName({ exercise: exercise.id, kind: 'contribution', country });
	const content = freezeContribution(await documents.read(name, tx, false), country, exercise.tlp);
	if (contributionFingerprint(content) !== sha256)
		throw new AppError(
			'stale',
			'The text changed while it was handed over. Read it again, then hand it over.'
		);
	await tx.insert(contribution).values({ exerciseId: exercise.id, country, version, content });
}

/** Puts what was taken over on the page of the report. */
export async function applyTakeOver(
	{ tx, exercise, documents, actorId }: ApplyContext,
	{
		passage,
		chapter,
		country,
		version,
		section,
		block,
		tlp
	}: Extract<AarFact, { kind: 'passage-taken-over' }>
): Promise<Stored[]> {
	const content = await readContribution(tx, exercise.id, country, version);
	const part = content && partOf(content, section, block);
	if (!part) throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
	const name = documentName({ exercise: exercise.id, kind: 'report' });
	return documents.editIn(tx, name, actorId, (doc) =>
		addPassage(doc, { id: passage, chapter, tlp, text: part.text })
	);
}
