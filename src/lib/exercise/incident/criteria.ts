import type { AssessmentSubject } from './schema.ts';

/**
 * What makes an incident significant (NIS2 Art. 23(3), Implementing Regulation (EU) 2024/2690 Art. 3 and 4) or large-scale
 * (NIS2 Art. 6(7)), as short lists to choose from. Their ids are kept in facts; their words are in the interface's texts.
 */
export const assessmentCriteria = {
	significant: [
		'nis2-23-3-a',
		'nis2-23-3-b',
		'ir-3-1-a',
		'ir-3-1-b',
		'ir-3-1-c',
		'ir-3-1-d',
		'ir-3-1-e',
		'ir-4',
		'ir-5-to-14'
	],
	'large-scale': ['nis2-6-7-capacity', 'nis2-6-7-two-states']
} as const satisfies Record<AssessmentSubject, readonly string[]>;
export type Criterion = (typeof assessmentCriteria)[AssessmentSubject][number];

const known = new Set<string>(Object.values(assessmentCriteria).flat());
export const isCriterion = (id: string): id is Criterion => known.has(id);
