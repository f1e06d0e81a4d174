import type { Tlp } from '#lib/standards/tlp.ts';
import type { RichText } from '#lib/exercise/rich-text.ts';
import { foldConversation, type MessageItem } from '#lib/exercise/channel/fold.ts';
import type { Speaker } from '#lib/exercise/channel/schema.ts';
import type { DocumentRef } from '#lib/exercise/documents.ts';
import { evaluationWords } from '#lib/exercise/record/evaluation-words.ts';
import { foldMedia } from '#lib/exercise/media/fold.ts';
import { deadlinesOf, openDeadlines, stageOf, standingOf } from '#lib/exercise/team/deadlines.ts';
import { foldRoom, type InjectItem, type RoomItem } from '#lib/exercise/team/room.ts';
import { compareEntries, type TimelineEntry } from '#lib/exercise/timeline.ts';
import { formatDuration, formatNumber, t } from '#lib/text/index.ts';
import type { DeliveryState } from '#lib/ui/types.ts';
import { entryText } from '../control/entry-text.ts';
import { modeSentence, speakerName } from '../channels/wording.ts';
import { titleOf } from '../teams/[team]/wording.ts';
import type { Times } from '../shell/times.svelte.ts';

/** Words within a row: who and when, and under which label; null: that of the row, or none. */
export interface Said {
	head: string;
	text: string;
	tlp: Tlp | null;
}

/** One line of a timeline as it stood: the same shape for every kind of timeline, so that one list shows them all. */
export interface ShownRow {
	id: string;
	/** exercise time; null before STARTEX */
	at: number | null;
	wallAt: number;
	/** wall time of the newest thing that is told in it: an acknowledgement is newer than its inject */
	touchedAt: number;
	who: string;
	title: string;
	text: string;
	rich: RichText | null;
	language: string;
	tlp: Tlp | null;
	state: { state: DeliveryState; text: string } | null;
	/** what was open, what was late, who acknowledged: a sentence each */
	notes: { text: string; late: boolean }[];
	/** what it quotes, from elsewhere and under labels of its own */
	quotes: Said[];
	/** responses, replies, comments */
	answers: Said[];
	tone: 'plain' | 'ask' | 'warn' | 'stop' | 'word';
	/** where it stands today; null: it has no place of its own */
	href: string | null;
}

export interface RowContext {
	/** the exercise time of the moment */
	now: number | null;
	times: Times;
	/** `/exercises/<id>` */
	base: string;
	ref: Extract<DocumentRef, { kind: 'timeline' }>;
	/** the name of the timeline's team; '' for none */
	team: string;
	/** before a whole room: what was done, not which person did it, and nothing under TLP:RED */
	projector: boolean;
}

/** A timeline as it stood, newest exercise time first. `entries`: those that were there. */
export function shownRows(entries: readonly TimelineEntry[], context: RowContext): ShownRow[] {
	const rows = rowsOf(entries, context);
	return context.projector ? rows.map((row) => (row.tlp === 'red' ? withheld(row) : withoutRed(row))) : rows;
}

/** A reply or a quotation has a label of its own, which may be stricter than that of what it stands in. */
const withoutRed = (row: ShownRow): ShownRow => ({
	...row,
	quotes: row.quotes.map(saidOpenly),
	answers: row.answers.map(saidOpenly)
});
const saidOpenly = (said: Said): Said =>
	said.tlp === 'red' ? { head: '', text: t('replay.withheld'), tlp: 'red' } : said;

const withheld = (row: ShownRow): ShownRow => ({
	...row,
	who: '',
	title: t('replay.withheld'),
	text: '',
	rich: null,
	notes: [],
	quotes: [],
	answers: []
});

function rowsOf(entries: readonly TimelineEntry[], context: RowContext): ShownRow[] {
	const { audience } = context.ref;
	if (audience.to === 'team') return foldRoom(entries).items.map((item) => roomRow(item, context));
	if (audience.to === 'evaluation') return plainOrder(entries).map((entry) => evaluationRow(entry, context));
	if (audience.to === 'control') return plainOrder(entries).map((entry) => plainRow(entry, context));
	if (audience.channel === 'media') return mediaRows(entries, context);
	if (audience.channel === 'everyone' || audience.channel.length === 2)
		return plainOrder(entries).map((entry) => plainRow(entry, context));
	return channelRows(entries, context);
}

const plainOrder = (entries: readonly TimelineEntry[]) =>
	entries.filter(({ body }) => body.kind !== 'continued').sort((a, b) => compareEntries(b, a));

const empty = {
	text: '',
	rich: null,
	language: '',
	tlp: null,
	state: null,
	notes: [],
	quotes: [],
	answers: [],
	tone: 'plain' as const,
	href: null
};

/** A person's name, where it is shown. */
const personOf = ({ projector }: RowContext, by: string | null) => (projector ? '' : (by ?? ''));

/** `D1 10:42` */
const timeOf = ({ times }: RowContext, at: number | null) => (at === null ? '–' : times.full(at));

// --- exercise control, countries, everybody ---------------------------------------------------------------------------

function plainRow(entry: TimelineEntry, { times, base, ref }: RowContext): ShownRow {
	const said = entryText(entry, (exercise) => times.full(exercise));
	const { audience } = ref;
	return {
		...empty,
		id: entry.id,
		at: entry.exerciseAt,
		wallAt: entry.wallAt,
		touchedAt: entry.wallAt,
		who: said.who,
		title: said.text,
		text: said.quote ?? '',
		tlp: said.tlp ?? null,
		tone: said.tone,
		href:
			audience.to === 'channel' && audience.channel === 'everyone'
				? `${base}/announcements`
				: `${base}/control`
	};
}

function evaluationRow(entry: TimelineEntry, context: RowContext): ShownRow {
	const { body } = entry;
	if (body.kind !== 'evaluation') return plainRow(entry, context);
	const { sentence, detail } = evaluationWords(body.fact, {
		say: t,
		teamName: () => context.team,
		time: (exercise) => context.times.full(exercise)
	});
	return {
		...plainRow(entry, context),
		who: entry.by ?? '',
		title: sentence,
		text: detail ?? '',
		href: `${context.base}/evaluation/${body.fact.team}#entry-${entry.id}`
	};
}

// --- a team -----------------------------------------------------------------------------------------------------------

function roomRow(item: RoomItem, context: RowContext): ShownRow {
	const { audience } = context.ref;
	const base: ShownRow = {
		...empty,
		id: item.id,
		at: item.at,
		wallAt: item.wallAt,
		touchedAt: item.wallAt,
		who: personOf(context, item.by),
		title: titleOf(item, context.times, context.team),
		tlp: 'tlp' in item ? item.tlp : null,
		href: audience.to === 'team' ? `${context.base}/teams/${audience.team}#item-${item.id}` : null
	};
	switch (item.kind) {
		case 'inject':
			return { ...base, ...injectParts(item, context) };
		case 'question': {
			const { answer } = item;
			return {
				...base,
				text: item.text,
				touchedAt: answer?.wallAt ?? item.wallAt,
				tone: answer ? 'plain' : 'ask',
				notes: [{ text: t(answer ? 'team.question.answered' : 'team.question.open'), late: false }],
				answers: answer ? [{ head: timeOf(context, answer.at), text: answer.text, tlp: null }] : []
			};
		}
		case 'decision': {
			const last = item.history.at(-1);
			return {
				...base,
				text: [item.decision.question, item.decision.reason].filter(Boolean).join('\n'),
				touchedAt: Math.max(item.wallAt, last?.wallAt ?? 0),
				notes: [
					{ text: t('replay.decisionState', { state: t(`team.decision.state.${item.state}`) }), late: false }
				]
			};
		}
		case 'log':
			return {
				...base,
				text: item.text,
				notes: [
					...(item.late ? [{ text: t('team.log.late'), late: true }] : []),
					...(item.corrects
						? [{ text: t('team.log.corrects', { text: item.corrects.text }), late: false }]
						: []),
					...(item.corrected ? [{ text: t('team.log.corrected'), late: false }] : [])
				]
			};
		case 'report':
		case 'shared-report':
			return { ...base, text: item.title, rich: item.text };
		case 'answer':
			return { ...base, text: item.answer, notes: [{ text: item.asked, late: false }] };
		case 'announcement':
		case 'prompt':
			return { ...base, text: item.text, tone: 'word' };
		case 'recalled':
			return { ...base, text: t('recall.room.struck', { reason: item.reason }), tone: 'word' };
		case 'exercise':
			return { ...base, text: item.text, tone: item.event === 'stopped' ? 'stop' : 'plain' };
		default:
			return { ...base, text: 'text' in item && typeof item.text === 'string' ? item.text : '' };
	}
}

function injectParts(item: InjectItem, context: RowContext): Partial<ShownRow> {
	const { inject, acknowledged, responses } = item;
	const late = deadlinesOf(item).flatMap((deadline) => {
		const standing = standingOf(deadline, null);
		return standing.state === 'late'
			? [{ text: t(`team.due.${deadline.asks}Late`, { time: formatDuration(standing.ms) }), late: true }]
			: [];
	});
	const open = openDeadlines([item]).map((deadline) => {
		const standing = standingOf(deadline, context.now);
		const asks = t(`team.due.${deadline.asks}`);
		const asked =
			deadline.by === null ? asks : t('team.due.by', { asks, time: context.times.full(deadline.by) });
		const stands =
			standing.state === 'overdue'
				? t('team.due.late', { time: formatDuration(standing.ms) })
				: standing.ms === null
					? ''
					: t('team.due.left', { time: formatDuration(standing.ms) });
		return { text: [asked, stands].filter(Boolean).join(', '), late: standing.state === 'overdue' };
	});
	const stage = stageOf(item, context.now);
	return {
		who: inject.from,
		tlp: inject.tlp,
		rich: inject.body,
		language: inject.language ?? '',
		touchedAt: Math.max(
			item.wallAt,
			acknowledged?.wallAt ?? 0,
			item.recalled?.wallAt ?? 0,
			...responses.map((one) => one.wallAt)
		),
		state: { state: stage, text: t(`common.state.${stage}`) },
		notes: [
			...(item.recalled
				? [
						{
							text: `${t('recall.at', { time: timeOf(context, item.recalled.at) })}. ${t('recall.room.struck', { reason: item.recalled.reason })}`,
							late: false
						}
					]
				: []),
			...(acknowledged
				? [
						{
							text: t(context.projector ? 'replay.acknowledgedAt' : 'team.inject.acknowledgedBy', {
								time: timeOf(context, acknowledged.at),
								name: acknowledged.by ?? ''
							}),
							late: false
						}
					]
				: []),
			...late,
			...open
		],
		answers: responses.map(({ at, by, text }) => ({
			head: [timeOf(context, at), personOf(context, by)].filter(Boolean).join(' · '),
			text,
			tlp: null
		}))
	};
}

// --- channels and media -------------------------------------------------------------------------------------------------

function channelRows(entries: readonly TimelineEntry[], context: RowContext): ShownRow[] {
	const { audience } = context.ref;
	const place = audience.to === 'channel' ? `${context.base}/channels/${audience.channel}` : null;
	return foldConversation(entries)
		.items.map((item): ShownRow => {
			const base: ShownRow = {
				...empty,
				id: item.id,
				at: item.at,
				wallAt: item.wallAt,
				touchedAt: item.wallAt,
				who: personOf(context, item.by),
				title: '',
				href: place
			};
			if (item.kind === 'message')
				return { ...base, ...messageParts(item, context), href: messagePlace(place, item) };
			if (item.kind === 'report')
				return {
					...base,
					title: t('reports.item.received', { number: item.report.number, team: item.report.from }),
					text: item.report.title,
					rich: item.report.text,
					tlp: item.report.tlp
				};
			const { note } = item;
			if (note.kind === 'mode')
				return { ...base, title: modeSentence(note), text: note.reason, tone: 'warn' };
			const names = note.names.join(', ');
			const title =
				note.event === 'joined' || note.event === 'left'
					? t(`channel.talk.${note.event}`, { names })
					: t(note.event === 'opened' ? 'channel.talk.opened' : 'channel.talk.closedNote');
			return { ...base, title, text: note.text ?? '' };
		})
		.reverse();
}

const messagePlace = (place: string | null, { message }: MessageItem) =>
	place && `${place}?message=${message.message}`;

const headOf = (
	{ at, from, by }: { at: number | null; from: Speaker; by: string | null },
	context: RowContext
): string => [timeOf(context, at), speakerName(from), personOf(context, by)].filter(Boolean).join(' · ');

/** What a message stands in the place of, what stands in its place, and the files that came with it. */
const becameOf = ({ message, correctedBy, relaxedBy }: MessageItem): string[] => [
	...(message.corrects ? [t('channel.talk.corrects')] : []),
	...(message.relaxes ? [t('channel.talk.relaxes')] : []),
	...(correctedBy ? [t('replay.corrected')] : []),
	...(relaxedBy ? [t('replay.relaxed')] : []),
	...(message.files?.length
		? [t('replay.files', { names: message.files.map(({ name }) => name).join(', ') })]
		: [])
];

function messageParts(item: MessageItem, context: RowContext): Partial<ShownRow> {
	const { message, replies, broughtTo } = item;
	return {
		who: [speakerName(message.from), personOf(context, item.by)].filter(Boolean).join(' · '),
		title: '',
		text: message.rich ? '' : message.text,
		rich: message.rich ?? null,
		tlp: message.tlp,
		touchedAt: Math.max(item.wallAt, ...replies.map((one) => one.wallAt)),
		notes: [
			...(message.broughtFrom ? [t('channel.talk.broughtFrom', { network: message.broughtFrom })] : []),
			...becameOf(item),
			...broughtTo.map(({ to }) => t('replay.broughtUp', { network: to }))
		].map((text) => ({ text, late: false })),
		quotes: (message.quotes ?? []).map((quote) => ({
			head: headOf(quote, context),
			text: quote.text,
			tlp: quote.tlp
		})),
		answers: replies.map((one) => ({
			head: headOf({ ...one, from: one.message.from }, context),
			text: [one.message.text, ...becameOf(one)].filter(Boolean).join('\n'),
			tlp: one.message.tlp
		}))
	};
}

function mediaRows(entries: readonly TimelineEntry[], context: RowContext): ShownRow[] {
	const newest = new Map<string, number>();
	for (const { body, wallAt } of entries)
		if ('item' in body) newest.set(body.item, Math.max(newest.get(body.item) ?? 0, wallAt));
	return foldMedia(entries).map((item) => ({
		...empty,
		id: item.id,
		at: item.at,
		wallAt: item.wallAt,
		touchedAt: newest.get(item.id) ?? item.wallAt,
		who: item.media === 'statement' ? t('media.statementOf', { team: item.outlet }) : item.outlet,
		title: item.title,
		text: item.text,
		tlp: 'clear' as const,
		notes: [
			...(item.withdrawn === null
				? []
				: [{ text: t('media.withdrawn', { reason: item.withdrawn }), late: true }]),
			...(item.counters
				? [
						{
							text: [
								t('media.views', { count: formatNumber(item.counters.views) }),
								t('media.likes', { count: formatNumber(item.counters.likes) }),
								t('media.shares', { count: formatNumber(item.counters.shares) })
							].join(' · '),
							late: false
						}
					]
				: [])
		],
		answers: item.comments.map((one) => ({
			head: [timeOf(context, one.at), one.outlet, one.byTeam ? t('media.ofTeam') : '']
				.filter(Boolean)
				.join(' · '),
			text: one.text,
			tlp: null
		})),
		href: `${context.base}/media`
	}));
}
