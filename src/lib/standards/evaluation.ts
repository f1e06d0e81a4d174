/**
 * How performance is rated and what is exercised (DOMAIN 4.6). The ratings are those of exercise evaluation guides: a team
 * is rated against the standard of a task, never a person.
 */
export const ratings = ['P', 'S', 'M', 'U', 'N'] as const;
/**
 * P performed without challenges; S with some challenges; M with major challenges; U unable to be performed; N not observed.
 * Not observed is no bad rating: it says that nobody saw it.
 */
export type Rating = (typeof ratings)[number];

export const observationKinds = ['strength', 'area_for_improvement', 'neutral'] as const;
export type ObservationKind = (typeof observationKinds)[number];

/** Whether what an inject expects of a team was seen. */
export const seenAnswers = ['yes', 'partly', 'no', 'not_applicable'] as const;
export type SeenAnswer = (typeof seenAnswers)[number];

/** The same, as marked by who runs the exercise or leads the table: met, partly, not met. What was not expected is the evaluators' to say. */
export const markAnswers = ['yes', 'partly', 'no'] as const satisfies readonly SeenAnswer[];
export type MarkAnswer = (typeof markAnswers)[number];

/** What a guide begins with; every guide may name another (DOMAIN 4.6: a proposal, editable). */
export const coreCapabilities = [
	'Detection',
	'Analysis and triage',
	'Incident reporting',
	'Information sharing',
	'Cross-border coordination',
	'Escalation',
	'Situational awareness',
	'Decision-making',
	'Crisis communication',
	'Business continuity',
	'Technical response',
	'Vulnerability handling',
	'Mutual assistance',
	'Supply-chain coordination',
	'Recovery',
	'Law enforcement cooperation'
] as const;
