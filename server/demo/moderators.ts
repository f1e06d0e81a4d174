import type { CountryCode } from '#lib/standards/countries.ts';
import type { InjectId, QuestionId } from '#lib/exercise/ids.ts';
import type { TeamRoom } from '#lib/exercise/team/room.ts';
import type { BoardAnswer } from '../views/board.ts';
import type { Stage, Simulated } from './stage.ts';
import { centralScript, moderatorAnswers } from './words.ts';

/** A simulated moderator: answers what players ask, and marks what their teams have done. */
export function moderate(stage: Stage, moderator: Simulated, country: CountryCode): void {
	answerQuestions(stage, moderator, country);
	markActions(stage, moderator);
}

function answerQuestions(stage: Stage, moderator: Simulated, country: CountryCode): void {
	const planned = new Set<QuestionId>();
	stage.follow({ to: 'channel', channel: country }, ({ questions }: TeamRoom) => {
		for (const { question, answer } of questions) {
			if (answer || planned.has(question)) continue;
			planned.add(question);
			stage.agenda.in(stage.chance.between(40, 150), async () => {
				const text = stage.chance.pick(moderatorAnswers);
				await stage.act(moderator, 'question.answer', { question, answer: text });
			});
		}
	});
}

/** The expected actions that other injects wait for, by the reference of their inject. */
const awaited = new Map(
	centralScript.flatMap(({ when }) => {
		if (typeof when !== 'object' || !('minutes' in when) || 'after' in when) return [];
		return [...(when.all ?? []), ...(when.any ?? [])].flatMap(({ of, act }) =>
			typeof act === 'object' ? [[of, `action_${act.did}`] as const] : []
		);
	})
);
const lookEverySeconds = 120;
/** What a team has read for so long, it has acted upon. */
const afterMs = 150_000;

/** Looks at the board now and then, as moderators do, and marks what a team has had time to do; not at every team. */
function markActions(stage: Stage, moderator: Simulated): void {
	const judged = new Set<string>();
	const look = async () => {
		stage.agenda.in(lookEverySeconds, look);
		if (await stage.isTaken(moderator)) return;
		const { services, exerciseId } = stage;
		const { exercise, actor } = await services.exercises.open(exerciseId, { id: moderator.accountId });
		const board = JSON.parse(
			await services.views.board.boardJson(services.database, exercise, actor, null)
		) as BoardAnswer;
		const actions = new Map<InjectId, string>(
			board.injects.flatMap(({ id, reference }) => {
				const action = awaited.get(reference);
				return action ? [[id, action] as const] : [];
			})
		);
		for (const { inject, releasedAt, cells } of board.deliveries) {
			const action = actions.get(inject);
			if (!action) continue;
			for (let at = 0; at < cells.length; at += 4) {
				const team = board.teams![cells[at]!]!;
				const acknowledged = cells[at + 2];
				if (acknowledged === null || judged.has(`${inject} ${team}`)) continue;
				if (stage.now < releasedAt + acknowledged! + afterMs) continue;
				judged.add(`${inject} ${team}`);
				if (stage.chance.happens(0.7))
					await stage.act(moderator, 'inject.markAction', { inject, team, action });
			}
		}
	};
	stage.agenda.in(stage.chance.between(1, lookEverySeconds), look);
}
