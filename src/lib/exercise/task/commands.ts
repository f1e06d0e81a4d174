import { z } from 'zod';
import { command, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { playsIn } from '../exercise/access.ts';
import { id, longText } from '../exercise/schema.ts';
import type { RecordId, TeamId } from '../ids.ts';
import { notInPlay } from '../team/commands.ts';
import { changesOf } from '../working/changes.ts';
import type { WorkingState } from '../working/record.ts';
import {
	assigneeSchema,
	nextTaskStates,
	taskContentSchema,
	taskStates,
	type Assignee,
	type Task
} from './schema.ts';

type State = WorkingState<Task>;

/** Who it is given to; null: the named person is not of the team. */
function assigneeOf(state: State, wanted: z.infer<typeof assigneeSchema>): Assignee | null {
	if ('position' in wanted) return { account: null, name: wanted.position };
	const person = state.people?.get(wanted.person);
	return person ? { account: person.account, name: person.name } : null;
}
const notOfTheTeam = () => refuse('invalid', 'That person is not of your team: choose somebody who is.');

/** Anybody in the team gives tasks and takes them: who did what is written down by the server. */
export const addTask = command({
	name: 'task.add',
	input: z.object({
		team: id<TeamId>(),
		content: taskContentSchema,
		assignee: assigneeSchema.nullable().default(null)
	}),
	decide(state: State, { content, assignee: wanted }, actor, { mint }: Moment): Decision {
		const { exercise, team, count } = state;
		if (!team || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const assignee = wanted && assigneeOf(state, wanted);
		if (wanted && !assignee) return notOfTheTeam();
		const record = mint<RecordId>();
		const number = count + 1;
		const { title, tlp } = content;
		return {
			facts: [{ kind: 'task-added', team: team.id, record, number, title, tlp, content, assignee }],
			result: { record, number }
		};
	}
});

/** The task that a command names, if the actor may work on it now. */
function own({ exercise, team, record }: State, actor: Parameters<typeof playsIn>[0]) {
	if (!team || !record || !playsIn(actor, team.id)) return { refusal: notFound() };
	const refusal = notInPlay(exercise);
	if (refusal) return { refusal };
	const { number, content, state, assignee } = record.standing;
	const base = { team: team.id, record: record.id, number, title: content.title, tlp: content.tlp };
	return { base, content, state, assignee };
}

export const changeTask = command({
	name: 'task.change',
	input: z.object({ record: id<RecordId>(), changes: changesOf(taskContentSchema) }),
	decide(state: State, { changes }, actor): Decision {
		const task = own(state, actor);
		if ('refusal' in task) return task.refusal!;
		if (Object.keys(changes).length === 0) return refuse('invalid', 'Nothing was changed.');
		return {
			facts: [
				{
					...task.base,
					kind: 'task-changed',
					title: changes.title ?? task.base.title,
					tlp: changes.tlp ?? task.base.tlp,
					changes
				}
			]
		};
	}
});

export const assignTask = command({
	name: 'task.assign',
	input: z.object({ record: id<RecordId>(), assignee: assigneeSchema.nullable() }),
	decide(state: State, { assignee: wanted }, actor): Decision {
		const task = own(state, actor);
		if ('refusal' in task) return task.refusal!;
		const assignee = wanted && assigneeOf(state, wanted);
		if (wanted && !assignee) return notOfTheTeam();
		const { assignee: now } = task;
		if (assignee?.account === now?.account && assignee?.name === now?.name)
			return refuse('stale', 'It is theirs already.');
		return { facts: [{ ...task.base, kind: 'task-assigned', assignee }] };
	}
});

export const moveTask = command({
	name: 'task.move',
	input: z.object({
		record: id<RecordId>(),
		to: z.enum(taskStates),
		reason: z.string().trim().max(2000).default('')
	}),
	decide(state: State, { to, reason }, actor): Decision {
		const task = own(state, actor);
		if ('refusal' in task) return task.refusal!;
		if (task.state === to) return refuse('stale', 'Somebody has moved it there already.');
		if (!nextTaskStates(task.state).includes(to))
			return refuse('not-now', `A task that is “${task.state}” cannot become “${to}” next.`);
		if ((to === 'blocked' || to === 'cancelled') && reason === '')
			return refuse('invalid', 'Say why: others wait for it.');
		return { facts: [{ ...task.base, kind: 'task-moved', from: task.state, to, reason }] };
	}
});

export const noteOnTask = command({
	name: 'task.note',
	input: z.object({ record: id<RecordId>(), note: longText('Note') }),
	decide(state: State, { note }, actor): Decision {
		const task = own(state, actor);
		if ('refusal' in task) return task.refusal!;
		return { facts: [{ ...task.base, kind: 'task-noted', note }] };
	}
});

export const taskCommands = {
	'task.add': addTask,
	'task.change': changeTask,
	'task.assign': assignTask,
	'task.move': moveTask,
	'task.note': noteOnTask
} as const;
