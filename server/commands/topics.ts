import { teamOfFact, type Fact } from '#lib/exercise/facts.ts';
import { isChannelFact, type ChannelFact } from '#lib/exercise/channel/facts.ts';
import { isWorkingFact } from '#lib/exercise/working/kinds.ts';
import type { ChangeTopic } from '#lib/protocol/wire.ts';

/** What whoever reads pages should read again after a fact. */
export function topicsOf(fact: Fact): ChangeTopic[] {
	// exercise control answers requests in its list of questions
	if (isWorkingFact(fact))
		return /^(request|relax)-/.test(fact.kind) ? ['records', 'questions'] : ['records'];
	if (isChannelFact(fact)) return channelTopics(fact);
	switch (fact.kind) {
		case 'inject-submitted':
		case 'inject-returned':
			return ['script'];
		case 'inject-approved':
		case 'inject-held':
		case 'inject-hold-lifted':
		case 'inject-skipped':
		case 'inject-released':
		case 'inject-adapted':
		case 'inject-recalled':
			return ['script', 'board'];
		case 'catch-up-held':
		case 'catch-up-resumed':
		case 'catch-up-rate-set':
		case 'suggestion-dismissed':
			return ['board'];
		case 'work-claimed':
		case 'work-returned':
			return ['claims'];
		case 'help-asked':
		case 'help-answered':
		case 'help-closed':
			return ['help'];
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
		case 'finding-evidenced':
		case 'finding-merged':
		case 'finding-circulated':
		case 'finding-commented':
		case 'finding-agreed':
		case 'finding-objected':
		case 'finding-opened':
		case 'contribution-handed-over':
		case 'contribution-taken-back':
		case 'passage-taken-over':
		case 'aar-circulated':
		case 'aar-commented':
		case 'aar-agreed':
		case 'aar-objected':
		case 'aar-published':
		case 'affected-named':
		case 'affected-taken-back':
			return ['hot-wash'];
		default:
			return [];
	}
}

/** Messages come by the timeline; what else happens in a channel changes lists, and who reads. */
function channelTopics(fact: ChannelFact): ChangeTopic[] {
	if (fact.kind === 'message-posted') return fact.mentions ? ['mentions'] : [];
	return fact.kind === 'channel-members-removed' ? ['rights', 'channels'] : ['channels'];
}

/**
 * Whom a fact concerns beside its team, as rooms of the event socket: member teams of a channel and people by name; the
 * teams that a report reached, whose board has it now.
 */
function roomsOf(fact: Fact): string[] {
	if (fact.kind === 'report-shared') return fact.reached.map((id) => `team/${id}`);
	if (!isChannelFact(fact)) return [];
	const teams = (of: readonly string[]) => of.map((id) => `team/${id}`);
	const people = (of: readonly { id: string }[]) => of.map(({ id }) => `person/${id}`);
	switch (fact.kind) {
		case 'channel-opened':
			return [...teams(fact.members.teams), ...people(fact.members.people)];
		case 'channel-members-added':
		case 'channel-members-removed':
			return [...teams(fact.teams), ...people(fact.people)];
		case 'message-posted':
			return people(fact.mentions ?? []);
		case 'mode-proposed':
		case 'mode-decided':
			return teams(fact.members);
		default:
			return [];
	}
}

export interface Ring {
	exercise: string;
	topics: ChangeTopic[];
	/** the team whose readers are meant as well */
	team?: string;
	/** the person who is meant as well, whatever the roles */
	person?: string;
	/** state or clock changed: everybody is told at once */
	pulse?: boolean;
	/** rooms of the event socket that hear of channels, mentions and reports: nobody else does, the console aside */
	rooms?: string[];
	/** documents that moved on */
	documents?: string[];
	frozen?: string[];
	/** the facts that this is about, first and last: whoever did not hear of one finds it in the database */
	facts?: [number, number];
}

export function ringFor(exercise: string, facts: readonly Fact[]): Ring {
	const teams = new Set(facts.flatMap((fact) => teamOfFact(fact) ?? []));
	const [team] = teams;
	const rooms = [...new Set(facts.flatMap(roomsOf))];
	const people = new Set(facts.flatMap((fact) => ('person' in fact ? [fact.person] : [])));
	const [person] = people;
	return {
		exercise,
		topics: [...new Set(facts.flatMap(topicsOf))],
		...(teams.size === 1 && { team }),
		...(rooms.length > 0 && { rooms }),
		...(people.size === 1 && { person }),
		...(facts.some((fact) => movesExercise(fact)) && { pulse: true })
	};
}

function movesExercise(fact: Fact): boolean {
	return fact.kind.startsWith('exercise-') || fact.kind.startsWith('clock-') || fact.kind === 'stop-lifted';
}
