import type { Tlp } from '#lib/standards/tlp.ts';
import type { EntryBody, TimelineEntry } from '#lib/exercise/timeline.ts';
import { definitionOf } from '#lib/exercise/working/kinds.ts';
import { formatDuration, t } from '#lib/text/index.ts';

/** One entry of a timeline in words: who did what. */
export interface EntryText {
	/** a team, a person, the schedule, or exercise control */
	who: string;
	text: string;
	tlp?: Tlp;
	/** what was written: a response, a decision's reason */
	quote?: string;
	tone: 'plain' | 'ask' | 'warn' | 'stop' | 'word';
}

export type EntryGroup = 'injects' | 'teams' | 'clock';

/** `time` writes an exercise time. */
export function entryText({ body, by }: TimelineEntry, time: (exercise: number) => string): EntryText {
	const control = by ?? t('control.timeline.control');
	const plain = (text: string, who = control): EntryText => ({ who, text, tone: 'plain' });
	switch (body.kind) {
		case 'exercise': {
			const text = t(`control.timeline.${body.event === 'stop-lifted' ? 'stopLifted' : body.event}`);
			return {
				who: control,
				text: withReason(text, body.text),
				tone: body.event === 'stopped' ? 'stop' : 'plain'
			};
		}
		case 'clock':
			return body.event === 'rate'
				? plain(t('control.timeline.rate', { rate: body.rate ?? 1 }))
				: plain(
						withReason(
							t('control.timeline.jump', { from: time(body.from ?? 0), to: time(body.to ?? 0) }),
							body.text
						)
					);
		case 'announcement':
			return { ...plain(t('control.timeline.announced', { text: body.text })), tlp: body.tlp, tone: 'word' };
		case 'released': {
			const teams =
				body.teams.length === 1 ? body.teams[0]!.name : t('control.due.teams', { count: body.teams.length });
			const name = named(body);
			const sentence =
				body.trigger === 'ad-hoc'
					? t('control.timeline.releasedAdHoc', { name, teams })
					: t('control.timeline.released', { name, teams });
			const { leftOut = [] } = body;
			return {
				...plain(
					leftOut.length > 0
						? `${sentence} ${t('variant.release.leftOut', { count: leftOut.length })}`
						: sentence,
					by ?? t('control.timeline.schedule')
				),
				tlp: body.tlp
			};
		}
		case 'held':
			return {
				who: by ?? t('control.timeline.schedule'),
				text: withReason(t('control.timeline.held', { name: named(body) }), body.reason),
				tone: body.late ? 'warn' : 'plain'
			};
		case 'hold-lifted':
			return plain(t('control.timeline.holdLifted', { name: named(body) }));
		case 'skipped':
			return plain(withReason(t('control.timeline.skipped', { name: named(body) }), body.reason));
		case 'approved':
			return plain(t('control.timeline.approved', { name: named(body), version: body.version }));
		case 'report-rhythm':
			return plain(t('reports.timeline.rhythm'));
		case 'inject':
			return { ...plain(t('control.timeline.inject', { name: body.inject.title })), tlp: body.inject.tlp };
		case 'continued':
			return plain('');
		default:
			return teamEntry(body, by);
	}
}

type TeamBody = Extract<
	EntryBody,
	{
		kind:
			| 'acknowledged'
			| 'responded'
			| 'action-marked'
			| 'log'
			| 'decision'
			| 'question'
			| 'answer'
			| 'report-opened'
			| 'report'
			| 'report-shared'
			| 'shared-report'
			| 'working';
	}
>;

function teamEntry(body: TeamBody, by: string | null): EntryText {
	const who = body.team?.name ?? by ?? '';
	const plain = (text: string): EntryText => ({ who, text, tone: 'plain' });
	switch (body.kind) {
		case 'working': {
			const { title, text } = definitionOf(body.of).words(body.fact);
			const sentence = t(`working.sentence.${body.fact.kind}`, { team: body.from ?? who, title });
			return { ...plain(sentence), tlp: body.fact.tlp, ...(text && { quote: text }) };
		}
		case 'acknowledged':
			return plain(
				t('control.timeline.acknowledged', { name: named(body), duration: formatDuration(body.afterMs) })
			);
		case 'responded':
			return {
				...plain(
					t('control.timeline.responded', { name: named(body), duration: formatDuration(body.afterMs) })
				),
				quote: body.text
			};
		case 'action-marked':
			return plain(t('condition.timeline.marked', { name: named(body), text: body.text }));
		case 'log':
			return {
				...plain(
					t('control.timeline.log', { kind: t(`control.timeline.logKinds.${body.log}`), text: body.text })
				),
				...(body.late && { quote: t('control.timeline.late') })
			};
		case 'decision':
			return {
				...plain(t('control.timeline.decided', { text: body.decision.chosen })),
				...(body.decision.reason && { quote: body.decision.reason })
			};
		case 'question':
			return { who, text: t('control.timeline.asks', { text: body.text }), tone: 'ask' };
		case 'answer':
			return {
				who: by ?? t('control.timeline.control'),
				text: body.team
					? t('control.timeline.answered', { team: body.team.name, text: body.answer })
					: t('control.timeline.answeredPlain', { text: body.answer }),
				tone: 'plain'
			};
		case 'report-opened':
			return plain(t('control.timeline.reportOpened', { number: body.number }));
		case 'report':
			return {
				...plain(t('control.timeline.report', { number: body.number, title: body.title })),
				tlp: body.tlp
			};
		case 'report-shared':
			return {
				...plain(
					t('reports.timeline.shared', { number: body.number, title: body.title, to: body.to.join(', ') })
				),
				tlp: body.tlp
			};
		case 'shared-report':
			return {
				...plain(t('reports.timeline.came', { number: body.number, from: body.from })),
				tlp: body.tlp
			};
	}
}

/** Which of the timeline's filters an entry belongs to. */
export function entryGroup(body: EntryBody): EntryGroup {
	switch (body.kind) {
		case 'released':
		case 'held':
		case 'hold-lifted':
		case 'skipped':
		case 'approved':
		case 'inject':
			return 'injects';
		case 'exercise':
		case 'clock':
		case 'announcement':
		case 'report-rhythm':
		case 'continued':
			return 'clock';
		default:
			return 'teams';
	}
}

const named = ({ reference, title }: { reference?: string; title: string }) => reference || `“${title}”`;

const withReason = (sentence: string, reason: string | undefined) =>
	reason ? t('control.timeline.reason', { sentence, reason }) : sentence;
