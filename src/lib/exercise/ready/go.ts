/** The go/no-go list on the morning of an exercise: each item has an owner who says go or no-go. */
export const goStates = ['open', 'go', 'no-go'] as const;
export type GoState = (typeof goStates)[number];

export const goLimits = { items: 100, text: 300, note: 1000, owner: 120 } as const;

/** One no-go is enough for all; nothing is go while something is open, or while nobody was asked anything. */
export function overallState(items: readonly { state: GoState }[]): GoState {
	if (items.some(({ state }) => state === 'no-go')) return 'no-go';
	return items.length > 0 && items.every(({ state }) => state === 'go') ? 'go' : 'open';
}

/** What is asked before most exercises; a beginning, to be changed. */
export const usualGoItems = [
	'Exercise control is complete and reachable',
	'The communication check is done, and the missing are called',
	'All injects of the first day are approved',
	'Moderators of all countries are in place',
	'Evaluators have their guides and teams',
	'Help desk is open and its number is known to all',
	'Stop phrase and emergency stop were explained to everybody',
	'Real incidents: nothing that forbids to play today',
	'The run-by-hand kit is printed or on a device without network',
	'The press office knows that an exercise takes place'
] as const;
