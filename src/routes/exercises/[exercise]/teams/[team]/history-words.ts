import { countryName } from '#lib/standards/countries.ts';
import { sectorName } from '#lib/standards/sectors.ts';
import { tlpLevels } from '#lib/standards/tlp.ts';
import type { Impact, Incident, IncidentContent, IncidentFact } from '#lib/exercise/incident/schema.ts';
import type { Task, TaskContent, TaskFact } from '#lib/exercise/task/schema.ts';
import type { HandoverFact } from '#lib/exercise/handover/schema.ts';
import type { EntryBody } from '#lib/exercise/timeline.ts';
import { definitionOf, type WorkingFact } from '#lib/exercise/working/kinds.ts';
import type { Bare } from '#lib/exercise/working/record.ts';
import { formatNumber, t } from '#lib/text/index.ts';
import type { Times } from '../../shell/times.svelte.ts';
import { criterionWords } from './incidents/words.ts';

/* What one act did to a record, in the words of its history: what was, and what it came to. */

export interface HistoryLine {
	what: string;
	/** one line for each thing that changed, or what was said about it */
	details: string[];
}

type Working = Extract<EntryBody, { kind: 'working' }>;

/** `before`: how the record stood; null where the acts before it are not here. */
export function historyLine({ of, fact }: Working, before: unknown, team: string, times: Times): HistoryLine {
	switch (of) {
		case 'incident':
			return incidentLine(fact as Bare<IncidentFact>, before as Incident | null, times);
		case 'task':
			return taskLine(fact as Bare<TaskFact>, before as Task | null, times);
		case 'handover':
			return handoverLine(fact as Bare<HandoverFact>);
		default: {
			const { title, text } = definitionOf(of).words(fact);
			return {
				what: t(`working.sentence.${(fact as Bare<WorkingFact>).kind}`, { team, title }),
				details: text ? [text] : []
			};
		}
	}
}

const line = (what: string, ...details: string[]): HistoryLine => ({
	what,
	details: details.filter((detail) => detail !== '')
});
const none = () => t('incident.notSaid');
const change = (field: string, from: string, to: string) =>
	t('team.history.changed', { field, from: from || none(), to: to || none() });
const tlpLabel = (tlp: string) => tlpLevels.find(({ id }) => id === tlp)?.label ?? tlp;

function incidentLine(fact: Bare<IncidentFact>, before: Incident | null, times: Times): HistoryLine {
	switch (fact.kind) {
		case 'incident-opened':
			return line(t('incident.history.opened'));
		case 'incident-updated':
			return line(
				t('incident.history.updated'),
				...incidentChanges(fact.changes, before?.content ?? null, times)
			);
		case 'incident-moved':
			return line(
				t('team.history.moved', {
					from: t(`incident.state.${fact.from}`),
					to: t(`incident.state.${fact.to}`)
				}),
				fact.reason
			);
		case 'incident-assessed': {
			const { of, answer, criteria, reason } = fact.assessment;
			return line(
				t('incident.history.assessed', {
					subject: t(`incident.subject.${of}`),
					answer: t(`incident.answer.${answer}`)
				}),
				...criteria.map(criterionWords),
				reason
			);
		}
		case 'incident-file-added':
			return line(t('incident.history.files', { names: fact.files.map(({ name }) => name).join(', ') }));
	}
}

function incidentChanges(
	changes: Partial<IncidentContent>,
	before: IncidentContent | null,
	times: Times
): string[] {
	const time = (at: number | null | undefined) => (at === null || at === undefined ? '' : times.full(at));
	return Object.entries(changes).flatMap(([field, value]): string[] => {
		const label = t(`incident.field.${field as Exclude<keyof IncidentContent, 'external'>}`);
		if (!before) return [label];
		switch (field) {
			case 'title':
			case 'entity':
				return before[field] === value ? [] : [change(label, before[field], String(value))];
			case 'tlp':
				return before.tlp === value ? [] : [change(label, tlpLabel(before.tlp), tlpLabel(String(value)))];
			case 'cause':
				return before.cause === value
					? []
					: [
							change(
								label,
								before.cause ? t(`incident.cause.${before.cause}`) : '',
								changes.cause ? t(`incident.cause.${changes.cause}`) : ''
							)
						];
			case 'threat':
				return before.threat === value
					? []
					: [
							change(
								label,
								before.threat ? t(`incident.threat.${before.threat}`) : '',
								changes.threat ? t(`incident.threat.${changes.threat}`) : ''
							)
						];
			case 'awareAt':
			case 'occurredAt':
				return before[field] === value ? [] : [change(label, time(before[field]), time(changes[field]))];
			case 'impacts':
				return impactChanges(before.impacts, changes.impacts ?? []);
			default:
				return JSON.stringify(before[field as keyof IncidentContent]) === JSON.stringify(value)
					? []
					: [label];
		}
	});
}

const placeOf = (impact: Impact) =>
	`${countryName(impact.country)}, ${sectorName(impact.subsector ?? impact.sector)}`;
const keyOf = (impact: Impact) => `${impact.country} ${impact.sector} ${impact.subsector ?? ''}`;

function impactWords(impact: Impact): string {
	return [
		t(`impact.colour.${impact.severity}`),
		t(`impact.outlook.${impact.outlook}`),
		...(impact.usersAffected === null
			? []
			: [
					t('incident.usersOf', {
						count: formatNumber(impact.usersAffected),
						source: impact.source
					})
				]),
		...(impact.crossBorder ? [t('incident.crossBorder')] : [])
	].join(', ');
}

function impactChanges(before: readonly Impact[], after: readonly Impact[]): string[] {
	const was = new Map(before.map((impact) => [keyOf(impact), impact]));
	const is = new Map(after.map((impact) => [keyOf(impact), impact]));
	return [
		...[...is].flatMap(([key, impact]) => {
			const known = was.get(key);
			if (!known)
				return t('incident.history.impactNew', { place: placeOf(impact), words: impactWords(impact) });
			if (JSON.stringify(known) === JSON.stringify(impact)) return [];
			return change(placeOf(impact), impactWords(known), impactWords(impact));
		}),
		...[...was]
			.filter(([key]) => !is.has(key))
			.map(([, impact]) => t('incident.history.impactGone', { place: placeOf(impact) }))
	];
}

function taskLine(fact: Bare<TaskFact>, before: Task | null, times: Times): HistoryLine {
	switch (fact.kind) {
		case 'task-added':
			return line(
				fact.assignee ? t('task.history.addedFor', { name: fact.assignee.name }) : t('task.history.added')
			);
		case 'task-changed':
			return line(t('task.history.changed'), ...taskChanges(fact.changes, before?.content ?? null, times));
		case 'task-assigned':
			return line(
				fact.assignee ? t('task.history.assigned', { name: fact.assignee.name }) : t('task.history.free')
			);
		case 'task-moved':
			return line(
				t('team.history.moved', { from: t(`task.state.${fact.from}`), to: t(`task.state.${fact.to}`) }),
				fact.reason
			);
		case 'task-noted':
			return line(t('task.history.noted'), fact.note);
	}
}

function taskChanges(changes: Partial<TaskContent>, before: TaskContent | null, times: Times): string[] {
	const time = (at: number | null) => (at === null ? '' : times.full(at));
	const changed: string[] = [];
	if (!before) return changed;
	const { title, detail, dueAt, priority, tlp } = { ...before, ...changes };
	if (title !== before.title) changed.push(change(t('task.what'), before.title, title));
	if (detail !== before.detail) changed.push(t('task.detail'));
	if (dueAt !== before.dueAt) changed.push(change(t('task.due'), time(before.dueAt), time(dueAt)));
	if (priority !== before.priority)
		changed.push(
			change(t('task.priorityLabel'), t(`task.priority.${before.priority}`), t(`task.priority.${priority}`))
		);
	if (tlp !== before.tlp) changed.push(change(t('team.report.tlp'), tlpLabel(before.tlp), tlpLabel(tlp)));
	return changed;
}

function handoverLine(fact: Bare<HandoverFact>): HistoryLine {
	switch (fact.kind) {
		case 'handover-offered':
			return line(t('handover.history.offered', { name: fact.to.name }));
		case 'handover-accepted':
			return line(t('handover.history.accepted'), fact.note);
		case 'handover-withdrawn':
			return line(t('handover.history.withdrawn'), fact.reason);
	}
}
