import { tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import { isLower } from '../channel/messages.ts';
import { forbidden, refuse } from '../decision.ts';

/** Why `tlp` cannot be relaxed to `wanted`, whatever carries it; null: it can be asked for. */
export function labelStays(tlp: Tlp, wanted: Tlp) {
	if (tlp === 'red')
		return forbidden(`${tlpLabel('red')} stays between its people: ask its author in the exchange.`);
	if (!isLower(wanted, tlp))
		return refuse('invalid', `It is ${tlpLabel(tlp)} already: choose a less strict label.`);
	return null;
}
