import { asc } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { auditScopes, verifyAudit, type AuditVerdict } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import { exercise as exerciseTable } from '../database/schema.ts';
import type { Command } from './command.ts';
import { exerciseOption } from './who.ts';

const factsIn = (facts: number) =>
	facts === 0 ? '' : ` and ${facts.toLocaleString('en')} ${facts === 1 ? 'fact' : 'facts'}`;

const erasedIn = ({ rows, facts }: AuditVerdict['erased']) =>
	rows + facts === 0
		? ''
		: ` but ${rows} rows and ${facts} facts whose names were erased, as the chain records`;

export const auditVerify: Command = {
	name: 'audit verify',
	purpose:
		'computes the chains of the audit log anew, compares every fact with them, and names what was changed or is missing',
	help: [[exerciseOption[0], 'of this exercise only; without it of all, and of the installation']],
	options: { exercise: { type: 'string' } },
	async run(given, { services: open }) {
		const wanted = given.text('exercise') === undefined ? null : given.required('exercise');
		const { database } = await open();
		const { names, verdicts } = await verify(database, wanted);
		const broken = verdicts.filter((verdict) => verdict.broken !== null);
		const labelOf = (scope: string) => (names.has(scope) ? `${names.get(scope)} (${scope})` : scope);
		return {
			lines: verdicts.map(({ scope, rows, facts, erased, broken: at }) =>
				at
					? `${labelOf(scope)}: the chain is broken at row ${at.sequence}: ${at.why}.`
					: `${labelOf(scope)}: ${rows} ${rows === 1 ? 'row' : 'rows'}${factsIn(facts)}, nothing was changed${erasedIn(erased)}.`
			),
			data: { chains: verdicts },
			failed: broken.length > 0
		};
	}
};

/** On one state of the database: rows that a running server adds meanwhile are no break. */
function verify(database: Database, wanted: string | null) {
	return database.db.transaction(
		async (tx) => {
			const still = { ...database, db: tx as unknown as Database['db'] };
			const exercises = await tx
				.select({ id: exerciseTable.id, name: exerciseTable.name })
				.from(exerciseTable)
				.orderBy(asc(exerciseTable.createdAt), asc(exerciseTable.id));
			const names = new Map(exercises.map(({ id, name }) => [id, name]));
			if (wanted !== null && !names.has(wanted))
				throw new AppError('not-found', `There is no exercise with the id ${wanted}.`);
			// an exercise has a chain from its first moment: one that is gone as a whole is found by its exercise
			const scopes =
				wanted === null
					? [...new Set(['installation', ...names.keys(), ...(await auditScopes(still))])]
					: [wanted];
			const verdicts: AuditVerdict[] = [];
			for (const scope of scopes) {
				const verdict = await verifyAudit(still, scope);
				const isGone = verdict.rows === 0 && !verdict.broken && names.has(scope);
				verdicts.push(
					isGone ? { ...verdict, broken: { sequence: 1, kind: 'cut', why: 'all rows are missing' } } : verdict
				);
			}
			return { names, verdicts };
		},
		{ isolationLevel: 'repeatable read', accessMode: 'read only' }
	);
}
