import type { ReportFigures, TimeFigures } from '#lib/exercise/statistics/figures.ts';
import { shareInTime } from '#lib/exercise/statistics/figures.ts';
import { formatDuration, formatNumber, formatPercent, t } from '#lib/text/index.ts';

/** Figures as they stand in a cell. */
export const duration = (ms: number | null) => (ms === null ? t('statistics.notHere') : formatDuration(ms));

export function inTime(figures: Pick<TimeFigures, 'inTime' | 'late' | 'missing'>): string {
	const share = shareInTime(figures);
	return share === null ? t('statistics.notHere') : formatPercent(share);
}

export const troubles = ({ late, missing }: Pick<TimeFigures, 'late' | 'missing'>) =>
	t('statistics.lateOf', { late: formatNumber(late), missing: formatNumber(missing) });

/** How late the late ones were; null: none was. */
export const lateness = ({ medianLate, worstLate }: ReportFigures): string | null =>
	medianLate === null
		? null
		: t('statistics.lateAmount', { median: formatDuration(medianLate), worst: duration(worstLate) });
