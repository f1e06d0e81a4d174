import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import type { DemoAccount } from './people.ts';
import { arrivalMinutes, exerciseMinutes } from './scenario.ts';
import { checkText, checkWaived, goAnswers, notConfirmed, rehearsalNotes } from './script/preparation.ts';
import { runIn, type Setting } from './setting.ts';

/** What stands between the plan and STARTEX: the communication check, the go/no-go list, a rehearsal. */

/**
 * Asks everybody, and most have confirmed. It is under way for a minute, the shortest there is: soon after the visitor
 * has come it is over, and those who are missing are overdue.
 */
export async function checkCommunication(
	{ services, open }: Setting,
	director: DemoAccount,
	people: Iterable<DemoAccount>
): Promise<void> {
	const { communication } = services.readiness;
	const { exercise, actor } = await open(director.name);
	await communication.start(exercise, actor, { text: checkText, minutes: 1 });
	const { current } = await communication.view(exercise, actor);
	const here = [...people].filter(
		({ name, role }) => role !== 'administrator' && !notConfirmed.includes(name)
	);
	await Promise.all(
		here.map(async ({ accountId }) => {
			const one = await services.exercises.actor(exercise.id, accountId);
			await communication.confirm(exercise, one, current!.id);
		})
	);
}

/** The exercise gets ready although some are missing, and it is said why. */
export async function goOn({ services, open }: Setting, director: DemoAccount): Promise<void> {
	const { exercise, actor } = await open(director.name);
	await services.readiness.communication.waive(exercise, actor, checkWaived);
}

/** The usual questions, with what each owner said. */
export async function answerGoList({ services, open }: Setting, director: DemoAccount): Promise<void> {
	const { goList } = services.readiness;
	const { exercise, actor } = await open(director.name);
	await goList.seed(exercise, actor);
	const { items } = await goList.view(exercise, actor);
	for (const [i, { id }] of items.entries()) {
		const { owner, state, note } = goAnswers[i]!;
		const said = await open(state === 'open' ? director.name : saysFor(owner, director));
		await goList.change(said.exercise, said.actor, id, { owner, state, ...(note && { note }) });
	}
}

/** Exercise control writes the list; what a planner or an evaluator has said is put in by the director. */
const saysFor = (owner: string, director: DemoAccount) =>
	owner.toLowerCase().includes('controller') ? owner : director.name;

export interface Rehearsal {
	id: ExerciseId;
	/** ENDEX of the rehearsal, when its clock has run through; then what was noted for the script */
	finish: () => Promise<void>;
}

/**
 * What is approved, played through by its planner before the day. Its clock is so fast that two hours pass while the first
 * minutes of the exercise do: nobody waits for it.
 */
export async function rehearse(
	{ services, open }: Setting,
	planner: DemoAccount,
	/** at which exercise time the exercise itself will run meanwhile */
	fastRate: number
): Promise<Rehearsal> {
	const { rehearsals } = services.readiness;
	const { exercise, actor } = await open(planner.name);
	const id: ExerciseId = await rehearsals.make(exercise, actor);
	await rehearsals.start(exercise, actor, id);
	const rate = Math.ceil((fastRate * exerciseMinutes) / arrivalMinutes) + 40;
	await runIn(services, id, planner, 'clock.setRate', { rate });
	const [team] = await services.exercises.teams(id);
	return {
		id,
		async finish() {
			for (;;) {
				const pulse = (await services.realtime.pulse(id))!;
				if ((exerciseTimeAt(pulse.clock, pulse.now) ?? 0) >= exercise.endsAt) break;
				await new Promise((resolve) => setTimeout(resolve, 100));
			}
			await runIn(services, id, planner, 'exercise.end', {});
			for (const text of rehearsalNotes)
				await runIn(services, id, planner, 'hotWash.add', { team: team!.id, column: 'change', text });
		}
	};
}
