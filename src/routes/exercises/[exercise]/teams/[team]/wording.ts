import { deadlinesOf, openDeadlines, standingOf, type Deadline } from '#lib/exercise/team/deadlines.ts';
import type { Happening } from '#lib/exercise/notice/notice.ts';
import { reportName } from '#lib/exercise/notification/schema.ts';
import type { InjectItem, RoomItem } from '#lib/exercise/team/room.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import { formatDuration, t, type TextKey } from '#lib/text/index.ts';
import { modeSentence } from '../../channels/wording.ts';
import type { Times } from '../../shell/times.svelte.ts';

/* How the room says things: sentences made of what `exercise/team` decides. */

/** Of what is still open: `4 min 12 s left`, `1 min late`, `no limit`. */
export function standingWords(deadline: Deadline, now: number | null): string {
	const standing = standingOf(deadline, now);
	if (standing.state === 'overdue') return t('team.due.late', { time: formatDuration(standing.ms) });
	return standing.ms === null
		? t('team.due.noLimit')
		: t('team.due.left', { time: formatDuration(standing.ms) });
}

/** Which report, or the reply to one, is still to be sent: `Early warning`. */
export const openReportName = ({ state }: { state: string }): string =>
	state === 'reply' ? t('notify.reply.name') : reportName(state);

/** What an inject still asks for: `acknowledge by 10:47`. */
export function askedWords(deadline: Deadline, times: Times): string {
	const asks = t(`team.due.${deadline.asks}`);
	return deadline.by === null ? asks : t('team.due.by', { asks, time: times.short(deadline.by) });
}

/** By how much something was late when it was done: `acknowledged 2 min late`. */
export function lateWords(item: InjectItem): string[] {
	return deadlinesOf(item).flatMap((deadline) => {
		const standing = standingOf(deadline, null);
		if (standing.state !== 'late') return [];
		return t(`team.due.${deadline.asks}Late`, { time: formatDuration(standing.ms) });
	});
}

/** One line for whoever cannot see the list: what came. */
export function announcementOf(item: RoomItem): string | null {
	// announcements and the clock are said by the shell, on every page
	if (item.kind === 'inject') return t('team.said.inject', { title: item.inject.title });
	if (item.kind === 'recalled') return t('recall.room.said', { title: item.title, reason: item.reason });
	if (item.kind === 'answer') return t('team.said.answer', { question: item.asked });
	if (item.kind === 'mode') return modeTold(item);
	if (item.kind === 'prompt') return t('console.room.promptSaid', { text: item.text });
	if (item.kind === 'announcement' && item.toTeam)
		return t('control.shell.said.announcement', { text: item.text });
	if (item.kind === 'shared-report') return t('reports.item.said', { team: item.from });
	return null;
}

/** What the team itself did to its records, without saying its name each time. */
const ownKinds = [
	'incident-opened',
	'incident-updated',
	'incident-moved',
	'incident-assessed',
	'incident-file-added',
	'task-added',
	'task-changed',
	'task-assigned',
	'task-moved',
	'task-noted',
	'handover-offered',
	'handover-accepted',
	'handover-withdrawn'
] as const;
const ownSentences = new Map<string, TextKey>(ownKinds.map((kind) => [kind, `working.own.${kind}`]));

/** The heading of an item in the timeline. */
export function titleOf(item: RoomItem, times: Times, team: string): string {
	switch (item.kind) {
		case 'working': {
			const own = item.side === 'own' ? ownSentences.get(item.happened) : undefined;
			if (own) return t(own, { title: item.title });
			const who = item.from ?? (item.side === 'own' ? team : t('working.control'));
			return t(`working.sentence.${item.happened}`, { team: who, title: item.title });
		}
		case 'inject':
			return item.inject.title;
		case 'mode':
			return modeTold(item);
		case 'recalled':
			return t('recall.room.item', { title: item.title });
		case 'announcement':
			return t('team.item.announcement');
		case 'exercise':
			return t(`team.event.${item.event === 'stop-lifted' ? 'lifted' : item.event}`);
		case 'clock':
			return item.to === undefined
				? t('team.event.rate', { rate: item.rate ?? 1 })
				: t('team.event.jump', { time: times.full(item.to) });
		case 'answer':
			return item.as ? t('console.room.answerFrom', { name: item.as }) : t('team.item.answer');
		case 'prompt':
			return t('console.room.prompt');
		case 'table':
			return t('table.said', { time: formatDuration(item.seconds * 1000) });
		case 'question':
			return item.to ? t('console.room.questionTo', { name: item.to }) : t('team.item.question');
		case 'log':
			return t(`team.log.kind.${item.log}`);
		case 'decision':
			return t('team.item.decision', { number: item.number, chosen: item.decision.chosen });
		case 'decision-moved':
			return t('team.item.decisionMoved', {
				number: item.number,
				state: t(`team.decision.state.${item.to}`),
				chosen: item.chosen
			});
		case 'report-opened':
			return t('team.item.reportOpened', { number: item.number });
		case 'report':
			return t('team.item.reportApproved', { number: item.number });
		case 'report-shared':
			if (item.relaxed) return t('reports.item.relaxed', { number: item.number, tlp: tlpLabel(item.tlp) });
			return t('reports.item.shared', { number: item.number, to: item.to.join(', ') });
		case 'shared-report':
			return t('reports.item.received', { number: item.number, team: item.from });
		case 'report-rhythm':
			return t('reports.item.rhythm');
		case 'acknowledged':
			return t('team.item.acknowledged', { title: item.title });
		case 'responded':
			return t('team.item.responded', { title: item.title });
	}
}

const modeTold = ({ event, network, was, to, of }: Extract<RoomItem, { kind: 'mode' }>): string =>
	modeSentence({ event, network, from: was, to, by: of });

export const pendingOf = (item: RoomItem): Deadline[] =>
	item.kind === 'inject' ? openDeadlines([item]) : [];

/** What an item is as a notice; null: the team's own acts are no news to it. */
export function happeningOfItem(item: RoomItem): Happening | null {
	switch (item.kind) {
		case 'inject':
			return { kind: 'inject', count: 1, title: item.inject.title, tlp: item.inject.tlp };
		case 'recalled':
			return { kind: 'inject', count: 1, title: item.title, tlp: item.tlp, as: 'recall' };
		case 'announcement':
			return { kind: 'inject', count: 1, as: 'announcement' };
		case 'answer':
		case 'prompt':
			return { kind: 'request', count: 1 };
		case 'working':
			return item.side === 'other' ? { kind: 'request', count: 1 } : null;
		case 'exercise':
			return { kind: item.event === 'stopped' || item.event === 'stop-lifted' ? 'stop' : 'mode', count: 1 };
		case 'clock':
			return { kind: 'mode', count: 1 };
		default:
			return null;
	}
}
