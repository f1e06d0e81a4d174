import type { CountryCode } from '#lib/standards/countries.ts';
import type { AccountId, HelpId } from '../ids.ts';
import { consoleScope, isControl } from '../exercise/access.ts';
import type { Actor, ExerciseState } from '../exercise/schema.ts';

/** What somebody needs help with: the tools, or the exercise itself (who is where, what a rule means). */
export const helpTopics = ['technical', 'exercise'] as const;
export type HelpTopic = (typeof helpTopics)[number];

export const helpStates = ['open', 'answered', 'closed'] as const;
export type HelpState = (typeof helpStates)[number];

export const helpLimits = {
	/** of one person: a desk that is full of one person's questions helps nobody else */
	open: 5
} as const;

export interface HelpRow {
	request: HelpId;
	person: AccountId;
	askedBy: string;
	/** the countries whose moderators may help */
	countries: readonly CountryCode[];
	topic: HelpTopic;
	text: string;
	state: HelpState;
}

/** The desk is open from the first day of planning until all is over, also during an emergency stop. */
export const deskIsOpen = (state: ExerciseState) => state !== 'closed' && state !== 'cancelled';

/** Who answers: exercise control, and moderators for people of their own countries. */
export function helps(actor: Actor, countries: readonly CountryCode[]): boolean {
	if (isControl(actor)) return true;
	const scope = consoleScope(actor);
	return scope !== null && countries.some((country) => scope.has(country));
}
