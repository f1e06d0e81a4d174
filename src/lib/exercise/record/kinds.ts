import { kindsOfChannelFacts, type ChannelFact } from '../channel/facts.ts';
import type { FactKind } from '../facts.ts';
import { definitionOf, recordKindOf, workingFactKinds, type WorkingFact } from '../working/kinds.ts';
import type { RecordGroup } from './groups.ts';

export { recordGroups, type RecordGroup } from './groups.ts';

/** Every kind is in one group: a new kind of fact does not compile until it has found its place. */
const others: Record<Exclude<FactKind, WorkingFact['kind'] | ChannelFact['kind']>, RecordGroup> = {
	'exercise-advanced': 'exercise',
	'exercise-started': 'exercise',
	'clock-paused': 'exercise',
	'clock-resumed': 'exercise',
	'clock-rate-set': 'exercise',
	'clock-jumped': 'exercise',
	'exercise-stopped': 'exercise',
	'stop-lifted': 'exercise',
	'exercise-ended': 'exercise',
	'announcement-made': 'announcements',
	'inject-submitted': 'planning',
	'inject-returned': 'planning',
	'inject-approved': 'planning',
	'inject-held': 'planning',
	'inject-hold-lifted': 'planning',
	'inject-skipped': 'planning',
	'inject-released': 'injects',
	'inject-recalled': 'injects',
	'delivery-seen': 'answers',
	'delivery-acknowledged': 'answers',
	'delivery-responded': 'answers',
	'action-marked': 'answers',
	'log-added': 'log',
	'decision-recorded': 'decisions',
	'decision-moved': 'decisions',
	'question-asked': 'questions',
	'question-answered': 'questions',
	'report-opened': 'reports',
	'report-approved': 'reports',
	'media-published': 'media',
	'media-commented': 'media',
	'media-counted': 'media',
	'media-withdrawn': 'media',
	'inject-adapted': 'planning',
	'team-prompted': 'injects',
	'table-asked': 'injects',
	'table-extended': 'injects',
	'table-cleared': 'injects',
	'suggestion-dismissed': 'conduct',
	'catch-up-held': 'conduct',
	'catch-up-resumed': 'conduct',
	'catch-up-rate-set': 'conduct',
	'work-claimed': 'conduct',
	'work-returned': 'conduct',
	'help-asked': 'help',
	'help-answered': 'help',
	'help-closed': 'help',
	'report-shared': 'reports',
	'report-rhythm-set': 'exercise',
	'card-added': 'hot-wash',
	'card-withdrawn': 'hot-wash',
	'card-voted': 'hot-wash',
	'observation-recorded': 'evaluation',
	'observation-corrected': 'evaluation',
	'observation-withdrawn': 'evaluation',
	'rating-given': 'evaluation',
	'action-observed': 'evaluation',
	'finding-evidenced': 'findings',
	'finding-merged': 'findings',
	'finding-circulated': 'findings',
	'finding-commented': 'findings',
	'finding-agreed': 'findings',
	'finding-objected': 'findings',
	'finding-opened': 'findings',
	'figures-shared': 'conduct',
	'contribution-handed-over': 'findings',
	'contribution-taken-back': 'findings',
	'passage-taken-over': 'findings',
	'aar-circulated': 'findings',
	'aar-commented': 'findings',
	'aar-agreed': 'findings',
	'aar-objected': 'findings',
	'aar-published': 'findings',
	'affected-named': 'findings',
	'affected-taken-back': 'findings',
	'records-relabelled': 'exchanges'
};

const groups = {
	...others,
	...Object.fromEntries(kindsOfChannelFacts.map((kind) => [kind, 'exchanges'] as const)),
	...Object.fromEntries(
		workingFactKinds.map((kind) => [kind, definitionOf(recordKindOf({ kind })).group] as const)
	)
} as Record<FactKind, RecordGroup>;

export const factKinds = Object.keys(groups) as FactKind[];

export function groupOf(kind: FactKind): RecordGroup {
	return groups[kind];
}

export function kindsOf(wanted: readonly RecordGroup[]): FactKind[] {
	return factKinds.filter((kind) => wanted.includes(groups[kind]));
}
