/**
 * How sure somebody is, how likely something is, and what a receiver may do with what they read (DOMAIN 3.1). Ids are
 * stable and never translated.
 */
export const confidences = ['low', 'moderate', 'high'] as const;
export type Confidence = (typeof confidences)[number];

/** Words of estimative language, with the share of cases that each stands for, in percent. */
export const likelihoods = [
	{ id: 'almost_no_chance', from: 1, to: 5 },
	{ id: 'very_unlikely', from: 5, to: 20 },
	{ id: 'unlikely', from: 20, to: 45 },
	{ id: 'roughly_even', from: 45, to: 55 },
	{ id: 'likely', from: 55, to: 80 },
	{ id: 'very_likely', from: 80, to: 95 },
	{ id: 'almost_certain', from: 95, to: 99 }
] as const;
export type Likelihood = (typeof likelihoods)[number]['id'];
export const likelihoodIds = likelihoods.map(({ id }) => id) as [Likelihood, ...Likelihood[]];

/** Permissible Actions Protocol: what a receiver may do with it. TLP says who may receive it at all. */
export const papLevels = [
	{ id: 'clear', label: 'PAP:CLEAR', rank: 0 },
	{ id: 'green', label: 'PAP:GREEN', rank: 1 },
	{ id: 'amber', label: 'PAP:AMBER', rank: 2 },
	{ id: 'red', label: 'PAP:RED', rank: 3 }
] as const;
export type Pap = (typeof papLevels)[number]['id'];
export const papIds = papLevels.map(({ id }) => id) as [Pap, ...Pap[]];
export const papLabel = (id: Pap): string => papLevels.find((level) => level.id === id)!.label;
