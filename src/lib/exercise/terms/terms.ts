import { z } from 'zod';
import { fingerprint } from '../fingerprint.ts';

/*
 * Confidentiality terms: a text that everybody accepts before anything of an exercise is shown. A change is a new version,
 * accepted again. Whoever has not accepted the version in force has no rights at all (server/exercises/actor.ts).
 */
export const termsLimits = {
	/** some five pages: more is not read by anybody who accepts it */
	text: 20_000
} as const;

/** What the director publishes; an empty text ends the terms. */
export const termsTextSchema = z
	.string()
	.trim()
	.max(termsLimits.text, `Terms: at most ${termsLimits.text} characters.`);

/** What exactly was accepted: the audit row names it beside the version. */
export const termsHash = (text: string): string => fingerprint({ terms: text });

/** Whether somebody who accepted these versions must be asked. `inForce` null: the exercise has no terms. */
export const mustAccept = (inForce: number | null, accepted: Iterable<number>): boolean =>
	inForce !== null && ![...accepted].includes(inForce);
