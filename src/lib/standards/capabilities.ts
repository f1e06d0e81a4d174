/** Core capabilities that exercises look at and improvement actions strengthen (DOMAIN 4.6). Ids are stable. */
export const capabilities = [
	'detection',
	'analysis_and_triage',
	'incident_reporting',
	'information_sharing',
	'cross_border_coordination',
	'escalation',
	'situational_awareness',
	'decision_making',
	'crisis_communication',
	'business_continuity',
	'technical_response',
	'vulnerability_handling',
	'mutual_assistance',
	'supply_chain_coordination',
	'recovery',
	'law_enforcement_cooperation'
] as const;
export type Capability = (typeof capabilities)[number];

/** The capability that a guide names in words (`Supply-chain coordination`); '' where it is one of its own. */
export function capabilityNamed(words: string): Capability | '' {
	const id = words
		.trim()
		.toLowerCase()
		.replace(/[^a-z]+/g, '_');
	return capabilities.find((one) => one === id) ?? '';
}

/** What of a capability an action strengthens. */
export const capabilityElements = ['planning', 'organisation', 'equipment', 'training', 'exercise'] as const;
export type CapabilityElement = (typeof capabilityElements)[number];

/** How well something was done (DOMAIN 4.6): P without challenges, S with some, M with major ones, U not at all. */
export const retestRatings = ['P', 'S', 'M', 'U'] as const;
export type RetestRating = (typeof retestRatings)[number];
