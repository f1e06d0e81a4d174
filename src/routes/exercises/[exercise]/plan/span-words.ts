import { t } from '#lib/text/index.ts';

const hour = 3_600_000;

/** `2 d`, `8 h`, `10 min` */
export function spanWords(span: number): string {
	if (span >= 24 * hour) return t('plan.span.days', { count: span / (24 * hour) });
	return span >= hour
		? t('plan.span.hours', { count: span / hour })
		: t('plan.span.minutes', { count: span / 60_000 });
}
