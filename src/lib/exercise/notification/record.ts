import { formOf } from '#lib/standards/notification-forms.ts';
import type { OpenWork, RecordDefinition } from '../working/record.ts';
import { readForm } from './form.ts';
import {
	evolveCase,
	wordsOfCase,
	type CasePage,
	type Notification,
	type NotificationFact
} from './schema.ts';
import { openClocks, replyClock } from './standing.ts';

/**
 * What the law still asks for about a case, each report with its time (NIS2 Art. 23(4)); of the authority, its reply (Art.
 * 23(5)). `state` is the report's key, or `reply`.
 */
function openReports(standing: Notification, timeZone: string): OpenWork[] {
	const { number, side, content } = standing;
	const work = (state: string, dueAt: number | null): OpenWork => ({
		title: content.title,
		number,
		state,
		dueAt,
		whose: null,
		account: null,
		tlp: content.tlp
	});
	if (side === 'entity') return openClocks(standing, timeZone, null).map(({ key, due }) => work(key, due));
	const reply = replyClock(standing, null);
	return reply ? [work('reply', reply.due)] : [];
}

export const notificationRecord: RecordDefinition<NotificationFact, Notification> = {
	shown: {
		'notification-opened': 'watched',
		'notification-corrected': 'watched',
		'notification-relaxed': 'watched',
		'notification-assessed': 'watched',
		'notification-begun': 'team',
		'notification-submitted': 'watched',
		'notification-acknowledged': 'watched',
		'notification-answered': 'watched',
		'notification-report-requested': 'watched',
		'notification-handled': 'watched',
		'notification-closed': 'watched',
		'notification-withdrawn': 'watched'
	},
	group: 'reports',
	addressesTeams: true,
	beside: ['incident'],
	page: {
		openedBy: (fact) => (fact.kind === 'notification-opened' ? `notification-${fact.number}` : null),
		of: ({ side, number }) => (side === 'entity' ? `notification-${number}` : null),
		read: (doc, { reports }): CasePage => ({
			drafts: Object.fromEntries(
				reports.flatMap(({ key, form }) => {
					const known = form && formOf(form);
					return known ? [[key, readForm(doc, key, known)]] : [];
				})
			)
		})
	},
	open: openReports,
	evolve: evolveCase,
	words: wordsOfCase
};
