import { languageName } from '#lib/standards/languages.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import type { ComparedField } from '#lib/exercise/inject/approval.ts';
import { recipientsText } from '#lib/exercise/inject/cells.ts';
import { formatSchedule } from '#lib/exercise/inject/schedule.ts';
import type { Inject } from '#lib/exercise/inject/schema.ts';
import { t } from '#lib/text/index.ts';
import type { PaneContext } from './context.ts';

/** One field of an inject in words, for comparing versions side by side; the body is shown as what it is. */
export function fieldText(
	field: Exclude<ComparedField, 'body'>,
	inject: Inject,
	context: Pick<PaneContext, 'room' | 'teams'>
): string {
	switch (field) {
		case 'schedule':
			return formatSchedule(inject.schedule, context.room.cellContext);
		case 'to':
			return recipientsText(inject.to, context.teams);
		case 'tlp':
			return tlpLabel(inject.tlp);
		case 'channel':
			return t(`script.channel.${inject.channel}`);
		case 'category':
			return t(`script.category.${inject.category}`);
		case 'level':
			return t(`script.injectLevel.${inject.level}`);
		case 'objectives':
		case 'capabilities':
			return inject[field].join('; ');
		case 'expectedActions':
			return inject.expectedActions
				.map(({ text: action, withinSeconds, critical }) =>
					[
						action,
						withinSeconds === null ? '' : `≤ ${withinSeconds / 60} min`,
						critical ? t('script.expected.critical') : ''
					]
						.filter(Boolean)
						.join(' · ')
				)
				.join('\n');
		case 'windowSeconds':
		case 'acknowledgeWithin':
		case 'respondWithin': {
			const seconds = inject[field];
			return seconds === null ? '' : `${seconds / 60} min`;
		}
		case 'acknowledgementRequired':
		case 'responseRequired':
			return t(inject[field] ? 'common.yes' : 'common.no');
		case 'translations':
			return Object.entries(inject.translations)
				.map(([language, { title }]) => `${language}: ${title}`)
				.join('\n');
		case 'attachments':
			return inject.attachments.map(({ name }) => name).join('\n');
		case 'origin':
			return inject.origin ? inject.origin.taken.title : '';
		case 'language':
			return inject.language && languageName(inject.language);
		case 'otherFields':
			return inject.otherFields.map(({ name, value }) => `${name}: ${value}`).join('\n');
		default:
			return inject[field];
	}
}
