import { isOpenTask, isTaskOverdue, type Task, type TaskFrom } from '#lib/exercise/task/schema.ts';
import { formatDuration, t } from '#lib/text/index.ts';
import type { Times } from '../../../shell/times.svelte.ts';
import type { TeamRoomState } from '../room.svelte.ts';

/** When it is due, and how much time is left or how late it is: `10:42, 12 min left`. Empty: no time is set. */
export function dueWords({ state, content: { dueAt } }: Task, now: number | null, times: Times): string {
	if (dueAt === null) return '';
	const at = t('task.dueAt', { time: times.short(dueAt) });
	if (!isOpenTask(state) || now === null) return at;
	const left =
		now > dueAt
			? t('team.due.late', { time: formatDuration(now - dueAt) })
			: t('team.due.left', { time: formatDuration(dueAt - now) });
	return `${at}, ${left}`;
}

export const assigneeWords = (task: Pick<Task, 'assignee'>) => task.assignee?.name ?? t('task.nobody');

/** The name of what a task comes from, as it stands now; null: it is not here. */
export function originOf(from: TaskFrom | null, room: TeamRoomState): { title: string } | null {
	if (!from) return null;
	switch (from.kind) {
		case 'incident': {
			const found = room.recordOf('incident', from.id)?.standing;
			return found
				? { title: t('task.from.incident', { number: found.number, title: found.content.title }) }
				: null;
		}
		case 'decision': {
			const found = room.folded.decisions.find((one) => String(one.number) === from.id);
			return found
				? { title: t('task.from.decision', { number: found.number, title: found.decision.chosen }) }
				: null;
		}
		case 'inject': {
			const found = room.folded.injects.find((one) => one.delivery === from.id);
			return found ? { title: t('task.from.inject', { title: found.inject.title }) } : null;
		}
	}
}

export const isMine = (task: Pick<Task, 'assignee'>, account: string) => task.assignee?.account === account;
export { isTaskOverdue };
