import { z } from 'zod';
import { command, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { TeamId } from '../ids.ts';
import { id, type Exercise, type Team } from '../exercise/schema.ts';
import { leadsTable } from './access.ts';
import { tableLimits, type Discussion } from './schema.ts';

export interface TableState {
	exercise: Exercise;
	team: Team | null;
	/** null: nothing stands there */
	discussion: Discussion | null;
}

const seconds = z
	.number()
	.int()
	.min(tableLimits.leastSeconds, `Give at least ${tableLimits.leastSeconds} seconds.`)
	.max(tableLimits.mostSeconds, `Give at most ${tableLimits.mostSeconds / 60} minutes.`);

/** Ground rules and names are gone through before STARTEX, and what went well after ENDEX; in a real emergency nobody is kept at the table. */
function notNow({ state }: Exercise): Decision | null {
	if (state === 'stopped') return refuse('not-now', 'The exercise is stopped for a real emergency.');
	return ['ready', 'running', 'paused', 'ended', 'evaluating'].includes(state)
		? null
		: refuse('not-now', 'A table discusses once the exercise is ready, and until the report is made.');
}

const nothingThere = () => refuse('stale', 'Nothing stands on the projector any more. Show it again.');

/** In place of what stood there before. */
export const askTable = command({
	name: 'table.ask',
	input: z.object({
		team: id<TeamId>(),
		question: z
			.string()
			.trim()
			.max(tableLimits.question, `What is discussed: at most ${tableLimits.question} characters.`)
			.default(''),
		seconds
	}),
	decide({ exercise, team }: TableState, { question, seconds: given }, actor, { wall }: Moment): Decision {
		if (!team || !leadsTable(actor, team)) return notFound();
		const refusal = notNow(exercise);
		if (refusal) return refusal;
		return {
			facts: [{ kind: 'table-asked', team: team.id, question, seconds: given, endsAt: wall + given * 1000 }]
		};
	}
});

/** More time from its end on, or from now where that is over. */
export const extendTable = command({
	name: 'table.extend',
	input: z.object({ team: id<TeamId>(), seconds }),
	decide({ exercise, team, discussion }: TableState, { seconds: more }, actor, { wall }: Moment): Decision {
		if (!team || !leadsTable(actor, team)) return notFound();
		const refusal = notNow(exercise);
		if (refusal) return refusal;
		if (!discussion) return nothingThere();
		const endsAt = Math.max(discussion.endsAt, wall) + more * 1000;
		if (endsAt > wall + 2 * tableLimits.mostSeconds * 1000)
			return refuse('invalid', 'That is more than two hours from now. Show it again instead.');
		const { question } = discussion;
		return { facts: [{ kind: 'table-extended', team: team.id, question, seconds: more, endsAt }] };
	}
});

/** At any time: nothing is to stand there because the exercise was stopped. */
export const clearTable = command({
	name: 'table.clear',
	input: z.object({ team: id<TeamId>() }),
	decide({ team, discussion }: TableState, _input, actor): Decision {
		if (!team || !leadsTable(actor, team)) return notFound();
		if (!discussion) return nothingThere();
		return { facts: [{ kind: 'table-cleared', team: team.id, question: discussion.question }] };
	}
});

export const tableCommands = {
	'table.ask': askTable,
	'table.extend': extendTable,
	'table.clear': clearTable
} as const;
