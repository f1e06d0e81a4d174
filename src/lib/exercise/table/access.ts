import { facilitatesTeam, isControl, moderatesCountry } from '../exercise/access.ts';
import type { Actor, Team } from '../exercise/schema.ts';

/*
 * One table of a discussion-based exercise (DOMAIN 9.4): a facilitator leads it, with a private page and one for the
 * projector. A facilitator sees what came to the team, and releases nothing; who moderates the country or runs the exercise
 * as well sees on the same page what is planned for the team, because they may anyway.
 */
export const leadsTable = (actor: Actor, team: Pick<Team, 'id' | 'country'>): boolean =>
	facilitatesTeam(actor, team.id) || isControl(actor) || moderatesCountry(actor, team.country);
