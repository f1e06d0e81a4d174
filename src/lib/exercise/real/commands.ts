import { z } from 'zod';
import { countryCodes, countryName, type CountryCode } from '#lib/standards/countries.ts';
import { command, forbidden, notFound, refuse, type Decision } from '../decision.ts';
import { isControl, isDirector } from '../exercise/access.ts';
import { longText, type Actor, type Exercise } from '../exercise/schema.ts';

export interface AffectedCommandState {
	exercise: Exercise;
	/** whom the coordinator has named, and not taken back */
	named: ReadonlySet<CountryCode>;
}

const input = z.object({ country: z.enum(countryCodes), reason: longText('Reason') });

/** Also while the incident goes on: that a state is affected is known long before its review is written. */
function refused({ exercise }: AffectedCommandState, actor: Actor): Decision | null {
	if (!isControl(actor)) return notFound();
	if (!isDirector(actor)) return forbidden('The coordinator says which states are affected.');
	if (exercise.state === 'closed') return refuse('not-now', 'This room is closed: nothing in it changes.');
	return null;
}

/** The coordinator names a state of which no record says that it is affected. Its consent is needed from then on. */
export const nameAffected = command({
	name: 'affected.name',
	input,
	decide(state: AffectedCommandState, { country, reason }, actor): Decision {
		const refusal = refused(state, actor);
		if (refusal) return refusal;
		if (state.named.has(country)) return refuse('stale', `${countryName(country)} is named already.`);
		return { facts: [{ kind: 'affected-named', country, reason }] };
	}
});

/** Takes back what the coordinator said; what records of the room say stands. */
export const takeBackAffected = command({
	name: 'affected.takeBack',
	input,
	decide(state: AffectedCommandState, { country, reason }, actor): Decision {
		const refusal = refused(state, actor);
		if (refusal) return refusal;
		if (!state.named.has(country)) return refuse('stale', `${countryName(country)} is not named.`);
		return { facts: [{ kind: 'affected-taken-back', country, reason }] };
	}
});

export const affectedCommands = {
	'affected.name': nameAffected,
	'affected.takeBack': takeBackAffected
};
