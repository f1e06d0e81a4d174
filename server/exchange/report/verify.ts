import { and, asc, eq } from 'drizzle-orm';
import { contributionFingerprint } from '#lib/exercise/aar/contribution.ts';
import type { AarFact } from '#lib/exercise/aar/schema.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import { readAarActs, readContribution } from '../../commands/aar.ts';
import type { Database } from '../../database/open.ts';
import { audit, exercise as exerciseTable, reportVersion } from '../../database/schema.ts';
import { sha256 } from './freeze.ts';

const parts = ['data', 'docx', 'pdf'] as const;
export type FrozenPart = (typeof parts)[number];

export interface VersionVerdict {
	number: number;
	/** the parts that are not what was frozen; `sums`: what the version says of itself is not what the audit chain says */
	changed: (FrozenPart | 'sums')[];
	/** the parts that were taken out with the names in them */
	erased: FrozenPart[];
}

export interface ReportVerdict {
	versions: VersionVerdict[];
	/** what each country handed over; `erased`: names were taken out of it, as the audit chain says */
	contributions: { country: string; version: number; is: 'equal' | 'changed' | 'erased' }[];
	/** versions that the audit chain knows and that are gone */
	missing: number[];
}

/**
 * Computes the sums of what was frozen and handed over anew and compares them with the audit chain and the facts. That those
 * were not changed themselves is for `audit verify` to say.
 */
export async function verifyReports(database: Database, exercise: ExerciseId): Promise<ReportVerdict> {
	const frozen = await database.db
		.select({ detail: audit.detail })
		.from(audit)
		.where(and(eq(audit.scope, exercise), eq(audit.act, 'report.frozen')))
		.orderBy(asc(audit.sequence));
	const inChain = new Map(frozen.map(({ detail }) => [Number(detail['number']), detail]));
	const [head] = await database.db
		.select({ erasedAt: exerciseTable.erasedAt })
		.from(exerciseTable)
		.where(eq(exerciseTable.id, exercise));
	const numbers = await database.db
		.select({ number: reportVersion.number })
		.from(reportVersion)
		.where(eq(reportVersion.exerciseId, exercise))
		.orderBy(asc(reportVersion.number));
	const versions: VersionVerdict[] = [];
	for (const { number } of numbers) {
		// one after the other: each is some megabytes
		const [row] = await database.db
			.select()
			.from(reportVersion)
			.where(and(eq(reportVersion.exerciseId, exercise), eq(reportVersion.number, number)));
		if (!row) continue;
		const said = inChain.get(number);
		const isSame =
			said !== undefined &&
			said['sha256'] === row.sha256 &&
			said['extent'] === row.extent &&
			said['tlp'] === row.tlp &&
			parts.every((part) => said[`${part}Sha256`] === row[`${part}Sha256`]);
		versions.push({
			number,
			changed: [
				...parts.filter((part) => row[part] !== null && sha256(row[part]) !== said?.[`${part}Sha256`]),
				...(isSame ? [] : (['sums'] as const))
			],
			erased: parts.filter((part) => row[part] === null)
		});
	}
	const known = new Set(numbers.map(({ number }) => number));
	const contributions = await Promise.all(
		(await readAarActs(database.db, exercise))
			.map(({ fact }) => fact)
			.filter(
				(fact): fact is Extract<AarFact, { kind: 'contribution-handed-over' }> =>
					fact.kind === 'contribution-handed-over'
			)
			.map(async ({ country, version, sha256: sum }) => {
				const content = await readContribution(database.db, exercise, country, version);
				const isEqual = content !== null && contributionFingerprint(content) === sum;
				const is = isEqual ? 'equal' : content !== null && head?.erasedAt ? 'erased' : 'changed';
				return { country, version, is } as const;
			})
	);
	return { versions, contributions, missing: [...inChain.keys()].filter((number) => !known.has(number)) };
}

/** Nothing is changed and nothing is gone. */
export const isWhole = ({ versions, contributions, missing }: ReportVerdict): boolean =>
	missing.length === 0 &&
	versions.every(({ changed }) => changed.length === 0) &&
	contributions.every(({ is }) => is !== 'changed');
