import type { ObservationKind } from '#lib/standards/evaluation.ts';
import { t } from '#lib/text/index.ts';
import { notify } from '#lib/ui/notify.svelte.ts';

/** Says that a note is saved, and where it is; what is not kept at all is told above the page. */
export function tellSaved(sort: ObservationKind, where: 'sent' | 'kept' | null): void {
	if (where === 'sent')
		notify(t('evaluation.note.saved', { kind: t(`evaluation.kind.${sort}`) }), { tone: 'success' });
	if (where === 'kept') notify(t('evaluation.note.kept'), { tone: 'warn' });
}
