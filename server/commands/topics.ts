import { teamOfFact, type Fact } from '#lib/exercise/facts.ts';
import { isWorkingFact } from '#lib/exercise/working/kinds.ts';
import type { ChangeTopic } from '#lib/protocol/wire.ts';

/** What whoever reads pages should read again after a fact. */
export function topicsOf(fact: Fact): ChangeTopic[] {
	if (isWorkingFact(fact)) return ['records'];
	switch (fact.kind) {
		case 'inject-submitted':
		case 'inject-returned':
			return ['script'];
		case 'inject-approved':
		case 'inject-held':
		case 'inject-hold-lifted':
		case 'inject-skipped':
		case 'inject-released':
			return ['script', 'board'];
		case 'delivery-seen':
		case 'delivery-acknowledged':
		case 'delivery-responded':
		case 'action-marked':
			return ['board'];
		case 'question-asked':
		case 'question-answered':
			return ['questions'];
		case 'report-opened':
		case 'report-approved':
		case 'report-shared':
		case 'report-rhythm-set':
			return ['reports'];
		case 'card-added':
		case 'card-withdrawn':
		case 'card-voted':
			return ['hot-wash'];
		default:
			return [];
	}
}

export interface Ring {
	exercise: string;
	topics: ChangeTopic[];
	/** the team whose readers are meant as well */
	team?: string;
	/** state or clock changed: everybody is told at once */
	pulse?: boolean;
	/** documents that moved on */
	documents?: string[];
	frozen?: string[];
	/** the facts that this is about, first and last: whoever did not hear of one finds it in the database */
	facts?: [number, number];
}

export function ringFor(exercise: string, facts: readonly Fact[]): Ring {
	const teams = new Set(facts.flatMap((fact) => teamOfFact(fact) ?? []));
	const [team] = teams;
	return {
		exercise,
		topics: [...new Set(facts.flatMap(topicsOf))],
		...(teams.size === 1 && { team }),
		...(facts.some((fact) => movesExercise(fact)) && { pulse: true })
	};
}

function movesExercise(fact: Fact): boolean {
	return fact.kind.startsWith('exercise-') || fact.kind.startsWith('clock-') || fact.kind === 'stop-lifted';
}
