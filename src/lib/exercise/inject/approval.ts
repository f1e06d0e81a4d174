import type { CountryCode } from '#lib/standards/countries.ts';
import type { Team } from '../exercise/schema.ts';
import { canonical } from '../fingerprint.ts';
import type { InjectId } from '../ids.ts';
import { isInjectOver, recipientTeams, type InjectState } from './release.ts';
import { injectSchema, type Inject } from './schema.ts';

/** Where an inject stands outside its page: what the script page is told of it beside the document. */
export interface InjectStatus {
	inject: InjectId;
	state: InjectState;
	/** the approved version; 0 while it was never approved */
	version: number;
	/** null: never approved */
	approvedFingerprint: string | null;
	/** number, or else title, of what was approved: it may have left the page */
	approvedName: string | null;
	approvedBy: string | null;
	/** wall time, ms */
	approvedAt: number | null;
	submittedFingerprint: string | null;
	submittedBy: string | null;
	submittedByYou: boolean;
	submittedAt: number | null;
	returnReason: string | null;
	/** why it is held or skipped */
	reason: string | null;
	/** exercise time, ms */
	dueAt: number | null;
	releasedAt: number | null;
	/** of a central inject: the countries that have an approved variant of it, as far as the reader may know */
	variants?: readonly CountryCode[];
}

/** What planners see as the state of a row: the page and the table of approved injects together (DOMAIN 7.2). */
export const planStates = [
	'draft',
	'returned',
	'submitted',
	'approved',
	'changed',
	'held',
	'released',
	'skipped',
	'recalled'
] as const;
export type PlanState = (typeof planStates)[number];

export function planState(status: InjectStatus | undefined, fingerprint: () => string): PlanState {
	if (!status) return 'draft';
	if (isInjectOver(status.state) || status.state === 'held' || status.state === 'skipped')
		return status.state;
	if (waitsForApproval(status, fingerprint())) return 'submitted';
	if (status.version > 0) return status.approvedFingerprint === fingerprint() ? 'approved' : 'changed';
	return status.returnReason === null ? 'draft' : 'returned';
}

/** What was submitted is what stands on the page, and it is not what was approved last. */
function waitsForApproval(status: InjectStatus, fingerprint: string): boolean {
	return status.submittedFingerprint === fingerprint && status.approvedFingerprint !== fingerprint;
}

export type ApprovalProblem =
	'released' | 'approved' | 'not-submitted' | 'own' | 'no-recipients' | 'incomplete';

/** Why this person cannot approve this inject as it stands; null: can. The server decides the same once more. */
export function approvalProblem(
	inject: Inject,
	status: InjectStatus | undefined,
	fingerprint: string,
	context: { authorMayApprove: boolean; teams: readonly Pick<Team, 'id' | 'country' | 'level'>[] }
): ApprovalProblem | null {
	if (status && isInjectOver(status.state)) return 'released';
	if (status && status.version > 0 && status.approvedFingerprint === fingerprint) return 'approved';
	if (!context.authorMayApprove) {
		if (status?.submittedFingerprint !== fingerprint) return 'not-submitted';
		if (status.submittedByYou) return 'own';
	}
	if (recipientTeams(inject.to, context.teams).length === 0) return 'no-recipients';
	return injectSchema.safeParse(inject).success ? null : 'incomplete';
}

/** Whether there is something to submit: not released, and not waiting or approved as it stands. */
export function maySubmit(status: InjectStatus | undefined, fingerprint: string): boolean {
	if (!status) return true;
	if (isInjectOver(status.state)) return false;
	return !waitsForApproval(status, fingerprint) && status.approvedFingerprint !== fingerprint;
}

export type ComparedField = Exclude<keyof Inject, 'id'>;

/** The fields in which two versions of an inject differ, in the order in which people read them. */
export function changedFields(before: Inject, after: Inject): ComparedField[] {
	return (Object.keys(after) as (keyof Inject)[]).filter(
		(field): field is ComparedField => field !== 'id' && canonical(before[field]) !== canonical(after[field])
	);
}
