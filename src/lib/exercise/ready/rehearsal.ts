import type { AttachmentId, InjectId } from '../ids.ts';
import { injectSchema, type Inject, type Schedule } from '../inject/schema.ts';

/** How fast a rehearsal runs: an hour of exercise time is two and a half minutes. */
export const rehearsalRate = 24;

/**
 * Injects for a rehearsal: new ids, links between them re-pointed, everything for the one test team. What followed an
 * inject that is not copied is released by hand; variants are injects of their own there.
 */
export function rehearsedInjects(
	injects: readonly Inject[],
	mint: () => InjectId,
	files: ReadonlyMap<AttachmentId, AttachmentId>
): Inject[] {
	const ids = new Map<InjectId, InjectId>(injects.map(({ id }) => [id, mint()]));
	return injects.map((inject) => ({
		...injectSchema.parse(inject),
		id: ids.get(inject.id)!,
		to: { all: true, countries: [], levels: [], teams: [] },
		origin: null,
		attachments: inject.attachments.flatMap((one) => {
			const copy = files.get(one.id);
			return copy ? [{ ...one, id: copy }] : [];
		}),
		schedule: repointed(inject.schedule, ids)
	}));
}

function repointed(schedule: Schedule, ids: ReadonlyMap<InjectId, InjectId>): Schedule {
	if (schedule.mode === 'after') {
		const inject = ids.get(schedule.inject);
		return inject ? { ...schedule, inject } : { mode: 'manual' };
	}
	if (schedule.mode === 'contingency') {
		const { missed, ...kept } = schedule;
		const inject = missed && ids.get(missed.inject);
		return inject ? { ...kept, missed: { ...missed, inject } } : kept;
	}
	if (schedule.mode !== 'condition') return schedule;
	const clauses = schedule.when.clauses.flatMap((clause) => {
		const inject = ids.get(clause.inject);
		return inject ? [{ ...clause, inject }] : [];
	});
	return clauses.length === schedule.when.clauses.length
		? { ...schedule, when: { ...schedule.when, clauses } }
		: { mode: 'manual' };
}
