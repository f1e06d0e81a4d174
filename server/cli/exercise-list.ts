import { asc } from 'drizzle-orm';
import { exercise } from '../database/schema.ts';
import type { Command } from './command.ts';

export const exerciseList: Command = {
	name: 'exercise list',
	purpose: 'lists the exercises and real rooms of this installation: id, kind, state, name',
	help: [],
	options: {},
	async run(_given, { services: open }) {
		const { database } = await open();
		const exercises = await database.db
			.select({ id: exercise.id, kind: exercise.kind, state: exercise.state, name: exercise.name })
			.from(exercise)
			.orderBy(asc(exercise.createdAt), asc(exercise.id));
		const wide = Math.max(0, ...exercises.map(({ state }) => state.length));
		return {
			lines:
				exercises.length > 0
					? exercises.map(
							({ id, kind, state, name }) =>
								`${id}  ${kind === 'real' ? 'REAL' : 'EX  '}  ${state.padEnd(wide)}  ${name}`
						)
					: ['There are no exercises.'],
			data: { exercises }
		};
	}
};
