import type { Mark } from '#lib/exercise/replay/moments.ts';
import { t } from '#lib/text/index.ts';
import type { Times } from '../shell/times.svelte.ts';

/** A moment on both clocks, in one line: `D1 10:42, 11:42 CET`. */
export const momentWords = (wall: number, exercise: number | null, times: Times): string =>
	[exercise === null ? t('replay.before') : times.full(exercise), times.local(wall)].join(', ');

/** What a mark on the line stands for. */
export function markWords(mark: Mark, times: Times): string {
	switch (mark.kind) {
		case 'jumped':
			return t('replay.mark.jumped', { from: times.full(mark.from ?? 0), to: times.full(mark.to ?? 0) });
		case 'released':
			return t('replay.mark.released', { title: mark.title ?? '', count: mark.teams ?? 0 });
		case 'received':
			return t('replay.mark.received', { title: mark.title ?? '' });
		case 'recalled':
			return t('recall.mark', { title: mark.title ?? '' });
		case 'escalated':
			return t('replay.mark.escalated', { network: mark.network ?? '', mode: mark.mode ?? '' });
		case 'stop-lifted':
			return t('replay.mark.stopLifted');
		default:
			return t(`replay.mark.${mark.kind}`);
	}
}
