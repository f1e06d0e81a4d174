import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import type { Simulated, Stage } from './stage.ts';
import { bodyAnswers, bodyRequests } from './words.ts';

/*
 * Bodies that nobody plays: simulated teams send them requests for information, and the simulated cell answers in their
 * name, by the list that it has on its page.
 */

/** Now and then a team needs something of a body that does not play. */
export function askBodies(stage: Stage, team: Team, members: readonly Simulated[]): void {
	const { agenda, chance } = stage;
	const next = () =>
		agenda.in(chance.between(300, 1500), async () => {
			next();
			const [body, question, minutes] = chance.pick(bodyRequests[team.level]);
			if (!stage.isNews(question)) return;
			await stage.act(chance.pick(members), 'request.ask', {
				team: team.id,
				to: { control: true, as: body },
				question,
				neededBy: Math.round(stage.now + minutes * 60_000),
				tlp: 'green'
			});
		});
	next();
}

const lookEverySeconds = 60;

/** Looks at what waits, as somebody of the cell does who has the page open. */
export function answerForBodies(stage: Stage, cell: Simulated): void {
	const planned = new Set<RecordId>();
	const look = async () => {
		stage.agenda.in(lookEverySeconds, look);
		// somebody signed in speaks for the bodies: what they leave is looked at again once they have gone
		if (await stage.isTaken(cell)) return;
		const { services, exerciseId, chance } = stage;
		const { exercise, actor } = await services.exercises.open(exerciseId, { id: cell.accountId });
		const { open } = await services.views.conduct.simulation(services.database, exercise, actor);
		for (const { id } of open) {
			if (planned.has(id)) continue;
			planned.add(id);
			// left for a while: a visitor may want to speak for them
			stage.agenda.in(chance.between(400, 700), async () => {
				const answered = await stage.act(cell, 'request.answer', {
					record: id,
					answer: chance.pick(bodyAnswers)
				});
				if (!answered) planned.delete(id);
			});
		}
	};
	stage.agenda.in(stage.chance.between(1, lookEverySeconds), look);
}
