import { createHash } from 'node:crypto';
import type { Recorded } from '#lib/exercise/facts.ts';
import { canonical } from '#lib/exercise/fingerprint.ts';

/** `installation`, or the id of an exercise: each has a chain of its own. */
export type AuditScope = 'installation' | (string & {});

export interface Act {
	scope: AuditScope;
	/** null: the server itself, or somebody who is not signed in */
	actorId: string | null;
	/** what was done, as `invitation.revoked`, or a command's name */
	act: string;
	/** ids and new values; never passwords, tokens or the text of an anonymous card */
	detail: Record<string, unknown>;
}

/** What the hash of a row is made of, with the previous row's. */
export interface ActInChain extends Act {
	sequence: number;
	/** ISO 8601, UTC, milliseconds */
	at: string;
}

/** How an act's row names a fact that it recorded (PROMISES P7). */
export interface ListedFact {
	sequence: number;
	kind: string;
	/** of the fact's words */
	sha256: string;
	/** of who and when; rows written before stamps were kept have none */
	stamp?: string;
}

/** What a row's chain begins with. */
export const genesis = '0'.repeat(64);

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export function hashOf(previous: string, { scope, sequence, at, actorId, act, detail }: ActInChain): string {
	return sha256(previous + canonical({ scope, sequence, at, actorId, act, detail }));
}

/** Of who did it and when, by both clocks. */
export const stampOf = (by: Recorded['by'], wallAt: number, exerciseAt: number | null): string =>
	sha256(canonical({ account: by?.account ?? null, name: by?.name ?? null, wallAt, exerciseAt }));

export const listFact = ({ fact, by, wallAt, exerciseAt }: Recorded, sequence: number): ListedFact => ({
	sequence,
	kind: fact.kind,
	sha256: sha256(canonical(fact)),
	stamp: stampOf(by, wallAt, exerciseAt)
});
