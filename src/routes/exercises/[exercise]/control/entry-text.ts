import type { Tlp } from '#lib/standards/tlp.ts';
import type { EntryBody, TimelineEntry } from '#lib/exercise/timeline.ts';
import { methaneLines } from '#lib/exercise/record/sentence.ts';
import { definitionOf } from '#lib/exercise/working/kinds.ts';
import { formatDuration, t } from '#lib/text/index.ts';
import { modeSentence, speakerName } from '../channels/wording.ts';

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
		case 'announcement': {
			const said = Array.isArray(body.to)
				? t('console.timeline.announcedTo', { text: body.text, teams: teamsText(body.to) })
				: t('control.timeline.announced', { text: body.text });
			return { ...plain(said), tlp: body.tlp, tone: 'word' };
		}
		case 'adapted':
			return plain(
				t(body.variant ? 'console.timeline.adaptedVariant' : 'console.timeline.adapted', {
					name: named(body)
				})
			);
		case 'catch-up':
			return plain(t(`console.timeline.catchUp.${body.event}`, { count: body.perMinute ?? 0 }));
		case 'released': {
			const teams = teamsText(body.teams);
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
		case 'recalled': {
			const teams =
				body.teams.length === 1 ? body.teams[0]!.name : t('control.due.teams', { count: body.teams.length });
			const text = t('recall.timeline', { name: named(body), teams });
			return { who: control, text: withReason(text, body.reason), tlp: body.tlp, tone: 'warn' };
		}
		case 'inject-recalled': {
			const text = t('recall.received', { name: named(body) });
			return { who: control, text: withReason(text, body.reason), tlp: body.tlp, tone: 'warn' };
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
		case 'media':
			return {
				...plain(t('review.record.sentence.mediaPublished', { outlet: body.outlet, title: body.title })),
				tlp: 'clear',
				quote: body.text
			};
		case 'media-comment':
			return {
				...plain(t('review.record.sentence.mediaCommented', { outlet: body.outlet })),
				quote: body.text
			};
		case 'media-counters':
			return plain(t('review.record.sentence.mediaCounted', { ...body.counters }));
		case 'media-withdrawn': {
			const { outlet, title, reason } = body;
			return plain(withReason(t('review.record.sentence.mediaWithdrawn', { outlet, title }), reason));
		}
		case 'mode':
			return {
				who: speakerName(body.by),
				text: withReason(modeSentence(body), body.reason),
				tone: body.event === 'agreed' ? 'word' : 'plain'
			};
		// what is said in channels is read there, and what evaluators note on their own page
		// the clock on the wall of one table
		case 'table':
		case 'evaluation':
		case 'message':
		case 'brought-up':
		case 'membership':
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
			| 'dismissed'
			| 'prompt'
			| 'log'
			| 'decision'
			| 'decision-moved'
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
			// exercise control acted on a team's record: the entry is the team's, the act is not
			const actor = body.fact.byControl ? (by ?? t('console.room.askControl')) : (body.from ?? who);
			const sentence = t(`working.sentence.${body.fact.kind}`, { team: actor, title });
			// who did it stands before the rest, and is not said twice
			const begins = sentence.startsWith(`${actor} `);
			return {
				who: begins ? actor : '',
				text: begins ? sentence.slice(actor.length + 1) : sentence,
				tone: 'plain',
				tlp: body.fact.tlp,
				...(text && { quote: text })
			};
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
			return plain(
				t(
					body.seen === 'no'
						? 'table.timeline.notMet'
						: body.seen === 'partly'
							? 'table.timeline.partly'
							: 'condition.timeline.marked',
					{ name: named(body), text: body.text }
				)
			);
		case 'dismissed':
			return {
				...plain(t('console.timeline.dismissed', { name: named(body), missed: body.missed })),
				quote: body.note
			};
		case 'prompt':
			return {
				who: by ?? t('control.timeline.control'),
				text: body.team
					? t('console.timeline.prompted', { team: body.team.name, text: body.text })
					: body.text,
				tlp: body.tlp,
				tone: 'word'
			};
		case 'decision-moved':
			return {
				...plain(
					t('control.timeline.decisionMoved', {
						number: body.number,
						state: t(`team.decision.state.${body.to}`),
						text: body.chosen
					})
				),
				...(body.reason && { quote: body.reason })
			};
		case 'log':
			if (body.methane)
				return {
					...plain(
						t('control.timeline.log', { kind: t('control.timeline.logKinds.methane'), text: body.text })
					),
					quote: methaneLines(body.methane, t)
						.filter(([, text]) => text !== '')
						.map(([label, text]) => `${label}: ${text}`)
						.join('\n')
				};
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
			return {
				who,
				text: body.to
					? t('console.timeline.asksOf', { body: body.to, text: body.text })
					: t('control.timeline.asks', { text: body.text }),
				tone: 'ask'
			};
		case 'answer':
			return {
				who: by ?? t('control.timeline.control'),
				text: body.as
					? t('console.timeline.answeredAs', { body: body.as, text: body.answer })
					: body.team
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
		case 'adapted':
		case 'catch-up':
		case 'dismissed':
		case 'recalled':
		case 'inject':
		case 'inject-recalled':
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

const teamsText = (teams: readonly { name: string }[]) =>
	teams.length === 1 ? teams[0]!.name : t('control.due.teams', { count: teams.length });

const named = ({ reference, title }: { reference?: string; title: string }) => reference || `“${title}”`;

const withReason = (sentence: string, reason: string | undefined) =>
	reason ? t('control.timeline.reason', { sentence, reason }) : sentence;
