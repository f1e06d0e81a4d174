import type { CellId, Exercise, Team } from '../exercise/schema.ts';
import { planState, type InjectStatus, type PlanState } from './approval.ts';
import type { PageRow } from './page.ts';
import { dependencyWarnings } from './dependencies.ts';
import { injectWarnings } from './release.ts';
import { plannedTimes } from './schedule.ts';
import type { Inject } from './schema.ts';
import { followedIn } from './variant.ts';
import type { ScriptRow } from './view.ts';

/** What the warnings of all rows depend on; a new object means that all are worked out anew. */
export interface RowContext extends Pick<Exercise, 'startsAt' | 'endsAt'> {
	teams: readonly Team[];
	/** false for readers who do not know all teams: what reaches others would look as if it reached nobody */
	warns: boolean;
	/** whose script it is; left out: the central one */
	cell?: CellId;
	/** planned times of the central script, which the injects of a national one may follow */
	elsewhere?: ReadonlyMap<string, number | null>;
	/** the central script beside a national one: what of it waits for this cell's variants */
	central?: readonly Inject[];
}

interface Kept {
	status: InjectStatus | undefined;
	context: RowContext;
	/** what is wrong with what it waits for, and whether that is in the script at all */
	depends: string;
	row: ScriptRow;
}

/**
 * Puts pages and statuses together to the rows that planners see, and keeps each row until something of it changes:
 * a key stroke in a script of 1,500 injects works out one.
 */
export class RowBuilder {
	readonly #kept = new WeakMap<PageRow, Kept>();

	build(
		rows: readonly PageRow[],
		statuses: ReadonlyMap<string, InjectStatus>,
		context: RowContext
	): ScriptRow[] {
		const injects = rows.map((row) => row.inject);
		const cellOf = () => context.cell ?? 'central';
		const times = plannedTimes(injects, context.startsAt, context.elsewhere, followedIn(injects, cellOf));
		const exists = (id: string) => times.has(id) || context.elsewhere?.has(id) === true;
		const wrong = context.warns
			? dependencyWarnings(injects, {
					teams: context.teams,
					isSkipped: (id) => statuses.get(id)?.state === 'skipped',
					isRecalled: (id) => statuses.get(id)?.state === 'recalled',
					isElsewhere: (id) => context.elsewhere?.has(id) === true,
					cellOf,
					...(context.central && { central: context.central })
				})
			: new Map<string, never[]>();
		const dependencies = (id: string) => wrong.get(id) ?? [];
		return rows.map((row, index) => {
			const { inject } = row;
			const status = statuses.get(row.id);
			const plannedAt = times.get(row.id) ?? null;
			const number = index + 1;
			const depends = dependencies(row.id).join();
			const kept = this.#kept.get(row);
			if (kept && kept.status === status && kept.context === context && kept.depends === depends) {
				if (kept.row.number !== number || kept.row.plannedAt !== plannedAt)
					kept.row = { ...kept.row, number, plannedAt };
				return kept.row;
			}
			// read in slices while the page opens (`warm`): until then what the status alone says, kept nowhere
			if (status && !row.hasFingerprint)
				return { row, number, state: guess(status), warnings: [], plannedAt };
			const state = planState(status, () => row.fingerprint);
			const built: ScriptRow = {
				row,
				number,
				state,
				warnings:
					state === 'released' || state === 'recalled' || !context.warns
						? []
						: injectWarnings(inject, {
								...context,
								approved: () => status?.approvedFingerprint ?? null,
								fingerprint: () => row.fingerprint,
								exists,
								dependencies
							}),
				plannedAt,
				...(status?.variants && { variants: status.variants })
			};
			this.#kept.set(row, { status, context, depends, row: built });
			return built;
		});
	}
}

/** Works out the fingerprints that statuses need, until there is no more time; true when all are known. */
export function warm(
	rows: readonly PageRow[],
	statuses: ReadonlyMap<string, InjectStatus>,
	hasTime: () => boolean
): boolean {
	for (const row of rows) {
		if (row.hasFingerprint || !statuses.has(row.id)) continue;
		if (!hasTime()) return false;
		void row.fingerprint;
	}
	return true;
}

function guess(status: InjectStatus): PlanState {
	if (status.state !== 'ready' && status.state !== 'submitted') return status.state;
	return status.version > 0 ? 'approved' : 'submitted';
}
